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
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code sepconv-spark survey}: which machine of a cluster is good for what. */
@Command(name = "sepconv-spark survey", mixinStandardHelpOptions = true, sortOptions = false,
        sortSynopsis = false, versionProvider = Version.class,
        description = "Run sepconv compare-devices on every executor of a Spark cluster, those of one machine one after the other, and put all on one "
                + "page: a table here; devices.html, devices.csv and devices.json in a folder.")
final class SparkSurveyCommand implements Callable<Integer> {

    private static final List<String> PASSED_ON = List.of("--suite", "--batch", "--engines",
            "--seconds", "--timeout", "--quick");

    @Spec
    private CommandSpec spec;

    @Mixin
    private SparkOptions spark;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "sepconv-devices",
            description = "The folder to write into, here (default: ${DEFAULT-VALUE}).")
    private Path out;

    /** With the options of compare-devices that each executor gets as they are. */
    static CommandLine command() {
        CommandLine command = new CommandLine(new SparkSurveyCommand());
        CommandSpec measured = CommandSpec.forAnnotatedObject(new CompareDevicesCommand());
        PASSED_ON.forEach(name -> command.getCommandSpec().addOption(measured.findOption(name)));
        return command;
    }

    @Override
    public Integer call() throws Exception {
        DevicesReport.prepare(out);
        PrintWriter err = spec.commandLine().getErr();
        List<ExecutorSurvey.Outcome> outcomes;
        try (SparkSession session = spark.start()) {
            outcomes = ExecutorSurvey.run(session.sparkContext(), Main.class.getName(), options(),
                    executors -> err.println("sepconv: the same work on %s"
                            .formatted(Printable.count(executors, "executor"))));
        }
        return merge(outcomes, err);
    }

    private List<String> options() {
        List<String> options = new ArrayList<>();
        ParseResult parsed = spec.commandLine().getParseResult();
        for (String name : PASSED_ON) {
            OptionSpec given = parsed.matchedOption(name);
            if (given != null && given.arity().max() == 0) {
                options.add(name);
            } else if (given != null) {
                given.originalStringValues().forEach(value -> options.addAll(List.of(name, value)));
            }
        }
        return options;
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
