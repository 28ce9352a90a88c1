package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.FaultyEngine;
import dev.sepconv.compare.LayerComparison;
import dev.sepconv.compare.Limits;
import dev.sepconv.compare.Run;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.engine.Engines.Missing;
import dev.sepconv.engine.java.JavaEngine;
import dev.sepconv.measure.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final List<String> KEYS_OF_A_RUN = List.of("variant", "engine", "device",
            "inputShape", "outputShape", "parameters", "multiplyAdds", "ratioToStandard",
            "medianMillis", "gflops", "maxAbsError");

    @TempDir
    Path folder;

    @Test
    void resultsHaveTheKeysThatArePromised() throws IOException {
        Reports.write("photo.png", Reports.compare(4, java()), folder);
        JsonNode json = json();
        assertEquals("photo.png", json.get("image").asText());
        assertEquals(2, json.get("schemaVersion").asInt());
        assertEquals(12, json.get("runs").size());
        for (JsonNode run : json.get("runs")) {
            List<String> keys = new ArrayList<>();
            run.fieldNames().forEachRemaining(keys::add);
            assertEquals(KEYS_OF_A_RUN, keys.subList(0, KEYS_OF_A_RUN.size()));
            assertEquals("ok", run.get("state").asText());
            assertTrue(run.get("medianMillis").asDouble() > 0);
            assertEquals(
                    2e-6 * run.get("multiplyAdds").asLong() / run.get("medianMillis").asDouble(),
                    run.get("gflops").asDouble(), 1e-9);
            assertTrue(run.get("maxAbsError").asDouble() < 1e-5);
            assertTrue(run.get("spread").get("runs").asInt() >= 3);
        }
        JsonNode xception = json.get("runs").get(5);
        assertEquals("separable-xception", xception.get("variant").asText());
        assertEquals("[1,3,19,29]", xception.get("inputShape").toString());
        assertEquals("[1,4,19,29]", xception.get("outputShape").toString());
        assertEquals(48, xception.get("parameters").asInt());
        assertEquals(48 * 19 * 29, xception.get("multiplyAdds").asInt());
        assertEquals(48 / 108.0, xception.get("ratioToStandard").asDouble(), 1e-12);
        assertEquals(48 / 108.0, xception.get("multiplyAddsRatioToStandard").asDouble(), 1e-12);
        assertEquals("tornado", json.get("missingEngines").get(0).get("engine").asText());
        assertEquals(58, json.get("imageSize").get("originalWidth").asInt());
        assertEquals(42, json.get("settings").get("seed").asInt());
        assertFalse(json.get("environment").get("cpu").asText().isBlank());
        assertEquals(1 / 3.0 + 1 / 9.0,
                json.get("article").get("separableRatioAsWritten").asDouble(), 1e-12);
    }

    @Test
    void everyFileThatResultsNameIsThereAndNoOther() throws IOException {
        Reports.write("photo.png", Reports.compare(4, java()), folder);
        List<String> named = new ArrayList<>();
        json().get("files").forEach(file -> named.add(file.asText()));
        assertEquals(51, named.stream().filter(name -> name.startsWith("maps/")).count());
        try (Stream<Path> files = Files.walk(folder)) {
            assertEquals(named.stream().sorted().toList(),
                    files.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                            .sorted().toList());
        }
        for (String name : named) {
            if (name.endsWith(".png")) {
                var image = ImageIO.read(folder.resolve(name).toFile());
                assertEquals(Reports.WIDTH, image.getWidth(), name);
                assertEquals(Reports.HEIGHT, image.getHeight(), name);
            }
        }
        // fewer filters the second time: no map of the first may stay
        Reports.write("photo.png", Reports.compare(1, java()), folder);
        assertFalse(Files.exists(folder.resolve("maps/standard-02.png")));
        assertTrue(Files.exists(folder.resolve("maps/standard-01.png")));
    }

    @Test
    void failedAndWrongRunsAreSaidInBoth() throws IOException {
        Reports.write("photo.png",
                Reports.compare(4, new Inventory(List.of(new FaultyEngine()), List.of())), folder);
        JsonNode failed = json().get("runs").get(2);
        assertEquals("failed", failed.get("state").asText());
        assertEquals("device <faulty> is out of memory", failed.get("error").asText());
        assertTrue(failed.get("medianMillis").isNull() && failed.get("gflops").isNull()
                && failed.get("maxAbsError").isNull());
        JsonNode wrong = json().get("runs").get(8);
        assertEquals("disagrees", wrong.get("state").asText());
        assertEquals(1, wrong.get("maxAbsError").asDouble(), 1e-5);
        String page = page();
        assertTrue(page.contains("device &lt;faulty&gt; is out of memory"));
        assertTrue(page.contains("Faulty &lt;b&gt;device&lt;/b&gt;"));
        assertTrue(page.contains("wrong: 1.0e+00"));
        assertTrue(page.contains("No device gave a right result."));
    }

    @Test
    void thePageShowsTheLayerInsideANetwork() throws IOException {
        Comparison comparison = Reports.compareLayers(java());
        Reports.write("photo.png", comparison, folder);
        String page = page().replaceAll("\\s+", " ");
        String heads = page.substring(page.indexOf("<table class=\"layers\">"));
        assertEquals(
                "Convolution|Times fewer|Times as fast|Arrives|Why not all|Median ms|Quartiles ms|Parameters|Multiply-adds|GFLOP/s|GB/s|"
                        + "Largest difference",
                heads.substring(heads.indexOf("<tr>"), heads.indexOf("</tr>"))
                        .replaceAll("</th>(?=.)", "|").replaceAll("<[^>]*>", "")
                        .replaceAll("\\|$", ""));
        assertTrue(page.contains(
                "how many times fewer multiply-adds it has, how many times as fast it is, and how much of the saving "
                        + "arrives: the second over the first."));
        assertTrue(page.contains("in NHWC order, as runtimes on CPUs keep them"));
        assertTrue(page.contains("separable-mobilenet, two tasks")
                && page.contains("separable-mobilenet, fused"));
        assertTrue(page.contains("Then all of one device take turns"));
        assertTrue(page.contains("深度可分离卷积与分组卷积 by DaNing, a blog under CC BY 4.0"));
        assertTrue(page.contains(
                "For a grouped convolution the article writes g · h₁ · w₁ · c₂/g, which is K² · N whatever g is"));
        assertTrue(page.matches(
                ".*Inside a network, on maps of 4 × 5 × 5, MobileNet&#39;s separable convolution has [\\d.]+× fewer "
                        + "parameters and [\\d.]+× fewer multiply-adds than the standard one and is "
                        + "(~?[\\d.]+ times|about) as fast on java.*"));
        LayerComparison layer = comparison.layers().getFirst();
        for (Run run : layer.runs()) {
            layer.saving(run)
                    .ifPresent(saving -> saving.reasons()
                            .forEach(reason -> assertTrue(page.contains(
                                    reason.sentence().replace("'", "&#39;").replace("<", "&lt;")),
                                    reason.sentence())));
        }
        String drawing = Files.readString(folder.resolve("chain.svg"));
        assertTrue(drawing.startsWith("<svg") && drawing.contains("4 filters of 4 × 3 × 3")
                && drawing.contains(" ms as two tasks, "));
        Reports.write("photo.png", Reports.compare(1, java()), folder);
        assertFalse(Files.exists(folder.resolve("chain.svg")), "an earlier report's drawing stays");
    }

    @Test
    void whatNeverGotSteadyIsMarkedWhereverItIsSaid() throws IOException {
        Comparison measured = Reports.compareLayers(java());
        Comparison steady = madeUp(measured, run -> 3, run -> true);
        Reports.write("photo.png", steady, folder);
        String page = page().replaceAll("\\s+", " ");
        String drawing = Files.readString(folder.resolve("chain.svg"));
        assertTrue(page.contains("and is 3.00 times as fast on java (Java 25, 1 thread): "),
                page.substring(0, 9000));
        assertTrue(drawing.contains(">3.00 times as fast</text>"), drawing);
        assertFalse(drawing.contains("~")
                || page.substring(0, page.indexOf("<h2 id=\"picture\"")).contains("~3.00"));
        for (String unsteady : List.of("standard", "separable-mobilenet")) {
            Reports.write("photo.png",
                    madeUp(measured, run -> 3, run -> !run.variant().name().equals(unsteady)),
                    folder);
            page = page().replaceAll("\\s+", " ");
            drawing = Files.readString(folder.resolve("chain.svg"));
            assertTrue(page.contains("and is ~3.00 times as fast on java (Java 25, 1 thread): ~"),
                    unsteady);
            assertTrue(page.contains(
                    "arrives as time. (~: the times never got steady, so they say little.)"),
                    unsteady);
            assertTrue(
                    page.contains(
                            "A number with ~ comes from runs that never got steady.</figcaption>"),
                    unsteady);
            assertTrue(drawing.contains(">~3.00 times as fast</text>")
                    && drawing.contains(", ~3.00 times as fast.\""), unsteady);
            assertTrue(page.contains(" fewer, ~3.00× faster: ~"), "the chart");
            assertTrue(page.contains("<td>~3.00×</td><td>~"), "the table");
        }
    }

    @Test
    void whereQuartilesOverlapNothingIsSaidToBeFaster() throws IOException {
        Reports.write("photo.png", madeUp(Reports.compareLayers(java()), run -> 1, run -> true),
                folder);
        assertTrue(page().replaceAll("\\s+", " ").contains("and is about as fast on java"));
        assertTrue(Files.readString(folder.resolve("chain.svg")).contains(">about as fast</text>"));
        assertTrue(page().contains("<td class=\"why\">as long"));
        assertFalse(page().contains("<td class=\"why\">slower"));
    }

    /**
     * The second part with times of our own: the standard ones take 6 ms, with quartiles 1 % off.
     */
    private static Comparison madeUp(Comparison of, ToDoubleFunction<Run> timesAsFast,
            Predicate<Run> steady) {
        List<LayerComparison> layers = of.layers().stream()
                .map(layer -> new LayerComparison(layer.size(), layer.firstStride(), layer.input(),
                        layer.variants(), layer.runs().stream().map(run -> {
                            double millis = run.variant().isStandard()
                                    ? 6
                                    : 6 / timesAsFast.applyAsDouble(run);
                            Timing timing = Timing
                                    .of(new double[]{0.99 * millis, millis, 1.01 * millis}, 1);
                            return new Run(run.variant(), run.device(), run.input(), run.fusion(),
                                    new Run.Measured(timing, steady.test(run),
                                            ((Run.Measured) run.outcome()).difference(),
                                            List.of()));
                        }).toList(), layer.limits(), layer.spared(), layer.othersShare()))
                .toList();
        return new Comparison(of.settings(), of.input(), of.devices(), of.variants(), of.runs(),
                of.maps(), of.othersShare(), layers, of.missing(), of.notes(), of.observations());
    }

    @Test
    void thePeakSaysWhereItComesFrom() {
        assertEquals(
                "Measured here: multiply-adds on registers alone reach 160 GFLOP/s, the best of several turns spread over the "
                        + "run; a copy of large arrays 20.0 GB/s.",
                Phrases.limits(new Limits(160.0, null, 20.0, null)));
        assertEquals(
                "Measured here: pointwise reached 95.0 GFLOP/s, more than multiply-adds on registers alone in any turn, so the "
                        + "machine was busy.",
                Phrases.limits(new Limits(95.0, "pointwise", null, null)));
        assertEquals("", Phrases.limits(null));
    }

    @Test
    void namesAreEscaped() throws IOException {
        Reports.write("<script>alert(1)</script>\"'&.png", Reports.compare(1, java()), folder);
        assertFalse(page().contains("<script"));
        assertTrue(page().contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;.png"));
    }

    @Test
    void thePageLoadsNothingFromAnywhere() throws IOException {
        Reports.write("photo.png", Reports.compare(4, java()), folder);
        String page = page();
        var sources = Pattern.compile("(?<!-)\\b(?:src|href|srcset|poster|action)=\"([^\"]*)\"")
                .matcher(page);
        int found = 0;
        while (sources.find()) {
            String target = sources.group(1);
            assertTrue(target.startsWith("data:") || target.startsWith("#"),
                    target.substring(0, Math.min(80, target.length())));
            found++;
        }
        assertTrue(found > 40);
        assertFalse(page.contains("url(") || page.contains("@import"));
        assertFalse(page.contains("http:") || page.contains("https:"),
                "no address of another place");
    }

    @Test
    void numbersAreTheSameInEveryCountry() throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            Reports.write("photo.png", Reports.compare(4, java()), folder);
        } finally {
            Locale.setDefault(before);
        }
        assertTrue(page().contains("<td>0.444</td>"));
        assertFalse(page().contains("0,444"));
    }

    @Test
    void featureMapsAreDrawnByTheRule() {
        Tensor signed = Tensor.of(Shape.of(1, 1, 4), Layout.NCHW, -2, 0, 1, 2);
        assertEquals(List.of(0f, 0.5f, 0.75f, 1f), grey(signed));
        Tensor positive = Tensor.of(Shape.of(1, 1, 3), Layout.NCHW, 0, 4, 8);
        assertNotEquals(0.5f, grey(positive).getFirst());
        assertEquals(0f, grey(positive).getFirst());
        assertEquals(List.of(0f, 0f), grey(Tensor.zeros(Shape.of(1, 1, 2), Layout.NCHW)));
    }

    private static List<Float> grey(Tensor map) {
        List<Float> levels = new ArrayList<>();
        for (float level : MapPictures.grey(map, 0).data()) {
            levels.add(level);
        }
        return levels;
    }

    private static Inventory java() {
        return new Inventory(List.of(JavaEngine.open()),
                List.of(new Missing("tornado", "TORNADOVM_HOME is not set")));
    }

    private JsonNode json() throws IOException {
        JsonNode json = new ObjectMapper().readTree(folder.resolve("results.json").toFile());
        assertNotNull(json);
        return json;
    }

    private String page() throws IOException {
        return Files.readString(folder.resolve("report.html"));
    }
}
