package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.EvenTile;
import dev.sepconv.engine.simd.gen.PictureTile;
import dev.sepconv.engine.simd.gen.PixelTile;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumSet;
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
 * The JVM asks for a compilation after some thousand calls. Most of those here have nothing to do
 * and take nanoseconds. Some have a little: what never happened isn't compiled, and what seldom
 * happens is compiled to be slow.
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
        /** {@link DepthwiseRow}, 3x3, two rows at once. */
        DEPTHWISE,
        /** The same with a stride of 2. */
        DEPTHWISE_BY_TWO,
        /** {@link DepthwiseRow}, 3x3, the one row at a picture's edge. */
        DEPTHWISE_EDGE,
        /** The same with a stride of 2. */
        DEPTHWISE_EDGE_BY_TWO,
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
                case PIXELS -> pixels();
                case CLAMP -> clamp();
                case DEPTHWISE -> depthwise(this, 1, 4, 1, 2);
                case DEPTHWISE_BY_TWO -> depthwise(this, 2, 4, 1, 2);
                case DEPTHWISE_EDGE -> depthwise(this, 1, 8, 0, 1);
                case DEPTHWISE_EDGE_BY_TWO -> depthwise(this, 2, 8, 0, 1);
                case EVEN_PIXELS -> evenPixels();
                case PICTURES -> pictures(this, 1);
                case PICTURES_BY_TWO -> pictures(this, 2);
            };
        }
    }

    /** So many calls, and the first compiler takes a method; only then calls count as below. */
    private static final int FIRST_CALLS = 250;

    /** Time for the first compiler. */
    private static final long FIRST_NANOS = 5_000_000;

    /**
     * Calls with nothing to do for one with a little: three steps of {@link PixelTile}'s innermost
     * loop a call. With one step in two calls its code was up to a sixth slower, as for a loop that
     * hardly ever runs.
     */
    private static final int EMPTY_CALLS = 20;

    /** Rounds of such calls, after which the second compiler has been asked: 5,000 calls. */
    private static final int ROUNDS = 270;

    /** Rounds thereafter, with pauses, until it is done: at most a second. */
    private static final int MOST_ROUNDS = ROUNDS + 2_000;

    private static final long PAUSE_NANOS = 500_000;

    /** Until a first result is there, and most of what it needs is compiled. */
    private static final long LATE_NANOS = 1_500_000_000;

    /** A vector operation takes longer unless it is compiled. */
    private static final int OPERATION_NANOS = 4;

    /** For a call and a look at the clock. */
    private static final int CALL_NANOS = 200;

    private static final Set<Hot> KNOWN = EnumSet.noneOf(Hot.class);
    private static final Queue<Hot> WANTED = new ArrayDeque<>();
    private static boolean runs;

    /** A call with a little or with nothing to do. */
    private interface Call {
        void run(boolean little);
    }

    /**
     * A loop to be compiled.
     *
     * @param operations of vectors that a call with a little to do does, roughly
     */
    private record Loop(Hot hot, int operations, Call call) {

        void begin() {
            for (int i = 0; i < FIRST_CALLS; i++) {
                call.run(false);
            }
        }

        /** Whether it is compiled. */
        boolean isFastAfterRound() {
            for (int i = 0; i < EMPTY_CALLS; i++) {
                call.run(false);
            }
            long start = System.nanoTime();
            call.run(true);
            return System.nanoTime() - start < CALL_NANOS + (long) OPERATION_NANOS * operations;
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
        Loop loop = hot.loop();
        loop.begin();
        finish(loop, new ArrayDeque<>());
    }

    /** One after the other: the most important one must not wait for others in a queue. */
    private static void run() {
        Queue<Loop> begun = new ArrayDeque<>();
        while (true) {
            begin(begun);
            if (begun.isEmpty()) {
                synchronized (WANTED) {
                    if (WANTED.isEmpty()) {
                        runs = false;
                        return;
                    }
                }
            } else {
                finish(begun.remove(), begun);
            }
        }
    }

    private static void finish(Loop loop, Queue<Loop> begun) {
        LockSupport.parkNanos(FIRST_NANOS);
        for (int round = 0; round < MOST_ROUNDS && !loop.isFastAfterRound(); round++) {
            begin(begun);
            if (round >= ROUNDS) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        loop.hot.done = true;
    }

    /** The first calls of what has come to be wanted. */
    private static void begin(Queue<Loop> begun) {
        Hot hot;
        do {
            synchronized (WANTED) {
                hot = WANTED.poll();
            }
            if (hot != null) {
                Loop loop = hot.loop();
                loop.begin();
                begun.add(loop);
            }
        } while (hot != null);
    }

    private static Loop pixels() {
        int channels = 64;
        float[] in = new float[channels];
        float[] panels = new float[channels * PixelTile.WIDTH];
        float[] bias = new float[PixelTile.WIDTH];
        float[] out = new float[PixelTile.PIXELS * PixelTile.WIDTH];
        int[] offsets = new int[PixelTile.PIXELS];
        // two: a branch that is never taken before would be compiled as one that ends the code
        int[] starts = {0, channels / 2};
        int[] lengths = {channels / 2, channels / 2};
        return new Loop(Hot.PIXELS, 2 * PixelTile.PIXELS * channels,
                little -> PixelTile.run(in, offsets, 0, starts, lengths, panels, 0, bias, 0, 0,
                        PixelTile.WIDTH, out, 0, PixelTile.WIDTH, little ? PixelTile.PIXELS : 0));
    }

    /** Panels of two vectors and of one. */
    private static Loop evenPixels() {
        int numbers = 4 * LANES;
        int pixels = 2 * EvenTile.PIXELS;
        float[] in = new float[pixels * numbers];
        int[] offsets = new int[pixels];
        Arrays.setAll(offsets, p -> p * numbers);
        float[] evenly = new float[pixels * EvenTile.APART];
        float[] panels = new float[numbers * PixelTile.WIDTH];
        float[] bias = new float[PixelTile.WIDTH];
        float[] out = new float[pixels * numbers];
        return new Loop(Hot.EVEN_PIXELS, 3 * pixels * (numbers + 10), little -> {
            int count = little ? pixels : 0;
            DenseBlock.copyVectors(in, offsets, numbers, evenly, count);
            EvenTile.run(evenly, 0, numbers, panels, 0, bias, 0, PixelTile.WIDTH, 0, 6, out,
                    offsets, 0, 0, count);
            EvenTile.run(evenly, 0, numbers, panels, 0, bias, 0, LANES, 0, 6, out, offsets, 0, 0,
                    count);
        });
    }

    /** Panels of two vectors and of one. */
    private static Loop pictures(Hot hot, int stride) {
        int taps = 2 * LANES;
        int pixels = 2 * PictureTile.PIXELS;
        float[] in = new float[taps + pixels * stride];
        int[] at = new int[taps];
        Arrays.setAll(at, i -> i);
        int[] offsets = new int[pixels];
        Arrays.setAll(offsets, p -> p * PixelTile.WIDTH);
        float[] panels = new float[taps * PixelTile.WIDTH];
        float[] bias = new float[PixelTile.WIDTH];
        float[] out = new float[pixels * PixelTile.WIDTH];
        return new Loop(hot, 3 * pixels * (taps + 10), little -> {
            int count = little ? pixels : 0;
            PictureTile.run(in, 0, at, stride, panels, 0, bias, 0, PixelTile.WIDTH, 0, 6, out,
                    offsets, 0, count);
            PictureTile.run(in, 0, at, stride, panels, 0, bias, 0, LANES, 0, 6, out, offsets, 0,
                    count);
        });
    }

    private static Loop clamp() {
        int pixels = 8;
        Epilogue epilogue = new Epilogue(Activation.RELU6);
        float[] staged = new float[pixels * PixelTile.WIDTH];
        float[] out = new float[PixelTile.WIDTH];
        int[] offsets = new int[pixels];
        return new Loop(Hot.CLAMP, 10 * pixels,
                little -> epilogue.move(staged, out, offsets, 0, little ? pixels : 0));
    }

    /**
     * Rows with pixels inside, and one at each end; four vectors of channels, and two.
     *
     * @param side of the output
     * @param h the first row
     */
    private static Loop depthwise(Hot hot, int stride, int side, int h, int rows) {
        int channels = 6 * LANES;
        Shape in = new Shape(1, channels, side * stride, side * stride);
        Conv2d conv = Conv2d.depthwise(channels, 1, 3).withStride(stride).withBias(false)
                .withPadding(Padding.of(1));
        Padding.Explicit pad = conv.padding().resolve(conv, in.h(), in.w());
        Shape out = conv.outputShape(in);
        DepthwiseRow row = new DepthwiseRow(conv, new ConvWeights(new float[channels * 9], null),
                pad, Grid.padded(in, Picture.NO_BORDER), in, out, channels);
        float[] input = new float[in.elements()];
        float[] output = new float[rows * out.w() * channels];
        int rowFloats = out.w() * channels;
        return new Loop(hot, rows * out.w() * 6 * 9, little -> {
            row.run(input, 0, 0, h, rows, out.w(), 0, little ? 4 * LANES : 0, output, 0, rowFloats);
            row.run(input, 0, 0, h, rows, out.w(), 0, little ? 2 * LANES : 0, output, 0, rowFloats);
        });
    }
}
