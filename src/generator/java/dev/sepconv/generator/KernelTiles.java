package dev.sepconv.generator;

import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_BLOCKS_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_BLOCKS_NHWC;
import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_LINES_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_LINES_NHWC;
import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_PATCH_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_PATCH_NHWC;
import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_ROW;
import static dev.sepconv.generator.KernelTiles.Family.DEPTHWISE_VECTORS;
import static dev.sepconv.generator.KernelTiles.Family.GROUPED_BLOCKS_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.GROUPED_BLOCKS_NHWC;
import static dev.sepconv.generator.KernelTiles.Family.GROUPED_LOCAL_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.GROUPED_LOCAL_NHWC;
import static dev.sepconv.generator.KernelTiles.Family.GROUPED_ROWS_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.GROUPED_TAPS_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.GROUPED_VECTORS;
import static dev.sepconv.generator.KernelTiles.Family.POINTWISE_BLOCKS_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.POINTWISE_BLOCKS_NHWC;
import static dev.sepconv.generator.KernelTiles.Family.POINTWISE_LOCAL_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.POINTWISE_LOCAL_NHWC;
import static dev.sepconv.generator.KernelTiles.Family.POINTWISE_VECTORS;
import static dev.sepconv.generator.KernelTiles.Family.SEPARABLE_LOCAL_NCHW;
import static dev.sepconv.generator.KernelTiles.Family.SEPARABLE_VECTORS;
import static dev.sepconv.generator.KernelTiles.Family.SEPARABLE_WIDE;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every tile of TornadoVM's kernels, a line each: how much of the output a work-item computes, or a
 * work-group that shares local memory. The loops and the catalogue's entries follow from the list.
 */
final class KernelTiles {

    private static final Path ROOT = Path.of("src/main/java/dev/sepconv/kernel/gen");
    private static final String PACKAGE = "dev.sepconv.kernel.gen";

    /** Numbers in a vector. */
    static final int LANES = 16;

    /** What every CUDA device has of local memory for a work-group. */
    private static final int LOCAL_BYTES = 48 * 1024;

