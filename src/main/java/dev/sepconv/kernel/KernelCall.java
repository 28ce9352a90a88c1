package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.Beside;
import dev.sepconv.kernel.conv.BlockPacking;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Blocks;
import dev.sepconv.kernel.conv.Kernel.Dense;
import dev.sepconv.kernel.conv.Kernel.Lines;
import dev.sepconv.kernel.conv.Kernel.Local;
import dev.sepconv.kernel.conv.Kernel.Order;
import dev.sepconv.kernel.conv.Kernel.Patches;
import dev.sepconv.kernel.conv.Kernel.Plain;
import dev.sepconv.kernel.conv.Kernel.Rows;
import dev.sepconv.kernel.conv.Kernel.Separable;
import dev.sepconv.kernel.conv.Kernel.SeparableLocal;
import dev.sepconv.kernel.conv.Kernel.Variant;
import dev.sepconv.kernel.conv.Kernel.Vectors;
import dev.sepconv.kernel.conv.SeparableGrid;
import dev.sepconv.kernel.conv.VectorGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

// Over 400 lines, since a call binds one list of arguments to any kernel, and what each family
// wants of them is said side by side.
/**
 * A kernel of the {@link Catalogue} with its arguments, ready to be run as plain Java or to be made
 * a task of a task graph.
 */
public final class KernelCall implements Call {

    /** Work-items of a group of a {@link Lines} kernel. */
    private static final int LINE_GROUP = 128;

    private final Kernel kernel;
    private final Storage input;
    private final Storage output;
    private final FloatArray weight;
    private final FloatArray bias;
    private final VectorFloat16 weightVectors;
    private final VectorFloat16 biasVectors;
    /** Of the depthwise convolution that is computed at once with the last one; else null. */
    private final VectorFloat16 depthwiseWeight;
    private final VectorFloat16 depthwiseBias;
    /** The same of a kernel without vectors. */
    private final FloatArray innerWeight;
    private final FloatArray innerBias;
    private final IntArray geometry;
    /** Of the last stage. */
    private final Geometry sizes;
    /** Work-items that compute anything, where the loop's bound is whole work-groups; else 0. */
    private final int items;
    /**
     * Bounds of the parallel loops, outermost first; of work-groups, how many along each dimension.
     */
    private final int[] bounds;
    private final int activation;
    /** What the last stage's kernel does {@link Beside} it. */
    private final Additions additions;
    private final float slope;
    /** Of the depthwise convolution, likewise. */
    private final int innerActivation;
    private final float innerSlope;

    /**
     * What a call does beside its convolution, where its kernel {@link #adds} or {@link #gates}.
     *
     * @param gate a number for each channel of the only picture of a batch, from 0 to 1, that the
     * input is times of; null for none
     * @param added what is added to the output, as large as that; null for none
     * @param addedLast whether after the activation, not before it
     */
    public record Additions(Pixels gate, Pixels added, boolean addedLast) {

        public static final Additions NONE = new Additions(null, null, false);

        int mode() {
            return (gate == null ? 0 : Beside.GATE)
                    + (added == null ? 0 : addedLast ? Beside.ADD_LAST : Beside.ADD_FIRST);
        }
    }

    /**
     * A call between arrays that are there. A vector kernel takes the last pixels of the input's
     * storage for its pixel of zeros: nothing may ever be written there.
     *
     * @param kernel one that supports the stages
     * @param stages as many as the kernel computes at once; their numbers are copied
     * @param inPixelFloats numbers from one pixel of a vector kernel's input to the next; of no
     * meaning for others
     * @throws IllegalArgumentException if the kernel can't compute the stages, or lacks an
     * activation
     */
    public KernelCall(Kernel kernel, List<Stage> stages, Storage input, int inPixelFloats,
            Storage output) {
        this(kernel, stages, input, inPixelFloats, 0, output,
                outPixelFloats(kernel, stages.getLast().geometry(), inPixelFloats), 0,
                Additions.NONE);
    }

