package dev.sepconv.engine.lower;

import dev.sepconv.Activation;
import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.BesideConvolutions.Sum;
import dev.sepconv.graph.TransposedBlocks;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.Pixels;
import dev.sepconv.kernel.Stage;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Convolutions, transposed ones and fully connected layers as calls, by the kernels that
 * {@link KernelChoice} takes.
 */
final class ConvolutionLowering {

    private final NetworkArrays arrays;
    private final KernelChoice choice;
    private final boolean vectors;
    private final BesideConvolutions beside;
    private boolean tuned;

    /** @param vectors whether pictures may be kept as pixels of whole vectors */
    ConvolutionLowering(NetworkArrays arrays, KernelChoice choice, boolean vectors,
            BesideConvolutions beside) {
        this.arrays = arrays;
        this.choice = choice;
        this.vectors = vectors;
        this.beside = beside;
    }

    /** Whether a kernel was chosen because it was measured to be the fastest. */
    boolean isTuned() {
        return tuned;
    }

    void convolve(Op.Convolve op, String input) {
        List<Conv2d> stages = op.layer().stages();
        List<ConvWeights> weights = ChannelShuffle.folded(op.layer(), op.weights());
        LoweredValue value = arrays.value(input);
        Shape shape = arrays.dims(input).toShape();
        Set<Order> orders = value.arrays.isEmpty()
                ? Set.of(Order.NCHW)
                : Set.copyOf(value.arrays.keySet());
        KernelChoice.Choice chosen = choice.choose(stages, shape, new KernelChoice.Site(orders,
                value.outside, arrays.onlyGoesOut(arrays.node().output()), arrays.fits()));
        tuned |= chosen.tuned();
        Optional<NetworkArray> gate = beside.gate(input).map(arrays::pixels);
        int stage = 0;
        for (Kernel kernel : chosen.kernels()) {
            Optional<ChannelShuffle> shuffle = ChannelShuffle.before(op.layer(), stage);
            if (gate.isPresent() && (shuffle.isPresent() || !KernelCall.gates(kernel, shape.n()))) {
                value = LoweredValue.of(product(value, gate.get()));
                gate = Optional.empty();
            }
            value = shuffle.isPresent() ? LoweredValue.of(shuffled(value, shuffle.get())) : value;
            int end = stage + kernel.stages();
            NetworkArray made = isPicture(kernel, stages.get(stage), value, shape)
                    ? ofPicture(stages.get(stage), weights.get(stage), value, shape,
                            end == stages.size())
                    : convolved(kernel, stages.subList(stage, end), weights.subList(stage, end),
                            shape,
                            KernelCall.readsParts(kernel)
                                    ? arrays.maybePart(value, kernel.order())
                                    : arrays.in(value, kernel.order()),
                            gate, end == stages.size());
            gate = Optional.empty();
            value = LoweredValue.of(made);
            shape = made.dims().toShape();
            stage = end;
        }
        arrays.output(value);
    }

    /** A picture's channels, each times its gate. */
    private NetworkArray product(LoweredValue value, NetworkArray gate) {
        NetworkArray from = arrays.maybePart(value, Order.NHWC_VECTORS);
        NetworkArray made = NetworkArrays.newPixels(from.dims());
        arrays.step(Op.Binary.Kind.MUL.name().toLowerCase(Locale.ROOT), made, List.of(from, gate),
                List.of(NetworkArrays.TABLE),
                () -> OperationCall.binary(from.pixels(), gate.pixels(), made.pixels(),
                        KernelCodes.of(Op.Binary.Kind.MUL), KernelCodes.of(Activation.NONE), 0));
        return made;
    }

    /**
     * Whether a convolution that would run on pixels of vectors can read the few channels that it
     * has as they are, so that they don't become vectors first.
     */
    private boolean isPicture(Kernel kernel, Conv2d conv, LoweredValue value, Shape input) {
        return kernel.stages() == 1 && kernel.order() == Order.NHWC_VECTORS
                && !value.arrays.isEmpty() && !value.arrays.containsKey(Order.NHWC_VECTORS)
                && choice.readsPictures()
                && OperationCall.readsPicture(Geometries.of(conv, input, Layout.NCHW));
    }

