package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.DepthwisePlaneTile;
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
     */
    record Scratch(float[] copied, float[] rows) {
    }

    /**
     * @param conv depthwise, a filter a channel
     * @param mostRows how many output rows will be asked for at once
     */
    DepthwisePlane(Conv2d conv, ConvWeights weights, Shape inShape, int mostRows) {
        this.conv = conv;
        this.weights = weights.weight().clone();
        this.mostRows = mostRows;
        bias = WeightPacking.bias(conv, weights);
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
                new float[Math.addExact(Math.multiplyExact(channels, mostRows * outWidth), LANES)]);
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
        if (slides && count >= DepthwisePlaneTile.ROWS) {
            for (int h = 0; h < count; h += DepthwisePlaneTile.ROWS) {
                // the last rows overlap those before
                int row = Math.min(h, count - DepthwisePlaneTile.ROWS);
                DepthwisePlaneTile.slide(scratch.copied, row * rowPitch, rowPitch, weights,
                        channel * 9, bias[channel], scratch.rows, at + row * outWidth, outWidth);
            }
        } else if (threeByThree) {
            DepthwisePlaneTile.run(scratch.copied, 0, conv.strideHeight() * rowPitch,
                    conv.dilationHeight() * rowPitch, tapOffsets[1], tapOffsets[2], weights,
                    channel * 9, bias[channel], scratch.rows, at, outWidth, count);
        } else {
            for (int h = 0; h < count; h++) {
                row(scratch.copied, channel, h, scratch.rows, at);
            }
        }
    }

    /**
     * One output row, any kernel. The last vector reaches past the row's end: the row after it is
     * written later, or is nobody's.
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
}
