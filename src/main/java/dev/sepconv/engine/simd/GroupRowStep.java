package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.PixelTile;
import jdk.incubator.vector.FloatVector;

/**
 * Grouped convolution three wide whose groups make one or three vectors of filters, 8 or 24 of them
 * with AVX2: seven neighbouring pixels by one vector, all in registers. Each number of the input is
 * broadcast once and serves all pixels whose taps meet it, and the groups lie side by side in a
 * pixel as they come:
 *
 * <pre>
 * of a row and a channel   x0 x1 x2 x3 x4 x5 x6 x7 x8     nine broadcasts, three vectors of taps
 * pixel 0                  └──┴──┘                        21 multiply-adds
 * …
 * pixel 6                                    └──┴──┘
 * </pre>
 *
 * {@link DenseStep} broadcasts for each multiply-add anew, in loops as short as such a group, and
 * wants the groups apart. A task is one output row.
 */
final class GroupRowStep implements Step {

    /**
     * Pixels at once: they divide the sizes of most networks, and with their sums 11 of 16
     * registers are taken.
     */
    static final int PIXELS = 7;

    /**
     * So many pixels of a row a group does before the next: what they read stays in the first-level
     * cache, as do the group's taps.
     */
    private static final int CHUNK = 4 * PIXELS;

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Grid in;
    private final Grid out;
    private final Shape outShape;
    private final Epilogue epilogue;
    private final int groupChannels;
    private final int groupVectors;
    /** {@code [vectors][R][C/G][3][LANES]} */
    private final float[] taps;
    private final float[] bias;
    private final int[][] offsets;

    /** Of filters of a group; see {@link #suits}. */
    private static final int MOST_VECTORS = 3;

    /**
     * Whether it can do a convolution and is faster than {@link DenseStep}, whose panels are two
     * vectors of filters: with one vector a group it was 1.3 to 1.4 times as fast, with three too,
     * with two 1.0 times (AVX2, docs/performance.md).
     *
     * @param input the picture's shape, without its padding
     */
    static boolean suits(Conv2d conv, Shape input) {
        int channels = conv.inChannels() / conv.groups();
        int filters = conv.outChannels() / conv.groups();
        return conv.groups() > 1 && filters % LANES == 0 && filters / LANES % 2 == 1
                && filters <= MOST_VECTORS * LANES && conv.kernelWidth() == 3
                && conv.strideWidth() == conv.dilationWidth()
                && channels * conv.kernelHeight() * conv.kernelWidth() <= PackedWeights.LONGEST_RUN
                && !PixelTile.NARROW && conv.outputShape(input).w() >= PIXELS;
    }

    /**
     * @param conv one that {@link #suits}
     * @param in where the input's pixels lie, the groups side by side, with a border at least as
     * wide as {@code pad}
     * @param out where the output's pixels go
     * @param workers how many may run tasks
     */
    GroupRowStep(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in, Grid out,
            Shape outShape, int workers) {
        this.conv = conv;
        this.pad = pad;
        this.in = in;
        this.out = out;
        this.outShape = outShape;
        epilogue = new Epilogue(conv.activation());
        groupChannels = conv.inChannels() / conv.groups();
        groupVectors = conv.outChannels() / conv.groups() / LANES;
        int tapCount = conv.kernelHeight() * 3;
        taps = new float[Math.multiplyExact(conv.outChannels(), groupChannels * tapCount)];
        for (int k = 0; k < conv.outChannels(); k++) {
            for (int c = 0; c < groupChannels; c++) {
                for (int t = 0; t < tapCount; t++) {
                    int row = k / LANES * conv.kernelHeight() + t / 3;
                    taps[((row * groupChannels + c) * 3 + t % 3) * LANES + k % LANES] = weights
                            .weight()[(k * groupChannels + c) * tapCount + t];
                }
            }
        }
        bias = weights.bias() == null ? new float[conv.outChannels()] : weights.bias().clone();
        offsets = new int[workers][1];
    }

    @Override
    public int tasks() {
        return outShape.n() * outShape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int h = task % outShape.h();
        int n = task / outShape.h();
        int inRow = in.at(n, h * conv.strideHeight() - pad.top(), -pad.left());
        int outRow = out.at(n, h, 0);
        int columnStep = conv.strideWidth() * in.pixel();
        int rowStep = conv.dilationHeight() * in.row();
        int width = outShape.w();
        int vectors = conv.outChannels() / LANES;
        for (int from = 0; from < width; from += CHUNK) {
            int to = Math.min(from + CHUNK, width);
            for (int v = 0; v < vectors; v++) {
                int first = inRow + v / groupVectors * groupChannels;
                for (int w = from; w < to; w += PIXELS) {
                    // the last pixels overlap those before
                    int column = Math.min(w, width - PIXELS);
                    seven(input, first + column * columnStep, columnStep, rowStep,
                            conv.kernelHeight(), groupChannels, taps,
                            v * conv.kernelHeight() * groupChannels * 3 * LANES, bias, v * LANES,
                            output, outRow + column * out.pixel() + v * LANES, out.pixel());
                }
            }
        }
        offsets[worker][0] = outRow;
        epilogue.apply(output, offsets[worker], 0, 1, width * out.pixel());
    }

    private static void seven(float[] in, int first, int columnStep, int rowStep, int rows,
            int channels, float[] taps, int tap, float[] bias, int biasAt, float[] out, int to,
            int pixel) {
        FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        int t = tap;
        for (int r = 0; r < rows; r++) {
            int row = first + r * rowStep;
            for (int c = 0; c < channels; c++) {
                int z = row + c;
                FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector x = FloatVector.broadcast(SPECIES, in[z]);
                a0 = x.fma(left, a0);
                x = FloatVector.broadcast(SPECIES, in[z + columnStep]);
                a0 = x.fma(middle, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.broadcast(SPECIES, in[z + 2 * columnStep]);
                a0 = x.fma(right, a0);
                a1 = x.fma(middle, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.broadcast(SPECIES, in[z + 3 * columnStep]);
                a1 = x.fma(right, a1);
                a2 = x.fma(middle, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.broadcast(SPECIES, in[z + 4 * columnStep]);
                a2 = x.fma(right, a2);
                a3 = x.fma(middle, a3);
                a4 = x.fma(left, a4);
                x = FloatVector.broadcast(SPECIES, in[z + 5 * columnStep]);
                a3 = x.fma(right, a3);
                a4 = x.fma(middle, a4);
                a5 = x.fma(left, a5);
                x = FloatVector.broadcast(SPECIES, in[z + 6 * columnStep]);
                a4 = x.fma(right, a4);
                a5 = x.fma(middle, a5);
                a6 = x.fma(left, a6);
                x = FloatVector.broadcast(SPECIES, in[z + 7 * columnStep]);
                a5 = x.fma(right, a5);
                a6 = x.fma(middle, a6);
                x = FloatVector.broadcast(SPECIES, in[z + 8 * columnStep]);
                a6 = x.fma(right, a6);
                t += 3 * LANES;
            }
        }
        a0.intoArray(out, to);
        a1.intoArray(out, to + pixel);
        a2.intoArray(out, to + 2 * pixel);
        a3.intoArray(out, to + 3 * pixel);
        a4.intoArray(out, to + 4 * pixel);
        a5.intoArray(out, to + 5 * pixel);
        a6.intoArray(out, to + 6 * pixel);
    }
}
