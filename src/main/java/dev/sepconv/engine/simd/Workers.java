package dev.sepconv.engine.simd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The calling thread and a daemon thread for each further core, which share out the tasks of one
 * {@link Step} at a time. Each has a part of its own, tasks that follow one another, so that the
 * part of a picture that a step leaves in a core's cache is read there by the next step; who is
 * done takes the later half of what another has left. A run allocates nothing: layers of a few
 * microseconds are common, and a fork-join pool would make an object for each task.
 */
final class Workers implements AutoCloseable {

    /**
     * How often a waiting thread looks before it gives way to others: some 50 microseconds, longer
     * than most steps take.
     */
    private static final int SPINS = 2_000;

    /**
     * How long an idle helper then goes on looking, giving way each time, before it sleeps: layers
     * often come one after the other.
     */
    private static final long AWAKE_NANOS = 2_000_000;

    /**
     * A helper that has slept so often will do so again, and it pays to choose where it is woken:
     * the functions for that take Java some ten milliseconds, when nothing else is to do.
     */
    private static final int SLEEPS_BEFORE_CORES = 8;

    private final Helper[] helpers;

    /** Longs between two workers' counters: each in a line of the caches of its own. */
    private static final int APART = 16;

    /** Bits of an item's number, and of the one past a part's last. */
    private static final int BITS = 20;
    private static final int MOST_ITEMS = (1 << BITS) - 1;

    /**
     * For each worker the run's number and which items nobody has taken yet: from one to another.
     * An item is taken, and a half is, by changing this, which fails if another run has begun; the
     * other fields are stable as long as an item of their run is open or not done.
     */
    private final AtomicLongArray open;
    /** Items of this run that are not done. */
    private final AtomicInteger pending = new AtomicInteger();
    /** Tasks of an item: one, but where there would be more items than have numbers. */
    private int itemTasks;
    private Step step;
    private float[] in;
    private float[] out;
    private Thread caller;
    private volatile boolean callerSleeps;
    private volatile Throwable failure;
    private volatile boolean closed;

    /** Workers for that many threads, the caller's included. */
    Workers(int threads) {
        this(threads, Thread::start);
    }

