package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Op.Elementwise;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of {@link Elementwise}, of a vector and of a number. All comparisons are false for
 * NaN, so that a NaN stays one.
 */
final class Functions {

    /** 1 / sqrt(2). */
    private static final float HALF_ROOT = 0.70710678f;
    /** {@code (1 + tanh(z)) / 2} is {@code sigmoid(2 * z)}. */
    private static final float TWICE_ROOT_OF_TWO_OVER_PI = 1.5957691f;
    private static final float LOG2_OF_E = 1.44269504f;
    /** Its bits end where whole numbers do: added to a number it rounds it to the nearest one. */
    private static final float TO_WHOLE = 0x1.8p23f;
    /** With so few bits that its multiples by whole numbers are exact. */
    private static final float LN_OF_2_HIGH = 0.693359375f;
    private static final float LN_OF_2_LOW = -2.12194440e-4f;
    /** Of {@code erf(x) / x} for |x| below 1, by powers of x^2; fitted, off by 2e-9. */
    private static final float[] NEAR = {1.12837917f, -0.376126271f, 0.112836002f, -0.0268544445f,
            0.00518953525f, -0.000802084051f, 7.88911696e-05f};
    /**
     * Of {@code log((1 - erf(t)) * exp(t^2) / u)} by powers of {@code u = 1 / (1 + t / 2)}; fitted,
     * off by 5e-8.
     */
    private static final float[] TAIL = {-1.26545089f, 0.998683098f, 0.386276041f, 0.0360521581f,
            -0.00223908219f, -0.0749060491f, -0.7014866f, 1.15986477f, -0.681871335f, 0.145077935f};

    /** Added and taken off again it rounds what is smaller than {@link #LARGEST_ROUNDED}. */
    private static final float ROUNDS = 0x1.8p23f;
    private static final float LARGEST_ROUNDED = 0x1p22f;

    private Functions() {
    }

    /** Of whole vectors. */
    static void apply(Elementwise op, float[] in, int from, float[] out, int to, int count) {
        switch (op.function()) {
            case EXP -> Transcendentals.exp(in, from, out, to, count);
            case LOG -> Transcendentals.log(in, from, out, to, count);
            case SIN -> Transcendentals.sin(in, from, out, to, count);
            case COS -> Transcendentals.cos(in, from, out, to, count);
            case ATAN -> Transcendentals.atan(in, from, out, to, count);
            case POWER -> Transcendentals.power(op.a(), in, from, out, to, count);
            case ELU -> Transcendentals.elu(op.a(), in, from, out, to, count);
            case CELU -> Transcendentals.celu(op.a(), in, from, out, to, count);
            case SOFTPLUS -> Transcendentals.softplus(in, from, out, to, count);
            default -> {
                for (int i = 0; i < count; i += LANES) {
                    apply(op, FloatVector.fromArray(SPECIES, in, from + i)).intoArray(out, to + i);
                }
            }
        }
    }

    /** Those that are no activation of a convolution's, nor loops of their own. */
    private static FloatVector apply(Elementwise op, FloatVector x) {
        return switch (op.function()) {
            case CLIP -> clip(x, op.a(), op.b());
            case LEAKY_RELU -> x.blend(x.mul(op.a()), x.compare(VectorOperators.LT, 0f));
            case HARD_SIGMOID -> clip(x.mul(op.a()).add(op.b()), 0, 1);
            case SQRT -> x.sqrt();
            case ABS -> x.abs();
            case NEGATE -> x.neg();
            case RECIPROCAL -> FloatVector.broadcast(SPECIES, 1f).div(x);
            case SOFTSIGN -> x.div(x.abs().add(1f));
            case ERF -> erf(x);
            case THRESHOLDED_RELU -> x.blend(0f, x.compare(VectorOperators.LE, op.a()));
            case QUANTIZE -> quantize(op, x);
            case DEQUANTIZE -> x.sub(op.b()).mul(op.a());
            default -> byNumber(op, x);
        };
    }

