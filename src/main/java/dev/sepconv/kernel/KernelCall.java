package dev.sepconv.kernel;

import dev.sepconv.kernel.Kernel.Blocks;
import dev.sepconv.kernel.Kernel.Local;
import dev.sepconv.kernel.Kernel.Order;
import dev.sepconv.kernel.Kernel.Plain;
import dev.sepconv.kernel.Kernel.Separable;
import dev.sepconv.kernel.Kernel.Variant;
import dev.sepconv.kernel.Kernel.Vectors;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/**
 * A kernel with its arguments, ready to be run as plain Java ({@link #run}) or to be made a task of a task graph. {@link #then}
 * makes a chain: the next call's input is this one's output.
 */
public final class KernelCall implements Call {

    /** A depthwise vector kernel's pixels are as long as those of the dense one before it, which may be filled up to so many. */
    static final int MOST_BLOCK = 32;

    /** Work-items of a group along each of two dimensions, in kernels that share local memory. */
    private static final int LOCAL_SIDE = 16;

    private final Kernel kernel;
    /** Of the last convolution. */
    private final Geometry sizes;
    private final boolean first;
    private final FeatureMap input;
    private final FeatureMap output;
    private final FloatArray weight;
    private final FloatArray bias;
    private final VectorFloat16 weightVectors;
    private final VectorFloat16 biasVectors;
    /** Of the depthwise convolution that is computed at once with the last one; else null. */
    private final VectorFloat16 depthwiseWeight;
    private final VectorFloat16 depthwiseBias;
    private final IntArray geometry;
    /** Bounds of the parallel loops, outermost first; of work-groups, how many along each dimension. */
    private final int[] bounds;
    private final int activation;
    private final float slope;
    /** Of the depthwise convolution, likewise. */
    private final int innerActivation;
    private final float innerSlope;
    /** Output pixels of a work-item that computes two convolutions; else 0. */
    private final int pixels;

