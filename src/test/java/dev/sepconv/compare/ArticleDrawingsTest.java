package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArticleDrawingsTest {

    private static final Path FOLDER = Path.of("docs/images/article");

    @Test
    void theDrawingsOfTheArticleAreWhatIsDrawn() throws IOException {
        Map<String, String> drawn = ArticleDrawings.all();
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertEquals(new TreeSet<>(drawn.keySet()),
                    files.map(file -> file.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
        for (Map.Entry<String, String> drawing : drawn.entrySet()) {
            assertEquals(drawing.getValue(), Files.readString(FOLDER.resolve(drawing.getKey())),
                    drawing.getKey()
                            + ": run ArticleDrawings.main with docs/images/article (docs/article.md says how)");
        }
    }
}
