package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.graph.ChannelShuffles;
import dev.sepconv.graph.ChannelShuffles.Shuffled;
import dev.sepconv.kernel.OperationCall;
import dev.sepconv.kernel.Pixels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Channel shuffles of pixels, as calls. One of two groups that a concatenation of two arrays only
 * serves, as in ShuffleNetV2, takes these as they are, channel by channel in turns, and makes what
 * its two halves are read as with whole vectors of each, so that neither is copied.
 */
final class ShuffleLowering {

    private final NetworkArrays arrays;
    private final ChannelShuffles shuffles;
    /** What concatenations join that are left apart, by their outputs. */
    private final Map<String, Pair> pairs = new HashMap<>();
    /** Shuffled pixels whose halves begin with a vector each. */
    private final Map<String, NetworkArray> halves = new HashMap<>();

    private record Pair(NetworkArray a, NetworkArray b) {
    }

    ShuffleLowering(NetworkArrays arrays, ChannelShuffles shuffles) {
        this.arrays = arrays;
        this.shuffles = shuffles;
    }

    /** Whether a concatenation need not be made, as what shuffles it takes its inputs. */
    boolean isLeftApart(List<String> inputs) {
        String output = arrays.node().output();
        boolean serves = shuffles.ends().values().stream()
                .anyMatch(each -> each.picture().equals(output) && !each.halves().isEmpty());
        if (!serves || !inputs.stream().allMatch(arrays::arePixels)) {
            return false;
        }
        pairs.put(output, new Pair(arrays.partOrPixels(inputs.getFirst()),
                arrays.partOrPixels(inputs.getLast())));
        return true;
    }

    /** Whether a reshape needs nothing done, as the last one of its shuffle moves the channels. */
    boolean isInside(String output, String input) {
        return shuffles.inside().contains(output)
                && (pairs.containsKey(input) || arrays.arePixels(input));
    }

    /** What the last reshape of a shuffle makes. */
    void end(String output) {
        Shuffled shuffled = shuffles.ends().get(output);
        Pair pair = pairs.get(shuffled.picture());
        if (pair == null) {
            shuffle(shuffled);
            return;
        }
        Dims dims = arrays.outDims();
        int half = dims.get(1) / 2;
        if (half % 2 == 0 && !arrays.isOutput(output)
                && arrays.readers(output).stream().allMatch(reader -> isHalf(reader, dims))) {
            int each = Pixels.wholeVectors(half);
            NetworkArray made = NetworkArrays
                    .newPixels(Dims.of(dims.get(0), 2 * each, dims.get(2), dims.get(3)));
            halves.put(output, made);
            interleave(pair, made, each / Pixels.LANES, half / 2);
        } else {
            NetworkArray made = arrays.pixelsOutput();
            interleave(pair, made, made.pixelFloats() / Pixels.LANES, 0);
        }
    }

    private static boolean isHalf(Node reader, Dims dims) {
        int half = dims.get(1) / 2;
        return reader.op() instanceof Op.Slice op && op.steps().equals(List.of(1, 1, 1, 1))
                && (op.starts().equals(List.of(0, 0, 0, 0))
                        || op.starts().equals(List.of(0, half, 0, 0)))
                && op.sizes().equals(List.of(dims.get(0), half, dims.get(2), dims.get(3)));
    }

    private void interleave(Pair pair, NetworkArray made, int blocks, int shift) {
        arrays.step(made, List.of(pair.a(), pair.b()), () -> OperationCall
                .interleave(pair.a().pixels(), pair.b().pixels(), made.pixels(), blocks, shift));
    }

    /** Whether a slice is one of a shuffle's halves, and then its output is that. */
    boolean isHalf(Op.Slice op, String input) {
        NetworkArray made = halves.get(input);
        if (made == null) {
            return false;
        }
        arrays.output(
                made.part(arrays.outDims(), op.starts().get(1) == 0 ? 0 : made.dims().get(1) / 2));
        return true;
    }

    /** Moves channels within their pixels. */
    private void shuffle(Shuffled shuffled) {
        NetworkArray from = arrays.pixels(shuffled.picture());
        NetworkArray made = arrays.pixelsOutput();
        int[] read = from.pictureStrides();
        int[] written = made.pictureStrides();
        Dims dims = made.dims();
        int groups = shuffled.shuffle().groups();
        int each = dims.get(1) / groups;
        arrays.step(made, List.of(from),
                () -> OperationCall.copyNumbers(from.storage(), 0,
                        new int[]{read[0], read[2], read[3], each, 1}, made.storage(), made.first(),
                        new int[]{written[0], written[2], written[3], 1, groups},
                        new int[]{dims.get(0), dims.get(2), dims.get(3), groups, each}));
    }
}
