package dev.sepconv.report;

import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Rooflines (Williams, Waterman and Patterson 2009): what each device reaches against the
 * arithmetic intensity of the work, under what it could reach. One panel a device, all with the
 * same two logarithmic axes, in a view box {@value #WIDTH} by {@value #HEIGHT}.
 *
 * @param variants the legend, in the order of their marks
 */
public record RooflineChart(List<Variant> variants, List<Panel> panels) {

    public static final int WIDTH = 340;
    public static final int HEIGHT = 250;

    static final int LEFT = 48;
    static final int RIGHT = 330;
    static final int TOP = 10;
    static final int BOTTOM = 208;

    /** A kind of convolution and its mark. */
    public record Variant(String name, String mark, String colour) {
    }

    /** A piece of work. */
    public record Point(String mark, String colour, String title) {
    }

    /**
     * One device's drawing.
     *
     * @param roof the points of a polyline; empty where nothing was measured
     * @param peaks the roof in words
     */
    public record Panel(int number, String label, String name, String peaks, String description,
            List<LogAxis.Tick> xTicks, List<LogAxis.Tick> yTicks, String roof, List<Point> points) {
    }

    static RooflineChart of(DevicesRanking ranking, List<Work> work) {
        List<String> names = List.copyOf(ranking.variants().keySet());
        List<Variant> variants = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            variants.add(new Variant(names.get(i), Marker.of(i).at(7, 7), Series.colour(i)));
        }
        List<Entrant> shown = ranking.entrants().stream()
                .filter(entrant -> work.stream().anyMatch(w -> reached(entrant, w) > 0)).toList();
        if (shown.isEmpty()) {
            return new RooflineChart(List.of(), List.of());
        }
        LogAxis x = LogAxis.of(work.stream().filter(w -> intensity(w) > 0)
                .mapToDouble(RooflineChart::intensity).toArray(), LEFT, RIGHT);
        LogAxis y = LogAxis.of(shown.stream()
                .flatMapToDouble(entrant -> DoubleStream.concat(
                        work.stream().mapToDouble(w -> reached(entrant, w)),
                        Stream.of(entrant.device().gflopsPeak())
                                .mapToDouble(peak -> peak == null ? 0 : peak)))
                .filter(value -> value > 0).toArray(), BOTTOM, TOP);
        return new RooflineChart(variants,
                shown.stream().map(entrant -> panel(entrant, work, names, x, y)).toList());
    }

    private static double intensity(Work work) {
        return work.bytes() == 0 ? 0 : (double) work.flops() / work.bytes();
    }

    private static double reached(Entrant entrant, Work work) {
        Cell cell = entrant.cells().get(work.id());
        return cell == null || cell.state() != State.OK || cell.gflops() == null
                || intensity(work) == 0 ? 0 : cell.gflops();
    }

    private static Panel panel(Entrant entrant, List<Work> work, List<String> names, LogAxis x,
            LogAxis y) {
        Surveyed device = entrant.device();
        List<Point> points = new ArrayList<>();
        Work best = null;
        for (Work one : work) {
            double gflops = reached(entrant, one);
            if (gflops > 0) {
                int variant = names.indexOf(one.variant());
                points.add(new Point(Marker.of(variant).at(x.at(intensity(one)), y.at(gflops)),
                        Series.colour(variant), "%s: %s GFLOP/s at %s FLOP/byte".formatted(one.id(),
                                Numbers.digits(gflops), Numbers.digits(intensity(one)))));
                best = best == null || gflops > reached(entrant, best) ? one : best;
            }
        }
        String share = device.gflopsPeak() == null || device.gflopsPeak() == 0
                ? ""
                : ", %.0f %% of its peak"
                        .formatted(100 * reached(entrant, best) / device.gflopsPeak());
        String description = "GFLOP/s against arithmetic intensity on %s, both axes logarithmic: the most is %s GFLOP/s with %s%s. The table of every measurement has the numbers."
                .formatted(entrant.label(), Numbers.digits(reached(entrant, best)), best.id(),
                        share);
        return new Panel(entrant.number(), entrant.label(), device.name(), peaks(device),
                description, x.ticks(), y.ticks(), roof(device, x, y), points);
    }

    private static String peaks(Surveyed device) {
        if (device.gflopsPeak() == null && device.bandwidthPeak() == null) {
            return "no peak measured";
        }
        return "peak %s, memory %s".formatted(
                device.gflopsPeak() == null
                        ? "not measured"
                        : Numbers.digits(device.gflopsPeak()) + " GFLOP/s",
                device.bandwidthPeak() == null
                        ? "not measured"
                        : Numbers.digits(device.bandwidthPeak()) + " GB/s");
    }

    /** Up along the bandwidth to the peak, as far as the axes show. */
    private static String roof(Surveyed device, LogAxis x, LogAxis y) {
        double peak = device.gflopsPeak() == null || device.gflopsPeak() == 0
                ? Double.POSITIVE_INFINITY
                : device.gflopsPeak();
        double slope = device.bandwidthPeak() == null || device.bandwidthPeak() == 0
                ? Double.POSITIVE_INFINITY
                : device.bandwidthPeak();
        double from = Math.max(x.least(), y.least() / slope);
        double to = Math.min(x.largest(),
                peak == Double.POSITIVE_INFINITY ? y.largest() / slope : x.largest());
        if (peak == slope || from >= to) {
            return "";
        }
        double ridge = Math.clamp(peak / slope, from, to);
        return Stream.of(from, ridge, to).distinct()
                .map(at -> LogAxis.coordinate(x.at(at)) + ","
                        + LogAxis.coordinate(y.at(Math.min(peak, slope * at))))
                .reduce((a, b) -> a + " " + b).orElseThrow();
    }
}
