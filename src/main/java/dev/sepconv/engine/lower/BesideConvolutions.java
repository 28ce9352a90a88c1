package dev.sepconv.engine.lower;

import dev.sepconv.Activation;
import dev.sepconv.Activation.Kind;
import dev.sepconv.Dims;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sums and products that kernels of the convolutions before or after them take: a residual block's
 * sum with the array that went around its last convolution, and the channels of a picture times the
 * gates of a squeeze and excitation.
 */
final class BesideConvolutions {

    private final NetworkArrays arrays;
    /** Outputs of convolutions that have been added to another array. */
    private final Set<String> sums = new HashSet<>();
    /** Sums, and activations of them, that the convolution before has made. */
    private final Set<String> made = new HashSet<>();
    /** Gates of products that the convolution after them is to make. */
    private final Map<String, String> gates = new HashMap<>();

    BesideConvolutions(NetworkArrays arrays) {
        this.arrays = arrays;
    }

    /**
     * What is added to a convolution's output.
     *
     * @param name the sum's
     * @param other the name of the other array
     * @param activation what is done with the sum at once
     * @param activated the activation's name; the sum's where there is none
     */
    record Sum(String name, String other, Activation activation, String activated) {
    }

    /**
     * The sum that alone reads the output of the node that is being lowered, if the other array is
     * there as pixels of vectors.
     *
     * @param activates whether an activation that alone reads the sum may be done with it
     */
    Optional<Sum> sum(boolean activates) {
        String output = arrays.node().output();
        Optional<Node> reader = onlyReader(output);
        if (reader.isEmpty() || !(reader.get().op() instanceof Op.Binary op)
                || op.kind() != Op.Binary.Kind.ADD) {
            return Optional.empty();
        }
        List<String> operands = reader.get().inputs();
        String other = operands.get(operands.get(0).equals(output) ? 1 : 0);
        if (other.equals(output) || arrays.value(other) == null || arrays.isConstant(other)
                || !arrays.arePixels(other) || !arrays.dims(other).equals(arrays.dims(output))) {
            return Optional.empty();
        }
        String sum = reader.get().output();
        Activation activation = activates ? activation(sum) : Activation.NONE;
        return Optional.of(new Sum(sum, other, activation,
                activation.equals(Activation.NONE) ? sum : onlyReader(sum).get().output()));
    }

    /** Notes that a kernel makes the sum, with its activation. */
    void make(Sum sum) {
        sums.add(arrays.node().output());
        made.add(sum.name());
        made.add(sum.activated());
    }

    /** Whether an array is a convolution's output that has been added to another one. */
    boolean isSum(String name) {
        return sums.contains(name);
    }

    /** Whether the convolution before has made the node that is being lowered. */
    boolean isMade() {
        return made.contains(arrays.node().output());
    }

    /**
     * The activation that alone reads an array and that costs nothing more where that is made.
     */
    Activation activation(String name) {
        Activation next = onlyReader(name)
                .flatMap(reader -> reader.op() instanceof Op.Elementwise op
                        ? op.activation()
                        : Optional.empty())
                .orElse(Activation.NONE);
        return next.kind() == Kind.RELU || next.kind() == Kind.RELU6 ? next : Activation.NONE;
    }

    /**
     * Leaves the product of the node that is being lowered to the convolution that alone reads it,
     * if one operand is a picture and the other a number from 0 to 1 for each of its channels.
     */
    boolean leavesProduct(String a, String b) {
        Optional<Node> reader = onlyReader(arrays.node().output());
        boolean inOrder = isGated(a, b);
        boolean isLeft = reader.isPresent() && reader.get().op() instanceof Op.Convolve op
                && op.layer().stages().getFirst().groups() == 1 && (inOrder || isGated(b, a));
        if (isLeft) {
            gates.put(arrays.node().output(), inOrder ? b : a);
            arrays.output(arrays.value(inOrder ? a : b));
        }
        return isLeft;
    }

    private boolean isGated(String picture, String gate) {
        Dims of = arrays.dims(picture);
        Dims values = arrays.dims(gate);
        return !arrays.isConstant(picture) && !arrays.isConstant(gate) && arrays.arePixels(picture)
                && arrays.arePixels(gate) && of.rank() == 4 && of.get(0) == 1
                && of.get(2) * of.get(3) > 1 && values.equals(Dims.of(1, of.get(1), 1, 1))
                && arrays.maker(gate).filter(BesideConvolutions::isFromZeroToOne).isPresent();
    }

    /** So that products with the weights instead of the picture's numbers aren't infinite. */
    private static boolean isFromZeroToOne(Node maker) {
        return switch (maker.op()) {
            case Op.Convolve op -> isGate(op.layer().stages().getLast().activation());
            case Op.Elementwise op -> op.function() == Op.Elementwise.Function.SIGMOID
                    || op.function() == Op.Elementwise.Function.HARD_SIGMOID;
            default -> false;
        };
    }

    private static boolean isGate(Activation activation) {
        return activation.kind() == Kind.SIGMOID || activation.kind() == Kind.HARD_SIGMOID;
    }

    /** The gate that an input of the node that is being lowered is still to be times of. */
    Optional<String> gate(String input) {
        return Optional.ofNullable(gates.get(input));
    }

    private Optional<Node> onlyReader(String name) {
        List<Node> readers = arrays.readers(name);
        return readers.size() == 1 && !arrays.isOutput(name)
                ? Optional.of(readers.getFirst())
                : Optional.empty();
    }
}
