package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** What TornadoVM's vector of 16 floats lacks. */
public final class Float16s {

    private Float16s() {
    }

    /**
     * The same number in every lane. Multiplying by a scalar instead is compiled to 16 single
     * multiplications.
     */
    public static Float16 of(float value) {
        return new Float16(value, value, value, value, value, value, value, value, value, value,
                value, value, value, value, value, value);
    }

    /**
     * The activation of each lane, see {@link Activations#apply}; none where that is a
     * {@link #gated} one, which would be too long for each vector of a tile. The number stands
     * second in each maximum and minimum: PoCL keeps that where it is NaN (engine.tornado.Target).
     */
    public static Float16 activate(Float16 value, int activation, float slope) {
        Float16 result = value;
        if (activation != 0 && activation < Activations.SIGMOID) {
            boolean isGated = activation == Activations.HARD_SWISH;
            boolean isBelowSix = activation == Activations.RELU6 || isGated;
            Float16 gate = isGated ? Float16.add(value, of(3f)) : value;
            Float16 kept = new Float16();
            for (int lane = 0; lane < 16; lane++) {
                float positive = Math.max(0f, gate.get(lane));
                kept.set(lane, isBelowSix ? Math.min(6f, positive) : positive);
            }
            result = kept;
            if (isGated) {
                result = Float16.mult(Float16.mult(value, kept), of(1f / 6f));
            } else if (activation == Activations.LEAKY_RELU) {
                result = Float16.add(kept, Float16.mult(Float16.min(of(0f), value), of(slope)));
            }
        }
        return result;
    }

    /** The same of one lane, to the bit, for loops that a driver makes vectors of. */
    public static float activate(float value, int activation, float slope) {
        float result = value;
        if (activation == Activations.RELU) {
            result = above(value);
        } else if (activation == Activations.RELU6) {
            result = below(6f, above(value));
        } else if (activation == Activations.LEAKY_RELU) {
            result = above(value) + below(0f, value) * slope;
        } else if (activation == Activations.HARD_SWISH) {
            result = value * below(6f, above(value + 3f)) * (1f / 6f);
        } else if (activation >= Activations.SIGMOID) {
            result = Activations.apply(value, activation, slope);
        }
        return result;
    }

    private static float above(float value) {
        return value < 0f ? 0f : value;
    }

    private static float below(float most, float value) {
        return value > most ? most : value;
    }

    /**
     * The sigmoid or SiLU of each lane. Kernels store a tile's sums first and take it in a loop
     * over them, so that it is in their code once.
     *
     * @param activation {@link Activations#SIGMOID} or {@link Activations#SILU}
     */
    public static Float16 gated(Float16 x, int activation) {
        Float16 gate = sigmoid(x);
        return activation == Activations.SILU ? Float16.mult(x, gate) : gate;
    }

    /**
     * {@link Activations#sigmoid} of each lane: side by side in a vector drivers take exponentials
     * of several at once, which they don't in a loop over an array's numbers, as in TornadoVM's
     * code they can't know that input and output are two.
     */
    public static Float16 sigmoid(Float16 x) {
        return new Float16(Activations.sigmoid(x.getS0()), Activations.sigmoid(x.getS1()),
                Activations.sigmoid(x.getS2()), Activations.sigmoid(x.getS3()),
                Activations.sigmoid(x.getS4()), Activations.sigmoid(x.getS5()),
                Activations.sigmoid(x.getS6()), Activations.sigmoid(x.getS7()),
                Activations.sigmoid(x.getS8()), Activations.sigmoid(x.getS9()),
                Activations.sigmoid(x.getS10()), Activations.sigmoid(x.getS11()),
                Activations.sigmoid(x.getS12()), Activations.sigmoid(x.getS13()),
                Activations.sigmoid(x.getS14()), Activations.sigmoid(x.getS15()));
    }

    /**
     * 0 in lanes that hold numbers, infinities too, and NaN in those that hold NaN: added to a
     * maximum, which is OpenCL's fmax and leaves a NaN out, it brings that back.
     *
     * @param squares sums of squares, so never below 0
     */
    public static Float16 notNumbers(Float16 squares) {
        Float16 one = of(1f);
        return Float16.mult(Float16.div(one, Float16.add(one, squares)), of(0f));
    }

    /** Puts the lanes one after the other; in a private array there is no store of a vector. */
    public static void put(float[] numbers, int at, Float16 value) {
        numbers[at + 0] = value.getS0();
        numbers[at + 1] = value.getS1();
        numbers[at + 2] = value.getS2();
        numbers[at + 3] = value.getS3();
        numbers[at + 4] = value.getS4();
        numbers[at + 5] = value.getS5();
        numbers[at + 6] = value.getS6();
        numbers[at + 7] = value.getS7();
        numbers[at + 8] = value.getS8();
        numbers[at + 9] = value.getS9();
        numbers[at + 10] = value.getS10();
        numbers[at + 11] = value.getS11();
        numbers[at + 12] = value.getS12();
        numbers[at + 13] = value.getS13();
        numbers[at + 14] = value.getS14();
        numbers[at + 15] = value.getS15();
    }
}
