package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.EngineException;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import dev.sepconv.reference.NetworkReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimdNetworkTest {

    private static final long SEED = Long.getLong("sepconv.seed", 20261123);

    @Test
    void operationsAgreeWithTheReference() {
        check(new NetworkCases(SEED).operations(100), 1e-5);
    }

    @Test
    void graphsAgreeWithTheReference() {
        check(new NetworkCases(SEED).graphs(40), 1e-4);
    }

    /**
     * Every array of a graph, kept from run to run, so that none is taken for another's memory too
     * early.
     */
    @Test
    void everyIntermediateArrayCanBeAskedFor() {
        List<NetworkCases.Case> all = new NetworkCases(SEED + 1)
                .graphs(5).stream().map(
                        one -> new NetworkCases.Case(
                                one.network()
                                        .withOutputs(one.network().nodes().stream()
                                                .map(node -> node.output()).toList()),
                                one.inputs()))
                .toList();
        check(all, 1e-4);
    }

    /** A step a pixel of a stride would be a million of them. */
    @Test
    void aStrideBeyondTheKernelOfATransposedConvolutionMakesNoMoreSteps() {
        int stride = 1 << 20;
        Conv2d kernel = Conv2d.of(1, 1, 2, 1).withStride(stride, 1).withBias(true);
        NetworkCases.Case far = transposed(kernel, 5, Dims.of(1, 1, 2, 2));
        check(List.of(far), 1e-6);
        Op.ConvolveTransposed op = (Op.ConvolveTransposed) far.network().nodes().getFirst().op();
        Shape in = far.network().dims("x").toShape();
        Shape out = far.network().dims("up").toShape();
        assertEquals(3, // one fills, one for each row of the kernel
                TransposedConvolution
                        .steps(op, Grid.padded(in, TransposedConvolution.border(op, in, out)), out,
                                Grid.padded(out, Picture.NO_BORDER), new PlanMemory(1, 0))
                        .size());
    }

    @Test
    void aTransposedConvolutionOfTooManyStepsIsRefused() {
        Conv2d kernel = Conv2d.of(1, 1, 65, 64).withStride(66);
        NetworkCases.Case many = transposed(kernel, 0, Dims.of(1, 1, 3, 3));
        try (SimdEngine engine = SimdEngine.open(1)) {
            assertEquals(
                    "engine simd makes a transposed convolution of ordinary ones, one for each of"
                            + " 65 × 64 remainders of its strides here, and at most 4096 of them;"
                            + " engine plain takes it",
                    assertThrows(EngineException.class,
                            () -> engine.compile(many.network(), engine.devices().getFirst()))
                            .getMessage());
        }
    }

    private static NetworkCases.Case transposed(Conv2d kernel, int bottom, Dims in) {
        float[] weight = new float[kernel.weightCount()];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = 1 + i % 7;
        }
        Network.Builder net = Network.builder("up");
        String out = net.add("up", new Op.ConvolveTransposed(kernel, bottom, 0, weight,
                kernel.bias() ? new float[]{0.5f} : null), net.input("x", in));
        float[] x = new float[in.elements()];
        for (int i = 0; i < x.length; i++) {
            x[i] = i - 1;
        }
        return new NetworkCases.Case(net.output(out).build(), Map.of("x", NdArray.of(in, x)));
    }

    private static void check(List<NetworkCases.Case> cases, double tolerance) {
        List<String> wrong = new ArrayList<>();
        try (SimdEngine engine = SimdEngine.open(2)) {
            for (NetworkCases.Case one : cases) {
                Network network = one.network();
                Map<String, double[]> exact = NetworkReference.run(network, one.inputs());
                try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
                    // what a run leaves behind must not change the next one's result
                    for (int run = 0; run < 2; run++) {
                        Map<String, NdArray> outputs = plan.run(one.inputs());
                        assertEquals(network.outputs(), List.copyOf(outputs.keySet()));
                        outputs.forEach((name, array) -> {
                            double error = relativeError(exact.get(name), array.data());
                            if (!(error <= tolerance)) {
                                wrong.add("%s %s %s: %s".formatted(network,
                                        network.nodes().getLast().op(), network.dims(), error));
                            }
                        });
                    }
                } catch (RuntimeException e) {
                    throw new AssertionError("%s %s".formatted(network, network.dims()), e);
                }
            }
        }
        assertTrue(wrong.isEmpty(), () -> "seed %d: %d wrong, the first: %s".formatted(SEED,
                wrong.size(), String.join("\n", wrong.subList(0, Math.min(20, wrong.size())))));
    }

    /** The largest error over the largest number. */
    private static double relativeError(double[] exact, float[] got) {
        double largest = 0;
        double error = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(exact[i]));
            error = Math.max(error, Math.abs(exact[i] - got[i]));
        }
        return largest == 0 ? error : error / largest;
    }
}
