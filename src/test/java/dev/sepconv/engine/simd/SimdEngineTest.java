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
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
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
                // The sigmoid comes first: at the end it would turn the absolute error of large sums into a relative one.
                case 3 -> ConvStack.of(
                        Conv2d.of(channels, filters, kernel).withPadding(Padding.SAME_LOWER).withActivation(Activation.SIGMOID),
                        Conv2d.of(filters, 9, 3).withPadding(Padding.of(1, 2, 0, 3)).withActivation(Activation.HARD_SWISH));
                default -> ConvStack.of(Conv2d.pointwise(channels, filters),
                        Conv2d.depthwise(filters, 3, kernel).withPadding(Padding.SAME_UPPER).withStride(stride));
            };
            check(new ConvTester.Case(layer,
                    new Shape(1 + random.nextInt(2), channels, 5 + random.nextInt(20), 5 + random.nextInt(20)), layout, seed));
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void mobilenetSizesAgreeWithTheReference(Layout layout) {
        int[][] blocks = {{32, 56, 1, 64}, {64, 28, 2, 128}, {256, 14, 1, 256}, {512, 14, 2, 512}, {1024, 7, 1, 1024}};
        for (int[] b : blocks) {
            check(new ConvTester.Case(SeparableConv2d.mobilenet(b[0], b[3], 3, b[2]), Shape.of(b[0], b[1], b[1]), layout, 1));
        }
        check(new ConvTester.Case(SeparableConv2d.keras(728, 728, 3, 1), Shape.of(728, 19, 19), layout, 1));
    }

    /** 9,216 products a sum, cut at 6, so that its rounding is measured against 6 and not against sums of a hundred. */
    @Test
    void longSumsKeepTheirPrecision() {
        check(ConvTester.conv().channels(1024).filters(256).size(7, 7).batch(1).padding(Padding.of(1))
                .activation(Activation.RELU6).build());
    }

    /** Sizes beside those that tiles and vectors like. */
    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 31, 32, 33, 63, 64, 65})
    void channelCountsRoundTheVectorsLength(int channels) {
        for (Layout layout : Layout.values()) {
            check(ConvTester.conv().channels(3).filters(channels).padding(Padding.of(1)).layout(layout).build());
            check(ConvTester.conv().channels(channels).filters(3).layout(layout).build());
            check(ConvTester.conv().channels(channels).depthwise(1).activation(Activation.HARD_SWISH).layout(layout).build());
            check(ConvTester.conv().channels(channels).depthwise(2).stride(2, 1).padding(Padding.SAME_LOWER).layout(layout)
                    .build());
            check(ConvTester.conv().channels(2 * channels).filters(2 * channels).groups(2).layout(layout).build());
        }
    }

    @Test
    void pictureWidthsRoundTheTile() {
        for (int width = 1; width < 40; width++) {
            check(ConvTester.conv().size(3, width).channels(17).depthwise(1).padding(Padding.of(1)).layout(Layout.NHWC).build());
            check(ConvTester.conv().size(3, width).padding(Padding.of(0, 2, 0, 0)).filters(33).build());
        }
    }

    @Test
    void paddingWiderThanTheKernel() {
        for (Layout layout : Layout.values()) {
            check(ConvTester.conv().size(2, 3).kernel(2, 2).padding(Padding.of(7, 5, 3, 9)).layout(layout).build());
            check(ConvTester.conv().size(2, 3).kernel(2, 2).depthwise(1).padding(Padding.of(7, 5, 3, 9)).dilation(2, 3)
                    .layout(layout).build());
            check(ConvTester.conv().size(1, 1).kernel(1, 1).depthwise(1).padding(Padding.of(4)).stride(3, 2).layout(layout)
                    .build());
        }
    }

    /** A NaN must reach every output that reads it, through each activation, and no other. */
    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void nanStaysNan(Activation.Kind kind) {
        Activation activation = new Activation(kind, kind == Activation.Kind.LEAKY_RELU ? 0.1f : 0);
        for (int channels : new int[]{3, 16, 35}) {
            for (boolean depthwise : new boolean[]{false, true}) {
                Conv2d conv = (depthwise ? Conv2d.depthwise(channels, 1, 3) : Conv2d.of(channels, channels, 3))
                        .withActivation(activation);
                ConvWeights weights = ConvWeights.random(conv, new Random(1));
                Tensor input = Tensor.zeros(Shape.of(channels, 7, 9), Layout.NHWC);
                Arrays.fill(input.data(), 0.25f);
                int poisoned = channels - 1;
                input.set(0, poisoned, 0, 4, Float.NaN);
                try (Plan plan = ENGINE.compile(conv, List.of(weights), input.shape(), Layout.NHWC,
                        ENGINE.devices().getFirst())) {
                    Tensor output = plan.run(input);
                    for (int k = 0; k < channels; k++) {
                        for (int h = 0; h < output.shape().h(); h++) {
                            for (int w = 0; w < output.shape().w(); w++) {
                                boolean reads = h == 0 && w >= 2 && w <= 4 && (!depthwise || k == poisoned);
                                assertEquals(reads, Float.isNaN(output.get(0, k, h, w)),
                                        "%s at %d %d %d".formatted(conv, k, h, w));
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void oneThreadAndManyGiveTheSame() {
        ConvTester.Case given = new ConvTester.Case(SeparableConv2d.mobilenet(35, 67, 3, 2), Shape.of(35, 23, 29), Layout.NCHW,
                3);
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
            List<Callable<Void>> calls = IntStream.range(0, 80).<Callable<Void>>mapToObj(seed -> () -> {
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
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> workers.run(broken, null, done));
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
        Plan plan = ENGINE.compile(conv, List.of(weights), shape);
        plan.close();
        assertThrows(IllegalStateException.class, () -> plan.run(Tensor.zeros(shape, Layout.NCHW)));
        SimdEngine engine = SimdEngine.open();
        Plan orphan = engine.compile(conv, List.of(weights), shape);
        engine.close();
        assertThrows(IllegalStateException.class, () -> orphan.run(Tensor.zeros(shape, Layout.NCHW)));
    }

    @Test
    void theDeviceSaysWhatIsKnown() {
        assertTrue(ENGINE.devices().getFirst().name().matches("CPU, \\d+ float lanes, \\d+ threads?"));
        assertEquals("simd", ENGINE.devices().getFirst().id());
    }
}
