package dev.sepconv.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Our engines and ONNX Runtime on MobileNetV1's blocks in turns, in one process, so that whatever else the machine does meets all
 * alike. Each is validated against the float64 reference before and after it is timed, and a wrong one ends the run.
 */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Times the engines beside ONNX Runtime (ALL_OPT, as many threads), in turns, medians of rounds.")
final class Bench implements Callable<Integer> {

    private static final long TURN_NANOS = 6_000_000;
    /** Before each timed turn: threads that have slept need some milliseconds until each has its core again. */
    private static final long LEAD_NANOS = 12_000_000;
    /** Between two turns: ONNX Runtime's idle threads go on spinning for some ten milliseconds and would keep a core from us. */
    private static final long REST_MILLIS = 40;
    private static final long WINDOW_NANOS = 150_000_000;
    private static final int MOST_WINDOWS = 40;
    private static final int STEADY_WINDOWS = 8;
    private static final int PROFILES = 11;
    private static final String PEER = "onnxruntime";

    @Option(names = "--quick", description = "Three blocks, few rounds: about a minute.")
    private boolean quick;

    @Option(names = "--engine", split = ",", paramLabel = "NAME",
            description = "simd, tornado, or both with a comma between; by default those that are there.")
    private List<String> engines;

    @Option(names = "--layout", defaultValue = "nhwc", description = "nhwc (default) or nchw: the layout of our tensors.")
    private String layout;

    @Option(names = "--variant", split = ",", defaultValue = "separable",
            description = "separable (default), depthwise, pointwise, standard, grouped2, grouped8, grouped32.")
    private List<String> variants;

    @Option(names = "--threads", description = "Threads of each; by default as many as there are processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--rounds", description = "Rounds of turns (default 25, with --quick 7).")
    private int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private Path json;

    /**
     * A line of the table.
     *
     * @param kernelMillis what the device was busy with kernels for; null where there is no profiler
     * @param ratio how much faster than ONNX Runtime, from host tensor to host tensor: its median over ours
     * @param kernelRatio the same for kernel time; null where there is none
     * @param spread the quartiles of our medians' rounds, in milliseconds
     */
    private record Row(String block, String variant, String engine, String device, Double kernelMillis, double endToEndMillis,
            double[] spread, String peer, double peerMillis, double ratio, Double kernelRatio, double gflops, double peakShare) {
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        int turns = rounds > 0 ? rounds : quick ? 7 : 25;
        double peak = Peak.gflops(threads);
        System.out.printf(Locale.ROOT, "%d threads; peak of multiply-adds on registers %.0f GFLOP/s; %s%n", threads, peak,
                layout.toUpperCase(Locale.ROOT));
        List<Row> rows = new ArrayList<>();
        Map<String, Double> geomean = new LinkedHashMap<>();
        Map<String, Double> kernelGeomean = new LinkedHashMap<>();
        for (String variant : variants) {
            System.out.printf("%n%-24s %-8s %10s %10s %21s %12s %7s %7s %8s %6s%n", variant, "engine", "kernel ms", "run ms",
                    "quartiles", "ONNX Rt. ms", "kernel", "run", "GFLOP/s", "peak");
            List<Blocks.Block> blocks = quick
                    ? List.of(Blocks.MOBILENET.get(0), Blocks.MOBILENET.get(2), Blocks.MOBILENET.get(6))
                    : Blocks.MOBILENET;
            Map<String, double[]> sums = new LinkedHashMap<>();
            for (Blocks.Block base : blocks) {
                int weight = quick ? 1 : Blocks.occurrences(base);
                for (Row row : race(base.variant(variant), variant, turns, peak)) {
                    rows.add(row);
                    print(row);
                    double[] sum = sums.computeIfAbsent(row.engine(), name -> new double[3]);
                    sum[0] += weight;
                    sum[1] += weight * Math.log(row.ratio());
                    sum[2] += row.kernelRatio() == null ? 0 : weight * Math.log(row.kernelRatio());
                }
            }
            sums.forEach((engine, sum) -> {
                String key = variants.size() == 1 ? engine : engine + " " + variant;
                geomean.put(key, Math.exp(sum[1] / sum[0]));
                boolean kernel = rows.stream().anyMatch(row -> row.engine().equals(engine) && row.kernelRatio() != null);
                if (kernel) {
                    kernelGeomean.put(key, Math.exp(sum[2] / sum[0]));
                }
                System.out.printf(Locale.ROOT, "geometric mean of %s: %s%.2f times ONNX Runtime's speed%n", key,
                        kernel ? "kernel time %.2f, whole run ".formatted(kernelGeomean.get(key)) : "", geomean.get(key));
            });
        }
        if (json != null) {
            write(rows, geomean, kernelGeomean, peak);
        }
        return 0;
    }

