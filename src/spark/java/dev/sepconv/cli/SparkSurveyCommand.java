package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import dev.sepconv.report.DevicesReport;
import dev.sepconv.spark.ExecutorSurvey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sepconv-spark survey}: which machine of a cluster is good for what. */
@Command(name = "sepconv-spark survey", mixinStandardHelpOptions = true, sortOptions = false,
        sortSynopsis = false, versionProvider = Version.class,
        description = "Run sepconv compare-devices on every executor of a Spark cluster, those of one machine one after the other, and put all on one "
                + "page: a table here; devices.html, devices.csv and devices.json in a folder.")
final class SparkSurveyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private SparkOptions spark;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "sepconv-devices",
            description = "The folder to write into, here (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--suite", paramLabel = "SUITE",
            description = "article or mobilenet-v1 (default: article).")
    private String suite;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures at once (default: 1).")
    private String batch;

    @Option(names = "--engines", paramLabel = "NAME",
            description = "Only these engines, with commas between them (default: all but plain).")
    private String engines;

    @Option(names = "--seconds", paramLabel = "SECONDS",
            description = "Measure each convolution on each device for this long at most (default: 0.5, with --quick 0.1).")
    private String seconds;

    @Option(names = "--timeout", paramLabel = "SECONDS",
            description = "Give one convolution up after this long (default: 60).")
    private String timeout;

    @Option(names = "--quick", description = "Fewer sizes and less time for each.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        List<String> options = options();
        try { // before a cluster is asked
            new CommandLine(new CompareDevicesCommand()).parseArgs(options.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        DevicesReport.prepare(out);
        PrintWriter err = spec.commandLine().getErr();
        List<ExecutorSurvey.Outcome> outcomes;
        try (SparkSession session = spark.start()) {
            outcomes = ExecutorSurvey.run(session.sparkContext(), Main.class.getName(), options,
                    executors -> err.println("sepconv: the same work on %s"
                            .formatted(Printable.count(executors, "executor"))));
        } catch (Exception e) {
            if (SparkFailure.of(e) instanceof Exception sentence) {
                throw sentence;
            }
            throw e;
        }
        return merge(outcomes, err);
    }

    private List<String> options() {
        List<String> options = new ArrayList<>();
        add(options, "--suite", suite);
        add(options, "--batch", batch);
        add(options, "--engines", engines);
        add(options, "--seconds", seconds);
        add(options, "--timeout", timeout);
        if (quick) {
            options.add("--quick");
        }
        return options;
    }

    private static void add(List<String> options, String name, String value) {
        if (value != null) {
            options.add(name);
            options.add(value);
        }
    }

    private int merge(List<ExecutorSurvey.Outcome> outcomes, PrintWriter err) throws IOException {
        boolean good = true;
        List<Path> files = new ArrayList<>();
        Path folder = Files.createTempDirectory("sepconv-survey");
        try {
            for (ExecutorSurvey.Outcome each : outcomes) {
                if (each.exitCode() != Failure.NONE) {
                    good = false;
                    each.sentences().forEach(
                            line -> err.println("sepconv: %s: %s".formatted(each.name(), line)));
                }
                if (each.document() == null) {
                    err.println("sepconv: %s: nothing was measured, exit code %d"
                            .formatted(each.name(), each.exitCode()));
                } else {
                    files.add(Files.writeString(folder.resolve(files.size() + ".json"),
                            each.document()));
                }
            }
            if (files.isEmpty()) {
                throw new IOException("no executor could measure anything");
            }
            List<String> merge = new ArrayList<>(
                    List.of("compare-devices", "--out", out.toString(), "--merge"));
            files.forEach(file -> merge.add(file.toString()));
            int merged = Main.run(spec.commandLine().getOut(), err, merge.toArray(String[]::new));
            return merged != Failure.NONE ? merged : good ? Failure.NONE : Failure.FAILED;
        } finally {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        }
    }
}
