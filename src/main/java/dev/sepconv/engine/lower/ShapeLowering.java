package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import dev.sepconv.graph.ChannelShuffles;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.OperationCall.Between;
import dev.sepconv.kernel.Pixels;
import dev.sepconv.kernel.conv.Kernel.Order;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Operations that move numbers to other places, as calls. */
final class ShapeLowering {

    private static final List<Integer> TO_NCHW = List.of(0, 3, 1, 2);

    private final NetworkArrays arrays;
    private final ShuffleLowering shuffles;
    private final boolean onCpu;

    /** @param onCpu whether a work-item should copy many numbers */
    ShapeLowering(NetworkArrays arrays, ChannelShuffles shuffles, boolean onCpu) {
        this.onCpu = onCpu;
        this.arrays = arrays;
        this.shuffles = new ShuffleLowering(arrays, shuffles);
    }

    void concat(Op.Concat op, List<String> inputs) {
        if (shuffles.isLeftApart(inputs)) {
            return;
        }
        Dims out = arrays.outDims();
        long asPixels = inputs.stream().filter(arrays::arePixels)
                .mapToLong(name -> arrays.dims(name).elements()).sum();
        boolean onPixels = out.rank() == 4 && 2 * asPixels > out.elements();
        NetworkArray made = onPixels ? arrays.pixelsOutput() : arrays.plainOutput();
        int offset = 0;
        for (String input : inputs) {
            int[] at = new int[out.rank()];
            at[op.dimension()] = offset;
            if (onPixels) {
                NetworkArray from = arrays.partOrPixels(input);
                if (from.owner() != made.owner() || from.first() != made.first() + offset) {
                    put(from, made, at, false);
                }
            } else {
                NetworkArray from = arrays.plain(input);
                int base = offset * out.strides()[op.dimension()];
                copyPlain(from, 0, from.dims().strides(), made, base, out.strides(),
                        from.dims().toArray());
            }
            offset += arrays.dims(input).get(op.dimension());
        }
    }

    /** Copies pixels into larger ones, from a place {@code [n, c, h, w]} on. */
    private void put(NetworkArray from, NetworkArray to, int[] at, boolean exact) {
        int[] strides = to.pictureStrides();
        int base = to.first() + at[0] * strides[0] + at[1] * strides[1] + at[2] * strides[2]
                + at[3] * strides[3];
        copy(from, from.first(), from.pictureStrides(), to, base, strides, from.dims().toArray(),
                exact);
    }

    /**
     * Copies {@code sizes} of pixels; whole vectors where channels begin with one.
     *
     * @param exact whether nothing may be written beyond the channels; else a last vector that
     * isn't full is copied with its padding, and what belongs there must be written later
     */
    private void copy(NetworkArray from, int base, int[] strides, NetworkArray to, int toBase,
            int[] toStrides, int[] sizes, boolean exact) {
        boolean whole = strides[1] == 1 && base % Pixels.LANES == 0 && toBase % Pixels.LANES == 0
                && (!exact || sizes[1] % Pixels.LANES == 0)
                && IntStream.of(0, 2, 3).allMatch(d -> strides[d] % Pixels.LANES == 0);
        int unit = whole ? Pixels.LANES : 1;
        int[] order = {0, 2, 3, 1};
        int[] space = Arrays.stream(order)
                .map(d -> d == 1 ? (sizes[1] + unit - 1) / unit : sizes[d]).toArray();
        int[] read = Arrays.stream(order).map(d -> d == 1 ? strides[1] : strides[d] / unit)
                .toArray();
        int[] written = Arrays.stream(order).map(d -> d == 1 ? 1 : toStrides[d] / unit).toArray();
        arrays.step(to, List.of(from),
                () -> whole
                        ? OperationCall.copyVectors(from.storage(), base / Pixels.LANES, read,
                                to.storage(), toBase / Pixels.LANES, written, space)
                        : OperationCall.copyNumbers(from.storage(), base, read, to.storage(),
                                toBase, written, space));
    }

