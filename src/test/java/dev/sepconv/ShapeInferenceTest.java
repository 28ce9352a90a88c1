package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.onnx.OnnxRuntimeOracle;
import dev.sepconv.onnx.OnnxSession;
import dev.sepconv.reference.Reference;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Output sizes and padding: the documented formula, a count of the positions there are, and ONNX
 * Runtime's auto_pad.
 */
class ShapeInferenceTest {

    @ParameterizedTest
    @CsvSource({
            // H, top, bottom, R, stride, dilation, OH: worked by hand from floor((H + top + bottom
            // - d * (R - 1) - 1) / s) + 1
            "7, 0, 0, 3, 1, 1, 5", "7, 1, 1, 3, 1, 1, 7", "7, 1, 1, 3, 2, 1, 4",
            "8, 0, 1, 3, 2, 1, 4", "224, 0, 1, 3, 2, 1, 112", "7, 0, 0, 3, 1, 3, 1",
            "7, 0, 0, 1, 3, 1, 3", "8, 0, 0, 1, 3, 1, 3", "1, 0, 0, 1, 9, 9, 1",
            "5, 9, 0, 2, 5, 4, 2"})
    void theFormula(int size, int before, int after, int kernel, int stride, int dilation,
            int expected) {
        Conv2d high = Conv2d.of(1, 1, kernel, 1).withStride(stride, 1).withDilation(dilation, 1)
                .withPadding(Padding.of(before, 0, after, 0));
        assertEquals(new Shape(2, 1, expected, 1), high.outputShape(new Shape(2, 1, size, 1)));
        Conv2d wide = Conv2d.of(1, 1, 1, kernel).withStride(1, stride).withDilation(1, dilation)
                .withPadding(Padding.of(0, before, 0, after));
        assertEquals(new Shape(2, 1, 1, expected), wide.outputShape(new Shape(2, 1, 1, size)));
    }

    @Test
    void thereIsOneOutputForEachPositionWhereTheKernelFits() {
        for (long seed = 0; seed < 500; seed++) {
            ConvTester.Case given = ConvTester.random(seed);
            Conv2d conv = (Conv2d) given.layer();
            Shape in = given.input();
            Padding.Explicit pad = conv.padding().resolve(conv, in.h(), in.w());
            int rows = 0;
            for (int top = -pad.top(); top + (conv.kernelHeight() - 1) * conv.dilationHeight() < in
                    .h() + pad.bottom(); top += conv.strideHeight()) {
                rows++;
            }
            int columns = 0;
            for (int left = -pad.left(); left + (conv.kernelWidth() - 1) * conv.dilationWidth() < in
                    .w() + pad.right(); left += conv.strideWidth()) {
                columns++;
            }
            assertEquals(new Shape(in.n(), conv.outChannels(), rows, columns), conv.outputShape(in),
                    given::toString);
        }
    }

    @Test
    void sameGivesOneOutputForEveryStrideOfTheInput() {
        for (int size = 1; size <= 20; size++) {
            for (int kernel = 1; kernel <= 7; kernel++) {
                for (int stride = 1; stride <= 5; stride++) {
                    for (int dilation = 1; dilation <= 3; dilation++) {
                        Conv2d conv = Conv2d.of(1, 1, kernel, 1).withStride(stride, 1)
                                .withDilation(dilation, 1);
                        int expected = (size + stride - 1) / stride;
                        Shape input = Shape.of(1, size, 1);
                        assertEquals(expected,
                                conv.withPadding(Padding.SAME_UPPER).outputShape(input).h());
                        assertEquals(expected,
                                conv.withPadding(Padding.SAME_LOWER).outputShape(input).h());
                        Padding.Explicit upper = Padding.SAME_UPPER.resolve(conv, size, 1);
                        Padding.Explicit lower = Padding.SAME_LOWER.resolve(conv, size, 1);
                        assertEquals(upper, new Padding.Explicit(lower.bottom(), lower.right(),
                                lower.top(), lower.left()));
                        assertEquals((upper.top() + upper.bottom()) / 2, upper.top());
                    }
                }
            }
        }
    }

