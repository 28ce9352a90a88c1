package dev.sepconv.engine;

import dev.sepconv.Network;
import dev.sepconv.engine.NetworkDivision.Units;

/** What several devices share: each gets some of it. */
public enum SplitAxis {
    /** Images of the batch. */
    BATCH("batch"),
    /** Groups of grouped convolutions, filters of other ones. */
    GROUPS("groups"),
    /** Rows of the picture. */
    SPACE("space");

    private final String word;

    SplitAxis(String word) {
        this.word = word;
    }

    /** For people: {@code batch}, {@code groups}, {@code space}. */
    public String word() {
        return word;
    }

    /**
     * The batch if it has an image for each device; else the groups, if there are grouped
     * convolutions with enough of them (depthwise ones only where there are no others); else the
     * rows; else the filters of convolutions without groups.
     *
     * @throws IllegalArgumentException if there is too little of each
     */
    public static SplitAxis of(Network network, int devices) {
        Units images = NetworkDivision.units(BATCH, network);
        Units channels = NetworkDivision.units(GROUPS, network);
        Units rows = NetworkDivision.units(SPACE, network);
        if (images.count() >= devices) {
            return BATCH;
        }
        if (channels.count() >= devices && channels.areGroups()) {
            return GROUPS;
        }
        if (rows.count() >= devices) {
            return SPACE;
        }
        if (channels.count() >= devices) {
            return GROUPS;
        }
        throw new IllegalArgumentException(
                "devices are %d; network '%s' has %s, %s and %s to share: use a larger batch or fewer devices"
                        .formatted(devices, network.name(), images, channels, rows));
    }
}
