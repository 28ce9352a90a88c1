package dev.sepconv.bench;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.compare.Others;
import dev.sepconv.engine.tornado.DevicePeak;
import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code scripts/bench}: our engines and ONNX Runtime on the same blocks in one
 * process.
 */
@Command(name = "bench", sortOptions = false, sortSynopsis = false,
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
                "Times the engines beside ONNX Runtime (ALL_OPT, as many threads) on the blocks of networks: bias and ReLU6 "
                        + "fused, medians of interleaved rounds, each result validated against float64 before and after.",
                "",
                "Ratios are ONNX Runtime's time over ours: above 1 we are faster. Those named run, the JSON's ratio and geomean are "
                        + "from host tensor to host tensor; kernel, kernelRatio and kernelGeomean are by the device's own clock. "
                        + "GFLOP/s, GB/s and the shares are by kernel time where there is one. roof is the least of the multiply-add "
                        + "peak and intensity times copy bandwidth; tensors that caches hold can go beyond it. others is what other "
                        + "programs had of the processors meanwhile: where it is much, measure again.",
                "",
                "geomean counts each block as often as its network has it. Its keys are the engines where one variant is run "
                        + "(\"simd\"), else engine and variant (\"simd standard\"): there is no mean over variants. "
                        + "With --fusion, how it ran follows the engine (\"simd fused\")."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done",
                "1:it failed: a wrong result, a file, a device; no file is written then",
                "2:it can't be: an unknown option or value"})
final class Bench implements Callable<Integer> {

    private final Contender.Opener opener;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(names = "--quick",
            description = "Three of the blocks and few rounds: at most 90 seconds.")
    private boolean quick;

    @Option(names = "--networks",
            description = "Whole networks in place of blocks: MobileNetV1 and V2 at 224x224 with random "
                    + "weights, and the pretrained ones that scripts/fetch-models has fetched, in turns in one process. --engine, --threads, "
                    + "--rounds, --quick, --steady, --every, --models, --peer and --json go with it.")
    private boolean networks;

    @Option(names = "--models", split = ",", paramLabel = "NAME|FILE.onnx[@HxW]",
            description = "With --networks: these in place of the usual ones: mobilenet-v1, mobilenet-v2, xception, alexnet, or ONNX "
                    + "files; one that leaves its picture's size open with a height and width behind an @.")
    private List<String> models;

    @Option(names = "--steady",
            description = "With --networks: back to back, each alone in processes of its own (JMH's forks), which take turns; 5 "
                    + "rounds. A ratio is of two processes that follow each other.")
    private boolean steady;

    @Option(names = "--every", paramLabel = "N",
            description = "With --networks: as --steady, but one run every N milliseconds: a program that computes now and then.")
    private Integer every;

    @Option(names = "--seconds", paramLabel = "N",
            description = "With --steady or --every: each process warms up for N seconds, and is then timed for N (default 6).")
    private Integer seconds;

    @Option(names = "--peer", split = ",", defaultValue = "onnxruntime", paramLabel = "NAME",
            description = "With --steady or --every: whom ours are compared with: onnxruntime (default), xnnpack, or both. xnnpack is "
                    + "TensorFlow Lite's, by a Python with tensorflow and onnx that SEPCONV_PYTHON names. geomean is to the faster one.")
    private List<String> peers;

    @Option(names = "--engine", split = ",", paramLabel = "NAME",
            description = "simd, tornado, or both with a comma between; by default those that are there.")
    private List<String> engines;

    @Option(names = "--blocks", split = ",", defaultValue = "mobilenet", paramLabel = "BLOCK",
            description = "mobilenet (default): the 9 different ones of MobileNetV1's 13; xception: its middle flow's, in Keras' "
                    + "order; 5x5: MobileNetV3's; or blocks as CHANNELS-SIZE-STRIDE-FILTERS[-KERNEL], such as 512-14-1-512.")
    private List<String> blocks;

