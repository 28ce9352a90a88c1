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
import java.util.stream.IntStream;

// Over 400 lines, since it is a list of operators, a few lines each.
/** Operators that only move numbers: other sizes, another order, parts, joins, borders. */
final class Arrangement {

    /** Of so many slices at most an array is joined. */
    private static final int MOST_SLICES = 256;

    private Arrangement() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("Concat", Arrangement::concat);
        all.put("Reshape", Arrangement::reshape);
        all.put("Flatten", Arrangement::flatten);
        all.put("Squeeze", Arrangement::squeeze);
        all.put("Unsqueeze", Arrangement::unsqueeze);
        all.put("Transpose", Arrangement::transpose);
        all.put("Pad", Arrangement::pad);
        all.put("Slice", Arrangement::slice);
        all.put("Split", Arrangement::split);
        all.put("Gather", Arrangement::gather);
        all.put("DepthToSpace", Arrangement::depthToSpace);
        all.put("SpaceToDepth", Arrangement::spaceToDepth);
        all.put("Expand", Arrangement::expand);
        all.put("Tile", Arrangement::tile);
        all.put("Identity", node -> node.alias(node.input(0)));
        all.put("Dropout", Arrangement::dropout);
    }

    static void concat(NodeReader node) {
        if (!node.hasAttribute("axis")) {
            throw new ModelException("attribute axis is missing");
        }
        List<Value> parts = new ArrayList<>(node.all());
        int axis = NodeReader.dimension(node.integer("axis", 0), parts.getFirst().sizes().size());
        // Parts of a shape may be empty.
        parts.removeIf(part -> part instanceof Value.Known known && known.tensor().count() == 0);
        switch (parts.size()) {
            case 0 -> node.alias(node.input(0));
            case 1 -> node.alias(parts.getFirst());
            default -> node.result(0, new Op.Concat(axis), parts);
        }
    }

    /** Channels as blocks of pixels, in the two orders that ONNX has. */
    private static void depthToSpace(NodeReader node) {
        Dims in = node.picture(0);
        int block = blockSize(node);
        String mode = node.text("mode", "DCR");
        if (in.get(1) % ((long) block * block) != 0) {
            throw new ModelException("input %s has %s; they must be a multiple of %d * %d"
                    .formatted(in, Printable.count(in.get(1), "channel"), block, block));
        }
        int channels = in.get(1) / block / block;
        boolean columnFirst = switch (mode) {
            case "DCR" -> true;
            case "CRD" -> false;
            default -> throw new ModelException(
                    "attribute mode is '%s'; it must be DCR or CRD".formatted(mode));
        };
        Dims apart = columnFirst
                ? Dims.of(in.get(0), block, block, channels, in.get(2), in.get(3))
                : Dims.of(in.get(0), channels, block, block, in.get(2), in.get(3));
        List<Integer> order = columnFirst ? List.of(0, 3, 4, 1, 5, 2) : List.of(0, 1, 4, 2, 5, 3);
        Value blocks = node.step("blocks", new Op.Reshape(apart), node.input(0));
        node.result(
                new Op.Reshape(Dims.of(in.get(0), channels, Math.multiplyExact(in.get(2), block),
                        Math.multiplyExact(in.get(3), block))),
                node.step("moved", new Op.Transpose(order), blocks));
    }

    private static void spaceToDepth(NodeReader node) {
        Dims in = node.picture(0);
        int block = blockSize(node);
        if (in.get(2) % block != 0 || in.get(3) % block != 0) {
            throw new ModelException(
                    "input is %s; height and width must be multiples of %d".formatted(in, block));
        }
        int rows = in.get(2) / block;
        int columns = in.get(3) / block;
        Value blocks = node.step("blocks",
                new Op.Reshape(Dims.of(in.get(0), in.get(1), rows, block, columns, block)),
                node.input(0));
        node.result(
                new Op.Reshape(Dims.of(in.get(0), Math.multiplyExact(in.get(1), block * block),
                        rows, columns)),
                node.step("moved", new Op.Transpose(List.of(0, 3, 5, 1, 2, 4)), blocks));
    }

    private static int blockSize(NodeReader node) {
        int block = node.integer("blocksize", 0);
        if (block < 1 || block > 1 << 15) {
            throw new ModelException(
                    "attribute blocksize is %d; it must be from 1 to %d".formatted(block, 1 << 15));
        }
        return block;
    }

    private static void expand(NodeReader node) {
        long[] wanted = node.knownIntegers(1, "the shape");
        if (wanted.length > Weights.MAX_RANK) {
            throw new ModelException("the shape has %s; at most %d can be read"
                    .formatted(Printable.count(wanted.length, "dimension"), Weights.MAX_RANK));
        }
        List<Integer> sizes = new ArrayList<>();
        for (long size : wanted) {
            if (size < 0) {
                throw new ModelException("the shape is %s; a size can't be below 0"
                        .formatted(Arrays.toString(wanted)));
            }
            sizes.add(NodeReader.toInt("the shape", size));
        }
        if (node.input(0) instanceof Value.Known known) {
            Folding.Repeated repeated = Folding.Repeated.of(node,
                    List.of(known.tensor().sizes(), sizes));
            node.known(repeated(known.tensor(), repeated));
            return;
        }
        expanded(node, node.input(0), Op.Binary.broadcast(node.dims(0), new Dims(sizes)));
    }

    private static OnnxTensor repeated(OnnxTensor from, Folding.Repeated repeated) {
        return switch (from) {
            case OnnxTensor.Floats floats -> {
                float[] data = new float[repeated.count()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = floats.data()[repeated.at(0, i)];
                }
                yield new OnnxTensor.Floats(repeated.sizes(), data);
            }
            case OnnxTensor.Integers integers ->
                new OnnxTensor.Integers(repeated.sizes(), IntStream.range(0, repeated.count())
                        .mapToLong(i -> integers.data()[repeated.at(0, i)]).toArray());
        };
    }

    /** The node's result is an array repeated to larger sizes: multiplied by ones of these. */
    static void expanded(NodeReader node, Value from, Dims sizes) {
        if (from.shape().equals(sizes)) {
            node.alias(from);
        } else if (from.shape().elements() == sizes.elements()) {
            node.result(new Op.Reshape(sizes), from);
        } else if (from instanceof Value.Known known) {
            node.known(repeated(known.tensor(),
                    Folding.Repeated.of(node, List.of(known.tensor().sizes(), sizes.sizes()))));
        } else {
            node.result(new Op.Binary(Op.Binary.Kind.MUL), from,
                    Folding.ones(node, sizes, from.isInteger()));
        }
    }

    /** Copies side by side: each dimension behind one that counts its copies. */
    private static void tile(NodeReader node) {
        List<Integer> in = node.input(0).sizes();
        long[] repeats = node.knownIntegers(1, "the repeats");
        if (repeats.length != in.size()) {
            throw new ModelException("repeats are %s; the input has %s"
                    .formatted(Arrays.toString(repeats), Printable.count(in.size(), "dimension")));
        }
        List<Integer> apart = new ArrayList<>();
        List<Integer> copies = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < repeats.length; i++) {
            if (repeats[i] < 0) {
                throw new ModelException("repeats are %s; they can't be below 0"
                        .formatted(Arrays.toString(repeats)));
            }
            int count = NodeReader.toInt("repeats", repeats[i]);
            if (count != 1) {
                apart.add(1);
                copies.add(count);
            }
            apart.add(in.get(i));
            copies.add(in.get(i));
            sizes.add(Math.multiplyExact(in.get(i), count));
        }
        if (node.input(0) instanceof Value.Known known) {
            Folding.Repeated repeated = Folding.Repeated.of(node, List.of(apart, copies));
            node.known(repeated(known.tensor(), repeated).withSizes(List.copyOf(sizes)));
            return;
        }
        if (sizes.equals(in)) {
            node.alias(node.input(0));
            return;
        }
        if (apart.size() > Weights.MAX_RANK) {
            throw new ModelException("it repeats so many of %s that they can't be kept apart"
                    .formatted(Printable.count(in.size(), "dimension")));
        }
        Value parts = node.step("parts", new Op.Reshape(new Dims(apart)), node.input(0));
        Value many = node.step("copies", new Op.Binary(Op.Binary.Kind.MUL), parts,
                Folding.ones(node, new Dims(copies), node.input(0).isInteger()));
        node.result(new Op.Reshape(new Dims(sizes)), many);
    }

    private static void reshape(NodeReader node) {
        Dims in = node.dims(0);
        long[] wanted = node.knownIntegers(1, "the shape");
        boolean zeroIsSize = node.opset() >= 14 && node.flag("allowzero", false);
        if (wanted.length > Weights.MAX_RANK) {
            throw new ModelException("the shape has %s; at most %d can be read"
                    .formatted(Printable.count(wanted.length, "dimension"), Weights.MAX_RANK));
        }
        int[] sizes = new int[wanted.length];
        int open = -1;
        long known = 1;
        for (int i = 0; i < sizes.length; i++) {
            if (wanted[i] == -1 && open < 0) {
                open = i;
                continue;
            }
            if (wanted[i] < 0 || wanted[i] == 0 && (zeroIsSize || i >= in.rank())) {
                throw new ModelException(
                        "the shape is %s for %s; each size must be above 0, or 0 for the input's own, or one -1 for what is left"
                                .formatted(Arrays.toString(wanted), in));
            }
            sizes[i] = wanted[i] == 0 ? in.get(i) : NodeReader.toInt("the shape", wanted[i]);
            known = Math.multiplyExact(known, (long) sizes[i]);
        }
        if (open >= 0) {
            if (in.elements() % known != 0) {
                throw new ModelException("the shape is %s; %s has %s, which is no multiple of %d"
                        .formatted(Arrays.toString(wanted), in,
                                Printable.count(in.elements(), "element"), known));
            }
            sizes[open] = (int) (in.elements() / known);
        }
        node.result(new Op.Reshape(Dims.of(sizes)), node.input(0));
    }

    private static void flatten(NodeReader node) {
        Dims in = node.dims(0);
        int axis = node.integer("axis", 1);
        if (axis < -in.rank() || axis > in.rank()) {
            throw new ModelException("axis is %d; for %s it must be from %d to %d".formatted(axis,
                    in, -in.rank(), in.rank()));
        }
        int from = axis < 0 ? axis + in.rank() : axis;
        node.result(new Op.Reshape(Dims.of(in.product(0, from), in.product(from, in.rank()))),
                node.input(0));
    }

    private static void squeeze(NodeReader node) {
        List<Integer> in = node.dims(0).sizes();
        long[] axes = node.axes(1, 13, in.size());
        TreeSet<Integer> dropped = new TreeSet<>();
        if (axes == null) {
            IntStream.range(0, in.size()).filter(i -> in.get(i) == 1).forEach(dropped::add);
        } else {
            Arrays.stream(axes).forEach(axis -> dropped.add(NodeReader.dimension(axis, in.size())));
        }
        for (int i : dropped) {
            if (in.get(i) != 1) {
                throw new ModelException("dimension %d of %s can't be dropped; its size is %d"
                        .formatted(i, in, in.get(i)));
            }
        }
        List<Integer> left = IntStream.range(0, in.size()).filter(i -> !dropped.contains(i))
                .mapToObj(in::get).toList();
        node.result(new Op.Reshape(new Dims(left)), node.input(0));
    }

    private static void unsqueeze(NodeReader node) {
        List<Integer> sizes = new ArrayList<>(node.dims(0).sizes());
        long[] axes = node.axes(1, 13, Weights.MAX_RANK);
        if (axes == null) {
            throw new ModelException("axes are missing");
        }
        int rank = sizes.size() + axes.length;
        if (rank > Weights.MAX_RANK) {
            throw new ModelException("its result has %s; at most %d can be read"
                    .formatted(Printable.count(rank, "dimension"), Weights.MAX_RANK));
        }
        TreeSet<Integer> added = new TreeSet<>();
        for (long axis : axes) {
            if (!added.add(NodeReader.dimension(axis, rank))) {
                throw new ModelException(
                        "axes are %s; each may be named once".formatted(Arrays.toString(axes)));
            }
        }
        added.forEach(i -> sizes.add(i, 1));
        node.result(new Op.Reshape(new Dims(sizes)), node.input(0));
    }

    private static void transpose(NodeReader node) {
        int rank = node.dims(0).rank();
        long[] order = node.integers("perm");
        List<Integer> of = new ArrayList<>();
        for (int i = 0; i < (order == null ? rank : order.length); i++) {
            of.add(order == null ? rank - 1 - i : NodeReader.toInt("attribute perm", order[i]));
        }
        node.result(new Op.Transpose(of), node.input(0));
    }

    private static void pad(NodeReader node) {
        Dims in = node.dims(0);
        String mode = node.text("mode", "constant");
        long[] pads = node.integersOf("pads", 1, 11);
        float value = node.opset() < 11
                ? node.real("value", 0)
                : node.has(2) ? node.knownNumber(2, "the value") : 0;
        long[] axes = node.opset() >= 18 && node.has(3) ? node.axes(3, 18, in.rank()) : null;
        if (pads == null || pads.length != 2 * (axes == null ? in.rank() : axes.length)) {
            throw new ModelException("pads are %s; for %s they must be %s".formatted(
                    Arrays.toString(pads), in,
                    Printable.count(2 * (axes == null ? in.rank() : axes.length), "number")));
        }
        Op.Pad.Mode how = switch (mode) {
            case "constant" -> Op.Pad.Mode.CONSTANT;
            case "edge" -> Op.Pad.Mode.EDGE;
            case "reflect" -> Op.Pad.Mode.REFLECT;
            default -> throw new ModelException(
                    "attribute mode is '%s'; constant, edge and reflect can be read"
                            .formatted(mode));
        };
        int[] before = new int[in.rank()];
        int[] after = new int[in.rank()];
        for (int i = 0; i < pads.length / 2; i++) {
            int dimension = axes == null ? i : NodeReader.dimension(axes[i], in.rank());
            before[dimension] = NodeReader.toInt("pads", pads[i]);
            after[dimension] = NodeReader.toInt("pads", pads[i + pads.length / 2]);
        }
        boolean crops = IntStream.concat(IntStream.of(before), IntStream.of(after))
                .anyMatch(i -> i < 0);
        if (crops && how != Op.Pad.Mode.CONSTANT) {
            throw new ModelException("pads are %s; only in mode constant may they be below 0"
                    .formatted(Arrays.toString(pads)));
        }
        boolean widens = IntStream.concat(IntStream.of(before), IntStream.of(after))
                .anyMatch(i -> i > 0);
        Op.Pad pad = new Op.Pad(IntStream.of(before).mapToObj(i -> Math.max(i, 0)).toList(),
                IntStream.of(after).mapToObj(i -> Math.max(i, 0)).toList(), how,
                how == Op.Pad.Mode.CONSTANT ? value : 0);
        if (!crops) {
            node.result(pad, node.input(0));
            return;
        }
        List<Integer> starts = IntStream.of(before).mapToObj(i -> Math.max(-(long) i, 0))
                .map(Math::toIntExact).toList();
        List<Integer> sizes = IntStream.range(0, in.rank()).mapToObj(
                i -> (int) (in.get(i) + Math.min((long) before[i], 0) + Math.min(after[i], 0)))
                .toList();
        Op.Slice crop = new Op.Slice(starts, sizes, Collections.nCopies(in.rank(), 1));
        if (widens) {
            node.result(pad, node.step("cropped", crop, node.input(0)));
        } else {
            node.result(crop, node.input(0));
        }
    }

    private static void slice(NodeReader node) {
        List<Integer> in = node.input(0).sizes();
        boolean inputs = node.opset() >= 10;
        long[] starts = inputs ? node.knownIntegers(1, "starts") : node.integers("starts");
        long[] ends = inputs ? node.knownIntegers(2, "ends") : node.integers("ends");
        long[] axes = inputs
                ? node.has(3) ? node.knownIntegers(3, "axes") : null
                : node.integers("axes");
        long[] steps = inputs && node.has(4) ? node.knownIntegers(4, "steps") : null;
        if (starts == null || ends == null || starts.length != ends.length
                || axes != null && axes.length != starts.length
                || steps != null && steps.length != starts.length || starts.length > in.size()) {
            throw new ModelException(
                    "starts, ends, axes and steps don't go together: they must be as many, at most %d"
                            .formatted(in.size()));
        }
        Integer[] from = new Integer[in.size()];
        Integer[] count = in.toArray(Integer[]::new);
        Integer[] by = new Integer[in.size()];
        Arrays.fill(from, 0);
        Arrays.fill(by, 1);
        for (int i = 0; i < starts.length; i++) {
            int d = NodeReader.dimension(axes == null ? i : axes[i], in.size());
            long size = in.get(d);
            long step = steps == null
                    ? 1
                    : Math.clamp(steps[i], -Integer.MAX_VALUE, Integer.MAX_VALUE);
            if (step == 0) {
                throw new ModelException("step %d is 0".formatted(i));
            }
            // Counted from the back if below 0, then cut to where there is something (ONNX, Slice).
            long start = Math.clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0,
                    step > 0 ? size : Math.max(size - 1, 0));
            long end = Math.clamp(ends[i] < 0 ? ends[i] + size : ends[i], step > 0 ? 0 : -1, size);
            long numbers = Math.max(0, Math.ceilDiv(end - start, step));
            from[d] = (int) start;
            count[d] = (int) numbers;
            by[d] = numbers > 1 ? (int) step : 1;
        }
        part(node, node.input(0), 0, List.of(from), List.of(count), List.of(by));
    }

    /** A part as one of the results. Of known numbers, as shapes are, it may be empty. */
    private static void part(NodeReader node, Value of, int output, List<Integer> from,
            List<Integer> count, List<Integer> by) {
        if (of instanceof Value.Known known && count.contains(0)) {
            node.known(known.tensor() instanceof OnnxTensor.Floats
                    ? new OnnxTensor.Floats(count, new float[0])
                    : new OnnxTensor.Integers(count, new long[0]));
            return;
        }
        node.result(output, new Op.Slice(from, count, by), List.of(of));
    }

    private static void split(NodeReader node) {
        Dims in = node.dims(0);
        int axis = NodeReader.dimension(node.integer("axis", 0), in.rank());
        long[] sizes = node.integersOf("split", 1, 13);
        if (node.opset() >= 18 && node.hasAttribute("num_outputs")) {
            node.mustBe("num_outputs", node.outputs());
        }
        if (node.outputs() == 0 || sizes != null && (sizes.length != node.outputs()
                || Arrays.stream(sizes).anyMatch(size -> size < 0)
                || Arrays.stream(sizes).sum() != in.get(axis))) {
            throw new ModelException("%s can't be split into %s along dimension %d for %s"
                    .formatted(in, Arrays.toString(sizes), axis,
                            Printable.count(node.outputs(), "output")));
        }
        if (sizes == null && node.opset() < 18 && in.get(axis) % node.outputs() != 0) {
            throw new ModelException("%s can't be split into %d equal parts along dimension %d"
                    .formatted(in, node.outputs(), axis));
        }
        int each = Math.ceilDiv(in.get(axis), node.outputs());
        int start = 0;
        for (int i = 0; i < node.outputs(); i++) {
            int size = sizes == null ? Math.min(each, in.get(axis) - start) : (int) sizes[i];
            if (node.wants(i)) {
                Integer[] from = new Integer[in.rank()];
                Arrays.fill(from, 0);
                from[axis] = start;
                node.result(i, new Op.Slice(List.of(from), in.with(axis, size).sizes(),
                        Collections.nCopies(in.rank(), 1)), List.of(node.input(0)));
            }
            start += size;
        }
    }

    /** Of known numbers any; of others those that lie evenly, which is a slice. */
    private static void gather(NodeReader node) {
        List<Integer> in = node.input(0).sizes();
        int axis = NodeReader.dimension(node.integer("axis", 0), in.size());
        List<Integer> shape = node.known(1, "indices").sizes();
        long[] indices = node.knownIntegers(1, "indices");
        node.spend(indices.length);
        int[] at = new int[indices.length];
        for (int i = 0; i < at.length; i++) {
            if (indices[i] < -in.get(axis) || indices[i] >= in.get(axis)) {
                throw new ModelException("index %d is outside of dimension %d of %s"
                        .formatted(indices[i], axis, in));
            }
            at[i] = (int) (indices[i] < 0 ? indices[i] + in.get(axis) : indices[i]);
        }
        List<Integer> sizes = new ArrayList<>(in.subList(0, axis));
        sizes.addAll(shape);
        sizes.addAll(in.subList(axis + 1, in.size()));
        if (sizes.size() > Weights.MAX_RANK) {
            throw new ModelException("its result has %s; at most %d can be read"
                    .formatted(Printable.count(sizes.size(), "dimension"), Weights.MAX_RANK));
        }
        if (node.input(0) instanceof Value.Known known) {
            node.spend(Weights.count(sizes, "its result"));
            node.known(gathered(known.tensor(), axis, at, List.copyOf(sizes)));
            return;
        }
        taken(node, node.input(0), axis, at, new Dims(sizes));
    }

    /** Places of a computed array along one dimension, as few evenly spaced slices side by side. */
    static void taken(NodeReader node, Value from, int axis, int[] at, Dims result) {
        List<Value> parts = new ArrayList<>();
        for (int first = 0; first < at.length;) {
            int step = first + 1 < at.length && at[first + 1] != at[first]
                    ? at[first + 1] - at[first]
                    : 1;
            int end = first + 1;
            while (end < at.length && at[end] - at[end - 1] == step) {
                end++;
            }
            if (parts.size() == MOST_SLICES) {
                throw new ModelException(
                        "indices are %s; of an array that is computed when the network runs at most %d evenly spaced runs of them can be read"
                                .formatted(
                                        Arrays.toString(Arrays.copyOf(at, Math.min(at.length, 16))),
                                        MOST_SLICES));
            }
            Dims in = from.shape();
            Integer[] starts = new Integer[in.rank()];
            Arrays.fill(starts, 0);
            Integer[] steps = new Integer[in.rank()];
            Arrays.fill(steps, 1);
            starts[axis] = at[first];
            steps[axis] = step;
            parts.add(node.step("part", new Op.Slice(List.of(starts),
                    in.with(axis, end - first).sizes(), List.of(steps)), from));
            first = end;
        }
        if (parts.isEmpty()) {
            throw new ModelException(
                    "it takes nothing of an array that is computed when the network runs");
        }
        Value whole = parts.size() == 1
                ? parts.getFirst()
                : node.step("parts", new Op.Concat(axis), parts.toArray(Value[]::new));
        if (whole.shape().equals(result)) {
            node.alias(whole);
        } else {
            node.result(new Op.Reshape(result), whole);
        }
    }

    private static OnnxTensor gathered(OnnxTensor from, int axis, int[] at, List<Integer> sizes) {
        int inner = from.sizes().subList(axis + 1, from.sizes().size()).stream().reduce(1,
                (a, b) -> a * b);
        int size = from.sizes().get(axis);
        int count = Weights.count(sizes, "its result");
        int[] source = new int[count];
        for (int i = 0; i < count; i++) {
            int outer = i / inner / at.length;
            source[i] = (outer * size + at[i / inner % at.length]) * inner + i % inner;
        }
        return switch (from) {
            case OnnxTensor.Floats floats -> {
                float[] data = new float[count];
                for (int i = 0; i < count; i++) {
                    data[i] = floats.data()[source[i]];
                }
                yield new OnnxTensor.Floats(sizes, data);
            }
            case OnnxTensor.Integers integers -> new OnnxTensor.Integers(sizes,
                    Arrays.stream(source).mapToLong(i -> integers.data()[i]).toArray());
        };
    }

    private static void dropout(NodeReader node) {
        node.onlyOutputs(1, "mask");
        if (node.opset() < 12) {
            node.hasNoEffect("ratio"); // only training uses it
        } else {
            node.hasNoEffect("seed");
            if (node.has(2)
                    && !Arrays.equals(node.knownIntegers(2, "training_mode"), new long[]{0})) {
                throw new ModelException("training_mode is not false; only inference can be read");
            }
        }
        node.alias(node.input(0));
    }
}
