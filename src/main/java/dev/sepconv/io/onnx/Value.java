package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import java.util.List;

/** What a name in a model's graph stands for. */
sealed interface Value {

    String name();

    /** Whether its numbers are of an integer type in the model. */
    default boolean isInteger() {
        return switch (this) {
            case Computed computed -> computed.integer();
            case Known known -> known.tensor() instanceof OnnxTensor.Integers;
        };
    }

    /**
     * An array that the network makes, or that comes from outside.
     *
     * @param integer whether its numbers are whole and of an integer type in the model; here they
     * are float32 all the same
     */
    record Computed(String name, Dims dims, boolean integer) implements Value {

        /** The same array as numbers of the other kind. */
        Computed as(boolean nowInteger) {
            return new Computed(name, dims, nowInteger);
        }
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
