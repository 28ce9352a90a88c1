package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link InputSizes} say of one input of a model. */
final class GivenSizes {

    private GivenSizes() {
    }

    /** The same with what is given without a name under this one. */
    static InputSizes named(InputSizes given, String name) {
        Map<String, Dims> more = new LinkedHashMap<>(given.inputs());
        Dims unnamed = more.remove("");
        if (unnamed != null) {
            more.put(name, unnamed);
        }
        return new InputSizes(more, given.dimensions(), given.picture());
    }

    /** What is known of one size: from the model, from what is given, or 0. */
    static int size(InputSizes given, String input, List<Integer> declared, int dimension,
            String dimensionName) {
        Dims whole = given.inputs().get(input);
        if (whole != null && dimension < whole.rank()) {
            return whole.get(dimension);
        }
        if (!dimensionName.isEmpty() && given.dimensions().containsKey(dimensionName)) {
            return given.dimensions().get(dimensionName);
        }
        if (given.picture() != null && declared.size() == 4) {
            int height = channels(declared) == 1 ? 2 : 1;
            if (dimension == height || dimension == height + 1) {
                return given.picture().get(dimension - height);
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
