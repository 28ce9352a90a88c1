package dev.sepconv.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * A layer in ONNX Runtime on the CPU, every graph optimisation on, ready to be run again and again:
 * the input and the output stay where they are, so {@link #run()} alone is what a benchmark should
 * time.
 */
public final class OnnxSession implements AutoCloseable {

    private final OrtSession session;
    private final OnnxTensor input;
    private final OnnxTensor output;
    private final FloatBuffer inputData;
    private final FloatBuffer outputData;
    private final Shape inputShape;
    private final Shape outputShape;

    /**
     * Builds a layer's model and loads it.
     *
     * @param weights one for each of {@code layer.stages()}
     * @param input the shape of every input
     * @param threads how many threads one operator may use, at least 1
     * @throws IllegalStateException if ONNX Runtime refuses the model
     */
    public OnnxSession(Layer layer, List<ConvWeights> weights, Shape input, int threads) {
        inputShape = input;
        outputShape = layer.outputShape(input);
        inputData = direct(inputShape.elements());
        outputData = direct(outputShape.elements());
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            session = environment.createSession(LayerModel.of(layer, weights, input), options);
            this.input = OnnxTensor.createTensor(environment, inputData, dims(inputShape));
            this.output = OnnxTensor.createTensor(environment, outputData, dims(outputShape));
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "ONNX Runtime refuses the model of " + layer + ": " + e.getMessage(), e);
        }
    }

    /** The input's {@code N * C * H * W} floats in NCHW order, to be filled. */
    public FloatBuffer input() {
        return inputData;
    }

    /** The output's {@code N * K * OH * OW} floats in NCHW order, as the last run left them. */
    public FloatBuffer output() {
        return outputData;
    }

    /** Runs the model on what {@link #input()} holds. */
    public void run() {
        try {
            session.run(Map.of(LayerModel.INPUT, input), Map.of(LayerModel.OUTPUT, output)).close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }

    /** Runs the model on a tensor of whatever layout; the result is NCHW, as all of ONNX is. */
    public Tensor run(Tensor given) {
        if (!given.shape().equals(inputShape)) {
            throw new IllegalArgumentException(
                    "input is %s; this model takes %s".formatted(given.shape(), inputShape));
        }
        inputData.put(0, given.to(Layout.NCHW).data());
        run();
        Tensor result = Tensor.zeros(outputShape, Layout.NCHW);
        outputData.get(0, result.data());
        return result;
    }

    @Override
    public void close() {
        try {
            input.close();
            output.close();
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed to close: " + e.getMessage(), e);
        }
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
                .order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private static long[] dims(Shape shape) {
        return new long[]{shape.n(), shape.c(), shape.h(), shape.w()};
    }
}
