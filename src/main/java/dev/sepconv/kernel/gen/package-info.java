/**
 * Generated kernels: the tiles of convolutions, one class for those whose loops are alike, and the
 * catalogue's entries of them. {@code src/generator} writes them from one list.
 */
package dev.sepconv.kernel.gen;
