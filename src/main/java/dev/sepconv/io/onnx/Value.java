package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import java.util.List;

/** What a name in a model's graph stands for. */
sealed interface Value {

    String name();

    /** An array that the network makes, or that comes from outside. */
    record Computed(String name, Dims dims) implements Value {
    }

    /**
     * Numbers that are known now.
     *
     * @param name of the node that gives them, where the network needs them as an array
     */
    record Known(String name, OnnxTensor tensor) implements Value {
    }

    /** Sizes, outermost first; of a {@link Known} they may hold 0. */
    default List<Integer> sizes() {
        return switch (this) {
            case Computed computed -> computed.dims().sizes();
            case Known known -> known.tensor().sizes();
        };
    }

    /**
     * @throws ModelException if a size is 0
     */
    default Dims shape() {
        return switch (this) {
            case Computed computed -> computed.dims();
            case Known known -> known.tensor().dims();
        };
    }
}
