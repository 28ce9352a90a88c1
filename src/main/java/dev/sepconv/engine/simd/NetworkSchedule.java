package dev.sepconv.engine.simd;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.vector.VectorUnit;
import dev.sepconv.graph.ChannelShuffles;
import dev.sepconv.graph.Interruption;
import dev.sepconv.graph.TransposedBlocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

// Over 400 lines, since each operation's step is chosen by where its inputs lie and what reads its
// output, which only the schedule knows.
/**
 * The steps that a network takes, and the arrays between them.
 *
 * <pre>
 * NCHW ─▶ turned ───┬─▶ convolution ─▶ … ─▶ convolution ─┬─▶ NHWC
 * NHWC ─▶ (border) ─┘                                    └─▶ NCHW, turned as it is stored
 * </pre>
 *
 * Pictures lie in NHWC with the border of zeros that the convolutions that read them want;
 * everything else lies in row-major order, or is a view of an array that is there already: slices,
 * transpositions and most reshapes move nothing, so that a transposition to or from NHWC at an end
 * of the network is the layout of the caller's array. Convolutions from NCHW to NCHW that have
 * steps for it leave their pictures so. What only becomes an output is written there.
 */
final class NetworkSchedule {

    private static final String NO_BORDER = "no border";

    /**
     * A step with the arrays that it reads and writes.
     *
     * @param second read beside {@code from}; or null
     */
    record Pass(Node node, Step step, Buffer from, Buffer second, Buffer to) {
    }

    /**
     * Steps that are made when it is known where buffers begin; all read and write the same.
     *
     * @param second read beside {@code from}; or null
     */
    record Stage(Node node, Supplier<List<Step>> steps, Buffer from, Buffer second, Buffer to) {
    }

    /** A kind of buffers that may begin anywhere in their arrays. */
    private record Shifted(Object kind) {
    }

    /** A picture, and the numbers for its channels that it is multiplied by. */
    private record Gated(String picture, String gate) {
    }

    private final Network network;
    private final int workers;
    private final PlanMemory memory;
    private final List<Stage> stages = new ArrayList<>();
    private final List<Buffer> between = new ArrayList<>();
    private final Map<String, Buffer> inputs = new LinkedHashMap<>();
    private final Map<String, Buffer> outputs = new LinkedHashMap<>();
    private final Map<String, Node> makers;
    private final Map<String, List<Node>> readers;
    /** For each convolution's result how it is computed. */
    private final Map<String, List<StepChoice>> choices = new LinkedHashMap<>();
    private final ChannelShuffles shuffles;
    /** Products that are never stored: the convolution that reads one makes it as it reads. */
    private final Map<String, Gated> gated = new HashMap<>();
    /** Results that are never stored: the convolution that reads one makes it row by row. */
    private final Map<String, Node> expansions = new HashMap<>();
    /** What is joined for a shuffle that takes halves in turns, and such that are read in parts. */
    private final Set<String> neverMade = new HashSet<>();
    /** Results of activations that were applied where what they read was made. */
    private final Map<String, Location> ahead = new HashMap<>();
    private final Map<String, Padding.Explicit> borders = new HashMap<>();
    /** Where in the outputs' arrays values lie that are nothing but outputs, or views of them. */
    private final Map<String, Location> destinations = new HashMap<>();
    private final Map<String, Location> locations;
    /** Copies of values in NHWC and in row-major order, made when they were first wanted. */
    private final Map<String, List<Location>> pictures = new HashMap<>();
    private final Map<String, Location> rowMajor = new HashMap<>();
    private Node node;

    NetworkSchedule(Network network, Fusion fusion, int workers) {
        this.network = network;
        this.workers = workers;
        memory = new PlanMemory(workers, network.parameters());
        makers = HashMap.newHashMap(network.dims().size());
        readers = HashMap.newHashMap(network.dims().size());
        locations = HashMap.newHashMap(network.dims().size());
        for (Node each : network.nodes()) {
            makers.put(each.output(), each);
            each.inputs().forEach(
                    input -> readers.computeIfAbsent(input, key -> new ArrayList<>()).add(each));
        }
        shuffles = ChannelShuffles.of(network);
        choose(fusion);
        findExpansions();
        findGates();
        findInterleaved();
        findBorders();
        for (String name : network.outputs()) {
            Buffer buffer = Buffer.given();
            outputs.put(name, buffer);
            findDestinations(name, buffer, View.rowMajor(network.dims(name)));
        }
        network.inputs().forEach((name, dims) -> {
            Buffer buffer = Buffer.given();
            inputs.put(name, buffer);
            locations.put(name, Location.of(buffer, View.rowMajor(dims)));
        });
        for (Node each : network.nodes()) {
            Interruption.check();
            node = each;
            locations.put(each.output(), location(each));
        }
        for (String name : network.outputs()) {
            Location location = locations.get(name);
            if (location.buffer() != outputs.get(name)) {
                node = makers.getOrDefault(name,
                        new Node(name, new Op.Reshape(network.dims(name)), List.of(name), name));
                copy(location, destinations.get(name));
            }
        }
    }

