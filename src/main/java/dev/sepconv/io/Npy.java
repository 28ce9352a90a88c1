package dev.sepconv.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * NumPy's .npy files: one array each, read as float32 in C order, written as little-endian float32
 * in C order.
 */
public final class Npy {

    private static final int CHUNK_BYTES = 1 << 16;
    /** NumPy has the numbers start at a multiple of this. */
    private static final int ALIGNMENT = 64;

    private Npy() {
    }

    /**
     * Reads what stands before the numbers, without the numbers.
     *
     * @throws IOException if it can't be read, is no .npy file, or its length is not what its
     * header says
     * @throws IllegalArgumentException if its elements are no numbers that can be read, or too many
     * for one array
     */
    public static NpyHeader readHeader(Path file) throws IOException {
        try (FileChannel channel = open(file)) {
            return NpyHeader.read(file, channel);
        }
    }

    /**
     * Reads the numbers as float32 in C order: other types and byte orders are converted, as is
     * Fortran order. {@link NpyHeader#conversion()} says what that means for a file. Numbers past
     * float32's range become infinite; NaN stays.
     *
     * @return {@code header.elements()} floats, outermost dimension first
     * @throws IOException as {@link #readHeader}
     * @throws IllegalArgumentException as {@link #readHeader}
     */
    public static float[] read(Path file) throws IOException {
        try (FileChannel channel = open(file)) {
            NpyHeader header = NpyHeader.read(file, channel);
            float[] stored = new float[header.elements()];
            int size = header.element().size();
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(header.order());
            channel.position(header.dataOffset());
            for (int done = 0; done < stored.length;) {
                chunk.clear().limit(
                        (int) Math.min(chunk.capacity(), (long) (stored.length - done) * size));
                while (chunk.hasRemaining()) {
                    if (channel.read(chunk) < 0) {
                        throw new IOException(file + " became shorter while it was read");
                    }
                }
                chunk.flip();
                int count = chunk.limit() / size;
                convert(header.element(), chunk, stored, done, count);
                done += count;
            }
            return header.columnMajor() ? rowMajor(header.shape(), stored) : stored;
        }
    }

    /**
     * Writes an array, whole or not at all.
     *
     * @param shape the dimensions, outermost first
     * @param data as many floats as {@code shape} says, in C order
     * @throws IOException if it can't be written there; what was there before is then as it was
     */
    public static void write(Path file, List<Integer> shape, float[] data) throws IOException {
        if (shape.stream().mapToLong(Integer::longValue).reduce(1,
                Math::multiplyExact) != data.length) {
            throw new IllegalArgumentException("data has %s; shape %s is of another size"
                    .formatted(Printable.count(data.length, "float"), shape));
        }
        AtomicFile.write(file, out -> {
            out.write(header(shape, 0));
            write(data, out);
        });
    }

    private static FileChannel open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("%s is %s; it must be a NumPy .npy file".formatted(file,
                    Files.isDirectory(file) ? "a folder" : "no regular file"));
        }
        InputFile.check(file);
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    private static void convert(NpyHeader.Element element, ByteBuffer from, float[] to, int start,
            int count) {
        if (element == NpyHeader.Element.FLOAT32) {
            from.asFloatBuffer().get(to, start, count);
            return;
        }
        for (int i = start; i < start + count; i++) {
            to[i] = switch (element) {
                case BOOL -> from.get() == 0 ? 0 : 1;
                case INT8 -> from.get();
                case UINT8 -> from.get() & 0xFF;
                case INT16 -> from.getShort();
                case UINT16 -> from.getShort() & 0xFFFF;
                case INT32 -> from.getInt();
                case UINT32 -> from.getInt() & 0xFFFF_FFFFL;
                case INT64 -> from.getLong();
                case UINT64 -> unsigned(from.getLong());
                case FLOAT16 -> Float.float16ToFloat(from.getShort());
                case FLOAT32 -> from.getFloat();
                case FLOAT64 -> (float) from.getDouble();
            };
        }
    }

    /** Halved with the lost bit kept, so that it rounds once and the right way. */
    private static float unsigned(long bits) {
        return bits >= 0 ? bits : (float) (bits >>> 1 | bits & 1) * 2;
    }

    /** From first dimension fastest to last dimension fastest. */
    private static float[] rowMajor(List<Integer> shape, float[] columnMajor) {
        float[] result = new float[columnMajor.length];
        int[] index = new int[shape.size()];
        for (float value : columnMajor) {
            int at = 0;
            for (int d = 0; d < index.length; d++) {
                at = at * shape.get(d) + index[d];
            }
            result[at] = value;
            for (int d = 0; d < index.length && ++index[d] == shape.get(d); d++) {
                index[d] = 0;
            }
        }
        return result;
    }

    /**
     * What stands before the numbers of an array of little-endian float32 in C order.
     *
     * @param shape the dimensions, outermost first
     * @param least how many bytes it has at least: where the array grows, as many as the header of
     * the largest one
     */
    public static byte[] header(List<Integer> shape, int least) {
        String tuple = shape.stream().map(String::valueOf)
                .collect(Collectors.joining(", ", "(", shape.size() == 1 ? ",)" : ")"));
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }"
                .formatted(tuple);
        int before = 10; // magic, version, length
        int length = Math.max(least,
                Math.ceilDiv(before + dictionary.length() + 1, ALIGNMENT) * ALIGNMENT);
        String text = dictionary + " ".repeat(length - before - dictionary.length() - 1) + "\n";
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0)
                .putShort((short) text.length()).put(text.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    private static void write(float[] data, OutputStream out) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int step = CHUNK_BYTES / Float.BYTES;
        for (int done = 0; done < data.length; done += step) {
            int count = Math.min(step, data.length - done);
            chunk.asFloatBuffer().put(data, done, count);
            out.write(chunk.array(), 0, count * Float.BYTES);
        }
    }
}
