package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Operators of the domain com.microsoft that ONNX Runtime's optimizer writes in place of several.
 */
final class Fused {

    private Fused() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("FusedConv", Fused::conv);
        all.put("FusedGemm", Fused::gemm);
        all.put("FusedMatMul", Fused::matMul);
        all.put("Gelu", node -> node.result(Op.Elementwise.of(Function.GELU), node.input(0)));
        all.put("BiasGelu", node -> afterBias(node, Function.GELU));
        all.put("FastGelu", node -> afterBias(node, Function.GELU_TANH));
        all.put("QuickGelu", Fused::quickGelu);
    }

    private static void conv(NodeReader node) {
        Value sum = node.inner("conv", Windows::conv, node.input(0), node.input(1),
                node.has(2) ? node.input(2) : null);
        if (node.has(3)) {
            sum = node.step("sum", new Op.Binary(Kind.ADD), sum, node.input(3));
        }
        float[] parameters = node.reals("activation_params");
        activated(node, sum, parameters.length > 0 ? parameters[0] : Float.NaN,
                parameters.length > 1 ? parameters[1] : Float.NaN);
    }

    private static void gemm(NodeReader node) {
        Value product = node.inner("product", Arithmetic::gemm, node.input(0), node.input(1),
                node.has(2) ? node.input(2) : null);
        node.hasNoEffect("activation_gamma"); // no function below has a third parameter
        activated(node, product, node.real("activation_alpha", Float.NaN),
                node.real("activation_beta", Float.NaN));
    }

    /** @param a the function's first parameter, b its second; NaN where it isn't given */
    private static void activated(NodeReader node, Value x, float a, float b) {
        String name = node.text("activation", "");
        Op.Elementwise function = switch (name) {
            case "" -> null;
            case "Relu" -> Op.Elementwise.of(Function.RELU);
            case "Sigmoid" -> Op.Elementwise.of(Function.SIGMOID);
            case "Tanh" -> Op.Elementwise.of(Function.TANH);
            case "LeakyRelu" -> new Op.Elementwise(Function.LEAKY_RELU, given(a, 0.01f), 0);
            case "HardSigmoid" ->
                new Op.Elementwise(Function.HARD_SIGMOID, given(a, 0.2f), given(b, 0.5f));
            case "Clip" -> new Op.Elementwise(Function.CLIP, given(a, -Float.MAX_VALUE),
                    given(b, Float.MAX_VALUE));
            default -> throw new ModelException(
                    "attribute activation is '%s'; Relu, Sigmoid, Tanh, LeakyRelu, HardSigmoid and Clip can be read"
                            .formatted(name));
        };
        if (function == null) {
            node.alias(x);
        } else {
            node.result(function, x);
        }
    }

    private static float given(float number, float otherwise) {
        return Float.isNaN(number) ? otherwise : number;
    }

    private static void matMul(NodeReader node) {
        node.mustBe("transBatchA", 0);
        node.mustBe("transBatchB", 0);
        float alpha = node.real("alpha", 1);
        Value a = flipped(node, 0, node.flag("transA", false));
        Value b = flipped(node, 1, node.flag("transB", false));
        if (alpha == 1) {
            node.innerResult(Arithmetic::matMul, a, b);
        } else {
            node.result(new Op.Binary(Kind.MUL), node.inner("product", Arithmetic::matMul, a, b),
                    node.constant("alpha", alpha));
        }
    }

    /** A matrix, or many, with rows for columns. */
    private static Value flipped(NodeReader node, int input, boolean flip) {
        Dims dims = node.dims(input);
        if (!flip || dims.rank() < 2) {
            return node.input(input);
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, dims.rank()).boxed().toList());
        Collections.swap(order, dims.rank() - 1, dims.rank() - 2);
        return node.step("flipped" + input, new Op.Transpose(order), node.input(input));
    }

    private static void afterBias(NodeReader node, Function function) {
        node.result(Op.Elementwise.of(function),
                node.has(1)
                        ? node.step("sum", new Op.Binary(Kind.ADD), node.input(0), node.input(1))
                        : node.input(0));
    }

    private static void quickGelu(NodeReader node) {
        float alpha = node.real("alpha", 1.702f);
        Value gate = node.step("gate", Op.Elementwise.of(Function.SIGMOID), node.step("scaled",
                new Op.Binary(Kind.MUL), node.input(0), node.constant("alpha", alpha)));
        node.result(new Op.Binary(Kind.MUL), node.input(0), gate);
    }
}
