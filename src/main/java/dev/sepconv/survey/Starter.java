package dev.sepconv.survey;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Starts a process of its own that calls {@link Child#run}. */
@FunctionalInterface
public interface Starter {

    /**
     * Runs the process and returns when it has ended.
     *
     * @param task for {@link Child#run}
     * @param onLine is given each line that it prints, as it comes
     * @return its exit code as shells have it: 128 and the signal's number for one that a signal
     *     ended
     * @throws IOException if it can't be started
     * @throws InterruptedException if the thread is interrupted, and then the process is killed
     */
    int run(Path task, Consumer<String> onLine) throws IOException, InterruptedException;
}
