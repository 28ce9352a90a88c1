package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Resize.Coordinates;
import dev.sepconv.Op.Resize.Interpolation;
import dev.sepconv.Op.Resize.Rounding;
import dev.sepconv.io.Printable;
import java.util.Arrays;

/** Resize and, before it, Upsample: pictures of another size. */
final class Resizing {

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
        Dims in = node.picture(0);
        Interpolation interpolation = interpolation(node);
        Coordinates coordinates = switch (node.text("coordinate_transformation_mode",
                "half_pixel")) {
            case "half_pixel" -> Coordinates.HALF_PIXEL;
            case "pytorch_half_pixel" -> Coordinates.PYTORCH_HALF_PIXEL;
            case "align_corners" -> Coordinates.ALIGN_CORNERS;
            case "asymmetric" -> Coordinates.ASYMMETRIC;
            case String other -> throw new ModelException(
                    "attribute coordinate_transformation_mode is '%s'; half_pixel, pytorch_half_pixel, align_corners and asymmetric can be read"
                            .formatted(other));
        };
        Rounding rounding = switch (node.text("nearest_mode", "round_prefer_floor")) {
            case "round_prefer_floor" -> Rounding.PREFER_FLOOR;
            case "round_prefer_ceil" -> Rounding.PREFER_CEIL;
            case "floor" -> Rounding.FLOOR;
            case "ceil" -> Rounding.CEIL;
            case String other -> throw new ModelException(
                    "attribute nearest_mode is '%s'; it must be round_prefer_floor, round_prefer_ceil, floor or ceil"
                            .formatted(other));
        };
        node.hasNoEffect("cubic_coeff_a"); // mode cubic is refused
        node.hasNoEffect("exclude_outside"); // it is about mode cubic
        node.hasNoEffect("extrapolation_value"); // it is about tf_crop_and_resize, which is refused
        if (node.opset() >= 18) {
            node.mustBe("antialias", 0);
            String policy = node.text("keep_aspect_ratio_policy", "stretch");
            if (!policy.equals("stretch")) {
                throw new ModelException(
                        "attribute keep_aspect_ratio_policy is '%s'; only stretch can be read"
                                .formatted(policy));
            }
        }
        long[] axes = node.opset() >= 18 ? node.integers("axes") : null;
        if (node.has(3) && node.known(3, "sizes").count() > 0) {
            long[] given = node.knownIntegers(3, "sizes");
            check(given.length, axes, in);
            int[] sizes = in.toArray();
            for (int i = 0; i < given.length; i++) {
                sizes[axes == null ? i : NodeReader.dimension(axes[i], 4)] = NodeReader
                        .toInt("sizes", given[i]);
            }
            if (sizes[0] != in.get(0) || sizes[1] != in.get(1)) {
                throw new ModelException("sizes are %s for %s; only height and width can change"
                        .formatted(Arrays.toString(sizes), in));
            }
            Dims out = Dims.of(sizes);
            give(node, in, new Op.Resize(interpolation, coordinates, rounding, out.get(2),
                    out.get(3), (float) out.get(2) / in.get(2), (float) out.get(3) / in.get(3)));
            return;
        }
        float[] given = node.knownFloats(2, "scales");
        check(given.length, axes, in);
        float[] scales = {1, 1, 1, 1};
        for (int i = 0; i < given.length; i++) {
            scales[axes == null ? i : NodeReader.dimension(axes[i], 4)] = given[i];
        }
        give(node, in, scaled(in, scales, interpolation, coordinates, rounding));
    }

    private static void check(int given, long[] axes, Dims in) {
        int wanted = axes == null ? 4 : axes.length;
        if (given != wanted) {
            throw new ModelException("sizes or scales are %s; for %s they must be %d"
                    .formatted(Printable.count(given, "number"), in, wanted));
        }
    }

    private static Interpolation interpolation(NodeReader node) {
        return switch (node.text("mode", "nearest")) {
            case "nearest" -> Interpolation.NEAREST;
            case "linear" -> Interpolation.LINEAR;
            case String other -> throw new ModelException(
                    "attribute mode is '%s'; nearest and linear can be read".formatted(other));
        };
    }

    /**
     * What it was before operator set 11: places are i / scale, and a smaller picture takes the
     * pixel after that, not before.
     */
    private static void simple(NodeReader node, float[] scales) {
        Dims in = node.picture(0);
        Interpolation interpolation = interpolation(node);
        check(scales.length, null, in);
        boolean smaller = scales[2] < 1 || scales[3] < 1;
        if (interpolation == Interpolation.NEAREST && smaller && (scales[2] > 1 || scales[3] > 1)) {
            throw new ModelException(
                    "scales are %s; pictures that grow one way and shrink the other can't be read in operator set %d"
                            .formatted(Arrays.toString(scales), node.opset()));
        }
        give(node, in, scaled(in, scales, interpolation, Coordinates.ASYMMETRIC,
                smaller ? Rounding.CEIL : Rounding.FLOOR));
    }

    private static Op.Resize scaled(Dims in, float[] scales, Interpolation interpolation,
            Coordinates coordinates, Rounding rounding) {
        if (scales[0] != 1 || scales[1] != 1) {
            throw new ModelException("scales are %s; only height and width can change"
                    .formatted(Arrays.toString(scales)));
        }
        return new Op.Resize(interpolation, coordinates, rounding, (int) (in.get(2) * scales[2]),
                (int) (in.get(3) * scales[3]), scales[2], scales[3]);
    }

    /**
     * Of the same size it is the same picture, as ONNX Runtime has it, even where a scale such as
     * 1.3 was rounded away.
     */
    private static void give(NodeReader node, Dims in, Op.Resize resize) {
        if (resize.height() == in.get(2) && resize.width() == in.get(3)) {
            node.alias(node.input(0));
        } else {
            node.result(resize, node.input(0));
        }
    }
}