    @Test
    void sameAtStrideTwoOnAnEvenSizePadsNothingAtTopAndLeft() {
        Conv2d conv = Conv2d.of(1, 1, 3).withStride(2);
        assertEquals(new Padding.Explicit(0, 0, 1, 1), Padding.SAME_UPPER.resolve(conv, 224, 112));
        assertEquals(new Padding.Explicit(1, 1, 0, 0), Padding.SAME_LOWER.resolve(conv, 224, 112));
        assertEquals(new Padding.Explicit(1, 1, 1, 1), Padding.SAME_UPPER.resolve(conv, 7, 5));
    }

    @Test
    void sameIsOnnxRuntimesAutoPad() {
        for (Padding padding : new Padding[]{Padding.SAME_UPPER, Padding.SAME_LOWER}) {
            for (int size = 1; size <= 9; size++) {
                for (int kernel = 1; kernel <= 5; kernel++) {
                    for (int stride = 1; stride <= kernel; stride++) {
                        ConvTester.Case given = ConvTester.conv().batch(1).channels(1).filters(1)
                                .size(size, 10 - size).kernel(kernel, 6 - kernel)
                                .stride(stride, Math.min(stride, 6 - kernel)).padding(padding)
                                .build();
                        Tensor onnx = OnnxRuntimeOracle.run(given);
                        assertEquals(given.layer().outputShape(given.input()), onnx.shape(),
                                given::toString);
                        ConvTester.assertClose(given, "ONNX Runtime's auto_pad",
                                Reference.run(given.layer(), given.weights(), given.tensor()),
                                onnx);
                    }
                }
            }
        }
    }

    /**
     * ONNX Runtime refuses auto_pad with a dilation, so it is given the kernel with the holes
     * filled by zeros.
     */
    @Test
    void sameWithADilationIsAutoPadOfTheKernelWithItsHoles() {
        for (Padding padding : new Padding[]{Padding.SAME_UPPER, Padding.SAME_LOWER}) {
            for (int dilation = 2; dilation <= 4; dilation++) {
                for (int stride = 1; stride <= 3; stride++) {
                    ConvTester.Case given = ConvTester.conv().channels(1).filters(1).kernel(3, 2)
                            .stride(stride, 1).dilation(dilation, 3).padding(padding).bias(false)
                            .build();
                    int height = 2 * dilation + 1;
                    float[] weight = given.weights().getFirst().weight();
                    float[] holes = new float[height * 4];
                    for (int r = 0; r < 3; r++) {
                        holes[r * dilation * 4] = weight[r * 2];
                        holes[r * dilation * 4 + 3] = weight[r * 2 + 1];
                    }
                    Conv2d dense = Conv2d.of(1, 1, height, 4).withStride(stride, 1)
                            .withPadding(padding);
                    try (OnnxSession session = new OnnxSession(dense,
                            List.of(ConvWeights.of(holes)), given.input(), 1)) {
                        ConvTester.assertClose(given, "ONNX Runtime's auto_pad",
                                Reference.run(given.layer(), given.weights(), given.tensor()),
                                session.run(given.tensor()));
                    }
                }
            }
        }
    }

    /**
     * TensorFlow's formula has a maximum with 0 in it. ONNX's has none, and ONNX Runtime then
     * crops: there we follow TensorFlow.
     */
    @Test
    void sameNeverCropsWhereTheStrideJumpsOverTheLastPixels() {
        Conv2d conv = Conv2d.of(1, 1, 1).withStride(5);
        assertEquals(Padding.VALID, Padding.SAME_UPPER.resolve(conv, 19, 19));
        assertEquals(Padding.VALID, Padding.SAME_LOWER.resolve(conv, 19, 19));
    }

    @Test
    void aChainsShapeIsThatOfItsStagesInTurn() {
        ConvStack stack = ConvStack.of(Conv2d.of(3, 5, 3).withStride(2),
                Conv2d.of(5, 7, 3).withPadding(Padding.SAME_UPPER));
        assertEquals(new Shape(2, 7, 5, 6), stack.outputShape(new Shape(2, 3, 11, 13)));
    }
}
