package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Float16s;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Functions of one number and of two. The numbers of functions are the ordinals of
 * {@code Op.Elementwise.Function} and {@code Op.Binary.Kind}.
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

    public static final int ADD = 0;
    public static final int SUB = 1;
    public static final int MUL = 2;
    public static final int DIV = 3;

    private ElementFunctions() {
    }

    /** Comparisons are written so that a NaN comes out as NaN. */
    public static float apply(float x, int function, float a, float b) {
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
        } else if (function == TANH) {
            result = TornadoMath.tanh(x);
        } else if (function == EXP) {
            result = TornadoMath.exp(x);
        } else if (function == SQRT) {
            result = TornadoMath.sqrt(x);
        }
        return result;
    }

    /**
     * Whether {@link #lanes} knows the function; none of the others has parameters. Those of
     * exponentials and roots would have to be taken lane by lane.
     */
    public static boolean hasLanes(int function) {
        return function == RELU || function == CLIP || function == LEAKY_RELU
                || function == HARD_SIGMOID || function == HARD_SWISH;
    }

    /** {@link #apply} for each lane. */
    public static Float16 lanes(Float16 x, int function, Float16 a, Float16 b) {
        Float16 result = x;
        if (function == RELU) {
            result = Float16.max(x, Float16s.of(0f));
        } else if (function == CLIP) {
            result = Float16.min(Float16.max(x, a), b);
        } else if (function == LEAKY_RELU) {
            result = Float16.add(Float16.max(x, Float16s.of(0f)),
                    Float16.mult(Float16.min(x, Float16s.of(0f)), a));
        } else if (function == HARD_SIGMOID) {
            Float16 y = Float16.add(Float16.mult(x, a), b);
            result = Float16.min(Float16.max(y, Float16s.of(0f)), Float16s.of(1f));
        } else if (function == HARD_SWISH) {
            Float16 gate = Float16.min(
                    Float16.max(Float16.add(x, Float16s.of(3f)), Float16s.of(0f)), Float16s.of(6f));
            result = Float16.mult(Float16.mult(x, gate), Float16s.of(1f / 6f));
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
        }
        return result;
    }

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
