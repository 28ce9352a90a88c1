package dev.sepconv.io.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Bytes of numbers that are read piece by piece: so a large array is in memory once, as the numbers
 * that it becomes, and the file's pages don't count as this process's.
 */
interface Stored {

    /** The longest piece, in bytes. */
    int PIECE = 1 << 20;

    /** In bytes. */
    long length();

    /**
     * Some of the bytes, little endian.
     *
     * @param length at most {@link #PIECE}
     * @throws EOFException if a file became shorter
     */
    ByteBuffer piece(long from, int length) throws IOException;

    static Stored of(ByteBuffer memory) {
        return new Stored() {
            @Override
            public long length() {
                return memory.limit();
            }

            @Override
            public ByteBuffer piece(long from, int length) {
                return memory.slice((int) from, length).order(ByteOrder.LITTLE_ENDIAN);
            }
        };
    }

    static Stored of(FileChannel channel, long start, long length) {
        ByteBuffer room = ByteBuffer.allocate((int) Math.min(PIECE, length))
                .order(ByteOrder.LITTLE_ENDIAN);
        return new Stored() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public ByteBuffer piece(long from, int wanted) throws IOException {
                room.clear().limit(wanted);
                while (room.hasRemaining()) {
                    if (channel.read(room, start + from + room.position()) < 0) {
                        throw new EOFException("it became shorter while it was read");
                    }
                }
                return room.flip();
            }
        };
    }
}
