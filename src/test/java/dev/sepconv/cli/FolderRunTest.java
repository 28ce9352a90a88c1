package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.bulk.Pictures;
import dev.sepconv.io.Npy;
import dev.sepconv.onnx.LayerModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sepconv run --images}: a folder of pictures, good ones and bad ones. */
class FolderRunTest {

    @TempDir
    Path folder;

    private Path photos;
    private Path model;
    private Path csv;

    /** A network that gives the mean of each colour. */
    @BeforeEach
    void makeModel() throws IOException {
        photos = Files.createDirectories(folder.resolve("photos"));
        model = LayerModel.classifier(folder.resolve("net.onnx"));
        Files.writeString(folder.resolve("net.sepconv.json"),
                "{\"picture\": {\"height\": 2, \"width\": 2}}");
        csv = folder.resolve("results.csv");
    }

    private Invocation run(Object... more) {
        List<Object> all = new ArrayList<>(List.of("run", model, "--engine", "simd"));
        all.addAll(List.of(more));
        return Invocation.inProcess(all.toArray());
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(csv);
    }

    /** Whatever lies in a folder: a row each, in order, and exit code 1 for those that are bad. */
    @Test
    void aFolderWithBadPicturesIsATableOfAllOfThem() throws IOException {
        Pictures.write(photos.resolve("a red.png"), 5, 4, 0xff0000);
        byte[] jpeg = Files.readAllBytes(Pictures.write(photos.resolve("b.jpg"), 64, 64, 0xff00));
        Files.write(photos.resolve("b.jpg"), Arrays.copyOf(jpeg, jpeg.length * 2 / 3));
        Files.writeString(photos.resolve("c.txt"), "no picture\n");
        Files.write(photos.resolve("d huge.png"), png(30_000, 30_000));
        Pictures.write(photos.resolve("e line\nbreak.png"), 4, 4, 0xff);
        Files.createSymbolicLink(photos.resolve("f gone.png"), folder.resolve("nowhere.png"));
        Files.createFile(photos.resolve("g empty.png"));
        Pictures.write(photos.resolve("sub/h.png"), 3, 3, 0xffffff);
        Files.writeString(photos.resolve(".DS_Store"), "hidden");
        Invocation ran = run("--images", photos, "--output", csv, "--top", 1);
        assertEquals(1, ran.code(), ran.err());
        // weights of thirds are no whole float
        String text = Files.readString(csv).replaceAll("0\\.999999\\d+", "1.0");
        assertTrue(
                text.startsWith("picture,error,class1,score1\n" + photos + "/a red.png,,0,1.0\n"),
                text);
        assertTrue(
                text.contains("/b.jpg,\"can't be decoded as JPEG: the file is damaged or cut off"),
                text);
        assertTrue(text.contains("/c.txt,\"is text, not a PNG, JPEG, "), text);
        assertTrue(text.contains("/d huge.png,is 30000 by 30000 pixels; at most "), text);
        assertTrue(text.contains("\"" + photos + "/e line\nbreak.png\",,2,1.0\n"), text);
        assertTrue(text.contains("/f gone.png,is not there: no such file,,\n"), text);
        assertTrue(text.contains("/g empty.png,is empty (0 bytes),,\n"), text);
        assertTrue(text.endsWith("/sub/h.png,,0,1.0\n"), text);
        assertFalse(text.contains("DS_Store"), text);
        assertTrue(ran.out().contains("8 pictures in "), ran.out());
        assertTrue(ran.out().contains("; 5 failed"), ran.out());
        assertTrue(ran.out().contains("wrote " + csv), ran.out());
        assertTrue(ran.sentences().contains("sepconv: 8 pictures"), ran.err());
    }

