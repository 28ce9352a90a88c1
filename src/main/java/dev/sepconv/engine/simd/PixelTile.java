package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.Lanes.LANES;
import static dev.sepconv.engine.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of every convolution that mixes channels: a few pixels by two vectors of output channels, all in registers.
 *
 * <p>One step of the innermost loop loads two vectors of weights, then for each pixel broadcasts one input number and does two
 * fused multiply-adds. The loops are written out because the compiler keeps vectors in registers only as local variables, never
 * as elements of an array.
 *
 * <p>Nothing else belongs into these methods. With the activation inlined as well they outgrow what the compiler will inline,
 * some vectors become heap objects, and the speed falls to a third.
 */
final class PixelTile {

    /** How many output channels a panel of weights covers. */
    static final int WIDTH = 2 * LANES;

    /** 14 pixels by 2 vectors fill 28 of the 32 registers that AVX-512 has, and 7 divides the picture sizes of most networks. */
    private static final boolean MANY_REGISTERS = Lanes.REGISTERS >= 32;

    /** Pixels are done in lists whose length is a multiple of this; the caller repeats the last one to get there. */
    static final int PIXELS = MANY_REGISTERS ? 7 : 6;

    private PixelTile() {
    }

    /**
     * One panel of output channels for a list of pixels, with bias, without activation.
     *
     * @param inOffsets for each pixel where its first tap's first channel lies in {@code in}
     * @param channel added to each of them: the first channel of the panel's group
     * @param outOffsets for each pixel where its first channel goes in {@code out}
     * @param outChannel added to each of them
     * @param count how many pixels, a multiple of {@link #PIXELS}
     */
    static void run(float[] in, int[] inOffsets, int channel, PackedWeights packed, int panel, float[] out, int[] outOffsets,
            int outChannel, int count) {
        if (MANY_REGISTERS) {
            int large = count - count % 14;
            tile14(in, inOffsets, channel, packed, panel, out, outOffsets, outChannel, 0, large);
            tile7(in, inOffsets, channel, packed, panel, out, outOffsets, outChannel, large, count);
        } else {
            tile6(in, inOffsets, channel, packed, panel, out, outOffsets, outChannel, 0, count);
        }
    }

    private static void store(FloatVector low, FloatVector high, float[] out, int offset) {
        low.intoArray(out, offset);
        high.intoArray(out, offset + LANES);
    }

