package dev.sepconv.engine;

import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.EngineException;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A program that has the library alone: it runs one separable block and a network of it, and prints
 * which engine ran them, why, and what came out.
 */
final class SimdAlone {

    private SimdAlone() {
    }

    /** @param args {@code best}, or an engine's name */
    public static void main(String[] args) {
        try (Engines.Choice choice = args[0].equals("best")
                ? Engines.best()
                : Engines.choose(args[0], null)) {
            System.out.println(choice);
            Layer block = SeparableConv2d.mobilenet(7, 17, 3, 2);
            Shape shape = new Shape(2, 7, 13, 11);
            List<ConvWeights> weights = new ArrayList<>();
            block.stages().forEach(stage -> weights.add(ConvWeights.random(stage, new Random(1))));
            Tensor input = Tensor.zeros(shape, Layout.NCHW);
            Random random = new Random(2);
            for (int i = 0; i < input.data().length; i++) {
                input.data()[i] = random.nextFloat(-1, 1);
            }
            try (Plan plan = choice.engine().compile(block.withWeights(weights), shape, Layout.NCHW,
                    choice.device())) {
                double sum = 0;
                for (float value : plan.run(input).data()) {
                    sum += value;
                }
                System.out.println("sum " + sum);
            }
            Network.Builder network = Network.builder("small");
            String hidden = network.add("block", new Op.Convolve(block, weights),
                    network.input("x", Dims.of(shape)));
            network.output(network.add("softmax", new Op.Softmax(1),
                    network.add("mean", Op.Reduce.globalAveragePool(), hidden)));
            try (NetworkPlan plan = choice.engine().compile(network.build(), choice.device())) {
                System.out
                        .println("network " + Arrays.toString(plan.run(NdArray.of(input)).data()));
            }
        } catch (EngineException e) {
            System.out.println("EngineException: " + e.getMessage());
        }
    }
}
