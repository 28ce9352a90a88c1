package dev.sepconv.report;

import dev.sepconv.engine.Engines.Missing;
import dev.sepconv.report.Ladder.Crossing;
import dev.sepconv.survey.Suite;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a survey tells people to do, in sentences: which device for what, from which size on, what
 * failed, what would add more.
 */
public final class DevicesAdvice {

    /** Two times that differ by less are called the same. */
    private static final double SAME = 1.05;

    private final List<Ladder> ladders;
    private final DevicesRanking ranking;
    private final List<Work> work;

    DevicesAdvice(Survey survey, DevicesRanking ranking) {
        this.ladders = Ladder.of(survey);
        this.ranking = ranking;
        this.work = survey.work();
    }

    /** What to do on one machine, and what else to know of it. */
    public record Advice(String machine, String use, List<String> notes) {
    }

    /** What is to be done on each machine. */
    public static List<Advice> forEachMachine(Survey survey) {
        DevicesAdvice advice = new DevicesAdvice(survey, DevicesRanking.of(survey));
        return survey.machines().stream().map(advice::of).toList();
    }

    Advice of(Machine machine) {
        List<Entrant> here = ranking.entrants().stream()
                .filter(entrant -> entrant.machine().equals(machine))
                .map(entrant -> entrant.labelled(entrant.device().id())).toList();
        List<Entrant> measured = here.stream()
                .filter(entrant -> work.stream().anyMatch(entrant::measured)).toList();
        List<String> notes = new ArrayList<>();
        notes.addAll(agreement(here));
        here.forEach(entrant -> notes.addAll(failures(entrant)));
        if (!machine.finished()) {
            long cells = here.stream().mapToLong(entrant -> entrant.cells().size()).sum();
            long left = here.stream().flatMap(entrant -> entrant.cells().values().stream())
                    .filter(cell -> cell.state() == State.NOT_RUN).count();
            notes.add(
                    "It was interrupted: %d of %d measurements were not made, so a device may be judged by part of the work."
                            .formatted(left, cells));
        }
        for (Missing missing : machine.missing()) {
            notes.add("Not measured: %s. %s%s".formatted(missing.engine(), sentence(missing.fix()),
                    missing.engine().equals("tornado")
                            ? " With it every OpenCL, PTX, CUDA and SPIR-V device of this machine, its GPU for one, is measured too."
                            : ""));
        }
        return new Advice(machine.name(), use(measured, true), notes);
    }

    /** Which device of all machines is the fastest for what. */
    String overall() {
        return "Of all machines together: " + use(
                ranking.entrants().stream()
                        .filter(entrant -> work.stream().anyMatch(entrant::measured)).toList(),
                false);
    }

    private String use(List<Entrant> measured, boolean withCrossings) {
        if (measured.isEmpty()) {
            return "No device gave a right result, so none can be advised.";
        }
        if (measured.size() == 1) {
            return "Use %s: it is the only device that could be measured."
                    .formatted(named(measured.getFirst()));
        }
        Map<Entrant, List<String>> winners = new LinkedHashMap<>();
        for (String variant : ranking.variants().keySet()) {
            List<Entrant> fit = ranking.fit(measured, variant);
            if (!fit.isEmpty()) {
                winners.computeIfAbsent(winner(fit, variant), first -> new ArrayList<>())
                        .add(variant);
            }
        }
        List<String> parts = new ArrayList<>();
        winners.forEach((winner,
                variants) -> parts.add("%s for %s%s".formatted(named(winner),
                        winners.size() == 1 && variants.size() == ranking.variants().size()
                                ? "everything that was measured"
                                : named(variants),
                        margin(winner, variants, measured))));
        return parts.isEmpty()
                ? "No device gave only right results, so none can be advised."
                : sentence("Use " + String.join("; ", parts))
                        + (withCrossings ? crossings(measured, winners) : "");
    }

    /** "standard and grouped convolutions, and mobilenet-v2". */
    static String named(List<String> variants) {
        List<String> networks = variants.stream().filter(Suite::isNetwork).toList();
        List<String> convolutions = variants.stream().filter(each -> !networks.contains(each))
                .toList();
        if (convolutions.isEmpty()) {
            return list(networks);
        }
        return list(convolutions) + " convolutions"
                + (networks.isEmpty() ? "" : ", and " + list(networks));
    }

    /**
     * The fastest; the CPU engine, which takes no compiling and no device, where that is as fast.
     */
    private Entrant winner(List<Entrant> fit, String variant) {
        Entrant fastest = fit.getFirst();
        return fit.stream()
                .filter(entrant -> entrant.isCpuEngine()
                        && ranking.timesAsFast(fastest, entrant, variant) < SAME)
                .findFirst().orElse(fastest);
    }

    /** ": 2.1 to 4 times as fast as simd". */
    private String margin(Entrant winner, List<String> variants, List<Entrant> measured) {
        List<Entrant> others = new ArrayList<>();
        List<Double> factors = new ArrayList<>();
        for (String variant : variants) {
            List<Entrant> next = ranking.fit(measured, variant).stream()
                    .filter(entrant -> !entrant.equals(winner)).toList();
            next.stream().filter(Entrant::isCpuEngine).findFirst()
                    .or(() -> next.stream().findFirst()).ifPresent(other -> {
                        double factor = ranking.timesAsFast(winner, other, variant);
                        if (factor > 0) {
                            others.add(other);
                            factors.add(factor);
                        }
                    });
        }
        if (factors.isEmpty()) {
            return "";
        }
        String other = others.stream().distinct().count() == 1
                ? others.getFirst().label()
                : "the next";
        double least = factors.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double most = factors.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        if (most < SAME) {
            return ", though " + other + " is about as fast";
        }
        String range = least < SAME
                ? "up to " + times(most)
                : times(least).equals(times(most))
                        ? times(most)
                        : "%s to %s".formatted(times(least), times(most));
        return ": %s times as fast as %s".formatted(range, other);
    }

