package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sepconv.Op.Binary;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** Every operation's sizes, and every sentence with which it refuses arrays or attributes. */
class OpTest {

    private static final Dims PICTURE = Dims.of(2, 4, 7, 9);
    private static final Padding.Explicit NONE = new Padding.Explicit(0, 0, 0, 0);

    private static void gives(Dims wanted, Op op, Dims... inputs) {
        assertEquals(wanted, op.outputDims(List.of(inputs)));
    }

    private static DynamicTest refused(String sentence, Executable action) {
        return dynamicTest(sentence, () -> assertEquals(sentence,
                assertThrows(IllegalArgumentException.class, action).getMessage()));
    }

    private static DynamicTest refused(String sentence, Op op, Dims... inputs) {
        return refused(sentence, () -> op.outputDims(List.of(inputs)));
    }

    private static Op.Convolve convolve(Conv2d conv) {
        return conv.withWeights(new ConvWeights(new float[conv.weightCount()],
                conv.bias() ? new float[conv.outChannels()] : null));
    }

    private static Op.ConvolveTransposed transposed(Conv2d kernel, int bottom, int right) {
        return new Op.ConvolveTransposed(kernel, bottom, right, new float[kernel.weightCount()],
                null);
    }

    @Test
    void convolutions() {
        gives(Dims.of(2, 6, 4, 5),
                convolve(Conv2d.of(4, 6, 3).withStride(2).withPadding(Padding.SAME_UPPER)),
                PICTURE);
        Conv2d kernel = Conv2d.of(4, 6, 3, 2).withStride(2, 3);
        gives(Dims.of(2, 6, 15, 26), transposed(kernel, 0, 0), PICTURE);
        // (in - 1) * stride + (kernel - 1) * dilation + 1 - padding + output padding, as ONNX has
        // it
        gives(Dims.of(2, 6, 6 * 2 + 2 * 2 + 1 - 3 + 1, 8 * 3 + 1 * 1 + 1 - 1 + 2),
                transposed(kernel.withDilation(2, 1).withPadding(Padding.of(1, 0, 2, 1)), 1, 2),
                PICTURE);
        assertEquals(4 * 6 * 3 * 2, transposed(kernel, 0, 0).parameters());
        assertEquals(4 * 6 * 9 + 6, convolve(Conv2d.of(4, 6, 3).withBias(true)).parameters());
    }

    @Test
    void labelsOfConvolutions() {
        assertEquals("conv", convolve(Conv2d.of(4, 6, 3)).label());
        assertEquals("pointwise", convolve(Conv2d.pointwise(4, 6)).label());
        assertEquals("grouped", convolve(Conv2d.grouped(4, 6, 3, 2)).label());
        assertEquals("depthwise", convolve(Conv2d.depthwise(4, 2, 3)).label());
        assertEquals("conv", convolve(Conv2d.depthwise(1, 2, 3)).label());
        SeparableConv2d separable = SeparableConv2d.keras(4, 6, 3, 1);
        List<ConvWeights> weights = List.of(ConvWeights.of(new float[36]),
                ConvWeights.of(new float[24]));
        assertEquals("separable", new Op.Convolve(separable, weights).label());
        assertEquals("conv-stack",
                new Op.Convolve(ConvStack.of(separable.depthwise(), separable.pointwise()), weights)
                        .label());
        assertEquals("conv-transposed", transposed(Conv2d.of(4, 6, 3), 0, 0).label());
    }

    @TestFactory
    List<DynamicTest> convolutionsRefuse() {
        Conv2d kernel = Conv2d.of(4, 6, 3);
        return List.of(
                refused("input [2, 4, 7, 9] has 4 channels; the convolution takes 3",
                        convolve(Conv2d.of(3, 6, 3)), PICTURE),
                refused("array [4, 7, 9] has 3 dimensions; a picture has 4: N, C, H, W",
                        convolve(kernel), Dims.of(4, 7, 9)),
                refused("input [2, 4, 7, 9] has 4 channels; the transposed convolution takes 3",
                        transposed(Conv2d.of(3, 6, 3), 0, 0), PICTURE),
                refused("output height of a transposed convolution would be -3; it must be from 1 to 2147483583",
                        transposed(kernel.withPadding(Padding.of(6, 0)), 0, 0), PICTURE),
                refused("output width of a transposed convolution would be -1; it must be from 1 to 2147483583",
                        transposed(kernel.withPadding(Padding.of(0, 6)), 0, 0), PICTURE),
                refused("output padding height is -1; it must be at least 0",
                        () -> transposed(kernel, -1, 0)),
                refused("output padding width is -1; it must be at least 0",
                        () -> transposed(kernel, 0, -1)),
                refused("padding of a transposed convolution is Same[oddAtStart=false]; it must be given as numbers",
                        () -> transposed(kernel.withPadding(Padding.SAME_UPPER), 0, 0)),
                refused("bias is missing; the convolution has one",
                        () -> transposed(kernel.withBias(true), 0, 0)));
    }