    /**
     * The same where pixels may be parts of larger ones.
     *
     * @param inFirst the input's first number; not 0 only of kernels that {@link #readsParts}
     * @param outPixelFloats numbers from one pixel of a vector kernel's output to the next; other
     * than {@link #outPixelFloats} only of kernels that {@link #writesParts}
     * @param outFirst the output's first number
     */
    public KernelCall(Kernel kernel, List<Stage> stages, Storage input, int inPixelFloats,
            int inFirst, Storage output, int outPixelFloats, int outFirst, Additions additions) {
        if (!kernel.supports(stages.stream().map(Stage::geometry).toList())) {
            throw new IllegalArgumentException("kernel %s can't compute %s".formatted(kernel.name(),
                    stages.stream().map(stage -> stage.geometry().toString())
                            .collect(Collectors.joining(", then "))));
        }
        for (Stage stage : stages) {
            if (!kernel.activates(stage.activation())) {
                throw new IllegalArgumentException("kernel %s lacks activation %d"
                        .formatted(kernel.name(), stage.activation()));
            }
        }
        Geometry g = stages.getLast().geometry();
        float[] weight = stages.getLast().weight();
        float[] bias = stages.getLast().bias();
        this.kernel = kernel;
        this.input = input;
        this.output = output;
        this.activation = stages.getLast().activation();
        this.additions = additions;
        this.slope = stages.getLast().slope();
        this.innerActivation = stages.getFirst().activation();
        this.innerSlope = stages.getFirst().slope();
        VectorFloat16 depthwiseWeight = null;
        VectorFloat16 depthwiseBias = null;
        FloatArray innerWeight = null;
        FloatArray innerBias = null;
        int items = 0;
        int outPixels = g.outHeight() * g.outWidth();
        switch (kernel.body()) {
            case Plain plain -> {
                this.weight = FloatArray.fromArray(weight);
                this.bias = FloatArray.fromArray(bias == null ? new float[g.outChannels()] : bias);
                this.geometry = g.toIntArray();
                this.bounds = g.channelsLast()
                        ? new int[]{g.batch() * g.outHeight(), g.outWidth(), g.outChannels()}
                        : new int[]{g.batch() * g.outChannels(), g.outHeight(), g.outWidth()};
            }
            case Blocks blocks -> {
                int width = blockWidth(kernel, g);
                boolean depthwise = kernel.variant() == Variant.DEPTHWISE;
                this.weight = !depthwise
                        ? BlockPacking.weight(g, weight, width)
                        : g.channelsLast()
                                ? BlockPacking.depthwiseWeight(g, weight, g.outChannels())
                                : FloatArray.fromArray(weight);
                this.bias = BlockPacking.bias(g, bias, width);
                this.geometry = g.toIntArray();
                int tile = kernel.tiling().pixels();
                this.bounds = g.channelsLast()
                        ? new int[]{g.batch() * g.outHeight(), Math.ceilDiv(g.outWidth(), tile),
                                g.outChannels()}
                        : new int[]{Math.multiplyExact(g.batch(), BlockPacking.blocks(g, width)),
                                Math.ceilDiv(g.outHeight(), tile), g.outWidth()};
            }
            case Lines lines -> {
                this.weight = g.channelsLast()
                        ? BlockPacking.depthwiseWeight(g, weight, g.outChannels())
                        : FloatArray.fromArray(weight);
                this.bias = BlockPacking.bias(g, bias, 1);
                this.geometry = g.toIntArray();
                int length = kernel.tiling().pixels();
                items = Math.multiplyExact(g.batch() * g.outChannels(),
                        Math.ceilDiv(g.outHeight(), length) * g.outWidth());
                this.bounds = new int[]{
                        Math.multiplyExact(Math.ceilDiv(items, LINE_GROUP), LINE_GROUP)};
            }
            case Local local -> {
                int width = blockWidth(kernel, g);
                this.weight = BlockPacking.weight(g, weight, width);
                this.bias = BlockPacking.bias(g, bias, width);
                this.geometry = g.toIntArray();
                int tiles = Math.ceilDiv(g.batch() * outPixels, kernel.tiling().pixels());
                int blocks = BlockPacking.blocks(g, width);
                this.bounds = g.channelsLast()
                        ? new int[]{blocks, tiles}
                        : new int[]{tiles, blocks};
            }
            case Patches patches -> {
                this.weight = g.channelsLast()
                        ? BlockPacking.depthwiseWeight(g, weight, g.outChannels())
                        : FloatArray.fromArray(weight);
                this.bias = BlockPacking.bias(g, bias, 1);
                this.geometry = g.toIntArray();
                int channels = kernel.patchChannels();
                this.bounds = new int[]{
                        Math.ceilDiv(g.outWidth(), kernel.patchColumns())
                                * Math.ceilDiv(g.outHeight(), kernel.patchRows()),
                        Math.multiplyExact(g.batch(), Math.ceilDiv(g.outChannels(), channels))};
            }
            case Rows rows -> {
                int width = kernel.tiling().filters();
                this.weight = BlockPacking.weight(g, weight, width);
                this.bias = BlockPacking.bias(g, bias, width);
                this.geometry = g.toIntArray();
                this.bounds = rowTiles(kernel, g);
            }
            case SeparableLocal separable -> {
                Geometry depthwise = stages.getFirst().geometry();
                int width = kernel.tiling().filters();
                innerWeight = FloatArray.fromArray(stages.getFirst().weight());
                innerBias = BlockPacking.bias(depthwise, stages.getFirst().bias(), 1);
                this.weight = BlockPacking.weight(g, weight, width);
                this.bias = BlockPacking.bias(g, bias, width);
                this.geometry = g.toIntArray();
                this.bounds = rowTiles(kernel, g);
            }
            case Vectors vectors -> {
                this.weight = BlockPacking.depthwiseWeight(g, weight, inPixelFloats);
                this.bias = BlockPacking.bias(bias, BlockPacking.inOrder(g.outChannels()),
                        outPixelFloats(kernel, g, inPixelFloats));
                this.geometry = VectorGeometry.of(g, inPixelFloats, outPixelFloats,
                        kernel.tiling());
                int channels = vectors.kernelWidth() > 0
                        ? VectorGeometry.CHUNK * VectorGeometry.LANES
                        : VectorGeometry.LANES;
                this.bounds = new int[]{g.batch() * g.outHeight(),
                        Math.ceilDiv(inPixelFloats, channels)};
            }
            case Dense dense -> {
                int block = kernel.tiling().filters();
                this.weight = BlockPacking.weight(g, weight, block);
                this.bias = BlockPacking.bias(bias, BlockPacking.positions(g, block),
                        outPixelFloats(kernel, g, inPixelFloats));
                this.geometry = VectorGeometry.of(g, inPixelFloats, outPixelFloats,
                        kernel.tiling());
                this.bounds = new int[]{
                        Math.ceilDiv(g.batch() * outPixels, kernel.tiling().pixels()),
                        BlockPacking.blocks(g, block)};
            }
            case Separable separable -> {
                Geometry depthwise = stages.getFirst().geometry();
                int block = kernel.tiling().filters();
                int[] positions = BlockPacking.positions(g, block);
                int outFloats = outPixelFloats(kernel, g, inPixelFloats);
                depthwiseWeight = new VectorFloat16(BlockPacking.depthwiseWeight(depthwise,
                        stages.getFirst().weight(), inPixelFloats));
                depthwiseBias = new VectorFloat16(BlockPacking.bias(stages.getFirst().bias(),
                        BlockPacking.inOrder(depthwise.outChannels()), inPixelFloats));
                this.weight = BlockPacking.weight(g, weight, block);
                this.bias = BlockPacking.bias(bias, positions, outFloats);
                SeparableGrid grid = SeparableGrid.of(g, inPixelFloats, kernel.tiling());
                this.geometry = VectorGeometry.separable(depthwise, g, inPixelFloats,
                        outPixelFloats, kernel.tiling(), grid);
                this.bounds = new int[]{grid.parts(), grid.shares()};
            }
        }
        boolean inVectors = kernel.order() == Order.NHWC_VECTORS;
        if (inVectors) {
            geometry.set(VectorGeometry.ZERO_PIXEL, input.size() / inPixelFloats - 1);
            geometry.set(VectorGeometry.IN_FIRST, inFirst);
            geometry.set(VectorGeometry.OUT_FIRST, outFirst / VectorGeometry.LANES);
            Pixels added = additions.added();
            if (added != null) {
                geometry.set(VectorGeometry.ADDED_PIXEL_VECTORS,
                        added.pixelFloats() / VectorGeometry.LANES);
                geometry.set(VectorGeometry.ADDED_FIRST, added.first() / VectorGeometry.LANES);
            }
        }
        this.weightVectors = inVectors ? new VectorFloat16(this.weight) : null;
        this.biasVectors = inVectors ? new VectorFloat16(this.bias) : null;
        this.depthwiseWeight = depthwiseWeight;
        this.depthwiseBias = depthwiseBias;
        this.innerWeight = innerWeight;
        this.innerBias = innerBias;
        this.items = items;
        this.sizes = g;
    }

