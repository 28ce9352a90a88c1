package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.Lanes.LANES;
import static dev.sepconv.engine.simd.Lanes.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows of one channel of a depthwise convolution on NCHW: a vector is so many neighbouring pixels of a row.
 *
 * <p>The input rows are first copied to where zeros lie round them. With a stride the columns that one tap meets, every second one
 * say, are brought side by side, so that every tap reads whole vectors whatever the stride:
 *
 * <pre>
 * stride 2, a row of the plane   x0 x1 x2 x3 x4 x5 …
 *           its copy             x0 x2 x4 … | x1 x3 x5 …
 * </pre>
 */
final class DepthwisePlane {

    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(SPECIES, 0);
    private static final VectorShuffle<Float> ODD = VectorShuffle.makeUnzip(SPECIES, 1);

    private final Conv2d conv;
    private final float[] weights;
    private final float[] bias;
    private final Padding.Explicit pad;
    private final Shape inShape;
    private final int outWidth;
    /** From one column phase of a copied row to the next, and from one copied row to the next. */
    private final int pitch;
    private final int rowPitch;
    private final int mostInRows;
    private final int mostRows;
    /** Where each tap lies, counted from where the first one does. */
    private final int[] tapOffsets;
    private final VectorMask<Float> rowTail;

    /**
     * What one worker needs.
     *
     * @param copied input rows; what is not written stays 0
     * @param rows output rows side by side, and room for a vector more
     * @param origin of the rows: always 0
     */
    record Scratch(float[] copied, float[] rows, int[] origin) {
    }

    /**
     * @param conv depthwise, a filter a channel
     * @param mostRows how many output rows will be asked for at once
     */
    DepthwisePlane(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Shape inShape, Shape outShape, int mostRows) {
        this.conv = conv;
        this.weights = weights.weight();
        this.pad = pad;
        this.inShape = inShape;
        this.mostRows = mostRows;
        bias = weights.bias() == null ? new float[conv.outChannels()] : weights.bias();
        outWidth = outShape.w();
        int stride = conv.strideWidth();
        int reach = (conv.kernelWidth() - 1) * conv.dilationWidth();
        int copiedWidth = Math.ceilDiv(inShape.w() + pad.left(), stride) + LANES; // what vectors write past the end included
        pitch = Math.max(Lanes.roundUp(outWidth, LANES) + reach / stride, copiedWidth);
        rowTail = SPECIES.indexInRange(inShape.w() - inShape.w() % LANES, inShape.w());
        rowPitch = Math.multiplyExact(pitch, stride);
        mostInRows = (mostRows - 1) * conv.strideHeight() + (conv.kernelHeight() - 1) * conv.dilationHeight() + 1;
        tapOffsets = new int[conv.kernelHeight() * conv.kernelWidth()];
        for (int i = 0; i < tapOffsets.length; i++) {
            int column = i % conv.kernelWidth() * conv.dilationWidth();
            tapOffsets[i] = i / conv.kernelWidth() * conv.dilationHeight() * rowPitch + column % stride * pitch + column / stride;
        }
    }

    Scratch scratch() {
        return new Scratch(new float[Math.multiplyExact(mostInRows, rowPitch)], new float[mostRows * outWidth + LANES],
                new int[1]);
    }

    /**
     * Computes output rows into {@code scratch.rows}, with bias, without activation.
     *
     * @param plane where the channel's plane begins in {@code input}
     * @param from the first output row
     * @param to the one past the last
     */
    void run(float[] input, int plane, int channel, int from, int to, Scratch scratch) {
        int top = from * conv.strideHeight() - pad.top();
        int inRows = (to - from - 1) * conv.strideHeight() + (conv.kernelHeight() - 1) * conv.dilationHeight() + 1;
        int end = Math.min(top + inRows, inShape.h());
        Arrays.fill(scratch.copied, 0, Math.clamp(-(long) top, 0, inRows) * rowPitch, 0);
        for (int row = Math.max(top, 0); row < end; row++) {
            copy(input, plane + row * inShape.w(), scratch.copied, (row - top) * rowPitch);
        }
        Arrays.fill(scratch.copied, Math.clamp((long) end - top, 0, inRows) * rowPitch, inRows * rowPitch, 0);
        boolean threeByThree = conv.kernelHeight() == 3 && conv.kernelWidth() == 3;
        boolean slides = threeByThree && conv.strideHeight() == 1 && conv.dilationHeight() == 1 && conv.strideWidth() == 1
                && conv.dilationWidth() == 1;
        int count = to - from;
        if (slides && count >= 4) {
            for (int h = 0; h < count; h += 4) {
                fourRows(scratch.copied, channel, Math.min(h, count - 4), scratch.rows); // the last four overlap those before
            }
        } else if (threeByThree) {
            rowsOfThree(scratch.copied, channel, count, scratch.rows);
        } else {
            for (int h = 0; h < count; h++) {
                row(scratch.copied, channel, h, scratch.rows);
            }
        }
    }

