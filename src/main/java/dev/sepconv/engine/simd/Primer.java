package dev.sepconv.engine.simd;

import dev.sepconv.engine.simd.gen.DepthwiseSlabTile;
import dev.sepconv.engine.simd.gen.EvenTile;
import dev.sepconv.engine.simd.gen.PictureTile;
import dev.sepconv.engine.simd.gen.PixelTile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Has the JVM compile the loops that do most work before there is work: beside the packing of
 * weights, on a thread of its own, once a process.
 *
 * <p>
 * Until the JVM's second compiler is done with a loop, the Vector API makes an object of each
 * vector and calls a method for each lane. A first run then does little but wait, and what it does
 * meanwhile has the JVM compile just these objects and calls, and the loop from the middle of one,
 * which takes several times as long.
 *
 * <p>
 * The JVM asks for a compilation after some thousand calls. Nearly all of those here have nothing
 * to do and take nanoseconds. A few have a little: what never happened isn't compiled, so that the
 * first time that it happens the code is thrown away. What happened less than 40 times is compiled
 * as if nothing was known of it, so a few are enough, and the fewer vectors are made the fewer
 * methods of the Vector API get hot, behind which a loop would wait for the compiler.
 *
 * <p>
 * A call with nothing to do must end before an inner loop: the second compiler tests the indices of
 * all its turns before the first one, even where there is none, and after four tests that failed it
 * throws the code away and compiles it anew.
 */
final class Primer {

    /** What can be compiled ahead. */
    enum Hot {
        /** {@link PixelTile}, whole panels. */
        PIXELS,
        /** {@link Epilogue} of most networks, of a panel. */
        CLAMP,
        /** {@link PatchStep}, as long as {@link #PICTURES} are not there. */
        PATCHES,
        /** {@link DepthwiseRow}, 3x3, two rows at once. */
        DEPTHWISE,
        /** The same with a stride of 2. */
        DEPTHWISE_BY_TWO,
        /** {@link DepthwiseRow}, 3x3, the one row at a picture's edge. */
        DEPTHWISE_EDGE,
        /** The same with a stride of 2. */
        DEPTHWISE_EDGE_BY_TWO,
        /** {@link DepthwiseRow}, a pixel at a picture's edge. */
        DEPTHWISE_PIXEL,
        /** {@link OnePixel}. */
        ONE_PIXEL,
        /** {@link DepthwiseSlabTile}, 3x3. */
        DEPTHWISE_SLAB,
        /**
         * {@link EvenTile}, and what brings pixels to where it reads them. It takes the second
         * compiler as long as all others together, so it comes when these are long done, and until
         * then {@link PixelTile} does its work.
         */
        EVEN_PIXELS,
        /** {@link PictureTile}: likewise. */
        PICTURES,
        /** The same with a stride of 2. */
        PICTURES_BY_TWO;

        private volatile boolean done;

        /** Whether all was done for it to be compiled. */
        boolean isDone() {
            return done;
        }

        /** Whether it waits until the others are long done. */
        private boolean isLate() {
            return this == EVEN_PIXELS || this == PICTURES || this == PICTURES_BY_TWO;
        }

        private Loop loop() {
            return switch (this) {
                case PIXELS -> HotLoops.pixels();
                case CLAMP -> HotLoops.clamp();
                case PATCHES -> HotLoops.patches();
                case DEPTHWISE -> HotLoops.depthwise(this, 1);
                case DEPTHWISE_BY_TWO -> HotLoops.depthwise(this, 2);
                case DEPTHWISE_EDGE -> HotLoops.depthwiseEdge(this, 1);
                case DEPTHWISE_EDGE_BY_TWO -> HotLoops.depthwiseEdge(this, 2);
                case DEPTHWISE_SLAB -> HotLoops.slab();
                case DEPTHWISE_PIXEL -> HotLoops.depthwisePixel();
                case ONE_PIXEL -> HotLoops.onePixel();
                case EVEN_PIXELS -> HotLoops.evenPixels();
                case PICTURES -> HotLoops.pictures(this, 1);
                case PICTURES_BY_TWO -> HotLoops.pictures(this, 2);
            };
        }
    }

    /** So many calls, and the first compiler takes a method; only then calls count as below. */
    private static final int FIRST_CALLS = 250;

    /** Time for the first compiler. */
    private static final long FIRST_NANOS = 5_000_000;

    /** So many calls, and the second compiler is asked, unless much waits for it. */
    private static final int CALLS = 6_000;

    /**
     * Calls with nothing to do for one with a little. All that such a loop calls must be inlined at
     * any rate, as the Vector API is: our own methods are only where they are seen to be called
     * often.
     */
    static final int MANY_EMPTY_CALLS = 1_000;

