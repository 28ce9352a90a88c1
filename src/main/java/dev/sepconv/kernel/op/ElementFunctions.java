package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Float16s;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Functions of one number and of two, each of which has a number: {@code engine.lower.KernelCodes}
 * says which operation has which.
 */
public final class ElementFunctions {

    public static final int RELU = 0;
    public static final int CLIP = 1;
    public static final int LEAKY_RELU = 2;
    public static final int SIGMOID = 3;
    public static final int HARD_SIGMOID = 4;
    public static final int HARD_SWISH = 5;
    public static final int TANH = 6;
    public static final int EXP = 7;
    public static final int SQRT = 8;
    public static final int ABS = 9;
    public static final int NEGATE = 10;
    public static final int FLOOR = 11;
    public static final int CEIL = 12;
    public static final int ROUND = 13;
    public static final int SIGN = 14;
    public static final int RECIPROCAL = 15;
    public static final int LOG = 16;
    public static final int SIN = 17;
    public static final int COS = 18;
    public static final int ATAN = 19;
    public static final int POWER = 20;
    public static final int ELU = 21;
    public static final int CELU = 22;
    public static final int SOFTPLUS = 23;
    public static final int SOFTSIGN = 24;
    public static final int MISH = 25;
    public static final int ERF = 26;
    public static final int GELU = 27;
    public static final int GELU_TANH = 28;
    public static final int SILU = 29;
    public static final int THRESHOLDED_RELU = 30;
    public static final int QUANTIZE = 31;
    public static final int DEQUANTIZE = 32;

    public static final int ADD = 0;
    public static final int SUB = 1;
    public static final int MUL = 2;
    public static final int DIV = 3;
    public static final int MAX = 4;
    public static final int MIN = 5;
    public static final int MASK = 6;
    public static final int EQUAL = 7;
    public static final int GREATER = 8;
    public static final int GREATER_OR_EQUAL = 9;

    private static final float HALF_PI = 1.5707964f;

    /** 1 / sqrt(2). */
    private static final float HALF_ROOT = 0.70710678f;

    /** {@code (1 + tanh(z)) / 2} is {@code sigmoid(2 * z)}. */
    private static final float TWICE_ROOT_OF_TWO_OVER_PI = 1.5957691f;

    private ElementFunctions() {
    }

    /**
     * Comparisons are written so that a NaN comes out as NaN, and with {@code <}, {@code >} or
     * {@code ==}: TornadoVM 5.2 makes {@code !(a < x)} of {@code x <= a}. In four parts, as
     * TornadoVM's CUDA backend makes wrong code of a dozen comparisons of one number.
     */
    public static float apply(float x, int function, float a, float b) {
        float result = x;
        if (function < TANH) {
            result = bounded(x, function, a, b);
        } else if (function < RECIPROCAL) {
            result = simple(x, function);
        } else if (function < SOFTPLUS) {
            result = exponential(x, function, a);
        } else if (function < QUANTIZE) {
            result = smooth(x, function, a);
        } else if (function == QUANTIZE) {
            result = round(x / a) + b;
        } else {
            result = (x - b) * a;
        }
        return result;
    }

    private static float bounded(float x, int function, float a, float b) {
        float result = x;
        if (function == RELU) {
            result = x < 0f ? 0f : x;
        } else if (function == CLIP) {
            result = x < a ? a : (x > b ? b : x);
        } else if (function == LEAKY_RELU) {
            result = x < 0f ? a * x : x;
        } else if (function == SIGMOID) {
            result = Activations.sigmoid(x);
        } else if (function == HARD_SIGMOID) {
            float y = a * x + b;
            result = y < 0f ? 0f : (y > 1f ? 1f : y);
        } else if (function == HARD_SWISH) {
            float shifted = x + 3f;
            result = x * (shifted < 0f ? 0f : (shifted > 6f ? 6f : shifted)) / 6f;
        }
        return result;
    }

    private static float simple(float x, int function) {
        float result = x;
        if (function == TANH) {
            result = tanh(x);
        } else if (function == EXP) {
            result = TornadoMath.exp(x);
        } else if (function == SQRT) {
            result = TornadoMath.sqrt(x);
        } else if (function == ABS) {
            result = TornadoMath.abs(x);
        } else if (function == NEGATE) {
            result = -x;
        } else if (function == FLOOR) {
            result = TornadoMath.floor(x);
        } else if (function == CEIL) {
            result = -TornadoMath.floor(-x);
        } else if (function == ROUND) {
            result = round(x);
        } else if (function == SIGN) {
            result = x < 0f ? -1f : (x > 0f ? 1f : x);
        }
        return result;
    }

