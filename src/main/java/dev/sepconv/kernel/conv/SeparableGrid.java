package dev.sepconv.kernel.conv;

/**
 * How the work of a separable kernel is divided: each work-item computes the depthwise step of some
 * pixels, and from them a share of the output channels.
 *
 * @param pixels output pixels of a work-item, a multiple of the tile's
 * @param parts into which the pixels of all pictures are divided
 * @param shares into which the output channels are divided; each computes the depthwise step again
 * @param shareBlocks blocks of output channels of a share
 */
public record SeparableGrid(int pixels, int parts, int shares, int shareBlocks) {

    /**
     * Numbers of the array that a work-item has for the depthwise result: it must be a constant.
     */
    public static final int MOST_NUMBERS = 36864;

    /**
     * Above so many numbers the pointwise weights are fetched for two tiles at a time: half of a
     * second cache of 1 MiB.
     */
    private static final int MOST_NEAR_WEIGHTS = 1 << 17;
    /** Few channels get more tiles, of which so many numbers are all in the first cache. */
    private static final int NEAR_NUMBERS = 1 << 11;
    /** A share of 256 output channels at least, beside which the depthwise step is small. */
    private static final int LEAST_SHARE = 8;
    /** Work-items for each processor that are aimed at, so that none waits long for the last. */
    private static final int ITEMS_EACH = 4;
    /** Below so many some processors would have much less to do than others. */
    private static final int LEAST_PARTS_EACH = 2;

    /**
     * Whether a work-item's array has room for that many pixels, and for a tile that begins before
     * them, as it ends with its row, or that ends behind them.
     */
    public static boolean holds(int pixels, int tile, int pixelFloats) {
        return (pixels + 2L * (tile - 1)) * pixelFloats <= MOST_NUMBERS;
    }

    /**
     * Whether all columns under a tile of that many output pixels are inside the picture, but half
     * a kernel's width at each end: of the others a kernel for wide pictures doesn't ask it.
     */
    public static boolean fits(Geometry depthwise, int tile) {
        int edge = depthwise.kernelWidth() / 2;
        int lastTap = (depthwise.outWidth() - 1) * depthwise.strideWidth() - depthwise.padLeft()
                + depthwise.kernelWidth() - 1;
        return depthwise.outWidth() >= tile && depthwise.padLeft() <= edge
                && lastTap - edge < depthwise.inWidth();
    }

    /**
     * @param pixelFloats numbers from one input pixel to the next
     * @param tiling of the kernel
     */
    public static SeparableGrid of(Geometry pointwise, int pixelFloats, Kernel.Tiling tiling) {
        int tile = tiling.pixels();
        int block = tiling.filters();
        int outPixels = pointwise.batch() * pointwise.outHeight() * pointwise.outWidth();
        int blocks = BlockPacking.blocks(pointwise, block);
        boolean two = (long) pixelFloats * blocks * block > MOST_NEAR_WEIGHTS
                && holds(2 * tile, tile, pixelFloats);
        int tiles = Math.min(NEAR_NUMBERS / pixelFloats / tile,
                outPixels / tile / (2 * ITEMS_EACH * processors()));
        int pixels = Math.max(tiles, two ? 2 : 1) * tile;
        int parts = Math.ceilDiv(outPixels, pixels);
        int wanted = Math.ceilDiv(ITEMS_EACH * processors(), parts);
        int most = Math.max(blocks / LEAST_SHARE, 1);
        int shareBlocks = Math.ceilDiv(blocks, Math.min(wanted, most));
        return new SeparableGrid(pixels, parts, Math.ceilDiv(blocks, shareBlocks), shareBlocks);
    }

    /**
     * Whether it was measured to be faster than a kernel for each step: where there are parts
     * enough for every processor of this machine without dividing the output channels, which costs
     * the depthwise step again.
     */
    public boolean isFasterThanTwo() {
        return shares == 1 && parts >= LEAST_PARTS_EACH * processors();
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }
}
