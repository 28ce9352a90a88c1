package dev.sepconv.generator;

import static dev.sepconv.generator.KernelTiles.LANES;
import static dev.sepconv.generator.KernelTiles.sizes;
import static dev.sepconv.generator.Source.sum;
import static dev.sepconv.generator.Source.times;

import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Writes the kernels for CPUs: a work-item computes some pixels by some vectors of channels, whose
 * sums are local variables, because TornadoVM keeps nothing else in registers.
 */
final class VectorKernels {

    private static final String TILES = """
            Tiles, for example {@code p7k32}: 7 pixels by 32 output channels at a time. 7 by 32 are
            14 vectors of sums, of the 32 registers that AVX-512 has. Tiles of 16 output channels
            are for CPUs with fewer or shorter registers (6 vectors of 16 floats are 12 of AVX2's 16
            registers, 24 of NEON's 32), and for few output channels.""";

    private VectorKernels() {
    }

    static String source(String type, List<KernelTile> tiles) {
        List<String> imports = new ArrayList<>(List.of("dev.sepconv.kernel.conv.Activations",
                "dev.sepconv.kernel.conv.Float16s", "dev.sepconv.kernel.conv.VectorGeometry",
                "uk.ac.manchester.tornado.api.annotations.Parallel",
                "uk.ac.manchester.tornado.api.types.arrays.IntArray",
                "uk.ac.manchester.tornado.api.types.collections.VectorFloat16",
                "uk.ac.manchester.tornado.api.types.vectors.Float16"));
        switch (tiles.getFirst().family()) {
            case POINTWISE_VECTORS, GROUPED_VECTORS -> imports.addAll(
                    List.of("dev.sepconv.kernel.conv.Beside", "dev.sepconv.kernel.conv.Tile",
                            "uk.ac.manchester.tornado.api.types.arrays.FloatArray"));
            case DEPTHWISE_ROW -> imports.addAll(
                    List.of("dev.sepconv.kernel.conv.Taps", "dev.sepconv.kernel.conv.Tile"));
            case SEPARABLE_VECTORS,
                    SEPARABLE_WIDE ->
                imports.addAll(List.of("dev.sepconv.kernel.conv.Beside",
                        "dev.sepconv.kernel.conv.SeparableGrid", "dev.sepconv.kernel.conv.Taps",
                        "dev.sepconv.kernel.conv.Tile"));
            default -> imports.add("dev.sepconv.kernel.conv.Taps");
        }
        Source source = KernelTiles.begin(VectorKernels.class, type,
                about(tiles.getFirst().family()), List.of(), imports);
        for (KernelTile tile : tiles) {
            source.line("");
            switch (tile.family()) {
                case POINTWISE_VECTORS -> pointwise(source, tile);
                case GROUPED_VECTORS -> grouped(source, tile);
                case DEPTHWISE_ROW -> depthwiseRow(source, tile);
                case SEPARABLE_VECTORS, SEPARABLE_WIDE -> separable(source, tile);
                default -> depthwise(source, tile);
            }
        }
        return source.line("}").toString();
    }

