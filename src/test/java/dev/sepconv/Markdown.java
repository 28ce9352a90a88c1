package dev.sepconv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document of ours, as far as tests read it: blocks of code, headings, links.
 *
 * @param file its path
 * @param blocks what stands between lines of three backticks
 * @param prose all other lines; those of blocks are empty, so that numbers stay
 */
public record Markdown(Path file, List<Block> blocks, List<String> prose) {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)[^)]*\\)");
    private static final Pattern HTML_LINK = Pattern.compile("(?:src|href)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*?) *#*");

    /**
     * A block of code.
     *
     * @param line the number of its first line
     * @param language what stands after the backticks; empty if nothing does
     */
    public record Block(Path file, int line, String language, List<String> lines) {
        public String text() {
            return String.join("\n", lines) + "\n";
        }

        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** Every document of the project. */
    public static List<Markdown> all() throws IOException {
        List<Markdown> documents = new ArrayList<>();
        for (Path root : List.of(Path.of(""), Path.of("docs"), Path.of("examples"))) {
            try (Stream<Path> files = Files.walk(root, root.toString().isEmpty() ? 1 : 3)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().map(Markdown::read)
                        .forEach(documents::add);
            }
        }
        return documents;
    }

    public static Markdown read(Path file) {
        List<Block> blocks = new ArrayList<>();
        List<String> prose = new ArrayList<>();
        Block open = null;
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.strip().startsWith("```")) {
                    if (open == null) {
                        open = new Block(file, prose.size() + 2, line.strip().substring(3).strip(),
                                new ArrayList<>());
                        blocks.add(open);
                    } else {
                        open = null;
                    }
                    prose.add("");
                } else if (open != null) {
                    open.lines().add(line);
                    prose.add("");
                } else {
                    prose.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Markdown(file, blocks, prose);
    }

    public List<Block> blocks(String language) {
        return blocks.stream().filter(block -> block.language().equals(language)).toList();
    }

    /** The targets of all links and pictures. */
    public Set<String> links() {
        Set<String> links = new LinkedHashSet<>();
        for (String line : prose) {
            String outsideOfCode = line.replaceAll("`[^`]*`", "");
            for (Pattern pattern : List.of(LINK, HTML_LINK)) {
                Matcher link = pattern.matcher(outsideOfCode);
                while (link.find()) {
                    links.add(link.group(1));
                }
            }
        }
        return links;
    }

    /** What can stand after a {@code #}: each heading's words as GitHub joins them. */
    public Set<String> anchors() {
        Set<String> anchors = new LinkedHashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String line : prose) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                String text = heading.group(1).replaceAll("\\[([^]]*)\\]\\([^)]*\\)", "$1");
                String slug = text.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc} -]", "").replace(' ', '-');
                int before = seen.merge(slug, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? slug : slug + "-" + before);
            }
        }
        return anchors;
    }
}
