package dev.sepconv.io.onnx;

import dev.sepconv.Op;
import dev.sepconv.SeparableConv2d;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Changes ONNX models. */
public final class OnnxEditor {

    private OnnxEditor() {
    }

    /**
     * Replaces standard convolutions by separable ones: each Conv node by two, of which the first
     * has the node's attributes and the second its bias, its output and its name.
     *
     * @param from the model
     * @param separable by the name of the array that the Conv node makes: a {@link SeparableConv2d}
     * of depthwise first with its weights
     * @param to where the model will be written: weights in files beside {@code from} are found
     * there only from the same folder
     * @return the new model's bytes
     * @throws IOException if the model can't be read, has no such Conv node, its weights are not
     * stored in it as float32, or it has weights in files beside it and {@code to} is in another
     * folder
     * @throws UnsupportedOperationException if the classes of ONNX's format are not on the class
     * path
     */
    public static byte[] separate(Path from, Map<String, Op.Convolve> separable, Path to)
            throws IOException {
        try {
            Class.forName("ai.onnx.proto.OnnxMl");
        } catch (ClassNotFoundException e) {
            throw new UnsupportedOperationException(
                    "writing ONNX models needs the classes of its format; add the dependencies "
                            + "org.tribuo:tribuo-util-onnx:4.3.2 and com.google.protobuf:protobuf-java:4.36.2 to your program",
                    e);
        }
        return SeparatedModel.of(from, separable, to);
    }
}
