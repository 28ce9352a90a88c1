package dev.sepconv.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Device;
import dev.sepconv.bulk.Pictures;
import dev.sepconv.onnx.LayerModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows through a network in a Spark of two task slots. */
class SparkInferenceTest {

    private static SparkSession spark;

    @TempDir
    Path folder;

    private Path photos;
    private Path model;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder().master("local[2]").appName("test")
                .config("spark.ui.enabled", false).config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1").getOrCreate();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /** A network that gives the mean of each colour. */
    @BeforeEach
    void makeModel() throws IOException {
        photos = Files.createDirectories(folder.resolve("photos"));
        model = LayerModel.classifier(folder.resolve("net.onnx"));
        Files.writeString(folder.resolve("net.sepconv.json"),
                "{\"picture\": {\"height\": 2, \"width\": 2}}");
    }

    private Dataset<Row> binaryFile(Path from) {
        return spark.read().format("binaryFile").load(from.toString());
    }

    private SparkInference inference() throws IOException {
        return SparkInference.open(spark, model.toString()).on("simd", null);
    }

    /** What {@code Pictures.folder} painted, found again, by either way in. */
    @Test
    void eachPictureIsARow() throws IOException {
        Pictures.folder(photos, 50);
        Dataset<Row> files = binaryFile(photos).repartition(7);
        for (Dataset<Row> given : List.of(files, files.select("path"))) {
            SparkInference inference = inference();
            List<Row> rows = byPath(inference.withValues().pictures(given));
            assertEquals(50, rows.size());
            for (int i = 0; i < 50; i++) {
                Row row = rows.get(i);
                assertTrue(row.getString(row.fieldIndex("path")).endsWith("/%04d.png".formatted(i)),
                        row.toString());
                assertNull(row.getAs("error"));
                Row output = row.<Row>getAs("outputs").getStruct(0);
                Row best = output.<Row>getList(output.fieldIndex("top")).getFirst();
                assertEquals(i == 0 ? 0 : 2, best.getInt(0));
                assertNull(best.getString(1));
                assertEquals(i / 255f, best.getFloat(2), 1e-6f);
                List<Float> values = output.getList(output.fieldIndex("values"));
                assertEquals(3, values.size());
                assertEquals(i / 255f, values.get(2), 1e-6f);
            }
            assertEquals(50, inference.counts().rows());
            assertEquals(0, inference.counts().failed());
            assertEquals(bytes(photos), inference.counts().bytes());
            assertTrue(inference.counts().decodeMillis() > 0);
            assertTrue(inference.counts().runMillis() > 0);
        }
    }