    /**
     * {@link #Workers(int)}.
     *
     * @param starter what makes a helper run, if ever
     */
    Workers(int threads, Consumer<Thread> starter) {
        helpers = new Helper[threads - 1];
        open = new AtomicLongArray(at(threads));
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
            starter.accept(helpers[i]);
        }
    }

    /** How many tasks can run at once. */
    int count() {
        return helpers.length + 1;
    }

    /**
     * Runs all tasks of a step and returns when they are done. Runs from several threads come one
     * after the other.
     */
    synchronized void run(Step newStep, float[] newIn, float[] newOut) {
        if (closed) {
            throw new IllegalStateException("the engine of this plan is closed");
        }
        int tasks = newStep.tasks();
        itemTasks = tasks / MOST_ITEMS + 1;
        int items = Math.ceilDiv(tasks, itemTasks);
        newStep.begin();
        step = newStep;
        in = newIn;
        out = newOut;
        caller = Thread.currentThread();
        pending.set(items);
        long run = run(open.get(at(0))) + 1;
        int end = items;
        for (int worker = count() - 1; worker >= 0; worker--) {
            int first = (int) ((long) worker * items / count());
            open.set(at(worker), items(run, first, end));
            if (first < end && worker > 0) {
                helpers[worker - 1].wake();
            }
            end = first;
        }
        takeTasks(0);
        awaitTheOthers();
        step = null;
        in = null;
        out = null;
        if (failure != null) {
            Throwable thrown = failure;
            failure = null;
            throw new IllegalStateException(
                    "a task of " + newStep.getClass().getSimpleName() + " failed", thrown);
        }
    }

    /** Behind the array's length, which each access reads: its line must not change either. */
    private static int at(int worker) {
        return (worker + 1) * APART;
    }

    private static long items(long run, int first, int end) {
        return run << 2 * BITS | (long) first << BITS | end;
    }

    private static long run(long items) {
        return items >>> 2 * BITS;
    }

    private static int first(long items) {
        return (int) (items >>> BITS) & MOST_ITEMS;
    }

    private static int end(long items) {
        return (int) items & MOST_ITEMS;
    }

    /** What a worker has, then what others have left. */
    private void takeTasks(int worker) {
        int done = 0;
        do {
            done += takeOwn(worker);
        } while (takeHalf(worker));
        if (done > 0 && pending.addAndGet(-done) == 0 && callerSleeps) {
            LockSupport.unpark(caller);
        }
    }

    /** Does what a worker has, as far as others leave it; how many items. */
    private int takeOwn(int worker) {
        int done = 0;
        long seen = open.get(at(worker));
        while (first(seen) < end(seen)) {
            if (open.compareAndSet(at(worker), seen,
                    items(run(seen), first(seen) + 1, end(seen)))) {
                run(first(seen), worker);
                done++;
            }
            seen = open.get(at(worker));
        }
        return done;
    }

    private void run(int item, int worker) {
        int end = (int) Math.min(step.tasks(), (item + 1L) * itemTasks);
        try {
            for (int task = item * itemTasks; task < end; task++) {
                step.run(task, worker, in, out);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Gives a worker that has nothing the later half of what another has; whether one had. */
    private boolean takeHalf(int worker) {
        long mine = open.get(at(worker));
        if (first(mine) < end(mine)) {
            return true; // another run has begun
        }
        long run = run(mine);
        for (int i = 1; i < count(); i++) {
            int other = (worker + i) % count();
            long seen = open.get(at(other));
            while (run(seen) == run && first(seen) < end(seen)) {
                int middle = (first(seen) + end(seen)) / 2;
                if (open.compareAndSet(at(other), seen, items(run, first(seen), middle))) {
                    open.set(at(worker), items(run, middle, end(seen)));
                    return true;
                }
                seen = open.get(at(other));
            }
        }
        return false;
    }

    private void awaitTheOthers() {
        for (int i = 0; i < SPINS && pending.get() > 0; i++) {
            Thread.onSpinWait();
        }
        long since = System.nanoTime();
        while (pending.get() > 0 && System.nanoTime() - since < AWAKE_NANOS) {
            Thread.yield();
        }
        if (pending.get() > 0) {
            callerSleeps = true;
            while (pending.get() > 0) {
                LockSupport.park(this);
            }
            callerSleeps = false;
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
        }
    }

    private final class Helper extends Thread {

        private final int worker;
        private volatile boolean sleeps;
        private volatile Cores cores;
        private int slept;

        Helper(int worker) {
            super("sepconv-simd-" + worker);
            this.worker = worker;
            setDaemon(true);
        }

        private boolean hasWork() {
            long items = open.get(at(worker));
            return first(items) < end(items);
        }

        void wake() {
            if (sleeps) {
                if (cores != null) {
                    cores.avoidCallers();
                }
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            while (!closed) {
                for (int i = 0; i < SPINS && !hasWork(); i++) {
                    Thread.onSpinWait();
                }
                long idleSince = System.nanoTime();
                while (!hasWork() && System.nanoTime() - idleSince < AWAKE_NANOS) {
                    Thread.yield();
                }
                if (!hasWork()) {
                    sleep();
                }
                takeTasks(worker);
            }
        }

        private void sleep() {
            slept++;
            if (slept == SLEEPS_BEFORE_CORES) {
                cores = Cores.ofThisThread().orElse(null);
            }
            // Order matters: say that it sleeps, then look again, so that wake() can't fall
            // between the two.
            sleeps = true;
            while (!hasWork() && !closed) {
                LockSupport.park(Workers.this);
            }
            sleeps = false;
        }
    }
}
