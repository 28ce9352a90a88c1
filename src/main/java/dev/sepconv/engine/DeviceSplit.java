package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A layer split over several devices, which run at once, a thread each, and exchange nothing:
 *
 * <pre>
 *   along the batch      each device runs the whole layer on some of the images
 *   along the groups     each device runs some groups of a grouped convolution on all images
 *
 *   input   [ images or channels of device 0 | of device 1 ]
 *                            |                    |
 *                          plan 0               plan 1          at once
 *                            |                    |
 *   output  [ images or channels of device 0 | of device 1 ]
 * </pre>
 *
 * The second is AlexNet's way, whose groups were two GPUs' (Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with
 * Deep Convolutional Neural Networks, section 3.2).
 */
public final class DeviceSplit implements Plan {

    /** How long the devices run at once to see how fast each is, in nanoseconds. */
    private static final long MEASURE_NANOS = 400_000_000;
    private static final int FEWEST_RUNS = 5;

    private final Along along;
    private final List<Part> parts;
    private final List<Share> shares;
    private final ExecutorService threads;
    private final Device device;
    private final Layout layout;
    private final Shape inputShape;
    private final Shape outputShape;
    private boolean closed;

    private DeviceSplit(Along along, List<Part> parts, List<Share> shares, Layout layout, Shape inputShape, Shape outputShape) {
        this.along = along;
        this.parts = parts;
        this.shares = shares;
        this.threads = Executors.newFixedThreadPool(parts.size(),
                Thread.ofPlatform().daemon().name("device-split-", 0).factory());
        this.device = combined(shares.stream().map(Share::device).toList());
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
        BATCH("images"),
        /** Groups of a grouped convolution. */
        GROUPS("groups");

        private final String units;

        Along(String units) {
            this.units = units;
        }

        int count(Layer layer, Shape input) {
            return this == BATCH ? input.n() : layer instanceof Conv2d conv ? conv.groups() : 1;
        }

        /**
         * The batch if it has an image for each device, else the groups.
         *
         * @throws IllegalArgumentException if there are too few of both
         */
        public static Along of(Layer layer, Shape input, int devices) {
            for (Along along : values()) {
                if (along.count(layer, input) >= devices) {
                    return along;
                }
            }
            throw new IllegalArgumentException(
                    "devices are %d; a batch of %d and %d groups can't be split over so many: use a larger batch or fewer devices"
                            .formatted(devices, input.n(), GROUPS.count(layer, input)));
        }
    }

    /**
     * What one device has.
     *
     * @param count of images or groups; 0 if it is too slow for one
     * @param of all devices together
     * @param millis how long it took for them when it was measured, all devices running at once; NaN if it was not
     */
    public record Share(Device device, int count, int of, double millis) {
    }

    /** One device's share: its plan, its tensors, and where it begins in the whole, in images or channels. */
    private record Part(Along along, Plan plan, Tensor input, Tensor output, int firstInput, int firstOutput) {

        void run(Tensor wholeInput, Tensor wholeOutput) {
            copy(wholeInput, firstInput, input, 0, input);
            plan.run(input, output);
            copy(output, 0, wholeOutput, firstOutput, output);
        }

        private void copy(Tensor from, int fromFirst, Tensor to, int toFirst, Tensor part) {
            if (along == Along.BATCH) {
                int image = part.data().length / part.shape().n();
                System.arraycopy(from.data(), fromFirst * image, to.data(), toFirst * image, part.data().length);
            } else {
                copyChannels(from, fromFirst, to, toFirst, part.shape().c());
            }
        }
    }