    /** Work-groups of a kernel whose tiles are of one row. */
    private static int[] rowTiles(Kernel kernel, Geometry g) {
        Kernel.Tiling tiling = kernel.tiling();
        return new int[]{
                Math.multiplyExact(g.batch() * g.outHeight(),
                        Math.ceilDiv(g.outWidth(), tiling.pixels())),
                BlockPacking.blocks(g, tiling.filters())};
    }

    /** Numbers from one output pixel to the next. */
    public static int outPixelFloats(Kernel kernel, Geometry g, int inPixelFloats) {
        if (kernel.order() != Order.NHWC_VECTORS) {
            return g.outChannels();
        }
        return kernel.variant() == Variant.DEPTHWISE
                ? inPixelFloats
                : Math.multiplyExact(BlockPacking.blocks(g, kernel.tiling().filters()),
                        kernel.tiling().filters());
    }

    /** Whether the input's pixels may be parts of larger ones. */
    public static boolean readsParts(Kernel kernel) {
        return kernel.body() instanceof Dense;
    }

    /**
     * Whether it can add another array to its output: of each pixel it reads as many vectors as it
     * writes, which hold no more than channels or lie within the other array's pixels.
     *
     * @param addedPixelFloats of the other array
     */
    public static boolean adds(Kernel kernel, Geometry g, int addedPixelFloats) {
        return (kernel.body() instanceof Dense || kernel.body() instanceof Separable)
                && g.groups() == 1
                && (writesParts(kernel, g) || outPixelFloats(kernel, g, 0) <= addedPixelFloats);
    }

