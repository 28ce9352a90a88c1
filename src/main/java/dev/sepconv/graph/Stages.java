package dev.sepconv.graph;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvWeights;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Op;
import dev.sepconv.SeparableConv2d;
import java.util.ArrayList;
import java.util.List;

/** A layer's convolutions exchanged. */
public final class Stages {

    private Stages() {
    }

    /** The same convolutions with the one at {@code index} replaced, and its weights. */
    static Op.Convolve with(Op.Convolve convolve, int index, Conv2d stage, ConvWeights weights) {
        List<Conv2d> stages = new ArrayList<>(convolve.layer().stages());
        List<ConvWeights> all = new ArrayList<>(convolve.weights());
        stages.set(index, stage);
        all.set(index, weights);
        return new Op.Convolve(like(convolve.layer(), stages), all);
    }

    /** A layer of the same kind with these convolutions, in the order in which they run. */
    public static Layer like(Layer layer, List<Conv2d> stages) {
        return switch (layer) {
            case Conv2d conv -> stages.getFirst();
            case ConvStack stack -> new ConvStack(stages);
            case GroupedSeparableConv2d grouped ->
                new GroupedSeparableConv2d(stages.get(0), grouped.shuffle(), stages.get(1));
            case SeparableConv2d separable -> separable.order() == SeparableConv2d.Order.XCEPTION
                    ? new SeparableConv2d(separable.order(), stages.get(1), stages.get(0))
                    : new SeparableConv2d(separable.order(), stages.get(0), stages.get(1));
        };
    }
}
