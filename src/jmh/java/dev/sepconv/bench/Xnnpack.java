package dev.sepconv.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * XNNPACK as TensorFlow Lite has it, by a Python that has TensorFlow: the variable
 * {@code SEPCONV_PYTHON}, else {@code python3}.
 */
final class Xnnpack {

    static final String NAME = "xnnpack";

    private static final String PYTHON = "SEPCONV_PYTHON";

    private static final Path SCRIPT = Path.of("src/jmh/python/xnnpack_network.py");

    private Xnnpack() {
    }

    private static String python() {
        return System.getenv().getOrDefault(PYTHON, "python3");
    }

    /**
     * Refuses at once what would end a run of minutes.
     *
     * @throws IllegalArgumentException if there is no Python with TensorFlow and onnx
     */
    static void check() throws InterruptedException {
        try {
            JavaProcess.run(List.of(python(), "-c", "import tensorflow, onnx"), Map.of());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--peer is '%s'; %s must be a Python with tensorflow and onnx (the variable %s names one), but: %s"
                            .formatted(NAME, python(), PYTHON,
                                    e.getMessage().lines().reduce((a, b) -> b).orElse("")),
                    e);
        }
    }

    /**
     * The median of a run, in milliseconds, in a new process, which compares what comes out with
     * what must come out.
     *
     * @param exact where {@link NetworkProblem#save} has been
     */
    static double millis(Path onnx, Path exact, Steady steady)
            throws IOException, InterruptedException {
        Path result = exact.resolve("xnnpack.txt");
        List<String> command = new ArrayList<>(List.of(python(), SCRIPT.toString(), onnx.toString(),
                exact.toString(), "--result", result.toString(), "--threads",
                Integer.toString(steady.threads()), "--seconds", Integer.toString(steady.seconds()),
                "--every", Integer.toString(steady.everyMillis())));
        JavaProcess.run(command, Map.of("TF_CPP_MIN_LOG_LEVEL", "3"));
        return Double.parseDouble(Files.readString(result).strip());
    }
}
