package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.EvenTile;
import dev.sepconv.engine.simd.gen.PictureTile;
import java.util.Arrays;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution of a picture of few channels, as cameras make them, from NCHW or NHWC: what lies
 * under the kernel is brought side by side, a patch for each pixel, and what follows is pointwise.
 *
 * <pre>
 * planes or pixels ─▶ patches of a block of pixels ─▶ pointwise ─▶ pixels or planes
 * planes ─▶ a band of rows ───────────────────────────┘
 * </pre>
 *
 * With so few channels a kernel's row is too short a run for {@link DenseBlock}, and turning the
 * whole picture, with a border, costs as much as it computes. From planes nothing is brought
 * together once {@link PictureTile} is compiled, which reads them where they lie.
 */
final class PatchStep implements Step {

    /** Of an input; from more on a kernel's row is long enough. */
    private static final int MOST_CHANNELS = 4;

    private static final int MOST_NUMBERS = 512;

    /** Pixels of a row that are computed at once, and for how many the input's rows are brought. */
    private static final int MOST_PIECE = 224;

    private static final int BAND_PIXELS = 448;

    /** For a run of one row of 3 numbers, which a wider vector would store over and over. */
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Shape in;
    private final Destination out;
    private final Shape outShape;
    private final DenseBlock block;
    /** Null where there is none. */
    private final Band band;
    /** What it waits for. */
    private final Primer.Hot hot;
    /**
     * A task has so many pieces, rows of the output or parts of one where there is a band, each of
     * so many pixels at most.
     */
    private final int piecePixels;
    private final int piecesPerRow;
    private final int piecesPerTask;
    private final int piecesPerImage;
    private final int tasksPerImage;
    /** Where an image's channel 0 begins, and from there to the next image, row and pixel. */
    private final int base;
    private final int image;
    private final int row;
    private final int pixel;
    /** From one channel to the next. */
    private final int channel;
    /** A patch's numbers, of which so many lie side by side in the input at a time. */
    private final int numbers;
    private final int run;
    private final int[] starts;
    /** From one patch to the next: room for the last run as a whole vector. */
    private final int pitch;
    private final DenseBlock.Scratch[] scratch;
    private final Room[] patches;

    static boolean suits(Conv2d conv) {
        return conv.groups() == 1 && conv.inChannels() <= MOST_CHANNELS && conv.dilationWidth() == 1
                && conv.kernelWidth() > 1 && numbers(conv) <= MOST_NUMBERS;
    }

    private static int numbers(Conv2d conv) {
        return conv.inChannels() * conv.kernelHeight() * conv.kernelWidth();
    }

