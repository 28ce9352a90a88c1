package dev.sepconv.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is checked in is what the generator writes: nothing was changed by hand, nothing is left.
 */
class GenerateTest {

    @Test
    void whatIsCheckedInIsWhatTheGeneratorWrites() throws IOException {
        for (Map.Entry<Path, String> file : Generate.files().entrySet()) {
            assertEquals(file.getValue(), Files.readString(file.getKey()),
                    file.getKey() + " is not what mvn -q -Pgenerate validate writes");
        }
    }

    @Test
    void noGeneratedFileIsLeftThatTheGeneratorDoesNotWrite() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            assertEquals(new TreeSet<>(Generate.files().keySet()),
                    sources.filter(path -> path.getParent().endsWith("gen")
                            && path.toString().endsWith(".java")
                            && !path.endsWith("package-info.java"))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }
}
