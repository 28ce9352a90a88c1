package dev.sepconv.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench cold}: what the first time costs. */
@Command(name = "cold", sortOptions = false,
        description = "Times what comes before steady speed, each in processes of its own, medians of three: the launcher and sepconv compare "
                + "until its table is there; the simd engine's 1st, 10th, ... run; and where TornadoVM is, a plan's compilation with "
                + "the driver's cache empty, filled, and with the plan cached. A minute and a half.")
final class Cold implements Callable<Integer> {

    private static final String BLOCK = "512-14-1-512";
    private static final int TIMES = 3;
    private static final int[] RUNS = {1, 10, 100, 1_000, 3_000};
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", paramLabel = "FILE",
            description = "Also write the figures there, in milliseconds.")
    private Path json;

    /** What each process prints on a line of its own before a figure. */
    private static final String MARK = "cold: ";

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (json != null) {
            AtomicFile.check(json);
        }
        boolean tornado = hasTornado();
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        Path launcher = Path.of(System.getProperty("sepconv.root"), "scripts", "sepconv");
        // builds where that is needed
        Child.run(List.of(launcher.toString(), "--version"), Map.of());
        Path scratch = Files.createTempDirectory("sepconv-cold");
        try (Progress progress = new Progress("cold", TIMES)) {
            for (int i = 0; i < TIMES; i++) {
                progress.begin("time " + (i + 1));
                add(millis, "scripts/sepconv --version", command(launcher, "--version"));
                add(millis, "scripts/sepconv compare --engine simd, whole",
                        command(launcher, "compare", "--engine", "simd", "--seconds", "0.001",
                                "--out", scratch.resolve("simd").toString()));
                if (tornado) {
                    add(millis, "scripts/sepconv compare --engine tornado, whole",
                            command(launcher, "compare", "--engine", "tornado", "--seconds",
                                    "0.001", "--out", scratch.resolve("tornado").toString()));
                }
                collect(millis, Child.run(Simd.class, Map.of()));
                if (tornado) {
                    Map<String, String> cache = Map.of("POCL_CACHE_DIR",
                            Files.createDirectory(scratch.resolve("pocl" + i)).toString());
                    collect(millis, Child.run(Tornado.class, cache, "driver's cache empty"));
                    collect(millis, Child.run(Tornado.class, cache, "driver's cache filled"));
                }
            }
        } finally {
            delete(scratch);
        }
        print(millis);
        return 0;
    }

    private void print(Map<String, List<Double>> millis) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table("block " + BLOCK + ", NHWC", "median ms", "least", "most");
        Map<String, Double> medians = new LinkedHashMap<>();
        millis.forEach((what, each) -> {
            double[] values = each.stream().mapToDouble(Double::doubleValue).toArray();
            medians.put(what, Statistics.median(values));
            table.row(what, Table.fixed(3, Statistics.median(values)),
                    Table.fixed(3, Statistics.quantile(values, 0)),
                    Table.fixed(3, Statistics.quantile(values, 1)));
        });
        table.text().forEach(out::println);
        if (json != null) {
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(medians);
            AtomicFile.write(json, stream -> stream.write(text));
        }
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

    private static double command(Path launcher, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        long start = System.nanoTime();
        Child.run(command, Map.of());
        return (System.nanoTime() - start) / 1e6;
    }

    private static void collect(Map<String, List<Double>> millis, String printed) {
        printed.lines().filter(line -> line.startsWith(MARK)).forEach(line -> {
            String[] parts = line.substring(MARK.length()).split("=");
            add(millis, parts[0], Double.parseDouble(parts[1]));
        });
    }

    private static void add(Map<String, List<Double>> millis, String what, double value) {
        millis.computeIfAbsent(what, each -> new ArrayList<>()).add(value);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void say(String what, long nanos) {
        System.out.println(MARK + what + "=" + nanos / 1e6);
    }

    private static Plan compile(Engine engine, Problem problem) {
        return engine.compile(problem.block().layer().withWeights(problem.weights()),
                problem.block().input(), Layout.NHWC, engine.devices().getFirst());
    }

    /** A process: how the simd engine's runs get faster. */
    static final class Simd {

        public static void main(String[] args) {
            Problem problem = Problem.of(Blocks.one(BLOCK, "separable", 1));
            Tensor input = problem.picture().to(Layout.NHWC);
            long start = System.nanoTime();
            Engine engine = Engines.open("simd");
            Plan plan = compile(engine, problem);
            say("simd: engine opened and plan compiled", System.nanoTime() - start);
            Tensor output = Tensor.zeros(plan.outputShape(), Layout.NHWC);
            int done = 0;
            for (int run : RUNS) {
                while (done < run - 1) {
                    plan.run(input, output);
                    done++;
                }
                long before = System.nanoTime();
                plan.run(input, output);
                say("simd: run " + run, System.nanoTime() - before);
                done++;
                say("simd: from opening to the end of run " + run, System.nanoTime() - start);
            }
            problem.check("simd", output);
            plan.close();
            engine.close();
        }
    }

    /**
     * A process: what TornadoVM's compilation costs. The argument says what the driver's cache
     * holds.
     */
    static final class Tornado {

        public static void main(String[] args) {
            String cache = ", " + args[0];
            Problem problem = Problem.of(Blocks.one(BLOCK, "separable", 1));
            Tensor input = problem.picture().to(Layout.NHWC);
            long start = System.nanoTime();
            Engine engine = Engines.open("tornado");
            say("tornado: engine opened" + cache, System.nanoTime() - start);
            long before = System.nanoTime();
            Plan plan = compile(engine, problem);
            say("tornado: first plan compiled" + cache, System.nanoTime() - before);
            Tensor output = Tensor.zeros(plan.outputShape(), Layout.NHWC);
            before = System.nanoTime();
            plan.run(input, output);
            say("tornado: its first run" + cache, System.nanoTime() - before);
            problem.check("tornado", output);
            before = System.nanoTime();
            Plan same = compile(engine, problem);
            say("tornado: the same plan again, found in the engine's cache" + cache,
                    System.nanoTime() - before);
            before = System.nanoTime();
            same.run(input, output);
            say("tornado: a later run" + cache, System.nanoTime() - before);
            problem.check("tornado", output);
            same.close();
            plan.close();
            engine.close();
        }
    }
}
