package dev.sepconv.cli;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.decouple.Decoupling;
import dev.sepconv.io.Npy;
import dev.sepconv.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What a layer's decoupling and a model's have in common: random numbers, errors, files. */
final class DecouplingFigures {

    static final String CHART = "decouple.png";

    /** What random weights and inputs are drawn with: the same in every run. */
    static final long SEED = 1;

    private DecouplingFigures() {
    }

    /**
     * Normally distributed weights of the same shape: what a layer without any structure would be.
     */
    static Decoupling random(Conv2d conv) {
        float[] numbers = new float[conv.weightCount()];
        fill(numbers, new Random(SEED));
        return Decoupling.of(conv.withBias(false), ConvWeights.of(numbers));
    }

    static void fill(float[] numbers, Random random) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
    }

    /** Root of the sum of squared differences over that of the squared right numbers. */
    static double relativeError(double[] right, double[] got) {
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < right.length; i++) {
            double difference = right[i] - got[i];
            squares += right[i] * right[i];
            differences += difference * difference;
        }
        return differences == 0 ? 0 : Math.sqrt(differences / squares);
    }

    /** Writes a convolution's weights, {@code [K, C/G, R, S]}. */
    static void write(Path file, Conv2d conv, ConvWeights weights) throws IOException {
        Npy.write(file, List.of(conv.outChannels(), conv.inChannels() / conv.groups(),
                conv.kernelHeight(), conv.kernelWidth()), weights.weight());
    }

    /** Four decimals; a small number is not shown as none. */
    static String decimals(double value) {
        return value > 0 && value < 5e-5
                ? Numbers.difference(value)
                : String.format(Locale.ROOT, "%.4f", value);
    }

    /** An output's error, of which a thousandth is much. */
    static String outputError(double value) {
        return value < 1e-3 ? Numbers.difference(value) : decimals(value);
    }
}
