package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PixelTile.PIXELS;
import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.gen.WinogradTile.OUT;
import static dev.sepconv.engine.simd.gen.WinogradTile.POINTS;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.gen.WinogradTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

// Over 400 lines, since its four kinds of tasks share the order in which points, tiles and channels
// lie.
/**
 * A standard or grouped 3x3 convolution by {@link WinogradTile}: input tiles are transformed, each
 * of their 16 points is a matrix product over tiles and channels, in each group one, and the
 * products are transformed back.
 *
 * <pre>
 * mostly         WinogradBlocks: each task takes a block of tiles through all three while they
 *                are in the second-level cache
 * many weights   WinogradInput ─▶ WinogradProducts ─▶ WinogradOutput: all tiles take one after
 * or few tiles   the other, so that the weights are not read again for each block, and no worker
 *                is left without a block
 * </pre>
 *
 * <p>
 * Tiles cover the output from its upper left pixel; at odd sizes the last ones reach past it, read
 * a border one pixel wider and store fewer pixels. An infinity or NaN in the input makes NaN or
 * infinities of pixels of all tiles that read it, where the direct way changes only those whose
 * taps meet it; and numbers beyond a quarter of the largest float may overflow on the way.
 */
final class WinogradConvolution {

    /**
     * Products in a sum, see {@link PackedWeights#LONGEST_RUN}: shorter than the direct way's, as
     * each output is a sum of such sums that partly cancel. So the error is no larger than the
     * direct way's; with 256 it is larger.
     */
    private static final int LONGEST_RUN = 128;

    /** The least harmonic mean of channels and filters; see {@link #suits}. */
    private static final int LEAST_MEAN = 32;

    /** Channels times filters that are many weights, and tiles for which it pays to read them. */
    private static final int MANY_WEIGHTS = 64 * 1024;

    private static final int LEAST_TILES = 32;

    /** So many channels or filters at most: up to here no array grows too long. */
    private static final int MOST_CHANNELS = 4096;

    /**
     * Tiles in a block: their transforms stay in the second-level cache, and the weights, read once
     * a block, are worth it.
     */
    private static final int BLOCK_TILES = 8 * PIXELS;

    /**
     * With more channels times filters the weights of all points, 4 MiB, are read once for many
     * blocks and not once for each.
     */
    private static final int BLOCK_WEIGHTS = 256 * 256;

    /** So many tiles take the phases together: bounds the memory between the phases. */
    private static final int PHASE_TILES = 8 * BLOCK_TILES;

    /** So many tasks a worker let the others take over what a slow one leaves. */
    private static final int TASKS_PER_WORKER = 4;

    private static final double[][] G = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

    private final Padding.Explicit pad;
    private final Grid in;
    private final Grid out;
    private final Shape outShape;
    private final int channels;
    /** Of one group. */
    private final int groupChannels;
    private final int groupFilters;
    /** Panels of weights of one point. */
    private final int panels;
    private final int tileRows;
    private final int tileColumns;
    private final PackedWeights packed;
    private final float[] bias;
    /**
     * In so many pieces lie a tile's filters: groups that don't fill their last panel lie apart.
     */
    private final int parts;
    private final Epilogue epilogue;
    /**
     * From one tile to the next, and from one point to the next, in transformed inputs and in
     * products.
     */
    private final int inTile;
    private final int inPoint;
    private final int outTile;
    private final int outPoint;
    /** Where each tile of a point lies in what is transformed. */
    private final int[] inOffsets;

    /**
     * @param room how many tiles are worked on at once
     * @param memory of the plan
     */
    private WinogradConvolution(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in,
            Grid out, Shape outShape, int room, PlanMemory memory) {
        this.pad = pad;
        this.in = in;
        this.out = out;
        this.outShape = outShape;
        int groups = conv.groups();
        channels = conv.inChannels();
        groupChannels = channels / groups;
        groupFilters = conv.outChannels() / groups;
        tileRows = Math.ceilDiv(outShape.h(), OUT);
        tileColumns = Math.ceilDiv(outShape.w(), OUT);
        Conv2d products = Conv2d.pointwise(POINTS * channels, POINTS * conv.outChannels())
                .withGroups(POINTS * groups);
        packed = PackedWeights.of(products, new ConvWeights(transformed(weights), null),
                new Grid(0, 0, 0, groupChannels, 0), LONGEST_RUN, memory);
        panels = groups * packed.panelsPerGroup();
        parts = groupFilters % WIDTH == 0 ? 1 : groups;
        bias = WeightPacking.bias(conv, weights);
        epilogue = new Epilogue(conv.activation());
        inTile = channels;
        // a vector more, lest the points' numbers compete for the same places of the cache
        inPoint = room * inTile + LANES;
        outTile = panels * WIDTH;
        outPoint = room * outTile + LANES;
        inOffsets = new int[room];
        for (int i = 0; i < room; i++) {
            inOffsets[i] = i * inTile;
        }
    }

