package dev.sepconv.engine;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.NetworkCalls.Step;
import dev.sepconv.kernel.Call;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Geometry;
import dev.sepconv.kernel.Kernel;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.OperationCall.Between;
import dev.sepconv.kernel.OperationCall.Window;
import dev.sepconv.kernel.Stage;
import dev.sepconv.kernel.Storage;
import dev.sepconv.net.MemoryPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Turns a network into calls, node by node. An array may be there in row-major order, as pixels of vectors, or, where both are asked
 * for, in both. An operation that has kernels for both orders takes the one in which its input is, so that a conversion happens only
 * where an operation lacks one: the order is chosen along the flow, once for the graph.
 */
final class NetworkLowering {

    private static final int LANES = 16;
    /** Above so many computed numbers for each that is wanted a vector convolution is slower than a plain one. */
    private static final double MOST_FILLED_UP = 10;

    private final Network network;
    private final DeviceClass device;
    private final boolean vectors;
    private final Map<String, NetworkArray> plain = new HashMap<>();
    private final Map<String, NetworkArray> pixels = new HashMap<>();
    private final Map<String, float[]> constants = new HashMap<>();
    private final List<Draft> drafts = new ArrayList<>();
    /** Memory of constants that drafts read as arrays. */
    private final List<Storage> held = new ArrayList<>();
    private Node node;

    /** A step whose arrays have no memory yet. */
    private record Draft(String node, String label, NetworkArray output, List<NetworkArray> inputs, Supplier<Call> call) {

        Step step() {
            return new Step(node, label, call.get(), inputs.stream().map(NetworkArray::storage).toList(), output.storage());
        }
    }

    NetworkLowering(Network network, DeviceClass device) {
        this.network = network;
        this.device = device;
        this.vectors = device == DeviceClass.CPU
                && network.dims().values().stream().allMatch(dims -> dims.rank() != 4 || filledUp(dims) <= Shape.MAX_ELEMENTS);
    }

    private static long filledUp(Dims dims) {
        return (long) dims.get(0) * dims.get(2) * dims.get(3) * (wholeVectors(dims.get(1)) + LANES);
    }