    /**
     * @param conv one that {@link #suits}
     * @param layout of the input
     * @param from where an NHWC input's pixels lie; a border is not read
     * @param in the input's shape
     * @param out where the output goes
     * @param memory of the plan
     */
    PatchStep(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Layout layout, Grid from,
            Shape in, Destination out, Shape outShape, PlanMemory memory) {
        Primer.want(Primer.Hot.PATCHES);
        this.conv = conv;
        this.pad = pad;
        this.in = in;
        this.out = out;
        this.outShape = outShape;
        boolean planes = layout == Layout.NCHW;
        base = planes ? 0 : from.base();
        image = planes ? in.c() * in.h() * in.w() : from.image();
        row = planes ? in.w() : from.row();
        pixel = planes ? 1 : from.pixel();
        channel = planes ? in.h() * in.w() : 1;
        numbers = numbers(conv);
        run = conv.kernelWidth() * (planes ? 1 : in.c());
        starts = new int[numbers / run];
        for (int i = 0; i < starts.length; i++) {
            int r = i % conv.kernelHeight();
            starts[i] = i / conv.kernelHeight() * channel + r * conv.dilationHeight() * row;
        }
        int needed = Math.max(numbers, (starts.length - 1) * run + LANES);
        pitch = needed <= EvenTile.APART ? EvenTile.APART : needed;
        block = new DenseBlock(
                Conv2d.pointwise(numbers, conv.outChannels()).withBias(weights.bias() != null)
                        .withActivation(conv.activation()),
                new ConvWeights(planes ? weights.weight() : channelsLast(weights.weight()),
                        weights.bias()),
                new Grid(0, pitch, pitch, pitch, pitch), 0, memory);
        if (planes && Band.suits(conv, outShape)) {
            piecesPerRow = Math.ceilDiv(outShape.w(), MOST_PIECE);
            piecePixels = Math.ceilDiv(outShape.w(), piecesPerRow);
            piecesPerImage = outShape.h() * piecesPerRow;
            int rows = Math.min(Math.ceilDiv(BAND_PIXELS, outShape.w()),
                    Math.ceilDiv(outShape.h(), 2 * memory.workers()));
            piecesPerTask = rows * piecesPerRow;
            band = new Band(conv, in, pad.left(), outShape.w(), rows, memory.workers());
            hot = conv.strideWidth() == 1 ? Primer.Hot.PICTURES : Primer.Hot.PICTURES_BY_TWO;
            Primer.want(hot);
        } else {
            int plane = outShape.h() * outShape.w();
            piecesPerRow = 0;
            piecePixels = Math.min(plane, DenseBlock.pixels(numbers));
            piecesPerImage = Math.ceilDiv(plane, piecePixels);
            piecesPerTask = 1;
            band = null;
            hot = null;
        }
        tasksPerImage = Math.ceilDiv(piecesPerImage, piecesPerTask);
        scratch = memory.blocks(piecePixels);
        patches = new Room[memory.workers()];
        for (int i = 0; i < patches.length; i++) {
            patches[i] = memory.room(piecePixels * pitch);
        }
    }

    /** {@code [K][C][R * S]} to {@code [K][R * S][C]}. */
    private float[] channelsLast(float[] weight) {
        int taps = conv.kernelHeight() * conv.kernelWidth();
        float[] turned = new float[weight.length];
        for (int i = 0; i < weight.length; i++) {
            int tap = i % taps;
            int c = i / taps % in.c();
            turned[(i / numbers * taps + tap) * in.c() + c] = weight[i];
        }
        return turned;
    }

    @Override
    public Set<Primer.Hot> hot() {
        return Set.of(Primer.Hot.PIXELS, Primer.Hot.CLAMP, Primer.Hot.PATCHES);
    }

    @Override
    public int tasks() {
        return outShape.n() * tasksPerImage;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / tasksPerImage;
        int from = task % tasksPerImage * piecesPerTask;
        int to = Math.min(from + piecesPerTask, piecesPerImage);
        if (band == null) {
            int first = from * piecePixels;
            int count = Math.min(piecePixels, outShape.h() * outShape.w() - first);
            fromPatches(n, first, count, worker, input, output);
            return;
        }
        boolean direct = hot.isDone();
        int top = from / piecesPerRow;
        if (direct) {
            band.fill(input, n, top * conv.strideHeight() - pad.top(), worker);
        }
        for (int piece = from; piece < to; piece++) {
            int h = piece / piecesPerRow;
            int w = piece % piecesPerRow * piecePixels;
            int count = Math.min(piecePixels, outShape.w() - w);
            if (direct) {
                fromBand(n, h, w, count, band.at(h - top, w), worker, output);
            } else {
                fromPatches(n, h * outShape.w() + w, count, worker, input, output);
            }
        }
    }

    /**
     * Neighbouring pixels of a row.
     *
     * @param at where the first one's patch begins in the band
     */
    private void fromBand(int n, int h, int w, int count, int at, int worker, float[] output) {
        DenseBlock.Scratch mine = scratch[worker];
        switch (out) {
            case Grid grid -> {
                grid.locate(n, h, w, mine.outOffsets(), 0, count);
                block.runRow(count, mine, band.of(worker), at, band.taps(), conv.strideWidth(),
                        output);
            }
            case Destination.Planes planes -> block.runRowToPlanes(count, mine, band.of(worker), at,
                    band.taps(), conv.strideWidth(), output, planes.at(n, h, w), planes.plane());
        }
    }

