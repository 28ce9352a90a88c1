package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

    @TempDir
    private Path folder;

    /** Howard et al. 2017, tables 2 and 4. */
    @Test
    void mobileNetV1AsThePaperHasIt() throws IOException {
        JsonNode json = Invocation.inProcess("inspect", "mobilenet-v1", "--json").succeeded()
                .json();
        assertEquals(4_231_976, json.get("parameters").asLong());
        assertEquals(0.9486, json.get("kinds").get("pointwise").get("multiplyAddShare").asDouble(),
                1e-4);
        assertEquals(13, json.get("standard").get("replaced").asInt());
        assertEquals(29.3e6, json.get("standard").get("parameters").asDouble(), 5e4);
        assertTrue(json.get("standardWithoutExpansion").isNull());
        assertEquals("[1,3,224,224]", json.get("inputs").get(0).get("shape").toString());
        assertEquals("depthwise", json.get("layers").get(3).get("kind").asText());
        assertTrue(json.get("memory").get("peak").asLong() <= json.get("memory").get("shared")
                .asLong());
        assertTrue(json.get("memory").get("shared")
                .asLong() < json.get("memory").get("apart").asLong() / 2);
    }

    @Test
    void theTableHasEveryLayerAndTheSums() {
        String out = Invocation
                .inProcess("inspect", "mobilenet-v2", "--simplified", "--size", "96x64").succeeded()
                .out();
        assertTrue(out.startsWith("mobilenet-v2: input [1, 3, 96, 64] to probabilities [1, 1000]"),
                out);
        assertTrue(out.contains("block17/depthwise + block17/project  separable "), out);
        assertTrue(out.contains("with standard convolutions"), out);
        assertTrue(out.contains("Each of the 16 inverted residuals"), out);
        assertTrue(out.matches("(?s).*\\ball +3,487,816 .*"), out);
    }

    @Test
    void aBatchCostsAsManyTimesTheWorkAndNoMoreWeights() throws IOException {
        JsonNode one = Invocation.inProcess("inspect", "mobilenet-v1:0.25", "--json").succeeded()
                .json();
        JsonNode seven = Invocation
                .inProcess("inspect", "mobilenet-v1:0.25", "--batch", "7", "--json").succeeded()
                .json();
        assertEquals("[7,3,224,224]", seven.get("inputs").get(0).get("shape").toString());
        assertEquals(7 * one.get("multiplyAdds").asLong(), seven.get("multiplyAdds").asLong());
        assertEquals(one.get("parameters"), seven.get("parameters"));
        assertEquals(7 * one.get("memory").get("peak").asLong(),
                seven.get("memory").get("peak").asLong());
    }

    /** Sizes that ONNX's own Python package counts. */
    @Test
    void weightsAreNamedByTheirTypesAsStored() throws IOException {
        String model = "src/test/resources/quantised/small-qdq-s8.onnx";
        JsonNode stored = Invocation.inProcess("inspect", model, "--json").succeeded().json()
                .get("stored");
        assertEquals(
                "[{\"type\":\"int8\",\"arrays\":31,\"numbers\":4453,\"bytes\":4453},{\"type\":\"float\",\"arrays\":33,\"numbers\":224,\"bytes\":896},{\"type\":\"int32\",\"arrays\":16,\"numbers\":204,\"bytes\":816},{\"type\":\"int64\",\"arrays\":1,\"numbers\":8,\"bytes\":64}]",
                stored.toString());
        String out = Invocation.inProcess("inspect", model).succeeded().out();
        assertTrue(out.matches("(?s).*STORED AS +ARRAYS +NUMBERS +BYTES.*\\bint8 +.*"), out);
        assertTrue(Invocation.inProcess("inspect", "mobilenet-v1:0.25", "--json").succeeded().json()
                .get("stored").isNull());
    }

    @Test
    void theChartIsAPicture() throws IOException {
        Path chart = folder.resolve("chart.png");
        String out = Invocation.inProcess("inspect", "mobilenet-v1:0.25", "--chart", chart)
                .succeeded().out();
        assertTrue(out.endsWith("wrote " + chart + System.lineSeparator()), out);
        BufferedImage image = ImageIO.read(chart.toFile());
        assertEquals(1800, image.getWidth());
        int blue = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                blue += (image.getRGB(x, y) & 0xffffff) == 0x0072b2 ? 1 : 0;
            }
        }
        assertTrue(blue > 10_000, "pointwise convolutions have " + blue + " pixels");
    }

    @Test
    void whatCanNotBeIsRefused() {
        Invocation.inProcess("inspect").failed(2, "missing required parameter: 'MODEL'");
        Invocation.inProcess("inspect", "vgg").failed(2,
                "model is 'vgg'; it must be an ONNX file or one of mobilenet-v1, mobilenet-v2, xception");
        Invocation.inProcess("inspect", "mobilenet-v1:9").failed(2,
                "alpha is 9.0; it must be from 0.03125 to 4");
        Invocation.inProcess("inspect", "xception", "--size", "5").failed(2,
                "node 'entry2' (conv): kernel height 3");
        Invocation.inProcess("inspect", "mobilenet-v1", "--batch", "0").failed(2,
                "--batch is 0; it must be at least 1");
        Invocation.inProcess("inspect", folder.resolve("no.onnx")).failed(1,
                "no.onnx: there is no such file or folder");
        Invocation.inProcess("inspect", "mobilenet-v1", "--chart", folder.resolve("no/chart.png"))
                .failed(1, "does not exist");
    }
}
