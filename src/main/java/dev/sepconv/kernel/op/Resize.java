package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Float16s;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * A picture of another size. Which input row and column belongs to each output row and column is
 * computed beforehand and read from tables, so that all ways to place pixels share these kernels.
 */
public final class Resize {

    public static final int IN_HEIGHT = 0;
    public static final int IN_WIDTH = 1;
    public static final int OUT_HEIGHT = 2;
    public static final int OUT_WIDTH = 3;
    /** Vectors from one pixel to the next; of the vector kernels only. */
    public static final int IN_PIXEL = 4;
    public static final int OUT_PIXEL = 5;
    /** The first vector, where pixels are parts of larger ones. */
    public static final int IN_FIRST = 6;
    public static final int OUT_FIRST = 7;
    /**
     * From here on the tables: for each output row the input row, for each output column the
     * column; linear: then the second ones.
     */
    public static final int TABLES = 8;

    private Resize() {
    }

    /**
     * Input {@code [N, C, H, W]}, output {@code [N, C, OH, OW]}.
     *
     * @param planes N*C
     */
    public static void nearestNchw(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int planes, int outHeight, int outWidth, int mode,
            float number) {
        int inHeight = sizes.get(IN_HEIGHT);
        int inWidth = sizes.get(IN_WIDTH);
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int row = (plane * inHeight + sizes.get(TABLES + oh)) * inWidth;
                    output.set((plane * outHeight + oh) * outWidth + ow,
                            input.get(row + sizes.get(TABLES + outHeight + ow)));
                }
            }
        }
    }

    /**
     * Arrays as in {@link #nearestNchw}; each output number is a mean of four, weighted.
     *
     * @param weights for each output row the weight of the second input row, then the same for
     * columns
     */
    public static void linearNchw(FloatArray input, FloatArray weights, FloatArray unused,
            FloatArray output, IntArray sizes, int planes, int outHeight, int outWidth, int mode,
            float number) {
        int inHeight = sizes.get(IN_HEIGHT);
        int inWidth = sizes.get(IN_WIDTH);
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int second = TABLES + outHeight + outWidth;
                    int row0 = (plane * inHeight + sizes.get(TABLES + oh)) * inWidth;
                    int row1 = (plane * inHeight + sizes.get(second + oh)) * inWidth;
                    int column0 = sizes.get(TABLES + outHeight + ow);
                    int column1 = sizes.get(second + outHeight + ow);
                    float down = weights.get(oh);
                    float right = weights.get(outHeight + ow);
                    float upper = input.get(row0 + column0) * (1f - right)
                            + input.get(row0 + column1) * right;
                    float lower = input.get(row1 + column0) * (1f - right)
                            + input.get(row1 + column1) * right;
                    output.set((plane * outHeight + oh) * outWidth + ow,
                            upper * (1f - down) + lower * down);
                }
            }
        }
    }

    /**
     * Pixels of whole vectors; a table entry of -1 stands for a pixel that holds one number: so
     * padding and slicing of rows and columns are this too.
     *
     * @param rows N*OH
     * @param blocks vectors of a pixel
     */
    public static void nearestVectors(VectorFloat16 input, VectorFloat16 unused,
            VectorFloat16 unused2, VectorFloat16 output, IntArray sizes, int rows, int blocks,
            int mode, float number) {
        int inHeight = sizes.get(IN_HEIGHT);
        int inWidth = sizes.get(IN_WIDTH);
        int outHeight = sizes.get(OUT_HEIGHT);
        int outWidth = sizes.get(OUT_WIDTH);
        int inPixel = sizes.get(IN_PIXEL);
        int outPixel = sizes.get(OUT_PIXEL);
        int inFirst = sizes.get(IN_FIRST);
        int outFirst = sizes.get(OUT_FIRST);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int inRow = sizes.get(TABLES + row % outHeight);
                int first = (row / outHeight * inHeight + (inRow < 0 ? 0 : inRow)) * inWidth;
                for (int ow = 0; ow < outWidth; ow++) {
                    int column = sizes.get(TABLES + outHeight + ow);
                    Float16 result = Float16s.of(number);
                    if (inRow >= 0 && column >= 0) {
                        result = input.get((first + column) * inPixel + inFirst + block);
                    }
                    output.set((row * outWidth + ow) * outPixel + outFirst + block, result);
                }
            }
        }
    }

    /** {@link #linearNchw} for pixels of whole vectors; the weights are read as single numbers. */
    public static void linearVectors(VectorFloat16 input, VectorFloat16 weights,
            VectorFloat16 unused, VectorFloat16 output, IntArray sizes, int rows, int blocks,
            int mode, float number) {
        int inHeight = sizes.get(IN_HEIGHT);
        int inWidth = sizes.get(IN_WIDTH);
        int outHeight = sizes.get(OUT_HEIGHT);
        int outWidth = sizes.get(OUT_WIDTH);
        int inPixel = sizes.get(IN_PIXEL);
        int outPixel = sizes.get(OUT_PIXEL);
        int inFirst = sizes.get(IN_FIRST);
        int outFirst = sizes.get(OUT_FIRST);
        FloatArray weight = weights.getArray();
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int second = TABLES + outHeight + outWidth;
                int oh = row % outHeight;
                int row0 = (row / outHeight * inHeight + sizes.get(TABLES + oh)) * inWidth;
                int row1 = (row / outHeight * inHeight + sizes.get(second + oh)) * inWidth;
                float down = weight.get(oh);
                Float16 lowerShare = Float16s.of(down);
                Float16 upperShare = Float16s.of(1f - down);
                for (int ow = 0; ow < outWidth; ow++) {
                    int column0 = sizes.get(TABLES + outHeight + ow);
                    int column1 = sizes.get(second + outHeight + ow);
                    float right = weight.get(outHeight + ow);
                    Float16 rightShare = Float16s.of(right);
                    Float16 leftShare = Float16s.of(1f - right);
                    Float16 upper = Float16.add(
                            Float16.mult(input.get((row0 + column0) * inPixel + inFirst + block),
                                    leftShare),
                            Float16.mult(input.get((row0 + column1) * inPixel + inFirst + block),
                                    rightShare));
                    Float16 lower = Float16.add(
                            Float16.mult(input.get((row1 + column0) * inPixel + inFirst + block),
                                    leftShare),
                            Float16.mult(input.get((row1 + column1) * inPixel + inFirst + block),
                                    rightShare));
                    output.set((row * outWidth + ow) * outPixel + outFirst + block, Float16
                            .add(Float16.mult(upper, upperShare), Float16.mult(lower, lowerShare)));
                }
            }
        }
    }
}