    /**
     * {@code G g G'} in float64, rounded once.
     *
     * @param weights of a 3x3 convolution, {@code [K, C/G, 3, 3]}
     * @return {@code [POINTS, K, C/G]}
     */
    private static float[] transformed(ConvWeights weights) {
        int kernels = weights.weight().length / 9;
        float[] transformed = new float[Math.multiplyExact(POINTS, kernels)];
        for (int i = 0; i < kernels; i++) {
            for (int point = 0; point < POINTS; point++) {
                double sum = 0;
                for (int r = 0; r < 3; r++) {
                    for (int s = 0; s < 3; s++) {
                        sum += G[point / 4][r] * G[point % 4][s]
                                * weights.weight()[i * 9 + r * 3 + s];
                    }
                }
                transformed[point * kernels + i] = (float) sum;
            }
        }
        return transformed;
    }

    /**
     * Whether it is faster than {@link DenseStep}. docs/benchmarks/simd.md has the measurements,
     * with 2 threads of AVX-512, from 16 to 1,024 channels and 4x4 to 112x112 pixels:
     *
     * <ul>
     * <li>The transforms' work grows with channels plus filters, what they save with channels times
     * filters: 16 to 16 channels are as fast either way (1.0 times), 24 to 24 too, 16 to 64 1.3
     * times, 32 to 32 1.4 times as fast, 64 to 64 1.7 times. So their harmonic mean must be 32. In
     * a grouped convolution it is a group's.
     * <li>Tiles that are partly outside the picture, and lists of tiles that don't fill the last
     * {@link PixelTile}, are work for nothing: 7x7 pixels 1.0 to 1.1 times, 8x8 1.0 to 1.5 times,
     * 9x9 1.7 times. What is left of the saving, at most 9/4, must be 1.5.
     * <li>4x4 pixels, 4 tiles: 0.8 times; 6x6, 9 tiles: 1.3 to 1.5 times.
     * <li>The transformed weights are 16/9 as many. Where a layer has a few hundred thousand and a
     * network reads more than the last-level cache holds from run to run, they come from memory,
     * and few tiles don't make up for it: 256 to 256 channels on 8x8 pixels 0.5 times in ResNet18.
     * </ul>
     */
    static boolean suits(Conv2d conv, Shape input) {
        return suits(conv, input, LANES, PIXELS);
    }

    /**
     * {@link #suits(Conv2d, Shape)} on any machine.
     *
     * @param lanes floats in a vector
     * @param tilePixels see {@link PixelTile#PIXELS}
     */
    static boolean suits(Conv2d conv, Shape input, int lanes, int tilePixels) {
        int channels = conv.inChannels() / conv.groups();
        int filters = conv.outChannels() / conv.groups();
        if (conv.kernelHeight() != 3 || conv.kernelWidth() != 3 || conv.strideHeight() != 1
                || conv.strideWidth() != 1 || conv.dilationHeight() != 1
                || conv.dilationWidth() != 1 || Math.min(channels, filters) < lanes
                || Math.max(conv.inChannels(), conv.outChannels()) > MOST_CHANNELS
                || channels * filters < LEAST_MEAN / 2 * (channels + filters)) {
            return false;
        }
        Shape output = conv.outputShape(input);
        int tiles = tiles(output);
        long direct = 9L * VectorUnit.roundUp(output.n() * output.h() * output.w(), tilePixels);
        long points = (long) POINTS * VectorUnit.roundUp(tiles, tilePixels);
        if (tiles < LEAST_TILES && (long) channels * filters >= MANY_WEIGHTS) {
            return false;
        }
        return tiles > tilePixels && 2 * direct >= 3 * points;
    }

    /**
     * The zeros that must lie round its input: one more row or column where the output's are odd.
     */
    static Padding.Explicit border(Conv2d conv, Shape input) {
        Padding.Explicit pad = conv.padding().resolve(conv, input.h(), input.w());
        Shape output = conv.outputShape(input);
        return new Padding.Explicit(pad.top(), pad.left(), pad.bottom() + output.h() % OUT,
                pad.right() + output.w() % OUT);
    }

