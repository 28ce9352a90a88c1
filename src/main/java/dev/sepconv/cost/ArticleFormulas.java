package dev.sepconv.cost;

/**
 * The parameter counts of N filters K by K over C channels, without biases: as the article writes them, and exact where it differs.
 * The article gives the depthwise step N filters; a real one has one for each of its C input channels. Both agree when N = C.
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

    /** Separable convolution with the C depthwise filters that there are: {@code K² · C + C · N}. */
    public static long separableExact(int kernel, int channels, int filters) {
        return ((long) kernel * kernel + filters) * channels;
    }

    /** Separable over standard as the article writes it: {@code 1/C + 1/K²}. */
    public static double separableRatioAsWritten(int kernel, int channels) {
        return 1.0 / channels + 1.0 / ((double) kernel * kernel);
    }

    /** Separable over standard, exact: {@code 1/N + 1/K²} (Howard et al. 2017, MobileNets, section 3.1). */
    public static double separableRatioExact(int kernel, int filters) {
        return 1.0 / filters + 1.0 / ((double) kernel * kernel);
    }

    /** Grouped over standard: {@code 1/g}. */
    public static double groupedRatio(int groups) {
        return 1.0 / groups;
    }
}
