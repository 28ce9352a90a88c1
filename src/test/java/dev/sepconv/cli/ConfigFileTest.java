package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    private static final Path CONFIGS = Path.of("tornado-config");

    @TempDir
    Path folder;

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("x.args"), text);
    }

    private List<String> faults(String text) throws IOException, InterruptedException {
        Path file = write(text);
        return ConfigFile.read(file).faults().stream().map(fault -> fault.replace(file + " ", ""))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "ptx", "cuda", "spirv"})
    void theBackendsFilesAreValidAndSetWhatTheyPromise(String backend)
            throws IOException, InterruptedException {
        Path path = CONFIGS.resolve(backend + ".args");
        ConfigFile file = ConfigFile.read(path);
        assertEquals(List.of(), file.faults());
        List<String> options = file.options().stream().map(ConfigFile.Option::text).toList();
        for (String option : List.of("-Dsepconv.device=" + backend, "-Dtornado.device.memory=4GB",
                "-Dtornado." + backend + ".priority=20", "-Dtornado.recover.bailout=false")) {
            assertTrue(options.contains(option), option);
        }
        assertTrue(Files.readString(path)
                .matches("(?s).*tornado\\.\\w+\\.(compiler|levelzero)\\.flags=.*"));
        // each option has a comment right above it
        List<String> lines = Files.readAllLines(path);
        for (ConfigFile.Option option : file.options()) {
            assertTrue(lines.get(option.line() - 2).startsWith("# "), option.toString());
        }
    }

    @Test
    void thereIsAFileForEachBackendAndNoOther() throws IOException {
        try (Stream<Path> files = Files.list(CONFIGS)) {
            assertEquals(Set.of("opencl.args", "ptx.args", "cuda.args", "spirv.args"),
                    Set.copyOf(files.map(file -> file.getFileName().toString()).toList()));
        }
    }

    /** What Java itself makes of such a file, tried with {@code java @FILE}. */
    @Test
    void readsAFileAsJavaDoes() throws IOException {
        List<ConfigFile.Option> options = ConfigFile.read(write("""
                # a comment with 'quotes"
                -Da=x -Db=2 # another
                "-Dc=x y\\"z" '-Dd=#'
                -De="x y"z\t-Df=c:\\t\f-Dg="x\\qy"

                "-Dh=x\\ty"
                """)).options();
        assertEquals(List.of("-Da=x", "-Db=2", "-Dc=x y\"z", "-Dd=#", "-De=x yz", "-Df=c:\\t",
                "-Dg=xqy", "-Dh=x\ty"), options.stream().map(ConfigFile.Option::text).toList());
        assertEquals(List.of(2, 2, 3, 3, 4, 4, 4, 6),
                options.stream().map(ConfigFile.Option::line).toList());
    }

    @Test
    void refusesWhatJavaWouldReadInAnotherWay() {
        assertEquals("line 2: the quote \" is opened and not closed on this line",
                unreadable("\n\"-Da=x\n"));
        assertEquals(
                "line 1: Java loses '-Da=x' because of the # right after it; put a blank between, or the option in quotes",
                unreadable("-Da=x#y"));
    }

    private String unreadable(String text) {
        String message = assertThrows(ConfigFile.UnreadableException.class,
                () -> ConfigFile.read(write(text))).getMessage();
        return message.replace(folder.resolve("x.args") + " ", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "-Dtornado.device.memroy=4GB | there is no setting 'tornado.device.memroy'; did you mean 'tornado.device.memory'?",
            "-Dtornado.printkernel=true | there is no setting 'tornado.printkernel'; did you mean 'tornado.printKernel'?",
            "-Dtornado.opencl.flags=-w | there is no setting 'tornado.opencl.flags'; did you mean 'tornado.opencl.compiler.flags'?",
            "-Dtornda.device=0 | there is no setting 'tornda.device'; did you mean 'tornado.device'?",
            "-Dsepconv.devize=x | there is no setting 'sepconv.devize'; did you mean 'sepconv.device'?",
            "-Dtornado.wibble.wobble=1 | there is no setting 'tornado.wibble.wobble' in TornadoVM 5.2.0",
            "-Dfoo=1 | there is no setting 'foo'",
            "-Dtornado.device.memory=4gb | tornado.device.memory is '4gb'; it must be a number of bytes, or one with KB, MB, GB or TB right after it, such as 4GB",
            "-Dtornado.opencl.priority=high | tornado.opencl.priority is 'high'; it must be a whole number",
            "-Dtornado.device=-1 | tornado.device is '-1'; it must be a whole number of at least 0",
            "-Dtornado.debug=yes | tornado.debug is 'yes'; it must be true or false",
            "-Dtornado.debug | tornado.debug is ''; it must be true or false",
            "-Dtornado.recover.bailout=true | tornado.recover.bailout is 'true'; it must be false: sepconv never falls back to Java in silence",
            "-Dtornado.spirv.runtimes=vulkan | tornado.spirv.runtimes is 'vulkan'; it must be opencl, levelzero or both with a comma between, the default one first",
            "-Dtornado.ptx.compiler.flags=CU_JIT_OPTIMIZATION_LEVEL | tornado.ptx.compiler.flags is 'CU_JIT_OPTIMIZATION_LEVEL'; it must be pairs of an option and its value, such as CU_JIT_OPTIMIZATION_LEVEL 4",
            "-Dsepconv.simd.bits=100 | sepconv.simd.bits is '100'; it must be 128, 256 or 512",
            "-Xmx8gg | Java refuses -Xmx8gg: Invalid maximum heap size: -Xmx8gg",
            "-XX:+UseG1GG | Java refuses -XX:+UseG1GG: Unrecognized VM option 'UseG1GG'",
            "--module-path=x | --module-path can't be set here; the launcher sets it",
            "--add-module=x | there is no option '--add-module'; did you mean '--add-modules'?",
            "--add-exports | --add-exports lacks its value",
            "-x | '-x' is no option of Java's; one that holds blanks must be in quotes, from its first letter to its last",
            "Main | 'Main' is no option of Java's; one that holds blanks must be in quotes, from its first letter to its last"})
    void refuses(String line, String fault) throws IOException, InterruptedException {
        assertEquals(List.of("line 2: " + fault), faults("# something\n" + line + "\n"));
    }

    @Test
    void saysAllFaultsAtOnceAndWhatIsSetTwice() throws IOException, InterruptedException {
        assertEquals(
                List.of("line 2: tornado.debug is '1'; it must be true or false",
                        "line 3: tornado.device.memory is set again; line 1 sets it already"),
                faults("-Dtornado.device.memory=1GB\n-Dtornado.debug=1\n-Dtornado.device.memory=2GB"));
    }

    @Test
    void takesOptionsOfJavasOwn() throws IOException, InterruptedException {
        assertEquals(List.of(),
                faults("""
                        -Xmx1g -XX:+UseG1GC -ea -da:x.y... --add-exports java.base/sun.nio.ch=ALL-UNNAMED --enable-native-access=x
                        -Djava.io.tmpdir=/tmp -Dtornado.device.memory=1073741824 -Dtornado.debug=TRUE -Dtornado.cuda.priority=-3
                        """));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "4G", "GB", "B", "512B", "4.5GB", "9999999TB",
            "99999999999999999999", " 4GB", ""})
    void sizesThatTornadoVmCouldNotUse(String size) {
        assertTrue(Setting.of("tornado.device.memory").fault(size) != null, size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "4096", "64KB", "512MB", "4GB", "1TB"})
    void sizesThatTornadoVmReads(String size) {
        assertNull(Setting.of("tornado.device.memory").fault(size));
    }

    @Test
    void asAProgramSaysEachFaultOnALine() throws IOException, InterruptedException {
        Path file = write("-Dtornado.debug=1\n-Dfoo=1\n");
        Invocation refused = check(file, "sdk");
        assertEquals(2, refused.code());
        assertEquals(
                List.of("sepconv: " + file
                        + " line 1: tornado.debug is '1'; it must be true or false",
                        "sepconv: " + file + " line 2: there is no setting 'foo'"),
                refused.err().lines().toList());
        assertEquals(new Invocation(0, "", ""), check(CONFIGS.resolve("opencl.args"), "sdk"));
        check(write("-Da=b#c"), "sdk").failed(2, "Java loses '-Da=b'");
        check(folder.resolve("none"), "sdk").failed(1, "none: there is no such file or folder");
        // what is for TornadoVM is no use without it, the rest is
        check(CONFIGS.resolve("opencl.args")).failed(1,
                "opencl.args line 9 is for TornadoVM, and there is no TornadoVM SDK");
        assertEquals(new Invocation(0, "", ""), check(write("-Xmx1g -Dsepconv.tuning=off")));
    }

    private static Invocation check(Object... args) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        "target/classes", ConfigFile.class.getName()));
        Stream.of(args).map(String::valueOf).forEach(command::add);
        return Invocation.run(new ProcessBuilder(command));
    }

    /**
     * Every property that the SDK's classes name is known here, and the other way round but for
     * backends that it lacks.
     */
    @Tag("device")
    @Test
    void theSettingsAreThoseOfTornadoVm() throws IOException {
        Path sdk = Path.of(System.getenv("TORNADOVM_HOME"));
        Set<String> read = new TreeSet<>();
        try (Stream<Path> jars = Files.list(sdk.resolve("share/java/tornado"))) {
            for (Path jar : (Iterable<Path>) jars.filter(path -> path.getFileName().toString()
                    .matches("tornado-(api|runtime|annotation|drivers-.*)-.*jar"))::iterator) {
                collect(jar, read);
            }
        }
        Set<String> known = new TreeSet<>(Setting.names());
        known.removeIf(name -> name.startsWith("sepconv."));
        Set<String> unknown = new TreeSet<>(read);
        unknown.removeAll(known);
        assertEquals(Set.of(), unknown);
        known.removeAll(read);
        known.removeIf(name -> name.matches("tornado\\.(cuda|metal|ptx|spirv)\\..*"));
        assertEquals(Set.of(), known);
    }

    private static void collect(Path path, Set<String> names) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!entry.getName().endsWith(".class") || entry.getName().contains("/tests/")) {
                    continue;
                }
                try (InputStream in = jar.getInputStream(entry)) {
                    for (PoolEntry constant : ClassFile.of().parse(in.readAllBytes())
                            .constantPool()) {
                        if (constant instanceof StringEntry text) {
                            String name = text.stringValue();
                            if (name.matches("tornado(\\.[\\w-]+)+")) {
                                names.add(name);
                                // it puts the rest before them
                            } else if (name.matches("(opencl|metal)(\\.[a-z0-9]+){2,}")) {
                                names.add("tornado." + name);
                            }
                        }
                    }
                }
            }
        }
    }
}
