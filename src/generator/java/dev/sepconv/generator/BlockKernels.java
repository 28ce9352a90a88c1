package dev.sepconv.generator;

import static dev.sepconv.generator.KernelTiles.sizes;
import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;

import dev.sepconv.generator.KernelTiles.Family;
import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the kernels for GPUs without local memory: a work-item computes a few outputs, in NCHW
 * several channels of a pixel (depthwise: pixels of a column), in NHWC several pixels of a row.
 */
final class BlockKernels {

    private static final String WINDOW = "inChannels inHeight inWidth outChannels kernelHeight "
            + "kernelWidth strideHeight strideWidth dilationHeight dilationWidth padTop padLeft";

    private BlockKernels() {
    }

    static String source(String type, List<KernelTile> tiles) {
        List<String> imports = new ArrayList<>(
                List.of("dev.sepconv.kernel.conv.Activations", "dev.sepconv.kernel.conv.Geometry",
                        "uk.ac.manchester.tornado.api.annotations.Parallel",
                        "uk.ac.manchester.tornado.api.types.arrays.FloatArray",
                        "uk.ac.manchester.tornado.api.types.arrays.IntArray"));
        imports.add("dev.sepconv.kernel.conv."
                + (tiles.getFirst().family().variant().equals("POINTWISE") ? "Tile" : "Taps"));
        Source source = KernelTiles.begin(BlockKernels.class, type,
                about(tiles.getFirst().family()), List.of(), imports);
        for (KernelTile tile : tiles) {
            source.line("");
            switch (tile.family()) {
                case POINTWISE_BLOCKS_NCHW -> pointwiseNchw(source, tile);
                case POINTWISE_BLOCKS_NHWC -> pointwiseNhwc(source, tile);
                case DEPTHWISE_BLOCKS_NCHW -> depthwiseNchw(source, tile);
                case DEPTHWISE_BLOCKS_NHWC -> depthwiseNhwc(source, tile);
                case GROUPED_BLOCKS_NCHW -> groupedNchw(source, tile);
                default -> groupedNhwc(source, tile);
            }
        }
        return source.line("}").toString();
    }

    private static List<String> about(Family family) {
        String neighbours = "Neighbouring work-items read and write neighbouring numbers";
        return List.of(switch (family.variant()) {
            case "POINTWISE" -> """
                    Pointwise (1x1) convolution at stride 1 for GPUs: many small work-items, each of
                    which computes a few outputs from one walk over the channels. %s."""
                    .formatted(neighbours);
            case "DEPTHWISE" -> """
                    Depthwise convolution for GPUs: a work-item computes a few output pixels,
                    together where all their taps lie on the input, so that each weight that is read
                    serves all the sums, else one by one. %s: in NCHW the pixels are of one column,
                    in NHWC of one row.""".formatted(neighbours);
            default -> """
                    Standard and grouped convolution for GPUs: many small work-items, each of which
                    computes a few outputs from one walk over the taps and channels. %s."""
                    .formatted(neighbours);
        });
    }

    private static void method(Source source, KernelTile tile, String outer, String mid,
            String inner) {
        source.line("""
                public static void %s(FloatArray input, FloatArray weight, FloatArray bias, \
                FloatArray output, IntArray geometry, int %s, int %s, int %s, int activation, \
                float slope) {""".formatted(tile.method(), outer, mid, inner));
    }

    private static void pointwiseNchw(Source source, KernelTile tile) {
        int filters = tile.filters();
        source.doc(List.of("""
                Input {@code [N, C, H, W]}, weight {@code [ceil(K/%d), C, %1$d]}, bias
                {@code [%1$d*ceil(K/%1$d)]}, output {@code [N, K, H, W]}.""".formatted(filters), """
                A work-item computes %d channels of one output pixel: each input number that is
                read serves %1$d sums.""".formatted(filters),
                "@param planes N*ceil(K/%d)".formatted(filters)));
        method(source, tile, "planes", "outHeight", "outWidth");
        sizes(source, "Geometry", "inChannels", "outChannels");
        source.line("""
                int blocks = (outChannels + %d) / %d;
                int pixels = outHeight * outWidth;
                for (@Parallel int plane = 0; plane < planes; plane++) {
                for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                int n = plane / blocks;
                int block = plane %% blocks;
                int pixel = oh * outWidth + ow;
                int x = n * inChannels * pixels + pixel;
                int w = block * inChannels * %2$d;""".formatted(filters - 1, filters));
        blockSums(source, filters);
        source.line("for (int c = 0; c < inChannels; c++) {");
        blockProducts(source, filters, "pixels");
        source.line("}");
        source.line("""
                int k = block * %d;
                int out = (n * outChannels + k) * pixels + pixel;""".formatted(filters));
        blockOutputs(source, filters, "outChannels");
        source.line("}").line("}").line("}").line("}");
    }

