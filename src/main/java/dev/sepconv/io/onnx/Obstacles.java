package dev.sepconv.io.onnx;

import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What keeps a model from being read, all of it: who exports a model anew wants to know at once
 * what else stands in the way. What depends on an obstacle can't be judged and is passed over.
 */
final class Obstacles {

    private static final int MOST_SAID = 5;

    /** Arrays that can't be known, because of an obstacle before them. */
    private final Set<String> lost = new HashSet<>();
    private final List<String> sentences = new ArrayList<>();
    private Exception first;

    /** Begins with the operators that aren't known at all. */
    Obstacles(GraphProto graph, List<NodeProto> needed) {
        Set<String> computed = null;
        Map<String, String> unknown = new LinkedHashMap<>();
        boolean allFromConstants = true;
        for (NodeProto node : needed) {
            boolean ours = node.domain.isEmpty() || node.domain.equals("ai.onnx");
            if (Operators.of(node) == null) {
                computed = computed == null ? computed(graph, needed) : computed;
                unknown.putIfAbsent(ours ? node.opType : node.domain + "." + node.opType,
                        NodeReader.name(node));
                allFromConstants &= ours && node.inputs.stream().noneMatch(computed::contains);
                lose(node);
            }
        }
        if (!unknown.isEmpty()) {
            List<String> each = new ArrayList<>();
            unknown.forEach(
                    (operator, node) -> each.add("%s (node '%s')".formatted(operator, node)));
            String them = each.size() == 1 ? "it" : "them";
            sentences.add(
                    "operator %s can't be read; export the model without %s%s, or cut the graph before %s"
                            .formatted(String.join(", ", each), them, allFromConstants
                                    ? ", as a simplifier such as onnxsim may do, since nothing that goes in reaches "
                                            + them
                                    : "", them));
        }
    }

    /**
     * Arrays whose numbers depend on what goes in. Sizes don't, so a simplifier can compute what is
     * made of them.
     */
    private static Set<String> computed(GraphProto graph, List<NodeProto> needed) {
        Set<String> computed = new HashSet<>();
        graph.inputs.forEach(input -> computed.add(input.name));
        graph.initializers.forEach(tensor -> computed.remove(tensor.name));
        for (NodeProto node : needed) {
            boolean sizes = node.opType.equals("Shape") || node.opType.equals("Size");
            if (!sizes && node.inputs.stream().anyMatch(computed::contains)) {
                node.outputs.stream().filter(output -> !output.isEmpty()).forEach(computed::add);
            }
        }
        return computed;
    }

    /** Whether a node is an obstacle itself, or depends on one; then what it makes is lost too. */
    boolean reaches(NodeProto node) {
        boolean reached = node.inputs.stream().anyMatch(lost::contains)
                || node.outputs.stream().anyMatch(lost::contains);
        if (reached) {
            lose(node);
        }
        return reached;
    }

    void add(NodeProto node, String sentence, Exception cause) {
        first = first == null ? cause : first;
        sentences.add(sentence);
        lose(node);
    }

    /** An output without a name is one that nobody reads. */
    private void lose(NodeProto node) {
        node.outputs.stream().filter(output -> !output.isEmpty()).forEach(lost::add);
    }

    void addInput(String input, String sentence) {
        sentences.add(sentence);
        lost.add(input);
    }

    /** @throws ModelException if there are any; it says the first few */
    void refuse() {
        if (!sentences.isEmpty()) {
            String said = String.join("; also, ",
                    sentences.subList(0, Math.min(sentences.size(), MOST_SAID)));
            int left = sentences.size() - MOST_SAID;
            throw new ModelException(
                    left > 0 ? "%s; and %d more like these".formatted(said, left) : said, first);
        }
    }
}
