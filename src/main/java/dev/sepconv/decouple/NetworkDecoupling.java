package dev.sepconv.decouple;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The standard convolutions of a network, those larger than 1x1 that mix all channels, each
 * decomposed by itself. What is depthwise, grouped or pointwise already stays.
 */
public final class NetworkDecoupling {

    private final Network network;
    private final Map<Node, Decoupling> layers = new LinkedHashMap<>();

    /**
     * A layer with its number of terms.
     *
     * @param node the node's name, for people
     * @param output the name of the array that it makes, which no other node has
     */
    public record Layer(String node, String output, Conv2d conv, Shape input, Decoupling decoupling,
            int terms) {

        /** Error of its weights; see {@link Decoupling#error}. */
        public double error() {
            return decoupling.error(terms);
        }

        /** What it costs as it was. */
        public Cost standard() {
            return Cost.of(conv, input);
        }

        /** What it costs taken apart. */
        public Cost separable() {
            return decoupling.cost(terms, input);
        }

        /**
         * Whether it needs fewer multiply-adds taken apart; else nothing is gained by the error.
         */
        public boolean isCheaper() {
            return separable().multiplyAdds() < standard().multiplyAdds();
        }

        /** It taken apart: depthwise, then pointwise. */
        public Op.Convolve takenApart() {
            return new Op.Convolve(decoupling.layer(terms), decoupling.weights(terms));
        }
    }

    private NetworkDecoupling(Network network) {
        this.network = network;
    }

    /**
     * Decomposes every standard convolution.
     *
     * @throws IllegalArgumentException if there is none, or a weight is NaN or infinite
     */
    public static NetworkDecoupling of(Network network) {
        NetworkDecoupling all = new NetworkDecoupling(network);
        for (Node node : network.nodes()) {
            if (node.op() instanceof Op.Convolve op && op.layer() instanceof Conv2d conv
                    && conv.groups() == 1 && conv.kernelHeight() * conv.kernelWidth() > 1) {
                all.layers.put(node, Decoupling.of(conv, op.weights().getFirst()));
            }
        }
        if (all.layers.isEmpty()) {
            throw new IllegalArgumentException(
                    "network '%s' has no standard convolution larger than 1x1; there is nothing to take apart"
                            .formatted(network.name()));
        }
        return all;
    }

    /** Every layer with so many terms, or as many as make it exact, if fewer. */
    public List<Layer> withTerms(int terms) {
        if (terms < 1) {
            throw new IllegalArgumentException(
                    "terms is %d; it must be at least 1".formatted(terms));
        }
        return choose(layer -> Math.min(terms, layer.maxTerms()));
    }

    /**
     * Every layer with the fewest terms that keep the error of its weights at or below this, from 0
     * to 1.
     */
    public List<Layer> withError(double error) {
        return choose(layer -> layer.termsFor(error));
    }

    /** How many terms make every layer exact. */
    public int maxTerms() {
        return layers.values().stream().mapToInt(Decoupling::maxTerms).max().orElseThrow();
    }

    private List<Layer> choose(ToIntFunction<Decoupling> terms) {
        List<Layer> chosen = new ArrayList<>();
        layers.forEach((node,
                decoupling) -> chosen.add(new Layer(node.name(), node.output(), decoupling.conv(),
                        network.dims(node.inputs().getFirst()).toShape(), decoupling,
                        terms.applyAsInt(decoupling))));
        return chosen;
    }

    /**
     * The error of the weights of all layers together: the Frobenius norm of the differences over
     * that of the originals.
     */
    public static double error(List<Layer> chosen) {
        double missing = 0;
        double all = 0;
        for (Layer layer : chosen) {
            double norm = 0;
            for (float weight : layer.decoupling().weights().weight()) {
                norm += (double) weight * weight;
            }
            all += norm;
            missing += norm * layer.error() * layer.error();
        }
        return missing == 0 ? 0 : Math.sqrt(missing / all);
    }

    /** The network with these layers taken apart; the others, and all names, stay. */
    public Network network(List<Layer> chosen) {
        Map<String, Layer> byOutput = new LinkedHashMap<>();
        chosen.forEach(layer -> byOutput.put(layer.output(), layer));
        return network.withNodes(network.nodes().stream().map(node -> {
            Layer layer = byOutput.get(node.output());
            return layer == null
                    ? node
                    : new Node(node.name(), layer.takenApart(), node.inputs(), node.output());
        }).toList());
    }

    /**
     * The error of a layer's weights as a network has them that was written and read again, in
     * which a depthwise and a pointwise convolution make the layer's output; see
     * {@link Decoupling#error(ConvWeights, ConvWeights)}.
     *
     * @throws IllegalArgumentException if there are no such two
     */
    public static double error(Layer layer, Network written) {
        Optional<Node> pointwise = maker(written, layer.output());
        Optional<Node> depthwise = pointwise
                .flatMap(node -> maker(written, node.inputs().getFirst()));
        if (depthwise.isEmpty() || !(pointwise.get().op() instanceof Op.Convolve mixing)
                || !(depthwise.get().op() instanceof Op.Convolve spatial)) {
            throw new IllegalArgumentException(
                    "'%s' is not made by two convolutions".formatted(layer.output()));
        }
        return layer.decoupling().error(spatial.weights().getFirst(), mixing.weights().getFirst());
    }

    private static Optional<Node> maker(Network network, String output) {
        return network.nodes().stream().filter(node -> node.output().equals(output)).findFirst();
    }
}
