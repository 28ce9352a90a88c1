/** Operations other than convolutions as plain-Java {@code @Parallel} loops. */
package dev.sepconv.kernel.op;