    @Test
    void arithmetic() {
        gives(PICTURE, new Op.ScaleShift(new float[4], new float[4]), PICTURE);
        gives(PICTURE, Elementwise.of(Function.TANH), PICTURE);
        gives(PICTURE, new Op.PRelu(new float[4]), PICTURE);
        assertEquals("hard-swish", Elementwise.of(Function.HARD_SWISH).label());
        gives(PICTURE, new Binary(Binary.Kind.ADD), PICTURE, Dims.of(4, 1, 1));
        gives(PICTURE, new Binary(Binary.Kind.ADD), Dims.of(), PICTURE);
        gives(Dims.of(5, 3, 2, 4), new Binary(Binary.Kind.DIV), Dims.of(5, 1, 2, 1),
                Dims.of(3, 1, 4));
        assertEquals("sub", new Binary(Binary.Kind.SUB).label());
    }

    @Test
    void batchNormalization() {
        Op.ScaleShift folded = Op.ScaleShift.batchNormalization(new float[]{2}, new float[]{3},
                new float[]{5}, new float[]{0.5f}, 0.25f);
        double factor = 2 / Math.sqrt(0.75);
        assertEquals((float) factor, folded.scale()[0]);
        assertEquals((float) (3 - 5 * factor), folded.shift()[0]);
    }

    @Test
    void anActivationIsAnOperationToo() {
        assertEquals(new Elementwise(Function.CLIP, 0, 6), Elementwise.of(Activation.RELU6));
        assertEquals(new Elementwise(Function.LEAKY_RELU, 0.2f, 0),
                Elementwise.of(Activation.leakyRelu(0.2f)));
        assertEquals(Elementwise.of(Function.RELU), Elementwise.of(Activation.RELU));
        assertEquals(Elementwise.of(Function.SIGMOID), Elementwise.of(Activation.SIGMOID));
        assertEquals(Elementwise.of(Function.HARD_SWISH), Elementwise.of(Activation.HARD_SWISH));
        for (Activation.Kind kind : Activation.Kind.values()) {
            if (kind != Activation.Kind.NONE) {
                Activation activation = new Activation(kind,
                        kind == Activation.Kind.LEAKY_RELU ? 0.2f : 0);
                assertEquals(Optional.of(activation), Elementwise.of(activation).activation());
            }
        }
        assertEquals(Optional.empty(), new Elementwise(Function.CLIP, 0, 5).activation());
        assertEquals(Optional.empty(), new Elementwise(Function.CLIP, -1, 6).activation());
        assertEquals(Optional.empty(),
                new Elementwise(Function.HARD_SIGMOID, 0.2f, 0.5f).activation());
        assertEquals(Optional.empty(), Elementwise.of(Function.EXP).activation());
    }

    @TestFactory
    List<DynamicTest> arithmeticRefuses() {
        return List.of(
                refused("scale has 1 number and shift 2; they must have as many, at least 1",
                        () -> new Op.ScaleShift(new float[1], new float[2])),
                refused("scale has 0 numbers and shift 0; they must have as many, at least 1",
                        () -> new Op.ScaleShift(new float[0], new float[0])),
                refused("batch normalisation has 2 scales, 2 biases, 1 mean and 2 variances; they must be as many",
                        () -> Op.ScaleShift.batchNormalization(new float[2], new float[2],
                                new float[1], new float[2], 1)),
                refused("array [2, 4, 7, 9] can't be scaled by 3 channels; its dimension 1 must be as many",
                        new Op.ScaleShift(new float[3], new float[3]), PICTURE),
                refused("array [3] can't be scaled by 3 channels; its dimension 1 must be as many",
                        new Op.ScaleShift(new float[3], new float[3]), Dims.of(3)),
                refused("array [2, 4, 7, 9] can't take 3 slopes; its dimension 1 must be as many",
                        new Op.PRelu(new float[3]), PICTURE),
                refused("activation is none; an element-wise operation must do something",
                        () -> Elementwise.of(Activation.NONE)),
                refused("arrays [2, 4, 7, 9] and [3, 1, 1] don't go together: sizes 4 and 3 differ and none is 1",
                        new Binary(Binary.Kind.MUL), PICTURE, Dims.of(3, 1, 1)));
    }

