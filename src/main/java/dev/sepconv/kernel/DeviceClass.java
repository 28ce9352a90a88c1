package dev.sepconv.kernel;

/** What kernels are chosen by where nothing was measured. */
public enum DeviceClass {
    /** Few cores with vector units: a work-item should do much, in vectors. */
    CPU,
    /** Many small work-items, neighbours on neighbouring numbers. */
    GPU,
    /** Nothing is known. */
    OTHER
}
