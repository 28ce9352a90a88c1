package dev.sepconv.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code sepconv-spark}: what of sepconv runs on a Spark cluster. Its streams and exit codes are
 * {@link Main}'s.
 */
public final class SparkMain {

    private static final String SURVEY = "survey";
    /** Of a command for one picture, which a cluster is not for. */
    private static final String IMAGE = "--image";

    private static final Map<String, String> EXIT_CODES = new TreeMap<>(
            Map.of("0", "done", "1", "it failed: a picture, a task, a disk", "2",
                    "it can't be: an unknown option, a value that is not allowed"));

    private SparkMain() {
    }

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(out, err, () -> Terminal.USUAL, args);
        out.flush();
        System.exit(code);
    }

    /**
     * Runs one command line.
     *
     * @param columns of help; asked if there is any
     * @return the exit code
     */
    static int run(PrintWriter out, PrintWriter err, IntSupplier columns, String... args) {
        boolean survey = args.length > 0 && args[0].equals(SURVEY);
        CommandLine command = survey
                ? SparkSurveyCommand.command()
                : new CommandLine(new SparkRunCommand());
        CommandSpec spec = command.getCommandSpec();
        OptionSpec image = spec.findOption(IMAGE);
        if (image != null) {
            spec.remove(image);
        }
        OptionSpec trace = OptionSpec.builder("--trace").hidden(true).type(boolean.class).build();
        spec.addOption(trace);
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(EXIT_CODES);
        List<String> left = Arrays.asList(args).subList(survey ? 1 : 0, args.length);
        command.setOut(out).setErr(err).setParameterExceptionHandler(Main::refuse)
                .setExecutionExceptionHandler(
                        (e, failed, parsed) -> Main.fail(Failure.of(SparkFailure.of(e)), e,
                                Boolean.TRUE.equals(trace.getValue()), failed.getErr()))
                .setExecutionStrategy(parsed -> Main.execute(command, columns, parsed));
        try {
            return command.execute(left.toArray(String[]::new));
        } catch (Throwable e) { // picocli hands on Errors as they are
            return Main.fail(Failure.of(e), e, Boolean.TRUE.equals(trace.getValue()), err);
        }
    }
}