    List<Stage> stages() {
        return stages;
    }

    /** The steps, in their order, once all buffers have arrays. */
    List<Pass> passes() {
        List<Pass> passes = new ArrayList<>();
        for (Stage stage : stages) {
            Interruption.check();
            stage.steps.get().forEach(step -> passes
                    .add(new Pass(stage.node, step, stage.from, stage.second, stage.to)));
        }
        return passes;
    }

    PlanMemory memory() {
        return memory;
    }

    /** The arrays between the steps. */
    List<Buffer> between() {
        return between;
    }

    /** The caller's arrays. */
    Map<String, Buffer> inputs() {
        return inputs;
    }

    Map<String, Buffer> outputs() {
        return outputs;
    }

    /** Whether a step computes a depthwise and a pointwise convolution at once. */
    boolean fuses() {
        return choices.values().stream().flatMap(List::stream)
                .anyMatch(choice -> choice.depthwise() != null);
    }

    /** As {@link dev.sepconv.NetworkPlan#winogradStages}. */
    Map<String, List<Integer>> winogradStages() {
        Map<String, List<Integer>> stages = new LinkedHashMap<>();
        choices.forEach((output, ways) -> {
            int stage = 0;
            for (StepChoice way : ways) {
                if (way.kind() == StepChoice.Kind.WINOGRAD) {
                    stages.computeIfAbsent(makers.get(output).name(), key -> new ArrayList<>())
                            .add(stage);
                }
                stage += way.stages();
            }
        });
        return stages;
    }

    /**
     * Decides how each convolution is computed: in NCHW where its input lies so and its result is
     * wanted so, else on pixels.
     */
    private void choose(Fusion fusion) {
        network.nodes().forEach(each -> {
            if (each.op() instanceof Op.Convolve op) {
                choices.put(each.output(), StepChoice.onPlanes(op.layer(),
                        shape(each.inputs().getFirst()), fusion, workers));
            }
        });
        Deque<String> open = new ArrayDeque<>(choices.keySet());
        while (!open.isEmpty()) {
            String output = open.remove();
            if (isOnPlanes(output) && !(liesRowMajor(makers.get(output).inputs().getFirst())
                    && isWantedRowMajor(output))) {
                choices.put(output, List.of());
                // it may take those before and after it along
                open.add(makers.get(output).inputs().getFirst());
                readersOf(output).forEach(reader -> open.add(reader.output()));
            }
        }
        choices.replaceAll((output,
                planes) -> planes.isEmpty() && makers.get(output).op() instanceof Op.Convolve op
                        ? StepChoice.onPixels(op.layer(),
                                shape(makers.get(output).inputs().getFirst()), fusion, workers)
                        : planes);
    }

    private boolean isOnPlanes(String output) {
        List<StepChoice> chosen = choices.getOrDefault(output, List.of());
        return !chosen.isEmpty() && chosen.getFirst().onPlanes();
    }

    private boolean liesRowMajor(String value) {
        return network.inputs().containsKey(value) || isOnPlanes(value)
                || makers.get(value).op() instanceof Op.Reshape
                        && !shuffles.ends().containsKey(value);
    }

    private boolean isWantedRowMajor(String value) {
        return network.isOutput(value) || readersOf(value).stream()
                .allMatch(reader -> reader.op() instanceof Op.Reshape
                        && !shuffles.inside().contains(reader.output())
                        || isOnPlanes(reader.output()));
    }

    private List<Node> readersOf(String value) {
        return readers.getOrDefault(value, List.of());
    }

    private Shape shape(String value) {
        return network.dims(value).toShape();
    }

    private Optional<Node> onlyReader(Node node) {
        List<Node> all = readersOf(node.output());
        return all.size() == 1 && !network.isOutput(node.output())
                ? Optional.of(all.getFirst())
                : Optional.empty();
    }

