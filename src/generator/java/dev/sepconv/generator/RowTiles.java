package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;
import static dev.sepconv.generator.VectorCode.broadcast;
import static dev.sepconv.generator.VectorCode.load;
import static dev.sepconv.generator.VectorCode.vector;

import dev.sepconv.generator.SimdTiles.RowTile;
import dev.sepconv.generator.SimdTiles.SlabTile;
import dev.sepconv.generator.SimdTiles.SquareTile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the tiles that compute some neighbouring pixels of a row from what lies under the kernel's
 * columns: depthwise, and grouped.
 */
final class RowTiles {

    private static final String STEPS = """
            float[] in, int first, int rowStep, int columnStep, int tapStep, \
            int kernelHeight, int kernelWidth,\s""";

    private static final String DEPTHWISE = STEPS + """
            int fromRow, int toRow, float[] taps, int tapChannels, float[] bias, \
            int from, int to, float low, float high, float[] out, int at, int channels, \
            int count""";

    private static final String SQUARES = """
            float[] in, int first, int rowStep, int columnStep, int tapStep, int kernel, \
            float[] taps, int tapChannels, float[] bias, int from, int to, float low, float high, \
            float[] out, int at, int row, int channels, int count""";

    private static final String GROUP = STEPS + """
            int channels, float[] taps, int tap, float[] bias, int biasAt, \
            float[] out, int at, int pixel""";

    private static final String NARROW_GROUP = STEPS + """
            VectorShuffle<Float>[] sources, float[] taps, float[] bias, int from, int to, \
            int vectorChannels, int vectorFilters, \
            float[] out, int at, int pixel, VectorMask<Float> mask""";

    private static final String SLAB = """
            float[] in, int first, int rowStep, int kernelWidth, int stride, \
            int fromRow, int toRow, float[] taps, int tap, float[] bias, int biasAt, \
            float low, float high, float[] out, int at, int pixel, int count""";

    /** Widths and strides that slabs have tiles for. */
    private static final List<Integer> SLAB_KERNELS = List.of(3, 5, 7);
    private static final List<Integer> SLAB_STRIDES = List.of(1, 2);

    static final String LOW = """
            @param low what is less becomes this; minus infinity for none. A NaN stays one""";

    static final String HIGH = "@param high what is more becomes this";

    /** Pixels of a row, and rows, of the tiles that compute two rows at once. */
    private static final int SQUARE = 2;

    private RowTiles() {
    }

    static String depthwise(List<RowTile> tiles, List<SquareTile> squares) {
        Source source = VectorCode.begin(RowTiles.class,
                List.of("LANES", "SPECIES", "FloatVector", "VectorOperators"), "DepthwiseTile",
                List.of("""
                        The inner loops of depthwise convolution: a few neighbouring pixels by one
                        vector of channels, all in registers.""", """
                        Nothing outside of the picture is read: the caller says which of the
                        kernel's rows are inside, and gives columns whose taps all are."""));
        pixels(source, tiles);
        source.doc(List.of("Pixels at once of each of two rows."))
                .line("public static final int SQUARE = %d;".formatted(SQUARE)).line("");
        VectorCode.constructor(source, "DepthwiseTile");
        source.doc(List.of("""
                Whether there is a tile for two rows at once, of a kernel that is not dilated."""))
                .line("""
                        public static boolean hasSquares(int kernelHeight, int kernelWidth, \
                        int strideHeight, int strideWidth) {""")
                .line("return kernelHeight == kernelWidth && strideHeight == strideWidth && (%s);"
                        .formatted(squares.stream()
                                .map(tile -> "kernelWidth == %d && strideWidth == %d"
                                        .formatted(tile.kernel(), tile.stride()))
                                .collect(Collectors.joining(" || "))))
                .line("}").line("");
        List<Method> all = new ArrayList<>(withRun(tiles,
                tiles.stream()
                        .map(tile -> Method.tile(tile.why(), name(tile), DEPTHWISE,
                                body -> depthwiseRowByRow(body, tile)))
                        .toList(),
                DEPTHWISE,
                List.of("Some pixels of a row, with bias, between two bounds.", """
                        @param first where the first pixel's first tap in kernel row 0 and channel
                        0 lies, or would if that row were inside""",
                        "@param rowStep from one kernel row to the next",
                        "@param columnStep from one pixel to the next",
                        "@param tapStep from one kernel column to the next",
                        "@param fromRow the first kernel row that is inside",
                        "@param toRow the one past the last",
                        "@param taps {@code [kernelHeight][kernelWidth][tapChannels]}",
                        "@param bias one number a channel", "@param from the first channel",
                        "@param to the one past the last: whole vectors", LOW, HIGH,
                        "@param at where the first pixel's channel 0 goes in {@code out}",
                        "@param channels from there to the next pixel's",
                        "@param count how many pixels, at least {@link #PIXELS}")));
        all.addAll(squares(squares));
        return VectorCode.end(source, all);
    }

