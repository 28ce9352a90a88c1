package dev.sepconv.bench;

import dev.sepconv.Engine;
import dev.sepconv.compare.Others;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Networks as a program that does nothing else has them: each contender alone in processes of its
 * own, one after the other, round by round.
 *
 * @param threads of each
 * @param rounds processes of each
 * @param seconds each warms up for so long, and is then timed for so long
 * @param everyMillis from the start of a run to that of the next; 0 for back to back
 * @param peers whom ours are compared with: {@link BenchResults#PEER}, {@link Xnnpack#NAME}
 */
record Steady(int threads, int rounds, int seconds, int everyMillis, List<String> peers) {

    static final int ROUNDS = 5;
    static final int SECONDS = 6;

    /** One row for each engine and peer. */
    List<Networks.Row> race(NetworkProblem.Source source, List<Engine> engines,
            BenchProgress progress) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("sepconv-bench");
        try {
            return race(source, engines, progress, folder);
        } finally {
            Cold.delete(folder);
        }
    }

    private List<Networks.Row> race(NetworkProblem.Source source, List<Engine> engines,
            BenchProgress progress, Path folder) throws IOException, InterruptedException {
        NetworkProblem problem = source.problem(null);
        problem.save(folder);
        Path onnx = problem.onnx().file(folder);
        Map<String, Long> bytes = new LinkedHashMap<>();
        Map<String, double[]> times = new LinkedHashMap<>();
        for (Engine engine : engines) {
            // what can't be compiled, or is wrong, is known before minutes have gone
            try (Contender plan = NetworkContender.plan(problem, engine)) {
                plan.validate();
                bytes.put(engine.name(), plan.intermediateBytes());
            }
            times.put(engine.name(), new double[rounds]);
        }
        peers.forEach(peer -> times.put(peer, new double[rounds]));
        Others others = new Others();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, double[]> each : times.entrySet()) {
                progress.begin("%s on %s".formatted(source.name(), each.getKey()));
                each.getValue()[round] = each.getKey().equals(Xnnpack.NAME)
                        ? Xnnpack.millis(onnx, folder, this)
                        : fork(source, each.getKey(), folder);
            }
        }
        Double othersShare = others.share();
        List<Networks.Row> rows = new ArrayList<>();
        for (Engine engine : engines) {
            for (String peer : peers) {
                rows.add(Networks.Row.of(problem.name(), engine.name(),
                        engine.devices().getFirst().id(), times.get(engine.name()), peer,
                        times.get(peer), bytes.get(engine.name()), othersShare));
            }
        }
        return rows;
    }

    /** The median of a run, in milliseconds, in a new process. */
    private double fork(NetworkProblem.Source source, String who, Path exact) throws IOException {
        Path log = exact.resolve("jmh.log");
        // another JMH, such as a test's, needn't end; the column "others" says that it was there
        System.setProperty("jmh.ignoreLock", "true");
        try {
            RunResult result = new Runner(
                    new OptionsBuilder().include(NetworkBenchmark.class.getName() + ".run")
                            .param("network", source.text()).param("engine", who)
                            .param("threads", Integer.toString(threads))
                            .param("everyMillis", Integer.toString(everyMillis)).forks(1)
                            .warmupIterations(seconds).warmupTime(TimeValue.seconds(1))
                            .measurementIterations(seconds).measurementTime(TimeValue.seconds(1))
                            .jvmArgsAppend("-D%s=%s".formatted(NetworkBenchmark.EXACT, exact))
                            .shouldFailOnError(true).output(log.toString()).build())
                    .runSingle();
            return result.getPrimaryResult().getStatistics().getPercentile(50);
        } catch (RunnerException e) {
            throw new IOException("%s on %s failed in a process of its own: %s".formatted(who,
                    source.name(), cause(log, e)), e);
        }
    }

    /** What JMH prints of a process that ended by itself, with its exit code. */
    private static final String ENDED = "forked VM failed";

    /** What JMH printed of it. */
    private static String cause(Path log, RunnerException e) throws IOException {
        List<String> lines = Files.readAllLines(log);
        int failure = lines.indexOf("<failure>");
        return lines.stream().filter(line -> line.contains(ENDED)).findFirst()
                .orElseGet(() -> lines.subList(failure + 1, lines.size()).stream()
                        .filter(line -> failure >= 0 && !line.isBlank()).findFirst()
                        .orElse(e.getMessage()));
    }
}
