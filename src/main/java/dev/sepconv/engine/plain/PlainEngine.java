package dev.sepconv.engine.plain;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.graph.OwnWeights;
import dev.sepconv.graph.Simplify;
import java.util.List;
import java.util.function.Supplier;

/**
 * Loops over float32 numbers on all cores, in plain Java: what runs where Java was started with
 * neither the Vector API nor TornadoVM. No class of either is loaded on its path. It works on the
 * JVM's common pool, as parallel streams do.
 */
public final class PlainEngine implements Engine {

    static final Device DEVICE = device(Runtime.getRuntime().availableProcessors());

    private volatile boolean closed;

    private PlainEngine() {
    }

    private static Device device(int threads) {
        return new Device("plain", "plain",
                "CPU, plain loops, %d %s".formatted(threads, threads == 1 ? "thread" : "threads"),
                "jvm", "cpu", Runtime.getRuntime().maxMemory());
    }

    /** Always can: it needs nothing. */
    public static PlainEngine open() {
        return new PlainEngine();
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public String toString() {
        return "engine " + name();
    }

    @Override
    public List<Device> devices() {
        return List.of(DEVICE);
    }

    @Override
    public NetworkPlan compile(Network network, Device device, Fusion fusion) {
        checkDevice(device);
        Network simplified = Simplify.run(network);
        if (fusion == Fusion.FUSED) {
            Fusion.requireFused(simplified, (depthwise, pointwise, input) -> false,
                    "engine plain runs each convolution alone");
        }
        return withinMemory("network " + network.name(),
                () -> new PlainNetworkPlan(OwnWeights.of(simplified), () -> closed));
    }

    private static <T> T withinMemory(String what, Supplier<T> made) {
        try {
            return made.get();
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryException(
                    "engine plain has no room for %s: give Java more memory with -Xmx, which is %d MiB now"
                            .formatted(what, Runtime.getRuntime().maxMemory() >> 20),
                    e);
        }
    }

    private void checkDevice(Device device) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        if (!DEVICE.equals(device)) {
            throw new IllegalArgumentException(
                    "device is %s; engine plain has only %s".formatted(device, DEVICE));
        }
    }

    /** Its plans hold nothing that they would have to give back. */
    @Override
    public void close() {
        closed = true;
    }
}
