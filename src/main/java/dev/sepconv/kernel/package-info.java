/**
 * The convolutions as plain-Java {@code @Parallel} loops, and the one catalogue that lists them.
 * Arithmetic only: nothing here knows of specs, engines or plans.
 */
package dev.sepconv.kernel;
