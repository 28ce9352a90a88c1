package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;

/**
 * Writes the depthwise kernels for GPUs whose work-groups share a patch of a channel in local
 * memory: each work-item computes a piece of a column of output pixels from there.
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

    private PatchKernels() {
    }

    static String source(String type, List<KernelTile> tiles) {
        Source source = KernelTiles.begin(PatchKernels.class, type, List.of("""
                Depthwise convolution for GPUs, of one kernel size and stride: a work-group loads
                what its output pixels see of a channel to local memory, with zeros where that is
                outside the picture. A work-item computes a line of output pixels from there, a
                piece of a column.""", """
                Sizes are numbers, not read from an array: TornadoVM makes constants of
                them. Called as plain Java it computes next to nothing: the ids of a
                {@link KernelContext} are 0 there."""), List.of(),
                List.of("dev.sepconv.kernel.conv.Activations", "dev.sepconv.kernel.conv.Tile",
                        "uk.ac.manchester.tornado.api.KernelContext",
                        "uk.ac.manchester.tornado.api.types.arrays.FloatArray"));
        for (KernelTile tile : tiles) {
            source.line("");
            kernel(source, tile);
        }
        return source.line("}").toString();
    }

    private static void kernel(Source source, KernelTile tile) {
        int kernel = tile.kernelWidth();
        int rows = LINES * tile.pixels();
        source.doc(
                List.of("""
                        Input {@code [N, C, H, W]}, weight {@code [C, 1, %d, %1$d]}, bias {@code [C]}, output
                        {@code [N, C, OH, OW]}. Work-groups: {@code [ceil(OW/%d)*ceil(OH/%d), N*C]}."""
                        .formatted(kernel, COLUMNS, rows)));
        source.line("""
                public static void %s(KernelContext context, FloatArray input, FloatArray weight, \
                FloatArray bias, FloatArray output, int outChannels, int outHeight, int outWidth, \
                int inHeight, int inWidth, int padTop, int padLeft, int activation, \
                float slope) {""".formatted(tile.method()));
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
        for (int i = 0; i < pixels + kernel - 1; i++) {
            if (i < pixels) {
                source.line("float sum%d = start;".formatted(i));
            }
            if (i == 0) {
                read(source, kernel, 0);
            }
            if (i + 1 < pixels + kernel - 1) {
                read(source, kernel, i + 1);
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
                        p == 0 ? "out" : sum("out", Source.times(p, "outWidth")), p));
            }
        }
        source.line("}");
    }

    private static void read(Source source, int kernel, int row) {
        source.each(kernel, s -> "float value%dx%d = patch[%s];".formatted(row, s,
                sum("at", String.valueOf(row * ROW + s))));
    }
}
