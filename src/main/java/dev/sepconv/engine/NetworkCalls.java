package dev.sepconv.engine;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.kernel.Call;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Storage;
import java.util.Collection;
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
 * @param intermediates memory of what lies between; an array of vectors holds zeros at first, which its end keeps
 * @param constants memory of the constants that steps read as arrays
 */
public record NetworkCalls(Network network, List<Step> steps, Map<String, Storage> inputs, Map<String, Storage> outputs,
        List<Storage> intermediates, List<Storage> constants) {

    /** The label of steps that only bring an array into another order. */
    public static final String LAYOUT = "layout";

    /**
     * One call.
     *
     * @param node the name of the node that it is a part of, or that an array is brought into another order for
     * @param label the operation's word, or {@link #LAYOUT}
     * @param reads memory of the arrays that it reads
     * @param writes memory of the array that it writes
     */
    public record Step(String node, String label, Call call, List<Storage> reads, Storage writes) {
    }

    /**
     * With a class of devices' default kernels. For CPUs pictures are kept as pixels of whole vectors from the first convolution on,
     * and brought into another order where an operation has no vector kernel; for the others all arrays stay in row-major order. For
     * {@link DeviceClass#OTHER} all kernels are plain: the meaning.
     */
    public static NetworkCalls of(Network network, DeviceClass device) {
        return new NetworkLowering(network, device).calls();
    }

    /** How many numbers each array has that goes to a device or stays there. */
    public List<Long> elements() {
        Stream<Long> shared = Stream.of(inputs.values(), outputs.values(), intermediates, constants).flatMap(Collection::stream)
                .distinct().map(storage -> (long) storage.size());
        return Stream.concat(shared, steps.stream().flatMap(step -> step.call().constantElements().stream())).toList();
    }

    /** Takes over the inputs' numbers. */
    public void read(Map<String, NdArray> from) {
        inputs.forEach((name, storage) -> storage.read(from.get(name).data()));
    }

    /** Gives the outputs' numbers. */
    public void write(Map<String, NdArray> to) {
        outputs.forEach((name, storage) -> storage.write(to.get(name).data()));
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
