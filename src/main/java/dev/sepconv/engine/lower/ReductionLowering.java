package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.OperationCall.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Operations whose results depend on many numbers each, but have no weights, as calls. */
final class ReductionLowering {

    private final NetworkArrays arrays;
    private final boolean groups;

    /** @param groups whether kernels share local memory in work-groups */
    ReductionLowering(NetworkArrays arrays, boolean groups) {
        this.arrays = arrays;
        this.groups = groups;
    }

    void pool(Op.Pool op, String input) {
        Shape in = arrays.dims(input).toShape();
        Shape out = arrays.outDims().toShape();
        Padding.Explicit pad = op.padding();
        boolean padded = op.countPadding();
        Window window = new Window(in.h(), in.w(), out.h(), out.w(), op.kernelHeight(),
                op.kernelWidth(), op.strideHeight(), op.strideWidth(), op.dilationHeight(),
                op.dilationWidth(), pad.top(), pad.left(), padded ? -pad.top() : 0,
                padded ? in.h() + pad.bottom() : in.h(), padded ? -pad.left() : 0,
                padded ? in.w() + pad.right() : in.w());
        int kind = KernelCodes.of(op.kind());
        arrays.step(input, List.of(NetworkArrays.TABLE),
                (from, made) -> OperationCall.pool(from, made, window, kind),
                (from, made) -> OperationCall.pool(from, made, in.n() * in.c(), window, kind));
    }

    void reduce(Op.Reduce op, String input) {
        int kind = KernelCodes.of(op.kind());
        Dims in = arrays.dims(input);
        if (arrays.arePixels(input) && in.rank() == 4 && op.dimensions().equals(List.of(2, 3))) {
            NetworkArray from = arrays.partOrPixels(input);
            NetworkArray made = NetworkArrays.newPixels(arrays.outDims());
            arrays.output(LoweredValue.of(made));
            arrays.step(made, List.of(from),
                    () -> OperationCall.reduce(from.pixels(), made.pixels(), kind));
            return;
        }
        // Neighbouring dimensions at once, the last ones first: means of means of equally many are
        // means.
        NetworkArray array = arrays.plain(input);
        int[] sizes = in.toArray();
        int end = sizes.length;
        List<Integer> left = new ArrayList<>(op.dimensions());
        while (!left.isEmpty()) {
            int last = left.removeLast();
            int first = last;
            while (!left.isEmpty() && left.getLast() == first - 1) {
                first = left.removeLast();
            }
            Dims now = Dims.of(sizes);
            int outer = now.product(0, first);
            int length = now.product(first, last + 1);
            int inner = now.product(last + 1, end);
            NetworkArray from = array;
            NetworkArray made = left.isEmpty()
                    ? arrays.plainOutput()
                    : NetworkArray.plain(Dims.of(outer * inner));
            arrays.step(made, List.of(from), () -> OperationCall.reduce(from.storage(),
                    made.storage(), outer, length, inner, kind, groups));
            Arrays.fill(sizes, first, last + 1, 1);
            array = made;
        }
    }

    void matrixProduct(String a, String b) {
        Dims out = arrays.outDims();
        int rank = out.rank();
        NetworkArray first = arrays.plain(a);
        NetworkArray second = arrays.plain(b);
        NetworkArray made = arrays.plainOutput();
        int rows = out.get(rank - 2);
        int columns = out.get(rank - 1);
        int length = arrays.dims(a).get(arrays.dims(a).rank() - 1);
        int[] aStarts = matrixStarts(arrays.dims(a), out);
        int[] bStarts = matrixStarts(arrays.dims(b), out);
        arrays.step(made, List.of(first, second), () -> OperationCall.matrixProduct(first.storage(),
                aStarts, second.storage(), bStarts, made.storage(), rows, length, columns));
    }

    /** Where, for each matrix of the output, the matrix begins that an input has for it. */
    private static int[] matrixStarts(Dims dims, Dims out) {
        int batch = out.rank() - 2;
        int[] strides = ElementwiseLowering.repeated(dims, new Dims(out.sizes()));
        int[] starts = new int[out.product(0, batch)];
        for (int i = 0; i < starts.length; i++) {
            for (int d = batch - 1, rest = i; d >= 0; rest /= out.get(d), d--) {
                starts[i] += rest % out.get(d) * strides[d];
            }
        }
        return starts;
    }

    void normalize(Op.Normalize op, String input) {
        Dims in = arrays.dims(input);
        NetworkArray from = arrays.plain(input);
        NetworkArray made = arrays.plainOutput();
        int length = in.product(op.dimension(), in.rank());
        arrays.step(made, List.of(from), () -> OperationCall.normalize(from.storage(),
                made.storage(), in.elements() / length, length, op.centered(), op.epsilon()));
    }

    void softmax(Op.Softmax op, String input) {
        Dims in = arrays.dims(input);
        NetworkArray from = arrays.plain(input);
        NetworkArray made = arrays.plainOutput();
        arrays.step(made, List.of(from),
                () -> OperationCall.softmax(from.storage(), made.storage(),
                        in.product(0, op.dimension()), in.get(op.dimension()),
                        in.product(op.dimension() + 1, in.rank()), groups));
    }

    void topK(Op.TopK op, String input) {
        Dims in = arrays.dims(input);
        NetworkArray from = arrays.plain(input);
        NetworkArray made = arrays.plainOutput();
        arrays.step(made, List.of(from), () -> OperationCall.topK(from.storage(), made.storage(),
                in.product(0, op.dimension()), in.get(op.dimension()),
                in.product(op.dimension() + 1, in.rank()), op.count(), op.largest(), op.indices()));
    }
}
