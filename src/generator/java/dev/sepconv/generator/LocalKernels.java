package dev.sepconv.generator;

import static dev.sepconv.generator.KernelTiles.SIDE;
import static dev.sepconv.generator.KernelTiles.sizes;
import static dev.sepconv.generator.Source.sum;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;

/**
 * Writes the kernels for GPUs that share local memory: a work-group computes a tile of a matrix
 * product, each of its work-items some pixels by some output channels.
 */
final class LocalKernels {

    private static final int ITEMS = SIDE * SIDE;

    private LocalKernels() {
    }

    static String source(String type, List<KernelTile> tiles) {
        Source source = KernelTiles.begin(LocalKernels.class, type, about(tiles.getFirst()),
                List.of(),
                List.of("dev.sepconv.kernel.conv.Activations", "dev.sepconv.kernel.conv.Geometry",
                        "dev.sepconv.kernel.conv.Tile",
                        "uk.ac.manchester.tornado.api.KernelContext",
                        "uk.ac.manchester.tornado.api.types.arrays.FloatArray",
                        "uk.ac.manchester.tornado.api.types.arrays.IntArray"));
        tiles.forEach(tile -> kernel(source, tile));
        return source.line("}").toString();
    }

    private static List<String> about(KernelTile tile) {
        String plainJava = """
                Called as plain Java it computes next to nothing: the ids of a {@link KernelContext}
                are 0 there.""";
        return grouped(tile)
                ? List.of(
                        """
                                Standard and grouped convolution for GPUs, as a matrix product in tiles like
                                {@link PointwiseLocalConv}, whose depth is all taps of all channels of a group. The
                                matrix of input numbers is never stored: each is looked up as it is loaded to local
                                memory, zero where the tap is on the padding.""",
                        """
                                Weight for each block of a tile's output channels {@code [R, S, C/G, block]}, bias
                                as many a block; each group starts with a block. %s"""
                                .formatted(plainJava))
                : List.of("""
                        Pointwise (1x1) convolution at stride 1 for GPUs, as a matrix product in
                        tiles: a work-group of 16 by 16 work-items computes a tile of pixels by
                        output channels. It walks over the channels some at a time, which all load
                        to local memory together and then read from there, so that each number that
                        is loaded serves many sums. What is past the last channel is loaded as
                        zero.""", """
                        Weight {@code [ceil(K/block), C, block]}, bias {@code [block*ceil(K/block)]}
                        for blocks of as many output channels as a tile has. %s"""
                        .formatted(plainJava));
    }

    private static boolean grouped(KernelTile tile) {
        return tile.family().variant().equals("GROUPED");
    }

    /** Pixels of a work-item. */
    private static int pixels(KernelTile tile) {
        return tile.pixels() / SIDE;
    }

    /** Output channels of a work-item. */
    private static int filters(KernelTile tile) {
        return tile.filters() / SIDE;
    }

    private static void kernel(Source source, KernelTile tile) {
        doc(source.line(""), tile);
        source.line("""
                public static void %s(KernelContext context, FloatArray input, FloatArray weight, \
                FloatArray bias, FloatArray output, IntArray geometry, int activation, \
                float slope) {""".formatted(tile.method()));
        problem(source, tile);
        group(source, tile);
        loadedPixels(source, tile);
        source.each(filters(tile), k -> "float bias%d = bias.get(%s);".formatted(k,
                sum("block * " + tile.filters(), filter(tile, k))));
        each(tile, source, (k, p) -> "float sum%d%d = bias%1$d;".formatted(k, p));
        source.line("for (int first = 0; first < depth; first += %d) {".formatted(tile.channels()));
        loadWeights(source, tile);
        loadValues(source, tile);
        source.line("context.localBarrier();");
        products(source, tile);
        source.line("context.localBarrier();").line("}");
        outputs(source, tile);
        source.line("}");
    }

    private static void doc(Source source, KernelTile tile) {
        String height = grouped(tile) ? "OH" : "H";
        String width = grouped(tile) ? "OW" : "W";
        String tiles = "ceil(N*%s*%s/%d)".formatted(height, width, tile.pixels());
        String blocks = (grouped(tile) ? "G*ceil(K/G/%d)" : "ceil(K/%d)").formatted(tile.filters());
        boolean last = tile.family().channelsLast();
        source.doc(List.of(
                """
                        %d pixels by %d output channels, %d by %d a work-item, %d channels at a time."""
                        .formatted(tile.pixels(), tile.filters(), pixels(tile), filters(tile),
                                tile.channels()),
                (last
                        ? "Input {@code [N, H, W, C]}, output {@code [N, %s, %s, K]}."
                        : "Input {@code [N, C, H, W]}, output {@code [N, K, %s, %s]}.")
                        .formatted(height, width)
                        + " Work-groups: {@code [%s, %s]}.".formatted(last ? blocks : tiles,
                                last ? tiles : blocks)));
    }

