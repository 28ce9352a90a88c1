package dev.sepconv.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What no ONNX model can ask for, and what is refused; {@code io.onnx.OperatorTest} holds the rest
 * against ONNX Runtime.
 */
class NetworkReferenceTest {

    @Test
    void everyArrayIsGivenBackInOrder() {
        Network.Builder builder = Network.builder("n");
        builder.add("b", Op.Elementwise.of(Op.Elementwise.Function.RELU),
                builder.input("a", Dims.of(2)));
        Network network = builder
                .output(builder.add("c", new Op.Binary(Op.Binary.Kind.ADD), "a", "b")).build();
        Map<String, double[]> values = NetworkReference.run(network,
                Map.of("a", NdArray.of(Dims.of(2), -1, 3)));
        assertEquals(List.of("a", "b", "c"), List.copyOf(values.keySet()));
        assertArrayEquals(new double[]{0, 3}, values.get("b"));
        assertArrayEquals(new double[]{-1, 6}, values.get("c"));
    }

    @Test
    void aLayerOfSeveralConvolutionsIsTheReferenceForLayers() {
        SeparableConv2d layer = SeparableConv2d.mobilenet(3, 5, 3, 2);
        Random random = new Random(1);
        List<ConvWeights> weights = layer.stages().stream()
                .map(stage -> ConvWeights.random(stage, random)).toList();
        NdArray input = NdArray.zeros(Dims.of(2, 3, 7, 5));
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat(-1, 1);
        }
        double[] layered = Reference.run(layer, weights, input.toTensor());
        assertArrayEquals(layered, single(new Op.Convolve(layer, weights), input));
    }

    @Test
    void transposedConvolutionsAndFullyConnectedLayersHaveActivations() {
        // 1 2 through taps 1 -1 at stride 2: 1 -1 2 -2
        Conv2d kernel = Conv2d.of(1, 1, 1, 2).withStride(1, 2).withPadding(Padding.VALID)
                .withActivation(Activation.RELU);
        assertArrayEquals(new double[]{1, 0, 2, 0},
                single(new Op.ConvolveTransposed(kernel, 0, 0, new float[]{1, -1}, null),
                        NdArray.of(Dims.of(1, 1, 1, 2), 1, 2)));
        assertArrayEquals(new double[]{0, 6},
                single(new Op.FullyConnected(2, new float[]{-1, -2, 3, 4}, new float[]{0, 10},
                        Activation.RELU6), NdArray.of(Dims.of(1, 2), 1, 2)));
    }

    private static double[] single(Op op, NdArray input) {
        return NetworkReference.run(op, List.of(input.dims()),
                List.of(NetworkReference.widen(input.data())));
    }

    @Test
    void inputsThatDontFitAreRefused() {
        Network.Builder builder = Network.builder("n");
        builder.add("b", Op.Elementwise.of(Op.Elementwise.Function.RELU),
                builder.input("a", Dims.of(2)));
        Network network = builder.output("b").build();
        NdArray two = NdArray.zeros(Dims.of(2));
        assertMessage(network, Map.of(), "'a'", "missing", "[2]");
        assertMessage(network, Map.of("a", NdArray.zeros(Dims.of(3))), "'a'", "[3]", "[2]");
        assertMessage(network, Map.of("a", two, "z", two), "z", "[a]");
    }

    private static void assertMessage(Network network, Map<String, NdArray> inputs,
            String... parts) {
        String sentence = assertThrows(IllegalArgumentException.class,
                () -> NetworkReference.run(network, inputs)).getMessage();
        for (String part : parts) {
            assertTrue(sentence.contains(part), () -> sentence + " lacks " + part);
        }
    }
}
