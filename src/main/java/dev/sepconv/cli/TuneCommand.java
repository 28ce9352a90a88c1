package dev.sepconv.cli;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.tuning.Measurements.BesideSimd;
import dev.sepconv.engine.tuning.Measurements.Time;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.report.Numbers;
import dev.sepconv.tune.Subject;
import dev.sepconv.tune.Trial;
import dev.sepconv.tune.Tuned;
import dev.sepconv.tune.Tuner;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sepconv tune}. */
@Command(name = "tune",
        description = "Measure the kernels on one of TornadoVM's devices and remember the fastest for each convolution, and a CPU device beside simd: every later "
                + "command and program of this user takes them. SEPCONV_TUNING=off turns that off; SEPCONV_TUNING=FILE keeps them there.")
final class TuneCommand implements Callable<Integer> {

    private static final int MOST_ROUNDS = 1000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--device", paramLabel = "NAME",
            description = "Measure on this device: its id or a part of its name, as the command devices lists TornadoVM's (default: the best).")
    private String device;

    @Option(names = "--suite", paramLabel = "SUITE", converter = TuningSuite.Converter.class,
            description = "mobilenet-v1: its 13 separable blocks (the default); mobilenet-v1-standard: the standard convolutions that they "
                    + "replace; mobilenet-v2: all of its convolutions; article: what compare computes, on its own picture.")
    private TuningSuite suite;

    @Option(names = "--shape", paramLabel = "[N,]C,H,W",
            converter = Converters.ShapeConverter.class,
            description = "One convolution instead, on an input of this shape; --filters and the options below say which.")
    private Shape shape;

    @Option(names = "--filters", paramLabel = "K", description = "Output channels.")
    private Integer filters;

    @Option(names = "--kernel", paramLabel = "N|R,S", converter = Converters.PairConverter.class,
            description = "Height and width of the filters (default: 1).")
    private Converters.Pair kernel;

    @Option(names = "--stride", paramLabel = "N|H,W", converter = Converters.PairConverter.class,
            description = "1 by default.")
    private Converters.Pair stride;

    @Option(names = "--pad", paramLabel = "PAD", converter = Converters.PaddingConverter.class,
            description = "As the command conv has it (default: valid, none).")
    private Padding padding;

    @Option(names = "--dilation", paramLabel = "N|H,W", converter = Converters.PairConverter.class,
            description = "1 by default.")
    private Converters.Pair dilation;

    @Option(names = "--groups", paramLabel = "G",
            description = "1 by default; C for a depthwise convolution.")
    private Integer groups;

    @Option(names = "--layout", paramLabel = "LAYOUT", converter = Converters.LayoutConverter.class,
            description = "nchw or nhwc: how input and output tensors are laid out (default: one after the other).")
    private Layout layout;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "9",
            description = "Measure each kernel so often and take medians (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--dry-run", description = "Measure and remember nothing.")
    private boolean dryRun;

    @Mixin
    private JsonOption json;

    private record TrialRow(List<String> kernels, Double kernelMillis, Double runMillis,
            Integer rounds, Double toDefault, String refused) {
    }

    private record Row(String name, String layout, List<Integer> input, List<String> byDefault,
            List<String> winner, List<TrialRow> trials) {
        static Row of(Tuned tuned) {
            Shape input = tuned.subject().input();
            return new Row(tuned.subject().name(), Converters.name(tuned.subject().layout()),
                    List.of(input.n(), input.c(), input.h(), input.w()), tuned.byDefault(),
                    tuned.winner(),
                    tuned.trials().stream().map(trial -> row(tuned, trial)).toList());
        }

        private static TrialRow row(Tuned tuned, Trial trial) {
            return switch (trial.outcome()) {
                case Trial.Measured measured -> new TrialRow(trial.kernels(),
                        measured.time().kernelMillis(), measured.time().runMillis(),
                        measured.rounds(),
                        ofDefault(tuned)
                                .map(time -> measured.time().kernelMillis() / time.kernelMillis())
                                .orElse(null),
                        null);
                case Trial.Refused refused ->
                    new TrialRow(trial.kernels(), null, null, null, null, refused.reason());
            };
        }
    }

    private record Beside(String name, String layout, double millis, double simdMillis) {
        static Beside of(Subject subject, BesideSimd times) {
            return new Beside(subject.name(), Converters.name(subject.layout()), times.millis(),
                    times.simdMillis());
        }
    }

    /**
     * @param besideSimd empty but for CPU devices
     * @param timesSimd null where besideSimd is empty
     */
    private record Document(Device device, TuningFile.Key key, String file, List<Row> convolutions,
            List<Row> layers, List<Beside> besideSimd, Double timesSimd) {
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        List<Subject> layers = Stream.of(layout == null ? Layout.values() : new Layout[]{layout})
                .flatMap(each -> layers(each).stream()).toList();
        Optional<TuningFile> file = dryRun ? Optional.empty() : Optional.of(file());
        if (file.isPresent()) {
            file.get().prepare();
        }
        try (Tuner tuner = Tuner.open(device, rounds)) {
            spec.commandLine().getErr().println("sepconv: tuning for device " + tuner.device());
            List<Subject> convolutions = Subject.convolutions(layers);
            List<Subject> chains = layers.stream()
                    .filter(subject -> subject.layer().stages().size() > 1).toList();
            List<Tuned> tuned = new ArrayList<>();
            List<Tuned> tunedChains = new ArrayList<>();
            List<Subject> rivals = tuner.hasRival() ? layers : List.of();
            List<Beside> beside = new ArrayList<>();
            int code = Failure.NONE;
            try (TuningProgress progress = new TuningProgress(spec.commandLine().getErr(),
                    convolutions.size() + chains.size() + rivals.size())) {
                progress.part("%d convolutions, each with every kernel", convolutions.size());
                for (Subject convolution : convolutions) {
                    tuned.add(tuner.convolution(convolution, progress.begin(convolution.name())));
                    if (file.isPresent()) {
                        // now and not at the end: an interrupted tuning isn't lost
                        file.get().remember(tuner.key(), tuner.measurements());
                    }
                }
                progress.part("%d chains, each with every pair of kernels", chains.size());
                for (Subject chain : chains) {
                    tunedChains.add(tuner.layer(chain, progress.begin(chain.name())));
                }
                progress.part("%d layers beside simd", rivals.size());
                for (Subject layer : rivals) {
                    try {
                        beside.add(Beside.of(layer,
                                tuner.besideSimd(layer, progress.begin(layer.name()))));
                    } catch (EngineException e) {
                        spec.commandLine().getErr()
                                .println("sepconv: not measured beside simd: " + e.getMessage());
                        code = Failure.FAILED;
                    }
                }
                if (file.isPresent()) {
                    file.get().remember(tuner.key(), tuner.measurements());
                }
            }
            if (json.json) {
                JsonOption
                        .print(spec.commandLine().getOut(),
                                new Document(tuner.device(), tuner.key(),
                                        file.map(remembered -> remembered.path().toString())
                                                .orElse(null),
                                        tuned.stream().map(Row::of).toList(),
                                        tunedChains.stream().map(Row::of).toList(), beside,
                                        timesSimd(tuner)));
            } else {
                print(tuned, tunedChains, file);
                print(tuner, beside);
            }
            return Math.max(code,
                    complain(Stream.concat(tuned.stream(), tunedChains.stream()).toList()));
        }
    }

    private void checkOptions() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("--filters", filters);
        details.put("--kernel", kernel);
        details.put("--stride", stride);
        details.put("--pad", padding);
        details.put("--dilation", dilation);
        details.put("--groups", groups);
        details.forEach((option, value) -> {
            if (shape == null && value != null) {
                throw new ParameterException(spec.commandLine(), option + " needs --shape");
            }
        });
        if (shape != null && suite != null) {
            throw new ParameterException(spec.commandLine(),
                    "--shape and --suite exclude one another");
        }
        if (shape != null && filters == null) {
            throw new ParameterException(spec.commandLine(), "--shape needs --filters");
        }
        if (rounds < 1 || rounds > MOST_ROUNDS) {
            throw new IllegalArgumentException(
                    "--rounds is %d; it must be from 1 to %d".formatted(rounds, MOST_ROUNDS));
        }
    }

    private static TuningFile file() {
        return TuningFile.find()
                .orElseThrow(() -> new IllegalArgumentException(TuningFile.folder().isEmpty()
                        ? "this user has no home folder, so nothing would be remembered; set HOME, or SEPCONV_TUNING to a file"
                        : "SEPCONV_TUNING (or the property sepconv.tuning) is off, so nothing would be remembered; unset it, or say --dry-run"));
    }

    private List<Subject> layers(Layout each) {
        if (shape == null) {
            return (suite == null ? TuningSuite.MOBILENET_V1 : suite).subjects(each);
        }
        Converters.Pair one = new Converters.Pair(1, 1);
        Converters.Pair size = kernel == null ? one : kernel;
        Converters.Pair step = stride == null ? one : stride;
        Converters.Pair spread = dilation == null ? one : dilation;
        Conv2d conv = new Conv2d(shape.c(), filters, size.height(), size.width(), step.height(),
                step.width(), spread.height(), spread.width(),
                padding == null ? Padding.VALID : padding, groups == null ? 1 : groups, true,
                Activation.RELU6);
        conv.outputShape(shape); // refuses what can't be before anything is measured
        return List.of(new Subject("convolution", conv, shape, each));
    }

    private static Optional<Time> ofDefault(Tuned tuned) {
        return tuned.trials().stream().filter(trial -> trial.kernels().equals(tuned.byDefault()))
                .findFirst().flatMap(Trial::time);
    }

    private void print(List<Tuned> convolutions, List<Tuned> chains, Optional<TuningFile> file) {
        PrintWriter out = spec.commandLine().getOut();
        for (Tuned tuned : convolutions) {
            out.printf("%s, %s%n", tuned.subject().name(), tuned.subject().layout());
            Table table = new Table("  KERNEL", ">KERNEL ms", ">RUN ms", ">TO DEFAULT", "");
            tuned.trials()
                    .forEach(trial -> row(table, tuned, trial, "  " + trial.kernels().getFirst()));
            table.print(out);
            out.println();
        }
        if (!chains.isEmpty()) {
            Table table = new Table("LAYER", "LAYOUT", "KERNELS", ">KERNEL ms", ">RUN ms",
                    ">TO DEFAULT", "");
            for (Tuned tuned : chains) {
                for (Trial trial : tuned.trials()) {
                    row(table, tuned, trial, tuned.subject().name(),
                            tuned.subject().layout().name(), String.join(", ", trial.kernels()));
                }
            }
            table.print(out);
            out.println();
        }
        out.println(
                "KERNEL: time on the device; RUN: from host tensor to host tensor; both medians. TO DEFAULT: of kernel times.");
        out.println(file.map(remembered -> "Remembered in %s: %s".formatted(remembered.path(),
                convolutions.size() == 1 ? "1 convolution" : convolutions.size() + " convolutions"))
                .orElse("Nothing is remembered (--dry-run)."));
    }

    private static Double timesSimd(Tuner tuner) {
        OptionalDouble times = tuner.timesSimd();
        return times.isPresent() ? times.getAsDouble() : null;
    }

    /**
     * A CPU device and simd are the same processor: which of the two is the faster way to use it.
     */
    private void print(Tuner tuner, List<Beside> all) {
        if (all.isEmpty()) {
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        Table table = new Table("LAYER", "LAYOUT", ">" + tuner.device().id() + " ms", ">simd ms",
                ">TO simd");
        for (Beside each : all) {
            table.row(each.name(), each.layout(), Numbers.digits(each.millis()),
                    Numbers.digits(each.simdMillis()),
                    Numbers.digits(each.millis() / each.simdMillis()));
        }
        table.print(out);
        out.println();
        double times = timesSimd(tuner);
        out.printf(Locale.ROOT,
                "%s takes %.2f times as long as simd (geometric mean): where no device is asked for %s is taken%s.%n",
                tuner.device().id(), times, times < 1 ? tuner.device().id() : "simd",
                dryRun ? ", but --dry-run remembers nothing" : "");
    }

    private static void row(Table table, Tuned tuned, Trial trial, String... first) {
        List<Object> cells = new ArrayList<>(List.of(first));
        String role = (trial.kernels().equals(tuned.byDefault()) ? "default " : "")
                + (trial.kernels().equals(tuned.winner()) ? "winner" : "");
        switch (trial.outcome()) {
            case Trial.Measured measured -> cells.addAll(List.of(
                    Numbers.digits(measured.time().kernelMillis()),
                    Numbers.digits(measured.time().runMillis()),
                    ofDefault(tuned)
                            .map(time -> Numbers
                                    .digits(measured.time().kernelMillis() / time.kernelMillis()))
                            .orElse("-"),
                    role));
            case Trial.Refused refused -> cells.addAll(List.of("-", "-", "-", "refused"));
        }
        table.row(cells.toArray());
    }

    /**
     * Names the kernels that can't win. It is a failure if one of them is what is taken by default.
     */
    private int complain(List<Tuned> all) {
        int code = Failure.NONE;
        for (Tuned tuned : all) {
            for (Trial trial : tuned.trials()) {
                if (trial.outcome() instanceof Trial.Refused refused) {
                    spec.commandLine().getErr()
                            .println("sepconv: %s for %s %s can't win: %s".formatted(
                                    String.join(", ", trial.kernels()), tuned.subject().name(),
                                    tuned.subject().layout(), refused.reason()));
                    code = trial.kernels().equals(tuned.byDefault()) ? Failure.FAILED : code;
                }
            }
        }
        return code;
    }
}
