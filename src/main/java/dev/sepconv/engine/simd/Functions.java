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
    /** Of {@code erf(x) / x} for |x| below 1, by powers of x^2; fitted, off by 2e-9. */
    private static final float[] NEAR = {1.12837917f, -0.376126271f, 0.112836002f, -0.0268544445f,
            0.00518953525f, -0.000802084051f, 7.88911696e-05f};
    /**
     * Of {@code log((1 - erf(t)) * exp(t^2) / u)} by powers of {@code u = 1 / (1 + t / 2)}; fitted,
     * off by 5e-8.
     */
    private static final float[] TAIL = {-1.26545089f, 0.998683098f, 0.386276041f, 0.0360521581f,
            -0.00223908219f, -0.0749060491f, -0.7014866f, 1.15986477f, -0.681871335f, 0.145077935f};

    private Functions() {
    }

    static FloatVector apply(Elementwise op, FloatVector x) {
        return switch (op.function()) {
            case RELU -> x.blend(0f, x.compare(VectorOperators.LT, 0f));
            case CLIP -> clip(x, op.a(), op.b());
            case LEAKY_RELU -> x.blend(x.mul(op.a()), x.compare(VectorOperators.LT, 0f));
            case SIGMOID -> sigmoid(x);
            case HARD_SIGMOID -> clip(x.mul(op.a()).add(op.b()), 0, 1);
            case HARD_SWISH -> x.mul(clip(x.add(3f), 0, 6)).div(6f);
            case TANH -> x.lanewise(VectorOperators.TANH);
            case EXP -> x.lanewise(VectorOperators.EXP);
            case SQRT -> x.sqrt();
            case ABS -> x.abs();
            case NEGATE -> x.neg();
            case RECIPROCAL -> FloatVector.broadcast(SPECIES, 1f).div(x);
            case LOG -> x.lanewise(VectorOperators.LOG);
            case SIN -> x.lanewise(VectorOperators.SIN);
            case COS -> x.lanewise(VectorOperators.COS);
            case POWER -> x.lanewise(VectorOperators.POW, op.a());
            case ELU -> x.blend(x.lanewise(VectorOperators.EXPM1).mul(op.a()),
                    x.compare(VectorOperators.LT, 0f));
            case CELU -> x.blend(x.div(op.a()).lanewise(VectorOperators.EXPM1).mul(op.a()),
                    x.compare(VectorOperators.LT, 0f));
            case SOFTPLUS -> softplus(x);
            case SOFTSIGN -> x.div(x.abs().add(1f));
            case MISH -> x.mul(softplus(x).lanewise(VectorOperators.TANH));
            case ERF -> erf(x);
            case GELU -> gelu(x);
            case GELU_TANH -> x.mul(
                    sigmoid(x.mul(x).mul(0.044715f).add(1f).mul(x).mul(TWICE_ROOT_OF_TWO_OVER_PI)));
            case SILU -> x.mul(sigmoid(x));
            case THRESHOLDED_RELU -> x.blend(0f, x.compare(VectorOperators.LE, op.a()));
            case FLOOR, CEIL, ROUND, SIGN -> byNumber(op, x);
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
            case POWER -> (float) Math.pow(x, op.a());
            case ELU -> x < 0 ? (float) (op.a() * Math.expm1(x)) : x;
            case CELU -> x < 0 ? (float) (op.a() * Math.expm1(x / op.a())) : x;
            case SOFTPLUS -> (float) softplus(x);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case MISH -> (float) (x * Math.tanh(softplus(x)));
            case ERF -> erf(x);
            case GELU -> {
                float half = erfTail(Math.abs(x) * HALF_ROOT) / 2;
                yield x * (x < 0 ? half : 1 - half);
            }
            case GELU_TANH -> (float) (x
                    / (1 + Math.exp(-TWICE_ROOT_OF_TWO_OVER_PI * (x + 0.044715f * x * x * x))));
            case SILU -> (float) (x / (1 + Math.exp(-x)));
            case THRESHOLDED_RELU -> x <= op.a() ? 0 : x;
        };
    }

    private static FloatVector byNumber(Elementwise op, FloatVector x) {
        float[] numbers = x.toArray();
        for (int i = 0; i < LANES; i++) {
            numbers[i] = apply(op, numbers[i]);
        }
        return FloatVector.fromArray(SPECIES, numbers, 0);
    }

    private static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1f)
                .div(x.neg().lanewise(VectorOperators.EXP).add(1f));
    }

    private static FloatVector softplus(FloatVector x) {
        FloatVector tail = x.abs().neg().lanewise(VectorOperators.EXP)
                .lanewise(VectorOperators.LOG1P);
        return tail.blend(x.add(tail), x.compare(VectorOperators.GE, 0f));
    }

    private static double softplus(float x) {
        double tail = Math.log1p(Math.exp(-Math.abs(x)));
        return x < 0 ? tail : x + tail;
    }

    private static FloatVector gelu(FloatVector x) {
        FloatVector half = erfTail(x.abs().mul(HALF_ROOT)).mul(0.5f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        return x.mul(one.sub(half).blend(half, x.compare(VectorOperators.LT, 0f)));
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
        return u.mul(polynomial(TAIL, u).sub(t.mul(t)).lanewise(VectorOperators.EXP));
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
