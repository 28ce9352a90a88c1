package dev.sepconv.picture;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.io.Printable;
import java.util.List;

/**
 * Text out of a recogniser trained with connectionist temporal classification (Graves et al. 2006):
 * of each step the likeliest character, repeated ones once, blanks left out ("best path").
 */
public final class Ctc {

    private Ctc() {
    }

    /**
     * What was read.
     *
     * @param text the characters
     * @param score the mean of their probabilities; 0 where nothing was read
     */
    public record Text(String text, float score) {
    }

    /**
     * Reads a recogniser's output.
     *
     * @param output {@code [1, steps, K]}: at each step a probability for the blank (class 0) and
     * each character
     * @param characters those of classes 1 to K - 1; one fewer if the last class is the space, as
     * PaddleOCR has it
     * @throws IllegalArgumentException if the output has other dimensions, or another number of
     * characters
     */
    public static Text read(NdArray output, List<String> characters) {
        Dims dims = output.dims();
        if (dims.rank() != 3 || dims.get(0) != 1) {
            throw new IllegalArgumentException(
                    "output is %s; text is [1, steps, K]".formatted(dims));
        }
        int classes = dims.get(2);
        if (characters.size() != classes - 1 && characters.size() != classes - 2) {
            throw new IllegalArgumentException(
                    "%s for %d classes; text needs one for each class but the blank, or but blank and space"
                            .formatted(Printable.count(characters.size(), "label"), classes));
        }
        StringBuilder text = new StringBuilder();
        double sum = 0;
        int count = 0;
        int last = 0;
        for (int step = 0; step < dims.get(1); step++) {
            int from = step * classes;
            int best = 0;
            for (int k = 1; k < classes; k++) {
                best = output.data()[from + k] > output.data()[from + best] ? k : best;
            }
            if (best != 0 && best != last) {
                text.append(best <= characters.size() ? characters.get(best - 1) : " ");
                sum += output.data()[from + best];
                count++;
            }
            last = best;
        }
        return new Text(text.toString(), count == 0 ? 0 : (float) (sum / count));
    }
}
