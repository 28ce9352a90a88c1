package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Activation;
import dev.sepconv.Op.Binary;
import dev.sepconv.Op.Elementwise;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * What a {@link MapStep} can do with a row. Where the numbers lie side by side it is done a vector
 * at a time. All comparisons are false for NaN, so that a NaN stays one.
 */
final class Rows {

    /** Numbers that stay in the first-level cache between a row and its activation. */
    private static final int PIECE = 2048;

    private Rows() {
    }

    static MapStep.Row copy() {
        return (in, inAt, inStep, secondAt, secondStep, out, outAt, outStep, count) -> {
            if (inStep == 1 && outStep == 1) {
                System.arraycopy(in, inAt, out, outAt, count);
            } else if (inStep == 0 && outStep == 1) {
                Arrays.fill(out, outAt, outAt + count, in[inAt]);
            } else {
                for (int i = 0; i < count; i++) {
                    out[outAt + i * outStep] = in[inAt + i * inStep];
                }
            }
        };
    }

    static MapStep.Row elementwise(Elementwise op) {
        return op.activation().map(Rows::activation).orElseGet(() -> function(op));
    }

    /** What convolutions do too. */
    private static MapStep.Row activation(Activation activation) {
        return activated(copy(), activation);
    }

    /** A row, and then its results in place with the loops that convolutions have. */
    static MapStep.Row activated(MapStep.Row row, Activation activation) {
        Epilogue epilogue = new Epilogue(activation);
        return (in, inAt, inStep, secondAt, secondStep, out, outAt, outStep, count) -> {
            for (int done = 0; done < count; done += PIECE) {
                int piece = Math.min(PIECE, count - done);
                int to = outAt + done * outStep;
                row.run(in, inAt + done * inStep, inStep, secondAt + done * secondStep, secondStep,
                        out, to, outStep, piece);
                epilogue.apply(out, to, outStep, piece);
            }
        };
    }

    private static MapStep.Row function(Elementwise op) {
        return (in, inAt, inStep, secondAt, secondStep, out, outAt, outStep, count) -> {
            int done = 0;
            if (inStep == 1 && outStep == 1) {
                done = count - count % LANES;
                Functions.apply(op, in, inAt, out, outAt, done);
            }
            for (int i = done; i < count; i++) {
                out[outAt + i * outStep] = Functions.apply(op, in[inAt + i * inStep]);
            }
        };
    }

    /**
     * @param second the array that is read beside the input
     * @param swapped whether the input is the operation's second operand
     */
    static MapStep.Row binary(Binary.Kind kind, Buffer second, boolean swapped) {
        return (in, inAt, inStep, secondAt, secondStep, out, outAt, outStep, count) -> {
            float[] other = second.floats();
            int done = 0;
            if (inStep == 1 && outStep == 1 && secondStep == 1 && kind == Binary.Kind.ADD) {
                done = sums(in, inAt, other, secondAt, out, outAt, count);
            } else if (inStep == 1 && outStep == 1 && secondStep == 1 && kind == Binary.Kind.MUL) {
                done = products(in, inAt, other, secondAt, out, outAt, count);
            } else if (inStep == 1 && outStep == 1 && (secondStep == 1 || secondStep == 0)) {
                done = count - count % LANES;
                FloatVector same = FloatVector.broadcast(SPECIES, other[secondAt]);
                for (int i = 0; i < done; i += LANES) {
                    FloatVector a = FloatVector.fromArray(SPECIES, in, inAt + i);
                    FloatVector b = secondStep == 0
                            ? same
                            : FloatVector.fromArray(SPECIES, other, secondAt + i);
                    (swapped ? binary(kind, b, a) : binary(kind, a, b)).intoArray(out, outAt + i);
                }
            }
            for (int i = done; i < count; i++) {
                float a = in[inAt + i * inStep];
                float b = other[secondAt + i * secondStep];
                out[outAt + i * outStep] = swapped ? binary(kind, b, a) : binary(kind, a, b);
            }
        };
    }

