package dev.sepconv.io.onnx;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.io.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Convolutions and pooling: operators with a window that goes over a picture. */
final class Windows {

    private Windows() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("Conv", Windows::conv);
        all.put("ConvTranspose", Windows::convTranspose);
        all.put("MaxPool", node -> {
            node.onlyOutputs(1, "Indices");
            node.hasNoEffect("storage_order"); // it is about the indices
            pool(node, Op.Pool.Kind.MAX, false);
        });
        all.put("AveragePool",
                node -> pool(node, Op.Pool.Kind.AVERAGE, node.flag("count_include_pad", false)));
        all.put("GlobalAveragePool", node -> globalPool(node, Op.Reduce.Kind.MEAN));
        all.put("GlobalMaxPool", node -> globalPool(node, Op.Reduce.Kind.MAX));
    }

    /**
     * A weight of four dimensions, and that the attribute kernel_shape says the same if it is
     * there.
     */
    private static Dims weight(NodeReader node) {
        Dims weight = node.known(1, "the weight").dims();
        if (weight.rank() != 4) {
            throw new ModelException(
                    "the weight is %s; only convolutions of pictures can be read, whose weight has 4 dimensions"
                            .formatted(weight));
        }
        long[] kernel = node.integers("kernel_shape");
        if (kernel != null && (kernel.length != 2 || kernel[0] != weight.get(2)
                || kernel[1] != weight.get(3))) {
            throw new ModelException("attribute kernel_shape is %s; the weight is %s"
                    .formatted(Arrays.toString(kernel), weight));
        }
        return weight;
    }

    private static void conv(NodeReader node) {
        Dims in = node.picture(0);
        Dims weight = weight(node);
        int groups = node.integer("group", 1);
        if ((long) weight.get(1) * groups != in.get(1)) {
            throw new ModelException(
                    "input %s and weight %s don't go together in %s: the weight's dimension 1 must be %d / %d"
                            .formatted(in, weight, Printable.count(groups, "group"), in.get(1),
                                    groups));
        }
        int[] strides = node.integers("strides", 2, 1, 1);
        int[] dilations = node.integers("dilations", 2, 1, 1);
        float[] bias = node.has(2) ? node.knownFloats(2, "the bias") : null;
        Conv2d conv = Conv2d.of(in.get(1), weight.get(0), weight.get(2), weight.get(3))
                .withGroups(groups).withStride(strides[0], strides[1])
                .withDilation(dilations[0], dilations[1]).withBias(bias != null);
        conv = conv.withPadding(padding(node, conv, in));
        node.result(Op.Convolve.of(conv, new ConvWeights(node.knownFloats(1, "the weight"), bias)),
                node.input(0));
    }

    /** The attributes auto_pad and pads, as numbers for a picture of that size. */
    private static Padding.Explicit padding(NodeReader node, Conv2d window, Dims in) {
        String auto = node.text("auto_pad", "NOTSET");
        int[] pads = node.integers("pads", 4, 0, 0);
        if (!auto.equals("NOTSET") && IntStream.of(pads).anyMatch(pad -> pad != 0)) {
            throw new ModelException(
                    "attribute auto_pad is %s and pads are given too; only one may be"
                            .formatted(auto));
        }
        return switch (auto) {
            case "NOTSET" -> new Padding.Explicit(pads[0], pads[1], pads[2], pads[3]);
            case "VALID" -> new Padding.Explicit(0, 0, 0, 0);
            case "SAME_UPPER", "SAME_LOWER" -> {
                refuseCrop(in.get(2), window.kernelHeight(), window.strideHeight(),
                        window.dilationHeight());
                refuseCrop(in.get(3), window.kernelWidth(), window.strideWidth(),
                        window.dilationWidth());
                yield new Padding.Same(auto.equals("SAME_LOWER")).resolve(window, in.get(2),
                        in.get(3));
            }
            default -> throw new ModelException(
                    "attribute auto_pad is '%s'; it must be NOTSET, VALID, SAME_UPPER or SAME_LOWER"
                            .formatted(auto));
        };
    }

    /**
     * Where a stride jumps over the last pixels, "same" padding is below 0, and what that means
     * differs between libraries.
     */
    private static void refuseCrop(int size, int kernel, int stride, int dilation) {
        long outputs = Math.ceilDiv((long) size, stride);
        if ((outputs - 1) * stride + (kernel - 1L) * dilation + 1 - size < -1) {
            throw new ModelException(
                    "attribute auto_pad would crop: a window of %d at stride %d on size %d; give the padding as attribute pads"
                            .formatted(kernel, stride, size));
        }
    }

    private static void convTranspose(NodeReader node) {
        Dims in = node.picture(0);
        Dims weight = weight(node);
        int groups = node.integer("group", 1);
        if (weight.get(0) != in.get(1)) {
            throw new ModelException(
                    "input %s and weight %s don't go together: the weight's dimension 0 must be %d"
                            .formatted(in, weight, in.get(1)));
        }
        int[] strides = node.integers("strides", 2, 1, 1);
        int[] dilations = node.integers("dilations", 2, 1, 1);
        int[] more = node.integers("output_padding", 2, 0, 0);
        int[] pads = node.integers("pads", 4, 0, 0);
        long[] wanted = node.integers("output_shape");
        String auto = node.text("auto_pad", "NOTSET");
        boolean same = auto.startsWith("SAME_");
        if (!same && !auto.equals("NOTSET") && !auto.equals("VALID")) {
            throw new ModelException(
                    "attribute auto_pad is '%s'; it must be NOTSET, VALID, SAME_UPPER or SAME_LOWER"
                            .formatted(auto));
        }
        if (wanted != null && wanted.length != 2) {
            throw new ModelException("attribute output_shape has %s; it must have 2"
                    .formatted(Printable.count(wanted.length, "number")));
        }
        if (wanted != null || same) {
            for (int i = 0; i < 2; i++) {
                long natural = (in.get(2 + i) - 1L) * strides[i] + more[i]
                        + (weight.get(2 + i) - 1L) * dilations[i] + 1;
                long total = natural
                        - (wanted != null ? wanted[i] : (long) in.get(2 + i) * strides[i]);
                if (total < 0) {
                    throw new ModelException(
                            "an output of %d is asked for along dimension %d; the transposed convolution makes only %d"
                                    .formatted(natural - total, 2 + i, natural));
                }
                long half = total / 2;
                pads[i] = Math.toIntExact(auto.equals("SAME_UPPER") ? half : total - half);
                pads[2 + i] = Math.toIntExact(total - pads[i]);
            }
        } else if (auto.equals("VALID")) {
            Arrays.fill(pads, 0);
        }
        float[] bias = node.has(2) ? node.knownFloats(2, "the bias") : null;
        Conv2d kernel = Conv2d
                .of(in.get(1), Math.multiplyExact(weight.get(1), groups), weight.get(2),
                        weight.get(3))
                .withGroups(groups).withStride(strides[0], strides[1])
                .withDilation(dilations[0], dilations[1])
                .withPadding(Padding.of(pads[0], pads[1], pads[2], pads[3])).withBias(bias != null);
        node.result(new Op.ConvolveTransposed(kernel, more[0], more[1],
                node.knownFloats(1, "the weight"), bias), node.input(0));
    }

    private static void pool(NodeReader node, Op.Pool.Kind kind, boolean countPadding) {
        Dims in = node.picture(0);
        if (!node.hasAttribute("kernel_shape")) {
            throw new ModelException("attribute kernel_shape is missing");
        }
        int[] kernel = node.integers("kernel_shape", 2, 1, 1);
        int[] strides = node.integers("strides", 2, 1, 1);
        int[] dilations = node.integers("dilations", 2, 1, 1);
        boolean ceil = node.flag("ceil_mode", false);
        Conv2d window = Conv2d.of(1, 1, kernel[0], kernel[1]).withStride(strides[0], strides[1])
                .withDilation(dilations[0], dilations[1]);
        node.result(
                new Op.Pool(kind, kernel[0], kernel[1], strides[0], strides[1], dilations[0],
                        dilations[1], padding(node, window, in), ceil, countPadding),
                node.input(0));
    }

    private static void globalPool(NodeReader node, Op.Reduce.Kind kind) {
        Dims in = node.dims(0);
        if (in.rank() < 3) {
            throw new ModelException("input %s has no dimensions after the channels".formatted(in));
        }
        List<Integer> spatial = IntStream.range(2, in.rank()).boxed().toList();
        node.result(new Op.Reduce(kind, spatial, true), node.input(0));
    }
}
