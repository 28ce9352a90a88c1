package dev.sepconv.engine.simd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The calling thread and a daemon thread for each further core, which share out the tasks of one
 * {@link Step} at a time. A run allocates nothing: layers of a few microseconds are common, and a
 * fork-join pool would make an object for each task.
 */
final class Workers implements AutoCloseable {

    /**
     * How often a waiting thread looks before it gives way to others: some 50 microseconds, longer
     * than most steps take.
     */
    private static final int SPINS = 2_000;

    /**
     * How long an idle helper then goes on looking, giving way each time, before it sleeps. Layers
     * often come one after the other, and a sleeper is dear: Linux may wake it on its waker's core
     * and take milliseconds to move it to the idle one beside.
     */
    private static final long AWAKE_NANOS = 2_000_000;

    private final Helper[] helpers;

    /**
     * The run's number in the upper half, its tasks that nobody has taken yet in the lower. A task
     * is taken by lowering it, which fails if another run has begun; the other fields are stable as
     * long as a task of their run is open.
     */
    private final AtomicLong open = new AtomicLong();
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
        open.set(((open.get() >>> 32) + 1) << 32 | tasks);
        if (tasks > 1) {
            for (Helper helper : helpers) {
                helper.wake();
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

    private void takeTasks(int worker) {
        long seen = open.get();
        while ((int) seen > 0) {
            if (open.compareAndSet(seen, seen - 1)) {
                try {
                    step.run(step.tasks() - (int) seen, worker, in, out);
                } catch (Throwable e) {
                    failure = e;
                }
                if (pending.decrementAndGet() == 0 && callerSleeps) {
                    LockSupport.unpark(caller);
                }
            }
            seen = open.get();
        }
    }

    private void awaitTheOthers() {
        for (int i = 0; i < SPINS && pending.get() > 0; i++) {
            Thread.onSpinWait();
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

        Helper(int worker) {
            super("sepconv-simd-" + worker);
            this.worker = worker;
            setDaemon(true);
        }

        void wake() {
            if (sleeps) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            while (!closed) {
                for (int i = 0; i < SPINS && (int) open.get() == 0; i++) {
                    Thread.onSpinWait();
                }
                long idleSince = System.nanoTime();
                while ((int) open.get() == 0 && System.nanoTime() - idleSince < AWAKE_NANOS) {
                    Thread.yield();
                }
                // Order matters: say that it sleeps, then look again, so that wake() can't fall
                // between the two.
                sleeps = true;
                while ((int) open.get() == 0 && !closed) {
                    LockSupport.park(Workers.this);
                }
                sleeps = false;
                takeTasks(worker);
            }
        }
    }
}
