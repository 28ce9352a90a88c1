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
import dev.sepconv.measure.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
 *   AlexNet by groups    device 0   conv1, conv2 | conv3, conv4, conv5 | fc6 | fc7 | fc8 | softmax     half the channels of each
 *                        device 1   conv1, conv2 | conv3, conv4, conv5 | fc6 | fc7 | fc8 |             the other half
 *                                                 \ here each reads all channels
 * </pre>
 *
 * So did the paper's two GPUs (Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with
 * Deep Convolutional Neural Networks, section 3.2 and fig. 2). A network can also be split by its
 * batch, in one step, and by its picture's rows, of which each device reads a halo of a few of its
 * neighbours' too; {@link Along} says it. A layer is one step always.
 */
public final class DeviceSplit implements NetworkPlan {

    /** How long the devices run to see how fast each is, in nanoseconds. */
    private static final long MEASURE_NANOS = 400_000_000;
    private static final int FEWEST_RUNS = 3;

    private final Along along;
    private final Network network;
    private final Fusion fusion;
    private final Units units;
    private final NetworkDivision division;
    private final List<Place> places;
    private final int[] counts;
    private final List<List<RunningPart>> steps = new ArrayList<>();
    /** What parts make for one another, by name. */
    private final Map<String, NdArray> between = new HashMap<>();
    /** Those that are outputs. */
    private final Map<String, float[]> constants = new HashMap<>();
    private final DeviceThreads threads;

    private double[] measuredMillis;
    private double runMillis = Double.NaN;
    private boolean closed;

