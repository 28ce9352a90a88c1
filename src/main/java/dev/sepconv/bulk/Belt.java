package dev.sepconv.bulk;

import dev.sepconv.NdArray;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * What is between the threads of a run: pictures that are prepared and wait for a device, and rows
 * that wait for those before them. No more than {@code window} pictures are anywhere between being
 * begun and being written, so memory is bounded however unequal pictures and devices are.
 */
final class Belt {

    /** A picture that is ready for a device. */
    record Item(int index, NdArray input) {
    }

    private final int count;
    private final int window;
    private final Deque<Item> ready = new ArrayDeque<>();
    private final Map<Integer, Row> rows = new HashMap<>();
    /** The next picture to begin, and the next row to write. */
    private int next;
    private int written;
    /** How many are begun and neither ready nor failed. */
    private int preparing;
    private int running;
    /** A row is with its writer. */
    private boolean writing;
    private boolean stopped;
    private Throwable failure;

    /**
     * @param first the first picture's index
     * @param count how many there are, those before the first included
     * @param window at least 1
     */
    Belt(int first, int count, int window) {
        this.next = first;
        this.written = first;
        this.count = count;
        this.window = window;
    }

    /** The next picture to prepare; -1 if there is none any more. */
    synchronized int begin() throws InterruptedException {
        while (!isOver() && next < count && next - written >= window) {
            wait();
        }
        if (isOver() || next >= count) {
            return -1;
        }
        preparing++;
        return next++;
    }

    /** It is prepared. */
    synchronized void ready(Item item) {
        preparing--;
        ready.add(item);
        notifyAll();
    }

    /** It can't be prepared; that is its row. */
    synchronized void failed(Row row) {
        preparing--;
        rows.put(row.index(), row);
        notifyAll();
    }

    /**
     * Pictures for a device, all of the same sizes: {@code most} of them, or fewer where no more
     * can come before one of these has been written; none if there is nothing more to do, ever.
     */
    synchronized List<Item> take(int most) throws InterruptedException {
        while (true) {
            if (failure != null) {
                return List.of();
            }
            List<Item> alike = new ArrayList<>();
            for (Item item : ready) {
                if (alike.size() == most || !alike.isEmpty()
                        && !item.input().dims().equals(alike.getFirst().input().dims())) {
                    break;
                }
                alike.add(item);
            }
            boolean whole = alike.size() == most || alike.size() < ready.size();
            if (!alike.isEmpty() && (whole || preparing == 0 && !canBeginSoon())) {
                alike.forEach(item -> ready.removeFirst());
                running += alike.size();
                return alike;
            }
            // what runs may come back, if its device is lost
            if (alike.isEmpty() && preparing == 0 && running == 0 && (stopped || next >= count)) {
                return List.of();
            }
            wait();
        }
    }

    /** Whether pictures can be begun now or as soon as rows that are there have been written. */
    private boolean canBeginSoon() {
        return !isOver() && next < count
                && (next - written < window || writing || rows.containsKey(written));
    }

    /** Rows of pictures that a device has run. */
    synchronized void done(List<Row> some) {
        running -= some.size();
        some.forEach(row -> rows.put(row.index(), row));
        notifyAll();
    }

    /** Pictures whose device is lost: the next that is free takes them. */
    synchronized void giveBack(List<Item> items) {
        running -= items.size();
        items.reversed().forEach(ready::addFirst);
        notifyAll();
    }

    /**
     * The next row, which the caller then writes and reports as {@link #written}; null if there is
     * none any more.
     *
     * @throws ExecutionException if the run failed; its cause says why
     */
    synchronized Row next() throws InterruptedException, ExecutionException {
        while (true) {
            if (failure != null) {
                throw new ExecutionException(failure);
            }
            Row row = rows.remove(written);
            if (row != null) {
                writing = true;
                return row;
            }
            if (written >= count || stopped && preparing == 0 && running == 0 && ready.isEmpty()) {
                return null;
            }
            wait();
        }
    }

    synchronized void written() {
        writing = false;
        written++;
        notifyAll();
    }

    /** Begins no further picture; those that are begun are finished. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Ends everything as it is: only the first failure counts. */
    synchronized void fail(Throwable thrown) {
        failure = failure == null ? thrown : failure;
        notifyAll();
    }

    private boolean isOver() {
        return stopped || failure != null;
    }
}