    private static List<Method> squares(List<SquareTile> tiles) {
        List<Method> methods = tiles.stream()
                .map(tile -> Method.tile(tile.why(),
                        "square%dStride%d".formatted(tile.kernel(), tile.stride()), SQUARES,
                        body -> square(body, tile)))
                .toList();
        List<Method> all = new ArrayList<>(methods);
        all.addFirst(new Method(List.of("""
                Some pixels of two rows whose taps are all inside, of a kernel that
                {@link #hasSquares}, with bias, between two bounds.""",
                "@param first where the first row's first pixel's first tap in channel 0 lies",
                "@param rowStep from one kernel row to the next",
                "@param columnStep from one pixel to the next",
                "@param tapStep from one kernel column to the next",
                "@param kernel its height and width",
                "@param taps {@code [kernel][kernel][tapChannels]}",
                "@param bias one number a channel", "@param from the first channel",
                "@param to the one past the last: whole vectors", LOW, HIGH,
                "@param at where the first row's first pixel's channel 0 goes in {@code out}",
                "@param row from there to the next row's",
                "@param channels from there to the next pixel's",
                "@param count how many pixels a row, at least {@link #SQUARE}"), "public static",
                "squares", SQUARES, source -> {
                    for (int i = 0; i < tiles.size(); i++) {
                        String condition = i + 1 == tiles.size()
                                ? "} else {"
                                : "%sif (kernel == %d && columnStep == %s) {".formatted(
                                        i == 0 ? "" : "} else ", tiles.get(i).kernel(),
                                        times(tiles.get(i).stride(), "tapStep"));
                        source.line(condition).line(methods.get(i).call());
                    }
                    source.line("}");
                }));
        return all;
    }

    /**
     * Channels are the innermost loop, so that everything is read in the order in which it lies,
     * and no index needs a test of its own in the loop.
     */
    private static void square(Source source, SquareTile tile) {
        int kernel = tile.kernel();
        int rows = (SQUARE - 1) * tile.stride() + kernel;
        bounds(source);
        // a call with nothing to do must not reach the inner loop: see Primer
        source.line("int pixels = from < to ? count : 0;")
                .line("for (int w = 0; w < pixels; w += %d) {".formatted(SQUARE))
                .line("int column = Math.min(w, count - %d); // the last ones overlap those before"
                        .formatted(SQUARE))
                .line("int z0 = first + column * %s;".formatted(times(tile.stride(), "tapStep")));
        source.each(rows - 1, i -> "int z%d = z%d + rowStep;".formatted(i + 1, i));
        source.line("int o = at + column * channels;")
                .line("for (int c = from; c < to; c += LANES) {");
        source.each(SQUARE * SQUARE,
                i -> vector("a%d%d".formatted(i / SQUARE, i % SQUARE), load("bias", "c")));
        source.line("FloatVector x;");
        for (int j = 0; j < rows; j++) {
            int row = j;
            int[] outs = IntStream.range(0, SQUARE)
                    .filter(q -> row >= q * tile.stride() && row < q * tile.stride() + kernel)
                    .toArray();
            if (outs[0] == 0) { // the first row meets each of the kernel's before the others do
                source.each(kernel, s -> vector("t%d%d".formatted(row, s),
                        load("taps", sum(times(row * kernel + s, "tapChannels"), "c"))));
            }
            for (int k = 0; k < (SQUARE - 1) * tile.stride() + kernel; k++) {
                int column = k;
                source.line("x = %s;"
                        .formatted(load("in", sum("z" + row, times(column, "tapStep"), "c"))));
                for (int q : outs) {
                    IntStream.range(0, SQUARE).filter(
                            p -> column >= p * tile.stride() && column < p * tile.stride() + kernel)
                            .forEach(p -> source
                                    .line("a%1$d%2$d = x.fma(t%3$d%4$d, a%1$d%2$d);".formatted(q, p,
                                            row - q * tile.stride(), column - p * tile.stride())));
                }
            }
        }
        source.each(SQUARE * SQUARE, i -> clamp("a%d%d".formatted(i / SQUARE, i % SQUARE)));
        source.each(SQUARE * SQUARE,
                i -> "a%d%d.intoArray(out, %s);".formatted(i / SQUARE, i % SQUARE,
                        sum("o", times(i / SQUARE, "row"), times(i % SQUARE, "channels"), "c")));
        source.line("}").line("}");
    }

