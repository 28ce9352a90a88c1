package dev.sepconv.io.onnx;

import dev.sepconv.Activation;
import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Resize.Coordinates;
import dev.sepconv.Op.Resize.Interpolation;
import dev.sepconv.Op.Resize.Rounding;
import dev.sepconv.io.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Resize and, before it, Upsample: arrays of other sizes. Nearest and linear ones are operations of
 * their own; all others are products with a matrix for each dimension.
 */
final class Resizing {

    /** What the result is, and how much longer each dimension is than it was. */
    private record Resized(int[] sizes, float[] scales) {
    }

    private Resizing() {
    }

    /** Operator sets 7 to 9. */
    static void upsample(NodeReader node) {
        if (node.opset() >= 10) {
            throw new ModelException("operator set %d has Resize instead".formatted(node.opset()));
        }
        simple(node, node.opset() < 9 ? node.reals("scales") : node.knownFloats(1, "scales"));
    }

    static void resize(NodeReader node) {
        node.since(10);
        if (node.opset() == 10) {
            simple(node, node.knownFloats(1, "scales"));
            return;
        }
        Dims in = node.dims(0);
        String mode = node.text("mode", "nearest");
        String coordinates = node.text("coordinate_transformation_mode", "half_pixel");
        Rounding rounding = switch (node.text("nearest_mode", "round_prefer_floor")) {
            case "round_prefer_floor" -> Rounding.PREFER_FLOOR;
            case "round_prefer_ceil" -> Rounding.PREFER_CEIL;
            case "floor" -> Rounding.FLOOR;
            case "ceil" -> Rounding.CEIL;
            case String other -> throw new ModelException(
                    "attribute nearest_mode is '%s'; it must be round_prefer_floor, round_prefer_ceil, floor or ceil"
                            .formatted(other));
        };
        float cubic = node.real("cubic_coeff_a", -0.75f);
        boolean excludeOutside = node.flag("exclude_outside", false);
        float outside = node.real("extrapolation_value", 0);
        boolean antialias = node.opset() >= 18 && node.flag("antialias", false);
        int[] axes = axes(node, in.rank());
        boolean crop = coordinates.equals("tf_crop_and_resize");
        float[] region = crop ? region(node, axes) : new float[2 * axes.length];
        Resized target = target(node, in, axes, crop ? region : null);
        if (!crop && Arrays.equals(target.sizes, in.toArray())) {
            // as ONNX Runtime has it, even where a scale such as 1.3 was rounded away
            node.alias(node.input(0));
            return;
        }
        boolean matrices = crop || coordinates.equals("half_pixel_symmetric")
                || mode.equals("cubic") || antialias && !mode.equals("nearest");
        if (!matrices) {
            Rounding[] roundings = new Rounding[in.rank()];
            Arrays.fill(roundings, rounding);
            windows(node, target, interpolation(mode), simple(coordinates), roundings);
            return;
        }
        Value x = node.input(0);
        Value inside = null;
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i];
            if (!crop && target.sizes[axis] == in.get(axis) && target.scales[axis] == 1) {
                continue;
            }
            ResizeWeights taps = new ResizeWeights(mode, coordinates, rounding, cubic,
                    excludeOutside, antialias, in.get(axis), target.sizes[axis],
                    target.scales[axis], region[i], region[axes.length + i]);
            node.spend((long) in.get(axis) * target.sizes[axis]);
            x = times(node, x, axis, taps.matrix(), target.sizes[axis]);
            if (crop) {
                Value there = node.integers("inside",
                        IntStream.range(0, in.rank())
                                .mapToObj(d -> d == axis ? target.sizes[axis] : 1).toList(),
                        taps.inside());
                inside = inside == null
                        ? there
                        : node.step("all-inside", new Op.Binary(Op.Binary.Kind.MUL), inside, there);
            }
        }
        if (inside == null) {
            node.alias(x);
            return;
        }
        Value known = node.step("kept", new Op.Binary(Op.Binary.Kind.MASK), x, inside);
        node.result(new Op.Binary(Op.Binary.Kind.ADD), known,
                node.step("extrapolated", new Op.Binary(Op.Binary.Kind.MASK),
                        node.constant("extrapolation", outside), node.not("outside", inside)));
    }

    private static int[] axes(NodeReader node, int rank) {
        long[] given = node.opset() >= 18 ? node.integers("axes") : null;
        if (given == null) {
            return IntStream.range(0, rank).toArray();
        }
        if (given.length > rank) {
            throw new ModelException("axes are %d; an array of %s has no more"
                    .formatted(given.length, Printable.count(rank, "dimension")));
        }
        int[] axes = Arrays.stream(given).mapToInt(axis -> NodeReader.dimension(axis, rank))
                .toArray();
        if (IntStream.of(axes).distinct().count() < axes.length) {
            throw new ModelException(
                    "axes are %s; each may be named once".formatted(Arrays.toString(given)));
        }
        return axes;
    }

    /** Where a part of the picture starts along each axis and where it ends, from 0 to 1. */
    private static float[] region(NodeReader node, int[] axes) {
        float[] region = node.knownFloats(1, "roi");
        if (region.length != 2 * axes.length) {
            throw new ModelException("roi has %s; it must have %d"
                    .formatted(Printable.count(region.length, "number"), 2 * axes.length));
        }
        for (float edge : region) {
            if (!Float.isFinite(edge)) {
                throw new ModelException("roi has %s; it must be finite".formatted(edge));
            }
        }
        return region;
    }

    /** @param region of a crop, or null */
    private static Resized target(NodeReader node, Dims in, int[] axes, float[] region) {
        int[] sizes = in.toArray();
        float[] scales = new float[in.rank()];
        Arrays.fill(scales, 1);
        String policy = node.opset() < 18
                ? "stretch"
                : node.text("keep_aspect_ratio_policy", "stretch");
        if (node.has(3) && node.known(3, "sizes").count() > 0) {
            long[] given = node.knownIntegers(3, "sizes");
            check(given.length, axes.length, in);
            double one = policy(policy, in, axes, given);
            for (int i = 0; i < axes.length; i++) {
                int axis = axes[i];
                sizes[axis] = one > 0
                        ? NodeReader.toInt("sizes", (long) Math.floor(one * in.get(axis) + 0.5))
                        : NodeReader.toInt("sizes", given[i]);
                scales[axis] = one > 0 ? (float) one : (float) sizes[axis] / in.get(axis);
            }
        } else {
            float[] given = node.knownFloats(2, "scales");
            check(given.length, axes.length, in);
            for (int i = 0; i < axes.length; i++) {
                float share = region == null ? 1 : region[axes.length + i] - region[i];
                scales[axes[i]] = given[i];
                sizes[axes[i]] = scaled(in.get(axes[i]) * given[i] * share);
            }
        }
        for (int axis : axes) {
            if (!(scales[axis] > 0 && Float.isFinite(scales[axis])) || sizes[axis] < 1) {
                throw new ModelException(
                        "dimension %d of %s would be %d by a scale of %s; both must be above 0"
                                .formatted(axis, in, sizes[axis], scales[axis]));
            }
        }
        return new Resized(Dims.of(sizes).toArray(), scales);
    }

    private static int scaled(float size) {
        if (!(size < Integer.MAX_VALUE)) {
            throw new ModelException("a size would be %s; it must be below 2^31".formatted(size));
        }
        return (int) Math.floor(size);
    }

    /** One scale for all axes, if the sizes are only a limit; else 0. */
    private static double policy(String policy, Dims in, int[] axes, long[] given) {
        IntStream all = IntStream.range(0, axes.length);
        return switch (policy) {
            case "stretch" -> 0;
            case "not_larger" ->
                all.mapToDouble(i -> (double) given[i] / in.get(axes[i])).min().orElse(0);
            case "not_smaller" ->
                all.mapToDouble(i -> (double) given[i] / in.get(axes[i])).max().orElse(0);
            default -> throw new ModelException(
                    "attribute keep_aspect_ratio_policy is '%s'; it must be stretch, not_larger or not_smaller"
                            .formatted(policy));
        };
    }

    private static void check(int given, int wanted, Dims in) {
        if (given != wanted) {
            throw new ModelException("sizes or scales are %s; for %s they must be %d"
                    .formatted(Printable.count(given, "number"), in, wanted));
        }
    }

    private static Interpolation interpolation(String mode) {
        return switch (mode) {
            case "nearest" -> Interpolation.NEAREST;
            case "linear" -> Interpolation.LINEAR;
            default -> throw new ModelException(
                    "attribute mode is '%s'; it must be nearest, linear or, from operator set 11 on, cubic"
                            .formatted(mode));
        };
    }

    static Coordinates simple(String coordinates) {
        return switch (coordinates) {
            case "half_pixel" -> Coordinates.HALF_PIXEL;
            case "pytorch_half_pixel" -> Coordinates.PYTORCH_HALF_PIXEL;
            case "align_corners" -> Coordinates.ALIGN_CORNERS;
            case "asymmetric" -> Coordinates.ASYMMETRIC;
            default -> throw new ModelException(
                    "attribute coordinate_transformation_mode is '%s'; half_pixel, half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric and tf_crop_and_resize can be read"
                            .formatted(coordinates));
        };
    }

    /**
     * What it was before operator set 11: places are i / scale, and a dimension that gets shorter
     * takes the pixel after that, not before.
     */
    private static void simple(NodeReader node, float[] scales) {
        Dims in = node.dims(0);
        Interpolation interpolation = interpolation(node.text("mode", "nearest"));
        check(scales.length, in.rank(), in);
        int[] sizes = new int[in.rank()];
        Rounding[] roundings = new Rounding[in.rank()];
        for (int i = 0; i < sizes.length; i++) {
            if (!(scales[i] > 0 && Float.isFinite(scales[i]))) {
                throw new ModelException("scales are %s; they must be above 0 and finite"
                        .formatted(Arrays.toString(scales)));
            }
            sizes[i] = scaled(in.get(i) * scales[i]);
            roundings[i] = scales[i] < 1 ? Rounding.CEIL : Rounding.FLOOR;
        }
        if (Arrays.equals(sizes, in.toArray())) {
            node.alias(node.input(0));
            return;
        }
        windows(node, new Resized(Dims.of(sizes).toArray(), scales), interpolation,
                Coordinates.ASYMMETRIC, roundings);
    }

    /** As pictures: the last two dimensions at once, all others each as rows of one. */
    private static void windows(NodeReader node, Resized target, Interpolation interpolation,
            Coordinates coordinates, Rounding[] roundings) {
        Value x = node.input(0);
        Dims in = x.shape();
        int rank = in.rank();
        List<Integer> changed = IntStream.range(0, rank)
                .filter(d -> target.sizes[d] != in.get(d) || target.scales[d] != 1).boxed()
                .toList();
        boolean together = rank >= 3 && changed.contains(rank - 1) && changed.contains(rank - 2)
                && (interpolation == Interpolation.LINEAR
                        || roundings[rank - 1] == roundings[rank - 2]);
        if (rank == 4 && changed.stream().allMatch(d -> d >= 2)
                && (together || changed.size() == 1)) {
            node.result(
                    new Op.Resize(interpolation, coordinates, roundings[changed.getLast()],
                            target.sizes[2], target.sizes[3], target.scales[2], target.scales[3]),
                    x);
            return;
        }
        List<Integer> alone = new ArrayList<>(changed);
        if (together) {
            alone.removeAll(List.of(rank - 1, rank - 2));
        }
        for (int d : alone) {
            Dims now = x.shape();
            boolean last = d == rank - 1;
            int before = now.product(0, d);
            int after = now.product(d + 1, rank);
            Dims rows = last
                    ? Dims.of(1, before, 1, now.get(d))
                    : Dims.of(1, before, now.get(d), after);
            Op resize = last
                    ? new Op.Resize(interpolation, coordinates, roundings[d], 1, target.sizes[d], 1,
                            target.scales[d])
                    : new Op.Resize(interpolation, coordinates, roundings[d], target.sizes[d],
                            after, target.scales[d], 1);
            x = node.step("along", new Op.Reshape(now.with(d, target.sizes[d])),
                    node.step("resized", resize, node.step("rows", new Op.Reshape(rows), x)));
        }
        if (together) {
            Dims now = x.shape();
            int h = rank - 2;
            int w = rank - 1;
            x = node.step("picture",
                    new Op.Reshape(now.with(h, target.sizes[h]).with(w, target.sizes[w])),
                    node.step("resized",
                            new Op.Resize(interpolation, coordinates, roundings[w], target.sizes[h],
                                    target.sizes[w], target.scales[h], target.scales[w]),
                            node.step("planes",
                                    new Op.Reshape(
                                            Dims.of(1, now.product(0, h), now.get(h), now.get(w))),
                                    x)));
        }
        node.alias(x);
    }

    /** An array times a matrix {@code [size, in]} along one dimension. */
    private static Value times(NodeReader node, Value x, int axis, float[] matrix, int size) {
        Dims in = x.shape();
        if (axis == in.rank() - 1 && x instanceof Value.Computed) {
            return node.step("resized", new Op.FullyConnected(size, matrix, null, Activation.NONE),
                    x);
        }
        Value taps = node.constant("taps",
                new OnnxTensor.Floats(List.of(size, in.get(axis)), matrix));
        Value runs = node.step("runs", new Op.Reshape(
                Dims.of(in.product(0, axis), in.get(axis), in.product(axis + 1, in.rank()))), x);
        return node.step("resized", new Op.Reshape(in.with(axis, size)),
                node.step("taken", new Op.MatrixProduct(), taps, runs));
    }
}
