package dev.sepconv.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Models;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.graph.Simplify;
import dev.sepconv.io.TfjsWeights;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The networks built from TensorFlow.js weights, layer by layer beside what TensorFlow.js makes of
 * them.
 */
class TfjsNetworksTest {

    /** TensorFlow.js keeps each layer in float32, the reference in float64. */
    private static final double TOLERANCE = 1e-5;

    @Test
    void noiseIsTheGeneratorsTopByte() {
        // 1015568748, 1586005467, 2165703038, 3027450565 divided by 2^24: red, green, blue, red
        NdArray noise = TfjsReference.noise(2, 1);
        assertEquals(List.of(60f, 94f, 129f, 180f),
                List.of(noise.data()[0], noise.data()[4], noise.data()[8], noise.data()[1]));
    }

    @Test
    void tinyXceptionIsTensorFlows() throws IOException {
        TfjsReference reference = TfjsReference.tinyXception();
        assertEquals(55, reference.layers().size());
        compare(reference);
        assertEquals(13, count(reference.network(), "depthwise"));
    }

    @Test
    void mobileNetIsTensorFlows() throws IOException {
        TfjsReference reference = TfjsReference.mobileNetSsd();
        assertEquals(97, reference.layers().size());
        compare(reference);
        assertEquals(13, count(reference.network(), "depthwise"));
    }

    private static void compare(TfjsReference reference) {
        Map<String, double[]> values = NetworkReference.run(reference.network(),
                Map.of("input", reference.input()));
        for (TfjsReference.Layer layer : reference.layers()) {
            reference.check(layer, values.get(layer.name()), TOLERANCE);
        }
    }

    private static long count(Network network, String label) {
        return network.nodes().stream().filter(node -> node.op().label().equals(label)).count();
    }

    @Test
    void weightsTellTheirNetwork() throws IOException {
        assertEquals(Dims.of(1, 2),
                TfjsNetworks.of(TfjsWeights.read(Models.fetched(Models.TINY_XCEPTION)), null, null)
                        .dims("fc/gender/softmax"));
        Map<String, NdArray> ssd = TfjsWeights.read(Models.fetched(Models.MOBILENET_V1_SSD));
        assertEquals(Dims.of(1, 5118, 3), TfjsNetworks.of(ssd, null, null).dims("classes"));
        assertEquals(Dims.of(1, 3, 160, 128),
                TfjsNetworks.of(ssd, 160, 128).inputs().values().iterator().next());
        Map<String, NdArray> xception = TfjsWeights.read(Models.TINY_XCEPTION);
        assertThrows(IllegalArgumentException.class, () -> TfjsNetworks.of(xception, 100, 112));
        assertThrows(IllegalArgumentException.class,
                () -> TfjsNetworks.of(Map.of("other", NdArray.zeros(Dims.of(1))), null, null));
    }

    @Test
    void simplifiedTheyAreTheSame() throws IOException {
        for (TfjsReference reference : List.of(TfjsReference.tinyXception(),
                TfjsReference.mobileNetSsd())) {
            Network simple = Simplify.run(reference.network());
            assertEquals(1, count(simple, "scale-shift"),
                    "only the pixels' normalisation, before padding, can't be folded");
            assertEquals(0, count(simple, "clip"));
            Map<String, double[]> values = NetworkReference.run(simple,
                    Map.of("input", reference.input()));
            List<TfjsReference.Layer> outputs = reference.layers().stream()
                    .filter(layer -> simple.outputs().contains(layer.name())).toList();
            assertEquals(2, outputs.size());
            outputs.forEach(layer -> reference.check(layer, values.get(layer.name()), TOLERANCE));
        }
    }

    @Test
    void theComparisonNoticesAnotherWeight() throws IOException {
        TfjsReference reference = TfjsReference.tinyXception();
        Map<String, NdArray> arrays = TfjsWeights.read(Models.TINY_XCEPTION);
        float[] bias = arrays.get("entry_flow/conv_in/bias").data();
        for (int i = 0; i < bias.length; i++) {
            bias[i] += 0.001f;
        }
        TfjsReference other = new TfjsReference(TinyXception.of(arrays), reference.input(),
                reference.layers());
        String message = assertThrows(AssertionError.class, () -> compare(other)).getMessage();
        assertTrue(message.startsWith("entry_flow/conv_in has "), message);
    }

    @Test
    void trunkTakesAnySize() throws IOException {
        Map<String, NdArray> arrays = TfjsWeights.read(Models.fetched(Models.MOBILENET_V1_SSD));
        assertEquals(Dims.of(1, 5118, 4),
                MobileNetSsd.of(arrays, MobileNetSsd.SIDE, MobileNetSsd.SIDE).dims("boxes"));
        Network trunk = MobileNetSsd.trunk(arrays, 224, 225);
        assertEquals(Dims.of(1, 1024, 7, 8), trunk.dims(trunk.outputs().getFirst()));
        assertEquals(13, count(trunk, "depthwise"));
    }

    @Test
    void saysWhatIsWrongWithTheArrays() throws IOException {
        Map<String, NdArray> arrays = new HashMap<>(
                TfjsWeights.read(Models.fetched(Models.TINY_XCEPTION)));
        NdArray bias = arrays.put("fc/gender/bias", NdArray.zeros(Dims.of(7)));
        refused(arrays, "bias has 7 numbers; 2 outputs need as many");
        arrays.put("fc/gender/bias", bias);
        NdArray filters = arrays.put("entry_flow/conv_in/filters", NdArray.zeros(Dims.of(3)));
        refused(arrays, "filters have the shape [3]; they must have four dimensions");
        arrays.put("entry_flow/conv_in/filters", NdArray.zeros(Dims.of(3, 3, 4, 32)));
        refused(arrays,
                "node 'entry_flow/conv_in' (conv): input [1, 3, 112, 112] has 3 channels; the convolution takes 4");
        arrays.put("entry_flow/conv_in/filters", filters);
        TinyXception.of(arrays);
        arrays.remove("middle_flow/main_block_1/separable_conv0/bias");
        refused(arrays,
                "array 'middle_flow/main_block_1/separable_conv0/bias' is missing; tiny-xception needs it");
    }

    private static void refused(Map<String, NdArray> arrays, String said) {
        String message = assertThrows(IllegalArgumentException.class, () -> TinyXception.of(arrays))
                .getMessage();
        assertTrue(message.contains(said), message);
    }
}