    private static List<String> about(KernelTiles.Family family) {
        return switch (family) {
            case POINTWISE_VECTORS ->
                List.of("""
                        Pointwise (1x1) convolution at stride 1 for CPUs: {@link GroupedVectorConv} where
                        each output pixel has just its own input pixel. Arrays as there, tiles too.""");
            case GROUPED_VECTORS -> List.of("""
                    Standard and grouped convolution for CPUs: a work-item computes a tile of output
                    pixels by output channels, whose sums stay in registers. Each weight vector that
                    is read serves all the pixels, each input number all the vectors.""", TILES,
                    """
                            Input: pixels in NHWC order, {@code C} numbers each, and after the last pixel one
                            more of zeros, which stands for the padding: a tap that falls outside reads it,
                            so that no test is needed where the sums are made. Weight: for each block of as
                            many output channels as a tile has {@code [R, S, C/G, block]}. Bias: as many a
                            block. Output: pixels of whole blocks, group after group, each group's channels
                            filled up to whole blocks.""",
                    """
                            Gate: a number for each input channel. Added: pixels like the output's. The mode
                            is an activation and what of {@link Beside} is done.""");
            case DEPTHWISE_ROW -> List.of(
                    """
                            Depthwise convolution with multiplier 1 for CPUs and the kernels that networks
                            have, 3 or 5 wide at stride 1 or 2 without horizontal dilation: a work-item
                            computes up to 128 channels of one output row, some pixels by 16 channels at a
                            time, and each input vector that is read serves all the pixels above it. From one
                            such tile to the next it goes along the channels, as memory does. Heights, and
                            vertical stride and dilation, are as they are.""",
                    """
                            Arrays as in {@link DepthwiseVectorConv}, the input with a pixel of zeros after
                            the last one, which stands for the padding left and right. Of a row that is no
                            whole number of tiles the last tile overlaps the one before; in a row of less
                            than one, pixels past the end are written first and then overwritten by the
                            last.""");
            case SEPARABLE_VECTORS -> List.of(
                    """
                            Depthwise convolution with multiplier 1, 3 or 5 wide at horizontal stride 1 or 2,
                            and the pointwise convolution of its result, for CPUs: a work-item computes the
                            depthwise step of some pixels, all channels, into an array of its own, and from
                            there a tile of pixels by output channels at a time. What lies between the two
                            steps never leaves the processor's caches.""",
                    """
                            Input and depthwise weight as in {@link DepthwiseRowConv}, pointwise weight and
                            output as in {@link PointwiseVectorConv}.""",
                    """
                            The depthwise step computes a tile's pixels of a row at a time. Those past the
                            row's end are wrong, and the next row's, or none, take their place: rows are
                            computed in turn, and the array has room for the rest of a tile.""");
            case SEPARABLE_WIDE -> List.of("""
                    As {@link SeparableVectorConv}, faster, for kernels 3 wide and pictures at least
                    as wide as a tile, padded by half the kernel's width at most: what
                    {@link SeparableGrid#fits} confirms.""", """
                    A tile that would end past its row begins earlier, and the array has room for
                    that, and for a last tile that ends past the work-item's pixels. So only the
                    columns at a tile's ends can be outside the picture, and only of these it is
                    asked.""");
            default -> List.of("""
                    Depthwise convolution with multiplier 1 for CPUs: a work-item computes 16
                    channels of one output row, a tile of pixels at a time where the whole kernel
                    lies on the input, one at a time at the left and right border.""", """
                    Input: pixels in NHWC order, channels filled up to whole vectors of 16. Weight:
                    {@code [R, S, C]}, filled up likewise. Output: pixels of as many numbers as the
                    input's.""");
        };
    }

    private static void method(Source source, KernelTile tile, String outer, String inner) {
        source.line("""
                public static void %s(VectorFloat16 input, VectorFloat16 weight, \
                VectorFloat16 bias, VectorFloat16 output, IntArray geometry, int %s, int %s, \
                int activation, float slope) {""".formatted(tile.method(), outer, inner));
    }

    /** Of a convolution that mixes channels, with what can be done beside it. */
    private static void denseMethod(Source source, KernelTile tile) {
        source.line("""
                public static void %s(VectorFloat16 input, VectorFloat16 weight, \
                VectorFloat16 bias, VectorFloat16 gate, VectorFloat16 added, \
                VectorFloat16 output, IntArray geometry, int tiles, int blocks, int mode, \
                float slope) {
                int activation = mode & Beside.ACTIVATION;
                int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;"""
                .formatted(tile.method()));
    }

    private static void numbers(Source source) {
        source.line("""
                FloatArray numbers = input.getArray();
                FloatArray gates = gate.getArray();""");
    }

    private static void pointwise(Source source, KernelTile tile) {
        denseDoc(source, tile, "pixels, N*H*W", "");
        denseMethod(source, tile);
        sizes(source, "VectorGeometry", "inPixelFloats", "lastOutPixel", "outPixelVectors",
                "groupChannels", "inFirst", "outFirst");
        numbers(source);
        source.line("for (@Parallel int tile = 0; tile < tiles; tile++) {");
        source.line("for (@Parallel int block = 0; block < blocks; block++) {");
        source.line("int w = %s;".formatted(times(tile.vectors(), "block * groupChannels")));
        pixels(source, tile, begin(tile), "lastOutPixel");
        source.each(tile.pixels(), p -> "int x%d = p%1$d * inPixelFloats + inFirst;".formatted(p));
        biases(source, tile);
        String total = starts(source, tile);
        if (tile.run() > 0) {
            runs(source, tile, "c");
        } else {
            source.line("for (int c = 0; c < groupChannels; c++) {");
            products(source, tile, "numbers.get(x%d + c)", "c");
            source.line("}");
        }
        outputs(source, tile, total);
        later(source, tile, begin(tile), "lastOutPixel");
        source.line("}").line("}").line("}");
    }

