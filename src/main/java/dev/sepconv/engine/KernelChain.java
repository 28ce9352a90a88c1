package dev.sepconv.engine;

import dev.sepconv.Activation;
import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Geometry;
import dev.sepconv.kernel.Kernel;
import dev.sepconv.kernel.Kernel.Order;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Turns a layer into calls of catalogue kernels, each of one stage or of two at once, each reading what the one before wrote. */
public final class KernelChain {

    /** Above so many computed numbers for each that is wanted a vector kernel was slower than a plain one on PoCL. */
    private static final double MOST_FILLED_UP = 10;

    private KernelChain() {
    }

    /** The calls for a layer, with the plain kernels that the catalogue chooses. */
    public static List<KernelCall> of(Layer layer, List<ConvWeights> weights, Shape input, Layout layout) {
        return of(layer, weights, input, layout, plain(layer, input, layout));
    }

    /** {@link #of(Layer, List, Shape, Layout)} with other kernels, in order, as many as together compute its stages. */
    public static List<KernelCall> of(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, List<Kernel> kernels) {
        layer.check(weights);
        List<Geometry> geometries = geometries(layer, input, layout);
        List<ConvWeights> folded = ChannelShuffle.folded(layer, weights);
        List<Stage> stages = IntStream.range(0, geometries.size())
                .mapToObj(i -> stage(layer.stages().get(i), geometries.get(i), folded.get(i))).toList();
        List<List<Stage>> each = shared(stages, kernels);
        List<KernelCall> calls = new ArrayList<>(List.of(KernelCall.first(kernels.getFirst(), each.getFirst())));
        int stage = kernels.getFirst().stages();
        for (int i = 1; i < kernels.size(); i++) {
            Optional<ChannelShuffle> shuffle = ChannelShuffle.before(layer, stage);
            if (shuffle.isPresent()) {
                Kernel kernel = Catalogue.shuffle(kernels.get(i).layout()).orElseThrow(
                        () -> new IllegalArgumentException("no kernel moves channels between kernels of that layout"));
                calls.add(calls.getLast().then(kernel, List.of(moved(shuffle.get(), each.get(i).getFirst().geometry()))));
            }
            calls.add(calls.getLast().then(kernels.get(i), each.get(i)));
            stage += kernels.get(i).stages();
        }
        return List.copyOf(calls);
    }

    /** A shuffle of a convolution's input as a stage: its sizes are a 1x1 convolution's of as many groups. */
    private static Stage moved(ChannelShuffle shuffle, Geometry next) {
        Geometry sizes = new Geometry(next.batch(), next.inChannels(), next.inHeight(), next.inWidth(), next.inChannels(), 1, 1,
                next.inHeight(), next.inWidth(), 1, 1, 1, 1, 0, 0, shuffle.groups(), next.channelsLast());
        return new Stage(sizes, new float[1], new float[1], Activation.NONE.kind().ordinal(), 0);
    }

    /** A convolution as kernels know it. */
    static Stage stage(Conv2d conv, Geometry geometry, ConvWeights weights) {
        Activation activation = conv.activation();
        return new Stage(geometry, weights.weight(), weights.bias(), activation.kind().ordinal(), activation.slope());
    }

    /** What each kernel computes of a chain's stages. */
    private static <T> List<List<T>> shared(List<T> stages, List<Kernel> kernels) {
        List<List<T>> each = new ArrayList<>();
        int next = 0;
        for (Kernel kernel : kernels) {
            each.add(stages.subList(next, next + kernel.stages()));
            next += kernel.stages();
        }
        if (next != stages.size()) {
            throw new IllegalArgumentException("kernels %s are for %d stages; the layer has %d"
                    .formatted(kernels.stream().map(Kernel::name).toList(), next, stages.size()));
        }
        return each;
    }

    /** The catalogue's plain kernels for a layer, one a stage. */
    public static List<Kernel> plain(Layer layer, Shape input, Layout layout) {
        return geometries(layer, input, layout).stream().map(Catalogue::select).toList();
    }

    /** {@link #byDefault} for CPUs. */
    public static List<Kernel> vector(Layer layer, Shape input, Layout layout) {
        return byDefault(layer, input, layout, DeviceClass.CPU);
    }

    /**
     * The catalogue's default kernels of a class of devices for a layer; or the plain ones where one could not read what the one before
     * writes or lacks an activation, or would mostly compute channels that only fill its vectors up, or would with these exceed an array.
     */
    public static List<Kernel> byDefault(Layer layer, Shape input, Layout layout, DeviceClass device) {
        List<Kernel> kernels = separate(layer, input, layout, device);
        return kernels.getFirst().body() instanceof Kernel.Vectors
                ? fused(layer, geometries(layer, input, layout), kernels, device)
                : kernels;
    }

    /** {@link #byDefault}, but each stage by a kernel of its own. */
    private static List<Kernel> separate(Layer layer, Shape input, Layout layout, DeviceClass device) {
        List<Geometry> geometries = geometries(layer, input, layout);
        List<Kernel> kernels = geometries.stream().map(geometry -> Catalogue.byDefault(geometry, device)).toList();
        boolean dense = IntStream.range(0, kernels.size())
                .allMatch(i -> KernelCall.filledUp(kernels.get(i), geometries.get(i)) <= MOST_FILLED_UP);
        return dense && possible(layer, input, layout, kernels) ? kernels : plain(layer, input, layout);
    }

