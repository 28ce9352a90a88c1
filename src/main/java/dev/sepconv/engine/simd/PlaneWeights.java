package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PlaneTile.MOST_FILTERS;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.engine.simd.gen.PlaneTile;

/**
 * The weights of a convolution with few channels a group on planes, as {@link PlaneTile} reads
 * them: in blocks of 4, 2 or 1 filters of one group, {@code [C/G * R * S][filters]}. Where a
 * group's filters don't fill the last block of 4, it begins earlier and overlaps the one before, or
 * has its last filter more than once.
 */
final class PlaneWeights {

    /** Products in a sum: as {@link PackedWeights#LONGEST_RUN}. */
    static final int MOST_PRODUCTS = PackedWeights.LONGEST_RUN;

    private final int groupFilters;
    private final float[] weights;
    /** {@link PlaneTile#MOST_FILTERS} a block. */
    private final float[] bias;
    /** For each block its first filter, how many sums it makes and where its weights lie. */
    private final int[] first;
    private final int[] size;
    private final int[] start;

    /**
     * @param conv its stride, dilation and padding are the caller's business
     */
    PlaneWeights(Conv2d conv, ConvWeights given) {
        groupFilters = conv.outChannels() / conv.groups();
        int rowTaps = conv.kernelWidth();
        int channelTaps = conv.kernelHeight() * rowTaps;
        int taps = conv.inChannels() / conv.groups() * channelTaps;
        int blocksPerGroup = Math.ceilDiv(groupFilters, MOST_FILTERS);
        int blocks = conv.groups() * blocksPerGroup;
        first = new int[blocks];
        size = new int[blocks];
        start = new int[blocks];
        int floats = 0;
        for (int b = 0; b < blocks; b++) {
            int done = b % blocksPerGroup * MOST_FILTERS;
            int left = groupFilters - done;
            size[b] = left > 2 ? MOST_FILTERS : left;
            first[b] = b / blocksPerGroup * groupFilters
                    + (left == 3 ? Math.max(0, groupFilters - MOST_FILTERS) : done);
            start[b] = floats;
            floats = Math.addExact(floats, Math.multiplyExact(size[b], taps));
        }
        weights = new float[floats];
        bias = new float[blocks * MOST_FILTERS];
        float[] filterBias = WeightPacking.bias(conv, given);
        for (int b = 0; b < blocks; b++) {
            for (int i = 0; i < size[b]; i++) {
                WeightPacking.spread(conv, given.weight(), filter(b, i), weights, start[b] + i,
                        channelTaps * size[b], rowTaps * size[b], size[b]);
                bias[b * MOST_FILTERS + i] = filterBias[filter(b, i)];
            }
        }
    }

    int blocks() {
        return first.length;
    }

    /** How many sums a block makes. */
    int size(int block) {
        return size[block];
    }

    /** How many different filters these are. */
    int filters(int block) {
        return Math.min(size[block], groupFilters - first[block] % groupFilters);
    }

    /** The filter of a block's sum: the last one again where there is none left. */
    int filter(int block, int i) {
        return first[block] + Math.min(i, filters(block) - 1);
    }

    /**
     * Some pixels of a row of a block's filters, with bias, without activation.
     *
     * @param at where the first tap of the first pixel lies, in the first channel of the block's
     * group
     * @param offsets for each tap of each of the group's channels how far from there
     * @param to for each sum where its first pixel goes
     * @param width how many pixels, at least {@link PlaneTile#LEAST_WIDTH}
     */
    void run(int block, float[] in, int at, int[] offsets, float[] out, int[] to, int width) {
        PlaneTile.run(in, at, offsets, weights, start[block], bias, block * MOST_FILTERS, out, to,
                width, size[block]);
    }
}