    private static void grouped(Source source, KernelTile tile) {
        denseDoc(source, tile, "output pixels, N*OH*OW", ", of all groups");
        denseMethod(source, tile);
        sizes(source, "VectorGeometry", "inPixelFloats", "inHeight", "inWidth", "zeroPixel",
                "outHeight", "outWidth", "lastOutPixel", "outPixelVectors", "kernelHeight",
                "kernelWidth", "strideHeight", "strideWidth", "dilationHeight", "dilationWidth",
                "padTop", "padLeft", "groupChannels", "groupBlocks", "inFirst", "outFirst");
        numbers(source);
        source.line("for (@Parallel int tile = 0; tile < tiles; tile++) {");
        source.line("for (@Parallel int block = 0; block < blocks; block++) {");
        source.line("int firstChannel = inFirst + block / groupBlocks * groupChannels;");
        source.line("int w = %s;".formatted(
                times(tile.vectors(), "block * kernelHeight * kernelWidth * groupChannels")));
        pixels(source, tile, begin(tile), "lastOutPixel");
        source.each(tile.pixels(), p -> """
                int n%d = p%1$d / outWidth / outHeight;
                int top%1$d = p%1$d / outWidth %% outHeight * strideHeight - padTop;
                int left%1$d = p%1$d %% outWidth * strideWidth - padLeft;""".formatted(p));
        biases(source, tile);
        String total = starts(source, tile);
        source.line("for (int r = 0; r < kernelHeight; r++) {");
        source.line("for (int s = 0; s < kernelWidth; s++) {");
        source.line("int down = r * dilationHeight;").line("int right = s * dilationWidth;");
        source.each(tile.pixels(), p -> """
                int x%d = firstChannel + Tile.tap(n%1$d, top%1$d + down, left%1$d + right, \
                inHeight, inWidth, zeroPixel) * inPixelFloats;""".formatted(p));
        if (tile.run() > 0) {
            runs(source, tile, "firstChannel - inFirst + c");
        } else {
            source.line("for (int c = 0; c < groupChannels; c++) {");
            products(source, tile, "numbers.get(x%d + c)", "firstChannel - inFirst + c");
            source.line("}");
        }
        source.line("}").line("}");
        outputs(source, tile, total);
        later(source, tile, begin(tile), "lastOutPixel");
        source.line("}").line("}").line("}");
    }

    /** Its first pixel. */
    private static String begin(KernelTile tile) {
        return tile.pixels() == 1 ? "tile" : "tile * " + tile.pixels();
    }

    /** What the results are called, which begin with the bias. */
    private static String starts(Source source, KernelTile tile) {
        String total = tile.run() > 0 ? "total" : "sum";
        each(source, tile,
                (p, v) -> "Float16 %s%s = bias%d;".formatted(total, index(tile, p, v), v));
        return total;
    }

    private static void runs(Source source, KernelTile tile, String channel) {
        source.line("for (int run = 0; run < groupChannels; run += %d) {".formatted(tile.run()));
        source.line("int runEnd = Tile.min(run + %d, groupChannels);".formatted(tile.run()));
        each(source, tile,
                (p, v) -> "Float16 sum%s = Float16s.of(0f);".formatted(index(tile, p, v)));
        source.line("for (int c = run; c < runEnd; c++) {");
        products(source, tile, "numbers.get(x%d + c)", channel);
        source.line("}");
        each(source, tile, (p, v) -> "total%s = Float16.add(total%1$s, sum%1$s);"
                .formatted(index(tile, p, v)));
        source.line("}");
    }

    private static void denseDoc(Source source, KernelTile tile, String pixels, String ofGroups) {
        List<String> doc = new ArrayList<>();
        doc.add("%s by %d output channels.".formatted(
                tile.pixels() == 1 ? "1 pixel" : tile.pixels() + " pixels", tile.filters())
                + (tile.run() == 0
                        ? ""
                        : """
                                 Runs of %d products are summed by themselves: sums of thousands of
                                products one after the other would be off in the fifth digit."""
                                .formatted(tile.run())));
        doc.add(tile.pixels() == 1 ? "@param tiles " + pixels : """
                @param tiles %s, over %d, rounded up; the last tile computes its last pixel
                more than once""".formatted(pixels, tile.pixels()));
        doc.add("@param blocks blocks of %d output channels%s".formatted(tile.filters(), ofGroups));
        source.doc(doc);
    }

