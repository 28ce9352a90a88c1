package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.ConvTester;
import dev.sepconv.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a Java of its own can show: other vector lengths, no TornadoVM on any path, no Vector API. */
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
            } catch (EngineException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void everyVectorLengthAgreesWithTheReference(int bits) throws Exception {
        String output = run("--add-modules", "jdk.incubator.vector", "-D" + Lanes.PROPERTY + "=" + bits, "400");
        assertTrue(output.contains("CPU, " + bits / 32 + " float lanes"), output);
    }

    @Test
    void noClassOfTornadoVmIsLoaded() throws Exception {
        String output = run("--add-modules", "jdk.incubator.vector", "-verbose:class", "50");
        assertTrue(output.contains("dev.sepconv.engine.simd.PixelTile"), "classes are not listed");
        assertFalse(output.contains("uk.ac.manchester"), "a TornadoVM class was loaded");
        assertFalse(output.contains("dev.sepconv.kernel"), "a kernel was loaded");
    }

    @Test
    void withoutTheVectorApiOneSentenceSaysTheMend() throws Exception {
        assertEquals("engine simd needs the Vector API: start Java with --add-modules jdk.incubator.vector", run("1").strip());
    }

    /** Runs the program on this class path, on which TornadoVM is not: it is on the module path of the tests. */
    private static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments).subList(0, arguments.length - 1));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Program.class.getName(), arguments[arguments.length - 1]));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
