package dev.sepconv.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExampleModelTest {

    private static final Path FOLDER = Path.of("examples/onnx-pictures/model");

    @Test
    void theExamplesModelsAreThoseWritten() throws IOException {
        assertArrayEquals(ExampleModel.bytes(), Files.readAllBytes(FOLDER.resolve("stripes.onnx")));
        assertArrayEquals(ExampleModel.openBytes(),
                Files.readAllBytes(FOLDER.resolve("stripes-open.onnx")));
    }
}
