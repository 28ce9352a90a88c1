package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sepconv.engine.Engines;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.Stage;
import dev.sepconv.kernel.Storage;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.reference.Reference;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * Every sentence with which a value is refused: it names the argument, the value and what is
 * allowed.
 */
class RefusalTest {

    private static final Conv2d CONV = Conv2d.of(2, 4, 3);

    private static DynamicTest refused(String sentence, Executable action) {
        return dynamicTest(sentence, () -> assertEquals(sentence,
                assertThrows(IllegalArgumentException.class, action).getMessage()));
    }

    @TestFactory
    List<DynamicTest> convolutions() {
        return List.of(
                refused("input channels is 0; it must be at least 1", () -> Conv2d.of(0, 4, 3)),
                refused("output channels is -1; it must be at least 1", () -> Conv2d.of(2, -1, 3)),
                refused("kernel height is 0; it must be at least 1", () -> Conv2d.of(2, 4, 0, 3)),
                refused("kernel width is 0; it must be at least 1", () -> Conv2d.of(2, 4, 3, 0)),
                refused("stride height is 0; it must be at least 1", () -> CONV.withStride(0, 1)),
                refused("stride width is -2; it must be at least 1", () -> CONV.withStride(1, -2)),
                refused("dilation height is 0; it must be at least 1",
                        () -> CONV.withDilation(0, 1)),
                refused("dilation width is 0; it must be at least 1",
                        () -> CONV.withDilation(1, 0)),
                refused("groups is 0; it must be at least 1", () -> CONV.withGroups(0)),
                refused("groups is 3; it must divide both the 2 input channels and the 4 output channels",
                        () -> CONV.withGroups(3)),
                refused("groups is 4; it must divide both the 2 input channels and the 4 output channels",
                        () -> CONV.withGroups(4)),
                refused("groups is 2; it must divide both the 2 input channels and the 3 output channels",
                        () -> Conv2d.grouped(2, 3, 1, 2)),
                refused("channels is 0; it must be at least 1", () -> Conv2d.depthwise(0, 1, 3)),
                refused("depth multiplier is 0; it must be at least 1",
                        () -> Conv2d.depthwise(4, 0, 3)),
                refused("top padding is -1; it must be at least 0", () -> Padding.of(-1, 0, 0, 0)),
                refused("left padding is -1; it must be at least 0", () -> Padding.of(0, -1, 0, 0)),
                refused("bottom padding is -1; it must be at least 0",
                        () -> Padding.of(0, 0, -1, 0)),
                refused("right padding is -1; it must be at least 0",
                        () -> Padding.of(0, 0, 0, -1)),
                refused("top padding is -3; it must be at least 0", () -> Padding.of(-3)),
                refused("input [1, 3, 9, 9] has 3 channels; the convolution takes 2",
                        () -> CONV.outputShape(Shape.of(3, 9, 9))),
                refused("kernel height 3 with dilation 1 spans 3; the padded input has only 2",
                        () -> CONV.outputShape(Shape.of(2, 2, 9))),
                refused("kernel width 3 with dilation 4 spans 9; the padded input has only 8",
                        () -> CONV.withDilation(4).withPadding(Padding.of(4, 0, 4, 1))
                                .outputShape(Shape.of(2, 5, 7))));
    }

    @TestFactory
    List<DynamicTest> layers() {
        Conv2d depthwise = Conv2d.depthwise(2, 1, 3);
        Conv2d pointwise = Conv2d.pointwise(2, 4);
        return List.of(
                refused("stages is empty; a stack has at least one convolution",
                        () -> ConvStack.of()),
                refused("stage 2 takes 3 channels; the one before gives 4",
                        () -> ConvStack.of(CONV, Conv2d.of(3, 1, 1))),
                refused("depthwise step has 1 group; it must have one for each of its 2 input channels",
                        () -> new SeparableConv2d(SeparableConv2d.Order.KERAS, CONV, pointwise)),
                refused("pointwise step has a 1x3 kernel and 1 group; it must be 1x1 and ungrouped",
                        () -> new SeparableConv2d(SeparableConv2d.Order.KERAS, depthwise,
                                Conv2d.of(2, 4, 1, 3))),
                refused("pointwise step has a 1x1 kernel and 2 groups; it must be 1x1 and ungrouped",
                        () -> new SeparableConv2d(SeparableConv2d.Order.KERAS, depthwise,
                                pointwise.withGroups(2))),
                refused("second step takes 2 channels; the first gives 6",
                        () -> new SeparableConv2d(SeparableConv2d.Order.MOBILENET,
                                Conv2d.depthwise(2, 3, 3), pointwise)),
                refused("second step takes 2 channels; the first gives 4",
                        () -> new SeparableConv2d(SeparableConv2d.Order.XCEPTION, depthwise,
                                pointwise)),
                refused("first step has activation relu; order KERAS has none between the steps",
                        () -> new SeparableConv2d(SeparableConv2d.Order.KERAS,
                                depthwise.withActivation(Activation.RELU), pointwise)),
                refused("first step has activation sigmoid; order XCEPTION has none between the steps",
                        () -> new SeparableConv2d(SeparableConv2d.Order.XCEPTION,
                                Conv2d.depthwise(4, 1, 3),
                                pointwise.withActivation(Activation.SIGMOID))),
                refused("slope is 0.5; only leaky ReLU has one, for RELU it must be 0",
                        () -> new Activation(Activation.Kind.RELU, 0.5f)),
                refused("slope is NaN; it must be finite", () -> Activation.leakyRelu(Float.NaN)),
                refused("slope is Infinity; it must be finite",
                        () -> Activation.leakyRelu(Float.POSITIVE_INFINITY)));
    }

