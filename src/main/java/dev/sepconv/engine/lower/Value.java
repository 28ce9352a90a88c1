package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.kernel.conv.Kernel.Order;
import java.util.EnumMap;
import java.util.Map;

/** The same numbers of a network in every order in which they are there. */
final class Value {

    final Dims dims;
    final Map<Order, NetworkArray> arrays = new EnumMap<>(Order.class);
    /** Whether it comes from outside as it is. */
    boolean outside;
    /** Null if it is computed. */
    float[] constant;

    Value(Dims dims) {
        this.dims = dims;
    }

    static Value of(NetworkArray array) {
        Value value = new Value(array.dims());
        value.arrays.put(array.order(), array);
        return value;
    }
}