    private static void depthwiseRowByRow(Source source, RowTile tile) {
        bounds(source);
        columns(source, tile);
        source.line("for (int c = from; c < to; c += LANES) {");
        start(source, tile, load("bias", "c"));
        source.line("for (int r = fromRow; r < toRow; r++) {")
                .line("int z = first + column * %s + r * rowStep + c;".formatted(columnStep(tile)))
                .line("int t = r * %s * tapChannels + c;".formatted(width(tile)));
        row(source, tile, "tapChannels", "tapStep", "%s");
        source.line("}");
        source.each(tile.pixels(), i -> clamp("a" + i));
        source.line("int o = at + column * channels + c;");
        store(source, tile, "o", "channels", "");
        source.line("}").line("}");
    }

    static void bounds(Source source) {
        source.line(vector("lowest", "FloatVector.broadcast(SPECIES, low)"))
                .line(vector("highest", "FloatVector.broadcast(SPECIES, high)"));
    }

    /** Tiles for each width of kernels and each stride. */
    static String slabs(List<SlabTile> tiles) {
        Source source = VectorCode.begin(RowTiles.class,
                List.of("LANES", "REGISTERS", "SPECIES", "FloatVector", "VectorOperators"),
                "DepthwiseSlabTile", List.of("""
                        The inner loops of depthwise convolution on a slab: one vector of channels
                        of each pixel, side by side, with zeros at the left and right end of each
                        row. A row's taps and the sums of a few neighbouring pixels are in
                        registers, and each number of a row is loaded once.""", """
                        Rows outside of the picture are not read: the caller says which of the
                        kernel's rows are inside."""));
        source.line("private static final boolean MANY_REGISTERS = REGISTERS >= %d;"
                .formatted(tiles.getFirst().registers())).line("").doc(List.of("Pixels at once."))
                .line("public static final int PIXELS = MANY_REGISTERS ? %d : %d;"
                        .formatted(tiles.getFirst().pixels(), tiles.getLast().pixels()))
                .line("");
        VectorCode.constructor(source, "DepthwiseSlabTile");
        source.doc(List.of("Whether there is a tile for a kernel that is not dilated."))
                .line("public static boolean suits(int kernelWidth, int stride) {")
                .line("return (%s) && (%s);".formatted(any("kernelWidth", SLAB_KERNELS),
                        any("stride", SLAB_STRIDES)))
                .line("}").line("");
        List<RowTile> all = new ArrayList<>();
        List<Method> methods = new ArrayList<>();
        for (SlabTile slab : tiles) {
            for (int kernel : SLAB_KERNELS) {
                for (int stride : SLAB_STRIDES) {
                    RowTile tile = new RowTile(slab.pixels(), kernel, stride, slab.why());
                    all.add(tile);
                    methods.add(Method.tile(tile.why(),
                            "pixels%dWide%dStride%d".formatted(slab.pixels(), kernel, stride), SLAB,
                            body -> slab(body, tile)));
                }
            }
        }
        methods.addFirst(new Method(List.of("Pixels of a row, with bias, between two bounds.", """
                @param first where the first pixel's first tap in kernel row 0 lies, or would if
                that row were inside""", "@param rowStep from one kernel row to the next",
                "@param kernelWidth one that there is a tile for",
                "@param stride from one pixel to the next, in taps",
                "@param fromRow the first kernel row that is inside",
                "@param toRow the one past the last",
                "@param taps {@code [kernelHeight][kernelWidth][LANES]} of this slab",
                "@param tap where they begin", "@param biasAt where the channels' bias begins", LOW,
                HIGH, "@param at where the first pixel goes in {@code out}",
                "@param pixel from there to the next pixel's",
                "@param count how many pixels, at least {@link #PIXELS}"), "public static", "run",
                SLAB, run -> {
                    for (int i = 0; i < all.size(); i++) {
                        RowTile tile = all.get(i);
                        run.line("%sif (%skernelWidth == %d && stride == %d) {".formatted(
                                i == 0 ? "" : "} else ",
                                tile.pixels() == tiles.getFirst().pixels()
                                        ? "MANY_REGISTERS && "
                                        : "",
                                tile.kernelWidth(), tile.stride())).line(methods.get(i + 1).call());
                    }
                    run.line("} else {")
                            .line("throw new IllegalArgumentException(kernelWidth + \" wide\");")
                            .line("}");
                }));
        return VectorCode.end(source, methods);
    }

