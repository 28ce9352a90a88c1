package dev.sepconv.cli;

import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where an option has something written: refused before any work where it can't be written, or its
 * name says something else.
 */
final class OutputFile {

    /** What is written, and how such files are named. */
    enum Kind {
        ARRAY("a NumPy array", ".npy"),
        PICTURE("a PNG picture", ".png");

        private final String what;
        private final String ending;

        Kind(String what, String ending) {
            this.what = what;
            this.ending = ending;
        }
    }

    private OutputFile() {
    }

    /**
     * Sees to it that a file can be written there.
     *
     * @throws IllegalArgumentException if its name has another ending than such files have
     * @throws IOException if it is a folder, or its folder is missing or can't be written
     */
    static void check(String option, Path file, Kind kind) throws IOException {
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(kind.ending)) {
            throw new IllegalArgumentException(
                    "%s is %s; %s is written there, so its name must end in %s".formatted(option,
                            file, kind.what, kind.ending));
        }
        AtomicFile.check(file);
    }

    /**
     * Sees to it that files of these names can be written into a folder, which need not be there
     * yet and isn't made.
     *
     * @throws IllegalArgumentException if no folder is named
     * @throws IOException if it is a file, or can't be made or written
     */
    static void checkFolder(String option, Path folder, String... names) throws IOException {
        if (folder.toString().isBlank()) {
            throw new IllegalArgumentException(option + " is empty; name a folder");
        }
        Path there = folder.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there)) {
            throw new FileSystemException("%s %s".formatted(option, folder), null,
                    Files.exists(folder) ? "it is no folder" : there + " is no folder");
        }
        if (!Files.isWritable(there)) {
            throw new FileSystemException("%s %s".formatted(option, folder), null,
                    there + " is not writable");
        }
        if (Files.exists(folder)) {
            for (String name : names) {
                AtomicFile.check(folder.resolve(name));
            }
        }
    }
}
