package dev.sepconv.kernel;

/** What kernels are chosen by where nothing was measured. */
public enum DeviceClass {
    /** Few cores with vector units: a work-item should do much, in vectors. */
    CPU,
    /** A CPU whose vector registers hold no more than 128 numbers, as AVX2's and NEON's do. */
    NARROW_CPU,
    /** Many small work-items, neighbours on neighbouring numbers. */
    GPU,
    /** The same, but none of its work-items can share local memory. */
    GPU_WITHOUT_LOCAL,
    /** Nothing is known. */
    OTHER;

    public boolean isCpu() {
        return this == CPU || this == NARROW_CPU;
    }
}
