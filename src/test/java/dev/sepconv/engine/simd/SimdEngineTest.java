package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.simd.gen.DepthwiseSlabTile;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.gen.PlaneTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimdEngineTest {

    private static final SimdEngine ENGINE = SimdEngine.open();

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static void check(ConvTester.Case given) {
        ConvTester.check(given, ENGINE, ENGINE.devices().getFirst());
    }

    @Test
    void randomConfigurationsAgreeWithTheReference() {
        for (long seed = 0; seed < 1000; seed++) {
            check(ConvTester.random(seed));
        }
    }

    @Test
    void chainsAgreeWithTheReference() {
        Random random = new Random(7);
        for (long seed = 0; seed < 60; seed++) {
            int channels = 1 + random.nextInt(40);
            int filters = 1 + random.nextInt(70);
            int kernel = 1 + random.nextInt(5);
            int stride = 1 + random.nextInt(2);
            Layout layout = random.nextBoolean() ? Layout.NCHW : Layout.NHWC;
            Layer layer = switch (random.nextInt(5)) {
                case 0 -> SeparableConv2d.mobilenet(channels, filters, kernel, stride);
                case 1 -> SeparableConv2d.xception(channels, filters, kernel, stride);
                case 2 -> SeparableConv2d.keras(channels, filters, kernel, stride);
                // The sigmoid comes first: at the end it would turn the absolute error of large
                // sums into a relative one.
                case 3 -> ConvStack.of(
                        Conv2d.of(channels, filters, kernel).withPadding(Padding.SAME_LOWER)
                                .withActivation(Activation.SIGMOID),
                        Conv2d.of(filters, 9, 3).withPadding(Padding.of(1, 2, 0, 3))
                                .withActivation(Activation.HARD_SWISH));
                default -> ConvStack.of(Conv2d.pointwise(channels, filters),
                        Conv2d.depthwise(filters, 3, kernel).withPadding(Padding.SAME_UPPER)
                                .withStride(stride));
            };
            check(new ConvTester.Case(layer, new Shape(1 + random.nextInt(2), channels,
                    5 + random.nextInt(20), 5 + random.nextInt(20)), layout, seed));
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void mobilenetSizesAgreeWithTheReference(Layout layout) {
        int[][] blocks = {{32, 56, 1, 64}, {64, 28, 2, 128}, {256, 14, 1, 256}, {512, 14, 2, 512},
                {1024, 7, 1, 1024}};
        for (int[] b : blocks) {
            check(new ConvTester.Case(SeparableConv2d.mobilenet(b[0], b[3], 3, b[2]),
                    Shape.of(b[0], b[1], b[1]), layout, 1));
        }
        check(new ConvTester.Case(SeparableConv2d.keras(728, 728, 3, 1), Shape.of(728, 19, 19),
                layout, 1));
    }

    /**
     * 9,216 products a sum, cut at 6, so that its rounding is measured against 6 and not against
     * sums of a hundred.
     */
    @Test
    void longSumsKeepTheirPrecision() {
        check(ConvTester.conv().channels(1024).filters(256).size(7, 7).batch(1)
                .padding(Padding.of(1)).activation(Activation.RELU6).build());
    }

    /** Sizes beside those that tiles and vectors like. */
    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 31, 32, 33, 63, 64, 65})
    void channelCountsRoundTheVectorsLength(int channels) {
        for (Layout layout : Layout.values()) {
            check(ConvTester.conv().channels(3).filters(channels).padding(Padding.of(1))
                    .layout(layout).build());
            check(ConvTester.conv().channels(channels).filters(3).layout(layout).build());
            check(ConvTester.conv().channels(channels).depthwise(1)
                    .activation(Activation.HARD_SWISH).layout(layout).build());
            check(ConvTester.conv().channels(channels).depthwise(2).stride(2, 1)
                    .padding(Padding.SAME_LOWER).layout(layout).build());
            check(ConvTester.conv().channels(2 * channels).filters(2 * channels).groups(2)
                    .layout(layout).build());
        }
    }

    @Test
    void pictureWidthsRoundTheTile() {
        for (int width = 1; width < 40; width++) {
            check(ConvTester.conv().size(3, width).channels(17).depthwise(1).padding(Padding.of(1))
                    .layout(Layout.NHWC).build());
            check(ConvTester.conv().size(3, width).padding(Padding.of(0, 2, 0, 0)).filters(33)
                    .build());
        }
    }

    @Test
    void paddingWiderThanTheKernel() {
        for (Layout layout : Layout.values()) {
            check(ConvTester.conv().size(2, 3).kernel(2, 2).padding(Padding.of(7, 5, 3, 9))
                    .layout(layout).build());
            check(ConvTester.conv().size(2, 3).kernel(2, 2).depthwise(1)
                    .padding(Padding.of(7, 5, 3, 9)).dilation(2, 3).layout(layout).build());
            check(ConvTester.conv().size(1, 1).kernel(1, 1).depthwise(1).padding(Padding.of(4))
                    .stride(3, 2).layout(layout).build());
        }
    }

    /** A NaN must reach every output that reads it, through each activation, and no other. */
    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void nanStaysNan(Activation.Kind kind) {
        Activation activation = new Activation(kind, kind == Activation.Kind.LEAKY_RELU ? 0.1f : 0);
        for (int channels : new int[]{3, 16, 35}) {
            for (boolean depthwise : new boolean[]{false, true}) {
                Conv2d conv = (depthwise
                        ? Conv2d.depthwise(channels, 1, 3)
                        : Conv2d.of(channels, channels, 3)).withActivation(activation);
                ConvWeights weights = ConvWeights.random(conv, new Random(1));
                Tensor input = Tensor.zeros(Shape.of(channels, 7, 9), Layout.NHWC);
                Arrays.fill(input.data(), 0.25f);
                int poisoned = channels - 1;
                input.set(0, poisoned, 0, 4, Float.NaN);
                try (Plan plan = ENGINE.compile(conv.withWeights(List.of(weights)), input.shape(),
                        Layout.NHWC, ENGINE.devices().getFirst())) {
                    Tensor output = plan.run(input);
                    for (int k = 0; k < channels; k++) {
                        for (int h = 0; h < output.shape().h(); h++) {
                            for (int w = 0; w < output.shape().w(); w++) {
                                boolean reads = h == 0 && w >= 2 && w <= 4
                                        && (!depthwise || k == poisoned);
                                assertEquals(reads, Float.isNaN(output.get(0, k, h, w)),
                                        "%s at %d %d %d".formatted(conv, k, h, w));
                            }
                        }
                    }
                }
            }
        }
    }

    /** Compiles a layer, checks it against the reference and says which steps it takes. */
    private static List<String> steps(ConvTester.Case given) {
        check(given);
        return Steps.of(ENGINE, Network.of(given.layer().withWeights(given.weights()),
                given.input(), given.layout()), Fusion.AUTO);
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void narrowGroupsSharePermutedVectors(Layout layout) {
        for (int[] sizes : new int[][]{{1, 2}, {2, 1}, {2, 3}, {3, 2}, {1, 7}, {7, 1}, {4, 8}}) {
            if (2 * Math.max(sizes[0], sizes[1]) > VectorUnit.LANES) {
                continue;
            }
            for (int groups : new int[]{2, 7, 17, 32}) {
                ConvTester conv = ConvTester.conv().channels(groups * sizes[0])
                        .filters(groups * sizes[1]).groups(groups).layout(layout)
                        .activation(Activation.RELU6);
                assertTrue(steps(conv.padding(Padding.of(1, 0, 2, 3)).build())
                        .contains("NarrowGroupStep"));
                assertTrue(steps(conv.padding(Padding.VALID).size(3, 5).build())
                        .contains("NarrowGroupStep"));
                assertTrue(steps(conv.size(13, 17).stride(2, 3).dilation(2, 1).build())
                        .contains("NarrowGroupStep"));
                assertTrue(steps(conv.kernel(1, 2).stride(3, 5).dilation(1, 1).build())
                        .contains("NarrowGroupStep"));
                assertTrue(steps(conv.size(1, 1).kernel(1, 1).build()).contains("NarrowGroupStep"));
                conv.kernel(3, 3).stride(1, 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void wideGroupsLieApart(Layout layout) {
        for (int[] sizes : new int[][]{{16, 16}, {17, 16}, {5, 33}, {31, 48}, {1, 19}}) {
            List<String> steps = steps(ConvTester.conv().channels(3 * sizes[0])
                    .filters(3 * sizes[1]).groups(3).layout(layout).padding(Padding.of(1, 0, 2, 3))
                    .stride(1, 2).activation(Activation.RELU).build());
            assertEquals(List.of(layout == Layout.NCHW ? "ToNhwcStep" : "CopyStep", "DenseStep"),
                    steps);
        }
    }

    /**
     * Groups that don't fill a vector: on machines with few registers two of them share a panel,
     * and an odd one has its own.
     */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void groupsOfAVectorAndLess(Layout layout) {
        for (int[] sizes : new int[][]{{8, 8}, {7, 5}, {16, 16}, {33, 2}, {9, 8}, {5, 1},
                {3, VectorUnit.LANES}}) {
            for (int groups : new int[]{2, 3, 8}) {
                ConvTester conv = ConvTester.conv().channels(groups * sizes[0])
                        .filters(groups * sizes[1]).groups(groups).layout(layout)
                        .activation(Activation.leakyRelu(0.1f));
                check(conv.size(9, 11).padding(Padding.of(1)).build());
                check(conv.size(13, 7).batch(3).stride(2, 1).padding(Padding.of(0, 2, 1, 0))
                        .bias(false).build());
                check(conv.kernel(1, 1).padding(Padding.VALID).stride(1, 1).build());
            }
        }
    }

    /**
     * Rows of groups of whole vectors: each width that leaves another rest, strides and dilations,
     * taps outside the picture.
     */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void rowsOfGroupsOfWholeVectors(Layout layout) {
        if (PixelTile.MANY_REGISTERS) {
            return; // half a panel is faster there
        }
        for (int[] sizes : new int[][]{{8, 1}, {5, 1}, {1, 1}, {24, 3}, {16, 3}}) {
            for (int width : new int[]{7, 8, 13, 14, 28, 29, 61}) {
                int filters = sizes[1] * VectorUnit.LANES;
                if (layout == Layout.NCHW && width >= 4 * VectorUnit.LANES && sizes[0] <= 8) {
                    continue; // those stay on planes
                }
                ConvTester conv = ConvTester.conv().channels(3 * sizes[0]).filters(3 * filters)
                        .groups(3).layout(layout).size(9, width).activation(Activation.RELU6);
                assertRows(conv.padding(Padding.of(1)).build());
                assertRows(conv.padding(Padding.of(2, 1, 3, 1)).stride(2, 1).batch(2).bias(false)
                        .build());
                assertRows(conv.padding(Padding.of(2, 3, 2, 2)).stride(1, 2).dilation(3, 2)
                        .size(9, 2 * width).build());
                assertRows(conv.kernel(1, 3).padding(Padding.of(0, 1, 0, 1)).stride(1, 1)
                        .dilation(1, 1).size(4, width).build());
            }
        }
    }

    private static void assertRows(ConvTester.Case given) {
        List<String> steps = steps(given);
        assertTrue(steps.contains("GroupRowStep"), given + " takes " + steps);
    }

    /** What is not finite in one of two groups that share a panel does not reach the other. */
    @Test
    void groupsThatShareAPanelDoNotMix() {
        Conv2d conv = Conv2d.of(24, 24, 3).withGroups(3).withPadding(Padding.of(1));
        for (int poisoned = 0; poisoned < 3; poisoned++) {
            Tensor input = Tensor.zeros(Shape.of(24, 5, 5), Layout.NHWC);
            input.set(0, 8 * poisoned + 3, 2, 2, Float.NaN);
            try (Plan plan = ENGINE.compile(
                    conv.withWeights(List.of(ConvWeights.random(conv, new Random(1)))),
                    input.shape(), Layout.NHWC, ENGINE.devices().getFirst())) {
                Tensor output = plan.run(input);
                for (int k = 0; k < 24; k++) {
                    assertEquals(k / 8 == poisoned, Float.isNaN(output.get(0, k, 2, 2)),
                            "filter " + k);
                }
            }
        }
    }

    /** No copy of the input, no border. */
    @Test
    void depthwiseReadsTheCallersPixels() {
        assertEquals(List.of("DepthwiseStep"), steps(ConvTester.conv().channels(19).depthwise(1)
                .size(15, 15).padding(Padding.of(1)).layout(Layout.NHWC).build()));
    }

    /** A vector of channels at a time; the last one may have fewer. */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void depthwiseSlabs(Layout layout) {
        int least = DepthwiseSlabTile.PIXELS;
        for (int kernel : new int[]{3, 5, 7}) {
            for (int stride : new int[]{1, 2}) {
                for (int width : new int[]{least, least + 1, 13, 2 * least + 3, 61}) {
                    boolean taken = kernel > 3 || width < (layout == Layout.NCHW
                            ? 28
                            : stride == 1 && PixelTile.MANY_REGISTERS ? 14 : 0);
                    if (!taken) {
                        continue;
                    }
                    ConvTester conv = ConvTester.conv().channels(VectorUnit.LANES + 3).depthwise(1)
                            .kernel(kernel, kernel).stride(stride, stride).layout(layout)
                            .size(9, width * stride).padding(Padding.of(kernel / 2));
                    assertSlabs(conv.activation(Activation.RELU6).build());
                    assertSlabs(conv.activation(Activation.SILU).batch(3)
                            .channels(2 * VectorUnit.LANES).depthwise(1).bias(false).build());
                    // one row, and padding wider than the kernel above and below
                    assertSlabs(conv.size(1, width * stride + kernel - 1)
                            .padding(Padding.of(kernel, 0, kernel, 0)).build());
                    assertSlabs(conv.kernel(2, kernel).stride(3, stride).size(120, width * stride)
                            .padding(Padding.of(1, 0, kernel + 2, kernel - 1)).build());
                }
            }
        }
    }

    private static void assertSlabs(ConvTester.Case given) {
        assertEquals(List.of("DepthwiseSlabStep"), steps(given), given.toString());
    }

    /** What is not finite stays in its channel, and where its taps are. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
    void whatIsNotFiniteInASlab(float poison) {
        Conv2d conv = Conv2d.depthwise(VectorUnit.LANES + 1, 1, 5).withPadding(Padding.of(2));
        for (Layout layout : Layout.values()) {
            for (int at : new int[]{0, 4, 8}) {
                Tensor input = Tensor.zeros(Shape.of(conv.inChannels(), 9, 9), layout);
                input.set(0, 2, 4, at, poison);
                try (Plan plan = ENGINE.compile(
                        conv.withWeights(List.of(ConvWeights.random(conv, new Random(1)))),
                        input.shape(), layout, ENGINE.devices().getFirst())) {
                    Tensor output = plan.run(input);
                    for (int c = 0; c < conv.inChannels(); c++) {
                        for (int h = 0; h < 9; h++) {
                            for (int w = 0; w < 9; w++) {
                                boolean reads = c == 2 && Math.abs(h - 4) <= 2
                                        && Math.abs(w - at) <= 2;
                                assertEquals(!reads, Float.isFinite(output.get(0, c, h, w)),
                                        "%s %d %d %d".formatted(layout, c, h, w));
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void depthwiseOnPlanes() {
        for (int width : new int[]{1, 2, 7, 15, 16, 17, 31, 32, 33, 61, 113}) {
            ConvTester conv = ConvTester.conv().channels(5).depthwise(1).size(9, width)
                    .activation(Activation.RELU6);
            assertEquals(List.of("DepthwisePlanesStep"),
                    steps(conv.padding(Padding.of(1)).build()));
            assertEquals(List.of("DepthwisePlanesStep"),
                    steps(conv.size(2, width).padding(Padding.of(4, 3, 2, 1)).build()));
            assertEquals(List.of("DepthwisePlanesStep"), steps(
                    conv.size(11, width).padding(Padding.of(7, 6, 7, 5)).dilation(2, 3).build()));
            assertEquals(List.of("DepthwisePlanesStep"),
                    steps(conv.kernel(5, 2).stride(2, 1).dilation(1, 1).build()));
        }
        for (int stride : new int[]{2, 3, 5}) {
            for (int left : new int[]{0, 1, 2, 7}) {
                for (int width : new int[]{103, 112, 113, 127}) {
                    ConvTester conv = ConvTester.conv().channels(3).depthwise(1).size(7, width)
                            .stride(stride, stride).padding(Padding.of(1, 0, left, 1));
                    assertEquals(List.of("DepthwisePlanesStep"), steps(conv.build()));
                    assertEquals(List.of("DepthwisePlanesStep"),
                            steps(conv.kernel(2, 4).dilation(2, 3).build()));
                    assertEquals(List.of("DepthwisePlanesStep"),
                            steps(conv.kernel(1, 2).dilation(1, 1).build()));
                }
            }
        }
    }

    @Test
    void pointwiseOnPlanes() {
        for (int filters : new int[]{1, 7, 8, 55, 56, 57, 128}) {
            for (int channels : new int[]{9, 17}) {
                Conv2d conv = Conv2d.pointwise(channels, filters).withBias(filters % 2 == 0)
                        .withActivation(Activation.RELU6);
                assertEquals(List.of("PlanesStep"), steps(new ConvTester.Case(conv,
                        new Shape(2, channels, 47, 59), Layout.NCHW, filters)));
            }
        }
        Conv2d many = Conv2d.pointwise(1031, 9);
        assertEquals(List.of("PlanesStep"),
                steps(new ConvTester.Case(many, new Shape(1, 1031, 47, 47), Layout.NCHW, 1)));
    }

    @Test
    void separableOnPlanes() {
        for (int stride : new int[]{1, 2, 3}) {
            for (int kernel : new int[]{1, 2, 3, 5}) {
                SeparableConv2d layer = SeparableConv2d.mobilenet(13, 19, kernel, stride);
                assertEquals(List.of("PlanesStep"), steps(new ConvTester.Case(layer,
                        new Shape(2, 13, 47 * stride, 53 * stride), Layout.NCHW, kernel)));
            }
        }
    }

    private static List<String> few(String... before) {
        List<String> steps = new ArrayList<>(List.of(before));
        steps.add("FewChannelsStep");
        return steps;
    }

    /**
     * A picture's few channels: filters that fill blocks of four and that don't, rows that end in
     * part of a block.
     */
    @Test
    void fewChannelsStayOnPlanes() {
        int least = PlaneTile.LEAST_WIDTH;
        for (int filters : new int[]{1, 2, 3, 4, 5, 6, 7, 8, 11, 32}) {
            for (int channels : new int[]{1, 3, 8}) {
                Activation activation = filters % 2 == 0
                        ? Activation.HARD_SWISH
                        : Activation.leakyRelu(0.1f);
                ConvTester conv = ConvTester.conv().channels(channels).filters(filters)
                        .activation(activation);
                assertEquals(few(), steps(conv.size(9, least + 2).build()));
                assertEquals(few(),
                        steps(conv.size(7, least + 13).padding(Padding.of(1)).batch(2).build()));
                assertEquals(few(), steps(conv.size(11, 3 * least).stride(2, 2)
                        .padding(Padding.SAME_UPPER).bias(false).build()));
                assertEquals(few(), steps(conv.size(5, 4 * least + 3).stride(1, 3).dilation(2, 2)
                        .padding(Padding.of(0, 4, 5, 1)).build()));
                assertEquals(few(), steps(ConvTester.conv().channels(channels).filters(filters)
                        .kernel(1, 1).size(3, least + 5).activation(activation).build()));
                assertEquals(few(),
                        steps(ConvTester.conv().channels(channels).filters(filters).kernel(1, 1)
                                .size(6, 2 * least).padding(Padding.of(2, 0, 1, 3)).stride(3, 1)
                                .build()));
                assertEquals(few(), steps(ConvTester.conv().channels(channels).filters(filters)
                        .kernel(2, 7).size(4, least + 31).padding(Padding.of(3)).build()));
            }
        }
        assertEquals(few(), steps(ConvTester.conv().channels(3).filters(5).size(61, 2 * least)
                .padding(Padding.of(1)).build()));
        assertEquals(List.of("PatchStep"),
                steps(ConvTester.conv().channels(3).filters(5).size(9, least + 1).build()),
                "rows too short");
        assertEquals(List.of("ToNhwcStep", "DenseStep"),
                steps(ConvTester.conv().channels(9).filters(5).size(9, least + 2).build()),
                "too many channels");
        assertEquals(List.of("PatchStep"), steps(ConvTester.conv().channels(3).filters(5)
                .size(9, least + 2).padding(Padding.of(1)).layout(Layout.NHWC).build()));
    }

    @Test
    void fewChannelsAGroupStayOnPlanes() {
        int width = PlaneTile.LEAST_WIDTH + 7;
        for (int[] sizes : new int[][]{{3, 1, 2}, {2, 1, 3}, {5, 2, 1}, {3, 3, 4}, {2, 4, 7},
                {17, 1, 5}, {2, 8, 8}}) {
            ConvTester conv = ConvTester.conv().channels(sizes[0] * sizes[1])
                    .filters(sizes[0] * sizes[2]).groups(sizes[0])
                    .activation(Activation.leakyRelu(0.1f));
            assertEquals(few(), steps(conv.size(7, width).padding(Padding.of(1)).build()));
            assertEquals(few(), steps(conv.size(5, 2 * width).stride(2, 2).batch(2).build()));
        }
    }

    @Test
    void fewChannelsInChains() {
        int width = PlaneTile.LEAST_WIDTH + 3;
        for (int channels : new int[]{2, 3, 8}) {
            for (int filters : new int[]{1, 3, 6}) {
                for (int kernel : new int[]{3, 5}) {
                    for (int stride : new int[]{1, 2}) {
                        Shape shape = new Shape(2, channels, 13, stride * width);
                        Layer mobilenet = SeparableConv2d.mobilenet(channels, filters, kernel,
                                stride);
                        assertEquals(few(),
                                steps(new ConvTester.Case(mobilenet, shape, Layout.NCHW, kernel)));
                        assertEquals(few("DepthwisePlanesStep"),
                                steps(mobilenet, shape, Fusion.SEPARATE));
                        Layer xception = SeparableConv2d.xception(channels, filters, kernel,
                                stride);
                        assertEquals(
                                filters == 1
                                        ? few("FewChannelsStep")
                                        : List.of("FewChannelsStep", "DepthwisePlanesStep"),
                                steps(new ConvTester.Case(xception, shape, Layout.NCHW, kernel)));
                    }
                }
            }
        }
        assertEquals(few("FewChannelsStep", "DepthwisePlanesStep"),
                steps(new ConvTester.Case(
                        ConvStack.of(
                                Conv2d.of(3, 5, 3).withPadding(Padding.of(1)).withActivation(
                                        Activation.HARD_SWISH),
                                Conv2d.depthwise(5, 1, 3),
                                Conv2d.of(5, 7, 3).withPadding(Padding.of(2, 0, 0, 3))),
                        new Shape(2, 3, 11, width), Layout.NCHW, 1)));
    }

    /**
     * A shuffle that can't be folded into weights is done on pixels; one that can leaves the planes
     * as they are.
     */
    @Test
    void fewChannelsWithAShuffleBetween() {
        GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(6, 12, 3, 1, 3).withShuffle(true);
        Shape shape = new Shape(2, 6, 9, PlaneTile.LEAST_WIDTH + 3);
        assertEquals(few("FewChannelsStep"),
                steps(new ConvTester.Case(layer, shape, Layout.NCHW, 1)));
        List<String> grouped = steps(
                new ConvTester.Case(layer.withPointwiseGroups(3), shape, Layout.NCHW, 1));
        assertTrue(grouped.contains("ShuffleStep") && !grouped.contains("FewChannelsStep"),
                grouped::toString);
    }

    private static List<String> steps(Layer layer, Shape shape, Fusion fusion) {
        ConvTester.Case given = new ConvTester.Case(layer, shape, Layout.NCHW, 1);
        try (Plan plan = ENGINE.compile(layer.withWeights(given.weights()), shape, Layout.NCHW,
                ENGINE.devices().getFirst(), fusion)) {
            ConvTester.assertClose(given, "simd, " + fusion,
                    Reference.run(layer, given.weights(), given.tensor()),
                    plan.run(given.tensor()));
        }
        return Steps.of(ENGINE, Network.of(layer.withWeights(given.weights()), shape, Layout.NCHW),
                fusion);
    }

    /**
     * What is not finite reaches every output that reads it and no other, also where blocks of
     * pixels and filters overlap.
     */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void whatIsNotFiniteOnPlanes(float poison) {
        int width = PlaneTile.LEAST_WIDTH + 5;
        for (int filters : new int[]{1, 2, 3, 5, 7}) {
            Conv2d conv = Conv2d.of(3, filters, 3).withPadding(Padding.of(1));
            for (int at : new int[]{0, 17, width - 1}) {
                Tensor input = Tensor.zeros(Shape.of(3, 9, width), Layout.NCHW);
                Arrays.fill(input.data(), 0.25f);
                input.set(0, 1, 4, at, poison);
                List<ConvWeights> weights = List.of(ConvWeights.random(conv, new Random(1)));
                assertEquals(few(),
                        Steps.of(ENGINE,
                                Network.of(conv.withWeights(weights), input.shape(), Layout.NCHW),
                                Fusion.AUTO));
                try (Plan plan = ENGINE.compile(conv.withWeights(weights), input.shape(),
                        Layout.NCHW, ENGINE.devices().getFirst())) {
                    Tensor output = plan.run(input);
                    for (int k = 0; k < filters; k++) {
                        for (int h = 0; h < 9; h++) {
                            for (int w = 0; w < width; w++) {
                                boolean reads = Math.abs(h - 4) <= 1 && Math.abs(w - at) <= 1;
                                assertEquals(!reads, Float.isFinite(output.get(0, k, h, w)),
                                        "%d %d %d".formatted(k, h, w));
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void randomConvolutionsWithFewChannels() {
        long seed = Long.getLong("sepconv.seed", 20261128);
        System.out.printf("SimdEngineTest: -Dsepconv.seed=%d%n", seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            int groups = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(4);
            Activation activation = List
                    .of(Activation.NONE, Activation.RELU, Activation.RELU6,
                            Activation.leakyRelu(0.1f), Activation.HARD_SWISH)
                    .get(random.nextInt(5));
            check(ConvTester.conv().seed(seed + i).channels(groups * (1 + random.nextInt(9)))
                    .filters(groups * (1 + random.nextInt(9))).groups(groups)
                    .batch(1 + random.nextInt(2))
                    .kernel(1 + random.nextInt(5), 1 + random.nextInt(5))
                    .size(1 + random.nextInt(19), 1 + random.nextInt(5 * PlaneTile.LEAST_WIDTH))
                    .padding(Padding.of(4 + random.nextInt(2), random.nextInt(6), random.nextInt(3),
                            4 + random.nextInt(9)))
                    .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
                    .dilation(1, 1 + random.nextInt(2)).bias(random.nextBoolean())
                    .activation(activation).build());
        }
    }

    @Test
    void oneThreadAndManyGiveTheSame() {
        ConvTester.Case given = new ConvTester.Case(SeparableConv2d.mobilenet(35, 67, 3, 2),
                Shape.of(35, 23, 29), Layout.NCHW, 3);
        for (int threads : new int[]{1, 3, 8}) {
            try (Engine engine = SimdEngine.open(threads)) {
                for (int i = 0; i < 20; i++) {
                    ConvTester.check(given, engine, engine.devices().getFirst());
                }
            }
        }
    }

    @Test
    void plansOfOneEngineRunFromSeveralThreads() throws Exception {
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> calls = IntStream.range(0, 80)
                    .<Callable<Void>>mapToObj(seed -> () -> {
                        check(ConvTester.random(seed));
                        return null;
                    }).toList();
            for (Future<Void> call : callers.invokeAll(calls)) {
                call.get();
            }
        }
    }

    @Test
    void aFailedTaskIsReportedAndTheWorkersGoOn() {
        try (Workers workers = new Workers(2)) {
            Step broken = new Step() {
                @Override
                public int tasks() {
                    return 9;
                }

                @Override
                public void run(int task, int worker, float[] in, float[] out) {
                    out[task] = 1;
                    if (task == 4) {
                        throw new IllegalArgumentException("planted");
                    }
                }
            };
            float[] done = new float[9];
            IllegalStateException thrown = assertThrows(IllegalStateException.class,
                    () -> workers.run(broken, null, done));
            assertEquals("planted", thrown.getCause().getMessage());
            for (float one : done) {
                assertEquals(1, one);
            }
            assertThrows(IllegalStateException.class, () -> workers.run(broken, null, done));
        }
    }

    @Test
    void closedPlansAndEnginesSaySo() {
        Conv2d conv = Conv2d.pointwise(3, 4);
        ConvWeights weights = ConvWeights.random(conv, new Random(1));
        Shape shape = Shape.of(3, 5, 5);
        Plan plan = ENGINE.compile(conv.withWeights(List.of(weights)), shape);
        plan.close();
        assertThrows(IllegalStateException.class, () -> plan.run(Tensor.zeros(shape, Layout.NCHW)));
        SimdEngine engine = SimdEngine.open();
        Plan orphan = engine.compile(conv.withWeights(List.of(weights)), shape);
        engine.close();
        assertThrows(IllegalStateException.class,
                () -> orphan.run(Tensor.zeros(shape, Layout.NCHW)));
    }

    @Test
    void theDeviceSaysWhatIsKnown() {
        assertTrue(
                ENGINE.devices().getFirst().name().matches("CPU, \\d+ float lanes, \\d+ threads?"));
        assertEquals("simd", ENGINE.devices().getFirst().id());
    }
}
