package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.DeviceSplit.Along;
import dev.sepconv.engine.Engines;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/** Two engines that share networks, in each of the ways in which one can be split. */
class SplitNetworkContractTest {

    @Nested
    class ByImages extends Contract {

        @Override
        Along along() {
            return Along.BATCH;
        }
    }

    @Nested
    class ByGroups extends Contract {

        @Override
        Along along() {
            return Along.GROUPS;
        }
    }

    @Nested
    class ByRows extends Contract {

        @Override
        Along along() {
            return Along.SPACE;
        }
    }

    abstract static class Contract extends NetworkContract {

        private final AtomicInteger split = new AtomicInteger();

        abstract Along along();

        @Override
        Engine open() {
            return new Shared(along(), split);
        }

        @Override
        int rounds() {
            return 6;
        }

        @Override
        int networks() {
            return 60;
        }

        @Override
        boolean spreadsNans(Op op) {
            return SimdNetworkContractTest.simdSpreads(op);
        }

        /** What can't be split is one engine's. */
        @Override
        void checkDevice(Device wanted, NetworkPlan plan) {
            assertEquals(plan instanceof DeviceSplit ? "simd+java" : "java", plan.device().id());

        }

        @AfterAll
        void manyWereSplit() {
            assertTrue(split.get() >= 100, along() + ": only " + split + " networks were split");
        }
    }

    /**
     * In equal shares, so that no time goes into measuring; what can't be split so runs on the
     * second engine alone.
     */
    private record Shared(Along along, AtomicInteger split, List<DeviceSplit.Place> places,
            Device both) implements Engine {

        Shared(Along along, AtomicInteger split) {
            this(along, split, List.of(place("simd"), place("java")),
                    new Device("simd+java", "simd+java", "both", "jvm", "cpu", 1));
        }

        private static DeviceSplit.Place place(String name) {
            Engine engine = Engines.open(name);
            return new DeviceSplit.Place(engine, engine.devices().getFirst());
        }

        @Override
        public String name() {
            return "simd+java";
        }

        @Override
        public List<Device> devices() {
            return List.of(both);
        }

        @Override
        public NetworkPlan compile(Network network, Device device, Fusion fusion) {
            if (!device.equals(both)) {
                throw new IllegalArgumentException(
                        "device is %s; engine simd+java has only %s".formatted(device, both));
            }
            try {
                DeviceSplit plan = DeviceSplit.evenly(along, network, places, fusion);
                split.incrementAndGet();
                return plan;
            } catch (IllegalArgumentException e) {
                if (!e.getMessage().contains("can't be split by its")
                        && !e.getMessage().contains("can be split over as many")) {
                    throw e;
                }

                DeviceSplit.Place alone = places.getLast();
                return alone.engine().compile(network, alone.device(), fusion);
            }
        }

        @Override
        public void close() {
            places.forEach(place -> place.engine().close());
        }
    }
}
