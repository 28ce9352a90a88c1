package dev.sepconv.engine;

import dev.sepconv.Dims;

/**
 * Some neighbours along one dimension of an array.
 *
 * @param from the first
 * @param to the one after the last
 */
record Interval(int from, int to) {

    Interval {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException(
                    "interval is [%d, %d); it must hold something, from 0".formatted(from, to));
        }
    }

    static Interval all(int size) {
        return new Interval(0, size);
    }

    int size() {
        return to - from;
    }

    boolean contains(Interval other) {
        return from <= other.from && other.to <= to;
    }

    /** The least that holds both. */
    Interval with(Interval other) {
        return other == null
                ? this
                : new Interval(Math.min(from, other.from), Math.max(to, other.to));
    }

    /** How many both hold. */
    int common(Interval other) {
        return other == null ? 0 : Math.max(0, Math.min(to, other.to) - Math.max(from, other.from));
    }

    Interval times(int factor) {
        return new Interval(from * factor, to * factor);
    }

    /**
     * {@code size} shared in proportion.
     *
     * @return for each count what it gets, one after the other; null for nothing
     */
    static Interval[] shares(int size, int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum += count;
        }
        Interval[] shares = new Interval[counts.length];
        long before = 0;
        for (int i = 0; i < counts.length; i++) {
            int from = (int) Math.round((double) before * size / sum);
            before += counts[i];
            int to = (int) Math.round((double) before * size / sum);
            shares[i] = to > from ? new Interval(from, to) : null;
        }
        return shares;
    }

    /**
     * Copies a slab of an array to another array, whose other dimensions are the same.
     *
     * @param axis the dimension along which it is a slab
     * @param fromFirst where it begins there in {@code from}
     * @param toFirst where in {@code to}
     * @param count how thick it is
     */
    static void copy(float[] from, Dims fromDims, int fromFirst, float[] to, Dims toDims,
            int toFirst, int axis, int count) {
        int outer = fromDims.product(0, axis);
        int inner = fromDims.product(axis + 1, fromDims.rank());
        for (int i = 0; i < outer; i++) {
            System.arraycopy(from, (i * fromDims.get(axis) + fromFirst) * inner, to,
                    (i * toDims.get(axis) + toFirst) * inner, count * inner);
        }
    }
}
