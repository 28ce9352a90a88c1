package dev.sepconv;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

// Over 400 lines, since it lists every operation with its shapes, its rules and its source, and a
// sealed interface has its records in one file.
/**
 * What a {@link Node} of a {@link Network} computes: one array from some others. Arrays of four
 * dimensions are N, C, H, W whatever the order an engine keeps them in. The names and the meaning
 * are ONNX's unless said otherwise.
 */
public sealed interface Op {

    /** How many arrays it reads; -1 for any number from 1. */
    default int arity() {
        return 1;
    }

    /**
     * The sizes of the result.
     *
     * @param inputs as many as {@link #arity()} says
     * @throws IllegalArgumentException if it can't take arrays of these sizes
     */
    Dims outputDims(List<Dims> inputs);

    /** Numbers that are learned: weights and biases. */
    default long parameters() {
        return 0;
    }

    /** A word for tables: {@code conv}, {@code add}, {@code max-pool}. */
    String label();

    /**
     * A layer with its weights: one convolution, or several that feed one another; channels may be
     * shuffled before each. {@link Layer#withWeights} makes one.
     *
     * @param weights one for each of {@code layer.stages()}
     */
    record Convolve(Layer layer, List<ConvWeights> weights) implements Op {

        /**
         * @throws IllegalArgumentException if there is not one for each stage, or one is not of its
         * stage's size
         */
        public Convolve {
            List<Conv2d> stages = layer.stages();
            if (weights.size() != stages.size()) {
                throw new IllegalArgumentException("weights are given for %s; this layer has %d"
                        .formatted(Checks.count(weights.size(), "convolution"), stages.size()));
            }
            for (int i = 0; i < stages.size(); i++) {
                Conv2d stage = stages.get(i);
                try {
                    Objects.requireNonNull(weights.get(i), "weights").requireFor(stage);
                } catch (IllegalArgumentException e) {
                    throw stages.size() == 1
                            ? e
                            : new IllegalArgumentException(
                                    "weights of stage %d of %d, %s: %s".formatted(i + 1,
                                            stages.size(), stage.inWords(), e.getMessage()),
                                    e);
                }
            }
            weights = List.copyOf(weights);
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            return Dims.of(layer.outputShape(inputs.getFirst().toShape()));
        }

        @Override
        public long parameters() {
            return weights.stream()
                    .mapToLong(w -> w.weight().length + (w.bias() == null ? 0L : w.bias().length))
                    .sum();
        }

        @Override
        public String label() {
            return switch (layer) {
                case SeparableConv2d separable -> "separable";
                case GroupedSeparableConv2d grouped -> "grouped-separable";
                case ConvStack stack -> "conv-stack";
                case Conv2d conv -> conv.isDepthwise() && conv.groups() > 1
                        ? "depthwise"
                        : conv.groups() > 1 ? "grouped" : conv.isPointwise() ? "pointwise" : "conv";
            };
        }
    }

