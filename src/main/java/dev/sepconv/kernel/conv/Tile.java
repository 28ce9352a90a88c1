package dev.sepconv.kernel.conv;

/** Index arithmetic of kernels that compute several pixels at once. */
public final class Tile {

    private Tile() {
    }

    /**
     * The smaller number. Of a pixel and the last one: those past the end compute the last again
     * rather than be tested for.
     */
    public static int min(int a, int b) {
        return a < b ? a : b;
    }

    /** The input pixel under a tap, or the pixel of zeros where the tap is outside the picture. */
    public static int tap(int n, int h, int w, int height, int width, int zeroPixel) {
        int pixel = (n * height + h) * width + w;
        return h >= 0 && h < height && w >= 0 && w < width ? pixel : zeroPixel;
    }

    /**
     * The input pixel under a column of a line that is inside the picture, or the pixel of zeros
     * where the column is outside.
     */
    public static int column(int line, int w, int width, int zeroPixel) {
        return w >= 0 && w < width ? line + w : zeroPixel;
    }

    /**
     * Where a tile begins: the last ones that would end past the row begin so that they end with
     * it, but none before the row.
     */
    public static int first(int begin, int last) {
        int first = begin < last ? begin : last;
        return first > 0 ? first : 0;
    }

    /** A row or column if it is inside the picture, else the nearest one that is. */
    public static int inside(int at, int size) {
        return Math.min(Math.max(at, 0), size - 1);
    }
}
