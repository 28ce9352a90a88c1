package dev.sepconv.io;

import java.util.concurrent.Semaphore;

/**
 * The part of Java's heap in which pictures are decoded, shared by all threads: one that needs more
 * than is free waits until others are done. Else a few large pictures at once would run out of
 * memory where each alone has enough.
 */
final class DecodingRoom {

    private static final int UNIT = 1 << 10;
    private static final int UNITS = (int) Math.min(Integer.MAX_VALUE,
            Runtime.getRuntime().maxMemory() / 4 * 3 / UNIT);
    /** Fair, so that a large one isn't passed by small ones for ever. */
    private static final Semaphore FREE = new Semaphore(UNITS, true);

    private DecodingRoom() {
    }

    /** How many bytes there are in all. */
    static long bytes() {
        return (long) UNITS * UNIT;
    }

    /**
     * Takes so many bytes, or all there are; waits for them.
     *
     * @return what to give to {@link #release}
     */
    static int take(long bytes) {
        int units = (int) Math.min(UNITS, Math.ceilDiv(bytes, UNIT));
        FREE.acquireUninterruptibly(units);
        return units;
    }

    static void release(int taken) {
        FREE.release(taken);
    }
}
