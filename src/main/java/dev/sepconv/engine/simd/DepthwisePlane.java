package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.vector.VectorUnit;
import jdk.incubator.vector.FloatVector;

/**
 * Rows of one channel of a depthwise convolution on NCHW: a vector is so many neighbouring pixels
 * of a row. {@link PlaneRows} brings them together.
 */
final class DepthwisePlane {

    private final Conv2d conv;
    private final float[] weights;
    private final float[] bias;
    private final PlaneRows source;
    private final int outWidth;
    private final int rowPitch;
    private final int mostRows;
    private final int[] tapOffsets;

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
    DepthwisePlane(Conv2d conv, ConvWeights weights, Shape inShape, int mostRows) {
        this.conv = conv;
        this.weights = weights.weight().clone();
        this.mostRows = mostRows;
        bias = weights.bias() == null ? new float[conv.outChannels()] : weights.bias().clone();
        outWidth = conv.outputShape(inShape).w();
        source = new PlaneRows(conv, inShape);
        rowPitch = source.rowPitch();
        tapOffsets = source.tapOffsets();
    }

    /**
     * @param channels of so many the rows are to be kept
     */
    Scratch scratch(int channels) {
        return new Scratch(new float[source.floats(mostRows)],
                new float[Math.addExact(Math.multiplyExact(channels, mostRows * outWidth), LANES)],
                new int[1]);
    }

    /**
     * Computes output rows into {@code scratch.rows}, with bias, without activation. Up to a
     * vector's numbers after them change too.
     *
     * @param plane where the channel's plane begins in {@code input}
     * @param from the first output row
     * @param to the one past the last
     * @param at where the first row goes
     */
    void run(float[] input, int plane, int channel, int from, int to, Scratch scratch, int at) {
        source.copy(input, plane, from, to, scratch.copied, 0);
        boolean threeByThree = conv.kernelHeight() == 3 && conv.kernelWidth() == 3;
        boolean slides = threeByThree && conv.strideHeight() == 1 && conv.dilationHeight() == 1
                && conv.strideWidth() == 1 && conv.dilationWidth() == 1;
        int count = to - from;
        if (slides && count >= 4) {
            for (int h = 0; h < count; h += 4) {
                // the last four overlap those before
                fourRows(scratch.copied, channel, Math.min(h, count - 4), scratch.rows, at);
            }
        } else if (threeByThree) {
            rowsOfThree(scratch.copied, channel, count, scratch.rows, at);
        } else {
            for (int h = 0; h < count; h++) {
                row(scratch.copied, channel, h, scratch.rows, at);
            }
        }
    }

    /**
     * One output row, any kernel. The last vector reaches past the row's end: the row after it is
     * written later, or is nobody's. For the same reason vectors go from right to left in
     * {@link #fourRows}.
     */
    private void row(float[] copied, int channel, int h, float[] rows, int at) {
        int first = h * conv.strideHeight() * rowPitch;
        int tap = channel * tapOffsets.length;
        for (int w = 0; w < outWidth; w += LANES) {
            FloatVector sum = FloatVector.broadcast(SPECIES, bias[channel]);
            for (int i = 0; i < tapOffsets.length; i++) {
                sum = FloatVector.fromArray(SPECIES, copied, first + tapOffsets[i] + w)
                        .fma(FloatVector.broadcast(SPECIES, weights[tap + i]), sum);
            }
            sum.intoArray(rows, at + h * outWidth + w);
        }
    }

    /**
     * {@link #row} for all rows of a 3x3 kernel of any stride and dilation: the taps stay in
     * registers.
     */
    private void rowsOfThree(float[] copied, int channel, int count, float[] rows, int at) {
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
                upper.add(middle).add(lower).intoArray(rows, at + h * outWidth + w);
            }
        }
    }

    /**
     * Four rows of a 3x3 kernel at stride 1: each input row is loaded once for the three output
     * rows that it meets.
     */
    private void fourRows(float[] copied, int channel, int h, float[] rows, int rowsAt) {
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
        int at = rowsAt + h * outWidth;
        for (int w = VectorUnit.roundUp(outWidth, LANES) - LANES; w >= 0; w -= LANES) {
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
