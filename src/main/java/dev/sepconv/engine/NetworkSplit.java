package dev.sepconv.engine;

import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.engine.DeviceSplit.Along;
import dev.sepconv.engine.DeviceSplit.Place;
import dev.sepconv.engine.DeviceSplit.Share;
import dev.sepconv.engine.NetworkDivision.Part;
import dev.sepconv.engine.NetworkDivision.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A network split over several devices, which run at once, a thread each, in steps. Between steps they exchange, through the host's
 * memory, what one reads of another's:
 *
 * <pre>
 *   AlexNet by groups    device 0   conv1, conv2 | conv3, conv4, conv5 | fc6 | fc7 | fc8 | softmax     half the channels of each
 *                        device 1   conv1, conv2 | conv3, conv4, conv5 | fc6 | fc7 | fc8 |             the other half
 *                                                 \ here each reads all channels
 * </pre>
 *
 * So did the paper's two GPUs (Krizhevsky, Sutskever and Hinton 2012, section 3.2 and fig. 2). A network can also be split by its
 * batch, in one step, and by its picture's rows; {@link Along} says it.
 */
public final class NetworkSplit implements NetworkPlan {

    /** How long the devices run to see how fast each is, in nanoseconds. */
    private static final long MEASURE_NANOS = 400_000_000;
    private static final int FEWEST_RUNS = 3;

    private final Along along;
    private final Network network;
    private final NetworkDivision division;
    private final List<Place> places;
    private final int[] counts;
    private final List<List<Running>> steps = new ArrayList<>();
    /** What parts make for one another, by name. */
    private final Map<String, NdArray> between = new HashMap<>();
    private final DeviceThreads threads;
    /** Of the last run, by device. */
    private final long[] computeNanos;
    private final long[] copyNanos;
    private double[] measuredMillis;
    private double runMillis = Double.NaN;
    private boolean closed;

