package dev.sepconv;

import dev.sepconv.reference.NetworkReference;
import java.util.List;
import java.util.Map;

/**
 * The float64 reference as an engine: right by definition, so that what is built on an engine can
 * be judged, and judges too.
 */
public class ReferenceEngine implements Engine {

    private static final Device DEVICE = new Device("reference", "reference", "float64 loops",
            "jvm", "cpu", 1L << 40);

    private volatile boolean closed;

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public List<Device> devices() {
        return List.of(DEVICE);
    }

    @Override
    public NetworkPlan compile(Network network, Device device, Fusion fusion) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        if (!device.equals(DEVICE)) {
            throw new IllegalArgumentException(
                    "device is %s; engine reference has only %s".formatted(device, DEVICE));
        }
        return new ReferencePlan(network);
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class ReferencePlan implements NetworkPlan {

        private final Network network;
        private boolean planClosed;

        ReferencePlan(Network network) {
            this.network = network;
        }

        @Override
        public Device device() {
            return DEVICE;
        }

        @Override
        public Network network() {
            return network;
        }

        @Override
        public long intermediateBytes() {
            return 0;
        }

        @Override
        public synchronized void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
            if (planClosed || closed) {
                throw new IllegalStateException(
                        planClosed ? "the plan is closed" : "the engine of this plan is closed");
            }
            dev.sepconv.graph.Bindings.require(network, inputs, outputs);
            Map<String, double[]> values = NetworkReference.run(network, inputs);
            outputs.forEach((name, array) -> {
                double[] exact = values.get(name);
                float[] to = array.data();
                for (int i = 0; i < to.length; i++) {
                    to[i] = (float) exact[i];
                }
            });
        }

        @Override
        public List<NodeTime> profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
            long start = System.nanoTime();
            run(inputs, outputs);
            return List.of(new NodeTime(network.name(), "reference", System.nanoTime() - start));
        }

        @Override
        public synchronized void close() {
            planClosed = true;
        }
    }
}
