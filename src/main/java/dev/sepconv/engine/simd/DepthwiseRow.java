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

/**
 * One row of a depthwise convolution with a filter a channel: a vector is so many neighbouring
 * channels of one pixel.
 *
 * <p>
 * Padding is never read. Rows outside the picture are left out of the loop over kernel rows, pixels
 * at the left and right end are done one at a time with the columns that exist, and those between,
 * four at a time, need no test.
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
    /** From one output column to the next, and from one tap to the next, in floats of the input. */
    private final int columnStep;
    private final int tapStep;
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
            for (int tap = 0; tap < tapCount; tap++) {
                taps[tap * tapChannels + c] = weights.weight()[c * tapCount + tap];
            }
        }
        bias = new float[tapChannels];
        if (weights.bias() != null) {
            System.arraycopy(weights.bias(), 0, bias, 0, channels);
        }
        columnStep = conv.strideWidth() * in.pixel();
        tapStep = conv.dilationWidth() * in.pixel();
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
        for (int w = 0; w < innerFrom; w++) {
            edge(input, inRow, w, firstRow, endRow, from, to, out, outRow);
        }
        inner(input, inRow, firstRow, endRow, from, to, out, outRow);
        for (int w = innerTo; w < width; w++) {
            edge(input, inRow, w, firstRow, endRow, from, to, out, outRow);
        }
    }

    private void inner(float[] input, int inRow, int firstRow, int endRow, int from, int to,
            float[] out, int outRow) {
        boolean three = conv.kernelWidth() == 3;
        boolean slides = three && columnStep == tapStep;
        if (slides && endRow - firstRow == 3 && conv.kernelHeight() == 3
                && innerTo - innerFrom >= 4) {
            threeByThree(input, inRow, from, to, out, outRow);
            return;
        }
        for (int w = innerFrom; w < innerTo;) {
            int count = innerTo - w;
            if (count < 4) {
                if (innerTo - innerFrom < 4) {
                    edge(input, inRow, w++, firstRow, endRow, from, to, out, outRow);
                    continue;
                }
                w = innerTo - 4; // again what the last four did, rather than one at a time
            }
            int first = inRow + w * columnStep;
            int at = outRow + w * channels;
            if (slides) {
                fourSliding(input, first, firstRow, endRow, from, to, out, at);
            } else if (three) {
                fourOfThree(input, first, firstRow, endRow, from, to, out, at);
            } else {
                four(input, first, firstRow, endRow, from, to, out, at);
            }
            w += 4;
        }
    }

    /** Four pixels, any kernel. */
    private void four(float[] input, int first, int firstRow, int endRow, int from, int to,
            float[] out, int at) {
        int rowStep = conv.dilationHeight() * in.row();
        int kernelWidth = conv.kernelWidth();
        for (int c = from; c < to; c += LANES) {
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = firstRow; r < endRow; r++) {
                int z = first + r * rowStep + c;
                int t = r * kernelWidth * tapChannels + c;
                for (int s = 0; s < kernelWidth; s++) {
                    FloatVector tap = FloatVector.fromArray(SPECIES, taps, t);
                    a0 = tap.fma(FloatVector.fromArray(SPECIES, input, z), a0);
                    a1 = tap.fma(FloatVector.fromArray(SPECIES, input, z + columnStep), a1);
                    a2 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 2 * columnStep), a2);
                    a3 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 3 * columnStep), a3);
                    z += tapStep;
                    t += tapChannels;
                }
            }
            a0.intoArray(out, at + c);
            a1.intoArray(out, at + channels + c);
            a2.intoArray(out, at + 2 * channels + c);
            a3.intoArray(out, at + 3 * channels + c);
        }
    }

    /** Four pixels, kernels three wide: the loop over columns written out. */
    private void fourOfThree(float[] input, int first, int firstRow, int endRow, int from, int to,
            float[] out, int at) {
        int rowStep = conv.dilationHeight() * in.row();
        for (int c = from; c < to; c += LANES) {
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = firstRow; r < endRow; r++) {
                int z = first + r * rowStep + c;
                int t = r * 3 * tapChannels + c;
                FloatVector tap = FloatVector.fromArray(SPECIES, taps, t);
                a0 = tap.fma(FloatVector.fromArray(SPECIES, input, z), a0);
                a1 = tap.fma(FloatVector.fromArray(SPECIES, input, z + columnStep), a1);
                a2 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 2 * columnStep), a2);
                a3 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 3 * columnStep), a3);
                z += tapStep;
                tap = FloatVector.fromArray(SPECIES, taps, t + tapChannels);
                a0 = tap.fma(FloatVector.fromArray(SPECIES, input, z), a0);
                a1 = tap.fma(FloatVector.fromArray(SPECIES, input, z + columnStep), a1);
                a2 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 2 * columnStep), a2);
                a3 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 3 * columnStep), a3);
                z += tapStep;
                tap = FloatVector.fromArray(SPECIES, taps, t + 2 * tapChannels);
                a0 = tap.fma(FloatVector.fromArray(SPECIES, input, z), a0);
                a1 = tap.fma(FloatVector.fromArray(SPECIES, input, z + columnStep), a1);
                a2 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 2 * columnStep), a2);
                a3 = tap.fma(FloatVector.fromArray(SPECIES, input, z + 3 * columnStep), a3);
            }
            a0.intoArray(out, at + c);
            a1.intoArray(out, at + channels + c);
            a2.intoArray(out, at + 2 * channels + c);
            a3.intoArray(out, at + 3 * channels + c);
        }
    }

    /**
     * Four pixels, kernels three wide whose taps are as far apart as the pixels: each of the six
     * columns is loaded once a row.
     */
    private void fourSliding(float[] input, int first, int firstRow, int endRow, int from, int to,
            float[] out, int at) {
        int rowStep = conv.dilationHeight() * in.row();
        for (int c = from; c < to; c += LANES) {
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = firstRow; r < endRow; r++) {
                int z = first + r * rowStep + c;
                int t = r * 3 * tapChannels + c;
                FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + tapChannels);
                FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * tapChannels);
                FloatVector x = FloatVector.fromArray(SPECIES, input, z);
                a0 = x.fma(left, a0);
                x = FloatVector.fromArray(SPECIES, input, z + columnStep);
                a0 = x.fma(middle, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.fromArray(SPECIES, input, z + 2 * columnStep);
                a0 = x.fma(right, a0);
                a1 = x.fma(middle, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.fromArray(SPECIES, input, z + 3 * columnStep);
                a1 = x.fma(right, a1);
                a2 = x.fma(middle, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 4 * columnStep);
                a2 = x.fma(right, a2);
                a3 = x.fma(middle, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 5 * columnStep);
                a3 = x.fma(right, a3);
            }
            a0.intoArray(out, at + c);
            a1.intoArray(out, at + channels + c);
            a2.intoArray(out, at + 2 * channels + c);
            a3.intoArray(out, at + 3 * channels + c);
        }
    }

    /**
     * {@link #fourSliding} along the row, for kernels three high with all rows inside: the nine
     * taps stay in registers. Most of the work of most networks is done here.
     */
    private void threeByThree(float[] input, int inRow, int from, int to, float[] out, int outRow) {
        int rowStep = conv.dilationHeight() * in.row();
        for (int c = from; c < to; c += LANES) {
            FloatVector topLeft = FloatVector.fromArray(SPECIES, taps, c);
            FloatVector top = FloatVector.fromArray(SPECIES, taps, tapChannels + c);
            FloatVector topRight = FloatVector.fromArray(SPECIES, taps, 2 * tapChannels + c);
            FloatVector left = FloatVector.fromArray(SPECIES, taps, 3 * tapChannels + c);
            FloatVector centre = FloatVector.fromArray(SPECIES, taps, 4 * tapChannels + c);
            FloatVector right = FloatVector.fromArray(SPECIES, taps, 5 * tapChannels + c);
            FloatVector bottomLeft = FloatVector.fromArray(SPECIES, taps, 6 * tapChannels + c);
            FloatVector bottom = FloatVector.fromArray(SPECIES, taps, 7 * tapChannels + c);
            FloatVector bottomRight = FloatVector.fromArray(SPECIES, taps, 8 * tapChannels + c);
            for (int w = innerFrom; w < innerTo; w += 4) {
                int column = Math.min(w, innerTo - 4); // the last four overlap those before
                FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a1 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a2 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a3 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector x;
                int z = inRow + column * columnStep + c;
                x = FloatVector.fromArray(SPECIES, input, z);
                a0 = x.fma(topLeft, a0);
                x = FloatVector.fromArray(SPECIES, input, z + columnStep);
                a0 = x.fma(top, a0);
                a1 = x.fma(topLeft, a1);
                x = FloatVector.fromArray(SPECIES, input, z + 2 * columnStep);
                a0 = x.fma(topRight, a0);
                a1 = x.fma(top, a1);
                a2 = x.fma(topLeft, a2);
                x = FloatVector.fromArray(SPECIES, input, z + 3 * columnStep);
                a1 = x.fma(topRight, a1);
                a2 = x.fma(top, a2);
                a3 = x.fma(topLeft, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 4 * columnStep);
                a2 = x.fma(topRight, a2);
                a3 = x.fma(top, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 5 * columnStep);
                a3 = x.fma(topRight, a3);
                z += rowStep;
                x = FloatVector.fromArray(SPECIES, input, z);
                a0 = x.fma(left, a0);
                x = FloatVector.fromArray(SPECIES, input, z + columnStep);
                a0 = x.fma(centre, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.fromArray(SPECIES, input, z + 2 * columnStep);
                a0 = x.fma(right, a0);
                a1 = x.fma(centre, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.fromArray(SPECIES, input, z + 3 * columnStep);
                a1 = x.fma(right, a1);
                a2 = x.fma(centre, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 4 * columnStep);
                a2 = x.fma(right, a2);
                a3 = x.fma(centre, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 5 * columnStep);
                a3 = x.fma(right, a3);
                z += rowStep;
                x = FloatVector.fromArray(SPECIES, input, z);
                a0 = x.fma(bottomLeft, a0);
                x = FloatVector.fromArray(SPECIES, input, z + columnStep);
                a0 = x.fma(bottom, a0);
                a1 = x.fma(bottomLeft, a1);
                x = FloatVector.fromArray(SPECIES, input, z + 2 * columnStep);
                a0 = x.fma(bottomRight, a0);
                a1 = x.fma(bottom, a1);
                a2 = x.fma(bottomLeft, a2);
                x = FloatVector.fromArray(SPECIES, input, z + 3 * columnStep);
                a1 = x.fma(bottomRight, a1);
                a2 = x.fma(bottom, a2);
                a3 = x.fma(bottomLeft, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 4 * columnStep);
                a2 = x.fma(bottomRight, a2);
                a3 = x.fma(bottom, a3);
                x = FloatVector.fromArray(SPECIES, input, z + 5 * columnStep);
                a3 = x.fma(bottomRight, a3);
                int at = outRow + column * channels + c;
                a0.intoArray(out, at);
                a1.intoArray(out, at + channels);
                a2.intoArray(out, at + 2 * channels);
                a3.intoArray(out, at + 3 * channels);
            }
        }
    }

    /** One pixel, with those taps that are inside the picture. */
    private void edge(float[] input, int inRow, int w, int firstRow, int endRow, int from, int to,
            float[] out, int outRow) {
        int left = w * conv.strideWidth() - pad.left();
        int firstColumn = firstInside(left, conv.dilationWidth(), conv.kernelWidth());
        int endColumn = endInside(left, conv.dilationWidth(), conv.kernelWidth(), inShape.w());
        int rowStep = conv.dilationHeight() * in.row();
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
        int rowStep = conv.dilationHeight() * in.row();
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