    /** In the catalogue's order of preference: of several that can compute it, the first. */
    // @formatter:off
    static final List<KernelTile> TILES = List.of(
            // for CPUs; 7 pixels by 2 vectors are 14 of AVX-512's 32 registers
            KernelTile.of(POINTWISE_VECTORS, 7, 32),
            // for one pixel: each weight is read for one product
            KernelTile.of(POINTWISE_VECTORS, 1, 32).run(256),
            KernelTile.of(DEPTHWISE_ROW, 7, 16).width(3, 1),
            KernelTile.of(DEPTHWISE_ROW, 7, 16).width(3, 2),
            KernelTile.of(DEPTHWISE_ROW, 7, 16).width(5, 1),
            KernelTile.of(DEPTHWISE_ROW, 7, 16).width(5, 2),
            KernelTile.of(DEPTHWISE_VECTORS, 4, 16),
            KernelTile.of(GROUPED_VECTORS, 7, 32).run(256),
            // for pictures of 8, 16 or 32 columns
            KernelTile.of(GROUPED_VECTORS, 8, 32).run(256),
            // 6 by 1 are 12 of AVX2's 16 registers, 24 of NEON's 32
            KernelTile.of(POINTWISE_VECTORS, 6, 16),
            KernelTile.of(POINTWISE_VECTORS, 12, 16),
            KernelTile.of(DEPTHWISE_ROW, 3, 16).width(3, 1),
            KernelTile.of(GROUPED_VECTORS, 6, 16).run(256),
            KernelTile.of(GROUPED_VECTORS, 12, 16).run(256),
            // before those for all pictures, as it is faster
            KernelTile.of(SEPARABLE_WIDE, 7, 32).width(3, 1),
            KernelTile.of(SEPARABLE_WIDE, 7, 32).width(3, 2),
            KernelTile.of(SEPARABLE_VECTORS, 7, 32).width(3, 1),
            KernelTile.of(SEPARABLE_VECTORS, 7, 32).width(3, 2),
            KernelTile.of(SEPARABLE_VECTORS, 7, 32).width(5, 1),
            KernelTile.of(SEPARABLE_VECTORS, 7, 32).width(5, 2),
            // for GPUs
            KernelTile.of(POINTWISE_BLOCKS_NCHW, 1, 8),
            KernelTile.of(POINTWISE_BLOCKS_NHWC, 7, 1),
            KernelTile.of(DEPTHWISE_LINES_NCHW, 14, 1).width(3, 1),
            KernelTile.of(DEPTHWISE_LINES_NCHW, 7, 1).width(3, 1),
            KernelTile.of(DEPTHWISE_LINES_NCHW, 7, 1).width(3, 2),
            KernelTile.of(DEPTHWISE_LINES_NCHW, 14, 1).width(5, 1),
            KernelTile.of(DEPTHWISE_LINES_NHWC, 14, 1).width(3, 1),
            KernelTile.of(DEPTHWISE_LINES_NHWC, 7, 1).width(3, 1),
            KernelTile.of(DEPTHWISE_LINES_NHWC, 7, 1).width(3, 2),
            KernelTile.of(DEPTHWISE_LINES_NHWC, 14, 1).width(5, 1),
            KernelTile.of(DEPTHWISE_PATCH_NCHW, 7, 1).width(5, 1),
            KernelTile.of(DEPTHWISE_PATCH_NHWC, 14, 1).width(5, 1),
            KernelTile.of(DEPTHWISE_BLOCKS_NCHW, 4, 1),
            KernelTile.of(DEPTHWISE_BLOCKS_NHWC, 4, 1),
            KernelTile.of(DEPTHWISE_LINES_NCHW, 7, 1).width(5, 1),
            KernelTile.of(DEPTHWISE_LINES_NCHW, 7, 1).width(5, 2),
            KernelTile.of(DEPTHWISE_LINES_NHWC, 7, 1).width(5, 1),
            KernelTile.of(DEPTHWISE_LINES_NHWC, 7, 1).width(5, 2),
            KernelTile.of(GROUPED_BLOCKS_NCHW, 1, 8),
            KernelTile.of(GROUPED_BLOCKS_NHWC, 4, 1),
            // for GPUs, with local memory; of the pointwise ones large tiles first
            KernelTile.of(POINTWISE_LOCAL_NCHW, 64, 64).items(4, 8, 8),
            KernelTile.of(POINTWISE_LOCAL_NCHW, 32, 64).items(4, 8, 16).parts(2),
            KernelTile.of(POINTWISE_LOCAL_NCHW, 32, 32).items(4, 4, 16).parts(2),
            KernelTile.of(POINTWISE_LOCAL_NCHW, 16, 32).items(4, 4, 16).parts(4),
            KernelTile.of(POINTWISE_LOCAL_NCHW, 28, 16).items(7, 4, 16).parts(8),
            KernelTile.of(POINTWISE_LOCAL_NHWC, 64, 64).items(4, 8, 8),
            KernelTile.of(SEPARABLE_LOCAL_NCHW, 14, 64).items(7, 4, 64).parts(8).width(3, 1),
            KernelTile.of(SEPARABLE_LOCAL_NCHW, 14, 128).items(7, 4, 64).parts(4).width(3, 1),
            KernelTile.of(GROUPED_ROWS_NCHW, 14, 64).items(7, 4, 64).parts(8).width(3, 1),
            KernelTile.of(GROUPED_ROWS_NCHW, 14, 32).items(7, 4, 32).parts(16).width(3, 1),
            KernelTile.of(GROUPED_TAPS_NCHW, 28, 32).items(7, 4, 32).parts(8),
            KernelTile.of(GROUPED_TAPS_NCHW, 32, 32).items(4, 4, 16).parts(4),
            KernelTile.of(GROUPED_LOCAL_NCHW, 64, 64).items(4, 4, 16),
            KernelTile.of(GROUPED_LOCAL_NHWC, 64, 64).items(4, 4, 16));
    // @formatter:on

    /** Of those for CPUs the defaults where registers are few: each was faster on AVX2. */
    private static final List<KernelTile> NARROW = List.of(KernelTile.of(POINTWISE_VECTORS, 6, 16),
            KernelTile.of(DEPTHWISE_ROW, 3, 16).width(3, 1),
            KernelTile.of(GROUPED_VECTORS, 6, 16).run(256));