    private static Op.Pool pool(int kernel, int stride, int dilation, Padding.Explicit padding,
            boolean ceil) {
        return new Op.Pool(Op.Pool.Kind.MAX, kernel, kernel, stride, stride, dilation, dilation,
                padding, ceil, false);
    }

    @Test
    void pooling() {
        gives(Dims.of(2, 4, 3, 4), pool(3, 2, 1, NONE, false), PICTURE);
        gives(Dims.of(2, 4, 4, 5), pool(3, 2, 1, new Padding.Explicit(1, 1, 1, 1), false), PICTURE);
        gives(Dims.of(2, 4, 3, 4), pool(2, 2, 1, NONE, false), PICTURE);
        gives(Dims.of(2, 4, 4, 5), pool(2, 2, 1, NONE, true), PICTURE);
        gives(Dims.of(2, 4, 3, 5), pool(3, 1, 2, NONE, false), PICTURE);
        // a third window would start past the four cells and the one before them, in the padding
        // behind
        gives(Dims.of(1, 1, 2, 2), pool(2, 3, 1, new Padding.Explicit(1, 1, 1, 1), true),
                Dims.of(1, 1, 4, 4));
        assertEquals("max-pool", pool(3, 2, 1, NONE, false).label());
    }

    @Test
    void reductions() {
        gives(Dims.of(2, 4, 1, 1), Op.Reduce.globalAveragePool(), PICTURE);
        gives(Dims.of(2, 4), new Op.Reduce(Op.Reduce.Kind.SUM, List.of(2, 3), false), PICTURE);
        gives(Dims.of(), new Op.Reduce(Op.Reduce.Kind.MAX, List.of(0), false), Dims.of(5));
        assertEquals("reduce-mean", Op.Reduce.globalAveragePool().label());
    }

