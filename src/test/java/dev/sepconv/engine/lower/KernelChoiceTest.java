package dev.sepconv.engine.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Fusion;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.graph.Simplify;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DefaultClasses;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Storage;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Order;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KernelChoiceTest {

    /**
     * The engine refuses by the counted number what a device can't hold: it must not be less than
     * what is then made.
     */
    @Test
    void arraysAreCountedBeforeThereAreAny() {
        Shape shape = new Shape(2, 33, 9, 7);
        Stream<Case> chains = Stream
                .of(SeparableConv2d.mobilenet(33, 35, 3, 2), SeparableConv2d.xception(33, 35, 3, 1),
                        SeparableConv2d.keras(33, 64, 3, 1),
                        GroupedSeparableConv2d.of(33, 66, 3, 1, 3).withPointwiseGroups(3)
                                .withShuffle(true),
                        GroupedSeparableConv2d.of(33, 66, 3, 1, 3).withShuffle(true),
                        ConvStack.of(Conv2d.of(33, 17, 3).withPadding(Padding.of(1)),
                                Conv2d.grouped(17, 34, 2, 17)))
                .map(layer -> new Case(layer, shape, Layout.NHWC, 1));
        Stream.concat(LongStream.range(0, 300).mapToObj(ConvTester::random), chains)
                .forEach(given -> {
                    for (DeviceClass device : DeviceClass.values()) {
                        check(given, () -> KernelChoice.of(device, Fusion.AUTO));
                    }
                    Catalogue.all().stream().filter(kernel -> ConvTester.can(kernel, given))
                            .forEach(
                                    kernel -> check(given, () -> KernelChoice.of(List.of(kernel))));
                });
        new NetworkCases(5).operations(2).forEach(given -> {
            long counted = sum(new NetworkLowering(given.network(),
                    KernelChoice.of(DeviceClass.CPU, Fusion.AUTO)).elements());
            NetworkCalls calls = NetworkCalls.of(given.network(), DeviceClass.CPU);
            // tables of places aren't counted one by one
            assertTrue(counted + 1000L * calls.steps().size() >= made(calls), given::toString);
        });
    }

    private static void check(Case given, Supplier<KernelChoice> choice) {
        Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
        long counted = sum(new NetworkLowering(network, choice.get()).elements());
        NetworkCalls calls = NetworkCalls.of(network, choice.get());
        long difference = counted - made(calls);
        // sizes are counted as the longest, tables as those of most
        long unused = 70L * calls.steps().size();
        assertTrue(difference >= 0 && difference <= unused,
                () -> "%d counted, %d more than made, %s on %s".formatted(counted, difference,
                        calls.kernels(), given));
    }

    private static long made(NetworkCalls calls) {
        long arrays = Stream
                .of(calls.inputs().values(), calls.outputs().values(), calls.intermediates(),
                        calls.constants())
                .flatMap(Collection::stream).distinct().mapToLong(Storage::size).sum();
        return arrays + calls.steps().stream()
                .mapToLong(step -> sum(step.call().constantElements())).sum();
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void picturesTooLargeForWholeVectorsTakeThePlainKernels() {
        Layer layer = Conv2d.pointwise(4, 4).withActivation(Activation.RELU);
        Order small = order(layer, new Shape(1, 4, 100, 100));
        // 32 channels of these would be more than an array holds
        Order large = order(layer, new Shape(1, 4, 9000, 9000));
        assertEquals(List.of(Order.NHWC_VECTORS, Order.NHWC), List.of(small, large));
    }

    /**
     * Vector kernels for pointwise convolutions add up in order, which is right of so many only.
     */
    @Test
    void longSumsTakeKernelsThatAddInRuns() {
        Layer most = Conv2d.pointwise(1024, 8);
        Layer more = Conv2d.pointwise(1025, 8);
        for (DeviceClass device : List.of(DeviceClass.CPU, DeviceClass.NARROW_CPU)) {
            String tile = device == DeviceClass.CPU ? "v16p7" : "v16p6k16";
            assertEquals(List.of("pointwiseNhwcF32_" + tile),
                    byDefault(most, new Shape(1, 1024, 1, 2), Layout.NHWC, device));
            assertEquals(List.of("groupedNhwcF32_" + tile),
                    byDefault(more, new Shape(1, 1025, 1, 2), Layout.NHWC, device));
            assertEquals(List.of("pointwiseNhwcF32_v16p1"),
                    byDefault(more, new Shape(1, 1025, 1, 1), Layout.NHWC, device));
        }
    }

    /** Padding is computed like everything else. */
    @Test
    void convolutionsOnCpusTakeTheTileThatComputesLeast() {
        Map<Integer, String> kernels = Map.of(14, "v16p7", 16, "v16p8", 4, "v16p8", 7, "v16p7");
        kernels.forEach((side, tile) -> assertEquals(List.of("groupedNhwcF32_" + tile),
                byDefault(Conv2d.of(64, 64, 3).withPadding(Padding.of(1)),
                        new Shape(1, 64, side, side), Layout.NHWC, DeviceClass.CPU)));
        assertEquals(List.of("groupedNhwcF32_v16p12k16"),
                byDefault(Conv2d.of(16, 16, 3).withPadding(Padding.of(1)), new Shape(1, 16, 40, 40),
                        Layout.NHWC, DeviceClass.CPU));
    }

    @Test
    void everyClassOfDevicesHasItsDefaultKernels() {
        Layer layer = SeparableConv2d.mobilenet(33, 35, 3, 2);
        for (Layout layout : Layout.values()) {
            String l = layout == Layout.NCHW ? "Nchw" : "Nhwc";
            // 5 by 4 pixels: work for one processor
            assertEquals(
                    Runtime.getRuntime().availableProcessors() == 1
                            ? List.of("separableNhwcF32_s3u2v16p7")
                            : List.of("depthwiseNhwcF32_s3u2v16p7", "pointwiseNhwcF32_v16p7"),
                    byDefault(layer, new Shape(1, 33, 9, 7), layout, DeviceClass.CPU));
            assertEquals(List.of("separableNhwcF32_wides3u2v16p7"),
                    byDefault(layer, new Shape(2, 33, 600, 600), layout, DeviceClass.CPU));
            assertEquals(List.of("separableNhwcF32_s3u2v16p7"),
                    byDefault(layer, new Shape(2, 33, 600, 12), layout, DeviceClass.CPU));
            assertEquals(List.of("depthwiseNhwcF32_s3u2v16p7", "pointwiseNhwcF32_v16p6k16"),
                    byDefault(layer, new Shape(2, 33, 600, 600), layout, DeviceClass.NARROW_CPU));
            assertEquals(
                    List.of("depthwise" + l + "F32_s3u2p7",
                            "pointwise" + l + "F32" + (layout == Layout.NCHW ? "_k8" : "_p7")),
                    byDefault(layer, layout, DeviceClass.GPU_WITHOUT_LOCAL));
            assertEquals(
                    List.of("depthwise" + l + "F32_s3u2p7",
                            "pointwise" + l + "F32_local"
                                    + (layout == Layout.NCHW ? "16x32x16i4x4x4" : "64x64x8i4x8")),
                    byDefault(layer, layout, DeviceClass.GPU));
            assertEquals(List.of("depthwise" + l + "F32", "pointwise" + l + "F32"),
                    byDefault(layer, layout, DeviceClass.OTHER));
        }
        LongStream.range(0, 300).mapToObj(ConvTester::random).forEach(given -> {
            for (DeviceClass device : DeviceClass.values()) {
                Kernel kernel = Kernels
                        .byDefault(given.layer(), given.input(), given.layout(), device).getFirst();
                Geometry geometry = Geometries.of((Conv2d) given.layer(), given.input(),
                        given.layout());
                assertTrue(
                        Catalogue.candidates(geometry).contains(kernel)
                                && (kernel.runsAsPlainJava() || device == DeviceClass.GPU),
                        kernel.name());
            }
        });
    }

    /** They load as many at a time, the last ones of several from so many before the end. */
    @Test
    void localMemoryNeedsAsManyChannelsAsAreLoadedAtATime() {
        for (int channels : new int[]{1, 7, 8, 17}) {
            Geometry geometry = Geometries.of(Conv2d.pointwise(channels, 3),
                    Shape.of(channels, 2, 2), Layout.NCHW);
            assertEquals(channels >= 8, Catalogue.candidates(geometry).stream()
                    .anyMatch(kernel -> kernel.body() instanceof Kernel.Local), "" + channels);
        }
    }

    /** As measured: docs/benchmarks/gpu-cycles.md. */
    @Test
    void tilesInLocalMemoryAreAsLargeAsLeavesMany() {
        Map.of(List.of(128, 128, 56), "local64x64x8i4x8", List.of(256, 256, 28),
                "local32x64x16i4x8x2", List.of(512, 512, 14), "local32x32x16i4x4x2",
                List.of(1024, 1024, 7), "local28x16x16i7x4x8", List.of(4, 64, 56), "k8",
                List.of(64, 8, 56), "k8", List.of(64, 64, 14), "local16x32x16i4x4x4",
                List.of(256, 256, 14), "local16x32x16i4x4x4")
                .forEach((sizes, kernel) -> assertEquals(List.of("pointwiseNchwF32_" + kernel),
                        byDefault(Conv2d.pointwise(sizes.get(0), sizes.get(1)),
                                new Shape(1, sizes.get(0), sizes.get(2), sizes.get(2)), Layout.NCHW,
                                DeviceClass.GPU)));
        Map.of(List.of(64, 64, 1), "rows14x64x64i7x4x8", List.of(64, 64, 2), "rows14x32x32i7x4x16",
                List.of(64, 48, 1), "taps28x32x32i7x4x8", List.of(48, 64, 1), "taps32x32x16i4x4x4",
                List.of(3, 32, 1), "k8", List.of(64, 64, 8), "k8")
                .forEach((sizes, kernel) -> assertEquals(List.of("groupedNchwF32_" + kernel),
                        byDefault(
                                Conv2d.grouped(sizes.get(0), sizes.get(1), 3, sizes.get(2))
                                        .withPadding(Padding.of(1)),
                                new Shape(1, sizes.get(0), 28, 28), Layout.NCHW, DeviceClass.GPU)));
    }

    /** As measured on 56 columns; of others much of a patch would be outside. */
    @Test
    void patchesAreForPicturesThatFillThem() {
        Map.of(56, "patchs5u1p7", 112, "patchs5u1p7", 60, "s5u1p14", 28, "s5u1p14")
                .forEach((side, kernel) -> assertEquals(List.of("depthwiseNchwF32_" + kernel),
                        byDefault(Conv2d.depthwise(32, 1, 5).withPadding(Padding.of(2)),
                                new Shape(1, 32, side, side), Layout.NCHW, DeviceClass.GPU)));
        Map.of(56, "patchs5u1p14", 28, "patchs5u1p14", 9, "p4")
                .forEach((side, kernel) -> assertEquals(List.of("depthwiseNhwcF32_" + kernel),
                        byDefault(Conv2d.depthwise(32, 1, 5).withPadding(Padding.of(2)),
                                new Shape(1, 32, side, side), Layout.NHWC, DeviceClass.GPU)));
        Map.of(240, "patchs5u1p14", 72, "s5u1p14")
                .forEach((channels, kernel) -> assertEquals(List.of("depthwiseNhwcF32_" + kernel),
                        byDefault(Conv2d.depthwise(channels, 1, 5).withPadding(Padding.of(2)),
                                new Shape(1, channels, 28, 28), Layout.NHWC, DeviceClass.GPU)));
    }

    /** As measured: in one kernel where tiles are few, or where all is to be. */
    @Test
    void smallPicturesAreConvolvedBothWaysAtOnceOnGpus() {
        List<String> two = List.of("depthwiseNchwF32_s3u1p14",
                "pointwiseNchwF32_local16x32x16i4x4x4");
        Map.of(List.of(64, 64, 28), List.of("separableNchwF32_local14x64x64i7x4x8"),
                List.of(128, 128, 14), List.of("separableNchwF32_local14x128x64i7x4x4"),
                List.of(64, 32, 28), two)
                .forEach((sizes, kernels) -> assertEquals(kernels,
                        byDefault(SeparableConv2d.mobilenet(sizes.get(0), sizes.get(1), 3, 1),
                                new Shape(1, sizes.get(0), sizes.get(2), sizes.get(2)), Layout.NCHW,
                                DeviceClass.GPU)));
        Layer small = SeparableConv2d.mobilenet(64, 64, 3, 1);
        Shape shape = new Shape(1, 64, 28, 28);
        assertEquals(2, byDefault(small, shape, Layout.NHWC, DeviceClass.GPU).size());
        assertEquals(2, byDefault(small, shape, Layout.NCHW, DeviceClass.GPU_WITHOUT_LOCAL).size());
        Map.of(Fusion.SEPARATE, two, Fusion.FUSED, List.of("separableNchwF32_local14x64x64i7x4x8"))
                .forEach((fusion, kernels) -> assertEquals(kernels,
                        names(KernelChoice
                                .of(DeviceClass.GPU, Measurements.NONE, kernel -> true, fusion)
                                .choose(small, shape, Layout.NCHW).kernels())));
    }

    /** Of a network too, whose activations are operations of their own. */
    @Test
    void aNetworksDepthwiseAndPointwiseConvolutionsAreOneKernelOnGpus() {
        Network.Builder net = Network.builder("both");
        String x = net.input("x", Dims.of(1, 64, 28, 28));
        for (Conv2d conv : List.of(Conv2d.depthwise(64, 1, 3).withPadding(Padding.of(1)),
                Conv2d.pointwise(64, 64))) {
            x = net.add("of " + x, conv.withWeights(ConvWeights.random(conv, new Random(1))), x);
            x = net.add("clamped " + x, Op.Elementwise.of(Op.Elementwise.Function.RELU), x);
        }
        assertEquals(List.of("separableNchwF32_local14x64x64i7x4x8"),
                NetworkCalls.of(Simplify.run(net.output(x).build()), DeviceClass.GPU).kernels());
    }

    /** Lines of 14 rows leave too few work-items of a picture that has but one of them. */
    @Test
    void longLinesAreForHighPictures() {
        Conv2d depthwise = Conv2d.depthwise(33, 1, 3).withPadding(Padding.of(1));
        for (int height : new int[]{7, 27, 28, 56}) {
            for (Layout layout : Layout.values()) {
                assertEquals(
                        List.of("depthwiseN%sF32_s3u1p%d".formatted(
                                layout == Layout.NCHW ? "chw" : "hwc", height < 28 ? 7 : 14)),
                        byDefault(depthwise, new Shape(1, 33, height, 9), layout, DeviceClass.GPU));
            }
        }
    }

    private static List<String> byDefault(Layer layer, Layout layout, DeviceClass device) {
        return byDefault(layer, new Shape(2, 33, 9, 7), layout, device);
    }

    private static List<String> byDefault(Layer layer, Shape shape, Layout layout,
            DeviceClass device) {
        return names(Kernels.byDefault(layer, shape, layout, device));
    }

    /**
     * Two stages by one kernel only if it can do all of both: else their own, and never a refusal.
     */
    @Test
    void stagesThatNoKernelComputesAtOnceTakeTheirOwn() {
        Shape large = new Shape(1, 33, 600, 600);
        Conv2d depthwise = Conv2d.depthwise(33, 1, 3).withPadding(Padding.of(1));
        Conv2d pointwise = Conv2d.pointwise(33, 35);
        assertEquals(List.of("separableNhwcF32_wides3u1v16p7"),
                onCpu(ConvStack.of(depthwise, pointwise), large));
        assertEquals(List.of("pointwiseNhwcF32_v16p7", "separableNhwcF32_wides3u1v16p7"),
                onCpu(ConvStack.of(Conv2d.pointwise(33, 33), depthwise, pointwise), large));
        assertEquals(List.of("depthwiseNhwcF32_s3u1v16p7", "depthwiseNhwcF32_s3u1v16p7"),
                onCpu(ConvStack.of(depthwise, depthwise), large));
        // few pixels and many output channels, whose division would cost the depthwise step again
        assertEquals(List.of("depthwiseNhwcF32_s3u1v16p7", "pointwiseNhwcF32_v16p7"),
                onCpu(SeparableConv2d.mobilenet(1024, 1024, 3, 1), new Shape(1, 1024, 4, 4)));
        assertEquals(List.of("depthwiseNhwcF32_v16p4", "pointwiseNhwcF32_v16p7"),
                onCpu(ConvStack.of(depthwise.withDilation(2), pointwise), large));
        // no kernel has GELU; that is computed after it, and its speed isn't lost
        assertEquals(List.of("depthwiseNhwcF32_s3u1v16p7", "pointwiseNhwcF32_v16p7"),
                onCpu(ConvStack.of(depthwise.withActivation(Activation.GELU), pointwise), large));
        assertEquals(List.of("separableNhwcF32_wides3u1v16p7"), onCpu(
                ConvStack.of(depthwise.withActivation(Activation.SIGMOID), pointwise), large));
        assertEquals(List.of("depthwiseNhwcF32_s3u1p14", "pointwiseNhwcF32_local64x64x8i4x8"),
                byDefault(ConvStack.of(depthwise, pointwise), large, Layout.NHWC, DeviceClass.GPU));
    }

    private static List<String> onCpu(Layer layer, Shape shape) {
        return byDefault(layer, shape, Layout.NHWC, DeviceClass.CPU);
    }

    @Test
    void aKernelForTwoStagesIsTakenWhereItWasFasterThanTheirOwn() {
        SeparableConv2d layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        List<Geometry> sizes = Geometries.of(layer, SMALL, Layout.NHWC);
        for (double millis : new double[]{1.9, 2.1}) {
            Measurements measured = new Measurements(Map.of(sizes.subList(0, 1),
                    Map.of("depthwiseNhwcF32_s3u1v16p7", new Measurements.Time(1, 2)),
                    sizes.subList(1, 2),
                    Map.of("pointwiseNhwcF32_v16p7", new Measurements.Time(1, 2)), sizes,
                    Map.of("separableNhwcF32_s3u1v16p7", new Measurements.Time(millis, 3))));
            KernelChoice.Choice choice = KernelChoice
                    .of(DeviceClass.CPU, measured, kernel -> true, Fusion.AUTO)
                    .choose(layer, SMALL, Layout.NHWC);
            assertTrue(choice.tuned());
            assertEquals(
                    millis < 2
                            ? List.of("separableNhwcF32_s3u1v16p7")
                            : List.of("depthwiseNhwcF32_s3u1v16p7", "pointwiseNhwcF32_v16p7"),
                    names(choice.kernels()));
        }
    }

    @Test
    void separateAndFusedAreTakenWhateverWasMeasured() {
        SeparableConv2d layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        List<Geometry> sizes = Geometries.of(layer, SMALL, Layout.NHWC);
        List<String> two = List.of("depthwiseNhwcF32_s3u1v16p7", "pointwiseNhwcF32_v16p12k16");
        List<String> one = List.of("separableNhwcF32_wides3u1v16p7");
        for (double millis : new double[]{0.1, 10}) {
            Measurements measured = new Measurements(Map.of(sizes.subList(0, 1),
                    Map.of(two.getFirst(), new Measurements.Time(1, 2)), sizes.subList(1, 2),
                    Map.of(two.getLast(), new Measurements.Time(1, 2), "pointwiseNhwcF32_v16p7",
                            new Measurements.Time(1.5, 2)),
                    sizes, Map.of(one.getFirst(), new Measurements.Time(millis, 11))));
            KernelChoice.Choice separate = KernelChoice
                    .of(DeviceClass.CPU, measured, kernel -> true, Fusion.SEPARATE)
                    .choose(layer, SMALL, Layout.NHWC);
            assertEquals(two, names(separate.kernels()));
            assertTrue(separate.tuned());
            assertEquals(one,
                    names(KernelChoice.of(DeviceClass.CPU, measured, kernel -> true, Fusion.FUSED)
                            .choose(layer, SMALL, Layout.NHWC).kernels()));
        }
        Shape large = new Shape(2, 33, 600, 600);
        for (DeviceClass device : DeviceClass.values()) {
            assertEquals(2,
                    KernelChoice.of(device, Measurements.NONE, kernel -> true, Fusion.SEPARATE)
                            .choose(layer, large, Layout.NHWC).kernels().size());
            assertEquals(one,
                    names(KernelChoice.of(device, Measurements.NONE, kernel -> true, Fusion.FUSED)
                            .choose(layer, large, Layout.NHWC).kernels()));
        }
    }

    private static List<String> names(List<Kernel> kernels) {
        return kernels.stream().map(Kernel::name).toList();
    }

    // Tuned choices

    private static final Shape SMALL = Shape.of(33, 9, 7);

    /** Times of kernels for both stages of a layer: {@code name=kernel/run}. */
    private static KernelChoice.Choice choose(Layer layer, String... times) {
        Map<List<Geometry>, Map<String, Measurements.Time>> measured = new HashMap<>();
        Shape shape = SMALL;
        for (Conv2d stage : layer.stages()) {
            Map<String, Measurements.Time> ofStage = new HashMap<>();
            for (String time : times) {
                String[] parts = time.split("[=/]");
                ofStage.put(parts[0], new Measurements.Time(Double.parseDouble(parts[1]),
                        Double.parseDouble(parts[2])));
            }
            measured.put(List.of(Geometries.of(stage, shape, Layout.NCHW)), ofStage);
            shape = stage.outputShape(shape);
        }
        return KernelChoice
                .of(DeviceClass.CPU, new Measurements(measured), kernel -> true, Fusion.AUTO)
                .choose(layer, SMALL, Layout.NCHW);
    }

    @Test
    void theFastestOfOneLayoutAreTakenThatTheWholeRunFavours() {
        Layer layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        KernelChoice.Choice nchw = choose(layer, "depthwiseNchwF32=4/5", "depthwiseNchwF32_p4=3/4",
                "pointwiseNchwF32=2/3", "pointwiseNchwF32_k8=3/4", "depthwiseNhwcF32_v16p4=1/9",
                "pointwiseNhwcF32_v16p7=1/9");
        assertTrue(nchw.tuned());
        // 6 against 10 ms
        assertEquals(List.of("depthwiseNchwF32_p4", "pointwiseNchwF32"), names(nchw.kernels()));
        KernelChoice.Choice vectors = choose(layer, "depthwiseNchwF32=4/5", "pointwiseNchwF32=2/3",
                "depthwiseNhwcF32_v16p4=1/3", "pointwiseNhwcF32_v16p7=1/3");
        assertTrue(vectors.tuned());
        assertEquals(List.of("depthwiseNhwcF32_v16p4", "pointwiseNhwcF32_v16p7"),
                names(vectors.kernels())); // 7 against 4 ms
    }

    @Test
    void withoutMeasurementsOfEveryStageTheDefaultIsTaken() {
        Layer layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        for (KernelChoice.Choice choice : List.of(choose(layer),
                choose(layer, "depthwiseNchwF32=4/5"), choose(layer, "depthwiseNchwF32=4/5",
                        "pointwiseNhwcF32_v16p7=1/1", "aKernelThatIsGone=1/1"))) {
            assertFalse(choice.tuned());
            assertEquals(Kernels.vector(layer, SMALL, Layout.NCHW), choice.kernels());
        }
    }

    @Test
    void measurementsDontLeadToKernelsThatCannotDoTheLayer() {
        Layer gelu = Conv2d.pointwise(33, 35).withActivation(Activation.GELU);
        KernelChoice.Choice lacking = choose(gelu, "pointwiseNchwF32_k8=4/5");
        assertFalse(lacking.tuned());
        assertEquals(Kernels.vector(gelu, SMALL, Layout.NCHW), lacking.kernels());
        Layer sigmoid = Conv2d.pointwise(33, 35).withActivation(Activation.SIGMOID);
        assertEquals(List.of("pointwiseNchwF32_k8"),
                names(choose(sigmoid, "pointwiseNchwF32_k8=1/1", "pointwiseNhwcF32_v16p7=4/5")
                        .kernels()));
    }

    /** What tuning found out holds for a convolution wherever it stands. */
    @Test
    void convolutionsInsideANetworkTakeWhatWasMeasured() {
        Conv2d first = Conv2d.pointwise(33, 35);
        Conv2d second = Conv2d.of(35, 33, 3).withPadding(Padding.of(1))
                .withActivation(Activation.RELU);
        Network.Builder builder = Network.builder("two");
        String x = builder.input("x", Dims.of(SMALL));
        x = builder.add("first", first.withWeights(ConvWeights.random(first, new Random(1))), x);
        x = builder.add("between", Op.Elementwise.of(Op.Elementwise.Function.HARD_SIGMOID), x);
        x = builder.add("second", second.withWeights(ConvWeights.random(second, new Random(2))), x);
        Network network = builder.output(x).build();
        Measurements.Time fast = new Measurements.Time(1, 2);
        Measurements.Time slow = new Measurements.Time(3, 4);
        Measurements measured = new Measurements(
                Map.of(List.of(Geometries.of(first, SMALL, Layout.NCHW)),
                        Map.of("pointwiseNhwcF32_v16p12k16", fast, "pointwiseNhwcF32_v16p7", slow,
                                "pointwiseNchwF32", slow),
                        List.of(Geometries.of(second, first.outputShape(SMALL), Layout.NHWC)),
                        Map.of("groupedNhwcF32_v16p6k16", fast, "groupedNhwcF32_v16p7", slow)));
        NetworkCalls calls = NetworkCalls.of(network,
                KernelChoice.of(DeviceClass.CPU, measured, kernel -> true, Fusion.AUTO));
        assertTrue(calls.tuned());
        assertEquals(List.of("pointwiseNhwcF32_v16p12k16", "groupedNhwcF32_v16p6k16"),
                calls.kernels());
        NetworkCalls untuned = NetworkCalls.of(network, DeviceClass.CPU);
        assertFalse(untuned.tuned());
        assertEquals(List.of("pointwiseNhwcF32_v16p7", "groupedNhwcF32_v16p7"), untuned.kernels());
    }

    @Test
    void whatADeviceCannotCompileIsNeverChosen() {
        Layer layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        Measurements measured = new Measurements(
                Map.of(Geometries.of(layer, SMALL, Layout.NCHW).subList(0, 1),
                        Map.of("depthwiseNchwF32_p4", new Measurements.Time(1, 2),
                                "depthwiseNchwF32", new Measurements.Time(3, 4)),
                        Geometries.of(layer, SMALL, Layout.NCHW).subList(1, 2),
                        Map.of("pointwiseNchwF32", new Measurements.Time(3, 4))));
        assertEquals(List.of("depthwiseNchwF32", "pointwiseNchwF32"),
                names(KernelChoice
                        .of(DeviceClass.OTHER, measured,
                                kernel -> !kernel.name().equals("depthwiseNchwF32_p4"), Fusion.AUTO)
                        .choose(layer, SMALL, Layout.NCHW).kernels()));
    }

    /** {@code sepconv kernels} says it. */
    @Test
    void theCatalogueKnowsWhichKernelsAreDefaults() {
        LongStream.range(0, 300).mapToObj(ConvTester::random).forEach(given -> {
            for (DeviceClass device : DeviceClass.values()) {
                Kernels.byDefault(given.layer(), given.input(), given.layout(), device)
                        .forEach(kernel -> assertTrue(
                                DefaultClasses.of(kernel).contains(device)
                                        || kernel.body() instanceof Kernel.Plain,
                                () -> kernel.name() + " for " + device));
            }
        });
        String plain = "pointwise depthwise standard grouped";
        String defaults = Stream.of(plain.split(" "))
                .map(variant -> "%sNchwF32 %1$sNhwcF32 ".formatted(variant))
                .collect(Collectors.joining())
                + "pointwiseNhwcF32_v16p7 depthwiseNhwcF32_s3u1v16p7 depthwiseNhwcF32_s3u2v16p7 "
                + "depthwiseNhwcF32_s5u1v16p7 depthwiseNhwcF32_s5u2v16p7 depthwiseNhwcF32_v16p4 "
                + "groupedNhwcF32_v16p7 groupedNhwcF32_v16p8 groupedNhwcF32_v16p12k16 "
                + "separableNhwcF32_s3u1v16p7 separableNhwcF32_s3u2v16p7 "
                + "separableNhwcF32_wides3u1v16p7 separableNhwcF32_wides3u2v16p7 "
                + "separableNhwcF32_s5u1v16p7 separableNhwcF32_s5u2v16p7 pointwiseNchwF32_k8 "
                + "pointwiseNhwcF32_p7 depthwiseNchwF32_p4 depthwiseNhwcF32_p4 groupedNchwF32_k8 "
                + Stream.of("s3u1p14", "s3u1p7", "s3u2p7", "s5u1p14")
                        .map(lines -> "depthwiseNchwF32_%s depthwiseNhwcF32_%1$s ".formatted(lines))
                        .collect(Collectors.joining())
                + "groupedNhwcF32_p4 pointwiseNhwcF32_v16p6k16 depthwiseNhwcF32_s3u1v16p3 "
                + "groupedNhwcF32_v16p6k16 "
                + Stream.of("64x64x8i4x8", "32x64x16i4x8x2", "32x32x16i4x4x2", "16x32x16i4x4x4",
                        "28x16x16i7x4x8").map(tile -> "pointwiseNchwF32_local%s ".formatted(tile))
                        .collect(Collectors.joining())
                + "pointwiseNhwcF32_local64x64x8i4x8 groupedNchwF32_taps32x32x16i4x4x4 "
                + "groupedNchwF32_taps28x32x32i7x4x8 groupedNchwF32_rows14x64x64i7x4x8 "
                + "groupedNchwF32_rows14x32x32i7x4x16 depthwiseNchwF32_patchs5u1p7 "
                + "depthwiseNhwcF32_patchs5u1p14 "
                + "separableNchwF32_local14x64x64i7x4x8 separableNchwF32_local14x128x64i7x4x4";
        assertEquals(Set.of(defaults.split(" ")),
                Catalogue.all().stream().filter(kernel -> !DefaultClasses.of(kernel).isEmpty())
                        .map(Kernel::name).collect(Collectors.toSet()));
    }

    @Test
    void theCataloguesVersionIsTheSameAsLongAsTheKernelsAre() {
        assertTrue(Catalogue.version().matches("[0-9a-f]{16}"), Catalogue.version());
        assertEquals(Catalogue.version(), Catalogue.version());
    }

    private static Order order(Layer layer, Shape shape) {
        return Kernels.vector(layer, shape, Layout.NHWC).getFirst().order();
    }
}