    static float apply(Elementwise op, float x) {
        return switch (op.function()) {
            case RELU -> x < 0 ? 0 : x;
            case CLIP -> clip(x, op.a(), op.b());
            case LEAKY_RELU -> x < 0 ? op.a() * x : x;
            case SIGMOID -> (float) (1 / (1 + Math.exp(-x)));
            case HARD_SIGMOID -> clip(op.a() * x + op.b(), 0, 1);
            case HARD_SWISH -> x * clip(x + 3, 0, 6) / 6;
            case TANH -> (float) Math.tanh(x);
            case EXP -> (float) Math.exp(x);
            case SQRT -> (float) Math.sqrt(x);
            case ABS -> Math.abs(x);
            case NEGATE -> -x;
            case FLOOR -> (float) Math.floor(x);
            case CEIL -> (float) Math.ceil(x);
            case ROUND -> (float) Math.rint(x);
            case SIGN -> Math.signum(x);
            case RECIPROCAL -> 1 / x;
            case LOG -> (float) Math.log(x);
            case SIN -> (float) Math.sin(x);
            case COS -> (float) Math.cos(x);
            case ATAN -> (float) Math.atan(x);
            case POWER -> (float) Math.pow(x, op.a());
            case ELU -> x < 0 ? (float) (op.a() * Math.expm1(x)) : x;
            case CELU -> x < 0 ? (float) (op.a() * Math.expm1(x / op.a())) : x;
            case SOFTPLUS -> (float) softplus(x);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case MISH -> mish(x);
            case ERF -> erf(x);
            case GELU -> gelu(x);
            case GELU_TANH -> geluTanh(x);
            case SILU -> silu(x);
            case THRESHOLDED_RELU -> x <= op.a() ? 0 : x;
            case QUANTIZE -> (float) Math.rint(x / op.a()) + op.b();
            case DEQUANTIZE -> (x - op.b()) * op.a();
        };
    }

    private static FloatVector byNumber(Elementwise op, FloatVector x) {
        float[] numbers = x.toArray();
        for (int i = 0; i < LANES; i++) {
            numbers[i] = apply(op, numbers[i]);
        }
        return FloatVector.fromArray(SPECIES, numbers, 0);
    }

    /**
     * e to the x, off by 1.2e-7 of it at most; 0 below -87.7 and infinity above 88.3, where it
     * could still be a number. The nearest power of 2, put into the exponent's bits, times a
     * polynomial of what is left.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector notLow = x.blend(-88f, x.compare(VectorOperators.LT, -88f));
        FloatVector inside = notLow.blend(89f, x.compare(VectorOperators.GT, 89f));
        FloatVector rounded = inside.fma(FloatVector.broadcast(SPECIES, LOG2_OF_E),
                FloatVector.broadcast(SPECIES, TO_WHOLE));
        FloatVector power = rounded.sub(TO_WHOLE);
        FloatVector rest = power.fma(FloatVector.broadcast(SPECIES, -LN_OF_2_HIGH), inside);
        FloatVector r = power.fma(FloatVector.broadcast(SPECIES, -LN_OF_2_LOW), rest);
        FloatVector sum = FloatVector.broadcast(SPECIES, 0.00138145394f)
                .fma(r, FloatVector.broadcast(SPECIES, 0.00836874545f))
                .fma(r, FloatVector.broadcast(SPECIES, 0.041668389f))
                .fma(r, FloatVector.broadcast(SPECIES, 0.166665211f))
                .fma(r, FloatVector.broadcast(SPECIES, 0.49999994f))
                .fma(r, FloatVector.broadcast(SPECIES, 1f))
                .fma(r, FloatVector.broadcast(SPECIES, 1f));
        return sum.mul(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23)
                .add(0x3f800000).reinterpretAsFloats());
    }

    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1f).div(exp(x.neg()).add(1f));
    }

    static FloatVector silu(FloatVector x) {
        return x.div(exp(x.neg()).add(1f));
    }

    static float silu(float x) {
        return (float) (x / (1 + Math.exp(-x)));
    }

    static FloatVector geluTanh(FloatVector x) {
        FloatVector cubic = x.mul(x).mul(-0.044715f * TWICE_ROOT_OF_TWO_OVER_PI)
                .sub(TWICE_ROOT_OF_TWO_OVER_PI);
        return x.div(exp(cubic.mul(x)).add(1f));
    }

    static float geluTanh(float x) {
        return (float) (x
                / (1 + Math.exp(-TWICE_ROOT_OF_TWO_OVER_PI * (x + 0.044715f * x * x * x))));
    }

    /** With {@code e = exp(x)}: {@code x * (e^2 + 2e) / (e^2 + 2e + 2)}; of a large x the x. */
    static FloatVector mish(FloatVector x) {
        FloatVector e = exp(x.blend(20f, x.compare(VectorOperators.GT, 20f)));
        FloatVector n = e.mul(e.add(2f));
        return x.mul(n.div(n.add(2f)));
    }

