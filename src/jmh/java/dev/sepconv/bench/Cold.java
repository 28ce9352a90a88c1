package dev.sepconv.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.Rasters;
import dev.sepconv.measure.Timing;
import dev.sepconv.report.Environment;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench cold}: what the first time costs. */
@Command(name = "cold", sortOptions = false,
        description = "Times what comes before steady speed, each in processes of its own: whole commands, the simd engine's first runs of "
                + "MobileNetV1, and, where TornadoVM is, its compilation with caches empty and filled. Commands must succeed without "
                + "a warning, results are compared with the plain engine's. With --against two commits take turns.")
final class Cold implements Callable<Integer> {

    private static final String NETWORK = "mobilenet-v1";
    private static final List<String> PARTS = List.of("commands", "run", "library", "tornado");
    /** What docs/library.md advises to programs that compute on {@code tornado} alone. */
    private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Option(names = "--only", split = ",", paramLabel = "PART",
            description = "commands (--version, --help, params), run (a whole sepconv run), library (first runs on simd), tornado; or "
                    + "several with commas between; by default those that are there.")
    private List<String> only;

    @Option(names = "--against", paramLabel = "COMMIT",
            description = "Also measure that commit, built in a temporary worktree, in turns with this one.")
    private String against;

    @Option(names = "--times", defaultValue = "7", paramLabel = "N",
            description = "Times that each is measured (default 7).")
    private int times;

    @Option(names = "--network", defaultValue = NETWORK, paramLabel = "NET",
            description = "The network of all parts but commands: a name that run knows, or an ONNX file (default "
                    + NETWORK + ").")
    private String network;

    @Option(names = "--seconds", defaultValue = "4", paramLabel = "S",
            description = "Seconds of runs after the first, to see when they are steady (default 4).")
    private double seconds;

    @Option(names = "--json", paramLabel = "FILE",
            description = "Also write the figures there, in milliseconds.")
    private Path json;

    /** What is measured of one checkout: its commit's name and where it lies. */
    private record Checkout(String name, Path root) {

        String launcher() {
            return root.resolve("scripts/sepconv").toString();
        }

        String classPath() {
            Path target = root.resolve("target");
            return String.join(File.pathSeparator, target.resolve("classes").toString(),
                    target.resolve("lib") + "/*", ownClasses());
        }

        private static String ownClasses() {
            return Path.of(Cold.class.getProtectionDomain().getCodeSource().getLocation().getPath())
                    .toString();
        }
    }

