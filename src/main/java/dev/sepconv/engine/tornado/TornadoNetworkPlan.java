package dev.sepconv.engine.tornado;

import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Profile;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.graph.Bindings;
import java.util.List;
import java.util.Map;

/** A network on a device that TornadoVM drives. */
public final class TornadoNetworkPlan implements NetworkPlan {

    private final DeviceGraph graph;
    private final Runnable release;
    private final NetworkCalls calls;
    private final Device device;
    private boolean closed;

    TornadoNetworkPlan(DeviceGraph graph, Runnable release, Device device) {
        this.graph = graph;
        this.release = release;
        this.calls = graph.calls();
        this.device = device;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Network network() {
        return calls.network();
    }

    @Override
    public long intermediateBytes() {
        return calls.intermediateBytes();
    }

    @Override
    public List<String> kernels() {
        return calls.kernels();
    }

    @Override
    public Fusion fusion() {
        return calls.fusion();
    }

    @Override
    public boolean tuned() {
        return calls.tuned();
    }

    /** Whether both run the same compiled code on the same buffers. */
    boolean sharesCodeWith(NetworkPlan other) {
        return other instanceof TornadoNetworkPlan plan && graph == plan.graph;
    }

    /** How many of its tasks TornadoVM has compiled for it; the others had code already. */
    int compiledTasks() {
        return graph.compiledTasks();
    }

    @Override
    public boolean profiles() {
        return true;
    }

    /** How many tasks its graph has. */
    public int tasks() {
        return calls.steps().size();
    }

    /** How many of its tasks only bring an array into another order. */
    public long conversions() {
        return calls.conversions();
    }

    /**
     * Whether inputs and outputs are written and read where the device has them, rather than copied
     * every run.
     */
    public boolean isDirect() {
        return graph.isDirect();
    }

    @Override
    public synchronized void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        checkOpen();
        Bindings.require(network(), inputs, outputs);
        graph.run(inputs, outputs);
    }

    /**
     * {@link NetworkPlan#profile} by TornadoVM's profiler: each task's time on the device. Nothing
     * else runs on TornadoVM in this process while it does.
     */
    @Override
    public synchronized List<NodeTime> profile(Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
        checkOpen();
        Bindings.require(network(), inputs, outputs);
        return graph.profile(inputs, outputs).times();
    }

    /**
     * {@link #run(Map, Map)} with TornadoVM's profiler on. It runs while nothing else runs on
     * TornadoVM in this process, and TornadoVM keeps about a kilobyte of each profile until the
     * plan is closed: for measuring, not for production.
     */
    @Override
    public synchronized Profile profileWhole(Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
        checkOpen();
        Bindings.require(network(), inputs, outputs);
        return graph.profile(inputs, outputs).whole();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
    }

    @Override
    public String toString() {
        return Bindings.inWords(this);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
