package dev.sepconv.compare;

import java.time.Duration;

/**
 * What a comparison is asked to do. The picture has three channels: red, green, blue.
 *
 * @param filters N, output channels, 1 to {@value #MAX_FILTERS}
 * @param kernel K, the filters' height and width, 1 to {@value #MAX_KERNEL}
 * @param groups g of the grouped convolution: 1 or 3, the divisors of three channels
 * @param stride 1 to {@value #MAX_STRIDE}
 * @param seed of every random weight
 * @param timePerCell how long one variant is measured on one device once it is warm; at most as long is spent on warming up
 */
public record Settings(int filters, int kernel, int groups, int stride, long seed, Duration timePerCell) {

    /** Red, green, blue. */
    public static final int CHANNELS = 3;

    public static final int MAX_FILTERS = 512;
    public static final int MAX_KERNEL = 63;
    public static final int MAX_STRIDE = 1024;

    /** 4 filters of 3x3 in 3 groups at stride 1, one second a cell. */
    public static final Settings DEFAULT = new Settings(4, 3, CHANNELS, 1, 42, Duration.ofSeconds(1));

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Settings {
        within("filters", filters, MAX_FILTERS);
        within("kernel", kernel, MAX_KERNEL);
        within("stride", stride, MAX_STRIDE);
        if (groups < 1 || CHANNELS % groups != 0) {
            throw new IllegalArgumentException(
                    "groups is %d; it must divide the picture's 3 channels, so it can be 1 or 3".formatted(groups));
        }
        if (timePerCell.isNegative() || timePerCell.isZero() || timePerCell.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "time per cell is %s s; it must be above 0 and at most 3600".formatted(timePerCell.toMillis() / 1e3));
        }
    }

    private static void within(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("%s is %d; it must be from 1 to %d".formatted(name, value, most));
        }
    }

    /** N, or the next number above it that {@code groups} divides. */
    int filtersFor(int ofGroups) {
        return (filters + ofGroups - 1) / ofGroups * ofGroups;
    }
}
