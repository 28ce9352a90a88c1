package dev.sepconv;

import dev.sepconv.NetworkCases.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Convolutions of few channels, as networks begin with: all that may go wrong at borders, in both
 * layouts, with every activation that is in the kernel and one that is not.
 */
public final class PictureCases {

    private PictureCases() {
    }

    public static List<Case> all() {
        List<Conv2d> layers = List.of(
                Conv2d.of(3, 32, 3).withStride(2).withPadding(Padding.of(1)).withBias(true)
                        .withActivation(Activation.RELU6),
                Conv2d.of(3, 64, 7).withStride(2).withPadding(Padding.of(3))
                        .withActivation(Activation.RELU),
                Conv2d.of(3, 16, 3).withStride(2).withPadding(Padding.SAME_UPPER)
                        .withActivation(Activation.HARD_SWISH),
                Conv2d.of(3, 24, 3).withPadding(Padding.of(1)).withBias(true)
                        .withActivation(Activation.SILU),
                Conv2d.of(4, 5, 5, 3).withStride(3, 1).withDilation(1, 2)
                        .withPadding(Padding.of(4, 1, 2, 6)).withActivation(Activation.SIGMOID),
                Conv2d.of(2, 33, 2, 5).withDilation(3, 1).withPadding(Padding.of(5, 9))
                        .withActivation(Activation.leakyRelu(0.1f)),
                Conv2d.of(1, 17, 1).withStride(1, 2).withBias(true)
                        .withActivation(Activation.GELU));
        Random random = new Random(7);
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            for (Layout layout : Layout.values()) {
                Conv2d layer = layers.get(i);
                Shape shape = new Shape(1 + i % 2, layer.inChannels(), 37, 50 + i);
                Network network = Network.of(layer.withWeights(ConvWeights.random(layer, random)),
                        shape, layout);
                NdArray input = NdArray.zeros(network.inputs().get("input"));
                for (int at = 0; at < input.data().length; at++) {
                    input.data()[at] = random.nextFloat(-1, 1);
                }
                cases.add(new Case(network, Map.of("input", input)));
            }
        }
        return List.copyOf(cases);
    }
}
