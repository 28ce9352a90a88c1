package dev.sepconv.report;

import dev.sepconv.Device;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Where everything goes in the drawing of multiply-adds against time: one panel a device, all with the same two logarithmic axes.
 * Coordinates are those of a view box {@value #WIDTH} by {@value #HEIGHT}; labels stand in a column at the right, each joined to
 * its point, so that none covers another.
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

    /** A line of the grid: where it is and what is written at it. */
    public record Tick(String at, String label) {
    }

    /**
     * A variant's place.
     *
     * @param whiskerTop end of the line at the upper quartile
     * @param whiskerBottom end of the line at the lower quartile
     * @param labelX where the label starts
     * @param good whether the result was right
     */
    public record Point(String variant, String x, String y, String whiskerTop, String whiskerBottom, String labelX, String labelY,
            String elbowX, boolean good) {
    }

    /** One device's drawing, and in words what it shows. */
    public record Panel(String device, String name, String description, List<Tick> xTicks, List<Tick> yTicks,
            List<Point> points) {
    }

    private record Axis(double low, double high, int from, int to) {
        /** From a little below the least value to a little above the largest. */
        static Axis of(double[] values, int from, int to) {
            double least = Double.POSITIVE_INFINITY;
            double largest = 0;
            for (double value : values) {
                least = Math.min(least, value);
                largest = Math.max(largest, value);
            }
            return new Axis(Math.log10(least) - 0.12, Math.log10(largest) + 0.12, from, to);
        }

        double at(double value) {
            return from + (Math.log10(value) - low) / (high - low) * (to - from);
        }

        /** 1, 2 and 5 times powers of ten, or only those powers where that would crowd. */
        List<Double> ticks() {
            double[] steps = high - low > 2.2 ? new double[]{1} : new double[]{1, 2, 5};
            List<Double> ticks = new ArrayList<>();
            for (int power = (int) Math.floor(low); power <= high; power++) {
                for (double step : steps) {
                    double value = step * Math.pow(10, power);
                    if (Math.log10(value) >= low && Math.log10(value) <= high) {
                        ticks.add(value);
                    }
                }
            }
            return ticks;
        }
    }

    static CostTimeChart of(Comparison comparison) {
        List<Run> measured = comparison.runs().stream().filter(run -> run.outcome() instanceof Run.Measured).toList();
        if (measured.isEmpty()) {
            return new CostTimeChart(List.of());
        }
        Axis x = Axis.of(measured.stream().mapToDouble(run -> run.cost().multiplyAdds()).toArray(), LEFT, RIGHT);
        Axis y = Axis.of(measured.stream().mapToDouble(CostTimeChart::median).toArray(), BOTTOM, TOP);
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

    private static Panel panel(Device device, List<Run> runs, Axis x, Axis y) {
        List<Run> sorted = runs.stream().sorted(Comparator.comparingDouble(CostTimeChart::median).reversed()).toList();
        double[] labels = apart(sorted.stream().mapToDouble(run -> y.at(median(run))).toArray());
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            Run run = sorted.get(i);
            var timing = ((Run.Measured) run.outcome()).timing();
            double at = y.at(timing.medianMillis());
            points.add(new Point(run.variant().name(), number(x.at(run.cost().multiplyAdds())), number(at),
                    number(Math.max(TOP, y.at(timing.p75Millis()))), number(Math.min(BOTTOM, y.at(timing.p25Millis()))),
                    number(LABELS), number(labels[i]), number(LABELS - 14), run.good()));
        }
        Run slowest = sorted.getFirst();
        Run fastest = sorted.getLast();
        String description = "Multiply-adds against median time on %s, both axes logarithmic: from %s with %s multiply-adds in %s ms to %s with %s in %s ms. The table has every number."
                .formatted(device.id(), fastest.variant().name(), Numbers.large(fastest.cost().multiplyAdds()),
                        Numbers.digits(median(fastest)), slowest.variant().name(), Numbers.large(slowest.cost().multiplyAdds()),
                        Numbers.digits(median(slowest)));
        return new Panel(device.id(), device.name(), description,
                x.ticks().stream().map(v -> new Tick(number(x.at(v)), Numbers.round(v))).toList(),
                y.ticks().stream().map(v -> new Tick(number(y.at(v)), Numbers.round(v))).toList(), points);
    }

    /** Labels at least a line apart and within the panel, each as near its point as that allows; points come in order. */
    private static double[] apart(double[] wanted) {
        double[] at = wanted.clone();
        for (int i = 0; i < at.length; i++) {
            double above = i == 0 ? TOP : at[i - 1] + LINE;
            at[i] = Math.max(at[i], above);
        }
        for (int i = at.length - 1; i >= 0; i--) {
            double below = i == at.length - 1 ? BOTTOM : at[i + 1] - LINE;
            at[i] = Math.min(at[i], below);
        }
        return at;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
