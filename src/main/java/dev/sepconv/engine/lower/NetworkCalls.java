package dev.sepconv.engine.lower;

import dev.sepconv.Fusion;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.kernel.Call;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.Storage;
import dev.sepconv.kernel.conv.Kernel;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A network as calls of kernels on arrays that share memory where no two are needed at once.
 *
 * @param network what is computed
 * @param steps in the order in which they run
 * @param inputs memory of each input
 * @param outputs memory of each output; an input's or a constant's where it is that
 * @param intermediates memory of what lies between; an array of vectors holds zeros at first, which
 * its end keeps
 * @param constants memory of the constants that steps read as arrays
 * @param tuned whether kernels were chosen because they were measured to be the fastest
 */
public record NetworkCalls(Network network, List<CallStep> steps, Map<String, Storage> inputs,
        Map<String, Storage> outputs, List<Storage> intermediates, List<Storage> constants,
        boolean tuned) {

    /** The label of steps that only bring an array into another order. */
    public static final String LAYOUT = "layout";

    /**
     * One call.
     *
     * @param node the name of the node that it is a part of, or that an array is brought into
     * another order for
     * @param label the operation's word, or {@link #LAYOUT}
     * @param reads memory of the arrays that it reads
     * @param writes memory of the array that it writes
     */
    public record CallStep(String node, String label, Call call, List<Storage> reads,
            Storage writes) {
    }

    /** With a class of devices' default kernels. */
    public static NetworkCalls of(Network network, DeviceClass device) {
        return of(network, KernelChoice.of(device, Fusion.AUTO));
    }

    /**
     * With the kernels that are chosen. Where these are for pixels of whole vectors, pictures are
     * kept so from the first convolution on, and brought into another order where an operation has
     * no vector kernel; else all arrays stay in row-major order.
     */
    public static NetworkCalls of(Network network, KernelChoice choice) {
        return new NetworkLowering(network, choice).calls();
    }

    /** The names of the catalogue's kernels, in the order in which they run. */
    public List<String> kernels() {
        return convolutions().map(Kernel::name).toList();
    }

    /**
     * {@link Fusion#FUSED} if a kernel computes two convolutions at once, else
     * {@link Fusion#SEPARATE}.
     */
    public Fusion fusion() {
        return convolutions().anyMatch(kernel -> kernel.stages() > 1)
                ? Fusion.FUSED
                : Fusion.SEPARATE;
    }

    private Stream<Kernel> convolutions() {
        return steps.stream()
                .flatMap(step -> step.call() instanceof KernelCall call
                        ? Stream.of(call.kernel())
                        : Stream.empty());
    }

    /** Copies the inputs from the host. */
    public void copyIn(Map<String, NdArray> from) {
        inputs.forEach((name, storage) -> storage.copyFrom(from.get(name).data()));
    }

    /** Copies the outputs to the host. */
    public void copyOut(Map<String, NdArray> to) {
        outputs.forEach((name, storage) -> storage.copyTo(to.get(name).data()));
    }

    /** Memory of all intermediates together, in bytes. */
    public long intermediateBytes() {
        return intermediates.stream().mapToLong(storage -> 4L * storage.size()).sum();
    }

    /** How many steps only bring an array into another order. */
    public long conversions() {
        return steps.stream().filter(step -> step.label().equals(LAYOUT)).count();
    }
}
