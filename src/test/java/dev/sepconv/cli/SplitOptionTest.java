package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.Npy;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.reference.Reference;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --device a,b --split WHAT} of conv and run. */
class SplitOptionTest {

    private static final String MODEL = "mobilenet-v2:0.25";

    @TempDir
    private Path folder;

    private float[] write(String name, int... sizes) throws IOException {
        Random random = new Random(name.hashCode());
        float[] numbers = new float[Dims.of(sizes).elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        Npy.write(folder.resolve(name), Dims.of(sizes).sizes(), numbers);
        return numbers;
    }

    private static void near(double[] wanted, float[] got) {
        assertEquals(wanted.length, got.length);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], got[i], 1e-4, "at " + i);
        }
    }

    private Invocation sepconv(String args) {
        return Invocation.inProcess(Stream.of(args.split(" "))
                .map(arg -> arg.endsWith(".npy") ? folder.resolve(arg).toString() : arg)
                .toArray(Object[]::new));
    }

    /** What the document and, with --verbose, stderr say about the devices. */
    private static JsonNode split(Invocation done) throws IOException {
        assertEquals(0, done.code(), done.err());
        JsonNode split = done.json().get("split");
        List<String> said = done.err().lines().toList();
        assertEquals(2, said.size(), done.err());
        assertTrue(said.getFirst().startsWith("sepconv: engine simd+java on simd+java "),
                done.err());
        assertTrue(said.getLast().startsWith("sepconv: split by " + split.get("along").asText()),
                done.err());
        assertEquals(List.of("simd", "java"),
                List.of(split.get("shares").get(0).get("device").get("id").asText(),
                        split.get("shares").get(1).get("device").get("id").asText()));
        for (JsonNode share : split.get("shares")) {
            assertTrue(share.get("count").asInt() == 0 || share.get("bytesIn").asLong() > 0
                    && share.get("bytesOut").asLong() > 0 && share.get("millis").asDouble() > 0,
                    share.toString());
        }
        return split;
    }

    @ParameterizedTest
    @CsvSource({"space,space,rows,5", "groups,groups,filters,6", "auto,space,rows,5"})
    void devicesShareALayer(String asked, String along, String units, int all) throws IOException {
        float[] x = write("x.npy", 1, 4, 7, 9);
        float[] w = write("w.npy", 6, 4, 3, 3);
        double[] wanted = Reference.run(Conv2d.of(4, 6, 3), List.of(ConvWeights.of(w)),
                Tensor.of(Shape.of(4, 7, 9), Layout.NCHW, x));
        JsonNode split = split(sepconv(
                "conv --input x.npy --weights w.npy --output y.npy --json --verbose --device simd,java --split "
                        + asked));
        near(wanted, Npy.read(folder.resolve("y.npy")));
        assertEquals(along, split.get("along").asText());
        assertEquals(1, split.get("steps").asInt());
        assertEquals(units, split.get("shares").get(0).get("units").asText());
        assertEquals(all, split.get("shares").get(0).get("count").asInt()
                + split.get("shares").get(1).get("count").asInt());
    }

    @ParameterizedTest
    @CsvSource({"space,space", "groups,groups", "auto,space"})
    void devicesShareANetwork(String asked, String along) throws IOException {
        Network network = KnownNetworks.of(MODEL, 64, 48);
        NdArray x = NdArray.of(Dims.of(1, 3, 64, 48), write("x.npy", 1, 3, 64, 48));
        double[] wanted = NetworkReference.run(network, Map.of("input", x)).get("probabilities");
        JsonNode split = split(sepconv("run " + MODEL
                + " --size 64x48 --input x.npy --output y.npy --profile --json --verbose "
                + "--device simd,java --split " + asked));
        near(wanted, Npy.read(folder.resolve("y.npy")));
        assertEquals(along, split.get("along").asText());
        assertTrue(split.get("steps").asInt() >= 1);
    }

    @Test
    void whatCanNotBeSplitIsRefused() throws IOException {
        write("x.npy", 1, 4, 7, 9);
        write("w.npy", 6, 4, 3, 3);
        String conv = "conv --input x.npy --weights w.npy --output y.npy ";
        sepconv(conv + "--device simd,java --split batch").failed(2,
                "devices are 2; images: 1 can be split over as many devices at most");
        sepconv(conv + "--device java --split space").failed(2,
                "--split is space; it needs several devices: --device NAME,NAME");
        sepconv(conv + "--device simd,java --split rows").failed(2,
                "'rows' is unknown; it must be batch, groups, space or auto");
        assertTrue(sepconv(conv + "--device java --json").succeeded().json().get("split").isNull());
        write("x.npy", 1, 3, 64, 48);
        sepconv("run " + MODEL + " --size 64x48 --input x.npy --device simd,java --split batch")
                .failed(2, "devices are 2; images: 1 can be split over as many devices at most");
    }
}
