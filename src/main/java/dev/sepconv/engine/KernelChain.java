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
import dev.sepconv.kernel.KernelCall;
import java.util.ArrayList;
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

    /**
     * The catalogue's vector kernels for a layer, or the plain ones where one could not read what the one before writes or
     * lacks an activation, or would mostly compute channels that only fill its vectors up, or would with these exceed an array.
     */
    public static List<Kernel> vector(Layer layer, Shape input, Layout layout) {
        List<Geometry> geometries = geometries(layer, input, layout);
        List<Kernel> kernels = geometries.stream().map(geometry -> Catalogue.byDefault(geometry, DeviceClass.CPU)).toList();
        boolean fit = IntStream.range(1, kernels.size())
                .allMatch(i -> KernelCall.fits(kernels.get(i - 1), geometries.get(i - 1), kernels.get(i)));
        boolean activate = IntStream.range(0, kernels.size())
                .allMatch(i -> kernels.get(i).activates(layer.stages().get(i).activation().kind().ordinal()));
        boolean dense = IntStream.range(0, kernels.size())
                .allMatch(i -> KernelCall.filledUp(kernels.get(i), geometries.get(i)) <= MOST_FILLED_UP);
        boolean small = elements(layer, input, layout, kernels).stream().allMatch(count -> count <= Shape.MAX_ELEMENTS);
        return fit && activate && dense && small ? kernels : plain(layer, input, layout);
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
