package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;

/**
 * Writes the kernels of 3x3 for GPUs whose work-groups load three rows of the input to local
 * memory, some columns of them: the separable ones compute what the depthwise convolution makes of
 * these, in local memory too, and multiply from there; the dense ones multiply the rows, each at
 * once by all that are under its columns.
 */
final class RowKernels {

    /** Columns that are loaded to local memory: those of a tile and one on each side. */
    private static final int COLUMNS = 16;
    private static final int KERNEL = 3;
    private static final int TAPS = KERNEL * KERNEL;
    /** Numbers of a channel in local memory: odd, so that neighbours are in banks of their own. */
    private static final int PATCH = KERNEL * COLUMNS + 1;
    /** Depthwise results of a channel, likewise. */
    private static final int MIDDLE = COLUMNS + 1;
    /** Rounds in which sums come together, so that they need less local memory. */
    private static final int ROUNDS = 2;
    /**
     * Channels of a work-item whose weights are read ahead, of dense kernels their rows: of more,
     * registers leave room for fewer work-groups.
     */
    private static final int AHEAD = 2;

    private static final String WEIGHTS = """
            Weights as {@link PointwiseLocalConv} has them; they are read as they are needed, as no
            other work-item of the group needs them. Sizes are numbers, not read from an array:
            TornadoVM makes constants of them. Called as plain Java it computes next to nothing: the
            ids of a {@link KernelContext} are 0 there.""";

    private static final List<String> SEPARABLE = List.of(
            """
                    Depthwise convolution of 3x3 at stride 1 and the pointwise one behind it, for GPUs: what is
                    between them is in local memory alone. A work-group computes a tile of pixels of a row by
                    output channels, the channels of the input some at a time: it loads what the tile sees of
                    them, convolves each by itself, and adds their products to its sums, of which each
                    work-item has those of some pixels, some output channels and a part of the channels. At
                    the end the parts' sums come together in local memory.""",
            WEIGHTS);

    private static final List<String> DENSE = List.of(
            """
                    Standard and grouped convolution of 3x3 at stride 1 for GPUs. A work-group computes a tile
                    of pixels of a row by output channels of a group, the channels of the input some at a
                    time: it loads what the tile sees of them to local memory, once for all nine taps. Each
                    work-item has the sums of some pixels, some output channels and a part of the channels; of
                    a row of a channel it reads its pixels and one on each side, and multiplies them by three
                    taps. At the end the parts' sums come together in local memory.""",
            WEIGHTS.replace("{@link PointwiseLocalConv} has", "{@link GroupedTapsConv} has"));

    private RowKernels() {
    }

    /** Work-items of a group. */
    static int threads(KernelTile tile) {
        return lanes(tile) * tile.parts();
    }

    /** Work-items that share a tile's outputs. */
    private static int lanes(KernelTile tile) {
        return across(tile) * along(tile);
    }

    private static int across(KernelTile tile) {
        return tile.pixels() / tile.itemPixels();
    }

    private static int along(KernelTile tile) {
        return tile.filters() / tile.itemFilters();
    }

    /** Channels of which a work-item loads a column; and its depthwise results, in a row. */
    private static int steps(KernelTile tile) {
        return tile.channels() * COLUMNS / threads(tile);
    }

    /** Channels of a work-item among those that are loaded at once. */
    private static int own(KernelTile tile) {
        return tile.channels() / tile.parts();
    }

    private static int factorLoads(KernelTile tile) {
        return Math.ceilDiv(tile.channels() * TAPS, threads(tile));
    }

    private static int roundFilters(KernelTile tile) {
        return tile.filters() / ROUNDS;
    }

    /** Output channels of a work-item in a round. */
    private static int stored(KernelTile tile) {
        return roundFilters(tile) * COLUMNS / threads(tile);
    }

    private static int patchNumbers(KernelTile tile) {
        return Math.max(tile.channels() * PATCH + 1,
                tile.parts() * roundFilters(tile) * tile.pixels());
    }

    /** Numbers of all local memory. */
    private static int numbers(KernelTile tile) {
        return patchNumbers(tile) + factorLoads(tile) * threads(tile) + tile.channels() * MIDDLE;
    }

