package dev.sepconv;

import java.util.List;
import java.util.Set;

/**
 * Runs layers on one kind of hardware. An engine is safe for use by several threads; close it when no plan of it is needed any
 * more.
 */
public interface Engine extends AutoCloseable {

    /** {@code tornado}, {@code simd}, {@code plain} or {@code java}. */
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
     * @param fusion whether a depthwise convolution and the pointwise one after it run at once; one of {@link #fusions}
     * @throws IllegalArgumentException if the weights don't fit the layer, the input doesn't, the device is another engine's, or there
     *         is no such fusion
     * @throws EngineException if the device can't do it: out of memory, a driver's failure
     * @throws IllegalStateException if the engine is closed
     */
    Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device, Fusion fusion);

    /** {@link #compile(Layer, List, Shape, Layout, Device, Fusion)} as the engine thinks best: {@link Fusion#AUTO}. */
    default Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device) {
        return compile(layer, weights, input, layout, device, Fusion.AUTO);
    }

    /** {@link #compile(Layer, List, Shape, Layout, Device)} in NCHW on the best device. */
    default Plan compile(Layer layer, List<ConvWeights> weights, Shape input) {
        return compile(layer, weights, input, Layout.NCHW, devices().getFirst());
    }

    /**
     * What {@link #compile(Layer, List, Shape, Layout, Device, Fusion)} can be asked for: AUTO and SEPARATE always, FUSED where the
     * engine has a kernel for every depthwise convolution of the layer with the pointwise one that follows.
     *
     * @throws IllegalArgumentException if the input doesn't fit the layer, or the device is another engine's
     */
    default Set<Fusion> fusions(Layer layer, Shape input, Layout layout, Device device) {
        return Fusion.available(false);
    }

    /**
     * Makes a network ready to run again and again. Weights are read here, once. The engine may fold, fuse and reorder what leaves
     * the results the same but for rounding; arrays that are outputs stay.
     *
     * @param device one of {@link #devices()}
     * @throws IllegalArgumentException if the device is another engine's
     * @throws EngineException if the device can't do it: out of memory, a driver's failure
     * @throws IllegalStateException if the engine is closed
     */
    default NetworkPlan compile(Network network, Device device) {
        throw new EngineException("engine %s doesn't run networks; use another one".formatted(name()));
    }

    /**
     * Ends the engine and gives back what its plans hold of a device. From then on it compiles nothing and its plans don't run: both
     * throw an {@link IllegalStateException}. Closing those plans later, or the engine again, does nothing.
     */
    @Override
    default void close() {
    }
}
