package dev.sepconv.engine.lower;

import dev.sepconv.Activation;
import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.NetworkCalls.Step;
import dev.sepconv.graph.MemoryPlan;
import dev.sepconv.kernel.Call;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Geometry;
import dev.sepconv.kernel.Kernel;
import dev.sepconv.kernel.Kernel.Order;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.OperationCall.Between;
import dev.sepconv.kernel.OperationCall.Window;
import dev.sepconv.kernel.Stage;
import dev.sepconv.kernel.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Turns a network into calls, node by node. An array may be there in row-major order, pixel by
 * pixel, as pixels of whole vectors, or in several of these. An operation that has kernels for more
 * than one takes the order in which its input is, so that a conversion happens only where an
 * operation lacks one: the order is chosen along the flow, once for the graph. Which kernels
 * convolutions get, and so in which order they run, {@link KernelChoice} decides.
 *
 * <p>
 * Nothing has memory before {@link #calls}: {@link #elements} tells how much that will take.
 */
public final class NetworkLowering {

    private static final int LANES = 16;
    private static final List<Integer> TO_NCHW = List.of(0, 3, 1, 2);
    private static final List<Integer> TO_NHWC = List.of(0, 2, 3, 1);
    /**
     * Numbers of tables that calls have beside weights: at most, for all but very large pictures.
     */
    private static final long TABLE = 64;

    private final Network network;
    private final KernelChoice choice;
    /** Whether no picture is too large to be kept as pixels of whole vectors. */
    private final boolean fits;
    private final boolean vectors;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, List<Node>> readers = new HashMap<>();
    /** What outputs are that are pixels of whole vectors as they lie. */
    private final Map<String, NetworkArray> pixelOutputs = new HashMap<>();
    private final List<Draft> drafts = new ArrayList<>();
    /** Memory of constants that drafts read as arrays. */
    private final List<Storage> held = new ArrayList<>();
    private final Map<String, NetworkArray> inputs = new LinkedHashMap<>();
    private final Map<String, NetworkArray> outputs = new LinkedHashMap<>();
    private List<Shared> shared;
    private boolean tuned;
    private Node node;

    /** A step whose arrays have no memory yet. */
    private record Draft(String node, String label, NetworkArray output, List<NetworkArray> inputs,
            List<Long> constants, Supplier<Call> call) {

        Step step() {
            return new Step(node, label, call.get(),
                    inputs.stream().map(NetworkArray::storage).toList(), output.storage());
        }
    }

    /** Arrays that are never needed at once, and the memory that they will have. */
    private record Shared(List<NetworkArray> arrays, int floats, boolean vectors) {

        Storage place() {
            Storage storage = vectors ? Storage.vectors(floats) : Storage.plain(floats);
            arrays.forEach(array -> array.place(storage));
            return storage;
        }
    }

    /** The same numbers in every order in which they are there. */
    private static final class Value {

        private final Dims dims;
        private final Map<Order, NetworkArray> arrays = new EnumMap<>(Order.class);
        /** Whether it comes from outside as it is. */
        private boolean outside;
        /** Null if it is computed. */
        private float[] constant;

        Value(Dims dims) {
            this.dims = dims;
        }

        static Value of(NetworkArray array) {
            Value value = new Value(array.dims());
            value.arrays.put(array.order(), array);
            return value;
        }
    }

    public NetworkLowering(Network network, KernelChoice choice) {
        this.network = network;
        this.choice = choice;
        this.fits = network.dims().values().stream()
                .allMatch(dims -> dims.rank() != 4 || KernelChoice.fitsAsPixels(dims.toShape()));
        this.vectors = fits && choice.keepsPixels();
        network.nodes().forEach(reader -> Set.copyOf(reader.inputs()).forEach(
                name -> readers.computeIfAbsent(name, key -> new ArrayList<>()).add(reader)));
        lower();
    }

    private void lower() {
        network.inputs().forEach((name, dims) -> {
            NetworkArray array = NetworkArray.plain(dims);
            inputs.put(name, array);
            Value value = Value.of(array);
            value.outside = true;
            values.put(name, value);
        });
        Set<String> needed = needed();
        for (Node each : network.nodes()) {
            if (needed.contains(each.output())) {
                node = each;
                lower(each);
            }
        }
        for (String output : network.outputs()) {
            network.nodes().stream().filter(each -> each.output().equals(output)).findFirst()
                    .ifPresent(each -> node = each);
            outputs.put(output,
                    pixelOutputs.containsKey(output) ? pixelOutputs.get(output) : plain(output));
        }
        shared = shared();
    }

    /** How many numbers each array has that goes to a device or stays there. */
    public List<Long> elements() {
        Stream<Long> ends = Stream.concat(inputs.values().stream(), outputs.values().stream())
                .map(NetworkArray::owner).filter(array -> !array.isPlaced()).distinct()
                .map(NetworkArray::storageElements);
        Stream<Long> between = Stream.concat(held.stream().map(storage -> (long) storage.size()),
                shared.stream().map(each -> (long) each.floats()));
        return Stream.concat(Stream.concat(ends, between),
                drafts.stream().flatMap(draft -> draft.constants().stream())).toList();
    }

    /** The calls, with their memory. */
    public NetworkCalls calls() {
        Stream.concat(inputs.values().stream(), outputs.values().stream())
                .filter(array -> !array.isPlaced()).map(NetworkArray::owner).distinct()
                .forEach(array -> array.place(array.newStorage()));
        List<Storage> intermediates = shared.stream().map(Shared::place).toList();
        List<Step> steps = drafts.stream().map(Draft::step).toList();
        return new NetworkCalls(network, steps, storages(inputs), storages(outputs), intermediates,
                List.copyOf(held), tuned);
    }

    private static Map<String, Storage> storages(Map<String, NetworkArray> arrays) {
        Map<String, Storage> storages = new LinkedHashMap<>();
        arrays.forEach((name, array) -> storages.put(name, array.storage()));
        return storages;
    }

    /**
     * Which arrays between inputs and outputs share memory: those that are never needed at once.
     */
    private List<Shared> shared() {
        Set<NetworkArray> ends = Stream.concat(inputs.values().stream(), outputs.values().stream())
                .map(NetworkArray::owner).collect(Collectors.toSet());
        List<NetworkArray> owners = drafts.stream().map(draft -> draft.output().owner())
                .filter(owner -> !owner.isPlaced() && !ends.contains(owner)).distinct().toList();
        List<MemoryPlan.Array> arrays = IntStream.range(0, owners.size())
                .mapToObj(i -> owners.get(i).alive("array" + i)).toList();
        MemoryPlan plan = MemoryPlan.of(arrays);
        List<Shared> all = new ArrayList<>();
        for (int buffer = 0; buffer < plan.sizes().size(); buffer++) {
            int number = buffer;
            List<NetworkArray> sharing = IntStream.range(0, owners.size())
                    .filter(i -> plan.bufferOf().get(arrays.get(i).name()) == number)
                    .mapToObj(owners::get).toList();
            int floats = Math.toIntExact(plan.sizes().get(buffer));
            // Two pixels more that stay zero: convolutions read the last whole one where a tap is
            // outside of the picture.
            int zeros = 2
                    * sharing.stream().mapToInt(NetworkArray::pixelFloats).max().orElseThrow();
            all.add(new Shared(sharing, Math.addExact(floats, zeros), zeros > 0));
        }
        return List.copyOf(all);
    }

    /** The arrays that outputs depend on. */
    private Set<String> needed() {
        Set<String> needed = new HashSet<>(network.outputs());
        for (Node each : network.nodes().reversed()) {
            if (needed.contains(each.output())) {
                needed.addAll(each.inputs());
            }
        }
        return needed;
    }

    private List<Node> readers(String name) {
        return readers.getOrDefault(name, List.of());
    }

    /** Whether what a name stands for is given out, in NCHW or in NHWC, and has no other use. */
    private boolean onlyGoesOut(String name) {
        List<Node> readers = readers(name);
        return network.outputs().contains(name)
                ? readers.isEmpty()
                : readers.size() == 1 && readers.getFirst().op() instanceof Op.Transpose op
                        && op.order().equals(TO_NHWC) && onlyGoesOut(readers.getFirst().output());
    }

    // Arrays

    private void step(String label, NetworkArray output, List<NetworkArray> from,
            List<Long> constants, Supplier<Call> call) {
        int step = drafts.size();
        output.touch(step);
        from.forEach(input -> input.touch(step));
        drafts.add(new Draft(node.name(), label, output, from, constants, call));
    }

    private void step(NetworkArray output, List<NetworkArray> from, List<Long> constants,
            Supplier<Call> call) {
        step(node.op().label(), output, from, constants, call);
    }

    private void step(NetworkArray output, List<NetworkArray> from, Supplier<Call> call) {
        step(output, from, List.of(TABLE), call);
    }

    private NetworkArray in(Value value, Order order) {
        NetworkArray made = value.arrays.get(order);
        if (made == null) {
            made = converted(value, order);
            value.arrays.put(order, made);
        }
        return made;
    }

    private NetworkArray converted(Value value, Order order) {
        if (value.arrays.isEmpty()) {
            NetworkArray made = NetworkArray.plain(value.dims);
            made.place(Storage.plainOf(value.constant));
            held.add(made.storage());
            value.arrays.put(Order.NCHW, made);
            return order == Order.NCHW ? made : converted(value, order);
        }
        NetworkArray last = value.arrays.get(Order.NHWC);
        NetworkArray from = last != null ? last : value.arrays.values().iterator().next();
        if (order == Order.NHWC_VECTORS && last != null && isWholePixels(last)) {
            value.arrays.clear(); // as plain numbers it can't be read any more
            return last.asVectors();
        }
        NetworkArray made = made(value.dims, order);
        step(NetworkCalls.LAYOUT, made, List.of(from), List.of(TABLE), () -> {
            if (order == Order.NHWC_VECTORS) {
                return OperationCall.toVectors(from.storage(), made.pixels(),
                        from.order() == Order.NHWC);
            }
            return from.isVectors()
                    ? OperationCall.fromVectors(from.pixels(), made.storage(), order == Order.NHWC)
                    : OperationCall.copy(from.storage(), 0, pictureStrides(from), made.storage(), 0,
                            pictureStrides(made), made.dims().toArray());
        });
        return made;
    }

    /**
     * Whether it is an input that nothing but a transposition reads, pixel by pixel, and its pixels
     * are whole vectors.
     */
    private boolean isWholePixels(NetworkArray array) {
        return array.dims().get(1) % LANES == 0 && !array.isTouched() && fits
                && inputs.entrySet().stream()
                        .anyMatch(input -> input.getValue() == array.owner()
                                && !network.outputs().contains(input.getKey())
                                && readers(input.getKey()).size() == 1);
    }

    private static NetworkArray made(Dims dims, Order order) {
        return switch (order) {
            case NCHW -> NetworkArray.plain(dims);
            case NHWC -> NetworkArray.channelsLast(dims);
            case NHWC_VECTORS -> newPixels(dims);
        };
    }

    /** An array in row-major order. */
    private NetworkArray plain(String name) {
        return in(values.get(name), Order.NCHW);
    }

    /** An array of two or four dimensions as pixels of vectors. */
    private NetworkArray pixels(String name) {
        return in(values.get(name), Order.NHWC_VECTORS);
    }

    private static NetworkArray newPixels(Dims dims) {
        return NetworkArray.vectors(dims, wholeVectors(dims.get(1)));
    }

    private static int wholeVectors(int channels) {
        return (channels + LANES - 1) / LANES * LANES;
    }

    private NetworkArray plainOutput() {
        return output(NetworkArray.plain(network.dims(node.output())));
    }

    private NetworkArray pixelsOutput() {
        return output(newPixels(network.dims(node.output())));
    }

    private NetworkArray output(NetworkArray made) {
        values.put(node.output(), Value.of(made));
        return made;
    }

    private boolean arePixels(String name) {
        return values.get(name).arrays.containsKey(Order.NHWC_VECTORS);
    }

    private boolean isConstant(String name) {
        return values.get(name).constant != null;
    }

    private Dims dims(String name) {
        return network.dims(name);
    }

    // Operations

    private void lower(Node each) {
        String input = each.inputs().isEmpty() ? null : each.inputs().getFirst();
        switch (each.op()) {
            case Op.Convolve op -> convolve(op, input);
            case Op.ConvolveTransposed op -> convolveTransposed(op, input);
            case Op.ScaleShift op -> scaleShift(op, input);
            case Op.Elementwise op -> function(op, input);
            case Op.PRelu op -> prelu(op, input);
            case Op.Binary op -> binary(op, input, each.inputs().get(1));
            case Op.Constant op -> constant(op.value().dims(), op.value().data());
            case Op.Pool op -> pool(op, input);
            case Op.Reduce op -> reduce(op, input);
            case Op.FullyConnected op -> fullyConnected(op, input);
            case Op.MatrixProduct op -> matrixProduct(input, each.inputs().get(1));
            case Op.Softmax op -> softmax(op, input);
            case Op.Concat op -> concat(op, each.inputs());
            case Op.Reshape op -> reshape(op, input);
            case Op.Transpose op -> transpose(op, input);
            case Op.Pad op -> pad(op, input);
            case Op.Slice op -> slice(op, input);
            case Op.Resize op -> resize(op, input);
        }
    }

    private void convolve(Op.Convolve op, String input) {
        List<Conv2d> stages = op.layer().stages();
        List<ConvWeights> weights = ChannelShuffle.folded(op.layer(), op.weights());
        Value value = values.get(input);
        Shape shape = dims(input).toShape();
        Set<Order> orders = value.arrays.isEmpty()
                ? Set.of(Order.NCHW)
                : Set.copyOf(value.arrays.keySet());
        KernelChoice.Choice chosen = choice.choose(stages, shape,
                new KernelChoice.Site(orders, value.outside, onlyGoesOut(node.output()), fits));
        tuned |= chosen.tuned();
        int stage = 0;
        for (Kernel kernel : chosen.kernels()) {
            Optional<ChannelShuffle> shuffle = ChannelShuffle.before(op.layer(), stage);
            value = shuffle.isPresent() ? Value.of(shuffled(value, shuffle.get())) : value;
            int end = stage + kernel.stages();
            NetworkArray made = convolved(kernel, stages.subList(stage, end),
                    weights.subList(stage, end), shape, in(value, kernel.layout()));
            value = Value.of(made);
            shape = made.dims().toShape();
            stage = end;
        }
        values.put(node.output(), value);
    }

    /** One convolution, or two, by one kernel. */
    private NetworkArray convolved(Kernel kernel, List<Conv2d> stages, List<ConvWeights> weights,
            Shape input, NetworkArray from) {
        List<Geometry> sizes = new ArrayList<>();
        List<Stage> all = new ArrayList<>();
        Shape shape = input;
        for (int i = 0; i < stages.size(); i++) {
            sizes.add(Geometries.of(stages.get(i), shape,
                    kernel.layout() == Order.NHWC ? Layout.NHWC : Layout.NCHW));
            shape = stages.get(i).outputShape(shape);
        }
        Activation last = stages.getLast().activation();
        boolean activates = kernel.activates(last.kind().ordinal());
        for (int i = 0; i < stages.size(); i++) {
            boolean later = i == stages.size() - 1 && !activates;
            all.add(Geometries.stage(sizes.get(i), weights.get(i),
                    later ? Activation.NONE : stages.get(i).activation()));
        }
        NetworkArray made = convolved(kernel, all, from, Dims.of(shape));
        return activates ? made : function(made, Op.Elementwise.of(last));
    }

    private NetworkArray convolved(Kernel kernel, List<Stage> stages, NetworkArray from,
            Dims dims) {
        Geometry g = stages.getLast().geometry();
        NetworkArray made = switch (kernel.layout()) {
            case NCHW -> NetworkArray.plain(dims);
            case NHWC -> NetworkArray.channelsLast(dims);
            case NHWC_VECTORS -> NetworkArray.vectors(dims,
                    KernelCall.outPixelFloats(kernel, g, from.pixelFloats()));
        };
        step(made, List.of(from),
                KernelCall.constantElements(kernel, stages.stream().map(Stage::geometry).toList(),
                        from.pixelFloats()),
                () -> new KernelCall(kernel, stages, from.storage(), from.pixelFloats(),
                        made.storage()));
        return made.isVectors()
                ? groupsJoined(made, KernelCall.outputPlaces(kernel, g), g.groups())
                : made;
    }

    /** By the default kernel for pixels of vectors. */
    private NetworkArray vectorConv(Geometry g, NetworkArray from, float[] weight, float[] bias,
            Activation activation, Dims dims) {
        Kernel kernel = Catalogue.byDefault(g, DeviceClass.CPU);
        boolean activates = kernel.activates(activation.kind().ordinal());
        NetworkArray made = convolved(kernel, List.of(Geometries.stage(g,
                new ConvWeights(weight, bias), activates ? activation : Activation.NONE)), from,
                dims);
        return activates ? made : function(made, Op.Elementwise.of(activation));
    }

    /** The same picture with its channels moved. */
    private NetworkArray shuffled(Value value, ChannelShuffle shuffle) {
        NetworkArray from = Stream.of(Order.NHWC_VECTORS, Order.NHWC, Order.NCHW)
                .map(value.arrays::get).filter(Objects::nonNull).findFirst().orElseThrow();
        NetworkArray made = made(from.dims(), from.order());
        int[] read = pictureStrides(from);
        int[] written = pictureStrides(made);
        int groups = shuffle.groups();
        int each = shuffle.channels() / groups;
        int[] space = {from.dims().get(0), each, groups, from.height(), from.width()};
        int[] reads = {read[0], read[1], each * read[1], read[2], read[3]};
        int[] writes = {written[0], groups * written[1], written[1], written[2], written[3]};
        int[] order = from.order() == Order.NCHW
                ? new int[]{0, 1, 2, 3, 4}
                : new int[]{0, 3, 4, 1, 2};
        step("shuffle", made, List.of(from), List.of(TABLE),
                () -> from.isVectors()
                        ? OperationCall.copyNumbers(from.storage(), 0, in(order, reads),
                                made.storage(), 0, in(order, writes), in(order, space))
                        : OperationCall.copy(from.storage(), 0, in(order, reads), made.storage(), 0,
                                in(order, writes), in(order, space)));
        return made;
    }

    private static int[] in(int[] order, int[] values) {
        return Arrays.stream(order).map(i -> values[i]).toArray();
    }

    /** Without the gaps that a kernel leaves between groups. */
    private NetworkArray groupsJoined(NetworkArray array, int[] places, int groups) {
        int channels = array.dims().get(1);
        if (IntStream.range(0, channels).allMatch(c -> places[c] == c)) {
            return array;
        }
        NetworkArray made = newPixels(array.dims());
        int[] space = {array.floats() / array.pixelFloats(), groups, channels / groups};
        int[] from = {array.pixelFloats(), places[channels / groups], 1};
        int[] to = {made.pixelFloats(), channels / groups, 1};
        step(made, List.of(array), () -> OperationCall.copyNumbers(array.storage(), 0, from,
                made.storage(), 0, to, space));
        return made;
    }

    private NetworkArray function(NetworkArray from, Op.Elementwise op) {
        NetworkArray made = newPixels(from.dims());
        step(made, List.of(from), () -> OperationCall.function(from.pixels(), made.pixels(),
                op.function().ordinal(), op.a(), op.b()));
        return made;
    }

    private void convolveTransposed(Op.ConvolveTransposed op, String input) {
        Conv2d kernel = op.kernel();
        Shape in = dims(input).toShape();
        Shape out = dims(node.output()).toShape();
        Padding.Explicit cut = (Padding.Explicit) kernel.padding();
        if (vectors && op.isBlocks()) {
            transposedWithoutOverlap(op, pixels(input), in);
            return;
        }
        NetworkArray from = plain(input);
        NetworkArray made = plainOutput();
        Geometry g = new Geometry(in.n(), in.c(), in.h(), in.w(), out.c(), kernel.kernelHeight(),
                kernel.kernelWidth(), out.h(), out.w(), kernel.strideHeight(), kernel.strideWidth(),
                kernel.dilationHeight(), kernel.dilationWidth(), cut.top(), cut.left(),
                kernel.groups(), false);
        Activation activation = kernel.activation();
        step(made, List.of(from), List.of((long) op.weight().length, (long) out.c(), TABLE),
                () -> OperationCall.transposedConv(from.storage(), made.storage(), g, op.weight(),
                        op.bias(), activation.kind().ordinal(), activation.slope()));
    }

    /**
     * Where strides are the kernel's size each output pixel has one tap: a pointwise convolution to
     * all taps, put in their places.
     */
    private void transposedWithoutOverlap(Op.ConvolveTransposed op, NetworkArray from, Shape in) {
        Conv2d kernel = op.kernel();
        int rows = kernel.kernelHeight();
        int columns = kernel.kernelWidth();
        int channels = kernel.outChannels();
        int places = wholeVectors(channels);
        int all = rows * columns * places;
        float[] weight = new float[all * in.c()];
        float[] bias = new float[all];
        for (int k = 0; k < channels; k++) {
            for (int tap = 0; tap < rows * columns; tap++) {
                for (int c = 0; c < in.c(); c++) {
                    weight[(tap * places + k) * in.c() + c] = op
                            .weight()[(c * channels + k) * rows * columns + tap];
                }
                bias[tap * places + k] = op.bias() == null ? 0 : op.bias()[k];
            }
        }
        Geometry g = new Geometry(in.n(), in.c(), in.h(), in.w(), all, 1, 1, in.h(), in.w(), 1, 1,
                1, 1, 0, 0, 1, false);
        // A function that is taken number by number comes last, where only the channels that matter
        // are left.
        Activation activation = kernel.activation();
        boolean atOnce = Catalogue.byDefault(g, DeviceClass.CPU)
                .activates(activation.kind().ordinal());
        NetworkArray taps = vectorConv(g, from, weight, bias, atOnce ? activation : Activation.NONE,
                Dims.of(in.n(), all, in.h(), in.w()));
        NetworkArray made = newPixels(dims(node.output()));
        int block = places / LANES;
        int inPixel = taps.pixelFloats() / LANES;
        int outPixel = made.pixelFloats() / LANES;
        int[] space = {in.n() * in.h(), rows, in.w(), columns, block};
        int[] read = {in.w() * inPixel, columns * block, inPixel, block, 1};
        int outRow = in.w() * columns * outPixel;
        int[] written = {rows * outRow, outRow, columns * outPixel, outPixel, 1};
        step(made, List.of(taps), () -> OperationCall.copyVectors(taps.storage(), 0, read,
                made.storage(), 0, written, space));
        output(atOnce ? made : function(made, Op.Elementwise.of(activation)));
    }

    private void constant(Dims dims, float[] numbers) {
        Value value = new Value(dims);
        value.constant = numbers;
        values.put(node.output(), value);
    }

    private void scaleShift(Op.ScaleShift op, String input) {
        if (arePixels(input)) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from), channels(2, made), () -> OperationCall
                    .scaleShift(from.pixels(), made.pixels(), op.scale(), op.shift()));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), channels(2, made),
                    () -> OperationCall.scaleShift(from.storage(), made.storage(),
                            made.dims().toArray(), op.scale(), op.shift()));
        }
    }

    private void function(Op.Elementwise op, String input) {
        if (arePixels(input)) {
            output(function(pixels(input), op));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), () -> OperationCall.function(from.storage(), made.storage(),
                    made.dims().toArray(), op.function().ordinal(), op.a(), op.b()));
        }
    }

    /** Elements of so many constants of a number a channel. */
    private static List<Long> channels(int constants, NetworkArray array) {
        return List.of(constants * (long) wholeVectors(array.dims().get(1)), TABLE);
    }

    private void prelu(Op.PRelu op, String input) {
        if (arePixels(input)) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from), channels(1, made),
                    () -> OperationCall.prelu(from.pixels(), made.pixels(), op.slopes()));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), channels(1, made), () -> OperationCall.prelu(from.storage(),
                    made.storage(), made.dims().toArray(), op.slopes()));
        }
    }

    private void binary(Op.Binary op, String a, String b) {
        Dims out = dims(node.output());
        int kind = op.kind().ordinal();
        if ((arePixels(a) || arePixels(b)) && canBePixels(a, out) && canBePixels(b, out)) {
            NetworkArray first = operand(a, out);
            NetworkArray second = operand(b, out);
            NetworkArray made = pixelsOutput();
            step(made, List.of(first, second), () -> OperationCall.binary(first.pixels(),
                    second.pixels(), made.pixels(), kind));
        } else {
            NetworkArray first = plain(a);
            NetworkArray second = plain(b);
            NetworkArray made = plainOutput();
            step(made, List.of(first, second),
                    () -> OperationCall.binary(first.storage(), repeated(dims(a), out),
                            second.storage(), repeated(dims(b), out), made.storage(), out.toArray(),
                            kind));
        }
    }

    /**
     * Vector kernels repeat along anything but channels; a constant is repeated along these
     * beforehand.
     */
    private boolean canBePixels(String name, Dims out) {
        if (isConstant(name)) {
            return out.rank() == 2 || out.rank() == 4;
        }
        Dims dims = dims(name);
        return dims.rank() == out.rank() && (out.rank() == 2 || out.rank() == 4)
                && dims.get(1) == out.get(1);
    }

    private NetworkArray operand(String name, Dims out) {
        float[] constant = values.get(name).constant;
        if (constant == null) {
            return pixels(name);
        }
        int[] strides = repeated(dims(name), out);
        int[] sizes = out.toArray();
        for (int d = 0; d < sizes.length; d++) {
            sizes[d] = d != 1 && strides[d] == 0 ? 1 : sizes[d];
        }
        NetworkArray made = newPixels(Dims.of(sizes));
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
        made.place(Storage.vectorsOf(packed));
        held.add(made.storage());
        return made;
    }

    /** An array's strides along the dimensions of one that it is repeated to. */
    private static int[] repeated(Dims dims, Dims out) {
        int[] strides = new int[out.rank()];
        int[] own = dims.strides();
        for (int i = 0; i < dims.rank(); i++) {
            strides[out.rank() - dims.rank() + i] = dims.get(i) == 1 ? 0 : own[i];
        }
        return strides;
    }

    private void pool(Op.Pool op, String input) {
        Shape in = dims(input).toShape();
        Shape out = dims(node.output()).toShape();
        Padding.Explicit pad = op.padding();
        boolean padded = op.countPadding();
        Window window = new Window(in.h(), in.w(), out.h(), out.w(), op.kernelHeight(),
                op.kernelWidth(), op.strideHeight(), op.strideWidth(), op.dilationHeight(),
                op.dilationWidth(), pad.top(), pad.left(), padded ? -pad.top() : 0,
                padded ? in.h() + pad.bottom() : in.h(), padded ? -pad.left() : 0,
                padded ? in.w() + pad.right() : in.w());
        int kind = op.kind().ordinal();
        if (arePixels(input)) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from),
                    () -> OperationCall.pool(from.pixels(), made.pixels(), window, kind));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), () -> OperationCall.pool(from.storage(), made.storage(),
                    in.n() * in.c(), window, kind));
        }
    }

    private void reduce(Op.Reduce op, String input) {
        int kind = op.kind().ordinal();
        Dims in = dims(input);
        if (arePixels(input) && in.rank() == 4 && op.dimensions().equals(List.of(2, 3))) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from),
                    () -> OperationCall.reduce(from.pixels(), made.pixels(), kind));
            return;
        }
        // Neighbouring dimensions at once, the last ones first: means of means of equally many are
        // means.
        NetworkArray array = plain(input);
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
                    ? plainOutput()
                    : NetworkArray.plain(Dims.of(outer * inner));
            step(made, List.of(from), () -> OperationCall.reduce(from.storage(), made.storage(),
                    outer, length, inner, kind));
            Arrays.fill(sizes, first, last + 1, 1);
            array = made;
        }
    }

    private void fullyConnected(Op.FullyConnected op, String input) {
        Dims in = dims(input);
        int rows = in.product(0, in.rank() - 1);
        Activation activation = op.activation();
        Geometry g = new Geometry(rows, op.inputs(), 1, 1, op.outputs(), 1, 1, 1, 1, 1, 1, 1, 1, 0,
                0, 1, false);
        // A launch costs as much as some ten thousand products of single numbers.
        boolean large = (long) op.weight().length * rows > 1 << 16;
        if (vectors && in.rank() == 2 && (arePixels(input) || large && choice.asPixels(g, false))) {
            output(vectorConv(g, pixels(input), op.weight(), op.bias(), activation,
                    dims(node.output())));
            return;
        }
        NetworkArray from = plain(input);
        NetworkArray made = plainOutput();
        step(made, List.of(from), List.of((long) op.weight().length, (long) op.outputs(), TABLE),
                () -> OperationCall.fullyConnected(from.storage(), made.storage(), rows,
                        op.outputs(), op.weight(), op.bias(), activation.kind().ordinal(),
                        activation.slope()));
    }

    private void matrixProduct(String a, String b) {
        Dims out = dims(node.output());
        int rank = out.rank();
        NetworkArray first = plain(a);
        NetworkArray second = plain(b);
        NetworkArray made = plainOutput();
        int rows = out.get(rank - 2);
        int columns = out.get(rank - 1);
        int length = dims(a).get(dims(a).rank() - 1);
        int[] aStarts = matrixStarts(dims(a), out);
        int[] bStarts = matrixStarts(dims(b), out);
        step(made, List.of(first, second), () -> OperationCall.matrixProduct(first.storage(),
                aStarts, second.storage(), bStarts, made.storage(), rows, length, columns));
    }

    /** Where, for each matrix of the output, the matrix begins that an input has for it. */
    private static int[] matrixStarts(Dims dims, Dims out) {
        int batch = out.rank() - 2;
        int[] strides = repeated(dims, new Dims(out.sizes()));
        int[] starts = new int[out.product(0, batch)];
        for (int i = 0; i < starts.length; i++) {
            for (int d = batch - 1, rest = i; d >= 0; rest /= out.get(d), d--) {
                starts[i] += rest % out.get(d) * strides[d];
            }
        }
        return starts;
    }

    private void softmax(Op.Softmax op, String input) {
        Dims in = dims(input);
        NetworkArray from = plain(input);
        NetworkArray made = plainOutput();
        step(made, List.of(from),
                () -> OperationCall.softmax(from.storage(), made.storage(),
                        in.product(0, op.dimension()), in.get(op.dimension()),
                        in.product(op.dimension() + 1, in.rank())));
    }

    private void concat(Op.Concat op, List<String> inputs) {
        Dims out = dims(node.output());
        long asPixels = inputs.stream().filter(this::arePixels)
                .mapToLong(name -> dims(name).elements()).sum();
        boolean onPixels = out.rank() == 4 && 2 * asPixels > out.elements();
        NetworkArray made = onPixels ? pixelsOutput() : plainOutput();
        int offset = 0;
        for (String input : inputs) {
            int[] at = new int[out.rank()];
            at[op.dimension()] = offset;
            if (onPixels) {
                put(pixels(input), made, at, false);
            } else {
                NetworkArray from = plain(input);
                int base = offset * out.strides()[op.dimension()];
                step(made, List.of(from),
                        () -> OperationCall.copy(from.storage(), 0, from.dims().strides(),
                                made.storage(), base, out.strides(), from.dims().toArray()));
            }
            offset += dims(input).get(op.dimension());
        }
    }

    /** Copies pixels into larger ones, from a place {@code [n, c, h, w]} on. */
    private void put(NetworkArray from, NetworkArray to, int[] at, boolean exact) {
        int[] strides = pictureStrides(to);
        int base = at[0] * strides[0] + at[1] * strides[1] + at[2] * strides[2]
                + at[3] * strides[3];
        copy(from, 0, pictureStrides(from), to, base, strides, from.dims().toArray(), exact);
    }

    /** Strides of a picture along N, C, H, W in single numbers. */
    private static int[] pictureStrides(NetworkArray array) {
        if (array.order() == Order.NCHW) {
            return array.dims().strides();
        }
        int pixel = array.isVectors() ? array.pixelFloats() : array.dims().get(1);
        int row = array.width() * pixel;
        return new int[]{array.height() * row, 1, row, pixel};
    }

    /**
     * Copies {@code sizes} of pixels; whole vectors where channels begin with one.
     *
     * @param exact whether nothing may be written beyond the channels; else a last vector that
     * isn't full is copied with what fills it up, and what belongs there must be written later
     */
    private void copy(NetworkArray from, int base, int[] strides, NetworkArray to, int toBase,
            int[] toStrides, int[] sizes, boolean exact) {
        boolean whole = strides[1] == 1 && base % LANES == 0 && toBase % LANES == 0
                && (!exact || sizes[1] % LANES == 0)
                && IntStream.of(0, 2, 3).allMatch(d -> strides[d] % LANES == 0);
        int unit = whole ? LANES : 1;
        int[] order = {0, 2, 3, 1};
        int[] space = Arrays.stream(order)
                .map(d -> d == 1 ? (sizes[1] + unit - 1) / unit : sizes[d]).toArray();
        int[] read = Arrays.stream(order).map(d -> d == 1 ? strides[1] : strides[d] / unit)
                .toArray();
        int[] written = Arrays.stream(order).map(d -> d == 1 ? 1 : toStrides[d] / unit).toArray();
        step(to, List.of(from),
                () -> whole
                        ? OperationCall.copyVectors(from.storage(), base / LANES, read,
                                to.storage(), toBase / LANES, written, space)
                        : OperationCall.copyNumbers(from.storage(), base, read, to.storage(),
                                toBase, written, space));
    }

    private void reshape(Op.Reshape op, String input) {
        Dims from = dims(input);
        if (isConstant(input)) {
            constant(op.dims(), values.get(input).constant);
        } else if (arePixels(input) && areFlat(from) && areFlat(op.dims())
                && from.get(0) == op.dims().get(0) && from.get(1) == op.dims().get(1)) {
            output(pixels(input).as(op.dims()));
        } else {
            output(plain(input).as(op.dims()));
        }
    }

    /** {@code [N, C]} or {@code [N, C, 1, 1]}. */
    private static boolean areFlat(Dims dims) {
        return dims.rank() == 2 || dims.rank() == 4 && dims.get(2) == 1 && dims.get(3) == 1;
    }

    private void transpose(Op.Transpose op, String input) {
        Value from = values.get(input);
        Dims out = dims(node.output());
        if (op.order().equals(TO_NCHW) && from.constant == null) {
            Value made = Value.of(plain(input).as(out, Order.NHWC));
            made.outside = from.outside;
            values.put(node.output(), made);
        } else if (op.order().equals(TO_NHWC) && from.constant == null
                && !from.arrays.containsKey(Order.NCHW)) {
            NetworkArray pixels = from.arrays.get(Order.NHWC_VECTORS);
            if (pixels != null && pixels.pixelFloats() == out.get(3)
                    && onlyGoesOut(node.output())) {
                pixelOutputs.put(node.output(), pixels);
            } else {
                NetworkArray last = in(from, Order.NHWC);
                // read as plain numbers: vectors it can't become any more
                last.touch(Math.max(drafts.size() - 1, 0));
                output(last.as(out, Order.NCHW));
            }
        } else {
            NetworkArray source = plain(input);
            NetworkArray made = plainOutput();
            int[] own = dims(input).strides();
            int[] read = op.order().stream().mapToInt(d -> own[d]).toArray();
            step(made, List.of(source), () -> OperationCall.copy(source.storage(), 0, read,
                    made.storage(), 0, made.dims().strides(), made.dims().toArray()));
        }
    }

    private void pad(Op.Pad op, String input) {
        Dims in = dims(input);
        Dims out = dims(node.output());
        boolean rowsAndColumns = in.rank() == 4 && in.get(0) == out.get(0)
                && in.get(1) == out.get(1);
        if (arePixels(input) && rowsAndColumns) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            int[] rows = padded(op, 2, in.get(2), out.get(2));
            int[] columns = padded(op, 3, in.get(3), out.get(3));
            step(made, List.of(from), () -> OperationCall.resizeNearest(from.pixels(),
                    made.pixels(), rows, columns, op.value()));
        } else if (arePixels(input) && in.rank() == 4 && op.mode() == Op.Pad.Mode.CONSTANT) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            int[] rows = new int[out.get(0) * out.get(2)];
            int[] columns = new int[out.get(3)];
            Arrays.fill(rows, -1);
            Arrays.fill(columns, -1);
            step(made, List.of(from), () -> OperationCall.resizeNearest(from.pixels(),
                    made.pixels(), rows, columns, op.value()));
            put(from, made, op.before().stream().mapToInt(Integer::intValue).toArray(),
                    op.after().get(1) > 0);
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from),
                    () -> OperationCall.pad(from.storage(), in.toArray(),
                            op.before().stream().mapToInt(Integer::intValue).toArray(),
                            made.storage(), out.toArray(), op.mode().ordinal(), op.value()));
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

    private void slice(Op.Slice op, String input) {
        int[] steps = op.steps().stream().mapToInt(Integer::intValue).toArray();
        int[] starts = op.starts().stream().mapToInt(Integer::intValue).toArray();
        boolean onPixels = arePixels(input) && dims(input).rank() == 4;
        NetworkArray from = onPixels ? pixels(input) : plain(input);
        NetworkArray made = onPixels ? pixelsOutput() : plainOutput();
        int[] own = onPixels ? pictureStrides(from) : from.dims().strides();
        int base = IntStream.range(0, own.length).map(d -> starts[d] * own[d]).sum();
        int[] read = IntStream.range(0, own.length).map(d -> steps[d] * own[d]).toArray();
        int[] sizes = made.dims().toArray();
        if (onPixels) {
            copy(from, base, read, made, 0, pictureStrides(made), sizes, false);
        } else {
            step(made, List.of(from), () -> OperationCall.copy(from.storage(), base, read,
                    made.storage(), 0, made.dims().strides(), sizes));
        }
    }

    private void resize(Op.Resize op, String input) {
        Shape in = dims(input).toShape();
        Op.Resize.Samples rows = op.rows(in.h());
        Op.Resize.Samples columns = op.columns(in.w());
        boolean onPixels = arePixels(input);
        NetworkArray from = onPixels ? pixels(input) : plain(input);
        NetworkArray made = onPixels ? pixelsOutput() : plainOutput();
        int planes = in.n() * in.c();
        if (op.interpolation() == Op.Resize.Interpolation.NEAREST) {
            int[] row = rows.first();
            int[] column = columns.first();
            step(made, List.of(from),
                    () -> onPixels
                            ? OperationCall.resizeNearest(from.pixels(), made.pixels(), row, column,
                                    0)
                            : OperationCall.resizeNearest(from.storage(), made.storage(), planes,
                                    in.h(), in.w(), row, column));
        } else {
            Between row = new Between(rows.first(), rows.second(), rows.weight());
            Between column = new Between(columns.first(), columns.second(), columns.weight());
            step(made, List.of(from),
                    () -> onPixels
                            ? OperationCall.resizeLinear(from.pixels(), made.pixels(), row, column)
                            : OperationCall.resizeLinear(from.storage(), made.storage(), planes,
                                    in.h(), in.w(), row, column));
        }
    }
}
