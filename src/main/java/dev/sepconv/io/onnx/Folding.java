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

/**
 * Operators that are computed when a model is read, since all they read is known then: what
 * exporters write to work out shapes, grids and positions. Each says beforehand how many numbers it
 * makes, so that a hostile model is stopped.
 */
final class Folding {

    private Folding() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("Equal", node -> compare(node, sign -> sign == 0));
        all.put("Greater", node -> compare(node, sign -> sign == 1));
        all.put("Less", node -> compare(node, sign -> sign == -1));
        all.put("GreaterOrEqual", node -> compare(node, sign -> sign == 0 || sign == 1));
        all.put("LessOrEqual", node -> compare(node, sign -> sign == 0 || sign == -1));
        all.put("And", node -> logical(node, (a, b) -> a & b));
        all.put("Or", node -> logical(node, (a, b) -> a | b));
        all.put("Xor", node -> logical(node, (a, b) -> a ^ b));
        all.put("Not", Folding::not);
        all.put("Mod", Folding::mod);
        all.put("Range", Folding::range);
        all.put("CumSum", Folding::cumulativeSum);
        all.put("ReduceProd", Folding::product);
        all.put("NonZero", Folding::nonZero);
        all.put("GatherND", Folding::gatherPlaces);
        all.put("ScatterND", Folding::scatterPlaces);
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
        Repeated places = Repeated.of(node, List.of(a.sizes(), b.sizes()));
        if (a instanceof OnnxTensor.Integers x && b instanceof OnnxTensor.Integers y) {
            long[] data = new long[places.count()];
            for (int i = 0; i < data.length; i++) {
                data[i] = ofIntegers.applyAsLong(x.data()[places.at(0, i)],
                        y.data()[places.at(1, i)]);
            }
            return new OnnxTensor.Integers(places.sizes(), data);
        }
        double[] x = a.widened();
        double[] y = b.widened();
        float[] data = new float[places.count()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) ofFloats.applyAsDouble(x[places.at(0, i)], y[places.at(1, i)]);
        }
        return new OnnxTensor.Floats(places.sizes(), data);
    }

    /** Floats to powers of any type. */
    static OnnxTensor powers(NodeReader node, OnnxTensor base) {
        OnnxTensor exponent = node.known(1, "the exponent");
        Repeated places = Repeated.of(node, List.of(base.sizes(), exponent.sizes()));
        double[] x = base.widened();
        double[] y = exponent.widened();
        float[] data = new float[places.count()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) Math.pow(x[places.at(0, i)], y[places.at(1, i)]);
        }
        return new OnnxTensor.Floats(places.sizes(), data);
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
    private static void compare(NodeReader node, IntPredicate which) {
        OnnxTensor a = node.known(0, "input 0");
        OnnxTensor b = node.known(1, "input 1");
        Repeated places = Repeated.of(node, List.of(a.sizes(), b.sizes()));
        boolean whole = a instanceof OnnxTensor.Integers && b instanceof OnnxTensor.Integers;
        double[] x = whole ? null : a.widened();
        double[] y = whole ? null : b.widened();
        long[] data = new long[places.count()];
        for (int i = 0; i < data.length; i++) {
            int first = places.at(0, i);
            int second = places.at(1, i);
            int sign = whole
                    ? Long.compare(((OnnxTensor.Integers) a).data()[first],
                            ((OnnxTensor.Integers) b).data()[second])
                    : x[first] < y[second]
                            ? -1
                            : x[first] > y[second] ? 1 : x[first] == y[second] ? 0 : 2;
            data[i] = which.test(sign) ? 1 : 0;
        }
        node.known(new OnnxTensor.Integers(places.sizes(), data));
    }

    private static void logical(NodeReader node, LongBinaryOperator how) {
        integers(node, 0, "input 0");
        integers(node, 1, "input 1");
        node.known(binary(node, how, (a, b) -> Double.NaN));
    }

    private static void not(NodeReader node) {
        OnnxTensor.Integers of = integers(node, 0, "the input");
        node.spend(of.count());
        node.known(new OnnxTensor.Integers(of.sizes(),
                Arrays.stream(of.data()).map(each -> each == 0 ? 1 : 0).toArray()));
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
        OnnxTensor of = node.known(0, "the input");
        int axis = NodeReader.dimension(one(node, 1, "the axis"), of.sizes().size());
        boolean exclusive = node.flag("exclusive", false);
        boolean reverse = node.flag("reverse", false);
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

    private static OnnxTensor like(OnnxTensor of, List<Integer> sizes, double[] numbers) {
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
        OnnxTensor of = node.known(0, "the input");
        int rank = of.sizes().size();
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
        node.spend(of.count());
        double[] from = of.widened();
        List<Integer> kept = IntStream.range(0, rank)
                .mapToObj(i -> over.contains(i) ? 1 : of.sizes().get(i)).toList();
        double[] products = new double[kept.stream().reduce(1, Math::multiplyExact)];
        Arrays.fill(products, 1);
        int[] place = new int[rank];
        for (double number : from) {
            int at = 0;
            for (int i = 0; i < rank; i++) {
                at = at * kept.get(i) + (over.contains(i) ? 0 : place[i]);
            }
            products[at] *= number;
            for (int i = rank - 1; i >= 0 && ++place[i] == of.sizes().get(i); i--) {
                place[i] = 0;
            }
        }
        List<Integer> sizes = keep
                ? kept
                : IntStream.range(0, rank).filter(i -> !over.contains(i)).mapToObj(of.sizes()::get)
                        .toList();
        node.known(like(of, sizes, products));
    }

    private static void nonZero(NodeReader node) {
        OnnxTensor of = node.known(0, "the input");
        List<Integer> sizes = of.sizes();
        double[] from = of.widened();
        int[] found = IntStream.range(0, from.length).filter(i -> from[i] != 0).toArray();
        int rank = sizes.size();
        node.spend((long) found.length * Math.max(rank, 1));
        long[] places = new long[found.length * rank];
        for (int i = 0; i < found.length; i++) {
            int left = found[i];
            for (int d = rank - 1; d >= 0; d--) {
                places[d * found.length + i] = left % sizes.get(d);
                left /= sizes.get(d);
            }
        }
        node.known(new OnnxTensor.Integers(List.of(rank, found.length), places));
    }

    /** Where the slices begin that the last dimension of an array of places names. */
    private static int[] starts(List<Integer> sizes, OnnxTensor.Integers places) {
        int depth = places.sizes().isEmpty() ? 0 : places.sizes().getLast();
        if (depth < 1 || depth > sizes.size()) {
            throw new ModelException("places are %s; their last size must be from 1 to %d"
                    .formatted(places.sizes(), sizes.size()));
        }
        int slice = sizes.subList(depth, sizes.size()).stream().reduce(1, Math::multiplyExact);
        int[] starts = new int[places.count() / depth];
        for (int i = 0; i < starts.length; i++) {
            int at = 0;
            for (int d = 0; d < depth; d++) {
                at = at * sizes.get(d) + place(places.data()[i * depth + d], sizes.get(d));
            }
            starts[i] = at * slice;
        }
        return starts;
    }

    private static int place(long index, int size) {
        if (index < -size || index >= size) {
            throw new ModelException(
                    "index %d is not from %d to %d".formatted(index, -size, size - 1));
        }
        return (int) (index < 0 ? index + size : index);
    }

    private static void gatherPlaces(NodeReader node) {
        node.mustBe("batch_dims", 0);
        List<Integer> in = node.input(0).sizes();
        OnnxTensor.Integers places = integers(node, 1, "the places");
        int[] starts = starts(in, places);
        int depth = places.sizes().getLast();
        List<Integer> inner = in.subList(depth, in.size());
        int slice = inner.stream().reduce(1, Math::multiplyExact);
        List<Integer> sizes = new ArrayList<>(places.sizes().subList(0, places.sizes().size() - 1));
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

    private static void scatterPlaces(NodeReader node) {
        if (!node.text("reduction", "none").equals("none")) {
            throw new ModelException("attribute reduction must be none");
        }
        OnnxTensor of = node.known(0, "the input");
        OnnxTensor.Integers places = integers(node, 1, "the places");
        OnnxTensor updates = node.known(2, "the updates");
        int[] starts = starts(of.sizes(), places);
        int slice = of.sizes().subList(places.sizes().getLast(), of.sizes().size()).stream()
                .reduce(1, Math::multiplyExact);
        if (updates.count() != (long) starts.length * slice
                || of instanceof OnnxTensor.Integers != updates instanceof OnnxTensor.Integers) {
            throw new ModelException("updates are %s; places %s in %s want %d numbers of its type"
                    .formatted(updates.sizes(), places.sizes(), of.sizes(),
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
        OnnxTensor.Integers places = integers(node, 1, "the places");
        int rank = of.sizes().size();
        int axis = NodeReader.dimension(node.integer("axis", 0), rank);
        boolean fits = places.sizes().size() == rank && IntStream.range(0, rank)
                .allMatch(i -> i == axis || places.sizes().get(i) <= of.sizes().get(i));
        if (!fits) {
            throw new ModelException("places are %s; they must lie within the input, %s"
                    .formatted(places.sizes(), of.sizes()));
        }
        node.spend(places.count());
        int[] from = new int[places.count()];
        int[] place = new int[rank];
        for (int i = 0; i < from.length; i++) {
            for (int d = 0; d < rank; d++) {
                from[i] = from[i] * of.sizes().get(d)
                        + (d == axis ? place(places.data()[i], of.sizes().get(d)) : place[d]);
            }
            for (int d = rank - 1; d >= 0 && ++place[d] == places.sizes().get(d); d--) {
                place[d] = 0;
            }
        }
        node.known(taken(of, from, places.sizes()));
    }

    private static void triangle(NodeReader node) {
        OnnxTensor of = node.known(0, "the input");
        int rank = of.sizes().size();
        if (rank < 2) {
            throw new ModelException("input %s has no rows and columns".formatted(of.sizes()));
        }
        boolean upper = node.flag("upper", true);
        long shift = node.has(1) ? one(node, 1, "k") : 0;
        int rows = of.sizes().get(rank - 2);
        int columns = of.sizes().get(rank - 1);
        node.spend(of.count());
        double[] numbers = of.widened();
        for (int i = 0; i < numbers.length; i++) {
            long above = i % columns - (long) (i / columns % rows) - shift;
            numbers[i] = upper ? above >= 0 ? numbers[i] : 0 : above <= 0 ? numbers[i] : 0;
        }
        node.known(like(of, of.sizes(), numbers));
    }

    /** A choice between two arrays, number by number, by a condition that is known. */
    static void where(NodeReader node) {
        OnnxTensor.Integers condition = integers(node, 0, "the condition");
        boolean all = Arrays.stream(condition.data()).allMatch(each -> each != 0);
        boolean none = Arrays.stream(condition.data()).allMatch(each -> each == 0);
        if (node.input(1) instanceof Value.Known && node.input(2) instanceof Value.Known) {
            OnnxTensor a = node.known(1, "input 1");
            OnnxTensor b = node.known(2, "input 2");
            if (a instanceof OnnxTensor.Integers != b instanceof OnnxTensor.Integers) {
                throw new ModelException("its inputs are of different types");
            }
            Repeated places = Repeated.of(node, List.of(condition.sizes(), a.sizes(), b.sizes()));
            double[] x = a.widened();
            double[] y = b.widened();
            double[] data = new double[places.count()];
            for (int i = 0; i < data.length; i++) {
                data[i] = condition.data()[places.at(0, i)] != 0
                        ? x[places.at(1, i)]
                        : y[places.at(2, i)];
            }
            node.known(like(a, places.sizes(), data));
            return;
        }
        if (!all && !none) {
            Value first = masked(node, "first", 1, condition, false);
            Value second = masked(node, "second", 2, condition, true);
            node.result(new Op.Binary(Op.Binary.Kind.ADD), first, second);
            return;
        }
        Dims result = Op.Binary.broadcast(Op.Binary.broadcast(condition.dims(), node.dims(1)),
                node.dims(2));
        Arrangement.expanded(node, node.input(all ? 1 : 2), result);
    }

    /** One of two branches, with zeros where the other one is taken. */
    private static Value masked(NodeReader node, String what, int input,
            OnnxTensor.Integers condition, boolean where0) {
        float[] mask = new float[condition.count()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = condition.data()[i] == 0 == where0 ? 1 : 0;
        }
        node.spend(mask.length);
        return node.step(what, new Op.Binary(Op.Binary.Kind.MASK), node.input(input),
                node.constant(what + "-mask", new OnnxTensor.Floats(condition.sizes(), mask)));
    }

    /** So many copies of an array along each dimension; ones to multiply a computed one by. */
    static OnnxTensor ones(NodeReader node, Dims sizes) {
        node.spend(sizes.elements());
        float[] ones = new float[sizes.elements()];
        Arrays.fill(ones, 1);
        return new OnnxTensor.Floats(Collections.unmodifiableList(sizes.sizes()), ones);
    }
}
