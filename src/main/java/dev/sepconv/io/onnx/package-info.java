/** Reads ONNX models as networks. {@link dev.sepconv.io.onnx.OnnxReader} is the way in. */
package dev.sepconv.io.onnx;