    @TestFactory
    List<DynamicTest> weightsAndTensors() {
        return List.of(
                refused("weight has 71 numbers; [4, 2, 3, 3] needs 72",
                        () -> CONV.withWeights(ConvWeights.of(new float[71]))),
                refused("bias is missing; the convolution has one",
                        () -> CONV.withBias(true).withWeights(ConvWeights.of(new float[72]))),
                refused("bias has 4 numbers; the convolution has none",
                        () -> CONV.withWeights(new ConvWeights(new float[72], new float[4]))),
                refused("bias has 5 numbers; 4 output channels need as many",
                        () -> CONV.withBias(true)
                                .withWeights(new ConvWeights(new float[72], new float[5]))),
                refused("weights are given for 2 convolutions; this layer has 1",
                        () -> CONV.withWeights(ConvWeights.of(1), ConvWeights.of(1))),
                refused("data has 3 floats; shape [1, 1, 2, 2] needs 4",
                        () -> Tensor.of(Shape.of(1, 2, 2), Layout.NCHW, 1, 2, 3)),
                refused("result has length 1; the exact one has 2",
                        () -> Reference.difference(new double[2],
                                Tensor.zeros(Shape.of(1, 1, 1), Layout.NCHW))),
                refused("batch is 0; it must be at least 1", () -> new Shape(0, 1, 1, 1)),
                refused("channels is 0; it must be at least 1", () -> new Shape(1, 0, 1, 1)),
                refused("height is 0; it must be at least 1", () -> new Shape(1, 1, 0, 1)),
                refused("width is -7; it must be at least 1", () -> new Shape(1, 1, 1, -7)));
    }

    @TestFactory
    List<DynamicTest> enginesAndKernels() {
        Device cpu = new Device("x", "x:0", "Brand CPU", "opencl", "cpu", 1);
        Device gpu = new Device("x", "x:1", "Brand GPU", "opencl", "gpu", 1);
        Geometry standard = new Geometry(1, 2, 3, 3, 4, 3, 3, 1, 1, 1, 1, 1, 1, 0, 0, 1, false);
        return List.of(
                refused("engine is 'cuda'; it must be one of tornado, simd, plain, java",
                        () -> Engines.open("cuda")),
                refused("engine is 'Java'; it must be one of tornado, simd, plain, java",
                        () -> Engines.choose("Java", null)),
                refused("device is 'tpu'; the devices here are: x:0 (Brand CPU), x:1 (Brand GPU)",
                        () -> Engines.find(List.of(cpu, gpu), "tpu")),
                refused("device 'brand' fits several; name one of: x:0 (Brand CPU), x:1 (Brand GPU)",
                        () -> Engines.find(List.of(cpu, gpu), "brand")),
                refused("kernel depthwiseNhwcF32 can't compute " + standard, () -> new KernelCall(
                        Catalogue.all().stream().filter(k -> k.name().equals("depthwiseNhwcF32"))
                                .findFirst().orElseThrow(),
                        List.of(new Stage(standard, new float[72], null, 0, 0)), Storage.plain(18),
                        0, Storage.plain(4))));
    }

    @Test
    void aDeviceIsFoundByIdOrPartOfItsName() {
        Device cpu = new Device("x", "x:0", "Brand CPU", "opencl", "cpu", 1);
        Device gpu = new Device("x", "x:1", "Brand GPU x:0", "opencl", "gpu", 1);
        assertEquals(gpu, Engines.find(List.of(cpu, gpu), "gPu"));
        assertEquals(cpu, Engines.find(List.of(cpu, gpu), "X:0")); // an id goes before a name
    }

    @Test
    void onlyADepthwiseConvolutionHasAMultiplier() {
        assertEquals(3, Conv2d.depthwise(5, 3, 3).depthMultiplier());
        assertEquals(
                "only a depthwise convolution has a depth multiplier; this one has 1 group for 2 channels",
                assertThrows(IllegalStateException.class, CONV::depthMultiplier).getMessage());
    }

    // What int indices can't reach is refused, and before anything of that size is allocated.

