package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.bulk.Lane;
import dev.sepconv.bulk.PlanLane;
import dev.sepconv.bulk.UnfitException;
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

    private static Network doubling(InputSizes sizes) {
        Dims dims = dims(sizes);
        return Network.of(Conv2d.of(1, 1, 1).withWeights(ConvWeights.of(2)),
                new Shape(1, 1, dims.get(2), dims.get(3)), Layout.NCHW);
    }

    private static Dims size(int i) {
        return Dims.of(1, 1, 1, i);
    }

    private static Dims dims(InputSizes sizes) {
        return sizes.inputs().get("");
    }

    private static NetworkPlan prepare(PlanCache cache, int i) {
        return cache.with(InputSizes.of(size(i)), plan -> plan);
    }

    @Test
    void theOneThatWasNotUsedForTheLongestIsClosedWhenNobodyRunsIt() {
        try (Engine engine = Engines.open("plain")) {
            List<Integer> compiled = new ArrayList<>();
            PlanCache cache = PlanCache.of(2, sizes -> {
                compiled.add(dims(sizes).get(3));
                return engine.compile(doubling(sizes), engine.devices().getFirst());
            });
            prepare(cache, 1);
            prepare(cache, 2);
            prepare(cache, 1);
            NetworkPlan second = cache.with(InputSizes.of(size(2)), plan -> {
                prepare(cache, 3); // 1 goes
                prepare(cache, 4); // 2 would go, but runs
                assertTrue(runs(plan, 2), "closed while it is used");
                return plan;
            });
            assertFalse(runs(second, 2), "not closed when it isn't used any more");
            prepare(cache, 3);
            assertEquals(List.of(1, 2, 3, 4), compiled);
            NetworkPlan third = prepare(cache, 3);
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
        try (Engine engine = Engines.open("plain");
                PlanCache cache = PlanCache.of(2, PlanLane.unfit(sizes -> {
                    if (dims(sizes).equals(size(3))) {
                        throw new OutOfMemoryError("heap");
                    }
                    return engine.compile(doubling(sizes), engine.devices().getFirst());
                }))) {
            Lane lane = new PlanLane("d", 1, cache);
            assertEquals("of the size [1, 1, 1, 3] it can't be run: heap",
                    assertThrows(UnfitException.class,
                            () -> lane.run(List.of(NdArray.zeros(size(3))))).getMessage());
            assertEquals(1, lane.run(List.of(NdArray.zeros(size(2)))).size());
        }
    }

    /** Many threads, more sizes than plans: nobody finds a plan closed. */
    @Test
    void threadsDoNotCloseOneAnothersPlans() throws Exception {
        try (Engine engine = Engines.open("plain");
                PlanCache cache = PlanCache.of(2,
                        sizes -> engine.compile(doubling(sizes), engine.devices().getFirst()));
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
