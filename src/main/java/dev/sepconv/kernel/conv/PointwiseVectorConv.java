package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Pointwise (1x1) convolution at stride 1 for CPUs: {@link DenseVectorConv} where each output pixel
 * has just its own input pixel. Arrays as there.
 */
public final class PointwiseVectorConv {

    private PointwiseVectorConv() {
    }

    /**
     * @param tiles pixels, N*H*W, over 7, rounded up; the last tile computes its last pixel more
     * than once
     * @param blocks blocks of 32 output channels
     */
    public static void nhwc(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int tiles, int blocks, int activation,
            float slope) {
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int lastPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int channels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        FloatArray numbers = input.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int w = block * channels * 2;
                int p0 = Tile.min(tile * 7 + 0, lastPixel);
                int p1 = Tile.min(tile * 7 + 1, lastPixel);
                int p2 = Tile.min(tile * 7 + 2, lastPixel);
                int p3 = Tile.min(tile * 7 + 3, lastPixel);
                int p4 = Tile.min(tile * 7 + 4, lastPixel);
                int p5 = Tile.min(tile * 7 + 5, lastPixel);
                int p6 = Tile.min(tile * 7 + 6, lastPixel);
                int x0 = p0 * inPixelFloats;
                int x1 = p1 * inPixelFloats;
                int x2 = p2 * inPixelFloats;
                int x3 = p3 * inPixelFloats;
                int x4 = p4 * inPixelFloats;
                int x5 = p5 * inPixelFloats;
                int x6 = p6 * inPixelFloats;
                Float16 bias0 = bias.get(block * 2 + 0);
                Float16 bias1 = bias.get(block * 2 + 1);
                Float16 sum00 = bias0;
                Float16 sum01 = bias1;
                Float16 sum10 = bias0;
                Float16 sum11 = bias1;
                Float16 sum20 = bias0;
                Float16 sum21 = bias1;
                Float16 sum30 = bias0;
                Float16 sum31 = bias1;
                Float16 sum40 = bias0;
                Float16 sum41 = bias1;
                Float16 sum50 = bias0;
                Float16 sum51 = bias1;
                Float16 sum60 = bias0;
                Float16 sum61 = bias1;
                for (int c = 0; c < channels; c++) {
                    Float16 weight0 = weight.get(w);
                    Float16 weight1 = weight.get(w + 1);
                    w += 2;
                    Float16 value0 = Float16s.of(numbers.get(x0 + c));
                    sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                    sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                    Float16 value1 = Float16s.of(numbers.get(x1 + c));
                    sum10 = Float16.add(sum10, Float16.mult(weight0, value1));
                    sum11 = Float16.add(sum11, Float16.mult(weight1, value1));
                    Float16 value2 = Float16s.of(numbers.get(x2 + c));
                    sum20 = Float16.add(sum20, Float16.mult(weight0, value2));
                    sum21 = Float16.add(sum21, Float16.mult(weight1, value2));
                    Float16 value3 = Float16s.of(numbers.get(x3 + c));
                    sum30 = Float16.add(sum30, Float16.mult(weight0, value3));
                    sum31 = Float16.add(sum31, Float16.mult(weight1, value3));
                    Float16 value4 = Float16s.of(numbers.get(x4 + c));
                    sum40 = Float16.add(sum40, Float16.mult(weight0, value4));
                    sum41 = Float16.add(sum41, Float16.mult(weight1, value4));
                    Float16 value5 = Float16s.of(numbers.get(x5 + c));
                    sum50 = Float16.add(sum50, Float16.mult(weight0, value5));
                    sum51 = Float16.add(sum51, Float16.mult(weight1, value5));
                    Float16 value6 = Float16s.of(numbers.get(x6 + c));
                    sum60 = Float16.add(sum60, Float16.mult(weight0, value6));
                    sum61 = Float16.add(sum61, Float16.mult(weight1, value6));
                }
                int out = block * 2;
                output.set(p0 * outPixelVectors + out + 0,
                        Float16s.activate(sum00, activation, slope));
                output.set(p0 * outPixelVectors + out + 1,
                        Float16s.activate(sum01, activation, slope));
                output.set(p1 * outPixelVectors + out + 0,
                        Float16s.activate(sum10, activation, slope));
                output.set(p1 * outPixelVectors + out + 1,
                        Float16s.activate(sum11, activation, slope));
                output.set(p2 * outPixelVectors + out + 0,
                        Float16s.activate(sum20, activation, slope));
                output.set(p2 * outPixelVectors + out + 1,
                        Float16s.activate(sum21, activation, slope));
                output.set(p3 * outPixelVectors + out + 0,
                        Float16s.activate(sum30, activation, slope));
                output.set(p3 * outPixelVectors + out + 1,
                        Float16s.activate(sum31, activation, slope));
                output.set(p4 * outPixelVectors + out + 0,
                        Float16s.activate(sum40, activation, slope));
                output.set(p4 * outPixelVectors + out + 1,
                        Float16s.activate(sum41, activation, slope));
                output.set(p5 * outPixelVectors + out + 0,
                        Float16s.activate(sum50, activation, slope));
                output.set(p5 * outPixelVectors + out + 1,
                        Float16s.activate(sum51, activation, slope));
                output.set(p6 * outPixelVectors + out + 0,
                        Float16s.activate(sum60, activation, slope));
                output.set(p6 * outPixelVectors + out + 1,
                        Float16s.activate(sum61, activation, slope));
            }
        }
    }
}