    @TestFactory
    List<DynamicTest> tooLarge() {
        String limit = "; one tensor may have at most 2147483583 elements";
        Conv2d wide = Conv2d.pointwise(1, 1 << 20);
        return List.of(
                refused("tensor [1, 65536, 32768, 1] is too large" + limit,
                        () -> Shape.of(1 << 16, 1 << 15, 1)),
                refused("tensor [2147483647, 2147483647, 2147483647, 2147483647] is too large"
                        + limit,
                        () -> new Shape(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE,
                                Integer.MAX_VALUE)),
                refused("tensor [1, 1, 2147483647, 1] is too large" + limit,
                        () -> Shape.of(1, Integer.MAX_VALUE, 1)),
                refused("weight [65536, 65536, 1, 1] is too large" + limit,
                        () -> Conv2d.pointwise(1 << 16, 1 << 16)),
                refused("channels 65536 by depth multiplier 65536 is too large" + limit,
                        () -> Conv2d.depthwise(1 << 16, 1 << 16, 1)),
                refused("kernel height 65536 with dilation 65536 is too large" + limit,
                        () -> Conv2d.of(1, 1, 1 << 16, 1).withDilation(1 << 16, 1)),
                refused("kernel width 65536 with dilation 65536 is too large" + limit,
                        () -> Conv2d.of(1, 1, 1, 1 << 16).withDilation(1, 1 << 16)),
                refused("padded height is 2147483647; it must be at most 2147483583",
                        () -> Conv2d.pointwise(1, 1)
                                .withPadding(Padding.of(Integer.MAX_VALUE - 1, 0, 0, 0))
                                .outputShape(Shape.of(1, 1, 1))),
                refused("padded width is 4294967295; it must be at most 2147483583",
                        () -> Conv2d.pointwise(1, 1)
                                .withPadding(Padding.of(0, Integer.MAX_VALUE, 0, Integer.MAX_VALUE))
                                .outputShape(Shape.of(1, 1, 1))),
                refused("tensor [1, 1048576, 64, 64] is too large" + limit,
                        () -> wide.outputShape(Shape.of(1, 64, 64))),
                refused("tensor [1, 1, 65537, 65537] is too large" + limit,
                        () -> Conv2d.pointwise(1, 1).withPadding(Padding.of(1 << 15))
                                .outputShape(Shape.of(1, 1, 1))),
                refused("tensor [1, 1048576, 64, 64] is too large" + limit, () -> ConvStack
                        .of(wide, Conv2d.pointwise(1 << 20, 1)).outputShape(Shape.of(1, 64, 64))));
    }

    @Test
    void theLargestShapeIsAllowed() {
        assertEquals(Shape.MAX_ELEMENTS, Shape.of(1, 1, Shape.MAX_ELEMENTS).elements());
        assertEquals(Shape.MAX_ELEMENTS,
                Conv2d.pointwise(1, 1).outputShape(Shape.of(1, 1, Shape.MAX_ELEMENTS)).w());
    }

    @Test
    void enginesRefuseTooLargeOutputsBeforeAllocating() {
        ConvStack stack = ConvStack.of(Conv2d.pointwise(1, 1 << 20), Conv2d.pointwise(1 << 20, 1));
        List<ConvWeights> weights = List.of(ConvWeights.of(new float[1 << 20]),
                ConvWeights.of(new float[1 << 20]));
        var memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (String name : List.of("simd", "plain", "java")) {
            try (Engine engine = Engines.open(name)) {
                long before = memory.getCurrentThreadAllocatedBytes();
                assertEquals(
                        "tensor [1, 1048576, 64, 64] is too large; one tensor may have at most 2147483583 elements",
                        assertThrows(IllegalArgumentException.class, () -> engine
                                .compile(stack.withWeights(weights), Shape.of(1, 64, 64)))
                                .getMessage());
                long allocated = memory.getCurrentThreadAllocatedBytes() - before;
                assertTrue(allocated < 1 << 20, name + " allocated " + allocated + " bytes");
            }
        }
    }

    @Test
    void hugeStridesAndDilationsAreNoOverflow() {
        Conv2d pixel = Conv2d.pointwise(1, 1).withDilation(Shape.MAX_ELEMENTS)
                .withStride(Integer.MAX_VALUE);
        for (String name : List.of("simd", "plain", "java")) {
            try (Engine engine = Engines.open(name)) {
                for (Padding padding : List.of(Padding.VALID, Padding.of(0, 0, 9, 9),
                        Padding.of(1000), Padding.SAME_UPPER)) {
                    ConvTester.check(new ConvTester.Case(pixel.withPadding(padding),
                            Shape.of(1, 3, 2), Layout.NCHW, 1), engine,
                            engine.devices().getFirst());
                }
            }
        }
    }

    /**
     * The simd engine refuses this one: it makes a padded copy, which here would have more than the
     * most elements.
     */
    @Test
    void kernelsNeedNoRoomForPadding() {
        Conv2d conv = Conv2d.of(1, 1, 2).withDilation(1_000_000_000).withStride(Integer.MAX_VALUE)
                .withPadding(Padding.of(1_000_000_000, 1_000_000_000, 1000, 1000));
        for (String name : List.of("plain", "java")) {
            try (Engine engine = Engines.open(name)) {
                ConvTester.check(new ConvTester.Case(conv, Shape.of(1, 3, 2), Layout.NCHW, 1),
                        engine, engine.devices().getFirst());
            }
        }
    }
}