    void reshape(Op.Reshape op, String input) {
        String output = arrays.node().output();
        Dims from = arrays.dims(input);
        if (shuffles.isInside(output, input)) {
            return;
        }
        if (arrays.value(input) == null) {
            shuffles.end(output);
            return;
        }
        if (arrays.isConstant(input)) {
            arrays.constant(op.dims(), arrays.value(input).constant);
        } else if (arrays.arePixels(input) && areFlat(from) && areFlat(op.dims())
                && from.get(0) == op.dims().get(0) && from.get(1) == op.dims().get(1)) {
            arrays.output(arrays.pixels(input).as(op.dims()));
        } else {
            arrays.output(arrays.plain(input).as(op.dims()));
        }
    }

    /** {@code [N, C]} or {@code [N, C, 1, 1]}. */
    private static boolean areFlat(Dims dims) {
        return dims.rank() == 2 || dims.rank() == 4 && dims.get(2) == 1 && dims.get(3) == 1;
    }

    void transpose(Op.Transpose op, String input) {
        LoweredValue from = arrays.value(input);
        if (from == null) {
            return; // as in reshape
        }
        Dims out = arrays.outDims();
        if (op.order().equals(TO_NCHW) && from.constant == null) {
            LoweredValue made = LoweredValue.of(arrays.plain(input).as(out, Order.NHWC));
            made.outside = from.outside;
            arrays.output(made);
        } else if (op.order().equals(NetworkArrays.TO_NHWC) && from.constant == null
                && !from.arrays.containsKey(Order.NCHW)) {
            NetworkArray pixels = from.arrays.get(Order.NHWC_VECTORS);
            if (pixels != null && pixels.pixelFloats() == out.get(3)
                    && arrays.onlyGoesOut(arrays.node().output())) {
                arrays.outputPixels(pixels);
            } else {
                NetworkArray last = arrays.in(from, Order.NHWC);
                // read as plain numbers: vectors it can't become any more
                last.touch(Math.max(arrays.steps() - 1, 0));
                arrays.output(last.as(out, Order.NCHW));
            }
        } else {
            NetworkArray source = arrays.plain(input);
            NetworkArray made = arrays.plainOutput();
            int[] own = arrays.dims(input).strides();
            int[] read = op.order().stream().mapToInt(d -> own[d]).toArray();
            arrays.step(made, List.of(source), () -> OperationCall.copy(source.storage(), 0, read,
                    made.storage(), 0, made.dims().strides(), made.dims().toArray()));
        }
    }

    void pad(Op.Pad op, String input) {
        Dims in = arrays.dims(input);
        Dims out = arrays.outDims();
        boolean rowsAndColumns = in.rank() == 4 && in.get(0) == out.get(0)
                && in.get(1) == out.get(1);
        if (arrays.arePixels(input) && rowsAndColumns) {
            NetworkArray from = arrays.partOrPixels(input);
            NetworkArray made = arrays.pixelsOutput();
            int[] rows = padded(op, 2, in.get(2), out.get(2));
            int[] columns = padded(op, 3, in.get(3), out.get(3));
            arrays.step(made, List.of(from), () -> OperationCall.resizeNearest(from.pixels(),
                    made.pixels(), rows, columns, op.value()));
        } else if (arrays.arePixels(input) && in.rank() == 4 && op.mode() == Op.Pad.Mode.CONSTANT) {
            NetworkArray from = arrays.partOrPixels(input);
            NetworkArray made = arrays.pixelsOutput();
            int[] rows = new int[out.get(0) * out.get(2)];
            int[] columns = new int[out.get(3)];
            Arrays.fill(rows, -1);
            Arrays.fill(columns, -1);
            arrays.step(made, List.of(from), () -> OperationCall.resizeNearest(from.pixels(),
                    made.pixels(), rows, columns, op.value()));
            put(from, made, op.before().stream().mapToInt(Integer::intValue).toArray(),
                    op.after().get(1) > 0);
        } else {
            NetworkArray from = arrays.plain(input);
            NetworkArray made = arrays.plainOutput();
            arrays.step(made, List.of(from),
                    () -> OperationCall.pad(from.storage(), in.toArray(),
                            op.before().stream().mapToInt(Integer::intValue).toArray(),
                            made.storage(), out.toArray(), KernelCodes.of(op.mode()), op.value()));
        }
    }

