package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;

/**
 * Writes the depthwise kernels for GPUs whose work-groups share a patch of a channel in local
 * memory, in NHWC of several: each work-item computes a piece of a column of output pixels from
 * there.
 */
final class PatchKernels {

    /** Columns of a work-group's output. */
    static final int COLUMNS = 56;
    /** Pieces of columns of a work-group, one under the other. */
    static final int LINES = 4;
    /** Work-items of a group. */
    private static final int ITEMS = COLUMNS * LINES;
    /**
     * Numbers of a row in local memory: with lines of 7 a line's first column is then in the bank
     * behind that of the last column of the line above.
     */
    private static final int ROW = 72;

    /** Work-items of a group in NHWC: columns of the patch by channels. */
    static final int LAST_ITEMS = 576;
    /** Channels of a work-group in NHWC: a warp then reads one line of a cache, or two. */
    static final int CHANNELS = 32;

    private PatchKernels() {
    }

    static String source(String type, List<KernelTile> tiles) {
        Source source = KernelTiles.begin(PatchKernels.class, type,
                List.of("""
                        Depthwise convolution for GPUs, of one kernel size and stride: a work-group loads
                        what its output pixels see of a channel, in NHWC of several, to local memory, with zeros where that is
                        outside the picture. A work-item computes a line of output pixels from there, a
                        piece of a column.""",
                        """
                                Sizes are numbers, not read from an array: TornadoVM makes constants of
                                them. Called as plain Java it computes next to nothing: the ids of a
                                {@link KernelContext} are 0 there."""),
                List.of(),
                List.of("dev.sepconv.kernel.conv.Activations", "dev.sepconv.kernel.conv.Tile",
                        "uk.ac.manchester.tornado.api.KernelContext",
                        "uk.ac.manchester.tornado.api.types.arrays.FloatArray"));
        for (KernelTile tile : tiles) {
            source.line("");
            if (tile.family().channelsLast()) {
                channelsLast(source, tile);
            } else {
                kernel(source, tile);
            }
        }
        return source.line("}").toString();
    }

    /** Neighbours are channels, then columns: so they read neighbouring numbers. */
    private static void channelsLast(Source source, KernelTile tile) {
        int kernel = tile.kernelWidth();
        int rows = tile.pixels() + kernel - 1;
        int across = LAST_ITEMS / CHANNELS;
        int columns = across - kernel + 1;
        int factors = Math.ceilDiv(kernel * kernel, across);
        source.doc(
                List.of("""
                        Input {@code [N, H, W, C]}, weight {@code [%d, %1$d, C]}, bias {@code [C]}, output
                        {@code [N, OH, OW, C]}. Work-groups: {@code [ceil(OW/%d)*ceil(OH/%d), N*ceil(C/%d)]}."""
                        .formatted(kernel, columns, tile.pixels(), CHANNELS)));
        begin(source, tile);
        source.line("""
                int thread = context.localIdx;
                int blocks = (outChannels + %d) / %d;
                int image = context.groupIdy / blocks;
                int wanted = (context.groupIdy - image * blocks) * %2$d + (thread & %1$d);
                // memory is read 32 bytes at a time, and arrays begin 16 behind such a place
                int channel = (wanted + 4) %% outChannels;
                int column = thread / %2$d;
                int across = (outWidth + %3$d) / %4$d;
                int tileRow = context.groupIdx / across;
                int top = tileRow * %5$d;
                int left = (context.groupIdx - tileRow * across) * %4$d;
                float[] patch = context.allocateFloatLocalArray(%6$d);
                float[] weights = context.allocateFloatLocalArray(%7$d);
                int w = left + column - padLeft;
                int inW = Tile.inside(w, inWidth);
                int from = (image * inHeight * inWidth + inW) * outChannels + channel;
                int row = inWidth * outChannels;
                """.formatted(CHANNELS - 1, CHANNELS, columns - 1, columns, tile.pixels(),
                rows * LAST_ITEMS, factors * LAST_ITEMS));
        factors(source, kernel * kernel, factors, across);
        source.line("""
                // of a column that is outside all rows are, so one test does for both
                int h = inW == w ? top - padTop : -%d;""".formatted(rows));
        for (int i = 0; i < rows; i++) {
            source.line("""
                    int inH%d = Tile.inside(%s, inHeight);
                    float value%1$d = input.get(from + inH%1$d * row);""".formatted(i,
                    sum("h", String.valueOf(i))));
        }
        source.each(factors, i -> "weights[%s] = factor%d;"
                .formatted(sum("thread", String.valueOf(i * LAST_ITEMS)), i));
        for (int i = 0; i < rows; i++) {
            source.line("patch[%s] = inH%d == %s ? value%2$d : 0f;".formatted(
                    sum("thread", String.valueOf(i * LAST_ITEMS)), i, sum("h", String.valueOf(i))));
        }
        source.line("context.localBarrier();");
        source.each(kernel * kernel, tap -> "float w%d%d = weights[%s];".formatted(tap / kernel,
                tap % kernel,
                sum("(thread & %d)".formatted(CHANNELS - 1), String.valueOf(tap * CHANNELS))));
        source.line(
                "float start = weights[%s];".formatted(sum("(thread & %d)".formatted(CHANNELS - 1),
                        String.valueOf(kernel * kernel * CHANNELS))));
        source.line(
                """
                        int at = thread;
                        int outRow = outWidth * outChannels;
                        int out = (image * outHeight + top) * outRow + (left + column) * outChannels + channel;
                        int first = top;
                        // known where code is made of this, as sizes are
                        boolean whole = outHeight %% %d == 0;
                        if (column < %d && (outWidth %% %2$d == 0 || left + column < outWidth) \
                        && (outChannels %% %3$d == 0 || wanted < outChannels)) {"""
                        .formatted(tile.pixels(), columns, CHANNELS));
        lines(source, tile, LAST_ITEMS, CHANNELS, "outRow");
        source.line("}").line("}");
    }

