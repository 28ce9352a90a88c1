package dev.sepconv.reference;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Convolution in float64, written from the definition. It shares no arithmetic with the kernels or
 * the engines, so it can judge them: a tap outside the input is zero, nothing is clamped, packed or
 * split.
 */
public final class Reference {

    /** So many filters go over the input together. */
    private static final int FILTERS = 4;

    private Reference() {
    }

    /**
     * The exact answer (to float64) of a layer.
     *
     * @param weights one for each of {@code layer.stages()}
     * @return {@code [N, K, OH, OW]}, always in NCHW order whatever the input's layout
     */
    public static double[] run(Layer layer, List<ConvWeights> weights, Tensor input) {
        layer.withWeights(weights); // refuses those of another
        Shape shape = input.shape();
        double[] values = new double[shape.elements()];
        for (int n = 0, i = 0; n < shape.n(); n++) {
            for (int c = 0; c < shape.c(); c++) {
                for (int h = 0; h < shape.h(); h++) {
                    for (int w = 0; w < shape.w(); w++) {
                        values[i++] = input.get(n, c, h, w);
                    }
                }
            }
        }
        return run(layer, weights, values, shape);
    }

    /** {@link #run(Layer, List, Tensor)} of numbers in NCHW. */
    static double[] run(Layer layer, List<ConvWeights> weights, double[] input, Shape inputShape) {
        double[] values = input;
        Shape shape = inputShape;
        for (int stage = 0; stage < weights.size(); stage++) {
            Conv2d conv = layer.stages().get(stage);
            if (layer.shuffleBefore(stage).isPresent()) {
                values = shuffle(values, shape, layer.shuffleBefore(stage).get().groups());
            }
            values = convolve(conv, weights.get(stage), values, shape);
            shape = conv.outputShape(shape);
        }
        return values;
    }

    /** Channels seen as {@code [groups][C/groups]}, transposed. */
    private static double[] shuffle(double[] input, Shape shape, int groups) {
        int pixels = shape.h() * shape.w();
        int each = shape.c() / groups;
        double[] output = new double[input.length];
        int to = 0;
        for (int n = 0; n < shape.n(); n++) {
            for (int j = 0; j < each; j++) {
                for (int i = 0; i < groups; i++) {
                    System.arraycopy(input, ((n * groups + i) * each + j) * pixels, output, to,
                            pixels);
                    to += pixels;
                }
            }
        }
        return output;
    }

    /** One convolution with its activation, {@code [N, C, H, W]} to {@code [N, K, OH, OW]}. */
    static double[] convolve(Conv2d conv, ConvWeights weights, double[] input, Shape in) {
        Shape out = conv.outputShape(in);
        Padding.Explicit pad = conv.padding().resolve(conv, in.h(), in.w());
        int channelsPerGroup = conv.inChannels() / conv.groups();
        int filtersPerGroup = conv.outChannels() / conv.groups();
        double[] output = new double[out.elements()];
        // a task is one row of up to four filters of a group, which read the same numbers
        int blocksPerGroup = Math.ceilDiv(filtersPerGroup, FILTERS);
        IntStream.range(0, out.n() * conv.groups() * blocksPerGroup * out.h()).parallel()
                .forEach(task -> {
                    int oh = task % out.h();
                    int block = task / out.h() % blocksPerGroup;
                    int group = task / out.h() / blocksPerGroup % conv.groups();
                    int n = task / out.h() / blocksPerGroup / conv.groups();
                    int first = group * filtersPerGroup + block * FILTERS;
                    int filters = Math.min(FILTERS, filtersPerGroup - block * FILTERS);
                    double[][] sums = new double[FILTERS][out.w()];
                    double[] taps = new double[FILTERS];
                    for (int c = 0; c < channelsPerGroup; c++) {
                        for (int r = 0; r < conv.kernelHeight(); r++) {
                            int h = oh * conv.strideHeight() + r * conv.dilationHeight()
                                    - pad.top();
                            if (h < 0 || h >= in.h()) {
                                continue;
                            }
                            int channel = group * channelsPerGroup + c;
                            int line = ((n * in.c() + channel) * in.h() + h) * in.w();
                            for (int s = 0; s < conv.kernelWidth(); s++) {
                                for (int k = 0; k < filters; k++) {
                                    taps[k] = weights.weight()[(((first + k) * channelsPerGroup + c)
                                            * conv.kernelHeight() + r) * conv.kernelWidth() + s];
                                }
                                addTap(sums, filters, input, line, in.w(),
                                        s * conv.dilationWidth() - pad.left(), conv.strideWidth(),
                                        taps);
                            }
                        }
                    }
                    for (int k = 0; k < filters; k++) {
                        int row = ((n * out.c() + first + k) * out.h() + oh) * out.w();
                        for (int ow = 0; ow < out.w(); ow++) {
                            double sum = weights.bias() == null
                                    ? sums[k][ow]
                                    : sums[k][ow] + weights.bias()[first + k];
                            output[row + ow] = activate(conv.activation(), sum);
                        }
                    }
                });
        return output;
    }

