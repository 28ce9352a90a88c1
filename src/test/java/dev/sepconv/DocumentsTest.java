package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every document: links lead somewhere, and code can be read where it is shown. */
class DocumentsTest {

    /** How many characters of a block of code GitHub shows beside one another. */
    private static final int CODE_WIDTH = 95;

    private static final Pattern SENTENCES = Pattern
            .compile("[\\p{Ll}\\d)\\]](?<!e\\.g|i\\.e)[.?!] \\p{Lu}");

    @Test
    void linksLeadToFilesAndHeadings() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Markdown document : Markdown.all()) {
            for (String link : document.links()) {
                if (URI.create(link).isAbsolute()) {
                    continue;
                }
                int hash = link.indexOf('#');
                String path = hash < 0 ? link : link.substring(0, hash);
                Path folder = document.file().toAbsolutePath().getParent();
                Path target = path.isEmpty() ? document.file() : folder.resolve(path).normalize();
                if (!Files.exists(target)) {
                    dead.add("%s: %s: no such file".formatted(document.file(), link));
                } else if (hash >= 0
                        && !Markdown.read(target).anchors().contains(link.substring(hash + 1))) {
                    dead.add("%s: %s: no such heading".formatted(document.file(), link));
                }
            }
        }
        assertEquals(List.of(), dead);
    }

    @Test
    void noLineOfCodeIsCutOff() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Markdown document : Markdown.all()) {
            for (Markdown.Block block : document.blocks()) {
                for (int i = 0; i < block.lines().size(); i++) {
                    String line = block.lines().get(i);
                    int width = line.codePointCount(0, line.length());
                    if (width > CODE_WIDTH) {
                        wide.add("%s:%d: %d characters".formatted(document.file(), block.line() + i,
                                width));
                    }
                }
            }
        }
        assertEquals(List.of(), wide, "at most " + CODE_WIDTH);
    }

    @Test
    void tablesHaveHeadings() throws IOException {
        List<String> bare = new ArrayList<>();
        for (Markdown document : Markdown.all()) {
            for (int i = 1; i < document.prose().size(); i++) {
                if (document.prose().get(i).matches("\\|[ :|-]*-[ :|-]*\\|")
                        && document.prose().get(i - 1).matches("[| ]*")) {
                    bare.add(document.file() + ":" + i);
                }
            }
        }
        assertEquals(List.of(), bare);
    }

    /** So that a change of one sentence is a change of one line. */
    @Test
    void aLineHasOneSentence() throws IOException {
        List<String> several = new ArrayList<>();
        for (Markdown document : Markdown.all()) {
            for (int i = 0; i < document.prose().size(); i++) {
                if (hasSeveralSentences(document.prose().get(i))) {
                    several.add("%s:%d".formatted(document.file(), i + 1));
                }
            }
        }
        assertEquals(List.of(), several);
    }

    @Test
    void aSecondSentenceIsNoticed() {
        assertTrue(hasSeveralSentences("- It is slow. Nobody knows why."));
        assertTrue(hasSeveralSentences("It reads [all](a.md). `x` follows? Yes."));
        assertFalse(hasSeveralSentences("It has 3.5 ms, e.g. MobileNet; `a. B` is code."));
        assertFalse(hasSeveralSentences("1. First: do it."));
        assertFalse(hasSeveralSentences("| a table's cell. It may have two. |"));
        assertFalse(hasSeveralSentences("![A picture. Its text is one line.](a.png)"));
    }

    /** Tables, headings and what stands for a picture have one line, however much they say. */
    private static boolean hasSeveralSentences(String line) {
        if (line.startsWith("|") || line.startsWith("#")) {
            return false;
        }
        String text = line.replaceFirst("^\\s*\\d+\\. ", "")
                .replaceAll("!\\[.*?\\]\\([^)]*\\)", "x").replaceAll("`[^`]*`", "x")
                .replaceAll("\\]\\([^)]*\\)", "]");
        return SENTENCES.matcher(text).find();
    }

    @Test
    void theChecksNoticeOffenders(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("offender.md");
        Files.writeString(file, """
                # A heading, with `code` & [a link](there.md)
                [dead](#nothing) <img src="picture.svg">
                ## Same
                ## Same
                ```bash
                %s
                ```
                """.formatted("x".repeat(96)));
        Markdown document = Markdown.read(file);
        assertEquals(Set.of("there.md", "#nothing", "picture.svg"), document.links());
        assertEquals(Set.of("a-heading-with-code--a-link", "same", "same-1"), document.anchors());
        assertEquals(96, document.blocks("bash").getFirst().lines().getFirst().length());
        assertTrue(document.blocks("bash").getFirst().toString().endsWith("offender.md:6"));
    }
}
