package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Float16s;
import dev.sepconv.kernel.conv.Taps;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** The greatest number or the mean of each window. */
public final class Pool {

    public static final int MAX = 0;
    public static final int AVERAGE = 1;

    public static final int IN_HEIGHT = 0;
    public static final int IN_WIDTH = 1;
    public static final int KERNEL_HEIGHT = 2;
    public static final int KERNEL_WIDTH = 3;
    public static final int STRIDE_HEIGHT = 4;
    public static final int STRIDE_WIDTH = 5;
    public static final int DILATION_HEIGHT = 6;
    public static final int DILATION_WIDTH = 7;
    public static final int PAD_TOP = 8;
    public static final int PAD_LEFT = 9;
    /** Rows up to which a mean counts cells: the input's, or with padding the padded input's. */
    public static final int COUNTED_TOP = 10;
    public static final int COUNTED_BOTTOM = 11;
    public static final int COUNTED_LEFT = 12;
    public static final int COUNTED_RIGHT = 13;
    public static final int OUT_HEIGHT = 14;
    public static final int OUT_WIDTH = 15;
    /** Vectors from one pixel to the next; of the vector kernel only. */
    public static final int IN_PIXEL = 16;
    public static final int OUT_PIXEL = 17;
    /** The first vector, where pixels are parts of larger ones. */
    public static final int IN_FIRST = 18;
    public static final int OUT_FIRST = 19;

    private Pool() {
    }

    /**
     * Input {@code [N, C, H, W]}, output {@code [N, C, OH, OW]}.
     *
     * @param planes N*C
     */
    public static void nchw(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int planes, int outHeight, int outWidth, int kind,
            float number) {
        int inHeight = sizes.get(IN_HEIGHT);
        int inWidth = sizes.get(IN_WIDTH);
        int kernelHeight = sizes.get(KERNEL_HEIGHT);
        int kernelWidth = sizes.get(KERNEL_WIDTH);
        int strideHeight = sizes.get(STRIDE_HEIGHT);
        int strideWidth = sizes.get(STRIDE_WIDTH);
        int dilationHeight = sizes.get(DILATION_HEIGHT);
        int dilationWidth = sizes.get(DILATION_WIDTH);
        int padTop = sizes.get(PAD_TOP);
        int padLeft = sizes.get(PAD_LEFT);
        int countedTop = sizes.get(COUNTED_TOP);
        int countedBottom = sizes.get(COUNTED_BOTTOM);
        int countedLeft = sizes.get(COUNTED_LEFT);
        int countedRight = sizes.get(COUNTED_RIGHT);
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int top = oh * strideHeight - padTop;
                    int left = ow * strideWidth - padLeft;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    float greatest = Float.NEGATIVE_INFINITY;
                    float sum = 0f;
                    for (int r = rFirst; r < rEnd; r++) {
                        int row = (plane * inHeight + top + r * dilationHeight) * inWidth + left;
                        for (int s = sFirst; s < sEnd; s++) {
                            float x = input.get(row + s * dilationWidth);
                            sum += x;
                            greatest = x > greatest || x != x ? x : greatest; // a NaN stays
                        }
                    }
                    int rows = Taps.end(top, dilationHeight, countedBottom, kernelHeight)
                            - Taps.first(top - countedTop, dilationHeight);
                    int columns = Taps.end(left, dilationWidth, countedRight, kernelWidth)
                            - Taps.first(left - countedLeft, dilationWidth);
                    float result = greatest;
                    if (kind == AVERAGE) {
                        result = sum / (rows * columns);
                    }
                    output.set((plane * outHeight + oh) * outWidth + ow, result);
                }
            }
        }
    }

    /**
     * Pixels of whole vectors, one work-item 16 channels of an output row.
     *
     * @param rows N*OH
     * @param blocks vectors of a pixel
     */
    public static void vectors(VectorFloat16 input, VectorFloat16 unused, VectorFloat16 unused2,
            VectorFloat16 output, IntArray sizes, int rows, int blocks, int kind, float number) {
        int inHeight = sizes.get(IN_HEIGHT);
        int inWidth = sizes.get(IN_WIDTH);
        int kernelHeight = sizes.get(KERNEL_HEIGHT);
        int kernelWidth = sizes.get(KERNEL_WIDTH);
        int strideHeight = sizes.get(STRIDE_HEIGHT);
        int strideWidth = sizes.get(STRIDE_WIDTH);
        int dilationHeight = sizes.get(DILATION_HEIGHT);
        int dilationWidth = sizes.get(DILATION_WIDTH);
        int padTop = sizes.get(PAD_TOP);
        int padLeft = sizes.get(PAD_LEFT);
        int countedTop = sizes.get(COUNTED_TOP);
        int countedBottom = sizes.get(COUNTED_BOTTOM);
        int countedLeft = sizes.get(COUNTED_LEFT);
        int countedRight = sizes.get(COUNTED_RIGHT);
        int outHeight = sizes.get(OUT_HEIGHT);
        int outWidth = sizes.get(OUT_WIDTH);
        int inPixel = sizes.get(IN_PIXEL);
        int outPixel = sizes.get(OUT_PIXEL);
        int inFirst = sizes.get(IN_FIRST);
        int outFirst = sizes.get(OUT_FIRST);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                int counted = Taps.end(top, dilationHeight, countedBottom, kernelHeight)
                        - Taps.first(top - countedTop, dilationHeight);
                for (int ow = 0; ow < outWidth; ow++) {
                    int left = ow * strideWidth - padLeft;
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    int columns = Taps.end(left, dilationWidth, countedRight, kernelWidth)
                            - Taps.first(left - countedLeft, dilationWidth);
                    Float16 result = Float16s.of(kind == AVERAGE ? 0f : Float.NEGATIVE_INFINITY);
                    Float16 squares = Float16s.of(0f);
                    for (int r = rFirst; r < rEnd; r++) {
                        for (int s = sFirst; s < sEnd; s++) {
                            int pixel = inRow + r * dilationHeight * inWidth + left
                                    + s * dilationWidth;
                            Float16 x = input.get(pixel * inPixel + inFirst + block);
                            squares = Float16.add(squares, Float16.mult(x, x));
                            if (kind == AVERAGE) {
                                result = Float16.add(result, x);
                            } else {
                                result = Float16.max(result, x);
                            }
                        }
                    }
                    if (kind == AVERAGE) {
                        result = Float16.mult(result, Float16s.of(1f / (counted * columns)));
                    } else {
                        result = Float16.add(result, Float16s.notNumbers(squares)); // a NaN stays
                    }
                    output.set((row * outWidth + ow) * outPixel + outFirst + block, result);
                }
            }
        }
    }
}
