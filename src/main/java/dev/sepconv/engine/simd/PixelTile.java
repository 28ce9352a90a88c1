package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.Lanes.LANES;
import static dev.sepconv.engine.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of every convolution that mixes channels: a few pixels by two vectors of output
 * channels, all in registers.
 *
 * <p>
 * One step of the innermost loop loads two vectors of weights, then for each pixel broadcasts one
 * input number and does two fused multiply-adds. The loops are written out because the compiler
 * keeps vectors in registers only as local variables, never as elements of an array.
 *
 * <p>
 * Nothing else belongs into these methods. With the activation inlined as well they outgrow what
 * the compiler will inline, some vectors become heap objects, and the speed falls to a third.
 */
final class PixelTile {

    /** How many output channels a panel of weights covers. */
    static final int WIDTH = 2 * LANES;

    private static final boolean MANY_REGISTERS = Lanes.REGISTERS >= 32;

    /** Whether half a panel, one vector of output channels, can be had by itself. */
    static final boolean NARROW = MANY_REGISTERS;

    /**
     * Pixels are done in lists whose length is a multiple of this; the caller repeats the last one
     * to get there.
     */
    static final int PIXELS = MANY_REGISTERS ? 7 : 6;

    private PixelTile() {
    }

    /**
     * One panel of output channels for a list of pixels, with bias, without activation.
     *
     * @param inOffsets for each pixel where its first tap's first channel lies in {@code in}
     * @param width how many of the panel's output channels are wanted; others may be left as they
     * are
     * @param channel added to each of them: the first channel of the panel's group
     * @param outOffsets for each pixel where its first channel goes in {@code out}
     * @param outChannel added to each of them
     * @param count how many pixels, a multiple of {@link #PIXELS}
     */
    static void run(float[] in, int[] inOffsets, int channel, PackedWeights packed, int panel,
            int biasAt, int width, float[] out, int[] outOffsets, int outChannel, int count) {
        if (MANY_REGISTERS && width <= LANES) {
            tile7Narrow(in, inOffsets, channel, packed, panel, biasAt, out, outOffsets, outChannel,
                    count);
        } else if (MANY_REGISTERS) {
            tile7(in, inOffsets, channel, packed, panel, biasAt, out, outOffsets, outChannel,
                    count);
        } else {
            tile6(in, inOffsets, channel, packed, panel, biasAt, out, outOffsets, outChannel,
                    count);
        }
    }