    private static void depthwiseRow(Source source, KernelTile tile) {
        source.doc(List.of(widths(tile) + ", %d pixels at a time.".formatted(tile.pixels()),
                "@param rows output rows, N*OH",
                "@param chunks of 8 vectors of 16 channels, the last may have fewer"));
        method(source, tile, "rows", "chunks");
        source.line("int vectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);");
        sizes(source, "VectorGeometry", "inHeight", "inWidth", "zeroPixel", "outHeight", "outWidth",
                "kernelHeight", "strideHeight", "dilationHeight", "padTop", "padLeft");
        source.line("""
                for (@Parallel int row = 0; row < rows; row++) {
                for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
                int firstBlock = chunk * VectorGeometry.CHUNK;
                int blockEnd = Tile.min(firstBlock + VectorGeometry.CHUNK, vectors);""");
        rowTaps(source);
        source.line("""
                for (int tile = 0; tile < outWidth; tile += %d) {
                int ow = Tile.first(tile, outWidth - %1$d);
                int left = %s - padLeft;
                int out = row * outWidth;
                for (int block = firstBlock; block < blockEnd; block++) {
                Float16 start = bias.get(block);""".formatted(tile.pixels(),
                times(tile.stride(), "ow")));
        depthwiseSums(source, tile, "weight", "sum", columns(tile));
        for (int p = tile.pixels() - 1; p >= 0; p--) {
            source.line("""
                    output.set((out + Tile.min(%s, outWidth - 1)) * vectors + block, \
                    Float16s.activate(sum%d, activation, slope));"""
                    .formatted(sum("ow", String.valueOf(p)), p));
        }
        gates(source, "ow", "Tile.min(ow + %d, outWidth)".formatted(tile.pixels()));
        source.line("}").line("}").line("}").line("}").line("}");
    }

    private static String widths(KernelTile tile) {
        return "Kernels %d wide, at horizontal stride %d".formatted(tile.kernelWidth(),
                tile.stride());
    }

    /** Which of the kernel's rows lie on the input, and the line of the first one. */
    private static void rowTaps(Source source) {
        source.line("""
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;""");
    }

    /**
     * One vector of a tile's pixels: each input vector that is read serves all that see it.
     *
     * @param edge columns at each end of the tile that may be outside the picture
     */
    private static void depthwiseSums(Source source, KernelTile tile, String weight, String sum,
            int edge) {
        source.each(tile.pixels(), p -> "Float16 %s%d = start;".formatted(sum, p));
        source.line("""
                for (int r = rFirst; r < rEnd; r++) {
                int line = inRow + r * dilationHeight * inWidth;
                int w = r * %d * vectors + block;""".formatted(tile.kernelWidth()));
        source.each(tile.kernelWidth(), s -> "Float16 tap%d = %s.get(%s);".formatted(s, weight,
                sum("w", times(s, "vectors"))));
        int columns = columns(tile);
        for (int x = 0; x < columns; x++) {
            if (x % tile.stride() >= tile.kernelWidth()) {
                continue; // between two pixels' taps; TornadoVM can't compile a load that nobody
                          // uses
            }
            String column = sum("left", String.valueOf(x));
            source.line("int at%d = %s;".formatted(x,
                    x < edge || x >= columns - edge
                            ? "Tile.column(line, %s, inWidth, zeroPixel)".formatted(column)
                            : sum("line", column)));
            source.line("Float16 x%d = input.get(at%1$d * vectors + block);".formatted(x));
            for (int s = 0; s < tile.kernelWidth(); s++) {
                int p = (x - s) / tile.stride();
                if (x >= s && p * tile.stride() == x - s && p < tile.pixels()) {
                    source.line("%s%d = Float16.add(%1$s%2$d, Float16.mult(x%d, tap%d));"
                            .formatted(sum, p, x, s));
                }
            }
        }
        source.line("}");
    }

