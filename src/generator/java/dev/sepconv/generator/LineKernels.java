package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;

/**
 * Writes the depthwise kernels for GPUs of one kernel size and stride: a work-item computes a line
 * of output pixels, in NCHW of a column, in NHWC of a row.
 */
final class LineKernels {

    private LineKernels() {
    }

    static String source(String type, List<KernelTile> tiles) {
        Source source = KernelTiles.begin(LineKernels.class, type, List.of("""
                Depthwise convolution for GPUs, of one kernel size and stride: a work-item computes
                a line of output pixels, in NCHW of a column, in NHWC of a row. It reads each number
                under the line once, weights and sums in registers. Neighbouring work-items read and
                write neighbouring numbers.""", """
                All numbers are read before the first is used, so that they are on their way at
                once; where the kernel hangs over the edge the number at the edge is read and not
                used. Sizes are numbers, not read from an array: TornadoVM makes constants of them.
                All work-items are those of one loop, because only so are work-groups of any size to
                be had on every backend."""), List.of(),
                List.of("dev.sepconv.kernel.conv.Activations", "dev.sepconv.kernel.conv.Tile",
                        "uk.ac.manchester.tornado.api.annotations.Parallel",
                        "uk.ac.manchester.tornado.api.types.arrays.FloatArray"));
        for (KernelTile tile : tiles) {
            source.line("");
            kernel(source, tile);
        }
        return source.line("}").toString();
    }

    private static void kernel(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        int kernel = tile.kernelWidth();
        source.doc(List.of((last ? """
                Input {@code [N, H, W, C]}, weight {@code [%d, %1$d, C]}, bias {@code [C]}, output
                {@code [N, OH, OW, C]}.""" : """
                Input {@code [N, C, H, W]}, weight {@code [C, 1, %d, %1$d]}, bias {@code [C]},
                output {@code [N, C, OH, OW]}.""").formatted(kernel),
                "@param items count, filled up to whole work-groups",
                "@param count " + (last ? "N*OH*ceil(OW/%d)*C" : "N*C*ceil(OH/%d)*OW")
                        .formatted(tile.pixels())));
        source.line("""
                public static void %s(FloatArray input, FloatArray weight, FloatArray bias, \
                FloatArray output, int items, int count, int channels, int outHeight, \
                int outWidth, int inHeight, int inWidth, int padTop, int padLeft, int activation, \
                float slope) {""".formatted(tile.method()));
        source.line("for (@Parallel int item = 0; item < items; item++) {")
                .line("if (item < count) {");
        place(source, tile);
        across(source, tile);
        weights(source, tile);
        numbers(source, tile);
        sums(source, tile);
        outputs(source, tile);
        source.line("}").line("}").line("}");
    }

    /** Where the lines are; along them rows in NCHW, columns in NHWC, across them the others. */
    private static void place(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        source.line("int tiles = (%s + %d) / %d;".formatted(last ? "outWidth" : "outHeight",
                tile.pixels() - 1, tile.pixels()));
        String step = tile.stride() == 1 ? "" : " * " + tile.stride();
        source.line((last ? """
                int c = item %% channels;
                int first = item / channels %% tiles * %d;
                int n = item / channels / tiles / outHeight;
                int oh = item / channels / tiles %% outHeight;
                int across = oh%s - padTop;
                int along = first%2$s - padLeft;
                int line = n * inHeight * inWidth * channels + c;""" : """
                int ow = item %% outWidth;
                int first = item / outWidth %% tiles * %d;
                int plane = item / outWidth / tiles;
                int c = plane %% channels;
                int across = ow%s - padLeft;
                int along = first%2$s - padTop;
                int line = plane * inHeight * inWidth;""").formatted(tile.pixels(), step));
    }

    private static void across(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        for (int s = 0; s < tile.kernelWidth(); s++) {
            source.line("""
                    int at%d = Tile.inside(%s, %s);
                    boolean inside%1$d = at%1$d == %2$s;
                    int x%1$d = line + at%1$d%s;""".formatted(s, sum("across", String.valueOf(s)),
                    last ? "inHeight" : "inWidth", last ? " * inWidth * channels" : ""));
        }
    }

    private static void weights(Source source, KernelTile tile) {
        int kernel = tile.kernelWidth();
        for (int tap = 0; tap < kernel * kernel; tap++) {
            source.line("float w%d%d = weight.get(%s);".formatted(tap / kernel, tap % kernel,
                    tile.family().channelsLast()
                            ? sum(times(tap, "channels"), "c")
                            : sum("c * " + kernel * kernel, String.valueOf(tap))));
        }
        source.line("float start = bias.get(c);");
    }

    /** Rows or columns of the input that the line's pixels see. */
    private static int length(KernelTile tile) {
        return (tile.pixels() - 1) * tile.stride() + tile.kernelWidth();
    }

    private static void numbers(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        for (int i = 0; i < length(tile); i++) {
            source.line("int on%d = Tile.inside(%s, %s);".formatted(i,
                    sum("along", String.valueOf(i)), last ? "inWidth" : "inHeight"));
            for (int s = 0; s < tile.kernelWidth(); s++) {
                source.line("float value%d%d = input.get(x%2$d + on%1$d * %s);".formatted(i, s,
                        last ? "channels" : "inWidth"));
            }
        }
    }

    private static void sums(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        int kernel = tile.kernelWidth();
        source.each(tile.pixels(), "float sum%d = start;"::formatted);
        for (int i = 0; i < length(tile); i++) {
            int row = i;
            source.line("if (on%d == %s) {".formatted(i, sum("along", String.valueOf(i))));
            source.each(tile.kernelWidth(),
                    s -> "float v%d = inside%1$d ? value%d%1$d : 0f;".formatted(s, row));
            for (int p = 0; p < tile.pixels(); p++) {
                int tap = i - p * tile.stride();
                for (int s = 0; tap >= 0 && tap < kernel && s < kernel; s++) {
                    source.line("sum%d += w%d%d * v%d;".formatted(p, last ? s : tap, last ? tap : s,
                            s));
                }
            }
            source.line("}");
        }
    }

    private static void outputs(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        source.line(last
                ? "int out = ((n * outHeight + oh) * outWidth + first) * channels + c;"
                : "int out = (plane * outHeight + first) * outWidth + ow;");
        for (int p = 0; p < tile.pixels(); p++) {
            String set = "output.set(%s, Activations.apply(sum%d, activation, slope));"
                    .formatted(sum("out", times(p, last ? "channels" : "outWidth")), p);
            source.line(p == 0 ? set : """
                    if (first + %d < %s) {
                    %s
                    }""".formatted(p, last ? "outWidth" : "outHeight", set));
        }
    }
}