    private List<String> contenders() {
        List<String> names = new ArrayList<>();
        if (engines != null) {
            engines.forEach(engine -> names.add(engine + "-" + layout));
        } else {
            names.add("simd-" + layout);
            try {
                Engines.open("tornado").close();
                names.add("tornado-" + layout);
            } catch (EngineException missing) {
                System.err.println("bench: without tornado: " + missing.getMessage());
            }
        }
        names.add(PEER);
        return names;
    }

    private List<Row> race(Blocks.Block block, String variant, int turns, double peak) throws InterruptedException {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (String name : contenders()) {
                contenders.add(Contender.of(name, block, threads));
            }
            double[][] millis = new double[contenders.size()][turns];
            for (Contender contender : contenders) {
                contender.validate();
                warmUp(contender);
            }
            for (int round = 0; round < turns; round++) {
                for (int i = 0; i < contenders.size(); i++) {
                    Thread.sleep(REST_MILLIS);
                    turn(contenders.get(i), LEAD_NANOS);
                    millis[i][round] = turn(contenders.get(i), TURN_NANOS);
                }
            }
            for (double[] each : millis) {
                Arrays.sort(each);
            }
            double peer = millis[contenders.size() - 1][turns / 2];
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < contenders.size() - 1; i++) {
                Contender contender = contenders.get(i);
                double[] sorted = millis[i];
                double median = sorted[turns / 2];
                OptionalDouble kernel = kernelMillis(contender);
                double busy = kernel.orElse(median);
                double gflops = block.cost().flops() / busy / 1e6;
                rows.add(new Row(block.name(), variant, contender.name.substring(0, contender.name.indexOf('-')),
                        contender.device(), kernel.isPresent() ? busy : null, median,
                        new double[]{sorted[turns / 4], sorted[turns * 3 / 4]}, PEER, peer, peer / median,
                        kernel.isPresent() ? peer / busy : null, gflops, gflops / peak));
            }
            for (Contender contender : contenders) {
                contender.validate();
            }
            return rows;
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /** The median of some profiled runs, after the same rest and lead as a turn's. */
    private static OptionalDouble kernelMillis(Contender contender) throws InterruptedException {
        if (contender.kernelMillis().isEmpty()) {
            return OptionalDouble.empty();
        }
        Thread.sleep(REST_MILLIS);
        turn(contender, LEAD_NANOS);
        double[] millis = new double[PROFILES];
        for (int i = 0; i < PROFILES; i++) {
            millis[i] = contender.kernelMillis().orElseThrow();
        }
        Arrays.sort(millis);
        return OptionalDouble.of(millis[PROFILES / 2]);
    }

    /** Runs until it gets no faster: the JVM's last compiler takes its time with vector code. */
    private static void warmUp(Contender contender) {
        double best = Double.MAX_VALUE;
        int since = 0;
        for (int window = 0; window < MOST_WINDOWS && since < STEADY_WINDOWS; window++) {
            double millis = turn(contender, WINDOW_NANOS);
            since = millis < 0.95 * best ? 0 : since + 1;
            best = Math.min(best, millis);
        }
    }

    /** Runs for so long; the milliseconds of one run on average. */
    private static double turn(Contender contender, long nanos) {
        long start = System.nanoTime();
        int runs = 0;
        do {
            contender.run();
            runs++;
        } while (System.nanoTime() - start < nanos);
        return (System.nanoTime() - start) / 1e6 / runs;
    }

    private static void print(Row row) {
        System.out.printf(Locale.ROOT, "%-24s %-8s %10s %10.3f %10.3f to %7.3f %12.3f %7s %7.2f %8.1f %5.0f%%%n", row.block(),
                row.engine(), row.kernelMillis() == null ? "" : "%.3f".formatted(row.kernelMillis()), row.endToEndMillis(),
                row.spread()[0], row.spread()[1], row.peerMillis(),
                row.kernelRatio() == null ? "" : "%.2f".formatted(row.kernelRatio()), row.ratio(), row.gflops(),
                100 * row.peakShare());
    }

    private void write(List<Row> rows, Map<String, Double> geomean, Map<String, Double> kernelGeomean, double peak)
            throws IOException {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("arch", System.getProperty("os.arch"));
        machine.put("java", Runtime.version().toString());
        machine.put("threads", threads);
        machine.put("peakGflops", peak);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", machine);
        document.put("layout", layout);
        document.put("rows", rows);
        document.put("geomean", geomean);
        document.put("kernelGeomean", kernelGeomean);
        byte[] text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
        AtomicFile.write(json, out -> out.write(text));
    }
}
