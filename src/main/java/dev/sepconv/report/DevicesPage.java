package dev.sepconv.report;

import dev.sepconv.measure.Timing;
import dev.sepconv.measure.Tolerance;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the template {@code devices.ftlh} shows, every number already written for people. The
 * template escapes all text.
 *
 * @param overall which device of all machines is for what; empty for one machine
 * @param variants heads of the heat table's columns
 * @param energy whether any device told what it takes
 * @param method how things were measured, in sentences
 */
public record DevicesPage(String title, String overall, List<DevicesAdvice.Advice> advice,
        List<String> variants, List<HeatRow> heat, List<CrossoverChart> crossovers,
        List<Shares> shares, RooflineChart roofline, List<Details> details, boolean energy,
        List<MachineFacts> machines, List<DeviceFacts> devices, List<String> method) {

    /**
     * Ratios to the fastest up to which a cell of the heat table has a colour, the fastest first.
     */
    private static final double[] LEVELS = {1.05, 2, 5, 20};

    /**
     * A device's row of the heat table.
     *
     * @param state why it has no cells; empty if it has
     */
    public record HeatRow(int number, String label, String name, String state,
            List<HeatCell> cells) {
    }

    /**
     * @param level from 0, the fastest, to {@code LEVELS.length}; below 0 where nothing ran right
     * @param ratio {@code 2.4×}, or empty
     * @param note what failed, or empty
     */
    public record HeatCell(int level, String ratio, String gflops, String note) {
    }

    /** Where the time of a device's runs goes. */
    public record Shares(int number, String label, String name, String summary,
            List<ShareRow> rows) {
    }

    /**
     * @param words the bar in words
     * @param compile cold, apart from the bar
     * @param first the same
     */
    public record ShareRow(String work, String total, List<Segment> bar, String words,
            String compile, String first) {
    }

    /** A piece of a bar: how it looks, where it starts and how wide it is, both of 100. */
    public record Segment(String kind, String from, String wide) {
    }

    /** Every measurement of a device. */
    public record Details(int number, String label, String name, String problem, String summary,
            List<DetailRow> rows) {
    }

    /**
     * @param state {@code ok}, {@code disagrees}, {@code failed} …
     * @param words the state for people
     * @param error one sentence, or empty
     * @param slower its time over the fastest device's
     */
    public record DetailRow(String work, String state, String words, String error, String median,
            String slower, String spread, String runs, String compile, String first, String gflops,
            String bandwidth, String energy, String difference, String kernels) {
    }

    public record MachineFacts(String name, List<Page.Fact> facts) {
    }

    public record DeviceFacts(int number, String label, String name, String backend, String kind,
            String memory, String driver, String gflops, String bandwidth, String state) {
    }

    private static final String NONE = "–";

    static String render(Survey survey) throws IOException {
        return Template.fill("devices.ftlh", of(survey));
    }

    private static DevicesPage of(Survey survey) {
        DevicesRanking ranking = DevicesRanking.of(survey);
        DevicesAdvice advice = new DevicesAdvice(survey, ranking);
        List<Entrant> entrants = ranking.entrants();
        List<String> variants = List.copyOf(ranking.variants().keySet());
        List<String> names = survey.machines().stream().map(Machine::name).toList();
        return new DevicesPage("Devices of " + DevicesAdvice.list(names) + ", side by side",
                names.size() > 1 ? advice.overall() : "",
                survey.machines().stream().map(advice::of).toList(), variants,
                entrants.stream().map(entrant -> heat(entrant, variants, ranking)).toList(),
                Ladder.of(survey).stream().map(ladder -> CrossoverChart.of(ladder, entrants))
                        .toList(),
                entrants.stream().map(entrant -> shares(entrant, survey.work()))
                        .filter(one -> !one.rows().isEmpty()).toList(),
                RooflineChart.of(ranking, survey.work()),
                entrants.stream().map(entrant -> details(entrant, survey.work(), ranking)).toList(),
                energy(entrants), survey.machines().stream().map(DevicesPage::facts).toList(),
                entrants.stream().map(DevicesPage::facts).toList(), method(survey, entrants));
    }

    private static boolean energy(List<Entrant> entrants) {
        return entrants.stream().flatMap(entrant -> entrant.cells().values().stream())
                .anyMatch(cell -> cell.energyJoules() != null);
    }

    private static HeatRow heat(Entrant entrant, List<String> variants, DevicesRanking ranking) {
        String state = entrant.device().state() == State.OK || !entrant.cells().isEmpty()
                ? ""
                : DevicesAdvice.words(entrant.device().state()) + ", took no part";
        return new HeatRow(entrant.number(), entrant.label(), entrant.device().name(), state,
                variants.stream().map(variant -> heat(ranking.score(entrant, variant))).toList());
    }

    private static HeatCell heat(DevicesRanking.Score score) {
        List<String> notes = new ArrayList<>();
        for (State state : State.values()) {
            int count = score.of(state);
            if (state != State.OK && count > 0) {
                notes.add(count == score.all()
                        ? word(state)
                        : "%d of %d %s".formatted(count, score.all(), word(state)));
            }
        }
        boolean ran = score.ratio() > 0;
        int level = ran
                ? (int) IntStream.range(0, LEVELS.length).filter(i -> score.ratio() > LEVELS[i])
                        .count()
                : -1;
        return new HeatCell(level, ran ? DevicesAdvice.times(score.ratio()) + "×" : "",
                score.gflops() > 0 ? Numbers.digits(score.gflops()) + " GFLOP/s" : "",
                String.join(", ", notes));
    }

    /** In a cell of a table. */
    private static String word(State state) {
        return switch (state) {
            case OK -> "ok";
            case DISAGREES -> "wrong";
            case FAILED -> "failed";
            case OUT_OF_MEMORY -> "no memory";
            case TIMED_OUT -> "too slow";
            case NOT_RUN -> "not run";
        };
    }

    private static Shares shares(Entrant entrant, List<Work> work) {
        List<ShareRow> rows = new ArrayList<>();
        double[] sums = new double[4];
        int split = 0;
        for (Work one : work) {
            if (entrant.measured(one)) {
                Cell cell = entrant.cells().get(one.id());
                double total = cell.endToEnd().medianMillis();
                boolean clock = cell.kernel() != null;
                double[] parts = {median(cell.kernel()), median(cell.copyIn()),
                        median(cell.copyOut()), 0};
                double known = parts[0] + parts[1] + parts[2];
                parts[3] = Math.max(0, total - known);
                double whole = Math.max(total, known);
                for (int i = 0; i < parts.length; i++) {
                    parts[i] *= 100 / whole;
                    sums[i] += clock ? parts[i] : 0;
                }
                split += clock ? 1 : 0;
                rows.add(new ShareRow(one.id(), Numbers.digits(total),
                        clock ? bar(parts) : List.of(new Segment("whole", "0", "100")),
                        clock ? words(parts) : "not split", digits(cell.compileMillis()),
                        digits(cell.firstRunMillis())));
            }
        }
        int counted = split;
        String summary = counted == 0
                ? "has no clock of its own, so its runs are not split"
                : "on average " + words(Arrays.stream(sums).map(sum -> sum / counted).toArray());
        return new Shares(entrant.number(), entrant.label(), entrant.device().name(), summary,
                rows);
    }

    private static double median(Timing timing) {
        return timing == null ? 0 : timing.medianMillis();
    }

    private static List<Segment> bar(double[] parts) {
        String[] kinds = {"kernel", "in", "out", "rest"};
        List<Segment> bar = new ArrayList<>();
        double from = 0;
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] > 0) {
                bar.add(new Segment(kinds[i], String.format(Locale.ROOT, "%.2f", from),
                        String.format(Locale.ROOT, "%.2f", parts[i])));
            }
            from += parts[i];
        }
        return bar;
    }

    private static String words(double[] parts) {
        return "kernel %.0f %%, in %.0f %%, out %.0f %%, rest %.0f %%".formatted(parts[0], parts[1],
                parts[2], parts[3]);
    }

    private static Details details(Entrant entrant, List<Work> work, DevicesRanking ranking) {
        List<DetailRow> rows = new ArrayList<>();
        for (Work one : work) {
            Cell cell = entrant.cells().get(one.id());
            if (cell != null) {
                rows.add(detail(one, cell, ranking.fastest(one)));
            }
        }
        Surveyed device = entrant.device();
        String problem = device.state() == State.OK
                ? ""
                : "%s %s%s".formatted(entrant.label(), DevicesAdvice.words(device.state()),
                        device.error() == null ? "." : ": " + device.error());
        long right = rows.stream().filter(row -> row.state().equals("ok")).count();
        return new Details(entrant.number(), entrant.label(), device.name(), problem,
                rows.isEmpty() ? "took no part" : "%d of %d right".formatted(right, rows.size()),
                rows);
    }

    private static DetailRow detail(Work work, Cell cell, OptionalDouble fastest) {
        Timing timing = cell.endToEnd();
        return new DetailRow(work.id(), cell.state().name().toLowerCase(Locale.ROOT),
                word(cell.state()), cell.error() == null ? "" : cell.error(),
                timing == null ? "" : Numbers.digits(timing.medianMillis()),
                timing == null || fastest.isEmpty() || cell.state() != State.OK
                        ? NONE
                        : DevicesAdvice.times(timing.medianMillis() / fastest.getAsDouble()) + "×",
                timing == null
                        ? NONE
                        : Numbers.digits(timing.p25Millis()) + " to "
                                + Numbers.digits(timing.p75Millis()),
                timing == null ? NONE : String.valueOf(timing.runs()), digits(cell.compileMillis()),
                digits(cell.firstRunMillis()), digits(cell.gflops()),
                digits(cell.gigabytesPerSecond()), digits(cell.energyJoules()),
                cell.relativeError() == null ? NONE : Numbers.difference(cell.relativeError()),
                String.join(", ", cell.kernels()));
    }

    private static String digits(Double value) {
        return value == null ? NONE : Numbers.digits(value);
    }

    private static MachineFacts facts(Machine machine) {
        List<Page.Fact> facts = new ArrayList<>(List.of(
                new Page.Fact("Processor",
                        "%s, %d usable".formatted(machine.cpu(), machine.processors())),
                new Page.Fact("Memory", memory(machine.memoryBytes())),
                new Page.Fact("Software",
                        "sepconv %s, Java %s, %s".formatted(machine.sepconv(), machine.java(),
                                machine.os())),
                new Page.Fact("TornadoVM",
                        machine.tornadoVm() == null ? "none" : machine.tornadoVm()),
                new Page.Fact("Date", machine.date().replaceAll("T(\\d\\d:\\d\\d).*", " $1 UTC")),
                new Page.Fact("Command", machine.command())));
        if (!machine.finished()) {
            facts.add(new Page.Fact("State", "interrupted"));
        }
        return new MachineFacts(machine.name(), facts);
    }

    private static DeviceFacts facts(Entrant entrant) {
        Surveyed device = entrant.device();
        return new DeviceFacts(entrant.number(), entrant.label(), device.name(), device.backend(),
                device.kind(), memory(device.memoryBytes()),
                device.driver() == null ? NONE : device.driver(), digits(device.gflopsPeak()),
                digits(device.bandwidthPeak()), word(device.state()));
    }

    private static String memory(long bytes) {
        return bytes == 0 ? NONE : Numbers.digits(bytes / 1e9) + " GB";
    }

    private static List<String> method(Survey survey, List<Entrant> entrants) {
        List<String> method = new ArrayList<>();
        var runs = entrants.stream().flatMap(entrant -> entrant.cells().values().stream())
                .filter(cell -> cell.endToEnd() != null).mapToInt(cell -> cell.endToEnd().runs())
                .summaryStatistics();
        method.add(
                "A run goes from a tensor on the host to a tensor on the host, transfers included. %s"
                        .formatted(runs.getCount() == 0
                                ? "None could be measured."
                                : "Times are medians of %s runs after a warm-up, with their quartiles."
                                        .formatted(runs.getMin() == runs.getMax()
                                                ? String.valueOf(runs.getMin())
                                                : runs.getMin() + " to " + runs.getMax())));
        method.add(
                "Kernel and copies are by the device's own clock, warm, where it has one; the rest is what a run takes beyond them: launching, and turning tensors on the host.");
        method.add(
                "Compiling, from the layer to a plan, and the first run are cold and were made once; a driver that keeps compiled kernels on disk may have had them.");
        method.add(
                "GFLOP/s and GB/s are by the kernel's time where it is known, else by the whole run's; a multiply-add is two operations; bytes are input, weights, biases and output, each once.");
        method.add(
                "The relative error is the largest difference from a float64 convolution written from the definition, over the largest value; above %s, of a network above %s, a result counts as wrong."
                        .formatted(Numbers.difference(Tolerance.LAYER),
                                Numbers.difference(Tolerance.NETWORK)));
        method.add(
                "The peak is the most that multiply-adds in registers reached, the memory's rate that of copying large arrays on the device; both were measured.");
        method.add("Suites: %s; %d pieces of work.".formatted(
                survey.suites().stream().collect(Collectors.joining(", ")), survey.work().size()));
        return method;
    }
}
