package dev.sepconv.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimingTest {

    @Test
    void quantilesAreInterpolated() {
        assertEquals(new Timing(4, 9, 1, 1.75, 2.5, 3.25, 4),
                Timing.of(new double[]{4, 1, 3, 2}, 9));
        assertEquals(new Timing(1, 0, 7, 7, 7, 7, 7), Timing.of(new double[]{7}, 0));
    }

    @Test
    void aQuickTaskRunsUntilItHasSettledAndThirtyTimesAtMost() {
        int[] count = {0};
        Timing timing = Timing.settled(() -> count[0]++, Duration.ofMillis(50),
                Duration.ofMillis(50));
        assertTrue(timing.runs() >= 10 && timing.runs() <= 30, timing.toString());
        assertEquals(count[0], timing.runs() + timing.warmUpRuns());
        assertTrue(timing.minMillis() <= timing.medianMillis()
                && timing.medianMillis() <= timing.maxMillis());
    }

    @Test
    void aSlowTaskRunsThreeTimes() {
        int[] count = {0};
        Timing timing = Timing.settled(() -> {
            count[0]++;
            sleep(20);
        }, Duration.ofMillis(10), Duration.ofMillis(10));
        assertEquals(3, timing.runs());
        assertEquals(1, timing.warmUpRuns());
        assertEquals(4, count[0]);
        assertTrue(timing.minMillis() >= 20, timing.toString());
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
