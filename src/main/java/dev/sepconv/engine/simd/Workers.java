package dev.sepconv.engine.simd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The calling thread and a daemon thread for each further core, which share out the tasks of one
 * {@link Step} at a time. Each has a part of its own, tasks that follow one another, so that the
 * part of a picture that a step leaves in a core's cache is read there by the next step; who is
 * done takes from the others' parts. A run allocates nothing: layers of a few microseconds are
 * common, and a fork-join pool would make an object for each task.
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

    /**
     * For each worker the run's number in the upper half, in the lower the tasks of its part that
     * nobody has taken yet. A task is taken by lowering it, which fails if another run has begun;
     * the other fields are stable as long as a task of their run is open.
     */
    private final AtomicLongArray open;
    /** Tasks of this run that are not done. */
    private final AtomicInteger pending = new AtomicInteger();
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
        open = new AtomicLongArray(threads * APART);
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
        step = newStep;
        in = newIn;
        out = newOut;
        caller = Thread.currentThread();
        pending.set(tasks);
        long run = (open.get(0) >>> 32) + 1 << 32;
        for (int worker = count() - 1; worker >= 0; worker--) {
            int part = end(worker, tasks) - end(worker - 1, tasks);
            open.set(worker * APART, run | part);
            if (part > 0 && worker > 0) {
                helpers[worker - 1].wake();
            }
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

    /** One past the last task of a worker's part. */
    private int end(int worker, int tasks) {
        return (int) ((worker + 1L) * tasks / count());
    }

    /** Those of a worker's own part, then the others'. */
    private void takeTasks(int worker) {
        for (int i = 0; i < count(); i++) {
            takeTasks(worker, (worker + i) % count());
        }
    }

    private void takeTasks(int worker, int part) {
        long seen = open.get(part * APART);
        while ((int) seen > 0) {
            if (open.compareAndSet(part * APART, seen, seen - 1)) {
                try {
                    step.run(end(part, step.tasks()) - (int) seen, worker, in, out);
                } catch (Throwable e) {
                    failure = e;
                }
                if (pending.decrementAndGet() == 0 && callerSleeps) {
                    LockSupport.unpark(caller);
                }
            }
            seen = open.get(part * APART);
        }
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
            return (int) open.get(worker * APART) != 0;
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
