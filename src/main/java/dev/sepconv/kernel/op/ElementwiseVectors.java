package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Float16s;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * The operations of {@link Elementwise} and {@link Broadcast} on pixels of whole vectors; a
 * work-item has 16 channels of a row.
 */
public final class ElementwiseVectors {

    public static final int WIDTH = 0;
    /** Vectors from one pixel to the next. */
    public static final int IN_PIXEL = 1;
    public static final int OUT_PIXEL = 2;
    /** Of a function taken number by number: how many numbers of a pixel matter. */
    public static final int CHANNELS = 3;
    /** The first vector, where pixels are parts of larger ones. */
    public static final int IN_FIRST = 4;
    public static final int OUT_FIRST = 5;
    /**
     * Of a binary operation's inputs: rows of a picture, and vectors from one picture, row and
     * pixel to the next; 0 to repeat.
     */
    public static final int HEIGHT = 3;
    public static final int FIRST_PICTURE = 4;
    public static final int FIRST_ROW = 5;
    public static final int FIRST_PIXEL = 6;
    public static final int SECOND_PICTURE = 7;
    public static final int SECOND_ROW = 8;
    public static final int SECOND_PIXEL = 9;
    public static final int FIRST_VECTOR = 10;
    public static final int SECOND_VECTOR = 11;
    public static final int OUT_VECTOR = 12;

    /** More than there are binary operations. */
    public static final int ACTIVATION = 256;

    private ElementwiseVectors() {
    }

    /**
     * A function that vectors have.
     *
     * @param parameters the function's two, each in all lanes of a vector
     * @param rows N*H
     * @param blocks vectors of a pixel
     */
    public static void function(VectorFloat16 input, VectorFloat16 parameters, VectorFloat16 unused,
            VectorFloat16 output, IntArray sizes, int rows, int blocks, int function,
            float number) {
        int width = sizes.get(WIDTH);
        int inPixel = sizes.get(IN_PIXEL);
        int outPixel = sizes.get(OUT_PIXEL);
        int inFirst = sizes.get(IN_FIRST);
        int outFirst = sizes.get(OUT_FIRST);
        Float16 a = parameters.get(0);
        Float16 b = parameters.get(1);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                for (int w = 0; w < width; w++) {
                    int pixel = row * width + w;
                    output.set(pixel * outPixel + outFirst + block, ElementFunctions
                            .lanes(input.get(pixel * inPixel + inFirst + block), function, a, b));
                }
            }
        }
    }

    /**
     * A function that has to be taken number by number.
     *
     * @param parameters the function's two, each in all lanes of a vector
     */
    public static void functionOfNumbers(VectorFloat16 input, VectorFloat16 parameters,
            VectorFloat16 unused, VectorFloat16 output, IntArray sizes, int rows, int blocks,
            int function, float number) {
        int width = sizes.get(WIDTH);
        int inPixel = sizes.get(IN_PIXEL);
        int outPixel = sizes.get(OUT_PIXEL);
        int inFirst = sizes.get(IN_FIRST);
        int outFirst = sizes.get(OUT_FIRST);
        int channels = sizes.get(CHANNELS);
        FloatArray from = input.getArray();
        FloatArray to = output.getArray();
        float a = parameters.get(0).getS0();
        float b = parameters.get(1).getS0();
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int left = channels - block * 16;
                int lanes = left < 16 ? left : 16;
                for (int w = 0; w < width; w++) {
                    int in = ((row * width + w) * inPixel + inFirst + block) * 16;
                    int out = ((row * width + w) * outPixel + outFirst + block) * 16;
                    for (int lane = 0; lane < lanes; lane++) {
                        to.set(out + lane,
                                ElementFunctions.apply(from.get(in + lane), function, a, b));
                    }
                }
            }
        }
    }

    /**
     * {@code x * scale[c] + shift[c]}.
     *
     * @param activation of the result, one that {@link Float16s#activate} has; or 0
     */
    public static void scaleShift(VectorFloat16 input, VectorFloat16 scale, VectorFloat16 shift,
            VectorFloat16 output, IntArray sizes, int rows, int blocks, int activation,
            float slope) {
        int width = sizes.get(WIDTH);
        int inPixel = sizes.get(IN_PIXEL);
        int outPixel = sizes.get(OUT_PIXEL);
        int inFirst = sizes.get(IN_FIRST);
        int outFirst = sizes.get(OUT_FIRST);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                Float16 factor = scale.get(block);
                Float16 summand = shift.get(block);
                for (int w = 0; w < width; w++) {
                    int pixel = row * width + w;
                    Float16 y = Float16.add(
                            Float16.mult(input.get(pixel * inPixel + inFirst + block), factor),
                            summand);
                    output.set(pixel * outPixel + outFirst + block,
                            Float16s.activate(y, activation, slope));
                }
            }
        }
    }

    /** x where x is at least 0, else {@code slopes[c] * x}. */
    public static void prelu(VectorFloat16 input, VectorFloat16 slopes, VectorFloat16 unused,
            VectorFloat16 output, IntArray sizes, int rows, int blocks, int mode, float number) {
        int width = sizes.get(WIDTH);
        int inPixel = sizes.get(IN_PIXEL);
        int outPixel = sizes.get(OUT_PIXEL);
        int inFirst = sizes.get(IN_FIRST);
        int outFirst = sizes.get(OUT_FIRST);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                Float16 slope = slopes.get(block);
                Float16 zero = Float16s.of(0f);
                for (int w = 0; w < width; w++) {
                    int pixel = row * width + w;
                    Float16 x = input.get(pixel * inPixel + inFirst + block);
                    output.set(pixel * outPixel + outFirst + block, Float16
                            .add(Float16.max(zero, x), Float16.mult(Float16.min(zero, x), slope)));
                }
            }
        }
    }

    /**
     * Two arrays, each repeated along batch, rows or columns where {@code sizes} says so.
     *
     * @param mode the operation, and {@link #ACTIVATION} times what {@link Float16s#activate} does
     * with its result, or 0
     */
    public static void binary(VectorFloat16 a, VectorFloat16 b, VectorFloat16 unused,
            VectorFloat16 output, IntArray sizes, int rows, int blocks, int mode, float slope) {
        int width = sizes.get(WIDTH);
        int outPixel = sizes.get(OUT_PIXEL);
        int height = sizes.get(HEIGHT);
        int firstPixel = sizes.get(FIRST_PIXEL);
        int secondPixel = sizes.get(SECOND_PIXEL);
        int firstVector = sizes.get(FIRST_VECTOR);
        int secondVector = sizes.get(SECOND_VECTOR);
        int outVector = sizes.get(OUT_VECTOR);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int n = row / height;
                int h = row % height;
                int first = n * sizes.get(FIRST_PICTURE) + h * sizes.get(FIRST_ROW) + firstVector
                        + block;
                int second = n * sizes.get(SECOND_PICTURE) + h * sizes.get(SECOND_ROW)
                        + secondVector + block;
                for (int w = 0; w < width; w++) {
                    Float16 y = ElementFunctions.lanes(a.get(first + w * firstPixel),
                            b.get(second + w * secondPixel), mode % ACTIVATION);
                    output.set((row * width + w) * outPixel + outVector + block,
                            Float16s.activate(y, mode / ACTIVATION, slope));
                }
            }
        }
    }
}
