package dev.sepconv.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.Geometries;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Separable;
import dev.sepconv.kernel.conv.SeparableGrid;
import dev.sepconv.kernel.conv.VectorGeometry;
import dev.sepconv.reference.Reference;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** As plain Java here; TornadoEngineTest has the same cases on the device. */
public class SeparableVectorConvTest {

    /**
     * Each kernel, by its name, with all activations, and all that may go wrong at borders and
     * where work is divided.
     */
    public static Stream<Arguments> cases() {
        return Catalogue.all().stream()
                .flatMap(kernel -> kernel.body() instanceof Separable only
                        ? cases(only, kernel.tiling().pixels())
                                .map(given -> Arguments.of(kernel.name(), given))
                        : Stream.empty());
    }

    private static Stream<Case> cases(Separable only, int tile) {
        int width = only.kernelWidth();
        int stride = only.strideWidth();
        return only.wide()
                ? wide(width, stride, tile)
                : Stream.concat(wide(width, stride, tile), narrow(width, stride));
    }

    private static Stream<Case> wide(int width, int stride, int tile) {
        return Stream.of(
                // rows of more than a tile, and not a whole number of them
                given(37, 41, width, stride, Padding.SAME_UPPER, Activation.RELU6, Activation.RELU6,
                        1, 13, 29),
                // work-items with pixels of several rows and pictures
                given(17, 29, width, stride, Padding.SAME_LOWER, Activation.NONE, Activation.RELU,
                        3, 11, 8 * stride),
                given(16, 32, width, stride, Padding.of(5, 0), Activation.RELU, Activation.NONE, 2,
                        9, 19),
                // whole tiles
                given(33, 64, width, stride, Padding.of(width / 2), Activation.HARD_SWISH,
                        Activation.leakyRelu(0.1f), 2, 7, 2 * tile * stride),
                // one tile, of one channel
                given(1, 1, width, stride, Padding.of(width / 2), Activation.leakyRelu(0.2f),
                        Activation.HARD_SWISH, 1, 1, tile * stride),
                // more padding than picture above, on each side another
                given(50, 3, width, stride, Padding.of(6, 1, 2, 0), Activation.RELU6,
                        Activation.NONE, 1, 5, 12 * stride),
                // output channels in uneven shares
                given(16, 521, width, stride, Padding.of(width / 2), Activation.RELU6,
                        Activation.RELU6, 1, 1, tile * stride),
                // two tiles at a time
                given(370, 361, width, stride, Padding.SAME_UPPER, Activation.RELU6,
                        Activation.RELU6, 1, 5, tile * stride),
                // stride beyond the kernel, dilation, no biases
                new Case(
                        ConvStack.of(
                                new Conv2d(18, 18, 2, width, 5, stride, 3, 1,
                                        Padding.of(1, 0, 2, 0), 18, false, Activation.RELU),
                                Conv2d.pointwise(18, 19)),
                        new Shape(2, 18, 23, 31), Layout.NCHW, 3));
    }

    private static Stream<Case> narrow(int width, int stride) {
        return Stream.of(
                // work-items with pixels of many rows
                given(17, 29, width, stride, Padding.SAME_LOWER, Activation.NONE, Activation.RELU,
                        3, 11, 3 * stride),
                given(16, 32, width, stride, Padding.of(0, 5), Activation.RELU, Activation.NONE, 2,
                        9, 19),
                // one of everything
                given(1, 1, width, stride, Padding.of(width / 2), Activation.leakyRelu(0.2f),
                        Activation.HARD_SWISH, 1, 1, 1),
                // more padding than picture, on each side another
                given(50, 3, width, stride, Padding.of(4, 1, 2, 6), Activation.RELU6,
                        Activation.NONE, 1, 5, 3),
                // two tiles at a time, each of many rows
                given(370, 361, width, stride, Padding.SAME_UPPER, Activation.RELU6,
                        Activation.RELU6, 1, 5, 4 * stride));
    }

    private static Case given(int channels, int filters, int width, int stride, Padding padding,
            Activation inner, Activation outer, int batch, int height, int inWidth) {
        Conv2d depthwise = Conv2d.depthwise(channels, 1, width).withStride(stride)
                .withPadding(padding).withBias(true).withActivation(inner);
        Conv2d pointwise = Conv2d.pointwise(channels, filters).withBias(true).withActivation(outer);
        return new Case(ConvStack.of(depthwise, pointwise),
                new Shape(batch, channels, height, inWidth),
                channels % 2 == 0 ? Layout.NCHW : Layout.NHWC, 100L * channels + stride);
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

    @Test
    void workIsDividedAsTheCasesSay() {
        List<SeparableGrid> grids = cases().map(arguments -> (Case) arguments.get()[1])
                .map(given -> Geometries.of(given.layer(), given.input(), given.layout()).getLast())
                .map(pointwise -> SeparableGrid.of(pointwise,
                        VectorGeometry.wholeVectors(pointwise.inChannels()),
                        Kernel.Tiling.vectors(7, 32)))
                .toList();
        assertTrue(grids.stream().anyMatch(grid -> grid.pixels() == 14)
                && grids.stream().anyMatch(grid -> grid.pixels() == 7));
        assertTrue(grids.stream().anyMatch(grid -> grid.shares() == 2 && grid.shareBlocks() == 9),
                grids.toString());
    }

    @Test
    void refusesChannelsForWhichAWorkItemHasNoRoom() {
        for (Kernel kernel : Catalogue.all()) {
            if (kernel.body() instanceof Separable only) {
                int tile = kernel.tiling().pixels();
                int most = SeparableGrid.MOST_NUMBERS / (3 * tile - 2) / 32 * 32;
                int edge = only.kernelWidth() / 2;
                assertTrue(supports(kernel, only, most, tile, edge, edge), kernel.name());
                assertFalse(supports(kernel, only, most + 1, tile, edge, edge), kernel.name());
            }
        }
    }

    @Test
    void wideOnesRefuseColumnsOfWhichTheyDoNotAskWhetherTheyAreInside() {
        for (Kernel kernel : Catalogue.all()) {
            if (kernel.body() instanceof Separable only) {
                int tile = kernel.tiling().pixels();
                int edge = only.kernelWidth() / 2;
                boolean all = !only.wide();
                assertTrue(supports(kernel, only, 8, tile + 5, edge, edge), kernel.name());
                assertTrue(supports(kernel, only, 8, tile + 5, 0, edge), kernel.name());
                assertTrue(supports(kernel, only, 8, tile, 0, 0), kernel.name());
                assertEquals(all, supports(kernel, only, 8, tile - 1, edge, edge), kernel.name());
                assertEquals(all, supports(kernel, only, 8, tile + 5, edge + 1, edge),
                        kernel.name());
                assertEquals(all, supports(kernel, only, 8, tile + 5, edge, edge + 1),
                        kernel.name());
            }
        }
    }

    private static boolean supports(Kernel kernel, Separable only, int channels, int outWidth,
            int padLeft, int padRight) {
        int stride = only.strideWidth();
        int inWidth = (outWidth - 1) * stride + only.kernelWidth() - padLeft - padRight;
        Geometry depthwise = new Geometry(1, channels, 7, inWidth, channels, 3, only.kernelWidth(),
                7, outWidth, 1, stride, 1, 1, 1, padLeft, channels, true);
        Geometry pointwise = new Geometry(1, channels, 7, outWidth, 8, 1, 1, 7, outWidth, 1, 1, 1,
                1, 0, 0, 1, true);
        return kernel.supports(List.of(depthwise, pointwise));
    }
}
