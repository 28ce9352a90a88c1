package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.kernel.Storage;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputMarkTest {

    private final Storage first = Storage.plain(3);
    private final Storage second = Storage.vectors(16);
    private final OutputMark mark = new OutputMark(List.of(first, second));

    @Test
    void isGoneOnceEveryOutputIsWritten() {
        mark.set();
        assertFalse(mark.isGone());
        first.copyFrom(new float[]{1, 2, 3});
        assertFalse(mark.isGone());
        second.copyFrom(new float[16]);
        assertTrue(mark.isGone());
    }

    /** NaNs are results too, and so is what a device kept of an earlier run. */
    @Test
    void isTheRunsOwn() {
        mark.set();
        int earlier = first.memory().getAtIndex(ValueLayout.JAVA_INT, 0);
        assertTrue(Float.isNaN(Float.intBitsToFloat(earlier)));
        second.copyFrom(new float[16]);
        mark.set();
        first.memory().setAtIndex(ValueLayout.JAVA_INT, 0, earlier);
        second.copyFrom(new float[]{Float.NaN});
        assertTrue(mark.isGone());
    }
}