    /** Which convolutions' results the only one that reads them can make as it goes along. */
    private void findExpansions() {
        for (Node each : network.nodes()) {
            List<StepChoice> before = choices.getOrDefault(each.output(), List.of());
            String reading = onlyReader(each).map(Node::output).orElse(null);
            if (before.size() != 1 || !choices.containsKey(reading)) {
                continue;
            }
            List<StepChoice> after = choices.get(reading);
            if (after.getFirst().takesExpansion(before.getFirst(), workers)) {
                List<StepChoice> both = new ArrayList<>(after);
                both.set(0, after.getFirst().after(before.getFirst()));
                choices.put(reading, both);
                expansions.put(each.output(), each);
            }
        }
    }

    /** Which products a pointwise convolution, which alone reads them, can make as it reads. */
    private void findGates() {
        for (Node each : network.nodes()) {
            String reading = onlyReader(each).map(Node::output).orElse(null);
            if (each.op() instanceof Op.Binary op && op.kind() == Op.Binary.Kind.MUL
                    && choices.containsKey(reading) && !expansions.containsKey(reading)
                    && choices.get(reading).getFirst().takesGate(workers)) {
                String a = each.inputs().get(0);
                String b = each.inputs().get(1);
                if (isGate(b, a)) {
                    gated.put(each.output(), new Gated(a, b));
                } else if (isGate(a, b)) {
                    gated.put(each.output(), new Gated(b, a));
                }
            }
        }
    }

    /** Whether a value has one number for each channel of the other, which has more pixels. */
    private boolean isGate(String gate, String picture) {
        Dims of = network.dims(picture);
        Dims values = network.dims(gate);
        return of.rank() == 4 && values.rank() == 4 && values.get(1) == of.get(1)
                && (values.get(0) == 1 || values.get(0) == of.get(0)) && values.get(2) == 1
                && values.get(3) == 1 && of.get(2) * of.get(3) > 1;
    }

    /** Which shuffles can read what a concatenation would have brought together for them. */
    private void findInterleaved() {
        shuffles.ends().forEach((output, shuffled) -> {
            if (!shuffled.halves().isEmpty()) {
                neverMade.add(shuffled.picture());
                if (!network.isOutput(output)
                        && readersOf(output).stream().allMatch(this::isPairsOfChannels)) {
                    neverMade.add(output);
                }
            }
        });
    }

    /**
     * Whether a node takes some channels of all pixels, from an even one on, and an even number.
     */
    private boolean isPairsOfChannels(Node n) {
        return n.op() instanceof Op.Slice op && op.steps().stream().allMatch(step -> step == 1)
                && op.starts().get(1) % 2 == 0 && op.sizes().get(1) % 2 == 0 && new Dims(op.sizes())
                        .with(1, 1).equals(network.dims(n.inputs().getFirst()).with(1, 1));
    }

    /** Which border each value needs for those that read it. */
    private void findBorders() {
        for (Node each : network.nodes()) {
            Picture.Need need = switch (each.op()) {
                case Op.Convolve convolve -> choices.get(each.output()).getFirst().need();
                case Op.ConvolveTransposed transposed -> need(transposed, each);
                default -> Picture.Need.PIXELS;
            };
            // a copy with groups apart has its own
            if (need.parts() == 1 && !each.inputs().isEmpty()) {
                borders.merge(each.inputs().getFirst(), need.border(), Picture::widest);
            }
        }
    }

    private Picture.Need need(Op.ConvolveTransposed op, Node n) {
        return new Picture.Need(1,
                TransposedConvolution.border(op, shape(n.inputs().getFirst()), shape(n.output())),
                false);
    }

    /**
     * Notes where an output, or a value that it is only a view of, lies in the caller's array, and
     * what that in its turn is a view of.
     */
    private void findDestinations(String value, Buffer buffer, View view) {
        destinations.put(value, Location.of(buffer, view));
        Node maker = makers.get(value);
        if (maker == null || maker.inputs().isEmpty()) {
            return;
        }
        String input = maker.inputs().getFirst();
        if (network.isOutput(input) || readers.get(input).size() > 1) {
            return;
        }
        if (maker.op() instanceof Op.Transpose op) {
            List<Integer> back = IntStream.range(0, op.order().size()).map(op.order()::indexOf)
                    .boxed().toList();
            findDestinations(input, buffer, view.transpose(back));
        } else if (maker.op() instanceof Op.Reshape && view.isRowMajor()) {
            findDestinations(input, buffer, View.rowMajor(network.dims(input)));
        }
    }

