package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** A pretrained ONNX network with an input and what ONNX Runtime makes of it on the same file. */
public record Pretrained(Network network, Map<String, NdArray> inputs,
        Map<String, NdArray> expected) {

    /** The largest difference allowed, as a share of the largest number of an output. */
    private static final double TOLERANCE = 1e-4;

    /** Which ones there are, at sizes that are quick to run. */
    public enum Model {
        BLAZEFACE_FRONT(Models.BLAZEFACE_FRONT, InputSizes.AS_IN_MODEL, Pretrained::noise),
        BLAZEFACE_BACK(Models.BLAZEFACE_BACK, InputSizes.AS_IN_MODEL, Pretrained::noise),
        ANGLE_CLASSIFIER(Models.PP_OCR_ANGLE, InputSizes.AS_IN_MODEL.withPicture(48, 192),
                Pretrained::noise),
        TEXT_DETECTOR(Models.PP_OCR_DETECTOR, InputSizes.AS_IN_MODEL.withPicture(96, 160),
                Pretrained::letters),
        TEXT_RECOGNISER(Models.PP_OCR_RECOGNISER, InputSizes.AS_IN_MODEL.withPicture(48, 160),
                Pretrained::letters);

        private final Path file;
        private final InputSizes sizes;
        private final Function<Dims, NdArray> numbers;

        Model(Path file, InputSizes sizes, Function<Dims, NdArray> numbers) {
            this.file = file;
            this.sizes = sizes;
            this.numbers = numbers;
        }

        /** Reads the file; skips the test where it is not there. */
        public Pretrained read() throws IOException {
            return read(sizes);
        }

        /** {@link #read()} for inputs of other sizes. */
        public Pretrained read(InputSizes others) throws IOException {
            Path fetched = Models.fetched(file);
            Network network = OnnxReader.read(fetched, others);
            Map<String, NdArray> inputs = new LinkedHashMap<>();
            network.inputs().forEach((name, dims) -> inputs.put(name, numbers.apply(dims)));
            Map<String, NdArray> expected = OnnxRuntimeOracle.run(Files.readAllBytes(fetched),
                    inputs);
            assertEquals(List.copyOf(expected.keySet()), network.outputs());
            expected.forEach((name, array) -> assertEquals(array.dims(), network.dims(name), name));
            return new Pretrained(network, inputs, expected);
        }
    }

    /** Whether the outputs are ONNX Runtime's. */
    public void check(Function<String, double[]> outputs) {
        expected.forEach((name, array) -> {
            double[] found = outputs.apply(name);
            double largest = 0;
            double apart = 0;
            for (int i = 0; i < found.length; i++) {
                largest = Math.max(largest, Math.abs(array.data()[i]));
                double difference = Math.abs(found[i] - array.data()[i]);
                apart = Double.isNaN(difference)
                        ? Double.POSITIVE_INFINITY
                        : Math.max(apart, difference);
            }
            assertTrue(largest > 0 && apart <= TOLERANCE * largest,
                    "%s%s is off by %s; the largest number is %s".formatted(name, array.dims(),
                            apart, largest));
        });
    }

    /**
     * Dark letters E, F, H and L on white. On noise the detector finds no text: its sigmoid then
     * gives 1e-7, which is also how exact ONNX Runtime's is.
     */
    private static NdArray letters(Dims dims) {
        Shape shape = dims.toShape();
        Tensor picture = Tensor.zeros(shape, Layout.NCHW);
        String[] letters = {"xxx xxx x x x   ", "x   x   x x x   ", "xxx xxx xxx x   ",
                "x   x   x x x   ", "xxx x   x x xxx "};
        for (int c = 0; c < shape.c(); c++) {
            for (int h = 0; h < shape.h(); h++) {
                for (int w = 0; w < shape.w(); w++) {
                    int row = (h - shape.h() / 2) / 4 + 2;
                    boolean ink = row >= 0 && row < 5 && h >= shape.h() / 2 - 8 && w > 16
                            && w < shape.w() - 16 && letters[row].charAt(w / 4 % 16) == 'x';
                    picture.set(0, c, h, w, ink ? -2 : 2);
                }
            }
        }
        return NdArray.of(picture);
    }

    private static NdArray noise(Dims dims) {
        Random random = new Random(1);
        NdArray input = NdArray.zeros(dims);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat(-1, 1);
        }
        return input;
    }
}
