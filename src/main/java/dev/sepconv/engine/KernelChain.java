package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.Geometry;
import dev.sepconv.kernel.Kernel;
import dev.sepconv.kernel.KernelCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Turns a layer into calls of catalogue kernels, one a stage, each reading what the one before wrote. */
public final class KernelChain {

    private KernelChain() {
    }

    /** The calls for a layer, with the catalogue's choice of kernel for each stage. */
    public static List<KernelCall> of(Layer layer, List<ConvWeights> weights, Shape input, Layout layout) {
        return of(layer, weights, input, layout, Catalogue::select);
    }

    /** {@link #of(Layer, List, Shape, Layout)} with another choice of kernel. */
    public static List<KernelCall> of(Layer layer, List<ConvWeights> weights, Shape input, Layout layout,
            Function<Geometry, Kernel> choice) {
        layer.check(weights);
        layer.outputShape(input);
        List<KernelCall> calls = new ArrayList<>();
        Shape shape = input;
        for (int i = 0; i < weights.size(); i++) {
            Conv2d stage = layer.stages().get(i);
            ConvWeights w = weights.get(i);
            Geometry geometry = geometry(stage, shape, layout);
            Kernel kernel = choice.apply(geometry);
            int activation = stage.activation().kind().ordinal();
            float slope = stage.activation().slope();
            calls.add(i == 0
                    ? KernelCall.first(kernel, geometry, w.weight(), w.bias(), activation, slope)
                    : calls.get(i - 1).then(kernel, geometry, w.weight(), w.bias(), activation, slope));
            shape = stage.outputShape(shape);
        }
        return List.copyOf(calls);
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