    /** @param from what it reads, null for an input of its own; @param to what it writes, null for an output of its own */
    private KernelCall(Kernel kernel, List<Stage> stages, FeatureMap from, FeatureMap to) {
        if (kernel.variant() != Variant.SHUFFLE && !kernel.supports(stages.stream().map(Stage::geometry).toList())) {
            throw new IllegalArgumentException("kernel %s can't compute %s".formatted(kernel.name(),
                    stages.stream().map(stage -> stage.geometry().toString()).collect(Collectors.joining(", then "))));
        }
        for (Stage stage : stages) {
            if (!kernel.activates(stage.activation())) {
                throw new IllegalArgumentException("kernel %s lacks activation %d".formatted(kernel.name(), stage.activation()));
            }
        }
        Geometry g = stages.getLast().geometry();
        float[] weight = stages.getLast().weight();
        float[] bias = stages.getLast().bias();
        this.kernel = kernel;
        this.sizes = g;
        this.first = from == null;
        this.activation = stages.getLast().activation();
        this.slope = stages.getLast().slope();
        this.innerActivation = stages.getFirst().activation();
        this.innerSlope = stages.getFirst().slope();
        VectorFloat16 depthwiseWeight = null;
        VectorFloat16 depthwiseBias = null;
        int pixels = 0;
        int outPixels = g.outHeight() * g.outWidth();
        switch (kernel.body()) {
            case Plain plain -> {
                this.input = first
                        ? FeatureMap.plain(g.batch(), g.inChannels(), g.inHeight() * g.inWidth(), g.channelsLast())
                        : from;
                this.output = to != null ? to : FeatureMap.plain(g.batch(), g.outChannels(), outPixels, g.channelsLast());
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
                this.input = first
                        ? FeatureMap.plain(g.batch(), g.inChannels(), g.inHeight() * g.inWidth(), g.channelsLast())
                        : from;
                this.output = to != null ? to : FeatureMap.plain(g.batch(), g.outChannels(), outPixels, g.channelsLast());
                this.weight = !depthwise
                        ? BlockPacking.weight(g, weight, width)
                        : g.channelsLast() ? BlockPacking.depthwiseWeight(g, weight) : FloatArray.fromArray(weight);
                this.bias = BlockPacking.bias(g, bias, width);
                this.geometry = g.toIntArray();
                int tile = kernel.tiling().pixels();
                this.bounds = g.channelsLast()
                        ? new int[]{g.batch() * g.outHeight(), Math.ceilDiv(g.outWidth(), tile), g.outChannels()}
                        : new int[]{Math.multiplyExact(g.batch(), BlockPacking.blocks(g, width)),
                                Math.ceilDiv(g.outHeight(), tile), g.outWidth()};
            }
            case Local local -> {
                int width = blockWidth(kernel, g);
                this.input = first
                        ? FeatureMap.plain(g.batch(), g.inChannels(), g.inHeight() * g.inWidth(), g.channelsLast())
                        : from;
                this.output = to != null ? to : FeatureMap.plain(g.batch(), g.outChannels(), outPixels, g.channelsLast());
                this.weight = BlockPacking.weight(g, weight, width);
                this.bias = BlockPacking.bias(g, bias, width);
                this.geometry = g.toIntArray();
                int tiles = Math.ceilDiv(g.batch() * outPixels, kernel.tiling().pixels());
                int blocks = BlockPacking.blocks(g, width);
                this.bounds = g.channelsLast() ? new int[]{blocks, tiles} : new int[]{tiles, blocks};
            }
            case Vectors vectors -> {
                boolean depthwise = kernel.variant() == Variant.DEPTHWISE;
                this.input = first ? VectorPacking.input(g) : from;
                int inFloats = input.pixelFloats();
                int block = kernel.tiling().filters();
                int[] places = depthwise ? FeatureMap.inOrder(g.outChannels()) : VectorPacking.outputPlaces(g, block);
                int outFloats = outPixelFloats(kernel, g, inFloats);
                this.output = to != null ? to : FeatureMap.pixels(g.batch(), outPixels, g.channelsLast(), places, outFloats);
                this.weight = depthwise
                        ? VectorPacking.depthwiseWeight(g, weight, inFloats)
                        : VectorPacking.denseWeight(g, weight, block);
                this.bias = VectorPacking.bias(bias, places, outFloats);
                this.geometry = VectorGeometry.of(g, inFloats, outFloats, block);
                int tile = kernel.tiling().pixels();
                int channels = vectors.kernelWidth() > 0 ? VectorGeometry.CHUNK * VectorGeometry.LANES : VectorGeometry.LANES;
                this.bounds = depthwise
                        ? new int[]{g.batch() * g.outHeight(), Math.ceilDiv(inFloats, channels)}
                        : new int[]{(g.batch() * outPixels + tile - 1) / tile, VectorPacking.blocks(g, block)};
            }
            case Separable separable -> {
                Geometry depthwise = stages.getFirst().geometry();
                this.input = first ? VectorPacking.input(depthwise) : from;
                int inFloats = input.pixelFloats();
                int block = kernel.tiling().filters();
                int[] places = VectorPacking.outputPlaces(g, block);
                int outFloats = outPixelFloats(kernel, g, inFloats);
                this.output = to != null ? to : FeatureMap.pixels(g.batch(), outPixels, g.channelsLast(), places, outFloats);
                depthwiseWeight = new VectorFloat16(
                        VectorPacking.depthwiseWeight(depthwise, stages.getFirst().weight(), inFloats));
                depthwiseBias = new VectorFloat16(
                        VectorPacking.bias(stages.getFirst().bias(), FeatureMap.inOrder(depthwise.outChannels()), inFloats));
                this.weight = VectorPacking.denseWeight(g, weight, block);
                this.bias = VectorPacking.bias(bias, places, outFloats);
                SeparableGrid grid = SeparableGrid.of(g, inFloats, block);
                pixels = grid.pixels();
                this.geometry = VectorGeometry.separable(depthwise, g, inFloats, outFloats, block, grid.shareBlocks());
                this.bounds = new int[]{grid.parts(), grid.shares()};
            }
        }
        boolean inVectors = kernel.layout() == Order.NHWC_VECTORS;
        this.weightVectors = inVectors ? new VectorFloat16(this.weight) : null;
        this.biasVectors = inVectors ? new VectorFloat16(this.bias) : null;
        this.depthwiseWeight = depthwiseWeight;
        this.depthwiseBias = depthwiseBias;
        this.pixels = pixels;
    }

