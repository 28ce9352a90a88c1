package dev.sepconv.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Gives bytes to one of our readers, and throws what a user must never see. */
@FunctionalInterface
public interface Attack {

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
     * @throws AssertionError if it is refused with what is no sentence; every other exception is
     * one that must not be
     */
    default String run(byte[] input) throws IOException {
        Path folder = Files.createTempDirectory("sepconv-fuzz");
        try {
            on(input, folder);
            return null;
        } catch (IOException | IllegalArgumentException | dev.sepconv.EngineException e) {
            return sentence(e);
        } finally {
            List<Path> files;
            try (Stream<Path> all = Files.walk(folder)) {
                files = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
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
