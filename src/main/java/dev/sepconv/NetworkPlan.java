package dev.sepconv;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network bound to a device. It keeps its buffers from run to run, so one thread at a time may
 * run it; {@link #run} sees to that itself. Close it to give back device memory.
 */
public interface NetworkPlan extends AutoCloseable {

    /**
     * How long a part of a network took.
     *
     * @param node the node's name, or names joined by " + " where several run as one
     * @param label the operation's word, as {@link Op#label()}
     * @param nanos time in nanoseconds: of the kernel alone where the device can tell
     */
    record NodeTime(String node, String label, long nanos) {
    }

    Device device();

    /**
     * The network as it runs: after batch normalisation was folded, activations were fused and so
     * on.
     */
    Network network();

    /**
     * Bytes that all intermediate arrays together take, after buffers were shared; without weights,
     * inputs and outputs.
     */
    long intermediateBytes();

    /**
     * The names of the catalogue's convolution kernels that it runs, in order, and of what moves
     * channels between them; empty if its engine has kernels of its own.
     */
    default List<String> kernels() {
        return List.of();
    }

    /**
     * {@link Fusion#FUSED} if it computes a depthwise convolution and the pointwise one after it at
     * once anywhere, else {@link Fusion#SEPARATE}; never {@link Fusion#AUTO}.
     */
    default Fusion fusion() {
        return Fusion.SEPARATE;
    }

    /**
     * Whether some of its kernels were chosen because {@code sepconv tune} measured them to be the
     * fastest on this device.
     */
    default boolean tuned() {
        return false;
    }

    /**
     * By a node's name its layer's stages, by their places from 0, that run by Winograd's minimal
     * filtering F(2x2, 3x3), which multiplies 16 times where the count of multiply-adds has 36
     * (Lavin and Gray 2016, section 4); nodes without are not there, nor is any where the engine
     * doesn't tell.
     */
    default Map<String, List<Integer>> winogradStages() {
        return Map.of();
    }

    /**
     * Runs the network.
     *
     * @param inputs an array of the right sizes for each of the network's inputs; they are not
     * changed
     * @param outputs an array of the right sizes for each of the network's outputs; they are
     * overwritten
     * @throws IllegalArgumentException if one is missing, not known, or of other sizes
     * @throws EngineException if the device fails
     * @throws IllegalStateException if the plan is closed
     */
    void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs);

    /**
     * {@link #run(Map, Map)} into new arrays.
     *
     * @throws OutOfMemoryException if Java's heap has no room for them
     */
    default Map<String, NdArray> run(Map<String, NdArray> inputs) {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        for (String name : network().outputs()) {
            Dims dims = network().dims(name);
            outputs.put(name,
                    Checks.room("output '%s'".formatted(name), dims, () -> NdArray.zeros(dims)));
        }
        run(inputs, outputs);
        return outputs;
    }

    /**
     * {@link #run(Map)} for a network of one input and one output.
     *
     * @throws IllegalArgumentException if it has more
     */
    default NdArray run(NdArray input) {
        if (network().inputs().size() != 1 || network().outputs().size() != 1) {
            throw new IllegalArgumentException(
                    "network '%s' has inputs %s and outputs %s; name them, as in run(Map.of(name, array))"
                            .formatted(network().name(), network().inputs().keySet(),
                                    network().outputs()));
        }
        return run(Map.of(network().inputs().keySet().iterator().next(), input))
                .get(network().outputs().getFirst());
    }

    /**
     * Runs the network on zeros until it is about as fast as it gets, for some 0.6 to 5 seconds:
     * the JVM compiles what runs often, and drivers may too. For a service before it answers, and
     * before anything is timed.
     *
     * @throws EngineException if the device fails, or Java's heap has no room for the zeros
     * @throws IllegalStateException if the plan is closed
     */
    default void warmUp() {
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network().inputs().forEach((name, dims) -> inputs.put(name,
                Checks.room("input '%s'".formatted(name), dims, () -> NdArray.zeros(dims))));
        Map<String, NdArray> outputs = run(inputs);
        WarmUp.run(() -> run(inputs, outputs));
    }

    /** {@link #run(Map, Map)} once, timed part by part, in the order in which the parts run. */
    List<NodeTime> profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs);

    /** Whether {@link #profileWhole} can be asked: the device has a clock of its own. */
    default boolean profiles() {
        return false;
    }

    /**
     * {@link #run(Map, Map)} once, timed by the device's own clock. For measuring, not for
     * production: it may be slower than a run, and keep others waiting.
     *
     * @throws EngineException if {@link #profiles()} is false, or the device fails
     */
    default Profile profileWhole(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        throw new EngineException(
                "device %s has no clock of its own: time its runs".formatted(device()));
    }

    @Override
    void close();
}
