package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.VectorGeometry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/**
 * Memory that calls read and write. TornadoVM knows an array by its object, so one that vector
 * kernels see as vectors is another than one that plain kernels see as floats, and stays it.
 */
public final class Storage {

    private final FloatArray floats;
    private final VectorFloat16 vectors;
    /** Where the host sees the numbers: this array's own memory, or the device's. */
    private MemorySegment memory;

    private Storage(FloatArray floats, boolean vectors) {
        this.floats = floats;
        this.memory = floats.getSegment();
        this.vectors = vectors ? new VectorFloat16(floats) : null;
    }

    /** Zeros for plain kernels. */
    public static Storage plain(int floats) {
        FloatArray array = new FloatArray(floats);
        array.init(0f);
        return new Storage(array, false);
    }

    /**
     * Zeros for vector kernels.
     *
     * @param floats a multiple of 16
     */
    public static Storage vectors(int floats) {
        FloatArray array = new FloatArray(floats);
        array.init(0f);
        return new Storage(array, true);
    }

    /** A copy of numbers for plain kernels. */
    public static Storage plainOf(float... numbers) {
        return new Storage(FloatArray.fromArray(numbers), false);
    }

    /** A copy of numbers for vector kernels, padded with zeros to whole vectors. */
    public static Storage vectorsOf(float... numbers) {
        Storage storage = vectors(VectorGeometry.wholeVectors(numbers.length));
        storage.copyFrom(numbers);
        return storage;
    }

    /** Numbers for vector kernels, whole vectors of them, which stay where they are. */
    static Storage vectorsOf(FloatArray numbers) {
        return new Storage(numbers, true);
    }

    FloatArray floats() {
        return floats;
    }

    VectorFloat16 vectors() {
        return vectors;
    }

    public boolean isVectors() {
        return vectors != null;
    }

    /** How many numbers it has. */
    public int size() {
        return floats.getSize();
    }

    /** What TornadoVM knows it by. */
    public Object object() {
        return vectors == null ? floats : vectors;
    }

    /** The numbers, where {@link #copyFrom} and {@link #copyTo} have them. */
    public MemorySegment memory() {
        return memory;
    }

    /** From now on the host reads and writes the numbers there, where the device has them. */
    public void moveTo(MemorySegment deviceMemory) {
        memory = deviceMemory;
    }

    /** Copies numbers of the host into it, from its first on. */
    public void copyFrom(float[] from) {
        MemorySegment.copy(from, 0, memory, ValueLayout.JAVA_FLOAT, 0, from.length);
    }

    /** Copies its first numbers to the host. */
    public void copyTo(float[] to) {
        MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, 0, to, 0, to.length);
    }
}
