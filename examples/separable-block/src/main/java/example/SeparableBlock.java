package example;

import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines;
import dev.sepconv.reference.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The first depthwise-separable block of MobileNetV1 on the best device that this computer has. */
public final class SeparableBlock {

    public static void main(String[] args) {
        // depthwise 3x3 on 32 channels, then pointwise to 64; bias and ReLU6 after each
        SeparableConv2d block = SeparableConv2d.mobilenet(32, 64, 3, 1);
        Shape shape = Shape.of(32, 112, 112);

        // made-up weights; your own are arrays in the order of PyTorch and ONNX, [K, C/G, R, S]
        Random random = new Random(1);
        List<ConvWeights> weights = block.stages().stream()
                .map(stage -> ConvWeights.random(stage, random)).toList();
        float[] pixels = new float[32 * 112 * 112];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        Tensor input = Tensor.of(shape, Layout.NCHW, pixels);

        // an accelerator by TornadoVM if there is one, else this CPU by simd; the choice says why
        try (Engines.Choice choice = Engines.best();
                Plan plan = choice.engine().compile(block, weights, shape, Layout.NCHW,
                        choice.device())) {
            System.out.println(choice);

            Tensor output = plan.run(input);
            System.out.println("output " + output.shape() + " " + output.layout());

            // once more into the same tensor, many times: after some runs this takes no memory and
            // no compiling
            double[] millis = new double[200];
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                plan.run(input, output);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            double[] warm = Arrays.copyOfRange(millis, 100, 200);
            Arrays.sort(warm);
            Cost cost = Cost.of(block, shape);
            System.out.printf(
                    "first run %.2f ms, median of the last 100 of 200 %.3f ms, %.1f GFLOP/s%n",
                    millis[0], warm[50], cost.flops() / warm[50] / 1e6);

            // the same in float64, straight from the definition
            double error = Reference.difference(Reference.run(block, weights, input), output)
                    .relative();
            System.out.printf("relative error against float64 %.1e%n", error);
            if (error > 1e-5) {
                throw new IllegalStateException("the result is wrong");
            }
        }
    }

    private SeparableBlock() {
    }
}
