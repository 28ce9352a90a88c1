package dev.sepconv.picture;

/** How a picture of any size becomes one of the size that a network wants. */
public enum Fit {
    /** Each side by itself: proportions are lost, nothing else is. */
    STRETCH,
    /** In proportion until it covers the size; the middle of it is taken. */
    CROP,
    /** In proportion until it fits; the same amount of padding on both sides. */
    PAD,
    /** In proportion until it fits; at the top left, padding below or at the right. */
    PAD_END,
    /**
     * A line of text: in proportion to the full height, padding at the right; squeezed where it
     * would be too wide.
     */
    LINE
}