    /**
     * The steps, which must run in this order; all read the input and write the output.
     *
     * @param in where the input's pixels lie, with a border at least as wide as {@link #border}
     * says
     * @param memory of the plan
     */
    static List<Step> steps(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in,
            Grid out, Shape outShape, PlanMemory memory) {
        int workers = memory.workers();
        int tiles = tiles(outShape);
        int blocks = VectorUnit.roundUp(Math.ceilDiv(tiles, BLOCK_TILES), workers);
        int blockTiles = VectorUnit.roundUp(Math.ceilDiv(tiles, blocks), PIXELS);
        int weightsPerPoint = conv.inChannels() * conv.outChannels() / conv.groups();
        if (weightsPerPoint <= BLOCK_WEIGHTS && Math.ceilDiv(tiles, blockTiles) >= workers) {
            return List.of(new WinogradConvolution(conv, weights, pad, in, out, outShape,
                    blockTiles, memory).new WinogradBlocks(tiles, blockTiles, workers));
        }
        int phaseTiles = VectorUnit.roundUp(Math.min(tiles, PHASE_TILES), PIXELS);
        WinogradConvolution convolution = new WinogradConvolution(conv, weights, pad, in, out,
                outShape, phaseTiles, memory);
        Transformed transformed = new Transformed(convolution);
        List<Step> steps = new ArrayList<>();
        for (int from = 0; from < tiles; from += phaseTiles) {
            int count = Math.min(phaseTiles, tiles - from);
            steps.add(convolution.new WinogradInput(from, count, transformed, workers));
            steps.add(convolution.new WinogradProducts(count, transformed, workers));
            steps.add(convolution.new WinogradOutput(from, count, transformed, workers));
        }
        return steps;
    }

    private static int tiles(Shape output) {
        return output.n() * Math.ceilDiv(output.h(), OUT) * Math.ceilDiv(output.w(), OUT);
    }

    /**
     * What lies between the transforms: {@code [POINTS][tiles][channels]}.
     *
     * @param in transformed input
     * @param products of input and weights
     */
    private record Transformed(float[] in, float[] products) {

        Transformed(WinogradConvolution of) {
            this(new float[POINTS * of.inPoint], new float[POINTS * of.outPoint]);
        }
    }

    /**
     * Transforms the input of some tiles.
     *
     * @param first the tile that lies first in {@code into}
     */
    private void transformInput(int from, int to, int first, float[] input, Transformed into) {
        for (int t = from; t < to; t++) {
            int n = t / tileColumns / tileRows;
            int h = t / tileColumns % tileRows * OUT - pad.top();
            int w = t % tileColumns * OUT - pad.left();
            WinogradTile.input(input, in.at(n, h, w), in.row(), in.pixel(), channels, into.in,
                    (t - first) * inTile, inPoint);
        }
    }

    /**
     * Multiplies one point of some tiles by some panels of weights.
     *
     * @param from the first of the tiles, counted from the one that lies first
     * @param count how many; more are computed where that is no multiple of
     * {@link PixelTile#PIXELS}
     */
    private void multiply(int point, int from, int count, int firstPanel, int endPanel,
            Transformed transformed) {
        for (int panel = firstPanel; panel < endPanel; panel++) {
            int group = panel / packed.panelsPerGroup();
            int width = Math.min(WIDTH, groupFilters - panel % packed.panelsPerGroup() * WIDTH);
            int packedPanel = point * panels + panel;
            packed.multiply(transformed.in, inOffsets,
                    point * inPoint + from * inTile + group * groupChannels, packedPanel,
                    packedPanel * WIDTH, width, transformed.products,
                    point * outPoint + from * outTile + panel * WIDTH, outTile, 0,
                    VectorUnit.roundUp(count, PIXELS));
        }
    }

    /**
     * Transforms the products of some tiles and stores their pixels.
     *
     * @param first the tile that lies first there
     * @param pixels for where the pixels of a tile go
     */
    private void transformOutput(int from, int to, int first, Transformed transformed,
            float[] output, int[] pixels) {
        for (int t = from; t < to; t++) {
            int n = t / tileColumns / tileRows;
            int h = t / tileColumns % tileRows * OUT;
            int w = t % tileColumns * OUT;
            int right = w + 1 < outShape.w() ? out.pixel() : 0;
            int below = h + 1 < outShape.h() ? out.row() : 0;
            int at = out.at(n, h, w);
            for (int part = 0; part < parts; part++) {
                int filter = part * (bias.length / parts);
                WinogradTile.output(transformed.products,
                        (t - first) * outTile + part * (outTile / parts), outPoint,
                        bias.length / parts, bias, filter, output, at + filter, at + right + filter,
                        at + below + filter, at + below + right + filter);
            }
            int count = 0;
            pixels[count++] = at;
            if (right > 0) {
                pixels[count++] = at + right;
            }
            if (below > 0) {
                pixels[count++] = at + below;
            }
            if (right > 0 && below > 0) {
                pixels[count++] = at + below + right;
            }
            epilogue.apply(output, pixels, 0, count, bias.length);
        }
    }