    private NetworkArray ofPicture(Conv2d conv, ConvWeights weights, LoweredValue value,
            Shape input, boolean isOutput) {
        boolean channelsLast = value.arrays.containsKey(Order.NHWC);
        NetworkArray from = value.arrays.get(channelsLast ? Order.NHWC : Order.NCHW);
        Geometry g = Geometries.of(conv, input, channelsLast ? Layout.NHWC : Layout.NCHW);
        Activation last = conv.activation();
        Stage stage = Geometries.stage(g, weights, atOnce(last));
        NetworkArray made = isOutput
                ? arrays.outPixels()
                : NetworkArrays.newPixels(Dims.of(conv.outputShape(input)));
        arrays.step(made, List.of(from),
                List.of((long) made.pixelFloats() * g.inChannels() * g.kernelHeight()
                        * g.kernelWidth(), (long) made.pixelFloats(), NetworkArrays.TABLE),
                () -> OperationCall.pictureConv(from.storage(), channelsLast, stage,
                        made.pixels()));
        return atOnce(last).equals(last) ? made : arrays.function(made, Op.Elementwise.of(last));
    }

    /** One convolution, or two, by one kernel. */
    private NetworkArray convolved(Kernel kernel, List<Conv2d> stages, List<ConvWeights> weights,
            Shape input, NetworkArray from, Optional<NetworkArray> gate, boolean isOutput) {
        List<Geometry> sizes = new ArrayList<>();
        List<Stage> all = new ArrayList<>();
        Shape shape = input;
        for (int i = 0; i < stages.size(); i++) {
            sizes.add(Geometries.of(stages.get(i), shape,
                    kernel.order() == Order.NHWC ? Layout.NHWC : Layout.NCHW));
            shape = stages.get(i).outputShape(shape);
        }
        Activation own = stages.getLast().activation();
        boolean activates = kernel.activates(KernelCodes.of(own));
        boolean addsFirst = isAddedFirst(own);
        Optional<Sum> sum = isOutput && activates && (addsFirst || isAddedLast(own))
                ? beside.sum(addsFirst)
                        .filter(each -> KernelCall.adds(kernel, sizes.getLast(),
                                arrays.partOrPixels(each.other()).pixelFloats()))
                : Optional.empty();
        Activation last = addsFirst ? sum.map(Sum::activation).orElse(own) : own;
        for (int i = 0; i < stages.size(); i++) {
            Activation inside = i < stages.size() - 1 ? stages.get(i).activation() : last;
            all.add(Geometries.stage(sizes.get(i), weights.get(i),
                    activates || i < stages.size() - 1 ? inside : Activation.NONE));
        }
        sum.ifPresent(beside::make);
        Neighbours neighbours = new Neighbours(gate,
                sum.map(each -> arrays.partOrPixels(each.other())), !addsFirst);
        NetworkArray made = convolved(kernel, all, from, Dims.of(shape), neighbours,
                isOutput && KernelCall.writesParts(kernel, sizes.getLast())
                        ? Optional.of(sum.map(Sum::activated).orElse(arrays.node().output()))
                        : Optional.empty());
        return activates ? made : arrays.function(made, Op.Elementwise.of(own));
    }

    /** Whether a kernel can add to its sums, as nothing is done with them before. */
    private static boolean isAddedFirst(Activation activation) {
        return activation.equals(Activation.NONE);
    }

    /** Whether a kernel can add to what it has made of its sums. */
    private static boolean isAddedLast(Activation activation) {
        return activation.kind() == Activation.Kind.SIGMOID
                || activation.kind() == Activation.Kind.SILU;
    }

    /** Arrays that a kernel reads beside its input. */
    private record Neighbours(Optional<NetworkArray> gate, Optional<NetworkArray> added,
            boolean addedLast) {

        static final Neighbours NONE = new Neighbours(Optional.empty(), Optional.empty(), false);

        List<NetworkArray> with(NetworkArray input) {
            return Stream.of(Optional.of(input), gate, added).flatMap(Optional::stream).toList();
        }

        KernelCall.Additions pixels() {
            return new KernelCall.Additions(gate.map(NetworkArray::pixels).orElse(null),
                    added.map(NetworkArray::pixels).orElse(null), addedLast);
        }
    }