    /**
     * A call with an input of its own.
     *
     * @param kernel one that supports the stages
     * @param stages as many as the kernel computes at once; their numbers are copied
     */
    public static KernelCall first(Kernel kernel, List<Stage> stages) {
        return new KernelCall(kernel, stages, null, null);
    }

    /**
     * A call between arrays that are there; parameters as in {@link #first}. A vector kernel takes the last pixels of the input's
     * storage for its pixel of zeros: nothing may ever be written there.
     *
     * @param inPixelFloats of a vector kernel's input
     */
    public static KernelCall between(Kernel kernel, List<Stage> stages, Storage input, int inPixelFloats, Storage output) {
        KernelCall call = new KernelCall(kernel, stages, FeatureMap.over(input, inPixelFloats), FeatureMap.over(output, 0));
        if (kernel.layout() == Order.NHWC_VECTORS) {
            call.geometry.set(VectorGeometry.ZERO_PIXEL, input.size() / inPixelFloats - 1);
        }
        return call;
    }

    /** Numbers from one output pixel to the next. */
    public static int outPixelFloats(Kernel kernel, Geometry g, int inPixelFloats) {
        if (kernel.layout() != Order.NHWC_VECTORS) {
            return g.outChannels();
        }
        return kernel.variant() == Variant.DEPTHWISE
                ? inPixelFloats
                : Math.multiplyExact(VectorPacking.blocks(g, kernel.tiling().filters()), kernel.tiling().filters());
    }

    /** Where a kernel puts each output channel within a pixel. */
    public static int[] outputPlaces(Kernel kernel, Geometry g) {
        return kernel.layout() == Order.NHWC_VECTORS && kernel.variant() != Variant.DEPTHWISE
                ? VectorPacking.outputPlaces(g, kernel.tiling().filters())
                : FeatureMap.inOrder(g.outChannels());
    }

    /** Whether a kernel can read what the one before it writes: both of one layout, and the channels in order. */
    public static boolean fits(Kernel before, Geometry written, Kernel after) {
        return before.layout() == after.layout() && (before.layout() != Order.NHWC_VECTORS
                || before.variant() == Variant.DEPTHWISE || VectorPacking.inOrder(written, before.tiling().filters()));
    }

    /** How many output numbers a kernel computes for each that is wanted: over 1 where channels fill its vectors or blocks up. */
    public static double filledUp(Kernel kernel, Geometry g) {
        if (kernel.layout() == Order.NHWC_VECTORS && kernel.variant() == Variant.DEPTHWISE) {
            return (double) VectorPacking.wholeVectors(g.inChannels()) / g.inChannels();
        }
        int width = kernel.layout() == Order.NHWC_VECTORS ? kernel.tiling().filters() : blockWidth(kernel, g);
        return (double) BlockPacking.blocks(g, width) * width / g.outChannels();
    }

    /** Output channels whose weights lie together: a tile's, or a whole group's where neighbouring work-items read neighbouring channels. */
    private static int blockWidth(Kernel kernel, Geometry g) {
        boolean neighbours = kernel.body() instanceof Blocks && g.channelsLast();
        return neighbours ? g.outChannels() / g.groups() : kernel.tiling().filters();
    }

