package dev.sepconv.engine.simd.gen;

// Written by EvenTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link EvenTile} for neighbouring pixels of a row of a convolution on planes: what a tap meets
 * lies as far apart as the stride, which is known when this is compiled, so that nothing has to be
 * moved but the picture's rows.
 */
public final class PictureTile {

    /** So many at once, and no fewer. */
    public static final int PIXELS = 13;

    private PictureTile() {
    }

    /**
     * One panel of output channels for neighbouring pixels, with bias and clamped.
     *
     * @param first what is added to each of {@code taps} for the first pixel
     * @param taps for each number that is summed where it lies in {@code in}
     * @param stride from there to where it lies of the next pixel: 1 or 2
     * @param panel where the panel begins in {@code panels}
     * @param biasAt where the bias of its first channel is
     * @param width how many of the panel's output channels are wanted, whole vectors; no others are
     * written
     * @param low what sums are raised to at least; a NaN stays one
     * @param high what they are lowered to at most
     * @param offsets for each pixel where its first channel goes in {@code out}
     * @param channel added to each of them
     * @param count how many pixels, at least {@link #PIXELS}
     */
    public static void run(float[] in, int first, int[] taps, int stride, float[] panels,
            int panel, float[] bias, int biasAt, int width, float low, float high, float[] out,
            int[] offsets, int channel, int count) {
        if (stride == 1) {
            if (width <= LANES) {
                tile13x1Stride1(in, first, taps, panels, panel, bias, biasAt, low, high, out,
                        offsets, channel, count);
            } else {
                tile13x2Stride1(in, first, taps, panels, panel, bias, biasAt, low, high, out,
                        offsets, channel, count);
            }
        } else {
            if (width <= LANES) {
                tile13x1Stride2(in, first, taps, panels, panel, bias, biasAt, low, high, out,
                        offsets, channel, count);
            } else {
                tile13x2Stride2(in, first, taps, panels, panel, bias, biasAt, low, high, out,
                        offsets, channel, count);
            }
        }
    }

