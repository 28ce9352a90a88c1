package dev.sepconv.io.onnx;

import dev.sepconv.io.onnx.OnnxProto.NodeProto;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Every operator that can be read, by its name in ONNX. */
final class Operators {

    /**
     * Reads a node of one operator: asks for its attributes and inputs, and says what its results
     * are.
     */
    interface Operator {
        void read(NodeReader node);
    }

    /** The domain of what ONNX Runtime adds to ONNX. */
    static final String MICROSOFT = "com.microsoft";

    private static final Map<String, Operator> ALL = new TreeMap<>();
    private static final Map<String, Operator> OF_MICROSOFT = new TreeMap<>();

    static {
        Windows.addTo(ALL);
        Arithmetic.addTo(ALL);
        Arrangement.addTo(ALL);
        Constants.addTo(ALL);
        Normalizations.addTo(ALL);
        Folding.addTo(ALL);
        Quantization.addTo(ALL);
        Quantization.addMicrosoftTo(OF_MICROSOFT);
        Fused.addTo(OF_MICROSOFT);
        Conditions.addTo(ALL);
        Selection.addTo(ALL);
        ALL.put("Einsum", Einsum::read);
        ALL.put("Attention", Attention::read);
        ALL.put("Resize", Resizing::resize);
        ALL.put("Upsample", Resizing::upsample);
    }

    private Operators() {
    }

    /** ONNX's own, in alphabetical order. */
    static Set<String> names() {
        return ALL.keySet();
    }

    /** ONNX Runtime's, in alphabetical order. */
    static Set<String> microsoftNames() {
        return OF_MICROSOFT.keySet();
    }

    /**
     * What a set after {@link OnnxReader#NEWEST} changed, and which set; by the schemas of onnx
     * 1.23.1. What isn't here is read from these sets too.
     */
    private static final Map<String, Integer> CHANGED = Map.ofEntries(Map.entry("Range", 27),
            Map.entry("Cast", 28), Map.entry("Celu", 28), Map.entry("DepthToSpace", 28),
            Map.entry("DequantizeLinear", 28), Map.entry("Einsum", 28), Map.entry("Mod", 28),
            Map.entry("OneHot", 28), Map.entry("QuantizeLinear", 28), Map.entry("ReduceLogSum", 28),
            Map.entry("ReduceLogSumExp", 28), Map.entry("SpaceToDepth", 28));

    /** Refuses an operator that the model's set changed after we learned to read it. */
    static void refuseChanged(NodeProto node, int opset) {
        int since = node.domain.equals(MICROSOFT)
                ? Integer.MAX_VALUE
                : CHANGED.getOrDefault(node.opType, Integer.MAX_VALUE);
        if (opset >= since) {
            throw new ModelException(
                    "operator set %d changed it, and it can be read as sets before that have it; export the model with an older one, such as 17"
                            .formatted(since));
        }
    }

    /** A node's operator, or null if it can't be read. */
    static Operator of(NodeProto node) {
        return switch (node.domain) {
            case "", "ai.onnx" -> ALL.get(node.opType);
            case MICROSOFT -> OF_MICROSOFT.get(node.opType);
            default -> null;
        };
    }
}
