package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code sepconv}. Results go to stdout; everything else is a line on stderr that
 * starts with {@code sepconv:}. Exit codes: 0; 1 for what could be but failed; 2 for what was asked
 * for and can't be.
 */
@Command(name = "sepconv", scope = ScopeType.INHERIT, mixinStandardHelpOptions = true,
        versionProvider = Version.class, sortOptions = false, sortSynopsis = false,
        synopsisSubcommandLabel = "COMMAND", commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:it failed: a file, a device, memory",
                "2:it can't be: an unknown option, a value that is not allowed, shapes that don't fit one another"})
public final class Main implements Callable<Integer> {

    private static final String HELP = "help";
    private static final String DOCTOR_QUESTION = "doctor-question";

    /** The commands in the order in which help has them. */
    private static final List<String> COMMANDS = List.of("compare", "compare-devices", "conv",
            "inspect", "run", "params", "decouple", "devices", "kernels", "tune", "doctor", HELP,
            DOCTOR_QUESTION);

    private static final String DESCRIPTION = "Standard, grouped, depthwise, pointwise and separable convolutions on TornadoVM's "
            + "devices, on the CPU's vector units and in plain Java.";

    private static final String[] LAUNCHER = {
            "  --config FILE     options for Java and TornadoVM: a file, or a backend of tornado-config: opencl",
            "  JAVA_HOME         the JDK to use, if it is version 25",
            "  TORNADOVM_HOME    the TornadoVM SDK to use; else SDKMAN's, else none",
            "  JDK_JAVA_OPTIONS  more options for Java, such as -Xmx8g"};

    /** Only the class that is asked for is loaded. */
    private static Class<?> command(String name) {
        return switch (name) {
            case "compare" -> CompareCommand.class;
            case "compare-devices" -> CompareDevicesCommand.class;
            case "conv" -> ConvCommand.class;
            case "inspect" -> InspectCommand.class;
            case "run" -> RunCommand.class;
            case "params" -> ParamsCommand.class;
            case "decouple" -> DecoupleCommand.class;
            case "devices" -> DevicesCommand.class;
            case "kernels" -> KernelsCommand.class;
            case "tune" -> TuneCommand.class;
            case "doctor" -> DoctorCommand.class;
            case HELP -> HelpCommand.class;
            case DOCTOR_QUESTION -> DoctorQuestion.class;
            default -> throw new IllegalArgumentException("there is no command " + name);
        };
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--trace", hidden = true, scope = ScopeType.INHERIT,
            description = "Print a failure's stack trace.")
    private boolean trace;

