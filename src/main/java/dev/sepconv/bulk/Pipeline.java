package dev.sepconv.bulk;

import dev.sepconv.NdArray;
import dev.sepconv.Tensor;
import dev.sepconv.io.Images;
import dev.sepconv.io.Printable;
import dev.sepconv.picture.Preparation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Pictures through a network, in four parts that go on at once: threads decode pictures and prepare
 * them; a thread for each lane runs what is prepared; and whoever called {@link #run} writes rows,
 * in the order of the pictures. Devices share the work by their speed, as each takes the next
 * pictures when it has done the last; what a lost one had goes to the others.
 */
public final class Pipeline {

    /** What is done with pictures, by whoever knows the network. */
    public interface Work {
        /**
         * A picture as the network takes it.
         *
         * @param rgb {@code [1, 3, h, w]}, red, green, blue from 0 to 1
         * @throws IOException if this picture can't go in; one sentence
         */
        NdArray prepare(Tensor rgb) throws IOException;

        /** What outputs, whose first dimension is 1, say. */
        List<Answer> answers(Map<String, NdArray> outputs);
    }

    /** Where rows go and who hears of them. */
    public interface Sink {
        /**
         * Takes the next row.
         *
         * @throws IOException if it can't be written: the run ends
         */
        void write(Row row) throws IOException;
    }

    /** A device that needs so long for a batch hangs, unless it is that slow anyway. */
    private static final long HANGS_NANOS = TimeUnit.MINUTES.toNanos(5);
    /** As many times longer than the longest batch so far. */
    private static final int HANGS_TIMES = 100;

    /** A batch on a device; taken out of {@link #running} by whoever decides what becomes of it. */
    private static final class Running {
        private final Lane lane;
        private final List<Belt.Item> items;
        private final long start = System.nanoTime();

        Running(Lane lane, List<Belt.Item> items) {
            this.lane = lane;
            this.items = items;
        }
    }

    private final Names names;
    private final List<Lane> lanes;
    private final int decoders;
    private final Belt belt;
    private final int first;

    private final PictureSteps steps;
    private final LongAdder writeNanos = new LongAdder();
    private final AtomicInteger lanesLeft;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final AtomicLong longestNanos = new AtomicLong();
    private final List<Lost> lost = new ArrayList<>();
    private final Map<String, Share> shares = new LinkedHashMap<>();

    /**
     * @param first the first picture that is run; those before it are done
     * @param lanes at least one; whoever made them closes them
     * @param decoders how many threads decode and prepare, at least 1
     */
    public Pipeline(Names names, int first, Work work, List<Lane> lanes, int decoders) {
        this.names = names;
        this.first = first;
        this.steps = new PictureSteps(work, "JDK_JAVA_OPTIONS=-Xmx8g");
        this.lanes = List.copyOf(lanes);
        this.decoders = decoders;
        this.lanesLeft = new AtomicInteger(lanes.size());
        int running = lanes.stream().mapToInt(Lane::batch).sum();
        belt = new Belt(first, names.count(), 2 * (running + decoders));
        lanes.forEach(lane -> shares.put(lane.device(), new Share(lane.device(), 0, 0)));
    }

    /**
     * What a device did.
     *
     * @param millis how long all its runs took, added up
     */
    public record Share(String device, int pictures, double millis) {
        Share with(int more, long nanos) {
            return new Share(device, pictures + more, millis + nanos / 1e6);
        }
    }

    /** A device that failed while others went on. */
    public record Lost(String device, String reason) {
    }

    /**
     * What a run took. The parts are added up over threads, which work at once: together they are
     * more than {@code millis}.
     *
     * @param pictures how many rows were written, failed ones included
     * @param failed how many of them failed
     */
    public record Report(int pictures, int failed, double millis, double decodeMillis,
            double prepareMillis, double runMillis, double writeMillis, List<Share> devices,
            List<Lost> lost) {
        /** Pictures a second, all of them. */
        public double perSecond() {
            return pictures / (millis / 1e3);
        }
    }

    /**
     * Runs all pictures, or those before {@link #stop} was called.
     *
     * @throws IOException if {@code sink} does
     * @throws RuntimeException if the last device is lost, as it threw it
     */
    public Report run(Sink sink) throws IOException {
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < decoders; i++) {
            threads.add(thread("decoder-" + i, this::decode));
        }
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            threads.add(thread("lane-" + i, () -> run(lane)));
        }
        threads.forEach(Thread::start);
        Thread watch = Thread.ofVirtual().name("sepconv-watch").start(this::watch);
        int count = 0;
        int failed = 0;
        try {
            for (Row row = belt.next(); row != null; row = belt.next()) {
                long before = System.nanoTime();
                sink.write(row);
                writeNanos.add(System.nanoTime() - before);
                count++;
                failed += row.error() == null ? 0 : 1;
                belt.written();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while pictures ran", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e.getCause());
        } finally {
            watch.interrupt();
            belt.fail(new IllegalStateException("the run has ended"));
            threads.forEach(Pipeline::join);
        }
        PictureSteps.Spent spent = steps.spent();
        synchronized (shares) {
            return new Report(count, failed, (System.nanoTime() - start) / 1e6,
                    spent.decodeNanos() / 1e6, spent.prepareNanos() / 1e6, spent.runNanos() / 1e6,
                    (writeNanos.sum() + spent.answerNanos()) / 1e6, List.copyOf(shares.values()),
                    List.copyOf(lost));
        }
    }

    /** Begins no further picture; {@link #run} returns when those that are begun are written. */
    public void stop() {
        belt.stop();
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    private Thread thread(String name, Task task) {
        return Thread.ofPlatform().daemon().name("sepconv-" + name).unstarted(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                belt.fail(e);
            }
        });
    }

    private static void join(Thread thread) {
        try {
            // a device that hangs must not keep what was written from being closed
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void decode() throws InterruptedException {
        for (int index = belt.begin(); index >= 0; index = belt.begin()) {
            Path file = names.file(index);
            try {
                belt.ready(new Belt.Item(index,
                        steps.prepare(() -> Images.read(file, Preparation.MAX_SIDE).rgb())));
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                belt.failed(Row.failed(index, names.name(index), steps.reason(file.toString(), e)));
            }
        }
    }

    private void run(Lane lane) throws InterruptedException {
        for (List<Belt.Item> items = belt.take(lane.batch()); !items.isEmpty(); items = belt
                .take(lane.batch())) {
            Running batch = new Running(lane, items);
            running.add(batch);
            List<Row> rows;
            try {
                rows = run(batch);
            } catch (RuntimeException | OutOfMemoryError e) {
                if (running.remove(batch)) {
                    lose(lane, items, e);
                }
                return;
            }
            if (!running.remove(batch)) {
                return; // others were given its pictures
            }
            belt.done(rows);
        }
    }

    private List<Row> run(Running batch) {
        PictureSteps.Ran ran = steps.run(batch.lane,
                batch.items.stream().map(item -> new PictureSteps.Ready(item.index(),
                        names.name(item.index()), item.input())).toList());
        if (ran.nanos() > 0) {
            longestNanos.accumulateAndGet(ran.nanos(), Math::max);
            synchronized (shares) {
                shares.compute(batch.lane.device(),
                        (device, share) -> share.with(batch.items.size(), ran.nanos()));
            }
        }
        return ran.rows();
    }

    private void watch() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(1);
                giveUpHanging(System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the run has ended
        }
    }

    /**
     * Gives the pictures of devices that seem to hang to others; the last device keeps its own, as
     * nobody else could run them.
     *
     * @param now as {@link System#nanoTime}
     */
    void giveUpHanging(long now) {
        long most = Math.max(HANGS_NANOS, HANGS_TIMES * longestNanos.get());
        for (Running batch : running) {
            if (now - batch.start > most && lanesLeft.get() > 1 && running.remove(batch)) {
                lose(batch.lane, batch.items,
                        new IllegalStateException("it hangs: a batch was not done after %d seconds"
                                .formatted(TimeUnit.NANOSECONDS.toSeconds(now - batch.start))));
            }
        }
    }

    private void lose(Lane lane, List<Belt.Item> items, Throwable thrown) {
        synchronized (shares) {
            lost.add(new Lost(lane.device(), Printable.sentence(
                    thrown.getMessage() == null ? thrown.toString() : thrown.getMessage())));
        }
        if (lanesLeft.decrementAndGet() == 0) {
            belt.fail(thrown);
        } else {
            belt.giveBack(items);
        }
    }
}
