package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.Models;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pretrained models, read and computed in float64, against ONNX Runtime on the same file. */
class PretrainedTest {

    /** Largest difference allowed, over the largest magnitude of the output. */
    private static final double TOLERANCE = 1e-4;

    @Test
    void blazeFaceFront() throws IOException {
        compare(Models.BLAZEFACE_FRONT, InputSizes.AS_IN_MODEL);
    }

    @Test
    void blazeFaceBack() throws IOException {
        compare(Models.BLAZEFACE_BACK, InputSizes.AS_IN_MODEL);
    }

    @Test
    void angleClassifier() throws IOException {
        compare(Models.PP_OCR_ANGLE, InputSizes.AS_IN_MODEL.withPicture(48, 192));
    }

    @Test
    void textDetector() throws IOException {
        compare(Models.PP_OCR_DETECTOR, InputSizes.AS_IN_MODEL.withPicture(96, 160), PretrainedTest::letters);
    }

    @Test
    @Tag("slow")
    void textDetectorLarge() throws IOException {
        compare(Models.PP_OCR_DETECTOR, InputSizes.AS_IN_MODEL.withPicture(320, 480), PretrainedTest::letters);
    }

    @Test
    void textRecogniser() throws IOException {
        compare(Models.PP_OCR_RECOGNISER, InputSizes.AS_IN_MODEL.withPicture(48, 160), PretrainedTest::letters);
    }

    /**
     * Dark letters E, F, H and L on white. On noise the detector finds no text: its sigmoid then gives 1e-7, which is also how
     * exact ONNX Runtime's is.
     */
    private static NdArray letters(Dims dims) {
        Shape shape = dims.toShape();
        Tensor picture = Tensor.zeros(shape, Layout.NCHW);
        String[] letters = {"xxx xxx x x x   ", "x   x   x x x   ", "xxx xxx xxx x   ", "x   x   x x x   ", "xxx x   x x xxx "};
        for (int c = 0; c < shape.c(); c++) {
            for (int h = 0; h < shape.h(); h++) {
                for (int w = 0; w < shape.w(); w++) {
                    int row = (h - shape.h() / 2) / 4 + 2;
                    boolean ink = row >= 0 && row < 5 && h >= shape.h() / 2 - 8 && w > 16 && w < shape.w() - 16
                            && letters[row].charAt(w / 4 % 16) == 'x';
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

    private static void compare(Path model, InputSizes sizes) throws IOException {
        compare(model, sizes, PretrainedTest::noise);
    }

    private static void compare(Path model, InputSizes sizes, Function<Dims, NdArray> numbers) throws IOException {
        Path file = Models.fetched(model);
        Network network = OnnxReader.read(file, sizes);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> inputs.put(name, numbers.apply(dims)));
        Map<String, NdArray> expected = OnnxRuntimeOracle.run(Files.readAllBytes(file), inputs);
        Map<String, double[]> values = NetworkReference.run(network, inputs);
        assertEquals(List.copyOf(expected.keySet()), network.outputs());
        expected.forEach((name, array) -> {
            assertEquals(array.dims(), network.dims(name), name);
            assertClose(name, array, values.get(name));
        });
    }

    private static void assertClose(String name, NdArray expected, double[] found) {
        double largest = 0;
        double apart = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(found[i]));
            double difference = Math.abs(found[i] - expected.data()[i]);
            apart = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(apart, difference);
        }
        assertTrue(largest > 0 && apart <= TOLERANCE * largest,
                "%s%s is off by %s; the largest number is %s".formatted(name, expected.dims(), apart, largest));
    }
}