    /** @param inPlace as whose output it is made, which may be a part of larger pixels */
    private NetworkArray convolved(Kernel kernel, List<Stage> stages, NetworkArray from, Dims dims,
            Neighbours neighbours, Optional<String> inPlace) {
        Geometry g = stages.getLast().geometry();
        NetworkArray made = switch (kernel.order()) {
            case NCHW -> NetworkArray.plain(dims);
            case NHWC -> NetworkArray.channelsLast(dims);
            case NHWC_VECTORS -> inPlace.map(arrays::outPixels).orElseGet(() -> NetworkArray
                    .vectors(dims, KernelCall.outPixelFloats(kernel, g, from.pixelFloats())));
        };
        arrays.step(made, neighbours.with(from),
                KernelCall.constantElements(kernel, stages.stream().map(Stage::geometry).toList(),
                        from.pixelFloats()),
                () -> new KernelCall(kernel, stages, from.storage(), from.pixelFloats(),
                        from.first(), made.storage(),
                        made.isVectors() ? made.pixelFloats() : g.outChannels(), made.first(),
                        neighbours.pixels()));
        return made.isVectors()
                ? groupsJoined(made, KernelCall.outputPositions(kernel, g), g.groups())
                : made;
    }

    /** By the default kernel for pixels of vectors. */
    private NetworkArray vectorConv(Geometry g, NetworkArray from, float[] weight, float[] bias,
            Activation activation, Dims dims) {
        Kernel kernel = choice.onPixels(g);
        boolean activates = kernel.activates(KernelCodes.of(activation));
        NetworkArray made = convolved(kernel,
                List.of(Geometries.stage(g, new ConvWeights(weight, bias),
                        activates ? activation : Activation.NONE)),
                from, dims, Neighbours.NONE, Optional.empty());
        return activates ? made : arrays.function(made, Op.Elementwise.of(activation));
    }

    /** The same picture with its channels moved. */
    private NetworkArray shuffled(LoweredValue value, ChannelShuffle shuffle) {
        NetworkArray from = Stream.of(Order.NHWC_VECTORS, Order.NHWC, Order.NCHW)
                .filter(value.arrays::containsKey).map(order -> arrays.in(value, order)).findFirst()
                .orElseThrow();
        NetworkArray made = NetworkArrays.made(from.dims(), from.order());
        int[] read = from.pictureStrides();
        int[] written = made.pictureStrides();
        int groups = shuffle.groups();
        int each = shuffle.channels() / groups;
        int[] space = {from.dims().get(0), each, groups, from.height(), from.width()};
        int[] reads = {read[0], read[1], each * read[1], read[2], read[3]};
        int[] writes = {written[0], groups * written[1], written[1], written[2], written[3]};
        int[] order = from.order() == Order.NCHW
                ? new int[]{0, 1, 2, 3, 4}
                : new int[]{0, 3, 4, 1, 2};
        arrays.step("shuffle", made, List.of(from), List.of(NetworkArrays.TABLE),
                () -> from.isVectors()
                        ? OperationCall.copyNumbers(from.storage(), 0, inOrder(order, reads),
                                made.storage(), 0, inOrder(order, writes), inOrder(order, space))
                        : OperationCall.copy(from.storage(), 0, inOrder(order, reads),
                                made.storage(), 0, inOrder(order, writes), inOrder(order, space)));
        return made;
    }

    private static int[] inOrder(int[] order, int[] values) {
        return Arrays.stream(order).map(i -> values[i]).toArray();
    }

    /** Without the gaps that a kernel leaves between groups. */
    private NetworkArray groupsJoined(NetworkArray array, int[] positions, int groups) {
        int channels = array.dims().get(1);
        if (IntStream.range(0, channels).allMatch(c -> positions[c] == c)) {
            return array;
        }
        NetworkArray made = NetworkArrays.newPixels(array.dims());
        int[] space = {array.floats() / array.pixelFloats(), groups, channels / groups};
        int[] from = {array.pixelFloats(), positions[channels / groups], 1};
        int[] to = {made.pixelFloats(), channels / groups, 1};
        arrays.step(made, List.of(array), () -> OperationCall.copyNumbers(array.storage(), 0, from,
                made.storage(), 0, to, space));
        return made;
    }