    /**
     * 26 sums of 32 registers: with 28 one lies in memory, since each number's index is tested and
     * several numbers are loaded at a time.
     */
    private static void tile13x2Stride1(float[] in, int first, int[] taps, float[] panels,
            int panel, float[] bias, int biasAt, float low, float high, float[] out, int[] offsets,
            int channel, int count) {
        for (int w = 0; w < count; w += 13) {
            int t = Math.min(w, count - 13); // the last ones overlap those before
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
            FloatVector s7 = zero;
            FloatVector t7 = zero;
            FloatVector s8 = zero;
            FloatVector t8 = zero;
            FloatVector s9 = zero;
            FloatVector t9 = zero;
            FloatVector s10 = zero;
            FloatVector t10 = zero;
            FloatVector s11 = zero;
            FloatVector t11 = zero;
            FloatVector s12 = zero;
            FloatVector t12 = zero;
            for (int i = 0; i < taps.length; i++) {
                int z = first + t + taps[i];
                FloatVector w0 = FloatVector.fromArray(SPECIES, panels, panel
                        + i * PixelTile.WIDTH);
                FloatVector w1 = FloatVector.fromArray(SPECIES, panels, panel + i * PixelTile.WIDTH
                        + LANES);
                FloatVector x;
                x = FloatVector.broadcast(SPECIES, in[z]);
                s0 = x.fma(w0, s0);
                t0 = x.fma(w1, t0);
                x = FloatVector.broadcast(SPECIES, in[z + 1]);
                s1 = x.fma(w0, s1);
                t1 = x.fma(w1, t1);
                x = FloatVector.broadcast(SPECIES, in[z + 2]);
                s2 = x.fma(w0, s2);
                t2 = x.fma(w1, t2);
                x = FloatVector.broadcast(SPECIES, in[z + 3]);
                s3 = x.fma(w0, s3);
                t3 = x.fma(w1, t3);
                x = FloatVector.broadcast(SPECIES, in[z + 4]);
                s4 = x.fma(w0, s4);
                t4 = x.fma(w1, t4);
                x = FloatVector.broadcast(SPECIES, in[z + 5]);
                s5 = x.fma(w0, s5);
                t5 = x.fma(w1, t5);
                x = FloatVector.broadcast(SPECIES, in[z + 6]);
                s6 = x.fma(w0, s6);
                t6 = x.fma(w1, t6);
                x = FloatVector.broadcast(SPECIES, in[z + 7]);
                s7 = x.fma(w0, s7);
                t7 = x.fma(w1, t7);
                x = FloatVector.broadcast(SPECIES, in[z + 8]);
                s8 = x.fma(w0, s8);
                t8 = x.fma(w1, t8);
                x = FloatVector.broadcast(SPECIES, in[z + 9]);
                s9 = x.fma(w0, s9);
                t9 = x.fma(w1, t9);
                x = FloatVector.broadcast(SPECIES, in[z + 10]);
                s10 = x.fma(w0, s10);
                t10 = x.fma(w1, t10);
                x = FloatVector.broadcast(SPECIES, in[z + 11]);
                s11 = x.fma(w0, s11);
                t11 = x.fma(w1, t11);
                x = FloatVector.broadcast(SPECIES, in[z + 12]);
                s12 = x.fma(w0, s12);
                t12 = x.fma(w1, t12);
            }
            FloatVector b0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bias, biasAt + LANES);
            int o;
            o = offsets[t] + channel;
            s0 = s0.add(b0);
            s0 = s0.blend(low, s0.compare(VectorOperators.LT, low));
            s0.blend(high, s0.compare(VectorOperators.GT, high)).intoArray(out, o);
            t0 = t0.add(b1);
            t0 = t0.blend(low, t0.compare(VectorOperators.LT, low));
            t0.blend(high, t0.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 1] + channel;
            s1 = s1.add(b0);
            s1 = s1.blend(low, s1.compare(VectorOperators.LT, low));
            s1.blend(high, s1.compare(VectorOperators.GT, high)).intoArray(out, o);
            t1 = t1.add(b1);
            t1 = t1.blend(low, t1.compare(VectorOperators.LT, low));
            t1.blend(high, t1.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 2] + channel;
            s2 = s2.add(b0);
            s2 = s2.blend(low, s2.compare(VectorOperators.LT, low));
            s2.blend(high, s2.compare(VectorOperators.GT, high)).intoArray(out, o);
            t2 = t2.add(b1);
            t2 = t2.blend(low, t2.compare(VectorOperators.LT, low));
            t2.blend(high, t2.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 3] + channel;
            s3 = s3.add(b0);
            s3 = s3.blend(low, s3.compare(VectorOperators.LT, low));
            s3.blend(high, s3.compare(VectorOperators.GT, high)).intoArray(out, o);
            t3 = t3.add(b1);
            t3 = t3.blend(low, t3.compare(VectorOperators.LT, low));
            t3.blend(high, t3.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 4] + channel;
            s4 = s4.add(b0);
            s4 = s4.blend(low, s4.compare(VectorOperators.LT, low));
            s4.blend(high, s4.compare(VectorOperators.GT, high)).intoArray(out, o);
            t4 = t4.add(b1);
            t4 = t4.blend(low, t4.compare(VectorOperators.LT, low));
            t4.blend(high, t4.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 5] + channel;
            s5 = s5.add(b0);
            s5 = s5.blend(low, s5.compare(VectorOperators.LT, low));
            s5.blend(high, s5.compare(VectorOperators.GT, high)).intoArray(out, o);
            t5 = t5.add(b1);
            t5 = t5.blend(low, t5.compare(VectorOperators.LT, low));
            t5.blend(high, t5.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 6] + channel;
            s6 = s6.add(b0);
            s6 = s6.blend(low, s6.compare(VectorOperators.LT, low));
            s6.blend(high, s6.compare(VectorOperators.GT, high)).intoArray(out, o);
            t6 = t6.add(b1);
            t6 = t6.blend(low, t6.compare(VectorOperators.LT, low));
            t6.blend(high, t6.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 7] + channel;
            s7 = s7.add(b0);
            s7 = s7.blend(low, s7.compare(VectorOperators.LT, low));
            s7.blend(high, s7.compare(VectorOperators.GT, high)).intoArray(out, o);
            t7 = t7.add(b1);
            t7 = t7.blend(low, t7.compare(VectorOperators.LT, low));
            t7.blend(high, t7.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 8] + channel;
            s8 = s8.add(b0);
            s8 = s8.blend(low, s8.compare(VectorOperators.LT, low));
            s8.blend(high, s8.compare(VectorOperators.GT, high)).intoArray(out, o);
            t8 = t8.add(b1);
            t8 = t8.blend(low, t8.compare(VectorOperators.LT, low));
            t8.blend(high, t8.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 9] + channel;
            s9 = s9.add(b0);
            s9 = s9.blend(low, s9.compare(VectorOperators.LT, low));
            s9.blend(high, s9.compare(VectorOperators.GT, high)).intoArray(out, o);
            t9 = t9.add(b1);
            t9 = t9.blend(low, t9.compare(VectorOperators.LT, low));
            t9.blend(high, t9.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 10] + channel;
            s10 = s10.add(b0);
            s10 = s10.blend(low, s10.compare(VectorOperators.LT, low));
            s10.blend(high, s10.compare(VectorOperators.GT, high)).intoArray(out, o);
            t10 = t10.add(b1);
            t10 = t10.blend(low, t10.compare(VectorOperators.LT, low));
            t10.blend(high, t10.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 11] + channel;
            s11 = s11.add(b0);
            s11 = s11.blend(low, s11.compare(VectorOperators.LT, low));
            s11.blend(high, s11.compare(VectorOperators.GT, high)).intoArray(out, o);
            t11 = t11.add(b1);
            t11 = t11.blend(low, t11.compare(VectorOperators.LT, low));
            t11.blend(high, t11.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 12] + channel;
            s12 = s12.add(b0);
            s12 = s12.blend(low, s12.compare(VectorOperators.LT, low));
            s12.blend(high, s12.compare(VectorOperators.GT, high)).intoArray(out, o);
            t12 = t12.add(b1);
            t12 = t12.blend(low, t12.compare(VectorOperators.LT, low));
            t12.blend(high, t12.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
        }
    }

