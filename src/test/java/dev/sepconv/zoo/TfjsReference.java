package dev.sepconv.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.Models;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.TfjsWeights;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What TensorFlow.js computed for one of face-api's networks on seeded noise: 48 numbers of every
 * layer, at random places. src/test/tfjs/make-references makes it.
 *
 * @param network the same network, from the fetched weights
 * @param input the noise, pixels from 0 to 255
 * @param layers in the order in which they ran
 */
public record TfjsReference(Network network, NdArray input, List<Layer> layers) {

    /**
     * Some numbers of one layer.
     *
     * @param name as the network's array of the same numbers
     * @param shape TensorFlow's, so NHWC where it has four dimensions
     * @param largest the largest magnitude of all its numbers
     * @param at places in row-major order
     * @param values the numbers there
     */
    public record Layer(String name, List<Integer> shape, double largest, int[] at,
            double[] values) {
    }

    /** Skips the test where the weights are not there. */
    public static TfjsReference tinyXception() throws IOException {
        Map<String, NdArray> arrays = TfjsWeights.read(Models.fetched(Models.TINY_XCEPTION));
        return read("tiny-xception.json", side -> TinyXception.of(arrays));
    }

    /** Skips the test where the weights are not there. */
    public static TfjsReference mobileNetSsd() throws IOException {
        Map<String, NdArray> arrays = TfjsWeights.read(Models.fetched(Models.MOBILENET_V1_SSD));
        return read("mobilenet-v1-ssd.json", side -> MobileNetSsd.of(arrays, side, side));
    }

    private static TfjsReference read(String resource, IntFunction<Network> builder)
            throws IOException {
        try (InputStream in = TfjsReference.class.getResourceAsStream(resource)) {
            JsonNode document = new ObjectMapper().readTree(in);
            List<Layer> layers = new ArrayList<>();
            for (JsonNode layer : document.get("layers")) {
                List<Integer> shape = new ArrayList<>();
                layer.get("shape").forEach(size -> shape.add(size.asInt()));
                int[] at = new int[layer.get("at").size()];
                double[] values = new double[at.length];
                for (int i = 0; i < at.length; i++) {
                    at[i] = layer.get("at").get(i).asInt();
                    values[i] = layer.get("values").get(i).asDouble();
                }
                layers.add(new Layer(layer.get("name").asText(), shape,
                        layer.get("largest").asDouble(), at, values));
            }
            int side = document.get("input").get(1).asInt();
            return new TfjsReference(builder.apply(side), noise(side, document.get("seed").asInt()),
                    layers);
        }
    }

    /**
     * Pixels of a linear congruential generator's top byte, in NHWC order, as make-references.mjs
     * draws them.
     */
    static NdArray noise(int side, int seed) {
        float[] pixels = new float[side * side * 3];
        int x = seed;
        for (int i = 0; i < pixels.length; i++) {
            x = x * 1664525 + 1013904223;
            pixels[i] = x >>> 24;
        }
        return NdArray.of(Tensor.of(Shape.of(3, side, side), Layout.NHWC, pixels));
    }

    /**
     * Compares one of the network's arrays with the layer of its name.
     *
     * @param numbers row-major, NCHW
     * @param tolerance of the layer's largest magnitude
     */
    public void check(Layer layer, double[] numbers, double tolerance) {
        Dims dims = network.dims(layer.name());
        assertEquals(layer.shape().stream().reduce(1, Math::multiplyExact), numbers.length,
                layer.name());
        for (int i = 0; i < layer.at().length; i++) {
            double number = numbers[dims.rank() == 4 ? nchw(layer.at()[i], dims) : layer.at()[i]];
            double wanted = layer.values()[i];
            assertTrue(Math.abs(number - wanted) <= tolerance * layer.largest(),
                    () -> "%s has %s where TensorFlow.js has %s".formatted(layer.name(), number,
                            wanted));
        }
    }

    /** Of one picture. */
    private static int nchw(int nhwc, Dims dims) {
        return nhwc % dims.get(1) * dims.get(2) * dims.get(3) + nhwc / dims.get(1);
    }
}
