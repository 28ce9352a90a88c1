package dev.sepconv.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How fast this machine copies arrays, on every thread at once: the slope of a roofline. */
public final class MemoryCopy {

    /** Far above what the last cache holds, so that it is memory that is measured. */
    private static final int MEMORY_FLOATS = 16 << 20;
    /** Two of these fit in a core's second cache, but not in its first. */
    private static final int CACHE_FLOATS = 32 << 10;
    private static final int ATTEMPTS = 8;

    private MemoryCopy() {
    }

    /**
     * GB/s between arrays in memory: 64 MiB a thread, less if Java's heap is small for that many
     * threads.
     */
    public static double ofMemory(int threads) {
        long fits = Runtime.getRuntime().maxMemory() / 4 / (2L * Float.BYTES * threads);
        return best(threads, (int) Math.min(MEMORY_FLOATS, fits), 8);
    }

    /** GB/s between arrays in each core's second cache. */
    public static double ofCache(int threads) {
        return best(threads, CACHE_FLOATS, 40_000);
    }

    /** GB/s of the best of several tries: bytes read and bytes written. */
    private static double best(int threads, int floats, int repeats) {
        float[][] from = new float[threads][floats];
        float[][] to = new float[threads][floats];
        double best = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long start = System.nanoTime();
            List<CompletableFuture<Void>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int mine = i;
                parts.add(CompletableFuture.runAsync(() -> {
                    for (int repeat = 0; repeat < repeats; repeat++) {
                        // so that no copy is as good as the one before
                        from[mine][repeat % floats] = repeat;
                        System.arraycopy(from[mine], 0, to[mine], 0, floats);
                    }
                }, task -> new Thread(task).start()));
            }
            parts.forEach(CompletableFuture::join);
            double bytes = 2.0 * Float.BYTES * floats * repeats * threads;
            best = Math.max(best, bytes / (System.nanoTime() - start));
        }
        return best;
    }
}
