package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Op;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A layer split over several devices, which run at once, a thread each, and exchange nothing:
 *
 * <pre>
 *   along the batch      each device runs the whole layer on some of the images
 *   along the groups     each device runs some groups of a grouped convolution on all images; of one that has no groups, some
 *                        filters, each of which reads all channels
 *   in space             each device makes some rows of the result, of the rows of the picture that its kernels see: its own and
 *                        a halo of a few of its neighbours'; zeros are padded at the picture's border only
 *
 *   input   [ images, channels or rows of device 0 | of device 1 ]
 *                            |                         |
 *                          plan 0                    plan 1          at once
 *                            |                         |
 *   output  [ images, channels or rows of device 0 | of device 1 ]
 * </pre>
 *
 * The second is AlexNet's way, whose groups were two GPUs' (Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with
 * Deep Convolutional Neural Networks, section 3.2). {@link NetworkSplit} does the same to networks.
 */
public final class DeviceSplit implements Plan {

    /** How long the devices run at once to see how fast each is, in nanoseconds. */
    private static final long MEASURE_NANOS = 400_000_000;
    private static final int FEWEST_RUNS = 5;

    private final Along along;
    private final List<Part> parts;
    private final List<Place> places;
    private final int[] counts;
    private final String units;
    /** By device, when the plan was measured. */
    private final double[] measuredMillis;
    private final DeviceThreads threads;
    private final Device device;
    private final Layout layout;
    private final Shape inputShape;
    private final Shape outputShape;
    private boolean closed;

    private DeviceSplit(Along along, String units, List<Part> parts, List<Place> places, int[] counts, Layout layout,
            Shape inputShape, Shape outputShape) {
        this.along = along;
        this.units = units;
        this.parts = parts;
        this.places = List.copyOf(places);
        this.counts = counts;
        this.measuredMillis = new double[counts.length];
        this.threads = new DeviceThreads(parts.size());
        this.device = combined(places.stream().map(Place::device).toList());
        this.layout = layout;
        this.inputShape = inputShape;
        this.outputShape = outputShape;
    }

    /** A device and the engine that has it. */
    public record Place(Engine engine, Device device) {
    }

    /** What a device gets some of. */
    public enum Along {
        /** Images of the batch. */
        BATCH("batch"),
        /** Groups of a grouped convolution, filters of another one. */
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

        int count(Layer layer, Shape input) {
            return switch (this) {
                case BATCH -> input.n();
                case GROUPS -> layer instanceof Conv2d conv ? conv.groups() > 1 ? conv.groups() : conv.outChannels() : 1;
                case SPACE -> OpPart.rowsAreApart(layer, input) ? layer.outputShape(input).h() : 1;
            };
        }

        String units(Layer layer) {
            return switch (this) {
                case BATCH -> "images";
                case GROUPS -> layer instanceof Conv2d conv && conv.groups() == 1 ? "filters" : "groups";
                case SPACE -> "rows";
            };
        }

