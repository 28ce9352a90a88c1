package dev.sepconv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.util.Objects;

/** Copies numbers between Java arrays and memory of other kinds, all or none. */
final class Floats {

    /** Of any alignment, in the order of this machine. */
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Floats() {
    }

    /**
     * @param what they are for, as in {@code "shape [1, 3, 4, 4]"}
     * @throws IllegalArgumentException if there are not as many
     */
    static float[] copyOf(FloatBuffer data, int elements, String what) {
        require(Objects.requireNonNull(data, "data").remaining(), elements, "data has", what);
        float[] copy = new float[elements];
        data.get(data.position(), copy);
        return copy;
    }

    /** {@link #copyOf(FloatBuffer, int, String)} of floats in the order of this machine. */
    static float[] copyOf(MemorySegment data, int elements, String what) {
        requireBytes(Objects.requireNonNull(data, "data").byteSize(), elements, "data has", what);
        float[] copy = new float[elements];
        MemorySegment.copy(data, FLOAT, 0, copy, 0, elements);
        return copy;
    }

    static void copyTo(float[] data, FloatBuffer target, String what) {
        require(Objects.requireNonNull(target, "target").remaining(), data.length,
                "target has room for", what);
        target.put(target.position(), data);
    }

    static void copyTo(float[] data, MemorySegment target, String what) {
        requireBytes(Objects.requireNonNull(target, "target").byteSize(), data.length, "target has",
                what);
        MemorySegment.copy(data, 0, target, FLOAT, 0, data.length);
    }

    private static void require(int given, int elements, String has, String what) {
        if (given != elements) {
            throw new IllegalArgumentException("%s %s; %s needs %d".formatted(has,
                    Checks.count(given, "float"), what, elements));
        }
    }

    private static void requireBytes(long given, int elements, String has, String what) {
        if (given != (long) elements * Float.BYTES) {
            throw new IllegalArgumentException("%s %s; %s needs %d, 4 for each float".formatted(has,
                    given == 1 ? "1 byte" : given + " bytes", what, (long) elements * Float.BYTES));
        }
    }
}
