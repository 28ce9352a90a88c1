package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;
import static dev.sepconv.generator.VectorCode.broadcast;
import static dev.sepconv.generator.VectorCode.load;
import static dev.sepconv.generator.VectorCode.total;
import static dev.sepconv.generator.VectorCode.vector;

import dev.sepconv.generator.SimdTiles.PixelTile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Writes the tiles of convolutions that mix channels. */
final class PixelTiles {

    private static final String PARAMETERS = """
            float[] in, int[] inOffsets, int channel, int apart, int[] starts, int[] lengths, \
            float[] panels, int panel, float[] bias, int biasAt, int biasStep, int width, \
            float[] out, int outAt, int outStep, int from, int to""";

    private PixelTiles() {
    }

    static String source(List<PixelTile> tiles) {
        Source source = VectorCode.begin(PixelTiles.class,
                List.of("LANES", "REGISTERS", "SPECIES", "FloatVector"), "PixelTile", List.of("""
                        The inner loops of every convolution that mixes channels: a few pixels by
                        a few vectors of output channels, all in registers.""", """
                        One step of the innermost loop loads vectors of weights, then for each
                        pixel broadcasts one input number and does a fused multiply-add with each.
                        The loops are written out because the compiler keeps vectors in registers
                        only as local variables, never as elements of an array.""", """
                        Nothing else belongs into these methods. With the activation inlined as
                        well they outgrow what the compiler will inline, some vectors become heap
                        objects, and the speed falls to a third.""", """
                        Weights lie in panels of {@link #WIDTH} output channels, row after row: one
                        for each number of the input that a pixel reads. Runs of these numbers lie
                        side by side in the input; each run is summed by itself, then added to the
                        others."""));
        constants(source, tiles);
        VectorCode.constructor(source, "PixelTile");
        List<Method> methods = new ArrayList<>();
        methods.add(run(tiles));
        methods.add(runApart(tiles.stream().filter(PixelTile::apart).findFirst().orElseThrow()));
        tiles.forEach(tile -> methods.add(method(tile)));
        return VectorCode.end(source, methods);
    }

    private static void constants(Source source, List<PixelTile> tiles) {
        String vectors = choice(tiles, PixelTile::vectors);
        source.doc(List.of("""
                Else groups of at most {@code LANES} filters are fastest two at a time."""))
                .line("public static final boolean MANY_REGISTERS = REGISTERS >= 32;").line("");
        source.doc(List.of("How many output channels a panel of weights covers."))
                .line("public static final int WIDTH = %s * LANES;"
                        .formatted(vectors.length() > 1 ? "(" + vectors + ")" : vectors))
                .line("");
        source.doc(List.of("""
                Pixels are done in lists whose length is a multiple of this; the caller repeats the
                last one to get there.""")).line(
                "public static final int PIXELS = %s;".formatted(choice(tiles, PixelTile::pixels)))
                .line("");
    }

    private static List<PixelTile> of(List<PixelTile> tiles, int registers) {
        return tiles.stream().filter(tile -> tile.registers() == registers && !tile.apart())
                .toList();
    }

    /** A number of each machine's widest tile. */
    private static String choice(List<PixelTile> tiles, ToIntFunction<PixelTile> number) {
        int many = number.applyAsInt(of(tiles, 32).getFirst());
        int few = number.applyAsInt(of(tiles, 16).getFirst());
        return many == few ? String.valueOf(many) : "MANY_REGISTERS ? %d : %d".formatted(many, few);
    }

    private static Method run(List<PixelTile> tiles) {
        return new Method(List.of("""
                One panel of output channels for a list of pixels, with bias, without
                activation.""",
                "@param inOffsets for each pixel where its first number lies in {@code in}",
                "@param channel added to each of them: the first channel of the panel's group",
                "@param starts where each run of input numbers begins, counted from there",
                "@param lengths how many numbers each run has",
                "@param panel where the panel begins in {@code panels}",
                "@param biasAt where the bias of its first channel and first pixel is", """
                        @param biasStep from the bias of a pixel to the next one's, all lanes
                        alike; 0 where each lane has its own""", """
                        @param width how many of the panel's output channels are wanted; others may
                        be left as they are""",
                "@param outAt where the first pixel of the list has its first channel in {@code out}",
                "@param outStep from there to where the next pixel's goes",
                "@param from the first pixel that is done", """
                        @param to the one past the last; the list and {@code out} go on, up to a
                        multiple of {@link #PIXELS}, with pixels that may be done too"""),
                "public static", "run", PARAMETERS.replace(" int apart,", ""),
                source -> source.line("if (MANY_REGISTERS) {").line(calls(of(tiles, 32)))
                        .line("} else {").line(calls(of(tiles, 16))).line("}"));
    }

