package dev.sepconv;

import java.util.List;

/**
 * Runs layers on one kind of hardware. An engine is safe for use by several threads; close it when no plan of it is needed any
 * more.
 */
public interface Engine extends AutoCloseable {

    /** {@code tornado}, {@code simd} or {@code java}. */
    String name();

    /** Where it can run, best first; never empty. */
    List<Device> devices();

    /**
     * Makes a layer ready to run again and again on inputs of one shape. Weights are read here, once.
     *
     * @param weights one for each of {@code layer.stages()}, in that order
     * @param input the shape of every input
     * @param layout the layout of every input and output
     * @param device one of {@link #devices()}
     * @throws IllegalArgumentException if the weights don't fit the layer, the input doesn't, or the device is another engine's
     * @throws EngineException if the device can't do it: out of memory, a driver's failure
     */
    Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device);

    /** {@link #compile(Layer, List, Shape, Layout, Device)} in NCHW on the best device. */
    default Plan compile(Layer layer, List<ConvWeights> weights, Shape input) {
        return compile(layer, weights, input, Layout.NCHW, devices().getFirst());
    }

    /**
     * Makes a network ready to run again and again. Weights are read here, once. The engine may fold, fuse and reorder what leaves
     * the results the same but for rounding; arrays that are outputs stay.
     *
     * @param device one of {@link #devices()}
     * @throws IllegalArgumentException if the device is another engine's
     * @throws EngineException if the device can't do it: out of memory, a driver's failure
     */
    default NetworkPlan compile(Network network, Device device) {
        throw new EngineException("engine %s doesn't run networks; use another one".formatted(name()));
    }

    @Override
    default void close() {
    }
}
