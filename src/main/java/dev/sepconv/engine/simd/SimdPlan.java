package dev.sepconv.engine.simd;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The steps that a layer takes from the caller's input to the caller's output, and the arrays between them.
 *
 * <pre>
 * NCHW input ─▶ turned ───┬─▶ convolution ─▶ … ─▶ convolution ─┬─▶ NHWC output
 * NHWC input ─▶ (border) ─┘                                    └─▶ NCHW output, turned as it is stored
 * </pre>
 *
 * Whoever writes an array leaves the border that its reader wants, so padding costs a copy only where the caller's own NHWC input
 * needs some.
 */
final class SimdPlan implements Plan {

    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final Padding.Explicit NONE = new Padding.Explicit(0, 0, 0, 0);

    private final Device device;
    private final Layout layout;
    private final Shape inputShape;
    private final Shape outputShape;
    private final Workers workers;
    private final Fusion wanted;
    private final List<Pass> passes = new ArrayList<>();
    /** What lies between the steps; the places of the caller's input and output are empty. */
    private final List<float[]> arrays = new ArrayList<>();
    private final List<Integer> winogradStages = new ArrayList<>();
    private boolean fused;
    private boolean closed;

    /** A step and the numbers of the arrays that it reads and writes. */
    private record Pass(Step step, int from, int to) {
    }

    /**
     * A picture in an array.
     *
     * @param layout NHWC for all but the caller's
     * @param groups how many parts of its channels lie apart
     * @param border zeros round each image
     */
    private record Picture(int array, Shape shape, Layout layout, int groups, Padding.Explicit border) {

        Grid grid() {
            return Grid.grouped(shape, groups, border);
        }

        Target target() {
            return layout == Layout.NHWC ? grid() : new Target.Planes(shape);
        }
    }

    SimdPlan(Layer layer, List<ConvWeights> given, Shape input, Layout layout, Device device, Workers workers, Fusion fusion) {
        this.device = device;
        this.layout = layout;
        this.workers = workers;
        wanted = fusion;
        inputShape = input;
        outputShape = layer.outputShape(input);
        arrays.add(null);
        arrays.add(null);
        List<Conv2d> stages = layer.stages();
        List<ConvWeights> weights = ChannelShuffle.folded(layer, given);
        boolean shuffles = IntStream.range(0, stages.size()).anyMatch(i -> ChannelShuffle.before(layer, i).isPresent());
        if (layout == Layout.NCHW && !shuffles && onPlanes(stages, weights)) {
            return;
        }
        Picture picture = new Picture(INPUT, input, layout, 1, NONE);
        for (int i = 0; i < stages.size(); i++) {
            Conv2d conv = stages.get(i);
            if (i + 1 < stages.size() && isFused(conv, stages.get(i + 1), picture.shape)) {
                Conv2d pointwise = stages.get(i + 1);
                Picture in = picture;
                picture = destination(pointwise.outputShape(conv.outputShape(in.shape)),
                        i + 2 < stages.size() ? stages.get(i + 2) : null);
                add(new SeparableStep(conv, weights.get(i), pointwise, weights.get(i + 1), in.layout, in.grid(), in.shape,
                        picture.target(), workers.count()), in, picture);
                fused = true;
                i++;
            } else {
                if (WinogradConvolution.suits(conv, picture.shape)) {
                    winogradStages.add(i);
                }
                Optional<ChannelShuffle> shuffle = i + 1 < stages.size() ? ChannelShuffle.before(layer, i + 1) : Optional.empty();
                Conv2d next = i + 1 < stages.size() ? stages.get(i + 1) : null;
                // A shuffle reads pixel by pixel, as an ungrouped pointwise convolution does.
                Conv2d reader = shuffle.isPresent() ? Conv2d.pointwise(conv.outChannels(), 1) : next;
                picture = convolve(conv, weights.get(i), picture, reader);
                picture = shuffle.isPresent() ? shuffled(picture, shuffle.get(), next) : picture;
            }
        }
    }

