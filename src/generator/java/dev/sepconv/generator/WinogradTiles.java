package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;
import static dev.sepconv.generator.VectorCode.load;
import static dev.sepconv.generator.VectorCode.vector;

import java.util.List;

/** Writes the transforms of Winograd's F(2x2, 3x3). */
final class WinogradTiles {

    /** The rows of B': what becomes of four numbers. */
    private static final List<String> INPUT = List.of("%1$s.sub(%3$s)", "%2$s.add(%3$s)",
            "%3$s.sub(%2$s)", "%2$s.sub(%4$s)");

    private WinogradTiles() {
    }

    static String source() {
        Source source = VectorCode.begin(WinogradTiles.class,
                List.of("LANES", "SPECIES", "FloatVector"), "WinogradTile", List.of("""
                        The transforms of Winograd's F(2x2, 3x3) for one tile (Lavin and Gray,
                        "Fast Algorithms for Convolutional Neural Networks", 2016, section 4.1):
                        2x2 outputs of a 3x3 convolution are
                        {@code A'[(G g G') * (B' d B)]A}, where {@code d} are the 4x4 inputs that
                        they read and {@code *} multiplies the 16 points one by one: 16 products in
                        place of 36.""", """
                        Channels are lanes. Where they don't fill the last vector it begins early
                        enough to end with them, and a few are computed twice."""));
        source.doc(List.of("""
                Points of a transformed tile, which lie apart: each is a matrix product over all
                tiles.""")).line("public static final int POINTS = 16;").line("");
        source.doc(List.of("Output rows, and columns, of a tile."))
                .line("public static final int OUT = 2;").line("");
        VectorCode.constructor(source, "WinogradTile");
        return VectorCode.end(source, List.of(
                new Method(List.of("{@code B' d B} of one tile.",
                        "@param at the first channel of the first of its 4x4 input pixels",
                        "@param row from one input row to the next",
                        "@param pixel from one input pixel to the next",
                        "@param channels at least a vector's",
                        "@param to the first channel of the tile's first point in {@code v}",
                        "@param point from one point to the next"), "public static", "input", """
                                float[] x, int at, int row, int pixel, int channels, \
                                float[] v, int to, int point""", WinogradTiles::input),
                new Method(List.of("""
                        {@code A' m A} of one tile, with bias, without activation. It stores the
                        last pixel first and the first one last, so that pixels that the output
                        does not have can be given the place of one before them.""",
                        "@param m the products",
                        "@param from the first output channel of the tile's first point",
                        "@param point from one point to the next",
                        "@param filters at least a vector's", "@param bias one number a filter",
                        "@param biasAt the first filter's", """
                                @param o00 where the first channel of the upper left output pixel
                                goes in {@code out}""", "@param o01 of the upper right one",
                        "@param o10 of the lower left one", "@param o11 of the lower right one"),
                        "public static", "output",
                        """
                                float[] m, int from, int point, int filters, float[] bias, int biasAt, \
                                float[] out, int o00, int o01, int o10, int o11""",
                        WinogradTiles::output)));
    }

    private static void input(Source source) {
        source.line("for (int c = 0; c < channels; c += LANES) {")
                .line("int first = Math.min(c, channels - LANES);").line("int i = at + first;");
        source.each(4, r -> "FloatVector d%d;".formatted(r));
        for (int column = 0; column < 4; column++) {
            char name = (char) ('p' + column);
            if (column > 0) {
                source.line("i += pixel;");
            }
            source.each(4, r -> "d%d = %s;".formatted(r, load("x", sum("i", times(r, "row")))));
            source.each(4,
                    r -> vector(name + "" + r, INPUT.get(r).formatted("d0", "d1", "d2", "d3")));
        }
        source.line("int o = to + first;");
        for (int r = 0; r < 4; r++) {
            int row = r;
            source.each(4,
                    s -> "%s.intoArray(v, %s);".formatted(
                            INPUT.get(s).formatted("p" + row, "q" + row, "r" + row, "s" + row),
                            sum("o", times(4 * row + s, "point"))));
        }
        source.line("}");
    }

    private static void output(Source source) {
        source.line("for (int k = 0; k < filters; k += LANES) {")
                .line("int first = Math.min(k, filters - LANES);").line("int i = from + first;")
                .line("FloatVector m1;").line("FloatVector m2;");
        for (int c = 0; c < 4; c++) {
            if (c > 0) {
                source.line("i += point;");
            }
            source.line("m1 = %s;".formatted(load("m", "i + 4 * point")))
                    .line("m2 = %s;".formatted(load("m", "i + 8 * point")))
                    .line(vector("s" + c, load("m", "i") + ".add(m1).add(m2)")).line(vector("t" + c,
                            "m1.sub(m2).sub(%s)".formatted(load("m", "i + 12 * point"))));
        }
        source.line(vector("b", load("bias", "biasAt + first")));
        for (String row : List.of("t", "s")) {
            int r = row.equals("t") ? 1 : 0;
            source.line("%1$s1.sub(%1$s2).sub(%1$s3).add(b).intoArray(out, o%2$d1 + first);"
                    .formatted(row, r))
                    .line("%1$s0.add(%1$s1).add(%1$s2).add(b).intoArray(out, o%2$d0 + first);"
                            .formatted(row, r));
        }
        source.line("}");
    }
}
