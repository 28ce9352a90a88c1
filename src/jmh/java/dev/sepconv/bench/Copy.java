package dev.sepconv.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How fast this machine copies arrays, on every thread at once: the slope of a roofline. */
final class Copy {

    /** Far above what the last cache holds, so that it is memory that is measured. */
    private static final int MEMORY_FLOATS = 16 << 20;
    /** Two of these fit in a core's second cache, but not in its first. */
    private static final int CACHE_FLOATS = 32 << 10;
    private static final int ATTEMPTS = 8;

    private Copy() {
    }

    static double ofMemory(int threads) {
        return best(threads, MEMORY_FLOATS, 8);
    }

    static double ofCache(int threads) {
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
                        from[mine][repeat % floats] = repeat; // so that no copy is as good as the one before
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
