package dev.sepconv.bench;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.measure.Timing;
import dev.sepconv.report.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench growth}: how time grows with each thing that a layer's size is made of. */
@Command(name = "growth", sortOptions = false, description = {
        "Times a separable block while one thing grows and the rest stays, for our engines (NHWC) and ONNX Runtime, and "
                + "fits the slope on logarithmic axes: 1 is as much slower as the thing is larger. Beside it the work's own slope, which "
                + "is not 1 where a part of the work doesn't grow along.",
        "",
        "Each axis takes 15 to 40 seconds. With --json FILE the axes already in the file and not measured now are kept."})
final class Growth implements Callable<Integer> {

    private static final List<String> AXES = List.of("pixels", "channels", "filters", "batch",
            "threads");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Contender.Opener opener;

    @Spec
    private CommandSpec spec;

    @Option(names = "--axis", split = ",", paramLabel = "AXIS",
            description = "pixels (H x W), channels (C), filters (K), batch, threads; by default all.")
    private List<String> axes = AXES;

    @Option(names = "--engine", split = ",", paramLabel = "NAME",
            description = "simd, tornado, or both with a comma between; by default those that are there.")
    private List<String> engines;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private Path json;

    @Option(names = "--chart", paramLabel = "FILE",
            description = "Also draw them there, with what --json kept: a .png or .svg.")
    private Path chart;

    Growth(Contender.Opener opener) {
        this.opener = opener;
    }

    /**
     * All that was measured.
     *
     * @param cpu what the processor calls itself
     */
    record Growths(String cpu, String java, String onnxruntime, List<Axis> axes) {
    }

    /**
     * Times while one thing grows.
     *
     * @param name one of {@link #AXES}
     * @param date when, in UTC
     * @param workSlope that of the floating-point operations
     */
    record Axis(String name, String title, String date, double workSlope, List<Line> lines) {
    }

    /**
     * One engine's times.
     *
     * @param x how much of the axis' thing there is
     * @param quartileMillis the lower and upper quartile of each
     * @param slope of the logarithms: the exponent with which time grows
     */
    record Line(String label, double[] x, double[] millis, double[][] quartileMillis,
            double slope) {
    }

