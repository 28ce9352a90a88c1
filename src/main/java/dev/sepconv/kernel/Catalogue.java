package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.BlockPacking;
import dev.sepconv.kernel.conv.DepthwiseConv;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.GroupedConv;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Blocks;
import dev.sepconv.kernel.conv.Kernel.Dense;
import dev.sepconv.kernel.conv.Kernel.Lines;
import dev.sepconv.kernel.conv.Kernel.Local;
import dev.sepconv.kernel.conv.Kernel.Order;
import dev.sepconv.kernel.conv.Kernel.Patches;
import dev.sepconv.kernel.conv.Kernel.Plain;
import dev.sepconv.kernel.conv.Kernel.Rows;
import dev.sepconv.kernel.conv.Kernel.Separable;
import dev.sepconv.kernel.conv.Kernel.SeparableLocal;
import dev.sepconv.kernel.conv.Kernel.Tiling;
import dev.sepconv.kernel.conv.Kernel.Variant;
import dev.sepconv.kernel.conv.PointwiseConv;
import dev.sepconv.kernel.conv.SeparableGrid;
import dev.sepconv.kernel.conv.StandardConv;
import dev.sepconv.kernel.conv.VectorGeometry;
import dev.sepconv.kernel.gen.GeneratedKernels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Every kernel there is. Selection, tuning, tests, benchmarks and the command {@code kernels} all
 * read this list.
 */
public final class Catalogue {

    private static final String POINTWISE = "1x1, stride 1, no padding";
    private static final String DEPTHWISE = "groups = channels, any multiplier";

    /** Pixels of a line, any more than which is long. */
    private static final int LONG_LINE = 7;

    /** One a variant and layout, written by hand. */
    private static final List<Kernel> PLAIN = List.of(
            new Kernel("pointwiseNchwF32", Variant.POINTWISE, Order.NCHW, POINTWISE, Tiling.NONE,
                    true, PointwiseConv.class, "nchw", new Plain(PointwiseConv::nchw)),
            new Kernel("pointwiseNhwcF32", Variant.POINTWISE, Order.NHWC, POINTWISE, Tiling.NONE,
                    true, PointwiseConv.class, "nhwc", new Plain(PointwiseConv::nhwc)),
            new Kernel("depthwiseNchwF32", Variant.DEPTHWISE, Order.NCHW, DEPTHWISE, Tiling.NONE,
                    true, DepthwiseConv.class, "nchw", new Plain(DepthwiseConv::nchw)),
            new Kernel("depthwiseNhwcF32", Variant.DEPTHWISE, Order.NHWC, DEPTHWISE, Tiling.NONE,
                    true, DepthwiseConv.class, "nhwc", new Plain(DepthwiseConv::nhwc)),
            new Kernel("standardNchwF32", Variant.STANDARD, Order.NCHW, "groups = 1", Tiling.NONE,
                    true, StandardConv.class, "nchw", new Plain(StandardConv::nchw)),
            new Kernel("standardNhwcF32", Variant.STANDARD, Order.NHWC, "groups = 1", Tiling.NONE,
                    true, StandardConv.class, "nhwc", new Plain(StandardConv::nhwc)),
            new Kernel("groupedNchwF32", Variant.GROUPED, Order.NCHW, "any groups", Tiling.NONE,
                    true, GroupedConv.class, "nchw", new Plain(GroupedConv::nchw)),
            new Kernel("groupedNhwcF32", Variant.GROUPED, Order.NHWC, "any groups", Tiling.NONE,
                    true, GroupedConv.class, "nhwc", new Plain(GroupedConv::nhwc)));

    /** In order of preference among those of one kind and layout: see {@link #byDefault}. */
    private static final List<Kernel> KERNELS = Stream
            .concat(PLAIN.stream(), GeneratedKernels.all().stream()).toList();

    private static final List<Kernel> NARROW = KERNELS.stream()
            .filter(kernel -> GeneratedKernels.narrow().contains(kernel.name())).toList();

    /** Work-groups with local memory: fewer leave processors of a large GPU with nothing to do. */
    private static final int MANY_GROUPS = 96;

    /** Of tiles in local memory the output channels that are computed for each that is wanted. */
    private static final double MOST_PADDING = 2;

    /** Of patches in local memory the pixels that are computed for each that is wanted. */
    private static final double MOST_PATCHED = 1.25;

    /** Of tiles of a row the pixels that are computed for each that is wanted. */
    private static final double MOST_OF_A_ROW = 1.15;

    /**
     * Up to so many pixels and channels a separable convolution was measured to take GPUs less as
     * one kernel: 28 by 28, which are few tiles for two.
     */
    private static final int FEW_PIXELS = 28 * 28;
    private static final int FEW_CHANNELS = 128;

    /** Numbers of a tile below which many registers do nothing. */
    private static final int MANY_SUMS = 192;

