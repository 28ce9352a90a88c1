package dev.sepconv.engine.simd;

import dev.sepconv.graph.MemoryPlan;

/**
 * An array of a network that exists when the whole plan is known, so that arrays that are not
 * needed at once can be the same.
 */
final class Buffer {

    private final int size;
    private final Object kind;
    private int firstStep = Integer.MAX_VALUE;
    private int lastStep = -1;
    private float[] floats;

    private Buffer(int size, Object kind) {
        this.size = size;
        this.kind = kind;
    }

    /** One that the caller or a constant fills. */
    static Buffer given() {
        return new Buffer(0, null);
    }

    /**
     * One between steps.
     *
     * @param size in floats, at least 1
     * @param kind buffers share an array only if these are equal: a border must stay zero between
     * runs, so all that write round it must have the same
     */
    static Buffer between(int size, Object kind) {
        return new Buffer(size, kind);
    }

    boolean isBetween() {
        return kind != null;
    }

    /** Notes that a step reads or writes it. */
    void touch(int step) {
        firstStep = Math.min(firstStep, step);
        lastStep = Math.max(lastStep, step);
    }

    /** From which step to which it needs an array; only of one between steps. */
    MemoryPlan.Array alive(String name) {
        return new MemoryPlan.Array(name, firstStep, lastStep, size, kind);
    }

    float[] floats() {
        return floats;
    }

    void hold(float[] array) {
        floats = array;
    }
}