    void convolveTransposed(Op.ConvolveTransposed op, String input) {
        Conv2d kernel = op.kernel();
        Shape in = arrays.dims(input).toShape();
        Shape out = arrays.outDims().toShape();
        Padding.Explicit cut = (Padding.Explicit) kernel.padding();
        if (vectors && op.isBlocks()) {
            transposedWithoutOverlap(op, arrays.pixels(input), in);
            return;
        }
        NetworkArray from = arrays.plain(input);
        NetworkArray made = NetworkArray.plain(arrays.outDims());
        Geometry g = new Geometry(in.n(), in.c(), in.h(), in.w(), out.c(), kernel.kernelHeight(),
                kernel.kernelWidth(), out.h(), out.w(), kernel.strideHeight(), kernel.strideWidth(),
                kernel.dilationHeight(), kernel.dilationWidth(), cut.top(), cut.left(),
                kernel.groups(), false);
        Activation activation = kernel.activation();
        Activation atOnce = atOnce(activation);
        arrays.step(made, List.of(from),
                List.of((long) op.weight().length, (long) out.c(), NetworkArrays.TABLE),
                () -> OperationCall.transposedConv(from.storage(), made.storage(), g, op.weight(),
                        op.bias(), KernelCodes.of(atOnce), atOnce.slope()));
        later(made, activation);
    }

    /**
     * Where strides are the kernel's size each output pixel has one tap: a pointwise convolution to
     * all taps, put in their places.
     */
    private void transposedWithoutOverlap(Op.ConvolveTransposed op, NetworkArray from, Shape in) {
        Conv2d kernel = op.kernel();
        int rows = kernel.kernelHeight();
        int columns = kernel.kernelWidth();
        int filters = Pixels.wholeVectors(kernel.outChannels());
        ConvWeights weights = TransposedBlocks.of(op, filters).weights();
        int all = rows * columns * filters;
        Geometry g = new Geometry(in.n(), in.c(), in.h(), in.w(), all, 1, 1, in.h(), in.w(), 1, 1,
                1, 1, 0, 0, 1, false);
        // A function that is taken number by number comes last, where only the channels that matter
        // are left.
        Activation activation = kernel.activation();
        boolean atOnce = choice.onPixels(g).activates(KernelCodes.of(activation));
        NetworkArray taps = vectorConv(g, from, weights.weight(), weights.bias(),
                atOnce ? activation : Activation.NONE, Dims.of(in.n(), all, in.h(), in.w()));
        NetworkArray made = arrays.outPixels();
        int block = filters / Pixels.LANES;
        int inPixel = taps.pixelFloats() / Pixels.LANES;
        int outPixel = made.pixelFloats() / Pixels.LANES;
        int[] space = {in.n() * in.h(), rows, in.w(), columns, block};
        int[] read = {in.w() * inPixel, columns * block, inPixel, block, 1};
        int outRow = in.w() * columns * outPixel;
        int[] written = {rows * outRow, outRow, columns * outPixel, outPixel, 1};
        arrays.step(made, List.of(taps), () -> OperationCall.copyVectors(taps.storage(), 0, read,
                made.storage(), made.first() / Pixels.LANES, written, space));
        arrays.output(atOnce ? made : arrays.function(made, Op.Elementwise.of(activation)));
    }

    void fullyConnected(Op.FullyConnected op, String input) {
        Dims in = arrays.dims(input);
        int rows = in.product(0, in.rank() - 1);
        Activation activation = op.activation();
        Geometry g = new Geometry(rows, op.inputs(), 1, 1, op.outputs(), 1, 1, 1, 1, 1, 1, 1, 1, 0,
                0, 1, false);
        // A launch costs as much as some ten thousand products of single numbers.
        boolean large = (long) op.weight().length * rows > 1 << 16;
        if (vectors && in.rank() == 2
                && (arrays.arePixels(input) || large && choice.asPixels(g, false))) {
            arrays.output(vectorConv(g, arrays.pixels(input), op.weight(), op.bias(), activation,
                    arrays.outDims()));
            return;
        }
        NetworkArray from = arrays.plain(input);
        NetworkArray made = NetworkArray.plain(arrays.outDims());
        Activation atOnce = atOnce(activation);
        arrays.step(made, List.of(from),
                List.of((long) op.weight().length, (long) op.outputs(), NetworkArrays.TABLE),
                () -> OperationCall.fullyConnected(from.storage(), made.storage(), rows,
                        op.outputs(), op.weight(), op.bias(), KernelCodes.of(atOnce),
                        atOnce.slope(), choice.sharesMemory()));
        later(made, activation);
    }

    /** What a kernel does at its end of an activation. */
    private static Activation atOnce(Activation activation) {
        return OperationCall.activates(KernelCodes.of(activation)) ? activation : Activation.NONE;
    }

    /** The result, after the activation if the kernel left it out. */
    private void later(NetworkArray made, Activation activation) {
        arrays.output(atOnce(activation).equals(activation)
                ? made
                : arrays.function(made, Op.Elementwise.of(activation)));
    }
}
