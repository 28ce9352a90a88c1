/**
 * The public API: a <b>spec</b> ({@link dev.sepconv.Conv2d}, {@link dev.sepconv.SeparableConv2d},
 * {@link dev.sepconv.ConvStack}) says what to compute, an <b>engine</b>
 * ({@link dev.sepconv.Engine}) says where, and a <b>plan</b> ({@link dev.sepconv.Plan}) is the two
 * bound to weights and one input shape, ready to run again and again.
 * {@code dev.sepconv.engine.Engines} opens engines; a whole {@link dev.sepconv.Network} comes from
 * an ONNX file by {@code dev.sepconv.io.onnx.OnnxReader}, pictures by
 * {@code dev.sepconv.io.Images}. docs/library.md has a program for each.
 */
package dev.sepconv;
