package dev.sepconv.compare;

import dev.sepconv.Layout;
import java.time.Duration;
import java.util.List;

/**
 * What a comparison is asked to do. It has two parts: a picture through every variant, and layers
 * as they stand inside a network, on maps that a first convolution makes of the picture. The
 * picture has three channels: red, green, blue.
 *
 * @param filters N of the first part, output channels, 1 to {@value #MAX_FILTERS}
 * @param kernel K of the first part, the filters' height and width, 1 to {@value #MAX_KERNEL}
 * @param groups g of the first part's grouped convolution: 1 or 3, the divisors of three channels
 * @param stride of the first part, 1 to {@value #MAX_STRIDE}
 * @param seed of every random weight
 * @param timePerCell how long one variant is measured on one device once it is warm
 * @param part which of the two parts
 * @param maps the second part's maps, at least one where there is such a part
 * @param layerGroups the second part's numbers of groups, above 1; on maps whose channels one
 * doesn't divide it has no row
 * @param layout of the second part's maps
 */
public record Settings(int filters, int kernel, int groups, int stride, long seed,
        Duration timePerCell, Part part, List<MapSize> maps, List<Integer> layerGroups,
        Layout layout) {

    /** Red, green, blue. */
    public static final int CHANNELS = 3;

    public static final int MAX_FILTERS = 512;
    public static final int MAX_KERNEL = 63;
    public static final int MAX_STRIDE = 1024;
    public static final int MAX_LAYER_CHANNELS = 4096;
    public static final int MAX_SIDE = 1024;

    /**
     * Where a network's layers lie: early, in the middle, late. All three have as many
     * multiply-adds.
     */
    public static final List<MapSize> MAPS = List.of(new MapSize(64, 112), new MapSize(128, 56),
            new MapSize(512, 14));
    /** AlexNet's 2, and more. */
    public static final List<Integer> LAYER_GROUPS = List.of(2, 4, 8);

    /** Both parts; in the first 4 filters of 3x3 in 3 groups at stride 1; half a second a cell. */
    public static final Settings DEFAULT = new Settings(4, 3, CHANNELS, 1, 42,
            Duration.ofMillis(500), Part.BOTH, MAPS, LAYER_GROUPS, Layout.NHWC);

    /** Which part is done. */
    public enum Part {
        PICTURE,
        NETWORK,
        BOTH;

        public boolean hasPicture() {
            return this != NETWORK;
        }

        public boolean hasNetwork() {
            return this != PICTURE;
        }
    }

    /**
     * Square maps.
     *
     * @param channels C, and as many filters
     * @param side height and width
     */
    public record MapSize(int channels, int side) {
        public MapSize {
            within("channels", channels, MAX_LAYER_CHANNELS);
            within("side", side, MAX_SIDE);
        }

        @Override
        public String toString() {
            return "%d channels of %d×%2$d".formatted(channels, side);
        }
    }

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Settings {
        within("filters", filters, MAX_FILTERS);
        within("kernel", kernel, MAX_KERNEL);
        within("stride", stride, MAX_STRIDE);
        if (groups < 1 || CHANNELS % groups != 0) {
            throw new IllegalArgumentException(
                    "groups is %d; it must divide the picture's 3 channels, so it can be 1 or 3"
                            .formatted(groups));
        }
        if (timePerCell.isNegative() || timePerCell.isZero()
                || timePerCell.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "time per cell is %s s; it must be above 0 and at most 3600"
                            .formatted(timePerCell.toMillis() / 1e3));
        }
        maps = List.copyOf(maps);
        layerGroups = layerGroups.stream().distinct().sorted().toList();
        if (part.hasNetwork() && maps.isEmpty()) {
            throw new IllegalArgumentException("maps is empty; the second part needs at least one");
        }
        for (int g : layerGroups) {
            within("groups of a layer", g, MAX_LAYER_CHANNELS);
        }
    }

    /** The first part alone. */
    public Settings(int filters, int kernel, int groups, int stride, long seed,
            Duration timePerCell) {
        this(filters, kernel, groups, stride, seed, timePerCell, Part.PICTURE, List.of(), List.of(),
                Layout.NHWC);
    }

    private static void within(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "%s is %d; it must be from 1 to %d".formatted(name, value, most));
        }
    }

    /** The first part's N, or the next number above it that {@code ofGroups} divides. */
    public int filtersFor(int ofGroups) {
        return (filters + ofGroups - 1) / ofGroups * ofGroups;
    }
}
