package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.Dims;
import dev.sepconv.io.Npy;
import dev.sepconv.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders and caches that can't be written, for a user whom the system holds to that: root may
 * write everywhere, so there it is another one.
 */
class OrdinaryUserTest {

    private static final String NOBODY = "65534";

    @TempDir
    private Path folder;

    private Path readOnly;
    private Path model;
    private Path input;

    @BeforeEach
    void prepare() throws IOException, InterruptedException {
        readOnly = Files.createDirectory(folder.resolve("read-only"));
        model = Files.write(folder.resolve("model.onnx"),
                new OnnxGraph(13).input("x", 1, 2, 5, 5).output("y")
                        .floats("w", Dims.of(3, 2, 3, 3), new float[54])
                        .node("Conv", List.of("x", "w"), "y").bytes());
        input = folder.resolve("x.npy");
        Npy.write(input, List.of(1, 2, 5, 5), new float[50]);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Path file : List.of(model, input)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
        Invocation tried = run(Map.of(), "--version");
        assumeTrue(tried.code() == 0,
                "this build can't be read by another user than root: " + tried.err());
    }

    /** The command line, as the launcher starts it, by a user who isn't root. */
    private Invocation run(Map<String, String> environment, Object... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            assumeTrue(Stream.of("/usr/bin/setpriv", "/bin/setpriv").map(Path::of)
                    .anyMatch(Files::isExecutable), "there is no setpriv to be another user with");
            command.addAll(
                    List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules", "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED", "-cp",
                        Path.of("target/classes").toAbsolutePath() + ":"
                                + Path.of("target/lib").toAbsolutePath() + "/*",
                        Main.class.getName()));
        Arrays.stream(args).map(String::valueOf).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet()
                .removeAll(List.of("SEPCONV_TUNING", "TORNADOVM_HOME", "XDG_CACHE_HOME"));
        builder.environment().putAll(environment);
        return Invocation.run(builder);
    }

    @Test
    void whatCantBeWrittenIsSaidInOneSentenceAndNothingIsLeft()
            throws IOException, InterruptedException {
        Path output = readOnly.resolve("y.npy");
        run(Map.of(), "conv", "--input", input, "--weights", input, "--output", output, "--groups",
                2).failed(1, output + ": its folder " + readOnly + " is not writable");
        run(Map.of(), "run", model, "--input", "x=" + input, "--output", "y=" + output, "--engine",
                "plain").failed(1, output + ": its folder " + readOnly + " is not writable");
        Path report = readOnly.resolve("report");
        run(Map.of(), "compare", "--out", report).failed(1,
                "output folder " + report + " can't be written");
        run(Map.of(), "compare-devices", "--out", report).failed(1, report.toString());
        try (Stream<Path> left = Files.list(readOnly)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** What sepconv would only remember is no reason not to work. */
    @Test
    void aCacheThatCantBeWrittenOrReadChangesNothing() throws IOException, InterruptedException {
        for (Path cache : List.of(readOnly, folder.resolve("none"), model)) {
            Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString(), "HOME",
                    readOnly.toString());
            Invocation done = run(environment, "run", model, "--input", "x=" + input, "--engine",
                    "simd");
            assertEquals(0, done.code(), done.err());
        }
        Path locked = Files.createDirectories(folder.resolve("cache/sepconv"));
        Path tuning = Files.writeString(locked.resolve("tuning.json"), "{");
        Files.setPosixFilePermissions(tuning, PosixFilePermissions.fromString("---------"));
        Invocation done = run(Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()), "run",
                model, "--input", "x=" + input, "--engine", "simd");
        assertEquals(0, done.code(), done.err());
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
        done = run(Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()), "run", model,
                "--input", "x=" + input, "--engine", "simd");
        assertEquals(0, done.code(), done.err());
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