    /**
     * Weights and, behind them, bias, each read once: work-items that all read the same number wait
     * for one another.
     */
    private static void factors(Source source, int taps, int factors, int across) {
        for (int i = 0; i < factors; i++) {
            int first = i * across;
            String get = "weight.get(%s * outChannels + channel);".formatted(
                    i == 0 ? "column" : "(" + sum("column", String.valueOf(first)) + ")");
            if (first + across <= taps) {
                source.line("float factor%d = %s".formatted(i, get));
            } else {
                source.line("""
                        float factor%d = 0f;
                        if (column < %d) {
                        factor%1$d = %3$s
                        }
                        if (column == %2$d) {
                        factor%1$d = bias.get(channel);
                        }""".formatted(i, taps - first, get));
            }
        }
    }

    private static void begin(Source source, KernelTile tile) {
        source.line("""
                public static void %s(KernelContext context, FloatArray input, FloatArray weight, \
                FloatArray bias, FloatArray output, int outChannels, int outHeight, int outWidth, \
                int inHeight, int inWidth, int padTop, int padLeft, int activation, \
                float slope) {""".formatted(tile.method()));
    }

    private static void kernel(Source source, KernelTile tile) {
        int kernel = tile.kernelWidth();
        int rows = LINES * tile.pixels();
        source.doc(
                List.of("""
                        Input {@code [N, C, H, W]}, weight {@code [C, 1, %d, %1$d]}, bias {@code [C]}, output
                        {@code [N, C, OH, OW]}. Work-groups: {@code [ceil(OW/%d)*ceil(OH/%d), N*C]}."""
                        .formatted(kernel, COLUMNS, rows)));
        begin(source, tile);
        source.line("""
                int column = context.localIdx;
                int line = context.localIdy;
                int thread = line * %2$d + column;
                int plane = context.groupIdy;
                int across = (outWidth + %d) / %d;
                int tileRow = context.groupIdx / across;
                int top = tileRow * %d;
                int left = (context.groupIdx - tileRow * across) * %2$d;
                int channel = plane %% outChannels;
                float[] patch = context.allocateFloatLocalArray(%4$d);
                float[] weights = context.allocateFloatLocalArray(%5$d);
                int picture = plane * inHeight * inWidth;
                int w = left + column - padLeft;
                int inW = Tile.inside(w, inWidth);
                int from = picture + inW;
                int h = top + line - padTop;""".formatted(COLUMNS - 1, COLUMNS, rows,
                ROW * (rows + kernel - 1), ITEMS));
        load(source, tile);
        source.line("context.localBarrier();");
        compute(source, tile);
        source.line("}");
    }

