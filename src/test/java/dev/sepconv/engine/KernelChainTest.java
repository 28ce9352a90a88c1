package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.Fusion;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Geometry;
import dev.sepconv.kernel.Kernel;
import dev.sepconv.kernel.Kernel.Order;
import dev.sepconv.kernel.KernelCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

class KernelChainTest {

    /** The engine refuses by the counted number what a device can't hold: it must not be less than what is then made. */
    @Test
    void arraysAreCountedBeforeThereAreAny() {
        Shape shape = new Shape(2, 33, 9, 7);
        Stream<Case> chains = Stream
                .of(SeparableConv2d.mobilenet(33, 35, 3, 2), SeparableConv2d.xception(33, 35, 3, 1),
                        SeparableConv2d.keras(33, 64, 3, 1),
                        GroupedSeparableConv2d.of(33, 66, 3, 1, 3).withPointwiseGroups(3).withShuffle(true),
                        GroupedSeparableConv2d.of(33, 66, 3, 1, 3).withShuffle(true),
                        ConvStack.of(Conv2d.of(33, 17, 3).withPadding(Padding.of(1)), Conv2d.grouped(17, 34, 2, 17)))
                .map(layer -> new Case(layer, shape, Layout.NHWC, 1));
        Stream.concat(LongStream.range(0, 300).mapToObj(ConvTester::random), chains).forEach(given -> {
            check(given, KernelChain.plain(given.layer(), given.input(), given.layout()));
            check(given, KernelChain.vector(given.layer(), given.input(), given.layout()));
            check(given, KernelChain.byDefault(given.layer(), given.input(), given.layout(), DeviceClass.GPU));
            Catalogue.all().stream().filter(kernel -> ConvTester.can(kernel, given))
                    .forEach(kernel -> check(given, List.of(kernel)));
        });
    }

    private static void check(Case given, List<Kernel> kernels) {
        long counted = sum(KernelChain.elements(given.layer(), given.input(), given.layout(), kernels));
        List<KernelCall> calls = KernelChain.of(given.layer(), given.weights(), given.input(), given.layout(), kernels);
        long made = elements(calls.getFirst().input());
        for (KernelCall call : calls) {
            // A vector kernel's constants may name its input again, which is the output of the one before.
            made += elements(call.output())
                    + call.constants().stream().filter(array -> array != call.input()).mapToLong(KernelChainTest::elements).sum();
        }
        long unused = 20L * calls.size(); // the sizes are counted as the longest of the two kinds
        boolean exact = calls.size() == 1 && kernels.getFirst().variant() != Kernel.Variant.DEPTHWISE
                || kernels.getFirst().layout() != Order.NHWC_VECTORS;
        long difference = counted - made;
        assertTrue(difference >= 0 && (!exact || difference <= unused),
                () -> "%d counted, %d more than made, %s on %s".formatted(counted, difference, kernels, given));
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private static long elements(Object array) {
        return switch (array) {
            case FloatArray floats -> floats.getSize();
            case IntArray ints -> ints.getSize();
            case VectorFloat16 vectors -> vectors.getArray().getSize();
            default -> throw new AssertionError("unknown array " + array.getClass());
        };
    }

    @Test
    void picturesTooLargeForWholeVectorsTakeThePlainKernels() {
        Layer layer = Conv2d.pointwise(4, 4).withActivation(Activation.RELU);
        Order small = order(layer, new Shape(1, 4, 100, 100));
        Order large = order(layer, new Shape(1, 4, 9000, 9000)); // 32 channels of these would be more than an array holds
        assertEquals(List.of(Order.NHWC_VECTORS, Order.NHWC), List.of(small, large));
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
            assertEquals(List.of("separableNhwcF32_s3u2v16p7"),
                    byDefault(layer, new Shape(2, 33, 600, 600), layout, DeviceClass.CPU));
            assertEquals(List.of("depthwise" + l + "F32_p4", "pointwise" + l + "F32" + (layout == Layout.NCHW ? "_k8" : "_p7")),
                    byDefault(layer, layout, DeviceClass.GPU));
            assertEquals(List.of("depthwise" + l + "F32", "pointwise" + l + "F32"), byDefault(layer, layout, DeviceClass.OTHER));
        }
        LongStream.range(0, 300).mapToObj(ConvTester::random).forEach(given -> {
            for (DeviceClass device : DeviceClass.values()) {
                Kernel kernel = KernelChain.byDefault(given.layer(), given.input(), given.layout(), device).getFirst();
                Geometry geometry = KernelChain.geometry((Conv2d) given.layer(), given.input(), given.layout());
                assertTrue(Catalogue.candidates(geometry).contains(kernel) && kernel.runsAsPlainJava(), kernel.name());
            }
        });
    }

