package dev.sepconv;

/** The order in which a {@link Tensor}'s elements lie in memory, outermost dimension first. */
public enum Layout {
    /** Batch, channel, row, column: PyTorch's and ONNX's order. */
    NCHW,
    /** Batch, row, column, channel: TensorFlow's order, "channels last". */
    NHWC
}
