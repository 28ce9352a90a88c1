package dev.sepconv.measure;

/** How far a result may be off. */
public final class Tolerance {

    /** The largest difference from the float64 reference over its largest magnitude, of a layer. */
    public static final double LAYER = 1e-5;

    /** The same of a network's outputs: errors of its layers add up. */
    public static final double NETWORK = 2 * LAYER;

    private Tolerance() {
    }
}
