package dev.sepconv.spark;

import dev.sepconv.bulk.AnswerReader;
import dev.sepconv.bulk.BulkModel;
import dev.sepconv.bulk.ModelSource;
import dev.sepconv.bulk.RowFiles;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.picture.Preparation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A network over the rows of a dataset, on the machines of a Spark cluster.
 *
 * <pre>
 * Dataset&lt;Row&gt; photos = spark.read().format("binaryFile").load("hdfs:///photos");
 * SparkInference.open(spark, "mobilenet.onnx").pictures(photos.select("path")).write()
 *         .parquet("hdfs:///rows");
 * </pre>
 *
 * Each executor reads the model once and compiles it for its own engine and device; each task runs
 * batches on a plan of its own, where the device can have several. A row that can't go in stays a
 * row, with a sentence in its column {@code error}; a device that fails ends its task, which Spark
 * then tries elsewhere. Objects are immutable and used on the driver.
 */
public final class SparkInference {

    private static final int USUAL_TOP = 5;
    private static final String PATH = "path";
    private static final String CONTENT = "content";
    private static final String GPU = "gpu";
    /** Java's arrays end there, and a broadcast is one. */
    private static final long MOST_BYTES = 1L << 30;

    private final SparkSession spark;
    private final InferenceSettings settings;
    /** Null where executors read the model by its name. */
    private final Broadcast<byte[]> bytes;
    private final InferenceCounts counts;

    private SparkInference(SparkSession spark, InferenceSettings settings, Broadcast<byte[]> bytes,
            InferenceCounts counts) {
        this.spark = spark;
        this.settings = settings;
        this.bytes = bytes;
        this.counts = counts;
    }

    /**
     * A model on all executors. An ONNX file that holds its weights itself is sent to each; weights
     * in files beside it, and TensorFlow.js manifests, must lie where all executors read them under
     * the same name. What lies beside it says how pictures go in and what outputs mean
     * ({@code docs/networks.md}).
     *
     * @param model an ONNX file, a manifest, or a network that is known by name
     * @throws IOException if it can't be read
     */
    public static SparkInference open(SparkSession spark, String model) throws IOException {
        ModelSource source = new ModelSource(model, null, null);
        Optional<ModelCard> card = source.card();
        return open(spark, source, card.map(ModelCard::preparation).orElse(Preparation.PLAIN),
                new AnswerReader(List.of(), null, USUAL_TOP, false,
                        card.map(ModelCard::outputs).orElse(Map.of())));
    }

    /** The same, where it is known how pictures go in and what outputs mean. */
    public static SparkInference open(SparkSession spark, ModelSource source,
            Preparation preparation, AnswerReader answers) throws IOException {
        Broadcast<byte[]> bytes = null;
        if (source.isOnnx()) {
            Path file = Path.of(source.name());
            if (OnnxReader.isWhole(file) && Files.size(file) <= MOST_BYTES) {
                bytes = JavaSparkContext.fromSparkContext(spark.sparkContext())
                        .broadcast(Files.readAllBytes(file));
            }
        }
        return new SparkInference(spark, InferenceSettings.of(source, preparation, answers), bytes,
                new InferenceCounts(spark.sparkContext()));
    }

    private SparkInference with(InferenceSettings other) {
        return new SparkInference(spark, other, bytes, counts);
    }

    /**
     * Where executors run it.
     *
     * @param engine an engine's name; null for the best that an executor has
     * @param device a device's id, backend or part of its name; null for the gpu that Spark gives
     * the task ({@code spark.task.resource.gpu.amount}), or where it gives none for the best
     */
    public SparkInference on(String engine, String device) {
        return with(settings.on(engine, device));
    }

    /**
     * How many rows go through the network at once; where it isn't said, 1 on a CPU and 8
     * elsewhere.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public SparkInference withBatch(int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException(
                    "batch is %d; it must be at least 1".formatted(batch));
        }
        return with(settings.withBatch(batch));
    }

    /** Rows also have all numbers of each output, as {@code outputs.NAME.values}. */
    public SparkInference withValues() {
        return with(settings.withValues());
    }

