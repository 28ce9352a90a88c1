package dev.sepconv.io.onnx;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.io.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Convolutions and pools over three dimensions, {@code [N, C, D, H, W]}, as operations on pictures:
 * what a window sees of the depth lies side by side as channels.
 */
final class Volumes {

    private Volumes() {
    }

    static void conv(NodeReader node) {
        Dims in = node.dims(0);
        Dims weight = node.known(1, "the weight").dims();
        int groups = node.integer("group", 1);
        long[] kernel = node.integers("kernel_shape");
        int[] strides = node.integers("strides", 3, 1, 1);
        int[] dilations = node.integers("dilations", 3, 1, 1);
        int[] pads = pads(node);
        if (weight.rank() != 5 || groups < 1 || (long) weight.get(1) * groups != in.get(1)) {
            throw new ModelException("input %s and weight %s don't go together in %s".formatted(in,
                    weight, Printable.count(groups, "group")));
        }
        if (kernel != null && !Arrays.equals(kernel,
                weight.sizes().subList(2, 5).stream().mapToLong(i -> i).toArray())) {
            throw new ModelException("attribute kernel_shape is %s; the weight is %s"
                    .formatted(Arrays.toString(kernel), weight));
        }
        float[] bias = node.has(2) ? node.knownFloats(2, "the bias") : null;
        int depth = weight.get(2);
        Value stacked = stacked(node, depth, strides[0], dilations[0], pads[0], pads[3], groups);
        int outDepth = stacked.shape().get(0) / in.get(0);
        Conv2d conv = Conv2d
                .of(Math.multiplyExact(in.get(1), depth), weight.get(0), weight.get(3),
                        weight.get(4))
                .withGroups(groups).withStride(strides[1], strides[2])
                .withDilation(dilations[1], dilations[2])
                .withPadding(new Padding.Explicit(pads[1], pads[2], pads[4], pads[5]))
                .withBias(bias != null);
        Value made = node.step("conv",
                conv.withWeights(new ConvWeights(depthFirst(node, weight), bias)), stacked);
        Dims picture = made.shape();
        Value apart = node.step("apart", new Op.Reshape(
                Dims.of(in.get(0), outDepth, picture.get(1), picture.get(2), picture.get(3))),
                made);
        node.result(new Op.Transpose(List.of(0, 2, 1, 3, 4)), apart);
    }

    private static int[] pads(NodeReader node) {
        int[] pads = node.integers("pads", 6, 0, 0);
        String auto = node.text("auto_pad", "NOTSET");
        if (!auto.equals("NOTSET") && !auto.equals("VALID")) {
            throw new ModelException(
                    "attribute auto_pad is '%s'; over three dimensions it must be NOTSET or VALID"
                            .formatted(auto));
        }
        return auto.equals("VALID") ? new int[6] : pads;
    }

    /**
     * For each place in depth a picture {@code [N * D', C * depth, H, W]}; of each group of
     * channels first those of the first depth.
     */
    private static Value stacked(NodeReader node, int depth, int stride, int dilation, int before,
            int after, int groups) {
        Dims in = node.dims(0);
        Value frames = node.step("frames", new Op.Transpose(List.of(0, 2, 1, 3, 4)), node.input(0));
        if (before + (long) after > 0) {
            frames = node.step("padded", new Op.Pad(List.of(0, before, 0, 0, 0),
                    List.of(0, after, 0, 0, 0), Op.Pad.Mode.CONSTANT, 0), frames);
        }
        Dims padded = frames.shape();
        long room = padded.get(1) - ((depth - 1L) * dilation + 1);
        if (room < 0) {
            throw new ModelException("a window of %d with dilation %d is deeper than input %s"
                    .formatted(depth, dilation, in));
        }
        int count = (int) (room / stride) + 1;
        List<Value> slices = new ArrayList<>();
        for (int r = 0; r < depth; r++) {
            Value slice = node.step("slice", new Op.Slice(List.of(0, r * dilation, 0, 0, 0),
                    padded.with(1, count).sizes(), List.of(1, stride, 1, 1, 1)), frames);
            // [N * D', groups, 1, C / groups, H * W]
            slices.add(node.step(
                    "groups", new Op.Reshape(Dims.of(Math.multiplyExact(in.get(0), count), groups,
                            1, in.get(1) / groups, Math.multiplyExact(in.get(3), in.get(4)))),
                    slice));
        }
        Value all = slices.size() == 1
                ? slices.getFirst()
                : node.step("stack", new Op.Concat(2), slices.toArray(Value[]::new));
        return node.step("pictures", new Op.Reshape(Dims.of(Math.multiplyExact(in.get(0), count),
                Math.multiplyExact(in.get(1), depth), in.get(3), in.get(4))), all);
    }

    /** A weight {@code [K, C, D, R, S]} as {@code [K, D, C, R, S]}. */
    private static float[] depthFirst(NodeReader node, Dims weight) {
        float[] from = node.knownFloats(1, "the weight");
        node.spend(from.length);
        int channels = weight.get(1);
        int depth = weight.get(2);
        int plane = weight.product(3, 5);
        float[] to = new float[from.length];
        for (int i = 0; i < from.length; i += plane) {
            int row = i / plane;
            int d = row % depth;
            int c = row / depth % channels;
            int k = row / depth / channels;
            System.arraycopy(from, i, to, ((k * depth + d) * channels + c) * plane, plane);
        }
        return to;
    }

    /**
     * A pool over height and width, then one over the depth: the greatest of the greatest, and the
     * mean of means, as each has as many numbers in every row of a window.
     */
    static void pool(NodeReader node, Op.Pool.Kind kind, boolean countPadding) {
        Dims in = node.dims(0);
        int[] kernel = node.integers("kernel_shape", 3, 1, 1);
        int[] strides = node.integers("strides", 3, 1, 1);
        int[] dilations = node.integers("dilations", 3, 1, 1);
        int[] pads = pads(node);
        boolean ceil = node.flag("ceil_mode", false);
        boolean[] idle = new boolean[3];
        for (int i = 0; i < 3; i++) {
            idle[i] = kernel[i] == 1 && strides[i] == 1 && pads[i] == 0 && pads[i + 3] == 0;
        }
        Value x = node.input(0);
        if (!idle[1] || !idle[2]) {
            Op.Pool flat = new Op.Pool(kind, kernel[1], kernel[2], strides[1], strides[2],
                    dilations[1], dilations[2],
                    new Padding.Explicit(pads[1], pads[2], pads[4], pads[5]), ceil, countPadding);
            Value made = node.step("flat", flat, node.step("planes",
                    new Op.Reshape(Dims.of(in.get(0), in.product(1, 3), in.get(3), in.get(4))), x));
            Dims out = made.shape();
            x = node.step("volume",
                    new Op.Reshape(
                            Dims.of(in.get(0), in.get(1), in.get(2), out.get(2), out.get(3))),
                    made);
        }
        if (idle[0]) {
            node.alias(x);
            return;
        }
        Dims now = x.shape();
        Op.Pool deep = new Op.Pool(kind, kernel[0], 1, strides[0], 1, dilations[0], 1,
                new Padding.Explicit(pads[0], 0, pads[3], 0), ceil, countPadding);
        Value made = node.step("deep", deep, node.step("columns",
                new Op.Reshape(Dims.of(in.get(0), in.get(1), in.get(2), now.product(3, 5))), x));
        node.result(new Op.Reshape(now.with(2, made.shape().get(2))), made);
    }
}