    private static void groupedNchw(Source source, KernelTile tile) {
        int filters = tile.filters();
        source.doc(List.of("""
                Input {@code [N, C, H, W]}, weight for each block of %d output channels
                {@code [R, S, C/G, %1$d]}, bias %1$d a block, output {@code [N, K, OH, OW]}. Each
                group starts with a block.""".formatted(filters), """
                A work-item computes one block of one output pixel: each input number that is read
                serves %d sums.""".formatted(filters),
                "@param planes N*G*ceil(K/G/%d)".formatted(filters)));
        method(source, tile, "planes", "outHeight", "outWidth");
        sizes(source, "Geometry", (WINDOW + " groups").split(" "));
        source.line("""
                int groupIn = inChannels / groups;
                int groupOut = outChannels / groups;
                int groupBlocks = (groupOut + %d) / %d;
                int blocks = groups * groupBlocks;
                int inPixels = inHeight * inWidth;
                int pixels = outHeight * outWidth;
                for (@Parallel int plane = 0; plane < planes; plane++) {
                for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                int n = plane / blocks;
                int block = plane %% blocks;
                int group = block / groupBlocks;
                int top = oh * strideHeight - padTop;""".formatted(filters - 1, filters));
        rowTaps(source);
        columnTaps(source);
        source.line("int firstPlane = (n * inChannels + group * groupIn) * inPixels;");
        blockSums(source, filters);
        source.line("""
                for (int r = rFirst; r < rEnd; r++) {
                for (int s = sFirst; s < sEnd; s++) {
                int x = firstPlane + (top + r * dilationHeight) * inWidth + left \
                + s * dilationWidth;
                int w = ((block * kernelHeight + r) * kernelWidth + s) * groupIn * %d;
                for (int c = 0; c < groupIn; c++) {""".formatted(filters));
        blockProducts(source, filters, "inPixels");
        source.line("}").line("}").line("}");
        source.line("""
                int k = block %% groupBlocks * %d;
                int out = (n * outChannels + group * groupOut + k) * pixels + oh * outWidth + ow;"""
                .formatted(filters));
        blockOutputs(source, filters, "groupOut");
        source.line("}").line("}").line("}").line("}");
    }

    private static void pointwiseNhwc(Source source, KernelTile tile) {
        int pixels = tile.pixels();
        source.doc(List.of("""
                Input {@code [N, H, W, C]}, weight {@code [C, K]}, bias {@code [K]}, output
                {@code [N, H, W, K]}.""",
                """
                        A work-item computes one channel of %d output pixels of a row: each weight that is
                        read serves %1$d sums. Pixels past the row's last are the last again."""
                        .formatted(pixels),
                "@param rows N*OH", "@param tiles ceil(OW/%d)".formatted(pixels)));
        method(source, tile, "rows", "tiles", "outChannels");
        sizes(source, "Geometry", "inChannels", "outWidth");
        source.line("""
                for (@Parallel int row = 0; row < rows; row++) {
                for (@Parallel int tile = 0; tile < tiles; tile++) {
                for (@Parallel int k = 0; k < outChannels; k++) {
                int first = row * outWidth;""");
        source.each(pixels, p -> "int p%d = first + Tile.min(%s, outWidth - 1);".formatted(p,
                sum("tile * " + pixels, String.valueOf(p))));
        source.each(pixels, p -> "int x%d = p%1$d * inChannels;".formatted(p));
        source.line("float start = bias.get(k);");
        source.each(pixels, p -> "float sum%d = start;".formatted(p));
        source.line("for (int c = 0; c < inChannels; c++) {")
                .line("float w = weight.get(c * outChannels + k);");
        source.each(pixels, p -> "sum%d += w * input.get(x%1$d + c);".formatted(p));
        source.line("}");
        source.each(pixels, p -> """
                output.set(p%d * outChannels + k, Activations.apply(sum%1$d, activation, slope));"""
                .formatted(p));
        source.line("}").line("}").line("}").line("}");
    }

