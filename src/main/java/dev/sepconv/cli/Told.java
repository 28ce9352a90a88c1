package dev.sepconv.cli;

import dev.sepconv.engine.tuning.TuningFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What a user has been told already, in a file among the caches: how a command runs where nobody
 * said how. It is said the first time and whenever it is another; a job that runs each hour says
 * nothing. Deleting the file is always safe.
 */
final class Told {

    /** The system property that names another file; tests set it. */
    static final String PROPERTY = "sepconv.told";
    private static final String NAME = "told.txt";
    /** Of the file; it then begins anew. */
    private static final int MOST_BYTES = 1 << 16;

    private Told() {
    }

    /**
     * Whether this is to be said: not if it has been, nor if it can't be remembered, as it would be
     * said for ever then.
     */
    static boolean isNew(String sentence) {
        String named = System.getProperty(PROPERTY);
        Path file = named != null
                ? Path.of(named)
                : TuningFile.folder().map(folder -> folder.resolve(NAME)).orElse(null);
        String line = sentence.replaceAll("\\R", " ");
        if (file == null) {
            return false;
        }
        try {
            if (Files.exists(file)) {
                List<String> told = Files.isRegularFile(file) && Files.size(file) < MOST_BYTES
                        ? Files.readAllLines(file)
                        : List.of();
                if (told.contains(line)) {
                    return false;
                }
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            boolean more = Files.isRegularFile(file) && Files.size(file) < MOST_BYTES;
            Files.writeString(file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    more ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
            return true;
        } catch (IOException e) {
            // a folder that can't be written, or a file with other bytes in it than letters: see
            // above
            return false;
        }
    }
}
