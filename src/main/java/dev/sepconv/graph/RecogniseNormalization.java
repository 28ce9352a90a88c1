package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Op.Elementwise.Function;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * {@code (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon)}, the layer normalisation that
 * exporters before ONNX's operator set 17 spell out (Ba et al. 2016), becomes one step; and so does
 * {@code x / sqrt(mean(x^2) + epsilon)} (Zhang and Sennrich 2019, RMSNorm). The means are over any
 * dimensions: the last one, the channels of a picture (ConvNeXt's {@code LayerNorm2d}), a picture
 * (instance normalisation). Those that aren't the last stand between two transpositions.
 *
 * <p>
 * Not one whose deviation is read elsewhere too: it has to be computed anyway.
 */
final class RecogniseNormalization {

    private final Network network;
    private final Wiring wiring;
    /** What was named here. */
    private final Set<String> names = new HashSet<>();

    private RecogniseNormalization(Wiring wiring) {
        this.network = wiring.network();
        this.wiring = wiring;
    }

    static Network run(Wiring wiring) {
        Network network = wiring.network();
        RecogniseNormalization pass = new RecogniseNormalization(wiring);
        List<Node> nodes = new ArrayList<>();
        boolean changed = false;
        for (Node node : network.nodes()) {
            Optional<Form> form = pass.form(node);
            changed |= form.isPresent();
            form.ifPresentOrElse(found -> nodes.addAll(pass.steps(found, node)),
                    () -> nodes.add(node));
        }
        return changed ? DropDead.run(network.withNodes(nodes)) : network;
    }

    /**
     * @param x what is normalised
     * @param dimensions over which ones, ascending
     * @param centered whether the mean is taken off
     */
    private record Form(String x, List<Integer> dimensions, double epsilon, boolean centered) {
    }

    /** What follows has the dimensions that are normalised over at the end. */
    private List<Node> steps(Form form, Node node) {
        int rank = network.dims(form.x()).rank();
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank)
                .filter(d -> !form.dimensions().contains(d)).boxed().toList());
        Op.Normalize normalize = new Op.Normalize(order.size(), (float) form.epsilon(),
                form.centered());
        order.addAll(form.dimensions());
        if (order.equals(order.stream().sorted().toList())) {
            return List.of(new Node(node.name(), normalize, List.of(form.x()), node.output()));
        }
        List<Integer> back = IntStream.range(0, rank).map(order::indexOf).boxed().toList();
        String turned = name(node.output() + "/turned");
        String normal = name(node.output() + "/normal");
        return List.of(
                new Node(node.name() + "/turn", new Op.Transpose(order), List.of(form.x()), turned),
                new Node(node.name(), normalize, List.of(turned), normal),
                new Node(node.name() + "/back", new Op.Transpose(back), List.of(normal),
                        node.output()));
    }

    private String name(String wanted) {
        String name = wanted;
        while (network.dims().containsKey(name) || !names.add(name)) {
            name += "'";
        }
        return name;
    }

    /** {@code d / sqrt(…)}, {@code d * (1 / sqrt(…))}, {@code d * (…)^-0.5}. */
    private Optional<Form> form(Node node) {
        if (!(node.op() instanceof Op.Binary binary)) {
            return Optional.empty();
        }
        String left = node.inputs().get(0);
        String right = node.inputs().get(1);
        return switch (binary.kind()) {
            case DIV ->
                wiring.onlyFor(right).flatMap(this::root).flatMap(variance -> form(left, variance));
            case MUL -> wiring.onlyFor(right).flatMap(this::inverseRoot)
                    .flatMap(variance -> form(left, variance)).or(() -> wiring.onlyFor(left)
                            .flatMap(this::inverseRoot).flatMap(variance -> form(right, variance)));
            default -> Optional.empty();
        };
    }

    private Optional<String> root(Node node) {
        return node.op() instanceof Op.Elementwise op && op.function() == Function.SQRT
                ? Optional.of(node.inputs().getFirst())
                : Optional.empty();
    }

    private Optional<String> inverseRoot(Node node) {
        if (node.op() instanceof Op.Elementwise op) {
            return switch (op.function()) {
                case RECIPROCAL -> wiring.onlyFor(node.inputs().getFirst()).flatMap(this::root);
                case POWER ->
                    op.a() == -0.5f ? Optional.of(node.inputs().getFirst()) : Optional.empty();
                default -> Optional.empty();
            };
        }
        return node.op() instanceof Op.Binary op && op.kind() == Op.Binary.Kind.DIV
                && Uniform.number(wiring, node.inputs().get(0)).orElse(0) == 1
                        ? wiring.onlyFor(node.inputs().get(1)).flatMap(this::root)
                        : Optional.empty();
    }

    /** {@code deviation} over the root of {@code mean(deviation^2) + epsilon}. */
    private Optional<Form> form(String deviation, String variance) {
        Optional<Uniform> sum = wiring.onlyFor(variance).flatMap(node -> Uniform.of(wiring, node))
                .filter(uniform -> uniform.scale() == 1 && uniform.shift() > 0);
        Optional<Node> mean = sum.flatMap(uniform -> wiring.onlyFor(uniform.input()));
        if (mean.isEmpty() || !(mean.get().op() instanceof Op.Reduce over) || !isMean(over)) {
            return Optional.empty();
        }
        return wiring.onlyFor(mean.get().inputs().getFirst())
                .filter(square -> square.op() instanceof Op.Binary binary
                        && binary.kind() == Op.Binary.Kind.MUL
                        && isSame(square.inputs().get(0), deviation, over)
                        && isSame(square.inputs().get(1), deviation, over))
                .map(square -> centred(deviation, over)
                        .map(x -> new Form(x, over.dimensions(), sum.get().shift(), true))
                        .orElse(new Form(deviation, over.dimensions(), sum.get().shift(), false)));
    }

    private static boolean isMean(Op.Reduce op) {
        return op.kind() == Op.Reduce.Kind.MEAN && op.keep();
    }

    /** Whether two arrays are one, or both the same array less its mean. */
    private boolean isSame(String one, String other, Op.Reduce over) {
        return one.equals(other) || centred(one, over).isPresent()
                && centred(one, over).equals(centred(other, over));
    }

    /** The array x of {@code x - mean(x)}, the mean over the same dimensions. */
    private Optional<String> centred(String array, Op.Reduce over) {
        return wiring.maker(array)
                .filter(node -> node.op() instanceof Op.Binary binary
                        && binary.kind() == Op.Binary.Kind.SUB)
                .filter(node -> wiring.maker(node.inputs().get(1))
                        .filter(mean -> mean.op().equals(over)
                                && mean.inputs().getFirst().equals(node.inputs().get(0)))
                        .isPresent())
                .map(node -> node.inputs().getFirst());
    }
}
