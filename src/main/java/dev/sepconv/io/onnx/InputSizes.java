package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes for what a model leaves open. A first dimension that is left open is 1 unless it is given:
 * the batch.
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

    /** With what is given without a name under this one. */
    InputSizes named(String name) {
        Map<String, Dims> more = new LinkedHashMap<>(inputs);
        Dims unnamed = more.remove("");
        if (unnamed != null) {
            more.put(name, unnamed);
        }
        return new InputSizes(more, dimensions, picture);
    }

    /** What is known of one size: from the model, from here, or 0. */
    int size(String input, List<Integer> declared, int dimension, String dimensionName) {
        if (inputs.containsKey(input) && dimension < inputs.get(input).rank()) {
            return inputs.get(input).get(dimension);
        }
        if (!dimensionName.isEmpty() && dimensions.containsKey(dimensionName)) {
            return dimensions.get(dimensionName);
        }
        if (picture != null && declared.size() == 4) {
            int height = channels(declared) == 1 ? 2 : 1;
            if (dimension == height || dimension == height + 1) {
                return picture.get(dimension - height);
            }
        }
        return declared.get(dimension) == 0 && dimension == 0 && declared.size() > 1
                ? 1
                : declared.get(dimension);
    }

    /**
     * Which of a picture's dimensions counts channels: the last if that alone can, else the second;
     * -1 where it is no picture.
     */
    static int channels(List<Integer> declared) {
        if (declared.size() != 4) {
            return -1;
        }
        return countsChannels(declared.get(3)) && !countsChannels(declared.get(1)) ? 3 : 1;
    }

    private static boolean countsChannels(int size) {
        return size == 1 || size == 3 || size == 4;
    }
}
