package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.NarrowGroupTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Grouped convolution with so few channels a group that a vector holds several groups, depthwise
 * with a multiplier among them; a task is one output row.
 *
 * <p>
 * A vector is the output channels of as many whole groups as fit. For the first, second … channel
 * of each group the input's vector is permuted so that every lane has that channel of its own
 * group, then multiplied like a depthwise one:
 *
 * <pre>
 * 2 channels in, 4 out:  input    a0 a1 b0 b1 c0 c1 d0 d1 …
 *                        first    a0 a0 a0 a0 b0 b0 b0 b0 …   times taps, plus
 *                        second   a1 a1 a1 a1 b1 b1 b1 b1 …   times taps
 * </pre>
 */
final class NarrowGroupStep extends RowStep {

    /**
     * A vector's groups take so many numbers of a pixel of the input and make so many of the
     * output.
     */
    private final int vectorChannels;
    private final int vectorFilters;
    private final int vectors;
    /** {@code [vectors][C/G][R][S][LANES]} */
    private final float[] taps;
    /** {@code [vectors][LANES]} */
    private final float[] bias;
    /** For each channel of a group where each lane finds it. */
    private final VectorShuffle<Float>[] sources;
    private final VectorMask<Float> stored;
    private final VectorMask<Float> storedLast;

    /**
     * Whether a vector has room for at least two groups, in and out; {@link DepthwiseStep} knows
     * better where a group is one channel.
     */
    static boolean suits(Conv2d conv) {
        return conv.groups() > 1 && conv.inChannels() + conv.outChannels() > 2 * conv.groups()
                && 2 * Math.max(conv.inChannels(), conv.outChannels()) <= LANES * conv.groups();
    }

    /**
     * @param conv one that {@link #suits}
     * @param in where the input's pixels lie, with a border at least as wide as {@code pad} and
     * {@link VectorUnit#LANES} floats after the last pixel
     * @param out where the output's pixels go
     * @param workers how many may run tasks
     */
    NarrowGroupStep(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in, Grid out,
            Shape outShape, int workers) {
        super(conv, pad, in, out, outShape, workers);
        int vectorGroups = LANES / Math.max(groupChannels, groupFilters);
        vectorChannels = vectorGroups * groupChannels;
        vectorFilters = vectorGroups * groupFilters;
        vectors = Math.ceilDiv(conv.groups(), vectorGroups);
        int rowTaps = conv.kernelWidth() * LANES;
        int channelTaps = conv.kernelHeight() * rowTaps;
        taps = new float[Math.multiplyExact(vectors * groupChannels, channelTaps)];
        bias = new float[vectors * LANES];
        float[] given = WeightPacking.bias(conv, weights);
        for (int k = 0; k < conv.outChannels(); k++) {
            int v = k / vectorFilters;
            int lane = k % vectorFilters;
            WeightPacking.spread(conv, weights.weight(), k, taps,
                    v * groupChannels * channelTaps + lane, channelTaps, rowTaps, LANES);
            bias[v * LANES + lane] = given[k];
        }
        sources = sources();
        stored = SPECIES.indexInRange(0, vectorFilters);
        storedLast = SPECIES.indexInRange(0, conv.outChannels() - (vectors - 1) * vectorFilters);
    }

    @SuppressWarnings("unchecked")
    private VectorShuffle<Float>[] sources() {
        VectorShuffle<Float>[] shuffles = new VectorShuffle[groupChannels];
        for (int c = 0; c < groupChannels; c++) {
            int channel = c;
            shuffles[c] = VectorShuffle.fromOp(SPECIES,
                    lane -> lane < vectorFilters
                            ? lane / groupFilters * groupChannels + channel
                            : channel);
        }
        return shuffles;
    }

    @Override
    void row(float[] input, int inRow, float[] output, int outRow) {
        if (width < NarrowGroupTile.PIXELS) {
            for (int w = 0; w < width; w++) {
                one(input, inRow, 0, vectors - 1, w, output, outRow, stored);
                one(input, inRow, vectors - 1, vectors, w, output, outRow, storedLast);
            }
            return;
        }
        for (int w = 0; w < width; w += NarrowGroupTile.PIXELS) {
            // the last pixels overlap those before
            int column = Math.min(w, width - NarrowGroupTile.PIXELS);
            tile(input, inRow, 0, vectors - 1, column, output, outRow, stored);
            tile(input, inRow, vectors - 1, vectors, column, output, outRow, storedLast);
        }
    }

    private void tile(float[] input, int inRow, int from, int to, int w, float[] output, int outRow,
            VectorMask<Float> mask) {
        NarrowGroupTile.run(input, inRow + w * columnStep, rowStep, columnStep, tapStep,
                conv.kernelHeight(), conv.kernelWidth(), sources, taps, bias, from, to,
                vectorChannels, vectorFilters, output, outRow + w * outPixel, outPixel, mask);
    }

    /** One pixel of rows too narrow for four. */
    private void one(float[] input, int inRow, int from, int to, int w, float[] output, int outRow,
            VectorMask<Float> mask) {
        for (int v = from; v < to; v++) {
            int first = inRow + w * columnStep + v * vectorChannels;
            FloatVector sum = FloatVector.fromArray(SPECIES, bias, v * LANES);
            int t = v * groupChannels * conv.kernelHeight() * conv.kernelWidth() * LANES;
            for (int c = 0; c < groupChannels; c++) {
                VectorShuffle<Float> source = sources[c];
                for (int r = 0; r < conv.kernelHeight(); r++) {
                    for (int s = 0; s < conv.kernelWidth(); s++) {
                        sum = FloatVector
                                .fromArray(SPECIES, input, first + r * rowStep + s * tapStep)
                                .rearrange(source)
                                .fma(FloatVector.fromArray(SPECIES, taps, t), sum);
                        t += LANES;
                    }
                }
            }
            sum.intoArray(output, outRow + w * outPixel + v * vectorFilters, mask);
        }
    }
}
