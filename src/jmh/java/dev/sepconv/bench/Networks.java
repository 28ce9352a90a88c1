package dev.sepconv.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Engine;
import dev.sepconv.Models;
import dev.sepconv.bench.NetworkProblem.Source;
import dev.sepconv.compare.Others;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.measure.Timing;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whole networks on our engines and their peers; each validated against float64 before and after.
 */
final class Networks {

    /**
     * A network on an engine.
     *
     * @param quartileMillis the lower and upper quartile of {@code millis}
     * @param ratio how much faster than the peer: the median of each round's time of it over ours
     * @param low the median of such ratios is not below this, at 95 %
     * @param high nor above this
     * @param intermediateBytes of all arrays between the network's nodes
     */
    record Row(String network, String engine, String device, double millis, double[] quartileMillis,
            String peer, double peerMillis, double[] peerQuartileMillis, double ratio, double low,
            double high, long intermediateBytes, Double othersShare) {

        /** From the milliseconds of each round. */
        static Row of(String network, String engine, String device, double[] millis, String peer,
                double[] peerMillis, long intermediateBytes, Double othersShare) {
            double[] ratios = new double[millis.length];
            for (int round = 0; round < millis.length; round++) {
                ratios[round] = peerMillis[round] / millis[round];
            }
            double[] interval = Statistics.medianInterval(ratios);
            return new Row(network, engine, device, Timing.median(millis), spread(millis), peer,
                    Timing.median(peerMillis), spread(peerMillis), Timing.median(ratios),
                    interval[0], interval[1], intermediateBytes, othersShare);
        }
    }

    /** The JSON of a run. */
    private record Document(String mode, BenchResults.Machine machine, String date, int rounds,
            List<Row> rows, Map<String, Double> geomean) {
    }

    private Networks() {
    }

    /** How they are timed. */
    interface Way {

        List<Row> race(Source source, BenchProgress progress)
                throws InterruptedException, IOException;
    }

    /**
     * All of them in one process, which take turns: evenly treated where others use the machine.
     */
    static Way turns(List<Engine> engines, int threads, Race.Pace pace) {
        return (source, progress) -> {
            progress.begin(source.name());
            return turns(source.problem(null), engines, threads, pace);
        };
    }

    /**
     * Races them.
     *
     * @param mode how they are timed, for the JSON
     * @param models names of built-in networks and files; null for those that users know
     * @param steps of the progress bar, each network
     */
    static void run(Way way, int steps, BenchResults.Machine machine, String date, String mode,
            int rounds, List<String> models, Path json, PrintWriter out)
            throws InterruptedException, IOException {
        List<Source> sources = models == null ? usual(out) : named(models);
        List<Row> rows = new ArrayList<>();
        try (BenchProgress progress = new BenchProgress("networks", sources.size() * steps)) {
            for (Source source : sources) {
                rows.addAll(way.race(source, progress));
            }
        }
        FigureTable table = new FigureTable("network", "engine", "ms", "quartiles", "peer",
                "its ms", "quartiles", "ratio", "95 %", "MB between", "others");
        rows.forEach(row -> table.row(row.network(), row.engine(),
                FigureTable.fixed(3, row.millis()), quartiles(row.quartileMillis()), row.peer(),
                FigureTable.fixed(3, row.peerMillis()), quartiles(row.peerQuartileMillis()),
                FigureTable.fixed(2, row.ratio()),
                FigureTable.fixed(2, row.low()) + " to " + FigureTable.fixed(2, row.high()),
                FigureTable.fixed(1, row.intermediateBytes() / 1e6),
                FigureTable.percent(row.othersShare())));
        out.println();
        table.text().forEach(out::println);
        String peers = String.join(" and ", rows.stream().map(Row::peer).distinct().toList());
        Map<String, Double> means = new LinkedHashMap<>();
        Map<String, Map<String, Double>> least = leastRatios(rows);
        least.forEach((engine, ratios) -> {
            List<Double> all = List.copyOf(ratios.values());
            means.put(engine, Statistics.geometricMean(all, all.stream().map(r -> 1).toList()));
            out.printf("geometric mean of %s: %.2f times the speed of %s%s%n", engine,
                    means.get(engine), peers.contains(" ") ? "the faster of " : "", peers);
        });
        if (json != null) {
            byte[] text = new ObjectMapper().writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(new Document(mode, machine, date, rounds, rows, means));
            AtomicFile.write(json, file -> file.write(text));
        }
    }

    /** For each engine, each network's ratio to its fastest peer. */
    private static Map<String, Map<String, Double>> leastRatios(List<Row> rows) {
        Map<String, Map<String, Double>> least = new LinkedHashMap<>();
        rows.forEach(row -> least.computeIfAbsent(row.engine(), engine -> new LinkedHashMap<>())
                .merge(row.network(), row.ratio(), Math::min));
        return least;
    }

    private static String quartiles(double[] millis) {
        return FigureTable.fixed(3, millis[0]) + " to " + FigureTable.fixed(3, millis[1]);
    }

    private static List<Source> usual(PrintWriter out) {
        List<Source> sources = new ArrayList<>(
                List.of(new Source("mobilenet-v1"), new Source("mobilenet-v2")));
        for (Source source : List.of(new Source(Models.BLAZEFACE_FRONT.toString()),
                new Source(Models.BLAZEFACE_BACK.toString()),
                Source.of(Models.PP_OCR_ANGLE, 48, 192),
                Source.of(Models.PP_OCR_DETECTOR, 320, 320),
                Source.of(Models.PP_OCR_RECOGNISER, 48, 320))) {
            if (Files.isRegularFile(source.file())) {
                sources.add(source);
            } else {
                out.println(
                        "bench: without " + source.file() + ": scripts/fetch-models fetches it");
            }
        }
        return sources;
    }

    /**
     * @throws IllegalArgumentException if one is neither built in nor a file
     */
    static void check(List<String> models) {
        for (Source source : named(models)) {
            if (!source.isNamed() && !Files.isRegularFile(source.file())) {
                throw new IllegalArgumentException(
                        "--models has '%s'; that is neither a file nor one of %s"
                                .formatted(source.text(), String.join(", ", KnownNetworks.NAMES)));
            }
        }
    }

    private static List<Source> named(List<String> models) {
        return models.stream().map(Source::new).toList();
    }

    private static List<Row> turns(NetworkProblem problem, List<Engine> engines, int threads,
            Race.Pace pace) throws InterruptedException {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (Engine engine : engines) {
                contenders.add(NetworkContender.plan(problem, engine));
            }
            contenders.add(NetworkContender.peer(problem, threads));
            Others others = new Others();
            List<Race.Times> times = Race.run(contenders, pace);
            Double othersShare = others.share();
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < engines.size(); i++) {
                Contender ours = contenders.get(i);
                rows.add(Row.of(problem.name(), ours.name, ours.device(), times.get(i).runMillis(),
                        BenchResults.PEER, times.getLast().runMillis(), ours.intermediateBytes(),
                        othersShare));
            }
            return rows;
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static double[] spread(double[] millis) {
        return new double[]{Timing.quantile(millis, 0.25), Timing.quantile(millis, 0.75)};
    }
}
