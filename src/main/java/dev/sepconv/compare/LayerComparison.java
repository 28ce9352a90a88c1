package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Shape;
import dev.sepconv.compare.Settings.MapSize;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer inside a network: the second part's variants on maps of one size.
 *
 * @param size of the maps
 * @param firstStride the stride of the first convolution that makes them of the picture
 * @param input their shape
 * @param variants in the order in which they are shown
 * @param runs for each variant and device one, or two where the chain ran both as two tasks and
 * fused; a device that was spared has none
 * @param limits of the devices that have runs
 * @param spared the devices that were too slow, and why, in a sentence
 * @param othersShare what other programs had of the processors while this was measured, from 0 to
 * 1; null where that is not known
 */
public record LayerComparison(MapSize size, int firstStride, Shape input, List<Variant> variants,
        List<Run> runs, Map<Device, Limits> limits, Map<Device, String> spared,
        Double othersShare) {

    public List<Run> runsOn(Device device) {
        return runs.stream().filter(run -> run.device().equals(device)).toList();
    }

    LayerComparison withLimits(Map<Device, Limits> others) {
        return new LayerComparison(size, firstStride, input, variants, runs, others, spared,
                othersShare);
    }

    /**
     * What became of a run's saving; empty for the standard ones and for what gave no right result.
     */
    public Optional<Saving> saving(Run run) {
        return Saving.of(run, runsOn(run.device()),
                limits.getOrDefault(run.device(), Limits.UNKNOWN));
    }
}
