/**
 * The public API: a <b>spec</b> ({@link dev.sepconv.Conv2d}, {@link dev.sepconv.SeparableConv2d},
 * {@link dev.sepconv.ConvStack}) says what to compute, an <b>engine</b>
 * ({@link dev.sepconv.Engine}) says where, and a <b>plan</b> ({@link dev.sepconv.Plan}) is the two
 * bound to weights and one input shape, ready to run again and again. {@link dev.sepconv.Sepconv}
 * is where a program begins: it opens the best engine, reads a whole {@link dev.sepconv.Network}
 * from an ONNX file, and compiles. Pictures and classes are {@code dev.sepconv.picture}'s.
 * docs/library.md has a program for each.
 */
package dev.sepconv;
