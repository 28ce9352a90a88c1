package dev.sepconv.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomNumbersTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 123456789012345L, Long.MIN_VALUE})
    void areThoseOfJavasRandom(long seed) {
        Random random = new Random(seed);
        RandomNumbers numbers = new RandomNumbers(seed);
        for (double bound : new double[]{0.1, Math.sqrt(6.0 / 27), Double.MIN_VALUE, 3}) {
            for (int centre = 0; centre <= 1; centre++) {
                float[] expected = new float[997];
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = (float) (centre + random.nextDouble(-bound, bound));
                }
                assertArrayEquals(expected, numbers.next(expected.length, centre, bound));
            }
        }
    }
}
