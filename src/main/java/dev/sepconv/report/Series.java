package dev.sepconv.report;

/**
 * How series of a drawing look: classes of {@code devices.ftlh}, which has a colour for light and
 * one for dark.
 */
final class Series {

    static final int COLOURS = 8;
    private static final String[] DASHES = {"", "6 3", "2 3"};

    private Series() {
    }

    static String colour(int index) {
        return "c" + index % COLOURS;
    }

    /** Of a line; as many as 24 differ in colour or dashes. */
    static String dash(int index) {
        return DASHES[index / COLOURS % DASHES.length];
    }
}
