package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What keeps the sources legible and no compiler asks for. */
class SourcesTest {

    private static final Path MAIN = Path.of("src/main/java/dev/sepconv");

    /** Two packages' types of one name are taken for one another. */
    @Test
    void noTwoTypesHaveTheSameName() throws IOException {
        List<Path> sources = sources();
        assertTrue(sources.size() > 300, sources.toString());
        assertEquals(List.of(), repeated(sources));
    }

    @Test
    void aSecondTypeOfTheSameNameIsNoticed() {
        assertEquals(List.of("Place: [a/Place.java, b/Place.java]"), repeated(
                List.of(Path.of("a/Place.java"), Path.of("b/Place.java"), Path.of("b/Size.java"))));
    }

    private static List<String> repeated(List<Path> sources) {
        Map<String, List<Path>> byName = new TreeMap<>();
        for (Path source : sources) {
            String name = source.getFileName().toString().replaceFirst("\\.java$", "");
            byName.computeIfAbsent(name, key -> new ArrayList<>()).add(source);
        }
        return byName.entrySet().stream().filter(each -> each.getValue().size() > 1)
                .map(each -> each.getKey() + ": " + each.getValue()).toList();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java")).sorted().toList();
        }
    }
}