    /**
     * Vector kernels, of which one computes each depthwise stage and the pointwise one after it at once, as {@link Fusion#FUSED} asks;
     * empty where the layer has no such stages, or the catalogue no kernel for some of them.
     */
    public static Optional<List<Kernel>> fused(Layer layer, Shape input, Layout layout) {
        List<Geometry> geometries = geometries(layer, input, layout);
        List<Integer> pairs = Fusion.pairs(layer);
        List<Kernel> kernels = new ArrayList<>();
        for (int i = 0; i < geometries.size(); i++) {
            if (!pairs.contains(i)) {
                kernels.add(Catalogue.byDefault(geometries.get(i), DeviceClass.CPU));
                continue;
            }
            List<Conv2d> stages = layer.stages().subList(i, i + 2);
            Optional<Kernel> both = Catalogue.candidates(geometries.subList(i, i + 2)).stream()
                    .filter(kernel -> activates(kernel, stages)).findFirst();
            if (both.isEmpty()) {
                return Optional.empty();
            }
            kernels.add(both.get());
            i++;
        }
        return pairs.isEmpty() || !possible(layer, input, layout, kernels) ? Optional.empty() : Optional.of(kernels);
    }

    /** The same kernels, but one for two stages where the catalogue has one that is faster on that class of devices. */
    private static List<Kernel> fused(Layer layer, List<Geometry> geometries, List<Kernel> kernels, DeviceClass device) {
        List<Kernel> fused = new ArrayList<>();
        for (int i = 0; i < kernels.size(); i++) {
            Optional<Kernel> both = i + 1 < kernels.size()
                    ? fused(layer.stages().get(i), geometries.get(i), layer.stages().get(i + 1), geometries.get(i + 1), device)
                    : Optional.empty();
            fused.add(both.orElse(kernels.get(i)));
            i += both.isPresent() ? 1 : 0;
        }
        return fused;
    }

    /** The catalogue's kernel for two convolutions at once, where it is the default one and has both activations. */
    static Optional<Kernel> fused(Conv2d first, Geometry depthwise, Conv2d second, Geometry pointwise, DeviceClass device) {
        return Catalogue.fusedByDefault(depthwise, pointwise, device).filter(kernel -> activates(kernel, List.of(first, second)));
    }

    /**
     * Kernels for a layer.
     *
     * @param kernels in order; some may compute two stages at once
     * @param tuned whether they were chosen by measurements
     */
    public record Choice(List<Kernel> kernels, boolean tuned) {
    }

    /**
     * The kernels that were measured to be the fastest; where not every stage was measured, the device class's default ones.
     *
     * <p>All kernels of a chain have one layout. In each the fastest ones count, by the times of their kernels, and the layouts are
     * compared by the time of the whole run: the kernels' and what the first and last stage took beside them, half of each. Where all is
     * to be {@link Fusion#FUSED}, measurements don't matter: there is one kernel for each depthwise stage and the pointwise one after it.
     *
     * @throws IllegalArgumentException if all is to be fused and {@link #fused} has no kernels for it
     */
    public static Choice choose(Layer layer, Shape input, Layout layout, DeviceClass device, Measurements measured,
            Fusion fusion) {
        if (fusion == Fusion.FUSED) {
            return new Choice(fused(layer, input, layout).orElseThrow(() -> Fusion.refusal(layer,
                    "there is no kernel for that depthwise convolution and the pointwise one at once")), false);
        }
        boolean together = fusion == Fusion.AUTO;
        Choice best = new Choice(together ? byDefault(layer, input, layout, device) : separate(layer, input, layout, device),
                false);
        double bestMillis = Double.POSITIVE_INFINITY;
        List<Geometry> geometries = geometries(layer, input, layout);
        for (Order order : Order.values()) {
            List<Kernel> kernels = fastest(layer, geometries, order, measured, together);
            if (kernels.stream().mapToInt(Kernel::stages).sum() == geometries.size() && possible(layer, input, layout, kernels)
                    && runMillis(geometries, kernels, measured) < bestMillis) {
                bestMillis = runMillis(geometries, kernels, measured);
                best = new Choice(kernels, true);
            }
        }
        return best;
    }

    /** The fastest kernels of all stages in one layout; none where one was not measured. A kernel for two counts if it beats theirs. */
    private static List<Kernel> fastest(Layer layer, List<Geometry> geometries, Order order, Measurements measured,
            boolean together) {
        List<Kernel> kernels = new ArrayList<>();
        for (int i = 0; i < geometries.size(); i++) {
            Optional<Measured> one = fastest(layer, geometries, i, i + 1, order, measured);
            Optional<Measured> next = fastest(layer, geometries, i + 1, i + 2, order, measured);
            Optional<Measured> both = fastest(layer, geometries, i, i + 2, order, measured);
            if (one.isEmpty()) {
                return List.of();
            }
            boolean fused = together && both.isPresent() && next.isPresent()
                    && both.get().millis() < one.get().millis() + next.get().millis();
            kernels.add((fused ? both : one).get().kernel());
            i += fused ? 1 : 0;
        }
        return kernels;
    }

