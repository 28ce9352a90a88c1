package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.picture.Labels;
import dev.sepconv.picture.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whatever reads a file says in words that there is none, not by an exception's name alone. */
class MissingFileTest {

    private static final Path MISSING = Path.of("no/such.file");

    @Test
    void everyReaderSaysThatThereIsNoSuchFile() {
        Map<String, Executable> readers = Map.of("OnnxReader", () -> OnnxReader.read(MISSING),
                "Npy", () -> Npy.read(MISSING), "Npy header", () -> Npy.readHeader(MISSING),
                "Images", () -> Images.read(MISSING, 10), "TfjsWeights",
                () -> TfjsWeights.read(MISSING), "Labels", () -> Labels.read(MISSING), "ModelCard",
                () -> ModelCard.read(MISSING), "FileKind", () -> FileKind.of(MISSING));
        readers.forEach((name, reader) -> {
            String message = assertThrows(IOException.class, reader, name).getMessage();
            assertTrue(message.contains(MISSING.toString()) && message.contains("no such file"),
                    name + ": " + message);
        });
    }
}
