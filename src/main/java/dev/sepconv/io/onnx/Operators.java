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

    /** A node's operator, or null if it can't be read. */
    static Operator of(NodeProto node) {
        return switch (node.domain) {
            case "", "ai.onnx" -> ALL.get(node.opType);
            case MICROSOFT -> OF_MICROSOFT.get(node.opType);
            default -> null;
        };
    }
}
