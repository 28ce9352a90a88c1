package dev.sepconv.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Device;
import dev.sepconv.doctor.Check.State;
import dev.sepconv.doctor.Children.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each thing that can be wrong, with SDKs made of empty files and with children that answer what a
 * test has them answer.
 */
class DoctorTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String LIBRARY = System.mapLibraryName("tornado-opencl");

    @TempDir
    Path folder;

    private Path sdk;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private Doctor.Config config;
    private List<Check> checks;

    @BeforeEach
    void healthy() throws IOException {
        sdk = folder.toRealPath().resolve("sdk");
        Path jars = Files.createDirectories(sdk.resolve("share/java/tornado"));
        Files.createDirectories(sdk.resolve("share/java/graalJars"));
        Files.createDirectories(sdk.resolve("lib"));
        Files.createDirectories(sdk.resolve("etc"));
        Files.writeString(jars.resolve("tornado-api-5.2.0-jdk25.jar"), "");
        Files.writeString(jars.resolve("tornado-drivers-common-5.2.0-jdk25.jar"), "");
        Files.writeString(jars.resolve("tornado-drivers-opencl-5.2.0-jdk25.jar"), "");
        Files.writeString(jars.resolve("tornado-drivers-opencl-jni-5.2.0-jdk25-libs.jar"), "");
        Files.writeString(sdk.resolve("lib").resolve(LIBRARY), "");
        Files.writeString(sdk.resolve("etc/tornado.backend"), "tornado.backends=opencl-backend\n");
        argfile(sdk, "tornado.drivers.opencl");
        environment.put("TORNADOVM_HOME", sdk.toString());
        environment.put("HOME", folder.resolve("home").toString());
        answer("DRIVERS", new Drivers(openCl("pthread-x"), null, null));
        answer("DEVICES", devices(device("opencl:0:0", "cpu", 4), false, "1"));
        answer("RUN opencl:0:0", new Probe.Verified(1e-7, 100));
    }

    private void argfile(Path places, String modules) throws IOException {
        Files.writeString(sdk.resolve("tornado-argfile"), """
                # === JVM mode ===
                -server
                -Djava.library.path=%1$s/lib
                --module-path .:%1$s/share/java/tornado
                --upgrade-module-path %1$s/share/java/graalJars
                --add-modules ALL-SYSTEM,tornado.runtime,%2$s
                """.formatted(places, modules));
    }

    private static Drivers.OpenCl openCl(String... devices) {
        return new Drivers.OpenCl(0,
                List.of(new Drivers.Platform("P", "OpenCL 3.0 P 1.0  Linux, LLVM 15",
                        List.of(devices))),
                "/etc/OpenCL/vendors",
                List.of(new Drivers.Icd("/etc/OpenCL/vendors/p.icd", "libp.so", true)));
    }

    private static Probe.Found device(String id, String kind, long gibOf16) {
        return new Probe.Found(
                new Device("tornado", id, "name of " + id, id.split(":")[0], kind, gibOf16 << 30),
                "opencl Portable Computing Language 3.1", 16L << 30);
    }

    private static Probe.Devices devices(Probe.Found found, boolean signalsAreExposed,
            String affinity) {
        return new Probe.Devices(List.of(found), signalsAreExposed, affinity);
    }

    private void answer(String question, Object answer) throws JsonProcessingException {
        answers.put(question, new Answer(0, 0, MAPPER.writeValueAsString(answer), ""));
    }

    private void says(String question, int code, String err) {
        answers.put(question, new Answer(code, 0, "", err));
    }

    private void examine() throws IOException, InterruptedException {
        asked.clear();
        checks = new Doctor(environment, config, (question, device) -> {
            String all = (question + " " + device).strip();
            asked.add(all);
            return answers.get(all);
        }, what -> {
        }).examine();
        assertEquals(checks.size(), checks.stream().map(Check::title).distinct().count());
        for (Check check : checks) {
            assertEquals(check.state() == State.FAULT || check.state() == State.WARNING,
                    check.fix() != null && check.state() != State.OK, check.toString());
            assertTrue(!check.finding().isBlank() && !check.finding().contains("%")
                    && !check.finding().contains("null"), check.toString());
        }
    }

    private Check check(String title) {
        return checks.stream().filter(check -> check.title().equals(title)).findFirst().orElseThrow(
                () -> new AssertionError("no check '%s' among %s".formatted(title, checks)));
    }

    private void assertCheck(String title, State state, String finding, String fix) {
        Check check = check(title);
        assertEquals(state, check.state(), check.toString());
        assertTrue(check.finding().contains(finding), check.toString());
        if (fix != null) {
            assertNotNull(check.fix(), check.toString());
            assertTrue(check.fix().contains(fix), check.toString());
        }
    }

    /** The first fault is this one, and what depends on it is not checked. */
    private void assertBroken(String title, String finding, String fix, String... notChecked)
            throws Exception {
        examine();
        assertCheck(title, State.FAULT, finding, fix);
        assertEquals(List.of(title), faults());
        for (String other : notChecked) {
            assertEquals(State.NOT_CHECKED, check(other).state(), check(other).toString());
        }
    }

    private List<String> faults() {
        return checks.stream().filter(check -> check.state() == State.FAULT).map(Check::title)
                .toList();
    }

    @Test
    void allIsWell() throws Exception {
        examine();
        assertEquals(List.of(), faults());
        assertEquals(
                List.of("JDK", "Vector API", "engine simd", "engine plain", "engine java", "SDK",
                        "argument file", "backends", "OpenCL", "devices", "opencl:0:0",
                        "opencl:0:0 memory", "opencl:0:0 run", "PoCL", "tuning file"),
                checks.stream().map(Check::title).filter(title -> !title.equals("cache folder"))
                        .collect(Collectors.toList()));
        assertCheck("SDK", State.OK, "5.2.0-jdk25 at " + sdk + " (TORNADOVM_HOME)", null);
        assertCheck("OpenCL", State.OK, "OpenCL 3.0 P 1.0 Linux: pthread-x", null);
        assertEquals("right: a separable layer is 1.0e-07 off the exact answer",
                check("opencl:0:0 run").finding());
        assertCheck("opencl:0:0 memory", State.OK, "may use 4.0 of 16.0 GiB", null);
        assertNull(check("opencl:0:0 memory").fix(), "a CPU's memory is not only its own");
    }

    @Test
    void withoutAnSdkTheCpuIsEnough() throws Exception {
        environment.remove("TORNADOVM_HOME");
        examine();
        assertEquals(List.of(), faults());
        assertCheck("SDK", State.WARNING, "sepconv works on the CPU without it",
                "`sdk install tornadovm 5.2.0-jdk25-opencl`");
        assertCheck("devices", State.NOT_CHECKED, "there is no SDK", null);
        assertCheck("OpenCL", State.OK, "pthread-x, which TornadoVM could use", null);
        assertEquals(List.of("DRIVERS"), asked);
        // without a driver there is nothing to say of drivers
        answer("DRIVERS", new Drivers(null, null, null));
        examine();
        assertTrue(checks.stream().noneMatch(check -> check.group().equals("Drivers")));
    }

    @Test
    void takesSdkmansSdk() throws Exception {
        environment.remove("TORNADOVM_HOME");
        Path candidates = Files
                .createDirectories(folder.resolve("home/.sdkman/candidates/tornadovm"));
        Files.createSymbolicLink(candidates.resolve("current"), sdk);
        examine();
        assertEquals(List.of(), faults());
        assertCheck("SDK", State.OK, "(SDKMAN)", null);
        assertCheck("argument file", State.OK, "all 4 places", null);
    }

    @Test
    void anSdkThatIsNone() throws Exception {
        environment.put("TORNADOVM_HOME", folder.resolve("gone").toString());
        assertBroken("SDK", "gone (TORNADOVM_HOME) is not there", "or unset it", "argument file",
                "backends", "devices");
        environment.put("TORNADOVM_HOME", Files.writeString(folder.resolve("file"), "").toString());
        assertBroken("SDK", "is no folder", "or unset it", "argument file", "backends", "devices");
        environment.put("TORNADOVM_HOME", folder.toString());
        assertBroken("SDK", "has no folder share/java/tornado", "or unset it", "argument file",
                "backends", "devices");
    }

    @Test
    void anSdkOfAnotherVersion() throws Exception {
        Path jar = sdk.resolve("share/java/tornado/tornado-api-5.2.0-jdk25.jar");
        Path other = Files.move(jar, jar.resolveSibling("tornado-api-5.3.0-jdk25.jar"));
        examine();
        assertCheck("SDK", State.WARNING, "5.3.0-jdk25 at " + sdk, "5.2.0");
        Path next = Files.move(other, jar.resolveSibling("tornado-api-6.0.0.jar"));
        assertBroken("SDK", "is 6.0.0, which sepconv doesn't work with",
                "sdk install tornadovm 5.2.0-jdk25-opencl", "argument file", "devices");
        Path old = Files.move(next, jar.resolveSibling("tornado-api-5.2.0-jdk21.jar"));
        assertBroken("SDK", "is 5.2.0-jdk21, which is not built for JDK 25", "5.2.0 for JDK 25",
                "argument file", "devices");
        Files.delete(old);
        assertBroken("SDK", "lacks the jar tornado-api", "install TornadoVM's SDK", "argument file",
                "devices");
    }

    @Test
    void anArgumentFileThatLeadsNowhere() throws Exception {
        argfile(folder.resolve("an sdk"), "tornado.drivers.opencl");
        assertBroken("argument file", "a path with a space", "to a path without spaces", "backends",
                "devices");
        argfile(folder.resolve("old"), "tornado.drivers.opencl");
        assertBroken("argument file", folder.resolve("old") + "/lib, ", "install TornadoVM's SDK",
                "backends", "devices");
        Files.writeString(sdk.resolve("tornado-argfile.template"), "");
        assertBroken("argument file", "was the SDK moved?",
                "from its template: sed \"s|\\${TORNADOVM_HOME}|" + sdk + "|g\"", "backends",
                "devices");
        Files.delete(sdk.resolve("tornado-argfile"));
        assertBroken("argument file", "tornado-argfile is not there", "from its template",
                "backends", "devices");
        Files.writeString(sdk.resolve("tornado-argfile"), "-server\n");
        assertBroken("argument file", "has no module path", "from its template", "backends",
                "devices");
    }

    @Test
    void anArgumentFileOfAnotherSdk() throws Exception {
        Path other = folder.toRealPath().resolve("other");
        for (String place : List.of("lib", "share/java/tornado", "share/java/graalJars")) {
            Files.createDirectories(other.resolve(place));
        }
        argfile(other, "tornado.drivers.opencl");
        examine();
        assertCheck("argument file", State.WARNING, "it points to another SDK: " + other,
                "install TornadoVM");
    }

    @Test
    void anSdkWithoutABackend() throws Exception {
        Path jar = sdk.resolve("share/java/tornado/tornado-drivers-opencl-5.2.0-jdk25.jar");
        Files.delete(jar);
        assertBroken("backends", "none: share/java/tornado holds no jar tornado-drivers-",
                "install the SDK again", "devices");
        assertTrue(check("backends").finding().endsWith("though etc/tornado.backend says opencl"),
                check("backends").finding());
        Files.writeString(sdk.resolve("share/java/tornado/tornado-drivers-ptx-5.2.0-jdk25.jar"),
                "");
        assertBroken("backends", "asks for opencl, and its jar is gone; there is ptx",
                "take tornado.drivers.opencl out of", "devices");
        Files.writeString(jar, "");
        Files.delete(sdk.resolve("lib").resolve(LIBRARY));
        assertBroken("backends",
                "opencl lacks its native library " + sdk.resolve("lib").resolve(LIBRARY),
                "install the SDK again", "devices");
    }

    @Test
    void aBackendThatIsNotLoaded() throws Exception {
        argfile(sdk, "tornado.drivers.common");
        examine();
        assertCheck("backends", State.WARNING,
                "opencl is installed, but the argument file doesn't load it",
                "add tornado.drivers.opencl");
    }

    @Test
    void noDriver() throws Exception {
        answer("DRIVERS", new Drivers(null, null, null));
        assertBroken("OpenCL", "there is no loader, libOpenCL.so.1", "ocl-icd-libopencl1",
                "devices");
        answer("DRIVERS", new Drivers(
                new Drivers.OpenCl(0, List.of(), "/etc/OpenCL/vendors", List.of()), null, null));
        assertBroken("OpenCL", "/etc/OpenCL/vendors names none", "pocl-opencl-icd", "devices");
        answer("DRIVERS",
                new Drivers(
                        new Drivers.OpenCl(0, List.of(), "/v",
                                List.of(new Drivers.Icd("/v/n.icd", "libn.so", false))),
                        null, null));
        assertBroken("OpenCL", "/v/n.icd names libn.so, which can't be loaded",
                "install that driver again", "devices");
        answer("DRIVERS",
                new Drivers(new Drivers.OpenCl(-6, List.of(), "/v", List.of()), null, null));
        assertBroken("OpenCL", "OpenCL's error -6", "driver", "devices");
        environment.put("OCL_ICD_VENDORS", "/nonexistent");
        answer("DRIVERS", new Drivers(new Drivers.OpenCl(0, List.of(), "/nonexistent", List.of()),
                null, null));
        assertBroken("OpenCL",
                "no driver in /nonexistent, which the variable OCL_ICD_VENDORS names",
                "unset OCL_ICD_VENDORS", "devices");
    }

    @Test
    void aDriverWithoutADevice() throws Exception {
        answer("DRIVERS", new Drivers(openCl(), null, null));
        assertBroken("OpenCL", "OpenCL 3.0 P 1.0 Linux shows no device", "group render", "devices");
        environment.put("POCL_DEVICES", "none");
        assertBroken("OpenCL", "shows no device", "unset POCL_DEVICES, which is 'none'", "devices");
    }

    /** Two backends, one of which has no device: the other does, so nothing is broken. */
    @Test
    void oneBackendOfTwoWithoutADriver() throws Exception {
        Files.writeString(sdk.resolve("share/java/tornado/tornado-drivers-ptx-5.2.0-jdk25.jar"),
                "");
        Files.writeString(sdk.resolve("lib").resolve(System.mapLibraryName("tornado-ptx")), "");
        argfile(sdk, "tornado.drivers.opencl,tornado.drivers.ptx");
        examine();
        assertEquals(List.of(), faults());
        assertCheck("CUDA", State.WARNING, "there is no NVIDIA driver, libcuda.so.1", "nvidia-smi");
        assertCheck("devices", State.WARNING, "opencl 1, ptx 0", "to use ptx too");
        answer("DRIVERS", new Drivers(openCl("x"), new Drivers.Cuda(100, null, 0, null), null));
        examine();
        assertCheck("CUDA", State.WARNING, "fails with CUDA's error 100", "nvidia-smi");
        answer("DRIVERS", new Drivers(openCl("x"), new Drivers.Cuda(0, "12.4", 1, null), null));
        examine();
        assertCheck("CUDA", State.OK, "12.4: 1 device", null);
    }

    /** Its CUDA backend compiles with a library of the toolkit, its PTX backend with the driver. */
    @Test
    void theRunTimeCompilerOfCuda() throws Exception {
        Files.writeString(sdk.resolve("share/java/tornado/tornado-drivers-cuda-5.2.0-jdk25.jar"),
                "");
        Files.writeString(sdk.resolve("lib").resolve(System.mapLibraryName("tornado-cuda")), "");
        argfile(sdk, "tornado.drivers.opencl,tornado.drivers.cuda");
        answer("DRIVERS", new Drivers(openCl("x"), new Drivers.Cuda(0, "12.10", 1, null), null));
        assertBroken("NVRTC", "no run-time compiler, libnvrtc.so",
                "install NVIDIA's CUDA toolkit 12.10, or an older one", "devices");
        answer("DRIVERS", new Drivers(openCl("x"), new Drivers.Cuda(0, "12.10", 1, "13.0"), null));
        examine();
        assertCheck("NVRTC", State.WARNING, "is of CUDA 13.0, and the driver can do 12.10",
                "or update the driver");
        answer("DRIVERS", new Drivers(openCl("x"), new Drivers.Cuda(0, "12.10", 1, "12.9"), null));
        examine();
        assertCheck("NVRTC", State.OK, "12.9", null);
    }

    @Test
    void driversThatCrashOrHang() throws Exception {
        says("DRIVERS", 134,
                "# A fatal error has been detected\n# An error report file is saved as:\n# /tmp/sepconv-crash-7.log\n");
        assertBroken("drivers", "crashed (SIGABRT), as /tmp/sepconv-crash-7.log tells",
                "one OpenCL driver at a time", "devices");
        answers.put("DRIVERS", new Answer(137, 30, "", ""));
        assertBroken("drivers", "no answer within 30 s, and the process was ended", "remove it",
                "devices");
        environment.remove("TORNADOVM_HOME");
        examine();
        assertEquals(List.of(), faults());
        assertCheck("drivers", State.WARNING, "no answer", "remove it");
    }

    @Test
    void tornadoVmThatFindsNoDevice() throws Exception {
        says("DEVICES", 1,
                "[TornadoVM-OCL-JNI] ERROR\nsepconv: TornadoVM finds no OpenCL platform; install a driver\n");
        assertBroken("devices", "TornadoVM finds no OpenCL platform", "install a driver");
        says("DEVICES", 1,
                "NOTE: Picked up JDK_JAVA_OPTIONS: x\nError occurred during initialization of boot layer\n"
                        + "java.lang.module.FindException: Module tornado.runtime not found\n");
        assertBroken("devices",
                "boot layer java.lang.module.FindException: Module tornado.runtime not found",
                "sepconv devices");
        says("DEVICES", 1, "\033[31m[ERROR] a coloured line\033[0m\n");
        assertBroken("devices", "[ERROR] a coloured line", "sepconv devices");
        assertEquals("[ERROR] a coloured line", check("devices").finding());
        says("DEVICES", 139, "");
        assertBroken("devices", "the process crashed (SIGSEGV)", "update");
    }

    @Test
    void devicesThatCrashHangOrComputeWrong() throws Exception {
        answer("RUN opencl:0:0", new Probe.Verified(0.5, 100));
        assertBroken("opencl:0:0 run",
                "wrong: a separable layer is 5.0e-01 off the exact answer, allowed are 1e-05",
                "don't trust");
        answer("RUN opencl:0:0", new Probe.Verified(Double.NaN, 100));
        assertBroken("opencl:0:0 run", "wrong", "don't trust");
        says("RUN opencl:0:0", 139, "");
        assertBroken("opencl:0:0 run", "crashed (SIGSEGV)", "--device");
        answers.put("RUN opencl:0:0", new Answer(137, 120, "", ""));
        assertBroken("opencl:0:0 run", "no answer within 120 s", "--device");
        says("RUN opencl:0:0", 1, "sepconv: device x fails: clBuildProgram; try another\n");
        assertBroken("opencl:0:0 run", "device x fails: clBuildProgram", "try another");
    }

    @Test
    void memoryAndSurroundingsOfDevices() throws Exception {
        answer("DEVICES", devices(device("opencl:0:0", "gpu", 4), false, "1"));
        examine();
        assertEquals(List.of(), faults());
        assertCheck("opencl:0:0 memory", State.OK, "may use 4.0 of 16.0 GiB",
                "tornado.device.memory");
        answer("DEVICES", devices(device("opencl:0:0", "gpu", 8), false, ""));
        examine();
        assertNull(check("opencl:0:0 memory").fix());
        assertCheck("PoCL", State.WARNING, "POCL_AFFINITY is not set", "POCL_AFFINITY=1");
        answer("DEVICES", devices(device("opencl:0:0", "cpu", 8), true, "1"));
        examine();
        assertCheck("PoCL", State.WARNING, "libjsig is not preloaded", "scripts/sepconv");
    }

    @Test
    void aConfigurationWithFaults() throws Exception {
        config = new Doctor.Config("x.args",
                List.of("x.args line 1: no", "x.args line 2: neither"));
        assertBroken("--config", "x.args line 1: no, and 1 more", "change those lines", "devices");
        config = new Doctor.Config("x.args", List.of());
        examine();
        assertCheck("--config", State.OK, "x.args is in order", null);
        assertEquals(List.of("DRIVERS", "DEVICES", "RUN opencl:0:0"), asked);
    }

    /** PoCL keeps its kernels in that folder, and without it shows no device. */
    @Test
    void aFolderForCachesThatIsNone() throws Exception {
        answer("DRIVERS",
                new Drivers(new Drivers.OpenCl(0,
                        List.of(new Drivers.Platform("Portable", "PoCL 3.1", List.of())),
                        "/etc/OpenCL/vendors", List.of()), null, null));
        environment.put("XDG_CACHE_HOME", Files.writeString(folder.resolve("file"), "").toString());
        assertBroken("OpenCL",
                "XDG_CACHE_HOME is " + folder.resolve("file") + ", which is no folder",
                "or unset it", "devices");
    }

    /** A process that wants such a kernel ends in PoCL: DamagedCacheTest sees it. */
    @ParameterizedTest
    @CsvSource({"program.bc, 4, false", "program.bc, 12, false", "program.bc, 0, false",
            "program.bc, 20, true", "program.bc, 16, false", "k.so, 0, false", "k.so, 3, false",
            "k.so, 64, false", "k.so, 100, false", "k.so, 200, true", "last_accessed, 0, true",
            "tempfile_x, 0, true"})
    void aDamagedKernelOfPocl(String name, int length, boolean whole) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        if (name.endsWith(".so")) {
            // 2 sections of 64 bytes, from 72 on
            bytes.putInt(0, 0x464c457f).putLong(40, 72).putShort(58, (short) 64).putShort(60,
                    (short) 2);
        } else {
            // one block of two words
            bytes.putInt(0, 0xdec04342).putInt(4, 0x2135).putInt(8, 2);
        }
        Path file = Files.createDirectories(folder.resolve("kernels/AB/CDE")).resolve(name);
        Files.write(file, Arrays.copyOf(bytes.array(), length));
        environment.put("POCL_CACHE_DIR", folder.resolve("kernels").toString());
        answer("DEVICES", devices(device("opencl:0:0", "cpu", 8), false, "1"));
        if (whole) {
            examine();
            assertEquals(List.of(), faults());
        } else {
            assertBroken("PoCL", "is damaged, and ends the process that wants it: " + file,
                    "delete " + folder.resolve("kernels"));
        }
    }

    @Test
    void theTuningFile() throws Exception {
        String property = "sepconv.tuning";
        String before = System.getProperty(property);
        try {
            System.setProperty(property, folder.resolve("none/t.json").toString());
            examine();
            assertCheck("tuning file", State.OK, "none yet", null);
            assertCheck("cache folder", State.OK, folder.resolve("none") + " can be written", null);
            System.setProperty(property,
                    Files.writeString(folder.resolve("t.json"), "{\"format\":9}").toString());
            examine();
            assertCheck("tuning file", State.WARNING, "has format 9, this version reads ",
                    "delete it");
            System.setProperty(property, folder.resolve("t.json/t.json").toString());
            examine();
            assertCheck("cache folder", State.WARNING, "can't be written", "SEPCONV_TUNING=FILE");
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    /** What this machine's drivers say, whatever that is; and a run that is compared. */
    @Test
    void theQuestionsThemselves() {
        Drivers drivers = Drivers.ask();
        if (drivers.openCl() != null) {
            assertTrue(
                    drivers.openCl().platforms().stream()
                            .allMatch(platform -> platform.version().startsWith("OpenCL ")),
                    drivers.toString());
        }
        assertTrue(Probe.run("simd", "simd").agrees());
        assertTrue(Probe.run("java", "java").relative() > 0, "computed in another precision");
    }
}
