package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The steps that a network takes, and the arrays between them.
 *
 * <p>Pictures lie in NHWC with the border of zeros that the convolutions that read them want; everything else lies in row-major
 * order, or is a view of an array that is there already: slices, transpositions and most reshapes move nothing.
 */
final class NetworkSchedule {

    private static final String NO_BORDER = "no border";
    private static final Padding.Explicit NONE = new Padding.Explicit(0, 0, 0, 0);

    /**
     * A step with the arrays that it reads and writes.
     *
     * @param second read beside {@code from}; or null
     */
    record Pass(Node node, Step step, Buffer from, Buffer second, Buffer to) {
    }

    /**
     * How large an array is, and which others it may share memory with.
     *
     * @param kind arrays share memory only if these are equal: a border must stay zero between runs, so all that write round it must
     *        have the same
     */
    record Size(int floats, Object kind) {
    }

    /**
     * Where a value lies.
     *
     * @param picture NHWC pixels with all their channels side by side; null where they are not so
     */
    private record Place(Buffer buffer, View view, Picture picture) {
    }

    /** Pixels side by side with a border of zeros. */
    private record Picture(Shape shape, Grid grid, Padding.Explicit border) {

        static Picture of(Shape shape, Padding.Explicit border) {
            return new Picture(shape, Grid.padded(shape, border), border);
        }
    }

    private final Network network;
    private final int workers;
    private final List<Pass> passes = new ArrayList<>();
    private final Map<Buffer, Size> sizes = new LinkedHashMap<>();
    private final Map<String, Buffer> inputs = new LinkedHashMap<>();
    private final Map<String, Buffer> outputs = new LinkedHashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    /** Copies of values in NHWC and in row-major order, made when they were first wanted. */
    private final Map<String, Place> pictures = new HashMap<>();
    private final Map<String, Place> rowMajor = new HashMap<>();
    private final Map<String, Padding.Explicit> borders = new HashMap<>();
    private Node node;

    NetworkSchedule(Network network, int workers) {
        this.network = network;
        this.workers = workers;
        findBorders();
        network.inputs().forEach((name, dims) -> {
            Buffer buffer = new Buffer();
            inputs.put(name, buffer);
            places.put(name, new Place(buffer, View.rowMajor(dims), null));
        });
        for (Node each : network.nodes()) {
            node = each;
            places.put(each.output(), place(each));
        }
        for (String name : network.outputs()) {
            Buffer buffer = new Buffer();
            outputs.put(name, buffer);
            copy(places.get(name), new Place(buffer, View.rowMajor(network.dims(name)), null));
        }
    }

    List<Pass> passes() {
        return passes;
    }

    /** The arrays between the steps. */
    Map<Buffer, Size> sizes() {
        return sizes;
    }

    /** The caller's arrays. */
    Map<String, Buffer> inputs() {
        return inputs;
    }

    Map<String, Buffer> outputs() {
        return outputs;
    }

    /** Which border each value needs for those that read it. */
    private void findBorders() {
        for (Node each : network.nodes()) {
            Optional<Padding.Explicit> wanted = switch (each.op()) {
                case Op.Convolve convolve -> {
                    Conv2d first = convolve.layer().stages().getFirst();
                    yield Optional.of(SimdPlan.border(first, network.dims(each.inputs().getFirst()).toShape()));
                }
                case Op.ConvolveTransposed transposed -> Optional.of(TransposedConvolution.border(transposed,
                        network.dims(each.inputs().getFirst()).toShape(), network.dims(each.output()).toShape()));
                default -> Optional.empty();
            };
            wanted.ifPresent(border -> borders.merge(each.inputs().getFirst(), border, NetworkSchedule::widest));
        }
    }

    private static Padding.Explicit widest(Padding.Explicit a, Padding.Explicit b) {
        return new Padding.Explicit(Math.max(a.top(), b.top()), Math.max(a.left(), b.left()), Math.max(a.bottom(), b.bottom()),
                Math.max(a.right(), b.right()));
    }

    private static boolean covers(Padding.Explicit border, Padding.Explicit wanted) {
        return widest(border, wanted).equals(border);
    }

