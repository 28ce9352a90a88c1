package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.engine.Engines;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small models as PyTorch's two exporters write them in several operator sets, against what PyTorch
 * computes in float64. {@code exported/make.py} made all of them.
 */
class ExportedModelsTest {

    private static final List<String> ENGINES = List.of("simd", "java", "plain");
    /** Of a whole model in float32, over the right output's largest magnitude. */
    private static final double TOLERANCE = 1e-5;
    /** In float64, of weights that were float32. */
    private static final double REFERENCE_TOLERANCE = 1e-6;

    static List<Path> models() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
        }
    }

    private static Path folder() throws URISyntaxException {
        return Path.of(ExportedModelsTest.class.getResource("exported/make.py").toURI())
                .getParent();
    }

    /** The arrays of NAME.txt: the input first. */
    private static Map<String, NdArray> arrays(Path model) throws IOException {
        String name = model.getFileName().toString().split("-")[0];
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        for (String line : Files.readAllLines(model.resolveSibling(name + ".txt"))) {
            String[] words = line.split(" ");
            int[] sizes = Arrays.stream(words[1].substring(1, words[1].length() - 1).split(","))
                    .mapToInt(Integer::parseInt).toArray();
            float[] data = new float[words.length - 2];
            for (int i = 0; i < data.length; i++) {
                data[i] = Float.parseFloat(words[i + 2]);
            }
            arrays.put(words[0], NdArray.of(Dims.of(sizes), data));
        }
        return arrays;
    }

    private static void assertClose(String what, NdArray expected, Dims dims, double[] found,
            double tolerance) {
        assertEquals(expected.dims(), dims, what);
        double largest = 0;
        for (float number : expected.data()) {
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0; i < found.length; i++) {
            assertTrue(Math.abs(found[i] - expected.data()[i]) <= tolerance * largest,
                    "%s: number %d is %s, PyTorch has %s".formatted(what, i, found[i],
                            expected.data()[i]));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesPyTorchsNumbers(Path model) throws IOException {
        Map<String, NdArray> arrays = arrays(model);
        NdArray x = arrays.remove("x");
        Network network = read(model, x);
        assertEquals(List.copyOf(arrays.keySet()), network.outputs());
        Map<String, double[]> reference = NetworkReference.run(network, Map.of("x", x));
        arrays.forEach((name, expected) -> assertClose(model.getFileName() + " in float64, " + name,
                expected, network.dims(name), reference.get(name), REFERENCE_TOLERANCE));
        for (String each : ENGINES) {
            try (Engine engine = Engines.open(each)) {
                givesPyTorchsNumbers(model, engine);
            }
        }
    }

    /** That one engine does. */
    static void givesPyTorchsNumbers(Path model, Engine engine) throws IOException {
        Map<String, NdArray> arrays = arrays(model);
        NdArray x = arrays.remove("x");
        try (NetworkPlan plan = engine.compile(read(model, x), engine.devices().getFirst())) {
            Map<String, NdArray> found = plan.run(Map.of("x", x));
            arrays.forEach((name, expected) -> {
                NdArray array = found.get(name);
                double[] numbers = new double[array.data().length];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = array.data()[i];
                }
                assertClose("%s on %s, %s".formatted(model.getFileName(), engine.name(), name),
                        expected, array.dims(), numbers, TOLERANCE);
            });
        }
    }

    private static Network read(Path model, NdArray x) throws IOException {
        return OnnxReader.read(model, InputSizes.AS_IN_MODEL.withInput("x", x.dims().toArray()));
    }

    /** Both exporters, the oldest and newest operator sets, with open sizes and without. */
    @Test
    void allWaysAreThere() throws IOException, URISyntaxException {
        List<Path> models = models();
        Set<String> ways = models.stream().map(file -> file.getFileName().toString()
                .replaceFirst("^[a-z]+-", "").replace(".onnx", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(
                List.of("script-11", "script-13", "script-17", "script-17-open", "script-20",
                        "dynamo-18", "dynamo-18-open", "dynamo-21", "dynamo-23", "dynamo-23-open")),
                ways);
        for (Path model : models) {
            assertTrue(Files.size(model) < 200_000, model + " is too large");
        }
    }
}
