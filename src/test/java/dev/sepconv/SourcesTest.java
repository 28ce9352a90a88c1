package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What keeps the sources legible and no compiler asks for. */
class SourcesTest {

    private static final Path MAIN = Path.of("src/main/java/dev/sepconv");

    private static final int MOST_LINES = 400;
    private static final String REASON = "// Over 400 lines, since ";

    /** Words that meant several things, or that nobody else says, and what to say instead. */
    private static final Map<String, String> WORDS = Map.of("[pP]laces?",
            "index, position, offset, coordinate, device or folder", "mend\\w*", "fix", "filledUp",
            "paddingOverhead", "ordinal", "an explicit code");

    private static final Pattern TEXT = Pattern.compile(
            "\"\"\"[\\s\\S]*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])*'|//[^\n]*|/\\*[\\s\\S]*?\\*/");

    /** Two types of one name are taken for one another. */
    @Test
    void noTwoTypesHaveTheSameName() throws IOException {
        List<Path> sources = sources(Path.of("src"));
        assertTrue(sources.size() > 500, sources.toString());
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

    /** In comments and messages they may be plain English. */
    @Test
    void aNameMeansOneThing() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path source : sources(MAIN)) {
            found.addAll(unclear(source.toString(), Files.readString(source)));
        }
        assertEquals(List.of(), found);
    }

    @Test
    void anUnclearNameIsNoticed() {
        assertEquals(List.of("A: place; say index, position, offset, coordinate, device or folder"),
                unclear("A", "int place = 1; // its place"));
        assertEquals(List.of("A: ordinal; say an explicit code"), unclear("A", "x.ordinal()"));
        assertEquals(List.of(),
                unclear("A", "/** A place. */ String replaced = \"in \\\"its\\\" place\";"));
    }

    private static List<String> unclear(String source, String text) {
        String code = TEXT.matcher(text).replaceAll(" ");
        return WORDS.entrySet().stream().flatMap(word -> Pattern
                .compile("\\b" + word.getKey() + "\\b").matcher(code).results()
                .map(found -> "%s: %s; say %s".formatted(source, found.group(), word.getValue())))
                .sorted().toList();
    }

    /**
     * Drawings too, which the formatter leaves alone; it does the code, but for texts, which are
     * found by their words when they stand on one line.
     */
    @Test
    void aCommentEndsAtColumn100() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Path source : sources(Path.of("src"))) {
            List<String> lines = Files.readAllLines(source);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.codePointCount(0, line.length()) > 100
                        && line.stripLeading().matches("(//|/?\\*).*")) {
                    wide.add(source + ":" + (i + 1));
                }
            }
        }
        assertEquals(List.of(), wide);
    }

    /** A longer class most often has two jobs. */
    @Test
    void aClassOfMoreThan400LinesSaysWhy() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Path source : sources(MAIN)) {
            String text = Files.readString(source);
            boolean generated = source.getParent().endsWith("gen");
            if (!generated && isLongAndSilent(text)) {
                silent.add(MAIN.relativize(source).toString());
            }
            assertTrue(text.lines().count() > MOST_LINES || !text.contains(REASON),
                    source + " is no longer so long: its reason goes");
        }
        assertEquals(List.of(), silent);
    }

    @Test
    void aLongClassWithoutAReasonIsNoticed() {
        String lines = "\n".repeat(MOST_LINES);
        String reason = "// Over 400 lines, since it is a list.\n";
        assertTrue(isLongAndSilent("/** A list. */\nclass A {" + lines + "}\n"));
        assertTrue(isLongAndSilent("class A {" + lines + reason + "}\n"));
        assertFalse(isLongAndSilent(reason + "class A {" + lines + "}\n"));
        assertFalse(isLongAndSilent("class A {\n}\n"));
    }

    /** Whether a source has more lines than are allowed without a reason before its type begins. */
    private static boolean isLongAndSilent(String text) {
        String head = text.split(
                "(?m)^(public |final |abstract |sealed )*" + "(class|record|interface|enum) ",
                2)[0];
        return text.lines().count() > MOST_LINES && !head.contains(REASON);
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java")
                            && !file.endsWith("module-info.java"))
                    .sorted().toList();
        }
    }
}
