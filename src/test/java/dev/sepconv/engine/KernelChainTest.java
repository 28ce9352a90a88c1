package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.kernel.Kernel;
import dev.sepconv.kernel.Kernel.Order;
import dev.sepconv.kernel.KernelCall;
import java.util.List;
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
                        ConvStack.of(Conv2d.of(33, 17, 3).withPadding(Padding.of(1)), Conv2d.grouped(17, 34, 2, 17)))
                .map(layer -> new Case(layer, shape, Layout.NHWC, 1));
        Stream.concat(LongStream.range(0, 300).mapToObj(ConvTester::random), chains).forEach(given -> {
            check(given, KernelChain.plain(given.layer(), given.input(), given.layout()));
            check(given, KernelChain.vector(given.layer(), given.input(), given.layout()));
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

    private static Order order(Layer layer, Shape shape) {
        return KernelChain.vector(layer, shape, Layout.NHWC).getFirst().layout();
    }
}