    /**
     * Transposed convolution (ONNX, ConvTranspose; PyTorch, ConvTranspose2d): each input pixel adds
     * its multiple of the kernel to the output, strides apart.
     *
     * @param kernel {@code inChannels}, {@code outChannels}, kernel, strides, dilations, groups,
     * bias and activation; its explicit padding is cut off the output
     * @param outputPaddingHeight rows added at the bottom of the output, below the stride or the
     * dilation
     * @param outputPaddingWidth columns added at the right
     * @param weight {@code [C, K/G, R, S]}: input channels first, as ONNX and PyTorch have it
     * @param bias {@code [K]}, or null
     */
    record ConvolveTransposed(Conv2d kernel, int outputPaddingHeight, int outputPaddingWidth,
            float[] weight, float[] bias) implements Op {
        @Override
        public String toString() {
            return "ConvolveTransposed[kernel=%s, outputPadding=%dx%d, bias=%s]".formatted(kernel,
                    outputPaddingHeight, outputPaddingWidth, bias == null ? "none" : "yes");
        }

        public ConvolveTransposed {
            Checks.atLeast("output padding height", outputPaddingHeight, 0);
            Checks.atLeast("output padding width", outputPaddingWidth, 0);
            if (!(kernel.padding() instanceof Padding.Explicit)) {
                throw new IllegalArgumentException(
                        "padding of a transposed convolution is %s; it must be given as numbers"
                                .formatted(kernel.padding()));
            }
            new ConvWeights(weight, bias).requireFor(kernel); // the same count, in another order
        }

        /**
         * Whether no two input pixels write to the same output pixel, and every output pixel gets
         * one: blocks side by side.
         */
        public boolean isBlocks() {
            return kernel.groups() == 1 && kernel.kernelHeight() == kernel.strideHeight()
                    && kernel.kernelWidth() == kernel.strideWidth() && kernel.dilationHeight() == 1
                    && kernel.dilationWidth() == 1 && kernel.padding().equals(Padding.VALID)
                    && outputPaddingHeight == 0 && outputPaddingWidth == 0;
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Shape in = inputs.getFirst().toShape();
            if (in.c() != kernel.inChannels()) {
                throw new IllegalArgumentException(
                        "input %s has %s; the transposed convolution takes %d".formatted(in,
                                Checks.count(in.c(), "channel"), kernel.inChannels()));
            }
            Padding.Explicit pad = (Padding.Explicit) kernel.padding();
            return Dims.of(in.n(), kernel.outChannels(),
                    size("height", in.h(), kernel.strideHeight(), kernel.kernelHeight(),
                            kernel.dilationHeight(), pad.top() + pad.bottom(), outputPaddingHeight),
                    size("width", in.w(), kernel.strideWidth(), kernel.kernelWidth(),
                            kernel.dilationWidth(), pad.left() + pad.right(), outputPaddingWidth));
        }

        private static int size(String what, int in, int stride, int kernel, int dilation, int pad,
                int outputPadding) {
            long size = (in - 1L) * stride + (kernel - 1L) * dilation + 1 - pad + outputPadding;
            if (size < 1 || size > Shape.MAX_ELEMENTS) {
                throw new IllegalArgumentException(
                        "output %s of a transposed convolution would be %d; it must be from 1 to %d"
                                .formatted(what, size, Shape.MAX_ELEMENTS));
            }
            return (int) size;
        }

        @Override
        public long parameters() {
            return weight.length + (bias == null ? 0L : bias.length);
        }

        @Override
        public String label() {
            return "conv-transposed";
        }
    }

    /**
     * {@code x * scale[c] + shift[c]} for channel c (dimension 1): batch normalisation at
     * inference, with {@code scale = gamma / sqrt(variance + epsilon)} and
     * {@code shift = beta - mean * scale}; a multiplication or addition by one number a channel.
     */
    record ScaleShift(float[] scale, float[] shift) implements Op {
        @Override
        public String toString() {
            return "ScaleShift of " + Checks.count(scale.length, "channel");
        }

        public ScaleShift {
            if (scale.length != shift.length || scale.length == 0) {
                throw new IllegalArgumentException(
                        "scale has %s and shift %d; they must have as many, at least 1"
                                .formatted(Checks.count(scale.length, "number"), shift.length));
            }
        }

        /** Batch normalisation with what was learned; computed in float64. */
        public static ScaleShift batchNormalization(float[] gamma, float[] beta, float[] mean,
                float[] variance, float epsilon) {
            if (beta.length != gamma.length || mean.length != gamma.length
                    || variance.length != gamma.length) {
                throw new IllegalArgumentException(
                        "batch normalisation has %s, %d biases, %s and %s; they must be as many"
                                .formatted(Checks.count(gamma.length, "scale"), beta.length,
                                        Checks.count(mean.length, "mean"),
                                        Checks.count(variance.length, "variance")));
            }
            float[] scale = new float[gamma.length];
            float[] shift = new float[gamma.length];
            for (int c = 0; c < scale.length; c++) {
                double factor = gamma[c] / Math.sqrt((double) variance[c] + epsilon);
                scale[c] = (float) factor;
                shift[c] = (float) (beta[c] - mean[c] * factor);
            }
            return new ScaleShift(scale, shift);
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            if (in.rank() < 2 || in.get(1) != scale.length) {
                throw new IllegalArgumentException(
                        "array %s can't be scaled by %s; its dimension 1 must be as many"
                                .formatted(in, Checks.count(scale.length, "channel")));
            }
            return in;
        }

        @Override
        public long parameters() {
            return scale.length + (long) shift.length;
        }

        @Override
        public String label() {
            return "scale-shift";
        }
    }

    /**
     * A function of each number by itself.
     *
     * @param function which
     * @param a its first parameter; 0 where it has none
     * @param b its second parameter; 0 where it has none
     */
    record Elementwise(Function function, float a, float b) implements Op {

