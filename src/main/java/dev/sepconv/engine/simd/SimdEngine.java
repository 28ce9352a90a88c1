package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.PlanPool;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.vector.VectorUnit;
import dev.sepconv.graph.OwnWeights;
import dev.sepconv.graph.Simplify;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The CPU's vector units through {@code jdk.incubator.vector}, on all cores. Needs nothing but the
 * JDK: no class of TornadoVM is loaded on its path.
 */
public final class SimdEngine implements Engine {

    private final Workers workers;
    private final Device device;
    /** Of plans that run beside one another. */
    private final List<Workers> shares = new CopyOnWriteArrayList<>();

    private SimdEngine(int threads) {
        device = new Device("simd", "simd",
                "CPU, %d float lanes, %d %s".formatted(VectorUnit.LANES, threads,
                        threads == 1 ? "thread" : "threads"),
                "vector-api", "cpu", Runtime.getRuntime().maxMemory());
        workers = new Workers(threads);
        Primer.want(Primer.Hot.PIXELS);
        Primer.want(Primer.Hot.CLAMP);
    }

    /**
     * {@link #open(int)} with as many threads as {@link CpuThreads} says: one for each processor,
     * unless the user wants another number.
     */
    public static SimdEngine open() {
        return open(CpuThreads.count());
    }

    /**
     * @param threads how many threads work on a layer, the caller's included; at least 1
     * @throws EngineException if the JVM was started without the Vector API
     */
    public static SimdEngine open(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "threads is %d; it must be at least 1".formatted(threads));
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new EngineException(
                    "engine simd needs the Vector API: start Java with --add-modules jdk.incubator.vector");
        }
        return new SimdEngine(threads);
    }

    /** Floats that one instruction computes here. */
    public static int lanes() {
        return VectorUnit.LANES;
    }

    @Override
    public String name() {
        return "simd";
    }

    @Override
    public String toString() {
        return "engine " + name();
    }

    @Override
    public List<Device> devices() {
        return List.of(device);
    }

    @Override
    public NetworkPlan compile(Network network, Device wanted, Fusion fusion) {
        return compile(network, wanted, fusion, workers);
    }

    /** Each plan has some of the threads for itself. */
    @Override
    public PlanPool pool(Network network, Device wanted, int plans) {
        int threads = workers.count();
        return PlanPool.compile(plans, i -> {
            int share = (i + 1) * threads / plans - i * threads / plans;
            Workers some = new Workers(Math.max(1, share));
            shares.add(some);
            try {
                return compile(network, wanted, Fusion.AUTO, some);
            } catch (RuntimeException e) {
                some.close();
                throw e;
            }
        });
    }

    private NetworkPlan compile(Network network, Device wanted, Fusion fusion, Workers on) {
        checkDevice(wanted);
        Network simple = OwnWeights.small(Simplify.run(network));
        if (fusion == Fusion.FUSED) {
            Fusion.requireFused(simple,
                    (depthwise, pointwise, input) -> StepChoice.fuses(depthwise, pointwise),
                    "engine simd has no step for a depthwise convolution of one channel, or with a depth multiplier "
                            + "above 1, and the pointwise one at once");
        }
        try {
            return new SimdNetworkPlan(simple, fusion, device, on, on != workers);
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryException(
                    "engine simd has no room for network '%s' on %s: give Java more memory with -Xmx, which is %d MiB now"
                            .formatted(network.name(), network.inputs().values(),
                                    Runtime.getRuntime().maxMemory() >> 20),
                    e);
        }
    }

    @Override
    public boolean fuses(Conv2d depthwise, Conv2d pointwise, Shape input, Device wanted) {
        checkDevice(wanted);
        return StepChoice.fuses(depthwise, pointwise);
    }

    private void checkDevice(Device wanted) {
        if (workers.isClosed()) {
            throw new IllegalStateException("the engine is closed");
        }
        if (!device.equals(wanted)) {
            throw new IllegalArgumentException(
                    "device is %s; engine simd has only %s".formatted(wanted, device));
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        workers.close();
        shares.forEach(Workers::close);
    }
}
