package dev.sepconv.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.io.Npy;
import dev.sepconv.measure.Timing;
import dev.sepconv.onnx.OnnxNetwork;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command, on layers that take microseconds: what is timed here doesn't matter. */
class BenchTest {

    private static final String SMALL = "8-9-1-16";

    @TempDir
    Path folder;

    private record Ran(int code, String out, String err) {
    }

    private static Ran run(Contender.Opener opener, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Bench.execute(opener, new PrintWriter(out, true), new PrintWriter(err, true),
                args);
        return new Ran(code, out.toString(), err.toString());
    }

    private static Ran run(String... args) {
        return run((name, threads) -> {
            if (name.equals("simd")) {
                return SimdEngine.open(threads);
            }
            throw new EngineException("no " + name + " in this test");
        }, args);
    }

    /** A simd engine one of whose results is wrong by a thousandth, from its n-th run on. */
    private static Contender.Opener wrongFrom(int firstWrong) {
        return (name, threads) -> new Engine() {

            private final Engine right = SimdEngine.open(threads);
            private int runs;

            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Device> devices() {
                return right.devices();
            }

            @Override
            public Plan compile(Op.Convolve layer, Shape input, Layout layout, Device device,
                    Fusion fusion) {
                Plan plan = right.compile(layer, input, layout, device, fusion);
                return new Plan() {

                    @Override
                    public Device device() {
                        return plan.device();
                    }

                    @Override
                    public Layout layout() {
                        return layout;
                    }

                    @Override
                    public Shape inputShape() {
                        return plan.inputShape();
                    }

                    @Override
                    public Shape outputShape() {
                        return plan.outputShape();
                    }

                    @Override
                    public void run(Tensor in, Tensor out) {
                        plan.run(in, out);
                        if (++runs >= firstWrong) {
                            out.data()[0] += 1e-3f;
                        }
                    }

                    @Override
                    public void close() {
                        plan.close();
                    }
                };
            }

            @Override
            public void close() {
                right.close();
            }
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--variant sideways | variant is 'sideways'; it must be one of separable, keras, xception, depthwise, pointwise, standard, grouped2, grouped8, grouped32",
            "--blocks alexnet | block is 'alexnet'; it must be mobilenet, xception, 5x5 or CHANNELS-SIZE-STRIDE-FILTERS[-KERNEL], such as 512-14-1-512",
            "--blocks 8-9-0-16 | stride height is 0; it must be at least 1",
            "--engine cuda | engine is 'cuda'; it must be one of tornado, simd, plain, java",
            "--layout chwn | --layout is 'chwn'; it must be nhwc or nchw",
            "--batch 0 | --batch is 0; it must be at least 1",
            "--threads 0 | --threads is 0; it must be at least 1",
            "--rounds 0 | --rounds is 0; it must be at least 1",
            "--blocks 728-19-1-728 --variant grouped32 | groups is 32; it must divide both the 728 input channels and the 728 output channels",
            "--chart ratios.pdf | --chart is 'ratios.pdf'; its name must end with .png or .svg",
            "growth --axis height | --axis is 'height'; it must be one of pixels, channels, filters, batch, threads",
            "--batch many | Invalid value for option '--batch': 'many' is not an int (see bench --help)",
            "--fusion melted | --fusion is 'melted'; it must be auto, separate, fused, or several with commas between",
            "cold --only gpu | --only is 'gpu'; it must be one of commands, run, library, tornado, or several with commas between",
            "cold --times 0 | --times is 0; it must be at least 1",
            "cold --only commands --against nowhere | --against is 'nowhere'; there is no such commit here",
            "--steady | --steady needs --networks", "--every 5 | --every needs --networks",
            "--models x | --models needs --networks",
            "--networks --steady --quick | --steady does not go with --quick",
            "--networks --steady --every 5 | --steady does not go with --every",
            "--networks --every 5 --quick | --every does not go with --quick",
            "--networks --peer xnnpack | --peer needs --steady or --every",
            "--networks --seconds 3 | --seconds needs --steady or --every",
            "--networks --steady --seconds 0 | --seconds is 0; it must be at least 1",
            "--networks --steady --peer gpu | --peer is 'gpu'; it must be onnxruntime, xnnpack, or both with a comma between",
            "--networks --every 0 | --every is 0; it must be at least 1 millisecond",
            "--networks --models no.onnx | --models has 'no.onnx'; that is neither a file nor one of mobilenet-v1, mobilenet-v2, xception, alexnet",
            "--fast | Unknown option: '--fast' (see bench --help)"})
    void whatCannotBeIsRefusedInOneSentence(String args, String sentence) {
        Ran ran = run(Contender.Opener.ENGINES, args.split(" "));
        assertEquals("bench: " + sentence, ran.err().strip());
        assertEquals(2, ran.code());
        assertEquals("", ran.out());
    }