    /** Whether a work-group's work-items have equal parts, of what they load and store too. */
    static boolean fits(KernelTile tile, int mostNumbers) {
        return tile.kernelWidth() == KERNEL && tile.stride() == 1 && tile.pixels() == COLUMNS - 2
                && tile.pixels() % tile.itemPixels() == 0
                && tile.filters() % tile.itemFilters() == 0 && tile.itemFilters() % ROUNDS == 0
                && (!separable(tile) || threads(tile) % tile.channels() == 0)
                && tile.channels() * COLUMNS % threads(tile) == 0
                && roundFilters(tile) * COLUMNS % threads(tile) == 0
                && tile.channels() % tile.parts() == 0 && own(tile) * KERNEL >= AHEAD
                && (!separable(tile) || own(tile) % AHEAD == 0) && numbers(tile) <= mostNumbers;
    }

    private static boolean separable(KernelTile tile) {
        return tile.family().variant().equals("SEPARABLE");
    }

    static String source(String type, List<KernelTile> tiles) {
        Source source = KernelTiles.begin(RowKernels.class, type,
                separable(tiles.getFirst()) ? SEPARABLE : DENSE, List.of(),
                List.of("dev.sepconv.kernel.conv.Activations", "dev.sepconv.kernel.conv.Tile",
                        "uk.ac.manchester.tornado.api.KernelContext",
                        "uk.ac.manchester.tornado.api.types.arrays.FloatArray"));
        for (KernelTile tile : tiles) {
            source.line("");
            if (separable(tile)) {
                kernel(source, tile);
            } else {
                dense(source, tile);
            }
        }
        return source.line("}").toString();
    }

    private static void doc(Source source, KernelTile tile, String weights, String filters) {
        source.doc(List.of(
                """
                        %d pixels by %d output channels, %d by %d a work-item, %d channels at a time."""
                        .formatted(tile.pixels(), tile.filters(), tile.itemPixels(),
                                tile.itemFilters(), tile.channels()),
                """
                        Input {@code [N, C, H, W]}, %s, output {@code [N, K, H, W]}. Work-groups: \
                        {@code [N*H*ceil(W/%d), %s]}.""".formatted(weights, tile.pixels(),
                        filters)));
    }

    private static void dense(Source source, KernelTile tile) {
        String blocks = "G*ceil(K/G/%d)".formatted(tile.filters());
        doc(source, tile, "weight {@code [%s, 3, 3, C/G, %d]}".formatted(blocks, tile.filters()),
                blocks);
        source.line("""
                public static void %s(KernelContext context, FloatArray input, FloatArray weight, \
                FloatArray bias, FloatArray output, int channels, int outChannels, int groups, \
                int height, int width, int activation, float slope) {""".formatted(tile.method()));
        source.line("""
                int thread = context.localIdx;
                int tile = context.groupIdx;
                int block = context.groupIdy;
                int groupIn = channels / groups;
                int groupOut = outChannels / groups;
                int groupBlocks = (groupOut + %d) / %d;
                int group = block / groupBlocks;
                float[] patch = context.allocateFloatLocalArray(%d);
                int across = (width + %d) / %d;
                int row = tile / across;
                int left = (tile - row * across) * %5$d;
                int image = row / height;
                int h = row - image * height;
                int plane = height * width;
                // minus 0, which no compiler knows: so a channel's reads stay with its products
                int rows = %6$d - context.groupIdz;""".formatted(tile.filters() - 1, tile.filters(),
                patchNumbers(tile), tile.pixels() - 1, tile.pixels(), own(tile) * KERNEL));
        source.line("""
                int column = thread & %d;
                int w = left + column - 1;
                int inW = Tile.inside(w, width);
                int above = Tile.inside(h - 1, height);
                int below = Tile.inside(h + 1, height);
                int outside = inW - w;
                int outsideAbove = outside | above - h + 1;
                int outsideBelow = outside | below - h - 1;
                int first = (image * channels + group * groupIn + thread / %d) * plane + inW;
                int at0 = first + above * width;
                int at1 = first + h * width;
                int at2 = first + below * width;
                int lane = thread %% %d;
                int part = thread / %3$d;
                int x = lane %% %4$d;
                int filter = lane / %4$d;
                int tap = groupIn * %5$d;
                int weightAt = block * %6$d * tap + part * %5$d + filter;""".formatted(COLUMNS - 1,
                COLUMNS, lanes(tile), across(tile), tile.filters(), TAPS));
        loadPlanes(source, tile, true);
        for (int unit = 0; unit < AHEAD; unit++) {
            weightsOfRow(source, tile, unit, true);
        }
        each(tile, source, (k, p) -> "float sum%d%d = 0f;".formatted(k, p));
        source.line("""
                int to = thread / %d * %d + column;
                int from = part * %2$d + x * %3$d;""".formatted(COLUMNS, PATCH, tile.itemPixels()));
        source.line("for (int slab = 0; slab < groupIn; slab += %d) {".formatted(tile.channels()));
        storePlanes(source, tile);
        source.line("context.localBarrier();");
        source.line("boolean more = slab + %d < groupIn;".formatted(tile.channels()));
        int units = own(tile) * KERNEL;
        for (int u = 0; u < units; u++) {
            int unit = u;
            int c = u / KERNEL;
            int r = u % KERNEL;
            source.line("if (%d < rows) {".formatted(u));
            source.each(tile.itemPixels() + 2, p -> "float x%dx%d = patch[%s];".formatted(unit, p,
                    sum("from", String.valueOf(c * tile.parts() * PATCH + r * COLUMNS + p))));
            for (int s = 0; s < KERNEL; s++) {
                int tap = s;
                each(tile, source, (k, p) -> "sum%d%d += weight%d%d%1$d * x%dx%d;".formatted(k, p,
                        unit % AHEAD, tap, unit, p + tap));
            }
            source.line("}");
            if (u + AHEAD < units) {
                weightsOfRow(source, tile, u + AHEAD, false);
            } else {
                source.line("if (more) {");
                weightsOfRow(source, tile, u + AHEAD, false);
                source.line("}");
            }
        }
        source.line("weightAt += %d;".formatted(tile.channels() * tile.filters()));
        source.line("if (more) {");
        source.line("""
                at0 += %d * plane;
                at1 += %1$d * plane;
                at2 += %1$d * plane;""".formatted(tile.channels()));
        loadPlanes(source, tile, false);
        source.line("}");
        source.line("context.localBarrier();");
        source.line("}");
        outputs(source, tile);
        source.line("}");
    }

