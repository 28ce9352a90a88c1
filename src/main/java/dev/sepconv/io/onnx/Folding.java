package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.io.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

// Over 400 lines, since it is a list of operators, a few lines each.
/**
 * Operators that are computed when a model is read, since all they read is known then: what
 * exporters write to work out shapes, grids and positions. Each says beforehand how many numbers it
 * makes, so that a hostile model is stopped.
 */
final class Folding {

    private Folding() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("Mod", Folding::mod);
        all.put("Range", Folding::range);
        all.put("CumSum", Folding::cumulativeSum);
        all.put("ReduceProd", Folding::product);
        all.put("NonZero", Folding::nonZero);
        all.put("GatherND", Folding::gatherSlices);
        all.put("ScatterND", Folding::scatterSlices);
        all.put("GatherElements", Folding::gatherElements);
        all.put("Trilu", Folding::triangle);
        all.put("Size", node -> node.known(new OnnxTensor.Integers(List.of(), new long[]{
                node.input(0).sizes().stream().mapToLong(i -> i).reduce(1, (a, b) -> a * b)})));
    }

    /** Whether both inputs of a node are known, and so is what it makes of them. */
    static boolean bothKnown(NodeReader node) {
        return node.inputs() == 2 && node.input(0) instanceof Value.Known
                && node.input(1) instanceof Value.Known;
    }

    /** Two known arrays of one type, number by number. */
    static OnnxTensor binary(NodeReader node, LongBinaryOperator ofIntegers,
            DoubleBinaryOperator ofFloats) {
        OnnxTensor a = node.known(0, "input 0");
        OnnxTensor b = node.known(1, "input 1");
        if (a instanceof OnnxTensor.Integers != b instanceof OnnxTensor.Integers) {
            throw new ModelException("its inputs are of different types");
        }
        Repeated repeated = Repeated.of(node, List.of(a.sizes(), b.sizes()));
        if (a instanceof OnnxTensor.Integers x && b instanceof OnnxTensor.Integers y) {
            long[] data = new long[repeated.count()];
            for (int i = 0; i < data.length; i++) {
                data[i] = ofIntegers.applyAsLong(x.data()[repeated.at(0, i)],
                        y.data()[repeated.at(1, i)]);
            }
            return new OnnxTensor.Integers(repeated.sizes(), data);
        }
        double[] x = a.widened();
        double[] y = b.widened();
        float[] data = new float[repeated.count()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) ofFloats.applyAsDouble(x[repeated.at(0, i)], y[repeated.at(1, i)]);
        }
        return new OnnxTensor.Floats(repeated.sizes(), data);
    }

    /** Floats to powers of any type. */
    static OnnxTensor powers(NodeReader node, OnnxTensor base) {
        OnnxTensor exponent = node.known(1, "the exponent");
        Repeated repeated = Repeated.of(node, List.of(base.sizes(), exponent.sizes()));
        double[] x = base.widened();
        double[] y = exponent.widened();
        float[] data = new float[repeated.count()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) Math.pow(x[repeated.at(0, i)], y[repeated.at(1, i)]);
        }
        return new OnnxTensor.Floats(repeated.sizes(), data);
    }

    /** Arrays that are repeated to sizes of all of them, and where each number lies in each. */
    record Repeated(List<Integer> sizes, List<int[]> strides, int count) {

        static Repeated of(NodeReader node, List<List<Integer>> arrays) {
            int rank = arrays.stream().mapToInt(List::size).max().orElse(0);
            Integer[] sizes = new Integer[rank];
            Arrays.fill(sizes, 1);
            for (List<Integer> array : arrays) {
                for (int i = 0; i < array.size(); i++) {
                    int at = rank - array.size() + i;
                    int size = array.get(i);
                    if (size != 1 && sizes[at] != 1 && sizes[at] != size) {
                        throw new ModelException(
                                "arrays of %s don't go together: sizes %d and %d differ and none is 1"
                                        .formatted(arrays, sizes[at], size));
                    }
                    sizes[at] = size == 1 ? sizes[at] : Integer.valueOf(size);
                }
            }
            List<int[]> strides = new ArrayList<>();
            for (List<Integer> array : arrays) {
                int[] own = new int[rank];
                int step = 1;
                for (int i = array.size() - 1; i >= 0; i--) {
                    own[rank - array.size() + i] = array.get(i) == 1 ? 0 : step;
                    step *= array.get(i);
                }
                strides.add(own);
            }
            int count = Weights.count(List.of(sizes), "its result");
            node.spend(count);
            return new Repeated(List.of(sizes), strides, count);
        }

        int at(int array, int index) {
            int[] own = strides.get(array);
            int at = 0;
            int left = index;
            for (int i = own.length - 1; i >= 0; i--) {
                at += left % sizes.get(i) * own[i];
                left /= sizes.get(i);
            }
            return at;
        }
    }

    private static OnnxTensor.Integers integers(NodeReader node, int input, String what) {
        node.knownIntegers(input, what);
        return (OnnxTensor.Integers) node.known(input, what);
    }

    /** The sign of the difference, 2 where one is no number. */
    static void compare(NodeReader node, IntPredicate which) {
        OnnxTensor a = node.known(0, "input 0");
        OnnxTensor b = node.known(1, "input 1");
        Repeated repeated = Repeated.of(node, List.of(a.sizes(), b.sizes()));
        boolean whole = a instanceof OnnxTensor.Integers && b instanceof OnnxTensor.Integers;
        double[] x = whole ? null : a.widened();
        double[] y = whole ? null : b.widened();
        long[] data = new long[repeated.count()];
        for (int i = 0; i < data.length; i++) {
            int first = repeated.at(0, i);
            int second = repeated.at(1, i);
            int sign = whole
                    ? Long.compare(((OnnxTensor.Integers) a).data()[first],
                            ((OnnxTensor.Integers) b).data()[second])
                    : x[first] < y[second]
                            ? -1
                            : x[first] > y[second] ? 1 : x[first] == y[second] ? 0 : 2;
            data[i] = which.test(sign) ? 1 : 0;
        }
        node.known(new OnnxTensor.Integers(repeated.sizes(), data));
    }

    private static void mod(NodeReader node) {
        boolean likeC = node.flag("fmod", false);
        if (!likeC && !(node.known(0, "input 0") instanceof OnnxTensor.Integers)) {
            throw new ModelException("attribute fmod is 0; for floats it must be 1");
        }
        node.known(binary(node, (a, b) -> {
            if (b == 0) {
                throw new ModelException("it divides an integer by 0");
            }
            return likeC ? a % b : Math.floorMod(a, b);
        }, (a, b) -> a % b));
    }

    private static void range(NodeReader node) {
        if (node.known(0, "the start") instanceof OnnxTensor.Integers) {
            long start = one(node, 0, "the start");
            long limit = one(node, 1, "the limit");
            long delta = one(node, 2, "the delta");
            long count = delta == 0
                    ? 0
                    : Math.max(Math.ceilDiv(Math.subtractExact(limit, start), delta), 0);
            refuseZero(delta == 0);
            int many = spent(node, count);
            node.known(OnnxTensor.integers(
                    IntStream.range(0, many).mapToLong(i -> start + i * delta).toArray()));
            return;
        }
        double start = node.knownFloat(0, "the start");
        double limit = node.knownFloat(1, "the limit");
        double delta = node.knownFloat(2, "the delta");
        refuseZero(!(Math.abs(delta) > 0));
        int many = spent(node, (long) Math.max(Math.ceil((limit - start) / delta), 0));
        float[] data = new float[many];
        for (int i = 0; i < many; i++) {
            data[i] = (float) (start + i * delta);
        }
        node.known(OnnxTensor.floats(data));
    }

    private static void refuseZero(boolean zero) {
        if (zero) {
            throw new ModelException("the delta must not be 0");
        }
    }

    private static int spent(NodeReader node, long count) {
        node.spend(count);
        return NodeReader.toInt("its result", count);
    }

    private static long one(NodeReader node, int input, String what) {
        long[] numbers = node.knownIntegers(input, what);
        if (numbers.length != 1) {
            throw new ModelException("%s has %s; it must be one".formatted(what,
                    Printable.count(numbers.length, "number")));
        }
        return numbers[0];
    }

    /** A known array as {@code [outer, length, inner]} round one dimension. */
    private record Along(int outer, int length, int inner) {

        static Along of(List<Integer> sizes, int axis) {
            return new Along(product(sizes, 0, axis), sizes.get(axis),
                    product(sizes, axis + 1, sizes.size()));
        }

        private static int product(List<Integer> sizes, int from, int to) {
            return sizes.subList(from, to).stream().reduce(1, Math::multiplyExact);
        }
    }

    private static void cumulativeSum(NodeReader node) {
        node.since(11);
        int rank = node.input(0).sizes().size();
        int axis = NodeReader.dimension(one(node, 1, "the axis"), rank);
        boolean exclusive = node.flag("exclusive", false);
        boolean reverse = node.flag("reverse", false);
        if (node.input(0) instanceof Value.Computed computed) {
            summedUp(node, computed, axis, exclusive, reverse);
            return;
        }
        OnnxTensor of = node.known(0, "the input");
        node.spend(of.count());
        Along along = Along.of(of.sizes(), axis);
        double[] from = of.widened();
        double[] sums = new double[from.length];
        for (int run = 0; run < along.outer * along.inner; run++) {
            int first = run / along.inner * along.length * along.inner + run % along.inner;
            double sum = 0;
            for (int i = 0; i < along.length; i++) {
                int at = first + (reverse ? along.length - 1 - i : i) * along.inner;
                sums[at] = exclusive ? sum : sum + from[at];
                sum += from[at];
            }
        }
        node.known(like(of, of.sizes(), sums));
    }

    /** Each sum is a row of a triangle of ones times the numbers. */
    private static void summedUp(NodeReader node, Value.Computed of, int axis, boolean exclusive,
            boolean reverse) {
        Dims in = of.dims();
        int count = in.get(axis);
        node.spend((long) count * count);
        float[] triangle = new float[Math.multiplyExact(count, count)];
        for (int i = 0; i < triangle.length; i++) {
            int behind = reverse ? i % count - i / count : i / count - i % count;
            triangle[i] = behind > 0 || behind == 0 && !exclusive ? 1 : 0;
        }
        Value runs = node.step("runs", new Op.Reshape(
                Dims.of(in.product(0, axis), count, in.product(axis + 1, in.rank()))), of);
        Value sums = node.step("sums", new Op.MatrixProduct(),
                node.constant("triangle", new OnnxTensor.Floats(List.of(count, count), triangle)),
                runs);
        node.result(new Op.Reshape(in), sums);
    }

    static OnnxTensor like(OnnxTensor of, List<Integer> sizes, double[] numbers) {
        if (of instanceof OnnxTensor.Integers) {
            return new OnnxTensor.Integers(sizes,
                    Arrays.stream(numbers).mapToLong(each -> (long) each).toArray());
        }
        float[] data = new float[numbers.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) numbers[i];
        }
        return new OnnxTensor.Floats(sizes, data);
    }

    private static void product(NodeReader node) {
        int rank = node.input(0).sizes().size();
        long[] axes = node.axes(1, 18, rank);
        boolean keep = node.flag("keepdims", true);
        boolean none = node.opset() >= 18 && node.flag("noop_with_empty_axes", false);
        TreeSet<Integer> over = new TreeSet<>();
        if (axes == null || axes.length == 0) {
            if (!none) {
                IntStream.range(0, rank).forEach(over::add);
            }
        } else {
            Arrays.stream(axes).forEach(axis -> over.add(NodeReader.dimension(axis, rank)));
        }
        if (node.input(0) instanceof Value.Computed computed) {
            multiplied(node, computed, over, keep);
            return;
        }
        OnnxTensor of = node.known(0, "the input");
        node.spend(of.count());
        double[] from = of.widened();
        List<Integer> kept = IntStream.range(0, rank)
                .mapToObj(i -> over.contains(i) ? 1 : of.sizes().get(i)).toList();
        double[] products = new double[kept.stream().reduce(1, Math::multiplyExact)];
        Arrays.fill(products, 1);
        int[] index = new int[rank];
        for (double number : from) {
            int at = 0;
            for (int i = 0; i < rank; i++) {
                at = at * kept.get(i) + (over.contains(i) ? 0 : index[i]);
            }
            products[at] *= number;
            for (int i = rank - 1; i >= 0 && ++index[i] == of.sizes().get(i); i--) {
                index[i] = 0;
            }
        }
        List<Integer> sizes = keep
                ? kept
                : IntStream.range(0, rank).filter(i -> !over.contains(i)).mapToObj(of.sizes()::get)
                        .toList();
        node.known(like(of, sizes, products));
    }

    /** One half of the numbers times the other, until one is left along each dimension. */
    private static void multiplied(NodeReader node, Value.Computed of, TreeSet<Integer> over,
            boolean keep) {
        Value product = of;
        for (int d : over) {
            while (product.shape().get(d) > 1) {
                int half = product.shape().get(d) / 2;
                boolean odd = product.shape().get(d) % 2 == 1;
                Value both = node.step("products", new Op.Binary(Op.Binary.Kind.MUL),
                        part(node, product, d, 0, half), part(node, product, d, half, half));
                product = odd
                        ? node.step("left", new Op.Concat(d), both,
                                part(node, product, d, 2 * half, 1))
                        : both;
            }
        }
        Dims kept = product.shape();
        node.result(new Op.Reshape(keep
                ? kept
                : new Dims(IntStream.range(0, kept.rank()).filter(i -> !over.contains(i))
                        .mapToObj(kept::get).toList())),
                product);
    }

    private static Value part(NodeReader node, Value of, int dimension, int from, int count) {
        Dims in = of.shape();
        return node.step("part",
                new Op.Slice(
                        IntStream.range(0, in.rank()).mapToObj(i -> i == dimension ? from : 0)
                                .toList(),
                        in.with(dimension, count).sizes(), Collections.nCopies(in.rank(), 1)),
                of);
    }

    private static void nonZero(NodeReader node) {
        OnnxTensor of = node.known(0, "the input");
        List<Integer> sizes = of.sizes();
        double[] from = of.widened();
        int[] found = IntStream.range(0, from.length).filter(i -> from[i] != 0).toArray();
        int rank = sizes.size();
        node.spend((long) found.length * Math.max(rank, 1));
        long[] indices = new long[found.length * rank];
        for (int i = 0; i < found.length; i++) {
            int left = found[i];
            for (int d = rank - 1; d >= 0; d--) {
                indices[d * found.length + i] = left % sizes.get(d);
                left /= sizes.get(d);
            }
        }
        node.known(new OnnxTensor.Integers(List.of(rank, found.length), indices));
    }

    /** Where the slices begin that the last dimension of an array of indices names. */
    private static int[] starts(List<Integer> sizes, OnnxTensor.Integers indices) {
        int depth = indices.sizes().isEmpty() ? 0 : indices.sizes().getLast();
        if (depth < 1 || depth > sizes.size()) {
            throw new ModelException("indices are %s; their last size must be from 1 to %d"
                    .formatted(indices.sizes(), sizes.size()));
        }
        int slice = sizes.subList(depth, sizes.size()).stream().reduce(1, Math::multiplyExact);
        int[] starts = new int[indices.count() / depth];
        for (int i = 0; i < starts.length; i++) {
            int at = 0;
            for (int d = 0; d < depth; d++) {
                at = at * sizes.get(d) + fromFront(indices.data()[i * depth + d], sizes.get(d));
            }
            starts[i] = at * slice;
        }
        return starts;
    }

    private static int fromFront(long index, int size) {
        if (index < -size || index >= size) {
            throw new ModelException(
                    "index %d is not from %d to %d".formatted(index, -size, size - 1));
        }
        return (int) (index < 0 ? index + size : index);
    }

    private static void gatherSlices(NodeReader node) {
        node.mustBe("batch_dims", 0);
        List<Integer> in = node.input(0).sizes();
        OnnxTensor.Integers indices = integers(node, 1, "the indices");
        int[] starts = starts(in, indices);
        int depth = indices.sizes().getLast();
        List<Integer> inner = in.subList(depth, in.size());
        int slice = inner.stream().reduce(1, Math::multiplyExact);
        List<Integer> sizes = new ArrayList<>(
                indices.sizes().subList(0, indices.sizes().size() - 1));
        sizes.addAll(inner);
        if (node.input(0) instanceof Value.Computed computed) {
            Dims rows = Dims.of(computed.dims().product(0, depth), slice);
            Arrangement.taken(node, node.step("rows", new Op.Reshape(rows), computed), 0,
                    IntStream.of(starts).map(start -> start / slice).toArray(), new Dims(sizes));
            return;
        }
        node.spend((long) starts.length * slice);
        int[] from = new int[Math.multiplyExact(starts.length, slice)];
        for (int i = 0; i < from.length; i++) {
            from[i] = starts[i / slice] + i % slice;
        }
        node.known(taken(node.known(0, "the input"), from, sizes));
    }

    private static OnnxTensor taken(OnnxTensor of, int[] from, List<Integer> sizes) {
        return switch (of) {
            case OnnxTensor.Floats floats -> {
                float[] data = new float[from.length];
                for (int i = 0; i < from.length; i++) {
                    data[i] = floats.data()[from[i]];
                }
                yield new OnnxTensor.Floats(List.copyOf(sizes), data);
            }
            case OnnxTensor.Integers integers -> new OnnxTensor.Integers(List.copyOf(sizes),
                    Arrays.stream(from).mapToLong(i -> integers.data()[i]).toArray());
        };
    }

    private static void scatterSlices(NodeReader node) {
        if (!node.text("reduction", "none").equals("none")) {
            throw new ModelException("attribute reduction must be none");
        }
        OnnxTensor of = node.known(0, "the input");
        OnnxTensor.Integers indices = integers(node, 1, "the indices");
        OnnxTensor updates = node.known(2, "the updates");
        int[] starts = starts(of.sizes(), indices);
        int slice = of.sizes().subList(indices.sizes().getLast(), of.sizes().size()).stream()
                .reduce(1, Math::multiplyExact);
        if (updates.count() != (long) starts.length * slice
                || of instanceof OnnxTensor.Integers != updates instanceof OnnxTensor.Integers) {
            throw new ModelException("updates are %s; indices %s in %s want %d numbers of its type"
                    .formatted(updates.sizes(), indices.sizes(), of.sizes(),
                            (long) starts.length * slice));
        }
        node.spend(of.count());
        double[] numbers = of.widened();
        double[] from = updates.widened();
        for (int i = 0; i < from.length; i++) {
            numbers[starts[i / slice] + i % slice] = from[i];
        }
        node.known(like(of, of.sizes(), numbers));
    }

    private static void gatherElements(NodeReader node) {
        OnnxTensor of = node.known(0, "the input");
        OnnxTensor.Integers indices = integers(node, 1, "the indices");
        int rank = of.sizes().size();
        int axis = NodeReader.dimension(node.integer("axis", 0), rank);
        boolean fits = indices.sizes().size() == rank && IntStream.range(0, rank)
                .allMatch(i -> i == axis || indices.sizes().get(i) <= of.sizes().get(i));
        if (!fits) {
            throw new ModelException("indices are %s; they must lie within the input, %s"
                    .formatted(indices.sizes(), of.sizes()));
        }
        node.spend(indices.count());
        int[] from = new int[indices.count()];
        int[] index = new int[rank];
        for (int i = 0; i < from.length; i++) {
            for (int d = 0; d < rank; d++) {
                from[i] = from[i] * of.sizes().get(d)
                        + (d == axis ? fromFront(indices.data()[i], of.sizes().get(d)) : index[d]);
            }
            for (int d = rank - 1; d >= 0 && ++index[d] == indices.sizes().get(d); d--) {
                index[d] = 0;
            }
        }
        node.known(taken(of, from, indices.sizes()));
    }

    private static void triangle(NodeReader node) {
        node.since(14);
        List<Integer> sizes = node.input(0).sizes();
        int rank = sizes.size();
        if (rank < 2) {
            throw new ModelException("input %s has no rows and columns".formatted(sizes));
        }
        boolean upper = node.flag("upper", true);
        long shift = node.has(1) ? one(node, 1, "k") : 0;
        int rows = sizes.get(rank - 2);
        int columns = sizes.get(rank - 1);
        if (node.input(0) instanceof Value.Computed computed) {
            node.spend((long) rows * columns);
            long[] mask = new long[rows * columns];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = inTriangle(i, rows, columns, shift, upper) ? 1 : 0;
            }
            node.result(new Op.Binary(Op.Binary.Kind.MASK), computed,
                    node.integers("triangle", List.of(rows, columns), mask));
            return;
        }
        OnnxTensor of = node.known(0, "the input");
        node.spend(of.count());
        double[] numbers = of.widened();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = inTriangle(i, rows, columns, shift, upper) ? numbers[i] : 0;
        }
        node.known(like(of, of.sizes(), numbers));
    }

    /** Whether the i-th number of its matrix stands on or above a diagonal, or on or below it. */
    private static boolean inTriangle(int i, int rows, int columns, long shift, boolean upper) {
        long above = i % columns - (long) (i / columns % rows);
        return upper ? above >= shift : above <= shift;
    }

    /** A choice between two known arrays, number by number. */
    static void where(NodeReader node, OnnxTensor.Integers condition) {
        OnnxTensor a = node.known(1, "input 1");
        OnnxTensor b = node.known(2, "input 2");
        Repeated repeated = Repeated.of(node, List.of(condition.sizes(), a.sizes(), b.sizes()));
        int[] from = new int[repeated.count()];
        for (int i = 0; i < from.length; i++) {
            from[i] = condition.data()[repeated.at(0, i)] != 0
                    ? repeated.at(1, i)
                    : a.count() + repeated.at(2, i);
        }
        node.known(taken(joined(a, b), from, repeated.sizes()));
    }

    /** The numbers of two arrays of one type, one after the other. */
    private static OnnxTensor joined(OnnxTensor a, OnnxTensor b) {
        int count = Math.addExact(a.count(), b.count());
        if (a instanceof OnnxTensor.Floats first && b instanceof OnnxTensor.Floats second) {
            float[] both = Arrays.copyOf(first.data(), count);
            System.arraycopy(second.data(), 0, both, a.count(), b.count());
            return OnnxTensor.floats(both);
        }
        long[] both = Arrays.copyOf(((OnnxTensor.Integers) a).data(), count);
        System.arraycopy(((OnnxTensor.Integers) b).data(), 0, both, a.count(), b.count());
        return OnnxTensor.integers(both);
    }

    /** Ones of these sizes, by which an array is multiplied that is repeated to them. */
    static Value ones(NodeReader node, Dims sizes, boolean whole) {
        node.spend(sizes.elements());
        List<Integer> all = Collections.unmodifiableList(sizes.sizes());
        if (whole) {
            long[] ones = new long[sizes.elements()];
            Arrays.fill(ones, 1);
            return node.integers("ones", all, ones);
        }
        float[] ones = new float[sizes.elements()];
        Arrays.fill(ones, 1);
        return node.constant("ones", new OnnxTensor.Floats(all, ones));
    }
}
