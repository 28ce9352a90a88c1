package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each way in which TornadoVM can be missing, tried in a process: one sentence that says the fix,
 * the second time too.
 */
class AvailabilityTest {

    private static final String RUNTIME = "uk.ac.manchester.tornado.runtime.TornadoCoreRuntime";
    private static final String START = "start Java with @$TORNADOVM_HOME/tornado-argfile (scripts/sepconv does)";

    /** Opens the engine twice and prints what comes. */
    static final class OpenTwice {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try (Engine engine = Engines.open("tornado")) {
                    System.out.println("> " + engine.devices().size() + " devices");
                } catch (EngineException e) {
                    System.out.println("> " + e.getMessage());
                }
            }
        }
    }

    /** {@link OpenTwice} after someone else has started TornadoVM. */
    static final class OpenLate {
        public static void main(String[] args) throws ClassNotFoundException {
            Class.forName("uk.ac.manchester.tornado.runtime.common.TornadoOptions");
            OpenTwice.main(args);
        }
    }

    /** {@link OpenTwice} on a thread whose class loader knows no module, as in Spark's tasks. */
    static final class OpenElsewhere {
        public static void main(String[] args) throws IOException {
            try (URLClassLoader loader = new URLClassLoader(new URL[0], null)) {
                Thread.currentThread().setContextClassLoader(loader);
                OpenTwice.main(args);
                if (Thread.currentThread().getContextClassLoader() != loader) {
                    throw new AssertionError("the thread's class loader is another one now");
                }
            }
        }
    }

    private static void assertSays(String expected, ChildJava child) throws Exception {
        ChildJava.Result result = child.run();
        List<String> said = result.out().lines().filter(line -> line.startsWith("> "))
                .map(line -> line.substring(2)).toList();
        assertEquals(List.of(expected, expected), said,
                () -> "exit %d, stderr: %s".formatted(result.exit(), result.err()));
        assertEquals(0, result.exit());
    }

    private static String fix() {
        return System.getenv("TORNADOVM_HOME") != null
                ? START
                : "TORNADOVM_HOME is not set: install TornadoVM's SDK, set TORNADOVM_HOME to it and "
                        + START;
    }

    @Test
    void withoutTheApi() throws Exception {
        assertSays("no TornadoVM in this Java process; " + fix(), ChildJava.of(OpenTwice.class));
    }

    @Test
    void withTheApiButNoRuntime() throws Exception {
        assertSays("TornadoVM's API is here but not its runtime; " + fix(), apiOnly());
    }

    @Test
    void withARuntimeThatIsNotThere() throws Exception {
        assertSays(
                "TornadoVM's runtime %s is not on the module path; %s and with no other SDK's module path"
                        .formatted(RUNTIME, START),
                apiOnly().with("-Dtornado.load.runtime.implementation=" + RUNTIME));
    }

    /** The API on the class path, wherever the tests have it from. */
    private static ChildJava apiOnly() throws Exception {
        Path api = Path.of(Class.forName("uk.ac.manchester.tornado.api.TaskGraph")
                .getProtectionDomain().getCodeSource().getLocation().toURI());
        return ChildJava.of(OpenTwice.class).with("--module-path", api.toString(), "--add-modules",
                "ALL-MODULE-PATH");
    }

    @Tag("device")
    @Test
    void withoutTheCompilerInterface() throws Exception {
        assertSays(
                "TornadoVM can't use this Java's compiler interface, JVMCI, which is off; " + START,
                ChildJava.of(OpenTwice.class).withTornado().with("-XX:-EnableJVMCI"));
    }

    @Tag("device")
    @Test
    void withoutABackend(@TempDir Path folder) throws Exception {
        Path sdk = Path.of(System.getenv("TORNADOVM_HOME"));
        try (Stream<Path> jars = Files.list(sdk.resolve("share/java/tornado"))) {
            jars.filter(jar -> !jar.getFileName().toString()
                    .matches("tornado-drivers-(opencl|ptx|cuda|spirv|metal).*"))
                    .forEach(jar -> copy(jar, folder.resolve(jar.getFileName())));
        }
        String argfile = Files.readString(sdk.resolve("tornado-argfile"));
        String without = argfile.lines().filter(line -> !line.matches("--enable-native-access=.*"))
                .map(line -> line.startsWith("--module-path") ? "--module-path " + folder : line)
                .map(line -> line.startsWith("--add-modules")
                        ? line.replaceAll(",tornado\\.drivers\\.(opencl|ptx|cuda|spirv|metal)", "")
                        : line)
                .collect(Collectors.joining("\n"));
        Path changed = Files.writeString(folder.resolve("argfile"), without);
        assertSays(
                "TornadoVM has no backend: its SDK was installed without one; install one with OpenCL, PTX, CUDA or SPIR-V and "
                        + "set TORNADOVM_HOME to it",
                ChildJava.of(OpenTwice.class).with("@" + changed));
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Tag("device")
    @Test
    void withoutAnOpenClPlatform() throws Exception {
        assumeOpenCl();
        assertSays(
                "TornadoVM finds no OpenCL platform; install an OpenCL driver (Debian's pocl-opencl-icd makes the CPU a device)",
                ChildJava.of(OpenTwice.class).withTornado().environment("OCL_ICD_VENDORS",
                        "/nonexistent"));
    }

    @Tag("device")
    @Test
    void withAPlatformButNoDevice() throws Exception {
        assumeOpenCl();
        assertSays(
                "TornadoVM's backend OpenCL finds no device; install the device's driver (for a CPU, Debian's pocl-opencl-icd)",
                ChildJava.of(OpenTwice.class).withTornado().environment("POCL_DEVICES", "none"));
    }

    /**
     * Where its library is missing; TornadoVM looks for Level Zero unless it is told that there is
     * none.
     */
    @Tag("device")
    @Test
    void withSpirvButNoLevelZero() throws Exception {
        String sdk = System.getenv("TORNADOVM_HOME");
        assumeTrue(
                Files.exists(Path.of(sdk, "lib", "libtornado-opencl.so")) && hasSpirv(sdk)
                        && !Files.exists(Path.of(sdk, "lib", "libtornado-levelzero.so")),
                "needs an SDK with SPIR-V and no Level Zero");
        assertSays(
                "TornadoVM's SPIR-V backend finds no Level Zero; install it, or start Java with -Dtornado.spirv.runtimes=opencl",
                ChildJava.of(OpenTwice.class).withTornado()
                        .with("-Dtornado.spirv.runtimes=opencl,levelzero"));
    }

    private static boolean hasSpirv(String sdk) throws IOException {
        try (Stream<Path> jars = Files.list(Path.of(sdk, "share/java/tornado"))) {
            return jars.anyMatch(
                    jar -> jar.getFileName().toString().startsWith("tornado-drivers-spirv"));
        }
    }

    /**
     * The two before look at OpenCL alone. PoCL names its CPU pthread-…, from version 4 on cpu-….
     */
    private static void assumeOpenCl() {
        try (TornadoEngine engine = TornadoEngine.open()) {
            assumeTrue(
                    engine.devices().stream()
                            .allMatch(device -> device.backend().equals("opencl")
                                    && device.name().matches("(pthread|cpu)-.*")),
                    "needs PoCL's CPU as the only kind of device");
        }
    }

    /** PoCL without libjsig: one warning, however often the engine is opened. */
    @Tag("device")
    @Test
    void warnsOnceWherePoclMayTakeJavasSignalHandlers() throws Exception {
        assumeOpenCl();
        String warning = "LD_PRELOAD=%s/lib/libjsig.so".formatted(System.getProperty("java.home"));
        ChildJava.Result without = ChildJava.of(OpenTwice.class).withTornado()
                .environment("LD_PRELOAD", "").run();
        assertEquals(0, without.exit(), without.err());
        assertEquals(1, without.err().lines().filter(line -> line.contains(warning)).count(),
                without.err());
        ChildJava.Result with = ChildJava.of(OpenTwice.class).withTornado()
                .environment("LD_PRELOAD", System.getProperty("java.home") + "/lib/libjsig.so")
                .run();
        assertFalse(with.err().contains("libjsig"), with.err());
    }

    @Tag("device")
    @Test
    void findsItsBackendsWhateverTheThreadsClassLoader() throws Exception {
        ChildJava.Result result = ChildJava.of(OpenElsewhere.class).withTornado().run();
        assertEquals(0, result.exit(), result.err());
        assertEquals(2,
                result.out().lines().filter(line -> line.matches("> [1-9]\\d* devices")).count(),
                result.out());
    }

    @Tag("device")
    @Test
    void withTheFallbackToJavaAlreadyOn() throws Exception {
        assertSays(
                "TornadoVM was started before sepconv with its silent fallback to Java on; start Java with "
                        + "-Dtornado.recover.bailout=false",
                ChildJava.of(OpenLate.class).withTornado().with("-Dtornado.recover.bailout=true"));
    }

    @Tag("device")
    @Test
    void turnsTheFallbackToJavaOffByItself() throws Exception {
        ChildJava.Result result = ChildJava.of(OpenTwice.class).withTornado()
                .with("-Dtornado.recover.bailout=true").run();
        assertEquals(0, result.exit(), result.err());
        assertEquals(2,
                result.out().lines().filter(line -> line.matches("> [1-9]\\d* devices")).count(),
                result.out());
    }

    /** On an SDK of another backend the options mean nothing, but they must be well-formed. */
    @Tag("device")
    @ParameterizedTest
    @ValueSource(strings = {"opencl", "ptx", "cuda", "spirv"})
    void theBackendsArgumentFilesAreTaken(String backend) throws Exception {
        ChildJava.Result result = ChildJava.of(OpenTwice.class).withTornado()
                .with("@tornado-config/" + backend + ".args").run();
        assertEquals(0, result.exit(), result.err());
        assertEquals(2,
                result.out().lines().filter(line -> line.matches("> [1-9]\\d* devices")).count(),
                result.out());
    }
}
