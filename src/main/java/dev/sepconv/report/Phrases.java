package dev.sepconv.report;

import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.LayerComparison;
import dev.sepconv.compare.Limits;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Saving;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What a comparison's table and page say in the same words. */
public final class Phrases {

    private Phrases() {
    }

    /** {@code 1.23}, with a mark where it never got steady. */
    public static String median(Run.Measured measured) {
        return (measured.steady() ? "" : "~") + Numbers.digits(measured.timing().medianMillis());
    }

    /** {@code 1.20 to 1.31}. */
    public static String quartiles(Run.Measured measured) {
        return Numbers.digits(measured.timing().p25Millis()) + " to "
                + Numbers.digits(measured.timing().p75Millis());
    }

    /** How far it is from the reference, and whether that is wrong. */
    public static String difference(Run.Measured measured) {
        return (measured.agrees() ? "" : "wrong: ")
                + Numbers.difference(measured.difference().maxAbs());
    }

    /** {@code 8.4×}. */
    public static String times(double ratio) {
        return (ratio < 1 ? String.format(Locale.ROOT, "%.2f", ratio) : Numbers.digits(ratio))
                + "×";
    }

    /** How many times as fast: {@code 3.2×}, with a mark where one of the two never got steady. */
    public static String faster(Saving saving) {
        return mark(saving) + times(saving.faster());
    }

    /**
     * {@code 3.2 times as fast}, with a mark where one of the two never got steady;
     * {@code about as fast} where their quartiles overlap.
     */
    static String timesAsFast(Saving saving) {
        return saving.apart()
                ? mark(saving) + Numbers.digits(saving.faster()) + " times as fast"
                : "about as fast";
    }

    /** {@code 38 %}, with a mark where one of the two never got steady. */
    public static String arrives(Saving saving) {
        return mark(saving) + Math.round(100 * saving.arrives()) + " %";
    }

    private static String mark(Saving saving) {
        return saving.steady() ? "" : "~";
    }

    /**
     * The reasons' words, and first of all that it is slower than what it replaces or takes as
     * long; what is unsteady has its mark at the time.
     */
    public static String words(Saving saving) {
        Stream<String> reasons = saving.reasons().stream()
                .filter(reason -> reason.kind() != Saving.Kind.UNSTEADY)
                .map(reason -> reason.kind().word());
        String words = String.join(", ", reasons.toList());
        String first = saving.slower()
                ? "slower"
                : saving.asLong() ? "as long" : saving.arrives() > 1 ? "more" : "";
        return first.isEmpty() || words.isEmpty() && first.equals("more")
                ? words
                : words.isEmpty() ? first : first + ": " + words;
    }

    /** How far the results are from the float64 reference; empty if nothing ran. */
    public static Optional<String> largestDifference(Comparison comparison) {
        return comparison.allRuns().filter(run -> run.outcome() instanceof Run.Measured)
                .max(Comparator.comparingDouble(
                        run -> ((Run.Measured) run.outcome()).difference().relative()))
                .map(run -> "DIFF: the largest difference from a float64 convolution written from the definition; over all results it is at most %s of the largest value, in %s."
                        .formatted(
                                Numbers.difference(
                                        ((Run.Measured) run.outcome()).difference().relative()),
                                run.label()));
    }

    /** A sentence for each device and each of the second part's maps that it was spared. */
    public static List<String> spared(Comparison comparison) {
        return comparison.layers().stream().flatMap(layer -> layer.spared().values().stream())
                .toList();
    }

    /** What a device can do, in a sentence; empty where nothing is known. */
    static String limits(Limits limits) {
        List<String> known = new ArrayList<>();
        if (limits != null && limits.gflops() != null) {
            known.add((limits.reachedBy() == null
                    ? "multiply-adds on registers alone reach %s GFLOP/s, the best of several turns spread over the run"
                    : "%2$s reached %1$s GFLOP/s, more than multiply-adds on registers alone in any turn, so the machine was busy")
                    .formatted(Numbers.digits(limits.gflops()), limits.reachedBy()));
        }
        if (limits != null && limits.copyGigabytesPerSecond() != null) {
            known.add("a copy of large arrays %s GB/s"
                    .formatted(Numbers.digits(limits.copyGigabytesPerSecond())));
        }
        if (limits != null && limits.launchMillis() != null) {
            known.add("a run with nothing to do takes %s ms"
                    .formatted(Numbers.digits(limits.launchMillis())));
        }
        return known.isEmpty() ? "" : "Measured here: " + String.join("; ", known) + ".";
    }

    /** {@code up to 3 % of the processors meanwhile}. */
    static String others(Comparison comparison) {
        OptionalDouble share = othersShare(comparison);
        return share.isPresent()
                ? "%.0f %% of the processors at most while this was measured"
                        .formatted(100 * share.getAsDouble())
                : "this system doesn't tell what they had of the processors";
    }

    /** The most that other programs had of the processors during a measurement. */
    static OptionalDouble othersShare(Comparison comparison) {
        return Stream.concat(Stream.of(comparison), comparison.layers().stream())
                .map(part -> part instanceof LayerComparison layer
                        ? layer.othersShare()
                        : comparison.othersShare())
                .filter(Objects::nonNull).flatMapToDouble(DoubleStream::of).max();
    }

    /** A warning where other programs had much of the machine. */
    public static Optional<String> busy(Comparison comparison) {
        OptionalDouble share = othersShare(comparison);
        return share.isPresent() && share.getAsDouble() >= Comparison.BUSY
                ? Optional.of(
                        "The machine was busy: other programs had up to %.0f %% of its processors while this was measured, so times and their ratios say little."
                                .formatted(100 * share.getAsDouble()))
                : Optional.empty();
    }
}
