package dev.sepconv.reference;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Convolution in float64, written from the definition. It shares no arithmetic with the kernels or the engines, so it can judge
 * them: a tap outside the input is zero, nothing is clamped, packed or split.
 */
public final class Reference {

    private Reference() {
    }

    /**
     * The exact answer (to float64) of a layer.
     *
     * @param weights one for each of {@code layer.stages()}
     * @return {@code [N, K, OH, OW]}, always in NCHW order whatever the input's layout
     */
    public static double[] run(Layer layer, List<ConvWeights> weights, Tensor input) {
        layer.check(weights);
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
                    System.arraycopy(input, ((n * groups + i) * each + j) * pixels, output, to, pixels);
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
        IntStream.range(0, out.n() * out.c() * out.h()).parallel().forEach(row -> {
            int oh = row % out.h();
            int k = row / out.h() % out.c();
            int n = row / out.h() / out.c();
            int group = k / filtersPerGroup;
            double[] sums = new double[out.w()];
            for (int c = 0; c < channelsPerGroup; c++) {
                for (int r = 0; r < conv.kernelHeight(); r++) {
                    int h = oh * conv.strideHeight() + r * conv.dilationHeight() - pad.top();
                    if (h < 0 || h >= in.h()) {
                        continue;
                    }
                    int channel = group * channelsPerGroup + c;
                    int line = ((n * in.c() + channel) * in.h() + h) * in.w();
                    for (int s = 0; s < conv.kernelWidth(); s++) {
                        double weight = weights
                                .weight()[((k * channelsPerGroup + c) * conv.kernelHeight() + r) * conv.kernelWidth() + s];
                        addTap(sums, input, line, in.w(), s * conv.dilationWidth() - pad.left(), conv.strideWidth(), weight);
                    }
                }
            }
            for (int ow = 0; ow < sums.length; ow++) {
                double sum = weights.bias() == null ? sums[ow] : sums[ow] + weights.bias()[k];
                output[row * out.w() + ow] = activate(conv.activation(), sum);
            }
        });
        return output;
    }

    /**
     * What one weight adds to a row of outputs: output {@code ow} sees the input's column {@code ow * stride + shift}, and zero outside
     * of it.
     */
    private static void addTap(double[] sums, double[] input, int line, int width, int shift, int stride, double weight) {
        int first = Math.max(0, Math.ceilDiv(-shift, stride));
        int end = Math.min(sums.length, Math.floorDiv(width - 1 - shift, stride) + 1);
        if (stride == 1) { // the same, in a form that Java's compiler makes vectors of
            for (int ow = first; ow < end; ow++) {
                sums[ow] += input[line + shift + ow] * weight;
            }
            return;
        }
        for (int ow = first; ow < end; ow++) {
            sums[ow] += input[line + shift + ow * stride] * weight;
        }
    }

    static double activate(Activation activation, double x) {
        return switch (activation.kind()) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case RELU6 -> Math.min(Math.max(x, 0), 6);
            case LEAKY_RELU -> x >= 0 ? x : activation.slope() * x;
            case HARD_SWISH -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
            case SIGMOID -> 1 / (1 + Math.exp(-x));
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
     * Compares a result, in whatever layout, with what {@link #run} gave. A NaN or infinity agrees only with the same.
     *
     * @param exact in NCHW order
     */
    public static Difference difference(double[] exact, Tensor result) {
        float[] values = result.to(Layout.NCHW).data();
        if (values.length != exact.length) {
            throw new IllegalArgumentException(
                    "result has %d elements; the exact one has %d".formatted(values.length, exact.length));
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
