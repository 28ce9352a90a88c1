package dev.sepconv.engine.simd;

/**
 * An array of a network that exists when the whole plan is known, so that arrays that are not
 * needed at once can be the same.
 */
final class Buffer {

    private float[] floats;

    float[] floats() {
        return floats;
    }

    void hold(float[] array) {
        floats = array;
    }
}
