package dev.sepconv.bulk;

import dev.sepconv.NdArray;
import java.util.List;
import java.util.Map;

/**
 * What came of one picture.
 *
 * @param index its place among all, from 0
 * @param picture its name
 * @param error why nothing came of it, one sentence; null if all is well
 * @param answers one for each output, in order; empty if there is an error
 * @param outputs the numbers of each output by its name, their first dimension 1; empty if there is
 * an error
 */
public record Row(int index, String picture, String error, List<Answer> answers,
        Map<String, NdArray> outputs) {

    public Row {
        answers = List.copyOf(answers);
    }

    /** A picture of which nothing came. */
    public static Row failed(int index, String picture, String error) {
        return new Row(index, picture, error, List.of(), Map.of());
    }
}
