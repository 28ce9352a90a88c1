package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanPoolTest {

    private static final Shape SHAPE = Shape.of(8, 19, 23);
    private static final Network NETWORK = Network.of(
            SeparableConv2d.mobilenet(8, 16, 3, 1).withRandomWeights(new Random(3)), SHAPE,
            Layout.NCHW);

    private static NdArray input(int seed) {
        Random random = new Random(seed);
        NdArray input = NdArray.zeros(NETWORK.dims("input"));
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat(-1, 1);
        }
        return input;
    }

    /** More threads than plans; each gets what one plan alone gives it. */
    @ParameterizedTest
    @ValueSource(strings = {"simd", "plain", "java"})
    void manyThreadsGetTheirOwnResults(String name) throws Exception {
        try (Engine engine = Engines.open(name);
                NetworkPlan alone = engine.compile(NETWORK, engine.devices().getFirst());
                PlanPool pool = engine.pool(NETWORK, engine.devices().getFirst(), 3);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            assertEquals(3, pool.size());
            assertEquals(NETWORK.inputs(), pool.network().inputs());
            List<Future<float[]>> got = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                NdArray input = input(i);
                got.add(threads.submit(() -> pool.run(input).data()));
            }
            for (int i = 0; i < got.size(); i++) {
                assertArrayEquals(alone.run(input(i)).data(), got.get(i).get(), 1e-6f,
                        "input " + i);
            }
        }
    }

    /** As many runs at once as there are plans, and no more. */
    @Test
    void asManyRunAtOnceAsThereArePlans() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch third = new CountDownLatch(3);
        CountDownLatch end = new CountDownLatch(1);
        try (PlanPool pool = PlanPool.compile(2, i -> new Waiting(() -> {
            both.countDown();
            third.countDown();
            end.await();
        })); ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int i = 0; i < 3; i++) {
                threads.submit(() -> pool.run(Map.of(), Map.of()));
            }
            assertTrue(both.await(10, TimeUnit.SECONDS));
            assertEquals(false, third.await(50, TimeUnit.MILLISECONDS));
            end.countDown();
            assertTrue(third.await(10, TimeUnit.SECONDS));
        }
    }

    /** A plan that fails is free again. */
    @Test
    void afterAFailureThePlanIsFree() {
        try (PlanPool pool = PlanPool.compile(1, i -> new Waiting(() -> {
            throw new EngineException("broken");
        }))) {
            for (int i = 0; i < 3; i++) {
                assertEquals("broken",
                        assertThrows(EngineException.class, () -> pool.run(Map.of(), Map.of()))
                                .getMessage());
            }
        }
    }

    @Test
    void aClosedPoolRunsNothingAndEndsItsThreads() throws InterruptedException {
        Engine engine = Engines.open("simd");
        PlanPool pool = engine.pool(NETWORK, engine.devices().getFirst(), 2);
        pool.run(input(1));
        pool.close();
        assertThrows(IllegalStateException.class, () -> pool.run(input(1)));
        PlanPool other = engine.pool(NETWORK, engine.devices().getFirst(), 2);
        engine.close();
        assertThrows(IllegalStateException.class, () -> other.run(input(1)));
        other.close();
        assertThrows(IllegalStateException.class,
                () -> engine.pool(NETWORK, engine.devices().getFirst(), 2));
    }

    @Test
    void whatIsNoPoolIsRefused() {
        assertEquals("plans is 0; it must be at least 1",
                assertThrows(IllegalArgumentException.class, () -> PlanPool.compile(0, i -> null))
                        .getMessage());
        assertEquals("plans is empty; a pool needs at least one",
                assertThrows(IllegalArgumentException.class, () -> PlanPool.of(List.of()))
                        .getMessage());
        List<Waiting> made = new ArrayList<>();
        assertThrows(EngineException.class, () -> PlanPool.compile(2, i -> {
            if (i == 1) {
                throw new EngineException("no more memory");
            }
            made.add(new Waiting(() -> {
            }));
            return made.getFirst();
        }));
        assertTrue(made.getFirst().closed);
        try (Engine engine = Engines.open("plain");
                NetworkPlan one = engine.compile(NETWORK, engine.devices().getFirst());
                NetworkPlan two = engine.compile(Sepconv.batch(NETWORK, 2),
                        engine.devices().getFirst())) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> PlanPool.of(List.of(one, two))).getMessage();
            assertTrue(message.endsWith("a pool's are all of one network"), message);
        }
    }

    /** A plan that does what a test says. */
    private static final class Waiting implements NetworkPlan {

        private interface Work {
            void run() throws InterruptedException;
        }

        private final Work work;
        private boolean closed;

        Waiting(Work work) {
            this.work = work;
        }

        @Override
        public Device device() {
            return new Device("test", "test", "test", "test", "cpu", 1);
        }

        @Override
        public Network network() {
            return NETWORK;
        }

        @Override
        public long intermediateBytes() {
            return 0;
        }

        @Override
        public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
            try {
                work.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public List<NodeTime> profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
