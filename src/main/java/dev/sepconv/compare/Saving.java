package dev.sepconv.compare;

import dev.sepconv.Conv2d;
import dev.sepconv.Fusion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much of a saving in multiply-adds arrives as time, on one device, in one run of the program.
 *
 * @param standard the name of the standard convolution that it replaces
 * @param fewer the standard's multiply-adds over this variant's: 8.4 is 8.4 times fewer
 * @param faster the standard's median time over this variant's
 * @param arrives {@code faster / fewer}: 1 where the saving arrives in full
 * @param steady whether the runs of both agreed with one another; where they didn't, the times say
 * little
 * @param apart whether the middle halves of both times lie apart; where they don't, neither is said
 * to be faster
 * @param reasons why it doesn't, or why more than it does; empty where it arrives within 10 %
 */
public record Saving(String standard, double fewer, double faster, double arrives, boolean steady,
        boolean apart, List<Reason> reasons) {

    /** Within this of 1 a saving arrives in full. */
    static final double FULL = 0.1;
    /** From this share of a run's time on launching it counts. */
    static final double LAUNCH_SHARE = 0.1;
    /** From this share of the copy's bandwidth on a run is bound by memory. */
    static final double MEMORY_SHARE = 0.5;
    /** With fewer channels than this a filter does little for each number that it reads. */
    static final int FEW_CHANNELS = 32;
    /** What Winograd's F(2x2, 3x3) multiplies less: 36 over 16. */
    static final double WINOGRAD = 2.25;

    /** The kinds of reasons; each has a word for tables. */
    public enum Kind {
        WINOGRAD("Winograd"),
        LAUNCH("launch"),
        MEMORY("memory"),
        FEW_CHANNELS("channels"),
        KERNEL("kernel"),
        UNSTEADY("unsteady");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** @param sentence with the numbers by which a reader can check it */
    public record Reason(Kind kind, String sentence) {
    }

    /** Whether it takes longer than what it replaces though it has fewer multiply-adds. */
    public boolean slower() {
        return fewer > 1 && faster < 1 && apart;
    }

    /** Whether it takes about as long as what it replaces though it has fewer multiply-adds. */
    public boolean asLong() {
        return fewer > 1 && !apart;
    }

    /**
     * What became of a run's saving; empty where it is a standard convolution itself, or one of the
     * two gave no right result.
     *
     * @param run one of {@code all}
     * @param all the runs of one device on the same maps
     */
    static Optional<Saving> of(Run run, List<Run> all, Limits limits) {
        if (run.variant().isStandard()) {
            return Optional.empty();
        }
        return all.stream()
                .filter(other -> other.variant().layer().equals(run.variant().standard()))
                .findFirst().filter(standard -> run.good() && standard.good())
                .map(standard -> new Evidence(run, standard, all, limits).saving());
    }

    /** A run, the standard one, and what is known of both. */
    private record Evidence(Run run, Run standard, List<Run> all, Limits limits) {

        Saving saving() {
            double fewer = (double) standard.cost().multiplyAdds() / run.cost().multiplyAdds();
            double faster = millis(standard) / millis(run);
            double arrives = faster / fewer;
            List<Reason> reasons = Math.abs(arrives - 1) <= FULL
                    ? List.of()
                    : reasons(fewer, arrives);
            boolean steady = measured(run).steady() && measured(standard).steady();
            boolean apart = measured(run).timing().apartFrom(measured(standard).timing());
            return new Saving(standard.variant().name(), fewer, faster, arrives, steady, apart,
                    reasons);
        }

        private List<Reason> reasons(double fewer, double arrives) {
            List<Reason> reasons = new ArrayList<>();
            if (!measured(run).steady() || !measured(standard).steady()) {
                reasons.add(new Reason(Kind.UNSTEADY,
                        "%s never got steady, so these times say little.".formatted(
                                measured(run).steady() ? standard.variant().name() : "It")));
            }
            Optional<Reason> winograd = winograd(fewer, arrives);
            winograd.ifPresent(reasons::add);
            // where the standard one multiplies 2.25 times less, so much less has to be explained
            double left = winograd.isPresent() && arrives < 1 ? arrives * WINOGRAD : arrives;
            int before = reasons.size();
            if (left < 1 - FULL) {
                launch().ifPresent(reasons::add);
                memory().ifPresent(reasons::add);
                step().or(this::fewChannels).ifPresent(reasons::add);
            }
            if (reasons.size() == before && (left < 1 - FULL || winograd.isEmpty())) {
                reasons.add(kernel(arrives));
            }
            return List.copyOf(reasons);
        }

        private Optional<Reason> winograd(double fewer, double arrives) {
            boolean here = !measured(run).winogradStages().isEmpty();
            boolean there = !measured(standard).winogradStages().isEmpty();
            if (there && !here && arrives < 1) {
                return reason(Kind.WINOGRAD,
                        "%s runs by Winograd's minimal filtering, F(2×2, 3×3), which multiplies 16 times where 36 are counted: of the %s times fewer multiply-adds %s are left.",
                        standard.variant().name(), digits(fewer), digits(fewer / WINOGRAD));
            }
            if (here && !there && arrives > 1) {
                return reason(Kind.WINOGRAD,
                        "Its 3×3 steps run by Winograd's minimal filtering, F(2×2, 3×3), which multiplies 16 times where 36 are counted; %s, whose filters are larger, doesn't.",
                        standard.variant().name());
            }
            return Optional.empty();
        }

        private Optional<Reason> launch() {
            double share = limits.launchMillis() == null ? 0 : limits.launchMillis() / millis(run);
            return share < LAUNCH_SHARE
                    ? Optional.empty()
                    : reason(Kind.LAUNCH,
                            "A run with nothing to do, one pixel of one channel, takes %s ms here: %.0f %% of these %s ms are launching.",
                            digits(limits.launchMillis()), 100 * share, digits(millis(run)));
        }

        private Optional<Reason> memory() {
            double rate = run.bytesMoved() / millis(run) / 1e6;
            if (limits.copyGigabytesPerSecond() == null
                    || rate < MEMORY_SHARE * limits.copyGigabytesPerSecond()) {
                return Optional.empty();
            }
            return reason(Kind.MEMORY,
                    "It moves %s MB in %s ms, %s GB/s; a copy of large arrays reaches %s here. It has %s floating-point operations for each byte, %s has %s.",
                    digits(run.bytesMoved() / 1e6), digits(millis(run)), digits(rate),
                    digits(limits.copyGigabytesPerSecond()),
                    digits((double) run.cost().flops() / run.bytesMoved()),
                    standard.variant().name(),
                    digits((double) standard.cost().flops() / standard.bytesMoved()));
        }

        /**
         * The step of a chain that takes more of its time than it has of its multiply-adds, where
         * that step has a row of its own.
         */
        private Optional<Reason> step() {
            if (run.variant().layer().stages().size() == 1) {
                return Optional.empty();
            }
            for (Conv2d stage : run.variant().layer().stages()) {
                Optional<Run> alone = all.stream()
                        .filter(other -> other.good() && other.fusion() == Fusion.AUTO
                                && other.variant().layer().stages().size() == 1
                                && sameWork(other.variant().layer().stages().getFirst(), stage)
                                && channelsOf(stage) < FEW_CHANNELS)
                        .findFirst();
                if (alone.isPresent()) {
                    double ofWork = (double) alone.get().cost().multiplyAdds()
                            / run.cost().multiplyAdds();
                    double ofTime = millis(alone.get()) / millis(run);
                    if (ofTime > ofWork + FULL) {
                        return reason(Kind.FEW_CHANNELS,
                                "Its step %s has %.0f %% of its multiply-adds, but alone takes %s ms, as long as %.0f %% of these %s ms: each filter reads %s, so it does %d multiply-adds for each number that it writes; %s does %s.",
                                alone.get().variant().name(), 100 * ofWork,
                                digits(millis(alone.get())), 100 * ofTime, digits(millis(run)),
                                channels(channelsOf(stage)), perNumber(stage),
                                standard.variant().name(),
                                count(perNumber(standard.variant().standard())));
                    }
                }
            }
            return Optional.empty();
        }

        private Optional<Reason> fewChannels() {
            List<Conv2d> stages = run.variant().layer().stages();
            Conv2d conv = stages.stream().min(Comparator.comparingInt(Evidence::channelsOf))
                    .orElseThrow();
            if (channelsOf(conv) >= FEW_CHANNELS
                    || channelsOf(conv) >= channelsOf(standard.variant().standard())) {
                return Optional.empty();
            }
            return reason(Kind.FEW_CHANNELS,
                    "Each filter%s reads %s, so it does %d multiply-adds for each number that it writes, %s does %s; it reaches %s GFLOP/s, %s %s.",
                    stages.size() == 1 ? "" : " of step " + (stages.indexOf(conv) + 1),
                    channels(channelsOf(conv)), perNumber(conv), standard.variant().name(),
                    count(perNumber(standard.variant().standard())), digits(gflops(run)),
                    standard.variant().name(), digits(gflops(standard)));
        }

        /** What is left where nothing else explains it. */
        private Reason kernel(double arrives) {
            String peak = limits.gflops() == null
                    ? ""
                    : String.format(Locale.ROOT, " (%.0f %% and %.0f %% of the %s that %s)",
                            100 * gflops(run) / limits.gflops(),
                            100 * gflops(standard) / limits.gflops(), digits(limits.gflops()),
                            limits.reachedBy() == null
                                    ? "multiply-adds on registers alone reach"
                                    : limits.reachedBy() + " reaches");
            boolean known = arrives < 1 && limits.copyGigabytesPerSecond() != null
                    && limits.launchMillis() != null;
            return new Reason(Kind.KERNEL,
                    "%s kernel reaches %s GFLOP/s, that of %s %s%s.".formatted(
                            known ? "Neither memory nor launching explains it: its" : "Its",
                            digits(gflops(run)), standard.variant().name(),
                            digits(gflops(standard)), peak));
        }

        private static Optional<Reason> reason(Kind kind, String sentence, Object... args) {
            return Optional.of(new Reason(kind, String.format(Locale.ROOT, sentence, args)));
        }

        private static boolean sameWork(Conv2d a, Conv2d b) {
            return a.weightCount() == b.weightCount() && a.groups() == b.groups()
                    && a.inChannels() == b.inChannels() && a.kernelHeight() == b.kernelHeight();
        }

        private static int channelsOf(Conv2d conv) {
            return conv.inChannels() / conv.groups();
        }

        private static String channels(int count) {
            return count == 1 ? "one channel" : count + " channels";
        }

        private static String count(long value) {
            return String.format(Locale.ROOT, "%,d", value);
        }

        private static long perNumber(Conv2d conv) {
            return (long) channelsOf(conv) * conv.kernelHeight() * conv.kernelWidth();
        }

        private static Run.Measured measured(Run run) {
            return (Run.Measured) run.outcome();
        }

        private static double millis(Run run) {
            return measured(run).timing().medianMillis();
        }

        private static double gflops(Run run) {
            return run.gflops(measured(run).timing());
        }

        /** Three digits. */
        private static String digits(double value) {
            double size = Math.abs(value);
            int decimals = size == 0 || size >= 100
                    ? 0
                    : Math.clamp(2 - (int) Math.floor(Math.log10(size)), 0, 6);
            return String.format(Locale.ROOT, "%." + decimals + "f", value);
        }
    }
}
