/**
 * A network, which may be one layer, as calls of kernels: which kernels, in which order arrays lie,
 * what shares memory.
 */
package dev.sepconv.engine.lower;
