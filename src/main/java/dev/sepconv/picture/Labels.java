package dev.sepconv.picture;

import dev.sepconv.io.InputFile;
import dev.sepconv.io.Printable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Names of classes: a text file in UTF-8, one a line, the first that of class 0. */
public final class Labels {

    private static final long LONGEST = 16L << 20;

    private Labels() {
    }

    /**
     * Reads them. Spaces belong to a name; a mark at the beginning (BOM) and empty lines at the end
     * don't count.
     *
     * @throws IOException if the file can't be read, is empty, no text, or longer than any list of
     * classes; one sentence
     */
    public static List<String> read(Path file) throws IOException {
        List<String> lines;
        try {
            InputFile.check(file);
            if (Files.size(file) > LONGEST) {
                throw new IOException("labels %s have %s; at most %d can be read".formatted(file,
                        Printable.count(Files.size(file), "byte"), LONGEST));
            }
            lines = new ArrayList<>(Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            throw new IOException("labels %s are not there: no such file".formatted(file), e);
        } catch (CharacterCodingException e) {
            throw new IOException("labels %s are no text in UTF-8".formatted(file), e);
        }
        while (!lines.isEmpty() && lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        if (lines.isEmpty()) {
            throw new IOException(
                    "labels %s are empty; there must be a name on each line".formatted(file));
        }
        lines.set(0, lines.getFirst().replaceFirst("^\ufeff", ""));
        return List.copyOf(lines);
    }
}
