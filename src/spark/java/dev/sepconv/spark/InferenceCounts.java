package dev.sepconv.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What all executors did, as Spark's accumulators, which its pages show under the same names. A
 * task that was repeated counts again: they say what was done, not how many rows there are.
 */
public final class InferenceCounts implements Serializable {

    private static final long serialVersionUID = 1L;

    private final LongAccumulator rows;
    private final LongAccumulator failed;
    private final LongAccumulator bytes;
    private final LongAccumulator decodeNanos;
    private final LongAccumulator prepareNanos;
    private final LongAccumulator runNanos;
    private final LongAccumulator openNanos;

    InferenceCounts(SparkContext spark) {
        rows = spark.longAccumulator("sepconv rows");
        failed = spark.longAccumulator("sepconv rows with an error");
        bytes = spark.longAccumulator("sepconv bytes read");
        decodeNanos = spark.longAccumulator("sepconv ns decoding");
        prepareNanos = spark.longAccumulator("sepconv ns preparing");
        runNanos = spark.longAccumulator("sepconv ns running");
        openNanos = spark.longAccumulator("sepconv ns opening models");
    }

    void read(long more) {
        bytes.add(more);
    }

    void row(boolean isFailed) {
        rows.add(1L);
        if (isFailed) {
            failed.add(1L);
        }
    }

    void spent(long decode, long prepare, long run) {
        decodeNanos.add(decode);
        prepareNanos.add(prepare);
        runNanos.add(run);
    }

    void opened(long nanos) {
        openNanos.add(nanos);
    }

    /** Rows that were made, those of failures included. */
    public long rows() {
        return rows.sum();
    }

    /** Rows with an error. */
    public long failed() {
        return failed.sum();
    }

    /** Bytes of pictures or arrays that were read. */
    public long bytes() {
        return bytes.sum();
    }

    /** Added up over tasks, which work at once, as are the following. */
    public double decodeMillis() {
        return decodeNanos.sum() / 1e6;
    }

    public double prepareMillis() {
        return prepareNanos.sum() / 1e6;
    }

    public double runMillis() {
        return runNanos.sum() / 1e6;
    }

    /** What executors took to read the model and compile it, each once. */
    public double openMillis() {
        return openNanos.sum() / 1e6;
    }
}
