package dev.sepconv.cli;

import dev.sepconv.doctor.Check;
import dev.sepconv.doctor.Check.State;
import dev.sepconv.doctor.Children;
import dev.sepconv.doctor.Doctor;
import dev.sepconv.io.Printable;
import dev.sepconv.report.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code sepconv doctor}. The launcher starts this command without TornadoVM, so that it can speak
 * where TornadoVM can't start, and is itself started for what needs TornadoVM. Where there is no
 * Java for it, the launcher says so in the same form.
 */
@Command(name = "doctor",
        description = "Look at Java, TornadoVM's SDK, drivers and devices, with a small run on each that is compared with the exact answer. "
                + "Prints what is wrong and the fix, first what must be fixed first. Exit code 1 if something is broken; having no "
                + "TornadoVM is not.")
final class DoctorCommand implements Callable<Integer> {

    /** Set by the launcher: its path. */
    private static final String LAUNCHER = "sepconv.launcher";
    /** Set by the launcher where stdout is a terminal that shows colours. */
    private static final String COLOURS = "sepconv.colours";
    /** Set by the launcher where stderr is a terminal. */
    private static final String PROGRESS = "sepconv.progress";

    private static final int WIDTH = 110;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    /**
     * What {@code --json} prints.
     *
     * @param format of this document
     * @param healthy whether nothing is broken
     * @param fixFirst the title of the first fault; null if there is none
     * @param environment of this computer; not there where the launcher had to answer
     */
    private record Document(int format, boolean healthy, String fixFirst, Environment environment,
            List<Check> checks) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String config = System.getProperty(ConfigFile.PROPERTY);
        List<Check> checks = new Doctor(System.getenv(),
                config == null ? null : look(Path.of(config)),
                (question, device) -> ask(question, device, config), this::progress).examine();
        progress("");
        List<Check> faults = checks.stream().filter(check -> check.state() == State.FAULT).toList();
        Console out = Console.of(spec.commandLine().getOut());
        if (json.json) {
            JsonOption.print(out,
                    new Document(1, faults.isEmpty(),
                            faults.isEmpty() ? null : faults.getFirst().title(),
                            Environment.here(
                                    new Version().getVersion()[0].substring("sepconv ".length())),
                            checks));
        } else {
            print(out, checks, faults);
        }
        return faults.isEmpty() ? Failure.NONE : Failure.FAILED;
    }

    private static Doctor.Config look(Path path) throws IOException, InterruptedException {
        try {
            return new Doctor.Config(path.toString(), ConfigFile.read(path).faults());
        } catch (ConfigFile.UnreadableException e) {
            return new Doctor.Config(path.toString(), List.of(e.getMessage()));
        }
    }

    /**
     * Drivers are asked by this Java once more; TornadoVM by what the launcher starts, where it is
     * known.
     */
    private static Children.Answer ask(Children.Question question, String device, String config)
            throws IOException, InterruptedException {
        List<String> arguments = List.of("doctor-question", question.name(), device);
        Duration limit = Duration.ofSeconds(question.seconds());
        String launcher = System.getProperty(LAUNCHER);
        ChildProcess.Result result;
        if (launcher == null || question == Children.Question.DRIVERS) {
            result = ChildProcess.run(arguments, limit, line -> {
            });
        } else {
            List<String> command = new ArrayList<>(List.of(launcher));
            command.addAll(config == null ? List.of() : List.of("--config", config));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().merge("JDK_JAVA_OPTIONS", ChildProcess.CRASH_REPORT,
                    (set, report) -> set + " " + report);
            result = ChildProcess.run(builder, limit, line -> {
            });
        }
        return new Children.Answer(result.exitCode(), result.timedOut() ? question.seconds() : 0,
                result.out(), result.err());
    }

    /** One line that the next takes the place of, on a terminal. */
    private void progress(String what) {
        if (Boolean.getBoolean(PROGRESS)) {
            Console err = Console.of(spec.commandLine().getErr());
            err.control("\r\033[K");
            err.print(what.isEmpty() ? "" : "looking at " + what + "...");
            err.flush();
        }
    }

    private static void print(Console out, List<Check> checks, List<Check> faults) {
        int states = checks.stream().mapToInt(check -> check.state().toString().length()).max()
                .orElse(0);
        int titles = checks.stream().mapToInt(check -> check.title().length()).max().orElse(0);
        String indent = " ".repeat(2 + states + 2 + titles + 2);
        String group = "";
        for (Check check : checks) {
            if (!check.group().equals(group)) {
                group = check.group();
                paint(out, "1", group);
                out.println();
            }
            String state = check.state().toString();
            out.print("  ");
            paint(out, colour(check.state()), state);
            out.print(" ".repeat(states - state.length() + 2) + check.title()
                    + " ".repeat(titles - check.title().length() + 2));
            wrap(out, check.finding(), indent);
            if (check.fix() != null) {
                out.print(indent + "→ ");
                wrap(out, check.fix(), indent + "  ");
            }
        }
        out.println();
        long warnings = checks.stream().filter(check -> check.state() == State.WARNING).count();
        if (faults.isEmpty()) {
            out.println("sepconv works here" + (warnings == 0
                    ? "."
                    : warnings == 1
                            ? "; the warning says what could be better."
                            : "; %s say what could be better."
                                    .formatted(Printable.count(warnings, "warning"))));
        } else {
            out.println("%s. Fix %s first, and run this again.".formatted(faults.size() == 1
                    ? "Something is broken"
                    : faults.size() + " things are broken", faults.getFirst().title()));
        }
    }

    private static String colour(State state) {
        return switch (state) {
            case OK -> "32";
            case WARNING -> "33";
            case FAULT -> "1;31";
            case NOT_CHECKED -> "2";
        };
    }

    private static void paint(Console out, String colour, String text) {
        if (Boolean.getBoolean(COLOURS)) {
            out.paint(colour, text);
        } else {
            out.print(text);
        }
    }

    /**
     * Prints words in lines of at most {@link #WIDTH} letters, the second and later ones indented;
     * a longer word has a line of its own.
     */
    private static void wrap(PrintWriter out, String text, String indent) {
        StringBuilder line = new StringBuilder();
        boolean first = true;
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && indent.length() + line.length() + 1 + word.length() > WIDTH) {
                out.println((first ? "" : indent) + line);
                line.setLength(0);
                first = false;
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        out.println((first ? "" : indent) + line);
    }
}
