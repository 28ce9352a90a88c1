package dev.sepconv.bench;

import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench show}: runs that were saved, as one. */
@Command(name = "show", sortOptions = false,
        description = "Prints runs that --json saved, as one table a variant with geometric means over all, and draws them: a long "
                + "measurement can be made in pieces. The machine is the first run's. Also prints and draws the one FILE that bench growth wrote.")
final class Show implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE",
            description = "What bench --json or bench growth --json wrote.")
    private List<Path> files;

    @Option(names = "--markdown", description = "Print the tables as Markdown.")
    private boolean markdown;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all runs there as one.")
    private Path json;

    @Option(names = "--chart", paramLabel = "FILE",
            description = "Draw ratios and roofline there: a .png or .svg.")
    private Path chart;

    @Override
    public Integer call() throws IOException {
        for (Path file : new Path[]{json, chart}) {
            if (file != null) {
                AtomicFile.check(file);
            }
        }
        if (chart != null) {
            Charts.checkName(chart);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (files.size() == 1 && Growth.wrote(files.getFirst())) {
            Growth.Growths growths = Growth.read(files.getFirst());
            growths.axes().forEach(axis -> Growth.print(axis, markdown, out));
            if (chart != null) {
                Charts.write(Charts.of(growths), 2, chart);
            }
            return 0;
        }
        List<BenchResults> runs = new ArrayList<>();
        for (Path file : files) {
            runs.add(BenchResults.read(file));
        }
        BenchResults all = joined(runs);
        print(all.machine(), out);
        out.printf("batch %d, %s, %d rounds, %s%n", all.batch(),
                all.layout().toUpperCase(Locale.ROOT), all.rounds(), all.date());
        for (String variant : all.rows().stream().map(BenchResults.Row::variant).distinct()
                .toList()) {
            List<BenchResults.Row> rows = all.rows().stream()
                    .filter(row -> row.variant().equals(variant)).toList();
            out.println();
            (markdown ? table(rows).markdown() : table(rows).text()).forEach(out::println);
            out.println();
            means(rows).forEach(out::println);
        }
        if (json != null) {
            all.write(json);
        }
        if (chart != null) {
            Charts.write(Charts.of(all), 2, chart);
        }
        return 0;
    }

    /**
     * Several runs as one.
     *
     * @throws IllegalArgumentException if they are of different batches, layouts or threads
     */
    static BenchResults joined(List<BenchResults> runs) {
        BenchResults first = runs.getFirst();
        List<BenchResults.Row> rows = new ArrayList<>();
        for (BenchResults run : runs) {
            if (run.batch() != first.batch() || !run.layout().equals(first.layout())
                    || run.machine().threads() != first.machine().threads()) {
                throw new IllegalArgumentException(
                        "the runs differ: batch %d, %s, %d threads and batch %d, %s, %d threads; show them one by one"
                                .formatted(first.batch(), first.layout(), first.machine().threads(),
                                        run.batch(), run.layout(), run.machine().threads()));
            }
            rows.addAll(run.rows());
        }
        return BenchResults.of(first.machine(), first.date(), first.rounds(), first.batch(),
                first.layout(), rows);
    }

    static void print(BenchResults.Machine machine, PrintWriter out) {
        out.printf(Locale.ROOT, "%s, %d threads; %s; Java %s; ONNX Runtime %s%n", machine.cpu(),
                machine.threads(), machine.os(), machine.java(), machine.onnxruntime());
        out.printf(Locale.ROOT,
                "peak of multiply-adds on registers %.0f GFLOP/s; copy %.0f GB/s in memory, %.0f GB/s in cache%n",
                machine.peakGflops(), machine.copyGBps(), machine.cacheCopyGBps());
        machine.devicePeakGflops().forEach((device, peak) -> out.printf(Locale.ROOT,
                "peak of multiply-adds on registers by a TornadoVM kernel on %s: %.0f GFLOP/s%n",
                device, peak));
    }

    static FigureTable table(List<BenchResults.Row> rows) {
        FigureTable table = new FigureTable(rows.getFirst().variant(), "engine", "kernel ms",
                "run ms", "quartiles", "ONNX Rt. ms", "kernel", "run", "GFLOP/s", "peak", "device",
                "FLOP/B", "GB/s", "roof", "others");
        for (BenchResults.Row row : rows) {
            table.row(row.block(), row.who(), FigureTable.fixed(3, row.kernelMillis()),
                    FigureTable.fixed(3, row.endToEndMillis()),
                    FigureTable.fixed(3, row.quartileMillis()[0]) + " to "
                            + FigureTable.fixed(3, row.quartileMillis()[1]),
                    FigureTable.fixed(3, row.peerMillis()), FigureTable.fixed(2, row.kernelRatio()),
                    FigureTable.fixed(2, row.ratio()), FigureTable.fixed(1, row.gflops()),
                    FigureTable.percent(row.peakShare()),
                    FigureTable.percent(row.devicePeakShare()),
                    FigureTable.fixed(1, row.intensity()), FigureTable.fixed(1, row.gbPerSecond()),
                    FigureTable.percent(row.rooflineShare()),
                    FigureTable.percent(row.othersShare()));
        }
        return table;
    }

    /** A line an engine: its geometric means over the rows, which are of one variant. */
    static List<String> means(List<BenchResults.Row> rows) {
        Map<String, Double> kernel = BenchResults.geomeans(rows, true);
        List<String> lines = new ArrayList<>();
        BenchResults.geomeans(rows, false)
                .forEach((engine, mean) -> lines.add(
                        "geometric mean of %s: %s%s times ONNX Runtime's speed".formatted(engine,
                                kernel.containsKey(engine)
                                        ? "kernel time %s, whole run "
                                                .formatted(FigureTable.fixed(2, kernel.get(engine)))
                                        : "",
                                FigureTable.fixed(2, mean))));
        return lines;
    }
}
