package dev.sepconv.generator;

import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;

/**
 * Writes the depthwise kernels for GPUs of one kernel size and stride: a work-item computes a piece
 * of a column of output pixels.
 */
final class LineKernels {

    /** Channels side by side in NHWC whose neighbours are those of the next column. */
    private static final int LANES = 32;

    /** More numbers of the input than this would need more registers than they may have. */
    private static final int ALL_AT_ONCE = 27;

    private LineKernels() {
    }

    static String source(String type, List<KernelTile> tiles) {
        Source source = KernelTiles.begin(LineKernels.class, type,
                List.of("""
                        Depthwise convolution for GPUs, of one kernel size and stride: a work-item computes
                        a line of output pixels, a piece of a column. It reads each number under it once,
                        weights and sums in registers. Neighbouring work-items
                        read and write neighbouring numbers, in NCHW of a row; in NHWC of 32 channels, and
                        then of the next column, whose numbers are mostly the same.""",
                        """
                                All numbers of a short line are read before the first is used, so that they are on
                                their way at once; along a long one they are read two outputs ahead, and more
                                work-items have room. Where the kernel hangs over the edge the number at the edge is read and not
                                used. Sizes are numbers, not read from an array: TornadoVM makes constants of them.
                                All work-items are those of one loop, because only so are work-groups of any size to
                                be had on every backend."""),
                List.of(),
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
                "@param count N*C*ceil(OH/%d)*OW".formatted(tile.pixels())));
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
        slide(source, tile);
        source.line("}").line("}").line("}");
    }

    /** Where the lines are; in NHWC neighbouring work-items are channels, then columns. */
    private static void place(Source source, KernelTile tile) {
        boolean last = tile.family().channelsLast();
        source.line(
                "int tiles = (outHeight + %d) / %d;".formatted(tile.pixels() - 1, tile.pixels()));
        source.line(last
                ? """
                        int lanes = channels %% %d == 0 ? %1$d : channels;
                        int c = item / lanes / outWidth %% (channels / lanes) * lanes + item %% lanes;
                        int ow = item / lanes %% outWidth;
                        int first = item / channels / outWidth %% tiles * %2$d;
                        int n = item / channels / outWidth / tiles;
                        int picture = n * inHeight * inWidth * channels + c;"""
                        .formatted(LANES, tile.pixels())
                : """
                        int ow = item %% outWidth;
                        int first = item / outWidth %% tiles * %d;
                        int plane = item / outWidth / tiles;
                        int c = plane %% channels;
                        int picture = plane * inHeight * inWidth;""".formatted(tile.pixels()));
        String step = tile.stride() == 1 ? "" : " * " + tile.stride();
        source.line("""
                int across = ow%s - padLeft;
                int along = first%1$s - padTop;""".formatted(step));
    }

    private static void across(Source source, KernelTile tile) {
        for (int s = 0; s < tile.kernelWidth(); s++) {
            source.line("""
                    int at%d = Tile.inside(%s, inWidth);
                    boolean inside%1$d = at%1$d == %2$s;
                    int x%1$d = picture + at%1$d%s;""".formatted(s,
                    sum("across", String.valueOf(s)),
                    tile.family().channelsLast() ? " * channels" : ""));
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

    /** Rows of the input that a line's pixels see. */
    private static int length(KernelTile tile) {
        return (tile.pixels() - 1) * tile.stride() + tile.kernelWidth();
    }

    /** Rows whose numbers are on their way while those of another are used. */
    private static int ahead(KernelTile tile) {
        return tile.kernelWidth() * length(tile) > ALL_AT_ONCE ? 2 * tile.stride() : length(tile);
    }

    /**
     * Along a long line an output is stored as soon as it is complete. A compiler can't move a read
     * before that, so no more numbers are in registers than {@link #ahead} says.
     */
    private static void slide(Source source, KernelTile tile) {
        int kernel = tile.kernelWidth();
        boolean slides = ahead(tile) < length(tile);
        source.line(tile.family().channelsLast()
                ? "int out = ((n * outHeight + first) * outWidth + ow) * channels + c;"
                : "int out = (plane * outHeight + first) * outWidth + ow;");
        for (int i = 0; i < ahead(tile); i++) {
            read(source, tile, i);
        }
        for (int i = 0; i < length(tile); i++) {
            if (i + ahead(tile) < length(tile)) {
                read(source, tile, i + ahead(tile));
            }
            if (i % tile.stride() == 0 && i / tile.stride() < tile.pixels()) {
                int p = i / tile.stride();
                source.line("float sum%d = start;".formatted(p));
            }
            use(source, tile, i);
            if (slides && i >= kernel - 1 && (i - kernel + 1) % tile.stride() == 0) {
                output(source, tile, (i - kernel + 1) / tile.stride());
            }
        }
        for (int p = 0; !slides && p < tile.pixels(); p++) {
            output(source, tile, p);
        }
    }

    private static void read(Source source, KernelTile tile, int i) {
        source.line("""
                int on%d = Tile.inside(%s, inHeight);
                int row%1$d = on%1$d * inWidth%s;""".formatted(i, sum("along", String.valueOf(i)),
                tile.family().channelsLast() ? " * channels" : ""));
        source.each(tile.kernelWidth(),
                s -> "float value%dx%d = input.get(x%2$d + row%1$d);".formatted(i, s));
    }

    private static void use(Source source, KernelTile tile, int i) {
        int kernel = tile.kernelWidth();
        source.line("if (on%d == %s) {".formatted(i, sum("along", String.valueOf(i))));
        source.each(kernel, s -> "float v%d = inside%1$d ? value%dx%1$d : 0f;".formatted(s, i));
        for (int p = 0; p < tile.pixels(); p++) {
            int tap = i - p * tile.stride();
            for (int s = 0; tap >= 0 && tap < kernel && s < kernel; s++) {
                source.line("sum%d += w%d%d * v%3$d;".formatted(p, tap, s));
            }
        }
        source.line("}");
    }

    private static void output(Source source, KernelTile tile, int p) {
        String row = tile.family().channelsLast() ? "outWidth * channels" : "outWidth";
        String set = "output.set(%s, Activations.apply(sum%d, activation, slope));"
                .formatted(sum("out", times(p, row)), p);
        source.line(p == 0 ? set : """
                if (first + %d < outHeight) {
                %s
                }""".formatted(p, set));
    }
}