    private static long bytes(Path folder) throws IOException {
        long sum = 0;
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
        }
        return sum;
    }

    @Test
    void aBatchGivesWhatEachGivesAlone() throws IOException {
        Pictures.folder(photos, 23);
        Dataset<Row> files = binaryFile(photos).select("path").coalesce(2);
        List<Row> alone = inference().withValues().withBatch(1).pictures(files).orderBy("path")
                .collectAsList();
        List<Row> together = inference().withValues().withBatch(5).pictures(files).orderBy("path")
                .collectAsList();
        assertEquals(23, alone.size());
        assertEquals(alone, together);
    }

    /** Sorted here: Spark would look at all rows once more before, and count them twice. */
    private static List<Row> byPath(Dataset<Row> rows) {
        List<Row> all = new ArrayList<>(rows.collectAsList());
        all.sort(Comparator.comparing(row -> row.<String>getAs("path")));
        return all;
    }

    /** An empty file too, which the source binaryFile leaves out. */
    @Test
    void badPicturesStayRows() throws IOException {
        Path a = Pictures.write(photos.resolve("a.png"), 5, 4, 0xff0000);
        Path text = Files.writeString(photos.resolve("b.txt"), "no picture\n");
        Path empty = Files.createFile(photos.resolve("c.png"));
        Path d = Pictures.write(photos.resolve("d.png"), 5, 4, 0xff);
        List<String> names = List.of(a.toString(), a + ".gone", text.toString(), empty.toString(),
                d.toString());
        SparkInference inference = inference();
        List<Row> rows = byPath(inference.withBatch(3)
                .pictures(spark.createDataset(names, Encoders.STRING()).toDF("path").coalesce(1)));
        assertEquals(5, rows.size());
        assertNotNull(rows.get(0).getAs("outputs"));
        assertEquals("is not there: no such file", rows.get(1).getAs("error"));
        assertTrue(rows.get(2).<String>getAs("error").startsWith("is text, not a PNG, JPEG, "),
                rows.toString());
        assertEquals("is empty (0 bytes)", rows.get(3).getAs("error"));
        assertNull(rows.get(3).getAs("outputs"));
        assertEquals(2, rows.get(4).<Row>getAs("outputs").getStruct(0).<Row>getList(0).getFirst()
                .getInt(0));
        assertEquals(3, inference.counts().failed());
    }

    /** Sizes that change within a partition are batches of their own. */
    @Test
    void picturesOfDifferentSizesRunAtTheirOwn() throws IOException {
        Files.delete(folder.resolve("net.sepconv.json"));
        for (int i = 0; i < 30; i++) {
            Pictures.write(photos.resolve("%02d.png".formatted(i)), 20 + 40 * (i / 4 % 3), 10, i);
        }
        List<Row> rows = inference().withBatch(3)
                .pictures(binaryFile(photos).select("path").coalesce(1)).orderBy("path")
                .collectAsList();
        assertEquals(30, rows.size());
        for (int i = 1; i < 30; i++) {
            Row best = rows.get(i).<Row>getAs("outputs").getStruct(0).<Row>getList(0).getFirst();
            assertEquals(2, best.getInt(0));
            assertEquals(i / 255f, best.getFloat(2), 1e-5f);
        }
    }

    @Test
    void arraysGoInAsTheyAre() throws IOException {
        Path fixed = LayerModel.classifier(folder.resolve("fixed.onnx"), 1, 2);
        StructType type = new StructType().add("id", DataTypes.IntegerType).add("x",
                DataTypes.createArrayType(DataTypes.FloatType));
        List<Row> given = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            given.add(RowFactory.create(i, new float[]{0, 0, i, i + 1, 1, 2}));
        }
        given.add(RowFactory.create(20, new float[]{1, 2}));
        given.add(RowFactory.create(21, null));
        List<Row> rows = SparkInference.open(spark, fixed.toString()).on("simd", null).withValues()
                .arrays(spark.createDataFrame(given, type), "x").orderBy("id").collectAsList();
        assertEquals(22, rows.size());
        for (int i = 0; i < 20; i++) {
            Row output = rows.get(i).<Row>getAs("outputs").getStruct(0);
            assertEquals(List.of(0f, i + 0.5f, 1.5f),
                    output.<Float>getList(output.fieldIndex("values")));
        }
        assertEquals("it has 2 numbers; the network takes 6, [1, 3, 1, 2]",
                rows.get(20).getAs("error"));
        assertEquals("the array is null", rows.get(21).getAs("error"));
    }

    @Test
    void whatDoesNotFitIsOneSentence() throws IOException {
        Dataset<Row> numbers = spark.range(3).toDF("n");
        assertEquals(
                "the dataset has the columns n; pictures are in path (string) or content (binary)",
                assertThrows(IllegalArgumentException.class, () -> inference().pictures(numbers))
                        .getMessage());
        assertEquals("the column path is of bigint; it must be string",
                assertThrows(IllegalArgumentException.class,
                        () -> inference().pictures(numbers.toDF("path"))).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> inference().arrays(numbers, "n")).getMessage()
                .startsWith("the column is 'n', and the dataset has struct<n:bigint>; it must be"));
        assertEquals("the column 'error' has the name of one that is added; rename it",
                assertThrows(IllegalArgumentException.class,
                        () -> inference().pictures(spark.sql("select 'a' as path, 'b' as error")))
                        .getMessage());
        assertEquals("batch is 0; it must be at least 1",
                assertThrows(IllegalArgumentException.class, () -> inference().withBatch(0))
                        .getMessage());
    }

    /** Spark's addresses count the accelerators of one backend. */
    @Test
    void aTaskRunsOnTheGpuThatSparkGivesIt() {
        List<Device> devices = List.of(
                new Device("tornado", "opencl:0:0", "CPU", "opencl", "cpu", 1),
                new Device("tornado", "opencl:1:0", "A", "opencl", "gpu", 1),
                new Device("tornado", "opencl:1:1", "B", "opencl", "gpu", 1),
                new Device("tornado", "ptx:0:0", "A", "ptx", "gpu", 1));
        assertEquals("opencl:1:0", ExecutorModel.gpu(devices, "0"));
        assertEquals("opencl:1:1", ExecutorModel.gpu(devices, "1"));
        for (String address : List.of("2", "GPU-7", "-1")) {
            assertEquals(
                    "Spark gives this task the gpu '%s'; TornadoVM has the accelerators [opencl:1:0, opencl:1:1] here, so it must be a number below 2"
                            .formatted(address),
                    assertThrows(IllegalArgumentException.class,
                            () -> ExecutorModel.gpu(devices, address)).getMessage());
        }
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> ExecutorModel.gpu(devices.subList(0, 1), "0")).getMessage()
                .contains("TornadoVM has no accelerator here"));
    }
}
