package dev.sepconv.bulk;

import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that grows by whole pieces: one that can't be written whole leaves nothing of it. */
final class AppendFile implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;
    private final boolean isNew;
    private long end;

    /**
     * Opens it, and makes it where there is none.
     *
     * @throws IOException if it can't be written there; the message names it
     */
    AppendFile(Path file) throws IOException {
        AtomicFile.check(file);
        this.file = file;
        isNew = Files.notExists(file);
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        end = channel.size();
    }

    Path path() {
        return file;
    }

    long length() {
        return end;
    }

    /** Cuts off what stands behind that many bytes. */
    void truncate(long length) throws IOException {
        channel.truncate(length);
        end = length;
    }

    /**
     * @throws IOException if the disk refuses; the message names the file, which is then as it was
     */
    void append(byte[] bytes) throws IOException {
        writeAt(end, bytes);
        end += bytes.length;
    }

    /** Over what is there, or behind it. */
    void writeAt(long position, byte[] bytes) throws IOException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer, position + buffer.position());
            }
        } catch (IOException e) {
            channel.truncate(end);
            throw named(e);
        }
    }

    private IOException named(IOException e) {
        FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
        named.initCause(e);
        return named;
    }

    /** A new file in which nothing was written goes. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (isNew && end == 0) {
            Files.deleteIfExists(file);
        }
    }
}