    /** All of some tiles, with memory for each worker. */
    private final class WinogradBlocks implements Step {

        private final int tiles;
        private final int blockTiles;
        private final Transformed[] transformed;
        private final int[][] pixels;

        WinogradBlocks(int tiles, int blockTiles, int workers) {
            this.tiles = tiles;
            this.blockTiles = blockTiles;
            transformed = new Transformed[workers];
            Arrays.setAll(transformed, i -> new Transformed(WinogradConvolution.this));
            pixels = new int[workers][OUT * OUT];
        }

        @Override
        public int tasks() {
            return Math.ceilDiv(tiles, blockTiles);
        }

        @Override
        public void run(int task, int worker, float[] input, float[] output) {
            int from = task * blockTiles;
            int to = Math.min(from + blockTiles, tiles);
            transformInput(from, to, from, input, transformed[worker]);
            for (int point = 0; point < POINTS; point++) {
                multiply(point, 0, to - from, 0, panels, transformed[worker]);
            }
            transformOutput(from, to, from, transformed[worker], output, pixels[worker]);
        }
    }

    /** The first phase of tiles {@code first} to {@code first + count - 1}. */
    private final class WinogradInput implements Step {

        private final int first;
        private final int count;
        private final int taskTiles;
        private final Transformed transformed;

        WinogradInput(int first, int count, Transformed transformed, int workers) {
            this.first = first;
            this.count = count;
            this.transformed = transformed;
            taskTiles = Math.ceilDiv(count, TASKS_PER_WORKER * workers);
        }

        @Override
        public int tasks() {
            return Math.ceilDiv(count, taskTiles);
        }

        @Override
        public void run(int task, int worker, float[] input, float[] output) {
            int from = first + task * taskTiles;
            transformInput(from, Math.min(from + taskTiles, first + count), first, input,
                    transformed);
        }
    }

    /**
     * The second phase: point after point, so that the weights of one stay in the cache from one
     * list of tiles to the next.
     */
    private final class WinogradProducts implements Step {

        private final int count;
        private final int lists;
        private final int taskPanels;
        private final int panelBlocks;
        private final Transformed transformed;

        WinogradProducts(int count, Transformed transformed, int workers) {
            this.count = count;
            this.transformed = transformed;
            lists = Math.ceilDiv(count, BLOCK_TILES);
            int wanted = Math.ceilDiv(TASKS_PER_WORKER * workers, POINTS * lists);
            taskPanels = Math.ceilDiv(panels, Math.min(panels, wanted));
            panelBlocks = Math.ceilDiv(panels, taskPanels);
        }

        @Override
        public int tasks() {
            return POINTS * lists * panelBlocks;
        }

        @Override
        public void run(int task, int worker, float[] input, float[] output) {
            int firstPanel = task % panelBlocks * taskPanels;
            int from = task / panelBlocks % lists * BLOCK_TILES;
            multiply(task / panelBlocks / lists, from, Math.min(BLOCK_TILES, count - from),
                    firstPanel, Math.min(firstPanel + taskPanels, panels), transformed);
        }
    }

    /** The third phase. */
    private final class WinogradOutput implements Step {

        private final int first;
        private final int count;
        private final int taskTiles;
        private final Transformed transformed;
        private final int[][] pixels;

        WinogradOutput(int first, int count, Transformed transformed, int workers) {
            this.first = first;
            this.count = count;
            this.transformed = transformed;
            taskTiles = Math.ceilDiv(count, TASKS_PER_WORKER * workers);
            pixels = new int[workers][OUT * OUT];
        }

        @Override
        public int tasks() {
            return Math.ceilDiv(count, taskTiles);
        }

        @Override
        public void run(int task, int worker, float[] input, float[] output) {
            int from = first + task * taskTiles;
            transformOutput(from, Math.min(from + taskTiles, first + count), first, transformed,
                    output, pixels[worker]);
        }
    }
}