    /** Output channels of a tile below which each input is read for few products. */
    private static final int WIDE = 32;

    /** How much longer such a tile takes for as many products, roughly. */
    private static final double NARROWER = 1.2;

    private Catalogue() {
    }

    public static List<Kernel> all() {
        return KERNELS;
    }

    /** Every kernel that can compute this convolution. */
    public static List<Kernel> candidates(Geometry geometry) {
        return candidates(List.of(geometry));
    }

    /**
     * Every kernel that can compute these convolutions at once, each on what the one before leaves.
     */
    public static List<Kernel> candidates(List<Geometry> stages) {
        return KERNELS.stream().filter(kernel -> kernel.supports(stages)).toList();
    }

    /**
     * The kernel that computes two convolutions at once in place of their two default ones, where
     * it was measured to be faster: on CPUs with many registers, as
     * {@link SeparableGrid#isFasterThanTwo} says; on GPUs with local memory of small pictures.
     */
    public static Optional<Kernel> fusedByDefault(Geometry depthwise, Geometry pointwise,
            DeviceClass device) {
        Stream<Kernel> kernels = candidates(List.of(depthwise, pointwise)).stream();
        return switch (device) {
            case CPU -> kernels.filter(
                    kernel -> kernel.body() instanceof Separable && SeparableGrid.of(pointwise,
                            VectorGeometry.wholeVectors(pointwise.inChannels()), kernel.tiling())
                            .isFasterThanTwo())
                    .findFirst();
            case GPU -> kernels
                    .filter(kernel -> kernel.body() instanceof SeparableLocal
                            && hasFewTiles(pointwise) && fillsRows(kernel, pointwise))
                    .max(Comparator.comparingInt(kernel -> kernel.tiling().filters()));
            case NARROW_CPU, GPU_WITHOUT_LOCAL, OTHER -> Optional.empty();
        };
    }

    private static boolean hasFewTiles(Geometry pointwise) {
        return pointwise.batch() * pointwise.outHeight() * pointwise.outWidth() <= FEW_PIXELS
                && pointwise.inChannels() <= FEW_CHANNELS
                && pointwise.outChannels() <= FEW_CHANNELS;
    }

    /**
     * The kernel for a class of devices where nothing was measured: vectors for CPUs, in smaller
     * tiles where registers are few; for GPUs tiles in local memory where they have it and such a
     * tile was measured to be faster, else lines or blocks; else the plain one. But for the tiles
     * each of the kinds has one for every geometry.
     */
    public static Kernel byDefault(Geometry geometry, DeviceClass device) {
        return switch (device) {
            case CPU -> least(geometry, first(geometry, kernel -> kernel.isOfVectors()
                    && isForOnePixel(kernel) == hasOnePixel(geometry)));
            case NARROW_CPU -> {
                Kernel wide = byDefault(geometry, DeviceClass.CPU);
                yield candidates(geometry).stream()
                        .filter(kernel -> NARROW.contains(kernel)
                                && kernel.variant() == wide.variant() && !isForOnePixel(wide))
                        .findFirst().orElse(wide);
            }
            case GPU ->
                inRows(geometry).or(() -> inLocalMemory(geometry)).or(() -> inPatches(geometry))
                        .orElseGet(() -> byDefault(geometry, DeviceClass.GPU_WITHOUT_LOCAL));
            case GPU_WITHOUT_LOCAL -> first(geometry,
                    kernel -> kernel.body() instanceof Lines && leavesManyLines(kernel, geometry)
                            || kernel.body() instanceof Blocks);
            case OTHER -> select(geometry);
        };
    }

    /**
     * Of a convolution's tiles that fill many registers the one that computes least, padding
     * included.
     */
    private static Kernel least(Geometry geometry, Kernel first) {
        return first.variant() != Variant.GROUPED
                ? first
                : candidates(geometry).stream().filter(kernel -> kernel.variant() == Variant.GROUPED
                        && kernel.body() instanceof Dense
                        && kernel.tiling().filters() * kernel.tiling().pixels() >= MANY_SUMS)
                        .min(Comparator.comparingDouble(kernel -> cost(kernel, geometry)))
                        .orElse(first);
    }

    private static double cost(Kernel kernel, Geometry geometry) {
        int filters = kernel.tiling().filters();
        return (filters < WIDE ? NARROWER : 1.0) * pixels(kernel, geometry)
                * BlockPacking.blocks(geometry, filters) * filters;
    }

    private static boolean isForOnePixel(Kernel kernel) {
        return kernel.body() instanceof Dense && kernel.tiling().pixels() == 1;
    }

    /** Whether it is a product of a matrix and a vector. */
    private static boolean hasOnePixel(Geometry g) {
        return g.isPointwise() && g.batch() * g.outHeight() * g.outWidth() == 1;
    }

