package dev.sepconv.engine.lower;

import dev.sepconv.Activation;
import dev.sepconv.Op;
import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.op.ElementFunctions;
import dev.sepconv.kernel.op.Pad;
import dev.sepconv.kernel.op.Pool;
import dev.sepconv.kernel.op.Reduce;

/**
 * The numbers by which kernels know functions: they take numbers alone, and know nothing of ours.
 */
final class KernelCodes {

    private KernelCodes() {
    }

    static int of(Activation activation) {
        return switch (activation.kind()) {
            case NONE -> 0;
            case RELU -> Activations.RELU;
            case RELU6 -> Activations.RELU6;
            case LEAKY_RELU -> Activations.LEAKY_RELU;
            case HARD_SWISH -> Activations.HARD_SWISH;
            case SIGMOID -> Activations.SIGMOID;
            case SILU -> Activations.SILU;
            case GELU -> Activations.GELU;
            case GELU_TANH -> Activations.GELU_TANH;
            case TANH -> Activations.TANH;
            case HARD_SIGMOID -> Activations.HARD_SIGMOID;
            case MISH -> Activations.MISH;
        };
    }

    static int of(Op.Elementwise.Function function) {
        return switch (function) {
            case RELU -> ElementFunctions.RELU;
            case CLIP -> ElementFunctions.CLIP;
            case LEAKY_RELU -> ElementFunctions.LEAKY_RELU;
            case SIGMOID -> ElementFunctions.SIGMOID;
            case HARD_SIGMOID -> ElementFunctions.HARD_SIGMOID;
            case HARD_SWISH -> ElementFunctions.HARD_SWISH;
            case TANH -> ElementFunctions.TANH;
            case EXP -> ElementFunctions.EXP;
            case SQRT -> ElementFunctions.SQRT;
            case ABS -> ElementFunctions.ABS;
            case NEGATE -> ElementFunctions.NEGATE;
            case FLOOR -> ElementFunctions.FLOOR;
            case CEIL -> ElementFunctions.CEIL;
            case ROUND -> ElementFunctions.ROUND;
            case SIGN -> ElementFunctions.SIGN;
            case RECIPROCAL -> ElementFunctions.RECIPROCAL;
            case LOG -> ElementFunctions.LOG;
            case SIN -> ElementFunctions.SIN;
            case COS -> ElementFunctions.COS;
            case ATAN -> ElementFunctions.ATAN;
            case POWER -> ElementFunctions.POWER;
            case ELU -> ElementFunctions.ELU;
            case CELU -> ElementFunctions.CELU;
            case SOFTPLUS -> ElementFunctions.SOFTPLUS;
            case SOFTSIGN -> ElementFunctions.SOFTSIGN;
            case MISH -> ElementFunctions.MISH;
            case ERF -> ElementFunctions.ERF;
            case GELU -> ElementFunctions.GELU;
            case GELU_TANH -> ElementFunctions.GELU_TANH;
            case SILU -> ElementFunctions.SILU;
            case THRESHOLDED_RELU -> ElementFunctions.THRESHOLDED_RELU;
            case QUANTIZE -> ElementFunctions.QUANTIZE;
            case DEQUANTIZE -> ElementFunctions.DEQUANTIZE;
        };
    }

    static int of(Op.Binary.Kind kind) {
        return switch (kind) {
            case ADD -> ElementFunctions.ADD;
            case SUB -> ElementFunctions.SUB;
            case MUL -> ElementFunctions.MUL;
            case DIV -> ElementFunctions.DIV;
            case MAX -> ElementFunctions.MAX;
            case MIN -> ElementFunctions.MIN;
            case MASK -> ElementFunctions.MASK;
            case EQUAL -> ElementFunctions.EQUAL;
            case GREATER -> ElementFunctions.GREATER;
            case GREATER_OR_EQUAL -> ElementFunctions.GREATER_OR_EQUAL;
        };
    }

    static int of(Op.Reduce.Kind kind) {
        return switch (kind) {
            case MEAN -> Reduce.MEAN;
            case MAX -> Reduce.MAX;
            case SUM -> Reduce.SUM;
        };
    }

    static int of(Op.Pad.Mode mode) {
        return switch (mode) {
            case CONSTANT -> Pad.CONSTANT;
            case EDGE -> Pad.EDGE;
            case REFLECT -> Pad.REFLECT;
        };
    }

    static int of(Op.Pool.Kind kind) {
        return switch (kind) {
            case MAX -> Pool.MAX;
            case AVERAGE -> Pool.AVERAGE;
        };
    }
}