    /**
     * Copies a row, column u of the padded row to phase u % stride, position u / stride. What a vector holds past the row's end is 0 and
     * lands on zeros, or on what is written next.
     */
    private void copy(float[] input, int from, float[] copied, int to) {
        int stride = conv.strideWidth();
        int left = pad.left();
        int width = inShape.w();
        if (stride == 1) {
            int x = 0;
            for (; x + LANES <= width; x += LANES) {
                FloatVector.fromArray(SPECIES, input, from + x).intoArray(copied, to + left + x);
            }
            if (x < width) {
                FloatVector.fromArray(SPECIES, input, from + x, rowTail).intoArray(copied, to + left + x, rowTail);
            }
        } else if (stride == 2) {
            int evenTo = to + left % 2 * pitch + left / 2;
            int oddTo = to + (left + 1) % 2 * pitch + (left + 1) / 2;
            for (int x = 0; x < width; x += 2 * LANES) {
                FloatVector a;
                FloatVector b;
                if (x + 2 * LANES <= width) {
                    a = FloatVector.fromArray(SPECIES, input, from + x);
                    b = FloatVector.fromArray(SPECIES, input, from + x + LANES);
                } else {
                    a = FloatVector.fromArray(SPECIES, input, from + x, SPECIES.indexInRange(x, width));
                    b = FloatVector.fromArray(SPECIES, input, from + x + LANES, SPECIES.indexInRange(x + LANES, width));
                }
                a.rearrange(EVEN, b).intoArray(copied, evenTo + x / 2);
                a.rearrange(ODD, b).intoArray(copied, oddTo + x / 2);
            }
        } else {
            int phase = left % stride;
            int position = left / stride;
            for (int x = 0; x < width; x++) {
                copied[to + phase * pitch + position] = input[from + x];
                if (++phase == stride) {
                    phase = 0;
                    position++;
                }
            }
        }
    }

    /**
     * One output row, any kernel. The last vector reaches past the row's end: the row after it is written later, or is nobody's. For
     * the same reason vectors go from right to left in {@link #fourRows}.
     */
    private void row(float[] copied, int channel, int h, float[] rows) {
        int first = h * conv.strideHeight() * rowPitch;
        int tap = channel * tapOffsets.length;
        for (int w = 0; w < outWidth; w += LANES) {
            FloatVector sum = FloatVector.broadcast(SPECIES, bias[channel]);
            for (int i = 0; i < tapOffsets.length; i++) {
                sum = FloatVector.fromArray(SPECIES, copied, first + tapOffsets[i] + w)
                        .fma(FloatVector.broadcast(SPECIES, weights[tap + i]), sum);
            }
            sum.intoArray(rows, h * outWidth + w);
        }
    }

    /** {@link #row} for all rows of a 3x3 kernel of any stride and dilation: the taps stay in registers. */
    private void rowsOfThree(float[] copied, int channel, int count, float[] rows) {
        int t = channel * 9;
        FloatVector topLeft = FloatVector.broadcast(SPECIES, weights[t]);
        FloatVector top = FloatVector.broadcast(SPECIES, weights[t + 1]);
        FloatVector topRight = FloatVector.broadcast(SPECIES, weights[t + 2]);
        FloatVector left = FloatVector.broadcast(SPECIES, weights[t + 3]);
        FloatVector centre = FloatVector.broadcast(SPECIES, weights[t + 4]);
        FloatVector right = FloatVector.broadcast(SPECIES, weights[t + 5]);
        FloatVector bottomLeft = FloatVector.broadcast(SPECIES, weights[t + 6]);
        FloatVector bottom = FloatVector.broadcast(SPECIES, weights[t + 7]);
        FloatVector bottomRight = FloatVector.broadcast(SPECIES, weights[t + 8]);
        FloatVector start = FloatVector.broadcast(SPECIES, bias[channel]);
        int second = tapOffsets[1];
        int third = tapOffsets[2];
        int tapRow = conv.dilationHeight() * rowPitch;
        for (int h = 0; h < count; h++) {
            int first = h * conv.strideHeight() * rowPitch;
            for (int w = 0; w < outWidth; w += LANES) {
                int z = first + w;
                FloatVector upper = FloatVector.fromArray(SPECIES, copied, z).fma(topLeft, start);
                upper = FloatVector.fromArray(SPECIES, copied, z + second).fma(top, upper);
                upper = FloatVector.fromArray(SPECIES, copied, z + third).fma(topRight, upper);
                z += tapRow;
                FloatVector middle = FloatVector.fromArray(SPECIES, copied, z).mul(left);
                middle = FloatVector.fromArray(SPECIES, copied, z + second).fma(centre, middle);
                middle = FloatVector.fromArray(SPECIES, copied, z + third).fma(right, middle);
                z += tapRow;
                FloatVector lower = FloatVector.fromArray(SPECIES, copied, z).mul(bottomLeft);
                lower = FloatVector.fromArray(SPECIES, copied, z + second).fma(bottom, lower);
                lower = FloatVector.fromArray(SPECIES, copied, z + third).fma(bottomRight, lower);
                upper.add(middle).add(lower).intoArray(rows, h * outWidth + w);
            }
        }
    }

