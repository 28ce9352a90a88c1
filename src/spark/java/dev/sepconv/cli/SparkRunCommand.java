package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.bulk.BulkModel;
import dev.sepconv.bulk.ModelSource;
import dev.sepconv.cli.PictureOptions.Chosen;
import dev.sepconv.io.Printable;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.report.Numbers;
import dev.sepconv.spark.InferenceCounts;
import dev.sepconv.spark.SparkInference;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sepconv-spark}: pictures through a network on a cluster. */
@Command(name = "sepconv-spark", mixinStandardHelpOptions = true, sortOptions = false,
        sortSynopsis = false, versionProvider = Version.class,
        description = {"Run a network on pictures, on the machines of a Spark cluster.",
                "Executors read the pictures themselves; each row of the output has its path, why nothing came of it (error), and what the network says (outputs). "
                        + "Files that begin with . or _ are left out, as Spark does."},
        footerHeading = "%nExamples:%n",
        footer = {
                "  sepconv-spark --master spark://host:7077 classifier.onnx --images hdfs:///photos --output hdfs:///rows.parquet",
                "  sepconv-spark --master 'local[8]' classifier.onnx --images photos --output rows.parquet",
                "  sepconv-spark survey --help    the same convolutions on every executor, on one page"})
final class SparkRunCommand implements Callable<Integer> {

    private static final String ENDING = ".parquet";
    /** What Spark's writer leaves when it is killed. */
    private static final String UNFINISHED = "_temporary";
    private static final long SHOW_MILLIS = 300;
    /** So that slots that are done early find more to do. */
    private static final int TASKS_A_SLOT = 3;
    /** More would make a task that is repeated dear. */
    private static final int PICTURES_A_TASK = 64;
    /** So many pictures that failed are named. */
    private static final int NAMED = 3;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private SparkOptions spark;

    @Option(names = "--images", required = true, paramLabel = "URI",
            description = "A folder with all below it, a pattern as 'photos/*.jpg', or a picture; where all machines can read it.")
    private String images;

    @Option(names = "--output", required = true, paramLabel = "URI.parquet",
            description = "The folder of Parquet files to be made.")
    private String output;

    @Mixin
    private PictureOptions pictures;

    @Mixin
    private Answers answers;

    @Option(names = "--engine", paramLabel = "NAME",
            description = "The engine on every executor: tornado, simd, plain or java (default: the best that each has).")
    private String engine;

    @Option(names = "--device", paramLabel = "NAME",
            description = "The device on every executor (default: the gpu that Spark gives a task, else the best).")
    private String device;

    @Option(names = "--batch", paramLabel = "N",
            description = "How many pictures go through the network at once (default: 1 on a CPU, else 8).")
    private Integer batch;

    @Option(names = "--values", description = "Rows also have all numbers of each output.")
    private boolean values;

    @Mixin
    private JsonOption json;

