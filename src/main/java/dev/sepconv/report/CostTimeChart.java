package dev.sepconv.report;

import dev.sepconv.Device;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where everything goes in the drawing of multiply-adds against time: one panel a device, all with
 * the same two logarithmic axes. Coordinates are those of a view box {@value #WIDTH} by
 * {@value #HEIGHT}; labels stand in a column at the right, each joined to its point, so that none
 * covers another.
 */
public record CostTimeChart(List<Panel> panels) {

    public static final int WIDTH = 400;
    public static final int HEIGHT = 290;

    static final int LEFT = 44;
    static final int RIGHT = 246;
    static final int TOP = 14;
    static final int BOTTOM = 246;
    private static final int LABELS = 268;
    private static final int LINE = 17;

    /**
     * A variant's place.
     *
     * @param whiskerTop end of the line at the upper quartile
     * @param whiskerBottom end of the line at the lower quartile
     * @param labelX where the label starts
     * @param good whether the result was right
     */
    public record Point(String variant, String x, String y, String whiskerTop, String whiskerBottom,
            String labelX, String labelY, String elbowX, boolean good) {
    }

    /** One device's drawing, and in words what it shows. */
    public record Panel(String device, String name, String description, List<LogAxis.Tick> xTicks,
            List<LogAxis.Tick> yTicks, List<Point> points) {
    }

    static CostTimeChart of(Comparison comparison) {
        List<Run> measured = comparison.runs().stream()
                .filter(run -> run.outcome() instanceof Run.Measured).toList();
        if (measured.isEmpty()) {
            return new CostTimeChart(List.of());
        }
        LogAxis x = LogAxis.of(
                measured.stream().mapToDouble(run -> run.cost().multiplyAdds()).toArray(), LEFT,
                RIGHT);
        LogAxis y = LogAxis.of(measured.stream().mapToDouble(CostTimeChart::median).toArray(),
                BOTTOM, TOP);
        List<Panel> panels = new ArrayList<>();
        for (Device device : comparison.devices()) {
            List<Run> runs = measured.stream().filter(run -> run.device().equals(device)).toList();
            if (!runs.isEmpty()) {
                panels.add(panel(device, runs, x, y));
            }
        }
        return new CostTimeChart(List.copyOf(panels));
    }

    private static double median(Run run) {
        return ((Run.Measured) run.outcome()).timing().medianMillis();
    }

    private static Panel panel(Device device, List<Run> runs, LogAxis x, LogAxis y) {
        List<Run> sorted = runs.stream()
                .sorted(Comparator.comparingDouble(CostTimeChart::median).reversed()).toList();
        double[] labels = LogAxis.apart(
                sorted.stream().mapToDouble(run -> y.at(median(run))).toArray(), LINE, TOP, BOTTOM);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            Run run = sorted.get(i);
            var timing = ((Run.Measured) run.outcome()).timing();
            double at = y.at(timing.medianMillis());
            points.add(new Point(run.variant().name(),
                    LogAxis.coordinate(x.at(run.cost().multiplyAdds())), LogAxis.coordinate(at),
                    LogAxis.coordinate(Math.max(TOP, y.at(timing.p75Millis()))),
                    LogAxis.coordinate(Math.min(BOTTOM, y.at(timing.p25Millis()))),
                    LogAxis.coordinate(LABELS), LogAxis.coordinate(labels[i]),
                    LogAxis.coordinate(LABELS - 14), run.good()));
        }
        Run slowest = sorted.getFirst();
        Run fastest = sorted.getLast();
        String description = "Multiply-adds against median time on %s, both axes logarithmic: from %s with %s multiply-adds in %s ms to %s with %s in %s ms. The table has every number."
                .formatted(device.id(), fastest.variant().name(),
                        Numbers.large(fastest.cost().multiplyAdds()),
                        Numbers.digits(median(fastest)), slowest.variant().name(),
                        Numbers.large(slowest.cost().multiplyAdds()),
                        Numbers.digits(median(slowest)));
        return new Panel(device.id(), device.name(), description, x.ticks(), y.ticks(), points);
    }
}
