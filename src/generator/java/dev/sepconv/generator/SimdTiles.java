package dev.sepconv.generator;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every tile of the simd engine, a line each: what the compiler keeps in registers at once. All
 * else, the loops and which tile a machine takes, follows from these lists.
 */
final class SimdTiles {

    private static final Path ROOT = Path.of("src/main/java/dev/sepconv/engine/simd/gen");

    /**
     * Of convolutions that mix channels, those of one machine with as many pixels, and the widest
     * first.
     */
    static final List<PixelTile> PIXEL_TILES = List.of(new PixelTile(32, 7, 2, false, """
            28 of the 32 registers that AVX-512 and ARM have, with the sums of the runs;
            and 7 divides the picture sizes of most networks."""),
            new PixelTile(32, 7, 1, false, """
                    One vector of output channels: for groups and ends that don't fill more."""),
            new PixelTile(16, 6, 2, false, """
                    12 of the 16 registers that AVX2 has; any more would spill."""),
            new PixelTile(16, 6, 2, true, """
                    Two groups share a panel where half of one can't be had by itself."""));

    /**
     * @param registers of the machines that take it
     * @param pixels from each of them a number is broadcast
     * @param vectors of output channels
     * @param apart whether each vector is of a group of its own
     */
    record PixelTile(int registers, int pixels, int vectors, boolean apart, String why) {
    }

    private SimdTiles() {
    }

    static Map<Path, String> files() {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(ROOT.resolve("PixelTile.java"), PixelTiles.source(PIXEL_TILES));
        return files;
    }

    /**
     * A class of tiles.
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

    /** A vector of an array. */
    static String load(String array, String at) {
        return "FloatVector.fromArray(SPECIES, %s, %s)".formatted(array, at);
    }

    /** A vector of which every lane is one number of an array. */
    static String broadcast(String array, String at) {
        return "FloatVector.broadcast(SPECIES, %s[%s])".formatted(array, at);
    }

    /** The end of a class of tiles: nobody makes one. */
    static String end(Source source, String name) {
        return source.line("private %s() {".formatted(name)).line("}").line("}").toString();
    }
}