    private Location location(Node n) {
        if (shuffles.inside().contains(n.output()) || neverMade.contains(n.output())) {
            return null; // who reads it moves the channels
        }
        if (ahead.containsKey(n.output())) {
            return ahead.get(n.output());
        }
        String input = n.inputs().isEmpty() ? null : n.inputs().getFirst();
        if (n.op() instanceof Op.Slice op && neverMade.contains(input)) {
            return interleaved(n, input, op.starts().get(1) / 2, op.sizes().get(1) / 2);
        }
        Dims dims = network.dims(n.output());
        return switch (n.op()) {
            case Op.Constant constant -> constant(constant.value());
            case Op.Convolve convolve -> convolve(convolve, n);
            case Op.ConvolveTransposed transposed -> convolveTransposed(transposed, n);
            case Op.ScaleShift op ->
                map(n, alongChannels(dims), null, Rows.scaleShift(op.scale(), op.shift()));
            case Op.PRelu op -> map(n, alongChannels(dims), null, Rows.prelu(op.slopes()));
            case Op.Elementwise op -> map(n, null, null, Rows.elementwise(op));
            case Op.Binary op -> binary(op, n);
            case Op.Pool op -> {
                Location in = picture(input, Picture.Need.PIXELS);
                Location out = newPicture(n.output(), dims.toShape());
                add(() -> new PoolStep(op, in.picture().shape(), in.grid(), out.picture().shape(),
                        out.grid()), in, out);
                yield out;
            }
            case Op.Resize op -> {
                Location in = picture(input, Picture.Need.PIXELS);
                Location out = newPicture(n.output(), dims.toShape());
                add(() -> new ResizeStep(op, in.picture().shape(), in.grid(), out.picture().shape(),
                        out.grid()), in, out);
                yield out;
            }
            case Op.Reduce op -> {
                Location in = locations.get(input);
                boolean pictureOut = op.keep() && in.picture() != null;
                Location out = pictureOut
                        ? newPicture(n.output(), dims.toShape())
                        : newRowMajor(n.output(), dims);
                add(() -> new ReduceStep(op.kind(), op.dimensions(), in.shifted(),
                        op.keep() ? out.shifted().without(op.dimensions()) : out.shifted()), in,
                        out);
                yield out;
            }
            case Op.FullyConnected op -> {
                Location in = rowMajor(input);
                Location out = newRowMajor(n.output(), dims);
                Conv2d conv = Conv2d.pointwise(op.inputs(), op.outputs())
                        .withBias(op.bias() != null).withActivation(op.activation());
                Shape shape = new Shape(dims.elements() / op.outputs(), op.outputs(), 1, 1);
                add(() -> new DenseStep(conv, new ConvWeights(op.weight(), op.bias()),
                        Picture.NO_BORDER,
                        Grid.padded(new Shape(shape.n(), op.inputs(), 1, 1), Picture.NO_BORDER),
                        null, Grid.padded(shape, Picture.NO_BORDER), shape, memory), in, out);
                yield out;
            }
            case Op.MatrixProduct op -> {
                Location a = rowMajor(input);
                Location b = rowMajor(n.inputs().get(1));
                Location out = newRowMajor(n.output(), dims);
                add(() -> new MatrixProductStep(a.view().dims(), b.view().dims(), dims, b.buffer()),
                        a, b.buffer(), out);
                yield out;
            }
            case Op.Normalize op -> {
                Location in = locations.get(input);
                Location out = like(in, n.output());
                add(() -> new NormalizeStep(op, in.shifted(), out.shifted()), in, out);
                yield out;
            }
            case Op.Softmax op -> {
                Location in = locations.get(input);
                Location out = like(in, n.output());
                add(() -> new SoftmaxStep(op.dimension(), in.shifted(), out.shifted()), in, out);
                yield out;
            }
            case Op.TopK op -> {
                Location in = locations.get(input);
                Location out = like(in, n.output());
                add(() -> new TopKStep(op, in.shifted(), out.shifted(), workers), in, out);
                yield out;
            }
            case Op.Concat op -> {
                boolean picture = n.inputs().stream()
                        .anyMatch(name -> locations.get(name).picture() != null);
                Location out = picture
                        ? newPicture(n.output(), dims.toShape())
                        : newRowMajor(n.output(), dims);
                int at = 0;
                for (String name : n.inputs()) {
                    Location in = locations.get(name);
                    int size = in.view().dims().get(op.dimension());
                    copy(in, new Location(out.buffer(), out.view().part(op.dimension(), at, size),
                            null));
                    at += size;
                }
                yield out;
            }
            case Op.Reshape op -> {
                if (shuffles.ends().containsKey(n.output())) {
                    yield shuffled(n);
                }
                Location in = rowMajor(input);
                yield Location.of(in.buffer(), View.rowMajor(op.dims()));
            }
            case Op.Transpose op -> {
                Location in = locations.get(input);
                yield Location.of(in.buffer(), in.view().transpose(op.order()));
            }
            case Op.Slice op -> {
                Location in = locations.get(input);
                yield Location.of(in.buffer(),
                        in.view().slice(op.starts(), op.sizes(), op.steps()));
            }
            case Op.Pad op -> pad(op, n);
        };
    }

