package dev.sepconv.generator;

import static dev.sepconv.generator.KernelTiles.sizes;
import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;

/**
 * Writes the kernels for GPUs that share local memory: a work-group computes a tile of a matrix
 * product, each of its work-items some pixels by some output channels.
 */
final class LocalKernels {

    /** That are multiplied before those after them are read. */
    private static final int CHANNELS_AT_ONCE = 2;

    /** The same where all of a part's channels are one tap's, which are few. */
    private static final int TAP_CHANNELS_AT_ONCE = 4;

    /** Work-items that read local memory at once. */
    private static final int NEIGHBOURS = 32;

    /** Tiles load so many pixels or a multiple, though they may be of fewer. */
    private static final int LOADED_PIXELS = 16;

    /** Rounds in which sums come together, so that they need no more local memory than the rest. */
    private static final int ROUNDS = 2;

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
                        tiles: a work-group computes a tile of pixels by
                        output channels. It walks over the channels some at a time, which all load
                        to local memory together and then read from there, so that each number that
                        is loaded serves many sums. The last ones of several end with the last
                        channel, and what they have of the ones before is left out.""", """
                        Weight {@code [ceil(K/block), C, block]}, bias {@code [block*ceil(K/block)]}
                        for blocks of as many output channels as a tile has. %s"""
                        .formatted(plainJava));
    }

    private static boolean grouped(KernelTile tile) {
        return tile.family().variant().equals("GROUPED");
    }

    /** Pixels of a work-item. */
    private static int pixels(KernelTile tile) {
        return tile.itemPixels();
    }

    /** Output channels of a work-item. */
    private static int filters(KernelTile tile) {
        return tile.itemFilters();
    }

    /** Work-items of a group along the pixels. */
    private static int across(KernelTile tile) {
        return tile.pixels() / tile.itemPixels();
    }

    /** Work-items of a group along the output channels. */
    private static int along(KernelTile tile) {
        return tile.filters() / tile.itemFilters();
    }

    /** Work-items that share the tile's outputs. */
    private static int items(KernelTile tile) {
        return across(tile) * along(tile);
    }

    /** Work-items of a group: as many again for each part of the channels. */
    private static int threads(KernelTile tile) {
        return items(tile) * tile.parts();
    }

    private static void kernel(Source source, KernelTile tile) {
        doc(source.line(""), tile);
        source.line("""
                public static void %s(KernelContext context, FloatArray input, FloatArray weight, \
                FloatArray bias, FloatArray output, IntArray geometry, int activation, \
                float slope) {""".formatted(tile.method()));
        problem(source, tile);
        group(source, tile);
        loaded(source, tile);
        boolean parts = tile.parts() > 1;
        if (!parts) {
            biases(source, tile);
        }
        each(tile, source, (k, p) -> (parts ? "float sum%d%d = 0f;" : "float sum%d%d = bias%1$d;")
                .formatted(k, p));
        int own = tile.channels() / tile.parts();
        // always as many; but were it a constant, nvcc would read all of them first, and multiply
        // behind the barrier
        source.line("int start = 0;").line("int rows = Tile.min(%d, depth);".formatted(own));
        load(source, tile, true);
        source.line(
                "for (int left = depth; left >= %d; left -= %1$d) {".formatted(tile.channels()));
        store(source, tile);
        if (tile.family().taps()) {
            source.line("""
                    // what comes next is on its way while this is computed
                    if (left > %d) {""".formatted(tile.channels()));
            load(source, tile, false);
            source.line("}");
        } else {
            source.line("""
                    // what comes next is on its way from memory while this is computed;
                    // the last ones of several end with the last channel
                    start = Tile.min(start + %d, depth - %1$d);""".formatted(tile.channels()));
            load(source, tile, false);
        }
        ahead(source, tile, Math.min(atOnce(tile), own));
        if (tile.doubled()) {
            source.line("""
                    // the other half of local memory, so that nobody waits before it is written
                    store = store ^ %d;
                    weightsAt = weightsAt ^ %1$d;
                    valuesAt = valuesAt ^ %1$d;""".formatted(tile.slab()));
            if (padded(tile)) {
                source.line("storeValue = storeValue ^ %d;".formatted(tile.slab()));
            }
            source.line("}");
        } else {
            source.line("context.localBarrier();").line("}");
        }
        if (!tile.family().taps()) {
            rest(source, tile);
        }
        outputs(source, tile);
        source.line("}");
    }

    /** The last channels, where they are fewer than are loaded at a time. */
    private static void rest(Source source, KernelTile tile) {
        boolean parts = tile.parts() > 1;
        int own = tile.channels() / tile.parts();
        store(source, tile);
        source.line("int rest = depth %% %d;".formatted(tile.channels()));
        source.line(tile.doubled()
                ? """
                        for (int i = (%d - rest - part) / %d; i < %d; i++) {"""
                        .formatted(tile.channels() + tile.parts() - 1, tile.parts(), own)
                : parts
                        ? """
                                for (int i = Tile.first(%d - rest - part * %d, %2$d); i < %2$d; i++) {"""
                                .formatted(tile.channels(), own)
                        : "for (int i = %d - rest; i < %1$d; i++) {".formatted(own));
        factors(source, tile, 0, true);
        source.each(pixels(tile),
                p -> "float x0%d = %s[%s];".formatted(p, values(tile), value(tile, 0, p)));
        multiply(source, tile, 0);
        source.line("}");
    }

    private static void biases(Source source, KernelTile tile) {
        source.each(filters(tile), k -> "float bias%d = bias.get(%s);".formatted(k,
                sum("block * " + tile.filters(), filter(tile, k))));
    }

    /** From a work-item's variables to local memory, and until all have. */
    private static void store(Source source, KernelTile tile) {
        source.each(weightLoads(tile),
                i -> "weights[%s] = nextWeight%d;".formatted(
                        sum(tile.doubled() ? "store" : "thread", String.valueOf(i * threads(tile))),
                        i));
        source.each(loads(tile),
                i -> (grouped(tile)
                        ? "%4$s[%1$s] = padding%2$d == 0 ? nextValue%3$d : 0f;"
                        : "%4$s[%1$s] = nextValue%3$d;").formatted(valueAt(tile, i),
                                tile.family().taps() ? 0 : i, i, values(tile)));
        source.line("context.localBarrier();");
    }

    /**
     * The parts' sums come together, where the weights were: each work-item adds up those that it
     * stores.
     */
    private static void join(Source source, KernelTile tile) {
        int items = items(tile);
        int tileNumbers = tile.pixels() * tile.filters();
        source.line("""
                context.localBarrier();
                int item = thread %% %d;
                int own = part * %d + item;""".formatted(items, tileNumbers));
        each(tile, source, (k, p) -> "weights[%s] = sum%d%d;"
                .formatted(sum("own", String.valueOf((k * pixels(tile) + p) * items)), k, p));
        source.line("context.localBarrier();")
                .line("int shared = part * %d + item;".formatted(tileNumbers / tile.parts()));
        source.each(stored(tile), k -> "float bias%d = bias.get(%s);".formatted(k,
                sum("k", String.valueOf(step(tile, k)))));
        for (int k = 0; k < stored(tile); k++) {
            for (int p = 0; p < pixels(tile); p++) {
                StringBuilder line = new StringBuilder("float all%d%d = bias%1$d".formatted(k, p));
                for (int part = 0; part < tile.parts(); part++) {
                    line.append(" + weights[%s]".formatted(sum("shared",
                            String.valueOf(part * tileNumbers + (k * pixels(tile) + p) * items))));
                }
                source.line(line + ";");
            }
        }
    }

    /** Output channels that a work-item stores: its own, or its part of those. */
    private static int stored(KernelTile tile) {
        return tile.itemFilters() / tile.parts();
    }

    /** From a work-item's first output channel to another. */
    private static int step(KernelTile tile, int k) {
        return tile.family().channelsLast() ? k * along(tile) : k;
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
            if (tile.family().taps()) {
                source.line("int plane = inHeight * inWidth;");
            }
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
                last ? "y" : "x", last ? "x" : "y",
                last ? along(tile) * tile.parts() : across(tile), tile.weightNumbers()));
        if (last) {
            source.line("// rows of %d: neighbours then lie in banks of their own"
                    .formatted(tile.pixels() + 1));
        }
        if (!tile.doubled()) {
            source.line("float[] values = context.allocateFloatLocalArray(%d);"
                    .formatted(tile.valueNumbers()));
        }
        if (grouped(tile)) {
            source.line("int group = block / groupBlocks;");
        }
        if (tile.parts() > 1) {
            String along = last ? "localX" : "localY";
            source.line("int part = %s / %d;".formatted(along, along(tile)));
            source.line("int row = %s %% %d;".formatted(along, along(tile)));
        }
        if (tile.doubled()) {
            int weights = tile.channels() * tile.filters();
            int row = loadedRow(tile);
            source.line("int store = thread;");
            if (padded(tile)) {
                source.line("int storeValue = %s;"
                        .formatted(sum("thread / %d * %d".formatted(row, valueRow(tile)),
                                "thread %% %d".formatted(row), String.valueOf(weights))));
            }
            source.line("""
                    // a part's channels are as far from each other as there are parts
                    int weightsAt = part * %d + %s;
                    int valuesAt = part * %d + %s;""".formatted(tile.filters(), filter(tile, 0),
                    valueRow(tile), sum(pixel(tile, 0), String.valueOf(weights))));
        }
        source.line("int firstWeight = block * depth * %d + thread;".formatted(tile.filters()));
    }

    /** Whether two parts of a doubled tile are neighbours. */
    private static boolean padded(KernelTile tile) {
        return tile.doubled() && items(tile) < NEIGHBOURS;
    }

    /** Numbers of a row of values in local memory. */
    static int valueRow(KernelTile tile) {
        // where two parts are neighbours their numbers are in banks of their own
        int more = padded(tile) ? across(tile) : 0;
        return tile.family().channelsLast() ? tile.pixels() + 1 : loadedRow(tile) + more;
    }

    /**
     * Pixels of which a channel is loaded: those of a tile and as many of the next as make the
     * work-items' number a multiple.
     */
    static int loadedRow(KernelTile tile) {
        return threads(tile) % tile.pixels() == 0
                ? tile.pixels()
                : (tile.pixels() + LOADED_PIXELS - 1) / LOADED_PIXELS * LOADED_PIXELS;
    }

    /** Numbers of the input that a work-item loads at a time. */
    private static int loads(KernelTile tile) {
        return tile.channels() * loadedRow(tile) / threads(tile);
    }

    /** Pixels of which a work-item loads numbers. */
    private static int loadedPixels(KernelTile tile) {
        return tile.family().channelsLast()
                ? loads(tile)
                : Math.max(1, loadedRow(tile) / threads(tile));
    }

    /** Where the pixels lie of which the work-item loads numbers. */
    private static void loaded(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        int items = threads(tile);
        if (last) {
            source.line("int loadRow = thread %% %d;".formatted(tile.channels()));
        } else if (items > loadedRow(tile)) {
            source.line("int valueRow = thread / %d;".formatted(loadedRow(tile)));
        }
        for (int p = 0; p < loadedPixels(tile); p++) {
            String thread = last
                    ? "thread / " + tile.channels()
                    : items > loadedRow(tile)
                            ? "thread %% %d".formatted(loadedRow(tile))
                            : "thread";
            String step = String.valueOf(last ? p * (items / tile.channels()) : p * items);
            String pixel = "Tile.min(%s, last)"
                    .formatted(sum("tile * " + tile.pixels(), thread, step));
            if (last) {
                source.line(grouped(tile)
                        ? """
                                int load%d = %s;
                                int firstRow%1$d = load%1$d / outPixels * inHeight;
                                int top%1$d = load%1$d %% outPixels / outWidth * strideHeight - padTop;
                                int left%1$d = load%1$d %% outWidth * strideWidth - padLeft;"""
                                .formatted(p, pixel)
                        : "int load%d = %s * depth;".formatted(p, pixel));
            } else {
                source.line("int load%d = %s;".formatted(p, pixel));
                source.line((grouped(tile) ? """
                        int firstPlane%d = (load%1$d / outPixels * inChannels + group * groupIn) \
                        * inHeight * inWidth;
                        int top%1$d = load%1$d %% outPixels / outWidth * strideHeight - padTop;
                        int left%1$d = load%1$d %% outWidth * strideWidth - padLeft;""" : """
                        int firstValue%d = load%1$d / outPixels * depth * outPixels \
                        + load%1$d %% outPixels;""").formatted(p));
            }
        }
    }

    /** Weights that a work-item loads at a time. */
    private static int weightLoads(KernelTile tile) {
        return tile.channels() * tile.filters() / threads(tile);
    }

    /** Where in local memory a number of the input goes. */
    private static String valueAt(KernelTile tile, int load) {
        return tile.family().channelsLast()
                ? sum("loadRow * " + valueRow(tile), "thread / " + tile.channels(),
                        String.valueOf(load * (threads(tile) / tile.channels())))
                : tile.doubled()
                        ? padded(tile)
                                ? sum("storeValue",
                                        String.valueOf(load * threads(tile) / loadedRow(tile)
                                                * valueRow(tile)))
                                : sum("store",
                                        String.valueOf(tile.channels() * tile.filters()
                                                + load * threads(tile)))
                        : sum("thread", String.valueOf(load * threads(tile)));
    }

    /** The array in local memory that has the input's numbers. */
    private static String values(KernelTile tile) {
        return tile.doubled() ? "weights" : "values";
    }

    /**
     * All that a work-item loads of the channels from start on, to variables of its own.
     *
     * @param declares whether these are the first ones
     */
    private static void load(Source source, KernelTile tile, boolean declares) {
        String end = declares ? "First" : "";
        String type = declares ? "float " : "";
        boolean taps = tile.family().taps();
        String at = taps ? "nextWeight" : "weight" + (declares ? "First" : "Next");
        source.line(!taps
                ? "int %s = firstWeight + start * %d;".formatted(at, tile.filters())
                : declares
                        ? "int nextWeight = firstWeight;"
                        : "nextWeight += %d;".formatted(tile.channels() * tile.filters()));
        source.each(weightLoads(tile), i -> "%snextWeight%d = weight.get(%s);".formatted(type, i,
                sum(at, String.valueOf(i * threads(tile)))));
        if (tile.family().channelsLast()) {
            loadPixels(source, tile, end, declares);
        } else {
            loadPlanes(source, tile, end, declares);
        }
    }

    private static void loadPlanes(Source source, KernelTile tile, String end, boolean declares) {
        int threads = threads(tile);
        String row = threads > loadedRow(tile) ? "valueRow" : "";
        if (tile.family().taps()) {
            loadTap(source, tile, declares);
            return;
        }
        for (int i = 0; i < loads(tile); i++) {
            int p = i % loadedPixels(tile);
            String q = "q%d%s".formatted(i - p, end);
            if (p == 0) {
                source.line("int %s = %s;".formatted(q,
                        sum("start", row, String.valueOf(i * threads / loadedRow(tile)))));
                if (grouped(tile)) {
                    source.line("""
                            int down%s = %s / groupIn / kernelWidth * dilationHeight;
                            int right%1$s = %2$s / groupIn %% kernelWidth * dilationWidth;
                            int plane%1$s = %2$s %% groupIn * inHeight;""".formatted(i - p + end,
                            q));
                }
            }
            source.line((grouped(tile) ? """
                    int h%s = top%d + down%s;
                    int w%1$s = left%2$d + right%3$s;
                    int inH%1$s = Tile.inside(h%1$s, inHeight);
                    int inW%1$s = Tile.inside(w%1$s, inWidth);
                    %5$snextValue%6$d = input.get(firstPlane%2$d + (plane%3$s + inH%1$s) * inWidth \
                    + inW%1$s);
                    %7$spadding%6$d = inH%1$s - h%1$s | inW%1$s - w%1$s;""" : """
                    %5$snextValue%6$d = input.get(firstValue%2$d + %4$s * outPixels);""").formatted(
                    i + end, p, i - p + end, q, declares ? "float " : "", i,
                    declares ? "int " : ""));
        }
    }

    /**
     * All channels that are loaded at a time are of one tap, so where it is is known once; taps are
     * counted, as a division takes a GPU long.
     */
    private static void loadTap(Source source, KernelTile tile, boolean declares) {
        int rows = threads(tile) / loadedRow(tile);
        if (declares) {
            source.line("""
                    int h = top0;
                    int w = left0;
                    int endOfRow = left0 + kernelWidth * dilationWidth;
                    int channel = 0;
                    int firstOfRow = firstPlane0%s;"""
                    .formatted(rows > 1 ? " + valueRow * plane" : ""));
            source.line("""
                    int inH0 = Tile.inside(top0, inHeight);
                    int inW0 = Tile.inside(left0, inWidth);
                    int padding0 = inH0 - top0 | inW0 - left0;
                    int at = firstOfRow + inH0 * inWidth + inW0;""");
        } else {
            source.line("""
                    channel += %d;
                    at += %1$d * plane;
                    if (channel == groupIn) {
                    channel = 0;
                    w += dilationWidth;
                    if (w == endOfRow) {
                    w = left0;
                    h += dilationHeight;
                    }
                    int inH = Tile.inside(h, inHeight);
                    int inW = Tile.inside(w, inWidth);
                    padding0 = inH - h | inW - w;
                    at = firstOfRow + inH * inWidth + inW;
                    }""".formatted(tile.channels()));
        }
        source.each(loads(tile), i -> "%snextValue%d = input.get(%s);"
                .formatted(declares ? "float " : "", i, sum("at", times(i * rows, "plane"))));
    }

    private static void loadPixels(Source source, KernelTile tile, String end, boolean declares) {
        source.line("int q%s = start + loadRow;".formatted(end));
        if (grouped(tile)) {
            source.line("""
                    int down%s = q%1$s / groupIn / kernelWidth * dilationHeight;
                    int right%1$s = q%1$s / groupIn %% kernelWidth * dilationWidth;
                    int channel%1$s = group * groupIn + q%1$s %% groupIn;""".formatted(end));
        }
        for (int p = 0; p < loads(tile); p++) {
            source.line((grouped(tile) ? """
                    int h%d%s = top%1$d + down%2$s;
                    int w%1$d%2$s = left%1$d + right%2$s;
                    int inH%1$d%2$s = Tile.inside(h%1$d%2$s, inHeight);
                    int inW%1$d%2$s = Tile.inside(w%1$d%2$s, inWidth);
                    %3$snextValue%1$d = input.get(((firstRow%1$d + inH%1$d%2$s) * inWidth \
                    + inW%1$d%2$s) * inChannels + channel%2$s);
                    %4$spadding%1$d = inH%1$d%2$s - h%1$d%2$s | inW%1$d%2$s - w%1$d%2$s;""" : """
                    %3$snextValue%1$d = input.get(load%1$d + q%2$s);""").formatted(p, end,
                    declares ? "float " : "", declares ? "int " : ""));
        }
    }

    /** Channels whose pixels are read, and then multiplied. */
    static int atOnce(KernelTile tile) {
        return tile.doubled() ? 1 : tile.family().taps() ? TAP_CHANNELS_AT_ONCE : CHANNELS_AT_ONCE;
    }

    /**
     * All of the part's channels, some at a time, whose pixels are read at the end of the loop,
     * under a condition: else nvcc would read each number right before its use, or move it from one
     * register to another.
     */
    private static void ahead(Source source, KernelTile tile, int step) {
        if (tile.doubled()) {
            // a block for each channel, which keeps its sums apart from the next one's
            source.line("int i = 0;");
            for (int c = 0; c < tile.channels() / tile.parts(); c++) {
                int channel = c;
                source.line("if (%d < rows) {".formatted(c));
                source.each(pixels(tile), p -> "float x%d%d = %s[%s];".formatted(channel, p,
                        values(tile), value(tile, channel, p)));
                factors(source, tile, c, true);
                multiply(source, tile, c);
                source.line("}");
            }
            return;
        }
        source.line("int i = 0;");
        for (int c = 0; c < step; c++) {
            int channel = c;
            source.each(pixels(tile), p -> "float x%d%d = values[%s];".formatted(channel, p,
                    value(tile, channel, p)));
        }
        source.line("while (i < rows) {");
        for (int c = 0; c < step; c++) {
            factors(source, tile, c, c == 0);
            multiply(source, tile, c);
        }
        source.line("i += %d;".formatted(step)).line("if (i < rows) {");
        for (int c = 0; c < step; c++) {
            int channel = c;
            source.each(pixels(tile),
                    p -> "x%d%d = values[%s];".formatted(channel, p, value(tile, channel, p)));
        }
        source.line("}").line("}");
    }

    private static void factors(Source source, KernelTile tile, int channel, boolean declares) {
        source.each(filters(tile),
                k -> "%sfactor%d = weights[%s];".formatted(declares ? "float " : "", k,
                        tile.doubled()
                                ? sum("weightsAt", "i * " + tile.parts() * tile.filters(),
                                        String.valueOf(channel * tile.parts() * tile.filters() + k))
                                : sum(channel(tile, channel, tile.filters()), filter(tile, k))));
    }

    private static String value(KernelTile tile, int channel, int p) {
        return tile.doubled()
                ? sum("valuesAt", "i * " + tile.parts() * valueRow(tile),
                        String.valueOf(channel * tile.parts() * valueRow(tile) + p * across(tile)))
                : sum(channel(tile, channel, valueRow(tile)), pixel(tile, p));
    }

    private static void multiply(Source source, KernelTile tile, int channel) {
        each(tile, source, (k, p) -> "sum%d%d += factor%1$d * x%3$d%2$d;".formatted(k, p, channel));
    }

    /** Where in local memory the part's channel {@code i + more} begins. */
    private static String channel(KernelTile tile, int more, int length) {
        return sum(tile.parts() == 1 ? "" : "part * " + tile.channels() / tile.parts() * length,
                "i * " + length, String.valueOf(more * length));
    }

    /** The parts' sums come together, and a part stores one of each work-item's pixels. */
    private static void outputsByPixel(Source source, KernelTile tile) {
        int items = items(tile);
        String block = grouped(tile) ? "block % groupBlocks" : "block";
        source.line("int k = %s * %d + %s;".formatted(block, tile.filters(), filter(tile, 0)));
        source.each(filters(tile), k -> "float all%d = bias.get(%s);".formatted(k,
                sum("block * " + tile.filters(), filter(tile, k))));
        int round = filters(tile) / ROUNDS;
        int numbers = tile.pixels() * tile.filters() / ROUNDS;
        source.line("""
                int item = thread %% %d;
                int own = part * %d + item;
                int shared = part * %d + item;""".formatted(items, numbers, round * items));
        for (int first = 0; first < filters(tile); first += round) {
            source.line("context.localBarrier();");
            for (int k = 0; k < round; k++) {
                int filter = first + k;
                int at = k * items;
                source.each(pixels(tile), p -> "weights[%s] = sum%d%d;"
                        .formatted(sum("own", String.valueOf(p * round * items + at)), filter, p));
            }
            source.line("context.localBarrier();").line("if (part < %d) {".formatted(pixels(tile)));
            for (int part = 0; part < tile.parts(); part++) {
                for (int k = 0; k < round; k++) {
                    source.line("all%d += weights[%s];".formatted(first + k,
                            sum("shared", String.valueOf(part * numbers + k * items))));
                }
            }
            source.line("}");
        }
        source.line("""
                int pixel = %s;
                if (part < %d & pixel <= last) {
                int out = (pixel / outPixels * outChannels%s) * outPixels + pixel %% outPixels;"""
                .formatted(sum("tile * " + tile.pixels(), "part * " + across(tile), pixel(tile, 0)),
                        pixels(tile), grouped(tile) ? " + group * groupOut" : ""));
        for (int k = 0; k < filters(tile); k++) {
            source.line("""
                    if (%s < %s) {
                    output.set(out + %s * outPixels, Activations.apply(all%d, activation, slope));
                    }""".formatted(sum("k", String.valueOf(k)),
                    grouped(tile) ? "groupOut" : "outChannels",
                    k == 0 ? "k" : "(k + %d)".formatted(k), k));
        }
        source.line("}");
    }

    private static void outputs(Source source, KernelTile tile) {
        if (tile.doubled()) {
            outputsByPixel(source, tile);
            return;
        }
        boolean last = tile.family().channelsLast();
        String sums = tile.parts() > 1 ? "all" : "sum";
        String channels = grouped(tile) ? "groupOut" : "outChannels";
        String group = grouped(tile) ? "group * groupOut" : "";
        String first = sum(filter(tile, 0),
                tile.parts() > 1 ? "part * " + step(tile, stored(tile)) : "");
        if (tile.parts() > 1) {
            source.line("int k = block * %d + %s;".formatted(tile.filters(), first));
            join(source, tile);
            if (grouped(tile)) {
                source.line("k = block %% groupBlocks * %d + %s;".formatted(tile.filters(), first));
            }
        } else {
            source.line("int k = %s * %d + %s;".formatted(
                    grouped(tile) ? "block % groupBlocks" : "block", tile.filters(), first));
        }
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
            for (int i = 0; i < stored(tile); i++) {
                String k = sum("k", String.valueOf(step(tile, i)));
                String at = last ? k : i == 0 ? "k * outPixels" : "(%s) * outPixels".formatted(k);
                source.line("""
                        if (%s < %s) {
                        output.set(%s, Activations.apply(%s%d%d, activation, slope));
                        }""".formatted(k, channels, sum("out" + p, at), sums, i, p));
            }
            source.line("}");
        }
    }

    /** A work-item's output channel, within the tile; neighbours along x read neighbours. */
    private static String filter(KernelTile tile, int k) {
        String row = tile.parts() > 1 ? "row" : tile.family().channelsLast() ? "localX" : "localY";
        return tile.family().channelsLast()
                ? sum(row, String.valueOf(k * along(tile)))
                : sum(row + " * " + filters(tile), String.valueOf(k));
    }

    /** A work-item's pixel, within the tile. */
    private static String pixel(KernelTile tile, int p) {
        return tile.family().channelsLast()
                ? sum("localY * " + pixels(tile), String.valueOf(p))
                : sum("localX", String.valueOf(p * across(tile)));
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
