package dev.sepconv.engine;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A network of one image a run as one of several. */
public final class Batches {

    private Batches() {
    }

    /**
     * The network with {@code images} in place of 1 as the first dimension of every input and
     * output.
     *
     * @param images how many go through it at once, at least 1
     * @throws IllegalArgumentException if an input or output has not 1 as its first dimension, or
     * an operation reads across images; the sentence names it
     */
    public static Network of(Network network, int images) {
        if (images < 1) {
            throw new IllegalArgumentException(
                    "batch is %d; it must be at least 1".formatted(images));
        }
        if (images == 1) {
            return network;
        }
        Map<String, Dims> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> {
            requireOne("input", name, dims, images);
            inputs.put(name, dims.with(0, images));
        });
        network.outputs().forEach(name -> requireOne("output", name, network.dims(name), images));
        Set<String> batched = new HashSet<>(inputs.keySet());
        List<Node> nodes = new ArrayList<>();
        for (Node node : network.nodes()) {
            if (node.inputs().stream().noneMatch(batched::contains)) {
                // made of constants alone: once for all images, unless it is given back
                nodes.add(network.isOutput(node.output()) ? repeated(network, node, images) : node);
                continue;
            }
            if (!isOne(network.dims(node.output()))) {
                throw acrossImages(node, images);
            }
            batched.add(node.output());
            nodes.add(new Node(node.name(), batched(node.op(), images), node.inputs(),
                    node.output()));
        }
        Network result;
        try {
            result = new Network(network.name(), inputs, nodes, network.outputs());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s; the network can't take a batch of %d".formatted(e.getMessage(), images),
                    e);
        }
        for (Node node : result.nodes()) {
            if (batched.contains(node.output())) {
                check(node, result, batched, images);
            }
        }
        return result;
    }

    private static boolean isOne(Dims dims) {
        return dims.rank() > 0 && dims.get(0) == 1;
    }

    private static void requireOne(String what, String name, Dims dims, int images) {
        if (!isOne(dims)) {
            throw new IllegalArgumentException(
                    "%s '%s' is %s; for a batch of %d its first dimension must be 1".formatted(what,
                            name, dims, images));
        }
    }

    /** Those that say sizes themselves say the batch too. */
    private static Op batched(Op op, int images) {
        return switch (op) {
            case Op.Reshape reshape -> new Op.Reshape(reshape.dims().with(0, images));
            case Op.Slice slice -> {
                List<Integer> steps = new ArrayList<>(slice.steps());
                steps.set(0, 1); // of one image any step is the same
                yield new Op.Slice(slice.starts(), new Dims(slice.sizes()).with(0, images).sizes(),
                        steps);
            }
            default -> op;
        };
    }

    private static Node repeated(Network network, Node node, int images) {
        if (!(node.op() instanceof Op.Constant constant)) {
            throw acrossImages(node, images);
        }
        return new Node(node.name(),
                new Op.Constant(NdArray.concat(Collections.nCopies(images, constant.value()))),
                node.inputs(), node.output());
    }

    /** Whether each image of the result reads the same one of every batched input, and no other. */
    private static void check(Node node, Network network, Set<String> batched, int images) {
        List<Dims> dims = node.inputs().stream().map(network::dims).toList();
        for (int image : new int[]{0, images - 1}) {
            Interval one = new Interval(image, image + 1);
            Optional<OpPart> part = OpPart.of(node.op(), dims, network.dims(node.output()),
                    OpPart.BATCH, one);
            boolean apart = part.isPresent();
            for (int i = 0; apart && i < node.inputs().size(); i++) {
                OpPart.Need need = part.get().needs().get(i);
                apart = batched.contains(node.inputs().get(i))
                        ? need.axis() == OpPart.BATCH && one.equals(need.interval())
                        : need.interval() == null;
            }
            if (!apart) {
                throw acrossImages(node, images);
            }
        }
    }

    private static IllegalArgumentException acrossImages(Node node, int images) {
        return new IllegalArgumentException(
                "node '%s' (%s) doesn't keep images apart; the network can't take a batch of %d"
                        .formatted(node.name(), node.op().label(), images));
    }
}
