package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.engine.simd.gen.EvenTile;
import jdk.incubator.vector.FloatVector;

/** Brings pixels to where {@link EvenTile} reads them. */
final class EvenPixels {

    private EvenPixels() {
    }

    /**
     * Copies the first numbers of pixels.
     *
     * @param offsets for each pixel where its first number lies in {@code in}
     * @param length how many of each
     * @param at where in {@code to} the first pixel goes; each lies {@link EvenTile#APART} behind
     * the one before
     * @param count how many pixels
     */
    static void copy(float[] in, int[] offsets, int length, float[] to, int at, int count) {
        if (length >= LANES) {
            copyVectors(in, offsets, length, to, at, count);
            return;
        }
        for (int p = 0; p < count; p++) {
            System.arraycopy(in, offsets[p], to, at + p * EvenTile.APART, length);
        }
    }

    /**
     * {@link #copy} of at least a vector. One vector of all pixels after the other: with a loop
     * within the loop over pixels, the compiler has made an object of each vector in two of five
     * processes.
     */
    static void copyVectors(float[] in, int[] offsets, int length, float[] to, int at, int count) {
        for (int c = 0; c < length; c += LANES) {
            int from = Math.min(c, length - LANES); // the last one overlaps those before
            for (int p = 0; p < count; p++) {
                FloatVector.fromArray(SPECIES, in, offsets[p] + from).intoArray(to,
                        at + p * EvenTile.APART + from);
            }
        }
    }
}
