package dev.sepconv.engine.simd.gen;

// Written by WinogradTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of Winograd's F(2x2, 3x3) for one tile (Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2016, section 4.1): 2x2 outputs of a 3x3 convolution are
 * {@code A'[(G g G') * (B' d B)]A}, where {@code d} are the 4x4 inputs that they read and {@code *}
 * multiplies the 16 points one by one: 16 products in place of 36.
 *
 * <p>
 * Channels are lanes. Where they don't fill the last vector it begins early enough to end with
 * them, and a few are computed twice.
 */
public final class WinogradTile {

    /** Points of a transformed tile, which lie apart: each is a matrix product over all
tiles. */
    public static final int POINTS = 16;

    /** Output rows, and columns, of a tile. */
    public static final int OUT = 2;

    private WinogradTile() {
    }

    /**
     * {@code B' d B} of one tile.
     *
     * @param at the first channel of the first of its 4x4 input pixels
     * @param row from one input row to the next
     * @param pixel from one input pixel to the next
     * @param channels at least a vector's
     * @param to the first channel of the tile's first point in {@code v}
     * @param point from one point to the next
     */
    public static void input(float[] x, int at, int row, int pixel, int channels, float[] v,
            int to, int point) {
        for (int c = 0; c < channels; c += LANES) {
            int first = Math.min(c, channels - LANES);
            int i = at + first;
            FloatVector d0;
            FloatVector d1;
            FloatVector d2;
            FloatVector d3;
            d0 = FloatVector.fromArray(SPECIES, x, i);
            d1 = FloatVector.fromArray(SPECIES, x, i + row);
            d2 = FloatVector.fromArray(SPECIES, x, i + 2 * row);
            d3 = FloatVector.fromArray(SPECIES, x, i + 3 * row);
            FloatVector p0 = d0.sub(d2);
            FloatVector p1 = d1.add(d2);
            FloatVector p2 = d2.sub(d1);
            FloatVector p3 = d1.sub(d3);
            i += pixel;
            d0 = FloatVector.fromArray(SPECIES, x, i);
            d1 = FloatVector.fromArray(SPECIES, x, i + row);
            d2 = FloatVector.fromArray(SPECIES, x, i + 2 * row);
            d3 = FloatVector.fromArray(SPECIES, x, i + 3 * row);
            FloatVector q0 = d0.sub(d2);
            FloatVector q1 = d1.add(d2);
            FloatVector q2 = d2.sub(d1);
            FloatVector q3 = d1.sub(d3);
            i += pixel;
            d0 = FloatVector.fromArray(SPECIES, x, i);
            d1 = FloatVector.fromArray(SPECIES, x, i + row);
            d2 = FloatVector.fromArray(SPECIES, x, i + 2 * row);
            d3 = FloatVector.fromArray(SPECIES, x, i + 3 * row);
            FloatVector r0 = d0.sub(d2);
            FloatVector r1 = d1.add(d2);
            FloatVector r2 = d2.sub(d1);
            FloatVector r3 = d1.sub(d3);
            i += pixel;
            d0 = FloatVector.fromArray(SPECIES, x, i);
            d1 = FloatVector.fromArray(SPECIES, x, i + row);
            d2 = FloatVector.fromArray(SPECIES, x, i + 2 * row);
            d3 = FloatVector.fromArray(SPECIES, x, i + 3 * row);
            FloatVector s0 = d0.sub(d2);
            FloatVector s1 = d1.add(d2);
            FloatVector s2 = d2.sub(d1);
            FloatVector s3 = d1.sub(d3);
            int o = to + first;
            p0.sub(r0).intoArray(v, o);
            q0.add(r0).intoArray(v, o + point);
            r0.sub(q0).intoArray(v, o + 2 * point);
            q0.sub(s0).intoArray(v, o + 3 * point);
            p1.sub(r1).intoArray(v, o + 4 * point);
            q1.add(r1).intoArray(v, o + 5 * point);
            r1.sub(q1).intoArray(v, o + 6 * point);
            q1.sub(s1).intoArray(v, o + 7 * point);
            p2.sub(r2).intoArray(v, o + 8 * point);
            q2.add(r2).intoArray(v, o + 9 * point);
            r2.sub(q2).intoArray(v, o + 10 * point);
            q2.sub(s2).intoArray(v, o + 11 * point);
            p3.sub(r3).intoArray(v, o + 12 * point);
            q3.add(r3).intoArray(v, o + 13 * point);
            r3.sub(q3).intoArray(v, o + 14 * point);
            q3.sub(s3).intoArray(v, o + 15 * point);
        }
    }

    /**
     * {@code A' m A} of one tile, with bias, without activation. It stores the last pixel first and
     * the first one last, so that pixels that the output does not have can be given the place of
     * one before them.
     *
     * @param m the products
     * @param from the first output channel of the tile's first point
     * @param point from one point to the next
     * @param filters at least a vector's
     * @param bias one number a filter
     * @param biasAt the first filter's
     * @param o00 where the first channel of the upper left output pixel goes in {@code out}
     * @param o01 of the upper right one
     * @param o10 of the lower left one
     * @param o11 of the lower right one
     */
    public static void output(float[] m, int from, int point, int filters, float[] bias,
            int biasAt, float[] out, int o00, int o01, int o10, int o11) {
        for (int k = 0; k < filters; k += LANES) {
            int first = Math.min(k, filters - LANES);
            int i = from + first;
            FloatVector m1;
            FloatVector m2;
            m1 = FloatVector.fromArray(SPECIES, m, i + 4 * point);
            m2 = FloatVector.fromArray(SPECIES, m, i + 8 * point);
            FloatVector s0 = FloatVector.fromArray(SPECIES, m, i).add(m1).add(m2);
            FloatVector t0 = m1.sub(m2).sub(FloatVector.fromArray(SPECIES, m, i + 12 * point));
            i += point;
            m1 = FloatVector.fromArray(SPECIES, m, i + 4 * point);
            m2 = FloatVector.fromArray(SPECIES, m, i + 8 * point);
            FloatVector s1 = FloatVector.fromArray(SPECIES, m, i).add(m1).add(m2);
            FloatVector t1 = m1.sub(m2).sub(FloatVector.fromArray(SPECIES, m, i + 12 * point));
            i += point;
            m1 = FloatVector.fromArray(SPECIES, m, i + 4 * point);
            m2 = FloatVector.fromArray(SPECIES, m, i + 8 * point);
            FloatVector s2 = FloatVector.fromArray(SPECIES, m, i).add(m1).add(m2);
            FloatVector t2 = m1.sub(m2).sub(FloatVector.fromArray(SPECIES, m, i + 12 * point));
            i += point;
            m1 = FloatVector.fromArray(SPECIES, m, i + 4 * point);
            m2 = FloatVector.fromArray(SPECIES, m, i + 8 * point);
            FloatVector s3 = FloatVector.fromArray(SPECIES, m, i).add(m1).add(m2);
            FloatVector t3 = m1.sub(m2).sub(FloatVector.fromArray(SPECIES, m, i + 12 * point));
            FloatVector b = FloatVector.fromArray(SPECIES, bias, biasAt + first);
            t1.sub(t2).sub(t3).add(b).intoArray(out, o11 + first);
            t0.add(t1).add(t2).add(b).intoArray(out, o10 + first);
            s1.sub(s2).sub(s3).add(b).intoArray(out, o01 + first);
            s0.add(s1).add(s2).add(b).intoArray(out, o00 + first);
        }
    }
}