    private static float exponential(float x, int function, float a) {
        float result = x;
        if (function == RECIPROCAL) {
            result = 1f / x;
        } else if (function == LOG) {
            result = TornadoMath.log(x);
        } else if (function == SIN) {
            result = TornadoMath.sin(x);
        } else if (function == COS) {
            result = TornadoMath.cos(x);
        } else if (function == ATAN) {
            result = atan(x);
        } else if (function == POWER) {
            result = TornadoMath.pow(x, a);
        } else if (function == ELU) {
            result = x < 0f ? a * expMinusOne(x) : x;
        } else if (function == CELU) {
            result = x < 0f ? a * expMinusOne(x / a) : x;
        }
        return result;
    }

    private static float smooth(float x, int function, float a) {
        float result = x;
        if (function == SOFTPLUS) {
            float tail = logOnePlus(TornadoMath.exp(-TornadoMath.abs(x)));
            result = x < 0f ? tail : x + tail;
        } else if (function == SOFTSIGN) {
            result = x / (1f + TornadoMath.abs(x));
        } else if (function == MISH) {
            float e = TornadoMath.exp(x > 20f ? 20f : x);
            float n = e * (e + 2f);
            result = x * (n / (n + 2f));
        } else if (function == ERF) {
            result = erf(x);
        } else if (function == GELU) {
            float tail = erfTail(TornadoMath.abs(x) * HALF_ROOT);
            result = x * (x < 0f ? 0.5f * tail : 1f - 0.5f * tail);
        } else if (function == GELU_TANH) {
            result = x
                    * Activations.sigmoid(TWICE_ROOT_OF_TWO_OVER_PI * (x + 0.044715f * x * x * x));
        } else if (function == SILU) {
            result = x * Activations.sigmoid(x);
        } else if (function == THRESHOLDED_RELU) {
            result = x < a ? 0f : (x == a ? 0f : x);
        }
        return result;
    }

    private static float round(float x) {
        float down = TornadoMath.floor(x);
        float rest = x - down;
        float isOdd = down - 2f * TornadoMath.floor(0.5f * down);
        float up = rest > 0.5f ? 1f : (rest == 0.5f ? isOdd : 0f);
        return down + up;
    }

    /** exp(x) - 1 with all digits near 0, for x that isn't above it. */
    private static float expMinusOne(float x) {
        float near = x * (1f + x * (0.5f + x * (0.16666667f + x
                * (0.041666668f + x * (0.008333334f + x * (0.0013888889f + x * 1.984127e-4f))))));
        float far = TornadoMath.exp(x) - 1f;
        return x < -0.4f ? far : near;
    }

    /**
     * Not {@code TornadoMath.tanh}: of that TornadoVM's PTX backend makes {@code tanh.approx.f32},
     * which is off by up to 5e-4.
     */
    private static float tanh(float x) {
        float e = expMinusOne(-2f * TornadoMath.abs(x));
        float size = -e / (e + 2f);
        return x < 0f ? -size : (x > 0f ? size : x);
    }

    /**
     * A polynomial fitted to {@code atan(t) / t} by powers of t^2 for t up to 1, off by 2e-8; above
     * it the rest of a right angle. Not {@code TornadoMath.atan}, so that its error is known on
     * every backend.
     */
    private static float atan(float x) {
        float size = TornadoMath.abs(x);
        float t = size > 1f ? 1f / size : size;
        float z = t * t;
        float near = t * (1f + z * (-0.33333072f
                + z * (0.1999262f + z * (-0.14203644f + z * (0.10640934f + z * (-0.07504294f
                        + z * (0.042691514f + z * (-0.016068626f + z * 0.002849889f))))))));
        float angle = size > 1f ? HALF_PI - near : near;
        return x < 0f ? -angle : (x > 0f ? angle : x);
    }

    /** log(1 + y) with all digits near 0, for y from 0 to 1. */
    private static float logOnePlus(float y) {
        float s = y / (2f + y);
        float z = s * s;
        return 2f * s * (1f + z * (0.33333334f + z * (0.2f + z * (0.14285715f
                + z * (0.11111111f + z * (0.09090909f + z * (0.07692308f + z * 0.06666667f)))))));
    }

