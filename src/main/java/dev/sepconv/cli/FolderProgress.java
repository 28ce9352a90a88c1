package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;

/** How far a folder is: pictures a second, of late, and how long the rest will take. */
final class FolderProgress implements AutoCloseable {

    /**
     * Over so long at least a speed is taken: long enough to be steady, short enough to be true.
     */
    private static final long SPAN_NANOS = 5_000_000_000L;
    /** Where there is no bar, a line so often. */
    private static final long LINE_NANOS = 30_000_000_000L;
    private static final long SHOW_NANOS = 200_000_000L;

    private final Bar bar;
    private final int count;
    private final LongSupplier nanoTime;
    private int done;
    private long shown;
    private long said;

    private record Mark(long nanos, int done) {
    }

    private final Deque<Mark> marks = new ArrayDeque<>();

    /**
     * @param count how many pictures there are
     * @param before how many of them were done before
     */
    FolderProgress(PrintWriter err, int count, int before) {
        this(err, count, before, System::nanoTime);
    }

    FolderProgress(PrintWriter err, int count, int before, LongSupplier nanoTime) {
        this.count = count;
        this.nanoTime = nanoTime;
        done = before;
        bar = new Bar(err, "pictures", count);
        said = nanoTime.getAsLong();
        shown = said;
        marks.add(new Mark(said, before));
        bar.done(before);
        bar.part(before == 0
                ? Printable.count(count, "picture")
                : "%s, of which %d are done".formatted(Printable.count(count, "picture"), before));
    }

    /** One more is written. */
    void done() {
        done(done + 1);
    }

    /** So many are written; nothing is shown where they are no more than before. */
    void done(int written) {
        if (written <= done) {
            return;
        }
        done = written;
        long now = nanoTime.getAsLong();
        if (now - shown < SHOW_NANOS && done < count) {
            return;
        }
        shown = now;
        marks.add(new Mark(now, done));
        Mark from = marks.removeFirst();
        while (now - marks.getFirst().nanos() > SPAN_NANOS) {
            from = marks.removeFirst();
        }
        marks.addFirst(from); // not within the span, in which many may come at once
        bar.done(done);
        bar.show(speed(now));
        if (now - said > LINE_NANOS) {
            said = now;
            bar.part("%d of %d pictures, %s".formatted(done, count, speed(now)));
        }
    }

    private String speed(long now) {
        Mark from = marks.getFirst();
        double perSecond = (done - from.done()) / Math.max(1e-9, (now - from.nanos()) / 1e9);
        return String.format(Locale.ROOT, "%.1f a second, %s left", perSecond,
                time((long) Math.ceil((count - done) / Math.max(1e-9, perSecond))));
    }

    private static String time(long seconds) {
        return seconds < 100
                ? seconds + " s"
                : seconds < 6000
                        ? "%d min".formatted((seconds + 30) / 60)
                        : "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }

    @Override
    public void close() {
        bar.close();
    }
}
