package dev.sepconv;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a depthwise convolution and the pointwise one that follows it are computed one after the
 * other or at once. Both give the same numbers but for rounding; they differ in what lies between:
 * an array that is written and read again, or nothing that leaves a processor's caches and
 * registers.
 */
public enum Fusion {
    /** What the engine takes for the faster one, or what {@code sepconv tune} measured to be. */
    AUTO,
    /**
     * Each stage of a layer alone, after the one before it; what lies between stays in the device's
     * memory. Every engine has it.
     */
    SEPARATE,
    /**
     * Every depthwise convolution at once with the pointwise one that follows it, by one kernel. A
     * layer without such a pair has none, nor has one with a depth multiplier above 1;
     * {@link Engine#fusions} tells.
     */
    FUSED;

    /**
     * Where a depthwise convolution is followed by a pointwise one.
     *
     * @return the places of the depthwise ones among the layer's stages, from 0; a stage is in one
     *     pair at most
     */
    public static List<Integer> pairs(Layer layer) {
        List<Conv2d> stages = layer.stages();
        List<Integer> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < stages.size(); i++) {
            if (stages.get(i).isDepthwise() && stages.get(i + 1).isPointwise()) {
                pairs.add(i);
                i++;
            }
        }
        return List.copyOf(pairs);
    }

    /** What an engine answers to {@link Engine#fusions}: all, or all but {@link #FUSED}. */
    public static Set<Fusion> available(boolean fused) {
        return Collections
                .unmodifiableSet(fused ? EnumSet.allOf(Fusion.class) : EnumSet.of(AUTO, SEPARATE));
    }

    /**
     * Whether a depthwise convolution and the pointwise one that reads it can be computed at once,
     * as {@link Engine#fuses} says.
     */
    @FunctionalInterface
    public interface Pairs {
        boolean fuses(Conv2d depthwise, Conv2d pointwise, Shape input);
    }

    /**
     * Refuses a network that is to be {@link #FUSED} and can't be.
     *
     * @param pairs what can be computed at once
     * @param reason why something can't, as a clause
     * @throws IllegalArgumentException if it has no such pair, or one that can't be computed at
     * once
     */
    public static void requireFused(Network network, Pairs pairs, String reason) {
        boolean any = false;
        for (Node node : network.nodes()) {
            if (node.op() instanceof Op.Convolve op) {
                Shape shape = network.dims(node.inputs().getFirst()).toShape();
                List<Conv2d> stages = op.layer().stages();
                List<Integer> firsts = pairs(op.layer());
                for (int i = 0; i < stages.size(); i++) {
                    if (firsts.contains(i)
                            && !pairs.fuses(stages.get(i), stages.get(i + 1), shape)) {
                        throw refusal(op.layer(), reason);
                    }
                    shape = stages.get(i).outputShape(shape);
                }
                any |= !firsts.isEmpty();
            }
        }
        if (!any) {
            throw new IllegalArgumentException(
                    "fusion is FUSED; the layer has no depthwise convolution that a pointwise one follows: ask for AUTO or SEPARATE");
        }
    }

    /**
     * What an engine throws that is asked for {@link #FUSED} and can't.
     *
     * @param reason why not, as a clause, where the layer has a pair
     */
    private static IllegalArgumentException refusal(Layer layer, String reason) {
        return new IllegalArgumentException(
                "fusion is FUSED; %s: ask for AUTO or SEPARATE".formatted(pairs(layer).isEmpty()
                        ? "the layer has no depthwise convolution that a pointwise one follows"
                        : reason));
    }
}
