package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sepconv.Network;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads hostile models: one sentence or a network, in bounded memory and time. */
final class BoundedReading {

    /** What reading may allocate beyond a multiple of the file. */
    private static final long MEGABYTES = 192;

    /** Either a sentence that refuses the model, or what was read. */
    record Outcome(String sentence, Network network) {
    }

    private BoundedReading() {
    }

    /** Fails on an exception that is not ours, on too long a time and on too much memory. */
    static Outcome read(Path folder, byte[] model, String what) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try {
            Path file = Files.write(folder.resolve("model.onnx"), model);
            long before = threads.getCurrentThreadAllocatedBytes();
            String sentence = null;
            Network network = null;
            long start = System.nanoTime();
            try {
                network = OnnxReader.read(file);
            } catch (IOException | IllegalArgumentException e) {
                sentence = e.getMessage();
                assertSentence(sentence, what);
            }
            long millis = (System.nanoTime() - start) / 1_000_000;
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(millis < 20_000, "%s: reading took %d ms".formatted(what, millis));
            assertTrue(allocated < (MEGABYTES << 20) + 64L * model.length,
                    "%s: reading %d bytes allocated %d".formatted(what, model.length, allocated));
            return new Outcome(sentence, network);
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }

    static void assertSentence(String sentence, String what) {
        assertTrue(sentence != null && sentence.length() > 20 && sentence.length() < 2000
                && !sentence.contains("\n"), "%s: %s".formatted(what, sentence));
    }
}
