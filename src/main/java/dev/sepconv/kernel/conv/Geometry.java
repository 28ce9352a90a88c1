package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The sizes of one convolution on one input, as kernels read them. Kernels that are specialised for
 * nothing take them from an {@link IntArray} in the order of the constants below, because TornadoVM
 * allows a kernel 15 parameters.
 *
 * @param batch N
 * @param inChannels C
 * @param inHeight H, without padding
 * @param inWidth W, without padding
 * @param outChannels K
 * @param kernelHeight R
 * @param kernelWidth S
 * @param outHeight OH
 * @param outWidth OW
 * @param padTop rows of zeros above the input
 * @param padLeft columns of zeros left of the input
 * @param groups G
 * @param channelsLast whether input and output are NHWC rather than NCHW
 */
public record Geometry(int batch, int inChannels, int inHeight, int inWidth, int outChannels,
        int kernelHeight, int kernelWidth, int outHeight, int outWidth, int strideHeight,
        int strideWidth, int dilationHeight, int dilationWidth, int padTop, int padLeft, int groups,
        boolean channelsLast) {

    public static final int IN_CHANNELS = 0;
    public static final int IN_HEIGHT = 1;
    public static final int IN_WIDTH = 2;
    public static final int OUT_CHANNELS = 3;
    public static final int KERNEL_HEIGHT = 4;
    public static final int KERNEL_WIDTH = 5;
    public static final int STRIDE_HEIGHT = 6;
    public static final int STRIDE_WIDTH = 7;
    public static final int DILATION_HEIGHT = 8;
    public static final int DILATION_WIDTH = 9;
    public static final int PAD_TOP = 10;
    public static final int PAD_LEFT = 11;
    public static final int GROUPS = 12;
    public static final int OUT_HEIGHT = 13;
    public static final int OUT_WIDTH = 14;
    public static final int BATCH = 15;

    /** The numbers in the order of the constants. */
    public IntArray toIntArray() {
        return IntArray.fromElements(inChannels, inHeight, inWidth, outChannels, kernelHeight,
                kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padTop,
                padLeft, groups, outHeight, outWidth, batch);
    }

    /** Elements of the input: {@code N * C * H * W}. */
    public int inputElements() {
        return batch * inChannels * inHeight * inWidth;
    }

    /** Elements of the output: {@code N * K * OH * OW}. */
    public int outputElements() {
        return batch * outChannels * outHeight * outWidth;
    }

    /** Whether every input channel is filtered alone. */
    public boolean isDepthwise() {
        return groups == inChannels;
    }

    /**
     * Whether it is a matrix product over the pixels: 1x1, ungrouped, stride 1, each output pixel
     * over its input pixel.
     */
    public boolean isPointwise() {
        return kernelHeight == 1 && kernelWidth == 1 && groups == 1 && strideHeight == 1
                && strideWidth == 1 && padTop == 0 && padLeft == 0 && outHeight == inHeight
                && outWidth == inWidth;
    }
}