    /** A header that claims so many pixels, and nothing behind it. */
    private static byte[] png(int width, int height) {
        byte[] header = ByteBuffer.allocate(17).put("IHDR".getBytes(StandardCharsets.US_ASCII))
                .putInt(width).putInt(height).put(new byte[]{8, 2, 0, 0, 0}).array();
        CRC32 crc = new CRC32();
        crc.update(header);
        return ByteBuffer.allocate(33)
                .put(new byte[]{(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}).putInt(13)
                .put(header).putInt((int) crc.getValue()).array();
    }

    @Test
    void aPictureThatMayNotBeReadIsARow() throws IOException {
        Path secret = Pictures.write(photos.resolve("secret.png"), 2, 2, 0);
        assumeTrue(secret.toFile().setReadable(false) && !Files.isReadable(secret),
                "whoever runs this may read everything");
        run("--images", photos, "--output", csv);
        assertTrue(lines().get(1).contains("secret.png,can't be read: permission denied"),
                lines().toString());
    }

    /** One row, one picture: the same numbers as each picture alone gives. */
    @Test
    void rowsAreWhatSinglePicturesGive() throws IOException {
        List<Path> files = Pictures.folder(photos, 23);
        for (String batch : List.of("1", "5")) {
            Files.deleteIfExists(csv);
            JsonNode json = run("--images", photos, "--output", csv, "--batch", batch, "--json")
                    .json();
            assertEquals(23, json.get("pictures").asInt());
            assertEquals(0, json.get("failed").asInt());
            assertEquals(Integer.parseInt(batch), json.get("batch").asInt());
            assertTrue(json.get("picturesPerSecond").asDouble() > 0);
            for (String part : List.of("decode", "prepare", "run", "write")) {
                assertTrue(json.get(part + "Millis").asDouble() > 0, json.toString());
            }
            assertEquals(24, lines().size());
            for (int i = 0; i < files.size(); i++) {
                List<String> cells = List.of(lines().get(i + 1).split(","));
                assertEquals(files.get(i).toString(), cells.get(0));
                assertEquals(i == 0 ? "0" : "2", cells.get(2));
                assertEquals(i / 255f, Float.parseFloat(cells.get(3)), 1e-6f);
                assertEquals("0.0", cells.get(5));
            }
        }
    }

    @Test
    void severalDevicesShareThePictures() throws IOException {
        Pictures.folder(photos, 40);
        Invocation ran = Invocation.inProcess("run", model, "--images", photos, "--device",
                "simd,plain", "--batch", 3, "--output", csv, "--json");
        assertEquals(0, ran.code(), ran.err());
        JsonNode devices = ran.json().get("devices");
        assertEquals(2, devices.size());
        assertEquals("simd", devices.get(0).get("device").asText());
        assertEquals("plain", devices.get(1).get("device").asText());
        assertEquals(40,
                devices.get(0).get("pictures").asInt() + devices.get(1).get("pictures").asInt());
        assertEquals(0, ran.json().get("lost").size());
        for (int i = 1; i < 40; i++) {
            assertEquals(i / 255f, Float.parseFloat(lines().get(i + 1).split(",")[3]), 1e-6f);
        }
    }

    /** Each at its own size, where the model leaves it open and nobody says one. */
    @Test
    void picturesOfDifferentSizesRunAtTheirOwn() throws IOException {
        Files.delete(folder.resolve("net.sepconv.json"));
        for (int i = 0; i < 30; i++) {
            Pictures.write(photos.resolve("%02d.png".formatted(i)), 20 + 40 * (i % 7),
                    10 + 30 * (i % 3), i);
        }
        Invocation ran = run("--images", photos, "--output", csv, "--top", 1);
        assertEquals(0, ran.code(), ran.err());
        assertEquals(31, lines().size());
        for (int i = 1; i < 30; i++) {
            String[] cells = lines().get(i + 1).split(",");
            assertEquals("2", cells[2]);
            assertEquals(i / 255f, Float.parseFloat(cells[3]), 1e-5f);
        }
    }

    @Test
    void aPatternAListAndStdinNameThem() throws IOException {
        Pictures.folder(photos, 3);
        Files.writeString(photos.resolve("notes.md"), "no picture");
        String pattern = photos + "/*.png";
        assertEquals(3, json("--images", pattern).get("pictures").asInt());
        Path list = Files.writeString(folder.resolve("list.txt"),
                "%s/0002.png\n%s/0000.png\n".formatted(photos, photos));
        assertEquals(2, json("--images", list).get("pictures").asInt());
        run("--images", list, "--output", csv);
        assertTrue(lines().get(1).contains("0002.png"), lines().toString());
        // names of a shell's pattern
        assertEquals(3, json("--images", photos.resolve("0000.png"), photos.resolve("0001.png"),
                photos.resolve("0002.png")).get("pictures").asInt());
        InputStream stdin = System.in;
        try {
            System.setIn(new ByteArrayInputStream((photos + "/0000.png\0" + photos + "/0001.png\0")
                    .getBytes(StandardCharsets.UTF_8)));
            assertEquals(2, json("--images", "-").get("pictures").asInt());
        } finally {
            System.setIn(stdin);
        }
    }

    private JsonNode json(Object... more) throws IOException {
        Object[] all = Arrays.copyOf(more, more.length + 1);
        all[more.length] = "--json";
        Invocation ran = run(all);
        assertEquals(0, ran.code(), ran.err());
        return ran.json();
    }

    /** An output in the folder of pictures is no picture; an array has a table beside it. */
    @Test
    void anArrayAndItsTableMayLieAmongThePictures() throws IOException {
        Pictures.folder(photos, 4);
        Path array = photos.resolve("scores.npy");
        for (int round = 0; round < 2; round++) {
            Invocation ran = run("--images", photos, "--output", array, "--resume");
            assertEquals(0, ran.code(), ran.err());
            assertEquals(List.of(4, 3), Npy.readHeader(array).shape());
            assertEquals(3 / 255f, Npy.read(array)[11]);
            assertEquals(5, Files.readAllLines(photos.resolve("scores.csv")).size());
        }
    }

    @Test
    void rowsThatAreThereAreNotOverwritten() throws IOException {
        Pictures.folder(photos, 6);
        run("--images", photos, "--output", csv).code();
        String whole = Files.readString(csv);
        run("--images", photos, "--output", csv).failed(2,
                "results.csv has something in it already; --resume goes on behind its rows");
        Files.writeString(csv, whole.substring(0, whole.length() / 2));
        Invocation ran = run("--images", photos, "--output", csv, "--resume", "--json");
        assertEquals(0, ran.code(), ran.err());
        assertEquals(whole, Files.readString(csv));
        assertEquals(6, ran.json().get("before").asInt() + ran.json().get("ran").asInt());
        assertEquals(0, run("--images", photos, "--output", csv, "--resume", "--json").json()
                .get("ran").asInt());
        Files.delete(photos.resolve("0001.png"));
        run("--images", photos, "--output", csv, "--resume").failed(1, "row 2 of ");
        assertEquals(whole, Files.readString(csv));
    }

    /** Failed ones from before still count. */
    @Test
    void theExitCodeIsOfAllRows() throws IOException {
        Pictures.folder(photos, 3);
        Files.writeString(photos.resolve("0001.png"), "text");
        assertEquals(1, run("--images", photos, "--output", csv).code());
        Invocation again = run("--images", photos, "--output", csv, "--resume", "--json");
        assertEquals(1, again.code());
        assertEquals(1, again.json().get("failed").asInt());
    }

    @Test
    void whatCanNotBeIsRefusedBeforeAnythingIsWritten() throws IOException {
        Pictures.folder(photos, 1);
        run("--images", photos).failed(2, "--images needs --output");
        run("--images", photos, "--output", folder.resolve("r.xls")).failed(2,
                "its name must end in .csv, .jsonl or .npy");
        run("--images", photos, "--image", photos.resolve("0000.png"), "--output", csv).failed(2,
                "--image and --images are both given");
        run("--images", photos, "--output", csv, "--batch", 0).failed(2,
                "--batch is 0; it must be at least 1");
        run("--image", photos.resolve("0000.png"), "--batch", 2).failed(2,
                "--batch goes with --images or --input");
        run("--image", photos.resolve("0000.png"), "--resume").failed(2, "--resume needs --images");
        run("--images", photos, "--output", csv, "--dump", folder.resolve("d")).failed(2,
                "--dump is of one picture");
        run("--images", photos, "--output", csv, "--split", "batch").failed(2,
                "--split is of one picture");
        run("--images", folder.resolve("no"), "--output", csv).failed(1, "no");
        run("--images", folder.resolve("*.tiff"), "--output", csv).failed(1,
                "no file's name is like that");
        run("--images", Files.createDirectory(folder.resolve("empty")), "--output", csv).failed(1,
                "there is no picture in it");
        run("--images", photos, "--output", folder.resolve("no/r.csv")).failed(1, "does not exist");
        assertFalse(Files.exists(csv));
    }

    /** As power that fails does it, again and again: nothing is lost, nothing is there twice. */
    @Test
    void whatIsKilledGoesOnWhereItWas() throws Exception {
        Pictures.folder(photos, 3000);
        Path array = folder.resolve("results.npy");
        Object[] args = {"run", model, "--engine", "simd", "--images", photos, "--output", array,
                "--output", folder.resolve("rows.jsonl"), "--resume"};
        int killed = 0;
        long before = 0;
        for (int round = 0; round < 3; round++) {
            Process process = Invocation.start(List.of(), args);
            long least = before + 10_000;
            while (process.isAlive() && bytes() < least) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            process.destroyForcibly();
            killed += process.waitFor() == 128 + 9 ? 1 : 0;
            before = bytes();
        }
        assertTrue(killed > 0, "it was always done before it could be killed");
        Invocation last = Invocation.process(List.of(), args);
        assertEquals(0, last.code(), last.err());
        Path once = folder.resolve("once.npy");
        Invocation undisturbed = run("--images", photos, "--output", once, "--output",
                folder.resolve("once.jsonl"));
        assertEquals(0, undisturbed.code(), undisturbed.err());
        assertEquals(-1, Files.mismatch(once, array));
        assertEquals(-1, Files.mismatch(folder.resolve("once.csv"), csv));
        assertEquals(-1,
                Files.mismatch(folder.resolve("once.jsonl"), folder.resolve("rows.jsonl")));
    }

    private long bytes() throws IOException {
        return Files.exists(csv) ? Files.size(csv) : 0;
    }

    /** Ctrl-C: whole rows, a sentence, and the next run goes on. */
    @Test
    void whatIsInterruptedKeepsItsRows() throws Exception {
        Pictures.folder(photos, 3000);
        Object[] args = {"run", model, "--engine", "simd", "--images", photos, "--output", csv,
                "--resume"};
        Process process = Invocation.start(List.of(), args);
        while (process.isAlive() && bytes() < 1000) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        // a signal that Java treats as it does Ctrl-C's; Process.destroy would close the streams
        process.toHandle().destroy();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(128 + 15, process.waitFor(), err);
        int rows = lines().size() - 1;
        assertTrue(err.contains(
                "sepconv: stopped; %d of 3000 rows are written, --resume goes on behind them"
                        .formatted(rows)),
                err);
        assertTrue(Files.readString(csv).endsWith("\n"));
        Invocation last = run("--images", photos, "--output", csv, "--resume", "--json");
        assertEquals(rows, last.json().get("before").asInt());
        assertEquals(3001, lines().size());
    }

    /** A file may not grow further, as on a full disk. */
    @Test
    void aFullDiskIsSaidAndTheRowsStayWhole() throws Exception {
        List<Path> files = Pictures.folder(photos, 300);
        ProcessBuilder java = new ProcessBuilder("bash", "-c",
                "ulimit -f 8; trap '' XFSZ; exec \"$@\"", "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "run", model.toString(), "--engine", "simd", "--images",
                photos.toString(), "--output", csv.toString());
        Process process = java.start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), err);
        assertTrue(err.contains("results.csv: File too large"), err);
        assertTrue(err.contains("rows are written; --resume goes on behind them"), err);
        String text = Files.readString(csv);
        assertTrue(text.endsWith("\n") && text.length() > 4000 && text.length() <= 8192, text);
        Invocation last = run("--images", photos, "--output", csv, "--resume");
        assertEquals(0, last.code(), last.err());
        assertEquals(files.stream().map(Path::toString).toList(),
                lines().stream().skip(1).map(line -> line.split(",")[0]).toList());
    }
}
