package dev.sepconv;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sizes for what a model leaves open, for {@link Sepconv#load(java.nio.file.Path, InputSizes)}. A
 * first dimension that is left open is 1 unless it is given: the batch.
 *
 * @param inputs all sizes of an input, by its name; an empty name stands for the only input that is
 * not named, and for none where there are several
 * @param dimensions size of a dimension, by the name that the model gives it
 * @param picture height and width for every input that is a picture: four dimensions, of which the
 * second (or, if that is open or not 1, 3 or 4, the last) counts channels; or null
 */
public record InputSizes(Map<String, Dims> inputs, Map<String, Integer> dimensions, Dims picture) {

    /** Nothing is given: every size must stand in the model. */
    public static final InputSizes AS_IN_MODEL = new InputSizes(Map.of(), Map.of(), null);

    /**
     * @throws IllegalArgumentException if a size is below 1, or a picture has not two
     */
    public InputSizes {
        inputs = Map.copyOf(inputs);
        dimensions = Map.copyOf(dimensions);
        dimensions.forEach((name, size) -> {
            if (size < 1) {
                throw new IllegalArgumentException(
                        "dimension '%s' is given as %d; it must be at least 1".formatted(name,
                                size));
            }
        });
        if (picture != null && picture.rank() != 2) {
            throw new IllegalArgumentException(
                    "picture is %s; it must be a height and a width".formatted(picture));
        }
    }

    /** All sizes of the only input, the batch first. */
    public static InputSizes of(Dims input) {
        return new InputSizes(Map.of("", input), Map.of(), null);
    }

    public InputSizes withInput(String name, int... sizes) {
        Map<String, Dims> more = new LinkedHashMap<>(inputs);
        more.put(name, Dims.of(sizes));
        return new InputSizes(more, dimensions, picture);
    }

    public InputSizes withDimension(String name, int size) {
        Map<String, Integer> more = new LinkedHashMap<>(dimensions);
        more.put(name, size);
        return new InputSizes(inputs, more, picture);
    }

    public InputSizes withPicture(int height, int width) {
        return new InputSizes(inputs, dimensions, Dims.of(height, width));
    }
}
