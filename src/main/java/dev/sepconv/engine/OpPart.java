package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layer;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.graph.Stages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * An operation that computes a part of what another one does: some images (axis 0), channels (axis
 * 1) or rows (axis 2), or wherever else a transposition moved them.
 *
 * @param needs what it reads of each input
 * @param op made when it is asked for, as it may copy weights
 */
record OpPart(List<Need> needs, Supplier<Op> op) {

    static final int BATCH = 0;
    static final int CHANNELS = 1;
    static final int ROWS = 2;

    /**
     * What is read of an array.
     *
     * @param axis along which dimension of that array, which may have fewer dimensions than the
     * result
     * @param interval null for all of it
     */
    record Need(int axis, Interval interval) {
    }

    private static final Need ALL = new Need(0, null);

    /**
     * The part of an operation that makes {@code interval} of its result along {@code axis}.
     *
     * @return nothing if what it makes there can't be computed apart: it reads across
     */
    static Optional<OpPart> of(Op op, List<Dims> inputs, Dims output, int axis, Interval interval) {
        Dims in = inputs.isEmpty() ? Dims.of() : inputs.getFirst();
        if (output.rank() <= axis || in.rank() <= axis && !(op instanceof Op.Binary)) {
            return Optional.empty();
        }
        return switch (op) {
            case Op.Convolve convolve -> convolve(convolve, in, axis, interval);
            case Op.ConvolveTransposed transposed -> same(op, 1, axis, interval, axis == BATCH);
            case Op.ScaleShift scaleShift -> axis == CHANNELS
                    ? part(axis, interval,
                            () -> new Op.ScaleShift(some(scaleShift.scale(), interval),
                                    some(scaleShift.shift(), interval)))
                    : same(op, 1, axis, interval, true);
            case Op.PRelu prelu -> axis == CHANNELS
                    ? part(axis, interval, () -> new Op.PRelu(some(prelu.slopes(), interval)))
                    : same(op, 1, axis, interval, true);
            case Op.Elementwise elementwise -> same(op, 1, axis, interval, true);
            case Op.Binary binary -> Optional.of(new OpPart(
                    inputs.stream().map(each -> repeated(each, output, axis, interval)).toList(),
                    () -> op));
            case Op.Constant constant -> Optional.empty();
            case Op.Pool pool ->
                axis == ROWS ? rows(pool, in, interval) : same(op, 1, axis, interval, axis < ROWS);
            case Op.Resize resize -> same(op, 1, axis, interval, axis < ROWS);
            case Op.Reduce reduce -> same(op, 1, axis, interval, !reduce.dimensions().contains(axis)
                    && (reduce.keep() || reduce.dimensions().getFirst() > axis));
            case Op.FullyConnected connected -> axis == in.rank() - 1
                    ? Optional.of(new OpPart(List.of(ALL), () -> outputs(connected, interval)))
                    : same(op, 1, axis, interval, true);
            case Op.MatrixProduct product -> same(op, 2, axis, interval,
                    axis < output.rank() - 2
                            && inputs.stream().allMatch(each -> each.rank() == output.rank()
                                    && each.get(axis) == output.get(axis)));
            case Op.Normalize normalize ->
                same(op, 1, axis, interval, axis < normalize.dimension());
            case Op.Softmax softmax -> same(op, 1, axis, interval, softmax.dimension() != axis);
            case Op.TopK top -> same(op, 1, axis, interval, top.dimension() != axis);
            case Op.Concat concat ->
                same(op, inputs.size(), axis, interval, concat.dimension() != axis);
            case Op.Reshape reshape -> reshape(in, output, axis, interval);
            case Op.Transpose transpose -> part(transpose.order().get(axis), interval, () -> op);
            case Op.Pad pad -> same(op, 1, axis, interval,
                    pad.before().get(axis) == 0 && pad.after().get(axis) == 0);
            case Op.Slice slice -> slice.starts().get(axis) == 0 && slice.steps().get(axis) == 1
                    && slice.sizes().get(axis).equals(in.get(axis))
                            ? part(axis, interval,
                                    () -> new Op.Slice(slice.starts(),
                                            new Dims(slice.sizes()).with(axis, interval.size())
                                                    .sizes(),
                                            slice.steps()))
                            : Optional.empty();
        };
    }

