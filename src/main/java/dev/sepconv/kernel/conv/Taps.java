package dev.sepconv.kernel.conv;

/**
 * Which taps of a kernel fall on the input and not on its padding, so that tap loops need no test
 * inside.
 */
public final class Taps {

    private Taps() {
    }

    /** The first tap at or after row (or column) 0, when tap 0 is at {@code origin}. */
    public static int first(int origin, int dilation) {
        return origin < 0 ? (-1 - origin) / dilation + 1 : 0;
    }

    /**
     * One past the last tap before row (or column) {@code size}, when tap 0 is at {@code origin}.
     */
    public static int end(int origin, int dilation, int size, int taps) {
        int room = size - origin;
        int inside = room > 0 ? (room - 1) / dilation + 1 : 0;
        return inside < taps ? inside : taps;
    }
}
