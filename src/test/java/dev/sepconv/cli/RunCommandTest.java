package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.io.Npy;
import dev.sepconv.onnx.LayerModel;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.zoo.KnownNetworks;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

    private static final String MODEL = "mobilenet-v2:0.25";

    @TempDir
    private Path folder;

    private Path array(Dims dims, float[] data) throws IOException {
        Path file = folder.resolve("x.npy");
        Npy.write(file, dims.sizes(), data);
        return file;
    }

    private static float[] noise(int count) {
        Random random = new Random(3);
        float[] noise = new float[count];
        for (int i = 0; i < count; i++) {
            noise[i] = random.nextFloat(-1, 1);
        }
        return noise;
    }

    /** Half red, half blue. */
    private Path picture() throws IOException {
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                image.setRGB(x, y, x < 32 ? 0xff0000 : 0x0000ff);
            }
        }
        Path file = folder.resolve("picture.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    private static void near(double[] wanted, float[] got) {
        double largest = 0;
        for (double value : wanted) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertEquals(wanted.length, got.length);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], got[i], 1e-4 * largest, "at " + i);
        }
    }

    @Test
    void everyArrayIsTheReferencesOne() throws IOException {
        Network network = KnownNetworks.of(MODEL, 32, 48);
        Dims dims = network.dims("input");
        float[] x = noise(dims.elements());
        Path y = folder.resolve("y.npy");
        Path dump = folder.resolve("arrays");
        Invocation done = Invocation.inProcess("run", MODEL, "--size", "32x48", "--input",
                array(dims, x), "--engine", "simd", "--output", y, "--dump", dump).succeeded();
        assertTrue(done.out().contains("wrote " + y), done.out());
        Map<String, double[]> wanted = NetworkReference.run(network,
                Map.of("input", NdArray.of(dims, x)));
        near(wanted.get("probabilities"), Npy.read(y));
        assertEquals(List.of(1, 1000), Npy.readHeader(y).shape());
        JsonNode index = new ObjectMapper().readTree(dump.resolve("index.json").toFile());
        assertEquals(network.nodes().size(), index.size());
        for (JsonNode entry : index) {
            near(wanted.get(entry.get("array").asText()),
                    Npy.read(dump.resolve(entry.get("file").asText())));
        }
    }

    /**
     * A model that leaves its sizes open takes those of the array, whether its input is named or
     * not.
     */
    @Test
    void anArraySaysTheSizesThatTheModelLeavesOpen() throws IOException {
        Path relu = Files.write(folder.resolve("relu.onnx"), new OnnxGraph(13)
                .input("x", 0, 3, 0, 0).output("y").node("Relu", List.of("x"), "y").bytes());
        Path x = array(Dims.of(2, 3, 5, 7), noise(210));
        for (Object input : List.of("x=" + x, x)) {
            Invocation done = Invocation
                    .inProcess("run", relu, "--input", input, "--engine", "simd", "--json")
                    .succeeded();
            assertEquals("[2,3,5,7]", done.json().get("outputs").get(0).get("shape").toString());
        }
    }

    /** The same network for several, each row as it is alone. */
    @Test
    void anArrayOfABatchGoesThroughAtOnce() throws IOException {
        Network network = KnownNetworks.of(MODEL, 32, 32);
        float[] x = noise(3 * 3072);
        Path y = folder.resolve("y.npy");
        Path in = array(Dims.of(3, 3, 32, 32), x);
        Invocation.inProcess("run", MODEL, "--size", "32", "--input", in, "--engine", "simd",
                "--batch", 3, "--output", y).succeeded();
        assertEquals(List.of(3, 1000), Npy.readHeader(y).shape());
        float[] rows = Npy.read(y);
        for (int i = 0; i < 3; i++) {
            float[] one = Arrays.copyOfRange(x, i * 3072, (i + 1) * 3072);
            near(NetworkReference
                    .run(network, Map.of("input", NdArray.of(Dims.of(1, 3, 32, 32), one)))
                    .get("probabilities"), Arrays.copyOfRange(rows, i * 1000, (i + 1) * 1000));
        }
        Invocation
                .inProcess("run", MODEL, "--size", "32", "--input", in, "--engine", "simd",
                        "--batch", 2)
                .failed(2, "has shape [3, 3, 32, 32]; the network takes [2, 3, 32, 32]");
    }

    @Test
    void theGreatestFiveAreNamed() throws IOException {
        Dims dims = Dims.of(1, 3, 32, 32);
        JsonNode json = Invocation
                .inProcess("run", MODEL, "--size", "32", "--input",
                        "input=" + array(dims, noise(3072)), "--engine", "simd", "--json")
                .succeeded().json();
        JsonNode output = json.get("outputs").get(0);
        assertEquals("probabilities", output.get("name").asText());
        JsonNode top = output.get("top").get(0);
        assertEquals(5, top.size());
        assertEquals(output.get("max").asDouble(), top.get(0).get("value").asDouble());
        for (int i = 1; i < 5; i++) {
            assertTrue(
                    top.get(i).get("value").asDouble() <= top.get(i - 1).get("value").asDouble());
        }
        assertEquals("simd", json.get("engine").asText());
        assertTrue(json.get("intermediateBytes").asLong() > 0);
    }

    /** Pixels (p - mean) / std, red first, or blue first with --bgr; mean and std in that order. */
    @Test
    void aPictureGoesInAsItIsSaid() throws IOException {
        Network network = KnownNetworks.of(MODEL, 48, 64);
        Dims dims = network.dims("input");
        float[] mean = {0.1f, 0.2f, 0.3f};
        float[] std = {0.5f, 0.25f, 2};
        for (boolean bgr : new boolean[]{false, true}) {
            float[] x = new float[dims.elements()];
            for (int i = 0; i < x.length; i++) {
                int colour = bgr ? 2 - i / (48 * 64) : i / (48 * 64);
                boolean left = i % 64 < 32;
                float pixel = colour == 0 && left || colour == 2 && !left ? 1 : 0;
                x[i] = (pixel - mean[i / (48 * 64)]) / std[i / (48 * 64)];
            }
            Path y = folder.resolve("y.npy");
            Object[] arguments = {"run", MODEL, "--size", "48x64", "--image", picture(), "--mean",
                    "0.1,0.2,0.3", "--std", "0.5,0.25,2", "--engine", "simd", "--output", y,
                    bgr ? "--bgr" : "--profile"};
            Invocation.inProcess(arguments).succeeded();
            near(NetworkReference.run(network, Map.of("input", NdArray.of(dims, x)))
                    .get("probabilities"), Npy.read(y));
        }
    }

    @Test
    void theProfileHasEveryLayer() throws IOException {
        JsonNode json = Invocation.inProcess("run", MODEL, "--size", "32", "--image", picture(),
                "--engine", "simd", "--profile", "--json").succeeded().json().get("profile");
        double shares = 0;
        long multiplyAdds = 0;
        for (JsonNode layer : json.get("layers")) {
            shares += layer.get("share").asDouble();
            multiplyAdds += layer.get("multiplyAdds").asLong();
        }
        assertEquals(1, shares, 1e-9);
        JsonNode inspected = Invocation.inProcess("inspect", MODEL, "--size", "32", "--json")
                .succeeded().json();
        assertEquals(inspected.get("multiplyAdds").asLong(), multiplyAdds);
    }

    /** A model that can't be read, so that who reads it first says that instead. */
    @Test
    void namesAreCheckedBeforeTheModelIsRead() throws IOException {
        Path model = Files.write(folder.resolve("unreadable.onnx"), new OnnxGraph(13)
                .input("x", 2, 3).output("y").node("NoSuch", List.of("x"), "y").bytes());
        Path x = array(Dims.of(2, 3), noise(6));
        Invocation.inProcess("run", model, "--input", x, "--output", "z=z.npy").failed(2,
                "--output names 'z'; the network's outputs are y");
        Invocation.inProcess("run", model, "--input", "z=" + x).failed(2,
                "--input names 'z'; the network's inputs are x");
        Invocation.inProcess("run", model, "--input", folder.resolve("no.npy")).failed(1,
                "no.npy: there is no such file");
        Invocation.inProcess("run", model, "--input", x).failed(1, "operator NoSuch");
    }

    @Test
    void nothingIsWrittenThatCanNotBe() throws IOException {
        Path picture = picture();
        Path x = array(Dims.of(2, 3), noise(6));
        Invocation.inProcess("run", MODEL).failed(2,
                "name what goes in: --image, --images or --input");
        Invocation.inProcess("run", MODEL, "--input", x, "--mean", "0.5").failed(2,
                "--mean needs --image");
        Invocation.inProcess("run", MODEL, "--input", x, "--bgr").failed(2, "--bgr needs --image");
        Invocation.inProcess("run", MODEL, "--input", x, "--picture", "p.png").failed(2,
                "--picture needs --image");
        Invocation.inProcess("run", MODEL, "--image", picture, "--mean", "127.5").failed(2,
                "--mean is [127.5]; pixels run from 0 to 1, so it must too: divide by 255");
        Invocation.inProcess("run", MODEL, "--image", picture, "--mean", "1,2").failed(2,
                "'1,2' must be one finite number, or three as R,G,B");
        Invocation.inProcess("run", MODEL, "--image", picture, "--std", "0").failed(2,
                "--std is [0.0]; it must be above 0");
        Invocation.inProcess("run", MODEL, "--image", picture, "--picture", folder.resolve("p.png"))
                .failed(2, "--picture can't be drawn: no output is a map");
        Invocation.inProcess("run", MODEL, "--image", picture, "--output", "z=y.npy").failed(2,
                "--output names 'z'; the network's outputs are probabilities");
        Invocation.inProcess("run", MODEL, "--image", picture, "--input", "z=" + x).failed(2,
                "--input names 'z'; the network's inputs are input");
        Invocation.inProcess("run", MODEL, "--input", x).failed(2,
                "x.npy has shape [2, 3]; the network takes [1, 3, 224, 224]");
        Invocation.inProcess("run", MODEL, "--input", x, "--input", x).failed(2,
                "--input is given twice without a name");
        Invocation.inProcess("run", MODEL, "--image", folder.resolve("no.png")).failed(1,
                "is not there: no such file");
        Invocation.inProcess("run", MODEL, "--image", picture, "--dump", picture).failed(1,
                "picture.png: it is no folder");
        Invocation
                .inProcess("run", MODEL, "--image", picture, "--output", folder.resolve("no/y.npy"))
                .failed(1, "does not exist");
        Files.writeString(folder.resolve("text.onnx"), "no model");
        Invocation.inProcess("run", folder.resolve("text.onnx"), "--image", picture).failed(1,
                "text.onnx is not an ONNX model: it is text");
    }

    /** Beside the model: its picture, its classes' names. Options win; one line says so. */
    @Test
    void whatLiesBesideTheModelIsTaken() throws IOException {
        Path file = LayerModel.classifier(folder.resolve("net.onnx"));
        Path picture = picture();
        Object[] plain = {"run", file, "--image", picture, "--engine", "simd", "--size", "1"};
        Invocation ran = Invocation.inProcess(plain);
        assertEquals(0, ran.code(), ran.err());
        assertEquals(
                List.of("sepconv: nothing says how " + file
                        + " wants its picture; it goes in as 1x1, stretched, RGB from 0 to 1, "
                        + "mean 0, std 1 (--preparation, --mean, --std, --bgr, --raw, --fit)"),
                ran.sentences());
        // half red, half blue, each channel's mean
        assertTrue(ran.out().contains("0.500000"), ran.out());
        Files.writeString(folder.resolve("net.sepconv.json"),
                """
                        {"about": "a test", "picture": {"height": 1, "width": 2, "channels": "bgr", "full": 255, "mean": [1, 2, 3]},
                         "outputs": {"y": {"kind": "probabilities", "labels": ["blue", "green", "red"], "meaning": "the mean colour"}}}
                        """);
        ran = Invocation.inProcess("run", file, "--image", picture, "--engine", "simd");
        assertEquals(0, ran.code(), ran.err());
        Path card = folder.resolve("net.sepconv.json");
        assertEquals(
                List.of("sepconv: the picture goes in as " + card
                        + " says: 1x2, stretched, BGR from 0 to 255, mean 1,2,3, std 1"),
                ran.sentences());
        assertTrue(ran.out().contains("y: the mean colour"), ran.out());
        assertTrue(ran.out().lines().anyMatch(line -> line.matches("\\s+0\\s+blue\\s+126\\.500")),
                ran.out());
        assertTrue(ran.out().lines().anyMatch(line -> line.matches("\\s+2\\s+red\\s+124\\.500")),
                ran.out());
        ran = Invocation.inProcess("run", file, "--image", picture, "--engine", "simd", "--no-bgr",
                "--mean", "0", "--top", "1", "--json");
        assertEquals(List.of("sepconv: the picture goes in as " + card
                + " says, but for --mean, --no-bgr: 1x2, stretched, RGB from 0 to 255, mean 0, std 1"),
                ran.sentences());
        JsonNode json = ran.json();
        assertEquals("rgb", json.get("preparation").get("channels").asText());
        assertEquals(card.toString(), json.get("preparation").get("from").asText());
        assertEquals(1, json.get("outputs").get(0).get("top").get(0).size());
        assertEquals(127.5,
                json.get("outputs").get(0).get("top").get(0).get(0).get("value").asDouble(), 1e-3);
        // another card, or none, in place of the one beside it
        Invocation.inProcess("run", file, "--image", picture, "--engine", "simd", "--preparation",
                "none", "--size", "1").succeeded();
        Invocation.inProcess("run", file, "--image", picture, "--engine", "simd", "--preparation",
                card).succeeded();
        Invocation.inProcess("run", file, "--image", picture, "--preparation", "keras").failed(2,
                "--preparation is 'keras'; it must be imagenet, none or a .json file");
        Files.writeString(card, "{\"picture\": {\"heigth\": 5}}");
        Invocation.inProcess("run", file, "--image", picture).failed(1,
                "\"picture.heigth\" is not known; it may have height, ");
    }

    @Test
    void classesHaveTheNamesThatAreGiven() throws IOException {
        Path file = LayerModel.classifier(folder.resolve("net.onnx"));
        Path labels = Files.writeString(folder.resolve("labels.txt"), "red\ngreen\nblue\n");
        Invocation ran = Invocation.inProcess("run", file, "--image", picture(), "--engine", "simd",
                "--size", "1", "--preparation", "none", "--labels", labels, "--top", "2",
                "--softmax", "--json").succeeded();
        JsonNode top = ran.json().get("outputs").get(0).get("top").get(0);
        assertEquals(2, top.size());
        assertEquals("red", top.get(0).get("label").asText());
        double e = Math.exp(0.5);
        assertEquals(e / (2 * e + 1), top.get(0).get("value").asDouble(), 1e-5);
        Files.writeString(labels, "red\ngreen\n");
        Invocation.inProcess("run", file, "--image", picture(), "--size", "1", "--labels", labels)
                .failed(2, "labels.txt has 2 names; the outputs are y [1, 3]");
        Invocation.inProcess("run", file, "--image", picture(), "--top", "0").failed(2,
                "--top is 0; it must be at least 1");
    }

    /** As a shell makes it of *.png: one row a picture, each at its own size where that is open. */
    @Test
    void severalPicturesHaveARowEach() throws IOException {
        Path file = LayerModel.classifier(folder.resolve("net.onnx"));
        Path first = picture();
        Path second = folder.resolve("second.png");
        BufferedImage green = new BufferedImage(100, 20, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 2000; i++) {
            green.setRGB(i % 100, i / 100, 0x00ff00);
        }
        ImageIO.write(green, "png", second.toFile());
        Path labels = Files.writeString(folder.resolve("labels.txt"), "red\ngreen\nblue\n");
        Invocation ran = Invocation.inProcess("run", file, "--image", first, second, first,
                "--engine", "simd", "--labels", labels, "--preparation", "none").succeeded();
        List<String> lines = ran.out().lines().toList();
        assertTrue(lines.get(1).matches(".*picture\\.png +red \\(0\\.500000\\)"), ran.out());
        assertTrue(lines.get(2).matches(".*second\\.png +green \\(1\\.00000\\)"), ran.out());
        assertEquals(lines.get(1), lines.get(3));
        JsonNode json = Invocation.inProcess("run", file, "--engine", "simd", "--preparation",
                "none", "--json", "--image", first, second).succeeded().json();
        assertEquals(2, json.get("pictures").size());
        assertEquals(128, json.get("pictures").get(1).get("inputs").get("x").get(3).asInt());
        assertEquals(1, json.get("pictures").get(1).get("outputs").get(0).get("top").get(0).get(0)
                .get("index").asInt());
        Invocation
                .inProcess("run", file, "--image", first, second, "--output",
                        folder.resolve("y.npy"))
                .failed(2, "--output takes one picture a run; --image gives 2");
        Invocation.inProcess("run", file, first).failed(2,
                "has no option; for a picture write --image " + first);
        Invocation.inProcess("run", first, "--image", first).failed(1,
                "is not an ONNX model: it is a PNG picture");
    }

    @Test
    void animationsGiveTheirFirstPictureAndSaySo() throws IOException {
        Path gif = folder.resolve("a.gif");
        Files.write(gif, Base64.getDecoder()
                .decode("R0lGODlhAQABAIAAAP8AAAAA/ywAAAAAAQABAAACAkQBACwAAAAAAQABAAACAkwBADs="));
        Invocation ran = Invocation.inProcess("run", MODEL, "--image", gif, "--size", "32",
                "--engine", "simd");
        assertEquals(List.of("sepconv: " + gif + " holds 2 pictures; the first is taken"),
                ran.sentences());
        assertEquals(0, ran.code());
    }

    /** Whatever it begins with, in words of ours. */
    @Test
    void aFileThatIsNoModelIsNamed() throws IOException {
        Map<String, String> kinds = Map.of("\u0089PNG\r\n\u001a\n", "a PNG picture",
                "PK\u0003\u0004.........",
                "a ZIP archive, as PyTorch's .pt and .pth and Keras's .keras are",
                "\u0089HDF\r\n\u001a\n", "an HDF5 file, as Keras's .h5 is", "....TFL3",
                "a TensorFlow Lite model", "", "empty (0 bytes)", "hello\n", "text",
                "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer",
                "\u0080\u0002}q", "a Python pickle");
        for (Map.Entry<String, String> kind : kinds.entrySet()) {
            Path file = folder.resolve("model.onnx");
            Files.write(file, kind.getKey().getBytes(StandardCharsets.ISO_8859_1));
            for (String command : List.of("inspect", "run")) {
                Invocation ran = command.equals("run")
                        ? Invocation.inProcess(command, file, "--image", picture())
                        : Invocation.inProcess(command, file);
                ran.failed(1, "model.onnx is not an ONNX model: it is " + kind.getValue());
                assertFalse(ran.err().toLowerCase(Locale.ROOT).contains("protocol"), ran.err());
            }
        }
        byte[] noise = new byte[300];
        new Random(1).nextBytes(noise);
        noise[0] = 8;
        Files.write(folder.resolve("model.onnx"), noise);
        Invocation.inProcess("inspect", folder.resolve("model.onnx")).failed(1,
                "model.onnx is not an ONNX model, or it is damaged or cut off");
        Invocation.inProcess("inspect", folder).failed(1, "is a folder; name a model's file");
    }

    @Test
    void anOpenSizeNamesTheOption() throws IOException {
        Path file = LayerModel.classifier(folder.resolve("net.onnx"));
        Invocation.inProcess("inspect", file).failed(2,
                "net.onnx leaves the size of its picture open; give it, for example with --size 224x224");
        Invocation.inProcess("inspect", file, "--size", "8x8").succeeded();
        Files.writeString(folder.resolve("net.sepconv.json"),
                "{\"picture\": {\"height\": 6, \"width\": 4}}");
        assertTrue(
                Invocation.inProcess("inspect", file).succeeded().out().contains("x [1, 3, 6, 4]"));
        // a fixed height stays, the width follows the picture
        Path high = LayerModel.classifier(folder.resolve("high.onnx"), 12, 0);
        JsonNode json = Invocation.inProcess("run", high, "--image", picture(), "--preparation",
                "none", "--engine", "simd", "--json").succeeded().json();
        assertEquals("[1,3,12,12]", json.get("inputs").get("x").toString());
    }

    @Test
    void arraysOfAnyRankAreKept() throws IOException {
        for (Dims dims : List.of(Dims.of(), Dims.of(5), Dims.of(1, 2, 1, 2, 1, 2))) {
            Path file = array(dims, noise(dims.elements()));
            assertEquals(dims.sizes(), Npy.readHeader(file).shape());
            assertArrayEquals(noise(dims.elements()), Npy.read(file));
        }
    }
}