    /** Some of a constant. */
    static Op.Constant of(Op.Constant constant, int axis, Interval interval) {
        Dims dims = constant.value().dims();
        NdArray some = NdArray.zeros(dims.with(axis, interval.size()));
        Interval.copy(constant.value().data(), dims, interval.from(), some.data(), some.dims(), 0,
                axis, interval.size());
        return new Op.Constant(some);
    }

    /** Some of an array of those sizes. */
    static Op.Slice slice(Dims dims, int axis, Interval interval) {
        List<Integer> starts = new ArrayList<>(Collections.nCopies(dims.rank(), 0));
        starts.set(axis, interval.from());
        return new Op.Slice(starts, dims.with(axis, interval.size()).sizes(),
                Collections.nCopies(dims.rank(), 1));
    }

    /** Each place of the result is made of the same place of each input, by the same operation. */
    private static Optional<OpPart> same(Op op, int arity, int axis, Interval interval,
            boolean apart) {
        return apart
                ? Optional.of(
                        new OpPart(Collections.nCopies(arity, new Need(axis, interval)), () -> op))
                : Optional.empty();
    }

    private static Optional<OpPart> part(int axis, Interval interval, Supplier<Op> op) {
        return Optional.of(new OpPart(List.of(new Need(axis, interval)), op));
    }

    /** What is read of an array that is repeated to the result's sizes. */
    private static Need repeated(Dims in, Dims output, int axis, Interval interval) {
        int own = axis - (output.rank() - in.rank());
        return own < 0 || in.get(own) == 1 && output.get(axis) > 1 ? ALL : new Need(own, interval);
    }

    private static Optional<OpPart> convolve(Op.Convolve convolve, Dims in, int axis,
            Interval interval) {
        return switch (axis) {
            case BATCH -> same(convolve, 1, axis, interval, true);
            case CHANNELS -> convolve.layer() instanceof Conv2d conv
                    ? filters(conv, convolve.weights().getFirst(), interval)
                    : Optional.empty();
            case ROWS -> rows(convolve, in.toShape(), interval);
            default -> Optional.empty();
        };
    }

    /**
     * Of several groups whole ones, which read their own channels; of one group some filters, which
     * read all channels.
     */
    private static Optional<OpPart> filters(Conv2d conv, ConvWeights weights, Interval interval) {
        int filters = conv.outChannels() / conv.groups();
        boolean one = conv.groups() == 1;
        if (!one && (interval.from() % filters != 0 || interval.to() % filters != 0)) {
            return Optional.empty();
        }
        int groups = one ? 1 : interval.size() / filters;
        int channels = conv.inChannels() / conv.groups();
        Need need = one
                ? ALL
                : new Need(CHANNELS,
                        new Interval(interval.from() / filters, interval.to() / filters)
                                .times(channels));
        return Optional.of(new OpPart(List.of(need), () -> {
            Conv2d part = new Conv2d(channels * groups, interval.size(), conv.kernelHeight(),
                    conv.kernelWidth(), conv.strideHeight(), conv.strideWidth(),
                    conv.dilationHeight(), conv.dilationWidth(), conv.padding(), groups,
                    conv.bias(), conv.activation());
            return part.withWeights(new ConvWeights(
                    some(weights.weight(), interval.times(conv.weightCount() / conv.outChannels())),
                    weights.bias() == null ? null : some(weights.bias(), interval)));
        }));
    }

    /**
     * The rows that the kernels see, one stage after the other, and zeros only where the picture
     * ends.
     */
    private static Optional<OpPart> rows(Op.Convolve convolve, Shape input, Interval interval) {
        Layer layer = convolve.layer();
        if (!rowsAreApart(layer, input)) {
            return Optional.empty();
        }
        List<Conv2d> stages = new ArrayList<>(layer.stages());
        Interval rows = interval;
        // what a stage makes is what the one after it reads
        for (int i = stages.size() - 1; i >= 0; i--) {
            Conv2d conv = stages.get(i);
            Shape in = inputShape(layer, i, input);
            Padding.Explicit pad = conv.padding().resolve(conv, in.h(), in.w());
            Window window = Window.of(in.h(), pad, extent(conv), conv.strideHeight(), rows);
            stages.set(i, conv.withPadding(
                    new Padding.Explicit(window.top, pad.left(), window.bottom, pad.right())));
            rows = window.rows;
        }
        return part(ROWS, rows,
                () -> new Op.Convolve(Stages.like(layer, stages), convolve.weights()));
    }