    /** Where size turns the advice: what is small or large runs better elsewhere. */
    private String crossings(List<Entrant> measured, Map<Entrant, List<String>> winners) {
        Entrant cpu = measured.stream().filter(Entrant::isCpuEngine).findFirst().orElse(null);
        if (cpu == null) {
            return "";
        }
        List<String> small = new ArrayList<>();
        Map<Entrant, List<String>> large = new LinkedHashMap<>();
        for (Ladder ladder : ladders) {
            for (Entrant device : measured) {
                Crossing crossing = ladder.crossing(device, cpu);
                boolean advised = winners.getOrDefault(device, List.of())
                        .contains(ladder.variant());
                if (device.equals(cpu) || crossing.compared().isEmpty()) {
                    continue;
                }
                if (advised && crossing.isFromOneRungOn()) {
                    small.add("%s below %s".formatted(ladder.variant(),
                            ladder.inWords(crossing.won().getFirst())));
                } else if (advised && crossing.never()) {
                    small.add("every size of the ladder " + ladder.name());
                } else if (winners.getOrDefault(cpu, List.of()).contains(ladder.variant())
                        && crossing.isFromOneRungOn()) {
                    large.computeIfAbsent(device, key -> new ArrayList<>())
                            .add("%s from %s on".formatted(ladder.variant(),
                                    ladder.inWords(crossing.won().getFirst())));
                }
            }
        }
        StringBuilder text = new StringBuilder();
        if (!small.isEmpty()) {
            text.append(" Faster on ").append(cpu.label()).append(" all the same: ")
                    .append(list(small)).append('.');
        }
        large.forEach((device, where) -> text.append(" Faster on ").append(device.label())
                .append(" where it is large: ").append(list(where)).append('.'));
        return text.toString();
    }

    private List<String> agreement(List<Entrant> here) {
        List<Cell> cells = here.stream().flatMap(entrant -> entrant.cells().values().stream())
                .filter(cell -> cell.state() == State.OK || cell.state() == State.DISAGREES)
                .toList();
        if (cells.isEmpty()) {
            return List.of();
        }
        long right = cells.stream().filter(cell -> cell.state() == State.OK).count();
        String largest = cells.stream()
                .filter(cell -> cell.state() == State.OK && cell.relativeError() != null)
                .map(Cell::relativeError).max(Double::compare)
                .map(error -> "; the largest relative error of those is "
                        + Numbers.difference(error))
                .orElse("");
        return List
                .of("%s with the float64 reference%s."
                        .formatted(
                                right < cells.size()
                                        ? "%d of %d results agree".formatted(right, cells.size())
                                        : cells.size() == 1
                                                ? "The one result agrees"
                                                : "All %d results agree".formatted(right),
                                largest));
    }

    private List<String> failures(Entrant entrant) {
        List<String> notes = new ArrayList<>();
        if (entrant.device().state() != State.OK) {
            notes.add("%s %s: %s".formatted(named(entrant), words(entrant.device().state()),
                    sentence(entrant.device().error() == null
                            ? "it did not say why"
                            : entrant.device().error())));
        }
        Map<State, List<Cell>> failed = new EnumMap<>(State.class);
        for (Work one : work) {
            Cell cell = entrant.cells().get(one.id());
            if (cell != null && cell.state() != State.OK && cell.state() != State.NOT_RUN) {
                failed.computeIfAbsent(cell.state(), state -> new ArrayList<>()).add(cell);
            }
        }
        failed.forEach((state, cells) -> {
            Cell example = cells.getFirst();
            String which = cells.size() == 1
                    ? example.work()
                    : "%d of %d, first %s".formatted(cells.size(), entrant.cells().size(),
                            example.work());
            notes.add("%s %s on %s%s%s".formatted(entrant.label(), words(state), which,
                    example.error() == null ? "." : ": " + sentence(example.error()),
                    state == State.DISAGREES ? " Don't use it for that." : ""));
        });
        return notes;
    }

    /** What a device or a piece of work did: after its name. */
    static String words(State state) {
        return switch (state) {
            case OK -> "ran";
            case DISAGREES -> "gives wrong results";
            case FAILED -> "failed";
            case OUT_OF_MEMORY -> "ran out of memory";
            case TIMED_OUT -> "took too long and was stopped";
            case NOT_RUN -> "was not run";
        };
    }

    /** What a device is to be called where it is first named. */
    private static String named(Entrant entrant) {
        return entrant.device().id().equals(entrant.device().name())
                ? entrant.label()
                : "%s (%s)".formatted(entrant.label(), entrant.device().name());
    }

    /** {@code 0.032}, {@code 1.3}, {@code 24}, {@code 1,400}. */
    static String times(double factor) {
        return factor < 0.1
                ? Numbers.digits(factor)
                : factor < 9.95
                        ? String.format(Locale.ROOT, "%.1f", factor)
                        : Numbers.count(Math.round(factor));
    }

    static String list(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }
}
