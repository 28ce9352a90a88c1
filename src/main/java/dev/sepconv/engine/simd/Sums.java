package dev.sepconv.engine.simd;

/**
 * Sums in float64, in an order that never changes. What {@code reduceLanes} adds up it adds in one
 * order before Java has compiled it and in another one afterwards, so that a network's results
 * changed in their last bits after some hundred runs. Four sums side by side are no slower.
 */
final class Sums {

    private Sums() {
    }

    /** The sum of so many numbers, {@code step} apart. */
    static double of(float[] x, int from, int count, int step) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (int at = from; i + 4 <= count; i += 4, at += 4 * step) {
            a += x[at];
            b += x[at + step];
            c += x[at + 2 * step];
            d += x[at + 3 * step];
        }
        for (; i < count; i++) {
            a += x[from + i * step];
        }
        return a + b + (c + d);
    }

    /** The sum of the squares of what they differ from {@code mean} by. */
    static double ofSquares(float[] x, int from, int count, int step, float mean) {
        double sum = 0;
        double other = 0;
        int i = 0;
        for (int at = from; i + 2 <= count; i += 2, at += 2 * step) {
            double d = x[at] - mean;
            double e = x[at + step] - mean;
            sum += d * d;
            other += e * e;
        }
        if (i < count) {
            double d = x[from + i * step] - mean;
            sum += d * d;
        }
        return sum + other;
    }
}
