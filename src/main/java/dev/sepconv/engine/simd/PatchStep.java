package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.EvenTile;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution of a picture of few channels, as cameras make them, from NCHW or NHWC: what lies
 * under the kernel is brought side by side, a patch for each pixel, and what follows is pointwise.
 *
 * <pre>
 * planes or pixels ─▶ patches of a block of pixels ─▶ pointwise ─▶ pixels or planes
 * </pre>
 *
 * With so few channels a kernel's row is too short a run for {@link DenseBlock}, and turning the
 * whole picture, with a border, costs as much as it computes.
 */
final class PatchStep implements Step {

    /** Of an input; from more on a kernel's row is long enough. */
    private static final int MOST_CHANNELS = 4;

    private static final int MOST_NUMBERS = 512;

    /** For a run of one row of 3 numbers, which a wider vector would store over and over. */
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Shape in;
    private final Destination out;
    private final Shape outShape;
    private final DenseBlock block;
    private final int blockPixels;
    private final int blocksPerImage;
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
    private final float[][] patches;

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
            Shape in, Destination out, Shape outShape, WorkerMemory memory) {
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
                new Grid(0, pitch, pitch, pitch, pitch), 0);
        int plane = outShape.h() * outShape.w();
        blockPixels = Math.min(plane, DenseBlock.pixels(numbers));
        blocksPerImage = Math.ceilDiv(plane, blockPixels);
        scratch = memory.blocks(blockPixels);
        patches = new float[memory.workers()][blockPixels * pitch];
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
    public int tasks() {
        return outShape.n() * blocksPerImage;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / blocksPerImage;
        int first = task % blocksPerImage * blockPixels;
        int count = Math.min(blockPixels, outShape.h() * outShape.w() - first);
        DenseBlock.Scratch mine = scratch[worker];
        float[] read = patches[worker];
        for (int p = 0; p < count;) {
            int h = (first + p) / outShape.w();
            int w = (first + p) % outShape.w();
            int end = Math.min(count, p + outShape.w() - w);
            patches(input, n, h, w, end - p, read, p * pitch);
            if (out instanceof Grid grid) {
                grid.locate(n, h, w, mine.outOffsets(), p, end);
            }
            p = end;
        }
        for (int p = 0; p < count; p++) {
            mine.inOffsets()[p] = p * pitch;
        }
        switch (out) {
            case Grid grid -> block.run(0, block.panels(), count, mine, read, output);
            case Destination.Planes planes -> block.runToPlanes(0, block.panels(), count, mine,
                    read, output, planes.at(n, 0, first), planes.plane());
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
                fours(input, first, step, innerTo - innerFrom, to, to0);
            } else {
                vectors(input, first, step, innerTo - innerFrom, to, to0);
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

    private void fours(float[] input, int from, int step, int count, float[] to, int at) {
        for (int p = 0; p < count; p++) {
            FloatVector.fromArray(FOUR, input, from + p * step).intoArray(to, at + p * pitch);
        }
    }

    private void vectors(float[] input, int from, int step, int count, float[] to, int at) {
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