    /** How a kernel's work is laid out; each has a method that writes its loops. */
    enum Family {
        POINTWISE_VECTORS,
        DEPTHWISE_ROW,
        DEPTHWISE_VECTORS,
        GROUPED_VECTORS,
        SEPARABLE_VECTORS,
        SEPARABLE_WIDE,
        POINTWISE_BLOCKS_NCHW,
        POINTWISE_BLOCKS_NHWC,
        DEPTHWISE_LINES_NCHW,
        DEPTHWISE_LINES_NHWC,
        DEPTHWISE_PATCH_NCHW,
        DEPTHWISE_PATCH_NHWC,
        DEPTHWISE_BLOCKS_NCHW,
        DEPTHWISE_BLOCKS_NHWC,
        GROUPED_BLOCKS_NCHW,
        GROUPED_BLOCKS_NHWC,
        POINTWISE_LOCAL_NCHW,
        POINTWISE_LOCAL_NHWC,
        SEPARABLE_LOCAL_NCHW,
        GROUPED_ROWS_NCHW,
        GROUPED_TAPS_NCHW,
        GROUPED_LOCAL_NCHW,
        GROUPED_LOCAL_NHWC;

        /** What the kernel computes: a constant of {@code Kernel.Variant}. */
        String variant() {
            return name().substring(0, name().indexOf('_'));
        }

        /** How it is done: a record of {@code Kernel}. */
        String body() {
            if (variant().equals("SEPARABLE")) {
                return vectors() ? "Separable" : "SeparableLocal";
            }
            return vectors()
                    ? variant().equals("DEPTHWISE") ? "Vectors" : "Dense"
                    : name().contains("BLOCKS")
                            ? "Blocks"
                            : name().contains("LINES")
                                    ? "Lines"
                                    : name().contains("ROWS")
                                            ? "Rows"
                                            : name().contains("PATCH") ? "Patches" : "Local";
        }

        /** How input and output lie: a constant of {@code Kernel.Order}. */
        String order() {
            return vectors() ? "NHWC_VECTORS" : channelsLast() ? "NHWC" : "NCHW";
        }

        boolean vectors() {
            return !name().contains("BLOCKS") && !name().contains("LINES")
                    && !name().contains("LOCAL") && !name().contains("PATCH")
                    && !name().contains("ROWS") && !taps();
        }

        /** Whether what it loads to local memory at a time is all of one tap of the kernel. */
        boolean taps() {
            return this == GROUPED_TAPS_NCHW;
        }

        /** Whether it is only for pictures at least as wide as a tile. */
        boolean wide() {
            return this == SEPARABLE_WIDE;
        }

        boolean channelsLast() {
            return !name().endsWith("NCHW");
        }

        /**
         * Whether TornadoVM 5.2 can translate it to SPIR-V. Not vectors; lines were never tried;
         * most of the others that it can't have conditions joined by &&, which it doesn't know; of
         * POINTWISE_LOCAL_NCHW it makes a load of the wrong type.
         */
        boolean inSpirv() {
            return switch (this) {
                case POINTWISE_BLOCKS_NCHW, POINTWISE_BLOCKS_NHWC, GROUPED_BLOCKS_NCHW,
                        POINTWISE_LOCAL_NHWC ->
                    true;
                default -> false;
            };
        }

        /** The class that has its loops. */
        String type() {
            String how = this == DEPTHWISE_ROW
                    ? "Row"
                    : wide()
                            ? "Wide"
                            : vectors()
                                    ? "Vector"
                                    : taps()
                                            ? "Taps"
                                            : body().replace("Blocks", "Block")
                                                    .replace("Lines", "Line")
                                                    .replace("Patches", "Patch")
                                                    .replace("SeparableLocal", "Local");
            return title(variant()) + how + "Conv";
        }
    }