    /**
     * 7 pixels: 28 of the 32 registers that AVX-512 has, with the sums of the runs; and 7 divides
     * the picture sizes of most networks.
     */
    private static void tile7(float[] in, int[] inOffsets, int channel, PackedWeights packed,
            int panel, int biasAt, float[] out, int[] outOffsets, int outChannel, int count) {
        float[] w = packed.panels();
        float[] bias = packed.bias();
        int biasStep = packed.biasStep();
        int biasNext = biasStep == 0 ? LANES : 0;
        int[] starts = packed.starts();
        int[] lengths = packed.lengths();
        for (int t = 0; t < count; t += 7) {
            int b = biasAt + t * biasStep;
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int p6 = inOffsets[t + 6] + channel;
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, b);
            FloatVector b0 = FloatVector.fromArray(SPECIES, bias, b + biasNext);
            FloatVector a1 = FloatVector.fromArray(SPECIES, bias, b + biasStep);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bias, b + biasStep + biasNext);
            FloatVector a2 = FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep);
            FloatVector b2 = FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep + biasNext);
            FloatVector a3 = FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep);
            FloatVector b3 = FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep + biasNext);
            FloatVector a4 = FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep);
            FloatVector b4 = FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep + biasNext);
            FloatVector a5 = FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep);
            FloatVector b5 = FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep + biasNext);
            FloatVector a6 = FloatVector.fromArray(SPECIES, bias, b + 6 * biasStep);
            FloatVector b6 = FloatVector.fromArray(SPECIES, bias, b + 6 * biasStep + biasNext);
            int next = panel * packed.panelSize();
            for (int run = 0; run < starts.length; run++) {
                int start = starts[run];
                int length = lengths[run];
                FloatVector s0 = FloatVector.zero(SPECIES);
                FloatVector t0 = FloatVector.zero(SPECIES);
                FloatVector s1 = FloatVector.zero(SPECIES);
                FloatVector t1 = FloatVector.zero(SPECIES);
                FloatVector s2 = FloatVector.zero(SPECIES);
                FloatVector t2 = FloatVector.zero(SPECIES);
                FloatVector s3 = FloatVector.zero(SPECIES);
                FloatVector t3 = FloatVector.zero(SPECIES);
                FloatVector s4 = FloatVector.zero(SPECIES);
                FloatVector t4 = FloatVector.zero(SPECIES);
                FloatVector s5 = FloatVector.zero(SPECIES);
                FloatVector t5 = FloatVector.zero(SPECIES);
                FloatVector s6 = FloatVector.zero(SPECIES);
                FloatVector t6 = FloatVector.zero(SPECIES);
                for (int c = 0; c < length; c++) {
                    FloatVector u = FloatVector.fromArray(SPECIES, w, next + c * WIDTH);
                    FloatVector v = FloatVector.fromArray(SPECIES, w, next + c * WIDTH + LANES);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + start + c]);
                    s0 = x.fma(u, s0);
                    t0 = x.fma(v, t0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + start + c]);
                    s1 = x.fma(u, s1);
                    t1 = x.fma(v, t1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + start + c]);
                    s2 = x.fma(u, s2);
                    t2 = x.fma(v, t2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + start + c]);
                    s3 = x.fma(u, s3);
                    t3 = x.fma(v, t3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + start + c]);
                    s4 = x.fma(u, s4);
                    t4 = x.fma(v, t4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + start + c]);
                    s5 = x.fma(u, s5);
                    t5 = x.fma(v, t5);
                    x = FloatVector.broadcast(SPECIES, in[p6 + start + c]);
                    s6 = x.fma(u, s6);
                    t6 = x.fma(v, t6);
                }
                a0 = a0.add(s0);
                b0 = b0.add(t0);
                a1 = a1.add(s1);
                b1 = b1.add(t1);
                a2 = a2.add(s2);
                b2 = b2.add(t2);
                a3 = a3.add(s3);
                b3 = b3.add(t3);
                a4 = a4.add(s4);
                b4 = b4.add(t4);
                a5 = a5.add(s5);
                b5 = b5.add(t5);
                a6 = a6.add(s6);
                b6 = b6.add(t6);
                next += length * WIDTH;
            }
            int at;
            at = outOffsets[t] + outChannel;
            a0.intoArray(out, at);
            b0.intoArray(out, at + LANES);
            at = outOffsets[t + 1] + outChannel;
            a1.intoArray(out, at);
            b1.intoArray(out, at + LANES);
            at = outOffsets[t + 2] + outChannel;
            a2.intoArray(out, at);
            b2.intoArray(out, at + LANES);
            at = outOffsets[t + 3] + outChannel;
            a3.intoArray(out, at);
            b3.intoArray(out, at + LANES);
            at = outOffsets[t + 4] + outChannel;
            a4.intoArray(out, at);
            b4.intoArray(out, at + LANES);
            at = outOffsets[t + 5] + outChannel;
            a5.intoArray(out, at);
            b5.intoArray(out, at + LANES);
            at = outOffsets[t + 6] + outChannel;
            a6.intoArray(out, at);
            b6.intoArray(out, at + LANES);
        }
    }

    /**
     * {@link #tile7} with one vector of output channels instead of two: for groups and ends that
     * don't fill more.
     */
    private static void tile7Narrow(float[] in, int[] inOffsets, int channel, PackedWeights packed,
            int panel, int biasAt, float[] out, int[] outOffsets, int outChannel, int count) {
        float[] w = packed.panels();
        float[] bias = packed.bias();
        int biasStep = packed.biasStep();
        int biasNext = biasStep == 0 ? LANES : 0;
        int[] starts = packed.starts();
        int[] lengths = packed.lengths();
        for (int t = 0; t < count; t += 7) {
            int b = biasAt + t * biasStep;
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int p6 = inOffsets[t + 6] + channel;
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, b);
            FloatVector a1 = FloatVector.fromArray(SPECIES, bias, b + biasStep);
            FloatVector a2 = FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep);
            FloatVector a3 = FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep);
            FloatVector a4 = FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep);
            FloatVector a5 = FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep);
            FloatVector a6 = FloatVector.fromArray(SPECIES, bias, b + 6 * biasStep);
            int next = panel * packed.panelSize();
            for (int run = 0; run < starts.length; run++) {
                int start = starts[run];
                int length = lengths[run];
                FloatVector s0 = FloatVector.zero(SPECIES);
                FloatVector s1 = FloatVector.zero(SPECIES);
                FloatVector s2 = FloatVector.zero(SPECIES);
                FloatVector s3 = FloatVector.zero(SPECIES);
                FloatVector s4 = FloatVector.zero(SPECIES);
                FloatVector s5 = FloatVector.zero(SPECIES);
                FloatVector s6 = FloatVector.zero(SPECIES);
                for (int c = 0; c < length; c++) {
                    FloatVector u = FloatVector.fromArray(SPECIES, w, next + c * WIDTH);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + start + c]);
                    s0 = x.fma(u, s0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + start + c]);
                    s1 = x.fma(u, s1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + start + c]);
                    s2 = x.fma(u, s2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + start + c]);
                    s3 = x.fma(u, s3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + start + c]);
                    s4 = x.fma(u, s4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + start + c]);
                    s5 = x.fma(u, s5);
                    x = FloatVector.broadcast(SPECIES, in[p6 + start + c]);
                    s6 = x.fma(u, s6);
                }
                a0 = a0.add(s0);
                a1 = a1.add(s1);
                a2 = a2.add(s2);
                a3 = a3.add(s3);
                a4 = a4.add(s4);
                a5 = a5.add(s5);
                a6 = a6.add(s6);
                next += length * WIDTH;
            }
            int at;
            at = outOffsets[t] + outChannel;
            a0.intoArray(out, at);
            at = outOffsets[t + 1] + outChannel;
            a1.intoArray(out, at);
            at = outOffsets[t + 2] + outChannel;
            a2.intoArray(out, at);
            at = outOffsets[t + 3] + outChannel;
            a3.intoArray(out, at);
            at = outOffsets[t + 4] + outChannel;
            a4.intoArray(out, at);
            at = outOffsets[t + 5] + outChannel;
            a5.intoArray(out, at);
            at = outOffsets[t + 6] + outChannel;
            a6.intoArray(out, at);
        }
    }

    /** 6 pixels: 12 of the 16 registers that AVX2 has; any more would spill. */
    private static void tile6(float[] in, int[] inOffsets, int channel, PackedWeights packed,
            int panel, int biasAt, float[] out, int[] outOffsets, int outChannel, int count) {
        float[] w = packed.panels();
        float[] bias = packed.bias();
        int biasStep = packed.biasStep();
        int biasNext = biasStep == 0 ? LANES : 0;
        int[] starts = packed.starts();
        int[] lengths = packed.lengths();
        for (int t = 0; t < count; t += 6) {
            int b = biasAt + t * biasStep;
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, b);
            FloatVector b0 = FloatVector.fromArray(SPECIES, bias, b + biasNext);
            FloatVector a1 = FloatVector.fromArray(SPECIES, bias, b + biasStep);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bias, b + biasStep + biasNext);
            FloatVector a2 = FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep);
            FloatVector b2 = FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep + biasNext);
            FloatVector a3 = FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep);
            FloatVector b3 = FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep + biasNext);
            FloatVector a4 = FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep);
            FloatVector b4 = FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep + biasNext);
            FloatVector a5 = FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep);
            FloatVector b5 = FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep + biasNext);
            int next = panel * packed.panelSize();
            for (int run = 0; run < starts.length; run++) {
                int start = starts[run];
                int length = lengths[run];
                FloatVector s0 = FloatVector.zero(SPECIES);
                FloatVector t0 = FloatVector.zero(SPECIES);
                FloatVector s1 = FloatVector.zero(SPECIES);
                FloatVector t1 = FloatVector.zero(SPECIES);
                FloatVector s2 = FloatVector.zero(SPECIES);
                FloatVector t2 = FloatVector.zero(SPECIES);
                FloatVector s3 = FloatVector.zero(SPECIES);
                FloatVector t3 = FloatVector.zero(SPECIES);
                FloatVector s4 = FloatVector.zero(SPECIES);
                FloatVector t4 = FloatVector.zero(SPECIES);
                FloatVector s5 = FloatVector.zero(SPECIES);
                FloatVector t5 = FloatVector.zero(SPECIES);
                for (int c = 0; c < length; c++) {
                    FloatVector u = FloatVector.fromArray(SPECIES, w, next + c * WIDTH);
                    FloatVector v = FloatVector.fromArray(SPECIES, w, next + c * WIDTH + LANES);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + start + c]);
                    s0 = x.fma(u, s0);
                    t0 = x.fma(v, t0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + start + c]);
                    s1 = x.fma(u, s1);
                    t1 = x.fma(v, t1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + start + c]);
                    s2 = x.fma(u, s2);
                    t2 = x.fma(v, t2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + start + c]);
                    s3 = x.fma(u, s3);
                    t3 = x.fma(v, t3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + start + c]);
                    s4 = x.fma(u, s4);
                    t4 = x.fma(v, t4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + start + c]);
                    s5 = x.fma(u, s5);
                    t5 = x.fma(v, t5);
                }
                a0 = a0.add(s0);
                b0 = b0.add(t0);
                a1 = a1.add(s1);
                b1 = b1.add(t1);
                a2 = a2.add(s2);
                b2 = b2.add(t2);
                a3 = a3.add(s3);
                b3 = b3.add(t3);
                a4 = a4.add(s4);
                b4 = b4.add(t4);
                a5 = a5.add(s5);
                b5 = b5.add(t5);
                next += length * WIDTH;
            }
            int at;
            at = outOffsets[t] + outChannel;
            a0.intoArray(out, at);
            b0.intoArray(out, at + LANES);
            at = outOffsets[t + 1] + outChannel;
            a1.intoArray(out, at);
            b1.intoArray(out, at + LANES);
            at = outOffsets[t + 2] + outChannel;
            a2.intoArray(out, at);
            b2.intoArray(out, at + LANES);
            at = outOffsets[t + 3] + outChannel;
            a3.intoArray(out, at);
            b3.intoArray(out, at + LANES);
            at = outOffsets[t + 4] + outChannel;
            a4.intoArray(out, at);
            b4.intoArray(out, at + LANES);
            at = outOffsets[t + 5] + outChannel;
            a5.intoArray(out, at);
            b5.intoArray(out, at + LANES);
        }
    }

    /**
     * {@link #run} for a panel of two groups, each in a vector of its own, on machines where
     * {@link #NARROW} is false.
     *
     * @param second from the first group's first channel to the second one's
     */
    static void runPair(float[] in, int[] inOffsets, int channel, int second, PackedWeights packed,
            int panel, int biasAt, float[] out, int[] outOffsets, int outChannel, int count) {
        float[] w = packed.panels();
        float[] bias = packed.bias();
        int biasStep = packed.biasStep();
        int biasNext = biasStep == 0 ? LANES : 0;
        int[] starts = packed.starts();
        int[] lengths = packed.lengths();
        for (int t = 0; t < count; t += 6) {
            int b = biasAt + t * biasStep;
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, b);
            FloatVector b0 = FloatVector.fromArray(SPECIES, bias, b + biasNext);
            FloatVector a1 = FloatVector.fromArray(SPECIES, bias, b + biasStep);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bias, b + biasStep + biasNext);
            FloatVector a2 = FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep);
            FloatVector b2 = FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep + biasNext);
            FloatVector a3 = FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep);
            FloatVector b3 = FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep + biasNext);
            FloatVector a4 = FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep);
            FloatVector b4 = FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep + biasNext);
            FloatVector a5 = FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep);
            FloatVector b5 = FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep + biasNext);
            int next = panel * packed.panelSize();
            for (int run = 0; run < starts.length; run++) {
                int start = starts[run];
                int from = start + second;
                int length = lengths[run];
                FloatVector s0 = FloatVector.zero(SPECIES);
                FloatVector t0 = FloatVector.zero(SPECIES);
                FloatVector s1 = FloatVector.zero(SPECIES);
                FloatVector t1 = FloatVector.zero(SPECIES);
                FloatVector s2 = FloatVector.zero(SPECIES);
                FloatVector t2 = FloatVector.zero(SPECIES);
                FloatVector s3 = FloatVector.zero(SPECIES);
                FloatVector t3 = FloatVector.zero(SPECIES);
                FloatVector s4 = FloatVector.zero(SPECIES);
                FloatVector t4 = FloatVector.zero(SPECIES);
                FloatVector s5 = FloatVector.zero(SPECIES);
                FloatVector t5 = FloatVector.zero(SPECIES);
                for (int c = 0; c < length; c++) {
                    FloatVector u = FloatVector.fromArray(SPECIES, w, next + c * WIDTH);
                    FloatVector v = FloatVector.fromArray(SPECIES, w, next + c * WIDTH + LANES);
                    s0 = FloatVector.broadcast(SPECIES, in[p0 + start + c]).fma(u, s0);
                    t0 = FloatVector.broadcast(SPECIES, in[p0 + from + c]).fma(v, t0);
                    s1 = FloatVector.broadcast(SPECIES, in[p1 + start + c]).fma(u, s1);
                    t1 = FloatVector.broadcast(SPECIES, in[p1 + from + c]).fma(v, t1);
                    s2 = FloatVector.broadcast(SPECIES, in[p2 + start + c]).fma(u, s2);
                    t2 = FloatVector.broadcast(SPECIES, in[p2 + from + c]).fma(v, t2);
                    s3 = FloatVector.broadcast(SPECIES, in[p3 + start + c]).fma(u, s3);
                    t3 = FloatVector.broadcast(SPECIES, in[p3 + from + c]).fma(v, t3);
                    s4 = FloatVector.broadcast(SPECIES, in[p4 + start + c]).fma(u, s4);
                    t4 = FloatVector.broadcast(SPECIES, in[p4 + from + c]).fma(v, t4);
                    s5 = FloatVector.broadcast(SPECIES, in[p5 + start + c]).fma(u, s5);
                    t5 = FloatVector.broadcast(SPECIES, in[p5 + from + c]).fma(v, t5);
                }
                a0 = a0.add(s0);
                b0 = b0.add(t0);
                a1 = a1.add(s1);
                b1 = b1.add(t1);
                a2 = a2.add(s2);
                b2 = b2.add(t2);
                a3 = a3.add(s3);
                b3 = b3.add(t3);
                a4 = a4.add(s4);
                b4 = b4.add(t4);
                a5 = a5.add(s5);
                b5 = b5.add(t5);
                next += length * WIDTH;
            }
            int at;
            at = outOffsets[t] + outChannel;
            a0.intoArray(out, at);
            b0.intoArray(out, at + LANES);
            at = outOffsets[t + 1] + outChannel;
            a1.intoArray(out, at);
            b1.intoArray(out, at + LANES);
            at = outOffsets[t + 2] + outChannel;
            a2.intoArray(out, at);
            b2.intoArray(out, at + LANES);
            at = outOffsets[t + 3] + outChannel;
            a3.intoArray(out, at);
            b3.intoArray(out, at + LANES);
            at = outOffsets[t + 4] + outChannel;
            a4.intoArray(out, at);
            b4.intoArray(out, at + LANES);
            at = outOffsets[t + 5] + outChannel;
            a5.intoArray(out, at);
            b5.intoArray(out, at + LANES);
        }
    }
}
