package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * What {@link dev.sepconv.engine.simd.gen.PixelTile} does, for a single pixel, as fully connected
 * layers and squeeze-and-excite have: its tile would repeat that pixel six or seven times. Weights
 * are read once, so memory bounds it; four sums for each vector, else each multiply-add would wait
 * for the one before.
 */
final class OnePixel {

    private OnePixel() {
    }

    /**
     * One panel of output channels, with bias, without activation.
     *
     * @param first where the pixel's first number lies in {@code in}
     * @param starts where each run of input numbers begins, counted from there
     * @param lengths how many numbers each run has
     * @param panel where the panel begins in {@code panels}
     * @param biasAt where the bias of its first channel is
     * @param at where its first channel goes in {@code out}
     * @param count 1; or 0, and nothing is done, for {@link Primer}
     */
    static void run(float[] in, int first, int[] starts, int[] lengths, float[] panels, int panel,
            float[] bias, int biasAt, float[] out, int at, int count) {
        for (int done = 0; done < count; done++) {
            FloatVector a = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector b = FloatVector.fromArray(SPECIES, bias, biasAt + LANES);
            int next = panel;
            for (int run = 0; run < starts.length; run++) {
                int start = first + starts[run];
                int length = lengths[run];
                FloatVector s0 = FloatVector.zero(SPECIES);
                FloatVector t0 = FloatVector.zero(SPECIES);
                FloatVector s1 = FloatVector.zero(SPECIES);
                FloatVector t1 = FloatVector.zero(SPECIES);
                FloatVector s2 = FloatVector.zero(SPECIES);
                FloatVector t2 = FloatVector.zero(SPECIES);
                FloatVector s3 = FloatVector.zero(SPECIES);
                FloatVector t3 = FloatVector.zero(SPECIES);
                int fours = length - length % 4;
                for (int c = 0; c < fours; c += 4) {
                    int w = next + c * WIDTH;
                    FloatVector x = FloatVector.broadcast(SPECIES, in[start + c]);
                    s0 = x.fma(FloatVector.fromArray(SPECIES, panels, w), s0);
                    t0 = x.fma(FloatVector.fromArray(SPECIES, panels, w + LANES), t0);
                    x = FloatVector.broadcast(SPECIES, in[start + c + 1]);
                    s1 = x.fma(FloatVector.fromArray(SPECIES, panels, w + WIDTH), s1);
                    t1 = x.fma(FloatVector.fromArray(SPECIES, panels, w + WIDTH + LANES), t1);
                    x = FloatVector.broadcast(SPECIES, in[start + c + 2]);
                    s2 = x.fma(FloatVector.fromArray(SPECIES, panels, w + 2 * WIDTH), s2);
                    t2 = x.fma(FloatVector.fromArray(SPECIES, panels, w + 2 * WIDTH + LANES), t2);
                    x = FloatVector.broadcast(SPECIES, in[start + c + 3]);
                    s3 = x.fma(FloatVector.fromArray(SPECIES, panels, w + 3 * WIDTH), s3);
                    t3 = x.fma(FloatVector.fromArray(SPECIES, panels, w + 3 * WIDTH + LANES), t3);
                }
                for (int c = fours; c < length; c++) {
                    int w = next + c * WIDTH;
                    FloatVector x = FloatVector.broadcast(SPECIES, in[start + c]);
                    s0 = x.fma(FloatVector.fromArray(SPECIES, panels, w), s0);
                    t0 = x.fma(FloatVector.fromArray(SPECIES, panels, w + LANES), t0);
                }
                a = a.add(s0.add(s1).add(s2.add(s3)));
                b = b.add(t0.add(t1).add(t2.add(t3)));
                next += length * WIDTH;
            }
            a.intoArray(out, at);
            b.intoArray(out, at + LANES);
        }
    }
}
