package dev.sepconv;

import java.util.List;
import java.util.Set;

/**
 * Runs networks, and layers as networks of one node, on one kind of hardware. An engine is safe for
 * use by several threads; close it when no plan of it is needed any more.
 */
public interface Engine extends AutoCloseable {

    /** {@code tornado}, {@code simd}, {@code plain} or {@code java}. */
    String name();

    /** Where it can run, best first; never empty. */
    List<Device> devices();

    /**
     * Makes a network ready to run again and again. Weights are read here, once. The engine may
     * fold, fuse and reorder what leaves the results the same but for rounding; arrays that are
     * outputs stay.
     *
     * @param device one of {@link #devices()}
     * @param fusion whether a depthwise convolution and the pointwise one after it run at once;
     * FUSED asks it of every such pair
     * @throws IllegalArgumentException if the device is another engine's, or it can't fuse all
     * pairs that it is asked to, or there is none
     * @throws EngineException if the device can't do it: out of memory, a driver's failure; or if
     * the thread is interrupted, which it stays
     * @throws IllegalStateException if the engine is closed
     */
    default NetworkPlan compile(Network network, Device device, Fusion fusion) {
        throw new EngineException(
                "engine %s doesn't run networks; use another one".formatted(name()));
    }

    /** {@link #compile(Network, Device, Fusion)} as the engine thinks best: {@link Fusion#AUTO}. */
    default NetworkPlan compile(Network network, Device device) {
        return compile(network, device, Fusion.AUTO);
    }

    /**
     * Several plans of a network, for as many threads: {@link PlanPool}. Engines that run on the
     * CPU's cores share these out among the plans where they can, so that plans don't wait for one
     * another; each plan has weights and buffers of its own.
     *
     * @param plans how many, at least 1
     * @throws IllegalArgumentException as {@link #compile(Network, Device)}, or if {@code plans} is
     * below 1
     * @throws EngineException as {@link #compile(Network, Device)}
     */
    default PlanPool pool(Network network, Device device, int plans) {
        return PlanPool.compile(plans, i -> compile(network, device));
    }

    /**
     * Makes a layer ready to run again and again on inputs of one shape: as {@link Network#of} has
     * it, a network of one node. Weights are read here, once.
     *
     * @param layer as {@link Layer#withWeights} gives it
     * @param input the shape of every input
     * @param layout the layout of every input and output
     * @param device one of {@link #devices()}
     * @param fusion whether a depthwise convolution and the pointwise one after it run at once; one
     * of {@link #fusions}
     * @throws IllegalArgumentException if the input doesn't fit the layer, the device is another
     * engine's, or there is no such fusion
     * @throws EngineException if the device can't do it: out of memory, a driver's failure
     * @throws IllegalStateException if the engine is closed
     */
    default Plan compile(Op.Convolve layer, Shape input, Layout layout, Device device,
            Fusion fusion) {
        return Plan.of(compile(Network.of(layer, input, layout), device, fusion), layout);
    }

    /**
     * {@link #compile(Op.Convolve, Shape, Layout, Device, Fusion)} as the engine thinks best:
     * {@link Fusion#AUTO}.
     */
    default Plan compile(Op.Convolve layer, Shape input, Layout layout, Device device) {
        return compile(layer, input, layout, device, Fusion.AUTO);
    }

    /** {@link #compile(Op.Convolve, Shape, Layout, Device)} in NCHW on the best device. */
    default Plan compile(Op.Convolve layer, Shape input) {
        return compile(layer, input, Layout.NCHW, devices().getFirst());
    }

    /**
     * What {@link #compile(Op.Convolve, Shape, Layout, Device, Fusion)} can be asked for: AUTO and
     * SEPARATE always, FUSED where the engine {@link #fuses} every depthwise convolution of the
     * layer with the pointwise one that follows.
     *
     * @throws IllegalArgumentException if the input doesn't fit the layer, or the device is another
     * engine's
     */
    default Set<Fusion> fusions(Layer layer, Shape input, Layout layout, Device device) {
        List<Conv2d> stages = layer.stages();
        List<Integer> pairs = Fusion.pairs(layer);
        boolean all = !pairs.isEmpty();
        Shape shape = input;
        for (int i = 0; i < stages.size(); i++) {
            boolean can = !pairs.contains(i)
                    || fuses(stages.get(i), stages.get(i + 1), shape, device);
            all &= can;
            shape = stages.get(i).outputShape(shape);
        }
        return Fusion.available(all);
    }

    /**
     * Whether a depthwise convolution and the pointwise one that reads it can be computed at once.
     *
     * @param input of the depthwise one
     * @throws IllegalArgumentException if the device is another engine's
     */
    default boolean fuses(Conv2d depthwise, Conv2d pointwise, Shape input, Device device) {
        return false;
    }

    /**
     * Ends the engine and gives back what its plans hold of a device. From then on it compiles
     * nothing and its plans don't run: both throw an {@link IllegalStateException}. Closing those
     * plans later, or the engine again, does nothing.
     */
    @Override
    default void close() {
    }
}
