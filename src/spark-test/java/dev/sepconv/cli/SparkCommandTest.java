package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.bulk.Pictures;
import dev.sepconv.io.Npy;
import dev.sepconv.onnx.LayerModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sepconv-spark} in a Spark of two task slots. */
class SparkCommandTest {

    @TempDir
    Path folder;

    private Path photos;
    private Path model;
    private Path output;

    /** A network that gives the mean of each colour. */
    @BeforeEach
    void makeModel() throws IOException {
        photos = Files.createDirectories(folder.resolve("photos"));
        model = LayerModel.classifier(folder.resolve("net.onnx"));
        Files.writeString(folder.resolve("net.sepconv.json"),
                "{\"picture\": {\"height\": 2, \"width\": 2}}");
        output = folder.resolve("rows.parquet");
    }

    private static Invocation spark(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = SparkMain.run(new PrintWriter(out), new PrintWriter(err), () -> 100,
                Arrays.stream(args).map(String::valueOf).toArray(String[]::new));
        return new Invocation(code, out.toString(), err.toString());
    }

    private Invocation run(Object... more) {
        List<Object> all = new ArrayList<>(List.of("--master", "local[2]", "--conf",
                "spark.ui.enabled=false", "--conf", "spark.driver.host=localhost", "--conf",
                "spark.driver.bindAddress=127.0.0.1", model, "--engine", "simd"));
        all.addAll(List.of(more));
        return spark(all.toArray());
    }

    private List<Row> rows() throws IOException {
        try (SparkSession session = SparkSession.builder().master("local[1]")
                .config("spark.ui.enabled", false).config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()) {
            return session.read().parquet(output.toString()).orderBy("path").collectAsList();
        }
    }

    /** Each row as the folder's file of JSON lines has it. */
    private List<JsonNode> jsonRows() throws IOException {
        try (SparkSession session = SparkSession.builder().master("local[1]")
                .config("spark.ui.enabled", false).config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()) {
            List<JsonNode> all = new ArrayList<>();
            for (String line : session.read().parquet(output.toString())
                    .selectExpr("regexp_replace(path, '^file:', '') as picture", "error", "outputs")
                    .orderBy("picture").toJSON().collectAsList()) {
                all.add(new ObjectMapper().readTree(line));
            }
            return all;
        }
    }

