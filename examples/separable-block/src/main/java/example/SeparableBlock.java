package example;

import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Op;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Sepconv;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.Arrays;
import java.util.Random;

/** The first depthwise-separable block of MobileNetV1 on the best device that this computer has. */
public final class SeparableBlock {

    public static void main(String[] args) {
        // depthwise 3x3 on 32 channels, then pointwise to 64; bias and ReLU6 after each
        Layer layer = SeparableConv2d.mobilenet(32, 64, 3, 1);
        Shape shape = Shape.of(32, 112, 112);

        // made-up weights; withWeights takes your own, in the order of PyTorch and ONNX
        Random random = new Random(1);
        Op.Convolve block = layer.withRandomWeights(random);
        float[] pixels = new float[32 * 112 * 112];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        Tensor input = Tensor.of(shape, Layout.NCHW, pixels);

        // an accelerator by TornadoVM if there is one, else this CPU by simd; its text says why
        try (Sepconv sepconv = Sepconv.open(); Plan plan = sepconv.compile(block, shape)) {
            System.out.println(sepconv);

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
            System.out.printf("first run %.2f ms, median of the last 100 of 200 %.3f ms%n",
                    millis[0], warm[50]);

            double error = differenceFromPlain(block, input, output);
            System.out.printf("relative difference from the engine plain %.1e%n", error);
            if (!(error < 1e-5)) {
                throw new IllegalStateException("the result is wrong");
            }
        }
    }

    /** The same by other code, plain loops in Java: the greatest difference over the greatest. */
    private static double differenceFromPlain(Op.Convolve block, Tensor input, Tensor output) {
        try (Sepconv plain = Sepconv.open("plain");
                Plan plan = plain.compile(block, input.shape())) {
            float[] expected = plan.run(input).data();
            double difference = 0;
            double greatest = 0;
            for (int i = 0; i < expected.length; i++) {
                difference = Math.max(difference, Math.abs(expected[i] - output.data()[i]));
                greatest = Math.max(greatest, Math.abs(expected[i]));
            }
            return difference / greatest;
        }
    }

    private SeparableBlock() {
    }
}
