package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;
import static dev.sepconv.generator.VectorCode.broadcast;
import static dev.sepconv.generator.VectorCode.load;
import static dev.sepconv.generator.VectorCode.vector;

import dev.sepconv.generator.SimdTiles.PlaneRows;
import dev.sepconv.generator.SimdTiles.PlaneTile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Writes the tiles of convolutions on planes: a vector is neighbouring pixels of a row. */
final class PlaneTiles {

    private static final String PARAMETERS = """
            float[] in, int first, int[] offsets, float[] weights, int start, \
            float[] bias, int biasAt, float[] out, int[] to, int width""";

    private PlaneTiles() {
    }

    /** With few channels: a few filters by a few vectors of pixels. */
    static String fewChannels(List<PlaneTile> tiles) {
        Source source = VectorCode.begin(PlaneTiles.class,
                List.of("LANES", "SPECIES", "FloatVector"), "PlaneTile", List.of("""
                        The inner loops of convolution with few channels a group on planes: a few
                        filters by a few vectors of neighbouring pixels of a row, all in registers,
                        so that each vector that is loaded serves all of the filters."""));
        int most = tiles.stream().mapToInt(PlaneTile::vectors).max().orElseThrow();
        source.doc(List.of("Pixels that a row must have: those of the widest tile."))
                .line("public static final int LEAST_WIDTH = %d * LANES;".formatted(most)).line("");
        source.doc(List.of("Filters of the highest tile.")).line(
                "public static final int MOST_FILTERS = %d;".formatted(tiles.getFirst().filters()))
                .line("");
        VectorCode.constructor(source, "PlaneTile");
        List<Method> methods = new ArrayList<>();
        for (PlaneTile tile : tiles) {
            methods.add(
                    Method.tile(tile.why(), "tile%dx%d".formatted(tile.filters(), tile.vectors()),
                            PARAMETERS, body -> fewChannels(body, tile)));
        }
        Method run = new Method(List.of("""
                Some pixels of a row of some filters of one group, with bias, without activation.
                The last tile overlaps the one before.""", """
                @param first where the first tap of the first pixel lies, in the group's
                first channel""",
                "@param offsets for each tap of each of the group's channels how far from there",
                "@param weights {@code [offsets.length][filters]}", "@param start where they begin",
                "@param biasAt where the first filter's bias is",
                "@param to for each filter where its first pixel goes in {@code out}",
                "@param width how many pixels, at least {@link #LEAST_WIDTH}",
                "@param filters %s".formatted(String.join(", ",
                        tiles.reversed().stream().map(tile -> "" + tile.filters()).toList()))),
                "public static", "run", PARAMETERS + ", int filters", body -> {
                    for (int i = 0; i < tiles.size() - 1; i++) {
                        body.line("%sif (filters == %d) {".formatted(i == 0 ? "" : "} else ",
                                tiles.get(i).filters())).line(methods.get(i).call());
                    }
                    body.line("} else {").line(methods.get(tiles.size() - 1).call()).line("}");
                });
        List<Method> all = new ArrayList<>(List.of(run));
        all.addAll(methods);
        return VectorCode.end(source, all);
    }

    private static void fewChannels(Source source, PlaneTile tile) {
        String pixels = times(tile.vectors(), "LANES");
        source.each(tile.filters(), f -> "int to%1$d = to[%1$d];".formatted(f));
        source.line("for (int w = 0; w < width; w += %s) {".formatted(pixels))
                .line("int column = Math.min(w, width - %s);".formatted(pixels))
                .line("int from = first + column;");
        for (int f = 0; f < tile.filters(); f++) {
            int filter = f;
            source.line(vector("a" + f, broadcast("bias", sum("biasAt", "" + f))));
            source.each(tile.vectors() - 1, v -> vector(name(filter, v + 1), "a" + filter));
        }
        source.line("for (int t = 0; t < offsets.length; t++) {")
                .line("int z = from + offsets[t];");
        source.each(tile.vectors(), v -> vector("x" + v, load("in", sum("z", times(v, "LANES")))));
        source.line("FloatVector u;");
        for (int f = 0; f < tile.filters(); f++) {
            int filter = f;
            source.line("u = %s;".formatted(
                    broadcast("weights", sum("start", times(tile.filters(), "t"), "" + f))));
            source.each(tile.vectors(),
                    v -> "%s = x%d.fma(u, %1$s);".formatted(name(filter, v), v));
        }
        source.line("}");
        for (int f = 0; f < tile.filters(); f++) {
            int filter = f;
            source.each(tile.vectors(), v -> "%s.intoArray(out, %s);".formatted(name(filter, v),
                    sum("to" + filter, "column", times(v, "LANES"))));
        }
        source.line("}");
    }

    /** The sum of a filter and a vector of pixels: a0, b0 …, a1, b1 … */
    private static String name(int filter, int vector) {
        return (char) ('a' + vector) + "" + filter;
    }