    private static String any(String name, List<Integer> values) {
        return values.stream().map(value -> "%s == %d".formatted(name, value))
                .collect(Collectors.joining(" || "));
    }

    private static void slab(Source source, RowTile tile) {
        bounds(source);
        columns(source, tile);
        start(source, tile, load("bias", "biasAt"));
        source.line("for (int r = fromRow; r < toRow; r++) {")
                .line("int z = first + column * %s + r * rowStep;"
                        .formatted(times(tile.stride(), "LANES")))
                .line("int t = tap + r * %d * LANES;".formatted(tile.kernelWidth()));
        row(source, tile, "LANES", "LANES", "%s");
        source.line("}");
        source.each(tile.pixels(), i -> clamp("a" + i));
        source.line("int o = at + column * pixel;");
        store(source, tile, "o", "pixel", "");
        source.line("}");
    }

    /** By comparisons, which a NaN fails: {@code max} and {@code min} take more for that. */
    static String clamp(String sum) {
        return """
                %1$s = %1$s.blend(lowest, %1$s.compare(VectorOperators.LT, lowest));
                %1$s = %1$s.blend(highest, %1$s.compare(VectorOperators.GT, highest));"""
                .formatted(sum);
    }

    static String group(List<RowTile> tiles) {
        Source source = VectorCode.begin(RowTiles.class, List.of("LANES", "SPECIES", "FloatVector"),
                "GroupTile", List.of("""
                        The inner loops of grouped convolution: neighbouring pixels of a row by one
                        vector of a group's filters, all in registers. Each number of the input is
                        broadcast once and serves all pixels whose taps meet it."""));
        pixels(source, tiles);
        VectorCode.constructor(source, "GroupTile");
        List<Method> methods = tiles.stream().map(
                tile -> Method.tile(tile.why(), name(tile), GROUP, body -> groupTile(body, tile)))
                .toList();
        source.doc(List.of("Whether there is a tile for a kernel."))
                .line("public static boolean suits(int kernelWidth, int stride, int dilation) {")
                .line("return %s;".formatted(String.join(" || ",
                        tiles.stream()
                                .map(tile -> "kernelWidth == %d && stride == %s".formatted(
                                        tile.kernelWidth(), times(tile.stride(), "dilation")))
                                .toList())))
                .line("}").line("");
        return VectorCode.end(source, withRun(tiles, methods, GROUP, List.of(
                "{@link #PIXELS} pixels of a row, with bias, without activation.",
                "@param first where the first pixel's first tap lies, in the group's channel 0",
                "@param rowStep from one kernel row to the next",
                "@param columnStep from one pixel to the next",
                "@param tapStep from one kernel column to the next", "@param channels of the group",
                "@param taps {@code [kernelHeight][channels][kernelWidth][LANES]}",
                "@param tap where these begin", "@param biasAt where the filters' bias begins",
                "@param at where the first pixel's filters go in {@code out}",
                "@param pixel from there to the next pixel's")));
    }

