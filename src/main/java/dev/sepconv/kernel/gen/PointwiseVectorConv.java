package dev.sepconv.kernel.gen;

// Written by VectorKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Beside;
import dev.sepconv.kernel.conv.Float16s;
import dev.sepconv.kernel.conv.Tile;
import dev.sepconv.kernel.conv.VectorGeometry;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Pointwise (1x1) convolution at stride 1 for CPUs: {@link GroupedVectorConv} where each output
 * pixel has just its own input pixel. Arrays as there, tiles too.
 */
public final class PointwiseVectorConv {

    private PointwiseVectorConv() {
    }

    /**
     * 7 pixels by 32 output channels.
     *
     * @param tiles pixels, N*H*W, over 7, rounded up; the last tile computes its last pixel more
     * than once
     * @param blocks blocks of 32 output channels
     */
    public static void p7k32(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int w = 2 * block * groupChannels;
                int p0 = Tile.min(tile * 7, lastOutPixel);
                int p1 = Tile.min(tile * 7 + 1, lastOutPixel);
                int p2 = Tile.min(tile * 7 + 2, lastOutPixel);
                int p3 = Tile.min(tile * 7 + 3, lastOutPixel);
                int p4 = Tile.min(tile * 7 + 4, lastOutPixel);
                int p5 = Tile.min(tile * 7 + 5, lastOutPixel);
                int p6 = Tile.min(tile * 7 + 6, lastOutPixel);
                int x0 = p0 * inPixelFloats + inFirst;
                int x1 = p1 * inPixelFloats + inFirst;
                int x2 = p2 * inPixelFloats + inFirst;
                int x3 = p3 * inPixelFloats + inFirst;
                int x4 = p4 * inPixelFloats + inFirst;
                int x5 = p5 * inPixelFloats + inFirst;
                int x6 = p6 * inPixelFloats + inFirst;
                Float16 bias0 = bias.get(2 * block);
                Float16 bias1 = bias.get(2 * block + 1);
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
                for (int c = 0; c < groupChannels; c++) {
                    Float16 weight0 = weight.get(w);
                    Float16 weight1 = weight.get(w + 1);
                    if ((mode & Beside.GATE) != 0) {
                        Float16 factor = Float16s.of(gates.get(c));
                        weight0 = Float16.mult(weight0, factor);
                        weight1 = Float16.mult(weight1, factor);
                    }
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
                output.set(p0 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(sum00, atOnce, slope));
                output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(sum01, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(sum10, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(sum11, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(sum20, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(sum21, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(sum30, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(sum31, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(sum40, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(sum41, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(sum50, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(sum51, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(sum60, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(sum61, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                    int count = Tile.min(7, lastOutPixel + 1 - tile * 7);
                    for (int i = 0; i < 2 * count; i++) {
                        int p = tile * 7 + i / 2;
                        int at = p * outPixelVectors + outFirst + 2 * block + i % 2;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2)),
                                    activation, slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2));
                        }
                        output.set(at, result);
                    }
                }
            }
        }
    }

    /**
     * 1 pixel by 32 output channels. Runs of 256 products are summed by themselves: sums of
     * thousands of products one after the other would be off in the fifth digit.
     *
     * @param tiles pixels, N*H*W
     * @param blocks blocks of 32 output channels
     */
    public static void p1k32(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int w = 2 * block * groupChannels;
                int p0 = Tile.min(tile, lastOutPixel);
                int x0 = p0 * inPixelFloats + inFirst;
                Float16 bias0 = bias.get(2 * block);
                Float16 bias1 = bias.get(2 * block + 1);
                Float16 total00 = bias0;
                Float16 total01 = bias1;
                for (int run = 0; run < groupChannels; run += 256) {
                    int runEnd = Tile.min(run + 256, groupChannels);
                    Float16 sum00 = Float16s.of(0f);
                    Float16 sum01 = Float16s.of(0f);
                    for (int c = run; c < runEnd; c++) {
                        Float16 weight0 = weight.get(w);
                        Float16 weight1 = weight.get(w + 1);
                        if ((mode & Beside.GATE) != 0) {
                            Float16 factor = Float16s.of(gates.get(c));
                            weight0 = Float16.mult(weight0, factor);
                            weight1 = Float16.mult(weight1, factor);
                        }
                        w += 2;
                        Float16 value0 = Float16s.of(numbers.get(x0 + c));
                        sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                        sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                    }
                    total00 = Float16.add(total00, sum00);
                    total01 = Float16.add(total01, sum01);
                }
                output.set(p0 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total00, atOnce, slope));
                output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total01, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                    int count = Tile.min(1, lastOutPixel + 1 - tile);
                    for (int i = 0; i < 2 * count; i++) {
                        int p = tile + i / 2;
                        int at = p * outPixelVectors + outFirst + 2 * block + i % 2;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2)),
                                    activation, slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2));
                        }
                        output.set(at, result);
                    }
                }
            }
        }
    }

    /**
     * 6 pixels by 16 output channels.
     *
     * @param tiles pixels, N*H*W, over 6, rounded up; the last tile computes its last pixel more
     * than once
     * @param blocks blocks of 16 output channels
     */
    public static void p6k16(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int w = block * groupChannels;
                int p0 = Tile.min(tile * 6, lastOutPixel);
                int p1 = Tile.min(tile * 6 + 1, lastOutPixel);
                int p2 = Tile.min(tile * 6 + 2, lastOutPixel);
                int p3 = Tile.min(tile * 6 + 3, lastOutPixel);
                int p4 = Tile.min(tile * 6 + 4, lastOutPixel);
                int p5 = Tile.min(tile * 6 + 5, lastOutPixel);
                int x0 = p0 * inPixelFloats + inFirst;
                int x1 = p1 * inPixelFloats + inFirst;
                int x2 = p2 * inPixelFloats + inFirst;
                int x3 = p3 * inPixelFloats + inFirst;
                int x4 = p4 * inPixelFloats + inFirst;
                int x5 = p5 * inPixelFloats + inFirst;
                Float16 bias0 = bias.get(block);
                Float16 sum0 = bias0;
                Float16 sum1 = bias0;
                Float16 sum2 = bias0;
                Float16 sum3 = bias0;
                Float16 sum4 = bias0;
                Float16 sum5 = bias0;
                for (int c = 0; c < groupChannels; c++) {
                    Float16 weight0 = weight.get(w);
                    if ((mode & Beside.GATE) != 0) {
                        Float16 factor = Float16s.of(gates.get(c));
                        weight0 = Float16.mult(weight0, factor);
                    }
                    w++;
                    Float16 value0 = Float16s.of(numbers.get(x0 + c));
                    sum0 = Float16.add(sum0, Float16.mult(weight0, value0));
                    Float16 value1 = Float16s.of(numbers.get(x1 + c));
                    sum1 = Float16.add(sum1, Float16.mult(weight0, value1));
                    Float16 value2 = Float16s.of(numbers.get(x2 + c));
                    sum2 = Float16.add(sum2, Float16.mult(weight0, value2));
                    Float16 value3 = Float16s.of(numbers.get(x3 + c));
                    sum3 = Float16.add(sum3, Float16.mult(weight0, value3));
                    Float16 value4 = Float16s.of(numbers.get(x4 + c));
                    sum4 = Float16.add(sum4, Float16.mult(weight0, value4));
                    Float16 value5 = Float16s.of(numbers.get(x5 + c));
                    sum5 = Float16.add(sum5, Float16.mult(weight0, value5));
                }
                output.set(p0 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum0, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum1, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum2, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum3, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum4, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum5, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + block;
                    int count = Tile.min(6, lastOutPixel + 1 - tile * 6);
                    for (int i = 0; i < count; i++) {
                        int p = tile * 6 + i;
                        int at = p * outPixelVectors + outFirst + block;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock)), activation,
                                    slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock));
                        }
                        output.set(at, result);
                    }
                }
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
    public static void p12k16(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int w = block * groupChannels;
                int p0 = Tile.min(tile * 12, lastOutPixel);
                int p1 = Tile.min(tile * 12 + 1, lastOutPixel);
                int p2 = Tile.min(tile * 12 + 2, lastOutPixel);
                int p3 = Tile.min(tile * 12 + 3, lastOutPixel);
                int p4 = Tile.min(tile * 12 + 4, lastOutPixel);
                int p5 = Tile.min(tile * 12 + 5, lastOutPixel);
                int p6 = Tile.min(tile * 12 + 6, lastOutPixel);
                int p7 = Tile.min(tile * 12 + 7, lastOutPixel);
                int p8 = Tile.min(tile * 12 + 8, lastOutPixel);
                int p9 = Tile.min(tile * 12 + 9, lastOutPixel);
                int p10 = Tile.min(tile * 12 + 10, lastOutPixel);
                int p11 = Tile.min(tile * 12 + 11, lastOutPixel);
                int x0 = p0 * inPixelFloats + inFirst;
                int x1 = p1 * inPixelFloats + inFirst;
                int x2 = p2 * inPixelFloats + inFirst;
                int x3 = p3 * inPixelFloats + inFirst;
                int x4 = p4 * inPixelFloats + inFirst;
                int x5 = p5 * inPixelFloats + inFirst;
                int x6 = p6 * inPixelFloats + inFirst;
                int x7 = p7 * inPixelFloats + inFirst;
                int x8 = p8 * inPixelFloats + inFirst;
                int x9 = p9 * inPixelFloats + inFirst;
                int x10 = p10 * inPixelFloats + inFirst;
                int x11 = p11 * inPixelFloats + inFirst;
                Float16 bias0 = bias.get(block);
                Float16 sum0 = bias0;
                Float16 sum1 = bias0;
                Float16 sum2 = bias0;
                Float16 sum3 = bias0;
                Float16 sum4 = bias0;
                Float16 sum5 = bias0;
                Float16 sum6 = bias0;
                Float16 sum7 = bias0;
                Float16 sum8 = bias0;
                Float16 sum9 = bias0;
                Float16 sum10 = bias0;
                Float16 sum11 = bias0;
                for (int c = 0; c < groupChannels; c++) {
                    Float16 weight0 = weight.get(w);
                    if ((mode & Beside.GATE) != 0) {
                        Float16 factor = Float16s.of(gates.get(c));
                        weight0 = Float16.mult(weight0, factor);
                    }
                    w++;
                    Float16 value0 = Float16s.of(numbers.get(x0 + c));
                    sum0 = Float16.add(sum0, Float16.mult(weight0, value0));
                    Float16 value1 = Float16s.of(numbers.get(x1 + c));
                    sum1 = Float16.add(sum1, Float16.mult(weight0, value1));
                    Float16 value2 = Float16s.of(numbers.get(x2 + c));
                    sum2 = Float16.add(sum2, Float16.mult(weight0, value2));
                    Float16 value3 = Float16s.of(numbers.get(x3 + c));
                    sum3 = Float16.add(sum3, Float16.mult(weight0, value3));
                    Float16 value4 = Float16s.of(numbers.get(x4 + c));
                    sum4 = Float16.add(sum4, Float16.mult(weight0, value4));
                    Float16 value5 = Float16s.of(numbers.get(x5 + c));
                    sum5 = Float16.add(sum5, Float16.mult(weight0, value5));
                    Float16 value6 = Float16s.of(numbers.get(x6 + c));
                    sum6 = Float16.add(sum6, Float16.mult(weight0, value6));
                    Float16 value7 = Float16s.of(numbers.get(x7 + c));
                    sum7 = Float16.add(sum7, Float16.mult(weight0, value7));
                    Float16 value8 = Float16s.of(numbers.get(x8 + c));
                    sum8 = Float16.add(sum8, Float16.mult(weight0, value8));
                    Float16 value9 = Float16s.of(numbers.get(x9 + c));
                    sum9 = Float16.add(sum9, Float16.mult(weight0, value9));
                    Float16 value10 = Float16s.of(numbers.get(x10 + c));
                    sum10 = Float16.add(sum10, Float16.mult(weight0, value10));
                    Float16 value11 = Float16s.of(numbers.get(x11 + c));
                    sum11 = Float16.add(sum11, Float16.mult(weight0, value11));
                }
                output.set(p0 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum0, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum1, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum2, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum3, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum4, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum5, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum6, atOnce, slope));
                output.set(p7 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum7, atOnce, slope));
                output.set(p8 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum8, atOnce, slope));
                output.set(p9 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum9, atOnce, slope));
                output.set(p10 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum10, atOnce, slope));
                output.set(p11 * outPixelVectors + outFirst + block,
                        Float16s.activate(sum11, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + block;
                    int count = Tile.min(12, lastOutPixel + 1 - tile * 12);
                    for (int i = 0; i < count; i++) {
                        int p = tile * 12 + i;
                        int at = p * outPixelVectors + outFirst + block;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock)), activation,
                                    slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock));
                        }
                        output.set(at, result);
                    }
                }
            }
        }
    }
}
