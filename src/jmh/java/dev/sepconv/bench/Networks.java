package dev.sepconv.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.InputSizes;
import dev.sepconv.Models;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.compare.Others;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.measure.Timing;
import dev.sepconv.onnx.OnnxNetwork;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * Whole networks on our engines and ONNX Runtime, in turns; each validated against float64 before
 * and after.
 */
final class Networks {

    /** The largest difference allowed, as a share of the largest exact value of an output. */
    private static final double TOLERANCE = 1e-4;

    private interface PeerOpener {

        OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
                throws OrtException;
    }

    /**
     * A network and what must come out.
     *
     * @param peer opens the same in ONNX Runtime
     */
    private record Problem(String name, Network network, PeerOpener peer,
            Map<String, NdArray> inputs, Map<String, double[]> exact) {

        static Problem of(String name, Network network, PeerOpener peer) {
            Random random = new Random(1);
            Map<String, NdArray> inputs = new LinkedHashMap<>();
            network.inputs().forEach((input, dims) -> {
                NdArray array = NdArray.zeros(dims);
                for (int i = 0; i < array.data().length; i++) {
                    array.data()[i] = random.nextFloat(-1, 1);
                }
                inputs.put(input, array);
            });
            return new Problem(name, network, peer, inputs, NetworkReference.run(network, inputs));
        }

        void check(String who, String output, float[] got) {
            double largest = 0;
            double error = 0;
            double[] right = exact.get(output);
            for (int i = 0; i < right.length; i++) {
                largest = Math.max(largest, Math.abs(right[i]));
                double difference = Math.abs(right[i] - got[i]);
                error = difference <= error ? error : difference; // NaN is taken over
            }
            if (!(error <= TOLERANCE * largest)) {
                throw new Contender.WrongResult(who, name, error / largest, TOLERANCE);
            }
        }
    }

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
    }

    /** The JSON of a run. */
    private record Document(String mode, BenchResults.Machine machine, String date, int rounds,
            List<Row> rows, Map<String, Double> geomean) {
    }

    private Networks() {
    }

    /**
     * Races them.
     *
     * @param mode how they are timed, for the JSON
     * @param models names of built-in networks and files; null for those that users know
     */
    static void run(List<Engine> engines, BenchResults.Machine machine, String date, int threads,
            String mode, Race.Pace pace, List<String> models, Path json, PrintWriter out)
            throws InterruptedException, IOException {
        List<Source> sources = models == null ? usual(out) : named(models);
        List<Row> rows = new ArrayList<>();
        try (BenchProgress progress = new BenchProgress("networks", sources.size())) {
            for (Source source : sources) {
                progress.begin(source.name());
                rows.addAll(race(source.problem(), engines, threads, pace));
            }
        }
        FigureTable table = new FigureTable("network", "engine", "ms", "quartiles",
                "ONNX Runtime ms", "quartiles", "ratio", "95 %", "MB between", "others");
        rows.forEach(
                row -> table.row(row.network(), row.engine(), FigureTable.fixed(3, row.millis()),
                        quartiles(row.quartileMillis()), FigureTable.fixed(3, row.peerMillis()),
                        quartiles(row.peerQuartileMillis()), FigureTable.fixed(2, row.ratio()),
                        FigureTable.fixed(2, row.low()) + " to " + FigureTable.fixed(2, row.high()),
                        FigureTable.fixed(1, row.intermediateBytes() / 1e6),
                        FigureTable.percent(row.othersShare())));
        out.println();
        table.text().forEach(out::println);
        Map<String, Double> means = new LinkedHashMap<>();
        for (Engine engine : engines) {
            List<Double> ratios = rows.stream().filter(row -> row.engine().equals(engine.name()))
                    .map(Row::ratio).toList();
            means.put(engine.name(),
                    Statistics.geometricMean(ratios, ratios.stream().map(ratio -> 1).toList()));
            out.printf("geometric mean of %s: %.2f times ONNX Runtime's speed%n", engine.name(),
                    means.get(engine.name()));
        }
        if (json != null) {
            byte[] text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(
                    new Document(mode, machine, date, pace.rounds(), rows, means));
            AtomicFile.write(json, file -> file.write(text));
        }
    }

    private static String quartiles(double[] millis) {
        return FigureTable.fixed(3, millis[0]) + " to " + FigureTable.fixed(3, millis[1]);
    }

    /** A network that is read when its turn comes: one at a time is in memory. */
    private record Source(String name, Path file, InputSizes sizes) {

        static Source of(Path file, InputSizes sizes) {
            return new Source(file.getFileName().toString().replace(".onnx", ""), file, sizes);
        }

        Problem problem() throws IOException {
            if (file == null) {
                Network network = KnownNetworks.of(name, null, null);
                byte[] onnx = OnnxNetwork.of(network);
                return Problem.of(name, network,
                        (environment, options) -> environment.createSession(onnx, options));
            }
            return Problem.of(name, OnnxReader.read(file, sizes),
                    (environment, options) -> environment.createSession(file.toString(), options));
        }
    }

    private static List<Source> usual(PrintWriter out) {
        List<Source> sources = new ArrayList<>();
        for (String name : List.of("mobilenet-v1", "mobilenet-v2")) {
            sources.add(new Source(name, null, InputSizes.AS_IN_MODEL));
        }
        Map<Path, InputSizes> pretrained = new LinkedHashMap<>();
        pretrained.put(Models.BLAZEFACE_FRONT, InputSizes.AS_IN_MODEL);
        pretrained.put(Models.BLAZEFACE_BACK, InputSizes.AS_IN_MODEL);
        pretrained.put(Models.PP_OCR_ANGLE, InputSizes.AS_IN_MODEL.withPicture(48, 192));
        pretrained.put(Models.PP_OCR_DETECTOR, InputSizes.AS_IN_MODEL.withPicture(320, 320));
        pretrained.put(Models.PP_OCR_RECOGNISER, InputSizes.AS_IN_MODEL.withPicture(48, 320));
        pretrained.forEach((file, sizes) -> {
            if (Files.isRegularFile(file)) {
                sources.add(Source.of(file, sizes));
            } else {
                out.println("bench: without " + file + ": scripts/fetch-models fetches it");
            }
        });
        return sources;
    }

    /**
     * @throws IllegalArgumentException if one is neither built in nor a file
     */
    static void check(List<String> models) {
        for (String model : models) {
            if (!KnownNetworks.isKnown(model) && !Files.isRegularFile(Path.of(model))) {
                throw new IllegalArgumentException(
                        "--models has '%s'; that is neither a file nor one of %s".formatted(model,
                                String.join(", ", KnownNetworks.NAMES)));
            }
        }
    }

    private static List<Source> named(List<String> models) {
        return models.stream()
                .map(model -> KnownNetworks.isKnown(model)
                        ? new Source(model, null, InputSizes.AS_IN_MODEL)
                        : Source.of(Path.of(model), InputSizes.AS_IN_MODEL))
                .toList();
    }

    private static List<Row> race(Problem problem, List<Engine> engines, int threads,
            Race.Pace pace) throws InterruptedException, IOException {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (Engine engine : engines) {
                contenders.add(new Ours(problem, engine));
            }
            contenders.add(new Peer(problem, threads));
            Others others = new Others();
            List<Race.Times> times = Race.run(contenders, pace);
            Double othersShare = others.share();
            double[] peer = times.getLast().runMillis();
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < engines.size(); i++) {
                double[] ours = times.get(i).runMillis();
                double median = Timing.median(ours);
                double[] ratios = new double[ours.length];
                for (int round = 0; round < ours.length; round++) {
                    ratios[round] = peer[round] / ours[round];
                }
                double[] interval = Statistics.medianInterval(ratios);
                rows.add(new Row(problem.name(), contenders.get(i).name, contenders.get(i).device(),
                        median, spread(ours), BenchResults.PEER, Timing.median(peer), spread(peer),
                        Timing.median(ratios), interval[0], interval[1],
                        ((Ours) contenders.get(i)).plan.intermediateBytes(), othersShare));
            }
            return rows;
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static double[] spread(double[] millis) {
        return new double[]{Timing.quantile(millis, 0.25), Timing.quantile(millis, 0.75)};
    }

    private static final class Ours extends Contender {

        private final Problem problem;
        private final NetworkPlan plan;
        private final Map<String, NdArray> outputs = new LinkedHashMap<>();

        Ours(Problem problem, Engine engine) {
            super(engine.name());
            this.problem = problem;
            plan = engine.compile(problem.network(), engine.devices().getFirst());
            problem.network().outputs().forEach(
                    output -> outputs.put(output, NdArray.zeros(problem.network().dims(output))));
        }

        @Override
        OptionalDouble kernelMillis() {
            return OptionalDouble.empty();
        }

        @Override
        String device() {
            return plan.device().id();
        }

        @Override
        void run() {
            plan.run(problem.inputs(), outputs);
        }

        @Override
        void validate() {
            run();
            outputs.forEach((output, array) -> problem.check(name, output, array.data()));
        }

        @Override
        public void close() {
            plan.close();
        }
    }

    /** ONNX Runtime with every optimisation; inputs and outputs stay where they are. */
    private static final class Peer extends Contender {

        private final Problem problem;
        private final OrtSession session;
        private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
        private final Map<String, FloatBuffer> results = new LinkedHashMap<>();

        Peer(Problem problem, int threads) {
            super(BenchResults.PEER);
            this.problem = problem;
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                options.setIntraOpNumThreads(threads);
                options.setInterOpNumThreads(1);
                session = problem.peer().open(environment, options);
                for (Map.Entry<String, NdArray> input : problem.inputs().entrySet()) {
                    inputs.put(input.getKey(),
                            OnnxTensor.createTensor(environment,
                                    direct(input.getValue().dims()).put(0, input.getValue().data()),
                                    sizes(input.getValue().dims())));
                }
                for (String output : problem.network().outputs()) {
                    Dims dims = problem.network().dims(output);
                    FloatBuffer result = direct(dims);
                    results.put(output, result);
                    outputs.put(output, OnnxTensor.createTensor(environment, result, sizes(dims)));
                }
            } catch (OrtException e) {
                throw new IllegalStateException(
                        "ONNX Runtime refuses %s: %s".formatted(problem.name(), e.getMessage()), e);
            }
        }

        private static FloatBuffer direct(Dims dims) {
            return ByteBuffer.allocateDirect(Math.multiplyExact(dims.elements(), Float.BYTES))
                    .order(ByteOrder.nativeOrder()).asFloatBuffer();
        }

        private static long[] sizes(Dims dims) {
            return dims.sizes().stream().mapToLong(i -> i).toArray();
        }

        @Override
        OptionalDouble kernelMillis() {
            return OptionalDouble.empty();
        }

        @Override
        String device() {
            return "cpu";
        }

        @Override
        void run() {
            try {
                session.run(inputs, outputs).close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
            }
        }

        @Override
        void validate() {
            run();
            results.forEach((output, result) -> {
                float[] got = new float[result.capacity()];
                result.get(0, got);
                problem.check(name, output, got);
            });
        }

        @Override
        public void close() {
            try {
                for (OnnxTensor tensor : inputs.values()) {
                    tensor.close();
                }
                for (OnnxTensor tensor : outputs.values()) {
                    tensor.close();
                }
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime failed to close: " + e.getMessage(),
                        e);
            }
        }
    }
}