    private static void depthwiseNchw(Source source, KernelTile tile) {
        int pixels = tile.pixels();
        source.doc(List.of("""
                Input {@code [N, C, H, W]}, weight {@code [C*M, 1, R, S]}, bias {@code [C*M]},
                output {@code [N, C*M, OH, OW]}.""", "@param planes N*C*M",
                "@param tiles ceil(OH/%d)".formatted(pixels)));
        method(source, tile, "planes", "tiles", "outWidth");
        sizes(source, "Geometry", (WINDOW + " outHeight").split(" "));
        source.line("""
                int multiplier = outChannels / inChannels;
                for (@Parallel int plane = 0; plane < planes; plane++) {
                for (@Parallel int tile = 0; tile < tiles; tile++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                int n = plane / outChannels;
                int k = plane % outChannels;""");
        columnTaps(source);
        source.line("""
                int inPlane = (n * inChannels + k / multiplier) * inHeight * inWidth + left;
                int first = tile * %d;
                int end = first + %1$d < outHeight ? first + %1$d : outHeight;
                int firstTop = first * strideHeight - padTop;
                int step = strideHeight * inWidth;
                float start = bias.get(k);
                boolean inner = first + %1$d == end && firstTop >= 0 && firstTop \
                + %s + (kernelHeight - 1) * dilationHeight < inHeight;
                if (inner) {""".formatted(pixels, times(pixels - 1, "strideHeight")));
        source.each(pixels, p -> "float sum%d = start;".formatted(p));
        source.line("""
                for (int r = 0; r < kernelHeight; r++) {
                for (int s = sFirst; s < sEnd; s++) {
                int x = inPlane + (firstTop + r * dilationHeight) * inWidth + s * dilationWidth;
                float factor = weight.get((k * kernelHeight + r) * kernelWidth + s);""");
        source.each(pixels,
                p -> "sum%d += factor * input.get(%s);".formatted(p, sum("x", times(p, "step"))));
        source.line("}").line("}");
        source.line("int out = (plane * outHeight + first) * outWidth + ow;");
        stepOutputs(source, pixels, "outWidth");
        source.line("}");
        source.line("""
                for (int oh = inner ? end : first; oh < end; oh++) {
                int top = oh * strideHeight - padTop;""");
        rowTaps(source);
        source.line("""
                float sum = start;
                for (int r = rFirst; r < rEnd; r++) {
                for (int s = sFirst; s < sEnd; s++) {
                int x = inPlane + (top + r * dilationHeight) * inWidth + s * dilationWidth;
                sum += weight.get((k * kernelHeight + r) * kernelWidth + s) * input.get(x);
                }
                }
                output.set((plane * outHeight + oh) * outWidth + ow, \
                Activations.apply(sum, activation, slope));
                }""");
        source.line("}").line("}").line("}").line("}");
    }

    private static void depthwiseNhwc(Source source, KernelTile tile) {
        source.doc(List.of("""
                Input {@code [N, H, W, C]}, weight {@code [R, S, C*M]}, bias {@code [C*M]}, output
                {@code [N, OH, OW, C*M]}.""", "@param rows N*OH",
                "@param tiles ceil(OW/%d)".formatted(tile.pixels())));
        rowOfPixels(source, tile, "int multiplier = outChannels / inChannels;",
                "int c = k / multiplier;", "c", """
                        float factor = weight.get((r * kernelWidth + s) * outChannels + k);""",
                p -> "sum%s += factor * input.get(%s);".formatted(p.name(), sum("x", p.offset())),
                "");
    }

    private static void groupedNhwc(Source source, KernelTile tile) {
        source.doc(List.of("""
                Input {@code [N, H, W, C]}, weight for each group {@code [R, S, C/G, K/G]}, bias
                {@code [K]}, output {@code [N, OH, OW, K]}.""", """
                A work-item computes one channel of %d output pixels of a row: together where all
                their taps lie on the input, so that each weight that is read serves %1$d sums, else
                one by one.""".formatted(tile.pixels()), "@param rows N*OH",
                "@param tiles ceil(OW/%d)".formatted(tile.pixels())));
        rowOfPixels(source, tile, """
                int groups = geometry.get(Geometry.GROUPS);
                int groupIn = inChannels / groups;
                int groupOut = outChannels / groups;""", """
                int group = k / groupOut;
                int firstWeight = group * kernelHeight * kernelWidth * groupIn * groupOut \
                + k % groupOut;""", "group * groupIn", """
                int w = firstWeight + (r * kernelWidth + s) * groupIn * groupOut;
                for (int c = 0; c < groupIn; c++) {
                float factor = weight.get(w + c * groupOut);""",
                p -> "sum%s += factor * input.get(%s);".formatted(p.name(),
                        sum("x", p.offset(), "c")),
                "}");
    }

