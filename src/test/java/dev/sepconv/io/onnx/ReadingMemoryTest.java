package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Sepconv;
import dev.sepconv.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading has a model's weights in memory once: its file is no copy of them. */
class ReadingMemoryTest {

    /** 24 MB of weights. */
    private static final int OUTPUTS = 600;
    private static final int INPUTS = 10_000;

    @TempDir
    private Path folder;

    /** A process: reads a model and says how many parameters it has. */
    static final class Reader {
        public static void main(String[] args) throws IOException {
            Network network = Sepconv.load(Path.of(args[0]));
            System.out.println(network.parameters() + " parameters");
        }
    }

    @Test
    void aHeapThatHasNotRoomForTheFileTooIsEnough() throws IOException, InterruptedException {
        Path model = folder.resolve("wide.onnx");
        Files.write(model, new OnnxGraph(17).input("x", 1, INPUTS).output("y")
                .floats("w", Dims.of(OUTPUTS, INPUTS), new float[OUTPUTS * INPUTS])
                .node("Gemm", List.of("x", "w"), "y", OnnxGraph.attribute("transB", 1L)).bytes());
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx40m",
                "-XX:+UseSerialGC", "-XX:NewSize=8m", "-XX:MaxNewSize=8m", "-cp",
                System.getProperty("java.class.path"), Reader.class.getName(), model.toString())
                .redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(),
                StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        assertEquals(OUTPUTS * INPUTS + " parameters", printed.strip());
    }
}
