package dev.sepconv.engine.plain;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.reference.Reference;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One convolution of any kind in NCHW, in float32, on all cores of the JVM's common pool.
 *
 * <pre>
 * for each image, output row, output channel          in parallel
 *   for each tap (r, s)                               which columns it reaches is worked out
 *                                                     here: the interior needs no test
 *     for four input channels of the group at once
 *       for each of these columns                     the loop that the just-in-time compiler
 *                                                     turns into vector instructions
 * </pre>
 */
final class PlainConvolution {

    /**
     * Columns that are computed at once: with so many the input rows of all channels stay in the
     * caches for the next output channel.
     */
    private static final int MOST_COLUMNS = 512;

    /**
     * So many products are added one after the other; their sums then are. Long sums so keep the
     * precision of short ones.
     */
    private static final int CHUNK = 64;

    private final Conv2d conv;
    private final float[] weight;
    private final float[] bias;
    private final Shape in;
    private final Shape out;
    private final Padding.Explicit pad;
    private final int channels;
    private final int filters;
    private final int tiles;

    /** @param weights are copied */
    PlainConvolution(Conv2d given, ConvWeights weights, Shape input) {
        Shape output = given.outputShape(input);
        // the pixels of a pointwise one are a single row: rows of a few pixels are too short for
        // vectors
        boolean flat = given.isPointwise();
        conv = given;
        weight = weights.weight().clone();
        bias = weights.bias() == null ? new float[given.outChannels()] : weights.bias().clone();
        in = flat ? new Shape(input.n(), input.c(), 1, input.h() * input.w()) : input;
        out = flat ? new Shape(output.n(), output.c(), 1, output.h() * output.w()) : output;
        pad = given.padding().resolve(given, input.h(), input.w());
        channels = given.inChannels() / given.groups();
        filters = given.outChannels() / given.groups();
        tiles = Math.ceilDiv(out.w(), MOST_COLUMNS);
    }

    /**
     * @param x {@code [N, C, H, W]}
     * @param y {@code [N, K, OH, OW]}, is overwritten
     */
    void run(float[] x, float[] y) {
        // neighbouring tasks read the same input rows
        long tasks = (long) out.n() * out.h() * tiles * out.c();
        int blocks = (int) Math.min(tasks, Integer.MAX_VALUE);
        IntStream.range(0, blocks).parallel().forEach(block -> {
            for (long task = block; task < tasks; task += blocks) {
                int k = (int) (task % out.c());
                long tile = task / out.c();
                int from = (int) (tile % tiles) * MOST_COLUMNS;
                int oh = (int) (tile / tiles % out.h());
                columns(x, y, (int) (tile / tiles / out.h()), k, oh, from,
                        Math.min(out.w(), from + MOST_COLUMNS));
            }
        });
    }