    /** One vector of output channels. */
    private static void tile13x1Stride1(float[] in, int first, int[] taps, float[] panels,
            int panel, float[] bias, int biasAt, float low, float high, float[] out, int[] offsets,
            int channel, int count) {
        for (int w = 0; w < count; w += 13) {
            int t = Math.min(w, count - 13); // the last ones overlap those before
            FloatVector zero = FloatVector.zero(SPECIES);
            FloatVector s0 = zero;
            FloatVector s1 = zero;
            FloatVector s2 = zero;
            FloatVector s3 = zero;
            FloatVector s4 = zero;
            FloatVector s5 = zero;
            FloatVector s6 = zero;
            FloatVector s7 = zero;
            FloatVector s8 = zero;
            FloatVector s9 = zero;
            FloatVector s10 = zero;
            FloatVector s11 = zero;
            FloatVector s12 = zero;
            for (int i = 0; i < taps.length; i++) {
                int z = first + t + taps[i];
                FloatVector w0 = FloatVector.fromArray(SPECIES, panels, panel
                        + i * PixelTile.WIDTH);
                FloatVector x;
                x = FloatVector.broadcast(SPECIES, in[z]);
                s0 = x.fma(w0, s0);
                x = FloatVector.broadcast(SPECIES, in[z + 1]);
                s1 = x.fma(w0, s1);
                x = FloatVector.broadcast(SPECIES, in[z + 2]);
                s2 = x.fma(w0, s2);
                x = FloatVector.broadcast(SPECIES, in[z + 3]);
                s3 = x.fma(w0, s3);
                x = FloatVector.broadcast(SPECIES, in[z + 4]);
                s4 = x.fma(w0, s4);
                x = FloatVector.broadcast(SPECIES, in[z + 5]);
                s5 = x.fma(w0, s5);
                x = FloatVector.broadcast(SPECIES, in[z + 6]);
                s6 = x.fma(w0, s6);
                x = FloatVector.broadcast(SPECIES, in[z + 7]);
                s7 = x.fma(w0, s7);
                x = FloatVector.broadcast(SPECIES, in[z + 8]);
                s8 = x.fma(w0, s8);
                x = FloatVector.broadcast(SPECIES, in[z + 9]);
                s9 = x.fma(w0, s9);
                x = FloatVector.broadcast(SPECIES, in[z + 10]);
                s10 = x.fma(w0, s10);
                x = FloatVector.broadcast(SPECIES, in[z + 11]);
                s11 = x.fma(w0, s11);
                x = FloatVector.broadcast(SPECIES, in[z + 12]);
                s12 = x.fma(w0, s12);
            }
            FloatVector b0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            int o;
            o = offsets[t] + channel;
            s0 = s0.add(b0);
            s0 = s0.blend(low, s0.compare(VectorOperators.LT, low));
            s0.blend(high, s0.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 1] + channel;
            s1 = s1.add(b0);
            s1 = s1.blend(low, s1.compare(VectorOperators.LT, low));
            s1.blend(high, s1.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 2] + channel;
            s2 = s2.add(b0);
            s2 = s2.blend(low, s2.compare(VectorOperators.LT, low));
            s2.blend(high, s2.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 3] + channel;
            s3 = s3.add(b0);
            s3 = s3.blend(low, s3.compare(VectorOperators.LT, low));
            s3.blend(high, s3.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 4] + channel;
            s4 = s4.add(b0);
            s4 = s4.blend(low, s4.compare(VectorOperators.LT, low));
            s4.blend(high, s4.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 5] + channel;
            s5 = s5.add(b0);
            s5 = s5.blend(low, s5.compare(VectorOperators.LT, low));
            s5.blend(high, s5.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 6] + channel;
            s6 = s6.add(b0);
            s6 = s6.blend(low, s6.compare(VectorOperators.LT, low));
            s6.blend(high, s6.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 7] + channel;
            s7 = s7.add(b0);
            s7 = s7.blend(low, s7.compare(VectorOperators.LT, low));
            s7.blend(high, s7.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 8] + channel;
            s8 = s8.add(b0);
            s8 = s8.blend(low, s8.compare(VectorOperators.LT, low));
            s8.blend(high, s8.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 9] + channel;
            s9 = s9.add(b0);
            s9 = s9.blend(low, s9.compare(VectorOperators.LT, low));
            s9.blend(high, s9.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 10] + channel;
            s10 = s10.add(b0);
            s10 = s10.blend(low, s10.compare(VectorOperators.LT, low));
            s10.blend(high, s10.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 11] + channel;
            s11 = s11.add(b0);
            s11 = s11.blend(low, s11.compare(VectorOperators.LT, low));
            s11.blend(high, s11.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 12] + channel;
            s12 = s12.add(b0);
            s12 = s12.blend(low, s12.compare(VectorOperators.LT, low));
            s12.blend(high, s12.compare(VectorOperators.GT, high)).intoArray(out, o);
        }
    }

