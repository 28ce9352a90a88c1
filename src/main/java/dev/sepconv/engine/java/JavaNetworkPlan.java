package dev.sepconv.engine.java;

import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.graph.Bindings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A network's kernels called one after the other. */
final class JavaNetworkPlan implements NetworkPlan {

    private final Device device;
    private final NetworkCalls calls;
    private final BooleanSupplier engineClosed;
    private boolean closed;

    JavaNetworkPlan(Device device, NetworkCalls calls, BooleanSupplier engineClosed) {
        this.device = device;
        this.calls = calls;
        this.engineClosed = engineClosed;
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
    public List<String> kernels() {
        return calls.kernels();
    }

    @Override
    public Fusion fusion() {
        return calls.fusion();
    }

    @Override
    public long intermediateBytes() {
        return calls.intermediateBytes();
    }

    @Override
    public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        profile(inputs, outputs);
    }

    @Override
    public synchronized List<NodeTime> profile(Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
        if (closed || engineClosed.getAsBoolean()) {
            throw new IllegalStateException(
                    closed ? "the plan is closed" : "the engine of this plan is closed");
        }
        Bindings.require(network(), inputs, outputs);
        calls.copyIn(inputs);
        List<NodeTime> times = new ArrayList<>();
        for (NetworkCalls.CallStep step : calls.steps()) {
            long start = System.nanoTime();
            step.call().run();
            times.add(new NodeTime(step.node(), step.label(), System.nanoTime() - start));
        }
        calls.copyOut(outputs);
        return times;
    }

    @Override
    public String toString() {
        return Bindings.inWords(this);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
