package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Padding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a process runs what another one translated, and only that. */
@Tag("device")
class TranslationFileTest {

    @Test
    void theNextProcessTranslatesNothing(@TempDir Path folder) throws Exception {
        Path files = folder.resolve("translations");
        ChildJava child = ChildJava.of(Run.class).withTornado().environment("SEPCONV_TRANSLATIONS",
                files.toString());
        List<String> first = run(child, "relu");
        assumeTrue(first.getLast().equals("opencl"), "only OpenCL's code is kept");
        assertTrue(compiled(first) > 0, first.toString());
        List<String> second = run(child, "relu");
        assertEquals(0, compiled(second));
        assertEquals(first.get(1), second.get(1), "results");

        // a number that is a constant in the code: another file
        assertTrue(compiled(run(child, "relu6")) > 0);
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : all.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        }
        List<String> repaired = run(child, "relu");
        assertEquals(first, repaired, "a damaged file is made anew");
        assertEquals(0, compiled(run(child, "relu")));
        child.environment("SEPCONV_TRANSLATIONS", "off");
        assertEquals(first, run(child, "relu"));
    }

    /**
     * What was spared the first half of its translation needs it after all, when a constant is
     * another one.
     */
    @Test
    void aKernelOfWhichOneCodeIsKeptIsCompiledWithOthers(@TempDir Path folder) throws Exception {
        ChildJava child = ChildJava.of(Run.class).withTornado().environment("SEPCONV_TRANSLATIONS",
                folder.resolve("translations").toString());
        List<String> alone = run(child, "relu6");
        assumeTrue(alone.getLast().equals("opencl"), "only OpenCL's code is kept");
        run(child, "relu");
        List<String> both = run(child, "relu", "relu6");
        assertEquals(0, compiled(both));
        assertTrue(Integer.parseInt(both.get(2)) > 0, both.toString());
        assertEquals(alone.get(1), both.get(3));
    }

    /** The driver compiles them as one program. */
    @Test
    void kernelsOfOneNameInOnePlanAreKept(@TempDir Path folder) throws Exception {
        ChildJava child = ChildJava.of(Run.class).withTornado().environment("SEPCONV_TRANSLATIONS",
                folder.resolve("translations").toString());
        List<String> first = run(child, "relu+relu6");
        assumeTrue(first.getLast().equals("opencl"), "only OpenCL's code is kept");
        List<String> second = run(child, "relu+relu6");
        assertEquals(0, compiled(second));
        assertEquals(first.get(1), second.get(1), "results");
        assertNotEquals(run(child, "relu").get(1), first.get(1), "the second has its own code");
        assertNotEquals(run(child, "relu6").get(1), first.get(1), "the first has its own code");
    }

    private static List<String> run(ChildJava child, String... arguments) throws Exception {
        ChildJava.Result result = child.run(arguments);
        assertEquals(0, result.exit(), result.toString());
        return result.out().lines().filter(line -> line.startsWith("= "))
                .map(line -> line.substring(2)).toList();
    }

    private static int compiled(List<String> printed) {
        return Integer.parseInt(printed.getFirst());
    }

    /** Prints, of each network, how many tasks were compiled and a number of its results. */
    static final class Run {
        /** @param args networks: the activation of both convolutions, or of each */
        public static void main(String[] args) {
            try (TornadoEngine engine = TornadoEngine.open()) {
                Device device = engine.devices().getFirst();
                for (String activations : args) {
                    run(engine, device, activations.split("\\+"));
                }
                System.out.println("= " + device.backend());
            }
        }

        private static void run(TornadoEngine engine, Device device, String[] activations) {
            Random random = new Random(1);
            Network.Builder builder = Network.builder("two");
            String x = builder.input("x", Dims.of(1, 32, 14, 14));
            for (int i = 0; i < 2; i++) {
                Conv2d conv = Conv2d.of(32, 32, 3).withPadding(Padding.of(1))
                        .withActivation(activations[i % activations.length].equals("relu")
                                ? Activation.RELU
                                : Activation.RELU6);
                x = builder.add("conv" + i, conv.withWeights(ConvWeights.random(conv, random)), x);
            }
            NdArray input = NdArray.zeros(Dims.of(1, 32, 14, 14));
            for (int i = 0; i < input.data().length; i++) {
                input.data()[i] = 8 * random.nextFloat();
            }
            try (TornadoNetworkPlan plan = engine.compile(builder.output(x).build(), device)) {
                System.out.println("= " + plan.compiledTasks());
                System.out.println("= " + Arrays
                        .hashCode(plan.run(Map.of("x", input)).values().iterator().next().data()));
            }
        }
    }
}