    /** Columns under a tile. */
    private static int columns(KernelTile tile) {
        return (tile.pixels() - 1) * tile.stride() + tile.kernelWidth();
    }

    private static void separable(Source source, KernelTile tile) {
        source.doc(List.of(
                widths(tile) + ", %d pixels by %d output channels at a time."
                        .formatted(tile.pixels(), tile.filters()),
                """
                        @param parts of {@link SeparableGrid#pixels} output pixels, N*OH*OW over
                        that, rounded up""",
                "@param shares of the blocks of %d output channels".formatted(tile.filters())));
        source.line("""
                public static void %s(VectorFloat16 input, VectorFloat16 depthwiseWeight, \
                VectorFloat16 depthwiseBias, VectorFloat16 weight, VectorFloat16 bias, \
                VectorFloat16 added, VectorFloat16 output, IntArray geometry, int parts, \
                int shares, int innerActivation, float innerSlope, int mode, float slope) {
                int activation = mode & Beside.ACTIVATION;
                int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;"""
                .formatted(tile.method()));
        sizes(source, "VectorGeometry", "inPixelFloats", "inHeight", "inWidth", "zeroPixel",
                "outHeight", "outWidth", "lastOutPixel", "outPixelVectors", "kernelHeight",
                "strideHeight", "dilationHeight", "padTop", "padLeft", "shareBlocks", "groupBlocks",
                "groupChannels", "partPixels", "outFirst");
        source.line("""
                int vectors = inPixelFloats / %d;
                for (@Parallel int part = 0; part < parts; part++) {
                for (@Parallel int share = 0; share < shares; share++) {
                float[] between = new float[SeparableGrid.MOST_NUMBERS];
                int first = part * partPixels;
                int origin = %s;
                int last = Tile.min(first + partPixels - 1, lastOutPixel);""".formatted(LANES,
                tile.family().wide() ? "first - " + (tile.pixels() - 1) : "first"));
        separableDepthwise(source, tile);
        separablePointwise(source, tile);
        source.line("}").line("}").line("}");
    }

    private static void separableDepthwise(Source source, KernelTile tile) {
        boolean wide = tile.family().wide();
        source.line("""
                int pixel = first;
                while (pixel <= last) {
                int row = pixel / outWidth;
                int ow = pixel - row * outWidth;""");
        rowTaps(source);
        source.line("""
                int begin = %s;
                int left = %s - padLeft;
                int tileAt = (pixel - ow + begin - origin) * inPixelFloats;
                for (int block = 0; block < vectors; block++) {
                Float16 start = depthwiseBias.get(block);""".formatted(
                wide ? "Tile.min(ow, outWidth - %d)".formatted(tile.pixels()) : "ow",
                times(tile.stride(), "begin")));
        depthwiseSums(source, tile, "depthwiseWeight", "mid",
                wide ? tile.kernelWidth() / 2 : columns(tile));
        clamp(source, tile);
        source.line("int to = tileAt + block * %d;".formatted(LANES));
        source.each(tile.pixels(), p -> "Float16s.put(between, %s, mid%d);"
                .formatted(sum("to", times(p, "inPixelFloats")), p));
        source.line("}").line("pixel += Tile.min(outWidth - ow, %d);".formatted(tile.pixels()))
                .line("}");
        // in a loop: of vectors TornadoVM writes a line for each lane
        source.line("""
                if (innerActivation > Activations.RELU6) {
                int end = (last + 1 - origin) * inPixelFloats;
                for (int i = (first - origin) * inPixelFloats; i < end; i++) {
                between[i] = Float16s.activate(between[i], innerActivation, innerSlope);
                }
                }""");
    }

    /**
     * The commonest activations, which are short, before a tile is put away; the number stands
     * second so that PoCL keeps a NaN.
     */
    private static void clamp(Source source, KernelTile tile) {
        source.line("""
                if (innerActivation == Activations.RELU || innerActivation == Activations.RELU6) {
                Float16 zeros = Float16s.of(0f);""");
        source.each(tile.pixels(), p -> "mid%d = Float16.max(zeros, mid%1$d);".formatted(p));
        source.line("""
                }
                if (innerActivation == Activations.RELU6) {
                Float16 sixes = Float16s.of(6f);""");
        source.each(tile.pixels(), p -> "mid%d = Float16.min(sixes, mid%1$d);".formatted(p));
        source.line("}");
    }