    @Test
    void anEngineThatIsMissingIsAFailure() {
        Ran ran = run("--engine", "tornado", "--blocks", SMALL);
        assertEquals("bench: no tornado in this test", ran.err().strip());
        assertEquals(1, ran.code());
    }

    @Test
    void aResultThatIsWrongFromTheStartEndsTheRunAndWritesNothing() throws IOException {
        fails(wrongFrom(1));
    }

    /** The first run is validated and right; the fault comes while it is timed. */
    @Test
    void aResultThatGoesWrongWhileItIsTimedEndsTheRunAndWritesNothing() throws IOException {
        fails(wrongFrom(3));
    }

    private void fails(Contender.Opener faulty) throws IOException {
        Path json = Files.writeString(folder.resolve("old.json"), "old");
        Ran ran = run(faulty, "--engine", "simd", "--blocks", SMALL, "--rounds", "1", "--json",
                json.toString(), "--chart", folder.resolve("new.png").toString());
        assertEquals(1, ran.code(), ran.err());
        assertTrue(ran.err().matches(
                "bench: simd is wrong on 8-9-1-16: it differs from the float64 reference by \\S+ of its "
                        + "largest value, allowed are 1e-05\\R"),
                ran.err());
        assertEquals("old", Files.readString(json));
        assertFalse(ran.out().contains("geometric mean"), ran.out());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(json), files.toList());
        }
    }

    @Test
    void aRunGivesATableADocumentAndAChart() throws IOException {
        Path json = folder.resolve("with blank.json");
        Path chart = folder.resolve("chart.png");
        Ran ran = run("--blocks", SMALL + ",16-5-2-8-5", "--rounds", "2", "--batch", "2",
                "--threads", "1", "--json", json.toString(), "--chart", chart.toString());
        assertEquals(0, ran.code(), ran.err());
        assertEquals("bench: without tornado: no tornado in this test", ran.err().strip());
        JsonNode document = new ObjectMapper().readTree(json.toFile());
        assertEquals(List.of("machine", "date", "rounds", "batch", "layout", "rows", "geomean",
                "kernelGeomean"), names(document));
        assertEquals(List.of("simd"), names(document.get("geomean")));
        assertEquals(2, document.get("batch").asInt());
        assertEquals(2, document.get("rows").size());
        JsonNode row = document.get("rows").get(0);
        for (String key : List.of("block", "variant", "engine", "device", "kernelMillis",
                "endToEndMillis", "peer", "peerMillis", "ratio", "gflops", "peakShare", "intensity",
                "gbPerSecond", "rooflineShare")) {
            assertTrue(row.has(key), key);
        }
        assertEquals(SMALL, row.get("block").asText());
        assertTrue(row.get("kernelMillis").isNull(), "simd has no profiler");
        assertEquals(row.get("peerMillis").asDouble() / row.get("endToEndMillis").asDouble(),
                row.get("ratio").asDouble(), 1e-12);
        assertEquals(
                Math.sqrt(document.get("rows").get(0).get("ratio").asDouble()
                        * document.get("rows").get(1).get("ratio").asDouble()),
                document.get("geomean").get("simd").asDouble(), 1e-12);
        assertTrue(ImageIO.read(chart.toFile()).getWidth() > 500);
        assertEquals(
                2, ran.out().lines()
                        .filter(line -> line.matches("(8-9-1-16|16-5-2-8-5)\\s+simd .*%")).count(),
                ran.out());

        Path svg = folder.resolve("again.svg");
        Path joined = folder.resolve("joined.json");
        Ran shown = run("show", json.toString(), json.toString(), "--markdown", "--chart",
                svg.toString(), "--json", joined.toString());
        assertEquals(0, shown.code(), shown.err());
        assertEquals(4, shown.out().lines()
                .filter(line -> line.matches("\\| (8-9-1-16|16-5-2-8-5) \\| simd .*\\|")).count(),
                shown.out());
        assertTrue(Files.readString(svg).contains("<svg"));
        assertEquals(4, BenchResults.read(joined).rows().size());
    }

    @Test
    void separateAndFusedChainsRunInOneRace() throws IOException {
        Path json = folder.resolve("fusion.json");
        Ran ran = run("--engine", "simd", "--blocks", SMALL, "--fusion", "auto,separate,fused",
                "--rounds", "1", "--json", json.toString(), "--chart",
                folder.resolve("fusion.png").toString());
        assertEquals(0, ran.code(), ran.err());
        List<BenchResults.Row> rows = BenchResults.read(json).rows();
        assertEquals(List.of("simd", "simd separate", "simd fused"),
                rows.stream().map(BenchResults.Row::who).toList());
        assertEquals(1, rows.stream().map(BenchResults.Row::peerMillis).distinct().count(),
                "not one race");
        assertEquals(List.of("simd", "simd separate", "simd fused"),
                List.copyOf(BenchResults.read(json).geomean().keySet()));
        assertTrue(ran.out().lines().anyMatch(line -> line.matches("8-9-1-16 +simd fused .*")),
                ran.out());
    }

    @Test
    void blocksWithoutAFusedKernelAreLeftOut() {
        Ran ran = run("--engine", "simd", "--blocks", SMALL, "--variant", "xception,keras",
                "--fusion", "fused", "--rounds", "1");
        assertEquals(0, ran.code(), ran.err());
        assertEquals("bench: 8-9-1-16 xception left out: engine simd has no fused kernel for it",
                ran.err().strip());
        Ran none = run("--engine", "simd", "--blocks", SMALL, "--variant", "standard", "--fusion",
                "fused", "--rounds", "1");
        assertEquals(2, none.code());
        assertTrue(none.err().endsWith(
                "bench: --fusion is 'fused'; none of these blocks has that on these engines\n"),
                none.err());
    }

    @Test
    void aFileThatIsNoRunIsRefused() throws IOException {
        Path other = Files.writeString(folder.resolve("other.json"), "{\"rows\": 3}");
        Ran ran = run("show", other.toString());
        assertEquals(1, ran.code());
        assertTrue(ran.err().startsWith("bench: " + other + ": it holds no run of scripts/bench"),
                ran.err());
    }

    @ParameterizedTest
    @CsvSource({"--steady, steady", "--every 300, every 300 ms", "--rounds 2, turns"})
    void networksOfFilesAreTimed(String how, String mode) throws IOException {
        Network network = KnownNetworks.of("mobilenet-v1:0.25", 32, 32);
        Path model = Files.write(folder.resolve("small.onnx"), OnnxNetwork.of(network));
        Path json = folder.resolve("networks.json");
        List<String> args = new ArrayList<>(List.of("--networks", "--engine", "simd", "--models",
                model.toString(), "--rounds", "2", "--json", json.toString()));
        args.addAll(mode.equals("turns") ? List.of() : List.of((how + " --seconds 1").split(" ")));
        Ran ran = run(Contender.Opener.ENGINES, args.toArray(String[]::new));
        assertEquals(0, ran.code(), ran.err());
        JsonNode document = new ObjectMapper().readTree(json.toFile());
        assertEquals(mode, document.get("mode").asText());
        JsonNode row = document.get("rows").get(0);
        assertEquals("small", row.get("network").asText());
        assertEquals("onnxruntime", row.get("peer").asText());
        assertTrue(
                row.get("low").asDouble() <= row.get("ratio").asDouble()
                        && row.get("ratio").asDouble() <= row.get("high").asDouble(),
                row.toString());
        // what is slept between two runs is no part of them
        assertTrue(row.get("millis").asDouble() < 250, row.toString());
        assertEquals(row.get("ratio").asDouble(), document.get("geomean").get("simd").asDouble(),
                1e-9);
    }

    @Test
    void theMeanIsOfTheRatiosToTheFasterPeer() throws Exception {
        List<Networks.Row> rows = List.of(networkRow("a", "onnxruntime", 2, 4),
                networkRow("a", "xnnpack", 2, 1), networkRow("b", "onnxruntime", 1, 2),
                networkRow("b", "xnnpack", 1, 3));
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        Networks.run((source, progress) -> rows, 1, null, "d", "steady", 1, List.of("mobilenet-v1"),
                null, out);
        assertTrue(text.toString().contains(
                "geometric mean of simd: 1.00 times the speed of the faster of onnxruntime and xnnpack"),
                text.toString());
    }

    private static Networks.Row networkRow(String network, String peer, double ours,
            double theirs) {
        return Networks.Row.of(network, "simd", "cpu", new double[]{ours}, peer,
                new double[]{theirs}, 0, null);
    }

    @Test
    void aResultIsComparedWithWhatWasSaved() throws IOException {
        NetworkProblem problem = new NetworkProblem.Source("mobilenet-v1:0.25").problem(null);
        problem.save(folder);
        float[] off = problem.exact().values().iterator().next().clone();
        off[0] = 1e9f;
        Npy.write(folder.resolve("output0.npy"), List.of(1, off.length), off);
        NetworkProblem wrong = new NetworkProblem.Source("mobilenet-v1:0.25").problem(folder);
        try (Engine engine = Contender.Opener.ENGINES.open("simd", 1);
                Contender plan = NetworkContender.plan(wrong, engine)) {
            assertThrows(Contender.WrongResult.class, plan::validate);
        }
    }

    @Test
    void anIntervalOfTheMedianIsTwoOfTheValues() {
        double[] values = {5, 1, 2, 9, 3, 7, 4, 8, 6, 11, 10};
        assertArrayEquals(new double[]{3, 9}, Statistics.medianInterval(values));
        assertArrayEquals(new double[]{5, 5}, Statistics.medianInterval(new double[]{5}));
    }

    @Test
    void aGrowthIsShownAndDrawn() throws IOException {
        Path growth = Files.writeString(folder.resolve("growth.json"),
                """
                        {"cpu": "c", "java": "j", "onnxruntime": "o", "axes": [{"name": "batch", "title": "batch: B", "date": "d", "workSlope": 1,
                         "lines": [{"label": "simd", "x": [1, 2, 4], "millis": [3, 6, 12], "quartileMillis": [[3, 3], [6, 6], [12, 12]],
                         "slope": 1}]}]}""");
        Path chart = folder.resolve("growth.png");
        Ran ran = run("show", growth.toString(), "--chart", chart.toString());
        assertEquals(0, ran.code(), ran.err());
        assertTrue(
                ran.out().lines().anyMatch(
                        line -> line.matches("simd, ms +3\\.000 +6\\.000 +12\\.000 +1\\.00")),
                ran.out());
        assertTrue(ImageIO.read(chart.toFile()).getWidth() > 500);
    }

    @Test
    void blocksAreTheNetworks() {
        List<Blocks.Block> mobilenet = Blocks.named("mobilenet", "separable", 1);
        assertEquals(9, mobilenet.size());
        assertEquals(13, mobilenet.stream().mapToInt(Blocks.Block::count).sum());
        assertEquals(5, mobilenet.stream().filter(block -> block.name().equals("512-14-1-512"))
                .findFirst().orElseThrow().count());
        Blocks.Block xception = Blocks.named("xception", "separable", 8).getFirst();
        assertEquals(new Shape(8, 728, 19, 19), xception.input());
        assertEquals(Blocks.one("728-19-1-728", "keras", 8).layer(), xception.layer());
        assertTrue(Blocks.named("5x5", "depthwise", 1).stream()
                .allMatch(block -> block.layer().stages().size() == 1
                        && block.layer().stages().getFirst().kernelHeight() == 5));
        assertEquals(new Shape(1, 64, 56, 56), Blocks.one("64-112-2-128", "pointwise", 1).input());
        assertEquals(8,
                Blocks.one("64-112-2-128", "grouped8", 1).layer().stages().getFirst().groups());
    }

    @Test
    void bytesAreThoseThatMustMove() {
        Blocks.Block block = Blocks.one("8-9-1-16", "separable", 2);
        assertEquals(4 * (2 * 8 * 81 + 2 * 16 * 81 + 8 * 9 + 8 + 8 * 16 + 16), block.bytes());
        assertEquals(2.0 * 2 * 81 * (8 * 9 + 8 * 16), block.flops());
    }

    @Test
    void aRooflineIsTheLowerOfTwoRoofs() {
        Roofline roofline = new Roofline(200, 25);
        assertEquals(50, roofline.attainable(2));
        assertEquals(200, roofline.attainable(8));
        assertEquals(200, roofline.attainable(100));
        assertEquals(8, roofline.ridge());
    }

    @Test
    void meansAreGeometricAndWeighted() {
        assertEquals(Math.cbrt(2 * 2 * 16),
                Statistics.geometricMean(List.of(2.0, 16.0), List.of(2, 1)), 1e-12);
        assertEquals(3, Timing.median(new double[]{9, 3, 1}));
        assertEquals(1, Timing.quantile(new double[]{9, 3, 1}, 0));
        assertEquals(9, Timing.quantile(new double[]{9, 3, 1}, 1));
        assertEquals(1.5, Statistics.logSlope(new double[]{1, 10, 100},
                new double[]{7, 7 * Math.pow(10, 1.5), 7000}), 1e-9);
    }

    @Test
    void geomeansAreKeyedByEngineAndByVariantWhereThereAreSeveral() {
        List<BenchResults.Row> rows = new ArrayList<>(List.of(row("separable", "simd", null, 2),
                row("separable", "tornado", 4.0, 1), row("separable", "simd", null, 8)));
        assertEquals(List.of("simd", "tornado"),
                List.copyOf(BenchResults.geomeans(rows, false).keySet()));
        assertEquals(4, BenchResults.geomeans(rows, false).get("simd"), 1e-12);
        assertEquals(List.of("tornado"), List.copyOf(BenchResults.geomeans(rows, true).keySet()));
        assertEquals(4, BenchResults.geomeans(rows, true).get("tornado"), 1e-12);
        rows.add(row("standard", "simd", null, 3));
        assertEquals(List.of("simd separable", "tornado separable", "simd standard"),
                List.copyOf(BenchResults.geomeans(rows, false).keySet()));
        assertNull(BenchResults.geomeans(rows, false).get("simd"));
    }

    @Test
    void readingIsMeasuredBesideOnnxRuntime() throws IOException {
        Path json = folder.resolve("read.json");
        Path model = Path.of("examples/onnx-pictures/model/stripes.onnx");
        Ran ran = run("read", model.toString(), "--json", json.toString());
        assertEquals(0, ran.code(), ran.err());
        JsonNode document = new ObjectMapper().readTree(json.toFile());
        assertEquals(Files.size(model), document.get("fileBytes").asLong());
        assertEquals(2, document.get("rows").size());
        document.get("rows").forEach(row -> {
            assertTrue(row.get("seconds").asDouble() > 0, row.toString());
            // no process has less than a megabyte
            assertTrue(row.get("peakBytes").asLong() > 1 << 20, row.toString());
        });
        assertTrue(ran.out().contains("ONNX Runtime"), ran.out());
        assertEquals(1, run("read", folder.resolve("none.onnx").toString()).code());
    }

    private static BenchResults.Row row(String variant, String engine, Double kernelRatio,
            double ratio) {
        return new BenchResults.Row("b", variant, 1, engine, null, "d", null, 1, new double[2],
                BenchResults.PEER, ratio, new double[2], ratio, kernelRatio, 1, 1, null, 1, 1, 1, 1,
                null);
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void coldTimesCommandsAndFirstRuns() throws IOException {
        Path json = folder.resolve("cold.json");
        Ran ran = run("cold", "--only", "commands,library", "--network", "mobilenet-v1:0.25",
                "--times", "1", "--seconds", "3", "--json", json.toString());
        assertEquals(0, ran.code(), ran.err());
        JsonNode document = new ObjectMapper().readTree(json.toFile());
        List<String> rows = new ArrayList<>();
        for (JsonNode row : document.get("rows")) {
            rows.add(row.get("what").asText());
            assertTrue(row.get("median").asDouble() > 0, row.toString());
            assertEquals(1, row.get("all").size());
            assertTrue(ran.out().contains(row.get("what").asText()), ran.out());
        }
        assertTrue(
                rows.containsAll(List.of("scripts/sepconv --version", "scripts/sepconv --help",
                        "scripts/sepconv params", "simd: engine opened", "simd: compiled",
                        "simd: first run", "simd: opened to first result", "simd: steady run")),
                rows.toString());
    }

    @Test
    void coldTakesNoCommandThatWarnsOrPrintsSomethingElse() throws IOException {
        assertEquals("sepconv 1\n", Cold.checked("sepconv", "sepconv ", "sepconv 1\n"));
        assertThrows(IOException.class, () -> Cold.checked("sepconv", "sepconv ", ""));
        for (String warning : List.of("[error][aot] no file", "[0.012s][warning][cds] no",
                "WARNING: Using incubator modules: jdk.incubator.vector")) {
            assertThrows(IOException.class,
                    () -> Cold.checked("sepconv", "sepconv ", warning + "\nsepconv 1\n"));
        }
    }
}
