package dev.sepconv.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * K by K filters that people can read, then as many random ones as are wanted. A readable filter is
 * one spatial pattern times one mix of the three colours, which is just what a separable
 * convolution can express; a random one is not.
 *
 * <p>
 * Readable patterns for K of 2 and more, with Gaussians of σ = K/4: horizontal edges and vertical
 * edges (the derivative of a Gaussian), blur (the Gaussian) and outline (one tap less the
 * Gaussian), each on brightness. A 1 by 1 filter sees no neighbours, so for K = 1 the readable
 * filters are colour mixes. All random numbers follow from the seed, and filter k is the same
 * however many there are.
 */
final class FilterBank {

    /** What Rec. 601 weighs red, green and blue by. */
    private static final float[] BRIGHTNESS = {0.299f, 0.587f, 0.114f};

    /**
     * One filter.
     *
     * @param name for people
     * @param pattern K by K, what it looks for in the plane
     * @param mix how much of red, green and blue
     * @param weight {@code [3, K, K]}: the pattern times the mix if it is readable, else random
     * throughout
     */
    record Filter(String name, float[] pattern, float[] mix, float[] weight) {
        boolean readable() {
            return !name.startsWith("random");
        }
    }

    private final int kernel;
    private final List<Filter> filters;

    FilterBank(int kernel, int count, long seed) {
        this.kernel = kernel;
        RandomGenerator random = new SplittableRandom(seed);
        List<Filter> made = new ArrayList<>(kernel == 1 ? colours() : shapes());
        for (int i = 1; made.size() < count; i++) {
            made.add(new Filter("random " + i, contrast(kernel * kernel, random), random(3, random),
                    contrast(3 * kernel * kernel, random)));
        }
        filters = List.copyOf(made.subList(0, count));
    }

    Filter get(int index) {
        return filters.get(index);
    }

    private List<Filter> shapes() {
        return List.of(onBrightness("horizontal edges", edges(true)),
                onBrightness("vertical edges", edges(false)), onBrightness("blur", blur()),
                onBrightness("outline", outline()));
    }

    private static List<Filter> colours() {
        float[] one = {1};
        return List.of(new Filter("brightness", one, BRIGHTNESS, BRIGHTNESS),
                colour("red less green", 1, -1, 0), colour("blue less yellow", -0.5f, -0.5f, 1),
                colour("inverse of brightness", -0.299f, -0.587f, -0.114f));
    }

    private static Filter colour(String name, float... mix) {
        return new Filter(name, new float[]{1}, mix, mix);
    }

    private static Filter onBrightness(String name, float[] pattern) {
        float[] weight = new float[3 * pattern.length];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = BRIGHTNESS[i / pattern.length] * pattern[i % pattern.length];
        }
        return new Filter(name, pattern, BRIGHTNESS, weight);
    }

    /**
     * Answers 1 to a step from 0 to 1, downwards for horizontal edges, rightwards for vertical
     * ones.
     */
    private float[] edges(boolean horizontal) {
        double[] taps = new double[kernel * kernel];
        double rising = 0;
        for (int r = 0; r < kernel; r++) {
            for (int s = 0; s < kernel; s++) {
                double across = (horizontal ? r : s) - (kernel - 1) / 2.0;
                taps[r * kernel + s] = across * gaussian(r, s);
                rising += Math.max(0, taps[r * kernel + s]);
            }
        }
        return scaled(taps, 1 / rising);
    }

    private float[] blur() {
        double[] taps = new double[kernel * kernel];
        double sum = 0;
        for (int i = 0; i < taps.length; i++) {
            taps[i] = gaussian(i / kernel, i % kernel);
            sum += taps[i];
        }
        return scaled(taps, 1 / sum);
    }

    /**
     * The middle tap (the upper left of the four in an even kernel) less the blur, its positive
     * part adding up to 1.
     */
    private float[] outline() {
        float[] blur = blur();
        double[] taps = new double[blur.length];
        for (int i = 0; i < taps.length; i++) {
            taps[i] = -blur[i];
        }
        int middle = (kernel - 1) / 2 * (kernel + 1);
        taps[middle] += 1;
        return scaled(taps, 1 / taps[middle]);
    }

    private double gaussian(int row, int column) {
        double y = row - (kernel - 1) / 2.0;
        double x = column - (kernel - 1) / 2.0;
        double sigma = kernel / 4.0;
        return Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
    }

    /**
     * Even in [-1, 1), then scaled so that the magnitudes add up to 2, as those of an edge filter
     * do.
     */
    static float[] random(int count, RandomGenerator random) {
        double[] drawn = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            drawn[i] = random.nextDouble(-1, 1);
            sum += Math.abs(drawn[i]);
        }
        return scaled(drawn, 2 / sum);
    }

    /**
     * {@link #random}, but where it has neighbours to compare its weights add up to 0: an even area
     * gives 0, as with edges.
     */
    private float[] contrast(int count, RandomGenerator random) {
        float[] weights = random(count, random);
        if (kernel == 1) {
            return weights;
        }
        double mean = 0;
        for (float weight : weights) {
            mean += weight / count;
        }
        for (int i = 0; i < count; i++) {
            weights[i] -= (float) mean;
        }
        return weights;
    }

    private static float[] scaled(double[] values, double factor) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (values[i] * factor);
        }
        return result;
    }
}
