package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The sizes that the vector kernels read, in the order of the constants. Pixels are whole vectors
 * of 16 channels there.
 */
public final class VectorGeometry {

    /** Numbers in a vector, on every device. */
    public static final int LANES = 16;
    /** Vectors of channels that a work-item of a depthwise row goes along. */
    public static final int CHUNK = 8;

    public static final int IN_PIXEL_FLOATS = 0;
    public static final int IN_HEIGHT = 1;
    public static final int IN_WIDTH = 2;
    public static final int ZERO_PIXEL = 3;
    public static final int OUT_HEIGHT = 4;
    public static final int OUT_WIDTH = 5;
    public static final int LAST_OUT_PIXEL = 6;
    public static final int OUT_PIXEL_VECTORS = 7;
    public static final int KERNEL_HEIGHT = 8;
    public static final int KERNEL_WIDTH = 9;
    public static final int STRIDE_HEIGHT = 10;
    public static final int STRIDE_WIDTH = 11;
    public static final int DILATION_HEIGHT = 12;
    public static final int DILATION_WIDTH = 13;
    public static final int PAD_TOP = 14;
    public static final int PAD_LEFT = 15;
    public static final int GROUP_CHANNELS = 16;
    public static final int GROUP_BLOCKS = 17;
    /** First output column whose whole kernel lies on the input. */
    public static final int INNER_FIRST = 18;
    /**
     * One past the last such column that is computed in a tile; a whole number of tiles after the
     * first.
     */
    public static final int INNER_END = 19;
    /** Blocks of output channels that a work-item of a separable kernel computes. */
    public static final int SHARE_BLOCKS = 20;
    /** Output pixels that a work-item of a separable kernel computes. */
    public static final int PART_PIXELS = 21;
    /**
     * The first number of the input and vector of the output, if pixels are parts of larger ones.
     */
    public static final int IN_FIRST = 22;
    public static final int OUT_FIRST = 23;
    /** Of the array that is added. */
    public static final int ADDED_PIXEL_VECTORS = 24;
    public static final int ADDED_FIRST = 25;

    /** Of the depthwise convolution, but what a pixel of the output is, of the pointwise one. */
    public static IntArray separable(Geometry depthwise, Geometry pointwise, int inPixelFloats,
            int outPixelFloats, Kernel.Tiling tiling, SeparableGrid grid) {
        IntArray geometry = of(depthwise, inPixelFloats, outPixelFloats, tiling);
        geometry.set(GROUP_CHANNELS, pointwise.inChannels());
        geometry.set(GROUP_BLOCKS, BlockPacking.groupBlocks(pointwise, tiling.filters()));
        geometry.set(SHARE_BLOCKS, grid.shareBlocks());
        geometry.set(PART_PIXELS, grid.pixels());
        return geometry;
    }

    private VectorGeometry() {
    }

    /** A number of channels rounded up to whole vectors. */
    public static int wholeVectors(int channels) {
        return (channels + LANES - 1) / LANES * LANES;
    }

    /**
     * @param inPixelFloats numbers from one input pixel to the next
     * @param outPixelFloats numbers from one output pixel to the next, a multiple of 16
     * @param tiling of the kernel
     */
    public static IntArray of(Geometry g, int inPixelFloats, int outPixelFloats,
            Kernel.Tiling tiling) {
        int groupChannels = g.inChannels() / g.groups();
        int groupBlocks = Math.ceilDiv(g.outChannels() / g.groups(), tiling.filters());
        int innerFirst = Math.min((g.padLeft() + g.strideWidth() - 1) / g.strideWidth(),
                g.outWidth());
        int extent = (g.kernelWidth() - 1) * g.dilationWidth();
        int lastFit = Math.floorDiv(g.inWidth() - 1 - extent + g.padLeft(), g.strideWidth());
        int inner = Math.max(Math.min(lastFit + 1, g.outWidth()) - innerFirst, 0);
        int innerEnd = innerFirst + inner / tiling.pixels() * tiling.pixels();
        return IntArray.fromElements(inPixelFloats, g.inHeight(), g.inWidth(),
                g.batch() * g.inHeight() * g.inWidth(), g.outHeight(), g.outWidth(),
                g.batch() * g.outHeight() * g.outWidth() - 1, outPixelFloats / LANES,
                g.kernelHeight(), g.kernelWidth(), g.strideHeight(), g.strideWidth(),
                g.dilationHeight(), g.dilationWidth(), g.padTop(), g.padLeft(), groupChannels,
                groupBlocks, innerFirst, innerEnd, 0, 0, 0, 0, 0, 0);
    }
}
