package dev.sepconv.fuzz;

import dev.sepconv.EngineException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Gives bytes to one of our readers, and throws what a user must never see. */
@FunctionalInterface
public interface Attack {

    /** An input that takes too long, though perhaps only where a fuzzer counts what is reached. */
    final class SlowError extends AssertionError {
        SlowError(String message) {
            super(message);
        }
    }

    /** Of a core: on a busy machine the clock says nothing. */
    long MOST_NANOS = 20_000_000_000L;

    /**
     * @param input what a file holds
     * @param folder an empty one
     * @throws IOException if it is refused; also an {@link IllegalArgumentException} or an
     * {@link dev.sepconv.EngineException}
     */
    void on(byte[] input, Path folder) throws IOException;

    /**
     * The attack on one input, in a new folder that is gone afterwards.
     *
     * @return the sentence that refuses it, or null if it was taken
     * @throws AssertionError if it is refused with what is no sentence, or takes too long; every
     * other exception is one that must not be
     */
    default String run(byte[] input) throws IOException {
        Path folder = Files.createTempDirectory("sepconv-fuzz");
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        String refused = null;
        try {
            on(input, folder);
        } catch (IOException | IllegalArgumentException | EngineException e) {
            refused = sentence(e);
        } finally {
            delete(folder);
        }
        long nanos = threads.getCurrentThreadCpuTime() - before;
        if (nanos > MOST_NANOS) {
            throw new SlowError("it took %d s of a core".formatted(nanos / 1_000_000_000));
        }
        return refused;
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    private static String sentence(Exception e) {
        boolean ours = e instanceof IOException || e.getClass() == IllegalArgumentException.class
                || e.getClass().getName().startsWith("dev.sepconv.");
        String said = e.getMessage();
        if (!ours || said == null || said.length() < 12 || said.length() > 2000
                || said.contains("\n")) {
            throw new AssertionError("refused, and not by a sentence of ours: " + e, e);
        }
        return said;
    }
}