    static float mish(float x) {
        return (float) (x * Math.tanh(softplus(x)));
    }

    private static FloatVector quantize(Elementwise op, FloatVector x) {
        FloatVector steps = x.div(op.a());
        if (steps.abs().compare(VectorOperators.LT, LARGEST_ROUNDED).allTrue()) {
            return steps.add(ROUNDS).sub(ROUNDS).add(op.b());
        }
        return byNumber(op, x);
    }

    private static double softplus(float x) {
        double tail = Math.log1p(Math.exp(-Math.abs(x)));
        return x < 0 ? tail : x + tail;
    }

    static float gelu(float x) {
        float half = erfTail(Math.abs(x) * HALF_ROOT) / 2;
        return x * (x < 0 ? half : 1 - half);
    }

    static FloatVector gelu(FloatVector x) {
        FloatVector half = erfTail(x.abs().mul(HALF_ROOT)).mul(0.5f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        return x.mul(one.sub(half).blend(half, x.compare(VectorOperators.LT, 0f)));
    }

    /** {@link #polynomial} of {@link #TAIL}, written out, so that its vectors stay in registers. */
    private static FloatVector tail(FloatVector u) {
        return FloatVector.broadcast(SPECIES, TAIL[9])
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[8]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[7]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[6]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[5]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[4]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[3]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[2]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[1]))
                .fma(u, FloatVector.broadcast(SPECIES, TAIL[0]));
    }

    private static FloatVector erf(FloatVector x) {
        FloatVector near = x.mul(polynomial(NEAR, x.mul(x)));
        FloatVector far = FloatVector.broadcast(SPECIES, 1f).sub(erfTail(x.abs()));
        FloatVector signed = far.blend(far.neg(), x.compare(VectorOperators.LT, 0f));
        return signed.blend(near, x.abs().compare(VectorOperators.LT, 1f));
    }

    private static float erf(float x) {
        float size = Math.abs(x);
        if (size < 1) {
            return x * polynomial(NEAR, x * x);
        }
        float far = 1 - erfTail(size);
        return x < 0 ? -far : far;
    }

    /** 1 - erf(t) for t that is at least 0, with all digits while there are any. */
    private static FloatVector erfTail(FloatVector t) {
        FloatVector u = FloatVector.broadcast(SPECIES, 1f).div(t.mul(0.5f).add(1f));
        return u.mul(exp(tail(u).sub(t.mul(t))));
    }

    private static float erfTail(float t) {
        float u = 1 / (1 + 0.5f * t);
        return (float) (u * Math.exp(polynomial(TAIL, u) - t * t));
    }

    private static FloatVector polynomial(float[] factors, FloatVector x) {
        FloatVector sum = FloatVector.broadcast(SPECIES, factors[factors.length - 1]);
        for (int i = factors.length - 2; i >= 0; i--) {
            sum = sum.mul(x).add(factors[i]);
        }
        return sum;
    }

    private static float polynomial(float[] factors, float x) {
        float sum = factors[factors.length - 1];
        for (int i = factors.length - 2; i >= 0; i--) {
            sum = sum * x + factors[i];
        }
        return sum;
    }

    private static FloatVector clip(FloatVector x, float low, float high) {
        FloatVector above = x.blend(low, x.compare(VectorOperators.LT, low));
        return above.blend(high, above.compare(VectorOperators.GT, high));
    }

    private static float clip(float x, float low, float high) {
        float above = x < low ? low : x;
        return above > high ? high : above;
    }
}
