package dev.sepconv.report;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.NetworkPlan.NodeTime;
import dev.sepconv.cost.NetworkCost;
import dev.sepconv.measure.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a network's time goes.
 *
 * @param runs of how many runs the figures are medians
 * @param warmUpRuns how many came before those, until they got no faster
 * @param firstMillis the first run of all, when nothing was warm
 * @param runMillis a whole run, not taken apart
 * @param layersMillis the sum of all parts
 * @param layers each part by itself
 * @param kinds all parts of a kind together, the slowest kind first; its name is the kind, its kind
 * how many layers it is
 */
public record NetworkProfile(int runs, int warmUpRuns, double firstMillis, double runMillis,
        double layersMillis, List<Part> layers, List<Part> kinds) {

    /** How long it may take until runs get no faster. */
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration STEADY = Duration.ofSeconds(2);
    private static final int RUNS = 15;

    /**
     * A part of the network, or all of a kind.
     *
     * @param share of {@link NetworkProfile#layersMillis()}
     * @param multiplyAdds null where the engine's name for a part is none of the network's
     * @param gflops floating-point operations, two a multiply-add, in a nanosecond; null where
     * there are none
     */
    public record Part(String name, String kind, double millis, double share, Long multiplyAdds,
            Double gflops) {
    }

    /**
     * Measures a plan.
     *
     * @param network what the plan was compiled from
     */
    public static NetworkProfile measure(NetworkPlan plan, Network network,
            Map<String, NdArray> inputs) {
        long start = System.nanoTime();
        Map<String, NdArray> outputs = plan.run(inputs);
        double firstMillis = (System.nanoTime() - start) / 1e6;
        Timing whole = Timing.settled(() -> plan.run(inputs, outputs), WARM_UP, STEADY);
        // what takes the run apart is other code, which has to be warm too
        Timing.settled(() -> plan.profile(inputs, outputs), WARM_UP, Duration.ZERO);
        List<List<NodeTime>> profiles = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            profiles.add(plan.profile(inputs, outputs));
        }
        List<NodeTime> first = profiles.getFirst();
        List<NodeTime> medians = new ArrayList<>();
        for (int part = 0; part < first.size(); part++) {
            int index = part;
            double[] times = profiles.stream().mapToDouble(profile -> profile.get(index).nanos())
                    .toArray();
            medians.add(new NodeTime(first.get(part).node(), first.get(part).label(),
                    (long) Timing.median(times)));
        }
        return of(medians, new Runs(RUNS, whole.warmUpRuns() + 1, firstMillis),
                whole.medianMillis(), multiplyAdds(plan.network(), network));
    }

    private static Map<String, Long> multiplyAdds(Network... networks) {
        Map<String, Long> counts = new HashMap<>();
        for (Network network : networks) {
            NetworkCost.of(network).layers().forEach(
                    layer -> counts.putIfAbsent(layer.node().name(), layer.sum().multiplyAdds()));
        }
        return counts;
    }

    /** How often the network ran: see {@link NetworkProfile}. */
    record Runs(int measured, int warmUp, double firstMillis) {
    }

    static NetworkProfile of(List<NodeTime> times, Runs runs, double runMillis,
            Map<String, Long> counts) {
        double sum = times.stream().mapToLong(NodeTime::nanos).sum();
        List<Part> layers = times.stream().map(time -> part(time.node(), time.label(), time.nanos(),
                sum, multiplyAdds(time.node(), counts))).toList();
        Map<String, List<Part>> byKind = new LinkedHashMap<>();
        layers.forEach(
                part -> byKind.computeIfAbsent(part.kind(), kind -> new ArrayList<>()).add(part));
        List<Part> kinds = byKind.entrySet().stream().map(entry -> {
            boolean known = entry.getValue().stream().allMatch(part -> part.multiplyAdds() != null);
            double nanos = entry.getValue().stream().mapToDouble(part -> part.millis() * 1e6).sum();
            int count = entry.getValue().size();
            return part(entry.getKey(), count == 1 ? "1 layer" : count + " layers", nanos, sum,
                    known
                            ? Long.valueOf(
                                    entry.getValue().stream().mapToLong(Part::multiplyAdds).sum())
                            : null);
        }).sorted((a, b) -> Double.compare(b.millis(), a.millis())).toList();
        return new NetworkProfile(runs.measured(), runs.warmUp(), runs.firstMillis(), runMillis,
                sum / 1e6, layers, kinds);
    }

    private static Part part(String name, String kind, double nanos, double sum,
            Long multiplyAdds) {
        return new Part(name, kind, nanos / 1e6, sum == 0 ? 0 : nanos / sum, multiplyAdds,
                multiplyAdds == null || multiplyAdds == 0 || nanos == 0
                        ? null
                        : Double.valueOf(2 * multiplyAdds / nanos));
    }

    /** The sum over the nodes that a part's name is made of; null if one of them is not known. */
    private static Long multiplyAdds(String name, Map<String, Long> counts) {
        String[] words = name.split(" \\+ ", -1);
        long sum = 0;
        for (int from = 0; from < words.length;) {
            int to = words.length;
            // the longest name first: a separable convolution's own name has a plus too
            while (to > from && !counts
                    .containsKey(String.join(" + ", Arrays.asList(words).subList(from, to)))) {
                to--;
            }
            if (to == from) {
                return null;
            }
            sum += counts.get(String.join(" + ", Arrays.asList(words).subList(from, to)));
            from = to;
        }
        return sum;
    }
}