        /**
         * The batch if it has an image for each device; else the groups; else the rows; else the filters of a convolution without
         * groups.
         *
         * @throws IllegalArgumentException if there are too few of each
         */
        public static Along of(Layer layer, Shape input, int devices) {
            int groups = layer instanceof Conv2d conv ? conv.groups() : 1;
            if (BATCH.count(layer, input) >= devices) {
                return BATCH;
            }
            if (groups >= devices) {
                return GROUPS;
            }
            if (SPACE.count(layer, input) >= devices) {
                return SPACE;
            }
            if (GROUPS.count(layer, input) >= devices) {
                return GROUPS;
            }
            throw new IllegalArgumentException(
                    "devices are %d; a batch of %d, groups: %d, rows: %d can't be split over so many: use a larger batch or fewer devices"
                            .formatted(devices, input.n(), groups, SPACE.count(layer, input)));
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
     * @param bytesOfOthers how much of {@code bytesIn} other devices had made, in a network
     */
    public record Share(Device device, int count, int of, String units, double millis, double copyMillis, long bytesIn,
            long bytesOut, long bytesOfOthers) {

        /** For people. */
        static String text(List<Share> shares) {
            List<String> words = new ArrayList<>();
            for (Share share : shares) {
                String rest = share.count == 0
                        ? ""
                        : " (%.2f ms, %.2f ms of copying, %s in%s, %s out)".formatted(share.millis, share.copyMillis,
                                size(share.bytesIn),
                                share.bytesOfOthers == 0 ? "" : ", %s of it made by others".formatted(size(share.bytesOfOthers)),
                                size(share.bytesOut));
                words.add("%d%s on %s%s".formatted(share.count,
                        words.isEmpty() ? " of %d %s".formatted(share.of, share.units) : "", share.device.id(), rest));
            }
            return String.join(", ", words);
        }

        private static String size(long bytes) {
            return bytes < 1 << 20 ? "%.1f KiB".formatted(bytes / 1024.0) : "%.2f MiB".formatted(bytes / 1048576.0);
        }
    }

    /** One device's share: its plan, and where its input and output lie in the whole. */
    private static final class Part {

        private final Plan plan;
        private final Slab read;
        private final Slab made;
        private final Tensor input;
        private final Tensor output;
        private long computeNanos;
        private long copyNanos;

        Part(Plan plan, Slab read, Slab made) {
            this.plan = plan;
            this.read = read;
            this.made = made;
            this.input = Tensor.zeros(plan.inputShape(), plan.layout());
            this.output = Tensor.zeros(plan.outputShape(), plan.layout());
        }

        void run(Tensor wholeInput, Tensor wholeOutput) {
            long start = System.nanoTime();
            Tensor from = read.isAll(wholeInput) ? wholeInput : input;
            Tensor to = made.isAll(wholeOutput) ? wholeOutput : output;
            if (from == input) {
                Interval.copy(wholeInput.data(), read.sizes(wholeInput), read.interval.from(), input.data(), read.sizes(input), 0,
                        read.axis, read.interval.size());
            }
            long cut = System.nanoTime();
            compute(from, to);
            long computed = System.nanoTime();
            if (to == output) {
                Interval.copy(output.data(), made.sizes(output), 0, wholeOutput.data(), made.sizes(wholeOutput),
                        made.interval.from(), made.axis, made.interval.size());
            }
            computeNanos = computed - cut;
            copyNanos = cut - start + System.nanoTime() - computed;
        }

        void compute(Tensor from, Tensor to) {
            DeviceThreads.run(plan.device(), () -> {
                plan.run(from, to);
                return null;
            });
        }
    }

    /**
     * Some of a tensor.
     *
     * @param axis in the order of its layout
     */
    private record Slab(int axis, Interval interval) {

        /** Along N (0), C (1) or H (2). */
        static Slab of(int axis, Layout layout, Interval interval) {
            return new Slab(layout == Layout.NCHW ? axis : new int[]{0, 3, 1}[axis], interval);
        }

        boolean isAll(Tensor tensor) {
            return sizes(tensor).get(axis) == interval.size();
        }

        Dims sizes(Tensor tensor) {
            Shape shape = tensor.shape();
            return tensor.layout() == Layout.NCHW ? Dims.of(shape) : Dims.of(shape.n(), shape.h(), shape.w(), shape.c());
        }
    }

    /** {@link #bySpeed(Along, Layer, List, Shape, Layout, List, Fusion)} as each engine thinks best. */
    public static DeviceSplit bySpeed(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places) {
        return bySpeed(along, layer, weights, input, layout, places, Fusion.AUTO);
    }

    /**
     * Gives each device as much as its measured speed is worth. First all get the same and run at once for a while; then the whole
     * is shared so that by what each did in that time all would end together, and that is kept if it is measured to be faster.
     * Takes a second or two and compiles twice.
     *
     * @param places a device may be there twice
     * @param fusion as in {@link Engine#compile}
     * @throws IllegalArgumentException if there are fewer images, groups or rows than devices, or as in {@link Engine#compile}
     * @throws dev.sepconv.EngineException as in {@link Engine#compile}
     */
    public static DeviceSplit bySpeed(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places, Fusion fusion) {
        DeviceSplit even = evenly(along, layer, weights, input, layout, places, fusion);
        DeviceSplit other = null;
        try {
            even.measure();
            int[] counts = fastest(even.counts, even.measuredMillis);
            if (Arrays.equals(counts, even.counts)) {
                return even;
            }
            other = compile(along, layer, weights, input, layout, places, counts, fusion);
            other.measure();
        } catch (RuntimeException e) {
            even.close();
            if (other != null) {
                other.close();
            }
            throw e;
        }
        boolean faster = other.slowestMillis() < even.slowestMillis();
        (faster ? even : other).close();
        return faster ? other : even;
    }

    /** {@link #evenly(Along, Layer, List, Shape, Layout, List, Fusion)} as each engine thinks best. */
    public static DeviceSplit evenly(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places) {
        return evenly(along, layer, weights, input, layout, places, Fusion.AUTO);
    }

    /**
     * Gives all devices the same, the first ones one more where it doesn't divide evenly.
     *
     * @param places a device may be there twice
     * @param fusion as in {@link Engine#compile}
     * @throws IllegalArgumentException if there are fewer images, groups or rows than devices, or as in {@link Engine#compile}
     * @throws dev.sepconv.EngineException as in {@link Engine#compile}
     */
    public static DeviceSplit evenly(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places, Fusion fusion) {
        layer.check(weights);
        layer.outputShape(input);
        if (along == Along.SPACE && !OpPart.rowsAreApart(layer, input)) {
            throw new IllegalArgumentException(
                    "layer %s can't be split in space: its padding makes rows that read none of the picture".formatted(layer));
        }
        return compile(along, layer, weights, input, layout, places,
                even(along.count(layer, input), places.size(), along.units(layer)), fusion);
    }

    /** @throws IllegalArgumentException if there are fewer than devices */
    static int[] even(int count, int devices, String units) {
        if (devices == 0 || devices > count) {
            throw new IllegalArgumentException(
                    "devices are %d; %s: %d can be split over as many devices at most".formatted(devices, units, count));
        }
        return IntStream.range(0, devices).map(i -> (count + devices - 1 - i) / devices).toArray();
    }

    private static DeviceSplit compile(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places, int[] counts, Fusion fusion) {
        Shape output = layer.outputShape(input);
        List<Part> parts = new ArrayList<>();
        try {
            int first = 0;
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    parts.add(part(along, layer, weights, input, layout, places.get(i), new Interval(first, first + counts[i]),
                            fusion));
                }
                first += counts[i];
            }
        } catch (RuntimeException e) {
            parts.forEach(part -> part.plan.close());
            throw e;
        }
        return new DeviceSplit(along, along.units(layer), parts, places, counts, layout, input, output);
    }

