package dev.sepconv.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.reference.Reference;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerModelTest {

    @Test
    void aConvolutionWorkedByHand() {
        // 1 2 3 1 10 1 + 20 + 400 + 5000 2 + 30 + 500 + 6000
        // 4 5 6 * 100 1000 =
        Conv2d conv = Conv2d.of(1, 1, 2).withBias(true);
        ConvWeights weights = new ConvWeights(new float[]{1, 10, 100, 1000}, new float[]{0.5f});
        try (OnnxSession session = new OnnxSession(conv, List.of(weights), Shape.of(1, 2, 3), 1)) {
            Tensor result = session
                    .run(Tensor.of(Shape.of(1, 2, 3), Layout.NCHW, 1, 2, 3, 4, 5, 6));
            assertArrayEquals(new float[]{5421.5f, 6532.5f}, result.data());
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void everyActivationIsTheOperatorOfThatName(Activation.Kind kind) {
        float[] x = {-7, -3, -2, -1, 0, 1, 2, 3, 5, 7};
        Activation activation = new Activation(kind,
                kind == Activation.Kind.LEAKY_RELU ? 0.25f : 0);
        Conv2d identity = Conv2d.pointwise(1, 1).withActivation(activation);
        try (OnnxSession session = new OnnxSession(identity, List.of(ConvWeights.of(1)),
                Shape.of(1, 1, x.length), 1)) {
            float[] y = session.run(Tensor.of(Shape.of(1, 1, x.length), Layout.NCHW, x)).data();
            for (int i = 0; i < x.length; i++) {
                double expected = switch (kind) {
                    case NONE -> x[i];
                    case RELU -> x[i] > 0 ? x[i] : 0;
                    case RELU6 -> x[i] > 6 ? 6 : x[i] > 0 ? x[i] : 0;
                    case LEAKY_RELU -> x[i] > 0 ? x[i] : x[i] / 4;
                    case HARD_SWISH -> x[i] <= -3 ? 0 : x[i] >= 3 ? x[i] : x[i] * (x[i] + 3) / 6;
                    case SIGMOID -> 1 / (1 + Math.exp(-x[i]));
                    case SILU -> x[i] / (1 + Math.exp(-x[i]));
                    case GELU -> Reference.activate(activation, x[i]); // no erf in Java
                    case GELU_TANH -> x[i] / 2 * (1 + Math
                            .tanh(Math.sqrt(2 / Math.PI) * (x[i] + 0.044715 * Math.pow(x[i], 3))));
                    case TANH -> Math.tanh(x[i]);
                    case HARD_SIGMOID -> Math.clamp((x[i] + 3.0) / 6, 0, 1);
                    case MISH -> x[i] * Math.tanh(Math.log1p(Math.exp(x[i])));
                };
                assertEquals(expected, y[i], 1e-6, kind + " of " + x[i]);
            }
        }
    }

    @Test
    void aChainRunsInOneModel() {
        Layer stack = ConvStack.of(
                Conv2d.of(3, 5, 3).withPadding(Padding.of(1)).withBias(true)
                        .withActivation(Activation.RELU6),
                Conv2d.depthwise(5, 2, 5).withStride(2, 1).withActivation(Activation.HARD_SWISH),
                Conv2d.pointwise(10, 7).withBias(true));
        for (Layer layer : List.of(stack, SeparableConv2d.mobilenet(3, 7, 3, 2),
                SeparableConv2d.xception(3, 7, 3, 1))) {
            for (Layout layout : Layout.values()) {
                ConvTester.Case given = new ConvTester.Case(layer, new Shape(2, 3, 13, 11), layout,
                        1);
                double[] exact = Reference.run(layer, given.weights(), given.tensor());
                ConvTester.assertClose(given, "ONNX Runtime", exact, OnnxRuntimeOracle.run(given));
            }
        }
    }

    @Test
    void aSecondRunReadsTheNewInput() {
        try (OnnxSession session = new OnnxSession(Conv2d.pointwise(1, 1),
                List.of(ConvWeights.of(2)), Shape.of(1, 1, 2), 2)) {
            session.input().put(0, new float[]{1, 2});
            session.run();
            assertEquals(4, session.output().get(1));
            session.input().put(0, new float[]{3, 5});
            session.run();
            assertEquals(6, session.output().get(0));
            assertEquals(10, session.output().get(1));
        }
    }
}
