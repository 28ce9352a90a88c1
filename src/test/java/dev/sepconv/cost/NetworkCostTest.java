package dev.sepconv.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.Padding;
import dev.sepconv.cost.NetworkCost.Kind;
import dev.sepconv.cost.NetworkCost.Sum;
import dev.sepconv.graph.Simplify;
import dev.sepconv.zoo.KnownNetworks;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Counts of networks against published ones and against counts made by hand. */
class NetworkCostTest {

    private static double share(NetworkCost cost, Kind kind) {
        return 100.0 * cost.kinds().get(kind).multiplyAdds() / cost.total().multiplyAdds();
    }

    /**
     * Howard et al. 2017, table 2 (shares) and table 4 (569 and 4866 million multiply-adds, 4.2 and
     * 29.3 million parameters).
     */
    @Test
    void sharedWeightsCountOnce() {
        Conv2d conv = Conv2d.pointwise(4, 4);
        ConvWeights weights = ConvWeights.random(conv, new Random(1));
        Network.Builder builder = Network.builder("shared");
        String x = builder.input("x", Dims.of(1, 4, 3, 3));
        String a = builder.add("a", conv.withWeights(weights), x);
        String b = builder.add("b", conv.withWeights(weights), a);
        NetworkCost cost = NetworkCost.of(builder.output(b).build());
        assertEquals(16, cost.total().parameters());
        assertEquals(2 * 16 * 9, cost.total().multiplyAdds());
    }

    @Test
    void mobileNetV1HasThePapersFigures() {
        NetworkCost cost = NetworkCost.of(KnownNetworks.of("mobilenet-v1", null, null));
        assertEquals(94.86, share(cost, Kind.POINTWISE), 0.01);
        assertEquals(3.06, share(cost, Kind.DEPTHWISE), 0.01);
        // printed as 1.19, with which the column does not add up to 100
        assertEquals(1.91, share(cost, Kind.STANDARD), 0.01);
        assertEquals(0.18, share(cost, Kind.FULLY_CONNECTED), 0.01);
        double weights = cost.total().parameters() - cost.kinds().get(Kind.OTHER).parameters()
                - 1000; // without biases
        assertEquals(74.59, 100 * cost.kinds().get(Kind.POINTWISE).parameters() / weights, 0.01);
        assertEquals(1.06, 100 * cost.kinds().get(Kind.DEPTHWISE).parameters() / weights, 0.01);
        assertEquals(0.02, 100 * cost.kinds().get(Kind.STANDARD).parameters() / weights, 0.005);
        assertEquals(24.33,
                100 * (cost.kinds().get(Kind.FULLY_CONNECTED).parameters() - 1000) / weights, 0.01);
        assertEquals(569e6, cost.total().multiplyAdds(), 0.5e6);
        assertEquals(13, cost.pairs());
        assertEquals(0, cost.invertedResiduals());
        assertEquals(4867e6, cost.standard().multiplyAdds(), 0.5e6);
        assertEquals(29.3e6, cost.standard().parameters(), 0.05e6);
        assertEquals(cost.standard(), cost.narrow());
    }

    @Test
    void passesChangeNothingButNormalisation() {
        for (String name : KnownNetworks.NAMES) {
            Network network = KnownNetworks.of(name, null, null);
            NetworkCost before = NetworkCost.of(network);
            NetworkCost after = NetworkCost.of(Simplify.run(network));
            assertEquals(before.total().multiplyAdds(), after.total().multiplyAdds());
            assertEquals(before.standard().multiplyAdds(), after.standard().multiplyAdds());
            assertEquals(before.narrow().multiplyAdds(), after.narrow().multiplyAdds());
            assertEquals(before.pairs(), after.pairs());
            assertEquals(before.invertedResiduals(), after.invertedResiduals());
            assertEquals(before.kinds().containsKey(Kind.DEPTHWISE),
                    after.kinds().containsKey(Kind.DEPTHWISE), name);
            if (before.kinds().containsKey(Kind.DEPTHWISE)) { // AlexNet has none
                assertEquals(before.kinds().get(Kind.DEPTHWISE).multiplyAdds(),
                        after.kinds().get(Kind.DEPTHWISE).multiplyAdds());
            }
        }
    }

    /** Sandler et al. 2018, table 4: 300 million multiply-adds. */
    @Test
    void mobileNetV2() {
        NetworkCost cost = NetworkCost.of(KnownNetworks.of("mobilenet-v2", null, null));
        assertEquals(300e6, cost.total().multiplyAdds(), 1e6);
        assertEquals(17, cost.pairs());
        assertEquals(16, cost.invertedResiduals());
    }

    @Test
    void xception() {
        NetworkCost cost = NetworkCost.of(KnownNetworks.of("xception", null, null));
        assertEquals(22_855_952, cost.total().parameters());
        assertEquals(34, cost.pairs());
        assertEquals(0, cost.invertedResiduals());
    }

    private static Op.Convolve conv(Conv2d conv) {
        float[] bias = conv.bias() ? new float[conv.outChannels()] : null;
        return conv.withWeights(new ConvWeights(new float[conv.weightCount()], bias));
    }

