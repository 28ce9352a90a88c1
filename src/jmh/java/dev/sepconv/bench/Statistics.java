package dev.sepconv.bench;

import java.util.Arrays;
import java.util.List;

/** What is made of measured values. */
final class Statistics {

    private Statistics() {
    }

    /**
     * Where the median of all that could be measured lies, at 95 %: two of the values, by their
     * rank, whatever the distribution (binomial, by its normal approximation).
     */
    static double[] medianInterval(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        int rank = Math.max(0, (int) Math.floor((n - 1.96 * Math.sqrt(n)) / 2));
        return new double[]{sorted[rank], sorted[n - 1 - rank]};
    }

    /** The geometric mean of values, each counted as often as its weight says. */
    static double geometricMean(List<Double> values, List<Integer> weights) {
        double sum = 0;
        double all = 0;
        for (int i = 0; i < values.size(); i++) {
            sum += weights.get(i) * Math.log(values.get(i));
            all += weights.get(i);
        }
        return Math.exp(sum / all);
    }

    /**
     * The slope of the line through the logarithms, by least squares: k where y grows like x to the
     * power of k.
     */
    static double logSlope(double[] x, double[] y) {
        double meanX = Arrays.stream(x).map(Math::log).average().orElseThrow();
        double meanY = Arrays.stream(y).map(Math::log).average().orElseThrow();
        double above = 0;
        double below = 0;
        for (int i = 0; i < x.length; i++) {
            double across = Math.log(x[i]) - meanX;
            above += across * (Math.log(y[i]) - meanY);
            below += across * across;
        }
        return above / below;
    }
}