    private Location constant(NdArray value) {
        Buffer buffer = Buffer.given();
        buffer.hold(value.data());
        return Location.of(buffer, View.rowMajor(value.dims()));
    }

    /** Channel c of every number, as a view of an array of one number a channel. */
    private static View alongChannels(Dims dims) {
        List<Integer> strides = new ArrayList<>();
        for (int i = 0; i < dims.rank(); i++) {
            strides.add(i == 1 ? 1 : 0);
        }
        return new View(dims, 0, strides);
    }

    private Location map(Node n, View second, Buffer secondBuffer, MapStep.Row row) {
        Location in = locations.get(n.inputs().getFirst());
        Optional<Node> activation = activation(n);
        Location out = like(in, activation.orElse(n).output());
        add(() -> new MapStep(out.shifted(), in.shifted(), second, activated(row, activation),
                workers), in, secondBuffer, out);
        return made(activation, out);
    }

    /** What alone reads a result and is a function of each number that convolutions have too. */
    private Optional<Node> activation(Node n) {
        return onlyReader(n).filter(
                next -> next.op() instanceof Op.Elementwise op && op.activation().isPresent());
    }

    private static MapStep.Row activated(MapStep.Row row, Optional<Node> activation) {
        return activation.flatMap(next -> ((Op.Elementwise) next.op()).activation())
                .map(of -> Rows.activated(row, of)).orElse(row);
    }

    /** The node's result; or null where it is its activation's, which comes later. */
    private Location made(Optional<Node> activation, Location out) {
        activation.ifPresent(next -> ahead.put(next.output(), out));
        return activation.isPresent() ? null : out;
    }

    private Location binary(Op.Binary op, Node n) {
        if (gated.containsKey(n.output())) {
            return null; // its reader asks for both
        }
        Dims dims = network.dims(n.output());
        Location a = locations.get(n.inputs().get(0));
        Location b = locations.get(n.inputs().get(1));
        // The larger one is read run by run; the other may be one number for many.
        int more = Integer.compare(b.view().dims().elements(), a.view().dims().elements());
        boolean swapped = more > 0 || more == 0 && a.picture() == null && b.picture() != null;
        Location main = swapped ? b : a;
        Location other = swapped ? a : b;
        Optional<Node> activation = activation(n);
        String name = activation.orElse(n).output();
        Location out = main.view().dims().equals(dims) ? like(main, name) : newRowMajor(name, dims);
        MapStep.Row row = activated(Rows.binary(op.kind(), other.buffer(), swapped), activation);
        add(() -> new MapStep(out.shifted(), main.shifted().broadcast(dims),
                other.shifted().broadcast(dims), row, workers), main, other.buffer(), out);
        return made(activation, out);
    }

    private Location pad(Op.Pad op, Node n) {
        Dims dims = network.dims(n.output());
        Location in = locations.get(n.inputs().getFirst());
        Location out = like(in, n.output());
        if (op.mode() == Op.Pad.Mode.CONSTANT) {
            Location value = constant(NdArray.of(Dims.of(), op.value()));
            copy(new Location(value.buffer(), value.view().broadcast(dims), null), out);
        }
        pad(op, 0, in.view(), out.view(), in, out);
        return out;
    }

    /**
     * Copies the array to the middle and, but for constant padding, its edges to both sides,
     * dimension by dimension.
     */
    private void pad(Op.Pad op, int dimension, View from, View to, Location in, Location out) {
        if (dimension == from.dims().rank()) {
            copy(new Location(in.buffer(), from, null), new Location(out.buffer(), to, null));
            return;
        }
        int before = op.before().get(dimension);
        int after = op.after().get(dimension);
        int size = from.dims().get(dimension);
        pad(op, dimension + 1, from, to.part(dimension, before, size), in, out);
        if (op.mode() == Op.Pad.Mode.CONSTANT) {
            return;
        }
        boolean edge = op.mode() == Op.Pad.Mode.EDGE;
        if (before > 0) {
            View source = edge
                    ? same(from, dimension, 0, before)
                    : turned(from, dimension, before, before);
            pad(op, dimension + 1, source, to.part(dimension, 0, before), in, out);
        }
        if (after > 0) {
            View source = edge
                    ? same(from, dimension, size - 1, after)
                    : turned(from, dimension, size - 2, after);
            pad(op, dimension + 1, source, to.part(dimension, before + size, after), in, out);
        }
    }

