package dev.sepconv.report;

import dev.sepconv.measure.Timing;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A survey as a table for spreadsheets: a row a cell, and one for a device without any. Commas, a
 * heading, lines that end with a line feed, quotes as in RFC 4180. What was not measured is empty.
 */
final class DevicesCsv {

    /** What a row is of; {@code work} and {@code cell} are null for a device without cells. */
    private record Row(Machine machine, Surveyed device, Work work, Cell cell) {
    }

    private record Column(String name, Function<Row, Object> value) {
    }

    private static final List<Column> COLUMNS = columns();

    private DevicesCsv() {
    }

    static String of(Survey survey) {
        Map<String, Work> work = survey.work().stream()
                .collect(Collectors.toMap(Work::id, Function.identity()));
        List<Row> rows = new ArrayList<>();
        for (Machine machine : survey.machines()) {
            for (Surveyed device : machine.devices()) {
                if (device.cells().isEmpty()) {
                    rows.add(new Row(machine, device, null, null));
                }
                for (Cell cell : device.cells()) {
                    rows.add(new Row(machine, device, work.get(cell.work()), cell));
                }
            }
        }
        StringBuilder csv = new StringBuilder();
        csv.append(COLUMNS.stream().map(Column::name).collect(Collectors.joining(",")))
                .append('\n');
        for (Row row : rows) {
            csv.append(COLUMNS.stream().map(column -> field(column.value().apply(row)))
                    .collect(Collectors.joining(","))).append('\n');
        }
        return csv.toString();
    }

    /**
     * One field. Text that a spreadsheet would take for a formula gets an apostrophe before it: a
     * merged survey has text of people one may not know.
     */
    static String field(Object value) {
        if (value == null || value instanceof Double number && !Double.isFinite(number)) {
            return "";
        }
        String text = value.toString();
        if (value instanceof String && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        return text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }

    private static List<Column> columns() {
        List<Column> columns = new ArrayList<>(
                List.of(new Column("machine", row -> row.machine().name()),
                        new Column("cpu", row -> row.machine().cpu()),
                        new Column("date", row -> row.machine().date()),
                        new Column("engine", row -> row.device().engine()),
                        new Column("device", row -> row.device().id()),
                        new Column("deviceName", row -> row.device().name()),
                        new Column("backend", row -> row.device().backend()),
                        new Column("kind", row -> row.device().kind()),
                        new Column("driver", row -> row.device().driver()),
                        new Column("gflopsPeak", row -> row.device().gflopsPeak()),
                        new Column("bandwidthPeak", row -> row.device().bandwidthPeak()),
                        new Column("deviceState", row -> word(row.device().state())),
                        new Column("deviceError", row -> row.device().error())));
        columns.addAll(List.of(work("work", Work::id), work("variant", Work::variant),
                work("ladder", Work::ladder), work("batch", Work::batch),
                work("inChannels", Work::inChannels), work("height", Work::height),
                work("width", Work::width), work("outChannels", Work::outChannels),
                work("kernelSize", Work::kernel), work("stride", Work::stride),
                work("groups", Work::groups), work("layout", Work::layout),
                work("flops", Work::flops), work("bytes", Work::bytes)));
        columns.addAll(
                List.of(cell("state", cell -> word(cell.state())), cell("error", Cell::error),
                        cell("kernels", cell -> String.join(" ", cell.kernels())),
                        cell("compileMillis", Cell::compileMillis),
                        cell("firstRunMillis", Cell::firstRunMillis), cell("gflops", Cell::gflops),
                        cell("gigabytesPerSecond", Cell::gigabytesPerSecond),
                        cell("energyJoules", Cell::energyJoules),
                        cell("relativeError", Cell::relativeError)));
        columns.addAll(timing("endToEnd", Cell::endToEnd));
        columns.addAll(timing("kernel", Cell::kernel));
        columns.addAll(timing("copyIn", Cell::copyIn));
        columns.addAll(timing("copyOut", Cell::copyOut));
        return List.copyOf(columns);
    }

    private static String word(Survey.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static Column work(String name, Function<Work, Object> value) {
        return new Column(name, row -> row.work() == null ? null : value.apply(row.work()));
    }

    private static Column cell(String name, Function<Cell, Object> value) {
        return new Column(name, row -> row.cell() == null ? null : value.apply(row.cell()));
    }

    private static List<Column> timing(String name, Function<Cell, Timing> timing) {
        return Arrays.asList(measure(name + "Runs", timing, Timing::runs),
                measure(name + "MinMillis", timing, Timing::minMillis),
                measure(name + "P25Millis", timing, Timing::p25Millis),
                measure(name + "MedianMillis", timing, Timing::medianMillis),
                measure(name + "P75Millis", timing, Timing::p75Millis),
                measure(name + "MaxMillis", timing, Timing::maxMillis));
    }

    private static Column measure(String name, Function<Cell, Timing> timing,
            Function<Timing, Object> value) {
        return cell(name,
                cell -> timing.apply(cell) == null ? null : value.apply(timing.apply(cell)));
    }
}