    /** Columns {@code from} to {@code to} of one output row. */
    private void columns(float[] x, float[] y, int n, int k, int oh, int from, int to) {
        int row = ((n * out.c() + k) * out.h() + oh) * out.w();
        Arrays.fill(y, row + from, row + to, bias[k]);
        boolean direct = channels * conv.kernelHeight() * conv.kernelWidth() <= CHUNK;
        float[] sums = direct ? y : new float[to - from];
        int first = direct ? row + from : 0;
        int pending = 0;
        int plane = in.h() * in.w();
        int group = (n * in.c() + k / filters * channels) * plane;
        for (int r = 0; r < conv.kernelHeight(); r++) {
            long h = (long) oh * conv.strideHeight() + (long) r * conv.dilationHeight() - pad.top();
            if (h < 0 || h >= in.h()) {
                continue;
            }
            for (int s = 0; s < conv.kernelWidth(); s++) {
                // column ow reads input column ow * stride + shift
                long shift = (long) s * conv.dilationWidth() - pad.left();
                int begin = (int) Math.clamp(Math.ceilDiv(-shift, (long) conv.strideWidth()), from,
                        to);
                int end = (int) Math.clamp(
                        Math.floorDiv(in.w() - 1 - shift, (long) conv.strideWidth()) + 1, begin,
                        to);
                if (begin == end) {
                    continue;
                }
                int at = group + (int) h * in.w()
                        + (int) ((long) begin * conv.strideWidth() + shift);
                int tap = (k * channels * conv.kernelHeight() + r) * conv.kernelWidth() + s;
                int taps = conv.kernelHeight() * conv.kernelWidth();
                int c = 0;
                for (; c + 4 <= channels; c += 4) {
                    add(sums, first + begin - from, end - begin, x, at + c * plane, plane,
                            conv.strideWidth(), weight[tap + c * taps],
                            weight[tap + (c + 1) * taps], weight[tap + (c + 2) * taps],
                            weight[tap + (c + 3) * taps]);
                    pending += 4;
                    if (!direct && pending >= CHUNK) {
                        move(sums, y, row + from);
                        pending = 0;
                    }
                }
                for (; c < channels; c++) {
                    add(sums, first + begin - from, end - begin, x, at + c * plane,
                            conv.strideWidth(), weight[tap + c * taps]);
                    pending++;
                }
                if (!direct && pending >= CHUNK) {
                    move(sums, y, row + from);
                    pending = 0;
                }
            }
        }
        if (!direct) {
            move(sums, y, row + from);
        }
        activate(conv.activation(), y, row + from, row + to);
    }

    /** Adds the sums to what is there, and begins them anew. */
    private static void move(float[] sums, float[] y, int at) {
        for (int i = 0; i < sums.length; i++) {
            y[at + i] += sums[i];
        }
        Arrays.fill(sums, 0);
    }

    private static void add(float[] sums, int to, int count, float[] x, int from, int stride,
            float w) {
        if (stride == 1) {
            for (int i = 0; i < count; i++) {
                sums[to + i] += w * x[from + i];
            }
        } else {
            for (int i = 0; i < count; i++) {
                sums[to + i] += w * x[from + i * stride];
            }
        }
    }

    /** Four channels, {@code plane} numbers apart. */
    private static void add(float[] sums, int to, int count, float[] x, int from, int plane,
            int stride, float w0, float w1, float w2, float w3) {
        int from1 = from + plane;
        int from2 = from1 + plane;
        int from3 = from2 + plane;
        if (stride == 1) {
            for (int i = 0; i < count; i++) {
                sums[to + i] += w0 * x[from + i] + w1 * x[from1 + i] + w2 * x[from2 + i]
                        + w3 * x[from3 + i];
            }
        } else {
            for (int i = 0; i < count; i++) {
                int j = i * stride;
                sums[to + i] += w0 * x[from + j] + w1 * x[from1 + j] + w2 * x[from2 + j]
                        + w3 * x[from3 + j];
            }
        }
    }

    private static void activate(Activation activation, float[] y, int from, int to) {
        switch (activation.kind()) {
            case NONE -> {
            }
            case RELU -> {
                for (int i = from; i < to; i++) {
                    y[i] = Math.max(y[i], 0);
                }
            }
            case RELU6 -> {
                for (int i = from; i < to; i++) {
                    y[i] = Math.min(Math.max(y[i], 0), 6);
                }
            }
            case LEAKY_RELU -> {
                for (int i = from; i < to; i++) {
                    y[i] = y[i] >= 0 ? y[i] : activation.slope() * y[i];
                }
            }
            case HARD_SWISH -> {
                for (int i = from; i < to; i++) {
                    y[i] = y[i] * Math.min(Math.max(y[i] + 3, 0), 6) / 6;
                }
            }
            case SIGMOID -> {
                for (int i = from; i < to; i++) {
                    y[i] = (float) (1 / (1 + Math.exp(-y[i])));
                }
            }
            case SILU, GELU, GELU_TANH, TANH, HARD_SIGMOID, MISH -> {
                for (int i = from; i < to; i++) {
                    y[i] = (float) Reference.activate(activation, y[i]);
                }
            }
        }
    }
}
