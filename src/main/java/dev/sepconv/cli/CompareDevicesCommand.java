package dev.sepconv.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.sepconv.Device;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import dev.sepconv.report.DevicesAdvice;
import dev.sepconv.report.DevicesAdvice.Advice;
import dev.sepconv.report.DevicesReport;
import dev.sepconv.report.Environment;
import dev.sepconv.report.Numbers;
import dev.sepconv.survey.Child;
import dev.sepconv.survey.Progress;
import dev.sepconv.survey.Suite;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import dev.sepconv.survey.Surveyor;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jline.utils.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sepconv compare-devices}: the same convolutions and networks on every device. */
@Command(name = "compare-devices",
        description = "Run the same convolutions or networks on every device of every engine, each device in a process of its own, and show which "
                + "is the fastest for what: a table here; devices.html, devices.csv and devices.json in a folder. Ctrl-C ends it early "
                + "and keeps what is done.")
final class CompareDevicesCommand implements Callable<Integer> {

    /** As shells have it for a program that Ctrl-C ended. */

    private static final double DEFAULT_SECONDS = 0.5;
    private static final double QUICK_SECONDS = 0.1;
    private static final double MOST_SECONDS = 600;
    private static final int DEFAULT_TIMEOUT = 60;
    /** The first use of a driver may be slow, and the peaks take some seconds. */
    private static final Duration LEAST_OPENING = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @Option(names = "--suite", paramLabel = "SUITE", defaultValue = "article",
            description = "article: standard, grouped, depthwise, pointwise and separable at three sizes (the default); mobilenet-v1: its "
                    + "13 separable blocks; both with ladders of growing sizes. networks: MobileNetV1, MobileNetV2 and AlexNet as a whole. Or a file: docs/devices.md says how one looks.")
    private String suite;

    @Option(names = "--batch", paramLabel = "N", split = ",",
            description = "Pictures at once; several numbers for one after the other "
                    + "(default: 1, or what the file says).")
    private List<Integer> batches = List.of();

    @Option(names = "--engines", paramLabel = "NAME", split = ",",
            description = "Only these engines: tornado, simd, plain, java (default: all but plain, which stands in for simd where Java was started without it).")
    private List<String> engines;

