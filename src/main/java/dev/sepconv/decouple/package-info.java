/**
 * Network decoupling (Guo, Li, Lin, Chen, Li 2018, "Network Decoupling: From Regular to Depthwise
 * Separable Convolutions"): a standard convolution taken apart into a depthwise and a pointwise
 * one, exactly or with a known error. Pure functions; the linear algebra is EJML's.
 */
package dev.sepconv.decouple;
