package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** With a clock that only the tasks move. */
class TurnsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long MILLISECOND = 1_000_000;

    private long now;
    private final StringBuilder order = new StringBuilder();
    private final Turns turns = new Turns(() -> now);

    /** A task that takes what the function says of its so-manieth run. */
    private Runnable task(char name, IntToLongFunction nanos) {
        int[] runs = {0};
        return () -> {
            order.append(name);
            now += nanos.applyAsLong(runs[0]++);
        };
    }

    @Test
    void everyTaskHasATurnInEachRound() {
        turns.warmUp(task('a', run -> MILLISECOND));
        turns.warmUp(task('b', run -> 30 * MILLISECOND));
        order.setLength(0);
        List<Double> told = new ArrayList<>();
        List<Turns.Result> results = turns.measure(SECOND, told::add);
        // one run that doesn't count and three that do; a long run needs none that doesn't, and no
        // more than its tenth of the time
        assertEquals("aaaabbb".repeat(3), order.substring(0, 21));
        assertEquals("aaaabbb".repeat(10), order.toString());
        Turns.Timed first = assertInstanceOf(Turns.Timed.class, results.getFirst());
        assertEquals(30, first.timing().runs());
        assertEquals(1, first.timing().medianMillis());
        assertTrue(first.steady());
        assertEquals(30, ((Turns.Timed) results.getLast()).timing().medianMillis());
        assertEquals(1, told.getLast());
    }

    @Test
    void theWarmUpDoesNotAskHowLongIsMeasured() {
        turns.warmUp(task('a', run -> run < 300 ? 91 * MILLISECOND / (1 + run) : 250_000));
        int warmUp = order.length();
        Turns.Timed timed = (Turns.Timed) turns.measure(Duration.ofMillis(1), share -> {
        }).getFirst();
        assertTrue(warmUp > Turns.LEAST_WARM_UP_RUNS, order.toString());
        assertEquals(warmUp, timed.timing().warmUpRuns());
        assertTrue(timed.timing().medianMillis() < 5, timed.toString());
    }

    @Test
    void theWarmUpIsBounded() {
        turns.warmUp(task('a', run -> run % 10 < 5 ? 300 * MILLISECOND : 400 * MILLISECOND));
        assertEquals(7, order.length(), "2 s are over");
        turns.warmUp(task('b', run -> MILLISECOND));
        assertEquals(200, order.chars().filter(c -> c == 'b').count(), "0.2 s at least");
        turns.warmUp(task('c', run -> 5000 * MILLISECOND));
        assertEquals(1, order.chars().filter(c -> c == 'c').count());
    }

    @Test
    void whatNeverGetsSteadyIsMarked() {
        int[] runs = {0};
        turns.warmUp(task('a', run -> MILLISECOND));
        turns.warmUp(task('b', run -> (runs[0]++ % 2 + 1) * MILLISECOND));
        turns.warmUp(task('c', run -> MILLISECOND));
        order.setLength(0);
        List<Turns.Result> results = turns.measure(SECOND, share -> {
        });
        assertTrue(((Turns.Timed) results.get(0)).steady());
        assertFalse(((Turns.Timed) results.get(1)).steady());
        assertTrue(((Turns.Timed) results.get(2)).steady());
        assertEquals("aaaabbbbcccc".repeat(10) + "bbbb".repeat(10), order.toString(),
                "measured once more");
    }

    @Test
    void whatDriftsIsMarkedAndWhatWasDisturbedOnceIsMeasuredAgain() {
        boolean[] measuring = {false};
        long[] drift = {MILLISECOND};
        turns.warmUp(task('a', run -> measuring[0] ? drift[0] += MILLISECOND / 100 : MILLISECOND));
        int[] disturbed = {0};
        turns.warmUp(task('b',
                run -> measuring[0] && disturbed[0]++ < 30
                        ? (1 + disturbed[0] % 3) * MILLISECOND
                        : MILLISECOND));
        measuring[0] = true;
        List<Turns.Result> results = turns.measure(SECOND, share -> {
        });
        assertFalse(((Turns.Timed) results.get(0)).steady());
        Turns.Timed again = (Turns.Timed) results.get(1);
        assertTrue(again.steady());
        assertEquals(1, again.timing().maxMillis(), "only the second measuring counts");
    }

    @Test
    void aSlowTaskGetsThreeRounds() {
        turns.warmUp(task('a', run -> 900 * MILLISECOND));
        order.setLength(0);
        Turns.Timed timed = (Turns.Timed) turns.measure(SECOND, share -> {
        }).getFirst();
        assertEquals("aaa", order.toString());
        assertEquals(3, timed.timing().runs());
    }

    @Test
    void aTaskThatBreaksLeavesTheOthersAlone() {
        IllegalStateException broken = new IllegalStateException("broken");
        assertSame(broken, assertThrows(IllegalStateException.class, () -> turns.warmUp(() -> {
            throw broken;
        })));
        int[] left = {1000};
        turns.warmUp(() -> {
            now += MILLISECOND;
            if (left[0]-- == 0) {
                throw broken;
            }
        });
        turns.warmUp(task('b', run -> MILLISECOND));
        left[0] = 5;
        List<Turns.Result> results = turns.measure(SECOND, share -> {
        });
        assertEquals(List.of(new Turns.Broke(broken)), results.subList(0, 1));
        assertEquals(30, ((Turns.Timed) results.get(1)).timing().runs());
    }
}