    /** Does the whole layer in steps that leave NCHW as it is; false where there are none or turning it is faster. */
    private boolean onPlanes(List<Conv2d> stages, List<ConvWeights> weights) {
        List<Step> steps = new ArrayList<>();
        List<Shape> shapes = new ArrayList<>();
        boolean pairs = false;
        Shape shape = inputShape;
        for (int i = 0; i < stages.size(); i++) {
            Conv2d conv = stages.get(i);
            Conv2d next = i + 1 < stages.size() ? stages.get(i + 1) : null;
            boolean pair = wanted != Fusion.SEPARATE && next != null && isDepthwise(conv) && next.isPointwise();
            Step step = pair
                    ? onPlanes(conv, weights.get(i), next, weights.get(i + 1), shape)
                    : onPlanes(conv, weights.get(i), shape);
            if (step == null) {
                return false;
            }
            shape = conv.outputShape(shape);
            if (pair) {
                shape = next.outputShape(shape);
                pairs = true;
                i++;
            }
            steps.add(step);
            shapes.add(shape);
        }
        int from = INPUT;
        for (int i = 0; i < steps.size(); i++) {
            boolean last = i + 1 == steps.size();
            int to = last ? OUTPUT : arrays.size();
            if (!last) {
                arrays.add(new float[shapes.get(i).elements()]);
            }
            passes.add(new Pass(steps.get(i), from, to));
            from = to;
        }
        fused = pairs;
        return true;
    }

    private Step onPlanes(Conv2d conv, ConvWeights weights, Shape input) {
        if (isDepthwise(conv)) {
            return DepthwisePlanesStep.suits(conv, conv.outputShape(input))
                    ? new DepthwisePlanesStep(conv, weights, input, workers.count())
                    : null;
        }
        if (FewChannelsStep.suits(conv, input)) {
            return new FewChannelsStep(null, null, conv, weights, input, workers.count());
        }
        return conv.isPointwise() && PlanesStep.suits(input, workers.count())
                ? new PlanesStep(null, null, conv, weights, input, workers.count())
                : null;
    }

    private Step onPlanes(Conv2d depthwise, ConvWeights depthwiseWeights, Conv2d pointwise, ConvWeights weights, Shape input) {
        Shape between = depthwise.outputShape(input);
        if (FewChannelsStep.suits(pointwise, between)) {
            return new FewChannelsStep(depthwise, depthwiseWeights, pointwise, weights, input, workers.count());
        }
        return PlanesStep.suits(between, workers.count())
                ? new PlanesStep(depthwise, depthwiseWeights, pointwise, weights, input, workers.count())
                : null;
    }

    /** Whether each depthwise convolution of a layer that a pointwise one follows, and there is one, can run with it as one step. */
    static boolean canFuse(Layer layer) {
        List<Integer> pairs = Fusion.pairs(layer);
        return !pairs.isEmpty() && pairs.stream().allMatch(i -> isDepthwise(layer.stages().get(i)));
    }

    /**
     * Adds a convolution.
     *
     * @param next the convolution that reads what this one writes, or null
     */
    private Picture convolve(Conv2d conv, ConvWeights weights, Picture given, Conv2d next) {
        Padding.Explicit pad = conv.padding().resolve(conv, given.shape.h(), given.shape.w());
        Picture in = readable(given, conv);
        Picture out = destination(conv.outputShape(given.shape), next);
        if (WinogradConvolution.suits(conv, given.shape)) {
            Picture pixels = pixels(out);
            WinogradConvolution.steps(conv, weights, pad, in.grid(), pixels.grid(), out.shape, workers.count())
                    .forEach(step -> add(step, in, pixels));
            deliver(pixels, out);
            return out;
        }
        if (!isDepthwise(conv) && !NarrowGroupStep.suits(conv) && !GroupRowStep.suits(conv, given.shape)) {
            add(new DenseStep(conv, weights, pad, in.grid(), out.target(), out.shape, workers.count()), in, out);
            return out;
        }
        Picture pixels = pixels(out);
        add(isDepthwise(conv)
                ? new DepthwiseStep(conv, weights, pad, in.grid(), in.shape, pixels.grid(), out.shape, workers.count())
                : NarrowGroupStep.suits(conv)
                        ? new NarrowGroupStep(conv, weights, pad, in.grid(), pixels.grid(), out.shape, workers.count())
                        : new GroupRowStep(conv, weights, pad, in.grid(), pixels.grid(), out.shape, workers.count()),
                in, pixels);
        deliver(pixels, out);
        return out;
    }

    /** Moves a picture's channels to where the next convolution reads them. */
    private Picture shuffled(Picture given, ChannelShuffle shuffle, Conv2d next) {
        int parts = partsApart(next, given.shape);
        Picture out = intermediate(given.shape, parts, border(next, given.shape));
        add(new ShuffleStep(given.shape, shuffle, parts, given.grid(), out.grid()), given, out);
        return out;
    }