    private static void groupTile(Source source, RowTile tile) {
        start(source, tile, load("bias", "biasAt"));
        source.line("int t = tap;").line("for (int r = 0; r < kernelHeight; r++) {")
                .line("int row = first + r * rowStep;").line("for (int c = 0; c < channels; c++) {")
                .line("int z = row + c;");
        row(source, tile, "LANES", "tapStep", "broadcast");
        source.line("t += %s;".formatted(times(tile.kernelWidth(), "LANES"))).line("}").line("}");
        store(source, tile, "at", "pixel", "");
    }

    static String narrowGroup(List<RowTile> tiles) {
        Source source = VectorCode.begin(RowTiles.class,
                List.of("LANES", "SPECIES", "FloatVector", "VectorMask", "VectorShuffle"),
                "NarrowGroupTile", List.of("""
                        The inner loops of grouped convolution where a vector holds several groups:
                        a few neighbouring pixels of a row by one vector of filters, all in
                        registers. What is loaded is permuted, once for each channel of a group, so
                        that each filter's lane holds that channel of its own group."""));
        pixels(source, tiles);
        VectorCode.constructor(source, "NarrowGroupTile");
        List<Method> methods = tiles.stream().map(tile -> Method.tile(tile.why(), name(tile),
                NARROW_GROUP, body -> narrowGroupTile(body, tile))).toList();
        return VectorCode.end(source, withRun(tiles, methods, NARROW_GROUP, List.of(
                "{@link #PIXELS} pixels of a row, with bias, without activation.",
                "@param first where the first pixel's first tap lies, in channel 0",
                "@param rowStep from one kernel row to the next",
                "@param columnStep from one pixel to the next",
                "@param tapStep from one kernel column to the next",
                "@param sources for each channel of a group where each lane finds it",
                "@param taps {@code [vectors][sources.length][kernelHeight][kernelWidth][LANES]}",
                "@param bias {@code [vectors][LANES]}", "@param from the first vector of filters",
                "@param to the one past the last",
                "@param vectorChannels numbers of an input pixel that a vector of filters reads",
                "@param vectorFilters numbers that it makes",
                "@param at where the first pixel's filter 0 goes in {@code out}",
                "@param pixel from there to the next pixel's",
                "@param mask which lanes are stored")));
    }

    private static void narrowGroupTile(Source source, RowTile tile) {
        source.line("for (int v = from; v < to; v++) {");
        start(source, tile, load("bias", "v * LANES"));
        source.line(
                "int t = v * sources.length * kernelHeight * %s * LANES;".formatted(width(tile)))
                .line("for (VectorShuffle<Float> source : sources) {")
                .line("for (int r = 0; r < kernelHeight; r++) {")
                .line("int z = first + v * vectorChannels + r * rowStep;");
        row(source, tile, "LANES", "tapStep", "%s.rearrange(source)");
        if (tile.kernelWidth() > 0) {
            source.line("t += %s;".formatted(times(tile.kernelWidth(), "LANES")));
        }
        source.line("}").line("}").line("int o = at + v * vectorFilters;");
        store(source, tile, "o", "pixel", ", mask");
        source.line("}");
    }

    private static void pixels(Source source, List<RowTile> tiles) {
        source.doc(List.of("Pixels at once."))
                .line("public static final int PIXELS = %d;".formatted(tiles.getFirst().pixels()))
                .line("");
    }

    /** The tiles after a method that takes the first one that suits. */
    private static List<Method> withRun(List<RowTile> tiles, List<Method> methods,
            String parameters, List<String> doc) {
        List<Method> all = new ArrayList<>(methods);
        all.addFirst(new Method(doc, "public static", "run", parameters, source -> {
            if (tiles.size() == 1) {
                source.line(methods.getFirst().call());
                return;
            }
            for (int i = 0; i < tiles.size() - 1; i++) {
                source.line(
                        "%sif (%s) {".formatted(i == 0 ? "" : "} else ", condition(tiles.get(i))))
                        .line(methods.get(i).call());
            }
            source.line("} else {").line(methods.getLast().call()).line("}");
        }));
        return all;
    }

