package dev.sepconv.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Sepconv;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.InputFile;
import dev.sepconv.measure.Timing;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench read}: what reading and compiling a model takes. */
@Command(name = "read", sortOptions = false,
        description = "Reads a model and makes it ready to run, each time in a Java of its own, by sepconv and by ONNX Runtime: seconds, and "
                + "the most memory that the process ever had resident, weights and Java itself included. Medians of three. "
                + "Where the model leaves sizes open but the batch, neither can be compared.")
final class Read implements Callable<Integer> {

    private static final int TIMES = 3;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What each process prints before its figures. */
    private static final String MARK = "read: ";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
    private Path model;

    @Option(names = "--engine", defaultValue = "simd", paramLabel = "NAME",
            description = "simd (default), plain, java or tornado.")
    private String engine;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private Path json;

    /**
     * How one of them did.
     *
     * @param seconds to read and compile, the median
     * @param peakBytes resident at most, the median
     */
    record Row(String who, double seconds, long peakBytes) {
    }

    /** All that was measured. */
    record Document(String model, long fileBytes, List<Row> rows) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (json != null) {
            AtomicFile.check(json);
        }
        InputFile.check(model);
        if (!Files.isReadable(Path.of("/proc/self/status"))) {
            throw new IOException(
                    "this system has no /proc/self/status, which says how much memory was resident");
        }
        Map<String, Class<?>> mains = new LinkedHashMap<>();
        mains.put("sepconv " + engine, Ours.class);
        mains.put("ONNX Runtime", Theirs.class);
        Map<String, List<double[]>> all = new LinkedHashMap<>();
        try (BenchProgress progress = new BenchProgress("read", TIMES)) {
            for (int i = 0; i < TIMES; i++) {
                progress.begin("time " + (i + 1));
                for (Map.Entry<String, Class<?>> each : mains.entrySet()) {
                    String printed = JavaProcess.run(each.getValue(), Map.of(), model.toString(),
                            engine);
                    all.computeIfAbsent(each.getKey(), who -> new ArrayList<>())
                            .add(figures(printed));
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        all.forEach((who,
                each) -> rows.add(new Row(who,
                        Timing.median(each.stream().mapToDouble(one -> one[0]).toArray()),
                        (long) Timing.median(each.stream().mapToDouble(one -> one[1]).toArray()))));
        Document document = new Document(model.toString(), Files.size(model), rows);
        print(document);
        if (json != null) {
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
            AtomicFile.write(json, stream -> stream.write(text));
        }
        return 0;
    }

    private void print(Document document) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(Locale.ROOT, "%s: %.1f MB", document.model(),
                document.fileBytes() / 1e6));
        FigureTable table = new FigureTable("read and compiled by", "seconds", "peak MB", "files");
        document.rows()
                .forEach(row -> table.row(row.who(), FigureTable.fixed(2, row.seconds()),
                        FigureTable.fixed(1, row.peakBytes() / 1e6),
                        FigureTable.fixed(2, (double) row.peakBytes() / document.fileBytes())));
        table.text().forEach(out::println);
    }

    private static double[] figures(String printed) {
        String[] parts = printed.lines().filter(line -> line.startsWith(MARK)).findFirst()
                .orElseThrow(() -> new IllegalStateException("no figures in: " + printed))
                .substring(MARK.length()).split(" ");
        return new double[]{Double.parseDouble(parts[0]), Double.parseDouble(parts[1])};
    }

    private static void say(long nanos) throws IOException {
        long peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).findFirst()
                .orElseThrow();
        System.out.println(MARK + nanos / 1e9 + " " + peak * 1024);
    }

    /** A process: sepconv. */
    static final class Ours {

        public static void main(String[] args) throws IOException {
            long start = System.nanoTime();
            Network network = Sepconv.load(Path.of(args[0]));
            try (Sepconv sepconv = Sepconv.open(args[1]);
                    NetworkPlan plan = sepconv.compile(network)) {
                say(System.nanoTime() - start);
                if (plan.network().outputs().size() != network.outputs().size()) {
                    throw new IllegalStateException("the plan lost outputs");
                }
            }
        }
    }

    /** A process: ONNX Runtime. */
    static final class Theirs {

        public static void main(String[] args) throws IOException, OrtException {
            long start = System.nanoTime();
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                    OrtSession session = environment.createSession(args[0], options)) {
                long took = System.nanoTime() - start;
                if (session.getNumOutputs() < 1) {
                    throw new IllegalStateException("the session has no outputs");
                }
                say(took);
            }
        }
    }
}
