package dev.sepconv.io.onnx;

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

    private static final Map<String, Operator> ALL = new TreeMap<>();

    static {
        Windows.addTo(ALL);
        Arithmetic.addTo(ALL);
        Arrangement.addTo(ALL);
        Constants.addTo(ALL);
        Normalizations.addTo(ALL);
        Folding.addTo(ALL);
        ALL.put("Where", Folding::where);
        ALL.put("Resize", Resizing::resize);
        ALL.put("Upsample", Resizing::upsample);
    }

    private Operators() {
    }

    /** In alphabetical order. */
    static Set<String> names() {
        return ALL.keySet();
    }

    /** The operator of that name, or null if it can't be read. */
    static Operator named(String name) {
        return ALL.get(name);
    }
}
