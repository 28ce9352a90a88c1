package dev.sepconv.io.onnx;

import dev.sepconv.io.InputFile;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.ProtobufReader.Part;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A model's bytes: its file, mapped into memory, of which only what is looked at is read; or an
 * array. Closing it unmaps the file.
 */
final class ModelBytes implements AutoCloseable {

    private static final int LONGEST = Integer.MAX_VALUE - 64;

    private final Path file;
    private final FileChannel channel;
    private final Arena arena;
    private final ByteBuffer bytes;

    private ModelBytes(Path file, FileChannel channel, Arena arena, ByteBuffer bytes) {
        this.file = file;
        this.channel = channel;
        this.arena = arena;
        this.bytes = bytes;
    }

    /** @throws IOException if it can't be read, or is too large */
    static ModelBytes open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a folder; name a model's file");
        }
        InputFile.check(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofShared();
        try {
            long length = channel.size();
            if (length > LONGEST) {
                throw new IOException(
                        "%s has %s; a model may have at most %d, and larger weights in files beside it"
                                .formatted(file, Printable.count(length, "byte"), LONGEST));
            }
            return new ModelBytes(file, channel, arena,
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, length, arena).asByteBuffer());
        } catch (IOException | RuntimeException e) {
            arena.close();
            channel.close();
            throw e;
        }
    }

    static ModelBytes of(byte[] model) {
        return new ModelBytes(null, null, null, ByteBuffer.wrap(model));
    }

    /** Null for a model in memory. */
    Path file() {
        return file;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** The first of its bytes, at most so many. */
    byte[] first(int most) {
        byte[] first = new byte[Math.min(most, bytes.capacity())];
        bytes.get(0, first);
        return first;
    }

    /** A part of it. */
    Stored stored(Part part) {
        return channel == null || part.bytes().limit() < Stored.PIECE
                ? Stored.of(part.bytes())
                : Stored.of(channel, part.start(), part.bytes().limit());
    }

    @Override
    public void close() throws IOException {
        if (arena != null) {
            arena.close();
            channel.close();
        }
    }
}