    /** Whether its input's channels can each be times a number. */
    public static boolean gates(Kernel kernel, int batch) {
        return kernel.body() instanceof Dense && batch == 1;
    }

    /**
     * Whether the output's pixels may be parts of larger ones: where a kernel writes them, and
     * nothing beyond the vectors that hold channels.
     */
    public static boolean writesParts(Kernel kernel, Geometry g) {
        return kernel.order() == Order.NHWC_VECTORS && kernel.variant() != Variant.DEPTHWISE
                && g.groups() == 1
                && outPixelFloats(kernel, g, 0) == VectorGeometry.wholeVectors(g.outChannels());
    }

    /** Where a kernel puts each output channel within a pixel. */
    public static int[] outputPositions(Kernel kernel, Geometry g) {
        return kernel.order() == Order.NHWC_VECTORS && kernel.variant() != Variant.DEPTHWISE
                ? BlockPacking.positions(g, kernel.tiling().filters())
                : BlockPacking.inOrder(g.outChannels());
    }

    /**
     * How many output numbers a kernel computes for each that is wanted: over 1 where zero channels
     * pad its vectors or blocks.
     */
    public static double paddingOverhead(Kernel kernel, Geometry g) {
        if (kernel.order() == Order.NHWC_VECTORS && kernel.variant() == Variant.DEPTHWISE) {
            return (double) VectorGeometry.wholeVectors(g.inChannels()) / g.inChannels();
        }
        int width = kernel.order() == Order.NHWC_VECTORS
                ? kernel.tiling().filters()
                : blockWidth(kernel, g);
        return (double) BlockPacking.blocks(g, width) * width / g.outChannels();
    }

    /**
     * Output channels whose weights lie together: a tile's, or a whole group's where neighbouring
     * work-items read neighbouring channels.
     */
    private static int blockWidth(Kernel kernel, Geometry g) {
        boolean neighbours = kernel.body() instanceof Blocks && g.channelsLast();
        return neighbours ? g.outChannels() / g.groups() : kernel.tiling().filters();
    }

