package dev.sepconv.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExampleModelTest {

    @Test
    void theExamplesModelIsTheOneWritten() throws IOException {
        assertArrayEquals(ExampleModel.bytes(),
                Files.readAllBytes(Path.of("examples/onnx-pictures/model/stripes.onnx")));
    }
}