    /** What executors did so far, for all datasets of this and of what was made of it. */
    public InferenceCounts counts() {
        return counts;
    }

    /**
     * Pictures through the network.
     *
     * @param pictures rows with the column {@code path}, and {@code content} with a picture file's
     * bytes, as Spark's source {@code binaryFile} gives both; without {@code content} executors
     * read the file themselves, so that one that can't be read is a row and no failed job
     * @return the same rows without {@code content}, with {@code error}, null if all is well, and
     *     {@code outputs}, null if not: of each output {@code top} (index, label, score), or
     *     {@code text} and {@code score}, or {@code min}, {@code max} and {@code mean}
     * @throws IllegalArgumentException if a column is missing or of another type, or the network
     * takes no picture
     * @throws IOException if the model can't be read
     */
    public Dataset<Row> pictures(Dataset<Row> pictures) throws IOException {
        StructType type = pictures.schema();
        int path = index(type, PATH, DataTypes.StringType);
        int content = index(type, CONTENT, DataTypes.BinaryType);
        if (path < 0 && content < 0) {
            throw new IllegalArgumentException(
                    "the dataset has the columns %s; pictures are in path (string) or content (binary)"
                            .formatted(String.join(", ", type.fieldNames())));
        }
        return rows(pictures, settings, new RowInput(path, content, -1), content);
    }

    /**
     * Arrays through the network.
     *
     * @param rows any rows
     * @param column the one with the network's input, float numbers of one input in its order
     * @return the same rows without {@code column}, with {@code error} and {@code outputs} as
     *     {@link #pictures}
     * @throws IllegalArgumentException if there is no such column, or the network takes several
     * inputs or leaves their sizes open
     * @throws IOException if the model can't be read
     */
    public Dataset<Row> arrays(Dataset<Row> rows, String column) throws IOException {
        StructType type = rows.schema();
        int array = List.of(type.fieldNames()).indexOf(column);
        if (array < 0 || !(type.apply(array).dataType() instanceof ArrayType elements)
                || !elements.elementType().equals(DataTypes.FloatType)) {
            throw new IllegalArgumentException(
                    "the column is '%s', and the dataset has %s; it must be one of array<float>"
                            .formatted(column, type.simpleString()));
        }
        return rows(rows, settings.ofArrays(), new RowInput(-1, -1, array), array);
    }

    private static int index(StructType type, String name, DataType wanted) {
        int index = List.of(type.fieldNames()).indexOf(name);
        if (index >= 0 && !type.apply(index).dataType().equals(wanted)) {
            throw new IllegalArgumentException("the column %s is of %s; it must be %s".formatted(
                    name, type.apply(index).dataType().simpleString(), wanted.simpleString()));
        }
        return index;
    }

    private Dataset<Row> rows(Dataset<Row> given, InferenceSettings all, RowInput in, int eaten)
            throws IOException {
        RowFiles.Example example;
        try (BulkModel model = ExecutorModel.open(all, bytes == null ? null : bytes.value())) {
            example = model.rows();
        }
        RowSchema schema = RowSchema.of(given.schema(), eaten, example, all.values());
        return given.mapPartitions(new Partition(all, bytes, in, schema, counts),
                Encoders.row(schema.type()));
    }

    /** What a task does. */
    private record Partition(InferenceSettings settings, Broadcast<byte[]> bytes, RowInput in,
            RowSchema schema, InferenceCounts counts) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            if (!rows.hasNext()) {
                return rows; // no model for an empty partition
            }
            TaskContext task = TaskContext.get();
            String gpu = task.resourcesJMap().containsKey(GPU)
                    ? task.resourcesJMap().get(GPU).addresses()[0]
                    : null;
            ExecutorModel executor = ExecutorModel.take(settings, bytes, gpu, counts);
            PartitionRows made = new PartitionRows(executor, in, schema, counts, rows);
            task.addTaskCompletionListener(over -> {
                made.end();
                executor.release();
            });
            return made;
        }
    }
}
