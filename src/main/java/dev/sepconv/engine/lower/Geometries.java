package dev.sepconv.engine.lower;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.kernel.Stage;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import java.util.ArrayList;
import java.util.List;

/** Convolutions as kernels know them. */
public final class Geometries {

    private Geometries() {
    }

    /** The sizes of a layer's convolutions, one a stage. */
    public static List<Geometry> of(Layer layer, Shape input, Layout layout) {
        List<Geometry> geometries = new ArrayList<>();
        Shape shape = input;
        for (Conv2d stage : layer.stages()) {
            geometries.add(of(stage, shape, layout));
            shape = stage.outputShape(shape);
        }
        return geometries;
    }

    /** The sizes of one convolution on one input. */
    public static Geometry of(Conv2d conv, Shape input, Layout layout) {
        Shape output = conv.outputShape(input);
        Padding.Explicit pad = conv.padding().resolve(conv, input.h(), input.w());
        return new Geometry(input.n(), input.c(), input.h(), input.w(), output.c(),
                conv.kernelHeight(), conv.kernelWidth(), output.h(), output.w(),
                conv.strideHeight(), conv.strideWidth(), conv.dilationHeight(),
                conv.dilationWidth(), pad.top(), pad.left(), conv.groups(), layout == Layout.NHWC);
    }

    /** A convolution with its weights. */
    static Stage stage(Geometry geometry, ConvWeights weights, Activation activation) {
        return new Stage(geometry, weights.weight(), weights.bias(), KernelCodes.of(activation),
                activation.slope());
    }

    /** Whether a kernel has the activations of the stages that it is to compute. */
    public static boolean activates(Kernel kernel, List<Conv2d> stages) {
        return stages.stream()
                .allMatch(stage -> kernel.activates(KernelCodes.of(stage.activation())));
    }
}