    private record Point(double x, Blocks.Block block, int threads) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (String axis : axes) {
            if (!AXES.contains(axis)) {
                throw new IllegalArgumentException("--axis is '%s'; it must be one of %s"
                        .formatted(axis, String.join(", ", AXES)));
            }
        }
        for (Path file : new Path[]{json, chart}) {
            if (file != null) {
                AtomicFile.check(file);
            }
        }
        if (chart != null) {
            Charts.checkName(chart);
        }
        Map<String, Axis> all = new LinkedHashMap<>();
        AXES.forEach(axis -> all.put(axis, null));
        if (json != null && Files.exists(json)) {
            read(json).axes().forEach(axis -> all.put(axis.name(), axis));
        }
        List<String> names = engines == null ? present() : engines;
        PrintWriter out = spec.commandLine().getOut();
        for (String name : axes) {
            Axis axis = name.equals("threads")
                    ? threads(names)
                    : measure(name, points(name), names);
            all.put(name, axis);
            print(axis, false, out);
        }
        Environment here = Environment.here("");
        Growths growths = new Growths(here.cpu(), here.java(),
                OrtEnvironment.getEnvironment().getVersion(),
                all.values().stream().filter(axis -> axis != null).toList());
        if (json != null) {
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(growths);
            AtomicFile.write(json, stream -> stream.write(text));
        }
        if (chart != null) {
            Charts.write(Charts.of(growths), 2, chart);
        }
        return 0;
    }

    /** Whether a file holds a growth, and not a run. */
    static boolean wrote(Path file) throws IOException {
        try {
            return JSON.readTree(file.toFile()).has("axes");
        } catch (JacksonException e) {
            return false;
        }
    }

    static Growths read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), Growths.class);
        } catch (JacksonException e) {
            throw new IOException("%s: it holds no growth that bench wrote (%s)".formatted(file,
                    e.getOriginalMessage()), e);
        }
    }

    private List<String> present() {
        List<String> names = new ArrayList<>(List.of("simd"));
        try {
            opener.open("tornado", 1).close();
            names.add("tornado");
        } catch (EngineException missing) {
            spec.commandLine().getErr().println("bench: without tornado: " + missing.getMessage());
        }
        return names;
    }

    private static List<Point> points(String axis) {
        int processors = Runtime.getRuntime().availableProcessors();
        return switch (axis) {
            case "pixels" -> IntStream.of(7, 14, 28, 56, 112).mapToObj(
                    size -> new Point(size * size, block("128-%d-1-128", size, 1), processors))
                    .toList();
            case "channels" -> IntStream.of(16, 32, 64, 128, 256, 512, 1024).mapToObj(
                    channels -> new Point(channels, block("%d-28-1-128", channels, 1), processors))
                    .toList();
            case "filters" -> IntStream.of(16, 32, 64, 128, 256, 512, 1024).mapToObj(
                    filters -> new Point(filters, block("128-28-1-%d", filters, 1), processors))
                    .toList();
            case "batch" ->
                IntStream.of(1, 2, 4, 8, 16)
                        .mapToObj(batch -> new Point(batch,
                                Blocks.one("128-28-1-128", "separable", batch), processors))
                        .toList();
            default -> IntStream.iterate(1, count -> count < 2 * processors, count -> 2 * count)
                    .map(count -> Math.min(count, processors)).distinct()
                    .mapToObj(count -> new Point(count, Blocks.one("128-56-1-128", "separable", 1),
                            count))
                    .toList();
        };
    }

    private static Blocks.Block block(String name, int value, int batch) {
        return Blocks.one(name.formatted(value), "separable", batch);
    }

    private static String title(String axis) {
        return switch (axis) {
            case "pixels" -> "pixels: 128-SIZE-1-128";
            case "channels" -> "channels: C-28-1-128";
            case "filters" -> "filters: 128-28-1-K";
            case "batch" -> "batch: 128-28-1-128";
            default -> "threads: 128-56-1-128";
        };
    }

    private Axis measure(String name, List<Point> points, List<String> names)
            throws InterruptedException {
        Map<String, List<double[]>> times = new LinkedHashMap<>();
        List<Engine> opened = new ArrayList<>();
        try (BenchProgress progress = new BenchProgress(name, points.size())) {
            names.forEach(engine -> opened
                    .add(opener.open(engine, Runtime.getRuntime().availableProcessors())));
            for (Point point : points) {
                progress.begin(point.block().name());
                time(point, opened, times);
            }
        } finally {
            opened.forEach(Engine::close);
        }
        return axis(name, points, times);
    }

    private static void time(Point point, List<Engine> opened, Map<String, List<double[]>> times)
            throws InterruptedException {
        Problem problem = Problem.of(point.block());
        List<Contender> contenders = new ArrayList<>();
        try {
            opened.forEach(engine -> contenders.add(Contender.plan(problem, engine, Layout.NHWC)));
            contenders.add(Contender.peer(problem, point.threads()));
            List<Race.Times> raced = Race.run(contenders, Race.Pace.QUICK);
            for (int i = 0; i < raced.size(); i++) {
                String engine = contenders.get(i).name;
                if (raced.get(i).kernelMillis() == null) {
                    add(times, engine.equals(BenchResults.PEER) ? "ONNX Runtime" : engine,
                            raced.get(i).runMillis());
                } else {
                    add(times, engine + ", kernel", raced.get(i).kernelMillis());
                    add(times, engine + ", whole run", raced.get(i).runMillis());
                }
            }
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static void add(Map<String, List<double[]>> times, String label, double[] millis) {
        times.computeIfAbsent(label, each -> new ArrayList<>())
                .add(new double[]{Timing.quantile(millis, 0.25), Timing.median(millis),
                        Timing.quantile(millis, 0.75)});
    }

    private static Axis axis(String name, List<Point> points, Map<String, List<double[]>> times) {
        double[] x = points.stream().mapToDouble(Point::x).toArray();
        List<Line> lines = new ArrayList<>();
        times.forEach((label, of) -> {
            double[] millis = of.stream().mapToDouble(each -> each[1]).toArray();
            lines.add(new Line(label, x, millis, of.stream()
                    .map(each -> new double[]{each[0], each[2]}).toArray(double[][]::new),
                    slope(x, millis)));
        });
        return new Axis(name, title(name), Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                slope(x, points.stream().mapToDouble(point -> point.block().flops()).toArray()),
                lines);
    }

    /** A machine of one processor has one point on the axis of threads: no slope. */
    private static double slope(double[] x, double[] y) {
        return x.length < 2 ? 0 : Statistics.logSlope(x, y);
    }

    /**
     * A driver reads once a process how many threads it may use, so each number has a process of
     * its own.
     */
    private Axis threads(List<String> names) throws IOException, InterruptedException {
        List<Point> points = points("threads");
        Map<String, List<double[]>> times = new LinkedHashMap<>();
        Path file = Files.createTempFile("sepconv-threads", ".json");
        try (BenchProgress progress = new BenchProgress("threads", points.size())) {
            for (Point point : points) {
                progress.begin(Integer.toString(point.threads()));
                JavaProcess.run(Bench.class,
                        Map.of("POCL_MAX_PTHREAD_COUNT", Integer.toString(point.threads())),
                        "--blocks", point.block().name(), "--threads",
                        Integer.toString(point.threads()), "--engine", String.join(",", names),
                        "--rounds", "9", "--json", file.toString());
                BenchResults results = BenchResults.read(file);
                for (BenchResults.Row row : results.rows()) {
                    put(times, row.engine() + (row.kernelMillis() == null ? "" : ", whole run"),
                            row.endToEndMillis(), row.quartileMillis());
                    if (row.kernelMillis() != null) {
                        put(times, row.engine() + ", kernel", row.kernelMillis(),
                                new double[]{row.kernelMillis(), row.kernelMillis()});
                    }
                }
                BenchResults.Row last = results.rows().getLast();
                put(times, "ONNX Runtime", last.peerMillis(), last.peerQuartileMillis());
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return axis("threads", points, times);
    }

    private static void put(Map<String, List<double[]>> times, String label, double median,
            double[] quartiles) {
        times.computeIfAbsent(label, each -> new ArrayList<>())
                .add(new double[]{quartiles[0], median, quartiles[1]});
    }

    static void print(Axis axis, boolean markdown, PrintWriter out) {
        double[] x = axis.lines().getFirst().x();
        String[] headings = new String[x.length + 2];
        headings[0] = axis.title();
        for (int i = 0; i < x.length; i++) {
            headings[i + 1] = "%.0f".formatted(x[i]);
        }
        headings[x.length + 1] = "slope (work %s)"
                .formatted(FigureTable.fixed(2, axis.workSlope()));
        FigureTable table = new FigureTable(headings);
        for (Line line : axis.lines()) {
            Object[] cells = new Object[headings.length];
            cells[0] = line.label() + ", ms";
            for (int i = 0; i < x.length; i++) {
                cells[i + 1] = FigureTable.fixed(3, line.millis()[i]);
            }
            cells[x.length + 1] = FigureTable.fixed(2, line.slope());
            table.row(cells);
        }
        out.println();
        (markdown ? table.markdown() : table.text()).forEach(out::println);
    }
}
