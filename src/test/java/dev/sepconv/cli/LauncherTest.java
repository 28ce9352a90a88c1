package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.onnx.OnnxGraph;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code scripts/sepconv} in a project of its own, with a Maven that notes that it was called and a
 * JDK that prints what it was given. At the end it starts the real thing.
 */
class LauncherTest {

    private static final Path SCRIPT = Path.of("scripts", "sepconv").toAbsolutePath();

    /** All that the script may call; the PATH leads to nothing else. */
    private static final List<String> TOOLS = List.of("bash", "basename", "cat", "dirname", "find",
            "grep", "head", "ln", "ls", "mkdir", "mv", "readlink", "rm", "sed", "sleep", "tail",
            "touch");

    /** Outside of the folders that JUnit deletes: it has a warning for each link. */
    private static final Path LINKS = Path.of("target", "launcher-test").toAbsolutePath();

    private static final String MAVEN = """
            #!/usr/bin/env bash
            echo "start JAVA_HOME=$JAVA_HOME TORNADOVM_HOME=${TORNADOVM_HOME-unset} $*" >>maven.log
            mkdir building || echo "two at once" >>maven.log
            mkdir -p target
            [ ! pom.xml -nt target/sepconv.stamp ] || rm -rf target/lib
            : >target/sepconv.stamp.started
            sleep 0.3
            rm -r building
            if [ -e broken ]; then
                for i in {1..30}; do echo "line $i"; done
                exit 1
            fi
            mkdir -p target/classes/dev/sepconv/cli target/tornado-api target/lib
            echo >target/classes/dev/sepconv/cli/Main.class
            echo >target/tornado-api/tornado-api.jar
            if [ -e jar ]; then
                cat jar >target/sepconv.jar
                echo "$(cat jar)" >target/sepconv.digest
            fi
            mv target/sepconv.stamp.started target/sepconv.stamp
            """;

    private static final String JAVA = """
            #!/usr/bin/env bash
            case "$*" in
                *ConfigFile*)
                    echo "check $4 $5 $6" >&2
                    exit "${CHECK:-0}"
                    ;;
                *AOTCacheOutput=*)
                    echo 'the JVM says something of its cache'
                    cache=${1#*=}
                    echo "cache of $(cat target/sepconv.jar)" >"$cache"
                    echo "$*" >>"$(dirname "$cache")/made.txt"
                    exit "${TRAINED:-0}"
                    ;;
            esac
            printf '%s\\n' "$@"
            echo "TORNADOVM_HOME=${TORNADOVM_HOME-unset}"
            echo "pid=$$"
            echo "LC_ALL=${LC_ALL-unset}"
            [ -z "${SHOW_PRELOAD:-}" ] || echo "LD_PRELOAD=${LD_PRELOAD-unset}"
            echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
            echo 'OpenJDK 64-Bit Server VM warning: -XX:ThreadPriorityPolicy=1 may require system level permission' >&2
            echo 'another warning' >&2
            exit "${EXIT:-0}"
            """;

    /** What begins the line that Java has for all but root. */
    private static final String PRIORITY_WARNING = "OpenJDK 64-Bit Server VM warning: -XX:ThreadPriorityPolicy=1 may require ";
    /** Where the launcher knows the system's priorities. */
    private static final List<String> COMPILERS_LAST = System.getProperty("os.name").equals("Linux")
            ? List.of("-XX:ThreadPriorityPolicy=1", "-XX:CompilerThreadPriority=5")
            : List.of();

    @TempDir
    Path folder;

    private Path project;
    private Path jdk;
    private Path home;
    private Path bin;
    private final Map<String, String> environment = new HashMap<>();