    /**
     * {@link #constantElements} of a call, counted before there is one.
     *
     * @param stages as many as the kernel computes at once
     * @param inPixelFloats of a vector kernel's input
     */
    public static List<Long> constantElements(Kernel kernel, List<Geometry> stages,
            int inPixelFloats) {
        Geometry given = stages.getFirst();
        Geometry g = stages.getLast();
        boolean vectors = kernel.order() == Order.NHWC_VECTORS;
        long taps = (long) g.kernelHeight() * g.kernelWidth();
        long sizes = VectorGeometry.ADDED_FIRST + 1L; // as many as the longest has
        if (vectors && kernel.variant() == Variant.DEPTHWISE) {
            return List.of(taps * inPixelFloats, (long) inPixelFloats, sizes);
        }
        boolean blocks = vectors || kernel.body() instanceof Blocks
                || kernel.body() instanceof Local || kernel.body() instanceof SeparableLocal
                || kernel.body() instanceof Rows;
        int width = !blocks ? 1 : vectors ? kernel.tiling().filters() : blockWidth(kernel, g);
        long filters = (long) g.groups() * Math.ceilDiv(g.outChannels() / g.groups(), width)
                * width;
        long weights = filters * (g.inChannels() / g.groups()) * taps;
        if (kernel.body() instanceof SeparableLocal) {
            long inner = given.inChannels();
            return List.of(weights, filters, inner * given.kernelHeight() * given.kernelWidth(),
                    inner);
        }
        if (kernel.hasSizesInCode()) {
            return List.of(weights, filters);
        }
        return kernel.variant() == Variant.SEPARABLE
                ? List.of(weights, filters, sizes,
                        (long) inPixelFloats * given.kernelHeight() * given.kernelWidth(),
                        (long) inPixelFloats)
                : List.of(weights, filters, sizes);
    }

    @Override
    public List<Long> constantElements() {
        List<Long> elements = new ArrayList<>(
                List.of((long) weight.getSize(), (long) bias.getSize()));
        if (!kernel.hasSizesInCode()) {
            elements.add((long) geometry.getSize());
        }
        if (depthwiseWeight != null) {
            elements.add((long) depthwiseWeight.getArray().getSize());
            elements.add((long) depthwiseBias.getArray().getSize());
        }
        if (innerWeight != null) {
            elements.add((long) innerWeight.getSize());
            elements.add((long) innerBias.getSize());
        }
        return elements;
    }

    @Override
    public String name() {
        return kernel.name();
    }

    @Override
    public int[] bounds() {
        return bounds.clone();
    }

    /**
     * Calls the kernel as the plain method that it is.
     *
     * @throws IllegalStateException if it can't be: see {@link Kernel#runsAsPlainJava}
     */
    @Override
    public void run() {
        switch (kernel.body()) {
            case Plain plain -> plain.task().apply(input.floats(), weight, bias, output.floats(),
                    geometry, bounds[0], bounds[1], bounds[2], activation, slope);
            case Blocks blocks -> blocks.task().apply(input.floats(), weight, bias, output.floats(),
                    geometry, bounds[0], bounds[1], bounds[2], activation, slope);
            case Lines lines ->
                lines.task().apply(input.floats(), weight, bias, output.floats(), bounds[0], items,
                        sizes.outChannels(), sizes.outHeight(), sizes.outWidth(), sizes.inHeight(),
                        sizes.inWidth(), sizes.padTop(), sizes.padLeft(), activation, slope);
            case Local local -> throw onlyOnDevices();
            case Patches patches -> throw onlyOnDevices();
            case SeparableLocal separable -> throw onlyOnDevices();
            case Rows rows -> throw onlyOnDevices();
            case Vectors vectors ->
                vectors.task().apply(input.vectors(), weightVectors, biasVectors, output.vectors(),
                        geometry, bounds[0], bounds[1], activation, slope);
            case Dense dense ->
                dense.task().apply(input.vectors(), weightVectors, biasVectors, gate(), added(),
                        output.vectors(), geometry, bounds[0], bounds[1], mode(), slope);
            case Separable separable -> separable.task().apply(input.vectors(), depthwiseWeight,
                    depthwiseBias, weightVectors, biasVectors, added(), output.vectors(), geometry,
                    bounds[0], bounds[1], innerActivation, innerSlope, mode(), slope);
        }
    }

