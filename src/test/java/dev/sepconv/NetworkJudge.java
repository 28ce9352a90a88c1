package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.NetworkCases.Case;
import dev.sepconv.graph.Stages;
import dev.sepconv.reference.NetworkReference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How far a network's outputs are off, channel by channel, so that a channel of small numbers
 * doesn't hide behind one of large numbers.
 *
 * <p>
 * An error is judged by its channel's scale: the largest of the channel's numbers or, where these
 * cancelled, a tenth of the largest sum of absolute values that they are sums of. So
 * {@link #TOLERANCE} of the scale leaves a number that is 0 by cancellation 1e-6 of what was
 * summed, 17 units of float32's roundoff (2^-24): no order of summation in float32 can promise much
 * less, and a wrong one doesn't hide in it. What only moves or chooses numbers keeps the scale of
 * what it reads.
 */
public final class NetworkJudge {

    /** For one operation. */
    static final double TOLERANCE = 1e-5;
    /**
     * How many times the error of plain float32 loops an engine's may be in a network of several
     * operations.
     */
    static final double TIMES = 4;
    private static final double CANCELLED = 0.1;

    private final Case given;
    private final Map<String, double[]> exact = new LinkedHashMap<>();
    /** By array, for each number the absolute values that it is the sum of. */
    private final Map<String, double[]> terms = new LinkedHashMap<>();

    public NetworkJudge(Case given) {
        this.given = given;
        Network network = given.network();
        exact.putAll(NetworkReference.run(network, given.inputs()));
        network.inputs().keySet().forEach(name -> terms.put(name, absolute(exact.get(name))));
        network.nodes().forEach(node -> terms.put(node.output(), terms(node)));
    }

    /** A layer's result, whose layout is the network's, as the network's only output. */
    Map<String, NdArray> outputOf(Tensor result) {
        String name = given.network().outputs().getFirst();
        return Map.of(name, NdArray.of(given.network().dims(name), result.data()));
    }

    /** The right numbers of an array. */
    public double[] exact(String array) {
        return exact.get(array);
    }

    /**
     * The largest error of any channel of any output, over the channel's scale; infinite if a
     * number isn't one.
     */
    public double error(Map<String, NdArray> outputs) {
        return given.network().outputs().stream()
                .mapToDouble(name -> worst(name, outputs.get(name).data()).error()).max()
                .orElseThrow();
    }

    /** An error and where it is. */
    private record Worst(double error, int at) {
    }

    private Worst worst(String array, float[] got) {
        double[] wanted = exact.get(array);
        assertEquals(wanted.length, got.length, array);
        double[] sums = terms.get(array);
        Dims dims = given.network().dims(array);
        int channels = dims.rank() > 1 ? dims.get(channelAxis(array)) : 1;
        int inner = dims.rank() > 1
                ? dims.product(channelAxis(array) + 1, dims.rank())
                : dims.elements();
        double[] largest = new double[channels];
        double[] summed = new double[channels];
        for (int i = 0; i < wanted.length; i++) {
            int channel = i / inner % channels;
            largest[channel] = Math.max(largest[channel], Math.abs(wanted[i]));
            summed[channel] = Math.max(summed[channel], sums[i]);
        }
        Worst worst = new Worst(0, -1);
        for (int i = 0; i < wanted.length; i++) {
            int channel = i / inner % channels;
            double scale = Math.max(Math.max(largest[channel], CANCELLED * summed[channel]),
                    Float.MIN_NORMAL);
            double error = Math.abs(got[i] - wanted[i]) / scale;
            if (!(error <= worst.error)) { // NaN too
                worst = new Worst(Double.isNaN(error) ? Double.POSITIVE_INFINITY : error, i);
            }
        }
        return worst;
    }

    /** The last dimension of what was made NHWC, else the second. */
    private int channelAxis(String array) {
        return given.network().nodes().stream()
                .anyMatch(node -> node.output().equals(array)
                        && node.op() instanceof Op.Transpose transpose
                        && transpose.order().equals(List.of(0, 2, 3, 1))) ? 3 : 1;
    }

    /** Asserts that no channel is off by more than {@code tolerance} of its scale. */
    void assertClose(String who, Map<String, NdArray> outputs, double tolerance) {
        assertEquals(given.network().outputs().stream().sorted().toList(),
                outputs.keySet().stream().sorted().toList(), who);
        for (String name : given.network().outputs()) {
            float[] got = outputs.get(name).data();
            Worst worst = worst(name, got);
            assertTrue(worst.error <= tolerance,
                    () -> "%s: %s of %s at %d is %s, not %s: off by %.3g of its channel's scale, %.3g is allowed; %s"
                            .formatted(who, name, given.network(), worst.at, got[worst.at],
                                    exact.get(name)[worst.at], worst.error, tolerance,
                                    NetworkTester.text(given)));
        }
    }

    /**
     * {@link #TOLERANCE}, or {@link #TIMES} what plain float32 loops are off by: no engine's, so
     * that no engine's fault excuses another.
     */
    public double tolerance() {
        Network network = given.network();
        Map<String, double[]> values = new LinkedHashMap<>();
        network.inputs().keySet().forEach(name -> values.put(name, exact.get(name)));
        for (Node node : network.nodes()) {
            values.put(node.output(),
                    rounded(plain(node.op(), node.inputs().stream().map(network::dims).toList(),
                            node.inputs().stream().map(values::get).toList())));
        }
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        network.outputs()
                .forEach(name -> outputs.put(name, array(network.dims(name), values.get(name))));
        return Math.max(TOLERANCE, TIMES * error(outputs));
    }

    /**
     * Sums of products one after the other in float32; all else in float64, which the caller
     * rounds.
     */
    private static double[] plain(Op op, List<Dims> dims, List<double[]> inputs) {
        double[] x = inputs.isEmpty() ? null : inputs.getFirst();
        return switch (op) {
            case Op.Convolve convolve -> {
                Shape shape = dims.getFirst().toShape();
                for (int i = 0; i < convolve.weights().size(); i++) {
                    Conv2d conv = convolve.layer().stages().get(i);
                    x = convolve(conv, convolve.weights().get(i), x, shape,
                            convolve.layer().shuffleBefore(i));
                    shape = conv.outputShape(shape);
                    if (!conv.activation().equals(Activation.NONE)) {
                        x = rounded(NetworkReference.run(Op.Elementwise.of(conv.activation()),
                                List.of(Dims.of(shape)), List.of(x)));
                    }
                }
                yield x;
            }
            case Op.FullyConnected dense -> {
                double[] y = new double[x.length / dense.inputs() * dense.outputs()];
                for (int i = 0; i < y.length; i++) {
                    int row = i / dense.outputs() * dense.inputs();
                    int k = i % dense.outputs();
                    float sum = dense.bias() == null ? 0 : dense.bias()[k];
                    for (int c = 0; c < dense.inputs(); c++) {
                        sum += (float) x[row + c] * dense.weight()[k * dense.inputs() + c];
                    }
                    y[i] = sum;
                }
                yield dense.activation().equals(Activation.NONE)
                        ? y
                        : NetworkReference.run(Op.Elementwise.of(dense.activation()),
                                List.of(Dims.of(y.length)), List.of(y));
            }
            default -> NetworkReference.run(op, dims, inputs);
        };
    }

    private static double[] convolve(Conv2d conv, ConvWeights weights, double[] x, Shape in,
            Optional<ChannelShuffle> shuffle) {
        Shape out = conv.outputShape(in);
        Padding.Explicit pad = conv.padding().resolve(conv, in.h(), in.w());
        int channels = conv.inChannels() / conv.groups();
        int filters = conv.outChannels() / conv.groups();
        double[] y = new double[out.elements()];
        IntStream.range(0, out.n() * out.c()).parallel().forEach(plane -> {
            int n = plane / out.c();
            int k = plane % out.c();
            for (int pixel = 0; pixel < out.h() * out.w(); pixel++) {
                float sum = weights.bias() == null ? 0 : weights.bias()[k];
                int tap = k * channels * conv.kernelHeight() * conv.kernelWidth();
                for (int c = 0; c < channels; c++) {
                    int channel = k / filters * channels + c;
                    int from = (n * in.c()
                            + shuffle.map(order -> order.source(channel)).orElse(channel)) * in.h()
                            * in.w();
                    for (int r = 0; r < conv.kernelHeight(); r++) {
                        int h = pixel / out.w() * conv.strideHeight() - pad.top()
                                + r * conv.dilationHeight();
                        for (int s = 0; s < conv.kernelWidth(); s++, tap++) {
                            int w = pixel % out.w() * conv.strideWidth() - pad.left()
                                    + s * conv.dilationWidth();
                            if (h >= 0 && h < in.h() && w >= 0 && w < in.w()) {
                                sum += (float) x[from + h * in.w() + w] * weights.weight()[tap];
                            }
                        }
                    }
                }
                y[plane * out.h() * out.w() + pixel] = sum;
            }
        });
        return y;
    }

    private static double[] rounded(double[] numbers) {
        return Arrays.stream(numbers).map(x -> (float) x).toArray();
    }

    private static NdArray array(Dims dims, double[] numbers) {
        NdArray array = NdArray.zeros(dims);
        for (int i = 0; i < numbers.length; i++) {
            array.data()[i] = (float) numbers[i];
        }
        return array;
    }

    private double[] terms(Node node) {
        List<Dims> dims = node.inputs().stream().map(given.network()::dims).toList();
        List<double[]> x = node.inputs().stream().map(name -> absolute(exact.get(name))).toList();
        List<double[]> sums = node.inputs().stream().map(terms::get).toList();
        double[] y = absolute(exact.get(node.output()));
        return switch (node.op()) {
            case Op.Convolve op -> atLeast(y,
                    NetworkReference.run(
                            new Op.Convolve(
                                    Stages.like(op.layer(),
                                            op.layer().stages().stream().map(NetworkJudge::linear)
                                                    .toList()),
                                    op.weights().stream().map(NetworkJudge::absolute).toList()),
                            dims, x));
            case Op.ConvolveTransposed op -> atLeast(y, NetworkReference.run(
                    new Op.ConvolveTransposed(linear(op.kernel()), op.outputPaddingHeight(),
                            op.outputPaddingWidth(), absolute(op.weight()), absolute(op.bias())),
                    dims, x));
            case Op.FullyConnected op ->
                atLeast(y,
                        NetworkReference.run(new Op.FullyConnected(op.outputs(),
                                absolute(op.weight()), absolute(op.bias()), Activation.NONE), dims,
                                x));
            case Op.MatrixProduct op -> NetworkReference.run(op, dims, x);
            case Op.ScaleShift op -> NetworkReference
                    .run(new Op.ScaleShift(absolute(op.scale()), absolute(op.shift())), dims, sums);
            case Op.Binary op -> switch (op.kind()) {
                case ADD, SUB ->
                    NetworkReference.run(new Op.Binary(Op.Binary.Kind.ADD), dims, sums);
                case MUL -> atLeast(NetworkReference.run(op, dims, List.of(sums.get(0), x.get(1))),
                        NetworkReference.run(op, dims, List.of(x.get(0), sums.get(1))));
                case DIV, MASK ->
                    atLeast(y, NetworkReference.run(op, dims, List.of(sums.get(0), x.get(1))));
                // of inputs that are exact, so these are too
                case EQUAL, GREATER, GREATER_OR_EQUAL -> y;
                case MAX, MIN ->
                    NetworkReference.run(new Op.Binary(Op.Binary.Kind.MAX), dims, sums);
            };
            case Op.Elementwise op -> switch (op.function()) {
                case EXP, SQRT -> y;
                case SIGMOID, TANH, HARD_SIGMOID -> y;
                default -> atLeast(y, sums.getFirst());
            };
            case Op.PRelu op -> atLeast(y, sums.getFirst());
            case Op.Normalize op ->
                DoubleStream.of(y).map(each -> Math.max(Math.abs(each), 1)).toArray();
            case Op.Softmax op -> y;
            // which of two that are nearly equal comes first may differ
            case Op.TopK op -> {
                double most = DoubleStream.of(sums.getFirst()).max().orElseThrow();
                yield DoubleStream.of(y).map(each -> most).toArray();
            }
            case Op.Constant op -> y;
            case Op.Pad op -> NetworkReference.run(
                    new Op.Pad(op.before(), op.after(), op.mode(), Math.abs(op.value())), dims,
                    sums);
            // of no negative weights, or of none
            case Op.Pool op -> NetworkReference.run(op, dims, sums);
            case Op.Reduce op -> NetworkReference.run(op, dims, sums);
            case Op.Resize op -> NetworkReference.run(op, dims, sums);
            case Op.Concat op -> NetworkReference.run(op, dims, sums);
            case Op.Reshape op -> NetworkReference.run(op, dims, sums);
            case Op.Transpose op -> NetworkReference.run(op, dims, sums);
            case Op.Slice op -> NetworkReference.run(op, dims, sums);
        };
    }

    private static Conv2d linear(Conv2d conv) {
        return conv.withActivation(Activation.NONE);
    }

    private static ConvWeights absolute(ConvWeights weights) {
        return new ConvWeights(absolute(weights.weight()), absolute(weights.bias()));
    }

    private static float[] absolute(float[] numbers) {
        return Optional.ofNullable(numbers).map(given -> {
            float[] absolute = new float[given.length];
            IntStream.range(0, given.length).forEach(i -> absolute[i] = Math.abs(given[i]));
            return absolute;
        }).orElse(null);
    }

    private static double[] absolute(double[] numbers) {
        return Arrays.stream(numbers).map(Math::abs).toArray();
    }

    private static double[] atLeast(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> Math.max(a[i], b[i])).toArray();
    }
}
