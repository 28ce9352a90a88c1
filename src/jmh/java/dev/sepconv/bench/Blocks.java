package dev.sepconv.bench;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.SeparableConv2d.Order;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import dev.sepconv.cost.MobileNetV1;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The layers that are measured. */
final class Blocks {

    /** What can be made of a block. */
    static final List<String> VARIANTS = List.of("separable", "keras", "xception", "depthwise",
            "pointwise", "standard", "grouped2", "grouped8", "grouped32");

    /** The families of blocks that have a name. */
    static final List<String> FAMILIES = List.of("mobilenet", "xception", "5x5");

    /** JMH splits its parameters at commas: hyphens it is. */
    private static final Pattern NAME = Pattern
            .compile("(\\d{1,6})-(\\d{1,6})-(\\d{1,6})-(\\d{1,6})(?:-(\\d{1,6}))?");

    private static final String XCEPTION = "728-19-1-728";

    /**
     * The 5x5 depthwise layers of MobileNetV3-Large (Howard et al. 2019, table 1), with the
     * pointwise layer that each feeds.
     */
    private static final List<String> KERNEL_5 = List.of("72-56-2-40-5", "120-28-1-40-5",
            "120-28-1-40-5", "672-14-2-160-5", "960-7-1-160-5", "960-7-1-160-5");

    private static final List<String> MOBILENET = MobileNetV1.separableBlocks().stream()
            .map(Blocks::name).toList();

    private Blocks() {
    }

    /**
     * A layer on an input.
     *
     * @param name channels in, size, stride, channels out, and the kernel's size where it isn't 3
     * @param variant one of {@link #VARIANTS}
     * @param count how often its network has it
     */
    record Block(String name, String variant, int count, Layer layer, Shape input) {

        double flops() {
            return Cost.of(layer, input).flops();
        }

        /**
         * What must be moved at least: input, weights, biases and output, each once, 4 bytes a
         * number. What lies between the two steps of a separable block is not among it, as a fused
         * kernel needn't store it.
         */
        double bytes() {
            return (double) Float.BYTES
                    * (input.elements()
                            + layer.outputShape(
                                    input).elements()
                            + layer.stages().stream().mapToLong(stage -> stage.weightCount()
                                    + (stage.bias() ? stage.outChannels() : 0L)).sum());
        }

        /**
         * Floating-point operations a byte of {@link #bytes()} (Williams et al. 2009, Roofline).
         */
        double intensity() {
            return flops() / bytes();
        }

        @Override
        public String toString() {
            return variant.equals("separable") ? name : name + " " + variant;
        }
    }

    /**
     * The blocks of a family, or the one block of a name.
     *
     * @param name one of {@link #FAMILIES}, or C-SIZE-STRIDE-K or C-SIZE-STRIDE-K-KERNEL
     * @throws IllegalArgumentException if it is neither
     */
    static List<Block> named(String name, String variant, int batch) {
        List<String> names = switch (name) {
            case "mobilenet" -> MOBILENET;
            case "xception" -> List.of(XCEPTION);
            case "5x5" -> KERNEL_5;
            default -> List.of(name);
        };
        return names.stream().distinct().map(each -> one(each, variant, batch)).toList();
    }

    /** The block of a name such as 512-14-1-512. */
    static Block one(String name, String variant, int batch) {
        Matcher numbers = NAME.matcher(name);
        if (!numbers.matches()) {
            throw new IllegalArgumentException(
                    "block is '%s'; it must be %s or CHANNELS-SIZE-STRIDE-FILTERS[-KERNEL], such as 512-14-1-512"
                            .formatted(name, String.join(", ", FAMILIES)));
        }
        if (!VARIANTS.contains(variant)) {
            throw new IllegalArgumentException("variant is '%s'; it must be one of %s"
                    .formatted(variant, String.join(", ", VARIANTS)));
        }
        int channels = Integer.parseInt(numbers.group(1));
        int size = Integer.parseInt(numbers.group(2));
        int stride = Integer.parseInt(numbers.group(3));
        int filters = Integer.parseInt(numbers.group(4));
        int kernel = numbers.group(5) == null ? 3 : Integer.parseInt(numbers.group(5));
        Conv2d depthwise = relu6(Conv2d.depthwise(channels, 1, kernel).withStride(stride));
        Conv2d pointwise = relu6(Conv2d.pointwise(channels, filters));
        Conv2d standard = relu6(Conv2d.of(channels, filters, kernel).withStride(stride));
        Layer layer = switch (variant.equals("separable") && name.equals(XCEPTION)
                ? "keras"
                : variant) {
            case "separable" -> new SeparableConv2d(Order.MOBILENET, depthwise, pointwise);
            // Nothing between the steps; the batch normalisation that follows the block is its
            // bias.
            case "keras" -> new SeparableConv2d(Order.KERAS,
                    depthwise.withBias(false).withActivation(Activation.NONE),
                    pointwise.withActivation(Activation.NONE));
            case "xception" -> new SeparableConv2d(Order.XCEPTION,
                    Conv2d.depthwise(filters, 1, kernel).withStride(stride)
                            .withPadding(Padding.SAME_UPPER).withBias(true),
                    Conv2d.pointwise(channels, filters));
            case "depthwise" -> depthwise;
            case "pointwise" -> pointwise;
            case "standard" -> standard;
            default -> standard.withGroups(Integer.parseInt(variant.substring("grouped".length())));
        };
        Shape input = new Shape(batch, channels, size, size);
        // The pointwise step is measured on the pixels that the depthwise step leaves it.
        return new Block(name, variant, occurrences(name), layer,
                variant.equals("pointwise") ? depthwise.outputShape(input) : input);
    }

    /** How often its network has the block; 1 for one of no network. */
    private static int occurrences(String name) {
        return Math.max(1,
                Collections.frequency(MOBILENET, name) + Collections.frequency(KERNEL_5, name));
    }

    private static Conv2d relu6(Conv2d conv) {
        return conv.withPadding(Padding.SAME_UPPER).withBias(true).withActivation(Activation.RELU6);
    }

    private static String name(MobileNetV1.Block block) {
        SeparableConv2d layer = (SeparableConv2d) block.layer();
        return "%d-%d-%d-%d".formatted(block.input().c(), block.input().h(),
                layer.depthwise().strideHeight(), layer.pointwise().outChannels());
    }
}
