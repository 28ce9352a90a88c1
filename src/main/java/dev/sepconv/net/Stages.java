package dev.sepconv.net;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvWeights;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Op;
import dev.sepconv.SeparableConv2d;
import java.util.ArrayList;
import java.util.List;

/** A layer's convolutions, one of them exchanged. */
final class Stages {

    private Stages() {
    }

    /** The same convolutions with the one at {@code index} replaced, and its weights. */
    static Op.Convolve with(Op.Convolve convolve, int index, Conv2d stage, ConvWeights weights) {
        List<Conv2d> stages = new ArrayList<>(convolve.layer().stages());
        List<ConvWeights> all = new ArrayList<>(convolve.weights());
        stages.set(index, stage);
        all.set(index, weights);
        Layer layer = switch (convolve.layer()) {
            case Conv2d conv -> stages.getFirst();
            case ConvStack stack -> new ConvStack(stages);
            case GroupedSeparableConv2d grouped -> new GroupedSeparableConv2d(stages.get(0), grouped.shuffle(), stages.get(1));
            case SeparableConv2d separable -> separable.order() == SeparableConv2d.Order.XCEPTION
                    ? new SeparableConv2d(separable.order(), stages.get(1), stages.get(0))
                    : new SeparableConv2d(separable.order(), stages.get(0), stages.get(1));
        };
        return new Op.Convolve(layer, all);
    }
}
