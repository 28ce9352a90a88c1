package dev.sepconv.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What may be read as a file: one that has a length, can be read twice, and doesn't keep its reader waiting for ever. */
public final class InputFile {

    private InputFile() {
    }

    /**
     * Refuses pipes and devices, before they are opened. What isn't there, or is a folder, is left to whoever opens it.
     *
     * @throws IOException if it is neither a file nor a folder; the message names it
     */
    public static void check(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "it is a pipe or a device; name a file");
        }
    }
}
