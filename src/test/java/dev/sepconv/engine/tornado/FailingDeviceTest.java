package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.Device;
import dev.sepconv.EngineException;
import dev.sepconv.Network;
import dev.sepconv.Plan;
import dev.sepconv.reference.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A device that fails in the middle, by an OpenCL layer under which calls fail
 * ({@code src/test/opencl/layer.c}). In a process of its own: TornadoVM takes some of these
 * failures badly.
 */
@Tag("device")
class FailingDeviceTest {

    @TempDir
    static Path folder;
    private static Path layer;

    /** Says in lines that begin with {@code > } what became of plans on two devices. */
    static final class Child {

        private static final Case GIVEN = ConvTester.conv().channels(8).filters(16).size(9, 7)
                .kernel(1, 1).build();
        /** Of other numbers, so that the result of the run before is wrong. */
        private static final Case NEXT = new Case(GIVEN.layer(), GIVEN.input(), GIVEN.layout(), 99);

        private final TornadoEngine engine = TornadoEngine.open();
        private final Network network = Network.of(GIVEN.layer().withWeights(GIVEN.weights()),
                GIVEN.input(), GIVEN.layout());

        public static void main(String[] args) throws IOException {
            Path faults = Path.of(System.getenv("LAYER_FAULTS"));
            Child child = new Child();
            List<Device> devices = child.engine.devices();
            Plan plan = child.compile(devices.get(0));
            Plan other = child.compile(devices.get(1));
            say("before", plan, GIVEN);
            say("other before", other, GIVEN);
            Files.writeString(faults, args[0]);
            say("failing", plan, NEXT);
            Files.delete(faults);
            say("again", plan, NEXT);
            plan.close();
            say("other", other, NEXT);
            say("anew", child.compile(devices.get(0)), NEXT);
            System.out.flush();
            Runtime.getRuntime().halt(0); // what such plans hold can't be freed
        }

        private Plan compile(Device device) {
            return Plan.of(engine.compile(network, device), GIVEN.layout());
        }

        private static void say(String what, Plan plan, Case given) {
            String result;
            try {
                double error = Reference
                        .difference(Reference.run(given.layer(), GIVEN.weights(), given.tensor()),
                                plan.run(given.tensor()))
                        .relative();
                result = error <= ConvTester.TOLERANCE ? "right" : "wrong";
            } catch (EngineException | IllegalStateException e) {
                result = e.getMessage();
            }
            System.out.println("> " + what + ": " + result);
        }
    }

    @BeforeAll
    static void compileTheLayer() throws IOException, InterruptedException {
        try (TornadoEngine engine = TornadoEngine.open()) {
            assumeTrue(
                    engine.devices().size() > 1 && engine.devices().stream()
                            .allMatch(device -> device.backend().equals("opencl")),
                    "needs two devices of OpenCL");
        }
        layer = folder.resolve("layer.so");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", layer.toString(),
                    Path.of(System.getProperty("sepconv.root", "."), "src/test/opencl/layer.c")
                            .toString())
                    .redirectErrorStream(true).redirectOutput(folder.resolve("cc.log").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "needs a C compiler");
            return;
        }
        assertTrue(compiler.waitFor(60, TimeUnit.SECONDS));
        assumeTrue(compiler.exitValue() == 0, "needs OpenCL's headers");
    }

    /**
     * @param kind what the device says it is: with a GPU TornadoVM copies and launches, with a CPU
     * we do ({@link DirectLaunch})
     */
    @ParameterizedTest
    @CsvSource({"gpu, launch write read finish", "gpu, read", "gpu, launch read",
            "cpu, launch write read finish", "cpu, launch", "cpu, finish"})
    void isNamedAndTheOthersGoOn(String kind, String calls) throws Exception {
        ChildJava child = ChildJava.of(Child.class).withTornado()
                .environment("OPENCL_LAYERS", layer.toString())
                .environment("LAYER_FAULTS", folder.resolve("faults").toString());
        if (kind.equals("gpu")) {
            child.environment("LAYER_GPU", "1");
        }
        ChildJava.Result result = child.run(calls);
        List<String> said = result.out().lines().filter(line -> line.startsWith("> "))
                .map(line -> line.substring(2)).toList();
        String all = "exit %d%n%s%n%s".formatted(result.exit(), result.out(), result.err());
        assertEquals(0, result.exit(), all);
        assertEquals(6, said.size(), all);
        assertEquals(List.of("before: right", "other before: right"), said.subList(0, 2), all);
        assertTrue(said.get(2).contains("opencl:0:0") && said.get(2).contains("driver"), all);
        assertTrue(said.get(3).contains("compile"), all);
        assertEquals(List.of("other: right", "anew: right"), said.subList(4, 6), all);
    }
}
