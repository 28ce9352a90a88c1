package dev.sepconv.cli;

import dev.sepconv.Device;
import dev.sepconv.Shape;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Experiment;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Settings;
import dev.sepconv.compare.Timing;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.io.Images;
import dev.sepconv.io.Images.Picture;
import dev.sepconv.io.Printable;
import dev.sepconv.report.Environment;
import dev.sepconv.report.Numbers;
import dev.sepconv.report.OutputFolder;
import dev.sepconv.report.Report;
import dev.sepconv.report.Results;
import dev.sepconv.report.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sepconv compare}: the main job. */
@Command(name = "compare",
        description = "Take a picture through every convolution of the article, on every engine and device there is, "
                + "and show what each costs and gives: a table here; results.json, feature maps and report.html in a folder.")
final class CompareCommand implements Callable<Integer> {

    private static final String DEFAULT_PICTURE = "default.png";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "IMAGE",
            description = "A PNG, JPEG or PPM picture; without one, a small painted one.")
    private Path image;

    @Option(names = "--filters", paramLabel = "N", description = "Output channels (default: 4).")
    private Integer filters;

    @Option(names = "--kernel", paramLabel = "K", description = "Height and width of the filters (default: 3).")
    private Integer kernel;

    @Option(names = "--groups", paramLabel = "G", description = "Groups of the grouped convolution: 1 or 3 (default: 3).")
    private Integer groups;

    @Option(names = "--stride", paramLabel = "S", description = "Pixels from one output pixel to the next (default: 1).")
    private Integer stride;

    @Mixin
    private EngineOptions where;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "sepconv-out",
            description = "The folder to write into (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the random weights (default: 42).")
    private Long seed;

    @Option(names = "--max-side", paramLabel = "PIXELS",
            description = "Scale larger pictures down to this longest side (default: 1024).")
    private int maxSide = 1024;

    @Option(names = "--seconds", paramLabel = "SECONDS",
            description = "Measure each convolution on each device for this long (default: 1).")
    private Double seconds;

    @Mixin
    private JsonOption json;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Settings settings = settings();
        Picture picture = picture();
        if (picture.scaledDown()) {
            err.printf("sepconv: the picture of %d by %d pixels is scaled down to %d by %d (--max-side %d)%n",
                    picture.originalWidth(), picture.originalHeight(), picture.width(), picture.height(), maxSide);
        }
        Experiment.check(settings, picture.rgb().shape());
        try (Inventory inventory = inventory(); OutputFolder folder = OutputFolder.prepare(out)) {
            List<Device> devices = where.device == null
                    ? inventory.devicesToCompare()
                    : List.of(Engines.find(inventory.devices(), where.device));
            announce(err, inventory, devices);
            Comparison comparison = run(settings, picture, inventory, devices);
            Subject subject = new Subject(image == null ? "the built-in picture" : image.toString(), picture, maxSide,
                    command(spec), Instant.now().truncatedTo(ChronoUnit.SECONDS),
                    Environment.here(new Version().getVersion()[0].substring("sepconv ".length())));
            Results results = Report.write(subject, comparison, folder);
            if (json.json) {
                JsonOption.print(spec.commandLine().getOut(), results);
            } else {
                print(comparison, results, folder);
            }
            complain(err, comparison);
            return comparison.good() ? Failure.NONE : Failure.FAILED;
        }
    }

    private Settings settings() {
        Settings standard = Settings.DEFAULT;
        if (maxSide < 1 || maxSide > 16384) {
            throw new IllegalArgumentException("--max-side is %d; it must be from 1 to 16384".formatted(maxSide));
        }
        if (out.toString().isBlank()) {
            throw new IllegalArgumentException("--out is empty; name a folder");
        }
        if (seconds != null && !(seconds > 0 && seconds <= 3600)) {
            throw new IllegalArgumentException("--seconds is %s; it must be above 0 and at most 3600".formatted(seconds));
        }
        Settings settings = new Settings(filters == null ? standard.filters() : filters,
                kernel == null ? standard.kernel() : kernel, groups == null ? standard.groups() : groups,
                stride == null ? standard.stride() : stride, seed == null ? standard.seed() : seed,
                seconds == null ? standard.timePerCell() : Duration.ofNanos(Math.max(1, (long) (seconds * 1e9))));
        if (filters != null && groups != null && filters % groups != 0) {
            throw new IllegalArgumentException(
                    "--filters %d don't split into --groups %d; use a multiple of %2$d, or other groups".formatted(filters,
                            groups));
        }
        return settings;
    }

    private Picture picture() throws IOException {
        if (image != null) {
            return Images.read(image, maxSide);
        }
        try (InputStream in = Experiment.class.getResourceAsStream(DEFAULT_PICTURE)) {
            return Images.read(in, "the built-in picture", maxSide);
        }
    }

    private Inventory inventory() {
        if (where.engine != null) {
            return new Inventory(List.of(Engines.open(where.engine)), List.of());
        }
        return Engines.inventory();
    }

    private void announce(PrintWriter err, Inventory inventory, List<Device> devices) {
        String why = where.engine == null && where.device == null ? "every device there is" : "asked for";
        err.println("sepconv: comparing on " + String.join(", ", devices.stream().map(Device::toString).toList()) + ": " + why);
        inventory.missing().forEach(missing -> where.say("no %s: %s".formatted(missing.engine(), missing.mend())));
    }

    private static Comparison run(Settings settings, Picture picture, Inventory inventory, List<Device> devices) {
        if (!new ExecTerminalProvider().isSystemStream(SystemStream.Error)) {
            return Experiment.run(settings, picture.rgb(), inventory, devices, cell -> {
            });
        }
        int cells = Experiment.cells(settings, devices);
        try (ProgressBar bar = new ProgressBarBuilder().setTaskName("comparing").setInitialMax(cells)
                .setStyle(ProgressBarStyle.ASCII).hideEta().clearDisplayOnFinish()
                .setConsumer(new ConsoleProgressBarConsumer(System.err)).build()) {
            int[] begun = {0};
            return Experiment.run(settings, picture.rgb(), inventory, devices,
                    cell -> bar.stepTo(begun[0]++).setExtraMessage(Printable.text(cell)));
        }
    }

    /** The command line that does this again. */
    static String command(CommandSpec spec) {
        StringBuilder line = new StringBuilder("sepconv");
        for (String arg : spec.commandLine().getParseResult().originalArgs()) {
            line.append(' ').append(quoted(arg));
        }
        return line.toString();
    }

    private static String quoted(String arg) {
        return arg.matches("[\\w@%+=:,./-]+") ? arg : "'" + arg.replace("'", "'\\''") + "'";
    }

    private void print(Comparison comparison, Results results, OutputFolder folder) {
        PrintWriter stdout = spec.commandLine().getOut();
        Settings settings = comparison.settings();
        Shape input = comparison.input().shape();
        stdout.printf("%s, %dx%d pixels; %s of %dx%d, stride %d, seed %d%n", results.image(), input.w(), input.h(),
                settings.filters() == 1 ? "1 filter" : settings.filters() + " filters", settings.kernel(), settings.kernel(),
                settings.stride(), settings.seed());
        for (Device device : comparison.devices()) {
            stdout.println();
            stdout.println(device.engine().equals(device.id()) ? device.toString() : device.engine() + " on " + device);
            Table table = new Table("CONVOLUTION", ">OUTPUT", ">PARAMS", ">RATIO", ">MULT-ADDS", ">RATIO", ">MEDIAN ms",
                    ">QUARTILES ms", ">GFLOP/s", ">LARGEST DIFF");
            comparison.runsOn(device).forEach(run -> row(table, run));
            table.print(stdout);
        }
        stdout.println();
        stdout.println(
                "RATIO: to a standard convolution with as many channels in and out. LARGEST DIFF: from the float64 reference.");
        comparison.observations().forEach(stdout::println);
        comparison.notes().forEach(stdout::println);
        stdout.println();
        stdout.printf("Written to %s: report.html, results.json, %d feature maps%n", out,
                results.files().stream().filter(name -> name.startsWith("maps/")).count());
    }

    private static void row(Table table, Run run) {
        Shape shape = run.output();
        String output = "%dx%dx%d".formatted(shape.c(), shape.h(), shape.w());
        String parameters = Numbers.count(run.cost().parameters());
        String ratio = Numbers.ratio(run.variant().parameterRatio(run.input()));
        String multiplyAdds = Numbers.large(run.cost().multiplyAdds());
        String multiplyAddRatio = Numbers.ratio(run.variant().multiplyAddRatio(run.input()));
        switch (run.outcome()) {
            case Run.Measured measured -> {
                Timing timing = measured.timing();
                table.row(run.variant().name(), output, parameters, ratio, multiplyAdds, multiplyAddRatio,
                        Numbers.digits(timing.medianMillis()),
                        Numbers.digits(timing.p25Millis()) + " to " + Numbers.digits(timing.p75Millis()),
                        Numbers.digits(run.gflops(timing)),
                        (measured.agrees() ? "" : "wrong: ") + Numbers.difference(measured.difference().maxAbs()));
            }
            case Run.Failed failed -> table.row(run.variant().name(), output, parameters, ratio, multiplyAdds, multiplyAddRatio,
                    "failed", "-", "-", "-");
        }
    }

    private static void complain(PrintWriter err, Comparison comparison) {
        for (Run run : comparison.runs()) {
            if (!run.good()) {
                err.println("sepconv: %s on %s %s".formatted(run.variant().name(), run.device().id(), switch (run.outcome()) {
                    case Run.Failed failed -> "failed: " + failed.reason();
                    case Run.Measured measured ->
                        "is wrong: it differs from the float64 reference by %s of its largest value, allowed are %s".formatted(
                                Numbers.difference(measured.difference().relative()), Numbers.difference(Run.TOLERANCE));
                }));
            }
        }
    }
}
