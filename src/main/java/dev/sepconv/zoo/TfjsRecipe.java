package dev.sepconv.zoo;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.io.TfjsWeights;
import java.util.Arrays;
import java.util.Map;

/**
 * What the builders of networks with TensorFlow.js weights have in common: steps with padding
 * "same", by the weights' names.
 */
final class TfjsRecipe {

    private final String name;
    private final Map<String, NdArray> arrays;
    final Network.Builder builder;

    TfjsRecipe(String name, Map<String, NdArray> arrays) {
        this.name = name;
        this.arrays = arrays;
        this.builder = Network.builder(name);
    }

    /** Pixels from 0 to 255, each channel times {@code scale} plus its {@code shift}. */
    String pixels(int height, int width, float scale, float... shift) {
        String pixels = builder.input("input", Dims.of(1, shift.length, height, width));
        float[] scales = new float[shift.length];
        Arrays.fill(scales, scale);
        return builder.add("input/normalized", new Op.ScaleShift(scales, shift), pixels);
    }

    /** A standard or pointwise convolution with bias. */
    String convolve(String node, String filters, String bias, int stride, String from) {
        NdArray weight = TfjsWeights.oihw(array(filters), false);
        Conv2d conv = same(Conv2d.of(weight.dims().get(1), weight.dims().get(0),
                weight.dims().get(2), weight.dims().get(3)), stride).withBias(true);
        return builder.add(node,
                conv.withWeights(new ConvWeights(weight.data(), array(bias).data())), from);
    }

    /** A depthwise convolution of multiplier 1 without bias. */
    String depthwise(String node, String filters, int stride, String from) {
        NdArray weight = TfjsWeights.oihw(array(filters), true);
        Conv2d conv = new Conv2d(weight.dims().get(0), weight.dims().get(0), weight.dims().get(2),
                weight.dims().get(3), stride, stride, 1, 1, Padding.SAME_UPPER,
                weight.dims().get(0), false, Activation.NONE);
        return builder.add(node, conv.withWeights(ConvWeights.of(weight.data())), from);
    }

    String relu(String from) {
        return builder.add(from + "/relu", Op.Elementwise.of(Op.Elementwise.Function.RELU), from);
    }

    String relu6(String from) {
        return builder.add(from + "/relu6", new Op.Elementwise(Op.Elementwise.Function.CLIP, 0, 6),
                from);
    }

    /** A fully connected layer; TensorFlow's weights are {@code [inputs, outputs]}. */
    String fullyConnected(String node, String from) {
        NdArray weight = array(node + "/weights");
        if (weight.dims().rank() != 2) {
            throw new IllegalArgumentException(
                    "array '%s/weights' has the shape %s; %s needs inputs and outputs"
                            .formatted(node, weight.dims(), name));
        }
        int inputs = weight.dims().get(0);
        int outputs = weight.dims().get(1);
        float[] transposed = new float[inputs * outputs];
        for (int i = 0; i < transposed.length; i++) {
            transposed[i % outputs * inputs + i / outputs] = weight.data()[i];
        }
        return builder.add(node, new Op.FullyConnected(outputs, transposed,
                array(node + "/bias").data(), Activation.NONE), from);
    }

    NdArray array(String wanted) {
        NdArray array = arrays.get(wanted);
        if (array == null) {
            throw new IllegalArgumentException(
                    "array '%s' is missing; %s needs it".formatted(wanted, name));
        }
        return array;
    }

    private static Conv2d same(Conv2d conv, int stride) {
        return conv.withStride(stride).withPadding(Padding.SAME_UPPER);
    }
}