    /** For each row (or column) of the output the one of the input, or -1 for a constant. */
    private static int[] padded(Op.Pad op, int dimension, int in, int out) {
        int before = op.before().get(dimension);
        return IntStream.range(0, out).map(i -> {
            int at = i - before;
            return switch (op.mode()) {
                case CONSTANT -> at >= 0 && at < in ? at : -1;
                case EDGE -> Math.clamp(at, 0, in - 1);
                case REFLECT -> at < 0 ? -at : Math.min(at, 2 * (in - 1) - at);
            };
        }).toArray();
    }

    void slice(Op.Slice op, String input) {
        if (shuffles.isHalf(op, input)) {
            return;
        }
        int[] steps = op.steps().stream().mapToInt(Integer::intValue).toArray();
        int[] starts = op.starts().stream().mapToInt(Integer::intValue).toArray();
        boolean onPixels = arrays.arePixels(input) && arrays.dims(input).rank() == 4;
        NetworkArray from = onPixels ? arrays.partOrPixels(input) : arrays.plain(input);
        Optional<Integer> channel = onPixels
                ? ConcatParts.firstChannel(op, arrays.dims(input), arrays.outDims())
                : Optional.empty();
        if (channel.isPresent()) {
            arrays.output(from.part(arrays.outDims(), channel.get()));
            return;
        }
        NetworkArray made = onPixels ? arrays.pixelsOutput() : arrays.plainOutput();
        int[] own = onPixels ? from.pictureStrides() : from.dims().strides();
        int base = from.first() + IntStream.range(0, own.length).map(d -> starts[d] * own[d]).sum();
        int[] read = IntStream.range(0, own.length).map(d -> steps[d] * own[d]).toArray();
        int[] sizes = made.dims().toArray();
        if (onPixels) {
            copy(from, base, read, made, made.first(), made.pictureStrides(), sizes, false);
        } else {
            copyPlain(from, base, read, made, 0, made.dims().strides(), sizes);
        }
    }

    void resize(Op.Resize op, String input) {
        Shape in = arrays.dims(input).toShape();
        Op.Resize.Samples rows = op.rows(in.h());
        Op.Resize.Samples columns = op.columns(in.w());
        boolean onPixels = arrays.arePixels(input);
        NetworkArray from = onPixels ? arrays.partOrPixels(input) : arrays.plain(input);
        NetworkArray made = onPixels ? arrays.pixelsOutput() : arrays.plainOutput();
        int planes = in.n() * in.c();
        if (op.interpolation() == Op.Resize.Interpolation.NEAREST) {
            int[] row = rows.first();
            int[] column = columns.first();
            arrays.step(made, List.of(from),
                    () -> onPixels
                            ? OperationCall.resizeNearest(from.pixels(), made.pixels(), row, column,
                                    0)
                            : OperationCall.resizeNearest(from.storage(), made.storage(), planes,
                                    in.h(), in.w(), row, column));
        } else {
            Between row = new Between(rows.first(), rows.second(), rows.weight());
            Between column = new Between(columns.first(), columns.second(), columns.weight());
            arrays.step(made, List.of(from),
                    () -> onPixels
                            ? OperationCall.resizeLinear(from.pixels(), made.pixels(), row, column)
                            : OperationCall.resizeLinear(from.storage(), made.storage(), planes,
                                    in.h(), in.w(), row, column));
        }
    }

    /** Between arrays that are no pixels. */
    private void copyPlain(NetworkArray from, int base, int[] read, NetworkArray made, int first,
            int[] written, int[] sizes) {
        arrays.step(made, List.of(from),
                () -> onCpu
                        ? OperationCall.copyRuns(from.storage(), base, read, made.storage(), first,
                                written, sizes)
                        : OperationCall.copy(from.storage(), base, read, made.storage(), first,
                                written, sizes));
    }
}