    private Place place(Node n) {
        String input = n.inputs().isEmpty() ? null : n.inputs().getFirst();
        Dims dims = network.dims(n.output());
        return switch (n.op()) {
            case Op.Constant constant -> constant(constant.value());
            case Op.Convolve convolve -> convolve(convolve, n);
            case Op.ConvolveTransposed transposed -> convolveTransposed(transposed, n);
            case Op.ScaleShift op -> map(n, alongChannels(dims), null, Rows.scaleShift(op.scale(), op.shift()));
            case Op.PRelu op -> map(n, alongChannels(dims), null, Rows.prelu(op.slopes()));
            case Op.Elementwise op -> map(n, null, null, Rows.elementwise(op));
            case Op.Binary op -> binary(op, n);
            case Op.Pool op -> {
                Place in = picture(input, NONE);
                Place out = newPicture(n.output(), dims.toShape());
                add(new PoolStep(op, in.picture.shape, in.picture.grid, out.picture.shape, out.picture.grid), in, out);
                yield out;
            }
            case Op.Resize op -> {
                Place in = picture(input, NONE);
                Place out = newPicture(n.output(), dims.toShape());
                add(new ResizeStep(op, in.picture.shape, in.picture.grid, out.picture.shape, out.picture.grid), in, out);
                yield out;
            }
            case Op.Reduce op -> {
                Place in = places.get(input);
                boolean pictureOut = op.keep() && in.picture != null;
                Place out = pictureOut ? newPicture(n.output(), dims.toShape()) : newRowMajor(dims);
                View written = op.keep() ? out.view.without(op.dimensions()) : out.view;
                add(new ReduceStep(op.kind(), op.dimensions(), in.view, written), in, out);
                yield out;
            }
            case Op.FullyConnected op -> {
                Place in = rowMajor(input);
                Place out = newRowMajor(dims);
                Conv2d conv = Conv2d.pointwise(op.inputs(), op.outputs()).withBias(op.bias() != null)
                        .withActivation(op.activation());
                Shape shape = new Shape(dims.elements() / op.outputs(), op.outputs(), 1, 1);
                add(new DenseStep(conv, new ConvWeights(op.weight(), op.bias()), NONE,
                        Grid.padded(new Shape(shape.n(), op.inputs(), 1, 1), NONE), Grid.padded(shape, NONE), shape, workers), in,
                        out);
                yield out;
            }
            case Op.MatrixProduct op -> {
                Place a = rowMajor(input);
                Place b = rowMajor(n.inputs().get(1));
                Place out = newRowMajor(dims);
                passes.add(new Pass(n, new MatrixProductStep(a.view.dims(), b.view.dims(), dims, b.buffer), a.buffer, b.buffer,
                        out.buffer));
                yield out;
            }
            case Op.Softmax op -> {
                Place in = places.get(input);
                Place out = like(in, n.output());
                add(new SoftmaxStep(op.dimension(), in.view, out.view), in, out);
                yield out;
            }
            case Op.Concat op -> {
                boolean picture = n.inputs().stream().anyMatch(name -> places.get(name).picture != null);
                Place out = picture ? newPicture(n.output(), dims.toShape()) : newRowMajor(dims);
                int at = 0;
                for (String name : n.inputs()) {
                    Place in = places.get(name);
                    int size = in.view.dims().get(op.dimension());
                    copy(in, new Place(out.buffer, out.view.part(op.dimension(), at, size), null));
                    at += size;
                }
                yield out;
            }
            case Op.Reshape op -> {
                Place in = rowMajor(input);
                yield new Place(in.buffer, View.rowMajor(op.dims()), null);
            }
            case Op.Transpose op -> {
                Place in = places.get(input);
                yield new Place(in.buffer, in.view.transpose(op.order()), null);
            }
            case Op.Slice op -> {
                Place in = places.get(input);
                yield new Place(in.buffer, in.view.slice(op.starts(), op.sizes(), op.steps()), null);
            }
            case Op.Pad op -> pad(op, n);
        };
    }

    private Place constant(NdArray value) {
        Buffer buffer = new Buffer();
        buffer.hold(value.data());
        return new Place(buffer, View.rowMajor(value.dims()), null);
    }

    /** Channel c of every number, as a view of an array of one number a channel. */
    private static View alongChannels(Dims dims) {
        List<Integer> strides = new ArrayList<>();
        for (int i = 0; i < dims.rank(); i++) {
            strides.add(i == 1 ? 1 : 0);
        }
        return new View(dims, 0, strides);
    }

    private Place map(Node n, View second, Buffer secondBuffer, MapStep.Row row) {
        Place in = places.get(n.inputs().getFirst());
        Place out = like(in, n.output());
        passes.add(new Pass(n, new MapStep(out.view, in.view, second, row, workers), in.buffer, secondBuffer, out.buffer));
        return out;
    }

