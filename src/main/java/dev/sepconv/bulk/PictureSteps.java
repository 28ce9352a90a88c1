package dev.sepconv.bulk;

import dev.sepconv.NdArray;
import dev.sepconv.Tensor;
import dev.sepconv.io.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is done with each picture, and with each batch, whoever shares out the work:
 * {@link Pipeline} among its threads, or a cluster. It is safe for use by several threads.
 */
public final class PictureSteps {

    private final Pipeline.Work work;
    private final String moreMemory;
    private final LongAdder decodeNanos = new LongAdder();
    private final LongAdder prepareNanos = new LongAdder();
    private final LongAdder runNanos = new LongAdder();
    private final LongAdder answerNanos = new LongAdder();

    /** Where a picture comes from. */
    @FunctionalInterface
    public interface Source {
        /** {@code [1, 3, h, w]}, red, green, blue from 0 to 1. */
        Tensor read() throws IOException;
    }

    /**
     * A picture that could be prepared.
     *
     * @param index its row's
     * @param picture its name
     */
    public record Ready(int index, String picture, NdArray input) {
    }

    /**
     * A batch that ran.
     *
     * @param rows one for each picture, in order; of failures if the lane can't take these sizes
     * @param nanos what the lane took; 0 if it can't take them
     */
    public record Ran(List<Row> rows, long nanos) {
    }

    /** What was spent so far, added up over threads. */
    public record Spent(long decodeNanos, long prepareNanos, long runNanos, long answerNanos) {
    }

    /**
     * @param moreMemory how whoever runs this gives Java more memory, after "give Java more with"
     */
    public PictureSteps(Pipeline.Work work, String moreMemory) {
        this.work = work;
        this.moreMemory = moreMemory;
    }

    /** Decodes a picture and makes of it what the network takes. */
    public NdArray prepare(Source source) throws IOException {
        long start = System.nanoTime();
        Tensor rgb = source.read();
        long decoded = System.nanoTime();
        NdArray input = work.prepare(rgb);
        decodeNanos.add(decoded - start);
        prepareNanos.add(System.nanoTime() - decoded);
        return input;
    }

    /**
     * Why nothing came of a picture, one sentence without its name, which stands beside it.
     *
     * @param picture its name
     * @param thrown by {@link #prepare}
     */
    public String reason(String picture, Throwable thrown) {
        if (thrown instanceof OutOfMemoryError) {
            return "there is not enough memory for it; give Java more with " + moreMemory;
        }
        String message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
        for (String name : List.of("picture " + picture + " ", picture + ": ")) {
            message = message.startsWith(name) ? message.substring(name.length()) : message;
        }
        return Printable.sentence(message);
    }

    /**
     * Runs a batch.
     *
     * @param batch 1 to as many as the lane takes, all inputs of the same sizes
     * @throws RuntimeException if the device is lost
     */
    public Ran run(Lane lane, List<Ready> batch) {
        long start = System.nanoTime();
        List<Map<String, NdArray>> outputs;
        try {
            outputs = lane.run(batch.stream().map(Ready::input).toList());
        } catch (UnfitException e) {
            return new Ran(batch.stream().map(each -> Row.failed(each.index(), each.picture(),
                    Printable.sentence(e.getMessage()))).toList(), 0);
        }
        long ran = System.nanoTime();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            rows.add(new Row(batch.get(i).index(), batch.get(i).picture(), null,
                    work.answers(outputs.get(i)), outputs.get(i)));
        }
        runNanos.add(ran - start);
        answerNanos.add(System.nanoTime() - ran);
        return new Ran(rows, ran - start);
    }

    /** What was spent so far. */
    public Spent spent() {
        return new Spent(decodeNanos.sum(), prepareNanos.sum(), runNanos.sum(), answerNanos.sum());
    }
}
