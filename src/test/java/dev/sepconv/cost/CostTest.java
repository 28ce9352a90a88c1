package dev.sepconv.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CostTest {

    @Test
    void aConvolutionCountedByHand() {
        // 3 filters 2x3 over 4 channels, groups 1, on 2 pictures 5x7: the output is 4x5
        Cost cost = Cost.of(Conv2d.of(4, 3, 2, 3).withBias(true), new Shape(2, 4, 5, 7));
        assertEquals(72, cost.weights());
        assertEquals(3, cost.biases());
        assertEquals(75, cost.parameters());
        assertEquals(2 * 4 * 5 * 72, cost.multiplyAdds());
        assertEquals(2 * 2 * 4 * 5 * 72, cost.flops());
        assertEquals(4 * (2 * 4 * 5 * 7 + 75), cost.bytesRead());
        assertEquals(4 * (2 * 3 * 4 * 5), cost.bytesWritten());
        assertEquals(5760.0 / (4 * 355 + 4 * 120), cost.arithmeticIntensity());
    }

    @Test
    void aChainReadsAndWritesItsIntermediate() {
        // depthwise 3x3 on 5x5 with SAME, then pointwise 2 to 7
        Cost cost = Cost.of(SeparableConv2d.keras(2, 7, 3, 1), Shape.of(2, 5, 5));
        assertEquals(2 * 9 + 2 * 7, cost.weights());
        assertEquals(0, cost.biases());
        assertEquals(25 * 2 * 9 + 25 * 2 * 7, cost.multiplyAdds());
        assertEquals(4 * (50 + 18 + 50 + 14), cost.bytesRead());
        assertEquals(4 * (50 + 175), cost.bytesWritten());
    }

    @Test
    void weightsAreThoseThatExist() {
        for (long seed = 0; seed < 200; seed++) {
            ConvTester.Case given = seed % 2 == 0
                    ? ConvTester.random(seed)
                    : ConvTester.randomChain(seed);
            long weights = 0;
            long biases = 0;
            for (Conv2d stage : given.layer().stages()) {
                ConvWeights drawn = ConvWeights.random(stage, new Random(seed));
                weights += drawn.weight().length;
                biases += drawn.bias() == null ? 0 : drawn.bias().length;
            }
            Cost cost = Cost.of(given.layer(), given.input());
            assertEquals(weights, cost.weights(), given::toString);
            assertEquals(biases, cost.biases(), given::toString);
        }
    }

    @Test
    void multiplyAddsAreTheTapsOfTheLoops() {
        for (long seed = 0; seed < 100; seed++) {
            ConvTester.Case given = ConvTester.random(seed);
            Conv2d conv = (Conv2d) given.layer();
            Shape out = conv.outputShape(given.input());
            long taps = 0;
            for (int n = 0; n < out.n(); n++) {
                for (int pixel = 0; pixel < out.h() * out.w(); pixel++) {
                    for (int k = 0; k < conv.outChannels(); k++) {
                        for (int c = 0; c < conv.inChannels(); c++) {
                            boolean sameGroup = k / (conv.outChannels() / conv.groups()) == c
                                    / (conv.inChannels() / conv.groups());
                            taps += sameGroup ? conv.kernelHeight() * conv.kernelWidth() : 0;
                        }
                    }
                }
            }
            assertEquals(taps, Cost.of(conv, given.input()).multiplyAdds(), given::toString);
        }
    }

    @Test
    void countsBeyondIntAreExact() {
        Cost cost = Cost.of(Conv2d.of(2048, 2048, 3).withPadding(Padding.of(1)),
                new Shape(4, 2048, 256, 256));
        assertEquals(4L * 256 * 256 * 2048 * 2048 * 9, cost.multiplyAdds());
        assertEquals(4L * (4L * 2048 * 256 * 256 + 2048L * 2048 * 9), cost.bytesRead());
        assertEquals(4L * 4 * 2048 * 256 * 256, cost.bytesWritten());
    }

    @Test
    void anInputThatDoesNotFitIsRefused() {
        Layer stack = ConvStack.of(Conv2d.of(3, 5, 3), Conv2d.of(5, 5, 3));
        assertEquals("kernel height 3 with dilation 1 spans 3; the padded input has only 2",
                assertThrows(IllegalArgumentException.class,
                        () -> Cost.of(stack, Shape.of(3, 4, 9))).getMessage());
    }

    @Test
    void mobileNetV1HasItsPublishedTotals() {
        Cost cost = MobileNetV1.cost(MobileNetV1.separableBlocks());
        assertEquals(4.2, round(cost.parameters() / 1e6, 10));
        assertEquals(569, round(cost.multiplyAdds() / 1e6, 1));
        assertEquals(568.7, round(cost.multiplyAdds() / 1e6, 10));
    }

    /**
     * The paper's 4866 leaves out the classifier's 1.024 million, which its 569 (568.7) holds; with
     * it there are 4867.3.
     */
    @Test
    void mobileNetV1WithFullConvolutionsHasItsPublishedTotals() {
        Cost cost = MobileNetV1.cost(MobileNetV1.standardBlocks());
        assertEquals(29.3, round(cost.parameters() / 1e6, 10));
        MobileNetV1.Block classifier = MobileNetV1.classifier();
        long body = cost.multiplyAdds()
                - Cost.of(classifier.layer(), classifier.input()).multiplyAdds();
        assertEquals(4866, round(body / 1e6, 1));
        assertEquals(4867.3, round(cost.multiplyAdds() / 1e6, 10));
    }

    @Test
    void mobileNetV1sLayersFollowOneAnother() {
        for (List<MobileNetV1.Block> blocks : List.of(MobileNetV1.separableBlocks(),
                MobileNetV1.standardBlocks())) {
            Shape shape = MobileNetV1.stem().layer().outputShape(MobileNetV1.stem().input());
            assertEquals(13, blocks.size());
            for (MobileNetV1.Block block : blocks) {
                assertEquals(block.input(), shape, block.name());
                shape = block.layer().outputShape(shape);
            }
            assertEquals(Shape.of(1024, 7, 7), shape);
        }
        assertTrue(MobileNetV1.classifier().layer().outputShape(MobileNetV1.classifier().input())
                .equals(Shape.of(1000, 1, 1)));
    }

    private static double round(double value, double parts) {
        return Math.round(value * parts) / parts;
    }
}
