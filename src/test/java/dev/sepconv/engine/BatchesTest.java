package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkCases.Case;
import dev.sepconv.NetworkPlan;
import dev.sepconv.NetworkTester;
import dev.sepconv.Op;
import dev.sepconv.Sepconv;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A batch gives of each image what the network of one image gives. */
class BatchesTest {

    @Test
    void eachImageOfABatchIsAsItWouldBeAlone() {
        long seed = System.nanoTime();
        NetworkCases cases = new NetworkCases(seed);
        List<Case> all = new ArrayList<>(cases.operations(12));
        all.addAll(cases.graphs(6));
        Random random = new Random(seed);
        int taken = 0;
        for (Case each : all) {
            Network network = each.network();
            if (!network.inputs().values().stream().allMatch(BatchesTest::isOne)
                    || !network.outputs().stream().allMatch(name -> isOne(network.dims(name)))) {
                continue;
            }
            int images = 2 + random.nextInt(3);
            Network batched;
            try {
                batched = Batches.of(network, images);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().contains("a batch of " + images), e.getMessage());
                continue;
            }
            taken++;
            check(each, batched, images, random, "seed " + seed + ": " + network.nodes());
        }
        assertTrue(taken >= 30, "%d of %d networks, seed %d".formatted(taken, all.size(), seed));
    }

    private static boolean isOne(Dims dims) {
        return dims.rank() > 0 && dims.get(0) == 1;
    }

    private static void check(Case given, Network batched, int images, Random random, String what) {
        Network network = given.network();
        Map<String, NdArray> together = new LinkedHashMap<>();
        given.inputs().forEach((name, array) -> {
            // numbers of the case's own, which suit its function, in another order for each image
            List<NdArray> others = new ArrayList<>();
            for (int image = 0; image < images; image++) {
                NdArray other = NdArray.zeros(array.dims());
                int length = other.data().length;
                int turn = random.nextInt(length);
                for (int i = 0; i < length; i++) {
                    other.data()[i] = array.data()[(i + turn) % length];
                }
                others.add(other);
            }
            together.put(name, NdArray.concat(others));
        });
        Map<String, double[]> got = NetworkReference.run(batched, together);
        for (int image = 0; image < images; image++) {
            Map<String, NdArray> alone = new LinkedHashMap<>();
            for (Map.Entry<String, NdArray> input : together.entrySet()) {
                alone.put(input.getKey(), input.getValue().split().get(image));
            }
            Map<String, double[]> wanted = NetworkReference.run(network, alone);
            for (String output : network.outputs()) {
                double[] one = wanted.get(output);
                double[] all = got.get(output);
                assertEquals(images * one.length, all.length, what);
                for (int i = 0; i < one.length; i++) {
                    assertEquals(one[i], all[image * one.length + i], 1e-12, what);
                }
            }
        }
        try (Engine simd = Engines.open("simd")) {
            NetworkTester.check(new Case(batched, together), simd, simd.devices().getFirst());
        }
    }

    @Test
    void whatReadsAcrossImagesIsRefusedByName() {
        Network softmax = network(new Op.Softmax(0), Dims.of(1, 5));
        assertEquals(
                "node 'out' (softmax) doesn't keep images apart; the network can't take a batch of 3",
                refused(softmax, 3));
        Network turned = network(new Op.Transpose(List.of(1, 0)), Dims.of(1, 1));
        assertTrue(refused(turned, 2).startsWith("node 'out' (transpose) doesn't keep"),
                refused(turned, 2));
        Network two = network(new Op.Softmax(1), Dims.of(2, 5));
        assertEquals("input 'in' is [2, 5]; for a batch of 3 its first dimension must be 1",
                refused(two, 3));
        assertEquals("batch is 0; it must be at least 1", refused(softmax, 0));
        assertSame(two, Batches.of(two, 1));
    }

    private static Network network(Op op, Dims dims) {
        Network.Builder builder = Network.builder("test");
        return builder.output(builder.add("out", op, builder.input("in", dims))).build();
    }

    private static String refused(Network network, int images) {
        return assertThrows(IllegalArgumentException.class, () -> Batches.of(network, images))
                .getMessage();
    }

    /** As users have it: from a file, with arrays joined and parted. */
    @Test
    void aModelsBatchIsItsSingleRuns() throws IOException {
        Network network = Sepconv.load(Path.of("examples/onnx-pictures/model/stripes.onnx"));
        Random random = new Random(2);
        List<NdArray> pictures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            NdArray picture = NdArray.zeros(Dims.of(1, 3, 48, 48));
            for (int j = 0; j < picture.data().length; j++) {
                picture.data()[j] = random.nextFloat(-1, 1);
            }
            pictures.add(picture);
        }
        try (Sepconv sepconv = Sepconv.open("simd");
                NetworkPlan alone = sepconv.compile(network);
                NetworkPlan together = sepconv.compile(Sepconv.batch(network, 5))) {
            List<NdArray> results = together.run(NdArray.concat(pictures)).split();
            assertEquals(5, results.size());
            for (int i = 0; i < 5; i++) {
                assertEquals(Dims.of(1, 3), results.get(i).dims());
                float[] wanted = alone.run(pictures.get(i)).data();
                for (int k = 0; k < 3; k++) {
                    assertEquals(wanted[k], results.get(i).data()[k], 1e-5,
                            Arrays.toString(wanted));
                }
            }
        }
    }
}
