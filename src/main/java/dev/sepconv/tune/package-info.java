/** Measures the catalogue's kernels on a device and remembers the fastest: {@code sepconv tune}. */
package dev.sepconv.tune;
