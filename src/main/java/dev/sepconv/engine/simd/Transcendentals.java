package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;
import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of vectors that the Vector API has too, but by another library once the loop is
 * compiled, so that a first result and a later one differed in their last bits. These are made of
 * sums, products, quotients and bits, which are the same whoever computes them. Of NaN, infinities
 * and zeros comes what {@link Math} has.
 *
 * <p>
 * Results are off by 1.6 ulp at most, an ulp being the distance of two neighbouring numbers, and
 * powers by 5.4 where the exponent is above 50. Polynomials are fitted.
 *
 * <p>
 * Loops take whole vectors. Each function has one of its own, and late in one there are only calls
 * of the Vector API, which the compiler always inlines: of others it has enough by then, and where
 * it doesn't inline a method each vector that goes in or comes out is an object.
 */
final class Transcendentals {

    private static final float LOG2_OF_E = 1.44269504f;
    /** Its bits end where whole numbers do: added to a number it rounds it to the nearest one. */
    private static final float TO_WHOLE = 0x1.8p23f;
    private static final int TO_WHOLE_BITS = 0x4b400000;
    private static final int HALF_BITS = 0x3f000000;
    private static final int ROOT_OF_HALF_BITS = 0x3f3504f3;
    private static final int FRACTION_BITS = 23;
    /** What is added to an exponent before it is stored. */
    private static final int BIAS = 127;
    private static final int SIGN = 0x80000000;

    /** The logarithm of 2 in two parts: the first so short that its multiples are exact. */
    private static final float LN_OF_2_HIGH = 0.693145752f;
    private static final float LN_OF_2_LOW = 1.42860677e-6f;
    /** 2 / log(2) in two parts. */
    private static final float TWICE_LOG2_OF_E = 2.88539004f;
    private static final float TWICE_LOG2_OF_E_REST = 3.85192593e-8f;

    private static final float TWO_OVER_PI = 0.636619772f;
    /** A right angle in three parts, each with the bits that the one before had no room for. */
    private static final float RIGHT_ANGLE_1 = 0x1.921fb4p0f;
    private static final float RIGHT_ANGLE_2 = 0x1.4442dp-24f;
    private static final float RIGHT_ANGLE_3 = 0x1.846988p-48f;
    /** The nearest float to a right angle, and what it has too much. */
    private static final float RIGHT_ANGLE = 1.57079637f;
    private static final float RIGHT_ANGLE_EXCESS = 4.37113883e-8f;
    /** From it on three parts are too few. */
    private static final float LARGE_ANGLE = 0x1p17f;

    /** Denormal numbers are made ordinary ones with it. */
    private static final float LIFT = 0x1p24f;
    private static final int LIFT_EXPONENT = 24;
    /** Of powers of 2: beyond it a result is 0 or infinity at any rate. */
    private static final float MOST_EXPONENT = 200;

    private Transcendentals() {
    }

