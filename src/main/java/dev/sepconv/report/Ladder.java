package dev.sepconv.report;

import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Work that differs in its size alone.
 *
 * @param rungs from the smallest to the largest
 * @param axis what grows
 */
record Ladder(String name, String variant, List<Work> rungs, Axis axis) {

    /** What grows, and how it is called. */
    enum Axis {
        PIXELS("pixels", work -> (long) work.height() * work.width()),
        CHANNELS("channels", work -> (long) work.inChannels() + work.outChannels()),
        BATCH("pictures a batch", Work::batch),
        /** Several of them at once. */
        OPERATIONS("operations", Work::flops);

        final String title;
        final ToLongFunction<Work> size;

        Axis(String title, ToLongFunction<Work> size) {
            this.title = title;
            this.size = size;
        }
    }

    /** Those of a survey with two rungs at least, in its order. */
    static List<Ladder> of(Survey survey) {
        Map<String, List<Work>> named = new LinkedHashMap<>();
        for (Work work : survey.work()) {
            if (work.ladder() != null) {
                named.computeIfAbsent(work.ladder(), name -> new ArrayList<>()).add(work);
            }
        }
        List<Ladder> ladders = new ArrayList<>();
        named.forEach((name, rungs) -> {
            Axis axis = axis(rungs);
            List<Work> sorted = rungs.stream().sorted(Comparator.comparingLong(axis.size)).toList();
            if (rungs.size() > 1) {
                ladders.add(new Ladder(name, sorted.getFirst().variant(), sorted, axis));
            }
        });
        return ladders;
    }

    private static Axis axis(List<Work> rungs) {
        List<Axis> growing = List.of(Axis.PIXELS, Axis.CHANNELS, Axis.BATCH).stream()
                .filter(axis -> rungs.stream().mapToLong(axis.size).distinct().count() > 1)
                .toList();
        return growing.size() == 1 ? growing.getFirst() : Axis.OPERATIONS;
    }

    /** Where a rung stands on the axis: above 0. */
    double size(Work rung) {
        return Math.max(1, axis.size.applyAsLong(rung));
    }

    /** {@code 16×16}, {@code 64} or {@code 3.4 M}: short, for an axis. */
    String tick(Work rung) {
        return switch (axis) {
            case PIXELS -> rung.height() + "×" + rung.width();
            case CHANNELS -> rung.inChannels() == rung.outChannels()
                    ? String.valueOf(rung.inChannels())
                    : rung.inChannels() + "→" + rung.outChannels();
            case BATCH -> String.valueOf(rung.batch());
            case OPERATIONS -> Numbers.large(rung.flops());
        };
    }

    /** {@code 16×16 pixels}: for a sentence. */
    String inWords(Work rung) {
        return tick(rung) + " " + axis.title;
    }

    /**
     * From where one device beats another.
     *
     * @param compared rungs that both ran
     * @param won those on which it was faster
     */
    record Crossing(Ladder ladder, List<Work> compared, List<Work> won) {

        /** Whether it is faster from one rung on, and slower on those before. */
        boolean isFromOneRungOn() {
            return !won.isEmpty() && won.size() < compared.size()
                    && won.equals(compared.subList(compared.size() - won.size(), compared.size()));
        }

        boolean always() {
            return !compared.isEmpty() && won.size() == compared.size();
        }

        boolean never() {
            return won.isEmpty();
        }
    }

    Crossing crossing(Entrant device, Entrant cpu) {
        List<Work> compared = rungs.stream()
                .filter(rung -> device.measured(rung) && cpu.measured(rung)).toList();
        return new Crossing(this, compared,
                compared.stream().filter(rung -> device.millis(rung) < cpu.millis(rung)).toList());
    }
}
