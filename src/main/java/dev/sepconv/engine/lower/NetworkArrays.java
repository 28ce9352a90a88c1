package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.engine.lower.NetworkCalls.CallStep;
import dev.sepconv.graph.Interruption;
import dev.sepconv.graph.MemoryPlan;
import dev.sepconv.kernel.Call;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.Pixels;
import dev.sepconv.kernel.Storage;
import dev.sepconv.kernel.conv.Kernel.Order;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

// Over 400 lines, since an array's orders, parts and memory are settled together.
/**
 * The arrays of a network that is lowered, in every order in which they are there, and the steps
 * that make them so far. Nothing has memory before {@link #calls}.
 */
final class NetworkArrays {

    static final List<Integer> TO_NHWC = List.of(0, 2, 3, 1);
    /**
     * Numbers of tables that calls have beside weights: at most, for all but very large pictures.
     */
    static final long TABLE = 64;

    private final Network network;
    /** Whether no picture is too large to be kept as pixels of whole vectors. */
    private final boolean fits;
    private final Map<String, LoweredValue> values = new HashMap<>();
    private final Map<String, List<Node>> readers = new HashMap<>();
    /** What outputs are that are pixels of whole vectors as they lie. */
    private final Map<String, NetworkArray> pixelOutputs = new HashMap<>();
    /**
     * Where arrays are made so that concatenations find them there, and what of.
     */
    private final ConcatParts parts;
    private final Map<String, NetworkArray> wholes = new HashMap<>();
    private final List<Draft> drafts = new ArrayList<>();
    /** Memory of constants that drafts read as arrays. */
    private final List<Storage> held = new ArrayList<>();
    private final Map<String, NetworkArray> inputs = new LinkedHashMap<>();
    private final Map<String, NetworkArray> outputs = new LinkedHashMap<>();
    private final Map<String, Node> makers = new HashMap<>();
    private List<Shared> shared;
    private Node node;

    /** A step whose arrays have no memory yet. */
    private record Draft(String node, String label, NetworkArray output, List<NetworkArray> inputs,
            List<Long> constants, Supplier<Call> call) {

        CallStep step() {
            return new CallStep(node, label, call.get(),
                    inputs.stream().map(NetworkArray::storage).toList(), output.storage());
        }
    }

    /** Arrays that are never needed at once, and the memory that they will have. */
    private record Shared(List<NetworkArray> arrays, int floats, boolean vectors) {

        Storage allocate() {
            Storage storage = vectors ? Storage.vectors(floats) : Storage.plain(floats);
            arrays.forEach(array -> array.bind(storage));
            return storage;
        }
    }

    NetworkArrays(Network network, boolean fits) {
        this.network = network;
        this.fits = fits;
        parts = new ConcatParts(network);
        network.nodes().forEach(reader -> Set.copyOf(reader.inputs()).forEach(
                name -> readers.computeIfAbsent(name, key -> new ArrayList<>()).add(reader)));
        network.inputs().forEach((name, dims) -> {
            NetworkArray array = NetworkArray.plain(dims);
            inputs.put(name, array);
            LoweredValue value = LoweredValue.of(array);
            value.outside = true;
            values.put(name, value);
        });
    }

    /** Lowers each node that outputs depend on, and then settles which arrays share memory. */
    void lower(Consumer<Node> lowering) {
        Set<String> needed = needed();
        for (Node each : network.nodes()) {
            Interruption.check();
            makers.put(each.output(), each);
            if (needed.contains(each.output())) {
                node = each;
                lowering.accept(each);
            }
        }
        for (String output : network.outputs()) {
            node = makers.getOrDefault(output, node);
            outputs.put(output,
                    pixelOutputs.containsKey(output) ? pixelOutputs.get(output) : plain(output));
        }
        shared = shared();
    }

    /** The node that is being lowered. */
    Node node() {
        return node;
    }

    /** Of the node that is being lowered. */
    Dims outDims() {
        return network.dims(node.output());
    }

    /** Whether no picture is too large to be kept as pixels of whole vectors. */
    boolean fits() {
        return fits;
    }

    /** How many steps there are so far. */
    int steps() {
        return drafts.size();
    }

    /** The node whose output an array is, if it has been lowered. */
    Optional<Node> maker(String name) {
        return Optional.ofNullable(makers.get(name));
    }

    LoweredValue value(String name) {
        return values.get(name);
    }

    /** Makes the node's output what is there. */
    void output(LoweredValue value) {
        values.put(node.output(), value);
    }

    /** Gives an output out as the pixels of whole vectors that it is. */
    void outputPixels(NetworkArray pixels) {
        pixelOutputs.put(node.output(), pixels);
    }