    /** Copies {@code channels} channels of all images and pixels; both tensors have the same layout, batch and size. */
    private static void copyChannels(Tensor from, int fromFirst, Tensor to, int toFirst, int channels) {
        Shape shape = from.shape();
        int pixels = shape.h() * shape.w();
        // In NCHW an image's channels lie together, in NHWC a pixel's.
        int block = from.layout() == Layout.NCHW ? pixels : 1;
        int rows = from.layout() == Layout.NCHW ? shape.n() : shape.n() * pixels;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(from.data(), (row * shape.c() + fromFirst) * block, to.data(),
                    (row * to.shape().c() + toFirst) * block, channels * block);
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
     * @throws IllegalArgumentException if there are fewer images or groups than devices, or as in {@link Engine#compile}
     * @throws dev.sepconv.EngineException as in {@link Engine#compile}
     */
    public static DeviceSplit bySpeed(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places, Fusion fusion) {
        DeviceSplit even = evenly(along, layer, weights, input, layout, places, fusion);
        DeviceSplit other = null;
        try {
            even.measure();
            int[] counts = fastest(even.shares);
            if (Arrays.equals(counts, even.shares.stream().mapToInt(Share::count).toArray())) {
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
     * @throws IllegalArgumentException if there are fewer images or groups than devices, or as in {@link Engine#compile}
     * @throws dev.sepconv.EngineException as in {@link Engine#compile}
     */
    public static DeviceSplit evenly(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places, Fusion fusion) {
        int count = along.count(layer, input);
        int devices = places.size();
        if (devices == 0 || devices > count) {
            throw new IllegalArgumentException(
                    "devices are %1$d; %2$d %3$s can be split over 1 to %2$d".formatted(devices, count, along.units));
        }
        int[] counts = IntStream.range(0, devices).map(i -> (count + devices - 1 - i) / devices).toArray();
        return compile(along, layer, weights, input, layout, places, counts, fusion);
    }

    private static DeviceSplit compile(Along along, Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            List<Place> places, int[] counts, Fusion fusion) {
        layer.check(weights);
        Shape output = layer.outputShape(input);
        int all = along.count(layer, input);
        List<Part> parts = new ArrayList<>();
        List<Share> shares = new ArrayList<>();
        try {
            int first = 0;
            for (int i = 0; i < counts.length; i++) {
                shares.add(new Share(places.get(i).device(), counts[i], all, Double.NaN));
                if (counts[i] > 0) {
                    parts.add(along == Along.BATCH
                            ? images(layer, weights, input, layout, places.get(i), first, counts[i], fusion)
                            : groups((Conv2d) layer, weights.getFirst(), input, layout, places.get(i), first, counts[i], fusion));
                }
                first += counts[i];
            }
        } catch (RuntimeException e) {
            parts.forEach(part -> part.plan.close());
            throw e;
        }
        return new DeviceSplit(along, parts, shares, layout, input, output);
    }

    private static Part images(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Place place, int first,
            int count, Fusion fusion) {
        Shape share = new Shape(count, input.c(), input.h(), input.w());
        Plan plan = place.engine.compile(layer, weights, share, layout, place.device, fusion);
        return new Part(Along.BATCH, plan, Tensor.zeros(share, layout), Tensor.zeros(plan.outputShape(), layout), first, first);
    }

    private static Part groups(Conv2d conv, ConvWeights weights, Shape input, Layout layout, Place place, int first, int count,
            Fusion fusion) {
        int groupIn = conv.inChannels() / conv.groups();
        int groupOut = conv.outChannels() / conv.groups();
        Conv2d share = new Conv2d(count * groupIn, count * groupOut, conv.kernelHeight(), conv.kernelWidth(), conv.strideHeight(),
                conv.strideWidth(), conv.dilationHeight(), conv.dilationWidth(), conv.padding(), count, conv.bias(),
                conv.activation());
        int groupWeights = conv.weightCount() / conv.groups();
        int end = first + count;
        ConvWeights shareWeights = new ConvWeights(Arrays.copyOfRange(weights.weight(), first * groupWeights, end * groupWeights),
                weights.bias() == null ? null : Arrays.copyOfRange(weights.bias(), first * groupOut, end * groupOut));
        Shape shareInput = new Shape(input.n(), count * groupIn, input.h(), input.w());
        Plan plan = place.engine.compile(share, List.of(shareWeights), shareInput, layout, place.device, fusion);
        return new Part(Along.GROUPS, plan, Tensor.zeros(shareInput, layout), Tensor.zeros(plan.outputShape(), layout),
                first * groupIn, first * groupOut);
    }

    /** Runs all parts at once, each over and over on its own input of zeros, and notes the median time of each. */
    private void measure() {
        double[] millis = atOnce(part -> {
            List<Long> nanos = new ArrayList<>();
            long start = System.nanoTime();
            while (nanos.size() < FEWEST_RUNS || System.nanoTime() - start < MEASURE_NANOS) {
                long before = System.nanoTime();
                part.plan.run(part.input, part.output);
                nanos.add(System.nanoTime() - before);
            }
            List<Long> warm = nanos.subList(nanos.size() / 2, nanos.size()).stream().sorted().toList();
            return warm.get(warm.size() / 2) / 1e6;
        }).stream().mapToDouble(Double::doubleValue).toArray();
        int part = 0;
        for (int i = 0; i < shares.size(); i++) {
            Share share = shares.get(i);
            if (share.count > 0) {
                shares.set(i, new Share(share.device, share.count, share.of, millis[part++]));
            }
        }
    }

    private double slowestMillis() {
        return shares.stream().filter(share -> share.count > 0).mapToDouble(Share::millis).max().orElseThrow();
    }

    /** One unit after the other to the device that would be done with it first. */
    static int[] fastest(List<Share> measured) {
        int[] counts = new int[measured.size()];
        for (int unit = 0; unit < measured.getFirst().of; unit++) {
            int soonest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < counts.length; i++) {
                double done = (counts[i] + 1) * measured.get(i).millis / measured.get(i).count;
                if (done < least) {
                    least = done;
                    soonest = i;
                }
            }
            counts[soonest]++;
        }
        return counts;
    }

    static Device combined(List<Device> devices) {
        Device first = devices.getFirst();
        Function<Function<Device, String>, String> joined = part -> String.join("+",
                devices.stream().map(part).distinct().toList());
        return new Device(joined.apply(Device::engine), String.join("+", devices.stream().map(Device::id).toList()),
                String.join(" + ", devices.stream().map(Device::name).toList()), joined.apply(Device::backend),
                joined.apply(Device::kind), devices.stream().distinct().mapToLong(Device::memoryBytes).sum());
    }

    /** What each device has, in the order in which the devices were given. */
    public List<Share> shares() {
        return List.copyOf(shares);
    }

    /** For people: {@code 5 of 8 images on opencl:0:0, 3 on opencl:0:1}. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        for (Share share : shares) {
            words.add("%d%s on %s%s".formatted(share.count, words.isEmpty() ? " of %d %s".formatted(share.of, along.units) : "",
                    share.device.id(), Double.isNaN(share.millis) ? "" : " (%.2f ms)".formatted(share.millis)));
        }
        return String.join(", ", words);
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
    public Fusion fusion() {
        return parts.stream().anyMatch(part -> part.plan.fusion() == Fusion.FUSED) ? Fusion.FUSED : Fusion.SEPARATE;
    }

    @Override
    public boolean tuned() {
        return parts.stream().anyMatch(part -> part.plan.tuned());
    }

    @Override
    public synchronized void run(Tensor input, Tensor output) {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        check(input, output);
        atOnce(part -> {
            part.run(input, output);
            return null;
        });
    }

    /** Does it for every part on a thread of its own; all have ended when this returns or throws. */
    private <T> List<T> atOnce(Function<Part, T> task) {
        List<CompletableFuture<T>> runs = parts.stream()
                .map(part -> CompletableFuture.supplyAsync(() -> task.apply(part), threads)).toList();
        try {
            CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).join();
            return runs.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw (Error) e.getCause();
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            threads.shutdown();
            parts.forEach(part -> part.plan.close());
        }
    }
}