    private static float erf(float x) {
        float size = TornadoMath.abs(x);
        float z = x * x;
        float near = x * (1.12837917f + z * (-0.376126271f + z * (0.112836002f + z * (-0.0268544445f
                + z * (0.00518953525f + z * (-0.000802084051f + z * 7.88911696e-05f))))));
        float far = 1f - erfTail(size);
        return size < 1f ? near : (x < 0f ? -far : (x > 0f ? far : x));
    }

    /**
     * 1 - erf(t) for t that is at least 0, with all digits while there are any: a polynomial fitted
     * to {@code log((1 - erf(t)) * exp(t^2) / u)} for {@code u = 1 / (1 + t / 2)}, off by 5e-8.
     */
    private static float erfTail(float t) {
        float u = 1f / (1f + 0.5f * t);
        float p = -1.26545089f + u * (0.998683098f + u * (0.386276041f
                + u * (0.0360521581f + u * (-0.00223908219f + u * (-0.0749060491f + u * (-0.7014866f
                        + u * (1.15986477f + u * (-0.681871335f + u * 0.145077935f))))))));
        return u * TornadoMath.exp(p - t * t);
    }

    /**
     * Whether {@link #lanes} knows the function. Those of exponentials and roots would have to be
     * taken lane by lane.
     */
    public static boolean hasLanes(int function) {
        return function == RELU || function == CLIP || function == LEAKY_RELU
                || function == HARD_SIGMOID || function == HARD_SWISH || function == SIGMOID
                || function == SILU;
    }

    /** {@link #apply} for each lane, the number second in a maximum: see {@link Float16s}. */
    public static Float16 lanes(Float16 x, int function, Float16 a, Float16 b) {
        Float16 result = x;
        if (function == RELU) {
            result = Float16.max(Float16s.of(0f), x);
        } else if (function == CLIP) {
            result = Float16.min(b, Float16.max(a, x));
        } else if (function == LEAKY_RELU) {
            result = Float16.add(Float16.max(Float16s.of(0f), x),
                    Float16.mult(Float16.min(Float16s.of(0f), x), a));
        } else if (function == HARD_SIGMOID) {
            Float16 y = Float16.add(Float16.mult(x, a), b);
            result = Float16.min(Float16s.of(1f), Float16.max(Float16s.of(0f), y));
        } else if (function == HARD_SWISH) {
            Float16 gate = Float16.min(Float16s.of(6f),
                    Float16.max(Float16s.of(0f), Float16.add(x, Float16s.of(3f))));
            result = Float16.mult(Float16.mult(x, gate), Float16s.of(1f / 6f));
        } else if (function == SIGMOID || function == SILU) {
            result = Float16s.gated(x, function == SILU ? Activations.SILU : Activations.SIGMOID);
        }
        return result;
    }

    public static float apply(float x, float y, int kind) {
        float result = x + y;
        if (kind == SUB) {
            result = x - y;
        } else if (kind == MUL) {
            result = x * y;
        } else if (kind == DIV) {
            result = x / y;
        } else if (kind == MAX) {
            // written so that a NaN of either comes out
            result = x > y ? x : (y > x ? y : (x == y ? x : x + y));
        } else if (kind == MIN) {
            result = x < y ? x : (y < x ? y : (x == y ? x : x + y));
        } else if (kind == MASK) {
            result = y == 0f ? 0f : x;
        } else if (kind == EQUAL) {
            result = x == y ? 1f : 0f;
        } else if (kind == GREATER) {
            result = x > y ? 1f : 0f;
        } else if (kind == GREATER_OR_EQUAL) {
            result = x > y ? 1f : (x == y ? 1f : 0f);
        }
        return result;
    }

    /** Of sums, differences, products and quotients; vectors have no choice that keeps a NaN. */
    public static Float16 lanes(Float16 x, Float16 y, int kind) {
        Float16 result = Float16.add(x, y);
        if (kind == SUB) {
            result = Float16.sub(x, y);
        } else if (kind == MUL) {
            result = Float16.mult(x, y);
        } else if (kind == DIV) {
            result = Float16.div(x, y);
        }
        return result;
    }
}