    @Option(names = "--devices", paramLabel = "NAME", split = ",",
            description = "Only these devices: ids or parts of their names, as the command devices lists them.")
    private List<String> devices;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "sepconv-devices",
            description = "The folder to write into (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--name", paramLabel = "MACHINE",
            description = "What to call this computer (default: its host name).")
    private String name;

    @Option(names = "--seconds", paramLabel = "SECONDS",
            description = "Measure each convolution or network on each device for this long at most (default: 0.5, with --quick 0.1).")
    private Double seconds;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "" + DEFAULT_TIMEOUT,
            description = "Give one convolution or network up after this long, compilation and all (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(names = "--quick", description = "Fewer sizes and less time for each: about a minute.")
    private boolean quick;

    @Option(names = "--merge", paramLabel = "FILE", arity = "1..*",
            description = "Measure nothing; put these devices.json, of several machines or days, on one page.")
    private List<Path> merge;

    /** This process is a child of the one that was called. */
    @Option(names = "--child", paramLabel = "FILE", hidden = true,
            description = "Do what this file says and tell the parent.")
    private Path child;

    @Mixin
    private JsonOption json;

    @Override
    public Integer call() throws IOException {
        if (child != null) {
            // Ctrl-C goes to the children too; the parent ends them, once it has what they know
            Signals.register("INT", () -> {
            });
            Child.run(child, new FileOutputStream(FileDescriptor.err));
            return Failure.NONE;
        }
        if (out.toString().isBlank()) {
            throw new IllegalArgumentException("--out is empty; name a folder");
        }
        return merge == null ? measure() : merged();
    }

    private int merged() throws IOException {
        for (String option : List.of("--suite", "--batch", "--engines", "--devices", "--name",
                "--seconds", "--timeout", "--quick")) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(),
                        "--merge measures nothing, so %s says nothing".formatted(option));
            }
        }
        List<Survey> surveys = new ArrayList<>();
        for (Path each : merge) {
            surveys.add(DevicesReport.read(each));
        }
        DevicesReport.prepare(out);
        Survey survey = DevicesReport.merge(surveys);
        DevicesReport.write(survey, out);
        print(survey);
        return Failure.NONE;
    }

    private int measure() throws IOException {
        double perCell = seconds == null ? quick ? QUICK_SECONDS : DEFAULT_SECONDS : seconds;
        checkOptions(perCell);
        Suite chosen = Suite.of(suite, batches, quick);
        DevicesReport.prepare(out);
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Duration cell = Duration.ofSeconds(timeout);
        try (Headway bar = new Headway(spec.commandLine().getErr())) {
            Surveyor surveyor = new Surveyor(
                    (task, onLine) -> ChildProcess
                            .run(List.of("compare-devices", "--child", task.toString()),
                                    Duration.ofDays(7), onLine)
                            .exitCode(),
                    new Surveyor.Limits(cell.compareTo(LEAST_OPENING) > 0 ? cell : LEAST_OPENING,
                            cell),
                    perCell, bar);
            try (SurveyInterrupts interrupts = new SurveyInterrupts(surveyor)) {
                Surveyor.Found found = surveyor.find(engines == null ? Engines.COMPARED : engines);
                List<Device> wanted = wanted(found);
                announce(found, wanted, chosen);
                bar.start(wanted.size() * chosen.work().size());
                List<Surveyed> surveyed = surveyor.survey(found, wanted, chosen.work());
                bar.close();
                Environment here = Environment
                        .here(new Version().getVersion()[0].substring("sepconv ".length()));
                Machine machine = new Machine(name == null ? hostName() : name, here.cpu(),
                        here.processors(),
                        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                                .getTotalMemorySize(),
                        here.os(), here.java(), here.sepconv(), found.tornadoVm(), date,
                        CompareCommand.command(spec), !surveyor.interrupted(), found.missing(),
                        surveyed);
                Survey survey = new Survey(Survey.GENERATOR, Survey.SCHEMA_VERSION,
                        List.of(chosen.name()), chosen.work(), List.of(machine));
                DevicesReport.write(survey, out);
                print(survey);
                complain(machine);
                return surveyor.interrupted()
                        ? SurveyInterrupts.INTERRUPTED
                        : good(machine) ? Failure.NONE : Failure.FAILED;
            }
        }
    }

    private void checkOptions(double perCell) {
        if (!(perCell > 0 && perCell <= MOST_SECONDS)) {
            throw new IllegalArgumentException(
                    "--seconds is %s; it must be above 0 and at most %.0f".formatted(perCell,
                            MOST_SECONDS));
        }
        if (timeout < 1 || timeout > 86_400) {
            throw new IllegalArgumentException(
                    "--timeout is %d; it must be from 1 to 86400".formatted(timeout));
        }
        if (name != null && name.isBlank()) {
            throw new IllegalArgumentException("--name is empty; name this computer");
        }
        for (String engine : engines == null ? List.<String>of() : engines) {
            if (!Engines.NAMES.contains(engine)) {
                throw new IllegalArgumentException("--engines has '%s'; each must be one of %s"
                        .formatted(engine, String.join(", ", Engines.NAMES)));
            }
        }
    }

    /** Those of the devices that were asked for, each once. */
    private List<Device> wanted(Surveyor.Found found) {
        if (engines != null && !found.missing().isEmpty()) {
            Engines.Missing missing = found.missing().getFirst();
            throw new EngineException(
                    "--engines has %s: %s".formatted(missing.engine(), missing.fix()));
        }
        if (found.devices().isEmpty()) {
            throw new EngineException(found.missing().getFirst().fix());
        }
        return devices == null
                ? found.devices()
                : devices.stream().map(each -> Engines.find(found.devices(), each)).distinct()
                        .toList();
    }

    private void announce(Surveyor.Found found, List<Device> wanted, Suite chosen) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("sepconv: comparing %s (%s) on %s".formatted(chosen.pieces(), chosen.name(),
                String.join(", ", wanted.stream().map(Device::toString).toList())));
        for (Engines.Missing missing : found.missing()) {
            String sentence = "no %s: %s%s".formatted(missing.engine(), missing.fix(),
                    missing.engine().equals("tornado")
                            ? "; it would add every OpenCL, PTX, CUDA and SPIR-V device of this computer"
                            : "");
            if (Told.isNew(sentence)) {
                err.println("sepconv: " + sentence);
            }
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "this computer";
        }
    }

    /** Where the survey is: nothing is shown before it is known how much there is to do. */
    private static final class Headway implements Progress, AutoCloseable {

        private final PrintWriter err;
        private Bar bar;

        Headway(PrintWriter err) {
            this.err = err;
        }

        void start(int cells) {
            bar = new Bar(err, "comparing", cells);
        }

        @Override
        public void begins(String device, String what) {
            if (bar != null) {
                bar.show(device + ": " + what);
            }
        }

        @Override
        public void ends(Surveyed device) {
            if (bar != null) {
                bar.part("%s: %d of %d ran".formatted(device.id(),
                        device.cells().stream().filter(cell -> cell.endToEnd() != null).count(),
                        device.cells().size()));
            }
        }

        @Override
        public void done(int cells) {
            if (bar != null) {
                bar.done(cells);
            }
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }

    private void print(Survey survey) throws IOException {
        PrintWriter stdout = spec.commandLine().getOut();
        if (json.json) {
            JsonOption.printText(stdout, Files.readString(out.resolve(DevicesReport.JSON)));
            return;
        }
        List<Advice> advice = DevicesAdvice.forEachMachine(survey);
        for (int i = 0; i < survey.machines().size(); i++) {
            Machine machine = survey.machines().get(i);
            stdout.printf("%s: %s, %d processors, %s%n", machine.name(), machine.cpu(),
                    machine.processors(), machine.date());
            table(survey.work(), machine).print(stdout);
            stdout.println(advice.get(i).use());
            stdout.println();
        }
        stdout.println(
                "Milliseconds from host tensor to host tensor, median; * is the fastest of its row.");
        stdout.printf("Written to %s: %s, %s, %s%n", out, DevicesReport.PAGE, DevicesReport.CSV,
                DevicesReport.JSON);
    }

    private static Table table(List<Work> work, Machine machine) {
        List<String> headings = new ArrayList<>(List.of("CONVOLUTION"));
        machine.devices().forEach(device -> headings.add(">" + device.id()));
        Table table = new Table(headings.toArray(String[]::new));
        List<Map<String, Cell>> columns = machine.devices().stream().map(device -> device.cells()
                .stream().collect(Collectors.toMap(Cell::work, Function.identity()))).toList();
        for (Work each : work) {
            List<Cell> row = columns.stream().map(column -> column.get(each.id())).toList();
            Optional<Cell> best = row.stream()
                    .filter(cell -> cell != null && cell.state() == State.OK)
                    .min(Comparator.comparingDouble(cell -> cell.endToEnd().medianMillis()));
            List<Object> texts = new ArrayList<>(List.of(each.id()));
            row.forEach(cell -> texts
                    .add(text(cell) + (best.isPresent() && cell == best.get() ? "*" : " ")));
            table.row(texts.toArray());
        }
        return table;
    }

    private static String text(Cell cell) {
        return cell == null ? "-" : switch (cell.state()) {
            case OK -> Numbers.digits(cell.endToEnd().medianMillis());
            case DISAGREES -> "wrong";
            case FAILED -> "failed";
            case OUT_OF_MEMORY -> "no memory";
            case TIMED_OUT -> "too long";
            case NOT_RUN -> "not run";
        };
    }

    /** Says what went wrong, each sentence once a device. */
    private void complain(Machine machine) {
        PrintWriter err = spec.commandLine().getErr();
        if (!machine.finished()) {
            err.println("sepconv: interrupted; what was measured until then is kept");
        }
        for (Surveyed device : machine.devices()) {
            if (device.state() == State.FAILED) {
                err.println("sepconv: %s: %s".formatted(device.id(), device.error()));
            }
            device.cells().stream()
                    .filter(cell -> cell.state() != State.OK && cell.state() != State.NOT_RUN)
                    .forEach(cell -> err.println("sepconv: %s on %s: %s".formatted(cell.work(),
                            device.id(), cell.error())));
            device.cells().stream()
                    .filter(cell -> cell.state() == State.NOT_RUN
                            && device.state() == State.OK && machine.finished())
                    .collect(Collectors.groupingBy(Cell::error))
                    .forEach((why, cells) -> err.println("sepconv: %s%s on %s: %s".formatted(
                            cells.getFirst().work(),
                            cells.size() == 1 ? "" : " and %d more".formatted(cells.size() - 1),
                            device.id(), why)));
        }
    }

    /**
     * Too little memory or too little time for a slow device is no fault; a wrong result, a crash
     * or a hang is.
     */
    private static boolean good(Machine machine) {
        return machine.devices().stream()
                .allMatch(
                        device -> device.state() == State.OK && device.cells().stream()
                                .noneMatch(cell -> List
                                        .of(State.DISAGREES, State.FAILED, State.TIMED_OUT)
                                        .contains(cell.state())));
    }
}
