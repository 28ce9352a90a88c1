package dev.sepconv.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A new file that other processes can see to be in use for as long as it is open here: it is
 * locked, and a lock ends with its process, however that ends. So what a killed process left can be
 * told from what is still being written.
 */
public final class HeldFile implements AutoCloseable {

    /**
     * A file that was written to more lately has a holder whatever its lock says: it may not be
     * locked yet, or is about to be moved.
     */
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** Of this process. Opening and closing one of these a second time would end its lock. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private HeldFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes the file and holds it.
     *
     * @throws IOException if it is there, or can't be made
     */
    public static HeldFile create(Path file) throws IOException {
        Path whole = file.toAbsolutePath();
        OPEN.add(whole);
        FileChannel channel;
        try {
            channel = FileChannel.open(whole, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (IOException | RuntimeException e) {
            OPEN.remove(whole);
            throw e;
        }
        try {
            channel.tryLock();
        } catch (IOException e) {
            // a file system without locks, where nobody can find this file to be abandoned either
            return new HeldFile(whole, channel);
        }
        return new HeldFile(whole, channel);
    }

    public FileChannel channel() {
        return channel;
    }

    /**
     * Whether a file was held by a process that is gone.
     *
     * @throws IOException if it can't be told
     */
    public static boolean isAbandoned(Path file) throws IOException {
        Path whole = file.toAbsolutePath();
        if (OPEN.contains(whole) || !Files.isRegularFile(whole, LinkOption.NOFOLLOW_LINKS)
                || isFresh(whole)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS); FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // another thread of this process looks at it too
            return false;
        }
    }

    /**
     * Whether a file, or a folder for one, changed so lately that someone may be about to hold it.
     */
    public static boolean isFresh(Path path) throws IOException {
        return Files.getLastModifiedTime(path).toInstant().isAfter(Instant.now().minus(FRESH));
    }

    /** The file stays. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            OPEN.remove(file);
        }
    }
}