    /**
     * 26 sums of 32 registers: with 28 one lies in memory, since each number's index is tested and
     * several numbers are loaded at a time.
     */
    private static void tile13x2Stride2(float[] in, int first, int[] taps, float[] panels,
            int panel, float[] bias, int biasAt, float low, float high, float[] out, int[] offsets,
            int channel, int count) {
        for (int w = 0; w < count; w += 13) {
            int t = Math.min(w, count - 13); // the last ones overlap those before
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
            FloatVector s7 = zero;
            FloatVector t7 = zero;
            FloatVector s8 = zero;
            FloatVector t8 = zero;
            FloatVector s9 = zero;
            FloatVector t9 = zero;
            FloatVector s10 = zero;
            FloatVector t10 = zero;
            FloatVector s11 = zero;
            FloatVector t11 = zero;
            FloatVector s12 = zero;
            FloatVector t12 = zero;
            for (int i = 0; i < taps.length; i++) {
                int z = first + 2 * t + taps[i];
                FloatVector w0 = FloatVector.fromArray(SPECIES, panels, panel
                        + i * PixelTile.WIDTH);
                FloatVector w1 = FloatVector.fromArray(SPECIES, panels, panel + i * PixelTile.WIDTH
                        + LANES);
                FloatVector x;
                x = FloatVector.broadcast(SPECIES, in[z]);
                s0 = x.fma(w0, s0);
                t0 = x.fma(w1, t0);
                x = FloatVector.broadcast(SPECIES, in[z + 2]);
                s1 = x.fma(w0, s1);
                t1 = x.fma(w1, t1);
                x = FloatVector.broadcast(SPECIES, in[z + 4]);
                s2 = x.fma(w0, s2);
                t2 = x.fma(w1, t2);
                x = FloatVector.broadcast(SPECIES, in[z + 6]);
                s3 = x.fma(w0, s3);
                t3 = x.fma(w1, t3);
                x = FloatVector.broadcast(SPECIES, in[z + 8]);
                s4 = x.fma(w0, s4);
                t4 = x.fma(w1, t4);
                x = FloatVector.broadcast(SPECIES, in[z + 10]);
                s5 = x.fma(w0, s5);
                t5 = x.fma(w1, t5);
                x = FloatVector.broadcast(SPECIES, in[z + 12]);
                s6 = x.fma(w0, s6);
                t6 = x.fma(w1, t6);
                x = FloatVector.broadcast(SPECIES, in[z + 14]);
                s7 = x.fma(w0, s7);
                t7 = x.fma(w1, t7);
                x = FloatVector.broadcast(SPECIES, in[z + 16]);
                s8 = x.fma(w0, s8);
                t8 = x.fma(w1, t8);
                x = FloatVector.broadcast(SPECIES, in[z + 18]);
                s9 = x.fma(w0, s9);
                t9 = x.fma(w1, t9);
                x = FloatVector.broadcast(SPECIES, in[z + 20]);
                s10 = x.fma(w0, s10);
                t10 = x.fma(w1, t10);
                x = FloatVector.broadcast(SPECIES, in[z + 22]);
                s11 = x.fma(w0, s11);
                t11 = x.fma(w1, t11);
                x = FloatVector.broadcast(SPECIES, in[z + 24]);
                s12 = x.fma(w0, s12);
                t12 = x.fma(w1, t12);
            }
            FloatVector b0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bias, biasAt + LANES);
            int o;
            o = offsets[t] + channel;
            s0 = s0.add(b0);
            s0 = s0.blend(low, s0.compare(VectorOperators.LT, low));
            s0.blend(high, s0.compare(VectorOperators.GT, high)).intoArray(out, o);
            t0 = t0.add(b1);
            t0 = t0.blend(low, t0.compare(VectorOperators.LT, low));
            t0.blend(high, t0.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 1] + channel;
            s1 = s1.add(b0);
            s1 = s1.blend(low, s1.compare(VectorOperators.LT, low));
            s1.blend(high, s1.compare(VectorOperators.GT, high)).intoArray(out, o);
            t1 = t1.add(b1);
            t1 = t1.blend(low, t1.compare(VectorOperators.LT, low));
            t1.blend(high, t1.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 2] + channel;
            s2 = s2.add(b0);
            s2 = s2.blend(low, s2.compare(VectorOperators.LT, low));
            s2.blend(high, s2.compare(VectorOperators.GT, high)).intoArray(out, o);
            t2 = t2.add(b1);
            t2 = t2.blend(low, t2.compare(VectorOperators.LT, low));
            t2.blend(high, t2.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 3] + channel;
            s3 = s3.add(b0);
            s3 = s3.blend(low, s3.compare(VectorOperators.LT, low));
            s3.blend(high, s3.compare(VectorOperators.GT, high)).intoArray(out, o);
            t3 = t3.add(b1);
            t3 = t3.blend(low, t3.compare(VectorOperators.LT, low));
            t3.blend(high, t3.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 4] + channel;
            s4 = s4.add(b0);
            s4 = s4.blend(low, s4.compare(VectorOperators.LT, low));
            s4.blend(high, s4.compare(VectorOperators.GT, high)).intoArray(out, o);
            t4 = t4.add(b1);
            t4 = t4.blend(low, t4.compare(VectorOperators.LT, low));
            t4.blend(high, t4.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 5] + channel;
            s5 = s5.add(b0);
            s5 = s5.blend(low, s5.compare(VectorOperators.LT, low));
            s5.blend(high, s5.compare(VectorOperators.GT, high)).intoArray(out, o);
            t5 = t5.add(b1);
            t5 = t5.blend(low, t5.compare(VectorOperators.LT, low));
            t5.blend(high, t5.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 6] + channel;
            s6 = s6.add(b0);
            s6 = s6.blend(low, s6.compare(VectorOperators.LT, low));
            s6.blend(high, s6.compare(VectorOperators.GT, high)).intoArray(out, o);
            t6 = t6.add(b1);
            t6 = t6.blend(low, t6.compare(VectorOperators.LT, low));
            t6.blend(high, t6.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 7] + channel;
            s7 = s7.add(b0);
            s7 = s7.blend(low, s7.compare(VectorOperators.LT, low));
            s7.blend(high, s7.compare(VectorOperators.GT, high)).intoArray(out, o);
            t7 = t7.add(b1);
            t7 = t7.blend(low, t7.compare(VectorOperators.LT, low));
            t7.blend(high, t7.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 8] + channel;
            s8 = s8.add(b0);
            s8 = s8.blend(low, s8.compare(VectorOperators.LT, low));
            s8.blend(high, s8.compare(VectorOperators.GT, high)).intoArray(out, o);
            t8 = t8.add(b1);
            t8 = t8.blend(low, t8.compare(VectorOperators.LT, low));
            t8.blend(high, t8.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 9] + channel;
            s9 = s9.add(b0);
            s9 = s9.blend(low, s9.compare(VectorOperators.LT, low));
            s9.blend(high, s9.compare(VectorOperators.GT, high)).intoArray(out, o);
            t9 = t9.add(b1);
            t9 = t9.blend(low, t9.compare(VectorOperators.LT, low));
            t9.blend(high, t9.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 10] + channel;
            s10 = s10.add(b0);
            s10 = s10.blend(low, s10.compare(VectorOperators.LT, low));
            s10.blend(high, s10.compare(VectorOperators.GT, high)).intoArray(out, o);
            t10 = t10.add(b1);
            t10 = t10.blend(low, t10.compare(VectorOperators.LT, low));
            t10.blend(high, t10.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 11] + channel;
            s11 = s11.add(b0);
            s11 = s11.blend(low, s11.compare(VectorOperators.LT, low));
            s11.blend(high, s11.compare(VectorOperators.GT, high)).intoArray(out, o);
            t11 = t11.add(b1);
            t11 = t11.blend(low, t11.compare(VectorOperators.LT, low));
            t11.blend(high, t11.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
            o = offsets[t + 12] + channel;
            s12 = s12.add(b0);
            s12 = s12.blend(low, s12.compare(VectorOperators.LT, low));
            s12.blend(high, s12.compare(VectorOperators.GT, high)).intoArray(out, o);
            t12 = t12.add(b1);
            t12 = t12.blend(low, t12.compare(VectorOperators.LT, low));
            t12.blend(high, t12.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
        }
    }

    /** One vector of output channels. */
    private static void tile13x1Stride2(float[] in, int first, int[] taps, float[] panels,
            int panel, float[] bias, int biasAt, float low, float high, float[] out, int[] offsets,
            int channel, int count) {
        for (int w = 0; w < count; w += 13) {
            int t = Math.min(w, count - 13); // the last ones overlap those before
            FloatVector zero = FloatVector.zero(SPECIES);
            FloatVector s0 = zero;
            FloatVector s1 = zero;
            FloatVector s2 = zero;
            FloatVector s3 = zero;
            FloatVector s4 = zero;
            FloatVector s5 = zero;
            FloatVector s6 = zero;
            FloatVector s7 = zero;
            FloatVector s8 = zero;
            FloatVector s9 = zero;
            FloatVector s10 = zero;
            FloatVector s11 = zero;
            FloatVector s12 = zero;
            for (int i = 0; i < taps.length; i++) {
                int z = first + 2 * t + taps[i];
                FloatVector w0 = FloatVector.fromArray(SPECIES, panels, panel
                        + i * PixelTile.WIDTH);
                FloatVector x;
                x = FloatVector.broadcast(SPECIES, in[z]);
                s0 = x.fma(w0, s0);
                x = FloatVector.broadcast(SPECIES, in[z + 2]);
                s1 = x.fma(w0, s1);
                x = FloatVector.broadcast(SPECIES, in[z + 4]);
                s2 = x.fma(w0, s2);
                x = FloatVector.broadcast(SPECIES, in[z + 6]);
                s3 = x.fma(w0, s3);
                x = FloatVector.broadcast(SPECIES, in[z + 8]);
                s4 = x.fma(w0, s4);
                x = FloatVector.broadcast(SPECIES, in[z + 10]);
                s5 = x.fma(w0, s5);
                x = FloatVector.broadcast(SPECIES, in[z + 12]);
                s6 = x.fma(w0, s6);
                x = FloatVector.broadcast(SPECIES, in[z + 14]);
                s7 = x.fma(w0, s7);
                x = FloatVector.broadcast(SPECIES, in[z + 16]);
                s8 = x.fma(w0, s8);
                x = FloatVector.broadcast(SPECIES, in[z + 18]);
                s9 = x.fma(w0, s9);
                x = FloatVector.broadcast(SPECIES, in[z + 20]);
                s10 = x.fma(w0, s10);
                x = FloatVector.broadcast(SPECIES, in[z + 22]);
                s11 = x.fma(w0, s11);
                x = FloatVector.broadcast(SPECIES, in[z + 24]);
                s12 = x.fma(w0, s12);
            }
            FloatVector b0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            int o;
            o = offsets[t] + channel;
            s0 = s0.add(b0);
            s0 = s0.blend(low, s0.compare(VectorOperators.LT, low));
            s0.blend(high, s0.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 1] + channel;
            s1 = s1.add(b0);
            s1 = s1.blend(low, s1.compare(VectorOperators.LT, low));
            s1.blend(high, s1.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 2] + channel;
            s2 = s2.add(b0);
            s2 = s2.blend(low, s2.compare(VectorOperators.LT, low));
            s2.blend(high, s2.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 3] + channel;
            s3 = s3.add(b0);
            s3 = s3.blend(low, s3.compare(VectorOperators.LT, low));
            s3.blend(high, s3.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 4] + channel;
            s4 = s4.add(b0);
            s4 = s4.blend(low, s4.compare(VectorOperators.LT, low));
            s4.blend(high, s4.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 5] + channel;
            s5 = s5.add(b0);
            s5 = s5.blend(low, s5.compare(VectorOperators.LT, low));
            s5.blend(high, s5.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 6] + channel;
            s6 = s6.add(b0);
            s6 = s6.blend(low, s6.compare(VectorOperators.LT, low));
            s6.blend(high, s6.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 7] + channel;
            s7 = s7.add(b0);
            s7 = s7.blend(low, s7.compare(VectorOperators.LT, low));
            s7.blend(high, s7.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 8] + channel;
            s8 = s8.add(b0);
            s8 = s8.blend(low, s8.compare(VectorOperators.LT, low));
            s8.blend(high, s8.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 9] + channel;
            s9 = s9.add(b0);
            s9 = s9.blend(low, s9.compare(VectorOperators.LT, low));
            s9.blend(high, s9.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 10] + channel;
            s10 = s10.add(b0);
            s10 = s10.blend(low, s10.compare(VectorOperators.LT, low));
            s10.blend(high, s10.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 11] + channel;
            s11 = s11.add(b0);
            s11 = s11.blend(low, s11.compare(VectorOperators.LT, low));
            s11.blend(high, s11.compare(VectorOperators.GT, high)).intoArray(out, o);
            o = offsets[t + 12] + channel;
            s12 = s12.add(b0);
            s12 = s12.blend(low, s12.compare(VectorOperators.LT, low));
            s12.blend(high, s12.compare(VectorOperators.GT, high)).intoArray(out, o);
        }
    }
}
