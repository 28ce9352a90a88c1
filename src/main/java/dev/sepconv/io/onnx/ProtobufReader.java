package dev.sepconv.io.onnx;

import dev.sepconv.io.Printable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Reads one message of protobuf's wire format, field by field: {@link #next} goes to the next field
 * and {@link #field} is its number; then one of the methods that take what was known of the field
 * so far gives its value. A field of another wire type than the method's is passed over, as
 * protobuf does with fields that a schema doesn't know. No length is believed beyond the bytes that
 * are there, and messages are copied nowhere.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">protobuf.dev: Encoding</a>
 */
final class ProtobufReader {

    /** As many as protobuf's own libraries allow. */
    private static final int DEEPEST = 100;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int START_GROUP = 3;
    private static final int END_GROUP = 4;
    private static final int FIXED32 = 5;

    /** What is no protobuf message, or one that is damaged or cut off. */
    static final class DamagedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }

    private final ByteBuffer bytes;
    private final int start;
    private final int depth;
    private int tag;
    private boolean taken = true;

    /** @param start where these bytes begin in the whole */
    private ProtobufReader(ByteBuffer bytes, int start, int depth) {
        if (depth > DEEPEST) {
            throw new DamagedException("messages are nested more than %d deep".formatted(DEEPEST));
        }
        this.bytes = bytes;
        this.start = start;
        this.depth = depth;
    }

    static ProtobufReader of(ByteBuffer message) {
        return new ProtobufReader(message.slice().order(ByteOrder.LITTLE_ENDIAN), 0, 0);
    }

    /** The message's length in bytes. */
    int length() {
        return bytes.limit();
    }

    /** Goes to the next field, past the value of the current one; whether there is one. */
    boolean next() {
        if (!taken) {
            skip(depth);
        }
        if (!bytes.hasRemaining()) {
            return false;
        }
        tag = (int) varint();
        taken = false;
        if (field() == 0) {
            throw new DamagedException("a field has the number 0");
        }
        return true;
    }

    int field() {
        return tag >>> 3;
    }

    /**
     * Whether the current field's value was of the type that was asked for, so that it was given.
     */
    boolean isTaken() {
        return taken;
    }

    private boolean take(int wireType) {
        boolean is = (tag & 7) == wireType;
        taken |= is;
        return is;
    }

    /** A whole number of 64 bits, or {@code otherwise} where the field is no such. */
    long integer(long otherwise) {
        return take(VARINT) ? varint() : otherwise;
    }

    float real(float otherwise) {
        return take(FIXED32) ? Float.intBitsToFloat(fixed32()) : otherwise;
    }

    String text(String otherwise) {
        return take(LENGTH) ? utf8(part()) : otherwise;
    }

    /** Bytes of this message, not a copy of them. */
    Part bytes(Part otherwise) {
        return take(LENGTH) ? partWithOffset() : otherwise;
    }

    private Part partWithOffset() {
        ByteBuffer part = part();
        return new Part(start + bytes.position() - part.limit(), part);
    }

    /** What lies in the current field, as a message. */
    private ProtobufReader inner() {
        Part part = partWithOffset();
        return new ProtobufReader(part.bytes(), part.start(), depth + 1);
    }

    void addText(List<String> to) {
        if (take(LENGTH)) {
            to.add(utf8(part()));
        }
    }

    /** Whole numbers, packed or one by one. */
    void addIntegers(Numbers to) {
        if (take(LENGTH)) {
            ProtobufReader packed = inner();
            while (packed.bytes.hasRemaining()) {
                to.add(packed.varint());
            }
        } else if (take(VARINT)) {
            to.add(varint());
        }
    }

    /** The bits of float32 numbers, packed or one by one. */
    void addFloats(Numbers to) {
        if (take(LENGTH)) {
            addPacked(to, Float.BYTES);
        } else if (take(FIXED32)) {
            to.add(fixed32());
        }
    }

    /** The bits of float64 numbers, packed or one by one. */
    void addDoubles(Numbers to) {
        if (take(LENGTH)) {
            addPacked(to, Double.BYTES);
        } else if (take(FIXED64)) {
            to.add(fixed64());
        }
    }

    private void addPacked(Numbers to, int width) {
        Part part = partWithOffset();
        if (part.bytes().limit() % width != 0) {
            throw new DamagedException("%s are missing"
                    .formatted(Printable.count(width - part.bytes().limit() % width, "byte")));
        }
        to.addPacked(part, width);
    }

    /**
     * A message: what it says is added to what is known, which is how protobuf joins a field that
     * is there twice.
     *
     * @param known what was read of the field so far, or a new one
     * @param merge reads fields into it
     */
    <M> M message(M known, BiConsumer<M, ProtobufReader> merge) {
        if (take(LENGTH)) {
            merge.accept(known, inner());
        }
        return known;
    }

    /** Adds a message to those of a repeated field. */
    <M> void addMessage(List<M> to, M created, BiConsumer<M, ProtobufReader> merge) {
        if ((tag & 7) == LENGTH) {
            to.add(message(created, merge));
        }
    }

    /** Whether the current field is a message, text, bytes or packed numbers. */
    boolean hasLength() {
        return (tag & 7) == LENGTH;
    }

    private void skip(int nesting) {
        taken = true;
        switch (tag & 7) {
            case VARINT -> varint();
            case FIXED64 -> fixed64();
            case LENGTH -> part();
            case FIXED32 -> fixed32();
            case START_GROUP -> skipGroup(nesting + 1);
            default ->
                throw new DamagedException("a field has the wire type %d".formatted(tag & 7));
        }
    }

    private void skipGroup(int nesting) {
        if (nesting > DEEPEST) {
            throw new DamagedException("groups are nested more than %d deep".formatted(DEEPEST));
        }
        int group = field();
        while (true) {
            tag = (int) varint();
            if ((tag & 7) == END_GROUP) {
                if (field() != group) {
                    throw new DamagedException("group %d ends as %d".formatted(group, field()));
                }
                return;
            }
            skip(nesting);
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            require(1);
            byte next = bytes.get();
            value |= (next & 127L) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new DamagedException("a number has more than ten bytes");
    }

    private int fixed32() {
        require(Integer.BYTES);
        return bytes.getInt();
    }

    private long fixed64() {
        require(Long.BYTES);
        return bytes.getLong();
    }

    /** The bytes that a length stands before. */
    private ByteBuffer part() {
        int length = (int) varint();
        require(length);
        ByteBuffer part = bytes.slice(bytes.position(), length).order(bytes.order());
        bytes.position(bytes.position() + length);
        return part;
    }

    private void require(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new DamagedException("%s are missing"
                    .formatted(Printable.count((long) length - bytes.remaining(), "byte")));
        }
    }

    private static String utf8(ByteBuffer bytes) {
        byte[] text = new byte[bytes.remaining()];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /**
     * Bytes of the whole.
     *
     * @param start where they begin in it
     */
    record Part(int start, ByteBuffer bytes) {
    }

    /**
     * Numbers of a repeated field: integers, or the bits of floats. Floats that stand in one piece,
     * as every known tool writes them, are left where they are.
     */
    static final class Numbers {
        private static final long[] NONE = new long[0];

        private long[] data = NONE;
        private int size;
        /** All of them, or null where they are in {@link #data}. */
        private Part packed;
        private int width;

        private void addPacked(Part part, int each) {
            if (size == 0) {
                packed = part;
                width = each;
                size = part.bytes().limit() / each;
                return;
            }
            unpack();
            int count = part.bytes().limit() / each;
            data = Arrays.copyOf(data, Math.addExact(size, count));
            for (int i = 0; i < count; i++) {
                data[size++] = bits(part, each, i);
            }
        }

        void add(long number) {
            unpack();
            if (size == data.length) {
                data = Arrays.copyOf(data, Math.max(8, Math.multiplyExact(2, size)));
            }
            data[size++] = number;
        }

        private void unpack() {
            if (packed != null) {
                data = integers();
                packed = null;
            }
        }

        private static long bits(Part part, int width, int i) {
            return width == Float.BYTES
                    ? part.bytes().getInt(width * i)
                    : part.bytes().getLong(width * i);
        }

        int size() {
            return size;
        }

        /** Where all of them stand side by side; null where they don't. */
        Part packed() {
            return packed;
        }

        long integer(int i) {
            return packed == null ? data[i] : bits(packed, width, i);
        }

        float real(int i) {
            return Float.intBitsToFloat((int) integer(i));
        }

        double wide(int i) {
            return Double.longBitsToDouble(integer(i));
        }

        long[] integers() {
            long[] all = Arrays.copyOf(data, size);
            for (int i = 0; packed != null && i < size; i++) {
                all[i] = bits(packed, width, i);
            }
            return all;
        }
    }
}
