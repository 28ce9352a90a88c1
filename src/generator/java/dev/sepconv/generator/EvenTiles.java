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
import java.util.function.IntFunction;

/** Writes the tiles of pointwise convolutions of few channels. */
final class EvenTiles {

    private static final String PARAMETERS = """
            float[] in, int first, int length, float[] panels, int panel, float[] bias, int biasAt, \
            int width, float low, float high, float[] out, int[] offsets, int channel, int from, \
            int count""";

    private static final String PICTURE = """
            float[] in, int first, int[] taps, int stride, float[] panels, int panel, \
            float[] bias, int biasAt, int width, float low, float high, float[] out, int[] offsets, \
            int channel, int count""";

    /** That pictures have tiles for. */
    private static final List<Integer> STRIDES = List.of(1, 2);

    private static final String PANEL = "@param panel where the panel begins in {@code panels}";
    private static final String BIAS = "@param biasAt where the bias of its first channel is";
    private static final String WIDE = """
            @param width how many of the panel's output channels are wanted, whole
            vectors; no others are written""";
    private static final String LOW = "@param low what sums are raised to at least; a NaN stays one";
    private static final String HIGH = "@param high what they are lowered to at most";
    private static final String OFFSETS = "@param offsets for each pixel where its first channel goes in {@code out}";

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
                @param length how many numbers of each are summed""", PANEL, BIAS, WIDE, LOW, HIGH,
                OFFSETS, "@param channel added to each of them",
                "@param from the first pixel that is computed",
                "@param count how many, a multiple of {@link #PIXELS}"), "public static", "run",
                PARAMETERS,
                source -> byWidth(source, tiles.stream().map(EvenTiles::method).toList()));
    }

    private static Method method(EvenTile tile) {
        return Method.tile(tile.why(), "tile%dx%d".formatted(tile.pixels(), tile.vectors()),
                PARAMETERS, source -> tile(source, tile));
    }

    private static void tile(Source source, EvenTile tile) {
        source.line("int next = panel + length * PixelTile.WIDTH;");
        source.line("for (int t = from; t < from + count; t += %d) {".formatted(tile.pixels()));
        source.line("int end = first + t * APART + length;");
        zeros(source, tile);
        source.line("for (int c = -length; c < 0; c++) {");
        step(source, tile, "next", "c", p -> sum("end", "c", times(p, "APART")));
        source.line("}");
        store(source, tile);
        source.line("}");
    }

    /** Of pictures of few channels, read where they lie. */
    static String pictures(List<EvenTile> tiles) {
        Source source = VectorCode.begin(EvenTiles.class,
                List.of("LANES", "SPECIES", "FloatVector", "VectorOperators"), "PictureTile",
                List.of("""
                        {@link EvenTile} for neighbouring pixels of a row of a convolution on
                        planes: what a tap meets lies as far apart as the stride, which is known
                        when this is compiled, so that nothing has to be moved but the picture's
                        rows."""));
        source.doc(List.of("So many at once, and no fewer."))
                .line("public static final int PIXELS = %d;".formatted(tiles.getFirst().pixels()))
                .line("");
        VectorCode.constructor(source, "PictureTile");
        List<Method> methods = new ArrayList<>();
        List<List<Method>> strides = STRIDES.stream()
                .map(stride -> tiles.stream()
                        .map(tile -> Method.tile(tile.why(),
                                "tile%dx%dStride%d".formatted(tile.pixels(), tile.vectors(),
                                        stride),
                                PICTURE, body -> pictureTile(body, tile, stride)))
                        .toList())
                .toList();
        methods.add(new Method(List.of("""
                One panel of output channels for neighbouring pixels, with bias and clamped.""",
                "@param first what is added to each of {@code taps} for the first pixel", """
                        @param taps for each number that is summed where it lies in {@code in}""",
                "@param stride from there to where it lies of the next pixel: 1 or 2", PANEL, BIAS,
                WIDE, LOW, HIGH, OFFSETS, "@param channel added to each of them",
                "@param count how many pixels, at least {@link #PIXELS}"), "public static", "run",
                PICTURE, source1 -> {
                    source1.line("if (stride == 1) {");
                    byWidth(source1, strides.getFirst());
                    source1.line("} else {");
                    byWidth(source1, strides.getLast());
                    source1.line("}");
                }));
        strides.forEach(methods::addAll);
        return VectorCode.end(source, methods);
    }

    private static void pictureTile(Source source, EvenTile tile, int stride) {
        source.line("for (int w = 0; w < count; w += %d) {".formatted(tile.pixels()));
        source.line("int t = Math.min(w, count - %d); // the last ones overlap those before"
                .formatted(tile.pixels()));
        zeros(source, tile);
        source.line("for (int i = 0; i < taps.length; i++) {");
        source.line("int z = %s;".formatted(sum("first", times(stride, "t"), "taps[i]")));
        step(source, tile, "panel", "i", p -> sum("z", "" + p * stride));
        source.line("}");
        store(source, tile);
        source.line("}");
    }

    private static void byWidth(Source source, List<Method> methods) {
        source.line("if (width <= LANES) {").line(methods.getLast().call()).line("} else {")
                .line(methods.getFirst().call()).line("}");
    }

    private static void zeros(Source source, EvenTile tile) {
        source.line(vector("zero", "FloatVector.zero(SPECIES)"));
        source.each(tile.pixels() * tile.vectors(),
                i -> vector(total(i / tile.vectors(), i % tile.vectors()), "zero"));
    }

    /**
     * One number of each pixel.
     *
     * @param panel where weight 0 lies
     * @param number which one
     * @param at where it lies of a pixel
     */
    private static void step(Source source, EvenTile tile, String panel, String number,
            IntFunction<String> at) {
        source.each(tile.vectors(), v -> vector("w" + v,
                load("panels", sum(panel, number + " * PixelTile.WIDTH", times(v, "LANES")))));
        source.line("FloatVector x;");
        for (int p = 0; p < tile.pixels(); p++) {
            int pixel = p;
            source.line("x = %s;".formatted(broadcast("in", at.apply(p))));
            source.each(tile.vectors(),
                    v -> "%s = x.fma(w%d, %1$s);".formatted(total(pixel, v), v));
        }
    }

    private static void store(Source source, EvenTile tile) {
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
    }
}
