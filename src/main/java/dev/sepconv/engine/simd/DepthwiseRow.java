package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.DepthwiseTile;
import dev.sepconv.engine.simd.gen.SlidingTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.EnumSet;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Rows of a depthwise convolution with a filter a channel: a vector is so many neighbouring
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
    /** What the activation clamps to. */
    private final float low;
    private final float high;
    /** Two rows at once, where there is a tile for it. */
    private final Pair pair;
    private final Set<Primer.Hot> hot = EnumSet.noneOf(Primer.Hot.class);
    /** From a pixel's first channel to the next one's in the output. */
    private final int outPixel;

    /**
     * How two rows are computed at once, if at all.
     *
     * @param slides by {@link SlidingTile}; or by squares of {@link DepthwiseTile}
     * @param from the first output column that is computed so
     * @param to the one past the last
     * @param leftOutside whether the first one's first column is outside the picture
     * @param rightOutside whether the last one's last column is
     */
    private record Pair(boolean slides, int from, int to, boolean leftOutside,
            boolean rightOutside) {

        static final Pair NONE = new Pair(false, 0, 0, false, false);

        boolean exists() {
            return to > from;
        }
    }

    /**
     * @param conv depthwise
     * @param in where the input's pixels lie, each channel as often as it has filters; a border is
     * not read
     * @param outPixel from a pixel's first channel to the next one's in the output
     */
    DepthwiseRow(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in, Shape inShape,
            Shape outShape, int outPixel) {
        this.outPixel = outPixel;
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
        Epilogue epilogue = new Epilogue(conv.activation());
        low = epilogue.low();
        high = epilogue.high();
        columnStep = conv.strideWidth() * in.pixel();
        tapStep = conv.dilationWidth() * in.pixel();
        rowStep = conv.dilationHeight() * in.row();
        int reach = (conv.kernelWidth() - 1) * conv.dilationWidth();
        innerFrom = Math.min(Math.ceilDiv(pad.left(), conv.strideWidth()), outShape.w());
        int past = Math.floorDiv(inShape.w() - 1 - reach + pad.left(), conv.strideWidth()) + 1;
        innerTo = Math.clamp(past, innerFrom, outShape.w());
        pair = pair(outShape.w(), past);
        if (pair.exists()) {
            boolean one = conv.strideHeight() == 1;
            hot.add(one ? Primer.Hot.DEPTHWISE : Primer.Hot.DEPTHWISE_BY_TWO);
            if (innerTo - innerFrom >= DepthwiseTile.PIXELS) {
                hot.add(one ? Primer.Hot.DEPTHWISE_EDGE : Primer.Hot.DEPTHWISE_EDGE_BY_TWO);
            }
        }
        hot.add(Primer.Hot.DEPTHWISE_PIXEL);
        hot.forEach(Primer::want);
        tailMask = SPECIES.indexInRange(channels - channels % LANES, channels);
    }

    /**
     * @param past one past the last output column whose taps don't go beyond the picture's right
     * end
     */
    private Pair pair(int width, int past) {
        if (conv.dilationHeight() != 1 || conv.dilationWidth() != 1) {
            return Pair.NONE;
        }
        if (SlidingTile.suits(conv.kernelHeight(), conv.kernelWidth(), conv.strideHeight(),
                conv.strideWidth())) {
            boolean left = pad.left() == 1;
            int lastColumn = (width - 1) * conv.strideWidth() - pad.left() + conv.kernelWidth() - 1;
            boolean right = lastColumn == inShape.w();
            return new Pair(true, left ? 0 : innerFrom, right ? width : Math.min(past, width), left,
                    right);
        }
        return DepthwiseTile.hasSquares(conv.kernelHeight(), conv.kernelWidth(),
                conv.strideHeight(), conv.strideWidth())
                && innerTo - innerFrom >= DepthwiseTile.SQUARE
                        ? new Pair(false, innerFrom, innerTo, false, false)
                        : Pair.NONE;
    }

    /**
     * The first output row from which on two at a time are fastest: before it is an odd one that
     * some taps of are outside.
     */
    int firstPair() {
        int inside = Math.ceilDiv(pad.top(), conv.strideHeight());
        return pair.exists() ? inside % 2 : 0;
    }

    /** The first row of the input that an output row reads. */
    int firstRead(int h) {
        return Math.clamp((long) h * conv.strideHeight() - pad.top(), 0, inShape.h());
    }

    /** One past the last that it reads. */
    int endRead(int h) {
        return Math.clamp((long) h * conv.strideHeight() - pad.top()
                + (conv.kernelHeight() - 1L) * conv.dilationHeight() + 1, 0, inShape.h());
    }

    /** {@link Step#hot}. */
    Set<Primer.Hot> hot() {
        return hot;
    }

    /** Whether more than one row at once is faster. */
    boolean pairs() {
        return pair.exists();
    }

    /**
     * Computes output rows for a range of channels, with bias, clamped as the activation does: what
     * it does besides is left ({@link Epilogue#afterClamp}).
     *
     * @param moved added to every index of {@code input}: not 0 where only some rows of the picture
     * are there
     * @param h the first output row
     * @param rows how many
     * @param width how many pixels a row has
     * @param from the first channel, a multiple of the vector's lanes
     * @param to the end of the range: such a multiple too, or the number of channels
     * @param outRow where channel 0 of the first row's first pixel goes in {@code out}
     * @param outStep from there to the next row
     */
    void run(float[] input, int moved, int n, int h, int rows, int width, int from, int to,
            float[] out, int outRow, int outStep) {
        for (int done = 0; done < rows;) {
            int row = h + done;
            int count = pair.exists() && done + 1 < rows && isInside(row) && isInside(row + 1)
                    ? 2
                    : 1;
            run(input, moved, n, row, count, width, from, to, out, outRow + done * outStep, outStep,
                    to - to % LANES);
            done += count;
        }
    }

    /** One row, or two whose taps are all inside. */
    private void run(float[] input, int moved, int n, int h, int rows, int width, int from, int to,
            float[] out, int outRow, int outStep, int vectorsTo) {
        int top = h * conv.strideHeight() - pad.top();
        int inRow = in.at(n, top, -pad.left()) + moved;
        vectors(input, inRow, top, rows, width, from, vectorsTo, out, outRow, outStep);
        if (vectorsTo == to) {
            return;
        }
        // a last vector that overlaps the one before and computes some channels again
        if (to - from >= LANES) {
            vectors(input, inRow, top, rows, width, to - LANES, to, out, outRow, outStep);
            return;
        }
        for (int row = 0; row < rows; row++) {
            int down = row * conv.strideHeight();
            for (int w = 0; w < width; w++) {
                tail(input, inRow + down * in.row(), w, firstRow(top + down), endRow(top + down),
                        vectorsTo, out, outRow + row * outStep);
            }
        }
    }

    /** A range of channels that is whole vectors. */
    private void vectors(float[] input, int inRow, int top, int rows, int width, int from, int to,
            float[] out, int outRow, int outStep) {
        boolean both = rows == 2;
        boolean tiled = both || innerTo - innerFrom >= DepthwiseTile.PIXELS;
        int tileFrom = both ? pair.from() : tiled ? innerFrom : innerTo;
        int tileTo = both ? pair.to() : innerTo;
        for (int row = 0; row < rows; row++) {
            int down = row * conv.strideHeight();
            int at = inRow + down * in.row();
            int firstRow = firstRow(top + down);
            int endRow = endRow(top + down);
            for (int w = 0; w < tileFrom; w++) {
                edge(input, at, w, firstRow, endRow, from, to, out, outRow + row * outStep);
            }
            for (int w = tileTo; w < width; w++) {
                edge(input, at, w, firstRow, endRow, from, to, out, outRow + row * outStep);
            }
        }
        int first = inRow + tileFrom * columnStep;
        int to0 = outRow + tileFrom * outPixel;
        int count = tileTo - tileFrom;
        if (both && pair.slides()) {
            SlidingTile.run(input, first, rowStep, tapStep, conv.strideWidth(), taps, tapChannels,
                    bias, from, to, low, high, out, to0, outStep, outPixel, count,
                    pair.leftOutside(), pair.rightOutside());
        } else if (both) {
            DepthwiseTile.squares(input, first, rowStep, columnStep, tapStep, conv.kernelWidth(),
                    taps, tapChannels, bias, from, to, low, high, out, to0, outStep, outPixel,
                    count);
        } else if (tiled) {
            DepthwiseTile.run(input, first, rowStep, columnStep, tapStep, conv.kernelHeight(),
                    conv.kernelWidth(), firstRow(top), endRow(top), taps, tapChannels, bias, from,
                    to, low, high, out, to0, outPixel, count);
        }
    }

    /** One pixel, with those taps that are inside the picture. {@link Primer} calls it too. */
    void edge(float[] input, int inRow, int w, int firstRow, int endRow, int from, int to,
            float[] out, int outRow) {
        int left = w * conv.strideWidth() - pad.left();
        int firstColumn = firstInside(left, conv.dilationWidth(), conv.kernelWidth());
        int endColumn = endInside(left, conv.dilationWidth(), conv.kernelWidth(), inShape.w());
        int pixel = inRow + w * columnStep;
        int at = outRow + w * outPixel;
        int c = from;
        // several sums at once: one alone would wait for itself at each multiply-add
        int fours = to - (to - from) % (4 * LANES);
        for (; c < fours; c += 4 * LANES) {
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
            FloatVector a1 = FloatVector.fromArray(SPECIES, bias, c + LANES);
            FloatVector a2 = FloatVector.fromArray(SPECIES, bias, c + 2 * LANES);
            FloatVector a3 = FloatVector.fromArray(SPECIES, bias, c + 3 * LANES);
            for (int r = firstRow; r < endRow; r++) {
                for (int s = firstColumn; s < endColumn; s++) {
                    int z = pixel + r * rowStep + s * tapStep + c;
                    int t = (r * conv.kernelWidth() + s) * tapChannels + c;
                    a0 = FloatVector.fromArray(SPECIES, taps, t)
                            .fma(FloatVector.fromArray(SPECIES, input, z), a0);
                    a1 = FloatVector.fromArray(SPECIES, taps, t + LANES)
                            .fma(FloatVector.fromArray(SPECIES, input, z + LANES), a1);
                    a2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES)
                            .fma(FloatVector.fromArray(SPECIES, input, z + 2 * LANES), a2);
                    a3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES)
                            .fma(FloatVector.fromArray(SPECIES, input, z + 3 * LANES), a3);
                }
            }
            // as Epilogue does: a call would be inlined only after a thousand others
            a0 = a0.blend(low, a0.compare(VectorOperators.LT, low));
            a1 = a1.blend(low, a1.compare(VectorOperators.LT, low));
            a2 = a2.blend(low, a2.compare(VectorOperators.LT, low));
            a3 = a3.blend(low, a3.compare(VectorOperators.LT, low));
            a0.blend(high, a0.compare(VectorOperators.GT, high)).intoArray(out, at + c);
            a1.blend(high, a1.compare(VectorOperators.GT, high)).intoArray(out, at + c + LANES);
            a2.blend(high, a2.compare(VectorOperators.GT, high)).intoArray(out, at + c + 2 * LANES);
            a3.blend(high, a3.compare(VectorOperators.GT, high)).intoArray(out, at + c + 3 * LANES);
        }
        for (; c < to; c += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, bias, c);
            for (int r = firstRow; r < endRow; r++) {
                for (int s = firstColumn; s < endColumn; s++) {
                    sum = FloatVector
                            .fromArray(SPECIES, taps,
                                    (r * conv.kernelWidth() + s) * tapChannels + c)
                            .fma(FloatVector.fromArray(SPECIES, input,
                                    pixel + r * rowStep + s * tapStep + c), sum);
                }
            }
            sum = sum.blend(low, sum.compare(VectorOperators.LT, low));
            sum.blend(high, sum.compare(VectorOperators.GT, high)).intoArray(out, at + c);
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
        int at = outRow + w * outPixel;
        sum.intoArray(out, at + c, tailMask);
        for (int i = at + c; i < at + channels; i++) {
            out[i] = Epilogue.clamp(out[i], low, high);
        }
    }

    private int firstRow(int top) {
        return firstInside(top, conv.dilationHeight(), conv.kernelHeight());
    }

    private int endRow(int top) {
        return endInside(top, conv.dilationHeight(), conv.kernelHeight(), inShape.h());
    }

    /** Whether all rows of the input that an output row reads are inside. */
    private boolean isInside(int row) {
        int top = row * conv.strideHeight() - pad.top();
        return firstRow(top) == 0 && endRow(top) == conv.kernelHeight();
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
