package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.GroupTile;
import dev.sepconv.engine.simd.gen.PixelTile;

/**
 * Grouped convolution three wide whose groups make one or three vectors of filters, 8 or 24 of them
 * with AVX2: {@link GroupTile}. Each number of the input is broadcast once and serves all pixels
 * whose taps meet it, and the groups lie side by side in a pixel as they come:
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
final class GroupRowStep extends RowStep {

    /** Of filters of a group; see {@link #suits}. */
    private static final int MOST_VECTORS = 3;

    /**
     * So many pixels of a row a group does before the next: what they read stays in the first-level
     * cache, as do the group's taps.
     */
    private static final int CHUNK = 4 * GroupTile.PIXELS;

    private final int groupVectors;
    /** {@code [vectors][R][C/G][S][LANES]} */
    private final float[] taps;
    private final float[] bias;

    /**
     * Whether it can do a convolution and is faster than {@link DenseStep}, whose panels are two
     * vectors of filters: with one vector a group it was 1.3 to 1.4 times as fast, with three too,
     * with two 1.0 times (AVX2, docs/benchmarks/simd.md).
     *
     * @param input the picture's shape, without its padding
     */
    static boolean suits(Conv2d conv, Shape input) {
        int channels = conv.inChannels() / conv.groups();
        int filters = conv.outChannels() / conv.groups();
        return conv.groups() > 1 && filters % LANES == 0 && filters / LANES % 2 == 1
                && filters <= MOST_VECTORS * LANES
                && GroupTile.suits(conv.kernelWidth(), conv.strideWidth(), conv.dilationWidth())
                && channels * conv.kernelHeight() * conv.kernelWidth() <= PackedWeights.LONGEST_RUN
                && !PixelTile.MANY_REGISTERS && conv.outputShape(input).w() >= GroupTile.PIXELS;
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
        super(conv, pad, in, out, outShape, workers);
        groupVectors = groupFilters / LANES;
        taps = new float[weights.weight().length];
        for (int k = 0; k < conv.outChannels(); k++) {
            WeightPacking.spread(conv, weights.weight(), k, taps,
                    k / LANES * vectorTaps() + k % LANES, conv.kernelWidth() * LANES,
                    groupChannels * conv.kernelWidth() * LANES, LANES);
        }
        bias = WeightPacking.bias(conv, weights);
    }

    /** Floats of taps of a vector of filters. */
    private int vectorTaps() {
        return groupChannels * conv.kernelHeight() * conv.kernelWidth() * LANES;
    }

    @Override
    void row(float[] input, int inRow, float[] output, int outRow) {
        int vectors = conv.outChannels() / LANES;
        for (int from = 0; from < width; from += CHUNK) {
            int to = Math.min(from + CHUNK, width);
            for (int v = 0; v < vectors; v++) {
                int first = inRow + v / groupVectors * groupChannels;
                for (int w = from; w < to; w += GroupTile.PIXELS) {
                    // the last pixels overlap those before
                    int column = Math.min(w, width - GroupTile.PIXELS);
                    GroupTile.run(input, first + column * columnStep, rowStep, columnStep, tapStep,
                            conv.kernelHeight(), conv.kernelWidth(), groupChannels, taps,
                            v * vectorTaps(), bias, v * LANES, output,
                            outRow + column * outPixel + v * LANES, outPixel);
                }
            }
        }
    }
}