    private static Part part(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Place place,
            Interval share, Fusion fusion) {
        int axis = switch (along) {
            case BATCH -> OpPart.BATCH;
            case GROUPS -> OpPart.CHANNELS;
            case SPACE -> OpPart.ROWS;
        };
        Interval made = along == Along.GROUPS ? share.times(layer.outputShape(input).c() / along.count(layer, input)) : share;
        OpPart part = OpPart
                .of(new Op.Convolve(layer, weights), List.of(Dims.of(input)), Dims.of(layer.outputShape(input)), axis, made)
                .orElseThrow();
        Op.Convolve own = (Op.Convolve) part.op().get();
        Interval need = part.needs().getFirst().interval();
        Interval read = need == null ? Interval.all(Dims.of(input).get(axis)) : need;
        Shape shareInput = Dims.of(input).with(axis, read.size()).toShape();
        Plan plan = place.engine.compile(own.layer(), own.weights(), shareInput, layout, place.device, fusion);
        return new Part(plan, Slab.of(axis, layout, read), Slab.of(axis, layout, made));
    }

    /** Runs all parts at once, each over and over on its own input of zeros, and notes the median time of each. */
    private void measure() {
        List<Double> millis = threads.atOnce(parts, part -> {
            List<Long> nanos = new ArrayList<>();
            long start = System.nanoTime();
            while (nanos.size() < FEWEST_RUNS || System.nanoTime() - start < MEASURE_NANOS) {
                long before = System.nanoTime();
                part.compute(part.input, part.output);
                nanos.add(System.nanoTime() - before);
            }
            List<Long> warm = nanos.subList(nanos.size() / 2, nanos.size()).stream().sorted().toList();
            return warm.get(warm.size() / 2) / 1e6;
        });
        for (int i = 0, part = 0; i < counts.length; i++) {
            measuredMillis[i] = counts[i] > 0 ? millis.get(part++) : 0;
        }
    }

    private double slowestMillis() {
        return Arrays.stream(measuredMillis).max().orElseThrow();
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
        return new Device(joined.apply(Device::engine), String.join("+", devices.stream().map(Device::id).toList()),
                String.join(" + ", devices.stream().map(Device::name).toList()), joined.apply(Device::backend),
                joined.apply(Device::kind), devices.stream().distinct().mapToLong(Device::memoryBytes).sum());
    }

    /** What is shared. */
    public Along along() {
        return along;
    }

    /** What each device has, in the order in which the devices were given, with the times of the last run. */
    public List<Share> shares() {
        List<Share> shares = new ArrayList<>();
        int all = Arrays.stream(counts).sum();
        for (int i = 0, number = 0; i < counts.length; i++) {
            Device on = places.get(i).device();
            if (counts[i] == 0) {
                shares.add(new Share(on, 0, all, units, 0, 0, 0, 0, 0));
            } else {
                Part part = parts.get(number++);
                shares.add(new Share(on, counts[i], all, units, part.computeNanos / 1e6, part.copyNanos / 1e6,
                        (long) Float.BYTES * part.input.data().length, (long) Float.BYTES * part.output.data().length, 0));
            }
        }
        return List.copyOf(shares);
    }

    /** For people: {@code batch: 5 of 8 images on opencl:0:0 (3.10 ms, …), 3 on opencl:0:1 (3.05 ms, …)}. */
    @Override
    public String toString() {
        return along.word() + ": " + Share.text(shares());
    }

    /** All devices as one: ids and names joined, memory summed. */
    @Override
    public Device device() {
        return device;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public Shape outputShape() {
        return outputShape;
    }

    @Override
    public List<String> kernels() {
        return parts.stream().flatMap(part -> part.plan.kernels().stream()).distinct().toList();
    }

    @Override
    public boolean tuned() {
        return parts.stream().anyMatch(part -> part.plan.tuned());
    }

    /** {@link Fusion#FUSED} if one of the devices runs it so. */
    @Override
    public Fusion fusion() {
        return parts.stream().anyMatch(part -> part.plan.fusion() == Fusion.FUSED) ? Fusion.FUSED : Fusion.SEPARATE;
    }

    @Override
    public synchronized void run(Tensor input, Tensor output) {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        check(input, output);
        threads.atOnce(parts, part -> {
            part.run(input, output);
            return null;
        });
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            threads.close();
            parts.forEach(part -> part.plan.close());
        }
    }
}