    @Option(names = "--variant", split = ",", defaultValue = "separable", paramLabel = "VARIANT",
            description = "What is made of each block: separable (default), keras (nothing between the steps), xception (pointwise "
                    + "first), depthwise, pointwise, standard, grouped2, grouped8, grouped32.")
    private List<String> variants;

    @Option(names = "--fusion", split = ",", defaultValue = "auto", paramLabel = "HOW",
            description = "How a chain runs: separate (a kernel for each step; what lies between stays on the device), fused (one kernel "
                    + "for depthwise and pointwise), auto (default: as the engine chooses), or several with commas between, which then "
                    + "take turns in the same race. A block without a fused kernel is left out there, with a line on stderr.")
    private List<String> fusions;

    @Option(names = "--batch", defaultValue = "1", paramLabel = "N",
            description = "Pictures at once (default 1).")
    private int batch;

    @Option(names = "--layout", defaultValue = "nhwc", paramLabel = "LAYOUT",
            description = "nhwc (default) or nchw: the layout of our tensors. ONNX Runtime's are NCHW.")
    private String layout;

    @Option(names = "--threads", paramLabel = "N",
            description = "Threads of simd and ONNX Runtime; by default one a processor. "
                    + "A device's threads are its driver's: POCL_MAX_PTHREAD_COUNT.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--rounds", paramLabel = "N",
            description = "Rounds of turns (default 25, with --quick 9).")
    private Integer rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private Path json;

    @Option(names = "--chart", paramLabel = "FILE",
            description = "Also draw ratios and roofline there: a .png or .svg.")
    private Path chart;

