package dev.sepconv.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes files so that no one ever sees half of one: into a temporary file beside the target, which
 * is then moved over it.
 */
public final class AtomicFile {

    private AtomicFile() {
    }

    /** What writes a file's bytes. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes {@code target}, or leaves what was there as it was. A symbolic link is followed.
     *
     * @throws IOException if its folder is missing, it is there and no regular file, or the disk
     * refuses; the message names it
     */
    public static void write(Path target, Content content) throws IOException {
        check(target);
        Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        Path temporary = file.resolveSibling(".%s.%08x.part".formatted(file.getFileName(),
                ThreadLocalRandom.current().nextInt()));
        try {
            temporary.toFile().deleteOnExit(); // for Ctrl-C while it is written
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary,
                    StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), 1 << 16)) {
                content.writeTo(out);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (FileSystemException e) {
            // it names the temporary file, which says nothing to people
            FileSystemException named = new FileSystemException(target.toString(), null,
                    e.getReason() == null
                            ? "it can't be written there (%s)"
                                    .formatted(e.getClass().getSimpleName())
                            : e.getReason());
            named.initCause(e);
            throw named;
        } catch (IOException e) {
            throw new IOException("%s: %s".formatted(target, e.getMessage()), e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Refuses a target that can't be written, before the work for it is done.
     *
     * @throws IOException if its folder is missing or no folder, or it is there and no regular file
     */
    public static void check(Path target) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (target.getFileName() == null || Files.isDirectory(target)) {
            throw new FileSystemException(target.toString(), null, "it is a folder; name a file");
        }
        if (!Files.isDirectory(folder)) {
            throw new FileSystemException(target.toString(), null,
                    "its folder %s does not exist".formatted(folder));
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileSystemException(target.toString(), null, "it is no regular file");
        }
        if (!Files.isWritable(folder)) {
            throw new FileSystemException(target.toString(), null,
                    "its folder %s is not writable".formatted(folder));
        }
    }
}