        /** The functions. */
        public enum Function {
            /** max(x, 0) */
            RELU,
            /** min(max(x, a), b); where a is above b that is b, as ONNX has it */
            CLIP,
            /** x where x is at least 0, else a * x */
            LEAKY_RELU,
            /** 1 / (1 + exp(-x)) */
            SIGMOID,
            /** min(max(a * x + b, 0), 1) */
            HARD_SIGMOID,
            /** x * min(max(x + 3, 0), 6) / 6 */
            HARD_SWISH,
            /** hyperbolic tangent */
            TANH,
            /** e to the x */
            EXP,
            /** square root */
            SQRT,
            /** |x| */
            ABS,
            /** -x */
            NEGATE,
            /** the greatest whole number that isn't above x */
            FLOOR,
            /** the least whole number that isn't below x */
            CEIL,
            /** the nearest whole number; of two as near, the even one */
            ROUND,
            /** -1, 0 or 1 */
            SIGN,
            /** 1 / x */
            RECIPROCAL,
            /** natural logarithm */
            LOG,
            /** sine of radians */
            SIN,
            /** cosine of radians */
            COS,
            /** arc tangent, in radians from -pi / 2 to pi / 2 */
            ATAN,
            /** x to the a */
            POWER,
            /** x where x is above 0, else a * (exp(x) - 1) */
            ELU,
            /** x where x is above 0, else a * (exp(x / a) - 1) */
            CELU,
            /** log(1 + exp(x)) */
            SOFTPLUS,
            /** x / (1 + |x|) */
            SOFTSIGN,
            /** x * tanh(log(1 + exp(x))) */
            MISH,
            /** the Gauss error function */
            ERF,
            /** x * (1 + erf(x / sqrt(2))) / 2 */
            GELU,
            /** x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2 */
            GELU_TANH,
            /** x / (1 + exp(-x)) */
            SILU,
            /** x where x is above a, else 0 */
            THRESHOLDED_RELU,
            /** b + the whole number nearest to x / a in float32; of two as near, the even one */
            QUANTIZE,
            /** (x - b) * a */
            DEQUANTIZE
        }

        public Elementwise {
            if (function == Function.CLIP && a > b) {
                a = b; // so that no engine can order the two comparisons its own way
            }
        }

        /** A function without parameters. */
        public static Elementwise of(Function function) {
            return new Elementwise(function, 0, 0);
        }

        /** The same function as a convolution's activation. */
        public static Elementwise of(Activation activation) {
            return switch (activation.kind()) {
                case NONE -> throw new IllegalArgumentException(
                        "activation is none; an element-wise operation must do something");
                case RELU -> of(Function.RELU);
                case RELU6 -> new Elementwise(Function.CLIP, 0, 6);
                case LEAKY_RELU -> new Elementwise(Function.LEAKY_RELU, activation.slope(), 0);
                case HARD_SWISH -> of(Function.HARD_SWISH);
                case SIGMOID -> of(Function.SIGMOID);
                case SILU -> of(Function.SILU);
                case GELU -> of(Function.GELU);
                case GELU_TANH -> of(Function.GELU_TANH);
                case TANH -> of(Function.TANH);
                case HARD_SIGMOID -> new Elementwise(Function.HARD_SIGMOID, 1 / 6f, 0.5f);
                case MISH -> of(Function.MISH);
            };
        }

        /** The convolution's activation that does the same; none where there is no such. */
        public Optional<Activation> activation() {
            return Optional.ofNullable(switch (function) {
                case RELU -> Activation.RELU;
                case CLIP -> a != 0
                        ? null
                        : b == 6 ? Activation.RELU6 : b >= Float.MAX_VALUE ? Activation.RELU : null;
                case LEAKY_RELU -> Float.isFinite(a) ? Activation.leakyRelu(a) : null;
                case SIGMOID -> Activation.SIGMOID;
                case HARD_SIGMOID ->
                    Math.abs(a - 1 / 6f) <= 2e-7f && b == 0.5f ? Activation.HARD_SIGMOID : null;
                case HARD_SWISH -> Activation.HARD_SWISH;
                case SILU -> Activation.SILU;
                case GELU -> Activation.GELU;
                case GELU_TANH -> Activation.GELU_TANH;
                case TANH -> Activation.TANH;
                case MISH -> Activation.MISH;
                default -> null;
            });
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            return inputs.getFirst();
        }

