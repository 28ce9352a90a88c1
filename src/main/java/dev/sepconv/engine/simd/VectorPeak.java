package dev.sepconv.engine.simd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What this machine's vector units can do at most: multiply-adds on registers alone, on every
 * thread at once.
 */
public final class VectorPeak {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    /** Long enough, some 80 ms, for the machine to give each thread a core of its own. */
    private static final int STEPS = 40_000_000;
    private static final int ATTEMPTS = 8;
    private static final int WARM_UP_STEPS = 1_000;
    private static final long WARM_UP_NANOS = 500_000_000;

    private VectorPeak() {
    }

    /** GFLOP/s of the best of several tries. */
    public static double gflops(int threads) {
        // compiled before it is timed: uncompiled, one try would take seconds
        float warm = 0;
        for (long start = System.nanoTime(); System.nanoTime() - start < WARM_UP_NANOS;) {
            warm += loop(WARM_UP_STEPS);
        }
        double best = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long start = System.nanoTime();
            List<CompletableFuture<Float>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(CompletableFuture.supplyAsync(() -> loop(STEPS),
                        task -> new Thread(task).start()));
            }
            float sum = warm;
            for (CompletableFuture<Float> part : parts) {
                sum += part.join();
            }
            if (Float.isNaN(sum)) {
                throw new IllegalStateException("the peak loop gave NaN");
            }
            best = Math.max(best, 2.0 * threads * CHAINS * STEPS * SPECIES.length()
                    / (System.nanoTime() - start));
        }
        return best;
    }

    /** Twelve chains hide the latency of one multiply-add behind those of the others. */
    private static float loop(int steps) {
        FloatVector factor = FloatVector.broadcast(SPECIES, 0.999f);
        FloatVector term = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a = term;
        FloatVector b = term;
        FloatVector c = term;
        FloatVector d = term;
        FloatVector e = term;
        FloatVector f = term;
        FloatVector g = term;
        FloatVector h = term;
        FloatVector i = term;
        FloatVector j = term;
        FloatVector k = term;
        FloatVector l = term;
        for (int step = 0; step < steps; step++) {
            a = a.fma(factor, term);
            b = b.fma(factor, term);
            c = c.fma(factor, term);
            d = d.fma(factor, term);
            e = e.fma(factor, term);
            f = f.fma(factor, term);
            g = g.fma(factor, term);
            h = h.fma(factor, term);
            i = i.fma(factor, term);
            j = j.fma(factor, term);
            k = k.fma(factor, term);
            l = l.fma(factor, term);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l)
                .lane(0);
    }
}
