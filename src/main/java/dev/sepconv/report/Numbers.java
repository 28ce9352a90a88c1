package dev.sepconv.report;

import java.util.Locale;

/** How numbers are written for people: the same in every country. */
public final class Numbers {

    private Numbers() {
    }

    /** {@code 8,294,400}. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code 8.29 M}: three digits and a letter for thousands, millions, billions. */
    public static String large(long value) {
        double[] sizes = {1e9, 1e6, 1e3};
        for (int i = 0; i < sizes.length; i++) {
            if (value >= sizes[i]) {
                return digits(value / sizes[i]) + " " + "GMk".charAt(i);
            }
        }
        return Long.toString(value);
    }

    /** Three digits: {@code 0.0123}, {@code 1.23}, {@code 123}. */
    public static String digits(double value) {
        double size = Math.abs(value);
        int decimals = size == 0 || size >= 100
                ? 0
                : Math.clamp(2 - (int) Math.floor(Math.log10(size)), 0, 6);
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /**
     * A round number without the zeros that don't count: {@code 0.05}, {@code 200}, {@code 2 M}.
     */
    public static String round(double value) {
        String text = value >= 1e3 ? large(Math.round(value)) : digits(value);
        return text.replaceFirst("(\\.\\d*?)0+(?= |$)", "$1").replaceFirst("\\.(?= |$)", "");
    }

    /** A ratio with three decimals: {@code 0.361}. */
    public static String ratio(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** A difference: {@code 3.1e-08}, {@code 0}. */
    public static String difference(double value) {
        return value == 0
                ? "0"
                : Double.isInfinite(value) ? "infinite" : String.format(Locale.ROOT, "%.1e", value);
    }
}
