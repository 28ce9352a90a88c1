package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    @Test
    void goesOnWhileItGetsFaster() {
        int[] runs = {0};
        long start = System.nanoTime();
        WarmUp.run(() -> {
            // slow for a second, as before a compiler is through
            long until = System.nanoTime()
                    + (System.nanoTime() - start < 500_000_000L ? 30_000_000L : 100_000L);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            runs[0]++;
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(seconds > 0.8 && seconds < 5, "ended after " + seconds + " s");
        assertTrue(runs[0] > 100, runs[0] + " runs");
    }

    @Test
    void plansAreWhatTheyWereAfterwards() {
        try (Sepconv sepconv = Sepconv.open("plain")) {
            Network network = Sepconv.untrained("mobilenet-v1:0.25");
            NdArray input = NdArray.zeros(network.inputs().values().iterator().next());
            Random random = new Random(1);
            for (int i = 0; i < input.data().length; i++) {
                input.data()[i] = random.nextFloat();
            }
            NetworkPlan plan = sepconv.compile(network);
            float[] before = plan.run(input).data().clone();
            plan.warmUp();
            assertArrayEquals(before, plan.run(input).data());
            plan.close();
            assertThrows(IllegalStateException.class, plan::warmUp);
        }
    }

    @Test
    void layersTooAreWhatTheyWere() {
        Layer layer = SeparableConv2d.mobilenet(8, 16, 3, 1);
        try (Sepconv sepconv = Sepconv.open("plain");
                Plan plan = sepconv.compile(layer.withRandomWeights(new Random(1)),
                        Shape.of(8, 9, 7))) {
            Tensor input = Tensor.zeros(plan.inputShape(), plan.layout());
            input.data()[5] = 1;
            float[] before = plan.run(input).data().clone();
            plan.warmUp();
            assertArrayEquals(before, plan.run(input).data());
        }
    }
}
