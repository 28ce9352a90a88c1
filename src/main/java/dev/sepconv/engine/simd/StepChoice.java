package dev.sepconv.engine.simd;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Which step computes a convolution, a depthwise and a pointwise one at once, or a pointwise one
 * before them too: the only place that decides. What the step needs of the picture that it reads
 * follows from it.
 *
 * @param expand pointwise, computed at once with {@code depthwise} and {@code conv}; null for none
 * @param depthwise computed at once with {@code conv}; null where that is alone
 * @param in what the first of them reads, but for {@code expand}
 */
record StepChoice(Kind kind, Conv2d expand, Conv2d depthwise, Conv2d conv, Shape in) {

    enum Kind {
        DEPTHWISE,
        DEPTHWISE_SLABS,
        NARROW_GROUPS,
        WINOGRAD,
        GROUP_ROWS,
        PATCHES,
        DENSE,
        SEPARABLE,
        /** These read and write NCHW as it is. */
        DEPTHWISE_PLANES,
        FEW_CHANNELS_PLANES,
        POINTWISE_PLANES
    }

    /** The choices for all stages of a layer that reads pixels; some read NCHW too. */
    static List<StepChoice> onPixels(Layer layer, Shape input, Fusion fusion, int workers) {
        return choose(layer, input, false, fusion, workers);
    }

    /**
     * The same from NCHW to NCHW; none where a stage has no such step, turning the picture is
     * faster, or channels are shuffled.
     */
    static List<StepChoice> onPlanes(Layer layer, Shape input, Fusion fusion, int workers) {
        return choose(layer, input, true, fusion, workers);
    }

    private static List<StepChoice> choose(Layer layer, Shape input, boolean planes, Fusion fusion,
            int workers) {
        List<Conv2d> stages = layer.stages();
        List<StepChoice> choices = new ArrayList<>();
        Shape shape = input;
        for (int i = 0; i < stages.size(); i++) {
            Conv2d conv = stages.get(i);
            Conv2d depthwise = null;
            if (fusion != Fusion.SEPARATE && i + 1 < stages.size() && fuses(conv, stages.get(i + 1))
                    && (planes || fusion == Fusion.FUSED
                            || SeparableStep.suits(conv, stages.get(i + 1), shape, workers))) {
                depthwise = conv;
                conv = stages.get(++i);
            }
            Kind kind = planes
                    ? onPlanes(conv, depthwise == null ? shape : depthwise.outputShape(shape),
                            workers)
                    : depthwise == null ? onPixels(conv, shape) : Kind.SEPARABLE;
            if (kind == null || planes && ChannelShuffle.before(layer, i).isPresent()) {
                return List.of();
            }
            choices.add(new StepChoice(kind, null, depthwise, conv, shape));
            shape = choices.getLast().out();
        }
        return choices;
    }

    private static Kind onPixels(Conv2d conv, Shape input) {
        if (isDepthwise(conv)) {
            return DepthwiseSlabStep.suits(conv, conv.outputShape(input))
                    ? Kind.DEPTHWISE_SLABS
                    : Kind.DEPTHWISE;
        }
        if (NarrowGroupStep.suits(conv)) {
            return Kind.NARROW_GROUPS;
        }
        if (WinogradConvolution.suits(conv, input)) {
            return Kind.WINOGRAD;
        }
        if (PatchStep.suits(conv)) {
            return Kind.PATCHES;
        }
        return GroupRowStep.suits(conv, input) ? Kind.GROUP_ROWS : Kind.DENSE;
    }

    private static Kind onPlanes(Conv2d conv, Shape input, int workers) {
        if (isDepthwise(conv)) {
            Shape out = conv.outputShape(input);
            return DepthwiseSlabStep.suitsPlanes(conv, out) || DepthwisePlanesStep.suits(conv, out)
                    ? Kind.DEPTHWISE_PLANES
                    : null;
        }
        if (FewChannelsStep.suits(conv, input)) {
            return Kind.FEW_CHANNELS_PLANES;
        }
        return conv.isPointwise() && PlanesStep.suits(input, workers)
                ? Kind.POINTWISE_PLANES
                : null;
    }

    /** Whether a depthwise and a pointwise convolution have a step for both at once. */
    static boolean fuses(Conv2d depthwise, Conv2d pointwise) {
        return isDepthwise(depthwise) && pointwise.isPointwise();
    }

    /**
     * Whether it runs channel by channel. One channel alone is a standard convolution like any
     * other.
     */
    private static boolean isDepthwise(Conv2d conv) {
        return conv.isDepthwise() && conv.groups() > 1 && conv.depthMultiplier() == 1;
    }

