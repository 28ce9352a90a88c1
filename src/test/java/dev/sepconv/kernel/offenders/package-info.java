/** Kernels with one deliberate fault each, for the lint to find. None of them is run. */
package dev.sepconv.kernel.offenders;
