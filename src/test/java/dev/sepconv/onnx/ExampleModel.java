package dev.sepconv.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;

import dev.sepconv.Dims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The network of examples/onnx-pictures, written by hand: it tells whether a picture's lines run
 * across, down, or neither. A separable convolution finds edges, a mean over the picture says how
 * strong they are, and a fully connected layer weighs them. Run {@link #main} with the folder to
 * write to; a test compares what is there with this.
 */
public final class ExampleModel {

    private static final int SIDE = 48;
    private static final float[] ACROSS = {-1, -2, -1, 0, 0, 0, 1, 2, 1};
    private static final float[] DOWN = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
    private static final float[] BRIGHTNESS = {0.299f, 0.587f, 0.114f};

    private ExampleModel() {
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.write(folder.resolve("stripes.onnx"), bytes());
        Files.write(folder.resolve("stripes-open.onnx"), openBytes());
    }

    /** The same with batch, height and width open. */
    static byte[] openBytes() {
        return bytes(0, 3, 0, 0);
    }

    /**
     * {@code [1, 3, 48, 48]}, pixels from -1 to 1, to {@code [1, 3]}: lines across, lines down, no
     * lines.
     */
    static byte[] bytes() {
        return bytes(1, 3, SIDE, SIDE);
    }

    private static byte[] bytes(int... picture) {
        float[] depthwise = new float[6 * 9];
        float[] pointwise = new float[4 * 6];
        for (int c = 0; c < 3; c++) {
            System.arraycopy(ACROSS, 0, depthwise, 2 * c * 9, 9);
            System.arraycopy(DOWN, 0, depthwise, (2 * c + 1) * 9, 9);
            // rising and falling, for the ReLU cuts off what is below 0
            for (int edge = 0; edge < 2; edge++) {
                pointwise[2 * edge * 6 + 2 * c + edge] = BRIGHTNESS[c];
                pointwise[(2 * edge + 1) * 6 + 2 * c + edge] = -BRIGHTNESS[c];
            }
        }
        OnnxGraph graph = new OnnxGraph(17).input("picture", picture).output("likely")
                .floats("depthwise.weight", Dims.of(6, 1, 3, 3), depthwise)
                .floats("pointwise.weight", Dims.of(4, 6, 1, 1), pointwise)
                .floats("classes.weight", Dims.of(3, 4), 2, 2, -2, -2, -2, -2, 2, 2, -2, -2, -2, -2)
                .floats("classes.bias", Dims.of(3), 0, 0, 2);
        graph.node("Conv", List.of("picture", "depthwise.weight"), "edges",
                attribute("kernel_shape", 3, 3), attribute("group", 3L));
        graph.node("Conv", List.of("edges", "pointwise.weight"), "mixed",
                attribute("kernel_shape", 1, 1));
        graph.node("Relu", List.of("mixed"), "strong");
        graph.node("GlobalAveragePool", List.of("strong"), "mean");
        graph.node("Flatten", List.of("mean"), "features");
        graph.node("Gemm", List.of("features", "classes.weight", "classes.bias"), "scores",
                attribute("transB", 1L));
        graph.node("Softmax", List.of("scores"), "likely", attribute("axis", 1L));
        return graph.bytes();
    }
}