    /**
     * A line of the table, in milliseconds.
     *
     * @param against all of the other commit
     * @param ratio the median of the other commit's over this one's, where that is measured
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Row(String what, double median, double least, double most, List<Double> all,
            List<Double> against, Double againstMedian, Double ratio) {
    }

    /**
     * The JSON.
     *
     * @param load how many processes wanted to run in the minute before
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Document(String date, String cpu, String os, String java, int processors, String commit,
            String against, String network, int times, double load, List<Row> rows) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (json != null) {
            AtomicFile.check(json);
        }
        if (times < 1) {
            throw new IllegalArgumentException(
                    "--times is %d; it must be at least 1".formatted(times));
        }
        List<String> parts = parts();
        Path root = Path.of(System.getProperty("sepconv.root", "")).toAbsolutePath();
        Path scratch = Files.createTempDirectory("sepconv-cold");
        try {
            List<Checkout> checkouts = new ArrayList<>(
                    List.of(new Checkout(commit(root, "HEAD"), root)));
            try {
                if (against != null) {
                    checkouts.add(checkOut(root, scratch.resolve("against")));
                }
                measure(parts, checkouts, scratch);
            } finally {
                if (checkouts.size() > 1) {
                    git(root, "worktree", "remove", "--force",
                            checkouts.getLast().root().toString());
                }
            }
        } finally {
            delete(scratch);
        }
        return 0;
    }

    private List<String> parts() {
        if (only == null) {
            return hasTornado() ? PARTS : PARTS.subList(0, 3);
        }
        for (String part : only) {
            if (!PARTS.contains(part)) {
                throw new IllegalArgumentException(
                        "--only is '%s'; it must be one of %s, or several with commas between"
                                .formatted(part, String.join(", ", PARTS)));
            }
        }
        return PARTS.stream().filter(only::contains).toList();
    }

    private boolean hasTornado() {
        try {
            Engines.open("tornado").close();
            return true;
        } catch (EngineException missing) {
            spec.commandLine().getErr().println("bench: without tornado: " + missing.getMessage());
            return false;
        }
    }

    private Checkout checkOut(Path root, Path folder) throws IOException, InterruptedException {
        String name = commit(root, against);
        git(root, "worktree", "add", "--quiet", "--detach", folder.toString(), name);
        return new Checkout(name, folder);
    }

    private static String commit(Path root, String of) throws IOException, InterruptedException {
        try {
            return git(root, "rev-parse", "--short", "--verify", "--quiet", of + "^{commit}");
        } catch (IOException none) {
            throw new IllegalArgumentException(
                    "--against is '%s'; there is no such commit here".formatted(of));
        }
    }

    private static String git(Path root, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
        command.addAll(List.of(args));
        return JavaProcess.run(command, Map.of()).strip();
    }

    private void measure(List<String> parts, List<Checkout> checkouts, Path scratch)
            throws IOException, InterruptedException {
        for (Checkout checkout : checkouts) { // builds where that is needed, and warms the files
            JavaProcess.run(List.of(checkout.launcher(), "--version"), Map.of());
        }
        Path picture = picture(scratch.resolve("picture.png"));
        List<Map<String, List<Double>>> millis = new ArrayList<>();
        checkouts.forEach(each -> millis.add(new LinkedHashMap<>()));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        try (BenchProgress progress = new BenchProgress("cold", times * checkouts.size())) {
            for (int time = 0; time < times; time++) {
                for (String part : parts) {
                    for (int i = 0; i < checkouts.size(); i++) {
                        progress.begin("%s, %s".formatted(checkouts.get(i).name(), part));
                        part(part, checkouts.get(i), picture,
                                scratch.resolve("%s-%d-%d".formatted(part, time, i)),
                                millis.get(i));
                    }
                }
            }
        }
        print(checkouts, millis, load);
    }

    private void part(String part, Checkout checkout, Path picture, Path folder,
            Map<String, List<Double>> millis) throws IOException, InterruptedException {
        switch (part) {
            case "commands" -> {
                command(millis, checkout, "sepconv ", "--version");
                command(millis, checkout, "Commands:", "--help");
                command(millis, checkout, "separable", "params", "--in", "32", "--out", "64",
                        "--kernel", "3");
            }
            case "run" -> {
                String printed = command(millis, checkout, "First run in ", "run", network,
                        "--image", picture.toString(), "--engine", "simd");
                printed.lines().filter(line -> line.startsWith("First run in "))
                        .forEach(line -> add(millis, "its first run, as it says itself",
                                Double.parseDouble(line.split(" ")[3])));
            }
            case "library" -> collect(millis, "simd", checkout, Map.of(), String.valueOf(seconds));
            case "tornado" -> {
                Map<String, String> caches = Map.of("POCL_CACHE_DIR",
                        Files.createDirectory(folder).toString(), "SEPCONV_TRANSLATIONS",
                        folder.resolve("translations").toString());
                collect(millis, "tornado, caches empty", checkout, caches, "0");
                collect(millis, "tornado, caches filled", checkout, caches, "0");
                Path own = Files.createDirectory(folder.resolve("first-compiler"));
                collect(millis, "tornado, caches empty, " + FIRST_COMPILER, checkout,
                        Map.of("POCL_CACHE_DIR", own.toString(), "SEPCONV_TRANSLATIONS",
                                own.resolve("translations").toString(), "JDK_JAVA_OPTIONS",
                                System.getenv().getOrDefault("JDK_JAVA_OPTIONS", "") + " "
                                        + FIRST_COMPILER),
                        "0");
            }
            default -> throw new AssertionError(part);
        }
    }

    /** Times a whole command, from the launcher on, which must say that. */
    private static String command(Map<String, List<Double>> millis, Checkout checkout,
            String wanted, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(checkout.launcher()));
        command.addAll(List.of(args));
        long start = System.nanoTime();
        String printed = JavaProcess.run(command, Map.of());
        add(millis, "scripts/sepconv " + args[0], (System.nanoTime() - start) / 1e6);
        return checked(String.join(" ", command), wanted, printed);
    }

    /** @throws IOException if it lacks what is wanted, or holds a warning of the JVM's */
    static String checked(String command, String wanted, String printed) throws IOException {
        if (!printed.contains(wanted)) {
            throw new IOException("%s printed no '%s': %s".formatted(command, wanted, printed));
        }
        if (printed.lines().anyMatch(
                line -> line.matches("\\[(error|warning|\\d).*") || line.contains("WARNING"))) {
            throw new IOException("%s printed a warning: %s".formatted(command, printed));
        }
        return printed;
    }

    private void collect(Map<String, List<Double>> millis, String title, Checkout checkout,
            Map<String, String> environment, String runSeconds)
            throws IOException, InterruptedException {
        String printed = JavaProcess.run(FirstRuns.class, checkout.classPath(), environment,
                title.split(",")[0], network, runSeconds);
        printed.lines().filter(line -> line.startsWith(FirstRuns.MARK)).forEach(line -> {
            String[] figure = line.substring(FirstRuns.MARK.length()).split("=");
            add(millis, title + ": " + figure[0], Double.parseDouble(figure[1]));
        });
    }

    private static void add(Map<String, List<Double>> millis, String what, double value) {
        millis.computeIfAbsent(what, each -> new ArrayList<>()).add(value);
    }

    private static Path picture(Path file) throws IOException {
        Tensor noise = Tensor.zeros(new Shape(1, 3, 240, 320), Layout.NCHW);
        Random random = new Random(1);
        for (int i = 0; i < noise.data().length; i++) {
            noise.data()[i] = random.nextFloat();
        }
        return Files.write(file, Images.png(Rasters.toImage(noise)));
    }

    private void print(List<Checkout> checkouts, List<Map<String, List<Double>>> millis,
            double load) throws IOException {
        List<Row> rows = new ArrayList<>();
        millis.getFirst().forEach((what, each) -> rows
                .add(row(what, each, millis.size() > 1 ? millis.getLast().get(what) : null)));
        Environment here = Environment.here("");
        Document document = new Document(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                here.cpu(), here.os(), here.java(), Runtime.getRuntime().availableProcessors(),
                checkouts.getFirst().name(), against == null ? null : checkouts.getLast().name(),
                network, times, load, rows);
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s, %s, Java %s, commit %s%n%s, medians of %d; load before %.2f%n",
                document.cpu(), document.os(), document.java(), document.commit(), network, times,
                load);
        FigureTable table = against == null
                ? new FigureTable("ms", "median", "least", "most")
                : new FigureTable("ms", "median", "least", "most", document.against(), "ratio");
        rows.forEach(row -> table.row(row.what(), FigureTable.fixed(0, row.median()),
                FigureTable.fixed(0, row.least()), FigureTable.fixed(0, row.most()),
                against == null ? null : FigureTable.fixed(0, row.againstMedian()),
                against == null ? null : FigureTable.fixed(2, row.ratio())));
        table.text().forEach(out::println);
        if (json != null) {
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
            AtomicFile.write(json, stream -> stream.write(text));
        }
    }

    private static Row row(String what, List<Double> all, List<Double> others) {
        double[] values = all.stream().mapToDouble(Double::doubleValue).toArray();
        double median = Timing.median(values);
        Double other = others == null
                ? null
                : Timing.median(others.stream().mapToDouble(Double::doubleValue).toArray());
        return new Row(what, median, Timing.quantile(values, 0), Timing.quantile(values, 1), all,
                others, other, other == null ? null : other / median);
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
