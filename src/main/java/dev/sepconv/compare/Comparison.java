package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What came of a comparison.
 *
 * @param input the picture, {@code [1, 3, h, w]} NCHW
 * @param devices in order of preference
 * @param variants of the first part, the picture, in the order in which they are shown; empty if it
 * was not asked for
 * @param runs one for each variant on each device, variant by variant
 * @param maps by variant name, the feature maps of the first device whose result is right; a
 * variant without one is missing
 * @param othersShare what other programs had of the processors while the first part was measured,
 * from 0 to 1; null where that is not known
 * @param layers of the second part, the layer inside a network; empty if it was not asked for
 * @param missing engines that could not take part
 * @param notes about what was asked for, a sentence each
 * @param observations about what came out of the first part, a sentence each
 */
public record Comparison(Settings settings, Tensor input, List<Device> devices,
        List<Variant> variants, List<Run> runs, Map<String, FeatureMaps> maps, Double othersShare,
        List<LayerComparison> layers, List<Engines.Missing> missing, List<String> notes,
        List<String> observations) {

    /** From this share on other programs are said to disturb. */
    public static final double BUSY = 0.1;

    /** What a variant makes of the picture, and the device that made it. */
    public record FeatureMaps(Device device, Tensor tensor) {
    }

    /** The runs of both parts. */
    public Stream<Run> allRuns() {
        return Stream.concat(runs.stream(),
                layers.stream().flatMap(layer -> layer.runs().stream()));
    }

    /** Whether everything that ran gave the right result. */
    public boolean good() {
        return allRuns().allMatch(Run::good);
    }

    public List<Run> runsOn(Device device) {
        return runs.stream().filter(run -> run.device().equals(device)).toList();
    }
}
