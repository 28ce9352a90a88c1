package dev.sepconv.engine.simd;

import dev.sepconv.graph.MemoryPlan;

/**
 * An array of a network that exists when the whole plan is known, so that arrays that are not
 * needed at once can be the same.
 */
final class Buffer {

    private final int size;
    private final Object kind;
    private final boolean mayShift;
    private int firstStep = Integer.MAX_VALUE;
    private int lastStep = -1;
    private float[] floats;
    private int first;

    private Buffer(int size, Object kind, boolean mayShift) {
        this.size = size;
        this.kind = kind;
        this.mayShift = mayShift;
    }

    /** One that the caller or a constant fills. */
    static Buffer given() {
        return new Buffer(0, null, false);
    }

    /**
     * One between steps.
     *
     * @param size in floats, at least 1
     * @param kind buffers share an array only if these are equal: a border must stay zero between
     * runs, so all that write round it must have the same
     * @param mayShift whether it may begin anywhere in its array: all that read and write it ask
     * {@link #first}
     */
    static Buffer between(int size, Object kind, boolean mayShift) {
        return new Buffer(size, kind, mayShift);
    }

    boolean isBetween() {
        return kind != null;
    }

    boolean mayShift() {
        return mayShift;
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

    /** Where it begins in its array, from when it has one. */
    int first() {
        return first;
    }

    void hold(float[] array) {
        floats = array;
    }

    /** Part of an array; its beginning only if it {@link #mayShift}. */
    void hold(Room part) {
        floats = part.array();
        first = part.first();
    }
}
