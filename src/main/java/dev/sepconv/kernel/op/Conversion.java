package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Between row-major arrays, {@code [N, C, H, W]} or {@code [N, H, W, C]}, and pixels of whole
 * vectors.
 */
public final class Conversion {

    public static final int CHANNELS = 0;
    public static final int HEIGHT = 1;
    public static final int WIDTH = 2;
    /** Numbers from one pixel to the next. */
    public static final int PIXEL_FLOATS = 3;
    /**
     * Numbers of the row-major array from one channel, column and row to the next; from one image
     * it is C*H*W.
     */
    public static final int CHANNEL_STRIDE = 4;
    public static final int COLUMN_STRIDE = 5;
    public static final int ROW_STRIDE = 6;

    private Conversion() {
    }

    /**
     * Padding beyond the last channel repeats it; nothing reads that.
     *
     * @param rows N*H
     * @param blocks vectors of a pixel
     */
    public static void toVectors(FloatArray input, VectorFloat16 output, IntArray sizes, int rows,
            int blocks) {
        int channels = sizes.get(CHANNELS);
        int height = sizes.get(HEIGHT);
        int width = sizes.get(WIDTH);
        int pixelVectors = sizes.get(PIXEL_FLOATS) / 16;
        int plane = sizes.get(CHANNEL_STRIDE);
        int step = sizes.get(COLUMN_STRIDE);
        int rowStride = sizes.get(ROW_STRIDE);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int first = row / height * channels * height * width + row % height * rowStride;
                int last = channels - 1;
                int c = block * 16;
                int at0 = first + Tile.min(c, last) * plane;
                int at1 = first + Tile.min(c + 1, last) * plane;
                int at2 = first + Tile.min(c + 2, last) * plane;
                int at3 = first + Tile.min(c + 3, last) * plane;
                int at4 = first + Tile.min(c + 4, last) * plane;
                int at5 = first + Tile.min(c + 5, last) * plane;
                int at6 = first + Tile.min(c + 6, last) * plane;
                int at7 = first + Tile.min(c + 7, last) * plane;
                int at8 = first + Tile.min(c + 8, last) * plane;
                int at9 = first + Tile.min(c + 9, last) * plane;
                int at10 = first + Tile.min(c + 10, last) * plane;
                int at11 = first + Tile.min(c + 11, last) * plane;
                int at12 = first + Tile.min(c + 12, last) * plane;
                int at13 = first + Tile.min(c + 13, last) * plane;
                int at14 = first + Tile.min(c + 14, last) * plane;
                int at15 = first + Tile.min(c + 15, last) * plane;
                for (int w = 0; w < width; w++) {
                    output.set((row * width + w) * pixelVectors + block,
                            new Float16(input.get(at0 + w * step), input.get(at1 + w * step),
                                    input.get(at2 + w * step), input.get(at3 + w * step),
                                    input.get(at4 + w * step), input.get(at5 + w * step),
                                    input.get(at6 + w * step), input.get(at7 + w * step),
                                    input.get(at8 + w * step), input.get(at9 + w * step),
                                    input.get(at10 + w * step), input.get(at11 + w * step),
                                    input.get(at12 + w * step), input.get(at13 + w * step),
                                    input.get(at14 + w * step), input.get(at15 + w * step)));
                }
            }
        }
    }

    /**
     * {@link #fromVectors} of pictures of one pixel, which most networks end with: a tenth of its
     * code.
     *
     * @param batch N
     * @param blocks vectors that have channels
     */
    public static void fromPixels(VectorFloat16 input, FloatArray output, IntArray sizes, int batch,
            int blocks) {
        int channels = sizes.get(CHANNELS);
        int pixelFloats = sizes.get(PIXEL_FLOATS);
        FloatArray numbers = input.getArray();
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int end = Tile.min(block * 16 + 16, channels);
                for (int c = block * 16; c < end; c++) {
                    output.set(n * channels + c, numbers.get(n * pixelFloats + c));
                }
            }
        }
    }

    /**
     * A work-item writes 16 channels of a row, so that each vector is read once. Those beyond the
     * last channel take its place and are written before it.
     *
     * @param blocks N times the vectors that have channels
     * @param rows H
     */
    public static void fromVectors(VectorFloat16 input, FloatArray output, IntArray sizes,
            int blocks, int rows) {
        int channels = sizes.get(CHANNELS);
        int width = sizes.get(WIDTH);
        int pixelFloats = sizes.get(PIXEL_FLOATS);
        int plane = sizes.get(CHANNEL_STRIDE);
        int step = sizes.get(COLUMN_STRIDE);
        int rowStride = sizes.get(ROW_STRIDE);
        FloatArray numbers = input.getArray();
        for (@Parallel int block = 0; block < blocks; block++) {
            for (@Parallel int row = 0; row < rows; row++) {
                int vectors = (channels + 15) / 16;
                int image = block / vectors;
                int c = block % vectors * 16;
                int last = channels - 1;
                int first = image * channels * rows * width + row * rowStride;
                int at0 = first + Tile.min(c, last) * plane;
                int at1 = first + Tile.min(c + 1, last) * plane;
                int at2 = first + Tile.min(c + 2, last) * plane;
                int at3 = first + Tile.min(c + 3, last) * plane;
                int at4 = first + Tile.min(c + 4, last) * plane;
                int at5 = first + Tile.min(c + 5, last) * plane;
                int at6 = first + Tile.min(c + 6, last) * plane;
                int at7 = first + Tile.min(c + 7, last) * plane;
                int at8 = first + Tile.min(c + 8, last) * plane;
                int at9 = first + Tile.min(c + 9, last) * plane;
                int at10 = first + Tile.min(c + 10, last) * plane;
                int at11 = first + Tile.min(c + 11, last) * plane;
                int at12 = first + Tile.min(c + 12, last) * plane;
                int at13 = first + Tile.min(c + 13, last) * plane;
                int at14 = first + Tile.min(c + 14, last) * plane;
                int at15 = first + Tile.min(c + 15, last) * plane;
                for (int w = 0; w < width; w++) {
                    int in = ((image * rows + row) * width + w) * pixelFloats + c;
                    int column = w * step;
                    output.set(at15 + column, numbers.get(in + 15));
                    output.set(at14 + column, numbers.get(in + 14));
                    output.set(at13 + column, numbers.get(in + 13));
                    output.set(at12 + column, numbers.get(in + 12));
                    output.set(at11 + column, numbers.get(in + 11));
                    output.set(at10 + column, numbers.get(in + 10));
                    output.set(at9 + column, numbers.get(in + 9));
                    output.set(at8 + column, numbers.get(in + 8));
                    output.set(at7 + column, numbers.get(in + 7));
                    output.set(at6 + column, numbers.get(in + 6));
                    output.set(at5 + column, numbers.get(in + 5));
                    output.set(at4 + column, numbers.get(in + 4));
                    output.set(at3 + column, numbers.get(in + 3));
                    output.set(at2 + column, numbers.get(in + 2));
                    output.set(at1 + column, numbers.get(in + 1));
                    output.set(at0 + column, numbers.get(in));
                }
            }
        }
    }
}