    /**
     * For pointwise convolutions the largest tile of which there are still many, else the smallest;
     * that one gives way to a tile of other width that leaves a tenth of the pixels out. For others
     * the one that knows which tap it loads. Not where most of a tile would be padding.
     */
    private static Optional<Kernel> inLocalMemory(Geometry geometry) {
        List<Kernel> tiles = candidates(geometry).stream()
                .filter(kernel -> kernel.body() instanceof Local local
                        && (geometry.isPointwise()
                                ? kernel.variant() == Variant.POINTWISE
                                : local.taps())
                        && KernelCall.paddingOverhead(kernel, geometry) <= MOST_PADDING)
                .toList();
        List<Kernel> taken = geometry.isPointwise()
                ? tiles.stream().filter(kernel -> !isForOddPictures(kernel)).toList()
                : tiles;
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        Kernel smallest = taken.stream()
                .min(Comparator.comparingInt(kernel -> kernel.tiling().pixels())).orElseThrow();
        Kernel chosen = taken.stream().filter(kernel -> groups(kernel, geometry) >= MANY_GROUPS)
                .findFirst().orElse(smallest);
        Optional<Kernel> other = tiles.stream().filter(Catalogue::isForOddPictures).findFirst();
        boolean better = chosen == smallest && other.isPresent()
                && 10 * pixels(other.get(), geometry) < 9 * pixels(chosen, geometry);
        return better ? other : Optional.of(chosen);
    }

    /** Pictures of 7 by 7 fill tiles of 28 pixels better than those of 16. */
    private static boolean isForOddPictures(Kernel kernel) {
        return kernel.variant() == Variant.POINTWISE && kernel.tiling().itemPixels() == 7;
    }

    /** Pixels that a kernel's whole tiles compute. */
    private static long pixels(Kernel kernel, Geometry geometry) {
        int tile = kernel.tiling().pixels();
        return (long) tile
                * Math.ceilDiv(geometry.batch() * geometry.outHeight() * geometry.outWidth(), tile);
    }

    /**
     * Rows in local memory where tiles of them are mostly full, of output channels too; of several
     * such tiles the largest.
     */
    private static Optional<Kernel> inRows(Geometry geometry) {
        return candidates(geometry).stream()
                .filter(kernel -> kernel.body() instanceof Rows && fillsRows(kernel, geometry))
                .max(Comparator.comparingInt(kernel -> kernel.tiling().filters()));
    }

    private static boolean fillsRows(Kernel kernel, Geometry geometry) {
        int width = geometry.outWidth();
        return patched(width, kernel.tiling().pixels()) <= MOST_OF_A_ROW * width
                && KernelCall.paddingOverhead(kernel, geometry) <= MOST_OF_A_ROW;
    }

    /** Patches in local memory where they are mostly full: measured on 56 columns. */
    private static Optional<Kernel> inPatches(Geometry geometry) {
        return candidates(geometry).stream().filter(kernel -> kernel.body() instanceof Patches
                && patched(geometry.outWidth(), kernel.patchColumns())
                        * patched(geometry.outHeight(), kernel.patchRows())
                        * patched(geometry.outChannels(), kernel.patchChannels()) <= MOST_PATCHED
                                * geometry.outWidth() * geometry.outHeight()
                                * geometry.outChannels())
                .findFirst();
    }

    /** Rows, columns or channels that whole patches compute. */
    private static double patched(int size, int patch) {
        return Math.ceilDiv(size, patch) * (double) patch;
    }

    /** Work-groups of a kernel whose tiles are in local memory. */
    private static long groups(Kernel kernel, Geometry geometry) {
        int pixels = geometry.batch() * geometry.outHeight() * geometry.outWidth();
        return (long) Math.ceilDiv(pixels, kernel.tiling().pixels())
                * BlockPacking.blocks(geometry, kernel.tiling().filters());
    }

    /** A long line is for pictures that have several: of few work-items many units do nothing. */
    private static boolean leavesManyLines(Kernel kernel, Geometry geometry) {
        return kernel.tiling().pixels() <= LONG_LINE
                || geometry.outHeight() >= 2 * kernel.tiling().pixels();
    }

    /**
     * The plain kernel for this geometry: one work-item an output element. There is one for every
     * geometry.
     */
    public static Kernel select(Geometry geometry) {
        return first(geometry, kernel -> kernel.body() instanceof Plain);
    }

    private static Kernel first(Geometry geometry, Predicate<Kernel> wanted) {
        return candidates(geometry).stream().filter(wanted).findFirst().orElseThrow();
    }

    /**
     * Changes whenever a kernel does: a digest of the names and the classes of all kernels. What
     * was measured with other kernels doesn't hold for these.
     *
     * @return 16 hexadecimal digits
     */
    public static String version() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Kernel kernel : KERNELS) {
                digest.update(kernel.name().getBytes());
                try (InputStream in = kernel.owner()
                        .getResourceAsStream(kernel.owner().getSimpleName() + ".class")) {
                    digest.update(in.readAllBytes());
                }
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
