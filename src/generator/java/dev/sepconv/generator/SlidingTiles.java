package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;
import static dev.sepconv.generator.VectorCode.load;
import static dev.sepconv.generator.VectorCode.total;
import static dev.sepconv.generator.VectorCode.vector;

import dev.sepconv.generator.SimdTiles.SlidingTile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the tiles of depthwise convolutions that slide along two rows. */
final class SlidingTiles {

    private static final int KERNEL = 3;

    /** Rows of the output. */
    private static final int ROWS = 2;

    private static final String PARAMETERS = """
            float[] in, int first, int rowStep, int tapStep, int stride, \
            float[] taps, int tapChannels, float[] bias, int from, int to, float low, float high, \
            float[] out, int at, int row, int pixel, int count, boolean leftOutside, \
            boolean rightOutside""";

    private SlidingTiles() {
    }

    static String source(List<SlidingTile> tiles) {
        Source source = VectorCode.begin(SlidingTiles.class,
                List.of("LANES", "SPECIES", "FloatVector", "VectorOperators"), "SlidingTile",
                List.of("""
                        The inner loops of depthwise 3x3 convolution on machines with 32 registers
                        for vectors: one vector of channels of two rows, from left to right. The
                        nine taps and all sums that a column adds to are in registers, so that each
                        number is loaded once for both rows.""", """
                        The first and the last pixel may each have a column outside of the picture,
                        which is not read; all rows are inside."""));
        source.doc(List.of("""
                Columns of the input that are done for all channels before those behind them: a
                vector seldom begins where a line of the caches does, and what it leaves of its last
                line should still be in the first-level cache when the next channels come."""))
                .line("private static final int COLUMNS = 56;").line("");
        VectorCode.constructor(source, "SlidingTile");
        source.doc(List.of("Whether there is one for a kernel that is not dilated.")).line("""
                public static boolean suits(int kernelHeight, int kernelWidth, \
                int strideHeight, int strideWidth) {""").line("""
                return PixelTile.MANY_REGISTERS && kernelHeight == %d && kernelWidth == %1$d \
                && strideHeight == strideWidth && (%s);""".formatted(KERNEL,
                tiles.stream().map(tile -> "strideWidth == " + tile.stride())
                        .collect(Collectors.joining(" || "))))
                .line("}").line("");
        List<Method> methods = new ArrayList<>();
        methods.add(run(tiles));
        tiles.forEach(tile -> methods.add(method(tile)));
        return VectorCode.end(source, methods);
    }

    private static Method run(List<SlidingTile> tiles) {
        return new Method(List.of("Pixels of two rows, with bias, between two bounds.", """
                @param first where the first row's first pixel's first tap in channel 0 lies, or
                would if that column were inside""",
                "@param rowStep from one row of the input to the next",
                "@param tapStep from one column of the input to the next",
                "@param stride from one pixel to the next, and from one row to the next, in taps",
                "@param taps {@code [3][3][tapChannels]}", "@param bias one number a channel",
                "@param from the first channel", "@param to the one past the last: whole vectors",
                RowTiles.LOW, RowTiles.HIGH,
                "@param at where the first row's first pixel's channel 0 goes in {@code out}",
                "@param row from there to the next row's",
                "@param pixel from there to the next pixel's", "@param count how many pixels a row",
                "@param leftOutside whether the first one's first column is outside",
                "@param rightOutside whether the last one's last column is"), "public static",
                "run", PARAMETERS, source -> {
                    source.line("int most = COLUMNS / stride;")
                            .line("for (int w = 0; w < count; w += most) {")
                            .line("int z = first + w * stride * tapStep;")
                            .line("int o = at + w * pixel;")
                            .line("int pixels = Math.min(most, count - w);")
                            .line("boolean left = leftOutside && w == 0;")
                            .line("boolean right = rightOutside && w + pixels == count;");
                    for (int i = 0; i < tiles.size(); i++) {
                        source.line(i + 1 == tiles.size()
                                ? "} else {"
                                : "%sif (stride == %d) {".formatted(i == 0 ? "" : "} else ",
                                        tiles.get(i).stride()))
                                .line("""
                                        %s(in, z, rowStep, tapStep, taps, tapChannels, bias, from, \
                                        to, low, high, out, o, row, pixel, pixels, left, \
                                        right);""".formatted(name(tiles.get(i))));
                    }
                    source.line("}").line("}");
                });
    }

    private static String name(SlidingTile tile) {
        return "stride" + tile.stride();
    }

    private static Method method(SlidingTile tile) {
        return Method.tile(tile.why(), name(tile), PARAMETERS,
                source -> slide(source, tile.stride()));
    }

    /**
     * A pixel's sum is begun by the column of its first tap, and with each pixel that is done it
     * takes the name of the one to its left: 0 is the one that this turn ends.
     */
    private static void slide(Source source, int stride) {
        int begun = KERNEL - stride; // pixels that earlier turns have begun
        RowTiles.bounds(source);
        source.line("for (int c = from; c < to; c += LANES) {");
        source.each(KERNEL * KERNEL, i -> vector(VectorCode.NINE_TAPS.get(i),
                load("taps", sum(times(i, "tapChannels"), "c"))));
        source.line(vector("start", load("bias", "c"))).line("FloatVector x;");
        source.each(begun * ROWS, i -> vector(total(i / ROWS, i % ROWS), "start"));
        source.line("int z = first + c;").line("if (!leftOutside) {");
        column(source, stride, 0);
        source.line("}").line("z += tapStep;");
        for (int column = 1; column < begun; column++) {
            column(source, stride, column);
            source.line("z += tapStep;");
        }
        source.line("int o = at + c;").line("int whole = rightOutside ? count - 1 : count;")
                .line("for (int w = 0; w < whole; w++) {");
        source.each(ROWS, r -> vector(total(begun, r), "start"));
        for (int column = begun; column < KERNEL; column++) {
            column(source, stride, column);
            source.line("z += tapStep;");
        }
        store(source);
        source.each(begun * ROWS, i -> "%s = %s;".formatted(total(i / ROWS, i % ROWS),
                total(i / ROWS + 1, i % ROWS)));
        source.line("o += pixel;").line("}").line("if (rightOutside) {");
        for (int column = begun; column < KERNEL - 1; column++) {
            column(source, stride, column);
        }
        store(source);
        source.line("}").line("}");
    }

    /** Adds a column, counted from the first tap of pixel 0, to all sums that it is part of. */
    private static void column(Source source, int stride, int column) {
        for (int y = 0; y < (ROWS - 1) * stride + KERNEL; y++) {
            source.line("x = %s;".formatted(load("in", sum("z", times(y, "rowStep")))));
            for (int r = 0; r < ROWS; r++) {
                int down = y - r * stride;
                for (int p = 0; down >= 0 && down < KERNEL && p * stride <= column; p++) {
                    source.line("%s = x.fma(%s, %1$s);".formatted(total(p, r),
                            VectorCode.NINE_TAPS.get(down * KERNEL + column - p * stride)));
                }
            }
        }
    }

    private static void store(Source source) {
        source.each(ROWS, r -> RowTiles.clamp(total(0, r)));
        source.each(ROWS,
                r -> "%s.intoArray(out, %s);".formatted(total(0, r), sum("o", times(r, "row"))));
    }
}