    /** One index of a dimension so many times. */
    private static View same(View view, int dimension, int index, int count) {
        View one = view.part(dimension, index, 1);
        return one.broadcast(one.dims().with(dimension, count));
    }

    /** A dimension backwards from an index. */
    private static View turned(View view, int dimension, int from, int count) {
        View part = view.part(dimension, from, 1);
        List<Integer> strides = new ArrayList<>(view.strides());
        strides.set(dimension, -strides.get(dimension));
        return new View(part.dims().with(dimension, count), part.base(), strides);
    }

    private Location convolve(Op.Convolve op, Node n) {
        if (expansions.containsKey(n.output())) {
            return null; // its reader makes it
        }
        List<ConvWeights> weights = ChannelShuffle.folded(op.layer(), op.weights());
        List<StepChoice> ways = choices.get(n.output());
        String input = n.inputs().getFirst();
        ConvWeights expansion = null;
        if (expansions.get(input) instanceof Node before
                && before.op() instanceof Op.Convolve expand) {
            expansion = expand.weights().getFirst();
            input = before.inputs().getFirst();
            node = new Node(before.name() + " + " + n.name(), op, List.of(input), n.output());
        }
        Gated product = gated.get(input);
        Location in = source(product == null ? input : product.picture(), ways.getFirst());
        Location gate = product == null ? null : rowMajor(product.gate());
        int stage = 0;
        for (int i = 0; i < ways.size(); i++) {
            StepChoice way = ways.get(i);
            int end = stage + way.stages();
            boolean last = i + 1 == ways.size();
            Optional<ChannelShuffle> shuffle = last
                    ? Optional.empty()
                    : ChannelShuffle.before(op.layer(), end);
            Location out = last
                    ? result(n.output(), way)
                    : between(way,
                            shuffle.isPresent() ? Picture.Need.PIXELS : ways.get(i + 1).need());
            Location read = in;
            Location gating = i == 0 ? gate : null;
            ConvWeights before = i == 0 ? expansion : null;
            List<ConvWeights> own = weights.subList(stage, end);
            stages.add(new Stage(node, () -> steps(way, before, own, read, gating, out),
                    read.buffer(), gating == null ? null : gating.buffer(), out.buffer()));
            if (last) {
                return out;
            }
            Picture.Need need = ways.get(i + 1).need();
            in = shuffle.isPresent()
                    ? shuffled(out, shuffle.get(), need)
                    : way.onPlanes() ? out : readable(out, need);
            stage = end;
        }
        throw new IllegalStateException("a layer has no stage: " + op.layer());
    }

    private List<Step> steps(StepChoice way, ConvWeights expansion, List<ConvWeights> weights,
            Location in, Location gate, Location out) {
        boolean planes = in.picture() == null;
        return way.steps(expansion, weights, planes ? Layout.NCHW : Layout.NHWC,
                planes ? Grid.padded(way.in(), Picture.NO_BORDER) : in.grid(),
                gate == null ? null : gate(gate),
                out.picture() == null ? new Destination.Planes(way.out()) : out.grid(), memory);
    }

    private static ChannelGate gate(Location values) {
        Dims dims = values.view().dims();
        return new ChannelGate(values.buffer(), dims.get(1), dims.get(0) == 1 ? 0 : dims.get(1));
    }

    /** What the first step of a convolution reads. */
    private Location source(String name, StepChoice way) {
        Location location = locations.get(name);
        if (way.onPlanes()) {
            return rowMajor(name);
        }
        boolean asItIs = way.readsBoth() && location.picture() == null && location.isRowMajor()
                && readers.get(name).size() == 1;
        return asItIs ? location : picture(name, way.need());
    }

    /**
     * An array between two stages, with the border that the next one wants; it moves groups apart
     * itself.
     */
    private Location between(StepChoice way, Picture.Need next) {
        return way.onPlanes()
                ? newRowMajor(Dims.of(way.out()))
                : newPicture(Picture.of(way.out(), 1,
                        next.parts() > 1 ? Picture.NO_BORDER : next.border()));
    }

    /** Where the last step of a convolution writes. */
    private Location result(String name, StepChoice way) {
        Location given = destinations.get(name);
        if (way.onPlanes()) {
            return newRowMajor(name, network.dims(name));
        }
        boolean isRead = network.isOutput(name) && readers.containsKey(name);
        return given != null && given.picture() == null && given.isRowMajor() && way.writesPlanes()
                && !isRead ? given : newPicture(name, way.out());
    }

