package dev.sepconv.picture;

/**
 * What a classifier says of one class.
 *
 * @param index its number, from 0
 * @param label its name; null where none is known
 * @param score its number in the output, or its probability: as the list was made
 */
public record ClassScore(int index, String label, float score) {
}
