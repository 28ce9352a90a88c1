package dev.sepconv.cli;

import dev.sepconv.Device;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Experiment;
import dev.sepconv.compare.LayerComparison;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Saving;
import dev.sepconv.compare.Settings;
import dev.sepconv.compare.Settings.MapSize;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.io.Images;
import dev.sepconv.io.Images.Picture;
import dev.sepconv.measure.Tolerance;
import dev.sepconv.report.Environment;
import dev.sepconv.report.Numbers;
import dev.sepconv.report.OutputFolder;
import dev.sepconv.report.Phrases;
import dev.sepconv.report.Provenance;
import dev.sepconv.report.Report;
import dev.sepconv.report.Results;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sepconv compare}: the main job. */
@Command(name = "compare", description = {
        "Show what the article's convolutions cost and give, on every engine and device there is, in two parts.",
        "The picture through each variant: what comes out. The layer inside a network: the same convolutions on maps of many "
                + "channels, which a first convolution makes of the picture, and how much of each saving in multiply-adds "
                + "arrives as time, with the reasons where it doesn't. A depthwise and a pointwise step stand there as two "
                + "tasks and as one fused kernel, where the device has both.",
        "Writes a table here, and results.json, feature maps and report.html into a folder."})
final class CompareCommand implements Callable<Integer> {