    private Location shuffled(Node n) {
        ChannelShuffles.Shuffled shuffled = shuffles.ends().get(n.output());
        if (!shuffled.halves().isEmpty()) {
            return interleaved(n, n.output(), 0, shuffled.shuffle().channels() / 2);
        }
        Location in = picture(shuffled.picture(), Picture.Need.PIXELS);
        Location out = newPicture(n.output(), in.picture().shape());
        add(() -> new ShuffleStep(in.picture().shape(), shuffled.shuffle(), 1, in.grid(),
                out.grid()), in, out);
        return out;
    }

    /**
     * Some of a shuffle's channels, as a picture.
     *
     * @param from the first pair of them
     */
    private Location interleaved(Node n, String shuffle, int from, int pairs) {
        List<String> halves = shuffles.ends().get(shuffle).halves();
        Location even = sideBySide(halves.getFirst());
        Location odd = sideBySide(halves.getLast());
        Location out = newPicture(n.output(), network.dims(n.output()).toShape());
        add(() -> new InterleaveStep(out.picture().shape(), even.shifted().part(1, from, pairs),
                odd.shifted().part(1, from, pairs), odd.buffer(), out.grid()), even, odd.buffer(),
                out);
        return out;
    }

    /** A value with each pixel's channels side by side, and room for a vector behind them. */
    private Location sideBySide(String name) {
        Location location = locations.get(name);
        boolean isSo = location.view() != null && location.buffer().isBetween()
                && location.view().strides().get(1) == 1;
        return isSo ? location : picture(name, new Picture.Need(1, Picture.NO_BORDER, true));
    }

    /** Moves a picture's channels to where the next stage reads them. */
    private Location shuffled(Location in, ChannelShuffle shuffle, Picture.Need next) {
        Shape shape = in.picture().shape();
        Location out = newPicture(Picture.of(shape, next.parts(), next.border()));
        add(() -> new ShuffleStep(shape, shuffle, next.parts(), in.grid(), out.grid()), in, out);
        return out;
    }

    private Location convolveTransposed(Op.ConvolveTransposed op, Node n) {
        Shape inShape = network.dims(n.inputs().getFirst()).toShape();
        Shape shape = network.dims(n.output()).toShape();
        Location in = picture(n.inputs().getFirst(), need(op, n));
        Location out = newPicture(n.output(), shape);
        if (!op.isBlocks()) {
            stages.add(new Stage(node,
                    () -> TransposedConvolution.steps(op, in.grid(), shape, out.grid(), memory),
                    in.buffer(), null, out.buffer()));
            return out;
        }
        TransposedBlocks pointwise = TransposedBlocks.of(op, shape.c());
        Conv2d conv = pointwise.conv();
        Location blocks = newPicture(Picture.of(conv.outputShape(inShape), 1, Picture.NO_BORDER));
        add(() -> new DenseStep(conv, pointwise.weights(), Picture.NO_BORDER, in.grid(), null,
                blocks.grid(), blocks.picture().shape(), memory), in, blocks);
        Dims parts = Dims.of(shape.n(), inShape.h(), op.kernel().strideHeight(), inShape.w(),
                op.kernel().strideWidth(), shape.c());
        Grid from = blocks.picture().grid();
        Grid to = out.picture().grid();
        View read = new View(parts, from.base(), List.of(from.image(), from.row(),
                op.kernel().strideWidth() * shape.c(), from.pixel(), shape.c(), 1));
        View written = new View(parts, to.base(),
                List.of(to.image(), op.kernel().strideHeight() * to.row(), to.row(),
                        op.kernel().strideWidth() * to.pixel(), to.pixel(), 1));
        copy(new Location(blocks.buffer(), read, null), new Location(out.buffer(), written, null));
        return out;
    }

    private void add(Supplier<Step> step, Location from, Location to) {
        add(step, from, null, to);
    }

    private void add(Supplier<Step> step, Location from, Buffer second, Location to) {
        stages.add(new Stage(node, () -> List.of(step.get()), from.buffer(), second, to.buffer()));
    }

    private void copy(Location from, Location to) {
        Picture picture = to.picture();
        Supplier<Step> step;
        if (from.picture() != null && picture != null && !(from.isRowMajor() && to.isRowMajor())) {
            step = () -> new CopyStep(picture.shape(), picture.parts(), from.grid(), to.grid());
        } else if (from.picture() != null && from.picture().border().equals(Picture.NO_BORDER)
                && picture == null && to.isRowMajor()) {
            step = () -> new ToNchwStep(from.picture().shape(), from.grid(), workers);
        } else if (picture != null && from.isRowMajor() && !to.isRowMajor()) {
            step = () -> new ToNhwcStep(picture.shape(), picture.parts(), to.grid(), workers);
        } else {
            step = () -> new MapStep(to.shifted(), from.shifted(), null, Rows.copy(), workers);
        }
        add(step, from, to);
    }