    /**
     * How many numbers the arrays of a call have, counted before there are any. Never less than they will have; more where a
     * depthwise vector kernel follows a kernel that gives it fewer.
     *
     * @param stages as many as the kernel computes at once
     * @param first whether the call has an input of its own
     */
    public static List<Long> elements(Kernel kernel, List<Geometry> stages, boolean first) {
        Geometry given = stages.getFirst();
        Geometry g = stages.getLast();
        long inPixels = (long) g.batch() * given.inHeight() * given.inWidth();
        long outPixels = (long) g.batch() * g.outHeight() * g.outWidth();
        long in = g.inChannels();
        long out = g.outChannels();
        long filters = out;
        long depthwise = 0;
        if (kernel.layout() == Order.NHWC_VECTORS) { // whole vectors, and a pixel of zeros after the last
            inPixels++;
            outPixels++;
            in = VectorPacking.wholeVectors(g.inChannels());
            int block = kernel.tiling().filters();
            long filledUp = Math.ceilDiv(in, MOST_BLOCK) * MOST_BLOCK;
            out = kernel.variant() == Variant.DEPTHWISE
                    ? filledUp
                    : (long) g.groups() * VectorPacking.groupBlocks(g, block) * block;
            filters = out;
            depthwise = kernel.variant() != Variant.SEPARABLE ? 0 : first ? in : filledUp;
        } else if (kernel.body() instanceof Blocks || kernel.body() instanceof Local) {
            int width = blockWidth(kernel, g);
            filters = (long) g.groups() * Math.ceilDiv(g.outChannels() / g.groups(), width) * width;
        }
        long weights = filters * (g.inChannels() / g.groups()) * g.kernelHeight() * g.kernelWidth();
        return List.of(first ? inPixels * in : 0, outPixels * out, weights, filters,
                depthwise * given.kernelHeight() * given.kernelWidth(), depthwise, VectorGeometry.SHARE_BLOCKS + 1L);
    }

    /**
     * A call whose input is this one's output; parameters as in {@link #first}.
     *
     * @throws IllegalArgumentException if that kernel can't read what this one writes, or the sizes don't fit
     */
    public KernelCall then(Kernel next, List<Stage> nextStages) {
        Geometry nextGeometry = nextStages.getFirst().geometry();
        if (!fits(kernel, sizes, next)) {
            throw new IllegalArgumentException("kernel %s can't read what %s writes".formatted(next.name(), kernel.name()));
        }
        if (nextGeometry.inputElements() != sizes.outputElements() || nextGeometry.inChannels() != sizes.outChannels()) {
            throw new IllegalArgumentException(
                    "input has %d elements in %d channels; %s needs %d in %d".formatted(sizes.outputElements(),
                            sizes.outChannels(), nextGeometry, nextGeometry.inputElements(), nextGeometry.inChannels()));
        }
        return new KernelCall(next, nextStages, output, null);
    }

    @Override
    public List<Long> constantElements() {
        List<Long> elements = new ArrayList<>(List.of((long) weight.getSize(), (long) bias.getSize(), (long) geometry.getSize()));
        if (depthwiseWeight != null) {
            elements.add((long) depthwiseWeight.getArray().getSize());
            elements.add((long) depthwiseBias.getArray().getSize());
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
            case Plain plain -> plain.task().apply(input.floats(), weight, bias, output.floats(), geometry, bounds[0], bounds[1],
                    bounds[2], activation, slope);
            case Blocks blocks -> blocks.task().apply(input.floats(), weight, bias, output.floats(), geometry, bounds[0],
                    bounds[1], bounds[2], activation, slope);
            case Local local -> throw new IllegalStateException(
                    "kernel %s shares local memory between work-items; only a device can run it".formatted(kernel.name()));
            case Vectors vectors -> vectors.task().apply(input.vectors(), weightVectors, biasVectors, output.vectors(), geometry,
                    bounds[0], bounds[1], activation, slope);
            case Separable separable -> separable.task().apply(input.vectors(), depthwiseWeight, depthwiseBias, weightVectors,
                    biasVectors, output.vectors(), geometry, bounds[0], bounds[1], input.pixelFloats() / VectorGeometry.LANES,
                    pixels, innerActivation, innerSlope, activation, slope);
        }
    }