    private static List<String> byDefault(Layer layer, Layout layout, DeviceClass device) {
        return byDefault(layer, new Shape(2, 33, 9, 7), layout, device);
    }

    private static List<String> byDefault(Layer layer, Shape shape, Layout layout, DeviceClass device) {
        return names(KernelChain.byDefault(layer, shape, layout, device));
    }

    /** Two stages by one kernel only if it can do all of both: else their own, and never a refusal. */
    @Test
    void stagesThatNoKernelComputesAtOnceTakeTheirOwn() {
        Shape large = new Shape(1, 33, 600, 600);
        Conv2d depthwise = Conv2d.depthwise(33, 1, 3).withPadding(Padding.of(1));
        Conv2d pointwise = Conv2d.pointwise(33, 35);
        assertEquals(List.of("separableNhwcF32_s3u1v16p7"), onCpu(ConvStack.of(depthwise, pointwise), large));
        assertEquals(List.of("pointwiseNhwcF32_v16p7", "separableNhwcF32_s3u1v16p7"),
                onCpu(ConvStack.of(Conv2d.pointwise(33, 33), depthwise, pointwise), large));
        assertEquals(List.of("depthwiseNhwcF32_s3u1v16p7", "depthwiseNhwcF32_s3u1v16p7"),
                onCpu(ConvStack.of(depthwise, depthwise), large));
        // few pixels and many output channels, whose division would cost the depthwise step again
        assertEquals(List.of("depthwiseNhwcF32_s3u1v16p7", "pointwiseNhwcF32_v16p7"),
                onCpu(SeparableConv2d.mobilenet(1024, 1024, 3, 1), new Shape(1, 1024, 4, 4)));
        assertEquals(List.of("depthwiseNhwcF32_v16p4", "pointwiseNhwcF32_v16p7"),
                onCpu(ConvStack.of(depthwise.withDilation(2), pointwise), large));
        assertEquals(List.of("depthwiseNhwcF32", "pointwiseNhwcF32"),
                onCpu(ConvStack.of(depthwise.withActivation(Activation.SIGMOID), pointwise), large));
        assertEquals(List.of("depthwiseNhwcF32_p4", "pointwiseNhwcF32_p7"),
                byDefault(ConvStack.of(depthwise, pointwise), large, Layout.NHWC, DeviceClass.GPU));
    }

    private static List<String> onCpu(Layer layer, Shape shape) {
        return byDefault(layer, shape, Layout.NHWC, DeviceClass.CPU);
    }

    @Test
    void aKernelForTwoStagesIsTakenWhereItWasFasterThanTheirOwn() {
        SeparableConv2d layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        List<Geometry> sizes = KernelChain.geometries(layer, SMALL, Layout.NHWC);
        for (double millis : new double[]{1.9, 2.1}) {
            Measurements measured = new Measurements(
                    Map.of(sizes.subList(0, 1), Map.of("depthwiseNhwcF32_s3u1v16p7", new Measurements.Time(1, 2)),
                            sizes.subList(1, 2), Map.of("pointwiseNhwcF32_v16p7", new Measurements.Time(1, 2)), sizes,
                            Map.of("separableNhwcF32_s3u1v16p7", new Measurements.Time(millis, 3))));
            KernelChain.Choice choice = KernelChain.choose(layer, SMALL, Layout.NHWC, DeviceClass.CPU, measured, Fusion.AUTO);
            assertTrue(choice.tuned());
            assertEquals(millis < 2
                    ? List.of("separableNhwcF32_s3u1v16p7")
                    : List.of("depthwiseNhwcF32_s3u1v16p7", "pointwiseNhwcF32_v16p7"), names(choice.kernels()));
        }
    }

    @Test
    void separateAndFusedAreTakenWhateverWasMeasured() {
        SeparableConv2d layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        List<Geometry> sizes = KernelChain.geometries(layer, SMALL, Layout.NHWC);
        List<String> two = List.of("depthwiseNhwcF32_s3u1v16p7", "pointwiseNhwcF32_v16p12k16");
        List<String> one = List.of("separableNhwcF32_s3u1v16p7");
        for (double millis : new double[]{0.1, 10}) {
            Measurements measured = new Measurements(
                    Map.of(sizes.subList(0, 1), Map.of(two.getFirst(), new Measurements.Time(1, 2)), sizes.subList(1, 2),
                            Map.of(two.getLast(), new Measurements.Time(1, 2), "pointwiseNhwcF32_v16p7",
                                    new Measurements.Time(1.5, 2)),
                            sizes, Map.of(one.getFirst(), new Measurements.Time(millis, 11))));
            KernelChain.Choice separate = KernelChain.choose(layer, SMALL, Layout.NHWC, DeviceClass.CPU, measured,
                    Fusion.SEPARATE);
            assertEquals(two, names(separate.kernels()));
            assertTrue(separate.tuned());
            assertEquals(one,
                    names(KernelChain.choose(layer, SMALL, Layout.NHWC, DeviceClass.CPU, measured, Fusion.FUSED).kernels()));
        }
        Shape large = new Shape(2, 33, 600, 600);
        for (DeviceClass device : DeviceClass.values()) {
            assertEquals(2,
                    KernelChain.choose(layer, large, Layout.NHWC, device, Measurements.NONE, Fusion.SEPARATE).kernels().size());
            assertEquals(one,
                    names(KernelChain.choose(layer, large, Layout.NHWC, device, Measurements.NONE, Fusion.FUSED).kernels()));
        }
    }