    private DeviceSplit(Along along, Network network, List<Place> places, int[] counts,
            Fusion fusion) {
        this.along = along;
        this.network = network;
        this.fusion = fusion;
        this.units = NetworkDivision.units(along, network);
        this.places = List.copyOf(places);
        this.counts = counts;
        this.measuredMillis = new double[counts.length];
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

    /** A device and the engine that has it. */
    public record Place(Engine engine, Device device) {
    }

    /** What a device gets some of. */
    public enum Along {
        /** Images of the batch. */
        BATCH("batch"),
        /** Groups of grouped convolutions, filters of other ones. */
        GROUPS("groups"),
        /** Rows of the picture. */
        SPACE("space");

        private final String word;

        Along(String word) {
            this.word = word;
        }

        /** For people: {@code batch}, {@code groups}, {@code space}. */
        public String word() {
            return word;
        }

        /**
         * The batch if it has an image for each device; else the groups, if there are grouped
         * convolutions with enough of them (depthwise ones only where there are no others); else
         * the rows; else the filters of convolutions without groups.
         *
         * @throws IllegalArgumentException if there is too little of each
         */
        public static Along of(Network network, int devices) {
            Units images = NetworkDivision.units(BATCH, network);
            Units channels = NetworkDivision.units(GROUPS, network);
            Units rows = NetworkDivision.units(SPACE, network);
            if (images.count() >= devices) {
                return BATCH;
            }
            if (channels.count() >= devices && channels.areGroups()) {
                return GROUPS;
            }
            if (rows.count() >= devices) {
                return SPACE;
            }
            if (channels.count() >= devices) {
                return GROUPS;
            }
            throw new IllegalArgumentException(
                    "devices are %d; network '%s' has %s, %s and %s to share: use a larger batch or fewer devices"
                            .formatted(devices, network.name(), images, channels, rows));
        }
    }

    /**
     * What one device has, and what its last run took.
     *
     * @param count of images, groups, filters or rows; 0 if it is too slow for one
     * @param of all devices together
     * @param units what is counted: {@code images}, {@code groups}, {@code filters}, {@code rows}
     * @param millis how long it computed, with what its driver copies
     * @param copyMillis how long its share was cut out and put into its place in the host's memory
     * @param bytesIn what it read of the host's memory, weights not counted
     * @param bytesOut what it wrote there
     * @param bytesOfOthers how much of {@code bytesIn} other devices had made
     */
    public record Share(Device device, int count, int of, String units, double millis,
            double copyMillis, long bytesIn, long bytesOut, long bytesOfOthers) {

        /** For people. */
        static String text(List<Share> shares) {
            List<String> words = new ArrayList<>();
            for (Share share : shares) {
                String rest = share.count == 0
                        ? ""
                        : " (%.2f ms, %.2f ms of copying, %s in%s, %s out)".formatted(share.millis,
                                share.copyMillis, size(share.bytesIn),
                                share.bytesOfOthers == 0
                                        ? ""
                                        : ", %s of it made by others"
                                                .formatted(size(share.bytesOfOthers)),
                                size(share.bytesOut));
                words.add("%d%s on %s%s".formatted(share.count,
                        words.isEmpty() ? " of %d %s".formatted(share.of, share.units) : "",
                        share.device.id(), rest));
            }
            return String.join(", ", words);
        }

        private static String size(long bytes) {
            return bytes < 1 << 20
                    ? "%.1f KiB".formatted(bytes / 1024.0)
                    : "%.2f MiB".formatted(bytes / 1048576.0);
        }
    }

    /**
     * Refuses what has no depthwise and pointwise convolution to be fused, or has them on two
     * devices.
     */
    private void checkFused() {
        if (along == Along.GROUPS && hasPairs(network)) {
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
        Place place = places.get(part.place());
        return place.engine().compile(part.network(), place.device(),
                fusion == Fusion.FUSED && !hasPairs(part.network()) ? Fusion.AUTO : fusion);
    }

    private static boolean hasPairs(Network network) {
        return Simplify.run(network).nodes().stream().anyMatch(
                node -> node.op() instanceof Op.Convolve op && !Fusion.pairs(op.layer()).isEmpty());
    }

    /** {@link #bySpeed(Along, Network, List, Fusion)} as each engine thinks best. */
    public static DeviceSplit bySpeed(Along along, Network network, List<Place> places) {
        return bySpeed(along, network, places, Fusion.AUTO);
    }

    /**
     * Gives each device as much as its measured speed is worth. First all get the same and run for
     * a while; then the whole is shared so that by what each did in that time all would end
     * together, and that is kept if whole runs are measured to be faster. Takes a second and may
     * compile twice.
     *
     * @param places a device may be there twice
     * @param fusion as in {@link Engine#compile(Network, Device, Fusion)}
     * @throws IllegalArgumentException if there are fewer images, groups or rows than devices, or
     * the network can't be split so, or as in {@link Engine#compile(Network, Device, Fusion)}
     * @throws dev.sepconv.EngineException as in {@link Engine#compile(Network, Device, Fusion)}
     */
    public static DeviceSplit bySpeed(Along along, Network network, List<Place> places,
            Fusion fusion) {
        DeviceSplit even = evenly(along, network, places, fusion);
        DeviceSplit other = null;
        try {
            even.measure();
            int[] counts = fastest(even.counts, even.measuredMillis);
            if (Arrays.equals(counts, even.counts)) {
                return even;
            }
            other = new DeviceSplit(along, network, places, counts, fusion);
            other.measure();
        } catch (RuntimeException | Error e) {
            even.close();
            if (other != null) {
                other.close();
            }
            throw e;
        }
        boolean faster = other.runMillis < even.runMillis;
        (faster ? even : other).close();
        return faster ? other : even;
    }

    /** {@link #evenly(Along, Network, List, Fusion)} as each engine thinks best. */
    public static DeviceSplit evenly(Along along, Network network, List<Place> places) {
        return evenly(along, network, places, Fusion.AUTO);
    }

    /**
     * Gives all devices the same, the first ones one more where it doesn't divide evenly.
     *
     * @throws IllegalArgumentException as in {@link #bySpeed}
     * @throws dev.sepconv.EngineException as in {@link #bySpeed}
     */
    public static DeviceSplit evenly(Along along, Network network, List<Place> places,
            Fusion fusion) {
        Units units = NetworkDivision.units(along, network);
        int devices = places.size();
        if (units.count() > 0 && (devices == 0 || devices > units.count())) {
            throw new IllegalArgumentException(
                    "devices are %d; %s: %d can be split over as many devices at most"
                            .formatted(devices, units.name(), units.count()));
        }
        int[] counts = IntStream.range(0, devices)
                .map(i -> (units.count() + devices - 1 - i) / devices).toArray();
        return new DeviceSplit(along, network, places, counts, fusion);
    }

    /**
     * One unit after the other to the device that would be done with it first.
     *
     * @param counts how many units each device had, at least 1
     * @param millis how long it took for them
     */
    static int[] fastest(int[] counts, double[] millis) {
        int[] fastest = new int[counts.length];
        for (int unit = 0; unit < Arrays.stream(counts).sum(); unit++) {
            int soonest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < counts.length; i++) {
                double done = (fastest[i] + 1) * millis[i] / counts[i];
                if (done < least) {
                    least = done;
                    soonest = i;
                }
            }
            fastest[soonest]++;
        }
        return fastest;
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

    /** Runs on zeros and notes the medians: of whole runs, and of what each device computed. */
    private void measure() {
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> inputs.put(name, NdArray.zeros(dims)));
        Map<String, NdArray> outputs = run(inputs);
        List<double[]> times = new ArrayList<>();
        long start = System.nanoTime();
        while (times.size() < FEWEST_RUNS || System.nanoTime() - start < MEASURE_NANOS) {
            long before = System.nanoTime();
            run(inputs, outputs);
            double[] millis = new double[counts.length + 1];
            running().forEach(part -> millis[part.part().place()] += part.computeNanos() / 1e6);
            millis[counts.length] = (System.nanoTime() - before) / 1e6;
            times.add(millis);
        }
        List<double[]> warm = times.subList(times.size() / 2, times.size());
        for (int i = 0; i < counts.length; i++) {
            measuredMillis[i] = median(warm, i);
        }
        runMillis = median(warm, counts.length);
    }

    private static double median(List<double[]> times, int index) {
        return Timing.median(times.stream().mapToDouble(each -> each[index]).toArray());
    }

    /** What is shared. */
    public Along along() {
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
    public List<Share> shares() {
        List<Share> shares = new ArrayList<>();
        int all = Arrays.stream(counts).sum();
        for (int place = 0; place < counts.length; place++) {
            int own = place;
            List<RunningPart> parts = running().filter(each -> each.part().place() == own).toList();
            long ofOthers = 0;
            for (RunningPart running : parts) {
                for (Piece piece : running.part().reads()) {
                    ofOthers += network.inputs().containsKey(piece.array())
                            ? 0
                            : running.bytes(piece) - bytesOfOwn(piece, parts);
                }
            }
            shares.add(new Share(places.get(place).device(), counts[place], all, units.name(),
                    parts.stream().mapToLong(RunningPart::computeNanos).sum() / 1e6,
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
     * For people:
     * {@code groups, 6 steps: 1 of 2 groups on opencl:0:0 (3.10 ms, …), 1 on opencl:0:1 (3.05 ms, …)}.
     */
    @Override
    public String toString() {
        return "%s, %s: %s".formatted(along.word(),
                steps.size() == 1 ? "1 step" : steps.size() + " steps", Share.text(shares()));
    }

    /** All devices as one: ids and names joined, memory summed. */
    @Override
    public Device device() {
        return combined(places.stream().map(Place::device).toList());
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