    private int mode() {
        return activation + additions.mode();
    }

    /** The bias where there is none, which is then not read. */
    private VectorFloat16 gate() {
        return additions.gate() == null ? biasVectors : additions.gate().storage().vectors();
    }

    private VectorFloat16 added() {
        return additions.added() == null ? biasVectors : additions.added().storage().vectors();
    }

    private IllegalStateException onlyOnDevices() {
        return new IllegalStateException(
                "kernel %s shares local memory between work-items; only a device can run it"
                        .formatted(kernel.name()));
    }

    @Override
    public Class<?> owner() {
        return kernel.owner();
    }

    @Override
    public String method() {
        return kernel.method();
    }

    @Override
    public void addTo(TaskGraph graph, String id) {
        switch (kernel.body()) {
            case Plain plain -> graph.task(id, plain.task(), input.floats(), weight, bias,
                    output.floats(), geometry, bounds[0], bounds[1], bounds[2], activation, slope);
            case Blocks blocks -> graph.task(id, blocks.task(), input.floats(), weight, bias,
                    output.floats(), geometry, bounds[0], bounds[1], bounds[2], activation, slope);
            case Lines lines -> graph.task(id, lines.task(), input.floats(), weight, bias,
                    output.floats(), bounds[0], items, sizes.outChannels(), sizes.outHeight(),
                    sizes.outWidth(), sizes.inHeight(), sizes.inWidth(), sizes.padTop(),
                    sizes.padLeft(), activation, slope);
            case Local local -> graph.task(id, local.task(), new KernelContext(), input.floats(),
                    weight, bias, output.floats(), geometry, activation, slope);
            case Patches patches -> graph.task(id, patches.task(), new KernelContext(),
                    input.floats(), weight, bias, output.floats(), sizes.outChannels(),
                    sizes.outHeight(), sizes.outWidth(), sizes.inHeight(), sizes.inWidth(),
                    sizes.padTop(), sizes.padLeft(), activation, slope);
            case Rows rows -> graph.task(id, rows.task(), new KernelContext(), input.floats(),
                    weight, bias, output.floats(), sizes.inChannels(), sizes.outChannels(),
                    sizes.groups(), sizes.outHeight(), sizes.outWidth(), activation, slope);
            case SeparableLocal separable -> graph.task(id, separable.task(), new KernelContext(),
                    input.floats(), innerWeight, innerBias, weight, bias, output.floats(),
                    sizes.inChannels(), sizes.outChannels(), sizes.outHeight(), sizes.outWidth(),
                    innerActivation, innerSlope, activation, slope);
            case Vectors vectors ->
                graph.task(id, vectors.task(), input.vectors(), weightVectors, biasVectors,
                        output.vectors(), geometry, bounds[0], bounds[1], activation, slope);
            case Dense dense ->
                graph.task(id, dense.task(), input.vectors(), weightVectors, biasVectors, gate(),
                        added(), output.vectors(), geometry, bounds[0], bounds[1], mode(), slope);
            case Separable separable ->
                graph.task(id, separable.task(), input.vectors(), depthwiseWeight, depthwiseBias,
                        weightVectors, biasVectors, added(), output.vectors(), geometry, bounds[0],
                        bounds[1], innerActivation, innerSlope, mode(), slope);
        }
    }

