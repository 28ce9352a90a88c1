package dev.sepconv.onnx;

import dev.sepconv.ConvTester;
import dev.sepconv.Tensor;

/** What ONNX Runtime makes of a test case. */
public final class OnnxRuntimeOracle {

    private OnnxRuntimeOracle() {
    }

    /** The case's output in NCHW, on one thread. */
    public static Tensor run(ConvTester.Case given) {
        try (OnnxSession session = new OnnxSession(given.layer(), given.weights(), given.input(), 1)) {
            return session.run(given.tensor());
        }
    }
}
