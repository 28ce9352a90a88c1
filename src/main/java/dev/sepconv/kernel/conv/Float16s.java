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
        if (activation != 0 && activation < Activations.HARD_SIGMOID) {
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
        } else if (activation == Activations.HARD_SIGMOID) {
            result = below(6f, above(value + 3f)) * (1f / 6f);
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
     * The activations of each lane that {@link #activate} leaves out. Kernels store a tile's sums
     * first and take it in a loop over them, so that it is in their code once.
     */
    public static Float16 late(Float16 value, int activation) {
        Float16 result = value;
        if (activation == Activations.HARD_SIGMOID) {
            result = hardSigmoid(value);
        } else {
            result = gated(value, activation);
        }
        return result;
    }

    private static Float16 hardSigmoid(Float16 value) {
        Float16 shifted = Float16.add(value, of(3f));
        Float16 kept = new Float16();
        for (int lane = 0; lane < 16; lane++) {
            kept.set(lane, Math.min(6f, Math.max(0f, shifted.get(lane))));
        }
        return Float16.mult(kept, of(1f / 6f));
    }

    /**
     * The sigmoid or SiLU of each lane.
     *
     * @param activation {@link Activations#SIGMOID} or {@link Activations#SILU}
     */
    public static Float16 gated(Float16 x, int activation) {
        Float16 gate = gate(x);
        return activation == Activations.SILU
                ? Float16.mult(x, gate)
                : Float16.add(gate, notNumbers(Float16.mult(x, x)));
    }

    /**
     * The sigmoid of each lane; of a NaN any number on devices whose maximum leaves NaNs out.
     * TornadoVM has no exponential of a vector, and its exponentials of 16 numbers take a driver
     * three times as long as this one of sums and products of vectors: {@code e^x} is
     * {@code 2^k * e^(2 * r)} with a whole {@code k} and a small {@code r}. As TornadoVM knows no
     * bits of a float, {@code 2^(k + 64)} is made of ones shifted in an int, and the sigmoid is
     * {@code p / (p + 2^64)} where {@code p = 2^(k + 64) * e^(2 * r)}.
     */
    private static Float16 gate(Float16 x) {
        // Halves, so that maxima are of a result: of numbers as they are read PoCL would read each.
        Float16 near = Float16.min(of(21f), Float16.max(of(-21f), Float16.mult(x, of(0.5f))));
        Float16 z = Float16.add(Float16.mult(near, of(2.88539f)), of(64.5f));
        Float16 k = Float16.add(wholes(z), of(-64f));
        // ln(2) / 2 in two parts, the first of few bits, so that its products are exact
        Float16 r = Float16.add(near, Float16.mult(k, of(-0.34657288f)));
        r = Float16.add(r, Float16.mult(k, of(-7.143034e-7f)));
        Float16 e = Float16.add(of(0.26780803f), Float16.mult(r, of(0.08840968f)));
        e = Float16.add(of(0.66669464f), Float16.mult(r, e));
        e = Float16.add(of(1.3333215f), Float16.mult(r, e));
        e = Float16.add(of(1.9999998f), Float16.mult(r, e));
        e = Float16.add(of(2f), Float16.mult(r, e));
        e = Float16.add(of(1f), Float16.mult(r, e));
        Float16 root = powersOfFourth(z);
        Float16 square = Float16.mult(root, root);
        Float16 power = Float16.mult(Float16.mult(square, square), powersOfRest(z));
        Float16 scaled = Float16.mult(power, e);
        Float16 gate = Float16.div(scaled, Float16.add(scaled, of(0x1p64f)));
        // what is left at -42 must not be: of minus infinity this is 0, and SiLU then a NaN
        return Float16.max(of(0f), Float16.add(gate, of(-6e-19f)));
    }

    private static float whole(float z) {
        return (int) z;
    }

    /** {@code 2^(z / 4)}, z from 0 to 127. */
    private static float powerOfFourth(float z) {
        return 1 << ((int) z >> 2);
    }

    private static float powerOfRest(float z) {
        return 1 << ((int) z & 3);
    }

    // Side by side in a vector drivers take lanes together.

    private static Float16 wholes(Float16 z) {
        return new Float16(whole(z.getS0()), whole(z.getS1()), whole(z.getS2()), whole(z.getS3()),
                whole(z.getS4()), whole(z.getS5()), whole(z.getS6()), whole(z.getS7()),
                whole(z.getS8()), whole(z.getS9()), whole(z.getS10()), whole(z.getS11()),
                whole(z.getS12()), whole(z.getS13()), whole(z.getS14()), whole(z.getS15()));
    }

    private static Float16 powersOfFourth(Float16 z) {
        return new Float16(powerOfFourth(z.getS0()), powerOfFourth(z.getS1()),
                powerOfFourth(z.getS2()), powerOfFourth(z.getS3()), powerOfFourth(z.getS4()),
                powerOfFourth(z.getS5()), powerOfFourth(z.getS6()), powerOfFourth(z.getS7()),
                powerOfFourth(z.getS8()), powerOfFourth(z.getS9()), powerOfFourth(z.getS10()),
                powerOfFourth(z.getS11()), powerOfFourth(z.getS12()), powerOfFourth(z.getS13()),
                powerOfFourth(z.getS14()), powerOfFourth(z.getS15()));
    }

    private static Float16 powersOfRest(Float16 z) {
        return new Float16(powerOfRest(z.getS0()), powerOfRest(z.getS1()), powerOfRest(z.getS2()),
                powerOfRest(z.getS3()), powerOfRest(z.getS4()), powerOfRest(z.getS5()),
                powerOfRest(z.getS6()), powerOfRest(z.getS7()), powerOfRest(z.getS8()),
                powerOfRest(z.getS9()), powerOfRest(z.getS10()), powerOfRest(z.getS11()),
                powerOfRest(z.getS12()), powerOfRest(z.getS13()), powerOfRest(z.getS14()),
                powerOfRest(z.getS15()));
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