    /** Keeps memory of a constant that drafts read as an array. */
    void hold(Storage storage) {
        held.add(storage);
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
        Map<Integer, List<NetworkArray>> sharers = IntStream.range(0, owners.size()).boxed()
                .collect(Collectors.groupingBy(i -> plan.bufferOf()[i],
                        Collectors.mapping(owners::get, Collectors.toList())));
        for (int buffer = 0; buffer < plan.sizes().size(); buffer++) {
            List<NetworkArray> sharing = sharers.get(buffer);
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

    boolean isOutput(String name) {
        return network.isOutput(name);
    }

    List<Node> readers(String name) {
        return readers.getOrDefault(name, List.of());
    }

    /** Whether what a name stands for is given out, in NCHW or in NHWC, and has no other use. */
    boolean onlyGoesOut(String name) {
        List<Node> readers = readers(name);
        return network.isOutput(name)
                ? readers.isEmpty()
                : readers.size() == 1 && readers.getFirst().op() instanceof Op.Transpose op
                        && op.order().equals(TO_NHWC) && onlyGoesOut(readers.getFirst().output());
    }

    /**
     * A step.
     *
     * @param label the operation's word
     * @param constants numbers of each constant that it reads
     * @param call made when its arrays have memory
     */
    void step(String label, NetworkArray output, List<NetworkArray> from, List<Long> constants,
            Supplier<Call> call) {
        int step = drafts.size();
        output.touch(step);
        from.forEach(input -> input.touch(step));
        drafts.add(new Draft(node.name(), label, output, from, constants, call));
    }

    void step(NetworkArray output, List<NetworkArray> from, List<Long> constants,
            Supplier<Call> call) {
        step(node.op().label(), output, from, constants, call);
    }

    void step(NetworkArray output, List<NetworkArray> from, Supplier<Call> call) {
        step(output, from, List.of(TABLE), call);
    }

    /**
     * One step that makes the node's output of one input: as pixels of whole vectors if the input
     * lies so, else in row-major order.
     *
     * @param constants numbers of each constant that it reads
     */
    void step(String input, List<Long> constants, BiFunction<Pixels, Pixels, Call> onPixels,
            BiFunction<Storage, Storage, Call> onPlain) {
        if (arePixels(input)) {
            NetworkArray from = partOrPixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from), constants,
                    () -> onPixels.apply(from.pixels(), made.pixels()));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), constants,
                    () -> onPlain.apply(from.storage(), made.storage()));
        }
    }

    /** A value in this order, its pixels no parts of larger ones; brought there if it isn't yet. */
    NetworkArray in(LoweredValue value, Order order) {
        NetworkArray made = maybePart(value, order);
        if (made.isPart()) {
            if (value.whole == null) {
                value.whole = copied(made);
            }
            return value.whole;
        }
        return made;
    }

    private NetworkArray copied(NetworkArray part) {
        NetworkArray made = newPixels(part.dims());
        int[] sizes = {part.dims().get(0), part.height(), part.width(),
                made.pixelFloats() / Pixels.LANES};
        step(NetworkCalls.LAYOUT, made, List.of(part), List.of(TABLE),
                () -> OperationCall.copyVectors(part.storage(), part.first() / Pixels.LANES,
                        vectorStrides(part), made.storage(), 0, vectorStrides(made), sizes));
        return made;
    }

    /** From one picture, row, pixel and vector to the next. */
    private static int[] vectorStrides(NetworkArray array) {
        int pixel = array.pixelFloats() / Pixels.LANES;
        int row = array.width() * pixel;
        return new int[]{array.height() * row, row, pixel, 1};
    }

    /** A value in this order, of which pixels of vectors may be parts of larger ones. */
    NetworkArray maybePart(LoweredValue value, Order order) {
        NetworkArray made = value.arrays.get(order);
        if (made == null) {
            made = converted(value, order);
            value.arrays.put(order, made);
        }
        return made;
    }

    private NetworkArray converted(LoweredValue value, Order order) {
        if (value.arrays.isEmpty()) {
            NetworkArray made = NetworkArray.plain(value.dims);
            made.bind(Storage.plainOf(value.constant));
            held.add(made.storage());
            value.arrays.put(Order.NCHW, made);
            return order == Order.NCHW ? made : converted(value, order);
        }
        NetworkArray last = value.arrays.get(Order.NHWC);
        NetworkArray from = last != null
                ? last
                : in(value, value.arrays.keySet().iterator().next());
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
                    : OperationCall.copy(from.storage(), 0, from.pictureStrides(), made.storage(),
                            0, made.pictureStrides(), made.dims().toArray());
        });
        return made;
    }

    /**
     * Whether it is an input that nothing but a transposition reads, pixel by pixel, and its pixels
     * are whole vectors.
     */
    private boolean isWholePixels(NetworkArray array) {
        return array.dims().get(1) % Pixels.LANES == 0 && !array.isTouched() && fits
                && inputs.entrySet().stream()
                        .anyMatch(input -> input.getValue() == array.owner()
                                && !network.isOutput(input.getKey())
                                && readers(input.getKey()).size() == 1);
    }

    /** A new array; if of whole vectors, its channels are padded to these. */
    static NetworkArray made(Dims dims, Order order) {
        return switch (order) {
            case NCHW -> NetworkArray.plain(dims);
            case NHWC -> NetworkArray.channelsLast(dims);
            case NHWC_VECTORS -> newPixels(dims);
        };
    }

    /** An array in row-major order. */
    NetworkArray plain(String name) {
        return in(values.get(name), Order.NCHW);
    }

    /** An array of two or four dimensions as pixels of vectors. */
    NetworkArray pixels(String name) {
        return in(values.get(name), Order.NHWC_VECTORS);
    }

    /** The same, its pixels parts of larger ones where they were made or cut out so. */
    NetworkArray partOrPixels(String name) {
        return maybePart(values.get(name), Order.NHWC_VECTORS);
    }

    static NetworkArray newPixels(Dims dims) {
        return NetworkArray.vectors(dims, Pixels.wholeVectors(dims.get(1)));
    }

    /** The node's output in row-major order, to be written. */
    NetworkArray plainOutput() {
        return output(NetworkArray.plain(outDims()));
    }

    /** The node's output as pixels of whole vectors, to be written. */
    NetworkArray pixelsOutput() {
        return output(outPixels());
    }

    /** Pixels of whole vectors for the node's output, where a concatenation will look for them. */
    NetworkArray outPixels() {
        return outPixels(node.output());
    }

    /** The same for the output of a node behind it, which has the same dimensions. */
    NetworkArray outPixels(String output) {
        return parts.of(output)
                .map(part -> wholes
                        .computeIfAbsent(part.whole(), name -> newPixels(network.dims(name)))
                        .part(network.dims(output), part.channel()))
                .orElseGet(() -> wholes.containsKey(output)
                        ? wholes.get(output)
                        : newPixels(network.dims(output)));
    }

    NetworkArray output(NetworkArray made) {
        values.put(node.output(), LoweredValue.of(made));
        return made;
    }

    /** Whether an array is there as pixels of whole vectors. */
    boolean arePixels(String name) {
        return values.get(name).arrays.containsKey(Order.NHWC_VECTORS);
    }

    boolean isConstant(String name) {
        return values.get(name).constant != null;
    }

    Dims dims(String name) {
        return network.dims(name);
    }

    /** The node's output is a constant; it gets memory if something reads it as an array. */
    void constant(Dims dims, float[] numbers) {
        LoweredValue value = new LoweredValue(dims);
        value.constant = numbers;
        values.put(node.output(), value);
    }

    /** An array's numbers become a function of them. */
    NetworkArray function(NetworkArray array, Op.Elementwise op) {
        int function = KernelCodes.of(op.function());
        step(array, List.of(array), List.of(2L, TABLE),
                () -> array.isVectors()
                        ? OperationCall.function(array.pixels(), array.pixels(), function, op.a(),
                                op.b())
                        : OperationCall.function(array.storage(), array.storage(),
                                array.dims().toArray(), function, op.a(), op.b()));
        return array;
    }

    /** How many numbers each array has that goes to a device or stays there. */
    List<Long> elements() {
        Stream<Long> ends = Stream.concat(inputs.values().stream(), outputs.values().stream())
                .map(NetworkArray::owner).filter(array -> !array.isPlaced()).distinct()
                .map(NetworkArray::storageElements);
        Stream<Long> between = Stream.concat(held.stream().map(storage -> (long) storage.size()),
                shared.stream().map(each -> (long) each.floats()));
        return Stream.concat(Stream.concat(ends, between),
                drafts.stream().flatMap(draft -> draft.constants().stream())).toList();
    }

    /** The calls, with their memory. */
    NetworkCalls calls(boolean tuned) {
        Stream.concat(inputs.values().stream(), outputs.values().stream())
                .filter(array -> !array.isPlaced()).map(NetworkArray::owner).distinct()
                .forEach(array -> array.bind(array.newStorage()));
        List<Storage> intermediates = shared.stream().map(Shared::allocate).toList();
        List<CallStep> steps = drafts.stream().map(Draft::step).toList();
        return new NetworkCalls(network, steps, storages(inputs), storages(outputs), intermediates,
                List.copyOf(held), tuned);
    }
}
