package dev.sepconv.engine.lower;

import dev.sepconv.Activation;
import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.Pixels;
import dev.sepconv.kernel.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Operations on each number, or on pairs of numbers of two arrays, as calls. */
final class ElementwiseLowering {

    private final NetworkArrays arrays;
    private final BesideConvolutions beside;
    /** Results that have been through the activation that alone reads them. */
    private final Set<String> activated = new HashSet<>();

    ElementwiseLowering(NetworkArrays arrays, BesideConvolutions beside) {
        this.arrays = arrays;
        this.beside = beside;
    }

    void scaleShift(Op.ScaleShift op, String input) {
        int[] sizes = arrays.outDims().toArray();
        Activation activation = arrays.arePixels(input) ? activation() : Activation.NONE;
        arrays.step(input, channels(2),
                (from, made) -> OperationCall.scaleShift(from, made, op.scale(), op.shift(),
                        KernelCodes.of(activation), activation.slope()),
                (from, made) -> OperationCall.scaleShift(from, made, sizes, op.scale(),
                        op.shift()));
    }

    /**
     * The activation that alone reads the node's output and that costs nothing more where it is
     * made.
     */
    private Activation activation() {
        String output = arrays.node().output();
        Activation next = beside.activation(output);
        if (!next.equals(Activation.NONE)) {
            activated.add(output);
        }
        return next;
    }

    void function(Op.Elementwise op, String input) {
        if (activated.contains(input) || beside.isMade()) {
            arrays.output(arrays.value(input));
            return;
        }
        int[] sizes = arrays.outDims().toArray();
        int function = KernelCodes.of(op.function());
        arrays.step(input, List.of(NetworkArrays.TABLE),
                (from, made) -> OperationCall.function(from, made, function, op.a(), op.b()),
                (from, made) -> OperationCall.function(from, made, sizes, function, op.a(),
                        op.b()));
    }

    void prelu(Op.PRelu op, String input) {
        int[] sizes = arrays.outDims().toArray();
        arrays.step(input, channels(1),
                (from, made) -> OperationCall.prelu(from, made, op.slopes()),
                (from, made) -> OperationCall.prelu(from, made, sizes, op.slopes()));
    }

    /** Elements of so many constants of a number a channel. */
    private List<Long> channels(int constants) {
        return List.of(constants * (long) Pixels.wholeVectors(arrays.outDims().get(1)),
                NetworkArrays.TABLE);
    }

    void binary(Op.Binary op, String a, String b) {
        if (beside.isMade()) {
            arrays.output(arrays.value(beside.isSum(a) ? a : b));
            return;
        }
        if (op.kind() == Op.Binary.Kind.MUL && beside.leavesProduct(a, b)) {
            return;
        }
        Dims out = arrays.outDims();
        int kind = KernelCodes.of(op.kind());
        boolean inVectors = switch (op.kind()) {
            case ADD, SUB, MUL, DIV -> true;
            case MAX, MIN, MASK, EQUAL, GREATER, GREATER_OR_EQUAL -> false;
        };
        if (inVectors && (arrays.arePixels(a) || arrays.arePixels(b)) && canBePixels(a, out)
                && canBePixels(b, out)) {
            NetworkArray first = operand(a, out);
            NetworkArray second = operand(b, out);
            NetworkArray made = arrays.pixelsOutput();
            Activation activation = activation();
            arrays.step(made, List.of(first, second),
                    () -> OperationCall.binary(first.pixels(), second.pixels(), made.pixels(), kind,
                            KernelCodes.of(activation), activation.slope()));
        } else {
            NetworkArray first = arrays.plain(a);
            NetworkArray second = arrays.plain(b);
            NetworkArray made = arrays.plainOutput();
            arrays.step(made, List.of(first, second),
                    () -> OperationCall.binary(first.storage(), repeated(arrays.dims(a), out),
                            second.storage(), repeated(arrays.dims(b), out), made.storage(),
                            out.toArray(), kind));
        }
    }

    /**
     * Vector kernels repeat along anything but channels; a constant is repeated along these
     * beforehand.
     */
    private boolean canBePixels(String name, Dims out) {
        if (arrays.isConstant(name)) {
            return out.rank() == 2 || out.rank() == 4;
        }
        Dims dims = arrays.dims(name);
        return dims.rank() == out.rank() && (out.rank() == 2 || out.rank() == 4)
                && dims.get(1) == out.get(1);
    }

    private NetworkArray operand(String name, Dims out) {
        float[] constant = arrays.value(name).constant;
        if (constant == null) {
            return arrays.partOrPixels(name);
        }
        int[] strides = repeated(arrays.dims(name), out);
        int[] sizes = out.toArray();
        for (int d = 0; d < sizes.length; d++) {
            sizes[d] = d != 1 && strides[d] == 0 ? 1 : sizes[d];
        }
        NetworkArray made = NetworkArrays.newPixels(Dims.of(sizes));
        float[] packed = new float[made.floats()];
        int height = made.height();
        int width = made.width();
        for (int n = 0; n < sizes[0]; n++) {
            for (int h = 0; h < height; h++) {
                for (int w = 0; w < width; w++) {
                    for (int c = 0; c < sizes[1]; c++) {
                        int at = n * strides[0] + c * strides[1]
                                + (sizes.length == 4 ? h * strides[2] + w * strides[3] : 0);
                        packed[((n * height + h) * width + w) * made.pixelFloats()
                                + c] = constant[at];
                    }
                }
            }
        }
        made.bind(Storage.vectorsOf(packed));
        arrays.hold(made.storage());
        return made;
    }

    /** An array's strides along the dimensions of one that it is repeated to. */
    static int[] repeated(Dims dims, Dims out) {
        int[] strides = new int[out.rank()];
        int[] own = dims.strides();
        for (int i = 0; i < dims.rank(); i++) {
            strides[out.rank() - dims.rank() + i] = dims.get(i) == 1 ? 0 : own[i];
        }
        return strides;
    }
}
