/**
 * The public API: a <b>spec</b> ({@link dev.sepconv.Conv2d}, {@link dev.sepconv.SeparableConv2d}, {@link dev.sepconv.ConvStack})
 * says what to compute, an <b>engine</b> ({@link dev.sepconv.Engine}) says where, and a <b>plan</b> ({@link dev.sepconv.Plan}) is
 * the two bound to weights and one input shape, ready to run again and again.
 */
package dev.sepconv;
