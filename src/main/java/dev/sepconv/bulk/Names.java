package dev.sepconv.bulk;

import dev.sepconv.io.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The pictures of a run, in order. Only their names are kept, some 150 bytes each.
 */
public final class Names {

    private static final String STDIN = "-";
    private static final String LIST = ".txt";

    private final Path[] files;

    private Names(Collection<Path> files) {
        this.files = files.toArray(Path[]::new);
    }

    /** Those files, in that order. */
    public static Names of(List<Path> files) {
        return new Names(files);
    }

    /**
     * What {@code given} means: a folder (all files in it and below, by name, but hidden ones and
     * {@code without}), a {@code .txt} file with a name on each line, {@code -} for such a list on
     * stdin, a pattern as a shell has it ({@code *}, {@code ?}, {@code [a-z]}, <code>{a,b}</code>,
     * and {@code **} for folders of any depth), or one picture. In a list names may also end in
     * zero bytes, as {@code find -print0} writes them, so that they may have line breaks.
     *
     * @param stdin for {@code -}
     * @param without files that are no pictures, such as those that are written
     * @throws IOException if it isn't there, can't be read, or there is no picture; one sentence
     */
    public static Names find(String given, InputStream stdin, Collection<Path> without)
            throws IOException {
        List<Path> found = given.equals(STDIN)
                ? list("the list on standard input", stdin.readAllBytes())
                : find(given, without);
        if (found.isEmpty()) {
            throw new IOException("%s: there is no picture in it".formatted(given));
        }
        return new Names(found);
    }

    private static List<Path> find(String given, Collection<Path> without) throws IOException {
        Path path = path(given);
        if (path != null && Files.isDirectory(path)) {
            return below(path, Integer.MAX_VALUE, file -> true, without);
        }
        if (path != null && Files.exists(path)) {
            InputFile.check(path);
            return given.toLowerCase(Locale.ROOT).endsWith(LIST)
                    ? list(given, Files.readAllBytes(path))
                    : List.of(path);
        }
        // as paths below a folder are written
        String pattern = given.replaceAll("/+", "/").replaceFirst("^(\\./)+", "");
        int wild = firstWild(pattern);
        if (wild < 0) {
            throw new NoSuchFileException(given);
        }
        String start = pattern.substring(0, pattern.lastIndexOf('/', wild) + 1);
        if (!Files.isDirectory(Path.of(start))) {
            throw new NoSuchFileException(start);
        }
        int depth = pattern.contains("**")
                ? Integer.MAX_VALUE
                : (int) pattern.substring(start.length()).chars().filter(c -> c == '/').count() + 1;
        try {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            List<Path> found = below(Path.of(start), depth, matcher::matches, without);
            if (found.isEmpty()) {
                throw new IOException("%s: no file's name is like that".formatted(given));
            }
            return found;
        } catch (PatternSyntaxException e) {
            throw new IOException("%s is no pattern: %s".formatted(given, e.getDescription()), e);
        }
    }

    /** Null where it is none, as a pattern may be. */
    private static Path path(String given) {
        try {
            return Path.of(given);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static int firstWild(String given) {
        for (int i = 0; i < given.length(); i++) {
            if ("*?[{".indexOf(given.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** Files below a folder by their names; those of a folder stay together. */
    private static List<Path> below(Path folder, int depth, Predicate<Path> like,
            Collection<Path> without) throws IOException {
        try (Stream<Path> all = Files.walk(folder, depth)) {
            return all
                    .filter(file -> !isHidden(folder.relativize(file)) && like.test(file)
                            && !Files.isDirectory(file) && !isOneOf(without, file))
                    .sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isHidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOneOf(Collection<Path> files, Path file) {
        return files.stream().anyMatch(each -> each.toAbsolutePath().normalize()
                .equals(file.toAbsolutePath().normalize()));
    }

    private static List<Path> list(String name, byte[] bytes) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException(name + " is no list of names: it is no text in UTF-8", e);
        }
        boolean zeros = text.indexOf('\0') >= 0;
        List<Path> files = new ArrayList<>();
        for (String line : text.replaceFirst("^\ufeff", "").split(zeros ? "\0" : "\\r?\\n")) {
            if (!line.isEmpty()) {
                files.add(Path.of(line));
            }
        }
        return files;
    }

    /** How many there are. */
    public int count() {
        return files.length;
    }

    /** The file of a picture. */
    Path file(int index) {
        return files[index];
    }

    /** Its name as a row has it. */
    String name(int index) {
        return files[index].toString();
    }
}
