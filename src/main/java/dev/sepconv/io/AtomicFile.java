package dev.sepconv.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Writes files so that no one ever sees half of one: into a temporary file beside the target, which
 * is then moved over it. What a process that was killed left of it goes when the next file is
 * written into that folder.
 */
public final class AtomicFile {

    private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f]{8}\\.part");

    /** What this process writes now. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    static {
        // for Ctrl-C; File.deleteOnExit would remember each file for as long as the process lives
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // the process ends: the next write into that folder tries again
                return;
            }
        })));
    }

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
        removeAbandoned(file.getParent());
        Path temporary = file.resolveSibling(".%s.%08x.part".formatted(file.getFileName(),
                ThreadLocalRandom.current().nextInt()));
        OPEN.add(temporary);
        try {
            try (HeldFile held = HeldFile.create(temporary);
                    OutputStream out = new BufferedOutputStream(
                            Channels.newOutputStream(held.channel()), 1 << 16)) {
                content.writeTo(out);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw named(target, e);
        } finally {
            Files.deleteIfExists(temporary);
            OPEN.remove(temporary);
        }
    }

    /**
     * What went wrong with a temporary file, which says nothing to people, under the name of the
     * file that it was to become.
     */
    public static FileSystemException named(Path target, IOException e) {
        String reason = e instanceof FileSystemException refused
                ? refused.getReason()
                : e.getMessage();
        FileSystemException named = new FileSystemException(target.toString(), null,
                reason == null
                        ? "it can't be written there (%s)".formatted(e.getClass().getSimpleName())
                        : reason);
        named.initCause(e);
        return named;
    }

    /**
     * Removes temporary files of processes that are gone. What can't be looked at or removed stays:
     * it is no reason not to write.
     */
    private static void removeAbandoned(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*.part")) {
            for (Path file : files) {
                if (TEMPORARY.matcher(file.getFileName().toString()).matches()
                        && HeldFile.isAbandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return;
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