    /**
     * @param pixels of the output
     * @param filters output channels; of a depthwise tile the channels
     * @param channels input channels that are in local memory at a time; 0 without it
     * @param kernelWidth the only one that it is for; 0 for any
     * @param stride the horizontal one, likewise
     * @param run input channels that are summed by themselves; 0 for all of a kernel's taps
     * @param itemPixels of a work-item, where a work-group shares local memory
     * @param itemFilters its output channels where a work-group shares local memory
     * @param parts work-items that compute the same outputs, each of a part of the channels
     */
    record KernelTile(Family family, int pixels, int filters, int channels, int kernelWidth,
            int stride, int run, int itemPixels, int itemFilters, int parts) {

        static KernelTile of(Family family, int pixels, int filters) {
            return new KernelTile(family, pixels, filters, 0, 0, 0, 0, 0, 0, 1);
        }

        /** Of a work-group: what each of its work-items computes, and how deep it loads. */
        KernelTile items(int ofPixels, int ofFilters, int number) {
            return new KernelTile(family, pixels, filters, number, kernelWidth, stride, run,
                    ofPixels, ofFilters, parts);
        }

        /** Work-items that each sum a part of the channels for the same outputs. */
        KernelTile parts(int number) {
            return new KernelTile(family, pixels, filters, channels, kernelWidth, stride, run,
                    itemPixels, itemFilters, number);
        }

        KernelTile width(int kernel, int step) {
            return new KernelTile(family, pixels, filters, channels, kernel, step, run, itemPixels,
                    itemFilters, parts);
        }

        KernelTile run(int length) {
            return new KernelTile(family, pixels, filters, channels, kernelWidth, stride, length,
                    itemPixels, itemFilters, parts);
        }

        /**
         * Refuses what the loops of its family can't be written for.
         *
         * @throws IllegalArgumentException that says what is allowed
         */
        KernelTile checked() {
            boolean row = family == DEPTHWISE_ROW || family.body().equals("Separable");
            boolean many = mixes() && !family.channelsLast();
            boolean fits = switch (family.body()) {
                case "Lines" -> pixels > 1 && filters == 1 && kernelWidth > 0;
                case "Patches" -> pixels == (family.channelsLast() ? 14 : 7) && filters == 1
                        && kernelWidth == 5 && stride == 1;
                case "Blocks" -> many ? pixels == 1 && filters > 1 : pixels > 1 && filters == 1;
                case "Local" -> shares();
                case "SeparableLocal", "Rows" -> RowKernels.fits(this, LOCAL_BYTES / Float.BYTES);
                default -> pixels > 0 && row == kernelWidth > 0
                        && (filters == LANES || mixes() && filters == 2 * LANES);
            };
            String allowed = switch (family.body()) {
                case "Lines" -> "pixels from 2, 1 filter, a kernel width";
                case "Patches" -> "7 pixels, in NHWC 14, 1 filter, kernel width 5, stride 1";
                case "Blocks" -> many ? "1 pixel, filters from 2" : "pixels from 2, 1 filter";
                case "Local", "SeparableLocal", "Rows" ->
                    "a work-group's work that its work-items share evenly";
                default -> "pixels, %d filters%s, %s kernel width".formatted(LANES,
                        mixes() ? " or %d".formatted(2 * LANES) : "", row ? "a" : "no");
            };
            if (!fits) {
                throw new IllegalArgumentException(
                        "tile is %s; must be %s".formatted(this, allowed));
            }
            return this;
        }

        /** Whether a work-group's work-items have equal parts, of what they load too. */
        private boolean shares() {
            if (itemPixels < 1 || itemFilters < 1 || pixels % itemPixels != 0
                    || filters % itemFilters != 0) {
                return false;
            }
            int items = pixels / itemPixels * (filters / itemFilters) * parts;
            return even(LocalKernels.loadedRow(this), items)
                    && channels * LocalKernels.loadedRow(this) % items == 0 && channels % parts == 0
                    && (channels / parts < LocalKernels.atOnce(this)
                            || channels / parts % LocalKernels.atOnce(this) == 0)
                    && (doubled() ? parts >= itemPixels : itemFilters % parts == 0)
                    && Float.BYTES * (weightNumbers() + valueNumbers()) <= LOCAL_BYTES
                    && (!family.channelsLast() || items % channels == 0);
        }

        /** Numbers that a work-group keeps in local memory for weights, and then for sums. */
        int weightNumbers() {
            int sums = parts == 1 ? 0 : parts * pixels * filters;
            return doubled() ? Math.max(2 * slab(), sums / 2) : Math.max(channels * filters, sums);
        }

        /** Numbers that it keeps there of the input. */
        int valueNumbers() {
            return doubled() ? 0 : channels * LocalKernels.valueRow(this);
        }

        /**
         * Whether local memory is there twice: what is loaded next is written while one is read.
         */
        boolean doubled() {
            return itemPixels == 7;
        }

        /** Numbers that are loaded at a time. */
        int slab() {
            int numbers = channels * (filters + LocalKernels.valueRow(this));
            return Integer.highestOneBit(numbers - 1) << 1;
        }

        private static boolean even(int a, int b) {
            return a % b == 0 || b % a == 0;
        }

        /** Vectors of output channels. */
        int vectors() {
            return filters / LANES;
        }

        /** The kernel's, for example {@code pointwiseNhwcF32_v16p7}. */
        String name() {
            return family.variant().toLowerCase(Locale.ROOT)
                    + (family.channelsLast() ? "Nhwc" : "Nchw") + "F32_" + switch (family.body()) {
                        case "Dense", "Vectors", "Separable" ->
                            (family.wide() ? "wide" : "") + widths() + "v" + LANES + "p" + pixels
                                    + (mixes() && filters != 32 ? "k" + filters : "");
                        case "Blocks" -> filters > 1 ? "k" + filters : "p" + pixels;
                        case "Lines" -> widths() + "p" + pixels;
                        case "Patches" -> "patch" + widths() + "p" + pixels;
                        case "Rows" -> "rows" + shape();
                        default -> family.taps()
                                ? "taps" + shape()
                                : "local" + (itemPixels == 4 && itemFilters == 4 && channels == 16
                                        && pixels == 64 && filters == 64 && parts == 1
                                                ? ""
                                                : shape());
                    };
        }

        String method() {
            String layout = family.channelsLast() ? "nhwc" : "nchw";
            return switch (family.body()) {
                case "Dense", "Vectors", "Separable" ->
                    widths() + "p" + pixels + (mixes() ? "k" + filters : "");
                case "Blocks" -> layout + (filters > 1 ? "K" + filters : "P" + pixels);
                case "Lines", "Patches" ->
                    layout + widths().toUpperCase(Locale.ROOT) + "P" + pixels;
                default -> layout + shape();
            };
        }

        /** Of a work-group's tile and each work-item's part, for example {@code 64x64x16i8x4}. */
        private String shape() {
            return "%dx%dx%di%dx%d".formatted(pixels, filters, channels, itemPixels, itemFilters)
                    + (parts > 1 ? "x" + parts : "");
        }

        private boolean mixes() {
            return !family.variant().equals("DEPTHWISE");
        }

        private String widths() {
            return kernelWidth > 0 ? "s%du%d".formatted(kernelWidth, stride) : "";
        }

        /** What it can compute, in words. */
        private String supports() {
            String only = (family.vectors()
                    ? "%d wide, horizontal stride %d"
                    : "%d by %1$d, stride %d, no dilation").formatted(kernelWidth, stride);
            return switch (family.variant()) {
                case "POINTWISE" -> "1x1, stride 1, no padding" + (family.vectors()
                        ? run > 0 ? "" : ", up to 1024 channels"
                        : channels > 0 ? ", from %d channels on".formatted(channels) : "");
                case "GROUPED" -> "any groups" + (family.body().equals("Rows")
                        ? ", of a multiple of %d channels, 3x3, stride 1, padding 1"
                                .formatted(channels)
                        : family.taps()
                                ? ", of a multiple of %d channels".formatted(channels)
                                : channels > 0
                                        ? ", from %d numbers a filter on".formatted(channels)
                                        : "");
                case "SEPARABLE" -> family.wide()
                        ? "as %s, padded by %d at most, from %d columns on"
                                .formatted(name().replace("wide", ""), kernelWidth / 2, pixels)
                        : family.vectors()
                                ? only + ", multiplier 1, then pointwise"
                                : "3x3, stride 1, padding 1, a multiple of %d channels, then pointwise"
                                        .formatted(channels);
                default -> "groups = channels, "
                        + (family.body().equals("Blocks") ? "any multiplier" : "multiplier 1")
                        + (kernelWidth > 0 ? ", " + only : "");
            };
        }

        private String tiling() {
            return switch (family.body()) {
                case "Dense", "Vectors", "Separable" ->
                    "vectors(%d, %d)".formatted(pixels, filters);
                case "Blocks" -> "of(%d, %d)".formatted(pixels, filters);
                case "Lines", "Patches" -> "of(%d, 1)".formatted(pixels);
                default -> "local(%d, %d, %d, %d, %d, %d)".formatted(pixels, filters, channels,
                        itemPixels, itemFilters, parts);
            };
        }
    }