    /** Four rows of a 3x3 kernel at stride 1: each input row is loaded once for the three output rows that it meets. */
    private void fourRows(float[] copied, int channel, int h, float[] rows) {
        int t = channel * 9;
        FloatVector topLeft = FloatVector.broadcast(SPECIES, weights[t]);
        FloatVector top = FloatVector.broadcast(SPECIES, weights[t + 1]);
        FloatVector topRight = FloatVector.broadcast(SPECIES, weights[t + 2]);
        FloatVector left = FloatVector.broadcast(SPECIES, weights[t + 3]);
        FloatVector centre = FloatVector.broadcast(SPECIES, weights[t + 4]);
        FloatVector right = FloatVector.broadcast(SPECIES, weights[t + 5]);
        FloatVector bottomLeft = FloatVector.broadcast(SPECIES, weights[t + 6]);
        FloatVector bottom = FloatVector.broadcast(SPECIES, weights[t + 7]);
        FloatVector bottomRight = FloatVector.broadcast(SPECIES, weights[t + 8]);
        FloatVector start = FloatVector.broadcast(SPECIES, bias[channel]);
        int first = h * rowPitch;
        int at = h * outWidth;
        for (int w = Lanes.roundUp(outWidth, LANES) - LANES; w >= 0; w -= LANES) {
            int z = first + w;
            FloatVector x = FloatVector.fromArray(SPECIES, copied, z);
            FloatVector y = FloatVector.fromArray(SPECIES, copied, z + 1);
            FloatVector v = FloatVector.fromArray(SPECIES, copied, z + 2);
            FloatVector a0 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowPitch;
            x = FloatVector.fromArray(SPECIES, copied, z);
            y = FloatVector.fromArray(SPECIES, copied, z + 1);
            v = FloatVector.fromArray(SPECIES, copied, z + 2);
            a0 = v.fma(right, y.fma(centre, x.fma(left, a0)));
            FloatVector a1 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowPitch;
            x = FloatVector.fromArray(SPECIES, copied, z);
            y = FloatVector.fromArray(SPECIES, copied, z + 1);
            v = FloatVector.fromArray(SPECIES, copied, z + 2);
            a0 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a0)));
            a1 = v.fma(right, y.fma(centre, x.fma(left, a1)));
            FloatVector a2 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowPitch;
            x = FloatVector.fromArray(SPECIES, copied, z);
            y = FloatVector.fromArray(SPECIES, copied, z + 1);
            v = FloatVector.fromArray(SPECIES, copied, z + 2);
            a1 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a1)));
            a2 = v.fma(right, y.fma(centre, x.fma(left, a2)));
            FloatVector a3 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowPitch;
            x = FloatVector.fromArray(SPECIES, copied, z);
            y = FloatVector.fromArray(SPECIES, copied, z + 1);
            v = FloatVector.fromArray(SPECIES, copied, z + 2);
            a2 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a2)));
            a3 = v.fma(right, y.fma(centre, x.fma(left, a3)));
            z += rowPitch;
            x = FloatVector.fromArray(SPECIES, copied, z);
            y = FloatVector.fromArray(SPECIES, copied, z + 1);
            v = FloatVector.fromArray(SPECIES, copied, z + 2);
            a3 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a3)));
            a0.intoArray(rows, at + w);
            a1.intoArray(rows, at + outWidth + w);
            a2.intoArray(rows, at + 2 * outWidth + w);
            a3.intoArray(rows, at + 3 * outWidth + w);
        }
    }
}
