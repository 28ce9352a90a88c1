package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever types the documentation's commands where it lies has a clean working tree afterwards. */
class DocumentedOutputTest {

    private static final Pattern WRITTEN = Pattern
            .compile("--(chart|picture|output|out|dump|json) (?:[\\w-]+=)?([a-z][\\w./-]*)");

    @Test
    void gitIgnoresWhatTheDocumentedCommandsWrite() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of(".git")), "this is no working tree of git");
        TreeSet<String> names = new TreeSet<>(List.of("sepconv-out/", "sepconv-devices/"));
        for (Path page : pages()) {
            for (String line : Files.readAllLines(page)) {
                Matcher written = line.contains("scripts/")
                        ? WRITTEN.matcher(line)
                        : WRITTEN.matcher("");
                while (written.find()) {
                    String name = written.group(2);
                    // pictures of the documentation, which are kept
                    if (!name.startsWith("docs/")) {
                        names.add(List.of("out", "dump").contains(written.group(1))
                                ? name + "/"
                                : name);
                    }
                }
            }
        }
        assertTrue(names.contains("costs.png"), names.toString());
        List<String> command = new ArrayList<>(
                List.of("git", "check-ignore", "--verbose", "--non-matching"));
        command.addAll(names);
        Invocation asked = Invocation.run(new ProcessBuilder(command));
        assertEquals(List.of(), asked.out().lines().filter(line -> line.startsWith("::")).toList());
        assertEquals(names.size(), asked.out().lines().count(), asked.err());
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("docs"))) {
            return Stream.concat(Stream.of(Path.of("README.md")),
                    pages.filter(page -> page.toString().endsWith(".md"))).toList();
        }
    }
}
