package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.EngineDevice;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.SplitAxis;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/** Two engines that share networks, in each of the ways in which one can be split. */
class SplitNetworkContractTest {

    @Nested
    class ByImages extends Contract {

        @Override
        SplitAxis along() {
            return SplitAxis.BATCH;
        }
    }

    @Nested
    class ByGroups extends Contract {

        @Override
        SplitAxis along() {
            return SplitAxis.GROUPS;
        }
    }

    @Nested
    class ByRows extends Contract {

        @Override
        SplitAxis along() {
            return SplitAxis.SPACE;
        }
    }

    abstract static class Contract extends NetworkContract {

        private final AtomicInteger split = new AtomicInteger();

        abstract SplitAxis along();

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
    private record Shared(SplitAxis along, AtomicInteger split, List<EngineDevice> members,
            Device both) implements Engine {

        Shared(SplitAxis along, AtomicInteger split) {
            this(along, split, List.of(member("simd"), member("java")),
                    new Device("simd+java", "simd+java", "both", "jvm", "cpu", 1));
        }

        private static EngineDevice member(String name) {
            Engine engine = Engines.open(name);
            return new EngineDevice(engine, engine.devices().getFirst());
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
                DeviceSplit plan = DeviceSplit.evenly(along, network, members, fusion);
                split.incrementAndGet();
                return plan;
            } catch (IllegalArgumentException e) {
                if (!e.getMessage().contains("can't be split by its")
                        && !e.getMessage().contains("can be split over as many")) {
                    throw e;
                }

                EngineDevice alone = members.getLast();
                return alone.engine().compile(network, alone.device(), fusion);
            }
        }

        @Override
        public void close() {
            members.forEach(member -> member.engine().close());
        }
    }
}