    @Test
    void oneOfEachKindByHand() {
        Network.Builder builder = Network.builder("kinds");
        String x = builder.input("x", Dims.of(2, 4, 6, 5));
        x = builder.add("standard",
                conv(Conv2d.of(4, 8, 3).withPadding(Padding.of(1)).withBias(true)), x);
        x = builder.add("relu", Elementwise.of(Function.RELU), x);
        x = builder.add("grouped", conv(Conv2d.grouped(8, 4, 1, 2)), x);
        x = builder.add("transposed", new Op.ConvolveTransposed(Conv2d.of(4, 3, 2).withStride(2), 0,
                0, new float[48], null), x);
        x = builder.add("strided", conv(Conv2d.pointwise(3, 2).withStride(2)), x);
        x = builder.add("norm", new Op.ScaleShift(new float[2], new float[2]), x);
        x = builder.add("flat", new Op.Reshape(Dims.of(2, 60)), x);
        x = builder.add("connected",
                new Op.FullyConnected(7, new float[420], new float[7], Activation.NONE), x);
        x = builder.add("product", new Op.MatrixProduct(), x,
                builder.add("matrix", new Op.Constant(NdArray.zeros(Dims.of(7, 3)))));
        NetworkCost cost = NetworkCost.of(builder.output(x).build());
        assertEquals(new Sum(4 * 8 * 9 + 8, 2 * 6 * 5 * 4 * 8 * 9),
                cost.kinds().get(Kind.STANDARD));
        assertEquals(new Sum(4 * 4, 2 * 6 * 5 * 4 * 4), cost.kinds().get(Kind.GROUPED));
        assertEquals(new Sum(48, 2 * 6 * 5 * 48), cost.kinds().get(Kind.TRANSPOSED));
        assertEquals(new Sum(6, 2 * 6 * 5 * 6), cost.kinds().get(Kind.POINTWISE));
        assertEquals(new Sum(427, 2 * 420 + 2 * 7 * 3), cost.kinds().get(Kind.FULLY_CONNECTED));
        assertEquals(new Sum(4, 0), cost.kinds().get(Kind.OTHER));
        // the grouped one ungrouped: twice the weights
        assertEquals(cost.total().parameters() + 16, cost.standard().parameters());
        assertEquals(cost.total().multiplyAdds() + 2 * 6 * 5 * 16, cost.standard().multiplyAdds());
        assertEquals(0, cost.pairs());
    }

    private static final Conv2d WIDEN = Conv2d.pointwise(4, 12);
    private static final Conv2d DEPTHWISE = Conv2d.depthwise(12, 1, 3).withStride(2)
            .withPadding(Padding.of(1));
    private static final Conv2d NARROW = Conv2d.pointwise(12, 5);

    /** Widened, filtered, gated by {@code gate} of itself, narrowed. */
    private static NetworkCost gated(boolean alsoOutput, Op... gate) {
        Network.Builder builder = Network.builder("gated");
        String x = builder.add("widen", conv(WIDEN), builder.input("x", Dims.of(1, 4, 8, 8)));
        x = builder.add("depthwise", conv(DEPTHWISE), x);
        String last = x;
        for (int i = 0; i < gate.length; i++) {
            last = builder.add("gate" + i, gate[i], last);
        }
        x = gate.length == 0 ? x : builder.add("product", new Binary(Binary.Kind.MUL), last, x);
        builder.output(builder.add("narrow", conv(NARROW), x));
        if (alsoOutput) {
            builder.output("depthwise");
        }
        return NetworkCost.of(builder.build());
    }

    @Test
    void anInvertedResidualCanBeReplacedInTwoWays() {
        NetworkCost cost = gated(false);
        int pixels = 4 * 4;
        assertEquals(new Sum(48 + 108 + 60, 64 * 48 + pixels * (108 + 60)), cost.total());
        assertEquals(new Sum(48 + 9 * 12 * 5, 64 * 48 + pixels * 9 * 12 * 5), cost.standard());
        assertEquals(new Sum(9 * 4 * 5, pixels * 9 * 4 * 5), cost.narrow());
        assertEquals(1, cost.pairs());
        assertEquals(1, cost.invertedResiduals());
    }

    @Test
    void gatesStandBetween() {
        assertEquals(1, gated(false, new Elementwise(Function.HARD_SIGMOID, 1 / 6f, 0.5f))
                .invertedResiduals());
        assertEquals(1,
                gated(false, Op.Reduce.globalAveragePool(), conv(Conv2d.pointwise(12, 3)),
                        Elementwise.of(Function.RELU), conv(Conv2d.pointwise(3, 12)),
                        Elementwise.of(Function.SIGMOID)).pairs());
    }

    @Test
    void aDepthwiseConvolutionAloneIsReplacedAlone() {
        NetworkCost cost = gated(true);
        assertEquals(0, cost.pairs());
        assertEquals(48 + 9 * 12 * 12 + 60, cost.standard().parameters());
        assertEquals(cost.standard(), cost.narrow());
    }
}
