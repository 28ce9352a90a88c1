package dev.sepconv.fuzz;

import dev.sepconv.NdArray;
import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.engine.tuning.Measurements.Time;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.Npy;
import dev.sepconv.io.NpyHeader;
import dev.sepconv.io.TfjsWeights;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.picture.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Attacks on files that are no models. What is read is written again and must stay the same. */
final class FileAttacks {

    private FileAttacks() {
    }

    private static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    static void npy(byte[] input, Path folder) throws IOException {
        Path file = Files.write(folder.resolve("x.npy"), input);
        NpyHeader header = Npy.readHeader(file);
        float[] numbers = Npy.read(file);
        check(numbers.length == header.elements(), "as many numbers as the header says");
        Path copy = folder.resolve("y.npy");
        Npy.write(copy, header.shape(), numbers);
        check(Npy.readHeader(copy).shape().equals(header.shape()), "the shape stays");
        check(Arrays.equals(Npy.read(copy), numbers), "the numbers stay");
    }

    static void picture(byte[] input, Path folder) throws IOException {
        Images.Picture picture = Images.read(Files.write(folder.resolve("picture"), input), 64);
        check(picture.width() >= 1 && picture.height() >= 1 && picture.width() <= 64
                && picture.height() <= 64, picture.toString());
        check(picture.originalWidth() >= picture.width()
                && picture.originalHeight() >= picture.height(), picture.toString());
        for (float value : picture.rgb().data()) {
            check(value >= 0 && value <= 1, "a pixel has " + value);
        }
    }

    /** The manifest ends at the first zero; the rest is the bytes of its shards, a and b. */
    static void tfjs(byte[] input, Path folder) throws IOException {
        int end = 0;
        while (end < input.length && input[end] != 0) {
            end++;
        }
        Path manifest = Files.write(folder.resolve("manifest.json"), Arrays.copyOf(input, end));
        byte[] shards = Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length);
        int first = Math.min(16, shards.length);
        Files.write(folder.resolve("a"), Arrays.copyOf(shards, first));
        Files.write(folder.resolve("b"), Arrays.copyOfRange(shards, first, shards.length));
        Map<String, NdArray> arrays = TfjsWeights.read(manifest);
        for (NdArray array : arrays.values()) {
            if (array.dims().rank() == 4) {
                check(TfjsWeights.oihw(array, false).dims().elements() == array.dims().elements(),
                        "turning keeps all numbers");
            }
        }
    }

    /**
     * A tuning file is passed over or read, never refused; what it holds survives one more entry.
     */
    static void tuning(byte[] input, Path folder) throws IOException {
        TuningFile file = new TuningFile(Files.write(folder.resolve("tuning.json"), input));
        boolean readable = file.fault().isEmpty();
        Map<TuningFile.Key, Measurements> found = readable ? file.read() : Map.of();
        found.values().forEach(each -> {
            double times = each.timesSimd("simd").orElse(1);
            check(times >= 0, "times simd is " + times);
        });
        TuningFile.Key key = new TuningFile.Key("fuzz", "", "", "");
        Measurements ours = new Measurements(
                Map.of(List.of(new Geometry(1, 8, 7, 7, 8, 1, 1, 7, 7, 1, 1, 1, 1, 0, 0, 1, false)),
                        Map.of("pointwiseNchwF32", new Time(1, 2))));
        boolean there = found.containsKey(key);
        file.remember(key, ours);
        check(file.fault().isEmpty(), "what was written can be read");
        Map<TuningFile.Key, Measurements> again = new HashMap<>(file.read());
        Measurements kept = again.remove(key);
        check(kept != null && kept.times().keySet().containsAll(ours.times().keySet()),
                "what was added is there");
        check(there || again.equals(found), "%s became %s".formatted(found, again));
    }

    static void card(byte[] input, Path folder) throws IOException {
        ModelCard card = ModelCard.read(Files.write(folder.resolve("model.json"), input));
        card.output("y");
        card.forAnotherModel();
    }
}
