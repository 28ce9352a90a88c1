package dev.sepconv.engine.tornado;

import dev.sepconv.kernel.Storage;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Tells whether a device gave its outputs back. Of a launch or a copy that a driver refuses
 * TornadoVM writes a line on stdout and goes on, so what lies in the host's memory would be taken
 * for the result: the one of the run before. So the first number of each output is a NaN of an odd
 * pattern before a run, another one each time, and must be gone afterwards.
 *
 * <p>
 * What it can't tell: that a driver refused a launch in a later run and nothing else; the device
 * then gives back what it has from the run before.
 */
final class OutputMark {

    /** A quiet NaN; the 16 bits below are the run's. */
    private static final int PATTERN = 0x7fd50000;
    private static final int RUNS = 0xffff;

    private final List<Storage> outputs;
    private int run;

    /** @param outputs what is copied back in each run and is no input */
    OutputMark(List<Storage> outputs) {
        this.outputs = outputs;
    }

    /** Before a run. */
    void set() {
        run = run + 1 & RUNS;
        outputs.forEach(
                output -> output.memory().setAtIndex(ValueLayout.JAVA_INT, 0, PATTERN | run));
    }

    /** After a run: whether each output was given back. */
    boolean isGone() {
        return outputs.stream().allMatch(
                output -> output.memory().getAtIndex(ValueLayout.JAVA_INT, 0) != (PATTERN | run));
    }
}
