/**
 * What a convolution kernel is, the simplest kernel of each variant as plain-Java {@code @Parallel}
 * loops, and the arithmetic that kernels share. The loops of tiles are generated:
 * {@code dev.sepconv.kernel.gen}.
 */
package dev.sepconv.kernel.conv;
