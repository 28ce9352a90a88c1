package dev.sepconv.cost;

/**
 * The parameter counts of N filters K by K over C channels, without biases: as the article writes
 * them, and exact where it differs. The article gives the depthwise step N filters; a real one has
 * one for each of its C input channels. Both agree when N = C.
 */
public final class ArticleFormulas {

    private ArticleFormulas() {
    }

    /** Standard convolution: {@code K² · C · N}. */
    public static long standard(int kernel, int channels, int filters) {
        return (long) kernel * kernel * channels * filters;
    }

    /** Separable convolution as the article writes it: {@code (K² + C) · N}. */
    public static long separableAsWritten(int kernel, int channels, int filters) {
        return ((long) kernel * kernel + channels) * filters;
    }

    /**
     * Separable convolution with the C depthwise filters that there are: {@code K² · C + C · N}.
     */
    public static long separableExact(int kernel, int channels, int filters) {
        return ((long) kernel * kernel + filters) * channels;
    }

    /** Separable over standard as the article writes it: {@code 1/C + 1/K²}. */
    public static double separableRatioAsWritten(int kernel, int channels) {
        return 1.0 / channels + 1.0 / ((double) kernel * kernel);
    }

    /**
     * Separable over standard, exact: {@code 1/N + 1/K²} (Howard et al. 2017, MobileNets, section
     * 3.1).
     */
    public static double separableRatioExact(int kernel, int filters) {
        return 1.0 / filters + 1.0 / ((double) kernel * kernel);
    }

    /**
     * Grouped convolution as the article writes it, {@code g · h₁ · w₁ · c₂/g}: c₂/g filters in
     * each of g groups, each of one channel only. The factor c₁/g is missing, so it is
     * {@code K² · N} whatever g is, and right where g = C.
     *
     * @throws IllegalArgumentException if the groups don't divide the filters
     */
    public static long groupedAsWritten(int kernel, int filters, int groups) {
        if (groups < 1 || filters % groups != 0) {
            throw new IllegalArgumentException(
                    "groups is %d; it must divide the number of filters, %d".formatted(groups,
                            filters));
        }
        return (long) groups * kernel * kernel * (filters / groups);
    }

    /**
     * Grouped convolution with filters over the C/g channels that there are:
     * {@code K² · C · N / g}.
     */
    public static long groupedExact(int kernel, int channels, int filters, int groups) {
        if (groups < 1 || filters % groups != 0 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    "groups is %d; it must divide the numbers of channels and filters, %d and %d"
                            .formatted(groups, channels, filters));
        }
        return (long) groups * kernel * kernel * (channels / groups) * (filters / groups);
    }

    /** Grouped over standard, exact: {@code 1/g}. */
    public static double groupedRatio(int groups) {
        return 1.0 / groups;
    }
}
