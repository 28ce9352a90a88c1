package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import java.util.List;
import java.util.Map;

/**
 * What came of a comparison.
 *
 * @param input the picture, {@code [1, 3, h, w]} NCHW
 * @param variants in the order in which they are shown
 * @param devices in order of preference
 * @param runs one for each variant on each device, variant by variant
 * @param maps by variant name, the feature maps of the first device whose result is right; a variant without one is missing
 * @param missing engines that could not take part
 * @param notes about what was asked for, a sentence each
 * @param observations about what came out, a sentence each
 */
public record Comparison(Settings settings, Tensor input, List<Variant> variants, List<Device> devices, List<Run> runs,
        Map<String, FeatureMaps> maps, List<Engines.Missing> missing, List<String> notes, List<String> observations) {

    /** What a variant makes of the picture, and the device that made it. */
    public record FeatureMaps(Device device, Tensor tensor) {
    }

    /** Whether every variant ran on every device and gave the right result. */
    public boolean good() {
        return runs.stream().allMatch(Run::good);
    }

    public List<Run> runsOn(Device device) {
        return runs.stream().filter(run -> run.device().equals(device)).toList();
    }
}