    /** The matrix product: how deep, and how many pixels. */
    private static void problem(Source source, KernelTile tile) {
        if (grouped(tile)) {
            sizes(source, "Geometry", "batch", "inChannels", "inHeight", "inWidth", "outChannels",
                    "kernelHeight", "kernelWidth", "strideHeight", "strideWidth", "dilationHeight",
                    "dilationWidth", "padTop", "padLeft", "groups", "outHeight", "outWidth");
            source.line("""
                    int groupIn = inChannels / groups;
                    int groupOut = outChannels / groups;
                    int groupBlocks = (groupOut + %d) / %d;
                    int depth = kernelHeight * kernelWidth * groupIn;"""
                    .formatted(tile.filters() - 1, tile.filters()));
        } else {
            sizes(source, "Geometry", "batch", "outChannels", "outHeight", "outWidth");
            source.line("int depth = geometry.get(Geometry.IN_CHANNELS);");
        }
        source.line("""
                int outPixels = outHeight * outWidth;
                int last = batch * outPixels - 1;""");
    }

    /** Which work-item of which group this is, and the memory that the group shares. */
    private static void group(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        source.line("""
                int localX = context.localIdx;
                int localY = context.localIdy;
                int tile = context.groupId%s;
                int block = context.groupId%s;
                int thread = localY * %d + localX;
                float[] weights = context.allocateFloatLocalArray(%d);""".formatted(
                last ? "y" : "x", last ? "x" : "y", SIDE, tile.channels() * tile.filters()));
        if (last) {
            source.line("// rows of %d: neighbours then lie in banks of their own"
                    .formatted(tile.pixels() + 1));
        }
        source.line("float[] values = context.allocateFloatLocalArray(%d);"
                .formatted(tile.channels() * valueRow(tile)));
        if (grouped(tile)) {
            source.line("int group = block / groupBlocks;");
        }
        source.line("int weightRow = thread / %d;".formatted(tile.filters()));
    }

    /** Numbers of a row of values in local memory. */
    private static int valueRow(KernelTile tile) {
        return tile.family().channelsLast() ? tile.pixels() + 1 : tile.pixels();
    }

    /** Where the pixels lie of which the work-item loads numbers. */
    private static void loadedPixels(Source source, KernelTile tile) {
        if (!tile.family().channelsLast()) {
            source.line("""
                    int valueRow = thread / %d;
                    int load = Tile.min(tile * %1$d + thread %% %1$d, last);"""
                    .formatted(tile.pixels()));
            source.line(grouped(tile) ? """
                    int firstPlane = (load / outPixels * inChannels + group * groupIn) \
                    * inHeight * inWidth;
                    int top = load % outPixels / outWidth * strideHeight - padTop;
                    int left = load % outWidth * strideWidth - padLeft;""" : """
                    int firstValue = load / outPixels * depth * outPixels + load % outPixels;""");
            return;
        }
        for (int p = 0; p < pixels(tile); p++) {
            String pixel = "Tile.min(%s, last)"
                    .formatted(sum("tile * " + tile.pixels(), "localY", String.valueOf(p * SIDE)));
            source.line(grouped(tile)
                    ? """
                            int load%d = %s;
                            int firstRow%1$d = load%1$d / outPixels * inHeight;
                            int top%1$d = load%1$d %% outPixels / outWidth * strideHeight - padTop;
                            int left%1$d = load%1$d %% outWidth * strideWidth - padLeft;"""
                            .formatted(p, pixel)
                    : "int load%d = %s * depth + localX;".formatted(p, pixel));
        }
    }

    private static void loadWeights(Source source, KernelTile tile) {
        source.line("int w = (block * depth + first) * %d + thread;".formatted(tile.filters()));
        source.each(tile.channels() * tile.filters() / ITEMS,
                i -> """
                        weights[%s] = %s < depth ? weight.get(%s) : 0f;""".formatted(
                        sum("thread", String.valueOf(i * ITEMS)),
                        sum("first", "weightRow", String.valueOf(i * ITEMS / tile.filters())),
                        sum("w", String.valueOf(i * ITEMS))));
    }

