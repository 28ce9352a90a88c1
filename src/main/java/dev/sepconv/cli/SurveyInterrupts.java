package dev.sepconv.cli;

import dev.sepconv.survey.Surveyor;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.Signals;

/**
 * While it is open Ctrl-C and its like stop the survey; a second time they end this process at
 * once.
 */
final class SurveyInterrupts implements AutoCloseable {

    /** The exit status of what a signal ends. */
    static final int INTERRUPTED = 130;
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    private final List<Object> before = new ArrayList<>();

    SurveyInterrupts(Surveyor surveyor) {
        for (String signal : SIGNALS) {
            before.add(Signals.register(signal, () -> {
                if (surveyor.interrupted()) {
                    Runtime.getRuntime().halt(INTERRUPTED);
                }
                surveyor.interrupt();
            }));
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < SIGNALS.size(); i++) {
            Signals.unregister(SIGNALS.get(i), before.get(i));
        }
    }
}
