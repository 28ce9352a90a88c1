package dev.sepconv.cost;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers of MobileNetV1 at width 1 and 224 by 224 pixels (Howard et al. 2017, table 1), whose
 * totals are published: 4.2 million parameters and 569 million multiply-adds with separable
 * convolutions, 29.3 and 4866 million with standard ones (its table 4). The exact count with
 * standard ones is 4866 million without the classifier and 4867 with it.
 */
public final class MobileNetV1 {

    /** In channels, size, stride, out channels. */
    private static final int[][] BLOCKS = {{32, 112, 1, 64}, {64, 112, 2, 128}, {128, 56, 1, 128},
            {128, 56, 2, 256}, {256, 28, 1, 256}, {256, 28, 2, 512}, {512, 14, 1, 512},
            {512, 14, 1, 512}, {512, 14, 1, 512}, {512, 14, 1, 512}, {512, 14, 1, 512},
            {512, 14, 2, 1024}, {1024, 7, 1, 1024}};

    private MobileNetV1() {
    }

    /**
     * A layer at its place in the network.
     *
     * @param name for example {@code 128x56x56 s1 128}: input channels and size, stride, output
     * channels
     */
    public record Block(String name, Layer layer, Shape input) {
    }

    /** The 13 depthwise-separable blocks, with bias and ReLU6 after both steps. */
    public static List<Block> separableBlocks() {
        List<Block> blocks = new ArrayList<>();
        for (int[] b : BLOCKS) {
            blocks.add(new Block(name(b), SeparableConv2d.mobilenet(b[0], b[3], 3, b[2]),
                    Shape.of(b[0], b[1], b[1])));
        }
        return List.copyOf(blocks);
    }

    /** The 13 standard 3x3 convolutions that the blocks replace. */
    public static List<Block> standardBlocks() {
        List<Block> blocks = new ArrayList<>();
        for (int[] b : BLOCKS) {
            blocks.add(new Block(name(b), relu6(Conv2d.of(b[0], b[3], 3).withStride(b[2])),
                    Shape.of(b[0], b[1], b[1])));
        }
        return List.copyOf(blocks);
    }

    /** What stands before the blocks: 3 to 32 channels, stride 2. */
    public static Block stem() {
        return new Block("stem", relu6(Conv2d.of(3, 32, 3).withStride(2)), Shape.of(3, 224, 224));
    }

    /**
     * The fully connected layer to 1000 classes, which on the pooled picture is a pointwise
     * convolution.
     */
    public static Block classifier() {
        return new Block("classifier", Conv2d.pointwise(1024, 1000).withBias(true),
                Shape.of(1024, 1, 1));
    }

    /** The whole network's cost: stem, the given blocks, classifier. */
    public static Cost cost(List<Block> blocks) {
        Cost sum = cost(stem()).plus(cost(classifier()));
        for (Block block : blocks) {
            sum = sum.plus(cost(block));
        }
        return sum;
    }

    private static Cost cost(Block block) {
        return Cost.of(block.layer(), block.input());
    }

    private static Conv2d relu6(Conv2d conv) {
        return conv.withPadding(Padding.SAME_UPPER).withBias(true).withActivation(Activation.RELU6);
    }

    private static String name(int[] b) {
        return "%dx%dx%d s%d %d".formatted(b[0], b[1], b[1], b[2], b[3]);
    }
}