    Bench(Contender.Opener opener) {
        this.opener = opener;
    }

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(execute(Contender.Opener.ENGINES, out, err, args));
    }

    /**
     * Runs a command line.
     *
     * @return the exit code
     */
    static int execute(Contender.Opener opener, PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Bench(opener)).addSubcommand(new Show())
                .addSubcommand(new Growth(opener)).addSubcommand(new Cold())
                .addSubcommand(new Overhead()).addSubcommand(new Read()).setOut(out).setErr(err)
                .setUsageHelpWidth(110).setParameterExceptionHandler((e, given) -> refuse(e))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(e, command))
                .execute(args);
    }

    private static int refuse(ParameterException e) {
        e.getCommandLine().getErr().println("bench: %s (see %s --help)".formatted(e.getMessage(),
                e.getCommandLine().getCommandSpec().qualifiedName()));
        return 2;
    }

    private static int fail(Exception e, CommandLine command) throws Exception {
        int code = switch (e) {
            case IllegalArgumentException value -> 2;
            case EngineException engine -> 1;
            case Contender.WrongResult wrong -> 1;
            case IOException file -> 1;
            case UncheckedIOException file -> 1;
            default -> throw e; // a bug: its stack trace says more than a sentence
        };
        command.getErr().println("bench: " + e.getMessage());
        return code;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Race.Pace pace = quick ? Race.Pace.QUICK : Race.Pace.FULL;
        pace = alone() ? pace.withRounds(Steady.ROUNDS) : pace;
        pace = rounds == null ? pace : pace.withRounds(rounds);
        Layout ours = checkedLayout();
        List<List<Blocks.Block>> all = checkedBlocks();
        List<Fusion> asked = checkedFusions();
        for (Path file : new Path[]{json, chart}) {
            if (file != null) {
                AtomicFile.check(file);
            }
        }
        if (networks && chart != null) {
            throw new IllegalArgumentException(
                    "--chart is '%s'; there is no chart of --networks".formatted(chart));
        }
        if (models != null) {
            Networks.check(models);
        }
        checkPeers();
        if (chart != null) {
            Charts.checkName(chart);
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Engine> opened = new ArrayList<>();
        try {
            open(opened);
            BenchResults.Machine machine = BenchResults.Machine.measure(threads,
                    devicePeaks(opened));
            Show.print(machine, out);
            out.printf("batch %d, %s, %d rounds%n", batch, layout.toUpperCase(Locale.ROOT),
                    pace.rounds());
            String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            if (networks) {
                networks(opened, machine, date, pace, out);
                return 0;
            }
            List<BenchResults.Row> rows = new ArrayList<>();
            for (List<Blocks.Block> variant : all) {
                List<BenchResults.Row> timed = race(variant, opened, ours, asked, machine, pace);
                if (timed.isEmpty()) {
                    continue;
                }
                rows.addAll(timed);
                out.println();
                Show.table(timed).text().forEach(out::println);
                Show.means(timed).forEach(out::println);
            }
            if (rows.isEmpty()) {
                throw new IllegalArgumentException(
                        "--fusion is '%s'; none of these blocks has that on these engines"
                                .formatted(String.join(",", fusions)));
            }
            BenchResults results = BenchResults.of(machine, date, pace.rounds(), batch, layout,
                    rows);
            if (json != null) {
                results.write(json);
            }
            if (chart != null) {
                Charts.write(Charts.of(results), 2, chart);
            }
            return 0;
        } finally {
            opened.forEach(Engine::close);
        }
    }

    /** Whether each network runs in processes of its own. */
    private boolean alone() {
        return steady || every != null;
    }

    private void networks(List<Engine> opened, BenchResults.Machine machine, String date,
            Race.Pace pace, PrintWriter out) throws InterruptedException, IOException {
        if (!alone()) {
            Networks.run(Networks.turns(opened, threads, pace), 1, machine, date, "turns",
                    pace.rounds(), models, json, out);
            return;
        }
        List<String> against = peers.stream().distinct().toList();
        Steady way = new Steady(threads, pace.rounds(), seconds == null ? Steady.SECONDS : seconds,
                every == null ? 0 : every, against);
        Networks.run((source, progress) -> way.race(source, opened, progress),
                pace.rounds() * (opened.size() + against.size()), machine, date,
                steady ? "steady" : "every %d ms".formatted(every), pace.rounds(), models, json,
                out);
    }

    private void checkPeers() throws InterruptedException {
        for (String peer : peers) {
            if (!List.of(BenchResults.PEER, Xnnpack.NAME).contains(peer)) {
                throw new IllegalArgumentException(
                        "--peer is '%s'; it must be %s, %s, or both with a comma between"
                                .formatted(peer, BenchResults.PEER, Xnnpack.NAME));
            }
        }
        if (!alone() && !peers.equals(List.of(BenchResults.PEER))) {
            throw new IllegalArgumentException("--peer needs --steady or --every");
        }
        if (!alone() && seconds != null) {
            throw new IllegalArgumentException("--seconds needs --steady or --every");
        }
        if (seconds != null && seconds < 1) {
            throw new IllegalArgumentException(
                    "--seconds is %d; it must be at least 1".formatted(seconds));
        }
        if (peers.contains(Xnnpack.NAME)) {
            Xnnpack.check();
        }
    }

    private Layout checkedLayout() {
        if (batch < 1) {
            throw new IllegalArgumentException(
                    "--batch is %d; it must be at least 1".formatted(batch));
        }
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "--threads is %d; it must be at least 1".formatted(threads));
        }
        if (rounds != null && rounds < 1) {
            throw new IllegalArgumentException(
                    "--rounds is %d; it must be at least 1".formatted(rounds));
        }
        if (!networks && (steady || every != null || models != null)) {
            throw new IllegalArgumentException("%s needs --networks"
                    .formatted(steady ? "--steady" : every != null ? "--every" : "--models"));
        }
        if (alone() && quick) {
            throw new IllegalArgumentException(
                    "%s does not go with --quick".formatted(steady ? "--steady" : "--every"));
        }
        if (steady && every != null) {
            throw new IllegalArgumentException("--steady does not go with --every");
        }
        if (every != null && every < 1) {
            throw new IllegalArgumentException(
                    "--every is %d; it must be at least 1 millisecond".formatted(every));
        }
        return switch (layout) {
            case "nhwc" -> Layout.NHWC;
            case "nchw" -> Layout.NCHW;
            default -> throw new IllegalArgumentException(
                    "--layout is '%s'; it must be nhwc or nchw".formatted(layout));
        };
    }

    private List<Fusion> checkedFusions() {
        return fusions.stream().distinct().map(name -> Arrays.stream(Fusion.values())
                .filter(fusion -> fusion.name().toLowerCase(Locale.ROOT).equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--fusion is '%s'; it must be auto, separate, fused, or several with commas between"
                                .formatted(name))))
                .toList();
    }

    /** The blocks of each variant. */
    private List<List<Blocks.Block>> checkedBlocks() {
        List<List<Blocks.Block>> all = new ArrayList<>();
        for (String variant : variants) {
            List<Blocks.Block> named = blocks.stream()
                    .flatMap(name -> Blocks.named(name, variant, batch).stream()).distinct()
                    .toList();
            // The first, one of the middle and a late one: large pictures, many channels.
            all.add(quick && named.size() > 3
                    ? List.of(named.getFirst(), named.get(2),
                            named.get(Math.max(3, named.size() * 2 / 3)))
                    : named);
        }
        return all;
    }

    private void open(List<Engine> opened) {
        if (engines != null) {
            engines.stream().distinct().forEach(name -> opened.add(opener.open(name, threads)));
            return;
        }
        opened.add(opener.open("simd", threads));
        try {
            opened.add(opener.open("tornado", threads));
        } catch (EngineException missing) {
            spec.commandLine().getErr().println("bench: without tornado: " + missing.getMessage());
        }
    }

    private static Map<String, Double> devicePeaks(List<Engine> opened) {
        Map<String, Double> peaks = new LinkedHashMap<>();
        for (Engine engine : opened) {
            if (engine.name().equals("tornado")) {
                Device device = engine.devices().getFirst();
                peaks.put(device.id(), DevicePeak.gflops(device));
            }
        }
        return peaks;
    }

    private List<BenchResults.Row> race(List<Blocks.Block> of, List<Engine> opened, Layout ours,
            List<Fusion> asked, BenchResults.Machine machine, Race.Pace pace)
            throws InterruptedException, IOException {
        List<BenchResults.Row> rows = new ArrayList<>();
        try (BenchProgress progress = new BenchProgress(of.getFirst().variant(), of.size())) {
            for (Blocks.Block block : of) {
                progress.begin(block.name());
                rows.addAll(race(block, opened, ours, asked, machine, pace));
            }
        }
        return rows;
    }

    private List<BenchResults.Row> race(Blocks.Block block, List<Engine> opened, Layout ours,
            List<Fusion> asked, BenchResults.Machine machine, Race.Pace pace)
            throws InterruptedException, IOException {
        Problem problem = Problem.of(block);
        List<Contender> contenders = new ArrayList<>();
        List<Fusion> each = new ArrayList<>();
        try {
            for (Engine engine : opened) {
                for (Fusion fusion : asked) {
                    Device device = engine.devices().getFirst();
                    if (engine.fusions(block.layer(), block.input(), ours, device)
                            .contains(fusion)) {
                        contenders.add(Contender.plan(problem, engine, ours, fusion));
                        each.add(fusion);
                    } else {
                        spec.commandLine().getErr()
                                .println("bench: %s left out: engine %s has no fused kernel for it"
                                        .formatted(block, engine.name()));
                    }
                }
            }
            if (contenders.isEmpty()) {
                return List.of();
            }
            contenders.add(Contender.peer(problem, threads));
            Others others = new Others();
            List<Race.Times> times = Race.run(contenders, pace);
            Double othersShare = others.share();
            List<BenchResults.Row> rows = new ArrayList<>();
            for (int i = 0; i < each.size(); i++) {
                rows.add(BenchResults.Row.of(block, contenders.get(i).name, each.get(i),
                        contenders.get(i).device(), times.get(i), times.getLast(), machine,
                        othersShare));
            }
            return rows;
        } finally {
            contenders.forEach(Contender::close);
        }
    }
}