    /** All reads first, so that they are on their way at once. */
    private static void load(Source source, KernelTile tile) {
        int kernel = tile.kernelWidth();
        int rows = LINES * tile.pixels() + kernel - 1;
        int steps = rows / LINES;
        int more = kernel - 1;
        source.line("float start = bias.get(channel);");
        source.line("float factor = weight.get(channel * %d + Tile.min(thread, %d));"
                .formatted(kernel * kernel, kernel * kernel - 1));
        for (int i = 0; i < steps; i++) {
            source.line("""
                    int inH%d = Tile.inside(%s, inHeight);
                    float value%1$d = input.get(from + inH%1$d * inWidth);""".formatted(i,
                    sum("h", String.valueOf(i * LINES))));
        }
        source.line("""
                // the columns right of those, a number each
                int edgeRow = Tile.min(thread / %d, %d);
                int edgeColumn = %d + thread %% %1$d;
                int edgeW = left + edgeColumn - padLeft;
                int edgeH = top + edgeRow - padTop;
                int edgeInW = Tile.inside(edgeW, inWidth);
                int edgeInH = Tile.inside(edgeH, inHeight);
                float edge = input.get(picture + edgeInH * inWidth + edgeInW);
                weights[thread] = factor;
                int to = line * %4$d + column;
                int outside = inW - w;""".formatted(more, rows - 1, COLUMNS, ROW));
        for (int i = 0; i < steps; i++) {
            source.line("patch[%s] = (inH%d - (%s) | outside) == 0 ? value%2$d : 0f;".formatted(
                    sum("to", String.valueOf(i * LINES * ROW)), i,
                    sum("h", String.valueOf(i * LINES))));
        }
        source.line("""
                if (thread < %d) {
                patch[edgeRow * %d + edgeColumn] = \
                (edgeInH - edgeH | edgeInW - edgeW) == 0 ? edge : 0f;
                }""".formatted(more * rows, ROW));
    }

    private static void compute(Source source, KernelTile tile) {
        int kernel = tile.kernelWidth();
        int pixels = tile.pixels();
        for (int tap = 0; tap < kernel * kernel; tap++) {
            source.line("float w%d%d = weights[%d];".formatted(tap / kernel, tap % kernel, tap));
        }
        source.line("""
                int at = line * %d + column;
                int out = (plane * outHeight + top + line * %d) * outWidth + left + column;
                int first = top + line * %2$d;
                // known where code is made of this, as sizes are
                boolean whole = outHeight %% %d == 0;
                if (outWidth %% %d == 0 || left + column < outWidth) {""".formatted(pixels * ROW,
                pixels, LINES * pixels, COLUMNS));
        lines(source, tile, ROW, 1, "outWidth");
        source.line("}");
    }

    /**
     * A line of output pixels, a row of the patch at a time, read a row ahead.
     *
     * @param row numbers from one row of the patch to the next
     * @param step from one column to the next
     * @param outRow from one row of the output to the next
     */
    private static void lines(Source source, KernelTile tile, int row, int step, String outRow) {
        int kernel = tile.kernelWidth();
        int pixels = tile.pixels();
        for (int i = 0; i < pixels + kernel - 1; i++) {
            if (i < pixels) {
                source.line("float sum%d = start;".formatted(i));
            }
            if (i == 0) {
                read(source, kernel, 0, row, step);
            }
            if (i + 1 < pixels + kernel - 1) {
                read(source, kernel, i + 1, row, step);
            }
            for (int s = 0; s < kernel; s++) {
                for (int p = Math.max(0, i - kernel + 1); p <= Math.min(i, pixels - 1); p++) {
                    source.line("sum%d += w%d%d * value%dx%3$d;".formatted(p, i - p, s, i));
                }
            }
            if (i >= kernel - 1) {
                int p = i - kernel + 1;
                source.line("""
                        if (whole || %s < outHeight) {
                        output.set(%s, Activations.apply(sum%d, activation, slope));
                        }""".formatted(sum("first", String.valueOf(p)),
                        p == 0 ? "out" : sum("out", Source.times(p, outRow)), p));
            }
        }
    }

    private static void read(Source source, int kernel, int line, int row, int step) {
        source.each(kernel, s -> "float value%dx%d = patch[%s];".formatted(line, s,
                sum("at", String.valueOf(line * row + s * step))));
    }
}
