package dev.sepconv.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** How far a tuning is: a bar, and what is being measured. */
final class TuningProgress implements AutoCloseable {

    private final Bar bar;
    private int begun;

    TuningProgress(PrintWriter err, int steps) {
        bar = new Bar(err, "tuning", steps);
    }

    /** A part of so many steps begins. */
    void part(String what, int steps) {
        if (steps > 0) {
            bar.part("tuning: " + what.formatted(steps));
        }
    }

    /** The next step begins; what is passed to the result is shown beside its name. */
    Consumer<String> begin(String name) {
        bar.done(begun++);
        return what -> bar.show(name + ": " + what);
    }

    @Override
    public void close() {
        bar.close();
    }
}
