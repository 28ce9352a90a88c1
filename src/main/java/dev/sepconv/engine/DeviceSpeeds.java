package dev.sepconv.engine;

import dev.sepconv.NdArray;
import dev.sepconv.measure.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast devices are that share a network.
 *
 * @param deviceMillis what each device computed, without copies
 * @param runMillis whole runs
 */
record DeviceSpeeds(double[] deviceMillis, double runMillis) {

    /** How long the devices run to see how fast each is, in nanoseconds. */
    private static final long MEASURE_NANOS = 400_000_000;
    private static final int FEWEST_RUNS = 3;

    /** The medians of some runs on zeros. */
    static DeviceSpeeds measure(DeviceSplit plan) {
        int devices = plan.shares().size();
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        plan.network().inputs().forEach((name, dims) -> inputs.put(name, NdArray.zeros(dims)));
        Map<String, NdArray> outputs = plan.run(inputs);
        List<double[]> times = new ArrayList<>();
        long start = System.nanoTime();
        while (times.size() < FEWEST_RUNS || System.nanoTime() - start < MEASURE_NANOS) {
            long before = System.nanoTime();
            plan.run(inputs, outputs);
            double whole = (System.nanoTime() - before) / 1e6;
            double[] millis = Arrays.copyOf(plan.computeMillis(), devices + 1);
            millis[devices] = whole;
            times.add(millis);
        }
        List<double[]> warm = times.subList(times.size() / 2, times.size());
        double[] medians = new double[devices + 1];
        for (int i = 0; i <= devices; i++) {
            int index = i;
            medians[i] = Timing.median(warm.stream().mapToDouble(each -> each[index]).toArray());
        }
        return new DeviceSpeeds(Arrays.copyOf(medians, devices), medians[devices]);
    }

    /**
     * What would be fastest by this: one unit after the other to the device that would be done with
     * it first.
     *
     * @param counts how many units each device had, at least 1
     */
    int[] fastest(int[] counts) {
        int[] fastest = new int[counts.length];
        for (int unit = 0; unit < Arrays.stream(counts).sum(); unit++) {
            int soonest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < counts.length; i++) {
                double done = (fastest[i] + 1) * deviceMillis[i] / counts[i];
                if (done < least) {
                    least = done;
                    soonest = i;
                }
            }
            fastest[soonest]++;
        }
        return fastest;
    }
}