    /** The narrowest that is wide enough. */
    private static String calls(List<PixelTile> tiles) {
        StringBuilder calls = new StringBuilder();
        for (int i = tiles.size() - 1; i > 0; i--) {
            calls.append("if (width <= %s) {\n%s\n} else {\n".formatted(
                    times(tiles.get(i).vectors(), "LANES"), method(tiles.get(i)).call()));
        }
        return calls + method(tiles.getFirst()).call() + "\n}".repeat(tiles.size() - 1);
    }

    private static Method runApart(PixelTile tile) {
        return new Method(List.of("""
                {@link #run} for a panel of %d groups, each in a vector of its own, on machines
                without {@link #MANY_REGISTERS}.""".formatted(tile.vectors()),
                "@param apart from a group's first channel to the next one's"), "public static",
                "runApart", PARAMETERS.replace(" int width,", ""),
                source -> source.line(method(tile).call()));
    }

    private static Method method(PixelTile tile) {
        String name = "tile%dx%d%s".formatted(tile.pixels(), tile.vectors(),
                tile.apart() ? "Apart" : "");
        return Method.tile(tile.why(), name, PARAMETERS, source -> tile(source, tile));
    }

    private static void tile(Source source, PixelTile tile) {
        if (tile.vectors() > 1) {
            source.line("int biasNext = biasStep == 0 ? LANES : 0;");
        }
        source.line("for (int t = from; t < to; t += %d) {".formatted(tile.pixels()));
        source.each(tile.pixels(),
                p -> "int p%d = inOffsets[%s] + channel;".formatted(p, sum("t", "" + p)));
        source.line("int next = panel;");
        source.line("for (int run = 0; run < starts.length; run++) {");
        source.line("int length = lengths[run];");
        source.line(
                upToZero(tile) ? "int end = starts[run] + length;" : "int start = starts[run];");
        if (upToZero(tile)) {
            source.line("next += length * WIDTH;");
        }
        source.line(vector("zero", "FloatVector.zero(SPECIES)"));
        each(source, tile, (p, v) -> vector(total(p, v), "zero"));
        source.line(upToZero(tile)
                ? "for (int c = -length; c < 0; c++) {"
                : "for (int c = 0; c < length; c++) {");
        step(source, tile);
        source.line("}");
        if (!upToZero(tile)) {
            source.line("next += length * WIDTH;");
        }
        store(source, tile);
        source.line("}").line("}");
    }

    /**
     * Whether the innermost loop counts up to 0, which takes a register less than counting up to
     * the length. Where there are 16 for vectors the JVM then loads three inputs at once and spills
     * sums: half as fast.
     */
    private static boolean upToZero(PixelTile tile) {
        return tile.registers() == 32;
    }

    /** One number of each pixel. */
    private static void step(Source source, PixelTile tile) {
        String origin = upToZero(tile) ? "end" : "start";
        source.each(tile.vectors(),
                v -> vector("w" + v, load("panels", sum("next", "c * WIDTH", times(v, "LANES")))));
        if (!tile.apart()) {
            source.line("FloatVector x;");
        }
        for (int p = 0; p < tile.pixels(); p++) {
            int pixel = p;
            if (!tile.apart()) {
                source.line("x = %s;".formatted(broadcast("in", sum("p" + p, origin, "c"))));
            }
            source.each(tile.vectors(),
                    v -> "%s = %s.fma(w%d, %1$s);"
                            .formatted(total(pixel, v),
                                    tile.apart()
                                            ? broadcast("in",
                                                    sum("p" + pixel, origin, times(v, "apart"),
                                                            "c"))
                                            : "x",
                                    v));
        }
    }

    private static void store(Source source, PixelTile tile) {
        source.line("int o = outAt + t * outStep;");
        source.line("if (run == 0) {").line("int b = biasAt + t * biasStep;");
        each(source, tile, (p, v) -> "%s = %1$s.add(%s);".formatted(total(p, v),
                load("bias", sum("b", times(p, "biasStep"), times(v, "biasNext")))));
        source.line("} else {");
        each(source, tile,
                (p, v) -> "%s = %1$s.add(%s);".formatted(total(p, v), load("out", out(p, v))));
        source.line("}");
        each(source, tile, (p, v) -> "%s.intoArray(out, %s);".formatted(total(p, v), out(p, v)));
    }

    private static String out(int pixel, int vector) {
        return sum("o", times(pixel, "outStep"), times(vector, "LANES"));
    }

    private interface Line {
        String of(int pixel, int vector);
    }

    private static void each(Source source, PixelTile tile, Line line) {
        for (int p = 0; p < tile.pixels(); p++) {
            int pixel = p;
            source.each(tile.vectors(), v -> line.of(pixel, v));
        }
    }
}
