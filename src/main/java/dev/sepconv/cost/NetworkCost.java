package dev.sepconv.cost;

import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a network costs, node by node and by kind of work, and what it would cost with standard
 * convolutions instead.
 *
 * @param layers one for each node, in order
 * @param kinds the sums of each kind that occurs
 * @param total the sum of all
 * @param standard the sum if each depthwise convolution and the pointwise one after it
 * (normalisation, activations and gates may stand between) were the standard convolution with the
 * same kernel, input and output channels; a depthwise one without a pointwise one after it, and a
 * grouped one, the same without groups. Everything else stays
 * @param pairs how many depthwise convolutions have a pointwise one after them
 * @param narrow the sum if moreover each inverted residual (a pointwise convolution that widens,
 * then such a pair) were one standard convolution between its narrow ends, with the depthwise one's
 * kernel and stride: less than {@code standard}, and it leaves out the wide space between, which is
 * where such a block computes
 * @param invertedResiduals how many of them there are
 */
public record NetworkCost(List<LayerCost> layers, Map<Kind, Sum> kinds, Sum total, Sum standard,
        int pairs, Sum narrow, int invertedResiduals) {

    /** Kinds of work. */
    public enum Kind {
        /** as many groups as input channels, more than one */
        DEPTHWISE,
        /** 1x1, ungrouped, whatever its stride */
        POINTWISE,
        /** fewer groups than channels */
        GROUPED,
        /** ungrouped, larger than 1x1 */
        STANDARD,
        /** transposed convolutions */
        TRANSPOSED,
        /** fully connected layers and matrix products */
        FULLY_CONNECTED,
        /**
         * normalisation, activations, pooling, sums and the rest: their multiply-adds are not
         * counted, as in the literature
         */
        OTHER
    }

    /**
     * Two counts.
     *
     * @param parameters weights, biases and the numbers of normalisations; of constants those that
     * take part in arithmetic
     * @param multiplyAdds of convolutions and matrix products; taps on padding count
     */
    public record Sum(long parameters, long multiplyAdds) {

        static final Sum NOTHING = new Sum(0, 0);

        Sum plus(Sum other) {
            return new Sum(parameters + other.parameters,
                    Math.addExact(multiplyAdds, other.multiplyAdds));
        }

        Sum minus(Sum other) {
            return new Sum(parameters - other.parameters, multiplyAdds - other.multiplyAdds);
        }
    }

    /**
     * What one node costs.
     *
     * @param parts by kind: one, but for a separable convolution or a stack
     */
    public record LayerCost(Node node, Dims output, Map<Kind, Sum> parts) {

        public Sum sum() {
            return parts.values().stream().reduce(Sum.NOTHING, Sum::plus);
        }
    }

    /** One convolution at its place; for its cost and what it could be instead. */
    private record Stage(Conv2d conv, Shape input) {

        Sum sum() {
            Cost cost = Cost.of(conv, input);
            return new Sum(cost.parameters(), cost.multiplyAdds());
        }

        Kind kind() {
            if (conv.groups() > 1) {
                return conv.isDepthwise() ? Kind.DEPTHWISE : Kind.GROUPED;
            }
            return isPointwise() ? Kind.POINTWISE : Kind.STANDARD;
        }

        boolean isPointwise() {
            return conv.groups() == 1 && conv.kernelHeight() == 1 && conv.kernelWidth() == 1;
        }

        /**
         * An ungrouped convolution with this one's kernel and stride between other numbers of
         * channels.
         */
        Sum standard(int inChannels, int outChannels) {
            Conv2d other = new Conv2d(inChannels, outChannels, conv.kernelHeight(),
                    conv.kernelWidth(), conv.strideHeight(), conv.strideWidth(),
                    conv.dilationHeight(), conv.dilationWidth(), conv.padding(), 1, conv.bias(),
                    conv.activation());
            return new Stage(other, new Shape(input.n(), inChannels, input.h(), input.w())).sum();
        }
    }

    /** The cost of a network as it is; passes may have made it smaller before. */
    public static NetworkCost of(Network network) {
        List<LayerCost> layers = new ArrayList<>();
        Map<Kind, Sum> kinds = new EnumMap<>(Kind.class);
        Map<String, List<Stage>> steps = new LinkedHashMap<>();
        for (Node node : network.nodes()) {
            Map<Kind, Sum> parts = new EnumMap<>(Kind.class);
            if (node.op() instanceof Op.Convolve convolve) {
                List<Stage> own = steps(convolve, network.dims(node.inputs().getFirst()).toShape());
                steps.put(node.output(), own);
                own.forEach(step -> parts.merge(step.kind(), step.sum(), Sum::plus));
            } else {
                parts.put(kind(node.op()),
                        new Sum(node.op() instanceof Op.Constant ? 0 : node.op().parameters(),
                                multiplyAdds(node, network)));
            }
            layers.add(new LayerCost(node, network.dims(node.output()), parts));
            parts.forEach((kind, sum) -> kinds.merge(kind, sum, Sum::plus));
        }
        // what several nodes share has its parameters once
        Sum total = kinds.values().stream().reduce(Sum.NOTHING, Sum::plus)
                .minus(new Sum(sharedParameters(network), 0));
        Replacements replaced = new Replacements(network, steps);
        return new NetworkCost(List.copyOf(layers), kinds, total, total.plus(replaced.standard),
                replaced.pairs, total.plus(replaced.narrow), replaced.invertedResiduals);
    }

    /** Of arrays that more than one node has, once for each node but the first. */
    private static long sharedParameters(Network network) {
        Set<float[]> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return network.nodes().stream().flatMap(node -> arrays(node.op()))
                .filter(array -> array != null && !seen.add(array)).mapToLong(array -> array.length)
                .sum();
    }

    private static Stream<float[]> arrays(Op op) {
        return switch (op) {
            case Op.Convolve convolve -> convolve.weights().stream()
                    .flatMap(weights -> Stream.of(weights.weight(), weights.bias()));
            case Op.ConvolveTransposed transposed ->
                Stream.of(transposed.weight(), transposed.bias());
            case Op.FullyConnected dense -> Stream.of(dense.weight(), dense.bias());
            case Op.ScaleShift scaleShift -> Stream.of(scaleShift.scale(), scaleShift.shift());
            case Op.PRelu prelu -> Stream.of(prelu.slopes());
            default -> Stream.empty();
        };
    }

    private static List<Stage> steps(Op.Convolve convolve, Shape input) {
        List<Stage> steps = new ArrayList<>();
        Shape shape = input;
        for (Conv2d stage : convolve.layer().stages()) {
            steps.add(new Stage(stage, shape));
            shape = stage.outputShape(shape);
        }
        return steps;
    }

    private static Kind kind(Op op) {
        return switch (op) {
            case Op.ConvolveTransposed transposed -> Kind.TRANSPOSED;
            case Op.FullyConnected connected -> Kind.FULLY_CONNECTED;
            case Op.MatrixProduct product -> Kind.FULLY_CONNECTED;
            default -> Kind.OTHER;
        };
    }

    private static long multiplyAdds(Node node, Network network) {
        long out = network.dims(node.output()).elements();
        Dims in = node.inputs().isEmpty() ? Dims.of() : network.dims(node.inputs().getFirst());
        return switch (node.op()) {
            // every input pixel meets every tap
            case Op.ConvolveTransposed transposed -> Math.multiplyExact(
                    (long) in.get(0) * in.get(2) * in.get(3), transposed.kernel().weightCount());
            case Op.FullyConnected connected -> Math.multiplyExact(out, connected.inputs());
            case Op.MatrixProduct product -> Math.multiplyExact(out, in.get(in.rank() - 1));
            default -> 0;
        };
    }

    /** Which convolutions stand for a standard one, and what they would cost more. */
    private static final class Replacements {

        private final Network network;
        private final Map<String, List<Stage>> steps;
        private final Map<String, Node> makers = new HashMap<>();
        private final Map<String, List<Node>> readers = new HashMap<>();
        /** Nodes {@code x * gate(x)} by x, where nothing else reads x. */
        private final Map<String, Node> products = new HashMap<>();
        private Sum standard = Sum.NOTHING;
        private Sum narrow = Sum.NOTHING;
        private int pairs;
        private int invertedResiduals;

        Replacements(Network network, Map<String, List<Stage>> steps) {
            this.network = network;
            this.steps = steps;
            for (Node node : network.nodes()) {
                makers.put(node.output(), node);
                node.inputs().forEach(input -> readers
                        .computeIfAbsent(input, name -> new ArrayList<>()).add(node));
            }
            for (Node node : network.nodes()) {
                if (node.op() instanceof Op.Binary binary && binary.kind() == Op.Binary.Kind.MUL
                        && variable(node) == null) {
                    String x = gated(node);
                    if (x != null && readers.get(x).size() == 2) {
                        products.put(x, node);
                    }
                }
            }
            steps.forEach(this::replace);
        }

        /**
         * The steps of one node: each depthwise one with the pointwise one that follows, in the
         * node or after it.
         */
        private void replace(String output, List<Stage> own) {
            for (int i = 0; i < own.size(); i++) {
                Stage step = own.get(i);
                if (step.kind() == Kind.GROUPED) {
                    more(step.standard(step.conv().inChannels(), step.conv().outChannels())
                            .minus(step.sum()));
                } else if (step.kind() == Kind.DEPTHWISE) {
                    Stage after = i + 1 < own.size() ? own.get(i + 1) : first(next(output));
                    Stage before = i > 0 ? own.get(i - 1) : last(previous(output));
                    replace(step, after, before);
                }
            }
        }

        private void replace(Stage depthwise, Stage after, Stage before) {
            Conv2d conv = depthwise.conv();
            if (after == null || !after.isPointwise()) {
                more(depthwise.standard(conv.inChannels(), conv.outChannels())
                        .minus(depthwise.sum()));
                return;
            }
            pairs++;
            int filters = after.conv().outChannels();
            Sum own = depthwise.sum().plus(after.sum());
            Sum instead = depthwise.standard(conv.inChannels(), filters).minus(own);
            standard = standard.plus(instead);
            if (before != null && before.isPointwise() && before.conv().strideHeight() == 1
                    && before.conv().strideWidth() == 1
                    && before.conv().outChannels() > before.conv().inChannels()
                    && filters < conv.outChannels()) {
                invertedResiduals++;
                narrow = narrow.plus(depthwise.standard(before.conv().inChannels(), filters)
                        .minus(own.plus(before.sum())));
            } else {
                narrow = narrow.plus(instead);
            }
        }

        private void more(Sum sum) {
            standard = standard.plus(sum);
            narrow = narrow.plus(sum);
        }

        /**
         * The convolution that alone reads an array, through what stays within channels; null if
         * another node does.
         */
        private List<Stage> next(String output) {
            String array = output;
            while (array != null && !network.isOutput(array)) {
                List<Node> following = readers.getOrDefault(array, List.of());
                Node reader = following.size() == 1 ? following.getFirst() : products.get(array);
                if (reader == null) {
                    return null;
                }
                if (!passesThrough(reader) && !products.containsValue(reader)) {
                    return steps.get(reader.output());
                }
                array = reader.output();
            }
            return null;
        }

        /**
         * The convolution that makes what a convolution alone reads, through the same; null for
         * another node.
         */
        private List<Stage> previous(String output) {
            String array = makers.get(output).inputs().getFirst();
            while (makers.containsKey(array) && !network.isOutput(array)
                    && (readers.get(array).size() == 1 || products.containsKey(array))) {
                Node maker = makers.get(array);
                if (passesThrough(maker)) {
                    array = variable(maker);
                } else if (products.containsValue(maker)) {
                    array = gated(maker);
                } else {
                    return steps.get(maker.output());
                }
            }
            return null;
        }

        private boolean passesThrough(Node node) {
            return switch (node.op()) {
                case Op.ScaleShift scaleShift -> true;
                case Op.Elementwise elementwise -> true;
                case Op.PRelu prelu -> true;
                case Op.Binary binary -> variable(node) != null;
                default -> false;
            };
        }

        /** The one input that is no constant; null where there are none or several. */
        private String variable(Node node) {
            List<String> variables = node.inputs().stream()
                    .filter(input -> !makers.containsKey(input)
                            || !(makers.get(input).op() instanceof Op.Constant))
                    .toList();
            return variables.size() == 1 ? variables.getFirst() : null;
        }

        /**
         * The array x of {@code x * gate(x)}: a swish or hard swish in several nodes, squeeze and
         * excitation; null for other products.
         */
        private String gated(Node product) {
            for (int side = 0; side < 2; side++) {
                String x = product.inputs().get(side);
                String gate = product.inputs().get(1 - side);
                while (gate != null && !gate.equals(x)) {
                    gate = makers.containsKey(gate) ? variable(makers.get(gate)) : null;
                }
                if (gate != null) {
                    return x;
                }
            }
            return null;
        }

        private static Stage first(List<Stage> steps) {
            return steps == null ? null : steps.getFirst();
        }

        private static Stage last(List<Stage> steps) {
            return steps == null ? null : steps.getLast();
        }
    }
}
