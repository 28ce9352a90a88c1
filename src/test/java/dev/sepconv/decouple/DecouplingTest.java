package dev.sepconv.decouple;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.cost.Cost;
import dev.sepconv.reference.Reference;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecouplingTest {

    private static final long SEED = 20181;

    private final Random random = new Random(SEED);

    /**
     * What the two steps together do with input channel c, as filters {@code [K, C, R*S]}: the sum
     * over the middle channels.
     */
    private static double[] filters(SeparableConv2d layer, List<ConvWeights> weights) {
        int channels = layer.depthwise().inChannels();
        int terms = layer.depthwise().depthMultiplier();
        int taps = layer.depthwise().kernelHeight() * layer.depthwise().kernelWidth();
        int filters = layer.pointwise().outChannels();
        double[] product = new double[filters * channels * taps];
        for (int k = 0; k < filters; k++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < terms; t++) {
                    for (int tap = 0; tap < taps; tap++) {
                        product[(k * channels + c) * taps + tap] += (double) weights.get(1)
                                .weight()[k * channels * terms + c * terms + t]
                                * weights.get(0).weight()[(c * terms + t) * taps + tap];
                    }
                }
            }
        }
        return product;
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    private static double[] minus(float[] a, double[] b) {
        double[] difference = new double[b.length];
        for (int i = 0; i < b.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static double[] doubles(float[] values) {
        return minus(values, new double[values.length]);
    }

    @ParameterizedTest(name = "C {0}, K {1}, {2}x{3}, stride {4}, dilation {5}")
    @CsvSource({"3, 8, 3, 3, 1, 1", "5, 7, 3, 3, 2, 1", "4, 13, 5, 5, 1, 2", "2, 11, 1, 7, 3, 1",
            "7, 3, 3, 3, 1, 1", "1, 1, 3, 3, 1, 1", "6, 5, 1, 1, 2, 1", "3, 64, 7, 7, 2, 1"})
    void withAllTermsItIsTheConvolution(int channels, int filters, int height, int width,
            int stride, int dilation) {
        Conv2d conv = Conv2d.of(channels, filters, height, width).withStride(stride)
                .withDilation(dilation).withPadding(Padding.SAME_UPPER).withBias(true)
                .withActivation(Activation.RELU6);
        ConvWeights weights = ConvWeights.random(conv, random);
        Decoupling decoupling = Decoupling.of(conv, weights);
        assertEquals(Math.min(filters, height * width), decoupling.maxTerms());
        int all = decoupling.maxTerms();
        Tensor input = Tensor.zeros(new Shape(2, channels, 17, 19), Layout.NCHW);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = (float) random.nextGaussian();
        }
        double[] exact = Reference.run(conv, List.of(weights), input);
        double[] separable = Reference.run(decoupling.layer(all), decoupling.weights(all), input);
        assertEquals(exact.length, separable.length);
        double largest = 0;
        for (double value : exact) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < exact.length; i++) {
            assertEquals(exact[i], separable[i], 1e-6 * largest);
        }
    }

    @Test
    void theErrorIsWhatTheFiltersMiss() {
        Conv2d conv = Conv2d.of(5, 12, 3);
        ConvWeights weights = ConvWeights.random(conv, random);
        Decoupling decoupling = Decoupling.of(conv, weights);
        double whole = norm(doubles(weights.weight()));
        assertEquals(1, decoupling.error(0));
        assertEquals(0, decoupling.error(9));
        for (int terms = 1; terms <= 9; terms++) {
            double[] made = filters(decoupling.layer(terms), decoupling.weights(terms));
            assertEquals(decoupling.error(terms), norm(minus(weights.weight(), made)) / whole,
                    1e-6);
            assertTrue(decoupling.error(terms) < decoupling.error(terms - 1));
        }
    }

    /**
     * Eckart and Young: no other separable convolution of as many terms is nearer. Alternating
     * least squares from random starts tries.
     */
    @Test
    void noOtherOfAsManyTermsIsNearer() {
        Conv2d conv = Conv2d.of(1, 6, 2, 2);
        ConvWeights weights = ConvWeights.random(conv, random);
        double best = Decoupling.of(conv, weights).error(1) * norm(doubles(weights.weight()));
        double nearest = Double.POSITIVE_INFINITY;
        for (int start = 0; start < 200; start++) {
            double[] spatial = random.doubles(4, -1, 1).toArray();
            double[] mixing = new double[6];
            for (int step = 0; step < start; step++) { // from no step at all to many
                double square = Math.pow(norm(spatial), 2);
                for (int k = 0; k < 6; k++) {
                    mixing[k] = 0;
                    for (int tap = 0; tap < 4; tap++) {
                        mixing[k] += weights.weight()[k * 4 + tap] * spatial[tap] / square;
                    }
                }
                double other = Math.pow(norm(mixing), 2);
                for (int tap = 0; tap < 4; tap++) {
                    spatial[tap] = 0;
                    for (int k = 0; k < 6; k++) {
                        spatial[tap] += weights.weight()[k * 4 + tap] * mixing[k] / other;
                    }
                }
            }
            double[] made = new double[24];
            for (int i = 0; i < 24; i++) {
                made[i] = mixing[i / 4] * spatial[i % 4];
            }
            double distance = norm(minus(weights.weight(), made));
            assertTrue(distance >= best - 1e-9,
                    () -> "%s is nearer than %s".formatted(distance, best));
            nearest = Math.min(nearest, distance);
        }
        assertEquals(best, nearest, 1e-6, "the search should come as near");
    }

    /**
     * On noise of variance 1 the expected squared error of an output pixel is the squared Frobenius
     * norm of what the filters miss.
     */
    @Test
    void onNoiseTheOutputsErrorIsTheWeightsError() {
        Conv2d conv = Conv2d.of(6, 16, 3);
        ConvWeights weights = ConvWeights.random(conv, random);
        Decoupling decoupling = Decoupling.of(conv, weights);
        Tensor input = Tensor.zeros(Shape.of(6, 80, 80), Layout.NCHW);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = (float) random.nextGaussian();
        }
        double[] exact = Reference.run(conv, List.of(weights), input);
        for (int terms : new int[]{1, 4, 8}) {
            double[] made = Reference.run(decoupling.layer(terms), decoupling.weights(terms),
                    input);
            double[] difference = new double[made.length];
            for (int i = 0; i < made.length; i++) {
                difference[i] = exact[i] - made[i];
            }
            assertEquals(decoupling.error(terms), norm(difference) / norm(exact),
                    0.03 * decoupling.error(terms));
        }
    }

    @Test
    void findsASeparableConvolutionAgain() {
        SeparableConv2d hidden = SeparableConv2d.keras(4, 10, 3, 1);
        List<ConvWeights> parts = hidden.stages().stream()
                .map(stage -> ConvWeights.random(stage, random)).toList();
        double[] product = filters(hidden, parts);
        float[] weight = new float[product.length];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) product[i];
        }
        Decoupling decoupling = Decoupling.of(Conv2d.of(4, 10, 3), ConvWeights.of(weight));
        assertEquals(1, decoupling.termsFor(1e-6));
        assertEquals(0, decoupling.error(1), 1e-7);
        // filters are found up to their length, which goes to the pointwise step, and the sign is
        // settled
        float[] filter = decoupling.weights(1).getFirst().weight();
        for (int c = 0; c < 4; c++) {
            double length = 0;
            double sum = 0;
            for (int tap = 0; tap < 9; tap++) {
                length += Math.pow(filter[c * 9 + tap], 2);
                sum += filter[c * 9 + tap];
            }
            assertEquals(1, length, 1e-6);
            assertTrue(sum >= 0);
        }
    }

    @Test
    void keepsStrideBiasAndActivation() {
        Conv2d conv = new Conv2d(3, 8, 3, 5, 2, 3, 1, 2, Padding.of(1, 2, 3, 4), 1, true,
                Activation.leakyRelu(0.1f));
        ConvWeights weights = ConvWeights.random(conv, random);
        Decoupling decoupling = Decoupling.of(conv, weights);
        SeparableConv2d layer = decoupling.layer(2);
        assertEquals(SeparableConv2d.Order.KERAS, layer.order());
        assertEquals(new Conv2d(3, 6, 3, 5, 2, 3, 1, 2, Padding.of(1, 2, 3, 4), 3, false,
                Activation.NONE), layer.depthwise());
        assertEquals(
                Conv2d.pointwise(6, 8).withBias(true).withActivation(Activation.leakyRelu(0.1f)),
                layer.pointwise());
        assertSame(weights.bias(), decoupling.weights(2).get(1).bias());
        Shape input = Shape.of(3, 40, 40);
        assertEquals(conv.outputShape(input), layer.outputShape(input));
    }

    @Test
    void countsWhatItCosts() {
        // 3x3, 64 to 128 channels: T terms need 64*T*(9 + 128) weights, the standard one 64*128*9
        Decoupling decoupling = Decoupling.of(Conv2d.of(64, 128, 3).withPadding(Padding.SAME_UPPER),
                ConvWeights.random(Conv2d.of(64, 128, 3), random));
        assertEquals(64 * 2 * 9 + 64 * 2 * 128, decoupling.cost(2, Shape.of(64, 56, 56)).weights());
        assertEquals(56L * 56 * (64 * 2 * 9 + 64 * 2 * 128),
                decoupling.cost(2, Shape.of(64, 56, 56)).multiplyAdds());
        assertEquals(OptionalInt.of(9), decoupling.breakEven()); // 1152 / 137 = 8.4
        assertTrue(Cost.of(decoupling.conv(), Shape.of(64, 56, 56)).weights() > decoupling
                .cost(8, Shape.of(64, 56, 56)).weights());
        // 8 filters: 1x1 gains nothing, and 8 terms of 5x5 weigh more than the whole
        assertEquals(OptionalInt.of(1),
                Decoupling.of(Conv2d.of(3, 8, 1), ConvWeights.random(Conv2d.of(3, 8, 1), random))
                        .breakEven());
        assertEquals(OptionalInt.of(7),
                Decoupling.of(Conv2d.of(3, 8, 5), ConvWeights.random(Conv2d.of(3, 8, 5), random))
                        .breakEven());
    }

    @Test
    void choosesTheFewestTerms() {
        Conv2d conv = Conv2d.of(4, 20, 3);
        Decoupling decoupling = Decoupling.of(conv, ConvWeights.random(conv, random));
        assertEquals(1, decoupling.termsFor(1));
        assertEquals(9, decoupling.termsFor(0));
        for (int terms = 1; terms <= 9; terms++) {
            assertEquals(terms, decoupling.termsFor(decoupling.error(terms)));
        }
    }

    @Test
    void zerosAreExactAtOnce() {
        Conv2d conv = Conv2d.of(2, 5, 3);
        Decoupling decoupling = Decoupling.of(conv, ConvWeights.of(new float[conv.weightCount()]));
        assertEquals(0, decoupling.error(1));
        assertArrayEquals(new float[10], decoupling.weights(1).get(1).weight());
    }

    @Test
    void refuses() {
        Conv2d conv = Conv2d.of(2, 5, 3);
        ConvWeights weights = ConvWeights.random(conv, random);
        Decoupling decoupling = Decoupling.of(conv, weights);
        refused("terms is 6; it must be from 1 to 5, the lesser of the kernel's area, 9, and the number of filters, 5",
                () -> decoupling.layer(6));
        refused("terms is 0; it must be from 1", () -> decoupling.weights(0));
        refused("terms is -1; it must be from 0", () -> decoupling.error(-1));
        refused("error is 1.5; it must be from 0 to 1", () -> decoupling.termsFor(1.5));
        refused("error is NaN", () -> decoupling.termsFor(Double.NaN));
        refused("groups is 2; only a standard convolution",
                () -> Decoupling.of(Conv2d.grouped(4, 4, 3, 2),
                        ConvWeights.random(Conv2d.grouped(4, 4, 3, 2), random)));
        refused("weight has 90 numbers", () -> Decoupling.of(Conv2d.of(3, 5, 3), weights));
        float[] bad = weights.weight().clone();
        bad[7] = Float.NaN;
        refused("weight 7 is NaN; all must be finite",
                () -> Decoupling.of(conv, ConvWeights.of(bad)));
    }

    private static void refused(String said, Runnable action) {
        String message = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(said), message);
    }
}
