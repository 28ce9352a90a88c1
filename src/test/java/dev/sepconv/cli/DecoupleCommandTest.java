package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.Dims;
import dev.sepconv.Models;
import dev.sepconv.NdArray;
import dev.sepconv.io.Npy;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import dev.sepconv.picture.ModelCard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecoupleCommandTest {

    @TempDir
    Path folder;

    private Path weights;
    private Path bias;
    private Path input;

    @BeforeEach
    void write() throws IOException {
        weights = file("w.npy", 13, 5, 3, 3);
        bias = file("b.npy", 13);
        input = file("x.npy", 5, 11, 9);
        file("narrow.npy", 5, 2, 2);
        file("none.npy", 13, 0, 3, 3);
        file("six.npy", 6, 5, 5);
        Files.createDirectory(folder.resolve("folder"));
    }

    private Path file(String name, Integer... shape) throws IOException {
        Random random = new Random(name.hashCode());
        float[] numbers = new float[List.of(shape).stream().reduce(1, Math::multiplyExact)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        Npy.write(folder.resolve(name), List.of(shape), numbers);
        return folder.resolve(name);
    }

    private Invocation decouple(Object... more) {
        List<Object> args = new ArrayList<>(List.of("decouple", "--weights", weights));
        args.addAll(List.of(more));
        return Invocation.inProcess(args.toArray());
    }

    private float[] conv(Path first, Object... more) throws IOException {
        Path output = folder.resolve("y.npy");
        List<Object> args = new ArrayList<>(List.of("conv", "--input", input, "--weights", first,
                "--output", output, "--stride", 2, "--pad", 1, "--engine", "java"));
        args.addAll(List.of(more));
        Invocation.inProcess(args.toArray()).succeeded();
        return Npy.read(output);
    }

    @Test
    void aModelsStandardConvolutionsAreTakenApart() throws IOException {
        Path out = folder.resolve("apart");
        Invocation apart = Invocation.inProcess("decouple", "mobilenet-v1:0.25", "--size", "32x32",
                "--terms", 3, "--out", out).succeeded();
        assertTrue(apart.out().contains("[8, 3, 3, 3]"), apart.out());
        assertTrue(apart.out().contains("Output '"), apart.out());
        assertTrue(apart.out().contains("1 of 1 layer is taken apart"), apart.out());
        try (var files = Files.list(out)) {
            List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
            // one standard convolution: its two steps and the chart
            assertEquals(3, names.size(), names.toString());
            assertTrue(names.get(0).endsWith(".depthwise.npy")
                    && names.get(1).endsWith(".pointwise.npy"), names.toString());
        }
        Invocation.inProcess("decouple").failed(2, "neither a model nor --weights is given");
        Invocation.inProcess("decouple", "mobilenet-v1", "--weights", weights).failed(2,
                "only one can be");
        Invocation.inProcess("decouple", "mobilenet-v1", "--pad", 1).failed(2,
                "--pad goes with --weights");
    }

    /** Of 13 filters of 3x3 five terms are cheaper and six are not. */
    @Test
    void aLayerThatGetsNoCheaperStaysStandard() throws IOException {
        Path out = folder.resolve("dear");
        for (int terms = 5; terms <= 6; terms++) {
            boolean apart = terms == 5;
            JsonNode document = Invocation
                    .inProcess("decouple", onnx(), "--terms", terms, "--out", out, "--json")
                    .succeeded().json();
            JsonNode row = document.get("layers").get(0);
            assertEquals(apart, row.get("takenApart").asBoolean());
            assertEquals(terms, row.get("terms").asInt());
            assertEquals(apart, row.get("error").asDouble() > 0);
            assertEquals(apart,
                    row.get("multiplyAdds").asLong() < row.get("multiplyAddsBefore").asLong());
            assertEquals(apart, row.get("ifTakenApart").isNull());
            assertEquals(apart ? 1 : 0, document.get("chosen").get("takenApart").asInt());
            assertEquals(row.get("multiplyAdds"), document.get("chosen").get("multiplyAdds"));
            assertEquals(apart, document.get("chosen").get("error").asDouble() > 0);
            assertEquals(apart, document.get("outputErrors").get("y").asDouble() > 0);
            assertEquals(apart ? 3 : 1, document.get("files").size());
            Files.delete(out.resolve("decouple.png"));
        }
        String table = Invocation.inProcess("decouple", onnx(), "--terms", 6).succeeded().out();
        assertTrue(table.contains("stays standard: 6 terms have error 0."), table);
        assertTrue(table.contains(
                "0 of 1 layer is taken apart; all together: error 0.0000, parameters 598 (ratio 1.0000)"),
                table);
    }

    /** One convolution of 5 to 13 channels, open sizes, then a ReLU. */
    private Path onnx() throws IOException {
        return Files.write(folder.resolve("net.onnx"), new OnnxGraph(13).input("x", 0, 5, 9, 9)
                .output("y").floats("w", Dims.of(13, 5, 3, 3), Npy.read(weights))
                .floats("b", Dims.of(13), Npy.read(bias)).node("Conv", List.of("x", "w", "b"), "a")
                .node("Relu", List.of("a"), "y").bytes());
    }

    @Test
    void aModelIsWrittenThatRunAndOnnxRuntimeRead() throws IOException {
        Path apart = folder.resolve("apart.onnx");
        JsonNode document = Invocation
                .inProcess("decouple", onnx(), "--terms", 4, "--output", apart, "--json")
                .succeeded().json();
        assertEquals(apart.toString(), document.get("output").asText());
        Path one = file("one.npy", 1, 5, 9, 9);
        Path y = folder.resolve("y.npy");
        Invocation.inProcess("run", apart, "--engine", "java", "--input", one, "--output", y)
                .succeeded();
        NdArray x = NdArray.of(Dims.of(1, 5, 9, 9), Npy.read(one));
        float[] before = OnnxRuntimeOracle.run(Files.readAllBytes(onnx()), Map.of("x", x)).get("y")
                .data();
        float[] after = OnnxRuntimeOracle.run(Files.readAllBytes(apart), Map.of("x", x)).get("y")
                .data();
        assertArrayEquals(after, Npy.read(y), 1e-4f);
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < before.length; i++) {
            squares += before[i] * before[i];
            differences += (before[i] - after[i]) * (before[i] - after[i]);
        }
        // another random input, so about the same
        double said = document.get("outputErrors").get("y").asDouble();
        assertEquals(said, Math.sqrt(differences / squares), said / 3);
        assertTrue(Invocation.inProcess("decouple", onnx(), "--terms", 4, "--output", apart)
                .succeeded().out().contains("wrote " + apart
                        + "; its errors are measured on the file as it was read again."));
    }

    /** How its picture is prepared and what its outputs mean is the same. */
    @Test
    void theModelsCardGoesWithTheModel() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(folder.resolve("names.txt"), "one\ntwo\n");
        Files.writeString(folder.resolve("net.sepconv.json"),
                """
                        {"about": "a test", "picture": {"height": 9, "width": 9, "channels": "bgr", "mean": [0.5]},
                         "outputs": {"y": {"kind": "probabilities", "labels": "names.txt"}}}""");
        Invocation.inProcess("decouple", onnx(), "--terms", 1, "--output",
                other.resolve("apart.onnx")).succeeded();
        ModelCard before = ModelCard.read(folder.resolve("net.sepconv.json"));
        ModelCard after = ModelCard.beside(other.resolve("apart.onnx")).orElseThrow();
        assertEquals("a test", after.about());
        assertEquals(before.outputs(), after.outputs());
        assertEquals(List.of("one", "two"), after.output("y").labels());
        assertEquals(before.preparation(), after.preparation());
    }

    @Test
    void noModelIsWrittenWhereNoneCanBe() throws IOException {
        Path apart = folder.resolve("apart.onnx");
        Invocation.inProcess("decouple", onnx(), "--output", apart).failed(2,
                "--output needs --terms or --error");
        Invocation.inProcess("decouple", "mobilenet-v1", "--terms", 1, "--output", apart).failed(2,
                "--output writes an ONNX file again; model 'mobilenet-v1' is none");
        Invocation.inProcess("decouple", onnx(), "--error", 0, "--output", apart).failed(2,
                "gets cheaper so; " + apart + " is not written");
        Invocation.inProcess("decouple", onnx(), "--terms", 1, "--output",
                folder.resolve("nowhere/a.onnx")).failed(1, "does not exist");
        decouple("--terms", 1, "--output", apart).failed(2,
                "--output goes with a model; --out writes what becomes of --weights");
        assertFalse(Files.exists(apart));
    }

    @Test
    void whatItWritesIsTheSameConvolution() throws IOException {
        Path out = folder.resolve("made/here");
        decouple("--bias", bias, "--terms", 9, "--out", out).succeeded();
        assertEquals(List.of(45, 1, 3, 3), Npy.readHeader(out.resolve("depthwise.npy")).shape());
        assertEquals(List.of(13, 45, 1, 1), Npy.readHeader(out.resolve("pointwise.npy")).shape());
        float[] standard = conv(weights, "--bias", bias);
        float[] separable = conv(out.resolve("depthwise.npy"), "--pointwise",
                out.resolve("pointwise.npy"), "--pointwise-bias", bias);
        assertEquals(13 * 6 * 5, standard.length);
        assertArrayEquals(standard, separable, 1e-4f);
        decouple("--terms", 2, "--out", out).succeeded(); // over the files that are there
        assertEquals(List.of(10, 1, 3, 3), Npy.readHeader(out.resolve("depthwise.npy")).shape());
    }

    @Test
    void everythingIsInTheDocument() throws IOException {
        JsonNode document = decouple("--bias", bias, "--size", "20x10", "--pad", "same", "--stride",
                2, "--error", 0.5, "--input", input, "--json").succeeded().json();
        assertEquals("[13,5,3,3]", document.get("shape").toString());
        assertEquals(13 * 45 + 13, document.get("parameters").asLong());
        assertEquals(10 * 5 * 13 * 45, document.get("multiplyAdds").asLong());
        assertEquals(9, document.get("options").size());
        JsonNode two = document.get("options").get(1);
        assertEquals(2, two.get("terms").asInt());
        assertEquals(5 * 2 * (9 + 13) + 13, two.get("parameters").asLong());
        assertEquals(10 * 5 * 5 * 2 * (9 + 13), two.get("multiplyAdds").asLong());
        assertEquals(233.0 / 598, two.get("ratioToStandard").asDouble(), 1e-12);
        assertEquals(6, document.get("breakEven").asInt()); // 13 * 9 / (13 + 9) = 5.3
        int chosen = document.get("chosen").get("terms").asInt();
        assertTrue(document.get("options").get(chosen - 1).get("error").asDouble() <= 0.5);
        assertTrue(document.get("options").get(chosen - 2).get("error").asDouble() > 0.5);
        assertEquals(document.get("options").get(chosen - 1).get("error").asDouble(),
                document.get("chosen").get("onNoise").get("relative").asDouble(), 0.15);
        assertNotEquals(document.get("chosen").get("onNoise"),
                document.get("chosen").get("onInput"));
        assertEquals(9, document.get("exact").get("terms").asInt());
        double exact = document.get("exact").get("onInput").get("relative").asDouble();
        assertTrue(exact > 0 && exact < 1e-6, () -> "rounding, not " + exact);
        assertEquals("[]", document.get("files").toString());
    }

    @Test
    void aBiasDoesNotHideTheError() throws IOException {
        float[] large = new float[13];
        Arrays.fill(large, 1e6f);
        Npy.write(bias, List.of(13), large);
        JsonNode with = decouple("--terms", 1, "--bias", bias, "--json").succeeded().json()
                .get("chosen");
        assertEquals(decouple("--terms", 1, "--json").succeeded().json().get("chosen"), with);
    }

    @Test
    void printsATableAndSentences() {
        String out = decouple("--size", 20, "--terms", 3).succeeded().out();
        assertTrue(
                out.contains("w.npy: 3x3, 5 to 13 channels, 585 parameters, 189,540 multiply-adds"),
                out);
        assertEquals(9,
                out.lines().filter(line -> line.matches(" +[1-9] +[01]\\.\\d{4} .*")).count(), out);
        assertEquals(1, out.lines().filter(line -> line.endsWith("<- chosen")).count(), out);
        assertTrue(
                out.contains(
                        "From 6 on it needs no fewer parameters than the standard convolution."),
                out);
        assertTrue(out.contains("Output error with 9 terms: on random input "), out);
        assertTrue(out.contains("Output error with 3 terms: on random input 0."), out);
        assertFalse(decouple().succeeded().out().contains("MULTIPLY-ADDS"));
    }

    @Test
    void drawsAChart() throws IOException {
        Path out = folder.resolve("chart");
        decouple("--out", out, "--size", 8).succeeded();
        assertFalse(Files.exists(out.resolve("depthwise.npy")), "no terms were chosen");
        BufferedImage without = ImageIO.read(out.resolve("decouple.png").toFile());
        decouple("--out", out, "--size", 8, "--terms", 4).succeeded();
        BufferedImage with = ImageIO.read(out.resolve("decouple.png").toFile());
        assertEquals(without.getWidth(), with.getWidth());
        // the band behind 4 of 9 terms, at the left of its dot
        int x = 2 * (70 + 800 * 3 / 9 + 10);
        assertEquals(0xffffffff, without.getRGB(x, 2 * 100));
        assertEquals(0xffeef3f9, with.getRGB(x, 2 * 100));
    }

    @Test
    void readsTensorFlowsWeights() throws IOException {
        weights = Models.fetched(Models.MOBILENET_V1_SSD);
        JsonNode document = decouple("--array", "Prediction/Conv2d_7_pointwise/weights", "--error",
                0, "--json").succeeded().json();
        assertEquals("[128,64,3,3]", document.get("shape").toString());
        // on a map of 2x2 pixels at stride 2 only four taps ever saw a pixel, and the others were
        // never learned
        assertEquals(4, document.get("chosen").get("terms").asInt());
        // NumPy's linalg.svd says so too
        assertEquals(0.4128, document.get("options").get(0).get("error").asDouble(), 5e-5);
        decouple().failed(2, "name an array with --array; those of");
        decouple("--array", "q").failed(2, "--array is 'q', which is not there; those of");
        decouple("--array", "Output/extra_dim").failed(2,
                "filters have the shape [1, 5118, 4]; they must have four dimensions");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"2 | --terms 10 | terms is 10; it must be from 1 to 9",
            "2 | --terms 0 | terms is 0", "2 | --terms x | '--terms'",
            "2 | --error 1.5 | error is 1.5; it must be from 0 to 1",
            "2 | --terms 1 --error 0.1 | --terms and --error can't both be given",
            "2 | --array q | --array is for a TensorFlow.js weight manifest",
            "2 | --bias x.npy | it must be [13], one number a filter",
            "2 | --weights b.npy | has shape [13]; it must be [K, C, R, S]",
            "2 | --weights none.npy | every dimension must be at least 1",
            "2 | --input b.npy | it must be [N, C, H, W] or [C, H, W]; a signal is a picture of height 1, [C, 1, W]",
            "2 | --input six.npy | has 6 channels; the convolution takes 5",
            "2 | --input narrow.npy | spans 3; the padded input has only 2",
            "2 | --size 2 | spans 3; the padded input has only 2",
            "2 | --stride 0 | stride height is 0", "1 | --weights gone.npy | there is no such file",
            "1 | --weights folder | is a folder",
            "1 | --weights gone.json --array x | there is no such file",
            "1 | --out w.npy | is no folder", "1 | --out b.npy/below | b.npy/below"})
    void refuses(int code, String args, String said) {
        List<Object> all = new ArrayList<>(List.of("decouple"));
        if (!args.contains("--weights")) {
            all.addAll(List.of("--weights", weights));
        }
        for (String arg : args.split(" ")) {
            all.add(arg.matches(".*\\.(npy|json)(/below)?|folder")
                    ? folder.resolve(arg).toString()
                    : arg);
        }
        Invocation.inProcess(all.toArray()).failed(code, said);
    }

    @Test
    void refusesWhatWouldNotBeExact() throws IOException {
        Npy.write(weights, List.of(2, 2, 1, 2),
                new float[]{3e-45f, -7e-45f, 1e-44f, 4e-45f, 1.4e-45f, -1e-44f, 8e-45f, 3e-45f});
        decouple().failed(1,
                "which float32 rounding doesn't explain; are the weights very large or very small?");
        Npy.write(weights, List.of(1, 1, 1, 2), new float[]{1, Float.NaN});
        decouple().failed(2, "weight 1 is NaN; all must be finite");
    }

    @Test
    void leavesNothingWhereItFails() {
        Path out = folder.resolve("never");
        decouple("--terms", 99, "--out", out).failed(2, "terms is 99");
        assertFalse(Files.exists(out));
    }
}
