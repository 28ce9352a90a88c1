package dev.sepconv.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.InputSizes;
import dev.sepconv.Models;
import dev.sepconv.Network;
import dev.sepconv.io.onnx.OnnxReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {

    private static final Path CARDS = Path.of("scripts/model-cards");

    @TempDir
    Path folder;

    private ModelCard card(String json) throws IOException {
        return ModelCard.read(Files.writeString(folder.resolve("net.sepconv.json"), json));
    }

    @Test
    void whatIsLeftOutIsUsual() throws IOException {
        assertEquals(Preparation.PLAIN, card("{}").preparation());
        assertEquals(ModelCard.Output.UNKNOWN, card("{}").output("y"));
        Preparation preparation = card(
                """
                        {"about": "a net", "source": "a page", "picture": {"height": 48, "minWidth": 320, "multiple": 8, "fit": "line",
                         "padding": 0.5, "channels": "bgr", "full": 255, "mean": [1, 2, 3], "std": 4}}""")
                .preparation();
        assertEquals(
                new Preparation(new InputSize(48, 0, 320, 8, 0), Fit.LINE, 1, 0.5f, Channels.BGR,
                        255, List.of(1f, 2f, 3f), List.of(4f), Preparation.PLAIN.layout()),
                preparation);
    }

    @Test
    void labelsStandInItOrBesideIt() throws IOException {
        Files.writeString(folder.resolve("names.txt"), "a\nb\n");
        ModelCard card = card(
                """
                        {"outputs": {"x": {"kind": "logits", "labels": "names.txt"}, "y": {"labels": ["c"], "meaning": "m"}}}""");
        assertEquals(new ModelCard.Output(ModelCard.Kind.LOGITS, List.of("a", "b"), ""),
                card.output("x"));
        assertEquals(new ModelCard.Output(ModelCard.Kind.NUMBERS, List.of("c"), "m"),
                card.output("y"));
    }

    @Test
    void itLiesBesideItsModel() throws IOException {
        assertTrue(ModelCard.beside(folder.resolve("net.onnx")).isEmpty());
        card("{\"about\": \"mine\"}");
        assertEquals("mine", ModelCard.beside(folder.resolve("net.onnx")).orElseThrow().about());
        assertEquals("mine", ModelCard.beside(folder.resolve("net.json")).orElseThrow().about());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"[1] | it is no object",
            "{ | it is no JSON: ", "{\"pictures\": {}} | \"pictures\" is not known",
            "{\"picture\": 5} | \"picture\" is no object",
            "{\"picture\": {\"fit\": \"zoom\"}} | \"picture.fit\" is \"zoom\"; it must be stretch or crop or",
            "{\"picture\": {\"height\": 1.5}} | \"picture.height\" is 1.5; it must be a whole number",
            "{\"picture\": {\"width\": 5}} | width is 5 and height is open",
            "{\"picture\": {\"std\": 0}} | std is [0.0]",
            "{\"picture\": {\"mean\": [1, 2]}} | mean is [1.0, 2.0]",
            "{\"picture\": {\"mean\": [\"a\"]}} | \"picture.mean\" is [\"a\"]",
            "{\"outputs\": {\"y\": {\"kind\": \"boxes\"}}} | \"outputs.y.kind\" is \"boxes\"; it must be numbers or",
            "{\"outputs\": {\"y\": {\"labels\": \"../names.txt\"}}} | \"labels\" is '../names.txt'; it must be a file beside the card",
            "{\"outputs\": {\"y\": {\"labels\": []}}} | \"outputs.y.labels\" is []",
            "{\"outputs\": []} | \"outputs\" is no object",
            "{\"outputs\": {\"y\": {\"labels\": \"no.txt\"}}} | no.txt are not there"})
    void mistakesAreNamed(String json, String said) {
        String message = assertThrows(IOException.class, () -> card(json)).getMessage();
        assertTrue(message.contains(said.strip()), message);
    }

    /**
     * Each card of ours is read, belongs to a model that is fetched, and names the outputs that the
     * model has.
     */
    @Test
    void everyCardFitsItsModel() throws IOException {
        List<Path> cards;
        try (Stream<Path> files = Files.walk(CARDS)) {
            cards = files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
        assertEquals(7, cards.size());
        Models.fetched(Models.PP_OCR_KEYS);
        for (Path card : cards) {
            Path folder = Models.FOLDER.resolve(CARDS.relativize(card).getParent());
            String stem = card.getFileName().toString().replace(".sepconv.json", "");
            Path copy = Models.fetched(folder.resolve(card.getFileName()));
            assertEquals(Files.readString(card), Files.readString(copy),
                    "run scripts/fetch-models again");
            ModelCard known = ModelCard.read(copy);
            Path onnx = folder.resolve(stem + ".onnx");
            if (Files.exists(onnx)) {
                InputSize size = known.preparation().size().resolve(64, 320);
                Network network = OnnxReader.read(onnx,
                        InputSizes.AS_IN_MODEL.withPicture(size.height(), size.width()));
                assertTrue(network.outputs().containsAll(known.outputs().keySet()),
                        card + " " + network.outputs());
            } else {
                assertTrue(Files.exists(folder.resolve(stem + ".json")), card.toString());
            }
        }
    }
}
