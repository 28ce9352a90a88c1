package dev.sepconv.report;

import dev.sepconv.Device;
import dev.sepconv.compare.LayerComparison;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Saving;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of each saving arrives, drawn: a line a layer, from how many times faster it is to how
 * many times fewer multiply-adds it has, on one logarithmic axis. Coordinates are those of a view
 * box {@value #WIDTH} wide.
 *
 * @param height of the view box
 * @param bottom where the axis is
 * @param one where 1 is: left of it is slower
 */
public record SavingChart(String height, String bottom, String one, String description,
        List<LogAxis.Tick> ticks, List<Line> lines) {

    public static final int WIDTH = 400;
    private static final int LEFT = 14;
    private static final int RIGHT = 386;
    private static final int TOP = 8;
    private static final int LINE = 32;
    private static final int BAR = 22;

    /**
     * A layer.
     *
     * @param text its numbers
     * @param textY where name and numbers stand
     * @param y of the line, from {@code faster} to {@code fewer}
     */
    public record Line(String label, String text, String textY, String y, String faster,
            String fewer, boolean slower) {
    }

    /** Null where nothing was saved or measured. */
    static SavingChart of(LayerComparison layer, Device device) {
        Map<Run, Saving> savings = new LinkedHashMap<>();
        layer.runsOn(device)
                .forEach(run -> layer.saving(run).ifPresent(saving -> savings.put(run, saving)));
        if (savings.isEmpty()) {
            return null;
        }
        List<Double> values = new ArrayList<>(List.of(1.0));
        savings.values().forEach(saving -> values.addAll(List.of(saving.fewer(), saving.faster())));
        LogAxis x = LogAxis.of(values.stream().mapToDouble(Double::doubleValue).toArray(), LEFT,
                RIGHT);
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<Run, Saving> entry : savings.entrySet()) {
            Saving saving = entry.getValue();
            int top = TOP + LINE * lines.size();
            lines.add(new Line(entry.getKey().label(),
                    "%s fewer, %s faster: %s".formatted(Phrases.times(saving.fewer()),
                            Phrases.faster(saving), Phrases.arrives(saving)),
                    LogAxis.coordinate(top + 10), LogAxis.coordinate(top + BAR),
                    LogAxis.coordinate(x.at(saving.faster())),
                    LogAxis.coordinate(x.at(saving.fewer())), saving.slower()));
        }
        int bottom = TOP + LINE * lines.size();
        String description = "Multiply-adds saved and time saved on %s, %s, one logarithmic axis: %s. The table has every number."
                .formatted(device.id(), layer.size(), String.join("; ",
                        lines.stream().map(line -> line.label() + " " + line.text()).toList()));
        return new SavingChart(LogAxis.coordinate(bottom + 34), LogAxis.coordinate(bottom),
                LogAxis.coordinate(x.at(1)), description, x.ticks(), lines);
    }
}
