package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.kernel.conv.Kernel.Order;
import java.util.EnumMap;
import java.util.Map;

/** The same numbers of a network in every order in which they are there. */
final class LoweredValue {

    final Dims dims;
    final Map<Order, NetworkArray> arrays = new EnumMap<>(Order.class);
    /** A copy of pixels that are parts of larger ones; null if nothing needed it. */
    NetworkArray whole;
    /** Whether it comes from outside as it is. */
    boolean outside;
    /** Null if it is computed. */
    float[] constant;

    LoweredValue(Dims dims) {
        this.dims = dims;
    }

    static LoweredValue of(NetworkArray array) {
        LoweredValue value = new LoweredValue(array.dims());
        value.arrays.put(array.order(), array);
        return value;
    }
}