    private Place binary(Op.Binary op, Node n) {
        Dims dims = network.dims(n.output());
        Place a = places.get(n.inputs().get(0));
        Place b = places.get(n.inputs().get(1));
        // The larger one is read run by run; the other may be one number for many.
        int more = Integer.compare(b.view.dims().elements(), a.view.dims().elements());
        boolean swapped = more > 0 || more == 0 && a.picture == null && b.picture != null;
        Place main = swapped ? b : a;
        Place other = swapped ? a : b;
        Place out = main.view.dims().equals(dims) ? like(main, n.output()) : newRowMajor(dims);
        passes.add(new Pass(n, new MapStep(out.view, main.view.broadcast(dims), other.view.broadcast(dims),
                Rows.binary(op.kind(), other.buffer, swapped), workers), main.buffer, other.buffer, out.buffer));
        return out;
    }

    private Place pad(Op.Pad op, Node n) {
        Dims dims = network.dims(n.output());
        Place in = places.get(n.inputs().getFirst());
        Place out = like(in, n.output());
        if (op.mode() == Op.Pad.Mode.CONSTANT) {
            Place value = constant(NdArray.of(Dims.of(), op.value()));
            copy(new Place(value.buffer, value.view.broadcast(dims), null), out);
        }
        pad(op, 0, in.view, out.view, in, out);
        return out;
    }

    /** Copies the array to the middle and, but for constant padding, its edges to both sides, dimension by dimension. */
    private void pad(Op.Pad op, int dimension, View from, View to, Place in, Place out) {
        if (dimension == from.dims().rank()) {
            copy(new Place(in.buffer, from, null), new Place(out.buffer, to, null));
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
            View source = edge ? same(from, dimension, 0, before) : turned(from, dimension, before, before);
            pad(op, dimension + 1, source, to.part(dimension, 0, before), in, out);
        }
        if (after > 0) {
            View source = edge ? same(from, dimension, size - 1, after) : turned(from, dimension, size - 2, after);
            pad(op, dimension + 1, source, to.part(dimension, before + size, after), in, out);
        }
    }

    /** One place of a dimension so many times. */
    private static View same(View view, int dimension, int place, int count) {
        View one = view.part(dimension, place, 1);
        return one.broadcast(one.dims().with(dimension, count));
    }

    /** A dimension backwards from a place. */
    private static View turned(View view, int dimension, int from, int count) {
        View part = view.part(dimension, from, 1);
        List<Integer> strides = new ArrayList<>(view.strides());
        strides.set(dimension, -strides.get(dimension));
        return new View(part.dims().with(dimension, count), part.base(), strides);
    }

    private Place convolve(Op.Convolve op, Node n) {
        List<Conv2d> stages = op.layer().stages();
        String input = n.inputs().getFirst();
        Place place = null;
        Shape shape = network.dims(input).toShape();
        for (int i = 0; i < stages.size(); i++) {
            Conv2d conv = stages.get(i);
            Padding.Explicit border = SimdPlan.border(conv, shape);
            Place in = place == null ? picture(input, border) : readable(place, border);
            int fused = isFused(stages, i, shape) ? 2 : 1;
            Shape outShape = fused == 2 ? stages.get(i + 1).outputShape(conv.outputShape(shape)) : conv.outputShape(shape);
            boolean last = i + fused == stages.size();
            Place out = last
                    ? newPicture(n.output(), outShape)
                    : newPicture(Picture.of(outShape, SimdPlan.border(stages.get(i + fused), outShape)));
            Padding.Explicit pad = conv.padding().resolve(conv, shape.h(), shape.w());
            Grid from = in.picture.grid;
            Grid to = out.picture.grid;
            List<Step> steps;
            if (fused == 2) {
                steps = List.of(new SeparableStep(conv, op.weights().get(i), stages.get(i + 1), op.weights().get(i + 1),
                        Layout.NHWC, from, shape, to, workers));
            } else if (SimdPlan.isDepthwise(conv)) {
                steps = List.of(new DepthwiseStep(conv, op.weights().get(i), pad, from, shape, to, outShape, workers));
            } else if (NarrowGroupStep.suits(conv)) {
                steps = List.of(new NarrowGroupStep(conv, op.weights().get(i), pad, from, to, outShape, workers));
            } else if (WinogradConvolution.suits(conv, shape)) {
                steps = WinogradConvolution.steps(conv, op.weights().get(i), pad, from, to, outShape, workers);
            } else if (GroupRowStep.suits(conv, shape)) {
                steps = List.of(new GroupRowStep(conv, op.weights().get(i), pad, from, to, outShape, workers));
            } else {
                steps = List.of(new DenseStep(conv, op.weights().get(i), pad, from, to, outShape, workers));
            }
            steps.forEach(step -> add(step, in, out));
            place = out;
            shape = outShape;
            i += fused - 1;
        }
        return place;
    }

