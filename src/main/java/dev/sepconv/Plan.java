package dev.sepconv;

import java.util.List;
import java.util.Optional;

/**
 * A layer bound to weights, an input shape and a device. It keeps its buffers from run to run, so
 * one thread at a time may run it; {@link #run} sees to that itself. Close it to give back device
 * memory.
 */
public interface Plan extends AutoCloseable {

    /**
     * A layer's plan over that of its network, as {@link Network#of} makes it; closing one closes
     * both.
     *
     * @param layout of the layer's input and output
     */
    static Plan of(NetworkPlan plan, Layout layout) {
        return LayerPlan.of(plan, layout);
    }

    Device device();

    Layout layout();

    Shape inputShape();

    Shape outputShape();

    /**
     * The names of the catalogue's kernels that it runs, in order, one for each stage or for two at
     * once, and one that moves channels between them if need be; empty if its engine has kernels of
     * its own.
     */
    default List<String> kernels() {
        return List.of();
    }

    /**
     * How it runs: {@link Fusion#FUSED} if a depthwise convolution and the pointwise one after it
     * are computed at once, else {@link Fusion#SEPARATE}; never {@link Fusion#AUTO}.
     */
    default Fusion fusion() {
        return Fusion.SEPARATE;
    }

    /**
     * Whether its kernels were chosen because {@code sepconv tune} measured them to be the fastest
     * on this device.
     */
    default boolean tuned() {
        return false;
    }

    /**
     * The layer's stages, by their places from 0, that run by Winograd's minimal filtering F(2x2,
     * 3x3), which multiplies 16 times where the count of multiply-adds has 36 (Lavin and Gray 2016,
     * section 4); empty where none does or the engine doesn't tell.
     */
    default List<Integer> winogradStages() {
        return List.of();
    }

    /**
     * Runs the layer.
     *
     * @param input of {@link #inputShape()} and {@link #layout()}; it is not changed
     * @param output of {@link #outputShape()} and {@link #layout()}; it is overwritten
     * @throws IllegalArgumentException if either has another shape or layout
     * @throws EngineException if the device fails
     * @throws IllegalStateException if the plan is closed
     */
    void run(Tensor input, Tensor output);

    /**
     * {@link #run(Tensor, Tensor)} into a new tensor.
     *
     * @throws OutOfMemoryException if Java's heap has no room for it
     */
    default Tensor run(Tensor input) {
        Tensor output = Checks.room("the output", outputShape(),
                () -> Tensor.zeros(outputShape(), layout()));
        run(input, output);
        return output;
    }

    /**
     * Runs the layer on zeros until it is about as fast as it gets, for some 0.6 to 5 seconds: the
     * JVM compiles what runs often, and drivers may too. For a service before it answers, and
     * before anything is timed.
     *
     * @throws EngineException if the device fails
     * @throws IllegalStateException if the plan is closed
     */
    default void warmUp() {
        Tensor input = Checks.room("an input", inputShape(),
                () -> Tensor.zeros(inputShape(), layout()));
        Tensor output = Checks.room("the output", outputShape(),
                () -> Tensor.zeros(outputShape(), layout()));
        WarmUp.run(() -> run(input, output));
    }

    /**
     * The plan of the layer's network, as {@link Network#of} makes it, that this one stands for;
     * nothing if its engine has none.
     */
    default Optional<NetworkPlan> asNetwork() {
        return Optional.empty();
    }

    /** Whether {@link #profile} can be asked: the device has a clock of its own. */
    default boolean profiles() {
        return false;
    }

    /**
     * {@link #run(Tensor, Tensor)} once, timed by the device's own clock. For measuring, not for
     * production: it may be slower than a run, and keep others waiting.
     *
     * @throws EngineException if {@link #profiles()} is false, or the device fails
     */
    default Profile profile(Tensor input, Tensor output) {
        throw new EngineException(
                "device %s has no clock of its own: time its runs".formatted(device()));
    }

    @Override
    void close();
}
