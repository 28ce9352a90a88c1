package dev.sepconv.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sepconv.ConvTester;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What ONNX Runtime makes of a test case. */
public final class OnnxRuntimeOracle {

    private OnnxRuntimeOracle() {
    }

    /** The case's output in NCHW, on one thread. */
    public static Tensor run(ConvTester.Case given) {
        try (OnnxSession session = new OnnxSession(given.layer(), given.weights(), given.input(),
                1)) {
            return session.run(given.tensor());
        }
    }

    /**
     * A model's outputs, each float32.
     *
     * @param model an ONNX file's bytes
     * @throws IllegalStateException if ONNX Runtime refuses the model or fails
     */
    public static Map<String, NdArray> run(byte[] model, Map<String, NdArray> inputs) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            try (OrtSession session = environment.createSession(model, options)) {
                for (Map.Entry<String, NdArray> input : inputs.entrySet()) {
                    tensors.put(input.getKey(),
                            OnnxTensor.createTensor(environment,
                                    FloatBuffer.wrap(input.getValue().data()),
                                    Arrays.stream(input.getValue().dims().toArray()).asLongStream()
                                            .toArray()));
                }
                try (OrtSession.Result result = session.run(tensors)) {
                    Map<String, NdArray> outputs = new LinkedHashMap<>();
                    for (Map.Entry<String, OnnxValue> output : result) {
                        OnnxTensor tensor = (OnnxTensor) output.getValue();
                        FloatBuffer buffer = tensor.getFloatBuffer();
                        float[] data = new float[buffer.remaining()];
                        buffer.get(data);
                        Dims dims = Dims.of(Arrays.stream(tensor.getInfo().getShape())
                                .mapToInt(Math::toIntExact).toArray());
                        outputs.put(output.getKey(), NdArray.of(dims, data));
                    }
                    return outputs;
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }
}