    @Override
    public void addTo(TaskGraph graph, String id) {
        switch (kernel.body()) {
            case Plain plain -> graph.task(id, plain.task(), input.floats(), weight, bias, output.floats(), geometry, bounds[0],
                    bounds[1], bounds[2], activation, slope);
            case Blocks blocks -> graph.task(id, blocks.task(), input.floats(), weight, bias, output.floats(), geometry,
                    bounds[0], bounds[1], bounds[2], activation, slope);
            case Local local -> graph.task(id, local.task(), new KernelContext(), input.floats(), weight, bias, output.floats(),
                    geometry, activation, slope);
            case Vectors vectors -> graph.task(id, vectors.task(), input.vectors(), weightVectors, biasVectors, output.vectors(),
                    geometry, bounds[0], bounds[1], activation, slope);
            case Separable separable -> graph.task(id, separable.task(), input.vectors(), depthwiseWeight, depthwiseBias,
                    weightVectors, biasVectors, output.vectors(), geometry, bounds[0], bounds[1],
                    input.pixelFloats() / VectorGeometry.LANES, pixels, innerActivation, innerSlope, activation, slope);
        }
    }

    @Override
    public Optional<WorkerGrid> grid(int units) {
        if (kernel.body() instanceof Plain || kernel.body() instanceof Blocks) {
            return Optional.empty();
        }
        if (kernel.body() instanceof Local) {
            WorkerGrid grid = new WorkerGrid2D(bounds[0] * LOCAL_SIDE, bounds[1] * LOCAL_SIDE);
            grid.setLocalWork(LOCAL_SIDE, LOCAL_SIDE, 1);
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

    private static int largestDivisorBelow(int number, int limit) {
        int divisor = limit - 1;
        while (number % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    /** What goes to the device once: weights, bias, sizes, and an intermediate whose last pixel, of zeros, is read and never written. */
    @Override
    public List<Object> constants() {
        boolean vectors = kernel.layout() == Order.NHWC_VECTORS;
        List<Object> constants = new ArrayList<>(
                vectors ? List.of(weightVectors, biasVectors, geometry) : List.of(weight, bias, geometry));
        if (depthwiseWeight != null) {
            constants.add(depthwiseWeight);
            constants.add(depthwiseBias);
        }
        if (!first && vectors && kernel.variant() != Variant.POINTWISE) {
            constants.add(input.array());
        }
        return constants;
    }

    /** Takes over a public tensor's numbers as the input. */
    public void read(float[] from) {
        input.read(from);
    }

    /** Gives the output to a public tensor. */
    public void write(float[] to) {
        output.write(to);
    }

    /** The input's numbers, where {@link #read} writes them. */
    public MemorySegment inputNumbers() {
        return input.memory();
    }

    /** The output's numbers, where {@link #write} reads them. */
    public MemorySegment outputNumbers() {
        return output.memory();
    }

    /** From now on {@link #read} writes into the device's memory rather than into the array that TornadoVM copies from. */
    public void moveInputTo(MemorySegment deviceMemory) {
        input.moveTo(deviceMemory);
    }

    /** From now on {@link #write} reads from the device's memory rather than from the array that TornadoVM copies to. */
    public void moveOutputTo(MemorySegment deviceMemory) {
        output.moveTo(deviceMemory);
    }

    public Kernel kernel() {
        return kernel;
    }

    /** The input, as TornadoVM knows it. */
    public Object input() {
        return input.array();
    }

    /** The output, as TornadoVM knows it. */
    public Object output() {
        return output.array();
    }
}
