package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvTester;
import dev.sepconv.EngineException;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What only a Java of its own can show: other vector lengths, no TornadoVM on any path, no Vector
 * API.
 */
class SimdProcessTest {

    /** The program that runs there. */
    static final class Program {

        private Program() {
        }

        public static void main(String[] args) {
            try (SimdEngine engine = SimdEngine.open()) {
                System.out.println(engine.devices().getFirst().name());
                for (long seed = 0; seed < Integer.parseInt(args[0]); seed++) {
                    ConvTester.check(ConvTester.random(seed), engine, engine.devices().getFirst());
                }
                ConvTester large = ConvTester.conv().channels(37).filters(51).padding(Padding.of(1))
                        .activation(Activation.RELU6);
                ConvTester.check(large.build(), engine, engine.devices().getFirst());
                ConvTester.check(large.channels(263).filters(251).build(), engine,
                        engine.devices().getFirst());
            } catch (EngineException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /**
     * Runs layers until a hundred runs make no object, on the caller's thread and the helper's, and
     * says which never do.
     */
    static final class Allocation {

        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory
                .getThreadMXBean();
        private static final int RUNS = 100;
        /**
         * At least as often; where other programs take the cores the first may take all patience.
         */
        private static final int ROUNDS = 4;
        private static final long PATIENCE_NANOS = 20_000_000_000L;

        private Allocation() {
        }

        public static void main(String[] args) {
            Conv2d standard = Conv2d.of(32, 64, 3).withPadding(Padding.of(1))
                    .withActivation(Activation.RELU6);
            List<Layer> layers = List.of(SeparableConv2d.mobilenet(24, 40, 3, 1),
                    SeparableConv2d.mobilenet(24, 40, 3, 2), standard, standard.withGroups(2),
                    standard.withGroups(8), Conv2d.of(64, 1056, 3), Conv2d.depthwise(32, 1, 3),
                    Conv2d.depthwise(32, 2, 3));
            try (SimdEngine engine = SimdEngine.open(2)) {
                Thread helper = Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("sepconv-simd")).findAny()
                        .orElseThrow();
                for (Layer layer : layers) {
                    for (Layout layout : Layout.values()) {
                        System.out.println(bytes(engine, layer, layout, helper) + " bytes: " + layer
                                + " " + layout);
                    }
                }
            }
        }

        private static long bytes(SimdEngine engine, Layer layer, Layout layout, Thread helper) {
            ConvTester.Case given = new ConvTester.Case(layer,
                    Shape.of(layer.stages().getFirst().inChannels(), 48, 48), layout, 1);
            Tensor input = given.tensor();
            try (Plan plan = engine.compile(layer.withWeights(given.weights()), given.input(),
                    layout, engine.devices().getFirst())) {
                Tensor output = Tensor.zeros(plan.outputShape(), layout);
                long end = System.nanoTime() + PATIENCE_NANOS;
                long bytes;
                int rounds = 0;
                // the interpreter and the JVM's first compiler make an object of each vector: what
                // counts is the last one's code
                do {
                    long before = allocated(helper);
                    for (int i = 0; i < RUNS; i++) {
                        plan.run(input, output);
                    }
                    bytes = allocated(helper) - before;
                    rounds++;
                } while (bytes > 0 && (rounds < ROUNDS || System.nanoTime() < end));
                return bytes;
            }
        }

        private static long allocated(Thread helper) {
            return THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId())
                    + THREADS.getThreadAllocatedBytes(helper.threadId());
        }
    }

    /** Has everything compiled ahead. */
    static final class Priming {

        private Priming() {
        }

        public static void main(String[] args) throws InterruptedException {
            for (Primer.Hot hot : Primer.Hot.values()) {
                Primer.want(hot);
            }
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals("sepconv-primer")) {
                    thread.join();
                }
            }
        }
    }

    /** With {@code -Xbatch} a caller waits for the compilation that it has caused. */
    @Test
    void theHottestLoopsAreCompiledAhead() throws Exception {
        String output = run(Priming.class, "--add-modules", "jdk.incubator.vector", "-Xbatch",
                "-XX:+PrintCompilation", "");
        List<String> compiled = output.lines()
                .filter(line -> line.matches(".* 4 +dev\\.sepconv\\..*\\(\\d+ bytes\\)"))
                .filter(line -> !line.contains("Primer")).toList();
        for (String late : List.of("EvenTile::tile14x2", "PictureTile::tile13x2Stride1",
                "PictureTile::tile13x2Stride2")) {
            assertEquals(PixelTile.MANY_REGISTERS,
                    compiled.stream().anyMatch(line -> line.contains(late)),
                    "%s in %s".formatted(late, compiled));
        }
        for (String method : List.of("PixelTile::tile\\dx2", "Epilogue::move(Panel)?",
                PixelTile.MANY_REGISTERS ? "SlidingTile::stride1" : "DepthwiseTile::square3Stride1",
                PixelTile.MANY_REGISTERS ? "SlidingTile::stride2" : "DepthwiseTile::square3Stride2",
                "DepthwiseTile::wide3Stride1", "DepthwiseTile::wide3", "DepthwiseRow::edge",
                "DepthwiseSlabTile::pixels\\dWide3Stride1", "OnePixel::run", "PatchStep::fours",
                "PatchStep::vectors")) {
            assertTrue(compiled.stream().anyMatch(line -> line.matches(".*" + method + " .*")),
                    "%s is not among %s".formatted(method, compiled));
        }
        // from the middle of a call takes several times as long
        assertTrue(compiled.stream().noneMatch(line -> line.matches(" *\\d+ +\\d+ +%.*")),
                compiled.toString());
    }

    @Test
    void aRunAllocatesNothing() throws Exception {
        String output = run(Allocation.class, "--add-modules", "jdk.incubator.vector", "");
        List<String> lines = output.lines().filter(line -> line.contains(" bytes: ")).toList();
        assertEquals(16, lines.size(), output);
        assertTrue(lines.stream().allMatch(line -> line.startsWith("0 bytes")), output);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void everyVectorLengthAgreesWithTheReference(int bits) throws Exception {
        String output = run("--add-modules", "jdk.incubator.vector",
                "-D" + VectorUnit.PROPERTY + "=" + bits, "400");
        assertTrue(output.contains("CPU, " + bits / 32 + " float lanes"), output);
    }

    @Test
    void noClassOfTornadoVmIsLoaded() throws Exception {
        String output = run("--add-modules", "jdk.incubator.vector", "-verbose:class", "50");
        assertTrue(output.contains("dev.sepconv.engine.simd.gen.PixelTile"),
                "classes are not listed");
        assertFalse(output.contains("uk.ac.manchester"), "a TornadoVM class was loaded");
        assertFalse(output.contains("dev.sepconv.kernel"), "a kernel was loaded");
    }

    @Test
    void withoutTheVectorApiOneSentenceSaysTheFix() throws Exception {
        assertEquals(
                "engine simd needs the Vector API: start Java with --add-modules jdk.incubator.vector",
                run("1").strip());
    }

    /**
     * Runs the program on this class path, on which TornadoVM is not: it is on the module path of
     * the tests.
     */
    private static String run(String... arguments) throws IOException, InterruptedException {
        return run(Program.class, arguments);
    }

    private static String run(Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments).subList(0, arguments.length - 1));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName(),
                arguments[arguments.length - 1]));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
