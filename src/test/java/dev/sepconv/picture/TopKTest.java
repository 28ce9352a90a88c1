package dev.sepconv.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopKTest {

    private static List<Integer> classes(int k, float... scores) {
        return TopK.of(scores, k, List.of()).stream().map(ClassScore::index).toList();
    }

    @Test
    void nanComesFirstAndEqualOnesByTheirNumber() {
        assertEquals(List.of(3, 1, 2, 0), classes(9, -1, 5, 5, Float.NaN));
        assertEquals(List.of(3), classes(1, -1, 5, 5, Float.NaN));
        assertEquals(List.of(1, 2), classes(2, 1, 2, 2, 2));
        assertEquals(List.of(1, 0, 2), classes(3, -0f, 0f, Float.NEGATIVE_INFINITY));
    }

    /** As sorting all of them does it. */
    @Test
    void itIsTheBeginningOfAllOfThemInOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            float[] scores = new float[1 + random.nextInt(40)];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = random.nextInt(12) == 0 ? Float.NaN : random.nextInt(9) - 4;
            }
            int k = 1 + random.nextInt(45);
            assertEquals(
                    IntStream.range(0, scores.length).boxed()
                            .sorted(Comparator.comparing((Integer i) -> scores[i]).reversed()
                                    .thenComparing(i -> i))
                            .limit(k).toList(),
                    classes(k, scores), "seed " + seed);
        }
    }
}
