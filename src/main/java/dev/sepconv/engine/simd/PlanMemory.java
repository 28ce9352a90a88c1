package dev.sepconv.engine.simd;

import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * What a plan keeps beside the arrays between its steps: weights, and what workers write on while
 * they do a task. Steps run one after the other, so what a worker left there the next may write
 * over. A network of many layers would keep as much again for each.
 *
 * <p>
 * A vector that lies in two lines of the caches takes twice as long to load and longer still to
 * store, and the JVM begins arrays at any eighth byte. But G1 begins one that fills half of a
 * region with the region, and doesn't move it. So a plan of many numbers takes them from such
 * arrays, each part from the beginning of a line on; with other collectors, or an object header of
 * another size, it loses nothing.
 */
final class PlanMemory {

    /** Floats of a line of the caches. */
    private static final int LINE = 16;

    /** The floats of a line that an array's header of 16 bytes leaves. */
    private static final int FIRST = LINE - 4;

    /** G1 has about so many regions, of at least a MiB and at most 32. */
    private static final int REGIONS = 2048;
    private static final int LEAST_REGION = 1 << 20;
    private static final int MOST_REGION = 32 << 20;

    private final int workers;
    /** Floats of the arrays that parts are taken from; 0 where each part is one. */
    private final int shared;
    private float[] open;
    private int taken;
    private final Map<Integer, DenseBlock.Scratch[]> blocks = new HashMap<>();

    /**
     * @param workers how many may run tasks
     * @param weights how many numbers the plan is certain to want
     */
    PlanMemory(int workers, long weights) {
        this.workers = workers;
        int region = regionBytes(Runtime.getRuntime().maxMemory()) / Float.BYTES;
        // as long as a region is, header included: more would take a second one
        shared = weights >= region / 2 ? region - LINE + FIRST : 0;
    }

    /** The size that G1's regions have at most. */
    static int regionBytes(long heapBytes) {
        long bytes = Long.highestOneBit(Math.max(1, 2 * (heapBytes / REGIONS) - 1));
        return (int) Math.clamp(bytes, LEAST_REGION, MOST_REGION);
    }

    /** How many may run tasks. */
    int workers() {
        return workers;
    }

    /** So many zeros. */
    Room room(int count) {
        if (shared == 0) {
            return new Room(new float[count], 0);
        }
        if (count > shared - FIRST) {
            return new Room(new float[Math.addExact(FIRST, count)], FIRST);
        }
        if (open == null || count > open.length - taken) {
            open = new float[shared];
            taken = FIRST;
        }
        Room part = new Room(open, taken);
        taken = Math.min(open.length, taken + VectorUnit.roundUp(count, LINE));
        return part;
    }

    /** For each worker room for a block of so many pixels. */
    DenseBlock.Scratch[] blocks(int pixels) {
        return blocks.computeIfAbsent(pixels, size -> {
            DenseBlock.Scratch[] made = new DenseBlock.Scratch[workers];
            for (int i = 0; i < workers; i++) {
                made[i] = DenseBlock.Scratch.of(size, this);
            }
            return made;
        });
    }
}
