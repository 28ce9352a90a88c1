package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.PictureTile;
import dev.sepconv.engine.simd.gen.PixelTile;
import java.util.Arrays;

/**
 * Some rows of a picture's planes, {@code [channels][rows][columns]}, as {@link PictureTile} reads
 * them: with zeros where the padding is.
 */
final class Band {

    private static final int MOST_STRIDE = 2;

    private final Conv2d conv;
    private final Shape in;
    private final int left;
    private final int rows;
    private final int columns;
    private final int[] taps;
    private final float[][] bands;

    /**
     * @param conv one that {@link #suits}
     * @param left columns of padding before the picture
     * @param outWidth how many columns the output has
     * @param outRows of so many rows of the output a band has what they read
     * @param workers how many have a band each
     */
    Band(Conv2d conv, Shape in, int left, int outWidth, int outRows, int workers) {
        this.conv = conv;
        this.in = in;
        this.left = left;
        rows = (outRows - 1) * conv.strideHeight()
                + (conv.kernelHeight() - 1) * conv.dilationHeight() + 1;
        columns = (outWidth - 1) * conv.strideWidth() + conv.kernelWidth();
        taps = new int[in.c() * conv.kernelHeight() * conv.kernelWidth()];
        for (int i = 0; i < taps.length; i++) {
            int s = i % conv.kernelWidth();
            int r = i / conv.kernelWidth() % conv.kernelHeight() * conv.dilationHeight();
            int c = i / conv.kernelWidth() / conv.kernelHeight();
            taps[i] = row(c, r) + s;
        }
        bands = new float[workers][row(in.c(), 0)];
    }

    /** Whether the tile and a band suit: not where rows are short, or registers few. */
    static boolean suits(Conv2d conv, Shape out) {
        return PixelTile.MANY_REGISTERS && out.w() >= PictureTile.PIXELS
                && conv.dilationWidth() == 1 && conv.strideWidth() <= MOST_STRIDE;
    }

    /** Where a row begins. */
    private int row(int channel, int row) {
        return (channel * rows + row) * columns;
    }

    /** Where the numbers of a pixel's patch lie, in the order of {@code [C][R][S]}. */
    int[] taps() {
        return taps;
    }

    /** What is added to each of {@link #taps} for a pixel of the output rows that a band is of. */
    int at(int outRow, int outColumn) {
        return row(0, outRow * conv.strideHeight()) + outColumn * conv.strideWidth();
    }

    float[] of(int worker) {
        return bands[worker];
    }

    /**
     * Brings rows of an image together.
     *
     * @param input in NCHW
     * @param top the first row; it may lie outside the picture, as those behind it may
     */
    void fill(float[] input, int n, int top, int worker) {
        float[] band = bands[worker];
        for (int c = 0; c < in.c(); c++) {
            for (int r = 0; r < rows; r++) {
                int to = row(c, r);
                if (top + r < 0 || top + r >= in.h()) {
                    Arrays.fill(band, to, to + columns, 0);
                } else {
                    int from = ((n * in.c() + c) * in.h() + top + r) * in.w();
                    System.arraycopy(input, from, band, to + left,
                            Math.min(in.w(), columns - left));
                }
            }
        }
    }
}
