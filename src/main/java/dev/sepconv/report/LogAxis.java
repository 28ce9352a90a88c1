package dev.sepconv.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A logarithmic axis of a drawing.
 *
 * @param low decimal logarithm of the value at {@code from}
 * @param high the same at {@code to}
 * @param from coordinate in the drawing; above {@code to} if the axis points up
 */
public record LogAxis(double low, double high, double from, double to) {

    /** A line of the grid: where it is and what is written at it. */
    public record Tick(String at, String label) {
    }

    private static final double MARGIN = 0.12;

    /** From a little below the least value to a little above the largest; all are above 0. */
    static LogAxis of(double[] values, double from, double to) {
        double least = Double.POSITIVE_INFINITY;
        double largest = 0;
        for (double value : values) {
            least = Math.min(least, value);
            largest = Math.max(largest, value);
        }
        return new LogAxis(Math.log10(least) - MARGIN, Math.log10(largest) + MARGIN, from, to);
    }

    double at(double value) {
        return from + (Math.log10(value) - low) / (high - low) * (to - from);
    }

    double least() {
        return Math.pow(10, low);
    }

    double largest() {
        return Math.pow(10, high);
    }

    /** 1, 2 and 5 times powers of ten, or only those powers where that would crowd. */
    List<Tick> ticks() {
        double[] steps = high - low > 2.2 ? new double[]{1} : new double[]{1, 2, 5};
        List<Tick> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(low); power <= high; power++) {
            for (double step : steps) {
                double value = step * Math.pow(10, power);
                if (Math.log10(value) >= low && Math.log10(value) <= high) {
                    ticks.add(new Tick(coordinate(at(value)), Numbers.round(value)));
                }
            }
        }
        return ticks;
    }

    /** A coordinate as it is written into a drawing. */
    static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /**
     * Labels at least {@code line} apart and within {@code top} to {@code bottom}, each as near to
     * where it is wanted as that allows; they come in order from the top.
     */
    static double[] apart(double[] wanted, double line, double top, double bottom) {
        double[] at = wanted.clone();
        for (int i = 0; i < at.length; i++) {
            double above = i == 0 ? top : at[i - 1] + line;
            at[i] = Math.max(at[i], above);
        }
        for (int i = at.length - 1; i >= 0; i--) {
            double below = i == at.length - 1 ? bottom : at[i + 1] - line;
            at[i] = Math.min(at[i], below);
        }
        return at;
    }
}
