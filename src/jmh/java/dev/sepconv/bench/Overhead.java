package dev.sepconv.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench overhead}: what a call costs beside arithmetic. */
@Command(name = "overhead", sortOptions = false,
        description = "Runs BlockBenchmark under JMH with its gc profiler: the time of a call that has one multiply-add to do, and the heap "
                + "that a call allocates in steady state, for one-number and ordinary layers. About a minute.")
final class Overhead implements Callable<Integer> {

    /** A layer of one number and a block of many: what both allocate doesn't depend on the work. */
    private static final String[][] CASES = {{"1-1-1-1", "pointwise"},
            {"512-14-1-512", "separable"}};
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private Path json;

    /**
     * A layer on an engine.
     *
     * @param micros of a call
     * @param error half of the 99.9 % interval of {@code micros}, as JMH estimates it
     * @param bytes allocated on the heap by a call, in all threads
     */
    record Row(String block, String variant, String engine, double micros, double error,
            double bytes) {
    }

    @Override
    public Integer call() throws IOException, RunnerException {
        if (json != null) {
            AtomicFile.check(json);
        }
        List<String> engines = new ArrayList<>(List.of("simd-nhwc", "simd-nchw"));
        try {
            Engines.open("tornado").close();
            engines.addAll(List.of("tornado-nhwc", "tornado-nchw"));
        } catch (EngineException missing) {
            spec.commandLine().getErr().println("bench: without tornado: " + missing.getMessage());
        }
        List<Row> rows = new ArrayList<>();
        for (String[] one : CASES) {
            Collection<RunResult> results = new Runner(new OptionsBuilder()
                    .include(BlockBenchmark.class.getName()).param("block", one[0])
                    .param("variant", one[1]).param("engine", engines.toArray(String[]::new))
                    .mode(Mode.AverageTime).warmupIterations(4).measurementIterations(4)
                    .warmupTime(TimeValue.milliseconds(500))
                    .measurementTime(TimeValue.milliseconds(500)).addProfiler(GCProfiler.class)
                    .verbosity(VerboseMode.SILENT).shouldFailOnError(true).build()).run();
            for (RunResult result : results) {
                rows.add(new Row(one[0], one[1], result.getParams().getParam("engine"),
                        result.getPrimaryResult().getScore(),
                        result.getPrimaryResult().getScoreError(),
                        result.getSecondaryResults().get("gc.alloc.rate.norm").getScore()));
            }
        }
        FigureTable table = new FigureTable("layer", "variant", "engine", "us/call", "+-",
                "bytes/call");
        rows.forEach(row -> table.row(row.block(), row.variant(), row.engine(),
                FigureTable.fixed(2, row.micros()), FigureTable.fixed(2, row.error()),
                FigureTable.fixed(1, row.bytes())));
        table.text().forEach(spec.commandLine().getOut()::println);
        if (json != null) {
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(rows);
            AtomicFile.write(json, out -> out.write(text));
        }
        return 0;
    }
}
