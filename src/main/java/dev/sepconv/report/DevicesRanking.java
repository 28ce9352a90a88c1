package dev.sepconv.report;

import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Which device is how fast for what. Times are those of whole runs, from host to host; work of one
 * variant counts by the geometric mean of its ratios.
 *
 * @param variants the work that each variant is judged by: what is no rung of a ladder, or all
 * where there is no other
 */
record DevicesRanking(List<Entrant> entrants, Map<String, List<Work>> variants) {

    /**
     * One device and one variant.
     *
     * @param ratio its time over that of the fastest device for each work; not a number if nothing
     * ran right
     * @param gflops geometric mean; not a number if nothing ran right
     * @param states how many ended how
     */
    record Score(double ratio, double gflops, Map<State, Integer> states) {
        int of(State state) {
            return states.getOrDefault(state, 0);
        }

        int all() {
            return states.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    static DevicesRanking of(Survey survey) {
        Map<String, List<Work>> variants = new LinkedHashMap<>();
        for (Work work : survey.work()) {
            variants.computeIfAbsent(work.variant(), name -> new ArrayList<>()).add(work);
        }
        variants.replaceAll((name, all) -> {
            List<Work> blocks = all.stream().filter(work -> work.ladder() == null).toList();
            return blocks.isEmpty() ? List.copyOf(all) : blocks;
        });
        return new DevicesRanking(Entrant.of(survey), variants);
    }

    /** The least time that any device took for it; empty if none ran right. */
    OptionalDouble fastest(Work work) {
        return entrants.stream().filter(entrant -> entrant.measured(work))
                .mapToDouble(entrant -> entrant.millis(work)).min();
    }

    Score score(Entrant entrant, String variant) {
        List<Double> ratios = new ArrayList<>();
        List<Double> gflops = new ArrayList<>();
        Map<State, Integer> states = new EnumMap<>(State.class);
        for (Work work : variants.get(variant)) {
            states.merge(entrant.state(work), 1, Integer::sum);
            if (entrant.measured(work)) {
                ratios.add(entrant.millis(work) / fastest(work).getAsDouble());
                Cell cell = entrant.cells().get(work.id());
                if (cell.gflops() != null && cell.gflops() > 0) {
                    gflops.add(cell.gflops());
                }
            }
        }
        return new Score(geometricMean(ratios), geometricMean(gflops), states);
    }

    /**
     * How many times as long one device takes as another for the work of a variant that both ran;
     * not a number if there is none.
     */
    double timesAsFast(Entrant fast, Entrant slow, String variant) {
        return geometricMean(variants.get(variant).stream()
                .filter(work -> fast.measured(work) && slow.measured(work))
                .map(work -> slow.millis(work) / fast.millis(work)).toList());
    }

    /**
     * Devices of those given that can be advised for a variant, the fastest first: nothing of it
     * was wrong, and half as much of it as of any other ran at least.
     */
    List<Entrant> fit(List<Entrant> among, String variant) {
        List<Entrant> right = among.stream()
                .filter(entrant -> score(entrant, variant).of(State.DISAGREES) == 0).toList();
        int most = right.stream().mapToInt(entrant -> score(entrant, variant).of(State.OK)).max()
                .orElse(0);
        return right.stream().filter(entrant -> 2 * score(entrant, variant).of(State.OK) >= most)
                .filter(entrant -> score(entrant, variant).ratio() > 0)
                .sorted(Comparator.comparingDouble(entrant -> score(entrant, variant).ratio()))
                .toList();
    }

    private static double geometricMean(List<Double> values) {
        return Math.exp(values.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
    }
}