    /** The launcher with what it reads. */
    private static void copyScript(Path project) throws IOException {
        Path lib = Files.createDirectories(project.resolve("scripts/lib"));
        Files.copy(SCRIPT, project.resolve("scripts/sepconv"));
        Files.copy(SCRIPT.resolveSibling("lib/java.sh"), lib.resolve("java.sh"));
    }

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(find("bash") != null, "there is no bash");
        folder = folder.toRealPath();
        bin = Files.createDirectories(folder.resolve("bin"));
        program(bin.resolve("mvn"), MAVEN);
        jdk = jdk("jdk", "25.0.1");
        home = Files.createDirectories(folder.resolve("home"));
        project = folder.resolve("a project");
        copyScript(project);
        Files.createDirectories(project.resolve("src/main/java"));
        Files.createDirectories(project.resolve("tornado-config"));
        Files.writeString(project.resolve("tornado-config/opencl.args"), "");
        Files.writeString(project.resolve("tornado-config/ptx.args"), "");
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.writeString(project.resolve("src/main/java/A.java"), "class A {}");
        Files.writeString(project.resolve("src/main/java/B.java"), "class B {}");
        for (Path source : List.of(project.resolve("pom.xml"),
                project.resolve("src/main/java/A.java"), project.resolve("src/main/java/B.java"),
                project.resolve("src/main/java"), project.resolve("src/main"))) {
            age(source);
        }
        environment.put("PATH",
                bin + ":" + links("tools", TOOLS) + ":" + links("flock", List.of("flock")));
        environment.put("HOME", home.toString());
        environment.put("JAVA_HOME", jdk.toString());
    }

    private static Path links(String name, List<String> tools) throws IOException {
        Path made = Files.createDirectories(LINKS.resolve(name));
        for (String tool : tools) {
            Path found = find(tool);
            if (found != null && !Files.exists(made.resolve(tool))) {
                Files.createSymbolicLink(made.resolve(tool), found);
            }
        }
        return made;
    }

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
    }

    private static Path find(String tool) {
        return Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    private static void program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertTrue(file.toFile().setExecutable(true));
    }

    private Path jdk(String name, String version) throws IOException {
        Path made = folder.resolve(name);
        program(made.resolve("bin/java"), JAVA);
        program(made.resolve("bin/javac"), "");
        Files.writeString(made.resolve("release"),
                "IMPLEMENTOR=\"Someone\"\nJAVA_VERSION=\"" + version + "\"\n");
        return made;
    }

    private Path sdk(Path where) throws IOException {
        Files.createDirectories(where.resolve("share/java/tornado"));
        Files.createDirectories(where.resolve("lib"));
        Files.writeString(where.resolve("share/java/tornado/tornado-api-5.2.0-jdk25.jar"), "");
        Files.writeString(where.resolve("tornado-argfile"),
                "-server\n-Djava.library.path=" + where.resolve("lib") + "\n");
        return where;
    }

    private ProcessBuilder launcher(Object... args) {
        return launcher(project.resolve("scripts/sepconv"), args);
    }

    private ProcessBuilder launcher(Path script, Object... args) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        Stream.of(args).map(String::valueOf).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    private Invocation launch(Object... args) throws IOException, InterruptedException {
        return Invocation.run(launcher(args));
    }

    /** What the launcher and the JDK said, without the line about building and the JDK's own. */
    private static List<String> said(Invocation invocation) {
        return invocation.err().lines().filter(line -> !line.startsWith("sepconv: building ")
                && !line.equals("another warning") && !line.startsWith("check ")).toList();
    }

    private void assertFailed(Invocation invocation, int code, String sentence) {
        assertEquals(code, invocation.code(), invocation.err());
        assertEquals(List.of("sepconv: " + sentence), said(invocation));
        assertEquals("", invocation.out());
    }

    private List<String> builds() throws IOException {
        Path log = project.resolve("maven.log");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    @Test
    void buildsOnFirstUseAndAfterChangesOnly() throws IOException, InterruptedException {
        environment.put("TORNADOVM_HOME", sdk(folder.resolve("sdk")).toString());
        Invocation first = launch("devices");
        assertTrue(first.err().startsWith("sepconv: building (first use)..."), first.err());
        assertEquals(
                List.of("start JAVA_HOME=" + jdk + " TORNADOVM_HOME=unset "
                        + "-q -B -Dstyle.color=never -Dmaven.test.skip=true process-classes"),
                builds());
        assertFalse(launch("devices").err().contains("building"));
        assertEquals(1, builds().size());

        Files.writeString(project.resolve("src/main/java/A.java"), "class A { int changed; }");
        assertTrue(launch("devices").err().startsWith("sepconv: building (sources changed)..."));
        assertFalse(launch("devices").err().contains("building"));
        Files.delete(project.resolve("src/main/java/B.java"));
        assertTrue(launch("devices").err().contains("building"));
        Path stale = Files.writeString(project.resolve("target/lib/gone.jar"), "");
        Files.writeString(project.resolve("pom.xml"), "<project><!-- changed --></project>");
        assertTrue(launch("devices").err().contains("building"));
        assertFalse(Files.exists(stale), "the jar of a dependency that is gone");
        assertEquals(4, builds().size());
    }

    /** Who has called Maven, as for `mvn install`, need not wait for the same again. */
    @Test
    void aBuildOfMavensOwnCounts() throws IOException, InterruptedException {
        ProcessBuilder maven = new ProcessBuilder(bin.resolve("mvn").toString(), "install")
                .directory(project.toFile());
        maven.environment().putAll(environment);
        assertEquals(0, maven.start().waitFor());
        assertEquals("", launch("devices").err().lines().filter(line -> line.contains("building"))
                .findFirst().orElse(""));
        assertEquals(1, builds().size());
    }

    /** That the POM writes the stamp, which the Maven of these tests only imitates. */
    @Test
    void theBuildThatRunsTheseTestsHasLeftItsStamp() throws IOException {
        Path stamp = Path.of("target/sepconv.stamp");
        assertTrue(Files.exists(stamp), "no stamp");
        assertFalse(Files.getLastModifiedTime(Path.of("pom.xml"))
                .compareTo(Files.getLastModifiedTime(stamp)) > 0, "older than the POM");
    }

    @Test
    void buildsOnceWhenStartedSeveralTimesAtOnce() throws IOException, InterruptedException {
        severalAtOnce();
    }

    @Test
    void buildsOnceWhereThereIsNoFlock() throws IOException, InterruptedException {
        environment.put("PATH", bin + ":" + links("tools", TOOLS));
        severalAtOnce();
        assertFalse(Files.exists(project.resolve("target/sepconv.lock.pid"),
                java.nio.file.LinkOption.NOFOLLOW_LINKS));

        // one that was killed left its mark, and is no more
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.createSymbolicLink(project.resolve("target/sepconv.lock.pid"),
                Path.of(String.valueOf(dead.pid())));
        Files.delete(project.resolve("target/sepconv.stamp"));
        assertEquals(0, launch("devices").code());
        assertEquals(2, builds().size());
    }

    private void severalAtOnce() throws IOException, InterruptedException {
        List<Process> started = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            started.add(launcher("devices").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
        }
        for (Process process : started) {
            assertEquals(0, process.waitFor());
        }
        assertEquals(1, builds().size(), builds().toString());
    }

    @Test
    void showsMavensLastLinesWhenTheBuildFails() throws IOException, InterruptedException {
        Files.writeString(project.resolve("broken"), "");
        for (int attempt = 1; attempt <= 2; attempt++) {
            Invocation failed = launch("devices");
            assertEquals(1, failed.code());
            assertEquals("", failed.out());
            List<String> lines = failed.err().lines().toList();
            assertEquals("sepconv: building (first use)...", lines.getFirst());
            assertEquals("line 11", lines.get(1));
            assertEquals("line 30", lines.get(20));
            assertEquals("sepconv: the build failed; the lines above are the last of " + project
                    + "/target/sepconv-build.log", lines.get(21));
        }
        Files.delete(project.resolve("broken"));
        assertEquals(0, launch("devices").code());
    }

    /** Maven says it in twenty lines, of which the last are about Maven. */
    @Test
    void saysThatTheBuildNeedsTheNet() throws IOException, InterruptedException {
        program(bin.resolve("mvn"),
                """
                        #!/usr/bin/env bash
                        echo '[ERROR] Plugin x or one of its dependencies could not be resolved: Could not transfer artifact x: Unknown host y'
                        exit 1
                        """);
        assertFailed(launch("devices"), 1,
                "the build failed, as Maven could not get what it needs: is this computer online, or a proxy to be set in Maven's settings.xml? "
                        + project + "/target/sepconv-build.log says more");
    }

    @Test
    void saysThatMavenIsMissing() throws IOException, InterruptedException {
        Files.delete(bin.resolve("mvn"));
        assertFailed(launch("devices"), 1,
                "Maven is needed to build and is not on the PATH; install it (its package is called maven)");
    }

    @Test
    void takesJdk25FromJavaHomeOrThePathOrSdkman() throws IOException, InterruptedException {
        launch("devices");
        Path other = jdk("other", "17.0.2");
        assertEquals(jdk, usedJdk());
        // on the PATH, through a link, with an older one in JAVA_HOME
        environment.put("JAVA_HOME", other.toString());
        Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
        assertEquals(jdk, usedJdk());
        environment.remove("JAVA_HOME");
        assertEquals(jdk, usedJdk());
        // 251 is not 25
        environment.put("JAVA_HOME", jdk("later", "251").toString());
        assertEquals(jdk, usedJdk());
    }

    /** The JDK that Maven is given is the one that runs. */
    private Path usedJdk() throws IOException, InterruptedException {
        Files.delete(project.resolve("target/sepconv.stamp"));
        assertEquals(0, launch("devices").code());
        return Path.of(
                builds().getLast().replaceFirst("start JAVA_HOME=(.*) TORNADOVM_HOME=.*", "$1"));
    }

    @Test
    void givesJavaWhatItNeedsWithoutAnSdk() throws IOException, InterruptedException {
        environment.put("TORNADOVM_HOME", "");
        Invocation launched = launch("conv", "--input", "a file.npy", "");
        assertEquals(List.of("--module-path", project + "/target/tornado-api/tornado-api.jar",
                "--add-modules", "tornado.api", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-Dsepconv.stderr=3", "-cp",
                project + "/target/classes:" + project + "/target/lib/*", "dev.sepconv.cli.Main",
                "conv", "--input", "a file.npy", "", "TORNADOVM_HOME=unset"), options(launched));
    }

    /** No vectors, no TornadoVM, no filter for stderr. */
    @Test
    void startsWhatComputesNothingWithLess() throws IOException, InterruptedException {
        environment.put("TORNADOVM_HOME", sdk(folder.resolve("sdk")).toString());
        for (String[] args : new String[][]{{"--version"}, {"-V"}, {"--help"}, {"help", "run"},
                {"run", "x.onnx", "-h"}, {"params", "--in", "3"}, {}}) {
            List<String> expected = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp",
                    project + "/target/classes:" + project + "/target/lib/*",
                    "dev.sepconv.cli.Main"));
            expected.addAll(List.of(args));
            expected.add("TORNADOVM_HOME=" + environment.get("TORNADOVM_HOME"));
            assertEquals(expected, options(launch((Object[]) args)));
        }
        for (String[] args : new String[][]{{"params", "--config", "opencl"},
                {"run", "x.onnx", "--", "-h"}, {"kernels"}}) {
            assertTrue(options(launch((Object[]) args)).contains("jdk.incubator.vector"),
                    List.of(args).toString());
        }
    }

    /** A jar that stands for what the build makes, and Java's option for a cache of it. */
    private List<String> cached(Object... args) throws IOException, InterruptedException {
        return options(launch(args)).stream().filter(option -> option.startsWith("-XX:AOTCache"))
                .toList();
    }

    private List<String> made() throws IOException {
        Path log = project.resolve("target/cache/made.txt");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    @Test
    void startsFromACacheOfThisBuildAndThisJavaOnly() throws IOException, InterruptedException {
        environment.put("TORNADOVM_HOME", "");
        home = project; // where the tests' Java finds the jar
        assertEquals(List.of(), cached("devices"), "there is no jar");
        Files.writeString(project.resolve("jar"), "first");
        Files.delete(project.resolve("target/sepconv.stamp"));
        List<String> run = List.of("-XX:AOTCache=" + project + "/target/cache/run.aot");
        Invocation first = launch("devices");
        assertEquals(List.of("sepconv: preparing for fast starts (once a build)..."), said(first));
        assertFalse(first.out().contains("the JVM says"), first.out());
        assertTrue(first.out().contains("-cp\n" + project + "/target/sepconv.jar:"), first.out());
        assertEquals(run, cached("devices"));
        assertEquals(List.of(), said(launch("devices")));
        assertEquals(1, made().size());
        // another for what computes nothing
        assertEquals(List.of("-XX:AOTCache=" + project + "/target/cache/light.aot"),
                cached("--version"));
        assertEquals(2, made().size());
        Path cache = project.resolve("target/cache/run.aot");
        assertEquals("cache of first\n", Files.readString(cache));

        // rebuilt: the digest is another, whatever the files' times are
        Files.writeString(project.resolve("jar"), "second");
        Files.writeString(project.resolve("src/main/java/A.java"), "class A { int changed; }");
        assertEquals(run, cached("devices"));
        assertEquals("cache of second\n", Files.readString(cache));
        Path key = project.resolve("target/cache/run.aot.key");
        Files.writeString(project.resolve("target/sepconv.digest"), "third\n");
        Files.writeString(project.resolve("target/sepconv.jar"), "third");
        age(project.resolve("target/sepconv.jar"));
        assertEquals(run, cached("devices"));
        assertEquals("cache of third\n", Files.readString(cache));

        // a jar that somebody put there
        Files.writeString(project.resolve("target/sepconv.jar"), "fourth");
        Files.setLastModifiedTime(project.resolve("target/sepconv.jar"),
                FileTime.from(Files.getLastModifiedTime(key).toInstant().plusSeconds(2)));
        assertEquals(run, cached("devices"));
        assertEquals("cache of fourth\n", Files.readString(cache));
        age(project.resolve("target/sepconv.jar"));
        Path library = Files.writeString(project.resolve("target/lib/other.jar"), "");
        Files.setLastModifiedTime(library,
                FileTime.from(Files.getLastModifiedTime(key).toInstant().plusSeconds(2)));
        int before = made().size();
        cached("devices");
        assertEquals(before + 1, made().size(), "a library is younger");
        age(library);

        // another Java
        environment.put("JAVA_HOME", jdk("later", "25.0.2").toString());
        cached("devices");
        assertEquals(before + 2, made().size());
        cached("devices");
        assertEquals(before + 2, made().size());
    }

    @Test
    void startsWithoutACacheWhereThereCanBeNone() throws IOException, InterruptedException {
        environment.put("TORNADOVM_HOME", "");
        home = project;
        Files.writeString(project.resolve("jar"), "first");
        environment.put("TRAINED", "1");
        assertEquals(List.of(), cached("devices"), "it could not be made");
        assertEquals(List.of(), said(launch("devices")), "it isn't tried again and again");
        assertEquals(1, made().size());
        environment.remove("TRAINED");
        Files.delete(project.resolve("target/cache/run.aot.key"));
        assertEquals(1, cached("devices").size());
        Files.delete(project.resolve("target/cache/run.aot"));
        assertEquals(List.of(), cached("devices"), "its file is gone");
        assertEquals(List.of(), said(launch("devices")));
        Files.delete(project.resolve("target/cache/run.aot.key"));
        assertEquals(List.of(), cached("devices", "--config", "opencl"));
        assertEquals(List.of(), cached("doctor"));
        environment.put("TORNADOVM_HOME", sdk(folder.resolve("sdk")).toString());
        assertEquals(List.of(), cached("devices"));
        assertEquals(2, made().size());
    }

    /** The file may go between the launcher's look and Java's, or be cut off. */
    @Test
    void javaSaysNothingOfACacheThatItCanNotUse() throws IOException, InterruptedException {
        Path cut = Files.writeString(folder.resolve("cut.aot"), "no cache");
        for (Path cache : List.of(folder.resolve("gone.aot"), cut)) {
            List<String> silence = new ArrayList<>(List.of("-XX:AOTCache=" + cache));
            for (String word : Files.readString(SCRIPT).split("\\s+")) {
                if (word.startsWith("-Xlog:")) {
                    silence.add(word.replace(")", ""));
                }
            }
            assertEquals(3, silence.size(), silence.toString());
            Invocation version = Invocation.process(silence, "--version");
            assertEquals(0, version.code(), version.err());
            assertEquals(List.of(), version.sentences());
            assertTrue(version.out().startsWith("sepconv "), version.out());
        }
    }

    @Test
    void givesJavaWhatItNeedsWithAnSdk() throws IOException, InterruptedException {
        Path sdk = sdk(folder.resolve("sdk"));
        Path config = Files.writeString(home.resolve("opencl.args"), "-Dx=y");
        environment.put("TORNADOVM_HOME", sdk.toString());
        List<String> expected = new ArrayList<>(List.of("@" + sdk + "/tornado-argfile",
                "-XX:-UseParallelGC", "-XX:+UseG1GC", "-Dtornado.recover.bailout=False"));
        expected.addAll(COMPILERS_LAST);
        expected.addAll(List.of("@opencl.args", "--module-path", sdk + "/share/java/tornado",
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-Dsepconv.stderr=3", "-cp",
                project + "/target/classes:" + project + "/target/lib/*", "dev.sepconv.cli.Main",
                "devices", "TORNADOVM_HOME=" + sdk));
        assertEquals(expected, options(launch("--config", "opencl.args", "devices")));
        assertEquals("@" + config, configOf(launch("devices", "--config=" + config)));
    }

    private static String configOf(Invocation launched) {
        return options(launched).get(4 + COMPILERS_LAST.size());
    }

    /** Java takes them, and the launcher keeps away what it says of them to all but root. */
    @Test
    void givesJavaPrioritiesThatItTakes() throws IOException, InterruptedException {
        assumeTrue(!COMPILERS_LAST.isEmpty(), "the system's priorities are others");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(COMPILERS_LAST);
        command.addAll(List.of("-XX:+PrintFlagsFinal", "-version"));
        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(java.getInputStream().readAllBytes());
        assertEquals(0, java.waitFor(), printed);
        assertTrue(printed.matches("(?s).*CompilerThreadPriority\\s+= 5 .*"), printed);
        printed.lines().filter(line -> line.contains("warning"))
                .forEach(line -> assertTrue(line.startsWith(PRIORITY_WARNING), line));
    }

    /**
     * Without it a driver's compiler takes over signals that Java lives by, and ends the process.
     */
    @Test
    void keepsJavasSignalHandlersFirstWithAnSdk() throws IOException, InterruptedException {
        Path real = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
        assumeTrue(Files.exists(real), "Java has it on Unix only");
        Path jsig = Files.createDirectories(jdk.resolve("lib")).resolve("libjsig.so");
        Files.copy(real, jsig);
        environment.put("SHOW_PRELOAD", "1");
        assertEquals("LD_PRELOAD=unset", options(launch("devices")).getLast());
        environment.put("TORNADOVM_HOME", sdk(folder.resolve("sdk")).toString());
        assertEquals("LD_PRELOAD=" + jsig, options(launch("devices")).getLast());
    }

    @Test
    void givesNativeAccessToEveryDriverOfTheSdk() throws IOException, InterruptedException {
        Path sdk = sdk(folder.resolve("sdk"));
        for (String jar : List.of("common-5.2.0-jdk25", "cuda-5.2.0-jdk25", "opencl-5.2.0-jdk25",
                "opencl-jni-5.2.0-jdk25-libs")) {
            Files.writeString(
                    sdk.resolve("share/java/tornado/tornado-drivers-%s.jar".formatted(jar)), "");
        }
        environment.put("TORNADOVM_HOME", sdk.toString());
        List<String> options = options(launch("devices"));
        assertTrue(options.contains(
                "--enable-native-access=ALL-UNNAMED,tornado.drivers.opencl,tornado.drivers.cuda"),
                options.toString());
    }

    private static List<String> options(Invocation launched) {
        assertEquals(0, launched.code(), launched.err());
        return launched.out().lines()
                .filter(line -> !line.startsWith("pid=") && !line.startsWith("LC_ALL=")).toList();
    }

    @Test
    void goesWithoutTornadoVm6() throws IOException, InterruptedException {
        Path sdk = sdk(home.resolve(".sdkman/candidates/tornadovm/current"));
        Path jar = sdk.resolve("share/java/tornado/tornado-api-5.2.0-jdk25.jar");
        Files.move(jar, jar.resolveSibling("tornado-api-6.0.0.jar"));
        Invocation without = launch("devices");
        assertEquals("--module-path", options(without).getFirst());
        assertEquals(List.of("sepconv: going without TornadoVM: SDKMAN has it at " + sdk
                + ", which is TornadoVM 6 or newer; sepconv needs 5.2.0 (sdk install tornadovm 5.2.0-jdk25-opencl)"),
                said(without));
    }

    @Test
    void takesSdkmansSdkWhereNoneIsNamed() throws IOException, InterruptedException {
        Path sdk = sdk(home.resolve(".sdkman/candidates/tornadovm/current"));
        assertEquals("@" + sdk + "/tornado-argfile", options(launch("devices")).getFirst());
        Files.delete(sdk.resolve("tornado-argfile"));
        Invocation without = launch("devices");
        assertEquals("--module-path", options(without).getFirst());
        assertEquals(List.of("sepconv: going without TornadoVM: SDKMAN has it at " + sdk
                + ", which has no tornado-argfile and so is no whole SDK"), said(without));
    }

    @Test
    void refusesANamedSdkThatIsNotWhole() throws IOException, InterruptedException {
        Path sdk = folder.resolve("sdk");
        environment.put("TORNADOVM_HOME", sdk.toString());
        String before = "TORNADOVM_HOME is " + sdk + ", ";
        String after = "; set it right, or unset it to go without TornadoVM";
        assertFailed(launch("devices"), 1, before + "which is no folder" + after);
        Files.createDirectories(sdk);
        assertFailed(launch("devices"), 1,
                before + "which has no tornado-argfile and so is no whole SDK" + after);
        sdk(sdk);
        Files.move(sdk.resolve("lib"), sdk.resolve("lib2"));
        assertFailed(launch("devices"), 1, before + "whose tornado-argfile points to " + sdk
                + "/lib, which is not there: was it moved?" + after);
        Files.move(sdk.resolve("share/java/tornado/tornado-api-5.2.0-jdk25.jar"),
                sdk.resolve("share/java/tornado/tornado-api-5.2.0-jdk21.jar"));
        assertFailed(launch("devices"), 1, before + "which is not built for JDK 25" + after);
        // TornadoVM writes its paths into the argument file without quotes, and Java takes what
        // comes after a space for a class
        Path spaced = sdk(folder.resolve("an sdk"));
        environment.put("TORNADOVM_HOME", spaced.toString());
        assertFailed(launch("devices"), 1, "TORNADOVM_HOME is " + spaced
                + ", whose path has a space: TornadoVM's argument file has no quotes, so Java can't read it"
                + after);
    }

    @Test
    void refusesAConfigurationThatIsNotThere() throws IOException, InterruptedException {
        assertFailed(launch("devices", "--config", "no.args"), 1,
                "--config no.args: there is no such file, and the backends with one in tornado-config are: opencl ptx");
        assertFailed(launch("devices", "--config=openc"), 1,
                "--config openc: there is no such file, and the backends with one in tornado-config are: opencl ptx");
        assertFailed(launch("devices", "--config", "."), 1,
                "--config .: it is a folder, a pipe or a device; name a file");
        assertFailed(launch("devices", "--config"), 2,
                "--config needs the name of a file or of a backend");
    }

    @Test
    void takesABackendsConfigurationByItsName() throws IOException, InterruptedException {
        environment.put("TORNADOVM_HOME", sdk(folder.resolve("sdk")).toString());
        String file = project + "/tornado-config/opencl.args";
        assertEquals("@" + file, configOf(launch("--config", "opencl", "devices")));
        // a file is a path wherever it is one
        Files.createDirectories(home.resolve("sub"));
        Files.writeString(home.resolve("sub/opencl"), "");
        assertEquals("@sub/opencl", configOf(launch("--config", "sub/opencl", "devices")));
    }

    @Test
    void hasAConfigurationCheckedBeforeJavaStarts() throws IOException, InterruptedException {
        String file = project + "/tornado-config/opencl.args";
        String check = "check dev.sepconv.cli.ConfigFile " + file;
        assertTrue(launch("--config", "opencl", "devices").err().lines()
                .anyMatch((check + " ")::equals));
        environment.put("TORNADOVM_HOME", sdk(folder.resolve("sdk")).toString());
        assertTrue(launch("--config", "opencl", "devices").err().lines()
                .anyMatch((check + " sdk")::equals));
        environment.put("CHECK", "2");
        Invocation refused = launch("--config", "opencl", "devices");
        assertEquals(2, refused.code());
        assertEquals("", refused.out());
    }

    /**
     * As cron and containers start it: a PATH and no more, in the root folder, and nothing to read
     * from.
     */
    @Test
    void needsNothingButAPath() throws IOException, InterruptedException {
        Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
        environment.keySet().retainAll(List.of("PATH"));
        for (String home : new String[]{null, ""}) {
            if (home != null) {
                environment.put("HOME", home);
            }
            ProcessBuilder bare = launcher(Path.of("bash"), "-c", "exec \"$0\" \"$@\" <&-",
                    project.resolve("scripts/sepconv"), "devices");
            Invocation launched = Invocation.run(bare.directory(new File("/")));
            assertEquals(0, launched.code(), launched.err());
            assertEquals(List.of(), said(launched));
        }
    }

    /** Java takes file names by the locale: in one of ASCII only it could open no other. */
    @Test
    void givesJavaALocaleThatHasAllLetters() throws IOException, InterruptedException {
        assertEquals("LC_ALL=C.UTF-8", locale());
        for (String narrow : List.of("C", "POSIX", "xx_XX.UTF-8")) {
            environment.put("LC_ALL", narrow);
            assertEquals("LC_ALL=C.UTF-8", locale());
        }
        environment.remove("LC_ALL");
        environment.put("LANG", "C.UTF-8");
        assertEquals("LC_ALL=unset", locale());
        // a locale with letters of another kind stays; it need not be installed here for the
        // question
        environment.put("LANG", "xx_XX.ISO-8859-1");
        program(bin.resolve("locale"), "#!/usr/bin/env bash\necho ISO-8859-1\n");
        assertEquals("LC_ALL=unset", locale());
    }

    private String locale() throws IOException, InterruptedException {
        Invocation launched = launch("devices");
        assertEquals(0, launched.code(), launched.err());
        return launched.out().lines().filter(line -> line.startsWith("LC_ALL=")).findFirst()
                .orElseThrow();
    }

    @Test
    void becomesJavaAndHandsItsExitCodeOn() throws IOException, InterruptedException {
        launch("devices");
        environment.put("EXIT", "7");
        Path out = folder.resolve("out");
        Process process = launcher("devices").redirectOutput(out.toFile()).start();
        String err = new String(process.getErrorStream().readAllBytes());
        assertEquals(7, process.waitFor());
        assertTrue(Files.readAllLines(out).contains("pid=" + process.pid()),
                "signals must reach Java");
        assertEquals("another warning\n", err,
                "the lines about incubator modules and priorities are kept away, and no other");
    }

    @Test
    void startsThroughLinksFromAnywhere() throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("links"));
        Path first = Files.createSymbolicLink(folder.resolve("links/first"),
                Path.of("../a project/scripts/sepconv"));
        Path second = Files.createSymbolicLink(home.resolve("second"), first);
        Invocation launched = Invocation.run(launcher(second, "devices"));
        assertEquals(0, launched.code(), launched.err());
        assertTrue(launched.out().contains(project + "/target/classes:"), launched.out());
    }

    /** The usual places have one on most machines; in this copy of the scripts they are empty. */
    private void hideEveryJdk() throws IOException {
        environment.remove("JAVA_HOME");
        Path script = project.resolve("scripts/lib/java.sh");
        String text = Files.readString(script);
        for (String place : List.of("/usr/lib/jvm/*", "/Library/Java/JavaVirtualMachines/*",
                "/opt/*")) {
            assertTrue(text.contains(place), place);
            text = text.replace(place, folder + "/none/*");
        }
        Files.writeString(script, text);
    }

    @Test
    void refusesToStartWithoutJdk25() throws IOException, InterruptedException {
        hideEveryJdk();
        assertFailed(launch("devices"), 1,
                "there is no JDK 25 in JAVA_HOME, on the PATH or in the usual places; install one (adoptium.net) or set JAVA_HOME");
    }

    @Test
    void isTheDoctorItselfWhereThereIsNoJdk25() throws IOException, InterruptedException {
        hideEveryJdk();
        Invocation told = launch("doctor");
        assertEquals(1, told.code());
        assertEquals("", told.err());
        List<String> lines = told.out().lines().toList();
        assertEquals("Java", lines.getFirst());
        assertEquals(
                "  fault        JDK           there is no JDK 25 in JAVA_HOME, on the PATH or in the usual places",
                lines.get(1));
        assertEquals("                             → install one (adoptium.net) or set JAVA_HOME",
                lines.get(2));
        assertEquals("  not checked  Vector API    it needs Java", lines.get(3));
        assertEquals("Something is broken. Fix JDK first, and run this again.", lines.getLast());
        // an older one on the PATH is named
        program(bin.resolve("java"),
                "#!/usr/bin/env bash\necho 'openjdk version \"17.0.2\" 2022' >&2\n");
        assertTrue(launch("doctor").out().contains("usual places (java on the PATH is 17.0.2)"),
                launch("doctor").out());
    }

    @Test
    void writesWhatItSaysAsTheDoctorAsJsonToo() throws IOException, InterruptedException {
        hideEveryJdk();
        Files.delete(bin.resolve("mvn"));
        JsonNode without = launch("doctor", "--json").json();
        assertEquals("JDK", without.get("fixFirst").asText());
        assertFalse(without.get("healthy").asBoolean());
        assertEquals(1, without.get("format").asInt());
        assertEquals("fault", without.get("checks").get(0).get("state").asText());
        assertEquals("install one (adoptium.net) or set JAVA_HOME",
                without.get("checks").get(0).get("fix").asText());
        assertEquals("not checked", without.get("checks").get(1).get("state").asText());
        assertTrue(without.get("checks").get(1).get("fix").isNull());
        // a text with what JSON has other marks for
        environment.put("JAVA_HOME", jdk.toString());
        Path strange = folder.resolve("a \"quoted\" back\\slash");
        copyScript(strange);
        Files.writeString(strange.resolve("target"), "in the way");
        JsonNode unwritable = Invocation
                .run(launcher(strange.resolve("scripts/sepconv"), "--json", "doctor")).json();
        assertEquals(strange + "/target can't be written; the build goes there",
                unwritable.get("checks").get(0).get("finding").asText());
    }

    @Test
    void isTheDoctorItselfWhereThereIsNothingToRun() throws IOException, InterruptedException {
        Files.delete(bin.resolve("mvn"));
        Invocation told = launch("doctor");
        assertEquals(1, told.code());
        assertTrue(told.out().contains(
                "fault        sepconv       sepconv is not built, and Maven, which builds it, is not on the PATH"),
                told.out());
        assertTrue(told.out().contains("→ install Maven (its package is called maven)"),
                told.out());
        program(bin.resolve("mvn"), MAVEN);
        Files.writeString(project.resolve("broken"), "");
        Invocation failed = launch("doctor");
        assertEquals(1, failed.code());
        assertTrue(failed.out().contains("sepconv could not be built; stderr says why"),
                failed.out());
        assertTrue(failed.err().contains("line 30\n"), failed.err());
    }

    /**
     * Java is started without any SDK, and told how to start the others; the user's variable stays.
     */
    @Test
    void letsTheDoctorThroughWithABrokenSdk() throws IOException, InterruptedException {
        environment.put("TORNADOVM_HOME", folder.resolve("gone").toString());
        List<String> options = options(launch("doctor", "--config", "opencl"));
        assertEquals("TORNADOVM_HOME=" + folder.resolve("gone"), options.getLast());
        assertEquals(
                List.of("-Dsepconv.launcher=" + project + "/scripts/sepconv",
                        "-Dsepconv.config=" + project + "/tornado-config/opencl.args",
                        "--module-path", project + "/target/tornado-api/tornado-api.jar"),
                options.subList(0, 4));
        environment.put("CHECK", "2");
        assertEquals(0, launch("doctor", "--config", "opencl").code(),
                "it says itself what is wrong with the file");
    }

    /** The launcher and this Java, on the classes that are under test. */
    @Test
    void startsTheRealThing() throws IOException, InterruptedException {
        onTheRealThing(() -> {
            Invocation version = launch("--version");
            assertEquals("", version.err());
            assertTrue(version.out().startsWith("sepconv "), version.out());
            assertEquals(0, version.code());
            assertFailed(launch("kernels", "--colour"), 2,
                    "unknown option: '--colour' (see sepconv kernels --help)");
        });
    }

    /**
     * Without a locale and without HOME, as cron has it: folder, model, array, and what is written
     * and said.
     */
    @Test
    void opensFilesWithAnyNameInAnyLocale() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("sun.jnu.encoding").equals("UTF-8"),
                "this Java can't make such files itself");
        onTheRealThing(() -> {
            environment.remove("HOME");
            home = Files.createDirectories(home.resolve("déjà vu"));
            Files.write(home.resolve("größe.onnx"), new OnnxGraph(13).input("x", 1, 3, 8, 8)
                    .output("ÿ").node("Relu", List.of("x"), "ÿ").bytes());
            for (String locale : List.of("", "C", "POSIX")) {
                environment.put("LC_ALL", locale);
                Invocation inspected = launch("inspect", "größe.onnx", "--chart", "fläche.png",
                        "--json");
                assertEquals(0, inspected.code(), inspected.err());
                assertEquals("größe.onnx", inspected.json().get("model").asText());
                assertEquals("ÿ", inspected.json().get("outputs").get(0).get("name").asText());
                Files.delete(home.resolve("fläche.png"));
                assertFailed(launch("compare", "été.jpg"), 1,
                        "picture été.jpg is not there: no such file");
            }
        });
    }

    /**
     * A model, manifest, picture or array that is a pipe would be waited for until someone writes
     * into it.
     */
    @Test
    void refusesPipesInsteadOfWaitingForThem() throws IOException, InterruptedException {
        assumeTrue(find("mkfifo") != null, "there are no pipes with names");
        onTheRealThing(() -> {
            for (String name : List.of("pipe", "pipe.onnx", "pipe.json", "pipe.npy", "pipe.png")) {
                assertEquals(0, new ProcessBuilder("mkfifo", name).directory(home.toFile()).start()
                        .waitFor());
            }
            ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png",
                    home.resolve("p.png").toFile());
            String[][] commands = {{"pipe", "inspect", "pipe"},
                    {"pipe.onnx", "inspect", "pipe.onnx"}, {"pipe.json", "inspect", "pipe.json"},
                    {"pipe.png", "compare", "pipe.png"},
                    {"pipe.json", "compare-devices", "--merge", "pipe.json"},
                    {"pipe", "compare-devices", "--suite", "pipe"},
                    {"pipe", "run", "mobilenet-v1:0.25", "--image", "p.png", "--labels", "pipe"},
                    {"pipe.json", "decouple", "--weights", "pipe.json", "--array", "a"}};
            for (String[] each : commands) {
                assertFailed(launch((Object[]) Arrays.copyOfRange(each, 1, each.length)), 1,
                        each[0] + ": it is a pipe or a device; name a file");
            }
            assertFailed(launch("decouple", "--weights", "pipe.npy"), 1,
                    "pipe.npy is no regular file; it must be a NumPy .npy file");
            assertFailed(launch("inspect", "/dev/zero"), 1,
                    "/dev/zero: it is a pipe or a device; name a file");
        });
    }

    /** What Java opens itself must not get the number of one of them. */
    @Test
    void livesWithoutStdinStdoutAndStderr() throws IOException, InterruptedException {
        onTheRealThing(() -> {
            for (String closed : List.of("<&-", ">&-", "2>&-", "<&- >&- 2>&-")) {
                Invocation run = Invocation.run(launcher(Path.of("bash"), "-c",
                        "exec \"$0\" \"$@\" " + closed, project.resolve("scripts/sepconv"),
                        "params", "--in", "3", "--out", "8", "--kernel", "3"));
                assertEquals(0, run.code(), closed);
                assertEquals("", run.err());
                assertEquals(closed.contains(" >") || closed.startsWith(">") ? "" : "VARIANT",
                        run.out().substring(0, Math.min(7, run.out().length())), closed);
            }
        });
    }

    @Test
    void saysWhatIsWrongWithTheFolderForCaches() throws IOException, InterruptedException {
        onTheRealThing(() -> {
            Path file = Files.writeString(home.resolve("file"), "");
            environment.put("XDG_CACHE_HOME", file.toString());
            String told = launch("doctor").out();
            assertTrue(
                    told.replaceAll("\\s+", " ").contains("cache folder " + file + " is no folder"),
                    told);
            assertTrue(told.contains("set XDG_CACHE_HOME to a folder, or unset it"), told);
        });
        environment.put("JAVA_HOME", jdk.toString());
        environment.put("TORNADOVM_HOME", sdk(folder.resolve("sdk")).toString());
        assertFailed(launch("devices"), 1, "XDG_CACHE_HOME is " + home.resolve("file")
                + ", which is no folder; set it to one, or unset it");
    }

    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    private void onTheRealThing(Action action) throws IOException, InterruptedException {
        Path target = Path.of("target").toAbsolutePath();
        assumeTrue(Files.isDirectory(target.resolve("lib")),
                "Maven has not copied the libraries to target/lib");
        Path built = Files.createDirectories(project.resolve("target"));
        Path api = Files.createDirectories(built.resolve("tornado-api")).resolve("tornado-api.jar");
        List<Path> linked = new ArrayList<>(List.of(Path.of("classes"), Path.of("lib")));
        if (Files.exists(target.resolve("tornado-api/tornado-api.jar"))) {
            linked.add(Path.of("tornado-api/tornado-api.jar"));
        } else { // the build used an SDK's
            Files.writeString(api, "");
            environment.put("TORNADOVM_HOME", System.getenv("TORNADOVM_HOME"));
        }
        Files.writeString(built.resolve("sepconv.stamp"), "");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        try {
            for (Path link : linked) {
                Files.createSymbolicLink(built.resolve(link), target.resolve(link));
            }
            action.run();
            assertEquals(List.of(), builds());
        } finally {
            for (Path link : linked) {
                Files.deleteIfExists(built.resolve(link));
            }
        }
    }
}
