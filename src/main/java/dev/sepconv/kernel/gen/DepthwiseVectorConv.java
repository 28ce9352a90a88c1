package dev.sepconv.kernel.gen;

// Written by VectorKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Float16s;
import dev.sepconv.kernel.conv.Taps;
import dev.sepconv.kernel.conv.VectorGeometry;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Depthwise convolution with multiplier 1 for CPUs: a work-item computes 16 channels of one output
 * row, a tile of pixels at a time where the whole kernel lies on the input, one at a time at the
 * left and right border.
 *
 * <p>
 * Input: pixels in NHWC order, channels filled up to whole vectors of 16. Weight:
 * {@code [R, S, C]}, filled up likewise. Output: pixels of as many numbers as the input's.
 */
public final class DepthwiseVectorConv {

    private DepthwiseVectorConv() {
    }

    /**
     * 4 pixels at a time.
     *
     * @param rows output rows, N*OH
     * @param blocks vectors of 16 channels
     */
    public static void p4(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int rows, int blocks, int activation,
            float slope) {
        int vectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(VectorGeometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(VectorGeometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(VectorGeometry.DILATION_WIDTH);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int innerFirst = geometry.get(VectorGeometry.INNER_FIRST);
        int innerEnd = geometry.get(VectorGeometry.INNER_END);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                Float16 start = bias.get(block);
                for (int ow = innerFirst; ow < innerEnd; ow += 4) {
                    int first = inRow + ow * strideWidth - padLeft;
                    Float16 sum0 = start;
                    Float16 sum1 = start;
                    Float16 sum2 = start;
                    Float16 sum3 = start;
                    for (int r = rFirst; r < rEnd; r++) {
                        for (int s = 0; s < kernelWidth; s++) {
                            int x = (first + r * dilationHeight * inWidth
                                    + s * dilationWidth) * vectors + block;
                            Float16 w = weight.get((r * kernelWidth + s) * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(input.get(x), w));
                            sum1 = Float16.add(sum1,
                                    Float16.mult(input.get(x + strideWidth * vectors), w));
                            sum2 = Float16.add(sum2,
                                    Float16.mult(input.get(x + 2 * strideWidth * vectors), w));
                            sum3 = Float16.add(sum3,
                                    Float16.mult(input.get(x + 3 * strideWidth * vectors), w));
                        }
                    }
                    output.set((row * outWidth + ow) * vectors + block,
                            Float16s.activate(sum0, activation, slope));
                    output.set((row * outWidth + ow + 1) * vectors + block,
                            Float16s.activate(sum1, activation, slope));
                    output.set((row * outWidth + ow + 2) * vectors + block,
                            Float16s.activate(sum2, activation, slope));
                    output.set((row * outWidth + ow + 3) * vectors + block,
                            Float16s.activate(sum3, activation, slope));
                }
                for (int border = 0; border < outWidth - innerEnd + innerFirst; border++) {
                    int ow = border < innerFirst ? border : border - innerFirst + innerEnd;
                    int left = ow * strideWidth - padLeft;
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    Float16 sum = start;
                    for (int r = rFirst; r < rEnd; r++) {
                        for (int s = sFirst; s < sEnd; s++) {
                            int x = (inRow + left + r * dilationHeight * inWidth
                                    + s * dilationWidth) * vectors + block;
                            Float16 w = weight.get((r * kernelWidth + s) * vectors + block);
                            sum = Float16.add(sum, Float16.mult(input.get(x), w));
                        }
                    }
                    output.set((row * outWidth + ow) * vectors + block,
                            Float16s.activate(sum, activation, slope));
                }
                int out = row * outWidth;
                if (activation >= Activations.HARD_SIGMOID) {
                    for (int p = 0; p < outWidth; p++) {
                        int at = (out + p) * vectors + block;
                        output.set(at, Float16s.late(output.get(at), activation));
                    }
                }
            }
        }
    }
}