    /** Bad ones among them too: only the file's name in a sentence may differ. */
    @Test
    void rowsAreWhatAFolderGives() throws IOException {
        Random random = new Random(29);
        for (int i = 0; i < 12; i++) {
            BufferedImage image = new BufferedImage(40 + 7 * i, 33, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < image.getWidth() * image.getHeight(); p++) {
                image.setRGB(p % image.getWidth(), p / image.getWidth(), random.nextInt());
            }
            ImageIO.write(image, i % 2 == 0 ? "png" : "jpg",
                    photos.resolve("p%02d.%s".formatted(i, i % 2 == 0 ? "png" : "jpg")).toFile());
        }
        byte[] whole = Files.readAllBytes(photos.resolve("p01.jpg"));
        Files.write(photos.resolve("q cut.jpg"), Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(photos.resolve("r.txt"), "no picture\n");
        Pictures.write(photos.resolve("s line\nbreak.png"), 4, 4, 0xff);
        Pictures.write(photos.resolve("sub/t 100%.png"), 4, 4, 0xff);
        Files.createFile(photos.resolve("u empty.png"));
        Object[] work = {"mobilenet-v1:0.25", "--size", "64x64", "--engine", "simd", "--top", 3};
        Path lines = folder.resolve("rows.jsonl");
        Path numbers = folder.resolve("rows.npy");
        List<Object> single = new ArrayList<>(List.of("run"));
        single.addAll(List.of(work));
        single.addAll(List.of("--images", photos, "--output", lines, "--output", numbers));
        assertEquals(1, Invocation.inProcess(single.toArray()).code());
        List<Object> cluster = new ArrayList<>(List.of("--master", "local[2]", "--conf",
                "spark.ui.enabled=false", "--conf", "spark.driver.host=localhost", "--conf",
                "spark.driver.bindAddress=127.0.0.1"));
        cluster.addAll(List.of(work));
        cluster.addAll(List.of("--values", "--images", photos, "--output", output, "--json"));
        Invocation ran = spark(cluster.toArray());
        assertEquals(1, ran.code(), ran.err());
        assertEquals(17, ran.json().get("pictures").asInt());
        assertEquals(3, ran.json().get("failed").asInt());
        assertTrue(ran.json().get("bytesRead").asLong() > whole.length);
        List<JsonNode> rows = jsonRows();
        List<JsonNode> wanted = new ArrayList<>();
        for (String line : Files.readAllLines(lines)) {
            wanted.add(new ObjectMapper().readTree(line));
        }
        assertEquals(17, rows.size());
        assertEquals(17, wanted.size());
        float[] all = Npy.read(numbers);
        int classes = all.length / 17;
        for (int i = 0; i < 17; i++) {
            assertEquals(wanted.get(i).get("picture"), rows.get(i).get("picture"));
            assertEquals(wanted.get(i).get("error"), rows.get(i).get("error"));
            if (wanted.get(i).has("error")) {
                assertFalse(rows.get(i).has("outputs"));
                continue;
            }
            String name = wanted.get(i).get("outputs").fieldNames().next();
            JsonNode given = rows.get(i).get("outputs").get(name);
            assertEquals(wanted.get(i).get("outputs").get(name).get("top"), given.get("top"));
            float[] values = new float[classes];
            for (int k = 0; k < classes; k++) {
                values[k] = given.get("values").get(k).floatValue();
            }
            // bit for bit
            assertArrayEquals(Arrays.copyOfRange(all, i * classes, (i + 1) * classes), values);
        }
    }

    @Test
    void whatCannotBeIsOneSentence() throws IOException {
        Pictures.folder(photos, 3);
        for (List<Object> each : List.of(
                List.<Object>of("--output is rows.csv; Parquet is written there", "--images",
                        photos, "--output", "rows.csv"),
                List.<Object>of("--batch is 0; it must be at least 1", "--images", photos,
                        "--output", output, "--batch", 0),
                List.<Object>of("missing required option: '--images=URI'", "--output", output),
                List.<Object>of("unknown options: '--image', 'a.png'", "--image", "a.png",
                        "--images", photos, "--output", output))) {
            Invocation ran = run(each.subList(1, each.size()).toArray());
            assertEquals(2, ran.code(), ran.err());
            assertTrue(ran.err().startsWith("sepconv: " + each.getFirst()), ran.err());
            assertEquals(1, ran.err().lines().count(), ran.err());
        }
        Invocation ran = run("--images", folder.resolve("nowhere"), "--output", output);
        assertEquals(1, ran.code(), ran.err());
        assertTrue(ran.err().contains("/nowhere: there is no such file or folder"), ran.err());
        Files.createDirectories(output);
        Files.writeString(output.resolve("part-0"), "x");
        ran = run("--images", photos, "--output", output);
        assertEquals(2, ran.code(), ran.err());
        assertTrue(ran.err().contains(output + " is there already; name another, or remove it"),
                ran.err());
    }

    /** A run that was killed leaves no row, and is no obstacle. */
    @Test
    void aFailureOfTheOutputIsASentenceAndTheNextRunBeginsAnew() throws IOException {
        Pictures.folder(photos, 40);
        Files.createDirectories(output.resolve("_temporary/0"));
        Invocation ran = run("--images", photos, "--output", output);
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.err().contains("is what a run left that was killed; it is begun anew"),
                ran.err());
        assertEquals(40, rows().size());
        assertTrue(ran.out().startsWith("40 pictures in "), ran.out());
        assertTrue(ran.out().endsWith("wrote " + output + "\n"), ran.out());
        // a device that no executor has
        Invocation failed = run("--images", photos, "--output", folder.resolve("b.parquet"),
                "--device", "nonsense");
        assertEquals(2, failed.code(), failed.err());
        assertTrue(failed.err().contains("sepconv: device is 'nonsense'"), failed.err());
    }

    /** As on a full disk, of which the system's words name no file. */
    @Test
    void anOutputThatCannotBeWrittenIsNamed() throws IOException {
        Pictures.folder(photos, 3);
        Path file = Files.createFile(folder.resolve("file"));
        Path below = file.resolve("rows.parquet");
        Invocation ran = run("--images", photos, "--output", below);
        assertEquals(1, ran.code(), ran.err());
        assertTrue(ran.err().lines().toList().getLast().startsWith("sepconv: " + below + ": "),
                ran.err());
        assertFalse(ran.err().contains("\tat "), ran.err());
        Files.createDirectories(output); // which a failed run leaves
        ran = run("--images", photos, "--output", output);
        assertEquals(0, ran.code(), ran.err());
        assertEquals(3, rows().size());
    }

    @Test
    void helpNamesTheOptions() {
        Invocation help = spark("--help");
        assertEquals(0, help.code(), help.err());
        for (String option : List.of("--master=URL", "--images=URI", "--output=URI.parquet",
                "--conf=NAME=VALUE", "--values", "Exit codes:")) {
            assertTrue(help.out().contains(option), help.out());
        }
        assertFalse(help.out().contains("--image="), help.out());
        Invocation survey = spark("survey", "--help");
        assertEquals(0, survey.code(), survey.err());
        assertTrue(survey.out().contains("sepconv-spark survey"), survey.out());
        assertEquals(2, spark("survey", "--seconds", "x").code());
    }

    @Test
    void traceShowsWhereItFailed() {
        Invocation missing = spark(folder.resolve("none.onnx"), "--images", photos, "--output",
                output, "--trace");
        assertEquals(1, missing.code(), missing.err());
        assertTrue(missing.err().contains("none.onnx"), missing.err());
        assertTrue(missing.err().contains("\tat dev.sepconv."), missing.err());
    }
}
