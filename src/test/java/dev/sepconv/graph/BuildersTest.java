package dev.sepconv.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.zoo.KnownNetworks;
import dev.sepconv.zoo.MobileNets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The builders against the papers' and their code's published numbers. */
class BuildersTest {

    private static Map<String, Integer> labels(Network network) {
        Map<String, Integer> counts = new TreeMap<>();
        network.nodes().forEach(node -> counts.merge(node.op().label(), 1, Integer::sum));
        return counts;
    }

    /** Keras's MobileNet counts 4,231,976 trainable parameters, Howard et al. 4.2 million. */
    @Test
    void mobileNetV1() {
        Network network = KnownNetworks.of("mobilenet-v1", null, null);
        assertEquals(4_231_976, network.parameters());
        assertEquals(Dims.of(1, 1000), network.dims("probabilities"));
        assertEquals(Dims.of(1, 32, 112, 112), network.dims("stem"));
        assertEquals(Dims.of(1, 512, 14, 14), network.dims("block11/pointwise"));
        assertEquals(Dims.of(1, 1024, 7, 7), network.dims("block13/pointwise"));
        assertEquals(Map.of("conv", 1, "separable", 13, "reduce-mean", 1, "fully-connected", 1,
                "softmax", 1), labels(Simplify.run(network)));
    }

    /** Howard et al., table 6: 2.6, 1.3 and 0.5 million. */
    @Test
    void mobileNetV1Narrower() {
        assertEquals(2.6, KnownNetworks.of("mobilenet-v1:0.75", 192, 192).parameters() / 1e6, 0.05);
        assertEquals(1.3, KnownNetworks.of("mobilenet-v1:0.5", 160, 160).parameters() / 1e6, 0.05);
        assertEquals(0.5, KnownNetworks.of("mobilenet-v1:0.25", 128, 128).parameters() / 1e6, 0.05);
    }

    /** torchvision's mobilenet_v2 and Keras's MobileNetV2 (trainable) count 3,504,872. */
    @Test
    void mobileNetV2() {
        Network network = KnownNetworks.of("mobilenet-v2", null, null);
        assertEquals(3_504_872, network.parameters());
        assertEquals(Dims.of(1, 1000), network.dims("probabilities"));
        assertEquals(Dims.of(1, 24, 56, 56), network.dims("block3/sum"));
        assertEquals(Dims.of(1, 320, 7, 7), network.dims("block17/project"));
        assertEquals(Map.of("add", 10, "conv", 1, "pointwise", 17, "separable", 17, "reduce-mean",
                1, "fully-connected", 1, "softmax", 1), labels(Simplify.run(network)));
    }

    /** Chollet 2017, table 3: 22,855,952. */
    @Test
    void xception() {
        Network network = KnownNetworks.of("xception", null, null);
        assertEquals(22_855_952, network.parameters());
        assertEquals(Dims.of(1, 1000), network.dims("probabilities"));
        assertEquals(Dims.of(1, 64, 147, 147), network.dims("entry2"));
        assertEquals(Dims.of(1, 728, 19, 19), network.dims("middle8/sum"));
        assertEquals(Dims.of(1, 2048, 10, 10), network.dims("exit3/activation"));
        assertEquals(34, labels(Simplify.run(network)).get("separable"));
    }

    /**
     * Krizhevsky et al. 2012: 60 million; Caffe's bvlc_alexnet, which has their groups, 60,965,224.
     * Each layer's count by hand: K * C/G * R * S weights and K biases.
     */
    @Test
    void alexNet() {
        Network network = KnownNetworks.of("alexnet", null, null);
        Map<String, Long> counts = new LinkedHashMap<>();
        network.nodes().stream().filter(node -> node.op().parameters() > 0)
                .forEach(node -> counts.put(node.name(), node.op().parameters()));
        assertEquals(Map.of("conv1", 34_944L, "conv2", 307_456L, "conv3", 885_120L, "conv4",
                663_936L, "conv5", 442_624L, "fc6", 37_752_832L, "fc7", 16_781_312L, "fc8",
                4_097_000L), counts);
        assertEquals(60_965_224, network.parameters());
        assertEquals(Dims.of(1, 3, 227, 227), network.dims("input"));
        assertEquals(Dims.of(1, 96, 55, 55), network.dims("conv1"));
        assertEquals(Dims.of(1, 256, 27, 27), network.dims("conv2"));
        assertEquals(Dims.of(1, 384, 13, 13), network.dims("conv4"));
        assertEquals(Dims.of(1, 256, 6, 6), network.dims("pool5"));
        assertEquals(Dims.of(1, 1000), network.dims("probabilities"));
        assertEquals(Map.of("conv", 2, "grouped", 3, "max-pool", 3, "reshape", 1, "fully-connected",
                3, "softmax", 1), labels(Simplify.run(network)));
    }

