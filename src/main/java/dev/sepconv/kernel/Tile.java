package dev.sepconv.kernel;

/** Index arithmetic of kernels that compute several pixels at once. */
final class Tile {

    private Tile() {
    }

    /**
     * The pixel itself, or the last one for those past the end: they compute it again rather than
     * be tested for.
     */
    static int pixel(int pixel, int last) {
        return pixel < last ? pixel : last;
    }

    /** The input pixel under a tap, or the pixel of zeros where the tap is outside the picture. */
    static int tap(int n, int h, int w, int height, int width, int zeroPixel) {
        int pixel = (n * height + h) * width + w;
        return h >= 0 && h < height && w >= 0 && w < width ? pixel : zeroPixel;
    }

    /**
     * The input pixel under a column of a line that is inside the picture, or the pixel of zeros
     * where the column is outside.
     */
    static int column(int line, int w, int width, int zeroPixel) {
        return w >= 0 && w < width ? line + w : zeroPixel;
    }

    /**
     * Where a tile begins: the last ones that would end past the row begin so that they end with
     * it, but none before the row.
     */
    static int first(int begin, int last) {
        int first = begin < last ? begin : last;
        return first > 0 ? first : 0;
    }
}