    private Place convolveTransposed(Op.ConvolveTransposed op, Node n) {
        Shape inShape = network.dims(n.inputs().getFirst()).toShape();
        Shape shape = network.dims(n.output()).toShape();
        Place in = picture(n.inputs().getFirst(), TransposedConvolution.border(op, inShape, shape));
        Place out = newPicture(n.output(), shape);
        if (!op.isBlocks()) {
            TransposedConvolution.steps(op, in.picture.grid, shape, out.picture.grid, workers)
                    .forEach(step -> add(step, in, out));
            return out;
        }
        Conv2d conv = TransposedConvolution.blocks(op);
        Place blocks = newPicture(Picture.of(conv.outputShape(inShape), NONE));
        add(new DenseStep(conv, TransposedConvolution.blockWeights(op), NONE, in.picture.grid, blocks.picture.grid,
                blocks.picture.shape, workers), in, blocks);
        Dims parts = Dims.of(shape.n(), inShape.h(), op.kernel().strideHeight(), inShape.w(), op.kernel().strideWidth(),
                shape.c());
        Grid from = blocks.picture.grid;
        Grid to = out.picture.grid;
        View read = new View(parts, from.base(),
                List.of(from.image(), from.row(), op.kernel().strideWidth() * shape.c(), from.pixel(), shape.c(), 1));
        View written = new View(parts, to.base(), List.of(to.image(), op.kernel().strideHeight() * to.row(), to.row(),
                op.kernel().strideWidth() * to.pixel(), to.pixel(), 1));
        copy(new Place(blocks.buffer, read, null), new Place(out.buffer, written, null));
        return out;
    }

    private boolean isFused(List<Conv2d> stages, int i, Shape in) {
        Conv2d conv = stages.get(i);
        return i + 1 < stages.size() && SimdPlan.isDepthwise(conv) && stages.get(i + 1).isPointwise()
                && SeparableStep.suits(conv, in, workers);
    }

    private void add(Step step, Place from, Place to) {
        passes.add(new Pass(node, step, from.buffer, null, to.buffer));
    }

    private void copy(Place from, Place to) {
        Step step;
        if (from.picture != null && from.picture.border.equals(NONE) && to.view.isRowMajor()) {
            step = new ToNchwStep(from.picture.shape, workers);
        } else if (to.picture != null && from.view.isRowMajor()) {
            step = new ToNhwcStep(to.picture.shape, 1, to.picture.grid, workers);
        } else {
            step = new MapStep(to.view, from.view, null, Rows.copy(), workers);
        }
        add(step, from, to);
    }

    /** A value as a picture with at least that border. */
    private Place picture(String name, Padding.Explicit border) {
        Place place = places.get(name);
        if (place.picture != null && covers(place.picture.border, border)) {
            return place;
        }
        Place made = pictures.get(name);
        if (made == null || !covers(made.picture.border, border)) {
            made = newPicture(Picture.of(network.dims(name).toShape(), widest(borders.getOrDefault(name, NONE), border)));
            copy(place, made);
            pictures.put(name, made);
        }
        return made;
    }

    /** A picture with at least that border. */
    private Place readable(Place place, Padding.Explicit border) {
        if (covers(place.picture.border, border)) {
            return place;
        }
        Shape shape = place.picture.shape;
        Place made = newPicture(Picture.of(shape, border));
        add(new CopyStep(shape, 1, place.picture.grid, made.picture.grid), place, made);
        return made;
    }

    private Place rowMajor(String name) {
        Place place = places.get(name);
        if (place.view.isRowMajor()) {
            return place;
        }
        return rowMajor.computeIfAbsent(name, key -> {
            Place made = newRowMajor(place.view.dims());
            copy(place, made);
            return made;
        });
    }

    /** An array for a result that lies as another: NHWC if that is a picture, else row-major. */
    private Place like(Place in, String name) {
        Dims dims = network.dims(name);
        return in.picture != null ? newPicture(name, dims.toShape()) : newRowMajor(dims);
    }

    private Place newPicture(String name, Shape shape) {
        return newPicture(Picture.of(shape, borders.getOrDefault(name, NONE)));
    }

    private Place newPicture(Picture picture) {
        Buffer buffer = new Buffer();
        int elements = Math.addExact(picture.grid.elements(), Lanes.LANES); // NarrowGroupStep reads a vector at the last pixel
        sizes.put(buffer, new Size(elements, picture.border.equals(NONE) ? NO_BORDER : picture));
        return new Place(buffer, View.of(picture.grid, picture.shape), picture);
    }

    private Place newRowMajor(Dims dims) {
        Buffer buffer = new Buffer();
        sizes.put(buffer, new Size(dims.elements(), NO_BORDER));
        return new Place(buffer, View.rowMajor(dims), null);
    }
}