    /**
     * Whether each row that a stage makes reads one of the picture, or lies beside one that does:
     * padding is smaller than the kernel.
     */
    static boolean rowsAreApart(Layer layer, Shape input) {
        return IntStream.range(0, layer.stages().size()).allMatch(i -> {
            Conv2d conv = layer.stages().get(i);
            Shape in = inputShape(layer, i, input);
            Padding.Explicit pad = conv.padding().resolve(conv, in.h(), in.w());
            return pad.top() < extent(conv) && pad.bottom() < extent(conv);
        });
    }

    /** What the stage of that index reads. */
    private static Shape inputShape(Layer layer, int index, Shape input) {
        Shape shape = input;
        for (Conv2d stage : layer.stages().subList(0, index)) {
            shape = stage.outputShape(shape);
        }
        return shape;
    }

    private static int extent(Conv2d conv) {
        return (conv.kernelHeight() - 1) * conv.dilationHeight() + 1;
    }

    private static Optional<OpPart> rows(Op.Pool pool, Dims in, Interval interval) {
        Padding.Explicit pad = pool.padding();
        int extent = (pool.kernelHeight() - 1) * pool.dilationHeight() + 1;
        Window window = Window.of(in.get(2), pad, extent, pool.strideHeight(), interval);
        return part(ROWS, window.rows,
                () -> new Op.Pool(pool.kind(), pool.kernelHeight(), pool.kernelWidth(),
                        pool.strideHeight(), pool.strideWidth(), pool.dilationHeight(),
                        pool.dilationWidth(),
                        new Padding.Explicit(window.top, pad.left(), window.bottom, pad.right()),
                        pool.ceil(), pool.countPadding()));
    }

    /**
     * What a window sees on its way down.
     *
     * @param rows of the input
     * @param top rows of padding before them
     * @param bottom and after them
     */
    private record Window(Interval rows, int top, int bottom) {

        /**
         * Padding must be smaller than the extent, so that each window sees a row of the input, or
         * ends beside one.
         */
        static Window of(int height, Padding.Explicit pad, int extent, int stride, Interval made) {
            int first = made.from() * stride - pad.top();
            int end = (made.to() - 1) * stride - pad.top() + extent;
            // a last window may leave even the padding, where sizes are rounded up
            return new Window(new Interval(Math.max(first, 0), Math.min(end, height)),
                    Math.max(-first, 0), Math.min(Math.max(end - height, 0), pad.bottom()));
        }
    }

    private static Op outputs(Op.FullyConnected connected, Interval interval) {
        return new Op.FullyConnected(interval.size(),
                some(connected.weight(), interval.times(connected.inputs())),
                connected.bias() == null ? null : some(connected.bias(), interval),
                connected.activation());
    }

    /**
     * Blocks of numbers that stay together: along the batch, or along the channels within each
     * image.
     */
    private static Optional<OpPart> reshape(Dims in, Dims output, int axis, Interval interval) {
        if (axis > CHANNELS || in.product(0, axis) != output.product(0, axis)
                || axis == CHANNELS && in.get(0) != output.get(0)) {
            return Optional.empty();
        }
        long read = in.product(axis + 1, in.rank());
        long made = output.product(axis + 1, output.rank());
        if (interval.from() * made % read != 0 || interval.to() * made % read != 0) {
            return Optional.empty();
        }
        return part(axis,
                new Interval((int) (interval.from() * made / read),
                        (int) (interval.to() * made / read)),
                () -> new Op.Reshape(output.with(axis, interval.size())));
    }

    private static float[] some(float[] numbers, Interval interval) {
        return Arrays.copyOfRange(numbers, interval.from(), interval.to());
    }

    /**
     * Multiply-adds, or numbers made; nothing where numbers only get another place, which engines
     * often leave out.
     */
    static double work(Node node, Network network) {
        boolean moved = node.op() instanceof Op.Transpose || node.op() instanceof Op.Reshape;
        double work = moved ? 0 : network.dims(node.output()).elements();
        if (node.op() instanceof Op.Convolve convolve) {
            work = 0;
            Shape shape = network.dims(node.inputs().getFirst()).toShape();
            for (Conv2d conv : convolve.layer().stages()) {
                shape = conv.outputShape(shape);
                work += (double) shape.elements() / conv.outChannels() * conv.weightCount();
            }
        }
        return work;
    }
}
