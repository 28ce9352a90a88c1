package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Copies rows of a plane of NCHW to where zeros lie round them, for a convolution whose vectors are
 * so many neighbouring pixels of an output row. With a stride the columns that one tap meets, every
 * second one say, are brought side by side, so that every tap reads whole vectors whatever the
 * stride:
 *
 * <pre>
 * stride 2, a row of the plane   x0 x1 x2 x3 x4 x5 …
 *           its copy             x0 x2 x4 … | x1 x3 x5 …
 * </pre>
 */
final class PlaneRows {

    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(SPECIES, 0);
    private static final VectorShuffle<Float> ODD = VectorShuffle.makeUnzip(SPECIES, 1);

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Shape inShape;
    /** From one column phase of a copied row to the next, and from one copied row to the next. */
    private final int pitch;
    private final int rowPitch;
    private final int[] tapOffsets;
    private final VectorMask<Float> rowTail;

    PlaneRows(Conv2d conv, Shape inShape) {
        this.conv = conv;
        this.inShape = inShape;
        pad = conv.padding().resolve(conv, inShape.h(), inShape.w());
        int stride = conv.strideWidth();
        int reach = (conv.kernelWidth() - 1) * conv.dilationWidth();
        // what vectors write past the end included
        int copiedWidth = Math.ceilDiv(inShape.w() + pad.left(), stride) + LANES;
        pitch = Math.max(VectorUnit.roundUp(conv.outputShape(inShape).w(), LANES) + reach / stride,
                copiedWidth);
        rowTail = SPECIES.indexInRange(inShape.w() - inShape.w() % LANES, inShape.w());
        rowPitch = Math.multiplyExact(pitch, stride);
        tapOffsets = new int[conv.kernelHeight() * conv.kernelWidth()];
        for (int i = 0; i < tapOffsets.length; i++) {
            int column = i % conv.kernelWidth() * conv.dilationWidth();
            tapOffsets[i] = i / conv.kernelWidth() * conv.dilationHeight() * rowPitch
                    + column % stride * pitch + column / stride;
        }
    }

    /** From one copied row to the next. */
    int rowPitch() {
        return rowPitch;
    }

    /** For each tap where it lies, counted from where the first one does. */
    int[] tapOffsets() {
        return tapOffsets;
    }

    /** Floats of the copied input rows that so many output rows read. */
    int floats(int outRows) {
        return Math.multiplyExact(inRows(outRows), rowPitch);
    }

    private int inRows(int outRows) {
        return (outRows - 1) * conv.strideHeight()
                + (conv.kernelHeight() - 1) * conv.dilationHeight() + 1;
    }

    /**
     * Copies the input rows that some output rows read.
     *
     * @param plane where the channel's plane begins in {@code input}
     * @param from the first output row
     * @param to the one past the last
     * @param at where the first copied row goes in {@code copied}; what is not written there stays
     * 0
     */
    void copy(float[] input, int plane, int from, int to, float[] copied, int at) {
        int top = from * conv.strideHeight() - pad.top();
        int count = inRows(to - from);
        int end = Math.min(top + count, inShape.h());
        Arrays.fill(copied, at, at + Math.clamp(-(long) top, 0, count) * rowPitch, 0);
        for (int row = Math.max(top, 0); row < end; row++) {
            copyRow(input, plane + row * inShape.w(), copied, at + (row - top) * rowPitch);
        }
        Arrays.fill(copied, at + Math.clamp((long) end - top, 0, count) * rowPitch,
                at + count * rowPitch, 0);
    }

    /**
     * Copies a row, column u of the padded row to phase u % stride, position u / stride. What a
     * vector holds past the row's end is 0 and lands on zeros, or on what is written next.
     */
    private void copyRow(float[] input, int from, float[] copied, int to) {
        int stride = conv.strideWidth();
        int left = pad.left();
        int width = inShape.w();
        if (stride == 1) {
            int x = 0;
            for (; x + LANES <= width; x += LANES) {
                FloatVector.fromArray(SPECIES, input, from + x).intoArray(copied, to + left + x);
            }
            if (x < width) {
                FloatVector.fromArray(SPECIES, input, from + x, rowTail).intoArray(copied,
                        to + left + x, rowTail);
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
                    a = FloatVector.fromArray(SPECIES, input, from + x,
                            SPECIES.indexInRange(x, width));
                    b = FloatVector.fromArray(SPECIES, input, from + x + LANES,
                            SPECIES.indexInRange(x + LANES, width));
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
}
