package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;
import static dev.sepconv.generator.VectorCode.broadcast;
import static dev.sepconv.generator.VectorCode.load;
import static dev.sepconv.generator.VectorCode.total;
import static dev.sepconv.generator.VectorCode.vector;

import dev.sepconv.generator.SimdTiles.EvenTile;
import java.util.ArrayList;
import java.util.List;

/** Writes the tiles of pointwise convolutions of few channels. */
final class EvenTiles {

    private static final String PARAMETERS = """
            float[] in, int first, int length, float[] panels, int panel, float[] bias, int biasAt, \
            int width, float low, float high, float[] out, int[] offsets, int channel, int from, \
            int count""";

    private EvenTiles() {
    }

    static String source(List<EvenTile> tiles) {
        Source source = VectorCode.begin(EvenTiles.class,
                List.of("LANES", "SPECIES", "FloatVector", "VectorOperators"), "EvenTile",
                List.of("""
                        {@link PixelTile} for pixels that lie evenly, {@link #APART} numbers from
                        each other, of at most {@link #MOST_NUMBERS}: on machines with 32
                        registers for vectors.""", """
                        How far is known when this is compiled, so that one register finds all
                        pixels, twice as many fit, and there is room to clamp the sums and to
                        store them where they belong. That counts where there is little to sum:
                        with 16 to 64 numbers a pixel what comes before and after takes as long as
                        the sums."""));
        source.doc(List.of("From a pixel's first number to the next one's: eleven lines of "
                + "the caches and so all sets of the first one, which 128 would not reach."))
                .line("public static final int APART = 176;").line("");
        source.doc(List.of("Of a pixel, at most."))
                .line("public static final int MOST_NUMBERS = 160;").line("");
        source.doc(List.of("So many at once, and no fewer."))
                .line("public static final int PIXELS = %d;".formatted(tiles.getFirst().pixels()))
                .line("");
        VectorCode.constructor(source, "EvenTile");
        List<Method> methods = new ArrayList<>();
        methods.add(run(tiles));
        tiles.forEach(tile -> methods.add(method(tile)));
        return VectorCode.end(source, methods);
    }

    private static Method run(List<EvenTile> tiles) {
        return new Method(List.of("""
                One panel of output channels for pixels that follow one another, with bias and
                clamped.""", "@param first where the first pixel lies in {@code in}", """
                @param length how many numbers of each are summed""",
                "@param panel where the panel begins in {@code panels}",
                "@param biasAt where the bias of its first channel is", """
                        @param width how many of the panel's output channels are wanted, whole
                        vectors; no others are written""",
                "@param low what sums are raised to at least; a NaN stays one",
                "@param high what they are lowered to at most",
                "@param offsets for each pixel where its first channel goes in {@code out}",
                "@param channel added to each of them",
                "@param from the first pixel that is computed",
                "@param count how many, a multiple of {@link #PIXELS}"), "public static", "run",
                PARAMETERS, source -> {
                    source.line("if (width <= LANES) {");
                    source.line(method(tiles.getLast()).call());
                    source.line("} else {");
                    source.line(method(tiles.getFirst()).call());
                    source.line("}");
                });
    }

    private static Method method(EvenTile tile) {
        return Method.tile(tile.why(), "tile%dx%d".formatted(tile.pixels(), tile.vectors()),
                PARAMETERS, source -> tile(source, tile));
    }

    private static void tile(Source source, EvenTile tile) {
        source.line("int next = panel + length * PixelTile.WIDTH;");
        source.line("for (int t = from; t < from + count; t += %d) {".formatted(tile.pixels()));
        source.line("int end = first + t * APART + length;");
        source.line(vector("zero", "FloatVector.zero(SPECIES)"));
        source.each(tile.pixels() * tile.vectors(),
                i -> vector(total(i / tile.vectors(), i % tile.vectors()), "zero"));
        source.line("for (int c = -length; c < 0; c++) {");
        source.each(tile.vectors(), v -> vector("w" + v,
                load("panels", sum("next", "c * PixelTile.WIDTH", times(v, "LANES")))));
        source.line("FloatVector x;");
        for (int p = 0; p < tile.pixels(); p++) {
            int pixel = p;
            source.line("x = %s;".formatted(broadcast("in", sum("end", "c", times(p, "APART")))));
            source.each(tile.vectors(),
                    v -> "%s = x.fma(w%d, %1$s);".formatted(total(pixel, v), v));
        }
        source.line("}");
        source.each(tile.vectors(),
                v -> vector("b" + v, load("bias", sum("biasAt", times(v, "LANES")))));
        source.line("int o;");
        for (int p = 0; p < tile.pixels(); p++) {
            source.line("o = offsets[%s] + channel;".formatted(sum("t", "" + p)));
            for (int v = 0; v < tile.vectors(); v++) {
                String total = total(p, v);
                source.line("%s = %1$s.add(b%d);".formatted(total, v));
                source.line("%s = %1$s.blend(low, %1$s.compare(VectorOperators.LT, low));"
                        .formatted(total));
                source.line(
                        "%s.blend(high, %1$s.compare(VectorOperators.GT, high)).intoArray(out, %s);"
                                .formatted(total, sum("o", times(v, "LANES"))));
            }
        }
        source.line("}");
    }
}