    private KernelTiles() {
    }

    /** A class for all tiles whose loops are alike, and one that lists them. */
    static Map<Path, String> files() {
        Map<Path, String> files = new LinkedHashMap<>();
        for (String type : TILES.stream().map(tile -> tile.family().type()).distinct().toList()) {
            List<KernelTile> tiles = TILES.stream()
                    .filter(tile -> tile.family().type().equals(type)).map(KernelTile::checked)
                    .toList();
            files.put(ROOT.resolve(type + ".java"), switch (tiles.getFirst().family().body()) {
                case "SeparableLocal", "Rows" -> RowKernels.source(type, tiles);
                case "Local" -> LocalKernels.source(type, tiles);
                case "Blocks" -> BlockKernels.source(type, tiles);
                case "Lines" -> LineKernels.source(type, tiles);
                case "Patches" -> PatchKernels.source(type, tiles);
                default -> VectorKernels.source(type, tiles);
            });
        }
        files.put(ROOT.resolve("GeneratedKernels.java"), catalogue());
        return files;
    }

    private static String catalogue() {
        Source source = begin(KernelTiles.class, "GeneratedKernels",
                List.of("The catalogue's entries of the generated kernels."),
                Stream.of("Blocks", "Dense", "Lines", "Local", "Order", "Patches", "Rows",
                        "Separable", "SeparableLocal", "Tiling", "Variant", "Vectors")
                        .map(name -> "dev.sepconv.kernel.conv.Kernel." + name).toList(),
                List.of("dev.sepconv.kernel.conv.Kernel", "java.util.List", "java.util.Set"));
        source.line("").doc(List.of("In order of preference."));
        source.line("public static List<Kernel> all() {").line("return List.of(");
        for (KernelTile tile : TILES) {
            String widths = tile.kernelWidth() > 0
                    && !List.of("SeparableLocal", "Rows").contains(tile.family().body())
                            ? ", %d, %d".formatted(tile.kernelWidth(), tile.stride())
                                    + (tile.family().body().equals("Separable")
                                            ? ", " + tile.family().wide()
                                            : "")
                            : tile.family().taps() ? ", true" : "";
            source.more("""
                    new Kernel("%s", Variant.%s, Order.%s, "%s", Tiling.%s, %s, %s.class, "%s", \
                    new %s(%7$s::%8$s%s))%s""".formatted(tile.name(), tile.family().variant(),
                    tile.family().order(), tile.supports(), tile.tiling(), tile.family().inSpirv(),
                    tile.family().type(), tile.method(), tile.family().body(), widths,
                    tile == TILES.getLast() ? ");" : ","));
        }
        source.line("}").line("")
                .doc(List.of("Names of those that CPUs with few registers take first."))
                .line("public static Set<String> narrow() {")
                .line("return Set.of(%s);".formatted(NARROW.stream()
                        .map(tile -> '"' + tile.name() + '"').collect(Collectors.joining(", "))));
        return source.line("}").line("}").toString();
    }

    /** The head of a class that has but static methods. */
    static Source begin(Class<?> generator, String name, List<String> paragraphs,
            List<String> nested, List<String> imports) {
        Source source = new Source().line("package %s;".formatted(PACKAGE)).line("")
                .line("// Written by %s: change it there, then mvn -q -Pgenerate validate."
                        .formatted(generator.getSimpleName()))
                .line("");
        Stream.concat(nested.stream(), imports.stream()).sorted()
                .forEach(type -> source.line("import %s;".formatted(type)));
        return source.line("").doc(paragraphs).line("public final class %s {".formatted(name))
                .line("").line("private %s() {".formatted(name)).line("}");
    }

    /** Sizes as local variables: {@code inHeight} of the constant {@code IN_HEIGHT}. */
    static void sizes(Source source, String constants, String... names) {
        for (String name : names) {
            source.line("int %s = geometry.get(%s.%s);".formatted(name, constants,
                    name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT)));
        }
    }

    private static String title(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT);
    }
}
