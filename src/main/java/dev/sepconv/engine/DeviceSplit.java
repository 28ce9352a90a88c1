package dev.sepconv.engine;

import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.engine.NetworkDivision.Part;
import dev.sepconv.engine.NetworkDivision.Piece;
import dev.sepconv.engine.NetworkDivision.Units;
import dev.sepconv.graph.Bindings;
import dev.sepconv.graph.Simplify;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A network, or a layer as a network of one node, split over several devices, which run at once, a
 * thread each, in steps. Between steps they exchange, through the host's memory, what one reads of
 * another's:
 *
 * <pre>
 * AlexNet by groups, half the channels of each on each device:
 *
 * device 0   conv1, conv2 | conv3, conv4, conv5 | fc6 | fc7 | fc8 | softmax
 * device 1   conv1, conv2 | conv3, conv4, conv5 | fc6 | fc7 | fc8 |
 *                          \ here each reads all channels
 * </pre>
 *
 * So did the paper's two GPUs (Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with
 * Deep Convolutional Neural Networks, section 3.2 and fig. 2). A network can also be split by its
 * batch, in one step, and by its picture's rows, of which each device reads a halo of a few of its
 * neighbours' too; {@link SplitAxis} says it. A layer is one step always.
 */
public final class DeviceSplit implements NetworkPlan {

    private final SplitAxis along;
    private final Network network;
    private final Fusion fusion;
    private final Units units;
    private final NetworkDivision division;
    private final List<EngineDevice> devices;
    private final int[] counts;
    private final List<List<RunningPart>> steps = new ArrayList<>();
    /** What parts make for one another, by name. */
    private final Map<String, NdArray> between = new HashMap<>();
    /** Those that are outputs. */
    private final Map<String, float[]> constants = new HashMap<>();
    private final DeviceThreads threads;

    private boolean closed;