    private static void separablePointwise(Source source, KernelTile tile) {
        source.line("""
                int blockEnd = Tile.min(share * shareBlocks + shareBlocks, groupBlocks);
                for (int block = share * shareBlocks; block < blockEnd; block++) {""");
        biases(source, tile);
        source.line("""
                for (int tile = first; tile <= last; tile += %d) {
                int w = %s;""".formatted(tile.pixels(),
                times(tile.vectors(), "block * groupChannels")));
        pixels(source, tile, "tile", "last");
        source.each(tile.pixels(), p -> "int x%d = (p%1$d - origin) * inPixelFloats;".formatted(p));
        each(source, tile, (p, v) -> "Float16 sum%s = bias%d;".formatted(index(tile, p, v), v));
        source.line("for (int c = 0; c < groupChannels; c++) {");
        products(source, tile, "between[x%d + c]", null);
        source.line("}");
        outputs(source, tile, "sum");
        later(source, tile, "tile", "last");
        source.line("}").line("}");
    }

    private static void depthwise(Source source, KernelTile tile) {
        source.doc(List.of("%d pixels at a time.".formatted(tile.pixels()),
                "@param rows output rows, N*OH", "@param blocks vectors of 16 channels"));
        method(source, tile, "rows", "blocks");
        source.line("int vectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);");
        sizes(source, "VectorGeometry", "inHeight", "inWidth", "outHeight", "outWidth",
                "kernelHeight", "kernelWidth", "strideHeight", "strideWidth", "dilationHeight",
                "dilationWidth", "padTop", "padLeft", "innerFirst", "innerEnd");
        source.line("""
                for (@Parallel int row = 0; row < rows; row++) {
                for (@Parallel int block = 0; block < blocks; block++) {""");
        rowTaps(source);
        source.line("Float16 start = bias.get(block);");
        inner(source, tile);
        border(source);
        source.line("int out = row * outWidth;");
        gates(source, "0", "outWidth");
        source.line("}").line("}").line("}");
    }

    private static void inner(Source source, KernelTile tile) {
        source.line("""
                for (int ow = innerFirst; ow < innerEnd; ow += %d) {
                int first = inRow + ow * strideWidth - padLeft;""".formatted(tile.pixels()));
        source.each(tile.pixels(), p -> "Float16 sum%d = start;".formatted(p));
        source.line("""
                for (int r = rFirst; r < rEnd; r++) {
                for (int s = 0; s < kernelWidth; s++) {
                int x = (first + r * dilationHeight * inWidth + s * dilationWidth) * vectors \
                + block;
                Float16 w = weight.get((r * kernelWidth + s) * vectors + block);""");
        source.each(tile.pixels(),
                p -> "sum%d = Float16.add(sum%1$d, Float16.mult(input.get(%s), w));".formatted(p,
                        sum("x", times(p, "strideWidth * vectors"))));
        source.line("}").line("}");
        source.each(tile.pixels(), p -> """
                output.set((%s) * vectors + block, Float16s.activate(sum%d, activation, slope));"""
                .formatted(sum("row * outWidth", "ow", String.valueOf(p)), p));
        source.line("}");
    }

    private static void border(Source source) {
        source.line("""
                for (int border = 0; border < outWidth - innerEnd + innerFirst; border++) {
                int ow = border < innerFirst ? border : border - innerFirst + innerEnd;
                int left = ow * strideWidth - padLeft;
                int sFirst = Taps.first(left, dilationWidth);
                int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                Float16 sum = start;
                for (int r = rFirst; r < rEnd; r++) {
                for (int s = sFirst; s < sEnd; s++) {
                int x = (inRow + left + r * dilationHeight * inWidth + s * dilationWidth) \
                * vectors + block;
                Float16 w = weight.get((r * kernelWidth + s) * vectors + block);
                sum = Float16.add(sum, Float16.mult(input.get(x), w));
                }
                }
                output.set((row * outWidth + ow) * vectors + block, \
                Float16s.activate(sum, activation, slope));
                }""");
    }

    // Parts of the kernels that mix channels.

    /** Pixels past the last are the last again. */
    private static void pixels(Source source, KernelTile tile, String first, String last) {
        source.each(tile.pixels(), p -> "int p%d = Tile.min(%s, %s);".formatted(p,
                sum(first, String.valueOf(p)), last));
    }