    @Override
    public Optional<WorkerGrid> grid(int units) {
        if (kernel.body() instanceof Lines) {
            WorkerGrid grid = new WorkerGrid1D(bounds[0]);
            grid.setLocalWork(LINE_GROUP, 1, 1);
            return Optional.of(grid);
        }
        if (kernel.body() instanceof Plain || kernel.body() instanceof Blocks) {
            return Optional.empty();
        }
        if (kernel.body() instanceof Local) {
            Kernel.Tiling tiling = kernel.tiling();
            int across = tiling.pixels() / tiling.itemPixels();
            int along = tiling.filters() / tiling.itemFilters() * tiling.parts();
            boolean last = kernel.order() == Order.NHWC;
            int x = last ? along : across;
            int y = last ? across : along;
            WorkerGrid grid = new WorkerGrid2D(bounds[0] * x, bounds[1] * y);
            grid.setLocalWork(x, y, 1);
            return Optional.of(grid);
        }
        if (kernel.body() instanceof Patches && kernel.order() == Order.NHWC) {
            WorkerGrid grid = new WorkerGrid2D(Math.multiplyExact(bounds[0], Patches.LAST_ITEMS),
                    bounds[1]);
            grid.setLocalWork(Patches.LAST_ITEMS, 1, 1);
            return Optional.of(grid);
        }
        if (kernel.body() instanceof Patches) {
            WorkerGrid grid = new WorkerGrid2D(bounds[0] * Patches.COLUMNS,
                    bounds[1] * Patches.LINES);
            grid.setLocalWork(Patches.COLUMNS, Patches.LINES, 1);
            return Optional.of(grid);
        }
        if (kernel.body() instanceof SeparableLocal || kernel.body() instanceof Rows) {
            Kernel.Tiling tiling = kernel.tiling();
            int items = tiling.pixels() / tiling.itemPixels()
                    * (tiling.filters() / tiling.itemFilters()) * tiling.parts();
            WorkerGrid grid = new WorkerGrid2D(Math.multiplyExact(bounds[0], items), bounds[1]);
            grid.setLocalWork(items, 1, 1);
            return Optional.of(grid);
        }
        int local = kernel.body() instanceof Separable ? 1 : bounds[1];
        while (local > 1 && (long) bounds[0] * bounds[1] / local < 8L * units) {
            local = largestDivisorBelow(bounds[1], local);
        }
        WorkerGrid grid = new WorkerGrid2D(bounds[0], bounds[1]);
        grid.setLocalWork(1, local, 1);
        return Optional.of(grid);
    }

    /** At 16 multiply-adds a nanosecond. */
    @Override
    public long nanos() {
        long weights = constants().stream().filter(VectorFloat16.class::isInstance)
                .mapToLong(each -> ((VectorFloat16) each).size()).sum();
        return weights * sizes.batch() * sizes.outHeight() * sizes.outWidth() / 16;
    }

    private static int largestDivisorBelow(int number, int limit) {
        int divisor = limit - 1;
        while (number % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    @Override
    public List<Object> constants() {
        boolean vectors = kernel.order() == Order.NHWC_VECTORS;
        List<Object> constants = new ArrayList<>(
                vectors ? List.of(weightVectors, biasVectors) : List.of(weight, bias));
        if (!kernel.hasSizesInCode()) { // whose sizes are numbers
            constants.add(geometry);
        }
        if (depthwiseWeight != null) {
            constants.add(depthwiseWeight);
            constants.add(depthwiseBias);
        }
        if (innerWeight != null) {
            constants.add(innerWeight);
            constants.add(innerBias);
        }
        return constants;
    }

    @Override
    public List<Object> constantsInCode() {
        return switch (kernel.body()) {
            case Lines lines -> List.of(items, sizes.outChannels(), sizes.outHeight(),
                    sizes.outWidth(), sizes.inHeight(), sizes.inWidth(), sizes.padTop(),
                    sizes.padLeft(), activation, slope);
            case Dense dense -> List.of(mode(), slope);
            case Separable separable -> List.of(innerActivation, innerSlope, mode(), slope);
            case Plain plain -> List.of(activation, slope);
            case Blocks blocks -> List.of(activation, slope);
            case Local local -> List.of(activation, slope);
            case Patches patches ->
                List.of(sizes.outChannels(), sizes.outHeight(), sizes.outWidth(), sizes.inHeight(),
                        sizes.inWidth(), sizes.padTop(), sizes.padLeft(), activation, slope);
            case Rows rows -> List.of(sizes.inChannels(), sizes.outChannels(), sizes.groups(),
                    sizes.outHeight(), sizes.outWidth(), activation, slope);
            case SeparableLocal separable ->
                List.of(sizes.inChannels(), sizes.outChannels(), sizes.outHeight(),
                        sizes.outWidth(), innerActivation, innerSlope, activation, slope);
            case Vectors vectors -> List.of(activation, slope);
        };
    }

    public Kernel kernel() {
        return kernel;
    }
}
