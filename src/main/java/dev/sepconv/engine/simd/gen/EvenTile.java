package dev.sepconv.engine.simd.gen;

// Written by EvenTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link PixelTile} for pixels that lie evenly, {@link #APART} numbers from each other, of at most
 * {@link #MOST_NUMBERS}: on machines with 32 registers for vectors.
 *
 * <p>
 * How far is known when this is compiled, so that one register finds all pixels, twice as many fit,
 * and there is room to clamp the sums and to store them where they belong. That counts where there
 * is little to sum: with 16 to 64 numbers a pixel what comes before and after takes as long as the
 * sums.
 */
public final class EvenTile {

    /**
     * From a pixel's first number to the next one's: eleven lines of the caches and so all sets of
     * the first one, which 128 would not reach.
     */
    public static final int APART = 176;

    /** Of a pixel, at most. */
    public static final int MOST_NUMBERS = 160;

    /** So many at once, and no fewer. */
    public static final int PIXELS = 14;

    private EvenTile() {
    }

    /**
     * One panel of output channels for pixels that follow one another, with bias and clamped.
     *
     * @param first where the first pixel lies in {@code in}
     * @param length how many numbers of each are summed
     * @param panel where the panel begins in {@code panels}
     * @param biasAt where the bias of its first channel is
     * @param width how many of the panel's output channels are wanted, whole vectors; no others are
     * written
     * @param low what sums are raised to at least; a NaN stays one
     * @param high what they are lowered to at most
     * @param offsets for each pixel where its first channel goes in {@code out}
     * @param channel added to each of them
     * @param from the first pixel that is computed
     * @param count how many, a multiple of {@link #PIXELS}
     */
    public static void run(float[] in, int first, int length, float[] panels, int panel,
            float[] bias, int biasAt, int width, float low, float high, float[] out, int[] offsets,
            int channel, int from, int count) {
        if (width <= LANES) {
            tile14x1(in, first, length, panels, panel, bias, biasAt, low, high, out, offsets,
                    channel, from, count);
        } else {
            tile14x2(in, first, length, panels, panel, bias, biasAt, low, high, out, offsets,
                    channel, from, count);
        }
    }

    /** 28 sums of 32 registers; and 14 divides most blocks of pixels. */
    private static void tile14x2(float[] in, int first, int length, float[] panels, int panel,
            float[] bias, int biasAt, float low, float high, float[] out, int[] offsets,
            int channel, int from, int count) {
        int next = panel + length * PixelTile.WIDTH;
        for (int t = from; t < from + count; t += 14) {
            int end = first + t * APART + length;
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
            FloatVector s13 = zero;
            FloatVector t13 = zero;
            for (int c = -length; c < 0; c++) {
                FloatVector w0 = FloatVector.fromArray(SPECIES, panels, next + c * PixelTile.WIDTH);
                FloatVector w1 = FloatVector.fromArray(SPECIES, panels, next + c * PixelTile.WIDTH
                        + LANES);
                FloatVector x;
                x = FloatVector.broadcast(SPECIES, in[end + c]);
                s0 = x.fma(w0, s0);
                t0 = x.fma(w1, t0);
                x = FloatVector.broadcast(SPECIES, in[end + c + APART]);
                s1 = x.fma(w0, s1);
                t1 = x.fma(w1, t1);
                x = FloatVector.broadcast(SPECIES, in[end + c + 2 * APART]);
                s2 = x.fma(w0, s2);
                t2 = x.fma(w1, t2);
                x = FloatVector.broadcast(SPECIES, in[end + c + 3 * APART]);
                s3 = x.fma(w0, s3);
                t3 = x.fma(w1, t3);
                x = FloatVector.broadcast(SPECIES, in[end + c + 4 * APART]);
                s4 = x.fma(w0, s4);
                t4 = x.fma(w1, t4);
                x = FloatVector.broadcast(SPECIES, in[end + c + 5 * APART]);
                s5 = x.fma(w0, s5);
                t5 = x.fma(w1, t5);
                x = FloatVector.broadcast(SPECIES, in[end + c + 6 * APART]);
                s6 = x.fma(w0, s6);
                t6 = x.fma(w1, t6);
                x = FloatVector.broadcast(SPECIES, in[end + c + 7 * APART]);
                s7 = x.fma(w0, s7);
                t7 = x.fma(w1, t7);
                x = FloatVector.broadcast(SPECIES, in[end + c + 8 * APART]);
                s8 = x.fma(w0, s8);
                t8 = x.fma(w1, t8);
                x = FloatVector.broadcast(SPECIES, in[end + c + 9 * APART]);
                s9 = x.fma(w0, s9);
                t9 = x.fma(w1, t9);
                x = FloatVector.broadcast(SPECIES, in[end + c + 10 * APART]);
                s10 = x.fma(w0, s10);
                t10 = x.fma(w1, t10);
                x = FloatVector.broadcast(SPECIES, in[end + c + 11 * APART]);
                s11 = x.fma(w0, s11);
                t11 = x.fma(w1, t11);
                x = FloatVector.broadcast(SPECIES, in[end + c + 12 * APART]);
                s12 = x.fma(w0, s12);
                t12 = x.fma(w1, t12);
                x = FloatVector.broadcast(SPECIES, in[end + c + 13 * APART]);
                s13 = x.fma(w0, s13);
                t13 = x.fma(w1, t13);
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
            o = offsets[t + 13] + channel;
            s13 = s13.add(b0);
            s13 = s13.blend(low, s13.compare(VectorOperators.LT, low));
            s13.blend(high, s13.compare(VectorOperators.GT, high)).intoArray(out, o);
            t13 = t13.add(b1);
            t13 = t13.blend(low, t13.compare(VectorOperators.LT, low));
            t13.blend(high, t13.compare(VectorOperators.GT, high)).intoArray(out, o + LANES);
        }
    }

    /** One vector of output channels. */
    private static void tile14x1(float[] in, int first, int length, float[] panels, int panel,
            float[] bias, int biasAt, float low, float high, float[] out, int[] offsets,
            int channel, int from, int count) {
        int next = panel + length * PixelTile.WIDTH;
        for (int t = from; t < from + count; t += 14) {
            int end = first + t * APART + length;
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
            FloatVector s13 = zero;
            for (int c = -length; c < 0; c++) {
                FloatVector w0 = FloatVector.fromArray(SPECIES, panels, next + c * PixelTile.WIDTH);
                FloatVector x;
                x = FloatVector.broadcast(SPECIES, in[end + c]);
                s0 = x.fma(w0, s0);
                x = FloatVector.broadcast(SPECIES, in[end + c + APART]);
                s1 = x.fma(w0, s1);
                x = FloatVector.broadcast(SPECIES, in[end + c + 2 * APART]);
                s2 = x.fma(w0, s2);
                x = FloatVector.broadcast(SPECIES, in[end + c + 3 * APART]);
                s3 = x.fma(w0, s3);
                x = FloatVector.broadcast(SPECIES, in[end + c + 4 * APART]);
                s4 = x.fma(w0, s4);
                x = FloatVector.broadcast(SPECIES, in[end + c + 5 * APART]);
                s5 = x.fma(w0, s5);
                x = FloatVector.broadcast(SPECIES, in[end + c + 6 * APART]);
                s6 = x.fma(w0, s6);
                x = FloatVector.broadcast(SPECIES, in[end + c + 7 * APART]);
                s7 = x.fma(w0, s7);
                x = FloatVector.broadcast(SPECIES, in[end + c + 8 * APART]);
                s8 = x.fma(w0, s8);
                x = FloatVector.broadcast(SPECIES, in[end + c + 9 * APART]);
                s9 = x.fma(w0, s9);
                x = FloatVector.broadcast(SPECIES, in[end + c + 10 * APART]);
                s10 = x.fma(w0, s10);
                x = FloatVector.broadcast(SPECIES, in[end + c + 11 * APART]);
                s11 = x.fma(w0, s11);
                x = FloatVector.broadcast(SPECIES, in[end + c + 12 * APART]);
                s12 = x.fma(w0, s12);
                x = FloatVector.broadcast(SPECIES, in[end + c + 13 * APART]);
                s13 = x.fma(w0, s13);
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
            o = offsets[t + 13] + channel;
            s13 = s13.add(b0);
            s13 = s13.blend(low, s13.compare(VectorOperators.LT, low));
            s13.blend(high, s13.compare(VectorOperators.GT, high)).intoArray(out, o);
        }
    }
}