    private static void loadValues(Source source, KernelTile tile) {
        if (!tile.family().channelsLast()) {
            for (int i = 0; i < tile.channels() * tile.pixels() / ITEMS; i++) {
                String to = "values[%s]".formatted(sum("thread", String.valueOf(i * ITEMS)));
                String row = sum("first", "valueRow", String.valueOf(i * ITEMS / tile.pixels()));
                source.line("int q%d = %s;".formatted(i, row));
                source.line((grouped(tile) ? """
                        int h%d = top + q%1$d / groupIn / kernelWidth * dilationHeight;
                        int w%1$d = left + q%1$d / groupIn %% kernelWidth * dilationWidth;
                        boolean inside%1$d = q%1$d < depth && h%1$d >= 0 && h%1$d < inHeight \
                        && w%1$d >= 0 && w%1$d < inWidth;
                        %s = inside%1$d ? input.get(firstPlane + (q%1$d %% groupIn * inHeight \
                        + h%1$d) * inWidth + w%1$d) : 0f;""" : """
                        %2$s = q%d < depth ? input.get(firstValue + q%1$d * outPixels) : 0f;""")
                        .formatted(i, to));
            }
            return;
        }
        source.line("int q = first + localX;");
        if (grouped(tile)) {
            source.line("""
                    int down = q / groupIn / kernelWidth * dilationHeight;
                    int right = q / groupIn % kernelWidth * dilationWidth;
                    int channel = group * groupIn + q % groupIn;""");
        }
        for (int p = 0; p < pixels(tile); p++) {
            String to = "values[%s]".formatted(
                    sum("localX * " + valueRow(tile), "localY", String.valueOf(p * SIDE)));
            source.line((grouped(tile) ? """
                    int h%d = top%1$d + down;
                    int w%1$d = left%1$d + right;
                    boolean inside%1$d = q < depth && h%1$d >= 0 && h%1$d < inHeight \
                    && w%1$d >= 0 && w%1$d < inWidth;
                    %s = inside%1$d ? input.get(((firstRow%1$d + h%1$d) * inWidth + w%1$d) \
                    * inChannels + channel) : 0f;""" : """
                    %2$s = q < depth ? input.get(load%d + first) : 0f;""").formatted(p, to));
        }
    }

    private static void products(Source source, KernelTile tile) {
        source.line("for (int i = 0; i < %d; i++) {".formatted(tile.channels()));
        source.each(filters(tile), k -> "float factor%d = weights[%s];".formatted(k,
                sum("i * " + tile.filters(), filter(tile, k))));
        source.each(pixels(tile), p -> "float x%d = values[%s];".formatted(p,
                sum("i * " + valueRow(tile), pixel(tile, p))));
        each(tile, source, (k, p) -> "sum%d%d += factor%1$d * x%2$d;".formatted(k, p));
        source.line("}");
    }

    private static void outputs(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        String channels = grouped(tile) ? "groupOut" : "outChannels";
        String group = grouped(tile) ? "group * groupOut" : "";
        source.line("int k = %s * %d + %s;".formatted(
                grouped(tile) ? "block % groupBlocks" : "block", tile.filters(), filter(tile, 0)));
        for (int p = 0; p < pixels(tile); p++) {
            source.line("""
                    int pixel%d = %s;
                    if (pixel%1$d <= last) {""".formatted(p,
                    sum("tile * " + tile.pixels(), pixel(tile, p))));
            String plane = sum("pixel%d / outPixels * outChannels".formatted(p), group);
            source.line("int out%d = %s;".formatted(p,
                    last
                            ? sum("pixel%d * outChannels".formatted(p), group)
                            : (group.isEmpty() ? "%s" : "(%s)").formatted(plane)
                                    + " * outPixels + pixel%d %% outPixels".formatted(p)));
            for (int i = 0; i < filters(tile); i++) {
                String k = sum("k", String.valueOf(last ? i * SIDE : i));
                String at = last ? k : i == 0 ? "k * outPixels" : "(%s) * outPixels".formatted(k);
                source.line("""
                        if (%s < %s) {
                        output.set(%s, Activations.apply(sum%d%d, activation, slope));
                        }""".formatted(k, channels, sum("out" + p, at), i, p));
            }
            source.line("}");
        }
    }

    /** A work-item's output channel, within the tile; neighbours along x read neighbours. */
    private static String filter(KernelTile tile, int k) {
        return tile.family().channelsLast()
                ? sum("localX", String.valueOf(k * SIDE))
                : sum("localY * " + filters(tile), String.valueOf(k));
    }

    /** A work-item's pixel, within the tile. */
    private static String pixel(KernelTile tile, int p) {
        return tile.family().channelsLast()
                ? sum("localY * " + pixels(tile), String.valueOf(p))
                : sum("localX", String.valueOf(p * SIDE));
    }

    private interface SumLine {
        String of(int filter, int pixel);
    }

    private static void each(KernelTile tile, Source source, SumLine line) {
        for (int k = 0; k < filters(tile); k++) {
            int filter = k;
            source.each(pixels(tile), p -> line.of(filter, p));
        }
    }
}
