package dev.sepconv.engine.simd;

import java.util.HashMap;
import java.util.Map;

/**
 * What workers write on while they do a task, for all steps of a plan: these run one after the
 * other, so what one left there the next may write over. A network of many layers would keep as
 * much again for each.
 */
final class WorkerMemory {

    private final int workers;
    private final Map<Integer, DenseBlock.Scratch[]> blocks = new HashMap<>();

    WorkerMemory(int workers) {
        this.workers = workers;
    }

    /** How many may run tasks. */
    int workers() {
        return workers;
    }

    /** For each worker room for a block of so many pixels. */
    DenseBlock.Scratch[] blocks(int pixels) {
        return blocks.computeIfAbsent(pixels, size -> {
            DenseBlock.Scratch[] made = new DenseBlock.Scratch[workers];
            for (int i = 0; i < workers; i++) {
                made[i] = DenseBlock.Scratch.of(size);
            }
            return made;
        });
    }
}