    /**
     * Whether it is faster with the convolution that makes what it reads than after it.
     */
    boolean takesExpansion(StepChoice before, int workers) {
        return expand == null && before.kind == Kind.DENSE && before.conv.isPointwise()
                && (kind == Kind.SEPARABLE
                        && SeparableStep.suitsExpansion(before.conv, depthwise, conv, in, workers)
                        || kind == Kind.DEPTHWISE
                                && SeparableStep.suitsExpansion(before.conv, conv, in, workers));
    }

    /** Both at once; only if {@link #takesExpansion}. */
    StepChoice after(StepChoice before) {
        return new StepChoice(kind, before.conv, depthwise, conv, in);
    }

    /** How many of the layer's stages it computes. */
    int stages() {
        return depthwise == null ? 1 : 2;
    }

    Shape out() {
        return conv.outputShape(depthwise == null ? in : depthwise.outputShape(in));
    }

    boolean onPlanes() {
        return kind.compareTo(Kind.DEPTHWISE_PLANES) >= 0;
    }

    /** Whether it can write NCHW. */
    boolean writesPlanes() {
        return kind == Kind.DENSE || kind == Kind.SEPARABLE || kind == Kind.PATCHES
                || kind == Kind.DEPTHWISE_SLABS || onPlanes();
    }

    /** Whether it can read NCHW as well as pixels. */
    boolean readsBoth() {
        return kind == Kind.SEPARABLE && expand == null || kind == Kind.PATCHES
                || kind == Kind.DEPTHWISE_SLABS;
    }

    /** Whether it is best at multiplying what it reads by a number for each channel. */
    boolean takesGate(int workers) {
        return kind == Kind.DENSE && conv.isPointwise()
                && DenseStep.suitsGate(conv, out(), workers);
    }

    /** What it needs of the pixels that it reads. */
    Picture.Need need() {
        return switch (kind) {
            case WINOGRAD -> new Picture.Need(1, WinogradConvolution.border(conv, in), false);
            case NARROW_GROUPS -> new Picture.Need(1, pad(), true);
            case GROUP_ROWS -> new Picture.Need(1, pad(), false);
            case DENSE -> new Picture.Need(conv.groups(), pad(), false);
            default -> Picture.Need.PIXELS;
        };
    }

    private Padding.Explicit pad() {
        return conv.padding().resolve(conv, in.h(), in.w());
    }

    /**
     * The steps, which run in this order; all read the input and write the output.
     *
     * @param expansion the weights of {@code expand}; or null
     * @param weights of its stages
     * @param layout NCHW where it reads planes, else NHWC
     * @param from where the input's pixels lie; of planes, where they would
     * @param gate of the input, only if {@link #takesGate}; null for none
     * @param to where the result goes: planes only if {@link #writesPlanes}
     */
    List<Step> steps(ConvWeights expansion, List<ConvWeights> weights, Layout layout, Grid from,
            ChannelGate gate, Destination to, PlanMemory memory) {
        int workers = memory.workers();
        ConvWeights own = weights.getLast();
        ConvWeights before = depthwise == null ? null : weights.getFirst();
        return switch (kind) {
            case DEPTHWISE -> List.of(expand == null
                    ? new DepthwiseStep(conv, own, pad(), from, in, (Grid) to, out(), workers)
                    : new ExpandedDepthwiseStep(expand, expansion, conv, own, pad(), from, in,
                            (Grid) to, out(), memory));
            case DEPTHWISE_SLABS -> List.of(new DepthwiseSlabStep(conv, own, pad(),
                    layout == Layout.NCHW ? null : from, in, to, out(), memory));
            case NARROW_GROUPS ->
                List.of(new NarrowGroupStep(conv, own, pad(), from, (Grid) to, out(), workers));
            case WINOGRAD ->
                WinogradConvolution.steps(conv, own, pad(), from, (Grid) to, out(), memory);
            case GROUP_ROWS ->
                List.of(new GroupRowStep(conv, own, pad(), from, (Grid) to, out(), workers));
            case PATCHES ->
                List.of(new PatchStep(conv, own, pad(), layout, from, in, to, out(), memory));
            case DENSE -> List.of(new DenseStep(conv, own, pad(), from, gate, to, out(), memory));
            case SEPARABLE -> List.of(new SeparableStep(expand, expansion, depthwise, before, conv,
                    own, layout, from, in, to, memory));
            case DEPTHWISE_PLANES -> List.of(DepthwiseSlabStep.suitsPlanes(conv, out())
                    ? new DepthwiseSlabStep(conv, own, pad(), null, in, to, out(), memory)
                    : new DepthwisePlanesStep(conv, own, in, workers));
            case FEW_CHANNELS_PLANES ->
                List.of(new FewChannelsStep(depthwise, before, conv, own, in, workers));
            case POINTWISE_PLANES ->
                List.of(new PlanesStep(depthwise, before, conv, own, in, workers));
        };
    }
}