    @Test
    void whatPassesLeaveGivesTheSame() {
        for (String name : List.of("mobilenet-v1:0.25", "mobilenet-v2:0.1")) {
            Network network = KnownNetworks.of(name, 40, 33);
            Random random = new Random(7);
            NdArray input = NdArray.zeros(network.dims("input"));
            for (int i = 0; i < input.data().length; i++) {
                input.data()[i] = random.nextFloat(-1, 1);
            }
            double[] wanted = NetworkReference.run(network, Map.of("input", input))
                    .get("probabilities");
            double[] got = NetworkReference.run(Simplify.run(network), Map.of("input", input))
                    .get("probabilities");
            double sum = 0;
            double largest = 0;
            for (int i = 0; i < wanted.length; i++) {
                sum += wanted[i];
                largest = Math.max(largest, wanted[i]);
                assertEquals(wanted[i], got[i], 1e-6);
            }
            assertEquals(1, sum, 1e-9);
            assertTrue(largest > 1.5e-3, "all classes are the same: " + largest);
        }
    }

    @Test
    void parametersCanBeGiven() {
        Network network = MobileNets.v1(1, 32, 32, (name, sizes) -> {
            assertEquals(name.endsWith("/weight") ? name.startsWith("classifier") ? 2 : 4 : 1,
                    sizes.length, name);
            float[] numbers = new float[Dims.of(sizes).elements()];
            Arrays.fill(numbers, name.equals("classifier/bias") ? 3 : 0);
            return numbers;
        });
        double[] result = NetworkReference
                .run(network, Map.of("input", NdArray.zeros(network.dims("input"))))
                .get("classifier");
        for (double score : result) {
            assertEquals(3, score);
        }
    }

    @Test
    void whatCanNotBeIsRefused() {
        assertEquals(
                "network is 'vgg'; it must be one of mobilenet-v1, mobilenet-v2, xception, alexnet",
                assertThrows(IllegalArgumentException.class,
                        () -> KnownNetworks.of("vgg", null, null)).getMessage());
        assertEquals("alpha is 0.0; it must be from 0.03125 to 4",
                assertThrows(IllegalArgumentException.class,
                        () -> KnownNetworks.of("mobilenet-v1:0", null, null)).getMessage());
        assertEquals("width multiplier of mobilenet-v2 is 'x'; it must be a number",
                assertThrows(IllegalArgumentException.class,
                        () -> KnownNetworks.of("mobilenet-v2:x", null, null)).getMessage());
        assertEquals("network is 'xception:2'; xception has no width multiplier",
                assertThrows(IllegalArgumentException.class,
                        () -> KnownNetworks.of("xception:2", null, null)).getMessage());
        assertEquals("network is 'alexnet:2'; alexnet has no width multiplier",
                assertThrows(IllegalArgumentException.class,
                        () -> KnownNetworks.of("alexnet:2", null, null)).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> KnownNetworks.of("alexnet", 66, 227)).getMessage()
                .startsWith("node 'pool5' (max-pool): window height 3 "));
        assertEquals("dimension 2 of [1, 3, 0, 4] is 0; it must be at least 1",
                assertThrows(IllegalArgumentException.class,
                        () -> KnownNetworks.of("xception", 0, 4)).getMessage());
        assertEquals(
                "node 'entry2' (conv): kernel height 3 with dilation 1 spans 3; the padded input has only 1",
                assertThrows(IllegalArgumentException.class,
                        () -> KnownNetworks.of("xception", 4, 40)).getMessage());
    }
}
