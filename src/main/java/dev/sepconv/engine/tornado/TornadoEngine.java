package dev.sepconv.engine.tornado;

import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Shape;
import dev.sepconv.engine.KernelChain;
import dev.sepconv.engine.Measurements;
import dev.sepconv.engine.NetworkCalls;
import dev.sepconv.engine.TuningFile;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Kernel;
import dev.sepconv.net.Simplify;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Runs the catalogue's kernels on every device that TornadoVM sees.
 *
 * <p>Plans are cached while they are open: compiling the same layer with equal weights, shape, layout and device again shares the
 * compiled code and its buffers on the device. They go when the last plan that shares them is closed, or with the engine.
 */
public final class TornadoEngine implements Engine {

    /** The most that TornadoVM puts before an array on the device. */
    private static final int HEADER_BYTES = 24;

    private final List<Target> targets;
    private final Map<Key, Shared> open = new HashMap<>();
    private final Set<NetworkGraph> networks = new HashSet<>();
    private boolean closed;

    private TornadoEngine(List<Target> targets) {
        this.targets = targets;
    }

    /** What makes two compilations the same; {@code weights} is a digest of the numbers. */
    private record Key(Layer layer, String weights, List<Kernel> kernels, Shape input, Layout layout, Device device) {
    }

    private static final class Shared {
        private final LayerGraph graph;
        private int users;

        Shared(LayerGraph graph) {
            this.graph = graph;
        }
    }

    /**
     * @throws EngineException if TornadoVM, its runtime, a backend or a device is missing; the message says the mend
     */
    public static TornadoEngine open() {
        Availability.require();
        return new TornadoEngine(Target.all());
    }

    /** {@link #open}, but every device is taken for one with memory of its own. */
    static TornadoEngine openCopying() {
        Availability.require();
        return new TornadoEngine(Target.all().stream().map(Target::copying).toList());
    }

    @Override
    public String name() {
        return "tornado";
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

    /** Whether TornadoVM has a translation of a kernel for a device: not every backend has one of each. */
    boolean compiles(Kernel kernel, Device device) {
        return target(device).compiles(kernel);
    }

    private Target target(Device device) {
        return targets.stream().filter(candidate -> candidate.device().equals(device)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("device is %s; engine tornado has %s".formatted(device, devices())));
    }

    @Override
    public TornadoPlan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device) {
        return compile(layer, weights, input, layout, device, Fusion.AUTO);
    }

    @Override
    public TornadoPlan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device, Fusion fusion) {
        Objects.requireNonNull(layout, "layout");
        Target target = target(device);
        KernelChain.Choice choice = KernelChain.choose(layer, input, layout, target.deviceClass(), target.measurements(), fusion);
        if (fusion == Fusion.FUSED && !compiles(choice.kernels(), target)) {
            throw Fusion.refusal(layer, "TornadoVM can't compile such a kernel for device " + device);
        }
        return compile(layer, weights, input, layout, target, choice);
    }

    @Override
    public Set<Fusion> fusions(Layer layer, Shape input, Layout layout, Device device) {
        Target target = target(device);
        return Fusion.available(KernelChain.fused(layer, input, layout).filter(kernels -> compiles(kernels, target)).isPresent());
    }

    private static boolean compiles(List<Kernel> kernels, Target target) {
        return kernels.stream().allMatch(target::compiles);
    }

    /** {@link #compile(Layer, List, Shape, Layout, Device)} with other kernels than the engine would choose, in order. */
    public TornadoPlan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device,
            List<Kernel> kernels) {
        return compile(layer, weights, input, layout, target(device), new KernelChain.Choice(kernels, false));
    }

    private synchronized TornadoPlan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Target target,
            KernelChain.Choice choice) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        layer.check(weights);
        for (Kernel kernel : choice.kernels()) {
            if (!target.compiles(kernel)) {
                throw new EngineException(
                        "kernel %s can't be run on device %s: TornadoVM can't compile it for backend %s; use another"
                                .formatted(kernel.name(), target.device(), target.device().backend()));
            }
        }
        Shape output = layer.outputShape(input);
        Key key = new Key(layer, digest(weights), choice.kernels(), input, layout, target.device());
        Shared shared = open.get(key);
        if (shared == null) {
            shared = new Shared(build(layer, weights, input, layout, target, choice.kernels()));
            open.put(key, shared);
        }
        shared.users++;
        return new TornadoPlan(shared.graph, () -> release(key), target.device(), choice, layout, input, output);
    }

    @Override
    public TornadoNetworkPlan compile(Network network, Device device) {
        return compile(network, device, Fusion.AUTO);
    }

    /** Compiles the whole network, simplified, to one task graph, with the device class's default kernels. */
    @Override
    public synchronized TornadoNetworkPlan compile(Network network, Device device, Fusion fusion) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        Target target = target(device);
        NetworkCalls calls = NetworkCalls.of(Simplify.run(network), target.deviceClass());
        List<Long> buffers = calls.elements().stream().map(elements -> HEADER_BYTES + Float.BYTES * elements).toList();
        long bytes = buffers.stream().mapToLong(Long::longValue).sum();
        target.memory().take(bytes, Collections.max(buffers));
        boolean built = false;
        try {
            NetworkGraph graph = NetworkGraph.compile(target, calls, bytes);
            built = true;
            networks.add(graph);
            return new TornadoNetworkPlan(graph, () -> release(graph), calls, device);
        } finally {
            if (!built) {
                target.memory().giveBack(bytes);
            }
        }
    }

    private static LayerGraph build(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Target target,
            List<Kernel> kernels) {
        // Counted before anything is allocated, here or on the device.
        List<Long> buffers = KernelChain.elements(layer, input, layout, kernels).stream()
                .map(elements -> HEADER_BYTES + Float.BYTES * elements).toList();
        long bytes = buffers.stream().mapToLong(Long::longValue).sum();
        target.memory().take(bytes, Collections.max(buffers));
        boolean built = false;
        try {
            LayerGraph graph = LayerGraph.compile(target, KernelChain.of(layer, weights, input, layout, kernels), bytes);
            built = true;
            return graph;
        } finally {
            if (!built) {
                target.memory().giveBack(bytes);
            }
        }
    }

    private static String digest(List<ConvWeights> weights) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ConvWeights each : weights) {
                update(digest, each.weight());
                update(digest, each.bias() == null ? new float[0] : each.bias());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void update(MessageDigest digest, float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        for (int i = 0; i < numbers.length; i++) {
            bytes.putInt(Float.floatToRawIntBits(numbers[i]));
            if (!bytes.hasRemaining() || i == numbers.length - 1) {
                digest.update(bytes.flip());
                bytes.clear();
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

    private synchronized void release(NetworkGraph graph) {
        networks.remove(graph);
        graph.close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(shared -> shared.graph.close());
        open.clear();
        networks.forEach(NetworkGraph::close);
        networks.clear();
    }
}
