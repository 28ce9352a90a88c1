package dev.sepconv.bench;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import dev.sepconv.cost.MobileNetV1;
import java.util.Arrays;
import java.util.List;

/** The layers that are measured. */
final class Blocks {

    /**
     * A layer on an input.
     *
     * @param name channels in, size, stride, channels out
     */
    record Block(String name, Layer layer, Shape input) {

        Cost cost() {
            return Cost.of(layer, input);
        }

        /** The same block as only its depthwise step, only its pointwise step, a standard convolution, or a grouped one. */
        Block variant(String variant) {
            SeparableConv2d separable = (SeparableConv2d) layer;
            Conv2d depthwise = separable.depthwise();
            int channels = input.c();
            int filters = separable.pointwise().outChannels();
            Conv2d standard = Conv2d.of(channels, filters, 3).withStride(depthwise.strideHeight()).withPadding(Padding.SAME_UPPER)
                    .withBias(true).withActivation(Activation.RELU6);
            return switch (variant) {
                case "separable" -> this;
                case "depthwise" -> new Block(name + " depthwise", depthwise, input);
                case "pointwise" -> new Block(name + " pointwise", separable.pointwise(), depthwise.outputShape(input));
                case "standard" -> new Block(name + " standard", standard, input);
                case "grouped2" -> new Block(name + " g=2", standard.withGroups(2), input);
                case "grouped8" -> new Block(name + " g=8", standard.withGroups(8), input);
                case "grouped32" -> new Block(name + " g=32", standard.withGroups(32), input);
                default -> throw new IllegalArgumentException("variant is '" + variant + "'; there is no such");
            };
        }
    }

    /** MobileNetV1's depthwise-separable blocks that differ: 9 of the 13. */
    static final List<Block> MOBILENET = MobileNetV1.separableBlocks().stream()
            .map(block -> new Block(name(block), block.layer(), block.input())).distinct().toList();

    /** How often the block occurs among the 13. */
    static int occurrences(Block block) {
        return (int) MobileNetV1.separableBlocks().stream().filter(each -> name(each).equals(block.name())).count();
    }

    /** JMH splits its parameters at commas, and the command line at blanks: hyphens it is. */
    private static String name(MobileNetV1.Block block) {
        SeparableConv2d layer = (SeparableConv2d) block.layer();
        return "%d-%d-%d-%d".formatted(block.input().c(), block.input().h(), layer.depthwise().strideHeight(),
                layer.pointwise().outChannels());
    }

    private Blocks() {
    }

    static Block named(String name) {
        return MOBILENET.stream().filter(block -> block.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("block is '%s'; it must be one of %s".formatted(name,
                        Arrays.toString(MOBILENET.stream().map(Block::name).toArray()))));
    }
}