    /** @param name what follows "sum" @param offset from the first pixel's numbers */
    private record Pixel(String name, String offset) {
    }

    private interface PixelLine {
        String of(Pixel pixel);
    }

    /**
     * NHWC: together where all taps of all pixels lie on the input, else one by one.
     *
     * @param sizes that this kernel has besides those of the window
     * @param item of a work-item, likewise
     * @param channel the first that is read
     * @param begin what comes before the products of one tap
     * @param product of one pixel
     * @param end what comes after them
     */
    private static void rowOfPixels(Source source, KernelTile tile, String sizes, String item,
            String channel, String begin, PixelLine product, String end) {
        int pixels = tile.pixels();
        method(source, tile, "rows", "tiles", "outChannels");
        sizes(source, "Geometry",
                (WINDOW.replace("outChannels ", "") + " outHeight outWidth").split(" "));
        source.line(sizes);
        source.line("""
                for (@Parallel int row = 0; row < rows; row++) {
                for (@Parallel int tile = 0; tile < tiles; tile++) {
                for (@Parallel int k = 0; k < outChannels; k++) {
                int top = row % outHeight * strideHeight - padTop;""");
        rowTaps(source);
        source.line("int inRow = (row / outHeight * inHeight + top) * inWidth;").line(item);
        source.line("""
                int first = tile * %d;
                int end = first + %1$d < outWidth ? first + %1$d : outWidth;
                int firstLeft = first * strideWidth - padLeft;
                int step = strideWidth * inChannels;
                float start = bias.get(k);
                boolean inner = first + %1$d == end && firstLeft >= 0 && firstLeft + %s \
                + (kernelWidth - 1) * dilationWidth < inWidth;
                if (inner) {""".formatted(pixels, times(pixels - 1, "strideWidth")));
        source.each(pixels, p -> "float sum%d = start;".formatted(p));
        String x = """
                int x = (inRow + r * dilationHeight * inWidth + %s + s * dilationWidth) \
                * inChannels + %s;""";
        source.line("""
                for (int r = rFirst; r < rEnd; r++) {
                for (int s = 0; s < kernelWidth; s++) {""");
        source.line(x.formatted("firstLeft", channel)).line(begin);
        source.each(pixels, p -> product.of(new Pixel(String.valueOf(p), times(p, "step"))));
        source.line(end + "\n}\n}");
        source.line("int out = (row * outWidth + first) * outChannels + k;");
        stepOutputs(source, pixels, "outChannels");
        source.line("}").line("for (int ow = inner ? end : first; ow < end; ow++) {");
        columnTaps(source);
        source.line("""
                float sum = start;
                for (int r = rFirst; r < rEnd; r++) {
                for (int s = sFirst; s < sEnd; s++) {""");
        source.line(x.formatted("left", channel)).line(begin).line(product.of(new Pixel("", "")));
        source.line(end + "\n}\n}");
        source.line("""
                output.set((row * outWidth + ow) * outChannels + k, \
                Activations.apply(sum, activation, slope));
                }""");
        source.line("}").line("}").line("}").line("}");
    }

    // Parts of several kernels.

    private static void rowTaps(Source source) {
        source.line("""
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);""");
    }

    private static void columnTaps(Source source) {
        source.line("""
                int left = ow * strideWidth - padLeft;
                int sFirst = Taps.first(left, dilationWidth);
                int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);""");
    }

    private static void blockSums(Source source, int filters) {
        source.each(filters, k -> "float sum%d = bias.get(%s);".formatted(k,
                sum("block * " + filters, String.valueOf(k))));
    }

    /** One input number times its weights. */
    private static void blockProducts(Source source, int filters, String step) {
        source.line("float value = input.get(x);");
        source.each(filters,
                k -> "sum%d += weight.get(%s) * value;".formatted(k, sum("w", String.valueOf(k))));
        source.line("x += %s;".formatted(step)).line("w += %d;".formatted(filters));
    }

    /** The last block may have channels more than there are. */
    private static void blockOutputs(Source source, int filters, String channels) {
        source.line("output.set(out, Activations.apply(sum0, activation, slope));");
        for (int k = 1; k < filters; k++) {
            source.line("""
                    if (k + %d < %s) {
                    output.set(%s, Activations.apply(sum%1$d, activation, slope));
                    }""".formatted(k, channels, sum("out", times(k, "pixels"))));
        }
    }

    private static void stepOutputs(Source source, int pixels, String step) {
        source.each(pixels, p -> "output.set(%s, Activations.apply(sum%d, activation, slope));"
                .formatted(sum("out", times(p, step)), p));
    }
}