    private static void weightsOfRow(Source source, KernelTile tile, int unit, boolean declares) {
        int c = unit / KERNEL;
        int r = unit % KERNEL;
        for (int s = 0; s < KERNEL; s++) {
            for (int k = 0; k < tile.itemFilters(); k++) {
                source.line("%sweight%d%d%d = weight.get(%s);".formatted(declares ? "float " : "",
                        unit % AHEAD, s, k,
                        sum("weightAt", Source.times(r * KERNEL + s, "tap"), String
                                .valueOf(c * tile.parts() * tile.filters() + k * along(tile)))));
            }
        }
    }

    private static void kernel(Source source, KernelTile tile) {
        int threads = threads(tile);
        String blocks = "ceil(K/%d)".formatted(tile.filters());
        doc(source, tile, "weights {@code [C, 1, 3, 3]} and {@code [%s, C, %d]}".formatted(blocks,
                tile.filters()), blocks);
        source.line("""
                public static void %s(KernelContext context, FloatArray input, \
                FloatArray depthwiseWeight, FloatArray depthwiseBias, FloatArray weight, \
                FloatArray bias, FloatArray output, int channels, int outChannels, int height, \
                int width, int innerActivation, float innerSlope, int activation, \
                float slope) {""".formatted(tile.method()));
        source.line("""
                int thread = context.localIdx;
                int tile = context.groupIdx;
                int block = context.groupIdy;
                float[] patch = context.allocateFloatLocalArray(%d);
                float[] factors = context.allocateFloatLocalArray(%d);
                float[] middle = context.allocateFloatLocalArray(%d);
                int across = (width + %d) / %d;
                int row = tile / across;
                int left = (tile - row * across) * %5$d;
                int image = row / height;
                int h = row - image * height;
                int plane = height * width;
                // minus 0, which no compiler knows: so a channel's reads stay with its products
                int rows = %6$d - context.groupIdz;""".formatted(patchNumbers(tile),
                factorLoads(tile) * threads, tile.channels() * MIDDLE, tile.pixels() - 1,
                tile.pixels(), own(tile)));
        source.line("""
                int column = thread & %d;
                int w = left + column - 1;
                int inW = Tile.inside(w, width);
                int above = Tile.inside(h - 1, height);
                int below = Tile.inside(h + 1, height);
                int outside = inW - w;
                int outsideAbove = outside | above - h + 1;
                int outsideBelow = outside | below - h - 1;
                int first = (image * channels + thread / %d) * plane + inW;
                int at0 = first + above * width;
                int at1 = first + h * width;
                int at2 = first + below * width;
                int lane = thread %% %d;
                int part = thread / %3$d;
                int x = lane %% %4$d;
                int filter = lane / %4$d;
                int weightAt = (block * channels + part) * %5$d + filter;
                int factorAt = thread;
                int biasAt = thread %% %6$d;""".formatted(COLUMNS - 1, COLUMNS, lanes(tile),
                across(tile), tile.filters(), tile.channels()));
        weights(source, tile, 0, Math.min(AHEAD, own(tile)), true);
        each(tile, source, (k, p) -> "float sum%d%d = 0f;".formatted(k, p));
        source.line("""
                int to = thread / %d * %d + column;
                int from = biasAt * %2$d + thread / %3$d * %4$d;
                int factorFrom = biasAt * %5$d;
                int middleTo = biasAt * %6$d + thread / %3$d * %4$d;
                int middleAt = part * %6$d + x * %7$d;""".formatted(COLUMNS, PATCH, tile.channels(),
                steps(tile), TAPS, MIDDLE, tile.itemPixels()));
        source.line("for (int slab = 0; slab < channels; slab += %d) {".formatted(tile.channels()));
        load(source, tile);
        store(source, tile);
        source.line("context.localBarrier();");
        source.line("""
                at0 += %d * plane;
                at1 += %1$d * plane;
                at2 += %1$d * plane;
                factorAt += %2$d;
                biasAt += %1$d;""".formatted(tile.channels(), tile.channels() * TAPS));
        depthwise(source, tile);
        source.line("context.localBarrier();");
        multiply(source, tile);
        source.line("}");
        outputs(source, tile);
        source.line("}");
    }

