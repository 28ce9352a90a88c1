package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents promise: their Java compiles and runs, their links lead somewhere. */
class ReadmeTest {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");

    @Test
    void theLibraryExampleRunsWithoutTornadoVm(@TempDir Path folder) throws Exception {
        Matcher block = JAVA_BLOCK.matcher(Files.readString(Path.of("README.md")));
        assertTrue(block.find(), "README.md has no Java example");
        List<String> imports = new ArrayList<>();
        List<String> body = new ArrayList<>();
        block.group(1).lines().forEach(line -> (line.startsWith("import ") ? imports : body).add(line));
        Path source = folder.resolve("Example.java");
        Files.writeString(source, "%s\nvoid main() {\n%s\n}\n".formatted(String.join("\n", imports), String.join("\n", body)));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "--class-path", new File("target/classes").getAbsolutePath(), source.toString())
                .redirectError(folder.resolve("err").toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = process.waitFor() + "\n" + Files.readString(folder.resolve("err"));
        assertEquals("[1, 64, 112, 112]\n", output, errors);
        assertTrue(errors.contains("engine simd"), errors);
    }

    @Test
    void linksToFilesLeadSomewhere() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CHANGELOG.md")));
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        List<String> dead = new ArrayList<>();
        for (Path document : documents) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                Path parent = document.toAbsolutePath().getParent();
                if (!URI.create(link.group(1)).isAbsolute() && !Files.exists(parent.resolve(link.group(1)))) {
                    dead.add(document + ": " + link.group(1));
                }
            }
        }
        assertTrue(dead.isEmpty(), () -> "dead links: " + dead);
    }
}