    /** Depthwise with a 3x3 kernel. */
    static String depthwise(PlaneRows tile) {
        Source source = VectorCode.begin(PlaneTiles.class,
                List.of("LANES", "SPECIES", "FloatVector"), "DepthwisePlaneTile", List.of("""
                        The inner loops of depthwise 3x3 convolution of a plane: a vector is
                        neighbouring pixels of a row, and the nine taps stay in registers.""", """
                        The last vector of a row reaches past its end, so what comes after the last
                        row's end changes."""));
        source.doc(List.of("Rows that {@link #slide} does at once."))
                .line("public static final int ROWS = %d;".formatted(tile.rows())).line("");
        VectorCode.constructor(source, "DepthwisePlaneTile");
        return VectorCode.end(source, List.of(new Method(
                List.of("Some rows, any stride and dilation, with bias, without activation.",
                        "@param first where the first pixel's first tap lies",
                        "@param rowStep from a pixel's first tap to that of the pixel below",
                        "@param kernelRow from one kernel row to the next",
                        "@param second from the first kernel column to the second",
                        "@param third from the first kernel column to the third",
                        "@param weights nine of each channel",
                        "@param tap where the channel's begin",
                        "@param at where the first pixel goes in {@code out}",
                        "@param width pixels of a row; rows lie side by side"),
                "public static", "run", """
                        float[] in, int first, int rowStep, int kernelRow, int second, int third, \
                        float[] weights, int tap, float bias, float[] out, int at, int width, \
                        int rows""", PlaneTiles::rowByRow),
                new Method(
                        List.of("{@link #run} of {@link #ROWS} rows at stride 1 without dilation. "
                                + tile.why(),
                                "@param rowStep from one row of the input to the next"),
                        "public static", "slide", """
                                float[] in, int first, int rowStep, float[] weights, int tap, \
                                float bias, float[] out, int at, int width""",
                        body -> slide(body, tile.rows()))));
    }

    private static void nineTaps(Source source) {
        source.each(9,
                i -> vector(VectorCode.NINE_TAPS.get(i), broadcast("weights", sum("tap", "" + i))));
        source.line(vector("start", "FloatVector.broadcast(SPECIES, bias)"));
    }

    /** Three chains of multiply-adds, so that none waits for the other. */
    private static void rowByRow(Source source) {
        nineTaps(source);
        source.line("for (int h = 0; h < rows; h++) {")
                .line("for (int w = 0; w < width; w += LANES) {")
                .line("int z = first + h * rowStep + w;");
        List<String> sums = List.of("upper", "middle", "lower");
        for (int r = 0; r < 3; r++) {
            List<String> taps = VectorCode.NINE_TAPS.subList(3 * r, 3 * r + 3);
            String sum = sums.get(r);
            source.line(r == 0
                    ? vector(sum, "%s.fma(%s, start)".formatted(load("in", "z"), taps.get(0)))
                    : "z += kernelRow;\n"
                            + vector(sum, "%s.mul(%s)".formatted(load("in", "z"), taps.get(0))));
            source.line(
                    "%s = %s.fma(%s, %1$s);".formatted(sum, load("in", "z + second"), taps.get(1)));
            source.line(
                    "%s = %s.fma(%s, %1$s);".formatted(sum, load("in", "z + third"), taps.get(2)));
        }
        source.line("upper.add(middle).add(lower).intoArray(out, at + h * width + w);").line("}")
                .line("}");
    }

    /** Each row of the input goes to the three output rows that it meets. */
    private static void slide(Source source, int rows) {
        nineTaps(source);
        source.line("// from right to left: a row's end is written after what it reaches into")
                .line("for (int w = (width - 1) / LANES * LANES; w >= 0; w -= LANES) {")
                .line("int z = first + w;").line("FloatVector x;").line("FloatVector y;")
                .line("FloatVector v;");
        for (int i = 0; i < rows + 2; i++) {
            int row = i;
            if (i > 0) {
                source.line("z += rowStep;");
            }
            source.line("x = %s;".formatted(load("in", "z")))
                    .line("y = %s;".formatted(load("in", "z + 1")))
                    .line("v = %s;".formatted(load("in", "z + 2")));
            IntStream.rangeClosed(Math.max(0, i - 2), Math.min(i, rows - 1))
                    .forEach(r -> source.line("%sa%d = v.fma(%s, y.fma(%s, x.fma(%s, %s)));"
                            .formatted(r == row ? "FloatVector " : "", r, tap(row - r, 2),
                                    tap(row - r, 1), tap(row - r, 0),
                                    r == row ? "start" : "a" + r)));
        }
        source.each(rows,
                r -> "a%d.intoArray(out, %s);".formatted(r, sum("at", times(r, "width"), "w")));
        source.line("}");
    }

    private static String tap(int row, int column) {
        return VectorCode.NINE_TAPS.get(3 * row + column);
    }
}