    /** 14 pixels: the least weights loaded a multiply-add. Needs 32 registers. */
    private static void tile14(float[] in, int[] inOffsets, int channel, PackedWeights packed, int panel, float[] out,
            int[] outOffsets, int outChannel, int from, int to) {
        float[] w = packed.panels();
        int[] runs = packed.runs();
        int length = packed.runLength();
        for (int t = from; t < to; t += 14) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int p6 = inOffsets[t + 6] + channel;
            int p7 = inOffsets[t + 7] + channel;
            int p8 = inOffsets[t + 8] + channel;
            int p9 = inOffsets[t + 9] + channel;
            int p10 = inOffsets[t + 10] + channel;
            int p11 = inOffsets[t + 11] + channel;
            int p12 = inOffsets[t + 12] + channel;
            int p13 = inOffsets[t + 13] + channel;
            FloatVector a0 = FloatVector.fromArray(SPECIES, packed.bias(), panel * WIDTH);
            FloatVector b0 = FloatVector.fromArray(SPECIES, packed.bias(), panel * WIDTH + LANES);
            FloatVector a1 = a0;
            FloatVector b1 = b0;
            FloatVector a2 = a0;
            FloatVector b2 = b0;
            FloatVector a3 = a0;
            FloatVector b3 = b0;
            FloatVector a4 = a0;
            FloatVector b4 = b0;
            FloatVector a5 = a0;
            FloatVector b5 = b0;
            FloatVector a6 = a0;
            FloatVector b6 = b0;
            FloatVector a7 = a0;
            FloatVector b7 = b0;
            FloatVector a8 = a0;
            FloatVector b8 = b0;
            FloatVector a9 = a0;
            FloatVector b9 = b0;
            FloatVector a10 = a0;
            FloatVector b10 = b0;
            FloatVector a11 = a0;
            FloatVector b11 = b0;
            FloatVector a12 = a0;
            FloatVector b12 = b0;
            FloatVector a13 = a0;
            FloatVector b13 = b0;
            int next = panel * packed.panelSize();
            for (int run : runs) {
                for (int c = 0; c < length; c++) {
                    FloatVector u = FloatVector.fromArray(SPECIES, w, next + c * WIDTH);
                    FloatVector v = FloatVector.fromArray(SPECIES, w, next + c * WIDTH + LANES);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + run + c]);
                    a0 = x.fma(u, a0);
                    b0 = x.fma(v, b0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + run + c]);
                    a1 = x.fma(u, a1);
                    b1 = x.fma(v, b1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + run + c]);
                    a2 = x.fma(u, a2);
                    b2 = x.fma(v, b2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + run + c]);
                    a3 = x.fma(u, a3);
                    b3 = x.fma(v, b3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + run + c]);
                    a4 = x.fma(u, a4);
                    b4 = x.fma(v, b4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + run + c]);
                    a5 = x.fma(u, a5);
                    b5 = x.fma(v, b5);
                    x = FloatVector.broadcast(SPECIES, in[p6 + run + c]);
                    a6 = x.fma(u, a6);
                    b6 = x.fma(v, b6);
                    x = FloatVector.broadcast(SPECIES, in[p7 + run + c]);
                    a7 = x.fma(u, a7);
                    b7 = x.fma(v, b7);
                    x = FloatVector.broadcast(SPECIES, in[p8 + run + c]);
                    a8 = x.fma(u, a8);
                    b8 = x.fma(v, b8);
                    x = FloatVector.broadcast(SPECIES, in[p9 + run + c]);
                    a9 = x.fma(u, a9);
                    b9 = x.fma(v, b9);
                    x = FloatVector.broadcast(SPECIES, in[p10 + run + c]);
                    a10 = x.fma(u, a10);
                    b10 = x.fma(v, b10);
                    x = FloatVector.broadcast(SPECIES, in[p11 + run + c]);
                    a11 = x.fma(u, a11);
                    b11 = x.fma(v, b11);
                    x = FloatVector.broadcast(SPECIES, in[p12 + run + c]);
                    a12 = x.fma(u, a12);
                    b12 = x.fma(v, b12);
                    x = FloatVector.broadcast(SPECIES, in[p13 + run + c]);
                    a13 = x.fma(u, a13);
                    b13 = x.fma(v, b13);
                }
                next += length * WIDTH;
            }
            store(a0, b0, out, outOffsets[t] + outChannel);
            store(a1, b1, out, outOffsets[t + 1] + outChannel);
            store(a2, b2, out, outOffsets[t + 2] + outChannel);
            store(a3, b3, out, outOffsets[t + 3] + outChannel);
            store(a4, b4, out, outOffsets[t + 4] + outChannel);
            store(a5, b5, out, outOffsets[t + 5] + outChannel);
            store(a6, b6, out, outOffsets[t + 6] + outChannel);
            store(a7, b7, out, outOffsets[t + 7] + outChannel);
            store(a8, b8, out, outOffsets[t + 8] + outChannel);
            store(a9, b9, out, outOffsets[t + 9] + outChannel);
            store(a10, b10, out, outOffsets[t + 10] + outChannel);
            store(a11, b11, out, outOffsets[t + 11] + outChannel);
            store(a12, b12, out, outOffsets[t + 12] + outChannel);
            store(a13, b13, out, outOffsets[t + 13] + outChannel);
        }
    }

    /** 7 pixels: what is left over by 14. */
    private static void tile7(float[] in, int[] inOffsets, int channel, PackedWeights packed, int panel, float[] out,
            int[] outOffsets, int outChannel, int from, int to) {
        float[] w = packed.panels();
        int[] runs = packed.runs();
        int length = packed.runLength();
        for (int t = from; t < to; t += 7) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int p6 = inOffsets[t + 6] + channel;
            FloatVector a0 = FloatVector.fromArray(SPECIES, packed.bias(), panel * WIDTH);
            FloatVector b0 = FloatVector.fromArray(SPECIES, packed.bias(), panel * WIDTH + LANES);
            FloatVector a1 = a0;
            FloatVector b1 = b0;
            FloatVector a2 = a0;
            FloatVector b2 = b0;
            FloatVector a3 = a0;
            FloatVector b3 = b0;
            FloatVector a4 = a0;
            FloatVector b4 = b0;
            FloatVector a5 = a0;
            FloatVector b5 = b0;
            FloatVector a6 = a0;
            FloatVector b6 = b0;
            int next = panel * packed.panelSize();
            for (int run : runs) {
                for (int c = 0; c < length; c++) {
                    FloatVector u = FloatVector.fromArray(SPECIES, w, next + c * WIDTH);
                    FloatVector v = FloatVector.fromArray(SPECIES, w, next + c * WIDTH + LANES);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + run + c]);
                    a0 = x.fma(u, a0);
                    b0 = x.fma(v, b0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + run + c]);
                    a1 = x.fma(u, a1);
                    b1 = x.fma(v, b1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + run + c]);
                    a2 = x.fma(u, a2);
                    b2 = x.fma(v, b2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + run + c]);
                    a3 = x.fma(u, a3);
                    b3 = x.fma(v, b3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + run + c]);
                    a4 = x.fma(u, a4);
                    b4 = x.fma(v, b4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + run + c]);
                    a5 = x.fma(u, a5);
                    b5 = x.fma(v, b5);
                    x = FloatVector.broadcast(SPECIES, in[p6 + run + c]);
                    a6 = x.fma(u, a6);
                    b6 = x.fma(v, b6);
                }
                next += length * WIDTH;
            }
            store(a0, b0, out, outOffsets[t] + outChannel);
            store(a1, b1, out, outOffsets[t + 1] + outChannel);
            store(a2, b2, out, outOffsets[t + 2] + outChannel);
            store(a3, b3, out, outOffsets[t + 3] + outChannel);
            store(a4, b4, out, outOffsets[t + 4] + outChannel);
            store(a5, b5, out, outOffsets[t + 5] + outChannel);
            store(a6, b6, out, outOffsets[t + 6] + outChannel);
        }
    }

    /** 6 pixels: 12 of the 16 registers that AVX2 has; any more would spill. */
    private static void tile6(float[] in, int[] inOffsets, int channel, PackedWeights packed, int panel, float[] out,
            int[] outOffsets, int outChannel, int from, int to) {
        float[] w = packed.panels();
        int[] runs = packed.runs();
        int length = packed.runLength();
        for (int t = from; t < to; t += 6) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            FloatVector a0 = FloatVector.fromArray(SPECIES, packed.bias(), panel * WIDTH);
            FloatVector b0 = FloatVector.fromArray(SPECIES, packed.bias(), panel * WIDTH + LANES);
            FloatVector a1 = a0;
            FloatVector b1 = b0;
            FloatVector a2 = a0;
            FloatVector b2 = b0;
            FloatVector a3 = a0;
            FloatVector b3 = b0;
            FloatVector a4 = a0;
            FloatVector b4 = b0;
            FloatVector a5 = a0;
            FloatVector b5 = b0;
            int next = panel * packed.panelSize();
            for (int run : runs) {
                for (int c = 0; c < length; c++) {
                    FloatVector u = FloatVector.fromArray(SPECIES, w, next + c * WIDTH);
                    FloatVector v = FloatVector.fromArray(SPECIES, w, next + c * WIDTH + LANES);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + run + c]);
                    a0 = x.fma(u, a0);
                    b0 = x.fma(v, b0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + run + c]);
                    a1 = x.fma(u, a1);
                    b1 = x.fma(v, b1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + run + c]);
                    a2 = x.fma(u, a2);
                    b2 = x.fma(v, b2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + run + c]);
                    a3 = x.fma(u, a3);
                    b3 = x.fma(v, b3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + run + c]);
                    a4 = x.fma(u, a4);
                    b4 = x.fma(v, b4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + run + c]);
                    a5 = x.fma(u, a5);
                    b5 = x.fma(v, b5);
                }
                next += length * WIDTH;
            }
            store(a0, b0, out, outOffsets[t] + outChannel);
            store(a1, b1, out, outOffsets[t + 1] + outChannel);
            store(a2, b2, out, outOffsets[t + 2] + outChannel);
            store(a3, b3, out, outOffsets[t + 3] + outChannel);
            store(a4, b4, out, outOffsets[t + 4] + outChannel);
            store(a5, b5, out, outOffsets[t + 5] + outChannel);
        }
    }
}
