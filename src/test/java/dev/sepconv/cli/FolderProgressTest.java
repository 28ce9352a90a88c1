package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FolderProgressTest {

    private final StringWriter said = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();

    /** As Spark's tasks do, of which two are over at nearly the same time. */
    @Test
    void picturesThatComeManyAtOnceMakeASpeedOverTheTimeBetween() {
        try (FolderProgress progress = progress()) {
            at(31, progress, 0); // before the first of them, there is no speed
            at(40, progress, 100);
            at(41, progress, 200);
            at(60, progress, 200);
            at(80, progress, 300);
            at(81, progress, 400);
        }
        assertEquals("""
                sepconv: 500 pictures
                sepconv: 100 of 500 pictures, 2.5 a second, 3 min left
                sepconv: 300 of 500 pictures, 2.6 a second, 78 s left
                """, said.toString());
    }

    @Test
    void picturesOneByOneMakeTheSpeedOfTheLastSeconds() {
        try (FolderProgress progress = progress()) {
            for (int second = 1; second <= 31; second++) {
                at(second, progress, second <= 20 ? second : 20 + 10 * (second - 20));
            }
        }
        assertEquals("""
                sepconv: 500 pictures
                sepconv: 130 of 500 pictures, 10.0 a second, 37 s left
                """, said.toString());
    }

    private FolderProgress progress() {
        return new FolderProgress(new PrintWriter(said, true), 500, 0, nanos::get);
    }

    private void at(long seconds, FolderProgress progress, int done) {
        nanos.set(TimeUnit.SECONDS.toNanos(seconds));
        progress.done(done);
    }
}
