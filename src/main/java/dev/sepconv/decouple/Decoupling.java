package dev.sepconv.decouple;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A standard convolution as a sum of separable ones.
 *
 * <p>
 * What the K filters do with input channel c is a matrix W_c of K rows and R*S columns. A depthwise
 * filter d (R*S numbers) followed by a pointwise column p (K numbers) does with that channel what
 * the matrix p d^T does. Any W_c is a sum of such matrices: its singular value decomposition W_c =
 * sum over t of s_t u_t v_t^T has at most min(K, R*S) terms. So T depthwise filters a channel (a
 * depth multiplier of T) and one pointwise convolution give sum over t &lt; T of s_t u_t v_t^T, for
 * every channel; with all terms that is the convolution itself.
 *
 * <p>
 * Of all sums of T such matrices this one is nearest to W_c in the Frobenius norm, and what is
 * missing is sqrt(sum over t &gt;= T of s_t^2) (Eckart and Young 1936). The squares of channels add
 * up, and each channel has its own T terms, so channel by channel is nearest for the whole filter
 * bank. It is nearest in weights: on inputs of uncorrelated numbers of one variance that is also
 * nearest in outputs, on average. Real feature maps are correlated, between neighbours and between
 * channels, and there other filters can do better and the error of outputs is another number.
 *
 * <p>
 * Depthwise filters have length 1 (the pointwise weights carry the singular values) and a sum of at
 * least 0.
 */
public final class Decoupling {

    /**
     * Singular values that should be 0 come out as some 1e-16 of the largest; float32 weights are
     * known to 1e-7.
     */
    private static final double DECOMPOSITION_ROUNDING = 1e-12;

    private final Conv2d conv;
    private final ConvWeights weights;
    private final int maxTerms;
    /** {@code [C][maxTerms][R*S]}: v_t of each channel. */
    private final double[][][] depthwise;
    /** {@code [C][maxTerms][K]}: s_t u_t of each channel. */
    private final double[][][] pointwise;
    /** For 0 to maxTerms terms. */
    private final double[] errors;

    private Decoupling(Conv2d conv, ConvWeights weights) {
        this.conv = conv;
        this.weights = weights;
        int taps = conv.kernelHeight() * conv.kernelWidth();
        this.maxTerms = Math.min(conv.outChannels(), taps);
        this.depthwise = new double[conv.inChannels()][][];
        this.pointwise = new double[conv.inChannels()][][];
        double[][] singular = new double[conv.inChannels()][];
        IntStream.range(0, conv.inChannels()).parallel()
                .forEach(c -> singular[c] = decompose(c, taps));
        double[] missing = new double[maxTerms + 1];
        for (int t = maxTerms - 1; t >= 0; t--) { // the small ones first
            missing[t] = missing[t + 1];
            for (double[] values : singular) {
                missing[t] += values[t] * values[t];
            }
        }
        this.errors = IntStream.rangeClosed(0, maxTerms)
                .mapToDouble(t -> missing[0] == 0 ? 0 : Math.sqrt(missing[t] / missing[0]))
                .map(error -> error < DECOMPOSITION_ROUNDING ? 0 : error).toArray();
    }

    /**
     * Decomposes the weights of every input channel.
     *
     * @param conv any standard convolution: ungrouped
     * @throws IllegalArgumentException if it is grouped, the weights are not its own, or one of
     * them is NaN or infinite
     * @throws UnsupportedOperationException if EJML is not on the class path
     */
    public static Decoupling of(Conv2d conv, ConvWeights weights) {
        requireEjml();
        if (conv.groups() != 1) {
            throw new IllegalArgumentException(
                    "groups is %d; only a standard convolution, of 1 group, can be decoupled"
                            .formatted(conv.groups()));
        }
        conv.withWeights(weights); // refuses those of another
        for (int i = 0; i < weights.weight().length; i++) {
            if (!Float.isFinite(weights.weight()[i])) {
                throw new IllegalArgumentException(
                        "weight %d is %s; all must be finite".formatted(i, weights.weight()[i]));
            }
        }
        return new Decoupling(conv, weights);
    }