    private static final String DEFAULT_PICTURE = "default.png";
    private static final int BAR_STEPS = 1000;
    /** Columns of sentences. */
    private static final int WIDTH = 118;
    /** What is taken where only one of the two is given. */
    private static final MapSize ONE_MAP = new MapSize(128, 56);

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "IMAGE",
            description = "A PNG, JPEG or PPM picture; without one, a small painted one.")
    private Path image;

    @Option(names = "--filters", paramLabel = "N",
            description = "Output channels of the first part (default: 4).")
    private Integer filters;

    @Option(names = "--kernel", paramLabel = "K",
            description = "Height and width of the first part's filters (default: 3).")
    private Integer kernel;

    @Option(names = "--groups", paramLabel = "G",
            description = "Groups of the grouped convolution. Of the picture's three channels "
                    + "1 or 3 (default: 3); any other number goes to the second part, which has 2, 4, 8 and as many as channels.")
    private Integer groups;

    @Option(names = "--stride", paramLabel = "S",
            description = "Pixels from one output pixel to the next in the first part (default: 1).")
    private Integer stride;

    @Option(names = "--part", paramLabel = "PART", defaultValue = "both",
            converter = Converters.PartConverter.class,
            description = "picture, network or both (default: ${DEFAULT-VALUE}).")
    private Settings.Part part;

    @Option(names = "--channels", paramLabel = "C",
            description = "Channels of the second part's maps, in and out (default: 64 on 112x112, 128 on 56x56, 512 on 14x14; "
                    + "with --side alone 128).")
    private Integer channels;

    @Option(names = "--side", paramLabel = "PIXELS",
            description = "Height and width of the second part's maps (with --channels alone 56).")
    private Integer side;

    @Option(names = "--layout", paramLabel = "LAYOUT", defaultValue = "nhwc",
            converter = Converters.LayoutConverter.class,
            description = "How the second part's maps lie in memory: nhwc, as runtimes on CPUs keep them, or nchw "
                    + "(default: ${DEFAULT-VALUE}).")
    private Layout layout;

    @Mixin
    private EngineOptions where;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "sepconv-out",
            description = "The folder to write into (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--seed", paramLabel = "SEED",
            description = "Seed of the random weights (default: 42).")
    private Long seed;

    @Option(names = "--max-side", paramLabel = "PIXELS",
            description = "Scale larger pictures down to this longest side (default: 1024).")
    private int maxSide = 1024;

    @Option(names = "--seconds", paramLabel = "SECONDS",
            description = "Measure each convolution on each device for at most so long once it is warm (default: 0.5).")
    private Double seconds;

    @Mixin
    private JsonOption json;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Settings settings = settings();
        Picture picture = picture();
        if (picture.scaledDown()) {
            err.printf(
                    "sepconv: the picture of %d by %d pixels is scaled down to %d by %d (--max-side %d)%n",
                    picture.originalWidth(), picture.originalHeight(), picture.width(),
                    picture.height(), maxSide);
        }
        if (picture.frames() > 1) {
            err.printf("sepconv: %s holds %d pictures; the first is taken%n", image,
                    picture.frames());
        }
        Experiment.check(settings, picture.rgb().shape());
        try (Inventory inventory = inventory(); OutputFolder folder = OutputFolder.prepare(out)) {
            List<Device> devices = where.device == null
                    ? inventory.devicesToCompare()
                    : Engines.findAll(inventory, where.device);
            announce(err, inventory, devices);
            Comparison comparison = run(settings, picture, inventory, devices);
            Provenance provenance = new Provenance(
                    image == null ? "the built-in picture" : image.toString(), picture, maxSide,
                    command(spec), Instant.now().truncatedTo(ChronoUnit.SECONDS),
                    Environment.here(new Version().getVersion()[0].substring("sepconv ".length())));
            Results results = Report.write(provenance, comparison, folder);
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
            throw new IllegalArgumentException(
                    "--max-side is %d; it must be from 1 to 16384".formatted(maxSide));
        }
        if (out.toString().isBlank()) {
            throw new IllegalArgumentException("--out is empty; name a folder");
        }
        if (seconds != null && !(seconds > 0 && seconds <= 3600)) {
            throw new IllegalArgumentException(
                    "--seconds is %s; it must be above 0 and at most 3600".formatted(seconds));
        }
        boolean divides = groups == null || groups >= 1 && Settings.CHANNELS % groups == 0;
        List<MapSize> maps = channels == null && side == null
                ? standard.maps()
                : List.of(new MapSize(channels == null ? ONE_MAP.channels() : channels,
                        side == null ? ONE_MAP.side() : side));
        if (!divides && (groups < 1 || !part.hasNetwork()
                || maps.stream().noneMatch(size -> size.channels() % groups == 0))) {
            throw new IllegalArgumentException(
                    "--groups is %d; it must be 1 or 3 for the picture's channels%s".formatted(
                            groups,
                            part.hasNetwork()
                                    ? ", or divide those of the second part's maps: "
                                            + String.join(", ",
                                                    maps.stream().map(size -> "" + size.channels())
                                                            .toList())
                                    : "; --part both or network has maps with more channels"));
        }
        if (divides && filters != null && groups != null && filters % groups != 0) {
            throw new IllegalArgumentException(
                    "--filters %d don't split into --groups %d; use a multiple of %2$d, or other groups"
                            .formatted(filters, groups));
        }
        List<Integer> layerGroups = new ArrayList<>(standard.layerGroups());
        layerGroups.removeIf(g -> maps.stream().noneMatch(size -> size.channels() % g == 0));
        if (groups != null && groups > 1
                && maps.stream().anyMatch(size -> size.channels() % groups == 0)) {
            layerGroups.add(groups);
        }
        return new Settings(filters == null ? standard.filters() : filters,
                kernel == null ? standard.kernel() : kernel,
                groups == null || !divides ? standard.groups() : groups,
                stride == null ? standard.stride() : stride, seed == null ? standard.seed() : seed,
                seconds == null
                        ? standard.timePerCell()
                        : Duration.ofNanos(Math.max(1, (long) (seconds * 1e9))),
                part, maps, layerGroups, layout);
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
        String why = where.engine == null && where.device == null
                ? "every device there is"
                : "asked for";
        if (where.isKnown()) {
            return;
        }
        err.println("sepconv: comparing on "
                + String.join(", ", devices.stream().map(Device::toString).toList()) + ": " + why);
        inventory.missing().forEach(
                missing -> where.say("no %s: %s".formatted(missing.engine(), missing.fix())));
    }

    private Comparison run(Settings settings, Picture picture, Inventory inventory,
            List<Device> devices) {
        try (Bar bar = new Bar(spec.commandLine().getErr(), "comparing", BAR_STEPS)) {
            return Experiment.run(settings, picture.rgb(), inventory, devices,
                    new Experiment.Progress() {
                        @Override
                        public void begins(String part, int number, int of) {
                            bar.part("comparing: %s, part %d of %d".formatted(part, number, of));
                        }

                        @Override
                        public void at(double share, String what) {
                            bar.done(Math.round(share * BAR_STEPS));
                            bar.show(what);
                        }
                    });
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
        stdout.printf("%s, %dx%d pixels, seed %d%n", results.image(), input.w(), input.h(),
                settings.seed());
        if (settings.part().hasPicture()) {
            printPicture(stdout, comparison);
        }
        comparison.layers().forEach(layer -> printLayer(stdout, comparison, layer));
        stdout.println();
        List<String> sentences = new ArrayList<>();
        if (settings.part().hasPicture()) {
            sentences.add("RATIO: to a standard convolution with as many channels in and out.");
        }
        if (settings.part().hasNetwork()) {
            sentences.add(
                    "FEWER: the multiply-adds of the standard convolution that it replaces over its own; FASTER: the same of times; "
                            + "ARRIVES: FASTER over FEWER. Why not all of it does, with numbers: in report.html and results.json.");
        }
        Phrases.largestDifference(comparison).ifPresent(sentences::add);
        if (comparison.allRuns().anyMatch(
                run -> run.outcome() instanceof Run.Measured measured && !measured.steady())) {
            sentences.add("~: never got steady, so the time says little.");
        }
        sentences.addAll(comparison.observations());
        sentences.addAll(comparison.notes());
        sentences.addAll(Phrases.spared(comparison));
        Phrases.busy(comparison).ifPresent(sentences::add);
        sentences.forEach(sentence -> Usage.cut(sentence, WIDTH).forEach(stdout::println));
        stdout.println();
        stdout.printf("Written to %s: report.html, results.json, %d feature maps%n", out,
                results.files().stream().filter(name -> name.startsWith("maps/")).count());
    }

    private static void printPicture(PrintWriter stdout, Comparison comparison) {
        Settings settings = comparison.settings();
        for (Device device : comparison.devices()) {
            stdout.println();
            stdout.printf("The picture on %s: %s of %dx%d, stride %d%n", device,
                    settings.filters() == 1 ? "1 filter" : settings.filters() + " filters",
                    settings.kernel(), settings.kernel(), settings.stride());
            Table table = new Table("CONVOLUTION", ">OUTPUT", ">PARAMS", ">RATIO", ">MULT-ADDS",
                    ">RATIO", ">MEDIAN ms", ">QUARTILES ms", ">GFLOP/s", ">DIFF");
            comparison.runsOn(device).forEach(run -> row(table, run));
            table.print(stdout);
        }
    }

    private static void row(Table table, Run run) {
        Shape shape = run.output();
        String output = "%dx%dx%d".formatted(shape.c(), shape.h(), shape.w());
        String parameters = Numbers.count(run.cost().parameters());
        String ratio = Numbers.ratio(run.variant().parameterRatio(run.input()));
        String multiplyAdds = Numbers.large(run.cost().multiplyAdds());
        String multiplyAddRatio = Numbers.ratio(run.variant().multiplyAddRatio(run.input()));
        switch (run.outcome()) {
            case Run.Measured measured -> table.row(run.label(), output, parameters, ratio,
                    multiplyAdds, multiplyAddRatio, Phrases.median(measured),
                    Phrases.quartiles(measured), Numbers.digits(run.gflops(measured.timing())),
                    Phrases.difference(measured));
            case Run.Failed failed -> table.row(run.label(), output, parameters, ratio,
                    multiplyAdds, multiplyAddRatio, "failed", "-", "-", "-");
        }
    }

    private static void printLayer(PrintWriter stdout, Comparison comparison,
            LayerComparison layer) {
        for (Device device : comparison.devices()) {
            if (!layer.spared().containsKey(device)) {
                stdout.println();
                stdout.printf("The layer inside a network on %s: %s, %s%n", device, layer.size(),
                        comparison.settings().layout());
                Table table = new Table("CONVOLUTION", ">PARAMS", ">MULT-ADDS", ">FEWER",
                        ">MEDIAN ms", ">QUARTILES ms", ">FASTER", ">ARRIVES", "WHY NOT ALL");
                layer.runsOn(device).forEach(run -> row(table, run, layer.saving(run)));
                table.print(stdout);
            }
        }
    }

    private static void row(Table table, Run run, Optional<Saving> saving) {
        String parameters = Numbers.count(run.cost().parameters());
        String multiplyAdds = Numbers.large(run.cost().multiplyAdds());
        switch (run.outcome()) {
            case Run.Measured measured -> table.row(run.label(), parameters, multiplyAdds,
                    saving.map(s -> Phrases.times(s.fewer())).orElse(""), Phrases.median(measured),
                    Phrases.quartiles(measured), saving.map(Phrases::faster).orElse(""),
                    saving.map(Phrases::arrives).orElse(""),
                    measured.agrees()
                            ? saving.map(Phrases::words).orElse("")
                            : Phrases.difference(measured));
            case Run.Failed failed ->
                table.row(run.label(), parameters, multiplyAdds, "", "failed", "-", "-", "-", "");
        }
    }

    private static void complain(PrintWriter err, Comparison comparison) {
        comparison.allRuns().forEach(run -> {
            if (!run.good()) {
                err.println("sepconv: %s on %s %s".formatted(run.label(), run.device().id(),
                        switch (run.outcome()) {
                            case Run.Failed failed -> "failed: " + failed.reason();
                            case Run.Measured measured ->
                                "is wrong: it differs from the float64 reference by %s of its largest value, allowed are %s"
                                        .formatted(
                                                Numbers.difference(
                                                        measured.difference().relative()),
                                                Numbers.difference(Tolerance.LAYER));
                        }));
            }
        });
    }
}
