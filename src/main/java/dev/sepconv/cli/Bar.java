package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;

/**
 * How far a long command is, on stderr: a bar if that is a terminal, else a line for each of its
 * few parts, as logs want it.
 */
final class Bar implements AutoCloseable {

    private final PrintWriter err;
    /** Null where stderr is no terminal. */
    private final ProgressBar bar;

    /**
     * @param task such as {@code comparing}
     * @param steps how many there are in all
     */
    Bar(PrintWriter err, String task, long steps) {
        this.err = err;
        StandardError.restore();
        bar = new ExecTerminalProvider().isSystemStream(SystemStream.Error)
                ? new ProgressBarBuilder().setTaskName(task).setInitialMax(steps)
                        .setStyle(ProgressBarStyle.ASCII).hideEta().continuousUpdate()
                        .clearDisplayOnFinish()
                        .setConsumer(new ConsoleProgressBarConsumer(System.err)).build()
                : null;
    }

    /** So many steps are done. */
    void done(long steps) {
        if (bar != null) {
            bar.stepTo(steps);
        }
    }

    /** Beside the bar, for now. */
    void show(String what) {
        if (bar != null) {
            bar.setExtraMessage(Printable.text(what));
        }
    }

    /**
     * Of a part that begins or ends, a line where there is no bar. There should be a few, each for
     * some seconds' work.
     */
    void part(String what) {
        if (bar == null) {
            err.println("sepconv: " + what);
            err.flush();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