    /** A value as a picture that serves. */
    private Location picture(String name, Picture.Need need) {
        Location location = locations.get(name);
        List<Location> made = pictures.computeIfAbsent(name, key -> new ArrayList<>());
        for (Location each : made) {
            if (serves(each, need)) {
                return each;
            }
        }
        if (serves(location, need)) {
            return location;
        }
        if (location.picture() == null && !location.isRowMajor() && need.parts() > 1) {
            location = picture(name, Picture.Need.PIXELS); // any view first becomes pixels
        }
        Padding.Explicit border = need.parts() > 1
                ? need.border()
                : Picture.widest(borders.getOrDefault(name, Picture.NO_BORDER), need.border());
        Location copy = newPicture(Picture.of(shape(name), need.parts(), border));
        copy(location, copy);
        made.add(copy);
        return copy;
    }

    /** Every array but the caller's has room for a vector that begins at its last number. */
    private boolean serves(Location location, Picture.Need need) {
        return location.picture() != null && location.picture().serves(need)
                && (!need.overrun() || location.buffer().isBetween());
    }

    /** A picture between two stages as the second needs it. */
    private Location readable(Location location, Picture.Need need) {
        if (serves(location, need)) {
            return location;
        }
        Location made = newPicture(
                Picture.of(location.picture().shape(), need.parts(), need.border()));
        copy(location, made);
        return made;
    }

    private Location rowMajor(String name) {
        Location location = locations.get(name);
        if (location.isRowMajor()) {
            return location;
        }
        return rowMajor.computeIfAbsent(name, key -> {
            Location made = newRowMajor(location.view().dims());
            copy(location, made);
            return made;
        });
    }

    /** An array for a result that lies as another: NHWC if that is a picture, else row-major. */
    private Location like(Location in, String name) {
        Dims dims = network.dims(name);
        return in.picture() != null ? newPicture(name, dims.toShape()) : newRowMajor(name, dims);
    }

    /** An array for a value with the border that its readers want, or the caller's. */
    private Location newPicture(String name, Shape shape) {
        Padding.Explicit border = borders.getOrDefault(name, Picture.NO_BORDER);
        Location given = destinations.get(name);
        return given != null && given.picture() != null && border.equals(Picture.NO_BORDER)
                ? given
                : newPicture(Picture.of(shape, 1, border), isReadAsPixels(name));
    }

    private Location newPicture(Picture picture) {
        return newPicture(picture, true);
    }

    /** @param mayShift whether nobody needs it to begin with its array */
    private Location newPicture(Picture picture, boolean mayShift) {
        Object kind = picture.border().equals(Picture.NO_BORDER) ? NO_BORDER : picture;
        boolean moves = mayShift
                && (picture.parts() > 1 || !View.of(picture.grid(), picture.shape()).isRowMajor());
        return Location.of(
                newBuffer(picture.grid().elements(), moves ? new Shifted(kind) : kind, moves),
                picture);
    }

    /**
     * Whether none of those that read a value may want it as numbers in order from its array's
     * first one on, as a transposition of a picture may be.
     */
    private boolean isReadAsPixels(String value) {
        return !network.isOutput(value)
                && readersOf(value).stream().allMatch(reader -> switch (reader.op()) {
                    case Op.Convolve op -> true;
                    case Op.ConvolveTransposed op -> true;
                    case Op.Pool op -> true;
                    case Op.Resize op -> true;
                    case Op.Reduce op -> true;
                    case Op.Concat op -> true;
                    case Op.Slice op -> true;
                    case Op.Binary op -> true;
                    // it may have been applied where the value was made
                    case Op.Elementwise op -> isReadAsPixels(reader.output());
                    default -> false;
                });
    }

    /** An array for a value, or the caller's. */
    private Location newRowMajor(String name, Dims dims) {
        Location given = destinations.get(name);
        return given != null && given.isRowMajor() ? given : newRowMajor(dims);
    }

    private Location newRowMajor(Dims dims) {
        return Location.of(newBuffer(dims.elements(), NO_BORDER, false), View.rowMajor(dims));
    }

    private Buffer newBuffer(int elements, Object kind, boolean mayShift) {
        Buffer buffer = Buffer.between(Math.addExact(elements, VectorUnit.LANES), kind, mayShift);
        between.add(buffer);
        return buffer;
    }
}
