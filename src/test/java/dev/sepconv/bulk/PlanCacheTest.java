package dev.sepconv.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Shape;
import dev.sepconv.engine.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PlanCacheTest {

    private static Network doubling(Dims dims) {
        return Network.of(Conv2d.of(1, 1, 1).withWeights(ConvWeights.of(2)),
                new Shape(1, 1, dims.get(2), dims.get(3)), Layout.NCHW);
    }

    private static Dims size(int i) {
        return Dims.of(1, 1, 1, i);
    }

    @Test
    void theOneThatWasNotUsedForTheLongestIsClosedWhenNobodyRunsIt() {
        try (Engine engine = Engines.open("plain")) {
            List<Integer> compiled = new ArrayList<>();
            PlanCache cache = new PlanCache(2, dims -> {
                compiled.add(dims.get(3));
                return engine.compile(doubling(dims), engine.devices().getFirst());
            });
            cache.prepare(size(1));
            cache.prepare(size(2));
            cache.prepare(size(1));
            NetworkPlan second = cache.with(size(2), plan -> {
                cache.prepare(size(3)); // 1 goes
                cache.prepare(size(4)); // 2 would go, but runs
                assertTrue(runs(plan, 2), "closed while it is used");
                return plan;
            });
            assertFalse(runs(second, 2), "not closed when it isn't used any more");
            cache.prepare(size(3));
            assertEquals(List.of(1, 2, 3, 4), compiled);
            NetworkPlan third = cache.with(size(3), plan -> plan);
            cache.close();
            assertFalse(runs(third, 3));
        }
    }

    private static boolean runs(NetworkPlan plan, int i) {
        try {
            plan.run(NdArray.zeros(size(i)));
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void whatCanNotBeCompiledIsUnfitAndOthersStillRun() {
        try (Engine engine = Engines.open("plain"); PlanCache cache = new PlanCache(2, dims -> {
            if (dims.equals(size(3))) {
                throw new OutOfMemoryError("heap");
            }
            return engine.compile(doubling(dims), engine.devices().getFirst());
        })) {
            Lane lane = new PlanLane("d", 1, cache);
            assertEquals("of the size [1, 1, 1, 3] it can't be run: heap",
                    assertThrows(UnfitException.class,
                            () -> lane.run(List.of(NdArray.zeros(size(3))))).getMessage());
            assertThrows(OutOfMemoryError.class, () -> cache.prepare(size(3)));
            assertEquals(1, lane.run(List.of(NdArray.zeros(size(2)))).size());
        }
    }

    /** Many threads, more sizes than plans: nobody finds a plan closed. */
    @Test
    void threadsDoNotCloseOneAnothersPlans() throws Exception {
        try (Engine engine = Engines.open("plain");
                PlanCache cache = new PlanCache(2,
                        dims -> engine.compile(doubling(dims), engine.devices().getFirst()));
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            Random random = new Random(1);
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                int size = 1 + random.nextInt(5);
                int value = i;
                results.add(threads.submit(() -> {
                    Lane lane = new PlanLane("d", 1, cache);
                    NdArray input = NdArray.zeros(size(size));
                    input.data()[size - 1] = value;
                    Map<String, NdArray> output = lane.run(List.of(input)).getFirst();
                    return output.values().iterator().next().data()[size - 1] == 2f * value;
                }));
            }
            for (Future<Boolean> result : results) {
                assertTrue(result.get());
            }
        }
    }
}