        @Override
        public String label() {
            return function.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * x where x is at least 0, else {@code slopes[c] * x}.
     *
     * @param slopes one for each channel (dimension 1)
     */
    record PRelu(float[] slopes) implements Op {
        @Override
        public String toString() {
            return "PRelu of " + Checks.count(slopes.length, "slope");
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            if (in.rank() < 2 || in.get(1) != slopes.length) {
                throw new IllegalArgumentException(
                        "array %s can't take %s; its dimension 1 must be as many".formatted(in,
                                Checks.count(slopes.length, "slope")));
            }
            return in;
        }

        @Override
        public long parameters() {
            return slopes.length;
        }

        @Override
        public String label() {
            return "prelu";
        }
    }

    /**
     * Two arrays, number by number; a dimension of 1, or one that is missing in front, is repeated
     * to the other's size.
     */
    record Binary(Kind kind) implements Op {

        /** What is done with two numbers. */
        public enum Kind {
            ADD,
            SUB,
            MUL,
            DIV,
            /** The greater one; NaN if one is. */
            MAX,
            /** The less one; NaN if one is. */
            MIN,
            /** The first where the second isn't 0, else 0: even of infinities and NaN. */
            MASK,
            /** 1 where both are equal, else 0; a NaN equals nothing. */
            EQUAL,
            /** 1 where the first is greater, else 0; also where one is NaN. */
            GREATER,
            /** 1 where the first is greater or equal, else 0; also where one is NaN. */
            GREATER_OR_EQUAL
        }

        @Override
        public int arity() {
            return 2;
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            return broadcast(inputs.get(0), inputs.get(1));
        }

        /**
         * The sizes that two arrays are both repeated to (NumPy's rule, ONNX's "multidirectional
         * broadcasting").
         */
        public static Dims broadcast(Dims a, Dims b) {
            int rank = Math.max(a.rank(), b.rank());
            int[] sizes = new int[rank];
            for (int i = 0; i < rank; i++) {
                int x = i < rank - a.rank() ? 1 : a.get(i - rank + a.rank());
                int y = i < rank - b.rank() ? 1 : b.get(i - rank + b.rank());
                if (x != y && x != 1 && y != 1) {
                    throw new IllegalArgumentException(
                            "arrays %s and %s don't go together: sizes %d and %d differ and none is 1"
                                    .formatted(a, b, x, y));
                }
                sizes[i] = Math.max(x, y);
            }
            return Dims.of(sizes);
        }

        @Override
        public String label() {
            return kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /** Numbers that are known when the network is made. */
    record Constant(NdArray value) implements Op {

        @Override
        public int arity() {
            return 0;
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            return value.dims();
        }

        @Override
        public long parameters() {
            return value.data().length;
        }

        @Override
        public String label() {
            return "constant";
        }
    }

    /**
     * The greatest number or the mean of each window.
     *
     * @param kind which
     * @param padding cells round the input; they are never the greatest
     * @param ceil whether a last window that leaves the padded input counts, if it starts inside
     * the input or the padding before it
     * @param countPadding whether a mean divides by the cells of padding too
     */
    record Pool(Kind kind, int kernelHeight, int kernelWidth, int strideHeight, int strideWidth,
            int dilationHeight, int dilationWidth, Padding.Explicit padding, boolean ceil,
            boolean countPadding) implements Op {

        /** What is taken of a window. */
        public enum Kind {
            MAX,
            AVERAGE
        }

        public Pool {
            Objects.requireNonNull(kind, "kind");
            Checks.atLeast("window height", kernelHeight, 1);
            Checks.atLeast("window width", kernelWidth, 1);
            Checks.atLeast("stride height", strideHeight, 1);
            Checks.atLeast("stride width", strideWidth, 1);
            Checks.atLeast("dilation height", dilationHeight, 1);
            Checks.atLeast("dilation width", dilationWidth, 1);
            long height = (kernelHeight - 1L) * dilationHeight + 1;
            long width = (kernelWidth - 1L) * dilationWidth + 1;
            if (Math.max(padding.top(), padding.bottom()) >= height
                    || Math.max(padding.left(), padding.right()) >= width) {
                throw new IllegalArgumentException(
                        "padding is %s; each side must be smaller than the window of %dx%d"
                                .formatted(padding, height, width));
            }
        }

        /** A square window without dilation, rounding down, padding not counted. */
        public static Pool of(Kind kind, int kernel, int stride, Padding.Explicit padding) {
            return new Pool(kind, kernel, kernel, stride, stride, 1, 1, padding, false, false);
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Shape in = inputs.getFirst().toShape();
            return Dims.of(in.n(), in.c(),
                    size("height", in.h(), padding.top(), padding.bottom(), kernelHeight,
                            strideHeight, dilationHeight),
                    size("width", in.w(), padding.left(), padding.right(), kernelWidth, strideWidth,
                            dilationWidth));
        }

        private int size(String what, int in, int before, int after, int kernel, int stride,
                int dilation) {
            long extent = (kernel - 1L) * dilation + 1;
            long room = (long) in + before + after - extent;
            if (room < 0) {
                throw new IllegalArgumentException(
                        "window %s %d with dilation %d spans %d; the padded input has only %d"
                                .formatted(what, kernel, dilation, extent,
                                        (long) in + before + after));
            }
            long size = (ceil ? Math.ceilDiv(room, stride) : room / stride) + 1;
            if (ceil && (size - 1) * stride >= (long) in + before) {
                // PyTorch, ONNX: a window that would start in the padding after the input is left
                // out
                size--;
            }
            return Math.toIntExact(size);
        }

        @Override
        public String label() {
            return kind == Kind.MAX ? "max-pool" : "average-pool";
        }
    }

    /**
     * One number for all along some dimensions. Over H and W: global pooling.
     *
     * @param kind which
     * @param dimensions over which ones, from 0, ascending
     * @param keep whether these stay, with size 1
     */
    record Reduce(Kind kind, List<Integer> dimensions, boolean keep) implements Op {

        /** What is taken. */
        public enum Kind {
            MEAN,
            MAX,
            SUM
        }

        public Reduce {
            dimensions = List.copyOf(dimensions);
            if (dimensions.isEmpty()
                    || !dimensions.equals(dimensions.stream().distinct().sorted().toList())
                    || dimensions.getFirst() < 0) {
                throw new IllegalArgumentException(
                        "dimensions is %s; it must name some, from 0, ascending"
                                .formatted(dimensions));
            }
        }

        /** The mean of each channel's plane. */
        public static Reduce globalAveragePool() {
            return new Reduce(Kind.MEAN, List.of(2, 3), true);
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            if (dimensions.getLast() >= in.rank()) {
                throw new IllegalArgumentException("dimensions is %s; array %s has only %d"
                        .formatted(dimensions, in, in.rank()));
            }
            List<Integer> sizes = new ArrayList<>();
            for (int i = 0; i < in.rank(); i++) {
                if (!dimensions.contains(i)) {
                    sizes.add(in.get(i));
                } else if (keep) {
                    sizes.add(1);
                }
            }
            return new Dims(sizes);
        }

        @Override
        public String label() {
            return "reduce-" + kind.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * {@code y = x * transpose(weight) + bias} over the last dimension: a fully connected layer.
     *
     * @param outputs how many numbers come out
     * @param weight {@code [outputs, inputs]}
     * @param bias {@code [outputs]}, or null
     * @param activation what is done after the bias
     */
    record FullyConnected(int outputs, float[] weight, float[] bias,
            Activation activation) implements Op {
        @Override
        public String toString() {
            return "FullyConnected[inputs=%d, outputs=%d, bias=%s, activation=%s]".formatted(
                    weight.length / outputs, outputs, bias == null ? "none" : "yes", activation);
        }

        public FullyConnected {
            Checks.atLeast("outputs", outputs, 1);
            if (weight.length == 0 || weight.length % outputs != 0) {
                throw new IllegalArgumentException("weight has %s; it must be a multiple of the %s"
                        .formatted(Checks.count(weight.length, "number"),
                                Checks.count(outputs, "output")));
            }
            if (bias != null && bias.length != outputs) {
                throw new IllegalArgumentException("bias has %s; %s need as many".formatted(
                        Checks.count(bias.length, "number"), Checks.count(outputs, "output")));
            }
            Objects.requireNonNull(activation, "activation");
        }

        public int inputs() {
            return weight.length / outputs;
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            if (in.rank() < 1 || in.get(in.rank() - 1) != inputs()) {
                throw new IllegalArgumentException(
                        "array %s can't go in; its last dimension must be %d".formatted(in,
                                inputs()));
            }
            return in.with(in.rank() - 1, outputs);
        }

        @Override
        public long parameters() {
            return weight.length + (bias == null ? 0L : bias.length);
        }

        @Override
        public String label() {
            return "fully-connected";
        }
    }

    /**
     * The matrix product of two arrays over their last two dimensions; the ones before are repeated
     * as {@link Binary}'s are.
     */
    record MatrixProduct() implements Op {

        @Override
        public int arity() {
            return 2;
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims a = inputs.get(0);
            Dims b = inputs.get(1);
            if (a.rank() < 2 || b.rank() < 2 || a.get(a.rank() - 1) != b.get(b.rank() - 2)) {
                throw new IllegalArgumentException(
                        "arrays %s and %s can't be multiplied: the first's rows and the second's columns must be of one length"
                                .formatted(a, b));
            }
            List<Integer> sizes = new ArrayList<>(
                    Binary.broadcast(new Dims(a.sizes().subList(0, a.rank() - 2)),
                            new Dims(b.sizes().subList(0, b.rank() - 2))).sizes());
            sizes.add(a.get(a.rank() - 2));
            sizes.add(b.get(b.rank() - 1));
            return new Dims(sizes);
        }

        @Override
        public String label() {
            return "matrix-product";
        }
    }

    /**
     * Numbers that lie together brought to mean 0 and variance 1:
     * {@code (x - mean) / sqrt(variance + epsilon)} over the dimensions from one on, each place of
     * those before it by itself. Layer, instance and group normalisation are this, then a scale and
     * a shift.
     *
     * @param dimension the first one that is normalised over, from 0
     * @param epsilon at least 0
     * @param centered whether the mean is taken off; else {@code x / sqrt(mean(x^2) + epsilon)},
     * the root-mean-square normalisation
     */
    record Normalize(int dimension, float epsilon, boolean centered) implements Op {

        public Normalize {
            Checks.atLeast("dimension", dimension, 0);
            if (!(epsilon >= 0)) {
                throw new IllegalArgumentException(
                        "epsilon is %s; it must be at least 0".formatted(epsilon));
            }
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            inDims("dimension", dimension, inputs.getFirst());
            return inputs.getFirst();
        }

        @Override
        public String label() {
            return "normalize";
        }
    }

    /**
     * {@code exp(x) / sum(exp(x))} along one dimension.
     *
     * @param dimension from 0
     */
    record Softmax(int dimension) implements Op {

        public Softmax {
            Checks.atLeast("dimension", dimension, 0);
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            inDims("dimension", dimension, inputs.getFirst());
            return inputs.getFirst();
        }

        @Override
        public String label() {
            return "softmax";
        }
    }

    /**
     * The greatest or least numbers along one dimension, in order. Of equal ones the first comes
     * first; NaN counts as infinity.
     *
     * @param dimension from 0
     * @param count how many, which is the dimension's size in the result
     * @param largest the greatest, in falling order; else the least, in rising order
     * @param indices where they stand along the dimension, from 0, instead of the numbers
     */
    record TopK(int dimension, int count, boolean largest, boolean indices) implements Op {

        public TopK {
            Checks.atLeast("dimension", dimension, 0);
            Checks.atLeast("count", count, 1);
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            inDims("dimension", dimension, in);
            if (count > in.get(dimension)) {
                throw new IllegalArgumentException("count is %d; dimension %d of %s has only %d"
                        .formatted(count, dimension, in, in.get(dimension)));
            }
            return in.with(dimension, count);
        }

        @Override
        public String label() {
            return "top-k";
        }
    }

    /**
     * Arrays one after the other along one dimension.
     *
     * @param dimension from 0
     */
    record Concat(int dimension) implements Op {

        public Concat {
            Checks.atLeast("dimension", dimension, 0);
        }

        @Override
        public int arity() {
            return -1;
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims first = inputs.getFirst();
            inDims("dimension", dimension, first);
            long size = 0;
            for (Dims each : inputs) {
                if (each.rank() != first.rank()
                        || !each.with(dimension, 1).equals(first.with(dimension, 1))) {
                    throw new IllegalArgumentException(
                            "arrays %s and %s can't be joined along dimension %d: the others must be equal"
                                    .formatted(first, each, dimension));
                }
                size += each.get(dimension);
            }
            return first.with(dimension, Math.toIntExact(size));
        }

        @Override
        public String label() {
            return "concat";
        }
    }

    /**
     * The same numbers in row-major order under other sizes. Flatten, squeeze and unsqueeze are
     * this.
     */
    record Reshape(Dims dims) implements Op {

        @Override
        public Dims outputDims(List<Dims> inputs) {
            if (inputs.getFirst().elements() != dims.elements()) {
                throw new IllegalArgumentException(
                        "array %s has %s; as %s it would have %d".formatted(inputs.getFirst(),
                                Checks.count(inputs.getFirst().elements(), "element"), dims,
                                dims.elements()));
            }
            return dims;
        }

        @Override
        public String label() {
            return "reshape";
        }
    }

    /**
     * The dimensions in another order.
     *
     * @param order for each dimension of the result the one of the input
     */
    record Transpose(List<Integer> order) implements Op {

        public Transpose {
            order = List.copyOf(order);
            if (!order.stream().sorted().toList()
                    .equals(IntStream.range(0, order.size()).boxed().toList())) {
                throw new IllegalArgumentException(
                        "order is %s; it must name each dimension once, from 0".formatted(order));
            }
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            if (in.rank() != order.size()) {
                throw new IllegalArgumentException("order is %s; array %s has %s".formatted(order,
                        in, Checks.count(in.rank(), "dimension")));
            }
            return new Dims(order.stream().map(in::get).toList());
        }

        @Override
        public String label() {
            return "transpose";
        }
    }

    /**
     * Cells round an array.
     *
     * @param before how many before the first along each dimension, at least 0
     * @param after how many after the last
     * @param mode what they hold
     * @param value for {@link Mode#CONSTANT}; 0 for the others
     */
    record Pad(List<Integer> before, List<Integer> after, Mode mode, float value) implements Op {

        /** What the cells hold. */
        public enum Mode {
            /** a given number */
            CONSTANT,
            /** the nearest number of the array */
            EDGE,
            /** the array mirrored at its first and last number, which are not repeated */
            REFLECT
        }

        public Pad {
            before = List.copyOf(before);
            after = List.copyOf(after);
            Objects.requireNonNull(mode, "mode");
            if (before.size() != after.size() || IntStream
                    .concat(before.stream().mapToInt(i -> i), after.stream().mapToInt(i -> i))
                    .anyMatch(i -> i < 0)) {
                throw new IllegalArgumentException(
                        "padding is %s before and %s after; both must give a number from 0 for each dimension"
                                .formatted(before, after));
            }
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            if (in.rank() != before.size()) {
                throw new IllegalArgumentException("padding is given for %s; array %s has %d"
                        .formatted(Checks.count(before.size(), "dimension"), in, in.rank()));
            }
            int[] sizes = new int[in.rank()];
            for (int i = 0; i < sizes.length; i++) {
                if (mode == Mode.REFLECT && Math.max(before.get(i), after.get(i)) >= in.get(i)) {
                    throw new IllegalArgumentException(
                            "dimension %d of %s can't be mirrored %d and %d wide; its size is %d"
                                    .formatted(i, in, before.get(i), after.get(i), in.get(i)));
                }
                sizes[i] = Math.toIntExact((long) in.get(i) + before.get(i) + after.get(i));
            }
            return Dims.of(sizes);
        }

        @Override
        public String label() {
            return "pad";
        }
    }

    /**
     * Some of the numbers: along dimension i those at {@code starts[i] + j * steps[i]} for j from 0
     * to {@code sizes[i] - 1}.
     *
     * @param steps not 0; below 0 it goes backwards
     */
    record Slice(List<Integer> starts, List<Integer> sizes, List<Integer> steps) implements Op {

        public Slice {
            starts = List.copyOf(starts);
            sizes = List.copyOf(sizes);
            steps = List.copyOf(steps);
            if (starts.size() != sizes.size() || steps.size() != sizes.size()
                    || steps.contains(0)) {
                throw new IllegalArgumentException(
                        "slice starts at %s, has %s, steps %s; each must give a number for each dimension, and no step 0"
                                .formatted(starts, sizes, steps));
            }
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Dims in = inputs.getFirst();
            if (in.rank() != sizes.size()) {
                throw new IllegalArgumentException("slice has %s; array %s has %d"
                        .formatted(Checks.count(sizes.size(), "dimension"), in, in.rank()));
            }
            for (int i = 0; i < in.rank(); i++) {
                long last = starts.get(i) + (sizes.get(i) - 1L) * steps.get(i);
                if (starts.get(i) < 0 || starts.get(i) >= in.get(i) || last < 0
                        || last >= in.get(i)) {
                    throw new IllegalArgumentException(
                            "slice goes from %d to %d along dimension %d; array %s has %d there"
                                    .formatted(starts.get(i), last, i, in, in.get(i)));
                }
            }
            return new Dims(sizes);
        }

        @Override
        public String label() {
            return "slice";
        }
    }

    /**
     * A picture of another size (ONNX, Resize).
     *
     * @param interpolation between pixels
     * @param coordinates where an output pixel lies in the input
     * @param rounding which pixel is the nearest
     * @param scaleHeight output rows for each input row; with {@code height} as given, not always
     * their quotient
     * @param scaleWidth output columns for each input column
     */
    record Resize(Interpolation interpolation, Coordinates coordinates, Rounding rounding,
            int height, int width, float scaleHeight, float scaleWidth) implements Op {

        /** How pixels between pixels are made. */
        public enum Interpolation {
            NEAREST,
            LINEAR
        }

        /**
         * Which x in the input belongs to pixel i of n in the output; all clamp to the picture.
         */
        public enum Coordinates {
            /** x = (i + 0.5) / scale - 0.5 */
            HALF_PIXEL,
            /** the same, but 0 where n is 1 */
            PYTORCH_HALF_PIXEL,
            /** x = i * (input - 1) / (n - 1), 0 where n is 1 */
            ALIGN_CORNERS,
            /** x = i / scale */
            ASYMMETRIC;

            /**
             * Where output row or column i lies in the input, before it is clamped. Where the scale
             * is the float nearest to out / in it stands for that ratio: what lies half-way between
             * two pixels must come out exactly there, and a division of whole numbers gives 6.5
             * where the rounded scale gives 6.5000005. Any other scale is taken as it is, in
             * float32, as ONNX's reference and ONNX Runtime do.
             */
            public double inInput(int i, int in, int out, float scale) {
                boolean ratio = scale == (float) out / in;
                double centred = ratio
                        ? ((2L * i + 1) * in - out) / (2.0 * out)
                        : (i + 0.5f) / scale - 0.5f;
                return switch (this) {
                    case HALF_PIXEL -> centred;
                    case PYTORCH_HALF_PIXEL -> out == 1 ? 0 : centred;
                    case ALIGN_CORNERS -> out == 1 ? 0 : (double) ((long) i * (in - 1)) / (out - 1);
                    case ASYMMETRIC -> ratio ? (double) ((long) i * in) / out : i / scale;
                };
            }
        }

        /** Which pixel is nearest to what lies between two. */
        public enum Rounding {
            /** the nearest, of two as near the lower */
            PREFER_FLOOR,
            /** the nearest, of two as near the higher */
            PREFER_CEIL,
            FLOOR,
            CEIL;

            /** The pixel for x, before it is clamped to the picture. */
            public double nearest(double x) {
                return switch (this) {
                    case PREFER_FLOOR -> Math.ceil(x - 0.5);
                    case PREFER_CEIL -> Math.floor(x + 0.5);
                    case FLOOR -> Math.floor(x);
                    case CEIL -> Math.ceil(x);
                };
            }
        }

        public Resize {
            Checks.atLeast("height", height, 1);
            Checks.atLeast("width", width, 1);
            if (!(scaleHeight > 0 && scaleWidth > 0 && Float.isFinite(scaleHeight)
                    && Float.isFinite(scaleWidth))) {
                throw new IllegalArgumentException(
                        "scale is %s by %s; both must be above 0 and finite".formatted(scaleHeight,
                                scaleWidth));
            }
        }

        /**
         * Of which input rows each output row is made, or the same for columns:
         * {@code (1 - weight) * first + weight * second}.
         *
         * @param first one index an output row
         * @param second the next one, or the same where only one counts
         * @param weight from 0 to 1; all 0 for {@link Interpolation#NEAREST}
         */
        public record Samples(int[] first, int[] second, float[] weight) {
            @Override
            public String toString() {
                return "Samples of " + Checks.count(first.length, "pixel");
            }
        }

        /** What each of the {@link #height()} output rows is made of. */
        public Samples rows(int inHeight) {
            return samples(inHeight, height, scaleHeight);
        }

        /** What each of the {@link #width()} output columns is made of. */
        public Samples columns(int inWidth) {
            return samples(inWidth, width, scaleWidth);
        }

        private Samples samples(int in, int out, float scale) {
            Samples samples = new Samples(new int[out], new int[out], new float[out]);
            for (int i = 0; i < out; i++) {
                double x = coordinates.inInput(i, in, out, scale);
                if (interpolation == Interpolation.NEAREST) {
                    double nearest = rounding.nearest(x);
                    samples.first[i] = (int) Math.clamp(nearest, 0.0, in - 1.0);
                    samples.second[i] = samples.first[i];
                } else {
                    double inside = Math.clamp(x, 0.0, in - 1.0);
                    samples.first[i] = (int) inside;
                    samples.second[i] = Math.min(samples.first[i] + 1, in - 1);
                    samples.weight[i] = (float) (inside - samples.first[i]);
                }
            }
            return samples;
        }

        @Override
        public Dims outputDims(List<Dims> inputs) {
            Shape in = inputs.getFirst().toShape();
            return Dims.of(in.n(), in.c(), height, width);
        }

        @Override
        public String label() {
            return "resize";
        }
    }

    private static void inDims(String name, int dimension, Dims dims) {
        if (dimension >= dims.rank()) {
            throw new IllegalArgumentException(
                    "%s is %d; array %s has only %d".formatted(name, dimension, dims, dims.rank()));
        }
    }
}
