package dev.sepconv.cli;

import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Where an option has something written: refused before any work where it can't be written, or its name says something else. */
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
                    "%s is %s; %s is written there, so its name must end in %s".formatted(option, file, kind.what, kind.ending));
        }
        AtomicFile.check(file);
    }

    /**
     * Makes a folder, if need be, into which files of these names can be written.
     *
     * @throws IllegalArgumentException if no folder is named
     * @throws IOException if it is a file, or can't be made or written
     */
    static void prepare(String option, Path folder, String... names) throws IOException {
        if (folder.toString().isBlank()) {
            throw new IllegalArgumentException(option + " is empty; name a folder");
        }
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("%s %s is no folder".formatted(option, folder), e);
        } catch (FileSystemException e) {
            throw new IOException("%s %s can't be made: is it on a read-only disk, in another user's folder, or below a file?"
                    .formatted(option, folder), e);
        }
        for (String name : names) {
            AtomicFile.check(folder.resolve(name));
        }
    }
}
