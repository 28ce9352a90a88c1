package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Dims;
import dev.sepconv.Op.Reduce;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pixels reduced to one, with channels for each way to take them: vectors by fours, one, none. */
class ReduceStepTest {

    @ParameterizedTest
    @EnumSource(Reduce.Kind.class)
    void channelsByFourVectorsByOneAndAlone(Reduce.Kind kind) {
        Random random = new Random(5);
        int channels = 13 * VectorUnit.LANES + 3;
        int pixels = 5 * 7;
        float[] in = new float[pixels * channels];
        for (int i = 0; i < in.length; i++) {
            in[i] = random.nextFloat() - 0.5f;
        }
        float[] out = new float[channels];
        ReduceStep step = new ReduceStep(kind, List.of(1, 2),
                View.rowMajor(Dims.of(1, 5, 7, channels)), View.rowMajor(Dims.of(1, channels)));
        for (int task = 0; task < step.tasks(); task++) {
            step.run(task, 0, in, out);
        }
        for (int c = 0; c < channels; c++) {
            double right = kind == Reduce.Kind.MAX ? Double.NEGATIVE_INFINITY : 0;
            for (int p = 0; p < pixels; p++) {
                double x = in[p * channels + c];
                right = kind == Reduce.Kind.MAX ? Math.max(right, x) : right + x;
            }
            assertEquals(kind == Reduce.Kind.MEAN ? right / pixels : right, out[c], 1e-5,
                    "channel " + c);
        }
    }
}
