package dev.sepconv.io.onnx;

import dev.sepconv.Engine;
import dev.sepconv.engine.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link ExportedModelsTest} on the first device of the SDK: one file of each model, as compiling
 * them takes most of the time.
 */
@Tag("device")
class TornadoExportedModelsTest {

    private static Engine engine;

    @BeforeAll
    static void open() {
        engine = Engines.open("tornado");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    static List<Path> models() throws Exception {
        return ExportedModelsTest.models().stream()
                .filter(file -> file.toString().endsWith("-dynamo-18.onnx")).toList();
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesPyTorchsNumbers(Path model) throws IOException {
        ExportedModelsTest.givesPyTorchsNumbers(model, engine);
    }
}