    private NetworkSplit(Along along, Network network, List<Place> places, int[] counts) {
        this.along = along;
        this.network = network;
        this.places = List.copyOf(places);
        this.counts = counts;
        this.computeNanos = new long[counts.length];
        this.copyNanos = new long[counts.length];
        this.measuredMillis = new double[counts.length];
        this.division = NetworkDivision.of(along, network, counts);
        this.threads = new DeviceThreads(counts.length);
        try {
            for (List<Part> parts : division.steps()) {
                List<Running> step = new ArrayList<>();
                steps.add(step);
                for (Part part : parts) {
                    step.add(new Running(part));
                    for (Piece piece : part.makes()) {
                        if (!network.outputs().contains(piece.array())) {
                            between.computeIfAbsent(piece.array(), name -> NdArray.zeros(division.network().dims(name)));
                        }
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** A part with its plan and the arrays that are cut out of whole ones. */
    private final class Running {

        private final Part part;
        private final NetworkPlan plan;
        private final Map<String, NdArray> cut = new HashMap<>();

        Running(Part part) {
            this.part = part;
            Place place = places.get(part.place());
            this.plan = place.engine().compile(part.network(), place.device());
            for (List<Piece> pieces : List.of(part.reads(), part.makes())) {
                for (Piece piece : pieces) {
                    if (piece.interval() != null) {
                        cut.put(piece.name(), NdArray.zeros(piece.dims(division.network().dims(piece.array()))));
                    }
                }
            }
        }

        /** Cuts out what it reads, runs, and puts what it makes where it belongs. */
        <T> T run(Map<String, NdArray> whole, Function<Running, T> task) {
            long start = System.nanoTime();
            for (Piece piece : part.reads()) {
                if (piece.interval() != null) {
                    NdArray from = whole.get(piece.array());
                    NdArray to = cut.get(piece.name());
                    Interval.copy(from.data(), from.dims(), piece.interval().from(), to.data(), to.dims(), 0, piece.axis(),
                            piece.interval().size());
                }
            }
            long cutOut = System.nanoTime();
            T result = DeviceThreads.run(plan.device(), () -> task.apply(this));
            long computed = System.nanoTime();
            for (Piece piece : part.makes()) {
                if (piece.interval() != null) {
                    NdArray from = cut.get(piece.name());
                    NdArray to = whole.get(piece.array());
                    Interval.copy(from.data(), from.dims(), 0, to.data(), to.dims(), piece.interval().from(), piece.axis(),
                            piece.interval().size());
                }
            }
            computeNanos[part.place()] += computed - cutOut;
            copyNanos[part.place()] += System.nanoTime() - computed + cutOut - start;
            return result;
        }

        /** The arrays that go in or come out: a whole one where the piece is all of it. */
        Map<String, NdArray> arrays(List<Piece> pieces, Map<String, NdArray> whole) {
            Map<String, NdArray> arrays = new LinkedHashMap<>();
            pieces.forEach(piece -> arrays.put(piece.name(),
                    piece.interval() == null ? whole.get(piece.array()) : cut.get(piece.name())));
            return arrays;
        }
    }

    /**
     * Gives each device as much as its measured speed is worth, as {@link DeviceSplit#bySpeed} does: first all get the same; then the
     * whole is shared in proportion to what each did, and that is kept if whole runs are measured to be faster. May compile twice.
     *
     * @param places a device may be there twice
     * @throws IllegalArgumentException if there are fewer images, groups or rows than devices, or the network can't be split so
     * @throws dev.sepconv.EngineException as in {@link dev.sepconv.Engine#compile(Network, Device)}
     */
    public static NetworkSplit bySpeed(Along along, Network network, List<Place> places) {
        NetworkSplit even = evenly(along, network, places);
        NetworkSplit other = null;
        try {
            even.measure();
            int[] counts = DeviceSplit.fastest(even.counts, even.measuredMillis);
            if (Arrays.equals(counts, even.counts)) {
                return even;
            }
            other = new NetworkSplit(along, network, places, counts);
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

    /**
     * Gives all devices the same, the first ones one more where it doesn't divide evenly.
     *
     * @throws IllegalArgumentException as in {@link #bySpeed}
     * @throws dev.sepconv.EngineException as in {@link #bySpeed}
     */
    public static NetworkSplit evenly(Along along, Network network, List<Place> places) {
        int count = NetworkDivision.count(along, network);
        return new NetworkSplit(along, network, places,
                DeviceSplit.even(count, places.size(), NetworkDivision.units(along, network)));
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
            double[] millis = Arrays.copyOf(Arrays.stream(computeNanos).mapToDouble(nanos -> nanos / 1e6).toArray(),
                    counts.length + 1);
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
        double[] sorted = times.stream().mapToDouble(each -> each[index]).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** What is shared. */
    public Along along() {
        return along;
    }

    /** After how many steps the devices exchange, and one for the last: 1 means that they never do. */
    public int steps() {
        return steps.size();
    }

    /** What each device has, in the order in which the devices were given, with the times of the last run. */
    public List<Share> shares() {
        List<Share> shares = new ArrayList<>();
        int all = Arrays.stream(counts).sum();
        for (int place = 0; place < counts.length; place++) {
            long in = 0;
            long out = 0;
            long ofOthers = 0;
            for (Running running : steps.stream().flatMap(List::stream).toList()) {
                if (running.part.place() == place) {
                    for (Piece piece : running.part.reads()) {
                        in += bytes(piece);
                        ofOthers += network.inputs().containsKey(piece.array()) ? 0 : bytes(piece) - bytesOfOwn(piece, place);
                    }
                    out += running.part.makes().stream().mapToLong(this::bytes).sum();
                }
            }
            shares.add(new Share(places.get(place).device(), counts[place], all, NetworkDivision.units(along, network),
                    computeNanos[place] / 1e6, copyNanos[place] / 1e6, in, out, ofOthers));
        }
        return shares;
    }

    private long bytes(Piece piece) {
        return (long) Float.BYTES * piece.dims(division.network().dims(piece.array())).elements();
    }

    /** How much of what a device reads it made itself. */
    private long bytesOfOwn(Piece read, int place) {
        Dims dims = division.network().dims(read.array());
        for (Running running : steps.stream().flatMap(List::stream).toList()) {
            for (Piece piece : running.part.makes()) {
                if (running.part.place() == place && piece.array().equals(read.array())) {
                    if (piece.interval() == null) {
                        return bytes(read);
                    }
                    Interval all = Interval.all(dims.get(read.axis()));
                    int common = piece.interval().common(read.interval() == null ? all : read.interval());
                    return (long) Float.BYTES * dims.elements() / all.size() * common;
                }
            }
        }
        return 0;
    }

    /** For people: {@code groups, 6 steps: 1 of 2 groups on opencl:0:0 (3.10 ms, …), 1 on opencl:0:1 (3.05 ms, …)}. */
    @Override
    public String toString() {
        return "%s, %s: %s".formatted(along.word(), steps.size() == 1 ? "1 step" : steps.size() + " steps", Share.text(shares()));
    }

    /** All devices as one: ids and names joined, memory summed. */
    @Override
    public Device device() {
        return DeviceSplit.combined(places.stream().map(Place::device).toList());
    }

    /** The network as it was given; each device simplifies what it has of it. */
    @Override
    public Network network() {
        return network;
    }

    /** Of all devices, and what the host keeps between steps. */
    @Override
    public long intermediateBytes() {
        return steps.stream().flatMap(List::stream).mapToLong(running -> running.plan.intermediateBytes()).sum()
                + between.values().stream().mapToLong(array -> (long) Float.BYTES * array.dims().elements()).sum();
    }

    @Override
    public synchronized void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        Map<String, NdArray> whole = begin(inputs, outputs);
        for (List<Running> step : steps) {
            threads.atOnce(step, running -> running.run(whole, part -> {
                part.plan.run(part.arrays(part.part.reads(), whole), part.arrays(part.part.makes(), whole));
                return null;
            }));
        }
        end(inputs, outputs);
    }

    /** Part after part, so that none disturbs another; a node's name is followed by its device. */
    @Override
    public synchronized List<NodeTime> profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        Map<String, NdArray> whole = begin(inputs, outputs);
        List<NodeTime> times = new ArrayList<>();
        for (List<Running> step : steps) {
            for (Running running : step) {
                running.run(whole,
                        part -> part.plan.profile(part.arrays(part.part.reads(), whole), part.arrays(part.part.makes(), whole)))
                        .forEach(time -> times.add(new NodeTime("%s on %s".formatted(time.node(), running.plan.device().id()),
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
        check(inputs, outputs);
        Arrays.fill(computeNanos, 0);
        Arrays.fill(copyNanos, 0);
        Map<String, NdArray> whole = new HashMap<>(between);
        whole.putAll(inputs);
        outputs.forEach(whole::putIfAbsent); // an output that is an input isn't made
        return whole;
    }

    /** Outputs that no part makes: inputs and constants. */
    private void end(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        outputs.forEach((name, array) -> {
            NdArray value = inputs.get(name);
            for (Node node : division.network().nodes()) {
                if (node.output().equals(name) && node.op() instanceof Op.Constant constant) {
                    value = constant.value();
                }
            }
            if (value != null) {
                System.arraycopy(value.data(), 0, array.data(), 0, array.data().length);
            }
        });
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            threads.close();
            steps.stream().flatMap(List::stream).forEach(running -> running.plan.close());
        }
    }
}
