package dev.sepconv.report;

import java.util.Locale;

/** Shapes of points in a drawing, to tell series apart without colour. */
enum Marker {
    CIRCLE("m-3.6,0a3.6,3.6 0 1,0 7.2,0a3.6,3.6 0 1,0 -7.2,0z"),
    SQUARE("m-3.3,-3.3h6.6v6.6h-6.6z"),
    TRIANGLE("m0,-4.4l4.2,7.4h-8.4z"),
    DIAMOND("m0,-4.6l4.6,4.6l-4.6,4.6l-4.6,-4.6z"),
    DOWN("m0,4.4l-4.2,-7.4h8.4z"),
    PLUS("m-1.5,-4.4h3v2.9h2.9v3h-2.9v2.9h-3v-2.9h-2.9v-3h2.9z");

    private final String outline;

    Marker(String outline) {
        this.outline = outline;
    }

    static Marker of(int index) {
        return values()[index % values().length];
    }

    /** An SVG path around a point. */
    String at(double x, double y) {
        return String.format(Locale.ROOT, "M%.1f,%.1f%s", x, y, outline);
    }
}