    public static void main(String[] args) {
        PrintWriter err = new PrintWriter(StandardError.stream(), true, StandardCharsets.UTF_8);
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, thrown) -> err.println("sepconv: " + Failure.of(thrown).sentence()));
        int code;
        try {
            ChildProcess.endWithParent();
            StandardOutput stdout;
            if (callsForeignCode(args)) {
                StandardError.restore();
                stdout = StandardOutput.take();
            } else {
                stdout = StandardOutput.hold();
            }
            code = run(stdout, err, args);
            // before the first command, or where there is no memory for a sentence either
        } catch (Throwable e) {
            err.println("sepconv: " + Failure.of(e).sentence());
            code = Failure.FAILED;
        }
        System.exit(code);
    }

    /** Whether libraries that aren't Java's may print: TornadoVM's and its drivers. */
    private static boolean callsForeignCode(String... args) {
        return ModuleLayer.boot().findModule("tornado.runtime").isPresent()
                || args.length > 0 && args[0].equals(DOCTOR_QUESTION);
    }

    private static int run(StandardOutput stdout, PrintWriter err, String... args) {
        PrintWriter out = new PrintWriter(stdout, false, StandardCharsets.UTF_8);
        int code = run(out, err, () -> Terminal.columns(System.getenv(), stdout.file()), args);
        out.flush();
        try {
            stdout.release();
        } catch (IOException e) {
            if (code == Failure.NONE) {
                err.println("sepconv: standard output: " + e.getMessage());
                return Failure.FAILED;
            }
        }
        return code;
    }

    /**
     * {@link #run(PrintWriter, PrintWriter, IntSupplier, String...)} where there is no terminal.
     */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(out, err, () -> Terminal.USUAL, args);
    }

    /**
     * Runs one command line.
     *
     * @param out for results
     * @param err for messages
     * @param columns of help; asked if there is any
     * @return the exit code
     */
    static int run(PrintWriter out, PrintWriter err, IntSupplier columns, String... args) {
        for (String arg : args) {
            if (Failure.isUnknown(arg)) {
                err.println("sepconv: " + Printable.sentence(Failure.unencodable(arg)));
                return Failure.USAGE;
            }
        }
        Main main = new Main();
        CommandLine command = commandLine(main, needed(args)).setOut(out).setErr(err)
                .setParameterExceptionHandler(Main::refuse)
                .setExecutionExceptionHandler((e, failed, parsed) -> main.fail(e, failed.getErr()));
        command.setExecutionStrategy(parsed -> execute(command, columns, parsed));
        // set here and not in the annotation, from which every command would inherit it
        command.getCommandSpec().usageMessage().description(DESCRIPTION)
                .footerHeading("%nscripts/sepconv also heeds:%n").footer(LAUNCHER);
        try {
            return command.execute(args);
        } catch (Throwable e) { // picocli hands on Errors as they are: memory or the stack ran out
            return main.fail(e, err);
        }
    }

    /** The command line with all commands. */
    static CommandLine commandLine() {
        return commandLine(new Main(), COMMANDS);
    }

    private static CommandLine commandLine(Main main, Collection<String> commands) {
        CommandLine command = new CommandLine(main);
        commands.forEach(name -> command.addSubcommand(name, command(name)));
        return command;
    }

    /**
     * The commands that are to be built for these arguments: each takes its time, and most command
     * lines name one. All of them where a list of them may have to be shown.
     */
    private static Collection<String> needed(String... args) {
        List<String> words = Arrays.stream(args).filter(arg -> !arg.startsWith("-")).toList();
        if (words.isEmpty()) {
            return args.length > 0 && List.of("--version", "-V").containsAll(List.of(args))
                    ? List.of()
                    : COMMANDS;
        }
        boolean help = words.getFirst().equals(HELP);
        List<String> named = words.subList(0, help ? Math.min(2, words.size()) : 1);
        return named.equals(List.of(HELP)) || !COMMANDS.containsAll(named)
                ? COMMANDS
                : new LinkedHashSet<>(named);
    }

    /**
     * Help has picocli's colours in it; all that commands print is kept from steering the terminal.
     */
    static int execute(CommandLine command, IntSupplier columns, ParseResult parsed) {
        for (CommandLine each : parsed.asCommandLineList()) {
            CommandLine asked = each.isUsageHelpRequested()
                    ? each
                    : each.getCommand() instanceof HelpCommand help
                            && !each.isVersionHelpRequested() ? help.asked(each) : null;
            if (asked != null) {
                command.getOut().print(Usage.of(asked.setUsageHelpWidth(columns.getAsInt())));
                command.getOut().flush();
                return Failure.NONE;
            }
        }
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        command.setOut(new Console(command.getOut())).setErr(new Console(command.getErr()));
        return new CommandLine.RunLast().execute(parsed);
    }

    /** No command was named. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(),
                "name a command: " + names(spec.commandLine()));
    }

    static String names(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .filter(entry -> !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey).collect(Collectors.joining(", "));
    }

    static int refuse(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String sentence = Failure.cause(e, InvalidPathException.class).isPresent()
                ? Failure.of(Failure.cause(e, InvalidPathException.class).get()).sentence()
                : e instanceof UnmatchedArgumentException unmatched
                        && !command.getSubcommands().isEmpty() && !unmatched.isUnknownOption()
                                ? "there is no command '%s'; it must be one of %s".formatted(
                                        unmatched.getUnmatched().getFirst(), names(command))
                                : Failure.lowerFirst(e.getMessage());
        command.getErr().println("sepconv: %s (see %s --help)"
                .formatted(Printable.sentence(sentence), command.getCommandSpec().qualifiedName()));
        return Failure.USAGE;
    }

    private int fail(Throwable thrown, PrintWriter err) {
        return fail(Failure.of(thrown), thrown, trace, err);
    }

    /**
     * Says what failed.
     *
     * @param failure what people are told of {@code thrown}
     * @param trace whether its stack trace is printed too
     * @return the exit code
     */
    static int fail(Failure failure, Throwable thrown, boolean trace, PrintWriter err) {
        err.println("sepconv: " + failure.sentence());
        if (trace) {
            thrown.printStackTrace(err);
        }
        return failure.exitCode();
    }
}
