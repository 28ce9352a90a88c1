package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of many sizes from one reading of a model, and plans of them within a bound. */
class OpenSizesTest {

    private static final int CHANNELS = 8;

    @TempDir
    private Path folder;

    private static float[] random(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }

    /**
     * Batch, height and width are open: a convolution, a normalisation, a mean and a fully
     * connected layer.
     */
    private static byte[] model(int outputs) {
        Random random = new Random(5);
        float[] variance = random(random, CHANNELS);
        for (int i = 0; i < CHANNELS; i++) {
            variance[i] += 1;
        }
        Dims each = Dims.of(CHANNELS);
        return new OnnxGraph(17).input("x", 0, 3, 0, 0).output("y")
                .floats("w", Dims.of(CHANNELS, 3, 3, 3), random(random, CHANNELS * 27))
                .floats("scale", each, random(random, CHANNELS))
                .floats("shift", each, random(random, CHANNELS))
                .floats("mean", each, random(random, CHANNELS)).floats("variance", each, variance)
                .floats("f", Dims.of(outputs, CHANNELS), random(random, outputs * CHANNELS))
                .node("Conv", List.of("x", "w"), "a", OnnxGraph.attribute("pads", 1, 1, 1, 1))
                .node("BatchNormalization", List.of("a", "scale", "shift", "mean", "variance"), "b")
                .node("GlobalAveragePool", List.of("b"), "c").node("Flatten", List.of("c"), "d")
                .node("Gemm", List.of("d", "f"), "y", OnnxGraph.attribute("transB", 1L)).bytes();
    }

    @Test
    void eachSizesNetworkIsTheOneThatIsReadForItAlone() throws IOException {
        byte[] bytes = model(5);
        Path file = Files.write(folder.resolve("open.onnx"), bytes);
        Random random = new Random(7);
        try (Model fromFile = Sepconv.model(file); Model inMemory = Sepconv.model(bytes)) {
            for (int i = 0; i < 20; i++) {
                Dims dims = Dims.of(1 + random.nextInt(3), 3, 1 + random.nextInt(17),
                        1 + random.nextInt(17));
                Map<String, NdArray> inputs = Map.of("x",
                        NdArray.of(dims, random(random, dims.elements())));
                double[] alone = NetworkReference
                        .run(Sepconv.load(bytes, InputSizes.of(dims)), inputs).get("y");
                for (Model model : List.of(fromFile, inMemory)) {
                    assertEquals(Map.of("x", dims), model.inputs(InputSizes.of(dims)));
                    Network network = model.at(dims);
                    assertEquals(Map.of("x", dims), network.inputs());
                    assertArrayEquals(alone, NetworkReference.run(network, inputs).get("y"),
                            dims.toString());
                }
            }
        }
    }

    @Test
    void networksOfOneModelShareTheirWeights() throws IOException {
        try (Model model = Sepconv.model(model(5))) {
            assertSame(convolution(model.at(Dims.of(1, 3, 9, 8))).weights().getFirst().weight(),
                    convolution(model.at(Dims.of(2, 3, 5, 7))).weights().getFirst().weight());
        }
    }

    private static Op.Convolve convolution(Network network) {
        return (Op.Convolve) network.nodes().stream().map(Node::op)
                .filter(Op.Convolve.class::isInstance).findFirst().orElseThrow();
    }

    @Test
    void whatCanNotBeIsSaid() throws IOException {
        Model model = Sepconv.model(model(5));
        assertTrue(assertThrows(OpenSizeException.class, () -> model.at(InputSizes.AS_IN_MODEL))
                .getMessage().contains("dimension 2 is open"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> model.at(Dims.of(1, 4, 5, 5)))
                .getMessage().contains("dimension 1 of input 'x' is given as 4"));
        model.close();
        model.close();
        assertEquals("the model is closed",
                assertThrows(IllegalStateException.class, () -> model.at(Dims.of(1, 3, 5, 5)))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> PlanCache.of(0, sizes -> null));
        byte[] unknown = new OnnxGraph(17).input("x", 0).output("y")
                .node("Frobnicate", List.of("x"), "y").bytes();
        try (Model strange = Sepconv.model(unknown)) {
            assertTrue(assertThrows(UncheckedIOException.class, () -> strange.at(Dims.of(3)))
                    .getMessage().contains("Frobnicate"));
        }
    }

    @Test
    void aCacheRunsAnySizeAsThatSizesPlanDoes() throws IOException {
        Random random = new Random(3);
        try (Sepconv sepconv = Sepconv.open("simd");
                Model model = Sepconv.model(model(5));
                PlanCache plans = sepconv.plans(model, 2)) {
            for (int i = 0; i < 30; i++) {
                Dims dims = Dims.of(1 + random.nextInt(2), 3, 1 + random.nextInt(3),
                        8 + random.nextInt(2));
                NdArray input = NdArray.of(dims, random(random, dims.elements()));
                try (NetworkPlan plan = sepconv.compile(model.at(dims))) {
                    assertArrayEquals(plan.run(input).data(), plans.run(input).data());
                    assertArrayEquals(plan.run(input).data(),
                            plans.run(Map.of("x", input)).get("y").data());
                }
                assertTrue(plans.size() <= 2);
            }
        }
    }

    /** A process: a thousand sizes, one after the other, with plans of four of them kept. */
    static final class Thousand {
        public static void main(String[] args) throws IOException {
            try (Sepconv sepconv = Sepconv.open(args[1]);
                    Model model = Sepconv.model(Path.of(args[0]));
                    PlanCache plans = sepconv.plans(model, 4)) {
                float sum = 0;
                for (int i = 0; i < 1000; i++) {
                    sum += plans.run(NdArray.zeros(Dims.of(1 + i % 2, 3, 1 + i / 2, 9))).data()[0];
                }
                System.out.println(sum + " " + plans.size());
            }
        }
    }

    /** Each plan has 2 MB of weights: a thousand of them would be 2 GB, the heap is 64 MB. */
    @Test
    void aThousandSizesTakeNoMoreMemoryThanTheBound() throws Exception {
        Path file = Files.write(folder.resolve("open.onnx"), model(65_536));
        for (String engine : List.of("simd", "plain")) {
            Process process = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                    "-XX:MaxDirectMemorySize=16m", "--add-modules", "jdk.incubator.vector", "-cp",
                    System.getProperty("java.class.path"), Thousand.class.getName(),
                    file.toString(), engine).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), printed);
            assertTrue(printed.strip().endsWith(" 4"), printed);
        }
    }
}
