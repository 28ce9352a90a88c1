package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * {@link PointwiseVectorConv} with one vector of output channels a pixel: for CPUs with fewer or
 * shorter registers (6 vectors of 16 floats are 12 of AVX2's 16 registers, 24 of NEON's 32), and
 * for few output channels. Weight: for each block of 16 output channels {@code [C, 16]}.
 */
public final class PointwiseOneVectorConv {

    private PointwiseOneVectorConv() {
    }

    /**
     * 6 pixels by 16 output channels.
     *
     * @param tiles pixels, N*H*W, over 6, rounded up; the last tile computes its last pixel more
     * than once
     * @param blocks blocks of 16 output channels
     */
    public static void p6(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int tiles, int blocks, int activation,
            float slope) {
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int lastPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int channels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        FloatArray numbers = input.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int w = block * channels;
                int p0 = Tile.min(tile * 6 + 0, lastPixel);
                int p1 = Tile.min(tile * 6 + 1, lastPixel);
                int p2 = Tile.min(tile * 6 + 2, lastPixel);
                int p3 = Tile.min(tile * 6 + 3, lastPixel);
                int p4 = Tile.min(tile * 6 + 4, lastPixel);
                int p5 = Tile.min(tile * 6 + 5, lastPixel);
                int x0 = p0 * inPixelFloats;
                int x1 = p1 * inPixelFloats;
                int x2 = p2 * inPixelFloats;
                int x3 = p3 * inPixelFloats;
                int x4 = p4 * inPixelFloats;
                int x5 = p5 * inPixelFloats;
                Float16 start = bias.get(block);
                Float16 sum0 = start;
                Float16 sum1 = start;
                Float16 sum2 = start;
                Float16 sum3 = start;
                Float16 sum4 = start;
                Float16 sum5 = start;
                for (int c = 0; c < channels; c++) {
                    Float16 factor = weight.get(w + c);
                    sum0 = Float16.add(sum0,
                            Float16.mult(factor, Float16s.of(numbers.get(x0 + c))));
                    sum1 = Float16.add(sum1,
                            Float16.mult(factor, Float16s.of(numbers.get(x1 + c))));
                    sum2 = Float16.add(sum2,
                            Float16.mult(factor, Float16s.of(numbers.get(x2 + c))));
                    sum3 = Float16.add(sum3,
                            Float16.mult(factor, Float16s.of(numbers.get(x3 + c))));
                    sum4 = Float16.add(sum4,
                            Float16.mult(factor, Float16s.of(numbers.get(x4 + c))));
                    sum5 = Float16.add(sum5,
                            Float16.mult(factor, Float16s.of(numbers.get(x5 + c))));
                }
                output.set(p0 * outPixelVectors + block,
                        Float16s.activate(sum0, activation, slope));
                output.set(p1 * outPixelVectors + block,
                        Float16s.activate(sum1, activation, slope));
                output.set(p2 * outPixelVectors + block,
                        Float16s.activate(sum2, activation, slope));
                output.set(p3 * outPixelVectors + block,
                        Float16s.activate(sum3, activation, slope));
                output.set(p4 * outPixelVectors + block,
                        Float16s.activate(sum4, activation, slope));
                output.set(p5 * outPixelVectors + block,
                        Float16s.activate(sum5, activation, slope));
            }
        }
    }

    /**
     * 12 pixels by 16 output channels.
     *
     * @param tiles pixels, N*H*W, over 12, rounded up; the last tile computes its last pixel more
     * than once
     * @param blocks blocks of 16 output channels
     */
    public static void p12(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int tiles, int blocks, int activation,
            float slope) {
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int lastPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int channels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        FloatArray numbers = input.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int w = block * channels;
                int p0 = Tile.min(tile * 12 + 0, lastPixel);
                int p1 = Tile.min(tile * 12 + 1, lastPixel);
                int p2 = Tile.min(tile * 12 + 2, lastPixel);
                int p3 = Tile.min(tile * 12 + 3, lastPixel);
                int p4 = Tile.min(tile * 12 + 4, lastPixel);
                int p5 = Tile.min(tile * 12 + 5, lastPixel);
                int p6 = Tile.min(tile * 12 + 6, lastPixel);
                int p7 = Tile.min(tile * 12 + 7, lastPixel);
                int p8 = Tile.min(tile * 12 + 8, lastPixel);
                int p9 = Tile.min(tile * 12 + 9, lastPixel);
                int p10 = Tile.min(tile * 12 + 10, lastPixel);
                int p11 = Tile.min(tile * 12 + 11, lastPixel);
                int x0 = p0 * inPixelFloats;
                int x1 = p1 * inPixelFloats;
                int x2 = p2 * inPixelFloats;
                int x3 = p3 * inPixelFloats;
                int x4 = p4 * inPixelFloats;
                int x5 = p5 * inPixelFloats;
                int x6 = p6 * inPixelFloats;
                int x7 = p7 * inPixelFloats;
                int x8 = p8 * inPixelFloats;
                int x9 = p9 * inPixelFloats;
                int x10 = p10 * inPixelFloats;
                int x11 = p11 * inPixelFloats;
                Float16 start = bias.get(block);
                Float16 sum0 = start;
                Float16 sum1 = start;
                Float16 sum2 = start;
                Float16 sum3 = start;
                Float16 sum4 = start;
                Float16 sum5 = start;
                Float16 sum6 = start;
                Float16 sum7 = start;
                Float16 sum8 = start;
                Float16 sum9 = start;
                Float16 sum10 = start;
                Float16 sum11 = start;
                for (int c = 0; c < channels; c++) {
                    Float16 factor = weight.get(w + c);
                    sum0 = Float16.add(sum0,
                            Float16.mult(factor, Float16s.of(numbers.get(x0 + c))));
                    sum1 = Float16.add(sum1,
                            Float16.mult(factor, Float16s.of(numbers.get(x1 + c))));
                    sum2 = Float16.add(sum2,
                            Float16.mult(factor, Float16s.of(numbers.get(x2 + c))));
                    sum3 = Float16.add(sum3,
                            Float16.mult(factor, Float16s.of(numbers.get(x3 + c))));
                    sum4 = Float16.add(sum4,
                            Float16.mult(factor, Float16s.of(numbers.get(x4 + c))));
                    sum5 = Float16.add(sum5,
                            Float16.mult(factor, Float16s.of(numbers.get(x5 + c))));
                    sum6 = Float16.add(sum6,
                            Float16.mult(factor, Float16s.of(numbers.get(x6 + c))));
                    sum7 = Float16.add(sum7,
                            Float16.mult(factor, Float16s.of(numbers.get(x7 + c))));
                    sum8 = Float16.add(sum8,
                            Float16.mult(factor, Float16s.of(numbers.get(x8 + c))));
                    sum9 = Float16.add(sum9,
                            Float16.mult(factor, Float16s.of(numbers.get(x9 + c))));
                    sum10 = Float16.add(sum10,
                            Float16.mult(factor, Float16s.of(numbers.get(x10 + c))));
                    sum11 = Float16.add(sum11,
                            Float16.mult(factor, Float16s.of(numbers.get(x11 + c))));
                }
                output.set(p0 * outPixelVectors + block,
                        Float16s.activate(sum0, activation, slope));
                output.set(p1 * outPixelVectors + block,
                        Float16s.activate(sum1, activation, slope));
                output.set(p2 * outPixelVectors + block,
                        Float16s.activate(sum2, activation, slope));
                output.set(p3 * outPixelVectors + block,
                        Float16s.activate(sum3, activation, slope));
                output.set(p4 * outPixelVectors + block,
                        Float16s.activate(sum4, activation, slope));
                output.set(p5 * outPixelVectors + block,
                        Float16s.activate(sum5, activation, slope));
                output.set(p6 * outPixelVectors + block,
                        Float16s.activate(sum6, activation, slope));
                output.set(p7 * outPixelVectors + block,
                        Float16s.activate(sum7, activation, slope));
                output.set(p8 * outPixelVectors + block,
                        Float16s.activate(sum8, activation, slope));
                output.set(p9 * outPixelVectors + block,
                        Float16s.activate(sum9, activation, slope));
                output.set(p10 * outPixelVectors + block,
                        Float16s.activate(sum10, activation, slope));
                output.set(p11 * outPixelVectors + block,
                        Float16s.activate(sum11, activation, slope));
            }
        }
    }
}