    private record Measured(Kernel kernel, double millis) {
    }

    /** The fastest kernel for some stages of a layer at once; empty where none was measured. */
    private static Optional<Measured> fastest(Layer layer, List<Geometry> geometries, int begin, int end, Order order,
            Measurements measured) {
        if (end > geometries.size()) {
            return Optional.empty();
        }
        List<Geometry> sizes = geometries.subList(begin, end);
        return Catalogue.candidates(sizes).stream()
                .filter(kernel -> kernel.layout() == order && activates(kernel, layer.stages().subList(begin, end)))
                .flatMap(kernel -> measured.of(sizes, kernel).map(time -> new Measured(kernel, time.kernelMillis())).stream())
                .min(Comparator.comparingDouble(Measured::millis));
    }

    /** How kernels run a layer: {@link Fusion#FUSED} if one computes two stages at once. */
    public static Fusion fusion(List<Kernel> kernels) {
        return kernels.stream().anyMatch(kernel -> kernel.stages() > 1) ? Fusion.FUSED : Fusion.SEPARATE;
    }

    /** Whether a kernel has the activations of the stages that it is to compute. */
    public static boolean activates(Kernel kernel, List<Conv2d> stages) {
        return stages.stream().allMatch(stage -> kernel.activates(stage.activation().kind().ordinal()));
    }

    /** What a chain of measured kernels should take, from host tensor to host tensor. */
    private static double runMillis(List<Geometry> geometries, List<Kernel> kernels, Measurements measured) {
        List<List<Geometry>> sizes = shared(geometries, kernels);
        List<Measurements.Time> times = IntStream.range(0, kernels.size())
                .mapToObj(i -> measured.of(sizes.get(i), kernels.get(i)).orElseThrow()).toList();
        double edges = (times.getFirst().edgeMillis() + times.getLast().edgeMillis()) / 2;
        return edges + times.stream().mapToDouble(Measurements.Time::kernelMillis).sum();
    }

    private static boolean possible(Layer layer, Shape input, Layout layout, List<Kernel> kernels) {
        List<Geometry> geometries = geometries(layer, input, layout);
        List<List<Geometry>> sizes = shared(geometries, kernels);
        List<List<Conv2d>> stages = shared(layer.stages(), kernels);
        boolean fit = IntStream.range(1, kernels.size())
                .allMatch(i -> KernelCall.fits(kernels.get(i - 1), sizes.get(i - 1).getLast(), kernels.get(i)));
        boolean activate = IntStream.range(0, kernels.size()).allMatch(i -> activates(kernels.get(i), stages.get(i)));
        boolean small = elements(layer, input, layout, kernels).stream().allMatch(count -> count <= Shape.MAX_ELEMENTS);
        boolean shuffled = IntStream.range(0, geometries.size()).noneMatch(i -> ChannelShuffle.before(layer, i).isPresent())
                || Catalogue.shuffle(kernels.getFirst().layout()).isPresent();
        return fit && activate && small && shuffled;
    }

    /** How many numbers each array has that these kernels need for a layer, counted before there are any. */
    public static List<Long> elements(Layer layer, Shape input, Layout layout, List<Kernel> kernels) {
        List<List<Geometry>> geometries = shared(geometries(layer, input, layout), kernels);
        List<Long> elements = new ArrayList<>();
        for (int i = 0; i < kernels.size(); i++) {
            elements.addAll(KernelCall.elements(kernels.get(i), geometries.get(i), i == 0));
        }
        for (int i = 0; i < layer.stages().size(); i++) {
            if (ChannelShuffle.before(layer, i).isPresent()) { // what is moved, and the arguments that a call has
                Geometry next = geometries(layer, input, layout).get(i);
                elements.addAll(List.of((long) next.inputElements(), 1L, 1L, 16L));
            }
        }
        return elements;
    }

    /** The sizes of a layer's convolutions, one a stage. */
    public static List<Geometry> geometries(Layer layer, Shape input, Layout layout) {
        List<Geometry> geometries = new ArrayList<>();
        Shape shape = input;
        for (Conv2d stage : layer.stages()) {
            geometries.add(geometry(stage, shape, layout));
            shape = stage.outputShape(shape);
        }
        return geometries;
    }

    /** The sizes of one convolution on one input, as kernels know them. */
    public static Geometry geometry(Conv2d conv, Shape input, Layout layout) {
        Shape output = conv.outputShape(input);
        Padding.Explicit pad = conv.padding().resolve(conv, input.h(), input.w());
        return new Geometry(input.n(), input.c(), input.h(), input.w(), output.c(), conv.kernelHeight(), conv.kernelWidth(),
                output.h(), output.w(), conv.strideHeight(), conv.strideWidth(), conv.dilationHeight(), conv.dilationWidth(),
                pad.top(), pad.left(), conv.groups(), layout == Layout.NHWC);
    }
}