    /** Where a step that can write NHWC only writes what goes to {@code out} in the end. */
    private Picture pixels(Picture out) {
        return out.layout == Layout.NHWC ? out : intermediate(out.shape, 1, NONE);
    }

    /** Turns {@link #pixels} to the caller's layout. */
    private void deliver(Picture pixels, Picture out) {
        if (out.layout == Layout.NCHW) {
            add(new ToNchwStep(out.shape, workers.count()), pixels, out);
        }
    }

    private void add(Step step, Picture from, Picture to) {
        passes.add(new Pass(step, from.array, to.array));
    }

    /** Where a convolution writes: the caller's output, or an array with the border that the next convolution wants. */
    private Picture destination(Shape shape, Conv2d next) {
        return next == null
                ? new Picture(OUTPUT, shape, layout, 1, NONE)
                : intermediate(shape, 1, partsApart(next, shape) > 1 ? NONE : border(next, shape));
    }

    /** Whether a depthwise and a pointwise convolution run as one step. */
    private boolean isFused(Conv2d conv, Conv2d next, Shape input) {
        return isDepthwise(conv) && next.isPointwise() && switch (wanted) {
            case AUTO -> SeparableStep.suits(conv, input, workers.count());
            case SEPARATE -> false;
            case FUSED -> true;
        };
    }

    /** The picture as the convolution wants it: NHWC, with its border, in an array of ours, its groups apart. */
    private Picture readable(Picture given, Conv2d conv) {
        Shape shape = given.shape;
        int groups = partsApart(conv, shape);
        Padding.Explicit border = border(conv, shape);
        boolean overrun = NarrowGroupStep.suits(conv) && given.array == INPUT;
        if (given.layout == Layout.NHWC && given.groups == groups && given.border.equals(border) && !overrun) {
            return given;
        }
        Picture wanted = intermediate(shape, groups, border);
        add(given.layout == Layout.NCHW
                ? new ToNhwcStep(shape, groups, wanted.grid(), workers.count())
                : new CopyStep(shape, groups, given.grid(), wanted.grid()), given, wanted);
        return wanted;
    }

    /** A picture in an array of its own, with room for a vector that begins at the last number. */
    private Picture intermediate(Shape shape, int groups, Padding.Explicit border) {
        Picture picture = new Picture(arrays.size(), shape, Layout.NHWC, groups, border);
        arrays.add(new float[Math.addExact(picture.grid().elements(), Lanes.LANES)]);
        return picture;
    }

    /** Whether it runs channel by channel. One channel alone is a standard convolution like any other. */
    static boolean isDepthwise(Conv2d conv) {
        return conv.isDepthwise() && conv.groups() > 1 && conv.depthMultiplier() == 1;
    }

    /** How many parts of its input's channels must lie apart. */
    private static int partsApart(Conv2d conv, Shape input) {
        return isDepthwise(conv) || NarrowGroupStep.suits(conv) || WinogradConvolution.suits(conv, input)
                || GroupRowStep.suits(conv, input) ? 1 : conv.groups();
    }

    /** The zeros that must lie round its input: the depthwise step needs none. */
    static Padding.Explicit border(Conv2d conv, Shape input) {
        if (WinogradConvolution.suits(conv, input)) {
            return WinogradConvolution.border(conv, input);
        }
        return isDepthwise(conv) ? NONE : conv.padding().resolve(conv, input.h(), input.w());
    }

    /** What is done, in this order. */
    List<Step> steps() {
        return passes.stream().map(Pass::step).toList();
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Fusion fusion() {
        return fused ? Fusion.FUSED : Fusion.SEPARATE;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public Shape outputShape() {
        return outputShape;
    }

    @Override
    public List<Integer> winogradStages() {
        return List.copyOf(winogradStages);
    }

    @Override
    public synchronized void run(Tensor input, Tensor output) {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        check(input, output);
        for (int i = 0; i < passes.size(); i++) {
            Pass pass = passes.get(i);
            float[] in = pass.from == INPUT ? input.data() : arrays.get(pass.from);
            float[] out = pass.to == OUTPUT ? output.data() : arrays.get(pass.to);
            workers.run(pass.step, in, out);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        passes.clear();
        arrays.clear();
    }
}
