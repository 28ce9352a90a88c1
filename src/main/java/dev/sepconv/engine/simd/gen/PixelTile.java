package dev.sepconv.engine.simd.gen;

// Written by PixelTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.REGISTERS;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of every convolution that mixes channels: a few pixels by a few vectors of output
 * channels, all in registers.
 *
 * <p>
 * One step of the innermost loop loads vectors of weights, then for each pixel broadcasts one input
 * number and does a fused multiply-add with each. The loops are written out because the compiler
 * keeps vectors in registers only as local variables, never as elements of an array.
 *
 * <p>
 * Nothing else belongs into these methods. With the activation inlined as well they outgrow what
 * the compiler will inline, some vectors become heap objects, and the speed falls to a third.
 *
 * <p>
 * Weights lie in panels of {@link #WIDTH} output channels, row after row: one for each number of
 * the input that a pixel reads. Runs of these numbers lie side by side in the input; each run is
 * summed by itself, then added to the others.
 */
public final class PixelTile {

    /** Else groups of at most {@code LANES} filters are fastest two at a time. */
    public static final boolean MANY_REGISTERS = REGISTERS >= 32;

    /** How many output channels a panel of weights covers. */
    public static final int WIDTH = 2 * LANES;

    /**
     * Pixels are done in lists whose length is a multiple of this; the caller repeats the last one
     * to get there.
     */
    public static final int PIXELS = MANY_REGISTERS ? 7 : 6;

    private PixelTile() {
    }

    /**
     * One panel of output channels for a list of pixels, with bias, without activation.
     *
     * @param inOffsets for each pixel where its first number lies in {@code in}
     * @param channel added to each of them: the first channel of the panel's group
     * @param starts where each run of input numbers begins, counted from there
     * @param lengths how many numbers each run has
     * @param panel where the panel begins in {@code panels}
     * @param biasAt where the bias of its first channel and first pixel is
     * @param biasStep from the bias of a pixel to the next one's, all lanes alike; 0 where each
     * lane has its own
     * @param width how many of the panel's output channels are wanted; others may be left as they
     * are
     * @param outAt where the first pixel of the list has its first channel in {@code out}
     * @param outStep from there to where the next pixel's goes
     * @param from the first pixel that is done
     * @param to the one past the last; the list and {@code out} go on, up to a multiple of
     * {@link #PIXELS}, with pixels that may be done too
     */
    public static void run(float[] in, int[] inOffsets, int channel, int[] starts, int[] lengths,
            float[] panels, int panel, float[] bias, int biasAt, int biasStep, int width,
            float[] out, int outAt, int outStep, int from, int to) {
        if (MANY_REGISTERS) {
            if (width <= LANES) {
                tile7x1(in, inOffsets, channel, starts, lengths, panels, panel, bias, biasAt,
                        biasStep, out, outAt, outStep, from, to);
            } else {
                tile7x2(in, inOffsets, channel, starts, lengths, panels, panel, bias, biasAt,
                        biasStep, out, outAt, outStep, from, to);
            }
        } else {
            if (width <= LANES) {
                tile6x1(in, inOffsets, channel, starts, lengths, panels, panel, bias, biasAt,
                        biasStep, out, outAt, outStep, from, to);
            } else {
                tile6x2(in, inOffsets, channel, starts, lengths, panels, panel, bias, biasAt,
                        biasStep, out, outAt, outStep, from, to);
            }
        }
    }

    /**
     * {@link #run} for a panel of 2 groups, each in a vector of its own, on machines without
     * {@link #MANY_REGISTERS}.
     *
     * @param apart from a group's first channel to the next one's
     */
    public static void runApart(float[] in, int[] inOffsets, int channel, int apart, int[] starts,
            int[] lengths, float[] panels, int panel, float[] bias, int biasAt, int biasStep,
            float[] out, int outAt, int outStep, int from, int to) {
        tile6x2Apart(in, inOffsets, channel, apart, starts, lengths, panels, panel, bias, biasAt,
                biasStep, out, outAt, outStep, from, to);
    }

    /**
     * 14 sums where AVX-512 and ARM have 32 registers; and 7 divides the picture sizes of most
     * networks.
     */
    private static void tile7x2(float[] in, int[] inOffsets, int channel, int[] starts,
            int[] lengths, float[] panels, int panel, float[] bias, int biasAt, int biasStep,
            float[] out, int outAt, int outStep, int from, int to) {
        int biasNext = biasStep == 0 ? LANES : 0;
        for (int t = from; t < to; t += 7) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int p6 = inOffsets[t + 6] + channel;
            int next = panel;
            for (int run = 0; run < starts.length; run++) {
                int length = lengths[run];
                int end = starts[run] + length;
                next += length * WIDTH;
                FloatVector zero = FloatVector.zero(SPECIES);
                FloatVector s0 = zero;
                FloatVector t0 = zero;
                FloatVector s1 = zero;
                FloatVector t1 = zero;
                FloatVector s2 = zero;
                FloatVector t2 = zero;
                FloatVector s3 = zero;
                FloatVector t3 = zero;
                FloatVector s4 = zero;
                FloatVector t4 = zero;
                FloatVector s5 = zero;
                FloatVector t5 = zero;
                FloatVector s6 = zero;
                FloatVector t6 = zero;
                for (int c = -length; c < 0; c++) {
                    FloatVector w0 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH);
                    FloatVector w1 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH
                            + LANES);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + end + c]);
                    s0 = x.fma(w0, s0);
                    t0 = x.fma(w1, t0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + end + c]);
                    s1 = x.fma(w0, s1);
                    t1 = x.fma(w1, t1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + end + c]);
                    s2 = x.fma(w0, s2);
                    t2 = x.fma(w1, t2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + end + c]);
                    s3 = x.fma(w0, s3);
                    t3 = x.fma(w1, t3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + end + c]);
                    s4 = x.fma(w0, s4);
                    t4 = x.fma(w1, t4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + end + c]);
                    s5 = x.fma(w0, s5);
                    t5 = x.fma(w1, t5);
                    x = FloatVector.broadcast(SPECIES, in[p6 + end + c]);
                    s6 = x.fma(w0, s6);
                    t6 = x.fma(w1, t6);
                }
                int o = outAt + t * outStep;
                if (run == 0) {
                    int b = biasAt + t * biasStep;
                    s0 = s0.add(FloatVector.fromArray(SPECIES, bias, b));
                    t0 = t0.add(FloatVector.fromArray(SPECIES, bias, b + biasNext));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep));
                    t1 = t1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep + biasNext));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep));
                    t2 = t2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep + biasNext));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep));
                    t3 = t3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep + biasNext));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep));
                    t4 = t4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep + biasNext));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep));
                    t5 = t5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep + biasNext));
                    s6 = s6.add(FloatVector.fromArray(SPECIES, bias, b + 6 * biasStep));
                    t6 = t6.add(FloatVector.fromArray(SPECIES, bias, b + 6 * biasStep + biasNext));
                } else {
                    s0 = s0.add(FloatVector.fromArray(SPECIES, out, o));
                    t0 = t0.add(FloatVector.fromArray(SPECIES, out, o + LANES));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, out, o + outStep));
                    t1 = t1.add(FloatVector.fromArray(SPECIES, out, o + outStep + LANES));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep));
                    t2 = t2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep + LANES));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep));
                    t3 = t3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep + LANES));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep));
                    t4 = t4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep + LANES));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep));
                    t5 = t5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep + LANES));
                    s6 = s6.add(FloatVector.fromArray(SPECIES, out, o + 6 * outStep));
                    t6 = t6.add(FloatVector.fromArray(SPECIES, out, o + 6 * outStep + LANES));
                }
                s0.intoArray(out, o);
                t0.intoArray(out, o + LANES);
                s1.intoArray(out, o + outStep);
                t1.intoArray(out, o + outStep + LANES);
                s2.intoArray(out, o + 2 * outStep);
                t2.intoArray(out, o + 2 * outStep + LANES);
                s3.intoArray(out, o + 3 * outStep);
                t3.intoArray(out, o + 3 * outStep + LANES);
                s4.intoArray(out, o + 4 * outStep);
                t4.intoArray(out, o + 4 * outStep + LANES);
                s5.intoArray(out, o + 5 * outStep);
                t5.intoArray(out, o + 5 * outStep + LANES);
                s6.intoArray(out, o + 6 * outStep);
                t6.intoArray(out, o + 6 * outStep + LANES);
            }
        }
    }

    /** One vector of output channels: for groups and ends that don't fill more. */
    private static void tile7x1(float[] in, int[] inOffsets, int channel, int[] starts,
            int[] lengths, float[] panels, int panel, float[] bias, int biasAt, int biasStep,
            float[] out, int outAt, int outStep, int from, int to) {
        for (int t = from; t < to; t += 7) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int p6 = inOffsets[t + 6] + channel;
            int next = panel;
            for (int run = 0; run < starts.length; run++) {
                int length = lengths[run];
                int end = starts[run] + length;
                next += length * WIDTH;
                FloatVector zero = FloatVector.zero(SPECIES);
                FloatVector s0 = zero;
                FloatVector s1 = zero;
                FloatVector s2 = zero;
                FloatVector s3 = zero;
                FloatVector s4 = zero;
                FloatVector s5 = zero;
                FloatVector s6 = zero;
                for (int c = -length; c < 0; c++) {
                    FloatVector w0 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + end + c]);
                    s0 = x.fma(w0, s0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + end + c]);
                    s1 = x.fma(w0, s1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + end + c]);
                    s2 = x.fma(w0, s2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + end + c]);
                    s3 = x.fma(w0, s3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + end + c]);
                    s4 = x.fma(w0, s4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + end + c]);
                    s5 = x.fma(w0, s5);
                    x = FloatVector.broadcast(SPECIES, in[p6 + end + c]);
                    s6 = x.fma(w0, s6);
                }
                int o = outAt + t * outStep;
                if (run == 0) {
                    int b = biasAt + t * biasStep;
                    s0 = s0.add(FloatVector.fromArray(SPECIES, bias, b));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep));
                    s6 = s6.add(FloatVector.fromArray(SPECIES, bias, b + 6 * biasStep));
                } else {
                    s0 = s0.add(FloatVector.fromArray(SPECIES, out, o));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, out, o + outStep));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep));
                    s6 = s6.add(FloatVector.fromArray(SPECIES, out, o + 6 * outStep));
                }
                s0.intoArray(out, o);
                s1.intoArray(out, o + outStep);
                s2.intoArray(out, o + 2 * outStep);
                s3.intoArray(out, o + 3 * outStep);
                s4.intoArray(out, o + 4 * outStep);
                s5.intoArray(out, o + 5 * outStep);
                s6.intoArray(out, o + 6 * outStep);
            }
        }
    }

    /** 12 of the 16 registers that AVX2 has; any more would spill. */
    private static void tile6x2(float[] in, int[] inOffsets, int channel, int[] starts,
            int[] lengths, float[] panels, int panel, float[] bias, int biasAt, int biasStep,
            float[] out, int outAt, int outStep, int from, int to) {
        int biasNext = biasStep == 0 ? LANES : 0;
        for (int t = from; t < to; t += 6) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int next = panel;
            for (int run = 0; run < starts.length; run++) {
                int length = lengths[run];
                int start = starts[run];
                FloatVector zero = FloatVector.zero(SPECIES);
                FloatVector s0 = zero;
                FloatVector t0 = zero;
                FloatVector s1 = zero;
                FloatVector t1 = zero;
                FloatVector s2 = zero;
                FloatVector t2 = zero;
                FloatVector s3 = zero;
                FloatVector t3 = zero;
                FloatVector s4 = zero;
                FloatVector t4 = zero;
                FloatVector s5 = zero;
                FloatVector t5 = zero;
                for (int c = 0; c < length; c++) {
                    FloatVector w0 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH);
                    FloatVector w1 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH
                            + LANES);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + start + c]);
                    s0 = x.fma(w0, s0);
                    t0 = x.fma(w1, t0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + start + c]);
                    s1 = x.fma(w0, s1);
                    t1 = x.fma(w1, t1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + start + c]);
                    s2 = x.fma(w0, s2);
                    t2 = x.fma(w1, t2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + start + c]);
                    s3 = x.fma(w0, s3);
                    t3 = x.fma(w1, t3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + start + c]);
                    s4 = x.fma(w0, s4);
                    t4 = x.fma(w1, t4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + start + c]);
                    s5 = x.fma(w0, s5);
                    t5 = x.fma(w1, t5);
                }
                next += length * WIDTH;
                int o = outAt + t * outStep;
                if (run == 0) {
                    int b = biasAt + t * biasStep;
                    s0 = s0.add(FloatVector.fromArray(SPECIES, bias, b));
                    t0 = t0.add(FloatVector.fromArray(SPECIES, bias, b + biasNext));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep));
                    t1 = t1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep + biasNext));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep));
                    t2 = t2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep + biasNext));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep));
                    t3 = t3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep + biasNext));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep));
                    t4 = t4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep + biasNext));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep));
                    t5 = t5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep + biasNext));
                } else {
                    s0 = s0.add(FloatVector.fromArray(SPECIES, out, o));
                    t0 = t0.add(FloatVector.fromArray(SPECIES, out, o + LANES));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, out, o + outStep));
                    t1 = t1.add(FloatVector.fromArray(SPECIES, out, o + outStep + LANES));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep));
                    t2 = t2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep + LANES));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep));
                    t3 = t3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep + LANES));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep));
                    t4 = t4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep + LANES));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep));
                    t5 = t5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep + LANES));
                }
                s0.intoArray(out, o);
                t0.intoArray(out, o + LANES);
                s1.intoArray(out, o + outStep);
                t1.intoArray(out, o + outStep + LANES);
                s2.intoArray(out, o + 2 * outStep);
                t2.intoArray(out, o + 2 * outStep + LANES);
                s3.intoArray(out, o + 3 * outStep);
                t3.intoArray(out, o + 3 * outStep + LANES);
                s4.intoArray(out, o + 4 * outStep);
                t4.intoArray(out, o + 4 * outStep + LANES);
                s5.intoArray(out, o + 5 * outStep);
                t5.intoArray(out, o + 5 * outStep + LANES);
            }
        }
    }

    /** For ends: the whole panel would take twice as many multiply-adds. */
    private static void tile6x1(float[] in, int[] inOffsets, int channel, int[] starts,
            int[] lengths, float[] panels, int panel, float[] bias, int biasAt, int biasStep,
            float[] out, int outAt, int outStep, int from, int to) {
        for (int t = from; t < to; t += 6) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int next = panel;
            for (int run = 0; run < starts.length; run++) {
                int length = lengths[run];
                int start = starts[run];
                FloatVector zero = FloatVector.zero(SPECIES);
                FloatVector s0 = zero;
                FloatVector s1 = zero;
                FloatVector s2 = zero;
                FloatVector s3 = zero;
                FloatVector s4 = zero;
                FloatVector s5 = zero;
                for (int c = 0; c < length; c++) {
                    FloatVector w0 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH);
                    FloatVector x;
                    x = FloatVector.broadcast(SPECIES, in[p0 + start + c]);
                    s0 = x.fma(w0, s0);
                    x = FloatVector.broadcast(SPECIES, in[p1 + start + c]);
                    s1 = x.fma(w0, s1);
                    x = FloatVector.broadcast(SPECIES, in[p2 + start + c]);
                    s2 = x.fma(w0, s2);
                    x = FloatVector.broadcast(SPECIES, in[p3 + start + c]);
                    s3 = x.fma(w0, s3);
                    x = FloatVector.broadcast(SPECIES, in[p4 + start + c]);
                    s4 = x.fma(w0, s4);
                    x = FloatVector.broadcast(SPECIES, in[p5 + start + c]);
                    s5 = x.fma(w0, s5);
                }
                next += length * WIDTH;
                int o = outAt + t * outStep;
                if (run == 0) {
                    int b = biasAt + t * biasStep;
                    s0 = s0.add(FloatVector.fromArray(SPECIES, bias, b));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep));
                } else {
                    s0 = s0.add(FloatVector.fromArray(SPECIES, out, o));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, out, o + outStep));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep));
                }
                s0.intoArray(out, o);
                s1.intoArray(out, o + outStep);
                s2.intoArray(out, o + 2 * outStep);
                s3.intoArray(out, o + 3 * outStep);
                s4.intoArray(out, o + 4 * outStep);
                s5.intoArray(out, o + 5 * outStep);
            }
        }
    }

    /** Two groups share a panel: one vector alone has too few sums at once. */
    private static void tile6x2Apart(float[] in, int[] inOffsets, int channel, int apart,
            int[] starts, int[] lengths, float[] panels, int panel, float[] bias, int biasAt,
            int biasStep, float[] out, int outAt, int outStep, int from, int to) {
        int biasNext = biasStep == 0 ? LANES : 0;
        for (int t = from; t < to; t += 6) {
            int p0 = inOffsets[t] + channel;
            int p1 = inOffsets[t + 1] + channel;
            int p2 = inOffsets[t + 2] + channel;
            int p3 = inOffsets[t + 3] + channel;
            int p4 = inOffsets[t + 4] + channel;
            int p5 = inOffsets[t + 5] + channel;
            int next = panel;
            for (int run = 0; run < starts.length; run++) {
                int length = lengths[run];
                int start = starts[run];
                FloatVector zero = FloatVector.zero(SPECIES);
                FloatVector s0 = zero;
                FloatVector t0 = zero;
                FloatVector s1 = zero;
                FloatVector t1 = zero;
                FloatVector s2 = zero;
                FloatVector t2 = zero;
                FloatVector s3 = zero;
                FloatVector t3 = zero;
                FloatVector s4 = zero;
                FloatVector t4 = zero;
                FloatVector s5 = zero;
                FloatVector t5 = zero;
                for (int c = 0; c < length; c++) {
                    FloatVector w0 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH);
                    FloatVector w1 = FloatVector.fromArray(SPECIES, panels, next + c * WIDTH
                            + LANES);
                    s0 = FloatVector.broadcast(SPECIES, in[p0 + start + c]).fma(w0, s0);
                    t0 = FloatVector.broadcast(SPECIES, in[p0 + start + apart + c]).fma(w1, t0);
                    s1 = FloatVector.broadcast(SPECIES, in[p1 + start + c]).fma(w0, s1);
                    t1 = FloatVector.broadcast(SPECIES, in[p1 + start + apart + c]).fma(w1, t1);
                    s2 = FloatVector.broadcast(SPECIES, in[p2 + start + c]).fma(w0, s2);
                    t2 = FloatVector.broadcast(SPECIES, in[p2 + start + apart + c]).fma(w1, t2);
                    s3 = FloatVector.broadcast(SPECIES, in[p3 + start + c]).fma(w0, s3);
                    t3 = FloatVector.broadcast(SPECIES, in[p3 + start + apart + c]).fma(w1, t3);
                    s4 = FloatVector.broadcast(SPECIES, in[p4 + start + c]).fma(w0, s4);
                    t4 = FloatVector.broadcast(SPECIES, in[p4 + start + apart + c]).fma(w1, t4);
                    s5 = FloatVector.broadcast(SPECIES, in[p5 + start + c]).fma(w0, s5);
                    t5 = FloatVector.broadcast(SPECIES, in[p5 + start + apart + c]).fma(w1, t5);
                }
                next += length * WIDTH;
                int o = outAt + t * outStep;
                if (run == 0) {
                    int b = biasAt + t * biasStep;
                    s0 = s0.add(FloatVector.fromArray(SPECIES, bias, b));
                    t0 = t0.add(FloatVector.fromArray(SPECIES, bias, b + biasNext));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep));
                    t1 = t1.add(FloatVector.fromArray(SPECIES, bias, b + biasStep + biasNext));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep));
                    t2 = t2.add(FloatVector.fromArray(SPECIES, bias, b + 2 * biasStep + biasNext));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep));
                    t3 = t3.add(FloatVector.fromArray(SPECIES, bias, b + 3 * biasStep + biasNext));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep));
                    t4 = t4.add(FloatVector.fromArray(SPECIES, bias, b + 4 * biasStep + biasNext));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep));
                    t5 = t5.add(FloatVector.fromArray(SPECIES, bias, b + 5 * biasStep + biasNext));
                } else {
                    s0 = s0.add(FloatVector.fromArray(SPECIES, out, o));
                    t0 = t0.add(FloatVector.fromArray(SPECIES, out, o + LANES));
                    s1 = s1.add(FloatVector.fromArray(SPECIES, out, o + outStep));
                    t1 = t1.add(FloatVector.fromArray(SPECIES, out, o + outStep + LANES));
                    s2 = s2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep));
                    t2 = t2.add(FloatVector.fromArray(SPECIES, out, o + 2 * outStep + LANES));
                    s3 = s3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep));
                    t3 = t3.add(FloatVector.fromArray(SPECIES, out, o + 3 * outStep + LANES));
                    s4 = s4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep));
                    t4 = t4.add(FloatVector.fromArray(SPECIES, out, o + 4 * outStep + LANES));
                    s5 = s5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep));
                    t5 = t5.add(FloatVector.fromArray(SPECIES, out, o + 5 * outStep + LANES));
                }
                s0.intoArray(out, o);
                t0.intoArray(out, o + LANES);
                s1.intoArray(out, o + outStep);
                t1.intoArray(out, o + outStep + LANES);
                s2.intoArray(out, o + 2 * outStep);
                t2.intoArray(out, o + 2 * outStep + LANES);
                s3.intoArray(out, o + 3 * outStep);
                t3.intoArray(out, o + 3 * outStep + LANES);
                s4.intoArray(out, o + 4 * outStep);
                t4.intoArray(out, o + 4 * outStep + LANES);
                s5.intoArray(out, o + 5 * outStep);
                t5.intoArray(out, o + 5 * outStep + LANES);
            }
        }
    }
}