    /** It is an optional dependency (docs/decisions/0002). */
    private static void requireEjml() {
        try {
            Class.forName("org.ejml.dense.row.factory.DecompositionFactory_DDRM");
        } catch (ClassNotFoundException e) {
            throw new UnsupportedOperationException(
                    "taking convolutions apart needs EJML's decompositions; "
                            + "add the dependency org.ejml:ejml-ddense:0.44.0 to your program",
                    e);
        }
    }

    private double[] decompose(int c, int taps) {
        int filters = conv.outChannels();
        double[][] matrix = new double[filters][taps];
        for (int k = 0; k < filters; k++) {
            for (int tap = 0; tap < taps; tap++) {
                matrix[k][tap] = weights.weight()[(k * conv.inChannels() + c) * taps + tap];
            }
        }
        SingularValues svd = SingularValues.of(matrix, maxTerms)
                .orElseThrow(() -> new ArithmeticException(
                        "the singular values of channel %d were not found".formatted(c)));
        depthwise[c] = new double[maxTerms][taps];
        pointwise[c] = new double[maxTerms][filters];
        for (int t = 0; t < maxTerms; t++) {
            double sum = 0;
            for (int tap = 0; tap < taps; tap++) {
                sum += svd.right()[tap][t];
            }
            double sign = sum < 0 ? -1 : 1;
            for (int tap = 0; tap < taps; tap++) {
                depthwise[c][t][tap] = sign * svd.right()[tap][t];
            }
            for (int k = 0; k < filters; k++) {
                pointwise[c][t][k] = sign * svd.values()[t] * svd.left()[k][t];
            }
        }
        return svd.values();
    }

    public Conv2d conv() {
        return conv;
    }

    public ConvWeights weights() {
        return weights;
    }

    /** How many terms make it exact: {@code min(K, R*S)}. */
    public int maxTerms() {
        return maxTerms;
    }

    /**
     * How far the filters of that many terms are from the original ones: the Frobenius norm of the
     * difference over that of the original, from 0 to 1; 0 at {@link #maxTerms}, apart from the
     * rounding of the new weights to float32. Weights that are all 0 have error 0.
     *
     * @param terms from 0, which leaves nothing, to {@link #maxTerms}
     */
    public double error(int terms) {
        if (terms < 0 || terms > maxTerms) {
            throw outOfRange(terms, 0);
        }
        return errors[terms];
    }

    /**
     * How far such weights are from the original ones, by multiplying them out: the Frobenius norm
     * of the difference over that of the original.
     *
     * @param spatial as {@link #weights} has them first, for any number of terms
     * @param mixing likewise second
     * @throws IllegalArgumentException if their sizes don't go together
     */
    public double error(ConvWeights spatial, ConvWeights mixing) {
        int taps = conv.kernelHeight() * conv.kernelWidth();
        int terms = spatial.weight().length / (taps * conv.inChannels());
        if (terms == 0 || spatial.weight().length != terms * taps * conv.inChannels()
                || mixing.weight().length != (long) terms * conv.inChannels()
                        * conv.outChannels()) {
            throw new IllegalArgumentException(
                    "%d depthwise and %d pointwise weights are of no number of terms"
                            .formatted(spatial.weight().length, mixing.weight().length));
        }
        double missing = 0;
        double all = 0;
        for (int k = 0; k < conv.outChannels(); k++) {
            for (int c = 0; c < conv.inChannels(); c++) {
                for (int tap = 0; tap < taps; tap++) {
                    double original = weights.weight()[(k * conv.inChannels() + c) * taps + tap];
                    double sum = 0;
                    for (int t = 0; t < terms; t++) {
                        int channel = c * terms + t;
                        sum += (double) mixing.weight()[k * conv.inChannels() * terms + channel]
                                * spatial.weight()[channel * taps + tap];
                    }
                    missing += (original - sum) * (original - sum);
                    all += original * original;
                }
            }
        }
        return missing == 0 ? 0 : Math.sqrt(missing / all);
    }

