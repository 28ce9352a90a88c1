package dev.sepconv.cli;

import dev.sepconv.io.Npy;
import dev.sepconv.io.NpyHeader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** A NumPy array that an option names. */
final class ArrayFile {

    private ArrayFile() {
    }

    /**
     * Its shape, before its numbers are read.
     *
     * @param option for the message
     * @throws IllegalArgumentException if it has no numbers
     */
    static List<Integer> shape(String option, Path file) throws IOException {
        List<Integer> shape = Npy.readHeader(file).shape();
        if (shape.contains(0)) {
            throw new IllegalArgumentException(
                    "%s %s has shape %s; every dimension must be at least 1".formatted(option, file,
                            shape));
        }
        return shape;
    }

    /** Its numbers as floats; says what had to be converted. */
    static float[] read(Path file, PrintWriter err) throws IOException {
        NpyHeader header = Npy.readHeader(file);
        header.conversion().ifPresent(
                conversion -> err.println("sepconv: %s: %s".formatted(file, conversion)));
        return Npy.read(file);
    }
}