    /**
     * What one tap of each filter adds to a row of its outputs: output {@code ow} sees the input's
     * column {@code ow * stride + shift}, and zero outside of it.
     */
    private static void addTap(double[][] sums, int filters, double[] input, int line, int width,
            int shift, int stride, double[] taps) {
        int first = Math.max(0, Math.ceilDiv(-shift, stride));
        int end = Math.min(sums[0].length, Math.floorDiv(width - 1 - shift, stride) + 1);
        // the same, in a form that Java's compiler makes vectors of
        if (stride == 1 && filters == FILTERS) {
            addFour(sums[0], sums[1], sums[2], sums[3], input, line + shift, first, end, taps[0],
                    taps[1], taps[2], taps[3]);
            return;
        }
        for (int k = 0; k < filters; k++) {
            for (int ow = first; ow < end; ow++) {
                sums[k][ow] += input[line + shift + ow * stride] * taps[k];
            }
        }
    }

    private static void addFour(double[] a, double[] b, double[] c, double[] d, double[] input,
            int from, int first, int end, double tapA, double tapB, double tapC, double tapD) {
        for (int ow = first; ow < end; ow++) {
            double x = input[from + ow];
            a[ow] += x * tapA;
            b[ow] += x * tapB;
            c[ow] += x * tapC;
            d[ow] += x * tapD;
        }
    }

    /** An activation in float64. */
    public static double activate(Activation activation, double x) {
        return switch (activation.kind()) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case RELU6 -> Math.min(Math.max(x, 0), 6);
            case LEAKY_RELU -> x >= 0 ? x : activation.slope() * x;
            case HARD_SWISH -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case SILU, GELU, GELU_TANH, TANH, HARD_SIGMOID, MISH ->
                NetworkReference.apply(Op.Elementwise.of(activation), x);
        };
    }

    /**
     * How far a result is from the exact one.
     *
     * @param maxAbs the largest difference of one element
     * @param relative {@code maxAbs} over the exact result's largest magnitude; 0 where both are 0
     */
    public record Difference(double maxAbs, double relative) {
    }

    /**
     * Compares a result, in whatever layout, with what {@link #run} gave. A NaN or infinity agrees
     * only with the same.
     *
     * @param exact in NCHW order
     */
    public static Difference difference(double[] exact, Tensor result) {
        return difference(exact, result.to(Layout.NCHW).data());
    }

    /** The same of numbers in the exact result's order. */
    public static Difference difference(double[] exact, float[] values) {
        if (values.length != exact.length) {
            throw new IllegalArgumentException("result has length %d; the exact one has %d"
                    .formatted(values.length, exact.length));
        }
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            boolean same = Double.compare((float) exact[i], values[i]) == 0;
            double apart = same ? 0 : Math.abs(exact[i] - values[i]);
            worst = Double.isNaN(apart) ? Double.POSITIVE_INFINITY : Math.max(worst, apart);
            if (Double.isFinite(exact[i])) {
                largest = Math.max(largest, Math.abs(exact[i]));
            }
        }
        return new Difference(worst, worst == 0 ? 0 : worst / largest);
    }
}
