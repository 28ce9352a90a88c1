package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.cost.Cost;
import dev.sepconv.reference.Reference;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupedSeparableConv2dTest {

    /** ShuffleNet's figure: 3 groups a, b, c of 2 channels become a0 b0 c0 a1 b1 c1. */
    @Test
    void aShuffleInterleavesTheGroups() {
        ChannelShuffle shuffle = new ChannelShuffle(6, 3);
        assertArrayEquals(new int[]{0, 2, 4, 1, 3, 5},
                IntStream.range(0, 6).map(shuffle::source).toArray());
        assertFalse(shuffle.isIdentity());
        assertTrue(new ChannelShuffle(6, 1).isIdentity());
        assertTrue(new ChannelShuffle(6, 6).isIdentity());
        // as many groups as the others had channels: the inverse
        ChannelShuffle back = new ChannelShuffle(6, 2);
        assertArrayEquals(IntStream.range(0, 6).toArray(), IntStream.range(0, 6)
                .map(channel -> shuffle.source(back.source(channel))).toArray());
        assertEquals("groups is 4; it must divide the 6 channels",
                assertThrows(IllegalArgumentException.class, () -> new ChannelShuffle(6, 4))
                        .getMessage());
    }

    /**
     * One pixel, both steps 1x1 with weights that pick: what comes out says which channel went
     * where.
     */
    @Test
    void theReferenceShufflesAsTheDefinitionDoes() {
        GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(6, 6, 1, 1, 3)
                .withPointwiseGroups(3).withShuffle(true);
        // each group's identity
        ConvWeights same = ConvWeights.of(1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1);
        Tensor input = Tensor.of(Shape.of(6, 1, 1), Layout.NCHW, 0, 1, 2, 3, 4, 5);
        assertArrayEquals(new double[]{0, 2, 4, 1, 3, 5},
                Reference.run(layer, List.of(same, same), input));
        assertArrayEquals(new double[]{0, 1, 2, 3, 4, 5},
                Reference.run(layer.withShuffle(false), List.of(same, same), input));
    }

    @Test
    void costsAreThoseOfBothSteps() {
        Shape input = Shape.of(24, 10, 8);
        GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(24, 36, 3, 1, 4);
        Cost cost = Cost.of(layer, input);
        assertEquals(9 * 24 * 24 / 4 + 24 * 36, cost.parameters());
        assertEquals(80L * (9 * 24 * 24 / 4 + 24 * 36), cost.multiplyAdds());
        assertEquals(new Shape(1, 36, 10, 8), layer.outputShape(input));
        assertEquals(cost, Cost.of(layer.withShuffle(true), input), "folded into the weights");
        Cost both = Cost.of(layer.withPointwiseGroups(4), input);
        assertEquals(9 * 24 * 24 / 4 + 24 * 36 / 4, both.parameters());
        Cost moved = Cost.of(layer.withPointwiseGroups(4).withShuffle(true), input);
        assertEquals(both.multiplyAdds(), moved.multiplyAdds());
        assertEquals(both.bytesRead() + 4 * 24 * 80, moved.bytesRead());
        assertEquals(both.bytesWritten() + 4 * 24 * 80, moved.bytesWritten());
    }

    @Test
    void withAGroupForEachChannelItIsSeparable() {
        assertEquals(SeparableConv2d.keras(8, 12, 3, 2).stages(),
                GroupedSeparableConv2d.of(8, 12, 3, 2, 8).stages());
        assertEquals(Optional.empty(),
                GroupedSeparableConv2d.of(8, 12, 3, 2, 8).withShuffle(true).shuffleBefore(1));
    }

    @Test
    void whatCannotBeIsRefused() {
        Conv2d grouped = Conv2d.grouped(8, 12, 3, 4);
        assertEquals("pointwise step has a 3x1 kernel; it must be 1x1",
                assertThrows(IllegalArgumentException.class,
                        () -> new GroupedSeparableConv2d(grouped, false, Conv2d.of(12, 8, 3, 1)))
                        .getMessage());
        assertEquals("pointwise step takes 8 channels; the grouped step gives 12",
                assertThrows(IllegalArgumentException.class,
                        () -> new GroupedSeparableConv2d(grouped, false, Conv2d.pointwise(8, 8)))
                        .getMessage());
        GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(8, 12, 3, 1, 4).withShuffle(true);
        List<ConvWeights> weights = new ConvTester.Case(layer, Shape.of(8, 5, 5), Layout.NCHW, 1)
                .weights();
        assertEquals("grouped-separable", new Op.Convolve(layer, weights).label());
    }
}