    @TestFactory
    List<DynamicTest> poolingAndReductionsRefuse() {
        return List.of(
                refused("window height is 0; it must be at least 1",
                        () -> pool(0, 1, 1, NONE, false)),
                refused("stride height is 0; it must be at least 1",
                        () -> pool(1, 0, 1, NONE, false)),
                refused("dilation height is 0; it must be at least 1",
                        () -> pool(1, 1, 0, NONE, false)),
                refused("window width is 0; it must be at least 1",
                        () -> new Op.Pool(Op.Pool.Kind.MAX, 1, 0, 1, 1, 1, 1, NONE, false, false)),
                refused("stride width is 0; it must be at least 1",
                        () -> new Op.Pool(Op.Pool.Kind.MAX, 1, 1, 1, 0, 1, 1, NONE, false, false)),
                refused("dilation width is 0; it must be at least 1",
                        () -> new Op.Pool(Op.Pool.Kind.MAX, 1, 1, 1, 1, 1, 0, NONE, false, false)),
                refused("padding is Explicit[top=0, left=0, bottom=2, right=0]; each side must be smaller than the window of 2x2",
                        () -> pool(2, 1, 1, new Padding.Explicit(0, 0, 2, 0), false)),
                refused("window height 8 with dilation 1 spans 8; the padded input has only 7",
                        pool(8, 1, 1, NONE, false), PICTURE),
                refused("window height 4 with dilation 2 spans 7; the padded input has only 6",
                        pool(4, 1, 2, NONE, true), Dims.of(1, 1, 6, 9)),
                refused("dimensions is []; it must name some, from 0, ascending",
                        () -> new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(), true)),
                refused("dimensions is [2, 1]; it must name some, from 0, ascending",
                        () -> new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 1), true)),
                refused("dimensions is [1, 1]; it must name some, from 0, ascending",
                        () -> new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(1, 1), true)),
                refused("dimensions is [-1]; it must name some, from 0, ascending",
                        () -> new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(-1), true)),
                refused("dimensions is [2, 3]; array [5, 5, 5] has only 3",
                        Op.Reduce.globalAveragePool(), Dims.of(5, 5, 5)));
    }

    private static Op.FullyConnected connected(int inputs, int outputs, float[] bias) {
        return new Op.FullyConnected(outputs, new float[inputs * outputs], bias, Activation.NONE);
    }

    @Test
    void products() {
        gives(Dims.of(3, 6), connected(5, 6, null), Dims.of(3, 5));
        gives(Dims.of(6), connected(5, 6, new float[6]), Dims.of(5));
        gives(Dims.of(2, 4, 7, 1), connected(9, 1, null), PICTURE);
        assertEquals(36, connected(5, 6, new float[6]).parameters());
        gives(Dims.of(2, 4, 7, 3), new Op.MatrixProduct(), PICTURE, Dims.of(9, 3));
        gives(Dims.of(2, 4, 5, 3), new Op.MatrixProduct(), Dims.of(2, 1, 5, 6), Dims.of(4, 6, 3));
        gives(PICTURE, new Op.Softmax(3), PICTURE);
        gives(Dims.of(2, 4, 3, 9), new Op.TopK(2, 3, true, false), PICTURE);
    }

    @TestFactory
    List<DynamicTest> productsRefuse() {
        return List.of(refused("outputs is 0; it must be at least 1", () -> connected(5, 0, null)),
                refused("weight has 5 numbers; it must be a multiple of the 2 outputs",
                        () -> new Op.FullyConnected(2, new float[5], null, Activation.NONE)),
                refused("weight has 0 numbers; it must be a multiple of the 2 outputs",
                        () -> new Op.FullyConnected(2, new float[0], null, Activation.NONE)),
                refused("bias has 3 numbers; 2 outputs need as many",
                        () -> connected(5, 2, new float[3])),
                refused("array [2, 4, 7, 9] can't go in; its last dimension must be 5",
                        connected(5, 2, null), PICTURE),
                refused("array [] can't go in; its last dimension must be 5", connected(5, 2, null),
                        Dims.of()),
                refused("arrays [2, 3] and [2, 3] can't be multiplied: the first's rows and the second's columns must be of one length",
                        new Op.MatrixProduct(), Dims.of(2, 3), Dims.of(2, 3)),
                refused("arrays [3] and [3, 2] can't be multiplied: the first's rows and the second's columns must be of one length",
                        new Op.MatrixProduct(), Dims.of(3), Dims.of(3, 2)),
                refused("arrays [2] and [3] don't go together: sizes 2 and 3 differ and none is 1",
                        new Op.MatrixProduct(), Dims.of(2, 4, 5), Dims.of(3, 5, 4)),
                refused("dimension is -1; it must be at least 0", () -> new Op.Softmax(-1)),
                refused("count is 0; it must be at least 1", () -> new Op.TopK(2, 0, true, false)),
                refused("count is 8; dimension 2 of [2, 4, 7, 9] has only 7",
                        new Op.TopK(2, 8, true, false), PICTURE),
                refused("dimension is 4; array [2, 4, 7, 9] has only 4", new Op.Softmax(4),
                        PICTURE));
    }

    private static Op.Pad pad(List<Integer> before, List<Integer> after, Op.Pad.Mode mode) {
        return new Op.Pad(before, after, mode, 0);
    }

    private static Op.Slice slice(List<Integer> starts, List<Integer> sizes, List<Integer> steps) {
        return new Op.Slice(starts, sizes, steps);
    }

    @Test
    void arrangements() {
        gives(Dims.of(2, 9, 7, 9), new Op.Concat(1), PICTURE, Dims.of(2, 1, 7, 9), PICTURE);
        gives(Dims.of(8, 63), new Op.Reshape(Dims.of(8, 63)), PICTURE);
        gives(Dims.of(2, 7, 9, 4), new Op.Transpose(List.of(0, 2, 3, 1)), PICTURE);
        gives(Dims.of(2, 4, 10, 9), pad(List.of(0, 0, 1, 0), List.of(0, 0, 2, 0), Op.Pad.Mode.EDGE),
                PICTURE);
        gives(Dims.of(7), pad(List.of(2), List.of(2), Op.Pad.Mode.REFLECT), Dims.of(3));
        gives(Dims.of(1, 4, 3, 9),
                slice(List.of(1, 0, 5, 8), List.of(1, 4, 3, 9), List.of(1, 1, -2, -1)), PICTURE);
        gives(Dims.of(2, 4, 14, 5), resize(14, 5, 2, 0.5f), PICTURE);
        gives(Dims.of(3), new Op.Constant(NdArray.zeros(Dims.of(3))));
    }

    private static Op.Resize resize(int height, int width, float scaleHeight, float scaleWidth) {
        return new Op.Resize(Op.Resize.Interpolation.LINEAR, Op.Resize.Coordinates.HALF_PIXEL,
                Op.Resize.Rounding.FLOOR, height, width, scaleHeight, scaleWidth);
    }

    @TestFactory
    List<DynamicTest> arrangementsRefuse() {
        List<Integer> zero = List.of(0);
        List<Integer> one = List.of(1);
        return List.of(refused("dimension is -1; it must be at least 0", () -> new Op.Concat(-1)),
                refused("dimension is 2; array [3, 4] has only 2", new Op.Concat(2), Dims.of(3, 4)),
                refused("arrays [3, 4] and [4, 4] can't be joined along dimension 1: the others must be equal",
                        new Op.Concat(1), Dims.of(3, 4), Dims.of(4, 4)),
                refused("arrays [3, 4] and [3] can't be joined along dimension 0: the others must be equal",
                        new Op.Concat(0), Dims.of(3, 4), Dims.of(3)),
                refused("array [2, 4, 7, 9] has 504 elements; as [5, 9] it would have 45",
                        new Op.Reshape(Dims.of(5, 9)), PICTURE),
                refused("order is [0, 2]; it must name each dimension once, from 0",
                        () -> new Op.Transpose(List.of(0, 2))),
                refused("order is [1, 0]; array [2, 4, 7, 9] has 4 dimensions",
                        new Op.Transpose(List.of(1, 0)), PICTURE),
                refused("padding is [0] before and [0, 1] after; both must give a number from 0 for each dimension",
                        () -> pad(zero, List.of(0, 1), Op.Pad.Mode.EDGE)),
                refused("padding is [-1] before and [0] after; both must give a number from 0 for each dimension",
                        () -> pad(List.of(-1), zero, Op.Pad.Mode.EDGE)),
                refused("padding is given for 1 dimension; array [2, 4, 7, 9] has 4",
                        pad(zero, zero, Op.Pad.Mode.EDGE), PICTURE),
                refused("dimension 0 of [3] can't be mirrored 3 and 0 wide; its size is 3",
                        pad(List.of(3), zero, Op.Pad.Mode.REFLECT), Dims.of(3)),
                refused("slice starts at [0], has [1], steps [0]; each must give a number for each dimension, and no step 0",
                        () -> slice(zero, one, zero)),
                refused("slice starts at [0], has [1, 1], steps [1]; each must give a number for each dimension, and no step 0",
                        () -> slice(zero, List.of(1, 1), one)),
                refused("slice has 1 dimension; array [2, 4, 7, 9] has 4", slice(zero, one, one),
                        PICTURE),
                refused("slice goes from 1 to 5 along dimension 0; array [5] has 5 there",
                        slice(one, List.of(3), List.of(2)), Dims.of(5)),
                refused("slice goes from 1 to -1 along dimension 0; array [5] has 5 there",
                        slice(one, List.of(3), List.of(-1)), Dims.of(5)),
                refused("slice goes from 5 to 5 along dimension 0; array [5] has 5 there",
                        slice(List.of(5), one, one), Dims.of(5)),
                refused("height is 0; it must be at least 1", () -> resize(0, 1, 1, 1)),
                refused("width is 0; it must be at least 1", () -> resize(1, 0, 1, 1)),
                refused("scale is 0.0 by 1.0; both must be above 0 and finite",
                        () -> resize(1, 1, 0, 1)),
                refused("scale is 1.0 by Infinity; both must be above 0 and finite",
                        () -> resize(1, 1, 1, Float.POSITIVE_INFINITY)));
    }

    @TestFactory
    List<DynamicTest> sizesRefuse() {
        return List.of(
                refused("dimension 1 of [2, 0] is 0; it must be at least 1", () -> Dims.of(2, 0)),
                refused("array [65536, 65536] is too large; one tensor may have at most 2147483583 elements",
                        () -> Dims.of(65536, 65536)),
                refused("array [2, 3] has 2 dimensions; a picture has 4: N, C, H, W",
                        () -> Dims.of(2, 3).toShape()),
                refused("data has 5 floats; array [2, 3] needs 6",
                        () -> NdArray.of(Dims.of(2, 3), new float[5])));
    }

    @Test
    void sizes() {
        assertEquals(504, PICTURE.elements());
        assertEquals(1, Dims.of().elements());
        assertEquals(28, PICTURE.product(1, 3));
        assertEquals("[252, 63, 9, 1]", Arrays.toString(PICTURE.strides()));
        assertEquals(Dims.of(2, 5, 7, 9), PICTURE.with(1, 5));
        assertEquals("[2, 4, 7, 9]", PICTURE.toString());
        Tensor nhwc = Tensor.of(Shape.of(2, 1, 3), Layout.NHWC, 1, 2, 3, 4, 5, 6);
        assertEquals("[1.0, 3.0, 5.0, 2.0, 4.0, 6.0]", Arrays.toString(NdArray.of(nhwc).data()));
        assertEquals(5, NdArray.of(nhwc).toTensor().get(0, 0, 0, 2));
    }
}