    /** Pixels that follow one another, from row to row. */
    private void fromPatches(int n, int first, int count, int worker, float[] input,
            float[] output) {
        DenseBlock.Scratch mine = scratch[worker];
        float[] read = patches[worker].array();
        int at = patches[worker].first();
        for (int p = 0; p < count;) {
            int h = (first + p) / outShape.w();
            int w = (first + p) % outShape.w();
            int end = Math.min(count, p + outShape.w() - w);
            patches(input, n, h, w, end - p, read, at + p * pitch);
            if (out instanceof Grid grid) {
                grid.locate(n, h, w, mine.outOffsets(), p, end);
            }
            p = end;
        }
        locate(count, at, mine);
        switch (out) {
            case Grid grid -> block.run(0, block.panels(), count, mine, read, output);
            case Destination.Planes planes -> block.runToPlanes(0, block.panels(), count, mine,
                    read, output, planes.at(n, 0, first), planes.plane());
        }
    }

    /** As in {@link SeparableStep}, in a method that is compiled soon. */
    private void locate(int count, int at, DenseBlock.Scratch mine) {
        for (int p = 0; p < count; p++) {
            mine.inOffsets()[p] = at + p * pitch;
        }
    }

    /** What some pixels of an output row read, from its pixel {@code w} on. */
    private void patches(float[] input, int n, int h, int w, int count, float[] to, int at) {
        int top = h * conv.strideHeight() - pad.top();
        int left = w * conv.strideWidth() - pad.left();
        int from = base + n * image + top * row + left * pixel;
        int step = conv.strideWidth() * pixel;
        boolean rows = top >= 0 && top + (conv.kernelHeight() - 1) * conv.dilationHeight() < in.h();
        int innerFrom = Math.min(Math.ceilDiv(Math.max(0, -left), conv.strideWidth()), count);
        int past = Math.floorDiv(in.w() - conv.kernelWidth() - left, conv.strideWidth()) + 1;
        int innerTo = rows ? Math.clamp(past, innerFrom, count) : innerFrom;
        // a vector of the last pixel's last run must not end behind the input
        boolean vectors = run <= LANES && innerFrom < innerTo
                && from + (innerTo - 1) * step + starts[starts.length - 1] + LANES <= input.length;
        for (int i = 0; i < starts.length && vectors; i++) {
            // too long ones are overwritten by the run that comes next
            int first = from + innerFrom * step + starts[i];
            int to0 = at + innerFrom * pitch + i * run;
            if (run <= FOUR.length()) {
                fours(input, first, step, innerTo - innerFrom, to, to0, pitch);
            } else {
                vectors(input, first, step, innerTo - innerFrom, to, to0, pitch);
            }
        }
        for (int p = 0; p < count; p++) {
            if (p == innerFrom && vectors) {
                p = innerTo;
            }
            if (p < count) {
                patch(input, from + p * step, top, left + p * conv.strideWidth(), to,
                        at + p * pitch);
            }
        }
    }

    static void fours(float[] input, int from, int step, int count, float[] to, int at, int pitch) {
        for (int p = 0; p < count; p++) {
            FloatVector.fromArray(FOUR, input, from + p * step).intoArray(to, at + p * pitch);
        }
    }

    static void vectors(float[] input, int from, int step, int count, float[] to, int at,
            int pitch) {
        for (int p = 0; p < count; p++) {
            FloatVector.fromArray(SPECIES, input, from + p * step).intoArray(to, at + p * pitch);
        }
    }

    /** What a pixel reads, with zeros for what is outside. */
    private void patch(float[] input, int from, int top, int left, float[] to, int at) {
        int size = run / conv.kernelWidth();
        int first = Math.clamp(-(long) left, 0, conv.kernelWidth());
        int end = Math.clamp((long) in.w() - left, first, conv.kernelWidth());
        for (int i = 0; i < starts.length; i++) {
            int h = top + i % conv.kernelHeight() * conv.dilationHeight();
            int z = at + i * run;
            Arrays.fill(to, z, z + run, 0);
            if (h >= 0 && h < in.h() && first < end) {
                System.arraycopy(input, from + starts[i] + first * size, to, z + first * size,
                        (end - first) * size);
            }
        }
    }
}
