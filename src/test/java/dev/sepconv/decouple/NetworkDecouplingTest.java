package dev.sepconv.decouple;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.decouple.NetworkDecoupling.Layer;
import dev.sepconv.reference.NetworkReference;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetworkDecouplingTest {

    private final Random random = new Random(5);

    private Op.Convolve weighted(Conv2d conv) {
        return conv.withWeights(ConvWeights.random(conv, random));
    }

    private Network network() {
        Network.Builder net = Network.builder("small");
        String x = net.input("x", Dims.of(1, 5, 11, 13));
        String a = net.add("a", weighted(Conv2d.of(5, 7, 3).withStride(2)
                .withPadding(Padding.SAME_UPPER).withBias(true).withActivation(Activation.RELU)),
                x);
        String b = net.add("b", weighted(Conv2d.depthwise(7, 1, 3)), a);
        String c = net.add("c", weighted(Conv2d.pointwise(7, 6)), b);
        return net.output(net.add("d", weighted(Conv2d.of(6, 4, 2, 1)), c)).build();
    }

    private static double difference(Network one, Network other) {
        NdArray x = NdArray.zeros(Dims.of(1, 5, 11, 13));
        Random numbers = new Random(1);
        for (int i = 0; i < x.data().length; i++) {
            x.data()[i] = numbers.nextFloat(-1, 1);
        }
        double[] right = NetworkReference.run(one, Map.of("x", x)).get("d");
        double[] got = NetworkReference.run(other, Map.of("x", x)).get("d");
        double worst = 0;
        for (int i = 0; i < right.length; i++) {
            worst = Math.max(worst, Math.abs(right[i] - got[i]));
        }
        return worst;
    }

    @Test
    void onlyStandardConvolutionsAreTakenApartAndAllTermsAreExact() {
        Network network = network();
        NetworkDecoupling decoupling = NetworkDecoupling.of(network);
        List<Layer> all = decoupling.withTerms(9);
        assertEquals(List.of("a", "d"), all.stream().map(Layer::node).toList());
        assertEquals(List.of(7, 2), all.stream().map(Layer::terms).toList()); // min(K, R*S)
        Network apart = decoupling.network(all);
        assertInstanceOf(SeparableConv2d.class,
                ((Op.Convolve) apart.nodes().getFirst().op()).layer());
        assertSame(network.nodes().get(1), apart.nodes().get(1));
        assertTrue(difference(network, apart) < 1e-5);
        assertEquals(0, NetworkDecoupling.error(all));
    }

    @Test
    void fewerTermsCostLessAndAreOff() {
        Network network = network();
        NetworkDecoupling decoupling = NetworkDecoupling.of(network);
        List<Layer> one = decoupling.withTerms(1);
        assertTrue(NetworkDecoupling.error(one) > 0.1);
        assertTrue(difference(network, decoupling.network(one)) > 1e-2);
        assertTrue(one.getFirst().separable().multiplyAdds() < one.getFirst().standard()
                .multiplyAdds());
    }

    @Test
    void anErrorIsKeptByEveryLayer() {
        List<Layer> chosen = NetworkDecoupling.of(network()).withError(0.3);
        for (Layer layer : chosen) {
            assertTrue(layer.error() <= 0.3);
            assertTrue(layer.terms() == 1 || layer.decoupling().error(layer.terms() - 1) > 0.3);
        }
    }

    @Test
    void aNetworkWithoutStandardConvolutionsIsRefused() {
        Network.Builder net = Network.builder("separable");
        Network network = net.output(
                net.add("c", weighted(Conv2d.pointwise(2, 3)), net.input("x", Dims.of(1, 2, 4, 4))))
                .build();
        assertEquals(
                "network 'separable' has no standard convolution larger than 1x1; there is nothing to take apart",
                assertThrows(IllegalArgumentException.class, () -> NetworkDecoupling.of(network))
                        .getMessage());
    }
}
