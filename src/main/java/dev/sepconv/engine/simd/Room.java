package dev.sepconv.engine.simd;

/**
 * Room for numbers: part of an array.
 *
 * @param array also has others' numbers, before {@code first} and behind these
 * @param first where these begin
 */
record Room(float[] array, int first) {
}
