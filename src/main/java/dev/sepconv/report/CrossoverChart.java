package dev.sepconv.report;

import dev.sepconv.report.Ladder.Crossing;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Time against size on one ladder, a line a device, both axes logarithmic, and in words from which
 * size on each beats the {@code simd} engine of its machine. In a view box {@value #WIDTH} wide.
 *
 * @param bottom where the plot ends
 * @param right the same
 * @param xTitle what grows
 */
public record CrossoverChart(String name, String description, int right, int bottom, int height,
        String xTitle, List<LogAxis.Tick> xTicks, List<LogAxis.Tick> yTicks, List<Line> lines,
        List<Verdict> verdicts) {

    public static final int WIDTH = 340;

    static final int LEFT = 48;
    private static final int TOP = 10;
    private static final int LINE = 13;
    private static final int BETWEEN_TICKS = 36;
    private static final double LETTER = 7.4;

    /**
     * A device's line.
     *
     * @param paths its pieces: a size that failed breaks it
     * @param label what stands at its end
     * @param labelFrom x and y of the line's end
     */
    public record Line(String colour, String dash, boolean thick, List<String> paths,
            List<String> marks, String label, String labelX, String labelY, String labelFrom,
            String elbow) {
    }

    /** A row of the legend: from which size on a device is faster. */
    public record Verdict(int number, String label, String mark, String colour, String dash,
            boolean drawn, String text) {
    }

    private record Labelled(Entrant entrant, double endX, double endY) {
    }

    static CrossoverChart of(Ladder ladder, List<Entrant> entrants) {
        List<Entrant> drawn = entrants.stream()
                .filter(entrant -> ladder.rungs().stream().anyMatch(entrant::measured)).toList();
        List<Verdict> verdicts = entrants.stream()
                .map(entrant -> verdict(ladder, entrant, entrants, drawn.contains(entrant)))
                .toList();
        boolean several = entrants.stream().map(Entrant::machine).distinct().count() > 1;
        int room = several
                ? 34
                : (int) (18 + LETTER
                        * drawn.stream().mapToInt(e -> e.label().length()).max().orElse(0));
        int right = WIDTH - Math.clamp(room, 34, 140);
        int bottom = TOP + Math.max(190, LINE * drawn.size());
        if (drawn.isEmpty()) {
            return new CrossoverChart(ladder.name(), "", right, bottom, bottom + 40, "", List.of(),
                    List.of(), List.of(), verdicts);
        }
        LogAxis x = LogAxis.of(ladder.rungs().stream().mapToDouble(ladder::size).toArray(), LEFT,
                right);
        LogAxis y = LogAxis.of(
                drawn.stream()
                        .flatMapToDouble(entrant -> ladder.rungs().stream()
                                .filter(entrant::measured).mapToDouble(entrant::millis))
                        .toArray(),
                bottom, TOP);
        return new CrossoverChart(ladder.name(), description(ladder, verdicts), right, bottom,
                bottom + 40, ladder.axis().title, ticks(ladder, x), y.ticks(),
                lines(ladder, drawn, x, y, right, bottom, several), verdicts);
    }

    private static List<Line> lines(Ladder ladder, List<Entrant> drawn, LogAxis x, LogAxis y,
            int right, int bottom, boolean several) {
        List<Labelled> ends = drawn.stream().map(entrant -> {
            Work last = ladder.rungs().stream().filter(entrant::measured).reduce((a, b) -> b)
                    .orElseThrow();
            return new Labelled(entrant, x.at(ladder.size(last)), y.at(entrant.millis(last)));
        }).sorted(Comparator.comparingDouble(Labelled::endY)).toList();
        double[] labels = LogAxis.apart(ends.stream().mapToDouble(Labelled::endY).toArray(), LINE,
                TOP, bottom);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            Labelled end = ends.get(i);
            Entrant entrant = end.entrant();
            int index = entrant.number() - 1;
            List<String> marks = ladder.rungs().stream().filter(entrant::measured)
                    .map(rung -> Marker.of(index).at(x.at(ladder.size(rung)),
                            y.at(entrant.millis(rung))))
                    .toList();
            lines.add(new Line(Series.colour(index), Series.dash(index), entrant.isCpuEngine(),
                    paths(ladder, entrant, x, y), marks,
                    several ? String.valueOf(entrant.number()) : entrant.label(),
                    LogAxis.coordinate(right + 10), LogAxis.coordinate(labels[i]),
                    LogAxis.coordinate(end.endX()) + "," + LogAxis.coordinate(end.endY()),
                    LogAxis.coordinate(right + 2)));
        }
        return lines;
    }

    private static List<String> paths(Ladder ladder, Entrant entrant, LogAxis x, LogAxis y) {
        List<String> paths = new ArrayList<>();
        StringBuilder path = new StringBuilder();
        for (Work rung : ladder.rungs()) {
            if (entrant.measured(rung)) {
                path.append(path.isEmpty() ? "" : " ")
                        .append(LogAxis.coordinate(x.at(ladder.size(rung)))).append(',')
                        .append(LogAxis.coordinate(y.at(entrant.millis(rung))));
            } else if (!path.isEmpty()) {
                paths.add(path.toString());
                path.setLength(0);
            }
        }
        if (!path.isEmpty()) {
            paths.add(path.toString());
        }
        return paths;
    }

    /** The rungs themselves, as many as there is room for. */
    private static List<LogAxis.Tick> ticks(Ladder ladder, LogAxis x) {
        List<LogAxis.Tick> ticks = new ArrayList<>();
        double last = Double.NEGATIVE_INFINITY;
        for (Work rung : ladder.rungs()) {
            double at = x.at(ladder.size(rung));
            String label = ladder.tick(rung);
            if (at - last >= Math.max(BETWEEN_TICKS, LETTER * label.length() + 6)) {
                ticks.add(new LogAxis.Tick(LogAxis.coordinate(at), label));
                last = at;
            }
        }
        return ticks;
    }

    private static String description(Ladder ladder, List<Verdict> verdicts) {
        return "Time against size on the ladder %s, both axes logarithmic. %s".formatted(
                ladder.name(),
                verdicts.stream().map(verdict -> verdict.label() + ": " + verdict.text())
                        .collect(Collectors.joining(" ")));
    }

    private static Verdict verdict(Ladder ladder, Entrant entrant, List<Entrant> entrants,
            boolean drawn) {
        int index = entrant.number() - 1;
        return new Verdict(entrant.number(), entrant.label(), Marker.of(index).at(15, 7),
                Series.colour(index), Series.dash(index), drawn,
                text(ladder, entrant, entrants, drawn));
    }

    private static String text(Ladder ladder, Entrant entrant, List<Entrant> entrants,
            boolean drawn) {
        if (!drawn) {
            return "no result.";
        }
        if (entrant.isCpuEngine()) {
            return "the CPU engine, which others have to beat.";
        }
        Entrant cpu = entrants.stream()
                .filter(other -> other.isCpuEngine() && other.machine().equals(entrant.machine()))
                .findFirst().orElse(null);
        if (cpu == null) {
            return "there is no simd on its machine to compare it with.";
        }
        Crossing crossing = ladder.crossing(entrant, cpu);
        if (crossing.compared().isEmpty()) {
            return "no size that simd ran too.";
        }
        Work best = crossing.compared().stream()
                .max(Comparator.comparingDouble(rung -> cpu.millis(rung) / entrant.millis(rung)))
                .orElseThrow();
        double factor = cpu.millis(best) / entrant.millis(best);
        if (crossing.never()) {
            String there = DevicesAdvice.times(1 / factor);
            return "never faster than simd in this range; nearest at %s, where simd is %s."
                    .formatted(ladder.tick(best),
                            there.equals("1.0") ? "hardly faster" : there + " times as fast");
        }
        String most = "%s times as fast at %s".formatted(DevicesAdvice.times(factor),
                ladder.tick(best));
        if (crossing.always()) {
            return "faster than simd at every size; up to %s.".formatted(most);
        }
        if (crossing.isFromOneRungOn()) {
            return "faster than simd from %s on; up to %s."
                    .formatted(ladder.inWords(crossing.won().getFirst()), most);
        }
        return "faster than simd only at %s; up to %s.".formatted(
                crossing.won().stream().map(ladder::tick).collect(Collectors.joining(", ")), most);
    }
}