    private static List<String> names(List<Kernel> kernels) {
        return kernels.stream().map(Kernel::name).toList();
    }

    // Tuned choices

    private static final Shape SMALL = Shape.of(33, 9, 7);

    /** Times of kernels for both stages of a layer: {@code name=kernel/run}. */
    private static KernelChain.Choice choose(Layer layer, String... times) {
        Map<List<Geometry>, Map<String, Measurements.Time>> measured = new HashMap<>();
        Shape shape = SMALL;
        for (Conv2d stage : layer.stages()) {
            Map<String, Measurements.Time> ofStage = new HashMap<>();
            for (String time : times) {
                String[] parts = time.split("[=/]");
                ofStage.put(parts[0], new Measurements.Time(Double.parseDouble(parts[1]), Double.parseDouble(parts[2])));
            }
            measured.put(List.of(KernelChain.geometry(stage, shape, Layout.NCHW)), ofStage);
            shape = stage.outputShape(shape);
        }
        return KernelChain.choose(layer, SMALL, Layout.NCHW, DeviceClass.CPU, new Measurements(measured), Fusion.AUTO);
    }

    @Test
    void theFastestOfOneLayoutAreTakenThatTheWholeRunFavours() {
        Layer layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        KernelChain.Choice nchw = choose(layer, "depthwiseNchwF32=4/5", "depthwiseNchwF32_p4=3/4", "pointwiseNchwF32=2/3",
                "pointwiseNchwF32_k8=3/4", "depthwiseNhwcF32_v16p4=1/9", "pointwiseNhwcF32_v16p7=1/9");
        assertTrue(nchw.tuned());
        assertEquals(List.of("depthwiseNchwF32_p4", "pointwiseNchwF32"), names(nchw.kernels())); // 6 against 10 ms
        KernelChain.Choice vectors = choose(layer, "depthwiseNchwF32=4/5", "pointwiseNchwF32=2/3", "depthwiseNhwcF32_v16p4=1/3",
                "pointwiseNhwcF32_v16p7=1/3");
        assertTrue(vectors.tuned());
        assertEquals(List.of("depthwiseNhwcF32_v16p4", "pointwiseNhwcF32_v16p7"), names(vectors.kernels())); // 7 against 4 ms
    }

    @Test
    void withoutMeasurementsOfEveryStageTheDefaultIsTaken() {
        Layer layer = SeparableConv2d.mobilenet(33, 35, 3, 1);
        for (KernelChain.Choice choice : List.of(choose(layer), choose(layer, "depthwiseNchwF32=4/5"),
                choose(layer, "depthwiseNchwF32=4/5", "pointwiseNhwcF32_v16p7=1/1", "aKernelThatIsGone=1/1"))) {
            assertFalse(choice.tuned());
            assertEquals(KernelChain.vector(layer, SMALL, Layout.NCHW), choice.kernels());
        }
    }

    @Test
    void measurementsDontLeadToKernelsThatCannotDoTheLayer() {
        Layer sigmoid = Conv2d.pointwise(33, 35).withActivation(Activation.SIGMOID);
        assertEquals(List.of("pointwiseNchwF32_k8"),
                names(choose(sigmoid, "pointwiseNchwF32_k8=4/5", "pointwiseNhwcF32_v16p7=1/1").kernels()));
        // 17 channels a group: the vector kernels leave gaps, which the next stage can't read
        Layer gaps = ConvStack.of(Conv2d.grouped(33, 51, 1, 3), Conv2d.pointwise(51, 2));
        assertEquals(List.of("groupedNchwF32", "groupedNchwF32"),
                names(choose(gaps, "groupedNchwF32=4/5", "groupedNhwcF32_v16p7=1/1").kernels()));
    }

    @Test
    void theCataloguesVersionIsTheSameAsLongAsTheKernelsAre() {
        assertTrue(Catalogue.version().matches("[0-9a-f]{16}"), Catalogue.version());
        assertEquals(Catalogue.version(), Catalogue.version());
    }

    private static Order order(Layer layer, Shape shape) {
        return KernelChain.vector(layer, shape, Layout.NHWC).getFirst().layout();
    }
}