    /** The same where time doesn't count, and the compiler may know how often a loop turns. */
    static final int FEW_EMPTY_CALLS = 20;

    /** From one look whether a loop is compiled to the next, and how many there are at most. */
    private static final long PAUSE_NANOS = 3_000_000;
    private static final int MOST_LOOKS = 700;

    /** Loops that wait for the second compiler at once: of more it would put off some. */
    private static final int MOST_ASKED = 3;

    /** How long first runs wait together at most: a JVM may have no second compiler. */
    private static final long MOST_WAIT_NANOS = 300_000_000;
    private static final long WAIT_NANOS = 500_000;

    /** Until a first result is there, and most of what it needs is compiled. */
    private static final long LATE_NANOS = 1_500_000_000;

    /** A vector operation takes longer unless it is compiled. */
    private static final int OPERATION_NANOS = 4;

    /** For a call and a look at the clock. */
    private static final int CALL_NANOS = 200;

    private static final Set<Hot> KNOWN = EnumSet.noneOf(Hot.class);
    private static final Queue<Hot> WANTED = new ArrayDeque<>();
    private static boolean runs;
    private static boolean waited;
    private static long waitEnd;

    /** A call with a little or with nothing to do. */
    interface Call {
        void run(boolean little);
    }

    /**
     * A loop to be compiled.
     *
     * @param operations of vectors that a call with a little to do does, roughly
     */
    record Loop(Hot hot, int operations, int emptyCalls, Call call) {

        /** Has the first compiler take it, and the second one if that is done soon. */
        void begin() {
            empty(FIRST_CALLS);
            LockSupport.parkNanos(FIRST_NANOS);
            for (int calls = 0; calls < CALLS && !isFast(); calls += emptyCalls) {
                empty(emptyCalls);
            }
        }

        /** Whether it is compiled; and more calls, should the second one not have been asked. */
        boolean look() {
            for (int i = 0; i < 2; i++) {
                if (isFast()) {
                    return true;
                }
                empty(emptyCalls);
            }
            return false;
        }

        private void empty(int calls) {
            for (int i = 0; i < calls; i++) {
                call.run(false);
            }
        }

        private boolean isFast() {
            long start = System.nanoTime();
            call.run(true);
            return System.nanoTime() - start < CALL_NANOS + (long) OPERATION_NANOS * operations;
        }
    }

    /** A loop that waits for the second compiler, and how often that was seen. */
    private static final class Asked {

        private final Loop loop;
        private int looks;

        Asked(Hot hot) {
            loop = hot.loop();
            loop.begin();
        }

        /** Looks once more; whether it waits no longer. */
        boolean isDone() {
            looks++;
            boolean done = loop.look() || looks == MOST_LOOKS;
            loop.hot.done |= done;
            return done;
        }
    }

    private Primer() {
    }

    /** Has it compiled, unless that was said before. */
    static void want(Hot hot) {
        synchronized (WANTED) {
            if (!KNOWN.add(hot)) {
                return;
            }
            if (hot.isLate()) {
                start(() -> runLate(hot));
                return;
            }
            WANTED.add(hot);
            if (!runs) {
                runs = true;
                start(Primer::run);
            }
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "sepconv-primer");
        thread.setDaemon(true);
        thread.start();
    }

    private static void runLate(Hot hot) {
        LockSupport.parkNanos(LATE_NANOS);
        Asked asked = new Asked(hot);
        while (!asked.isDone()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** A few at once, so that the compiler never waits for calls. */
    private static void run() {
        List<Asked> asked = new ArrayList<>();
        while (true) {
            Hot next = null;
            synchronized (WANTED) {
                if (asked.size() < MOST_ASKED) {
                    next = WANTED.poll();
                }
                if (next == null && asked.isEmpty()) {
                    runs = false;
                    return;
                }
            }
            if (next == null) {
                LockSupport.parkNanos(PAUSE_NANOS);
            } else {
                asked.add(new Asked(next));
            }
            asked.removeIf(Asked::isDone);
        }
    }

    /**
     * Waits until they are compiled, a short time at most for all that ever wait: what runs
     * meanwhile would take as long, and keep the compiler busy with what it calls.
     */
    static void await(Set<Hot> wanted) {
        for (Hot hot : wanted) {
            while (!hot.done && mayWait()) {
                LockSupport.parkNanos(WAIT_NANOS);
            }
        }
    }

    private static boolean mayWait() {
        synchronized (WANTED) {
            long now = System.nanoTime();
            if (!waited) {
                waited = true;
                waitEnd = now + MOST_WAIT_NANOS;
            }
            return now - waitEnd < 0;
        }
    }
}
