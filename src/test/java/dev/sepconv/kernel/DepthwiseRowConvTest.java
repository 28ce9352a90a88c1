package dev.sepconv.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Activation;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Lines;
import dev.sepconv.kernel.conv.Kernel.Variant;
import dev.sepconv.kernel.conv.Kernel.Vectors;
import dev.sepconv.reference.Reference;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Depthwise kernels for one width and stride, of vectors and of lines. As plain Java here;
 * TornadoEngineTest has the same cases on the device.
 */
public class DepthwiseRowConvTest {

    /**
     * Each kernel, by its name, with rows shorter than a tile, as long as one, and longer; and all
     * that may go wrong at borders.
     */
    public static Stream<Arguments> cases() {
        return Catalogue.all().stream().filter(kernel -> kernel.variant() == Variant.DEPTHWISE)
                .flatMap(kernel -> kernel.body() instanceof Vectors only && only.kernelWidth() > 0
                        ? cases(kernel, only.kernelWidth(), only.strideWidth())
                        : kernel.body() instanceof Lines lines
                                ? cases(kernel, lines.kernelSize(), lines.stride())
                                : Stream.empty());
    }

    private static Stream<Arguments> cases(Kernel kernel, int width, int stride) {
        return cases(width, stride, kernel.tiling().pixels())
                .map(tester -> switch (kernel.order()) {
                    case NCHW -> tester.layout(Layout.NCHW);
                    case NHWC -> tester.layout(Layout.NHWC);
                    case NHWC_VECTORS -> tester; // takes both
                }).map(ConvTester::build).filter(given -> ConvTester.can(kernel, given))
                .map(given -> Arguments.of(kernel.name(), given));
    }

    private static Stream<ConvTester> cases(int width, int stride, int tile) {
        return Stream.of(
                depthwise(37, width, stride).size(13, 29).padding(Padding.SAME_UPPER)
                        .activation(Activation.RELU6),
                depthwise(17, width, stride).size(11, tile * stride).padding(Padding.SAME_LOWER)
                        .batch(3).layout(Layout.NHWC),
                // several tiles, the last not whole, whether they lie along rows or columns
                depthwise(3, width, stride).padding(Padding.SAME_UPPER).size(2 * tile * stride + 3,
                        2 * tile * stride + 5),
                depthwise(1, width, stride).size(1, 1).padding(Padding.of(width / 2)),
                depthwise(150, width, stride).size(5, 3).padding(Padding.of(4, 1, 2, 6))
                        .layout(Layout.NHWC),
                depthwise(16, width, stride).size(23, 31).kernel(2, width).stride(5, stride)
                        .dilation(3, 1),
                depthwise(16, width, stride).size(9, 19).padding(Padding.of(0, 5)).batch(2));
    }

    private static ConvTester depthwise(int channels, int width, int stride) {
        return ConvTester.conv().channels(channels).depthwise(1).kernel(width, width).stride(stride,
                stride);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReference(String name, Case given) {
        Kernel kernel = Catalogue.all().stream().filter(each -> each.name().equals(name))
                .findFirst().orElseThrow();
        double[] exact = Reference.run(given.layer(), given.weights(), given.tensor());
        assertEquals(given.layer().outputShape(given.input()).elements(), exact.length);
        ConvTester.assertClose(given, name, exact, ConvTester.output(given, List.of(kernel)));
    }
}