    private static void loadPlanes(Source source, KernelTile tile, boolean declares) {
        String type = declares ? "float " : "";
        int channels = threads(tile) / COLUMNS;
        for (int i = 0; i < steps(tile); i++) {
            for (int r = 0; r < KERNEL; r++) {
                source.line("%svalue%d%d = input.get(%s);".formatted(type, i, r,
                        sum("at" + r, i == 0 ? "" : "%d * plane".formatted(i * channels))));
            }
        }
    }

    private static void load(Source source, KernelTile tile) {
        loadPlanes(source, tile, true);
        source.line("float start = depthwiseBias.get(biasAt);");
        int all = tile.channels() * TAPS;
        for (int i = 0; i < factorLoads(tile); i++) {
            int more = i * threads(tile);
            boolean over = more + threads(tile) > all;
            source.line("float factor%d = depthwiseWeight.get(%s);".formatted(i,
                    over
                            ? "factorAt - thread + Tile.min(thread + %d, %d)".formatted(more,
                                    all - 1)
                            : sum("factorAt", String.valueOf(more))));
        }
    }

    private static void weights(Source source, KernelTile tile, int from, int to,
            boolean declares) {
        for (int c = from; c < to; c++) {
            for (int k = 0; k < tile.itemFilters(); k++) {
                source.line("%sweight%d%d = weight.get(%s);".formatted(declares ? "float " : "",
                        c % AHEAD, k, sum("weightAt", String
                                .valueOf(c * tile.parts() * tile.filters() + k * along(tile)))));
            }
        }
    }

    private static void storePlanes(Source source, KernelTile tile) {
        int channels = threads(tile) / COLUMNS;
        for (int i = 0; i < steps(tile); i++) {
            for (int r = 0; r < KERNEL; r++) {
                source.line("patch[%s] = %s == 0 ? value%d%d : 0f;".formatted(
                        sum("to", String.valueOf(i * channels * PATCH + r * COLUMNS)),
                        r == 0 ? "outsideAbove" : r == 1 ? "outside" : "outsideBelow", i, r));
            }
        }
    }

    private static void store(Source source, KernelTile tile) {
        storePlanes(source, tile);
        source.each(factorLoads(tile), i -> "factors[%s] = factor%d;"
                .formatted(sum("thread", String.valueOf(i * threads(tile))), i));
    }