    static void exp(float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            exp(FloatVector.fromArray(SPECIES, in, from + i)).intoArray(out, to + i);
        }
    }

    static void log(float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            log(FloatVector.fromArray(SPECIES, in, from + i)).intoArray(out, to + i);
        }
    }

    static void atan(float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            atan(FloatVector.fromArray(SPECIES, in, from + i)).intoArray(out, to + i);
        }
    }

    static void sin(float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, from + i);
            sin(x).intoArray(out, to + i);
            if (x.abs().compare(VectorOperators.GE, LARGE_ANGLE).anyTrue()) {
                largeSines(x.toArray(), out, to + i);
            }
        }
    }

    private static void largeSines(float[] x, float[] out, int to) {
        for (int i = 0; i < LANES; i++) {
            if (Math.abs(x[i]) >= LARGE_ANGLE) {
                out[to + i] = (float) Math.sin(x[i]);
            }
        }
    }

    static void cos(float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, from + i);
            cos(x).intoArray(out, to + i);
            if (x.abs().compare(VectorOperators.GE, LARGE_ANGLE).anyTrue()) {
                largeCosines(x.toArray(), out, to + i);
            }
        }
    }

    private static void largeCosines(float[] x, float[] out, int to) {
        for (int i = 0; i < LANES; i++) {
            if (Math.abs(x[i]) >= LARGE_ANGLE) {
                out[to + i] = (float) Math.cos(x[i]);
            }
        }
    }

    /** x, or below 0 {@code a * (exp(x) - 1)}. */
    static void elu(float a, float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, from + i);
            x.blend(expMinusOne(x).mul(a), x.compare(VectorOperators.LT, 0f)).intoArray(out,
                    to + i);
        }
    }

    /** x, or below 0 {@code a * (exp(x / a) - 1)}. */
    static void celu(float a, float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, from + i);
            x.blend(expMinusOne(x.div(a)).mul(a), x.compare(VectorOperators.LT, 0f)).intoArray(out,
                    to + i);
        }
    }

    /** log(1 + exp(x)). */
    static void softplus(float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, from + i);
            FloatVector tail = logOnePlus(Functions.exp(x.abs().neg()));
            tail.blend(x.add(tail), x.compare(VectorOperators.GE, 0f)).intoArray(out, to + i);
        }
    }

    /** x to the a. */
    static void power(float a, float[] in, int from, float[] out, int to, int count) {
        if (a == 2) {
            square(in, from, out, to, count);
        } else if (a != 0 && Float.isFinite(a)) {
            anyPower(a, in, from, out, to, count);
        } else {
            for (int i = 0; i < count; i++) {
                out[to + i] = (float) Math.pow(in[from + i], a);
            }
        }
    }

    private static void square(float[] in, int from, float[] out, int to, int count) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, from + i);
            x.mul(x).intoArray(out, to + i);
        }
    }

    /**
     * {@link Functions#exp} that has the numbers next to infinity and 0 too: it multiplies by the
     * power of 2 in two steps.
     */
    private static FloatVector exp(FloatVector x) {
        FloatVector notLow = x.blend(-105f, x.compare(VectorOperators.LT, -105f));
        FloatVector inside = notLow.blend(89f, x.compare(VectorOperators.GT, 89f));
        FloatVector rounded = inside.fma(broadcast(SPECIES, LOG2_OF_E),
                broadcast(SPECIES, TO_WHOLE));
        FloatVector power = rounded.sub(TO_WHOLE);
        FloatVector r = power.fma(broadcast(SPECIES, -LN_OF_2_LOW),
                power.fma(broadcast(SPECIES, -LN_OF_2_HIGH), inside));
        FloatVector sum = r.mul(r).fma(squares(r), r).add(1f);
        IntVector exponent = rounded.reinterpretAsInts().sub(TO_WHOLE_BITS);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        IntVector rest = exponent.sub(half);
        return sum
                .mul(half.add(BIAS).lanewise(VectorOperators.LSHL, FRACTION_BITS)
                        .reinterpretAsFloats())
                .mul(rest.add(BIAS).lanewise(VectorOperators.LSHL, FRACTION_BITS)
                        .reinterpretAsFloats());
    }

    /** {@code (exp(r) - 1 - r) / r^2} for |r| up to half the logarithm of 2. */
    private static FloatVector squares(FloatVector r) {
        return broadcast(SPECIES, 0.0013840907f).fma(r, broadcast(SPECIES, 0.008367701f))
                .fma(r, broadcast(SPECIES, 0.041667715f)).fma(r, broadcast(SPECIES, 0.16666535f))
                .fma(r, broadcast(SPECIES, 0.49999997f));
    }

    /** exp(x) - 1. */
    private static FloatVector expMinusOne(FloatVector x) {
        FloatVector notLow = x.blend(-30f, x.compare(VectorOperators.LT, -30f));
        FloatVector inside = notLow.blend(89f, x.compare(VectorOperators.GT, 89f));
        FloatVector rounded = inside.fma(broadcast(SPECIES, LOG2_OF_E),
                broadcast(SPECIES, TO_WHOLE));
        FloatVector power = rounded.sub(TO_WHOLE);
        FloatVector r = power.fma(broadcast(SPECIES, -LN_OF_2_LOW),
                power.fma(broadcast(SPECIES, -LN_OF_2_HIGH), inside));
        FloatVector rest = r.mul(r).fma(squares(r), r);
        // half of it, for the greatest power of 2 has no room
        FloatVector scale = rounded.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, FRACTION_BITS).add(HALF_BITS).reinterpretAsFloats();
        FloatVector half = scale.fma(rest, scale.sub(0.5f));
        return half.add(half);
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector size = x.abs();
        FloatVector z = size.mul(size);
        FloatVector sum = broadcast(SPECIES, -0.00035841163f)
                .fma(z, broadcast(SPECIES, 0.002301243f)).fma(z, broadcast(SPECIES, -0.0079460135f))
                .fma(z, broadcast(SPECIES, 0.021486675f)).fma(z, broadcast(SPECIES, -0.053879846f))
                .fma(z, broadcast(SPECIES, 0.13332346f)).fma(z, broadcast(SPECIES, -0.33333296f));
        FloatVector near = size.mul(z).fma(sum, size);
        FloatVector far = broadcast(SPECIES, 1f)
                .sub(broadcast(SPECIES, 2f).div(Functions.exp(size.add(size)).add(1f)));
        return far.blend(near, size.compare(VectorOperators.LT, 1f)).reinterpretAsInts()
                .or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }

    /** log(1 + f) for f from -0.3 to 1. */
    private static FloatVector logOnePlus(FloatVector f) {
        FloatVector s = f.div(f.add(2f));
        FloatVector z = s.mul(s);
        FloatVector sum = broadcast(SPECIES, 0.28006783f).fma(z, broadcast(SPECIES, 0.28003025f))
                .fma(z, broadcast(SPECIES, 0.40021437f)).fma(z, broadcast(SPECIES, 0.6666642f));
        return s.neg().fma(f.sub(z.mul(sum)), f);
    }

    private static FloatVector log(FloatVector x) {
        VectorMask<Float> small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        IntVector ordinary = x.blend(x.mul(LIFT), small).reinterpretAsInts();
        IntVector exponent = ordinary.sub(ROOT_OF_HALF_BITS).lanewise(VectorOperators.ASHR,
                FRACTION_BITS);
        FloatVector near = logOnePlus(
                ordinary.sub(exponent.lanewise(VectorOperators.LSHL, FRACTION_BITS))
                        .reinterpretAsFloats().sub(1f));
        FloatVector lifted = exponent.add(TO_WHOLE_BITS).reinterpretAsFloats().sub(TO_WHOLE);
        FloatVector power = lifted.blend(lifted.sub(LIFT_EXPONENT), small);
        FloatVector result = power.fma(broadcast(SPECIES, LN_OF_2_HIGH),
                power.fma(broadcast(SPECIES, LN_OF_2_LOW), near));
        return result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f))
                .blend(Float.NaN, x.compare(VectorOperators.LT, 0f))
                .blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
    }

    /** Wrong where the size isn't below {@link #LARGE_ANGLE}. */
    private static FloatVector sin(FloatVector x) {
        return wave(x.abs(), 0).reinterpretAsInts()
                .lanewise(VectorOperators.XOR, x.reinterpretAsInts().and(SIGN))
                .reinterpretAsFloats();
    }

    /** Likewise. */
    private static FloatVector cos(FloatVector x) {
        return wave(x.abs(), 1);
    }

    /** The sine of an angle and some right ones. */
    private static FloatVector wave(FloatVector size, int rightAngles) {
        FloatVector rounded = size.fma(broadcast(SPECIES, TWO_OVER_PI),
                broadcast(SPECIES, TO_WHOLE));
        IntVector quadrant = rounded.reinterpretAsInts().add(rightAngles);
        FloatVector turns = rounded.sub(TO_WHOLE);
        FloatVector r = turns.fma(broadcast(SPECIES, -RIGHT_ANGLE_3),
                turns.fma(broadcast(SPECIES, -RIGHT_ANGLE_2),
                        turns.fma(broadcast(SPECIES, -RIGHT_ANGLE_1), size)));
        FloatVector z = r.mul(r);
        FloatVector sine = r.mul(z).fma(broadcast(SPECIES, -0.00019518095f)
                .fma(z, broadcast(SPECIES, 0.008332188f)).fma(z, broadcast(SPECIES, -0.16666655f)),
                r);
        FloatVector cosine = z.mul(z)
                .fma(broadcast(SPECIES, 2.4432327e-5f).fma(z, broadcast(SPECIES, -0.001388731f))
                        .fma(z, broadcast(SPECIES, 0.041666646f)),
                        z.fma(broadcast(SPECIES, -0.5f), broadcast(SPECIES, 1f)));
        return sine.reinterpretAsInts()
                .blend(cosine.reinterpretAsInts(), quadrant.and(1).compare(VectorOperators.NE, 0))
                .lanewise(VectorOperators.XOR, quadrant.and(2).lanewise(VectorOperators.LSHL, 30))
                .reinterpretAsFloats();
    }

    private static FloatVector atan(FloatVector x) {
        FloatVector size = x.abs();
        VectorMask<Float> steep = size.compare(VectorOperators.GT, 1f);
        FloatVector t = size.blend(broadcast(SPECIES, 1f).div(size), steep);
        FloatVector z = t.mul(t);
        FloatVector sum = broadcast(SPECIES, -0.0018015221f)
                .fma(z, broadcast(SPECIES, 0.010934027f)).fma(z, broadcast(SPECIES, -0.03118699f))
                .fma(z, broadcast(SPECIES, 0.0579434f)).fma(z, broadcast(SPECIES, -0.08401544f))
                .fma(z, broadcast(SPECIES, 0.1095128f)).fma(z, broadcast(SPECIES, -0.14264043f))
                .fma(z, broadcast(SPECIES, 0.1999853f)).fma(z, broadcast(SPECIES, -0.333333f));
        FloatVector near = t.mul(z).fma(sum, t);
        FloatVector rest = broadcast(SPECIES, RIGHT_ANGLE).sub(near.add(RIGHT_ANGLE_EXCESS));
        return near.blend(rest, steep).reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN))
                .reinterpretAsFloats();
    }

    /**
     * The logarithm is in two parts, so that many digits are left of its product with {@code a}. It
     * is one method with the loop, for the JVM doesn't inline one that is so long.
     *
     * @param a finite and not 0
     */
    private static void anyPower(float a, float[] in, int from, float[] out, int to, int count) {
        boolean whole = Math.rint(a) == a;
        float ofZero = a > 0 ? 0 : Float.POSITIVE_INFINITY;
        float ofInfinity = a > 0 ? Float.POSITIVE_INFINITY : 0;
        int keptSign = Math.abs(a) % 2 == 1 ? SIGN : 0;
        for (int i = 0; i < count; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, in, from + i);
            FloatVector size = x.abs();
            VectorMask<Float> small = size.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector ordinary = size.blend(size.mul(LIFT), small).reinterpretAsInts();
            IntVector exponent = ordinary.sub(ROOT_OF_HALF_BITS).lanewise(VectorOperators.ASHR,
                    FRACTION_BITS);
            FloatVector m = ordinary.sub(exponent.lanewise(VectorOperators.LSHL, FRACTION_BITS))
                    .reinterpretAsFloats();
            FloatVector lifted = exponent.add(TO_WHOLE_BITS).reinterpretAsFloats().sub(TO_WHOLE);
            FloatVector k = lifted.blend(lifted.sub(LIFT_EXPONENT), small);

            // s + sRest is (m - 1) / (m + 1)
            FloatVector f = m.sub(1f);
            FloatVector d = m.add(1f);
            FloatVector dRest = m.sub(d.sub(1f));
            FloatVector inverse = broadcast(SPECIES, 1f).div(d);
            FloatVector s = f.mul(inverse);
            FloatVector negative = s.neg();
            FloatVector sRest = negative.fma(dRest, negative.fma(d, f)).mul(inverse);

            // log2 + log2Rest is the logarithm of size
            FloatVector z = s.mul(s);
            FloatVector sum = broadcast(SPECIES, 0.33649093f)
                    .fma(z, broadcast(SPECIES, 0.41192725f)).fma(z, broadcast(SPECIES, 0.5770788f))
                    .fma(z, broadcast(SPECIES, 0.9617967f));
            FloatVector near = s.mul(TWICE_LOG2_OF_E);
            FloatVector nearRest = s.mul(z).fma(sum,
                    sRest.fma(broadcast(SPECIES, TWICE_LOG2_OF_E),
                            s.fma(broadcast(SPECIES, TWICE_LOG2_OF_E_REST),
                                    s.fma(broadcast(SPECIES, TWICE_LOG2_OF_E), near.neg()))));
            FloatVector first = k.add(near);
            FloatVector second = near.sub(first.sub(k)).add(nearRest);
            FloatVector log2 = first.add(second);
            FloatVector log2Rest = second.sub(log2.sub(first));

            FloatVector product = log2.mul(a);
            FloatVector productRest = log2Rest.fma(broadcast(SPECIES, a),
                    log2.fma(broadcast(SPECIES, a), product.neg()));
            VectorMask<Float> low = product.compare(VectorOperators.LT, -MOST_EXPONENT);
            VectorMask<Float> high = product.compare(VectorOperators.GT, MOST_EXPONENT);
            FloatVector inside = product.blend(-MOST_EXPONENT, low).blend(MOST_EXPONENT, high);
            FloatVector insideRest = productRest.blend(0f, low).blend(0f, high);
            FloatVector rounded = inside.add(TO_WHOLE);
            FloatVector r = inside.sub(rounded.sub(TO_WHOLE)).add(insideRest);
            FloatVector rest = broadcast(SPECIES, 0.000133324f)
                    .fma(r, broadcast(SPECIES, 0.0013387932f))
                    .fma(r, broadcast(SPECIES, 0.009625445f))
                    .fma(r, broadcast(SPECIES, 0.055503663f))
                    .fma(r, broadcast(SPECIES, 0.24022594f)).fma(r, broadcast(SPECIES, 0.6931472f));
            IntVector twos = rounded.reinterpretAsInts().sub(TO_WHOLE_BITS);
            IntVector half = twos.lanewise(VectorOperators.ASHR, 1);
            IntVector other = twos.sub(half);
            FloatVector result = r.fma(rest, broadcast(SPECIES, 1f))
                    .mul(half.add(BIAS).lanewise(VectorOperators.LSHL, FRACTION_BITS)
                            .reinterpretAsFloats())
                    .mul(other.add(BIAS).lanewise(VectorOperators.LSHL, FRACTION_BITS)
                            .reinterpretAsFloats());

            if (!whole) {
                result = result.blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
            }
            result = result.blend(ofZero, size.compare(VectorOperators.EQ, 0f)).blend(ofInfinity,
                    size.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
            x.reinterpretAsInts().and(keptSign).or(result.reinterpretAsInts()).reinterpretAsFloats()
                    .blend(x, x.compare(VectorOperators.NE, x)).intoArray(out, to + i);
        }
    }
}