    private static void biases(Source source, KernelTile tile) {
        source.each(tile.vectors(), v -> "Float16 bias%d = bias.get(%s);".formatted(v,
                sum(times(tile.vectors(), "block"), String.valueOf(v))));
    }

    /**
     * One number of each pixel, times its weights.
     *
     * @param channel which of the gates the weights are times; null for none
     */
    private static void products(Source source, KernelTile tile, String value, String channel) {
        source.each(tile.vectors(), v -> "Float16 weight%d = weight.get(%s);".formatted(v,
                sum("w", String.valueOf(v))));
        if (channel != null) {
            source.line("""
                    if ((mode & Beside.GATE) != 0) {
                    Float16 factor = Float16s.of(gates.get(%s));""".formatted(channel));
            source.each(tile.vectors(),
                    v -> "weight%d = Float16.mult(weight%1$d, factor);".formatted(v));
            source.line("}");
        }
        source.line(tile.vectors() == 1 ? "w++;" : "w += %d;".formatted(tile.vectors()));
        for (int p = 0; p < tile.pixels(); p++) {
            int pixel = p;
            source.line("Float16 value%d = Float16s.of(%s);".formatted(p, value.formatted(p)));
            source.each(tile.vectors(),
                    v -> "sum%s = Float16.add(sum%1$s, Float16.mult(weight%d, value%d));"
                            .formatted(index(tile, pixel, v), v, pixel));
        }
    }

    private static void outputs(Source source, KernelTile tile, String sum) {
        each(source, tile,
                (p, v) -> "output.set(%s, Float16s.activate(%s%s, atOnce, slope));".formatted(
                        sum("p%d * outPixelVectors".formatted(p), "outFirst",
                                times(tile.vectors(), "block"), String.valueOf(v)),
                        sum, index(tile, p, v)));
    }

    /** What {@link #outputs} leaves out, of the vectors that it has stored. */
    private static void later(Source source, KernelTile tile, String first, String last) {
        int vectors = tile.vectors();
        source.line("""
                if (Beside.isLater(mode)) {
                int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + %s;
                int count = Tile.min(%d, %s + 1 - %s);""".formatted(times(tile.vectors(), "block"),
                tile.pixels(), last, first));
        // one loop, as TornadoVM would write out an inner one
        source.line(vectors == 1
                ? "for (int i = 0; i < count; i++) {"
                : "for (int i = 0; i < %d * count; i++) {".formatted(vectors));
        source.line("int p = %s + i%s;".formatted(first, vectors == 1 ? "" : " / " + vectors));
        String vector = vectors == 1 ? "" : " + i % " + vectors;
        source.line("""
                int at = p * outPixelVectors + outFirst + %s%s;
                Float16 result = output.get(at);
                if ((mode & Beside.ADD_FIRST) != 0) {
                result = Float16s.activate(Float16.add(result, \
                added.get(p * addedPixelVectors + addedBlock%2$s)), activation, slope);
                }
                if (activation >= Activations.HARD_SIGMOID) {
                result = Float16s.late(result, activation);
                }
                if ((mode & Beside.ADD_LAST) != 0) {
                result = Float16.add(result, \
                added.get(p * addedPixelVectors + addedBlock%2$s));
                }
                output.set(at, result);
                }
                }""".formatted(times(vectors, "block"), vector));
    }

    /** The same of a block of a row's pixels. */
    private static void gates(Source source, String first, String end) {
        source.line("""
                if (activation >= Activations.HARD_SIGMOID) {
                for (int p = %s; p < %s; p++) {
                int at = (out + p) * vectors + block;
                output.set(at, Float16s.late(output.get(at), activation));
                }
                }""".formatted(first, end));
    }

    /** What a pixel's and vector's variables are called: 3, or of several vectors 30, 31 … */
    private static String index(KernelTile tile, int pixel, int vector) {
        return tile.vectors() == 1 ? String.valueOf(pixel) : "%d%d".formatted(pixel, vector);
    }

    private interface TileLine {
        String of(int pixel, int vector);
    }

    private static void each(Source source, KernelTile tile, TileLine line) {
        for (int p = 0; p < tile.pixels(); p++) {
            int pixel = p;
            IntFunction<String> ofVector = v -> line.of(pixel, v);
            source.each(tile.vectors(), ofVector);
        }
    }
}
