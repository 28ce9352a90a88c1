package dev.sepconv.spark;

import dev.sepconv.NdArray;
import dev.sepconv.bulk.Lane;
import dev.sepconv.bulk.PictureSteps;
import dev.sepconv.bulk.PictureSteps.Ready;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/**
 * The rows of a partition, in their order: as many as go through the network at once are read, run
 * and handed on before the next are read.
 */
final class PartitionRows implements Iterator<Row> {

    /** A row that was read, and what is known of its outcome. */
    private record Entry(Row row, String name, NdArray input, String error) {
    }

    private final ExecutorModel executor;
    private final RowInput in;
    private final RowSchema schema;
    private final InferenceCounts counts;
    private final PictureSteps steps;
    private final Iterator<Row> rows;
    private final Deque<Row> made = new ArrayDeque<>();
    /** Of other sizes than those before it. */
    private Entry ahead;

    PartitionRows(ExecutorModel executor, RowInput in, RowSchema schema, InferenceCounts counts,
            Iterator<Row> rows) {
        this.executor = executor;
        this.in = in;
        this.schema = schema;
        this.counts = counts;
        this.rows = rows;
        steps = new PictureSteps(executor.model(), "spark.executor.memory");
    }

    @Override
    public boolean hasNext() {
        while (made.isEmpty() && (ahead != null || rows.hasNext())) {
            make(read());
        }
        return !made.isEmpty();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the partition has no more rows");
        }
        return made.remove();
    }

    /** A batch, with the rows among it that can't go in. */
    private List<Entry> read() {
        List<Entry> batch = new ArrayList<>();
        NdArray first = null;
        int ready = 0;
        while (ready < executor.batch() && (ahead != null || rows.hasNext())) {
            Entry entry = ahead == null ? read(rows.next()) : ahead;
            ahead = null;
            if (entry.input() != null) {
                if (first != null && !first.dims().equals(entry.input().dims())) {
                    ahead = entry;
                    break;
                }
                first = entry.input();
                ready++;
            }
            batch.add(entry);
            if (first == null) {
                break; // a failure by itself keeps nobody waiting
            }
        }
        return batch;
    }

    private Entry read(Row row) {
        String name = in.name(row);
        try {
            return new Entry(row, name, in.read(row, executor.model(), steps, counts), null);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return new Entry(row, name, null, steps.reason(name, e));
        }
    }

    private void make(List<Entry> batch) {
        List<Ready> ready = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (batch.get(i).input() != null) {
                ready.add(new Ready(i, batch.get(i).name(), batch.get(i).input()));
            }
        }
        Iterator<dev.sepconv.bulk.Row> ran = ready.isEmpty()
                ? List.<dev.sepconv.bulk.Row>of().iterator()
                : run(ready).iterator();
        for (Entry entry : batch) {
            dev.sepconv.bulk.Row row = entry.input() == null
                    ? dev.sepconv.bulk.Row.failed(0, entry.name(), entry.error())
                    : ran.next();
            counts.row(row.error() != null);
            made.add(schema.row(entry.row(), row));
        }
    }

    private List<dev.sepconv.bulk.Row> run(List<Ready> ready) {
        Lane lane;
        try {
            lane = executor.takeLane();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the task was ended", e);
        }
        try {
            return steps.run(lane, ready).rows();
        } finally {
            executor.giveBack(lane);
        }
    }

    /** To be called once, when the task is over. */
    void end() {
        PictureSteps.Spent spent = steps.spent();
        counts.spent(spent.decodeNanos(), spent.prepareNanos(), spent.runNanos());
    }
}
