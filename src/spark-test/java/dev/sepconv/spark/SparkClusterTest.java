package dev.sepconv.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.ScriptRun;
import dev.sepconv.bulk.Pictures;
import dev.sepconv.onnx.LayerModel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real workers on this machine, each of which starts an executor. */
class SparkClusterTest {

    private static final int PICTURES = 10_000;
    private static final int SECONDS = 120;

    @TempDir
    static Path folder;

    private static final List<Process> PROCESSES = new ArrayList<>();
    private static String master;
    private static SparkSession spark;
    private static final AtomicInteger ADDED = new AtomicInteger();
    private static final AtomicInteger REMOVED = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        // what a worker wants of a Spark that is installed
        Path home = Files.createDirectories(folder.resolve("spark/jars")).getParent();
        List<String> ours = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isRegularFile(path)) {
                Files.createSymbolicLink(home.resolve("jars").resolve(path.getFileName()), path);
            } else {
                ours.add(path.toString());
            }
        }
        master = daemon(home, "master", "(spark://[^\\s,]+:\\d+)",
                "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0",
                "--webui-port", "0");
        for (int i = 0; i < 2; i++) {
            daemon(home, "worker" + i, "(Successfully registered)",
                    "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "2",
                    "--memory", "2g", "--webui-port", "0", "--work-dir",
                    folder.resolve("work" + i).toString(), master);
        }
        spark = SparkSession.builder().master(master).appName("test")
                .config("spark.ui.enabled", false).config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.memory", "700m").config("spark.cores.max", 2)
                .config("spark.executor.cores", 1)
                .config("spark.executor.extraJavaOptions",
                        "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:ActiveProcessorCount=1")
                .config("spark.executor.extraClassPath", String.join(File.pathSeparator, ours))
                .getOrCreate();
        spark.sparkContext().addSparkListener(new SparkListener() {
            @Override
            public void onExecutorAdded(SparkListenerExecutorAdded added) {
                ADDED.incrementAndGet();
            }

            @Override
            public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                REMOVED.incrementAndGet();
            }
        });
    }

    /** Starts a part of Spark and waits until its log says so. */
    private static String daemon(Path home, String name, String started, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(Arrays.asList(System.getProperty("sepconv.spark.launch").split("\\s+")));
        command.addAll(List.of("-cp", home.resolve("jars") + "/*"));
        command.addAll(List.of(arguments));
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        Process process = builder.start();
        PROCESSES.add(process);
        Pattern wanted = Pattern.compile(started);
        for (int i = 0; i < SECONDS * 10 && process.isAlive(); i++) {
            Matcher found = wanted.matcher(Files.readString(log));
            if (found.find()) {
                return found.group(1);
            }
            Thread.sleep(100);
        }
        throw new AssertionError(name + " did not start: " + Files.readString(log));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (spark != null) {
            spark.stop();
        }
        for (Process process : PROCESSES.reversed()) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    /** Its tasks run again, and what they had written before counts for nothing. */
    @Test
    void anExecutorKilledInTheMiddleLosesNothingAndRepeatsNothing() throws Exception {
        Path photos = folder.resolve("photos");
        Pictures.folder(photos, PICTURES);
        Path model = LayerModel.classifier(folder.resolve("net.onnx"));
        Files.writeString(folder.resolve("net.sepconv.json"),
                "{\"picture\": {\"height\": 2, \"width\": 2}}");
        Path output = folder.resolve("rows.parquet");
        Dataset<Row> files = spark.read().format("binaryFile").load(photos.toString())
                .select("path");
        SparkInference inference = SparkInference.open(spark, model.toString()).on("simd", null)
                .withBatch(4);
        Dataset<Row> made = inference.pictures(files);
        CompletableFuture<Void> writing = CompletableFuture
                .runAsync(() -> made.write().parquet(output.toString()));
        until(() -> inference.counts().rows() > 0 && ADDED.get() == 2 || writing.isDone());
        long before = inference.counts().rows();
        assertTrue(before > 0 && before < PICTURES, "not in the middle: " + before);
        ProcessHandle executor = PROCESSES.get(1).descendants().findFirst().orElseThrow();
        assertTrue(executor.destroyForcibly());
        writing.get(SECONDS, TimeUnit.SECONDS);
        until(() -> REMOVED.get() > 0);
        assertTrue(REMOVED.get() > 0, "Spark saw no executor go");
        List<Row> rows = spark.read().parquet(output.toString()).collectAsList();
        assertEquals(PICTURES, rows.size());
        Set<String> names = new HashSet<>();
        for (Row row : rows) {
            String path = row.getAs("path");
            assertNull(row.getAs("error"), path);
            String name = path.substring(path.lastIndexOf('/') + 1);
            assertTrue(names.add(name), name + " is there twice");
            int colour = Integer.parseInt(name.replace(".png", ""));
            Row output0 = row.<Row>getAs("outputs").getStruct(0);
            float[] scores = new float[3];
            for (Row score : output0.<Row>getList(0)) {
                scores[score.getInt(0)] = score.getFloat(2);
            }
            assertEquals((colour >> 8) / 255f, scores[1], 1e-5f, name);
            assertEquals((colour & 0xff) / 255f, scores[2], 1e-5f, name);
        }
    }

    /** The script itself, beside the other program on the same workers. */
    @Test
    void aSurveyPutsTheExecutorsOfAClusterOnOnePage() throws Exception {
        Path out = folder.resolve("survey");
        ScriptRun ran = ScriptRun.of(List.of(ScriptRun.script("sepconv-spark").toString(), "survey",
                "--master", master, "--conf", "spark.executor.memory=700m", "--conf",
                "spark.cores.max=2", "--conf", "spark.executor.cores=1", "--conf",
                "spark.ui.enabled=false", "--conf", "spark.driver.host=127.0.0.1", "--conf",
                "spark.driver.bindAddress=127.0.0.1", "--engines", "simd", "--quick", "--out",
                out.toString()));
        assertEquals(0, ran.code(), ran.output());
        assertTrue(ran.output().contains("the same work on 2 executors"), ran.output());
        List<String> names = new ArrayList<>();
        for (JsonNode machine : new ObjectMapper().readTree(out.resolve("devices.json").toFile())
                .get("machines")) {
            names.add(machine.get("name").asText().replaceFirst("^.*, ", ""));
        }
        assertEquals(Set.of("executor 0", "executor 1"), Set.copyOf(names), ran.output());
        String page = Files.readString(out.resolve("devices.html"));
        assertTrue(page.contains("executor 0") && page.contains("executor 1"));
        // its executors, which the other test must not take for its own
        until(() -> PROCESSES.stream().skip(1).allMatch(each -> each.descendants().count() == 1));
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(Condition condition) throws InterruptedException {
        for (int i = 0; i < SECONDS * 20 && !condition.holds(); i++) {
            Thread.sleep(50);
        }
    }
}
