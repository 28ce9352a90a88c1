package dev.sepconv.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.io.onnx.DrawnModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Repeats every input that {@code scripts/fuzz} begins with or once broke something with, without
 * the fuzzer.
 */
class CorpusTest {

    /** Bytes; the repository is no place for more. */
    private static final long MOST = 1 << 20;

    @ParameterizedTest
    @EnumSource
    void nothingInTheCorpusBreaksAnything(FuzzTarget target) throws IOException {
        int taken = 0;
        for (Path input : target.corpus()) {
            try {
                taken += target.attack().run(Files.readAllBytes(input)) == null ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError(input + ": " + e, e);
            }
        }
        assertTrue(taken > 0, "all of the corpus is refused, so nothing behind that is tried");
    }

    @Test
    void theCorpusIsSmall() throws IOException {
        try (Stream<Path> files = Files.walk(FuzzTarget.CORPUS)) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length()).sum();
            assertTrue(bytes < MOST, "the corpus has %d bytes".formatted(bytes));
        }
    }

    /** Else the search for models goes no deeper than their first check. */
    @Test
    void mostRecipesAreModelsThatAreReadFar() throws IOException {
        Set<String> sentences = new HashSet<>();
        int taken = 0;
        for (int i = 0; i < 400; i++) {
            byte[] recipe = new byte[2 + i % 12];
            new Random(i).nextBytes(recipe);
            String refused = FuzzTarget.ONNX_GRAPH.attack().run(recipe);
            taken += refused == null ? 1 : 0;
            sentences.add(refused == null ? "" : refused.replaceAll("\\d+|'[^']*'", ""));
        }
        assertTrue(taken > 100 && sentences.size() > 40,
                "%d of 400 taken, refused with %d kinds of sentences".formatted(taken,
                        sentences.size()));
    }

    @Test
    void aRecipeIsTheSameModelEachTime() {
        byte[] recipe = {7, 9, 1, 3, 3, 4, 100, 17, 9};
        assertEquals(ModelRecipe.of(recipe, DrawnModels::drawn),
                ModelRecipe.of(recipe, DrawnModels::drawn));
    }

    @Test
    void anAttackTellsSentencesFromFaults() throws IOException {
        String sentence = "'x' is 3; it must be 4";
        assertEquals(sentence, attack(new IOException(sentence)).run(new byte[0]));
        assertEquals(sentence, attack(new IllegalArgumentException(sentence)).run(new byte[0]));
        assertThrows(AssertionError.class,
                () -> attack(new NumberFormatException(sentence)).run(new byte[0]));
        assertThrows(AssertionError.class, () -> attack(new IOException("x")).run(new byte[0]));
        assertThrows(NullPointerException.class,
                () -> attack(new NullPointerException(sentence)).run(new byte[0]));
    }

    private static Attack attack(Exception thrown) {
        return (input, folder) -> {
            if (thrown instanceof IOException e) {
                throw e;
            }
            throw (RuntimeException) thrown;
        };
    }
}
