package dev.sepconv.generator;

import java.util.List;

/** What all classes of tiles of the simd engine are written with. */
final class VectorCode {

    /** What the taps of a 3x3 kernel are called. */
    static final List<String> NINE_TAPS = List.of("topLeft", "top", "topRight", "left", "centre",
            "right", "bottomLeft", "bottom", "bottomRight");

    private VectorCode() {
    }

    /**
     * The beginning of a class of tiles.
     *
     * @param generator the class that writes it
     * @param imports of the engine's and the JDK's vectors
     */
    static Source begin(Class<?> generator, List<String> imports, String name,
            List<String> paragraphs) {
        Source source = new Source().line("package dev.sepconv.engine.simd.gen;").line("")
                .line("// Written by %s: change it there, then mvn -q -Pgenerate validate."
                        .formatted(generator.getSimpleName()))
                .line("");
        for (String constant : imports) {
            if (constant.matches("[A-Z]+")) {
                source.line("import static dev.sepconv.engine.simd.vector.VectorUnit.%s;"
                        .formatted(constant));
            }
        }
        source.line("");
        for (String type : imports) {
            if (!type.matches("[A-Z]+")) {
                source.line("import jdk.incubator.vector.%s;".formatted(type));
            }
        }
        return source.line("").doc(paragraphs).line("public final class %s {".formatted(name))
                .line("");
    }

    /** Nobody makes one. */
    static void constructor(Source source, String name) {
        source.line("private %s() {".formatted(name)).line("}").line("");
    }

    /** The methods of a class, and its end. */
    static String end(Source source, List<Method> methods) {
        for (int i = 0; i < methods.size(); i++) {
            methods.get(i).write(i == 0 ? source : source.line(""));
        }
        return source.line("}").toString();
    }

    /** A vector of an array. */
    static String load(String array, String at) {
        return "FloatVector.fromArray(SPECIES, %s, %s)".formatted(array, at);
    }

    /** A vector of which every lane is one number of an array. */
    static String broadcast(String array, String at) {
        return "FloatVector.broadcast(SPECIES, %s[%s])".formatted(array, at);
    }

    /** {@code FloatVector name = value;} */
    static String vector(String name, String value) {
        return "FloatVector %s = %s;".formatted(name, value);
    }

    /** What is summed of a pixel and a vector of output channels: s0, t0, s1, t1 … */
    static String total(int pixel, int vector) {
        return (char) ('s' + vector) + "" + pixel;
    }
}