    /**
     * What {@code --json} prints.
     *
     * @param failed rows with an error
     * @param decodeMillis added up over tasks, as are the following; tasks that Spark repeated
     * count again
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Document(String model, String master, long pictures, long failed, String output,
            double millis, double picturesPerSecond, long bytesRead, double openMillis,
            double decodeMillis, double prepareMillis, double runMillis) {
    }

    @Override
    public Integer call() throws Exception {
        check();
        Optional<ModelCard> card = model.card();
        answers.know(card);
        Chosen chosen = pictures.choose(card);
        ModelSource source = model.source();
        try (BulkModel read = BulkModel.ofPictures(source, source.open(), chosen.preparation(),
                answers.reader())) {
            pictures.say(chosen, read.applied(), model.isFile() ? model.model : null);
        }
        try (SparkSession session = spark.start()) {
            return run(session, source, chosen);
        }
    }

    private void check() throws IOException {
        pictures.check(List.of(), true);
        answers.check();
        if (!output.endsWith(ENDING)) {
            throw new ParameterException(spec.commandLine(),
                    "--output is %s; Parquet is written there, so its name must end in %s"
                            .formatted(output, ENDING));
        }
        if (batch != null && batch < 1) {
            throw new ParameterException(spec.commandLine(),
                    "--batch is %d; it must be at least 1".formatted(batch));
        }
    }

    private int run(SparkSession session, ModelSource source, Chosen chosen) throws Exception {
        checkOutput(session);
        List<String> names = names(session);
        int count = names.size();
        if (count == 0) {
            throw new IOException("%s: there is no picture in it".formatted(images));
        }
        int tasks = Math.min(count,
                Math.max(TASKS_A_SLOT * session.sparkContext().defaultParallelism(),
                        count / PICTURES_A_TASK));
        Dataset<Row> files = session.createDataset(names, Encoders.STRING()).toDF("path")
                .repartition(tasks);
        SparkInference inference = SparkInference
                .open(session, source, chosen.preparation(), answers.reader()).on(engine, device);
        if (batch != null) {
            inference = inference.withBatch(batch);
        }
        if (values) {
            inference = inference.withValues();
        }
        long start = System.nanoTime();
        write(inference.pictures(files), inference.counts(), count);
        double millis = (System.nanoTime() - start) / 1e6;
        Dataset<Row> written = session.read().parquet(output);
        long rows = written.count();
        Dataset<Row> bad = written.filter("error is not null");
        long failed = bad.count();
        InferenceCounts did = inference.counts();
        Document document = new Document(model.model, session.sparkContext().master(), rows, failed,
                output, millis, rows / (millis / 1e3), did.bytes(), did.openMillis(),
                did.decodeMillis(), did.prepareMillis(), did.runMillis());
        if (json.json) {
            JsonOption.print(spec.commandLine().getOut(), document);
        } else {
            print(document, bad.select("path", "error").orderBy("path").takeAsList(NAMED));
        }
        return failed == 0 ? Failure.NONE : Failure.FAILED;
    }

    /** What Spark finds; its rows would leave out files that are empty. */
    private List<String> names(SparkSession session) {
        return Arrays
                .stream(session.read().format("binaryFile").option("recursiveFileLookup", true)
                        .load(images).inputFiles())
                .map(uri -> new Path(URI.create(uri)).toString()).toList();
    }

    /** Parquet of a run before is nothing to be written over. */
    private void checkOutput(SparkSession session) throws IOException {
        Path folder = new Path(output);
        FileSystem disk = folder.getFileSystem(session.sparkContext().hadoopConfiguration());
        if (!disk.exists(folder)) {
            return;
        }
        FileStatus[] inside = disk.getFileStatus(folder).isDirectory()
                ? disk.listStatus(folder)
                : null;
        boolean unfinished = inside != null && inside.length == 1
                && inside[0].getPath().getName().equals(UNFINISHED);
        if (inside == null || inside.length > 0 && !unfinished) {
            throw new ParameterException(spec.commandLine(),
                    "--output %s is there already; name another, or remove it".formatted(output));
        }
        if (unfinished) {
            spec.commandLine().getErr()
                    .println("sepconv: %s is what a run left that was killed; it is begun anew"
                            .formatted(output));
        }
        disk.delete(folder, true); // empty as a write leaves it that failed
    }

    private void write(Dataset<Row> rows, InferenceCounts counts, int count) throws IOException {
        try (FolderProgress progress = new FolderProgress(spec.commandLine().getErr(), count, 0);
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("sepconv-progress").factory())) {
            // a task that was repeated counts twice
            clock.scheduleAtFixedRate(() -> progress.done((int) Math.min(count, counts.rows())),
                    SHOW_MILLIS, SHOW_MILLIS, TimeUnit.MILLISECONDS);
            try {
                rows.write().parquet(output);
            } catch (Exception e) {
                if (SparkFailure.of(e) instanceof IOException why) {
                    IOException named = new IOException(
                            "%s: %s".formatted(output, why.getMessage()));
                    named.addSuppressed(e); // as its cause it would be the sentence again
                    throw named;
                }
                throw e;
            } finally {
                clock.shutdownNow();
            }
        }
    }

    private void print(Document document, List<Row> failures) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("%s in %s s, %s a second%s".formatted(
                Printable.count(document.pictures(), "picture"),
                Numbers.digits(document.millis() / 1e3),
                Numbers.digits(document.picturesPerSecond()),
                document.failed() == 0 ? "" : "; %d failed".formatted(document.failed())));
        failures.forEach(
                row -> out.println("%s: %s".formatted(row.getString(0), row.getString(1))));
        if (document.failed() > failures.size()) {
            out.println("and %d more".formatted(document.failed() - failures.size()));
        }
        out.println("wrote " + output);
    }
}