    private DeviceSplit(SplitAxis along, Network network, List<EngineDevice> devices, int[] counts,
            Fusion fusion) {
        this.along = along;
        this.network = network;
        this.fusion = fusion;
        this.units = NetworkDivision.units(along, network);
        this.devices = List.copyOf(devices);
        this.counts = counts;
        this.division = NetworkDivision.of(along, network, counts);
        if (fusion == Fusion.FUSED) {
            checkFused();
        }
        for (Node node : division.network().nodes()) {
            if (node.op() instanceof Op.Constant constant && network.isOutput(node.output())) {
                constants.put(node.output(), constant.value().data().clone());
            }
        }
        this.threads = new DeviceThreads(counts.length);

        try {
            for (List<Part> parts : division.steps()) {
                List<RunningPart> step = new ArrayList<>();
                steps.add(step);
                for (Part part : parts) {
                    step.add(new RunningPart(part, division.network(), plan(part)));
                    for (Piece piece : part.makes()) {
                        if (!network.isOutput(piece.array())) {
                            between.computeIfAbsent(piece.array(),
                                    name -> NdArray.zeros(division.network().dims(name)));
                        }
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Refuses what has no depthwise and pointwise convolution to be fused, or has them on two
     * devices.
     */
    private void checkFused() {
        if (along == SplitAxis.GROUPS && hasPairs(network)) {
            throw new IllegalArgumentException(
                    "fusion is FUSED; split by groups, a pointwise convolution doesn't run at once with the "
                            + "depthwise one before it: ask for AUTO or SEPARATE, or split by batch or rows");
        }
        if (division.steps().stream().flatMap(List::stream)
                .noneMatch(part -> hasPairs(part.network()))) {
            throw new IllegalArgumentException(
                    "fusion is FUSED; network '%s' has no depthwise convolution that a pointwise one follows: ask for AUTO or SEPARATE"
                            .formatted(network.name()));
        }
    }

    private NetworkPlan plan(Part part) {
        EngineDevice on = devices.get(part.device());
        return on.engine().compile(part.network(), on.device(),
                fusion == Fusion.FUSED && !hasPairs(part.network()) ? Fusion.AUTO : fusion);
    }

    private static boolean hasPairs(Network network) {
        return Simplify.run(network).nodes().stream().anyMatch(
                node -> node.op() instanceof Op.Convolve op && !Fusion.pairs(op.layer()).isEmpty());
    }

    /** {@link #bySpeed(SplitAxis, Network, List, Fusion)} as each engine thinks best. */
    public static DeviceSplit bySpeed(SplitAxis along, Network network,
            List<EngineDevice> devices) {
        return bySpeed(along, network, devices, Fusion.AUTO);
    }

    /**
     * Gives each device as much as its measured speed is worth. First all get the same and run for
     * a while; then the whole is shared so that by what each did in that time all would end
     * together, and that is kept if whole runs are measured to be faster. Takes a second and may
     * compile twice.
     *
     * @param devices a device may be there twice
     * @param fusion as in {@link Engine#compile(Network, Device, Fusion)}
     * @throws IllegalArgumentException if there are fewer images, groups or rows than devices, or
     * the network can't be split so, or as in {@link Engine#compile(Network, Device, Fusion)}
     * @throws dev.sepconv.EngineException as in {@link Engine#compile(Network, Device, Fusion)}
     */
    public static DeviceSplit bySpeed(SplitAxis along, Network network, List<EngineDevice> devices,
            Fusion fusion) {
        DeviceSplit even = evenly(along, network, devices, fusion);
        DeviceSplit other = null;
        try {
            DeviceSpeeds evenSpeeds = DeviceSpeeds.measure(even);
            int[] counts = evenSpeeds.fastest(even.counts);
            if (Arrays.equals(counts, even.counts)) {
                return even;
            }
            other = new DeviceSplit(along, network, devices, counts, fusion);
            boolean faster = DeviceSpeeds.measure(other).runMillis() < evenSpeeds.runMillis();
            (faster ? even : other).close();
            return faster ? other : even;
        } catch (RuntimeException | Error e) {
            even.close();
            if (other != null) {
                other.close();
            }
            throw e;
        }
    }

    /** {@link #evenly(SplitAxis, Network, List, Fusion)} as each engine thinks best. */
    public static DeviceSplit evenly(SplitAxis along, Network network, List<EngineDevice> devices) {
        return evenly(along, network, devices, Fusion.AUTO);
    }

    /**
     * Gives all devices the same, the first ones one more where it doesn't divide evenly.
     *
     * @throws IllegalArgumentException as in {@link #bySpeed}
     * @throws dev.sepconv.EngineException as in {@link #bySpeed}
     */
    public static DeviceSplit evenly(SplitAxis along, Network network, List<EngineDevice> devices,
            Fusion fusion) {
        Units units = NetworkDivision.units(along, network);
        int wanted = devices.size();
        if (units.count() > 0 && (wanted == 0 || wanted > units.count())) {
            throw new IllegalArgumentException(
                    "devices are %d; %s: %d can be split over as many devices at most"
                            .formatted(wanted, units.name(), units.count()));
        }
        int[] counts = IntStream.range(0, wanted)
                .map(i -> (units.count() + wanted - 1 - i) / wanted).toArray();
        return new DeviceSplit(along, network, devices, counts, fusion);
    }

    static Device combined(List<Device> devices) {
        Function<Function<Device, String>, String> joined = part -> String.join("+",
                devices.stream().map(part).distinct().toList());
        return new Device(joined.apply(Device::engine),
                String.join("+", devices.stream().map(Device::id).toList()),
                String.join(" + ", devices.stream().map(Device::name).toList()),
                joined.apply(Device::backend), joined.apply(Device::kind),
                devices.stream().distinct().mapToLong(Device::memoryBytes).sum());
    }

    /** How long each device computed in the last run. */
    double[] computeMillis() {
        double[] millis = new double[counts.length];
        running().forEach(part -> millis[part.part().device()] += part.computeNanos() / 1e6);
        return millis;
    }

    /** What is shared. */
    public SplitAxis along() {
        return along;
    }

    /**
     * After how many steps the devices exchange, and one for the last: 1 means that they never do.
     */
    public int steps() {
        return steps.size();
    }

    /**
     * What each device has, in the order in which the devices were given, with the times of the
     * last run.
     */
    public List<DeviceShare> shares() {
        List<DeviceShare> shares = new ArrayList<>();
        int all = Arrays.stream(counts).sum();
        for (int device = 0; device < counts.length; device++) {
            int own = device;
            List<RunningPart> parts = running().filter(each -> each.part().device() == own)
                    .toList();
            long ofOthers = 0;
            for (RunningPart running : parts) {
                for (Piece piece : running.part().reads()) {
                    ofOthers += network.inputs().containsKey(piece.array())
                            ? 0
                            : running.bytes(piece) - bytesOfOwn(piece, parts);
                }
            }
            shares.add(new DeviceShare(devices.get(device).device(), counts[device], all,
                    units.name(), parts.stream().mapToLong(RunningPart::computeNanos).sum() / 1e6,
                    parts.stream().mapToLong(RunningPart::copyNanos).sum() / 1e6,
                    parts.stream().mapToLong(RunningPart::bytesIn).sum(),
                    parts.stream().mapToLong(RunningPart::bytesOut).sum(), ofOthers));
        }
        return shares;
    }

    /** How much of what a device reads its own parts made. */
    private long bytesOfOwn(Piece read, List<RunningPart> parts) {
        Dims dims = division.network().dims(read.array());
        for (RunningPart running : parts) {
            for (Piece piece : running.part().makes()) {
                if (piece.array().equals(read.array())) {
                    if (piece.interval() == null) {
                        return running.bytes(read);
                    }
                    Interval all = Interval.all(dims.get(piece.axis()));
                    int common = piece.interval()
                            .common(read.interval() == null ? all : read.interval());
                    return (long) Float.BYTES * dims.elements() / all.size() * common;
                }
            }
        }
        return 0;
    }

    /**
     * For people: {@code groups, 6 steps: 1 of 2 groups on opencl:0:0 (3.10 ms, …), 1 on …}.
     */
    @Override
    public String toString() {
        return "%s, %s: %s".formatted(along.word(),
                steps.size() == 1 ? "1 step" : steps.size() + " steps", DeviceShare.text(shares()));
    }

    /** All devices as one: ids and names joined, memory summed. */
    @Override
    public Device device() {
        return combined(devices.stream().map(EngineDevice::device).toList());
    }

    /** The network as it was given; each device simplifies what it has of it. */
    @Override
    public Network network() {
        return network;
    }

    /** Of all devices, and what the host keeps between steps. */
    @Override
    public long intermediateBytes() {
        return plans().mapToLong(NetworkPlan::intermediateBytes).sum() + between.values().stream()
                .mapToLong(array -> (long) Float.BYTES * array.dims().elements()).sum();
    }

    @Override
    public List<String> kernels() {
        return plans().flatMap(plan -> plan.kernels().stream()).distinct().toList();
    }

    @Override
    public boolean tuned() {
        return plans().anyMatch(NetworkPlan::tuned);
    }

    /** {@link Fusion#FUSED} if one of the devices runs it so. */
    @Override
    public Fusion fusion() {
        return plans().anyMatch(plan -> plan.fusion() == Fusion.FUSED)
                ? Fusion.FUSED
                : Fusion.SEPARATE;
    }

    private Stream<RunningPart> running() {
        return steps.stream().flatMap(List::stream);
    }

    private Stream<NetworkPlan> plans() {
        return running().map(RunningPart::plan);
    }

    @Override
    public synchronized void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        Map<String, NdArray> whole = begin(inputs, outputs);
        for (List<RunningPart> step : steps) {
            threads.atOnce(step, running -> running.run(whole, part -> {
                part.plan().run(part.arrays(part.part().reads(), whole),
                        part.arrays(part.part().makes(), whole));
                return null;
            }));
        }
        end(inputs, outputs);
    }

    /** Part after part, so that none disturbs another; a node's name is followed by its device. */
    @Override
    public synchronized List<NodeTime> profile(Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
        Map<String, NdArray> whole = begin(inputs, outputs);
        List<NodeTime> times = new ArrayList<>();
        for (List<RunningPart> step : steps) {
            for (RunningPart running : step) {
                running.run(whole,
                        part -> part.plan()
                                .profile(part.arrays(part.part().reads(), whole),
                                        part.arrays(part.part().makes(), whole)))
                        .forEach(time -> times.add(new NodeTime(
                                "%s on %s".formatted(time.node(), running.plan().device().id()),
                                time.label(), time.nanos())));
            }
        }
        end(inputs, outputs);
        return times;
    }

    /** @return every array that parts read or make, by name */
    private Map<String, NdArray> begin(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        Bindings.require(network, inputs, outputs);
        Map<String, NdArray> whole = new HashMap<>(between);
        whole.putAll(inputs);
        outputs.forEach(whole::putIfAbsent); // an output that is an input isn't made
        return whole;
    }

    /** Outputs that no part makes: inputs and constants. */
    private void end(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        outputs.forEach((name, array) -> {
            float[] value = inputs.containsKey(name)
                    ? inputs.get(name).data()
                    : constants.get(name);
            if (value != null) {
                System.arraycopy(value, 0, array.data(), 0, array.data().length);
            }
        });
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            threads.close();
            plans().forEach(NetworkPlan::close);
        }
    }
}
