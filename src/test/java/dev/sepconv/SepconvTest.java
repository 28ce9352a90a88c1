package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.reference.Reference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program begins with. */
class SepconvTest {

    private static final Path MODEL = Path.of("examples/onnx-pictures/model/stripes.onnx");

    @TempDir
    Path folder;

    @Test
    void aLayerWithItsWeightsGivesTheReferencesAnswerInBothLayouts() {
        Random random = new Random(1);
        Op.Convolve layer = SeparableConv2d.mobilenet(3, 5, 3, 2).withRandomWeights(random);
        Shape shape = new Shape(2, 3, 7, 11);
        Tensor input = Tensor.zeros(shape, Layout.NCHW);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat();
        }
        double[] expected = Reference.run(layer.layer(), layer.weights(), input);
        try (Sepconv sepconv = Sepconv.open("plain")) {
            for (Layout layout : Layout.values()) {
                try (Plan plan = sepconv.compile(layer, shape, layout)) {
                    assertTrue(Reference.difference(expected, plan.run(input.to(layout)))
                            .relative() < 1e-6);
                }
            }
            assertEquals("plain", sepconv.engine().name());
            assertTrue(sepconv.toString().startsWith("engine plain on "), sepconv.toString());
        }
    }

    /** The weights of stages come in the order in which they run. */
    @Test
    void randomWeightsAreTheSameForTheSameSeed() {
        Layer layer = SeparableConv2d.xception(3, 5, 3, 1);
        List<ConvWeights> weights = layer.withRandomWeights(new Random(7)).weights();
        assertArrayEquals(ConvWeights.random(layer.stages().getFirst(), new Random(7)).weight(),
                weights.getFirst().weight());
        assertEquals(2, weights.size());
    }

    @Test
    void aModelInMemoryIsTheModelInTheFile() throws IOException {
        Network file = Sepconv.load(MODEL);
        Network memory = Sepconv.load(Files.readAllBytes(MODEL));
        assertEquals(file.dims(), memory.dims());
        try (Sepconv sepconv = Sepconv.open("plain");
                NetworkPlan one = sepconv.compile(file);
                NetworkPlan other = sepconv.compile(memory)) {
            NdArray input = NdArray.zeros(Dims.of(1, 3, 48, 48));
            assertArrayEquals(one.run(input).data(), other.run(input).data());
        }
    }

    @Test
    void whatIsNoModelInMemoryIsSaidSo() {
        byte[] png = "\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("the model in memory is not an ONNX model: it is a PNG picture",
                assertThrows(IOException.class, () -> Sepconv.load(png)).getMessage());
        assertEquals("the model in memory is not an ONNX model: it is empty (0 bytes)",
                assertThrows(IOException.class, () -> Sepconv.load(new byte[0])).getMessage());
    }

    @Test
    void numbersGoToANumpyFileAndBack() throws IOException {
        NdArray array = NdArray.of(Dims.of(2, 3), 1, 2, 3, 4, 5, Float.NaN);
        Path file = folder.resolve("a.npy");
        Sepconv.writeNpy(file, array);
        NdArray read = Sepconv.readNpy(file);
        assertEquals(array.dims(), read.dims());
        assertArrayEquals(array.data(), read.data());
    }

    @Test
    void whatIsAskedForIsTakenOrRefused() {
        assertTrue(Sepconv.devices().stream().anyMatch(device -> device.engine().equals("plain")));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Sepconv.open("fast"))
                .getMessage().startsWith("engine is 'fast'; it must be one of "));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Sepconv.open("plain", "no"))
                .getMessage().startsWith("device is 'no'; the devices here are: "));
        assertEquals(Dims.of(1, 1000), Sepconv.untrained("mobilenet-v1")
                .dims(Sepconv.untrained("mobilenet-v1").outputs().getFirst()));
    }
}
