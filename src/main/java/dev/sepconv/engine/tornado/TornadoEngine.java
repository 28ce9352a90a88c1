package dev.sepconv.engine.tornado;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Network;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.KernelChoice;
import dev.sepconv.engine.lower.NetworkDigest;
import dev.sepconv.engine.lower.NetworkLowering;
import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.graph.Simplify;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.conv.Kernel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Runs the catalogue's kernels on every device that TornadoVM sees.
 *
 * <p>
 * Plans are cached while they are open: compiling the same network with equal weights for the same
 * device again shares the compiled code and its buffers on the device. They go when the last plan
 * that shares them is closed, or with the engine.
 */
public final class TornadoEngine implements Engine {

    /** The most that TornadoVM puts before an array on the device. */
    private static final int HEADER_BYTES = 24;

    private final List<Target> targets;
    private final Map<Key, Shared> open = new HashMap<>();
    private boolean closed;

    private TornadoEngine(List<Target> targets) {
        this.targets = targets;
    }

    /**
     * What makes two compilations the same: the network with its weights, by a digest, and how
     * kernels are chosen for it.
     */
    private record Key(String network, String kernels, Device device) {
    }

    private static final class Shared {
        private final DeviceGraph graph;
        private int users;

        Shared(DeviceGraph graph) {
            this.graph = graph;
        }
    }

    /**
     * @throws EngineException if TornadoVM, its runtime, a backend or a device is missing; the
     * message says the fix
     */
    public static TornadoEngine open() {
        Availability.require();
        List<Target> targets = Target.all();
        Availability.warnOfSignals(targets.stream().anyMatch(Target::isPocl));
        return new TornadoEngine(targets);
    }

    /** Whether PoCL's compiler may put this process's signal handlers, Java's, out of place. */
    public static boolean signalsAreExposed() {
        return Availability.signalsAreExposed(System.getProperty("os.name"),
                System.getenv().getOrDefault("LD_PRELOAD", ""));
    }

    /** {@link #open}, but every device is taken for one with memory of its own. */
    static TornadoEngine openCopying() {
        Availability.require();
        return new TornadoEngine(Target.all().stream().map(Target::copying).toList());
    }

    /** {@link #open}, but every task is compiled by itself, however equal. */
    static TornadoEngine openUnshared() {
        Availability.require();
        return new TornadoEngine(Target.all().stream().map(Target::unshared).toList());
    }

    @Override
    public String name() {
        return "tornado";
    }

    @Override
    public String toString() {
        return "engine " + name();
    }

    @Override
    public List<Device> devices() {
        return targets.stream().map(Target::device).toList();
    }

    /** What a device's measurements hold for. */
    public TuningFile.Key tuningKey(Device device) {
        return target(device).key();
    }

    /** What {@code sepconv tune} has found out about a device. */
    public Measurements measurements(Device device) {
        return target(device).measurements();
    }

    /** A device's memory by its driver, in bytes, whatever TornadoVM lets itself use of it. */
    public long installedMemory(Device device) {
        return target(device).handle().getMaxGlobalMemory();
    }

    /** By what its kernels are chosen where nothing was measured. */
    public DeviceClass deviceClass(Device device) {
        return target(device).deviceClass();
    }

    /**
     * Whether TornadoVM has a translation of a kernel for a device: not every backend has one of
     * each.
     */
    public boolean compiles(Kernel kernel, Device device) {
        return target(device).compiles(kernel);
    }

    private Target target(Device device) {
        return targets.stream().filter(candidate -> candidate.device().equals(device)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "device is %s; engine tornado has %s".formatted(device, devices())));
    }

    /** Compiles the whole network, simplified, to one task graph. */
    @Override
    public TornadoNetworkPlan compile(Network network, Device device, Fusion fusion) {
        Target target = target(device);
        Network simplified = Simplify.run(network);
        if (fusion == Fusion.FUSED) {
            Fusion.requireFused(simplified,
                    (depthwise, pointwise, input) -> fuses(depthwise, pointwise, input, device),
                    "there is no kernel for that depthwise convolution and the pointwise one at once that TornadoVM can compile for device "
                            + device);
        }
        return compile(simplified, target, fusion.name(), () -> KernelChoice
                .of(target.deviceClass(), target.measurements(), target::compiles, fusion));
    }

    @Override
    public TornadoNetworkPlan compile(Network network, Device device) {
        return compile(network, device, Fusion.AUTO);
    }

    /**
     * {@link #compile(Network, Device)} with other kernels than the engine would choose.
     *
     * @param kernels in the order in which the convolutions run
     */
    public TornadoNetworkPlan compile(Network network, Device device, List<Kernel> kernels) {
        Target target = target(device);
        for (Kernel kernel : kernels) {
            if (!target.compiles(kernel)) {
                throw new EngineException("kernel %s can't be run on device %s: %s; use another"
                        .formatted(kernel.name(), target.device(),
                                Target.compiles(kernel, target.device().backend())
                                        ? "its work-items share local memory, which the device doesn't have"
                                        : "TornadoVM can't compile it for backend "
                                                + target.device().backend()));
            }
        }
        return compile(Simplify.run(network), target,
                kernels.stream().map(Kernel::name).toList().toString(),
                () -> KernelChoice.of(kernels));
    }

    @Override
    public boolean fuses(Conv2d depthwise, Conv2d pointwise, Shape input, Device device) {
        Target target = target(device);
        return KernelChoice.both(depthwise, pointwise, input, target::compiles).isPresent();
    }

    private synchronized TornadoNetworkPlan compile(Network network, Target target, String kernels,
            Supplier<KernelChoice> choice) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        Key key = new Key(NetworkDigest.of(network), kernels, target.device());
        Shared shared = open.get(key);
        if (shared == null) {
            shared = new Shared(build(network, target, choice.get()));
            open.put(key, shared);
        }
        shared.users++;
        return new TornadoNetworkPlan(shared.graph, () -> release(key), target.device());
    }

    private static DeviceGraph build(Network network, Target target, KernelChoice choice) {
        NetworkLowering lowering = new NetworkLowering(network, choice);
        // Counted before anything is allocated, here or on the device.
        List<Long> buffers = lowering.elements().stream()
                .map(elements -> HEADER_BYTES + Float.BYTES * elements).toList();
        long bytes = buffers.stream().mapToLong(Long::longValue).sum();
        target.memory().take(bytes, buffers.stream().mapToLong(Long::longValue).max().orElse(0));
        boolean built = false;
        try {
            DeviceGraph graph = DeviceGraph.compile(target, lowering.calls(), bytes);
            built = true;
            return graph;
        } finally {
            if (!built) {
                target.memory().giveBack(bytes);
            }
        }
    }

    private synchronized void release(Key key) {
        Shared shared = open.get(key);
        if (shared != null && --shared.users == 0) {
            open.remove(key);
            shared.graph.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(shared -> shared.graph.close());
        open.clear();
    }
}
