package dev.sepconv.reference;

import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

// Over 400 lines, since it has the definition of every operation once, and calls none of ours.
/**
 * A network in float64, node by node, each written from its operation's definition. It shares no
 * arithmetic with the kernels or the engines, so it can judge them. Slow, and exactly what
 * {@link Op} says.
 */
public final class NetworkReference {

    private NetworkReference() {
    }

    /**
     * Every array of a network.
     *
     * @param inputs an array of the right sizes for each of the network's inputs
     * @return the numbers of each array by its name, row-major: the inputs first, then in the
     *     nodes' order
     * @throws IllegalArgumentException if an input is missing, not known or of other sizes
     */
    public static Map<String, double[]> run(Network network, Map<String, NdArray> inputs) {
        Map<String, double[]> values = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> {
            NdArray given = inputs.get(name);
            if (given == null || !given.dims().equals(dims)) {
                throw new IllegalArgumentException(
                        "input '%s' is %s; network '%s' takes %s".formatted(name,
                                given == null ? "missing" : given.dims(), network.name(), dims));
            }
            values.put(name, widen(given.data()));
        });
        if (inputs.size() > values.size()) {
            throw new IllegalArgumentException("inputs are %s; network '%s' has only %s"
                    .formatted(inputs.keySet(), network.name(), values.keySet()));
        }
        for (Node node : network.nodes()) {
            values.put(node.output(),
                    run(node.op(), node.inputs().stream().map(network::dims).toList(),
                            node.inputs().stream().map(values::get).toList()));
        }
        return values;
    }

    /**
     * One operation.
     *
     * @param dims sizes of each array that it reads
     * @param inputs their numbers, row-major
     * @return its result's numbers, row-major; sizes as {@code op.outputDims(dims)} says
     * @throws IllegalArgumentException if it can't take arrays of these sizes
     */
    public static double[] run(Op op, List<Dims> dims, List<double[]> inputs) {
        Dims out = op.outputDims(dims);
        Dims in = dims.isEmpty() ? null : dims.getFirst();
        double[] x = inputs.isEmpty() ? null : inputs.getFirst();
        return switch (op) {
            case Op.Convolve convolve ->
                Reference.run(convolve.layer(), convolve.weights(), x, in.toShape());
            case Op.ConvolveTransposed transposed ->
                convolveTransposed(transposed, x, in.toShape(), out.toShape());
            case Op.ScaleShift affine -> fill(out, i -> {
                int c = i / in.product(2, in.rank()) % in.get(1);
                return x[i] * affine.scale()[c] + affine.shift()[c];
            });
            case Op.Elementwise each -> fill(out, i -> apply(each, x[i]));
            case Op.PRelu prelu -> fill(out,
                    i -> x[i] >= 0
                            ? x[i]
                            : x[i] * prelu.slopes()[i / in.product(2, in.rank()) % in.get(1)]);
            case Op.Binary binary -> binary(binary.kind(), dims, inputs, out);
            case Op.Constant constant -> widen(constant.value().data());
            case Op.Pool pool -> pool(pool, x, in.toShape(), out.toShape());
            case Op.Reduce reduce -> reduce(reduce, x, in, out);
            case Op.FullyConnected dense -> fill(out, i -> {
                int row = i / dense.outputs() * dense.inputs();
                int k = i % dense.outputs();
                double sum = 0;
                for (int c = 0; c < dense.inputs(); c++) {
                    sum += x[row + c] * dense.weight()[k * dense.inputs() + c];
                }
                return Reference.activate(dense.activation(),
                        dense.bias() == null ? sum : sum + dense.bias()[k]);
            });
            case Op.MatrixProduct product -> matrixProduct(dims, inputs, out);
            case Op.Normalize normalize -> normalize(normalize, x, in);
            case Op.Softmax softmax -> softmax(softmax.dimension(), x, in);
            case Op.TopK top -> topK(top, x, in, out);
            case Op.Concat concat -> concat(concat.dimension(), dims, inputs, out);
            case Op.Reshape reshape -> x.clone();
            case Op.Transpose transpose -> gather(out, x, in, (from, to) -> {
                for (int i = 0; i < to.length; i++) {
                    from[transpose.order().get(i)] = to[i];
                }
                return true;
            }, 0);
            case Op.Pad pad -> pad(pad, x, in, out);
            case Op.Slice slice -> gather(out, x, in, (from, to) -> {
                for (int i = 0; i < to.length; i++) {
                    from[i] = slice.starts().get(i) + to[i] * slice.steps().get(i);
                }
                return true;
            }, 0);
            case Op.Resize resize -> resize(resize, x, in.toShape(), out.toShape());
        };
    }

    static double[] widen(float[] data) {
        return fill(Dims.of(data.length), i -> data[i]);
    }

    private static double[] fill(Dims dims, IntToDoubleFunction number) {
        return IntStream.range(0, dims.elements()).parallel().mapToDouble(number).toArray();
    }

    /** Where a number of a result comes from; says false where it comes from nowhere. */
    private interface Source {
        boolean locate(int[] from, int[] to);
    }

    /**
     * Numbers of another array, each from the place that {@code source} says, or {@code otherwise}.
     */
    private static double[] gather(Dims out, double[] x, Dims in, Source source, double otherwise) {
        return fill(out, i -> {
            int[] from = new int[in.rank()];
            return source.locate(from, indices(i, out)) ? x[index(from, in)] : otherwise;
        });
    }

    /** Where in an array the i-th number of its row-major order stands. */
    private static int[] indices(int i, Dims dims) {
        int[] indices = new int[dims.rank()];
        for (int d = dims.rank() - 1, rest = i; d >= 0; d--) {
            indices[d] = rest % dims.get(d);
            rest /= dims.get(d);
        }
        return indices;
    }

    private static int index(int[] indices, Dims dims) {
        int index = 0;
        for (int d = 0; d < indices.length; d++) {
            index = index * dims.get(d) + indices[d];
        }
        return index;
    }

    /**
     * The number of a smaller array that is repeated to a place of a larger one: its missing
     * dimensions are in front.
     */
    private static int broadcast(int[] indices, Dims dims) {
        int index = 0;
        for (int d = 0; d < dims.rank(); d++) {
            int at = indices[indices.length - dims.rank() + d];
            index = index * dims.get(d) + (dims.get(d) == 1 ? 0 : at);
        }
        return index;
    }

    /** Output pixel by output pixel: which input pixels reach it, and through which tap. */
    private static double[] convolveTransposed(Op.ConvolveTransposed op, double[] x, Shape in,
            Shape out) {
        Conv2d kernel = op.kernel();
        Padding.Explicit pad = (Padding.Explicit) kernel.padding();
        int inPerGroup = kernel.inChannels() / kernel.groups();
        int outPerGroup = kernel.outChannels() / kernel.groups();
        return fill(Dims.of(out), i -> {
            int[] to = indices(i, Dims.of(out));
            int group = to[1] / outPerGroup;
            double sum = op.bias() == null ? 0 : op.bias()[to[1]];
            for (int r = 0; r < kernel.kernelHeight(); r++) {
                int h = to[2] + pad.top() - r * kernel.dilationHeight();
                if (h % kernel.strideHeight() != 0 || h < 0
                        || h / kernel.strideHeight() >= in.h()) {
                    continue;
                }
                for (int s = 0; s < kernel.kernelWidth(); s++) {
                    int w = to[3] + pad.left() - s * kernel.dilationWidth();
                    if (w % kernel.strideWidth() != 0 || w < 0
                            || w / kernel.strideWidth() >= in.w()) {
                        continue;
                    }
                    for (int c = group * inPerGroup; c < (group + 1) * inPerGroup; c++) {
                        int tap = ((c * outPerGroup + to[1] % outPerGroup) * kernel.kernelHeight()
                                + r) * kernel.kernelWidth() + s;
                        sum += op.weight()[tap]
                                * x[((to[0] * in.c() + c) * in.h() + h / kernel.strideHeight())
                                        * in.w() + w / kernel.strideWidth()];
                    }
                }
            }
            return Reference.activate(kernel.activation(), sum);
        });
    }

    private static double[] normalize(Op.Normalize op, double[] x, Dims in) {
        int length = in.product(op.dimension(), in.rank());
        double[] y = new double[x.length];
        for (int from = 0; from < x.length; from += length) {
            double mean = 0;
            for (int i = from; i < from + length && op.centered(); i++) {
                mean += x[i] / length;
            }
            double variance = 0;
            for (int i = from; i < from + length; i++) {
                variance += (x[i] - mean) * (x[i] - mean) / length;
            }
            for (int i = from; i < from + length; i++) {
                y[i] = (x[i] - mean) / Math.sqrt(variance + op.epsilon());
            }
        }
        return y;
    }

    static double apply(Op.Elementwise op, double x) {
        return switch (op.function()) {
            case RELU -> Math.max(x, 0);
            case CLIP -> Math.min(Math.max(x, op.a()), op.b());
            case LEAKY_RELU -> x >= 0 ? x : op.a() * x;
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case HARD_SIGMOID -> Math.min(Math.max(op.a() * x + op.b(), 0), 1);
            case HARD_SWISH -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
            case TANH -> Math.tanh(x);
            case EXP -> Math.exp(x);
            case SQRT -> Math.sqrt(x);
            case ABS -> Math.abs(x);
            case NEGATE -> -x;
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case SIGN -> Math.signum(x);
            case RECIPROCAL -> 1 / x;
            case LOG -> Math.log(x);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case ATAN -> Math.atan(x);
            case POWER -> Math.pow(x, op.a());
            case ELU -> x > 0 ? x : op.a() * Math.expm1(x);
            case CELU -> x > 0 ? x : op.a() * Math.expm1(x / op.a());
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case MISH -> x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
            case ERF -> 1 - erfc(x);
            case GELU -> x * erfc(-x / Math.sqrt(2)) / 2;
            case GELU_TANH ->
                x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
            case SILU -> x / (1 + Math.exp(-x));
            case THRESHOLDED_RELU -> x <= op.a() ? 0 : x;
            // rounded as the standard has it, so that what lies half way is the same everywhere
            case QUANTIZE -> Math.rint((float) x / op.a()) + op.b();
            case DEQUANTIZE -> (x - op.b()) * op.a();
        };
    }

    /**
     * {@code 1 - erf(x)}: the series of erf (Abramowitz and Stegun, 7.1.5) where it converges well,
     * else the continued fraction (7.1.14).
     */
    private static double erfc(double x) {
        if (Math.abs(x) < 2.5) {
            double term = x;
            double sum = x;
            for (int n = 1; n < 80; n++) {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 1 - 2 / Math.sqrt(Math.PI) * sum;
        }
        double size = Math.abs(x);
        double fraction = 0;
        for (int k = 120; k > 0; k--) {
            fraction = k / 2.0 / (size + fraction);
        }
        double tail = Math.exp(-x * x) / (Math.sqrt(Math.PI) * (size + fraction));
        return x > 0 ? tail : x < 0 ? 2 - tail : x;
    }

    private static double[] binary(Op.Binary.Kind kind, List<Dims> dims, List<double[]> inputs,
            Dims out) {
        return fill(out, i -> {
            int[] indices = indices(i, out);
            double a = inputs.get(0)[broadcast(indices, dims.get(0))];
            double b = inputs.get(1)[broadcast(indices, dims.get(1))];
            return switch (kind) {
                case ADD -> a + b;
                case SUB -> a - b;
                case MUL -> a * b;
                case DIV -> a / b;
                case MAX -> Math.max(a, b);
                case MIN -> Math.min(a, b);
                case MASK -> b == 0 ? 0 : a;
                case EQUAL -> a == b ? 1 : 0;
                case GREATER -> a > b ? 1 : 0;
                case GREATER_OR_EQUAL -> a >= b ? 1 : 0;
            };
        });
    }

    private static double[] pool(Op.Pool op, double[] x, Shape in, Shape out) {
        Padding.Explicit pad = op.padding();
        return fill(Dims.of(out), i -> {
            int[] to = indices(i, Dims.of(out));
            double sum = 0;
            double max = Double.NEGATIVE_INFINITY;
            int inside = 0;
            int padded = 0;
            for (int r = 0; r < op.kernelHeight(); r++) {
                for (int s = 0; s < op.kernelWidth(); s++) {
                    int h = to[2] * op.strideHeight() + r * op.dilationHeight() - pad.top();
                    int w = to[3] * op.strideWidth() + s * op.dilationWidth() - pad.left();
                    if (h < in.h() + pad.bottom() && w < in.w() + pad.right()) {
                        padded++;
                    }
                    if (h >= 0 && h < in.h() && w >= 0 && w < in.w()) {
                        double value = x[((to[0] * in.c() + to[1]) * in.h() + h) * in.w() + w];
                        sum += value;
                        max = Math.max(max, value);
                        inside++;
                    }
                }
            }
            return op.kind() == Op.Pool.Kind.MAX
                    ? max
                    : sum / (op.countPadding() ? padded : inside);
        });
    }

    private static double[] reduce(Op.Reduce op, double[] x, Dims in, Dims out) {
        double[] result = new double[out.elements()];
        if (op.kind() == Op.Reduce.Kind.MAX) {
            Arrays.fill(result, Double.NEGATIVE_INFINITY);
        }
        for (int i = 0; i < x.length; i++) {
            int[] indices = indices(i, in);
            int to = 0;
            for (int d = 0; d < in.rank(); d++) {
                if (!op.dimensions().contains(d)) {
                    to = to * in.get(d) + indices[d];
                }
            }
            result[to] = op.kind() == Op.Reduce.Kind.MAX
                    ? Math.max(result[to], x[i])
                    : result[to] + x[i];
        }
        if (op.kind() == Op.Reduce.Kind.MEAN) {
            for (int i = 0; i < result.length; i++) {
                result[i] /= x.length / result.length;
            }
        }
        return result;
    }

    private static double[] matrixProduct(List<Dims> dims, List<double[]> inputs, Dims out) {
        Dims a = dims.get(0);
        Dims b = dims.get(1);
        int common = a.get(a.rank() - 1);
        int columns = b.get(b.rank() - 1);
        return fill(out, i -> {
            int[] indices = indices(i, out);
            int row = indices[indices.length - 2];
            int column = indices[indices.length - 1];
            // The first number of the two matrices' row and column; their last two dimensions lie
            // at 0.
            indices[indices.length - 2] = 0;
            indices[indices.length - 1] = 0;
            int from = broadcast(indices, a) + row * common;
            int with = broadcast(indices, b) + column;
            double sum = 0;
            for (int j = 0; j < common; j++) {
                sum += inputs.get(0)[from + j] * inputs.get(1)[with + j * columns];
            }
            return sum;
        });
    }

    private static double[] softmax(int dimension, double[] x, Dims in) {
        int step = in.product(dimension + 1, in.rank());
        int count = in.get(dimension);
        double[] result = new double[x.length];
        // not number by number: each would sum up its whole line
        IntStream.range(0, x.length / count).parallel().forEach(line -> {
            int first = line / step * count * step + line % step;
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < count; j++) {
                max = Math.max(max, x[first + j * step]);
            }
            double sum = 0;
            for (int j = 0; j < count; j++) {
                double power = Math.exp(x[first + j * step] - max);
                result[first + j * step] = power;
                sum += power;
            }
            for (int j = 0; j < count; j++) {
                result[first + j * step] /= sum;
            }
        });
        return result;
    }

    private static double[] topK(Op.TopK op, double[] x, Dims in, Dims out) {
        int inner = in.product(op.dimension() + 1, in.rank());
        int count = in.get(op.dimension());
        // + 0.0: -0 counts as 0
        Comparator<Integer> byNumber = Comparator
                .comparingDouble(i -> Double.isNaN(x[i]) ? Double.POSITIVE_INFINITY : x[i] + 0.0);
        double[] result = new double[out.elements()];
        for (int run = 0; run < x.length / count; run++) {
            int first = run / inner * count * inner + run % inner;
            List<Integer> order = IntStream.range(0, count).map(i -> first + i * inner).boxed()
                    .sorted(op.largest() ? byNumber.reversed() : byNumber).toList();
            for (int i = 0; i < op.count(); i++) {
                int at = order.get(i);
                result[(run / inner * op.count() + i) * inner + run % inner] = op.indices()
                        ? (at - first) / inner
                        : x[at];
            }
        }
        return result;
    }

    private static double[] concat(int dimension, List<Dims> dims, List<double[]> inputs,
            Dims out) {
        List<Integer> owner = new ArrayList<>();
        List<Integer> offset = new ArrayList<>();
        for (int input = 0; input < dims.size(); input++) {
            for (int i = 0; i < dims.get(input).get(dimension); i++) {
                owner.add(input);
                offset.add(i);
            }
        }
        return fill(out, i -> {
            int[] indices = indices(i, out);
            int input = owner.get(indices[dimension]);
            indices[dimension] = offset.get(indices[dimension]);
            return inputs.get(input)[index(indices, dims.get(input))];
        });
    }

    private static double[] pad(Op.Pad op, double[] x, Dims in, Dims out) {
        return gather(out, x, in, (from, to) -> {
            for (int d = 0; d < to.length; d++) {
                int at = to[d] - op.before().get(d);
                int last = in.get(d) - 1;
                if (op.mode() == Op.Pad.Mode.CONSTANT && (at < 0 || at > last)) {
                    return false;
                }
                from[d] = op.mode() == Op.Pad.Mode.REFLECT
                        ? at < 0 ? -at : at > last ? 2 * last - at : at
                        : Math.clamp(at, 0, last);
            }
            return true;
        }, op.value());
    }

    private static double[] resize(Op.Resize op, double[] x, Shape in, Shape out) {
        BigDecimal[] rows = inputCoordinates(op.coordinates(), in.h(), out.h(), op.scaleHeight());
        BigDecimal[] columns = inputCoordinates(op.coordinates(), in.w(), out.w(), op.scaleWidth());
        return fill(Dims.of(out), i -> {
            int[] to = indices(i, Dims.of(out));
            int plane = (to[0] * in.c() + to[1]) * in.h();
            if (op.interpolation() == Op.Resize.Interpolation.NEAREST) {
                int row = nearest(op.rounding(), rows[to[2]], in.h());
                return x[(plane + row) * in.w() + nearest(op.rounding(), columns[to[3]], in.w())];
            }
            double y = Math.clamp(rows[to[2]].doubleValue(), 0, in.h() - 1.0);
            double z = Math.clamp(columns[to[3]].doubleValue(), 0, in.w() - 1.0);
            int top = (int) y;
            int left = (int) z;
            int bottom = Math.min(top + 1, in.h() - 1);
            int right = Math.min(left + 1, in.w() - 1);
            double upper = x[(plane + top) * in.w() + left] * (1 - (z - left))
                    + x[(plane + top) * in.w() + right] * (z - left);
            double lower = x[(plane + bottom) * in.w() + left] * (1 - (z - left))
                    + x[(plane + bottom) * in.w() + right] * (z - left);
            return upper * (1 - (y - top)) + lower * (y - top);
        });
    }

    /**
     * Where in the input each row or column of the output lies. If the scale is the float nearest
     * to the ratio of the sizes it stands for that, and places are worked out to 34 digits, in
     * which one half-way between two pixels is exact; else they are float32.
     */
    private static BigDecimal[] inputCoordinates(Op.Resize.Coordinates coordinates, int in, int out,
            float scale) {
        BigDecimal half = new BigDecimal("0.5");
        boolean ratio = scale == (float) out / in;
        return IntStream.range(0, out).mapToObj(i -> switch (coordinates) {
            case ALIGN_CORNERS ->
                out == 1 ? BigDecimal.ZERO : divide(BigDecimal.valueOf(i), in - 1, out - 1);
            case ASYMMETRIC ->
                ratio ? divide(BigDecimal.valueOf(i), in, out) : new BigDecimal(i / scale);
            case HALF_PIXEL, PYTORCH_HALF_PIXEL ->
                out == 1 && coordinates == Op.Resize.Coordinates.PYTORCH_HALF_PIXEL
                        ? BigDecimal.ZERO
                        : ratio
                                ? divide(BigDecimal.valueOf(i).add(half), in, out).subtract(half)
                                : new BigDecimal((i + 0.5f) / scale - 0.5f);
        }).toArray(BigDecimal[]::new);
    }

    private static BigDecimal divide(BigDecimal i, int numerator, int denominator) {
        return i.multiply(BigDecimal.valueOf(numerator)).divide(BigDecimal.valueOf(denominator),
                MathContext.DECIMAL128);
    }

    private static int nearest(Op.Resize.Rounding rounding, BigDecimal x, int size) {
        return x.setScale(0, switch (rounding) {
            case FLOOR -> RoundingMode.FLOOR;
            case CEIL -> RoundingMode.CEILING;
            case PREFER_FLOOR -> x.signum() < 0 ? RoundingMode.HALF_UP : RoundingMode.HALF_DOWN;
            case PREFER_CEIL -> x.signum() < 0 ? RoundingMode.HALF_DOWN : RoundingMode.HALF_UP;
        }).max(BigDecimal.ZERO).min(BigDecimal.valueOf(size - 1)).intValueExact();
    }
}
