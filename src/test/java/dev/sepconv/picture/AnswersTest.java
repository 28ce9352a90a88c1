package dev.sepconv.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What networks say, in words: classes and text. */
class AnswersTest {

    @Test
    void theGreatestComeFirstWithTheirNames() {
        float[] scores = {0.1f, 0.6f, 0.1f, 0.2f};
        assertEquals(
                List.of(new ClassScore(1, "b", 0.6f), new ClassScore(3, "d", 0.2f),
                        new ClassScore(0, "a", 0.1f)),
                TopK.of(scores, 3, List.of("a", "b", "c", "d")));
        assertEquals(4, TopK.of(scores, 9, List.of()).size());
        assertEquals(2, TopK.of(new float[]{1, 2, Float.NaN}, 1, List.of()).getFirst().index());
        assertEquals("1 label for 4 classes; each class must have its own",
                assertThrows(IllegalArgumentException.class, () -> TopK.of(scores, 1, List.of("a")))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> TopK.of(scores, 0, List.of()));
    }

    @Test
    void softmaxIsStableForLargeScores() {
        double e = Math.exp(-1);
        assertArrayEquals(new float[]{(float) (1 / (1 + e)), (float) (e / (1 + e))},
                TopK.softmax(1000, 999), 1e-6f);
        assertArrayEquals(new float[]{0.5f, 0.5f, 0}, TopK.softmax(3, 3, Float.NEGATIVE_INFINITY),
                1e-6f);
    }

    /** Blank, a, b, space: "a" twice in a row is one, with a blank between two. */
    @Test
    void textIsReadStepByStep() {
        int[] steps = {0, 1, 1, 0, 1, 3, 2, 2, 0};
        float[] output = new float[steps.length * 4];
        for (int i = 0; i < steps.length; i++) {
            output[i * 4 + steps[i]] = i == 1 ? 0.5f : 0.9f;
        }
        Ctc.Text text = Ctc.read(NdArray.of(Dims.of(1, steps.length, 4), output),
                List.of("a", "b"));
        assertEquals("aa b", text.text());
        assertEquals((0.5 + 3 * 0.9) / 4, text.score(), 1e-6);
        assertEquals(new Ctc.Text("", 0),
                Ctc.read(NdArray.of(Dims.of(1, 1, 3), 1, 0, 0), List.of("a", "b")));
        assertThrows(IllegalArgumentException.class,
                () -> Ctc.read(NdArray.zeros(Dims.of(1, 2, 9)), List.of("a", "b")));
        assertThrows(IllegalArgumentException.class,
                () -> Ctc.read(NdArray.zeros(Dims.of(2, 4)), List.of("a", "b", "c")));
    }

    @Test
    void labelsAreLines(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("labels.txt");
        Files.writeString(file, "\ufeffcat\nlarge dog \n\nübel\n\n");
        assertEquals(List.of("cat", "large dog ", "", "übel"), Labels.read(file));
        Files.write(file, new byte[]{(byte) 0xff, 10});
        assertEquals("labels " + file + " are no text in UTF-8", message(file));
        Files.writeString(file, "\n");
        assertEquals("labels " + file + " are empty; there must be a name on each line",
                message(file));
        assertEquals("labels no.txt are not there: no such file", message(Path.of("no.txt")));
    }

    private static String message(Path file) {
        return assertThrows(IOException.class, () -> Labels.read(file)).getMessage();
    }
}
