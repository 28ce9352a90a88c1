package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
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
final class NarrowGroupStep implements Step {

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Grid in;
    private final Grid out;
    private final Shape outShape;
    private final Epilogue epilogue;
    private final int groupChannels;
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
    private final int[][] offsets;

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
        this.conv = conv;
        this.pad = pad;
        this.in = in;
        this.out = out;
        this.outShape = outShape;
        epilogue = new Epilogue(conv.activation());
        groupChannels = conv.inChannels() / conv.groups();
        int groupFilters = conv.outChannels() / conv.groups();
        int vectorGroups = LANES / Math.max(groupChannels, groupFilters);
        vectorChannels = vectorGroups * groupChannels;
        vectorFilters = vectorGroups * groupFilters;
        vectors = Math.ceilDiv(conv.groups(), vectorGroups);
        int tapCount = conv.kernelHeight() * conv.kernelWidth();
        taps = new float[Math.multiplyExact(vectors * groupChannels, tapCount * LANES)];
        bias = new float[vectors * LANES];
        for (int k = 0; k < conv.outChannels(); k++) {
            int v = k / vectorFilters;
            int lane = k % vectorFilters;
            for (int i = 0; i < groupChannels * tapCount; i++) {
                taps[(v * groupChannels * tapCount + i) * LANES + lane] = weights
                        .weight()[k * groupChannels * tapCount + i];
            }
            bias[v * LANES + lane] = weights.bias() == null ? 0 : weights.bias()[k];
        }
        sources = sources(groupFilters);
        stored = SPECIES.indexInRange(0, vectorFilters);
        storedLast = SPECIES.indexInRange(0, conv.outChannels() - (vectors - 1) * vectorFilters);
        offsets = new int[workers][1];
    }

    @SuppressWarnings("unchecked")
    private VectorShuffle<Float>[] sources(int groupFilters) {
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
    public int tasks() {
        return outShape.n() * outShape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int h = task % outShape.h();
        int n = task / outShape.h();
        int inRow = in.at(n, h * conv.strideHeight() - pad.top(), -pad.left());
        int outRow = out.at(n, h, 0);
        boolean slides = conv.kernelWidth() == 3 && conv.strideWidth() == conv.dilationWidth();
        int width = outShape.w();
        for (int w = 0; w < width; w += width < 4 ? 1 : 4) {
            if (width < 4) {
                one(input, inRow, 0, vectors - 1, w, output, outRow, stored);
                one(input, inRow, vectors - 1, vectors, w, output, outRow, storedLast);
                continue;
            }
            int column = Math.min(w, width - 4); // the last four overlap those before
            if (slides) {
                fourSliding(input, inRow, 0, vectors - 1, column, output, outRow, stored);
                fourSliding(input, inRow, vectors - 1, vectors, column, output, outRow, storedLast);
            } else {
                four(input, inRow, 0, vectors - 1, column, output, outRow, stored);
                four(input, inRow, vectors - 1, vectors, column, output, outRow, storedLast);
            }
        }
        offsets[worker][0] = outRow;
        epilogue.apply(output, offsets[worker], 0, 1, outShape.w() * out.pixel());
    }

    /** One pixel of rows too narrow for four. */
    private void one(float[] input, int inRow, int from, int to, int w, float[] output, int outRow,
            VectorMask<Float> mask) {
        int rowStep = conv.dilationHeight() * in.row();
        int tapStep = conv.dilationWidth() * in.pixel();
        for (int v = from; v < to; v++) {
            int first = inRow + w * conv.strideWidth() * in.pixel() + v * vectorChannels;
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
            sum.intoArray(output, outRow + w * out.pixel() + v * vectorFilters, mask);
        }
    }

    /** Four pixels, any kernel. */
    private void four(float[] input, int inRow, int from, int to, int w, float[] output, int outRow,
            VectorMask<Float> mask) {
        int rowStep = conv.dilationHeight() * in.row();
        int tapStep = conv.dilationWidth() * in.pixel();
        int columnStep = conv.strideWidth() * in.pixel();
        int kernelHeight = conv.kernelHeight();
        int kernelWidth = conv.kernelWidth();
        for (int v = from; v < to; v++) {
            int first = inRow + w * columnStep + v * vectorChannels;
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, v * LANES);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int t = v * groupChannels * kernelHeight * kernelWidth * LANES;
            for (int c = 0; c < groupChannels; c++) {
                VectorShuffle<Float> source = sources[c];
                for (int r = 0; r < kernelHeight; r++) {
                    int z = first + r * rowStep;
                    for (int s = 0; s < kernelWidth; s++) {
                        FloatVector tap = FloatVector.fromArray(SPECIES, taps, t);
                        a0 = FloatVector.fromArray(SPECIES, input, z).rearrange(source).fma(tap,
                                a0);
                        a1 = FloatVector.fromArray(SPECIES, input, z + columnStep).rearrange(source)
                                .fma(tap, a1);
                        a2 = FloatVector.fromArray(SPECIES, input, z + 2 * columnStep)
                                .rearrange(source).fma(tap, a2);
                        a3 = FloatVector.fromArray(SPECIES, input, z + 3 * columnStep)
                                .rearrange(source).fma(tap, a3);
                        z += tapStep;
                        t += LANES;
                    }
                }
            }
            store(a0, a1, a2, a3, output, outRow + w * out.pixel() + v * vectorFilters, mask);
        }
    }

    /**
     * Four pixels, kernels three wide whose taps are as far apart as the pixels: each of the six
     * columns is permuted once a row.
     */
    private void fourSliding(float[] input, int inRow, int from, int to, int w, float[] output,
            int outRow, VectorMask<Float> mask) {
        int rowStep = conv.dilationHeight() * in.row();
        int columnStep = conv.strideWidth() * in.pixel();
        int kernelHeight = conv.kernelHeight();
        for (int v = from; v < to; v++) {
            int first = inRow + w * columnStep + v * vectorChannels;
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, v * LANES);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int t = v * groupChannels * kernelHeight * 3 * LANES;
            for (int c = 0; c < groupChannels; c++) {
                VectorShuffle<Float> source = sources[c];
                int z = first;
                for (int r = 0; r < kernelHeight; r++) {
                    FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                    FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                    FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                    FloatVector x = FloatVector.fromArray(SPECIES, input, z).rearrange(source);
                    a0 = x.fma(left, a0);
                    x = FloatVector.fromArray(SPECIES, input, z + columnStep).rearrange(source);
                    a0 = x.fma(middle, a0);
                    a1 = x.fma(left, a1);
                    x = FloatVector.fromArray(SPECIES, input, z + 2 * columnStep).rearrange(source);
                    a0 = x.fma(right, a0);
                    a1 = x.fma(middle, a1);
                    a2 = x.fma(left, a2);
                    x = FloatVector.fromArray(SPECIES, input, z + 3 * columnStep).rearrange(source);
                    a1 = x.fma(right, a1);
                    a2 = x.fma(middle, a2);
                    a3 = x.fma(left, a3);
                    x = FloatVector.fromArray(SPECIES, input, z + 4 * columnStep).rearrange(source);
                    a2 = x.fma(right, a2);
                    a3 = x.fma(middle, a3);
                    x = FloatVector.fromArray(SPECIES, input, z + 5 * columnStep).rearrange(source);
                    a3 = x.fma(right, a3);
                    z += rowStep;
                    t += 3 * LANES;
                }
            }
            store(a0, a1, a2, a3, output, outRow + w * out.pixel() + v * vectorFilters, mask);
        }
    }

    private void store(FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3,
            float[] output, int at, VectorMask<Float> mask) {
        a0.intoArray(output, at, mask);
        a1.intoArray(output, at + out.pixel(), mask);
        a2.intoArray(output, at + 2 * out.pixel(), mask);
        a3.intoArray(output, at + 3 * out.pixel(), mask);
    }
}
