package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a task expanded the next one goes on with, but never with what another input gave. */
class ExpandedRowsTest {

    private static final Shape IN = new Shape(2, 4, 12, 5);
    private static final Shape EXPANDED = new Shape(2, 24, 12, 5);

    private final Conv2d expand = Conv2d.pointwise(4, 24);
    private final Conv2d depthwise = Conv2d.depthwise(24, 1, 3).withPadding(Padding.of(1));
    private final ConvWeights expandWeights = ConvWeights.random(expand, new Random(1));
    private final ConvWeights depthwiseWeights = ConvWeights.random(depthwise, new Random(2));
    private final float[] a = numbers(3);
    private final float[] b = numbers(4);

    private static float[] numbers(int seed) {
        Random random = new Random(seed);
        float[] numbers = new float[IN.elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }

    private ExpandedDepthwiseStep step() {
        Grid out = Grid.padded(EXPANDED, Picture.NO_BORDER);
        return new ExpandedDepthwiseStep(expand, expandWeights, depthwise, depthwiseWeights,
                depthwise.padding().resolve(depthwise, IN.h(), IN.w()),
                Grid.padded(IN, Picture.NO_BORDER), EXPANDED, out, EXPANDED, new PlanMemory(1, 0));
    }

    /** Of a step that has run with {@code a} before, or not. */
    private float[] result(boolean before, List<Integer> tasks) {
        ExpandedDepthwiseStep step = step();
        float[] out = new float[EXPANDED.elements()];
        if (before) {
            step.begin();
            for (int task = 0; task < step.tasks(); task++) {
                step.run(task, 0, a, out);
            }
        }
        Arrays.fill(out, 0);
        step.begin();
        tasks.forEach(task -> step.run(task, 0, b, out));
        return out;
    }

    /** A worker that has all of the task's rows still, of another run. */
    @Test
    void aRunKeepsNothingOfTheOneBefore() {
        int last = step().tasks() - 1;
        float[] fresh = result(false, List.of(last));
        assertFalse(Arrays.equals(new float[fresh.length], fresh));
        assertArrayEquals(fresh, result(true, List.of(last)));
    }

    /** Tasks that follow one another, that don't, that come back, and of both images. */
    @Test
    void anyOrderOfTasksGivesTheSame() {
        int tasks = step().tasks();
        List<Integer> all = IntStream.range(0, tasks).boxed().toList();
        float[] fresh = result(false, all);
        assertArrayEquals(fresh, result(true, all.reversed()));
        List<Integer> mixed = new ArrayList<>(all);
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(mixed, new Random(seed));
            assertArrayEquals(fresh, result(true, mixed), "seed " + seed);
        }
    }
}
