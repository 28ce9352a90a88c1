package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Markdown;
import dev.sepconv.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What documents show as a command's output is what the command prints. {@code …} stands for what
 * is left out of a line, such as a measurement or a number's last digits; whole lines may be left
 * out. A command may go on after a backslash.
 */
class DocumentedCommandsTest {

    private static final String PROMPT = "$ scripts/sepconv ";

    @Test
    void commandsPrintWhatTheDocumentsShow(@TempDir Path folder) throws IOException {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        for (Markdown document : Markdown.all()) {
            for (Markdown.Block block : document.blocks("console")) {
                assertTrue(block.lines().getFirst().startsWith(PROMPT),
                        block + " doesn't begin with " + PROMPT);
                List<String> args = new ArrayList<>(arguments(block));
                // the counts are the same in a moment on one engine
                if (args.getFirst().equals("compare")) {
                    args.addAll(List.of("--engine", "simd", "--seconds", "0.01", "--out",
                            folder.resolve("out").toString()));
                    // the other part has a test of its own and takes half a minute
                    if (!args.contains("--part")) {
                        args.addAll(List.of("--part", "picture"));
                    }
                }
                // those have a test of their own
                if (args.stream().anyMatch(arg -> arg.startsWith("models/"))) {
                    continue;
                }
                Invocation ran = Invocation.inProcess(args.toArray());
                assertEquals(0, ran.code(), () -> block + ": " + ran.err());
                wrong.addAll(missing(block, ran.out().lines().toList()));
                seen++;
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(seen >= 5, "only %d blocks were found".formatted(seen));
    }

    /**
     * Commands on fetched networks give the meant answer: on pictures that are drawn so that
     * everybody knows it.
     */
    @Test
    void networksSayWhatTheDocumentsShow() throws IOException {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        for (Markdown document : Markdown.all()) {
            for (Markdown.Block block : document.blocks("console")) {
                List<String> args = arguments(block);
                List<Path> models = args.stream().filter(arg -> arg.startsWith("models/"))
                        .map(Path::of).toList();
                if (models.isEmpty()) {
                    continue;
                }
                for (Path model : models) {
                    Models.fetched(model);
                    Models.fetched(model.resolveSibling(model.getFileName().toString()
                            .replaceFirst("\\.[^.]*$", ".sepconv.json")));
                }
                Invocation ran = Invocation.inProcess(args.toArray());
                assertEquals(0, ran.code(), () -> block + ": " + ran.err());
                List<String> printed = new ArrayList<>(ran.sentences());
                ran.out().lines().forEach(printed::add);
                wrong.addAll(missing(block, printed));
                seen++;
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(seen >= 6, "only %d blocks were found".formatted(seen));
    }

    /**
     * Every command in a document that runs a fetched network stands in a block whose output is
     * compared.
     */
    @Test
    void noNetworkIsRunWithoutItsAnswer() throws IOException {
        List<String> unchecked = new ArrayList<>();
        for (Markdown document : Markdown.all()) {
            // its commands are beginnings of those in docs/networks.md
            if (document.file().equals(Path.of("README.md"))) {
                continue;
            }
            for (Markdown.Block block : document.blocks()) {
                if (!block.language().equals("console") && block.lines().stream()
                        .anyMatch(line -> line.matches(".*sepconv run \\S*models/.*"))) {
                    unchecked.add(block.toString());
                }
            }
        }
        assertEquals(List.of(), unchecked);
    }

    /** Lines of the block that the output doesn't have, in that order. */
    private static List<String> missing(Markdown.Block block, List<String> output) {
        List<String> missing = new ArrayList<>();
        int at = 0;
        for (String line : block.lines().subList(commandLines(block), block.lines().size())) {
            int found = at;
            while (found < output.size() && !shows(line, output.get(found))) {
                found++;
            }
            if (found == output.size()) {
                missing.add("%s: not printed: %s".formatted(block, line));
            } else {
                at = found + 1;
            }
        }
        return missing;
    }

    private static boolean shows(String line, String printed) {
        String pattern = Arrays.stream(line.split("…", -1)).map(String::stripTrailing)
                .map(Pattern::quote).collect(Collectors.joining(".*"));
        return printed.stripTrailing().matches(pattern);
    }

    private static int commandLines(Markdown.Block block) {
        int lines = 1;
        while (block.lines().get(lines - 1).endsWith("\\")) {
            lines++;
        }
        return lines;
    }

    private static List<String> arguments(Markdown.Block block) {
        String command = block.lines().subList(0, commandLines(block)).stream()
                .map(line -> line.replaceFirst("\\\\$", "").strip())
                .collect(Collectors.joining(" "));
        return Arrays.asList(command.substring(PROMPT.length()).split(" +"));
    }

    @Test
    void aLineThatIsNotPrintedIsNoticed() {
        Markdown.Block block = new Markdown.Block(Path.of("x.md"), 7, "console",
                List.of("$ x", "one  …", "two", "one  …"));
        assertEquals(List.of(),
                missing(block, List.of("one  1 ms", "between", "two  ", "one  2 ms")));
        Markdown.Block inside = new Markdown.Block(Path.of("x.md"), 7, "console",
                List.of("$ x \\", "  y", "a  …  7.1…"));
        assertEquals(List.of(), missing(inside, List.of("a  -3   7.123  4")));
        assertEquals(1, missing(inside, List.of("a  -3   7.2")).size());
        assertEquals(List.of("x.md:7: not printed: two", "x.md:7: not printed: one  …"),
                missing(block, List.of("one  1 ms", "two 2")));
    }
}