    private static void depthwise(Source source, KernelTile tile) {
        int line = steps(tile);
        source.each(line, j -> "float made%d = start;".formatted(j));
        for (int r = 0; r < KERNEL; r++) {
            int row = r;
            source.line("if (%d < rows) {".formatted(r));
            source.each(KERNEL, s -> "float f%d%d = factors[%s];".formatted(row, s,
                    sum("factorFrom", String.valueOf(row * KERNEL + s))));
            source.each(line + 2, s -> "float v%d%d = patch[%s];".formatted(row, s,
                    sum("from", String.valueOf(row * COLUMNS + s))));
            for (int j = 0; j < line; j++) {
                for (int s = 0; s < KERNEL; s++) {
                    source.line("made%d += f%d%d * v%2$d%4$d;".formatted(j, r, s, j + s));
                }
            }
            source.line("}");
        }
        source.each(line,
                j -> "middle[%s] = Activations.apply(made%d, innerActivation, innerSlope);"
                        .formatted(sum("middleTo", String.valueOf(j)), j));
    }

    private static void multiply(Source source, KernelTile tile) {
        int own = own(tile);
        int ahead = Math.min(AHEAD, own);
        source.line("boolean more = slab + %d < channels;".formatted(tile.channels()));
        for (int c = 0; c < own; c++) {
            int channel = c;
            source.line("if (%d < rows) {".formatted(c));
            source.each(tile.itemPixels(), p -> "float x%dx%d = middle[%s];".formatted(channel, p,
                    sum("middleAt", String.valueOf(channel * tile.parts() * MIDDLE + p))));
            each(tile, source, (k, p) -> "sum%d%d += weight%d%1$d * x%dx%2$d;".formatted(k, p,
                    channel % AHEAD, channel));
            source.line("}");
            if (c + ahead < own) {
                weights(source, tile, c + ahead, c + ahead + 1, false);
            } else {
                source.line("if (more) {");
                weights(source, tile, c + ahead, c + ahead + 1, false);
                source.line("}");
            }
        }
        source.line("weightAt += %d;".formatted(tile.channels() * tile.filters()));
    }

    private static void outputs(Source source, KernelTile tile) {
        int threads = threads(tile);
        int filters = roundFilters(tile);
        int perRound = tile.itemFilters() / ROUNDS;
        int step = threads / COLUMNS;
        source.line("""
                int pixel = thread %% %d;
                int shared = thread / %1$d * %2$d + pixel;
                int sumTo = (part * %3$d + filter) * %2$d + x * %4$d;
                int packed = block * %5$d + thread / %1$d;
                int k = %6$s + thread / %1$d;
                int out = ((image * outChannels + %7$sk) * height + h) * width + left + pixel;
                boolean inside = pixel < %2$d & left + pixel < width;""".formatted(COLUMNS,
                tile.pixels(), filters, tile.itemPixels(), tile.filters(),
                separable(tile)
                        ? "block * " + tile.filters()
                        : "block % groupBlocks * " + tile.filters(),
                separable(tile) ? "" : "group * groupOut + "));
        String channels = separable(tile) ? "outChannels" : "groupOut";
        for (int round = 0; round < ROUNDS; round++) {
            if (round > 0) {
                source.line("context.localBarrier();");
            }
            for (int k = 0; k < perRound; k++) {
                int own = round * perRound + k;
                int at = k * along(tile) * tile.pixels();
                source.each(tile.itemPixels(), p -> "patch[%s] = sum%d%d;"
                        .formatted(sum("sumTo", String.valueOf(at + p)), own, p));
            }
            source.line("context.localBarrier();").line("if (inside) {");
            for (int m = 0; m < stored(tile); m++) {
                int k = round * filters + m * step;
                StringBuilder all = new StringBuilder("float all%dx%d = bias.get(%s)"
                        .formatted(round, m, sum("packed", String.valueOf(k))));
                for (int part = 0; part < tile.parts(); part++) {
                    all.append(" + patch[%s]".formatted(sum("shared",
                            String.valueOf((part * filters + m * step) * tile.pixels()))));
                }
                source.line(all + ";");
            }
            for (int m = 0; m < stored(tile); m++) {
                int k = round * filters + m * step;
                source.line("""
                        if (%6$s %% %d == 0 || %s < %6$s) {
                        output.set(%s, Activations.apply(all%dx%d, activation, slope));
                        }""".formatted(tile.filters(), sum("k", String.valueOf(k)),
                        sum("out", k == 0 ? "" : k + " * plane"), round, m, channels));
            }
            source.line("}");
        }
    }

    private interface SumLine {
        String of(int filter, int pixel);
    }

    private static void each(KernelTile tile, Source source, SumLine line) {
        for (int k = 0; k < tile.itemFilters(); k++) {
            int filter = k;
            source.each(tile.itemPixels(), p -> line.of(filter, p));
        }
    }
}
