package dev.sepconv.engine;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Turns a layer into calls of catalogue kernels, one a stage, each reading what the one before wrote. */
public final class KernelChain {

    /** Above so many computed numbers for each that is wanted a vector kernel was slower than a plain one on PoCL. */
    private static final double MOST_FILLED_UP = 10;

    private KernelChain() {
    }

    /** The calls for a layer, with the plain kernels that the catalogue chooses. */
    public static List<KernelCall> of(Layer layer, List<ConvWeights> weights, Shape input, Layout layout) {
        return of(layer, weights, input, layout, plain(layer, input, layout));
    }

    /** {@link #of(Layer, List, Shape, Layout)} with other kernels, one a stage. */
    public static List<KernelCall> of(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, List<Kernel> kernels) {
        layer.check(weights);
        List<Geometry> geometries = geometries(layer, input, layout);
        List<KernelCall> calls = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            ConvWeights w = weights.get(i);
            Activation activation = layer.stages().get(i).activation();
            int kind = activation.kind().ordinal();
            calls.add(i == 0
                    ? KernelCall.first(kernels.get(i), geometries.get(i), w.weight(), w.bias(), kind, activation.slope())
                    : calls.get(i - 1).then(kernels.get(i), geometries.get(i), w.weight(), w.bias(), kind, activation.slope()));
        }
        return List.copyOf(calls);
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
        List<Geometry> geometries = geometries(layer, input, layout);
        List<Kernel> kernels = geometries.stream().map(geometry -> Catalogue.byDefault(geometry, device)).toList();
        boolean dense = IntStream.range(0, kernels.size())
                .allMatch(i -> KernelCall.filledUp(kernels.get(i), geometries.get(i)) <= MOST_FILLED_UP);
        return dense && possible(layer, input, layout, kernels) ? kernels : plain(layer, input, layout);
    }

    /**
     * Kernels for a layer.
     *
     * @param kernels one a stage
     * @param tuned whether they were chosen by measurements
     */
    public record Choice(List<Kernel> kernels, boolean tuned) {
    }

    /**
     * The kernels that were measured to be the fastest; where not every stage was measured, the device class's default ones.
     *
     * <p>All kernels of a chain have one layout. In each the fastest ones count, by the times of their kernels, and the layouts are
     * compared by the time of the whole run: the kernels' and what the first and last stage took beside them, half of each.
     */
    public static Choice choose(Layer layer, Shape input, Layout layout, DeviceClass device, Measurements measured) {
        Choice best = new Choice(byDefault(layer, input, layout, device), false);
        double bestMillis = Double.POSITIVE_INFINITY;
        List<Geometry> geometries = geometries(layer, input, layout);
        for (Order order : Order.values()) {
            List<Kernel> kernels = fastest(layer, geometries, order, measured);
            if (kernels.size() == geometries.size() && possible(layer, input, layout, kernels)
                    && runMillis(geometries, kernels, measured) < bestMillis) {
                bestMillis = runMillis(geometries, kernels, measured);
                best = new Choice(kernels, true);
            }
        }
        return best;
    }

    /** The fastest kernel of each stage in one layout; fewer where a stage was not measured. */
    private static List<Kernel> fastest(Layer layer, List<Geometry> geometries, Order order, Measurements measured) {
        List<Kernel> kernels = new ArrayList<>();
        for (int i = 0; i < geometries.size(); i++) {
            Geometry geometry = geometries.get(i);
            int activation = layer.stages().get(i).activation().kind().ordinal();
            Catalogue.candidates(geometry).stream()
                    .filter(kernel -> kernel.layout() == order && kernel.activates(activation)
                            && measured.of(geometry, kernel).isPresent())
                    .min(Comparator.comparingDouble(kernel -> measured.of(geometry, kernel).orElseThrow().kernelMillis()))
                    .ifPresent(kernels::add);
        }
        return kernels;
    }

    /** What a chain of measured kernels should take, from host tensor to host tensor. */
    private static double runMillis(List<Geometry> geometries, List<Kernel> kernels, Measurements measured) {
        List<Measurements.Time> times = IntStream.range(0, kernels.size())
                .mapToObj(i -> measured.of(geometries.get(i), kernels.get(i)).orElseThrow()).toList();
        double edges = (times.getFirst().edgeMillis() + times.getLast().edgeMillis()) / 2;
        return edges + times.stream().mapToDouble(Measurements.Time::kernelMillis).sum();
    }

    private static boolean possible(Layer layer, Shape input, Layout layout, List<Kernel> kernels) {
        List<Geometry> geometries = geometries(layer, input, layout);
        boolean fit = IntStream.range(1, kernels.size())
                .allMatch(i -> KernelCall.fits(kernels.get(i - 1), geometries.get(i - 1), kernels.get(i)));
        boolean activate = IntStream.range(0, kernels.size())
                .allMatch(i -> kernels.get(i).activates(layer.stages().get(i).activation().kind().ordinal()));
        boolean small = elements(layer, input, layout, kernels).stream().allMatch(count -> count <= Shape.MAX_ELEMENTS);
        return fit && activate && small;
    }

    /** How many numbers each array has that these kernels need for a layer, counted before there are any. */
    public static List<Long> elements(Layer layer, Shape input, Layout layout, List<Kernel> kernels) {
        List<Geometry> geometries = geometries(layer, input, layout);
        List<Long> elements = new ArrayList<>();
        for (int i = 0; i < kernels.size(); i++) {
            elements.addAll(KernelCall.elements(kernels.get(i), geometries.get(i), i == 0));
        }
        return elements;
    }

    private static List<Geometry> geometries(Layer layer, Shape input, Layout layout) {
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
