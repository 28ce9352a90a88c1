package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.engine.Engines;
import dev.sepconv.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What random draws against ONNX Runtime leave out, because it says nothing of NaN. */
class SelectionTest {

    @TempDir
    private Path folder;

    /** NaN counts as infinity: of equal ones the first, and each place once. */
    @ParameterizedTest
    @CsvSource({"simd, 1", "simd, 0", "java, 1", "java, 0", "plain, 1", "plain, 0"})
    void topKTakesNanForInfinity(String name, long largest) throws IOException {
        NdArray x = NdArray.of(Dims.of(6), new float[]{2, Float.NaN, Float.NEGATIVE_INFINITY,
                Float.POSITIVE_INFINITY, Float.NaN, 7});
        float[] values = largest == 1
                ? new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NaN, 7, 2,
                        Float.NEGATIVE_INFINITY}
                : new float[]{Float.NEGATIVE_INFINITY, 2, 7, Float.NaN, Float.POSITIVE_INFINITY,
                        Float.NaN};
        float[] places = largest == 1
                ? new float[]{1, 3, 4, 5, 0, 2}
                : new float[]{2, 0, 5, 1, 3, 4};
        Path model = Files.write(folder.resolve("top.onnx"),
                new OnnxGraph(17).input("x", 6).integers("k", 6)
                        .node("TopK", List.of("x", "k"), List.of("values", "places"),
                                OnnxGraph.attribute("largest", largest))
                        .output("values").output("places").bytes());
        Network network = OnnxReader.read(model, InputSizes.AS_IN_MODEL);
        try (Engine engine = Engines.open(name);
                NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
            Map<String, NdArray> found = plan.run(Map.of("x", x));
            assertArrayEquals(values, found.get("values").data());
            assertArrayEquals(places, found.get("places").data());
        }
    }
}
