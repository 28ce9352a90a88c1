/**
 * The one catalogue that lists the kernels, and calls of them with their arguments. Nothing here
 * knows of specs, engines or plans.
 */
package dev.sepconv.kernel;
