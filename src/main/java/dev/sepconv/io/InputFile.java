package dev.sepconv.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What may be read as a file: one that has a length, can be read twice, and doesn't keep its reader
 * waiting for ever.
 */
public final class InputFile {

    private InputFile() {
    }

    /**
     * Refuses what isn't there, and pipes and devices before they are opened. A folder is left to
     * whoever opens it.
     *
     * @throws NoSuchFileException if it isn't there; the message names it and says so
     * @throws IOException if it is neither a file nor a folder; the message names it
     */
    public static void check(Path file) throws IOException {
        if (Files.notExists(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file");
        }
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null,
                    "it is a pipe or a device; name a file");
        }
    }
}
