package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.DepthwiseTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One row of a depthwise convolution with a filter a channel: a vector is so many neighbouring
 * channels of one pixel.
 *
 * <p>
 * Padding is never read. Rows outside the picture are left out of the loop over kernel rows, pixels
 * at the left and right end are done one at a time with the columns that exist, and those between,
 * by {@link DepthwiseTile}, need no test.
 */
final class DepthwiseRow {

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Grid in;
    private final Shape inShape;
    private final int channels;
    /** {@code [R][S][channels]}, the last rounded up to whole vectors with zeros. */
    private final float[] taps;
    private final float[] bias;
    private final int tapChannels;
    /** From one output column, kernel column and kernel row to the next, in floats of the input. */
    private final int columnStep;
    private final int tapStep;
    private final int rowStep;
    /** The first output column whose taps are all inside, and the one past the last. */
    private final int innerFrom;
    private final int innerTo;
    private final VectorMask<Float> tailMask;

    /**
     * @param conv depthwise
     * @param in where the input's pixels lie, each channel as often as it has filters; a border is
     * not read
     */
    DepthwiseRow(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in, Shape inShape,
            Shape outShape) {
        this.conv = conv;
        this.pad = pad;
        this.in = in;
        this.inShape = inShape;
        channels = conv.outChannels();
        tapChannels = VectorUnit.roundUp(channels, LANES);
        int tapCount = conv.kernelHeight() * conv.kernelWidth();
        taps = new float[Math.multiplyExact(tapCount, tapChannels)];
        for (int c = 0; c < channels; c++) {
            WeightPacking.spread(conv, weights.weight(), c, taps, c, 0,
                    conv.kernelWidth() * tapChannels, tapChannels);
        }
        bias = new float[tapChannels];
        if (weights.bias() != null) {
            System.arraycopy(weights.bias(), 0, bias, 0, channels);
        }
        columnStep = conv.strideWidth() * in.pixel();
        tapStep = conv.dilationWidth() * in.pixel();
        rowStep = conv.dilationHeight() * in.row();
        int reach = (conv.kernelWidth() - 1) * conv.dilationWidth();
        innerFrom = Math.min(Math.ceilDiv(pad.left(), conv.strideWidth()), outShape.w());
        int past = Math.floorDiv(inShape.w() - 1 - reach + pad.left(), conv.strideWidth()) + 1;
        innerTo = Math.clamp(past, innerFrom, outShape.w());
        tailMask = SPECIES.indexInRange(channels - channels % LANES, channels);
    }

    /**
     * Computes an output row for a range of channels, with bias, without activation.
     *
     * @param moved added to every index of {@code input}: not 0 where only some rows of the picture
     * are there
     * @param h which output row
     * @param width how many pixels it has
     * @param from the first channel, a multiple of the vector's lanes
     * @param to the end of the range: such a multiple too, or the number of channels
     * @param outRow where channel 0 of its first pixel goes in {@code out}; pixels lie side by side
     */
    void run(float[] input, int moved, int n, int h, int width, int from, int to, float[] out,
            int outRow) {
        int top = h * conv.strideHeight() - pad.top();
        int firstRow = firstInside(top, conv.dilationHeight(), conv.kernelHeight());
        int endRow = endInside(top, conv.dilationHeight(), conv.kernelHeight(), inShape.h());
        int inRow = in.at(n, top, -pad.left()) + moved;
        int vectorsTo = to - to % LANES;
        vectors(input, inRow, width, firstRow, endRow, from, vectorsTo, out, outRow);
        if (vectorsTo == to) {
            return;
        }
        // a last vector that overlaps the one before and computes some channels again
        if (to - from >= LANES) {
            vectors(input, inRow, width, firstRow, endRow, to - LANES, to, out, outRow);
            return;
        }
        for (int w = 0; w < width; w++) {
            tail(input, inRow, w, firstRow, endRow, vectorsTo, out, outRow);
        }
    }

    /** A range of channels that is whole vectors. */
    private void vectors(float[] input, int inRow, int width, int firstRow, int endRow, int from,
            int to, float[] out, int outRow) {
        int count = innerTo - innerFrom;
        boolean tiled = count >= DepthwiseTile.PIXELS;
        for (int w = 0; w < (tiled ? innerFrom : innerTo); w++) {
            edge(input, inRow, w, firstRow, endRow, from, to, out, outRow);
        }
        if (tiled) {
            DepthwiseTile.run(input, inRow + innerFrom * columnStep, rowStep, columnStep, tapStep,
                    conv.kernelHeight(), conv.kernelWidth(), firstRow, endRow, taps, tapChannels,
                    bias, from, to, out, outRow + innerFrom * channels, channels, count);
        }
        for (int w = innerTo; w < width; w++) {
            edge(input, inRow, w, firstRow, endRow, from, to, out, outRow);
        }
    }

    /** One pixel, with those taps that are inside the picture. */
    private void edge(float[] input, int inRow, int w, int firstRow, int endRow, int from, int to,
            float[] out, int outRow) {
        int left = w * conv.strideWidth() - pad.left();
        int firstColumn = firstInside(left, conv.dilationWidth(), conv.kernelWidth());
        int endColumn = endInside(left, conv.dilationWidth(), conv.kernelWidth(), inShape.w());
        for (int c = from; c < to; c += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, bias, c);
            for (int r = firstRow; r < endRow; r++) {
                int z = inRow + w * columnStep + r * rowStep + c;
                int t = r * conv.kernelWidth() * tapChannels + c;
                for (int s = firstColumn; s < endColumn; s++) {
                    sum = FloatVector.fromArray(SPECIES, taps, t + s * tapChannels)
                            .fma(FloatVector.fromArray(SPECIES, input, z + s * tapStep), sum);
                }
            }
            sum.intoArray(out, outRow + w * channels + c);
        }
    }

    /** {@link #edge} for the channels from {@code c} on that don't fill a vector. */
    private void tail(float[] input, int inRow, int w, int firstRow, int endRow, int c, float[] out,
            int outRow) {
        int left = w * conv.strideWidth() - pad.left();
        int firstColumn = firstInside(left, conv.dilationWidth(), conv.kernelWidth());
        int endColumn = endInside(left, conv.dilationWidth(), conv.kernelWidth(), inShape.w());
        FloatVector sum = FloatVector.fromArray(SPECIES, bias, c);
        for (int r = firstRow; r < endRow; r++) {
            int z = inRow + w * columnStep + r * rowStep + c;
            int t = r * conv.kernelWidth() * tapChannels + c;
            for (int s = firstColumn; s < endColumn; s++) {
                sum = FloatVector.fromArray(SPECIES, taps, t + s * tapChannels)
                        .fma(FloatVector.fromArray(SPECIES, input, z + s * tapStep, tailMask), sum);
            }
        }
        sum.intoArray(out, outRow + w * channels + c, tailMask);
    }

    /** The first tap that is not before the picture, where tap 0 is at {@code start}. */
    private static int firstInside(int start, int dilation, int kernel) {
        return Math.min(Math.max(Math.ceilDiv(-start, dilation), 0), kernel);
    }

    /** One past the last tap that is not behind the picture. */
    private static int endInside(int start, int dilation, int kernel, int size) {
        return Math.clamp(Math.ceilDiv(size - start, dilation), 0, kernel);
    }
}
