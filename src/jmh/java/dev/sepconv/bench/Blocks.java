package dev.sepconv.bench;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
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

        static Block separable(int channels, int size, int stride, int filters) {
            return new Block("%d-%d-%d-%d".formatted(channels, size, stride, filters),
                    SeparableConv2d.mobilenet(channels, filters, 3, stride), Shape.of(channels, size, size));
        }

        /** Multiply-adds of one run, the padding's included. */
        long multiplyAdds() {
            long sum = 0;
            Shape shape = input;
            for (Conv2d stage : layer.stages()) {
                shape = stage.outputShape(shape);
                sum += (long) shape.elements() * stage.weightCount() / stage.outChannels();
            }
            return sum;
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

    /** The 13 depthwise-separable blocks of MobileNetV1 at 224x224 (Howard et al. 2017, table 1); 9 of them differ. */
    static final List<Block> MOBILENET = List.of(Block.separable(32, 112, 1, 64), Block.separable(64, 112, 2, 128),
            Block.separable(128, 56, 1, 128), Block.separable(128, 56, 2, 256), Block.separable(256, 28, 1, 256),
            Block.separable(256, 28, 2, 512), Block.separable(512, 14, 1, 512), Block.separable(512, 14, 2, 1024),
            Block.separable(1024, 7, 1, 1024));

    /** How often the block occurs among the 13. */
    static int occurrences(Block block) {
        return block.name().startsWith("512-14-1") ? 5 : 1;
    }

    private Blocks() {
    }

    static Block named(String name) {
        return MOBILENET.stream().filter(block -> block.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("block is '%s'; it must be one of %s".formatted(name,
                        Arrays.toString(MOBILENET.stream().map(Block::name).toArray()))));
    }
}
