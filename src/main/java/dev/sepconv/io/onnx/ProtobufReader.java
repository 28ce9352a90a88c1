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
    private final int depth;
    private int tag;
    private boolean taken = true;

    private ProtobufReader(ByteBuffer bytes, int depth) {
        if (depth > DEEPEST) {
            throw new DamagedException("messages are nested more than %d deep".formatted(DEEPEST));
        }
        this.bytes = bytes;
        this.depth = depth;
    }

    static ProtobufReader of(byte[] message) {
        return new ProtobufReader(ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN), 0);
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
    ByteBuffer bytes(ByteBuffer otherwise) {
        return take(LENGTH) ? part() : otherwise;
    }

    void addText(List<String> to) {
        if (take(LENGTH)) {
            to.add(utf8(part()));
        }
    }

    /** Whole numbers, packed or one by one. */
    void addIntegers(Numbers to) {
        if (take(LENGTH)) {
            ProtobufReader packed = new ProtobufReader(part(), depth + 1);
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
            ProtobufReader packed = new ProtobufReader(part(), depth + 1);
            to.expect(packed.length() / Float.BYTES);
            while (packed.bytes.hasRemaining()) {
                to.add(packed.fixed32());
            }
        } else if (take(FIXED32)) {
            to.add(fixed32());
        }
    }

    /** The bits of float64 numbers, packed or one by one. */
    void addDoubles(Numbers to) {
        if (take(LENGTH)) {
            ProtobufReader packed = new ProtobufReader(part(), depth + 1);
            to.expect(packed.length() / Double.BYTES);
            while (packed.bytes.hasRemaining()) {
                to.add(packed.fixed64());
            }
        } else if (take(FIXED64)) {
            to.add(fixed64());
        }
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
            merge.accept(known, new ProtobufReader(part(), depth + 1));
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
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    /** Numbers of a repeated field: integers, or the bits of floats. */
    static final class Numbers {
        private static final long[] NONE = new long[0];

        private long[] data = NONE;
        private int size;

        private void expect(int more) {
            data = Arrays.copyOf(data, Math.addExact(size, more));
        }

        void add(long number) {
            if (size == data.length) {
                data = Arrays.copyOf(data, Math.max(8, Math.multiplyExact(2, size)));
            }
            data[size++] = number;
        }

        int size() {
            return size;
        }

        long integer(int i) {
            return data[i];
        }

        float real(int i) {
            return Float.intBitsToFloat((int) data[i]);
        }

        double wide(int i) {
            return Double.longBitsToDouble(data[i]);
        }

        long[] integers() {
            return Arrays.copyOf(data, size);
        }
    }
}