    NetworkCalls calls() {
        Map<String, Storage> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> {
            NetworkArray array = NetworkArray.plain(dims);
            Storage storage = Storage.plain(dims.elements());
            array.place(storage);
            plain.put(name, array);
            inputs.put(name, storage);
        });
        Set<String> needed = needed();
        for (Node each : network.nodes()) {
            if (needed.contains(each.output())) {
                node = each;
                lower(each);
            }
        }
        Map<String, Storage> outputs = new LinkedHashMap<>();
        List<NetworkArray> results = new ArrayList<>();
        for (String output : network.outputs()) {
            network.nodes().stream().filter(each -> each.output().equals(output)).findFirst().ifPresent(each -> node = each);
            NetworkArray array = plain(output);
            if (!array.isPlaced()) {
                array.place(Storage.plain(array.dims().elements()));
            }
            results.add(array);
        }
        for (int i = 0; i < results.size(); i++) {
            outputs.put(network.outputs().get(i), results.get(i).storage());
        }
        List<Storage> intermediates = place();
        List<Step> steps = drafts.stream().map(Draft::step).toList();
        return new NetworkCalls(network, steps, inputs, outputs, intermediates, List.copyOf(held));
    }

    /** Gives arrays between inputs and outputs their memory, shared by those that are never needed at once; the result is all of it. */
    private List<Storage> place() {
        List<NetworkArray> owners = drafts.stream().map(draft -> draft.output().owner()).filter(owner -> !owner.isPlaced())
                .distinct().toList();
        List<MemoryPlan.Array> arrays = IntStream.range(0, owners.size()).mapToObj(i -> owners.get(i).alive("array" + i))
                .toList();
        MemoryPlan plan = MemoryPlan.of(arrays);
        List<Storage> storages = new ArrayList<>();
        for (int buffer = 0; buffer < plan.sizes().size(); buffer++) {
            int number = buffer;
            List<NetworkArray> sharing = IntStream.range(0, owners.size())
                    .filter(i -> plan.bufferOf().get(arrays.get(i).name()) == number).mapToObj(owners::get).toList();
            int floats = Math.toIntExact(plan.sizes().get(buffer));
            // Two pixels more that stay zero: convolutions read the last whole one where a tap is outside of the picture.
            int zeros = 2 * sharing.stream().mapToInt(NetworkArray::pixelFloats).max().orElseThrow();
            Storage storage = zeros > 0 ? Storage.vectors(Math.addExact(floats, zeros)) : Storage.plain(floats);
            sharing.forEach(array -> array.place(storage));
            storages.add(storage);
        }
        return List.copyOf(storages);
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

    // Arrays

    private void step(String label, NetworkArray output, List<NetworkArray> inputs, Supplier<Call> call) {
        int step = drafts.size();
        output.touch(step);
        inputs.forEach(input -> input.touch(step));
        drafts.add(new Draft(node.name(), label, output, inputs, call));
    }

    private void step(NetworkArray output, List<NetworkArray> inputs, Supplier<Call> call) {
        step(node.op().label(), output, inputs, call);
    }

    /** An array in row-major order. */
    private NetworkArray plain(String name) {
        NetworkArray there = plain.get(name);
        if (there != null) {
            return there;
        }
        NetworkArray made = NetworkArray.plain(network.dims(name));
        float[] constant = constants.get(name);
        if (constant != null) {
            made.place(Storage.plainOf(constant));
            held.add(made.storage());
        } else {
            NetworkArray from = pixels.get(name);
            step(NetworkCalls.LAYOUT, made, List.of(from), () -> OperationCall.fromVectors(from.pixels(), made.storage()));
        }
        plain.put(name, made);
        return made;
    }

    /** An array of two or four dimensions as pixels of vectors. */
    private NetworkArray pixels(String name) {
        NetworkArray there = pixels.get(name);
        if (there != null) {
            return there;
        }
        NetworkArray from = plain(name);
        NetworkArray made = newPixels(network.dims(name));
        step(NetworkCalls.LAYOUT, made, List.of(from), () -> OperationCall.toVectors(from.storage(), made.pixels()));
        pixels.put(name, made);
        return made;
    }

    private static NetworkArray newPixels(Dims dims) {
        return NetworkArray.vectors(dims, wholeVectors(dims.get(1)));
    }

    private static int wholeVectors(int channels) {
        return (channels + LANES - 1) / LANES * LANES;
    }

    private NetworkArray plainOutput() {
        NetworkArray made = NetworkArray.plain(network.dims(node.output()));
        plain.put(node.output(), made);
        return made;
    }

    private NetworkArray pixelsOutput() {
        NetworkArray made = newPixels(network.dims(node.output()));
        pixels.put(node.output(), made);
        return made;
    }

    private boolean arePixels(String name) {
        return pixels.containsKey(name);
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
            case Op.Constant op -> constants.put(each.output(), op.value().data());
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
        Shape shape = dims(input).toShape();
        NetworkArray array = null;
        for (int i = 0; i < stages.size(); i++) {
            Conv2d stage = stages.get(i);
            ConvWeights weights = op.weights().get(i);
            Geometry g = KernelChain.geometry(stage, shape, Layout.NCHW);
            boolean asPixels = asPixels(g, array == null ? arePixels(input) : array.isVectors());
            NetworkArray from = array == null ? (asPixels ? pixels(input) : plain(input)) : inOrder(array, asPixels);
            shape = stage.outputShape(shape);
            Optional<NetworkArray> fused = asPixels && i + 1 < stages.size()
                    ? separable(stage, g, weights, stages.get(i + 1), op.weights().get(i + 1), from, shape)
                    : Optional.empty();
            if (fused.isPresent()) {
                i++;
                shape = stages.get(i).outputShape(shape);
                array = fused.get();
                continue;
            }
            array = asPixels
                    ? vectorConv(g, from, weights.weight(), weights.bias(), stage.activation(), Dims.of(shape))
                    : plainConv(g, from, weights, stage.activation(), Dims.of(shape));
        }
        (array.isVectors() ? pixels : plain).put(node.output(), array);
    }

    /** Two convolutions by one kernel, where there is one that is faster than two; empty where not. */
    private Optional<NetworkArray> separable(Conv2d first, Geometry depthwise, ConvWeights depthwiseWeights, Conv2d second,
            ConvWeights weights, NetworkArray from, Shape between) {
        Geometry pointwise = KernelChain.geometry(second, between, Layout.NCHW);
        return KernelChain.fused(first, depthwise, second, pointwise, device).map(kernel -> {
            NetworkArray made = NetworkArray.vectors(Dims.of(second.outputShape(between)),
                    KernelCall.outPixelFloats(kernel, pointwise, from.pixelFloats()));
            step(made, List.of(from),
                    () -> KernelCall.between(kernel,
                            List.of(KernelChain.stage(first, depthwise, depthwiseWeights),
                                    KernelChain.stage(second, pointwise, weights)),
                            from.storage(), from.pixelFloats(), made.storage()));
            return made;
        });
    }

    private NetworkArray inOrder(NetworkArray array, boolean asPixels) {
        if (array.isVectors() == asPixels) {
            return array;
        }
        NetworkArray made = asPixels ? newPixels(array.dims()) : NetworkArray.plain(array.dims());
        step(NetworkCalls.LAYOUT, made, List.of(array),
                () -> asPixels
                        ? OperationCall.toVectors(array.storage(), made.pixels())
                        : OperationCall.fromVectors(array.pixels(), made.storage()));
        return made;
    }

    /** Where the input lies as pixels anyway, a conversion would cost more than channels that only fill a block up. */
    private boolean asPixels(Geometry g, boolean inputIsPixels) {
        double filledUp = KernelCall.filledUp(Catalogue.byDefault(g, DeviceClass.CPU), g);
        return vectors && (filledUp <= MOST_FILLED_UP || inputIsPixels && g.groups() == 1);
    }

    private NetworkArray plainConv(Geometry g, NetworkArray from, ConvWeights weights, Activation activation, Dims dims) {
        NetworkArray made = NetworkArray.plain(dims);
        Kernel kernel = device == DeviceClass.CPU ? Catalogue.select(g) : Catalogue.byDefault(g, device);
        Stage stage = new Stage(g, weights.weight(), weights.bias(), activation.kind().ordinal(), activation.slope());
        step(made, List.of(from), () -> KernelCall.between(kernel, List.of(stage), from.storage(), 0, made.storage()));
        return made;
    }

    private NetworkArray vectorConv(Geometry g, NetworkArray from, float[] weight, float[] bias, Activation activation,
            Dims dims) {
        Kernel kernel = Catalogue.byDefault(g, DeviceClass.CPU);
        boolean activates = kernel.activates(activation.kind().ordinal());
        Activation inside = activates ? activation : Activation.NONE;
        int pixelFloats = KernelCall.outPixelFloats(kernel, g, from.pixelFloats());
        NetworkArray made = NetworkArray.vectors(dims, pixelFloats);
        Stage stage = new Stage(g, weight, bias, inside.kind().ordinal(), inside.slope());
        step(made, List.of(from),
                () -> KernelCall.between(kernel, List.of(stage), from.storage(), from.pixelFloats(), made.storage()));
        NetworkArray joined = groupsJoined(made, KernelCall.outputPlaces(kernel, g), g.groups());
        return activates ? joined : function(joined, Op.Elementwise.of(activation));
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
        step(made, List.of(array), () -> OperationCall.copyNumbers(array.storage(), 0, from, made.storage(), 0, to, space));
        return made;
    }

    private NetworkArray function(NetworkArray from, Op.Elementwise op) {
        NetworkArray made = newPixels(from.dims());
        step(made, List.of(from),
                () -> OperationCall.function(from.pixels(), made.pixels(), op.function().ordinal(), op.a(), op.b()));
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
        Geometry g = new Geometry(in.n(), in.c(), in.h(), in.w(), out.c(), kernel.kernelHeight(), kernel.kernelWidth(), out.h(),
                out.w(), kernel.strideHeight(), kernel.strideWidth(), kernel.dilationHeight(), kernel.dilationWidth(), cut.top(),
                cut.left(), kernel.groups(), false);
        Activation activation = kernel.activation();
        step(made, List.of(from), () -> OperationCall.transposedConv(from.storage(), made.storage(), g, op.weight(), op.bias(),
                activation.kind().ordinal(), activation.slope()));
    }

    /** Where strides are the kernel's size each output pixel has one tap: a pointwise convolution to all taps, put in their places. */
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
                    weight[(tap * places + k) * in.c() + c] = op.weight()[(c * channels + k) * rows * columns + tap];
                }
                bias[tap * places + k] = op.bias() == null ? 0 : op.bias()[k];
            }
        }
        Geometry g = new Geometry(in.n(), in.c(), in.h(), in.w(), all, 1, 1, in.h(), in.w(), 1, 1, 1, 1, 0, 0, 1, false);
        // A function that is taken number by number comes last, where only the channels that matter are left.
        Activation activation = kernel.activation();
        boolean atOnce = Catalogue.byDefault(g, DeviceClass.CPU).activates(activation.kind().ordinal());
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
        step(made, List.of(taps), () -> OperationCall.copyVectors(taps.storage(), 0, read, made.storage(), 0, written, space));
        pixels.put(node.output(), atOnce ? made : function(made, Op.Elementwise.of(activation)));
    }

    private void scaleShift(Op.ScaleShift op, String input) {
        if (arePixels(input)) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from), () -> OperationCall.scaleShift(from.pixels(), made.pixels(), op.scale(), op.shift()));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), () -> OperationCall.scaleShift(from.storage(), made.storage(), made.dims().toArray(),
                    op.scale(), op.shift()));
        }
    }

    private void function(Op.Elementwise op, String input) {
        if (arePixels(input)) {
            pixels.put(node.output(), function(pixels(input), op));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), () -> OperationCall.function(from.storage(), made.storage(), made.dims().toArray(),
                    op.function().ordinal(), op.a(), op.b()));
        }
    }

    private void prelu(Op.PRelu op, String input) {
        if (arePixels(input)) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from), () -> OperationCall.prelu(from.pixels(), made.pixels(), op.slopes()));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from),
                    () -> OperationCall.prelu(from.storage(), made.storage(), made.dims().toArray(), op.slopes()));
        }
    }

    private void binary(Op.Binary op, String a, String b) {
        Dims out = dims(node.output());
        int kind = op.kind().ordinal();
        if ((arePixels(a) || arePixels(b)) && canBePixels(a, out) && canBePixels(b, out)) {
            NetworkArray first = operand(a, out);
            NetworkArray second = operand(b, out);
            NetworkArray made = pixelsOutput();
            step(made, List.of(first, second), () -> OperationCall.binary(first.pixels(), second.pixels(), made.pixels(), kind));
        } else {
            NetworkArray first = plain(a);
            NetworkArray second = plain(b);
            NetworkArray made = plainOutput();
            step(made, List.of(first, second), () -> OperationCall.binary(first.storage(), repeated(dims(a), out),
                    second.storage(), repeated(dims(b), out), made.storage(), out.toArray(), kind));
        }
    }

    /** Vector kernels repeat along anything but channels; a constant is repeated along these beforehand. */
    private boolean canBePixels(String name, Dims out) {
        if (constants.containsKey(name)) {
            return out.rank() == 2 || out.rank() == 4;
        }
        Dims dims = dims(name);
        return dims.rank() == out.rank() && (out.rank() == 2 || out.rank() == 4) && dims.get(1) == out.get(1);
    }

    private NetworkArray operand(String name, Dims out) {
        float[] constant = constants.get(name);
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
                        int at = n * strides[0] + c * strides[1] + (sizes.length == 4 ? h * strides[2] + w * strides[3] : 0);
                        packed[((n * height + h) * width + w) * made.pixelFloats() + c] = constant[at];
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
        Window window = new Window(in.h(), in.w(), out.h(), out.w(), op.kernelHeight(), op.kernelWidth(), op.strideHeight(),
                op.strideWidth(), op.dilationHeight(), op.dilationWidth(), pad.top(), pad.left(), padded ? -pad.top() : 0,
                padded ? in.h() + pad.bottom() : in.h(), padded ? -pad.left() : 0, padded ? in.w() + pad.right() : in.w());
        int kind = op.kind().ordinal();
        if (arePixels(input)) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from), () -> OperationCall.pool(from.pixels(), made.pixels(), window, kind));
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from), () -> OperationCall.pool(from.storage(), made.storage(), in.n() * in.c(), window, kind));
        }
    }

    private void reduce(Op.Reduce op, String input) {
        int kind = op.kind().ordinal();
        Dims in = dims(input);
        if (arePixels(input) && in.rank() == 4 && op.dimensions().equals(List.of(2, 3))) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            step(made, List.of(from), () -> OperationCall.reduce(from.pixels(), made.pixels(), kind));
            return;
        }
        // Neighbouring dimensions at once, the last ones first: means of means of equally many are means.
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
            NetworkArray made = left.isEmpty() ? plainOutput() : NetworkArray.plain(Dims.of(outer * inner));
            step(made, List.of(from), () -> OperationCall.reduce(from.storage(), made.storage(), outer, length, inner, kind));
            Arrays.fill(sizes, first, last + 1, 1);
            array = made;
        }
    }

    private void fullyConnected(Op.FullyConnected op, String input) {
        Dims in = dims(input);
        int rows = in.product(0, in.rank() - 1);
        Activation activation = op.activation();
        Geometry g = new Geometry(rows, op.inputs(), 1, 1, op.outputs(), 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, false);
        // A launch costs as much as some ten thousand products of single numbers.
        boolean large = (long) op.weight().length * rows > 1 << 16;
        if (vectors && in.rank() == 2 && (arePixels(input) || large && asPixels(g, false))) {
            pixels.put(node.output(), vectorConv(g, pixels(input), op.weight(), op.bias(), activation, dims(node.output())));
            return;
        }
        NetworkArray from = plain(input);
        NetworkArray made = plainOutput();
        step(made, List.of(from), () -> OperationCall.fullyConnected(from.storage(), made.storage(), rows, op.outputs(),
                op.weight(), op.bias(), activation.kind().ordinal(), activation.slope()));
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
        step(made, List.of(first, second), () -> OperationCall.matrixProduct(first.storage(), aStarts, second.storage(), bStarts,
                made.storage(), rows, length, columns));
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
        step(made, List.of(from), () -> OperationCall.softmax(from.storage(), made.storage(), in.product(0, op.dimension()),
                in.get(op.dimension()), in.product(op.dimension() + 1, in.rank())));
    }

    private void concat(Op.Concat op, List<String> inputs) {
        Dims out = dims(node.output());
        long asPixels = inputs.stream().filter(this::arePixels).mapToLong(name -> dims(name).elements()).sum();
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
                step(made, List.of(from), () -> OperationCall.copy(from.storage(), 0, from.dims().strides(), made.storage(), base,
                        out.strides(), from.dims().toArray()));
            }
            offset += dims(input).get(op.dimension());
        }
    }

    /** Copies pixels into larger ones, from a place {@code [n, c, h, w]} on. */
    private void put(NetworkArray from, NetworkArray to, int[] at, boolean exact) {
        int[] strides = pixelStrides(to);
        int base = at[0] * strides[0] + at[1] * strides[1] + at[2] * strides[2] + at[3] * strides[3];
        copy(from, 0, pixelStrides(from), to, base, strides, from.dims().toArray(), exact);
    }

    /** Strides along N, C, H, W in single numbers. */
    private static int[] pixelStrides(NetworkArray array) {
        int row = array.width() * array.pixelFloats();
        return new int[]{array.height() * row, 1, row, array.pixelFloats()};
    }

    /**
     * Copies {@code sizes} of pixels; whole vectors where channels begin with one.
     *
     * @param exact whether nothing may be written beyond the channels; else a last vector that isn't full is copied with what fills
     *        it up, and what belongs there must be written later
     */
    private void copy(NetworkArray from, int base, int[] strides, NetworkArray to, int toBase, int[] toStrides, int[] sizes,
            boolean exact) {
        boolean whole = strides[1] == 1 && base % LANES == 0 && toBase % LANES == 0 && (!exact || sizes[1] % LANES == 0)
                && IntStream.of(0, 2, 3).allMatch(d -> strides[d] % LANES == 0);
        int unit = whole ? LANES : 1;
        int[] order = {0, 2, 3, 1};
        int[] space = Arrays.stream(order).map(d -> d == 1 ? (sizes[1] + unit - 1) / unit : sizes[d]).toArray();
        int[] read = Arrays.stream(order).map(d -> d == 1 ? strides[1] : strides[d] / unit).toArray();
        int[] written = Arrays.stream(order).map(d -> d == 1 ? 1 : toStrides[d] / unit).toArray();
        step(to, List.of(from),
                () -> whole
                        ? OperationCall.copyVectors(from.storage(), base / LANES, read, to.storage(), toBase / LANES, written,
                                space)
                        : OperationCall.copyNumbers(from.storage(), base, read, to.storage(), toBase, written, space));
    }

    private void reshape(Op.Reshape op, String input) {
        Dims from = dims(input);
        if (constants.containsKey(input)) {
            constants.put(node.output(), constants.get(input));
        } else if (arePixels(input) && areFlat(from) && areFlat(op.dims()) && from.get(0) == op.dims().get(0)
                && from.get(1) == op.dims().get(1)) {
            pixels.put(node.output(), pixels(input).as(op.dims()));
        } else {
            plain.put(node.output(), plain(input).as(op.dims()));
        }
    }

    /** {@code [N, C]} or {@code [N, C, 1, 1]}. */
    private static boolean areFlat(Dims dims) {
        return dims.rank() == 2 || dims.rank() == 4 && dims.get(2) == 1 && dims.get(3) == 1;
    }

    private void transpose(Op.Transpose op, String input) {
        NetworkArray from = plain(input);
        NetworkArray made = plainOutput();
        int[] own = dims(input).strides();
        int[] read = op.order().stream().mapToInt(d -> own[d]).toArray();
        step(made, List.of(from), () -> OperationCall.copy(from.storage(), 0, read, made.storage(), 0, made.dims().strides(),
                made.dims().toArray()));
    }

    private void pad(Op.Pad op, String input) {
        Dims in = dims(input);
        Dims out = dims(node.output());
        boolean rowsAndColumns = in.rank() == 4 && in.get(0) == out.get(0) && in.get(1) == out.get(1);
        if (arePixels(input) && rowsAndColumns) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            int[] rows = padded(op, 2, in.get(2), out.get(2));
            int[] columns = padded(op, 3, in.get(3), out.get(3));
            step(made, List.of(from), () -> OperationCall.resizeNearest(from.pixels(), made.pixels(), rows, columns, op.value()));
        } else if (arePixels(input) && in.rank() == 4 && op.mode() == Op.Pad.Mode.CONSTANT) {
            NetworkArray from = pixels(input);
            NetworkArray made = pixelsOutput();
            int[] rows = new int[out.get(0) * out.get(2)];
            int[] columns = new int[out.get(3)];
            Arrays.fill(rows, -1);
            Arrays.fill(columns, -1);
            step(made, List.of(from), () -> OperationCall.resizeNearest(from.pixels(), made.pixels(), rows, columns, op.value()));
            put(from, made, op.before().stream().mapToInt(Integer::intValue).toArray(), op.after().get(1) > 0);
        } else {
            NetworkArray from = plain(input);
            NetworkArray made = plainOutput();
            step(made, List.of(from),
                    () -> OperationCall.pad(from.storage(), in.toArray(),
                            op.before().stream().mapToInt(Integer::intValue).toArray(), made.storage(), out.toArray(),
                            op.mode().ordinal(), op.value()));
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
        int[] own = onPixels ? pixelStrides(from) : from.dims().strides();
        int base = IntStream.range(0, own.length).map(d -> starts[d] * own[d]).sum();
        int[] read = IntStream.range(0, own.length).map(d -> steps[d] * own[d]).toArray();
        int[] sizes = made.dims().toArray();
        if (onPixels) {
            copy(from, base, read, made, 0, pixelStrides(made), sizes, false);
        } else {
            step(made, List.of(from),
                    () -> OperationCall.copy(from.storage(), base, read, made.storage(), 0, made.dims().strides(), sizes));
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
                            ? OperationCall.resizeNearest(from.pixels(), made.pixels(), row, column, 0)
                            : OperationCall.resizeNearest(from.storage(), made.storage(), planes, in.h(), in.w(), row, column));
        } else {
            Between row = new Between(rows.first(), rows.second(), rows.weight());
            Between column = new Between(columns.first(), columns.second(), columns.weight());
            step(made, List.of(from),
                    () -> onPixels
                            ? OperationCall.resizeLinear(from.pixels(), made.pixels(), row, column)
                            : OperationCall.resizeLinear(from.storage(), made.storage(), planes, in.h(), in.w(), row, column));
        }
    }
}
