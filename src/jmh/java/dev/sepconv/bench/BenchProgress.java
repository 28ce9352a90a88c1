package dev.sepconv.bench;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;

/** A bar on stderr where that is a terminal; elsewhere nothing. */
final class BenchProgress implements AutoCloseable {

    private final ProgressBar bar;
    private int begun;

    BenchProgress(String task, int steps) {
        bar = new ExecTerminalProvider().isSystemStream(SystemStream.Error)
                ? new ProgressBarBuilder().setTaskName(task).setInitialMax(steps)
                        .setStyle(ProgressBarStyle.ASCII).clearDisplayOnFinish()
                        .setConsumer(new ConsoleProgressBarConsumer(System.err)).build()
                : null;
    }

    /** Another step begins. */
    void begin(String step) {
        if (bar != null) {
            bar.stepTo(begun++).setExtraMessage(step);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