    /**
     * The fewest terms, at least 1, whose {@link #error} is at most this.
     *
     * @param error from 0 to 1
     */
    public int termsFor(double error) {
        if (!(error >= 0 && error <= 1)) {
            throw new IllegalArgumentException(
                    "error is %s; it must be from 0 to 1".formatted(error));
        }
        return IntStream.rangeClosed(1, maxTerms).filter(terms -> errors[terms] <= error)
                .findFirst().orElse(maxTerms);
    }

    /**
     * The fewest terms that need as many weights as the standard convolution or more:
     * {@code T * (R*S + K) >= K * R*S}. Empty if even {@link #maxTerms} need fewer.
     */
    public OptionalInt breakEven() {
        return IntStream.rangeClosed(1, maxTerms).filter(terms -> {
            SeparableConv2d layer = layer(terms);
            return (long) layer.depthwise().weightCount() + layer.pointwise().weightCount() >= conv
                    .weightCount();
        }).findFirst();
    }

    /**
     * The separable convolution of that many terms: depthwise with the multiplier {@code terms} and
     * the original's kernel, stride, padding and dilation, then pointwise with the original's bias
     * and activation.
     *
     * @param terms from 1 to {@link #maxTerms}
     */
    public SeparableConv2d layer(int terms) {
        if (terms < 1 || terms > maxTerms) {
            throw outOfRange(terms, 1);
        }
        Conv2d spatial = new Conv2d(conv.inChannels(), Math.multiplyExact(conv.inChannels(), terms),
                conv.kernelHeight(), conv.kernelWidth(), conv.strideHeight(), conv.strideWidth(),
                conv.dilationHeight(), conv.dilationWidth(), conv.padding(), conv.inChannels(),
                false, Activation.NONE);
        Conv2d mixing = Conv2d.pointwise(spatial.outChannels(), conv.outChannels())
                .withPadding(Padding.VALID).withBias(conv.bias()).withActivation(conv.activation());
        return new SeparableConv2d(SeparableConv2d.Order.KERAS, spatial, mixing);
    }

    /**
     * The weights of {@link #layer}, rounded to float32: depthwise {@code [C*T, 1, R, S]} with
     * channel c's filters from c*T, then pointwise {@code [K, C*T, 1, 1]} with the original's bias.
     */
    public List<ConvWeights> weights(int terms) {
        SeparableConv2d layer = layer(terms);
        int taps = conv.kernelHeight() * conv.kernelWidth();
        int middle = layer.depthwise().outChannels();
        float[] spatial = new float[layer.depthwise().weightCount()];
        float[] mixing = new float[layer.pointwise().weightCount()];
        for (int c = 0; c < conv.inChannels(); c++) {
            for (int t = 0; t < terms; t++) {
                int channel = c * terms + t;
                for (int tap = 0; tap < taps; tap++) {
                    spatial[channel * taps + tap] = (float) depthwise[c][t][tap];
                }
                for (int k = 0; k < conv.outChannels(); k++) {
                    mixing[k * middle + channel] = (float) pointwise[c][t][k];
                }
            }
        }
        return List.of(ConvWeights.of(spatial), new ConvWeights(mixing, weights.bias()));
    }

    /** What {@link #layer} costs on an input of that shape. */
    public Cost cost(int terms, Shape input) {
        return Cost.of(layer(terms), input);
    }

    private IllegalArgumentException outOfRange(int terms, int least) {
        return new IllegalArgumentException(
                "terms is %d; it must be from %d to %d, the lesser of the kernel's area, %d, and the number of filters, %d"
                        .formatted(terms, least, maxTerms, conv.kernelHeight() * conv.kernelWidth(),
                                conv.outChannels()));
    }
}