    /**
     * Whole vectors; how many numbers these were. Networks have many sums and products, and in a
     * loop with all kinds the compiler has made an object of each vector in one of some processes.
     */
    private static int sums(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt,
            int count) {
        int done = count - count % LANES;
        for (int i = 0; i < done; i += LANES) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .add(FloatVector.fromArray(SPECIES, b, bAt + i)).intoArray(out, outAt + i);
        }
        return done;
    }

    private static int products(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt,
            int count) {
        int done = count - count % LANES;
        for (int i = 0; i < done; i += LANES) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .mul(FloatVector.fromArray(SPECIES, b, bAt + i)).intoArray(out, outAt + i);
        }
        return done;
    }

    /** {@code x * scale + shift}; the second view runs over both arrays' channels. */
    static MapStep.Row scaleShift(float[] scale, float[] shift) {
        return (in, inAt, inStep, secondAt, secondStep, out, outAt, outStep, count) -> {
            int done = 0;
            if (inStep == 1 && outStep == 1 && secondStep == 1) {
                done = count - count % LANES;
                for (int i = 0; i < done; i += LANES) {
                    FloatVector.fromArray(SPECIES, in, inAt + i)
                            .fma(FloatVector.fromArray(SPECIES, scale, secondAt + i),
                                    FloatVector.fromArray(SPECIES, shift, secondAt + i))
                            .intoArray(out, outAt + i);
                }
            }
            for (int i = done; i < count; i++) {
                int c = secondAt + i * secondStep;
                out[outAt + i * outStep] = Math.fma(in[inAt + i * inStep], scale[c], shift[c]);
            }
        };
    }

    /** {@code x} or {@code x * slope}; the second view runs over the slopes' channels. */
    static MapStep.Row prelu(float[] slopes) {
        return (in, inAt, inStep, secondAt, secondStep, out, outAt, outStep, count) -> {
            int done = 0;
            if (inStep == 1 && outStep == 1 && secondStep == 1) {
                done = count - count % LANES;
                for (int i = 0; i < done; i += LANES) {
                    FloatVector x = FloatVector.fromArray(SPECIES, in, inAt + i);
                    FloatVector slope = FloatVector.fromArray(SPECIES, slopes, secondAt + i);
                    x.blend(x.mul(slope), x.compare(VectorOperators.LT, 0f)).intoArray(out,
                            outAt + i);
                }
            }
            for (int i = done; i < count; i++) {
                float x = in[inAt + i * inStep];
                out[outAt + i * outStep] = x < 0 ? x * slopes[secondAt + i * secondStep] : x;
            }
        };
    }

    private static FloatVector binary(Binary.Kind kind, FloatVector a, FloatVector b) {
        return switch (kind) {
            case ADD -> a.add(b);
            case SUB -> a.sub(b);
            case MUL -> a.mul(b);
            case DIV -> a.div(b);
            case MAX -> a.max(b);
            case MIN -> a.min(b);
            case MASK -> a.blend(0f, b.compare(VectorOperators.EQ, 0f));
            case EQUAL -> bits(a.compare(VectorOperators.EQ, b));
            case GREATER -> bits(a.compare(VectorOperators.GT, b));
            case GREATER_OR_EQUAL -> bits(a.compare(VectorOperators.GE, b));
        };
    }

    private static float binary(Binary.Kind kind, float a, float b) {
        return switch (kind) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case MASK -> b == 0 ? 0 : a;
            case EQUAL -> a == b ? 1 : 0;
            case GREATER -> a > b ? 1 : 0;
            case GREATER_OR_EQUAL -> a >= b ? 1 : 0;
        };
    }

    private static FloatVector bits(VectorMask<Float> where) {
        return FloatVector.zero(SPECIES).blend(1f, where);
    }
}