    private static String condition(RowTile tile) {
        List<String> conditions = new ArrayList<>();
        conditions.add("kernelWidth == " + tile.kernelWidth());
        if (tile.stride() > 0) {
            conditions.add("columnStep == " + times(tile.stride(), "tapStep"));
        }
        return String.join(" && ", conditions);
    }

    private static String name(RowTile tile) {
        return (tile.kernelWidth() == 0 ? "anyWidth" : "wide" + tile.kernelWidth())
                + (tile.stride() == 0 ? "" : "Stride" + tile.stride());
    }

    private static String width(RowTile tile) {
        return tile.kernelWidth() == 0 ? "kernelWidth" : "" + tile.kernelWidth();
    }

    private static void columns(Source source, RowTile tile) {
        source.line("for (int w = 0; w < count; w += %d) {".formatted(tile.pixels()))
                .line("int column = Math.min(w, count - %d); // the last ones overlap those before"
                        .formatted(tile.pixels()));
    }

    /** One number fewer for the compiler to keep where the one follows from the other. */
    private static String columnStep(RowTile tile) {
        return switch (tile.stride()) {
            case 0 -> "columnStep";
            case 1 -> "tapStep";
            default -> tile.stride() + " * tapStep";
        };
    }

    private static void start(Source source, RowTile tile, String bias) {
        source.line(vector("a0", bias));
        source.each(tile.pixels() - 1, i -> vector("a" + (i + 1), "a0"));
    }

    private static void store(Source source, RowTile tile, String at, String step, String mask) {
        source.each(tile.pixels(),
                i -> "a%d.intoArray(out, %s%s);".formatted(i, sum(at, times(i, step)), mask));
    }

    /**
     * One row of taps, which begin at {@code t}, on the numbers from {@code z} on.
     *
     * @param next from one vector of taps to the next
     * @param column from one column of the input to the next, of tiles for one stride
     * @param input what is done with a vector of the input; or broadcast
     */
    private static void row(Source source, RowTile tile, String next, String column, String input) {
        if (tile.stride() > 0) {
            List<String> taps = taps(tile);
            source.each(taps.size(),
                    s -> vector(taps.get(s), load("taps", sum("t", times(s, next)))));
            source.line("FloatVector x;");
            slide(source, tile, taps, column, input);
            return;
        }
        boolean loop = tile.kernelWidth() == 0;
        if (loop) {
            source.line("for (int s = 0; s < kernelWidth; s++) {");
        }
        for (int s = 0; s < Math.max(tile.kernelWidth(), 1); s++) {
            source.line("%stap = %s;".formatted(s == 0 ? "FloatVector " : "",
                    load("taps", sum("t", times(s, next)))));
            source.each(tile.pixels(), i -> "a%d = tap.fma(%s, a%1$d);".formatted(i,
                    input(input, sum("z", times(i, "columnStep")))));
            if (loop || s + 1 < tile.kernelWidth()) {
                source.line("z += tapStep;");
            }
        }
        if (loop) {
            source.line("t += %s;".formatted(next)).line("}");
        }
    }

    /** Each column of the input, from left to right, goes to the pixels whose taps meet it. */
    private static void slide(Source source, RowTile tile, List<String> taps, String next,
            String input) {
        for (int j = 0; j < (tile.pixels() - 1) * tile.stride() + tile.kernelWidth(); j++) {
            int column = j;
            source.line("x = %s;".formatted(input(input, sum("z", times(j, next)))));
            IntStream.range(0, tile.pixels())
                    .filter(i -> column >= i * tile.stride()
                            && column < i * tile.stride() + tile.kernelWidth())
                    .forEach(i -> source.line("a%d = x.fma(%s, a%1$d);".formatted(i,
                            taps.get(column - i * tile.stride()))));
        }
    }

    private static String input(String input, String at) {
        return input.equals("broadcast") ? broadcast("in", at) : input.formatted(load("in", at));
    }

    /** Names of a row's taps. */
    private static List<String> taps(RowTile tile) {
        return tile.kernelWidth() == 3
                ? List.of("left", "middle", "right")
                : IntStream.range(0, tile.kernelWidth()).mapToObj(i -> "tap" + i).toList();
    }
}
