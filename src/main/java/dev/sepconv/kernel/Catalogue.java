package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.DenseOneVectorConv;
import dev.sepconv.kernel.conv.DenseVectorConv;
import dev.sepconv.kernel.conv.DepthwiseBlockConv;
import dev.sepconv.kernel.conv.DepthwiseConv;
import dev.sepconv.kernel.conv.DepthwiseRowConv;
import dev.sepconv.kernel.conv.DepthwiseVectorConv;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.GroupedBlockConv;
import dev.sepconv.kernel.conv.GroupedConv;
import dev.sepconv.kernel.conv.GroupedLocalConv;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Blocks;
import dev.sepconv.kernel.conv.Kernel.Local;
import dev.sepconv.kernel.conv.Kernel.Order;
import dev.sepconv.kernel.conv.Kernel.Plain;
import dev.sepconv.kernel.conv.Kernel.Separable;
import dev.sepconv.kernel.conv.Kernel.Tiling;
import dev.sepconv.kernel.conv.Kernel.Variant;
import dev.sepconv.kernel.conv.Kernel.Vectors;
import dev.sepconv.kernel.conv.PointwiseBlockConv;
import dev.sepconv.kernel.conv.PointwiseConv;
import dev.sepconv.kernel.conv.PointwiseLocalConv;
import dev.sepconv.kernel.conv.PointwiseOneVectorConv;
import dev.sepconv.kernel.conv.PointwiseVectorConv;
import dev.sepconv.kernel.conv.SeparableGrid;
import dev.sepconv.kernel.conv.SeparableVectorConv;
import dev.sepconv.kernel.conv.StandardConv;
import dev.sepconv.kernel.conv.VectorPacking;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Every kernel there is. Selection, tuning, tests, benchmarks and the command {@code kernels} all
 * read this list.
 */
public final class Catalogue {

    private static final String POINTWISE = "1x1, stride 1, no padding";
    private static final String SEPARABLE = ", multiplier 1, then pointwise";
    private static final String DEPTHWISE = "groups = channels, any multiplier";

    /** In order of preference among those of one kind and layout: see {@link #byDefault}. */
    private static final List<Kernel> KERNELS = List.of(
            new Kernel("pointwiseNchwF32", Variant.POINTWISE, Order.NCHW, POINTWISE, Tiling.NONE,
                    PointwiseConv.class, "nchw", new Plain(PointwiseConv::nchw)),
            new Kernel("pointwiseNhwcF32", Variant.POINTWISE, Order.NHWC, POINTWISE, Tiling.NONE,
                    PointwiseConv.class, "nhwc", new Plain(PointwiseConv::nhwc)),
            new Kernel("depthwiseNchwF32", Variant.DEPTHWISE, Order.NCHW, DEPTHWISE, Tiling.NONE,
                    DepthwiseConv.class, "nchw", new Plain(DepthwiseConv::nchw)),
            new Kernel("depthwiseNhwcF32", Variant.DEPTHWISE, Order.NHWC, DEPTHWISE, Tiling.NONE,
                    DepthwiseConv.class, "nhwc", new Plain(DepthwiseConv::nhwc)),
            new Kernel("standardNchwF32", Variant.STANDARD, Order.NCHW, "groups = 1", Tiling.NONE,
                    StandardConv.class, "nchw", new Plain(StandardConv::nchw)),
            new Kernel("standardNhwcF32", Variant.STANDARD, Order.NHWC, "groups = 1", Tiling.NONE,
                    StandardConv.class, "nhwc", new Plain(StandardConv::nhwc)),
            new Kernel("groupedNchwF32", Variant.GROUPED, Order.NCHW, "any groups", Tiling.NONE,
                    GroupedConv.class, "nchw", new Plain(GroupedConv::nchw)),
            new Kernel("groupedNhwcF32", Variant.GROUPED, Order.NHWC, "any groups", Tiling.NONE,
                    GroupedConv.class, "nhwc", new Plain(GroupedConv::nhwc)),
            new Kernel("pointwiseNhwcF32_v16p7", Variant.POINTWISE, Order.NHWC_VECTORS, POINTWISE,
                    Tiling.vectors(7, 32), PointwiseVectorConv.class, "nhwc",
                    new Vectors(PointwiseVectorConv::nhwc)),
            new Kernel("depthwiseNhwcF32_s3u1v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 3 wide, horizontal stride 1",
                    Tiling.vectors(7, 16), DepthwiseRowConv.class, "width3Stride1",
                    new Vectors(DepthwiseRowConv::width3Stride1, 3, 1)),
            new Kernel("depthwiseNhwcF32_s3u2v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 3 wide, horizontal stride 2",
                    Tiling.vectors(7, 16), DepthwiseRowConv.class, "width3Stride2",
                    new Vectors(DepthwiseRowConv::width3Stride2, 3, 2)),
            new Kernel("depthwiseNhwcF32_s5u1v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 5 wide, horizontal stride 1",
                    Tiling.vectors(7, 16), DepthwiseRowConv.class, "width5Stride1",
                    new Vectors(DepthwiseRowConv::width5Stride1, 5, 1)),
            new Kernel("depthwiseNhwcF32_s5u2v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 5 wide, horizontal stride 2",
                    Tiling.vectors(7, 16), DepthwiseRowConv.class, "width5Stride2",
                    new Vectors(DepthwiseRowConv::width5Stride2, 5, 2)),
            new Kernel("depthwiseNhwcF32_v16p4", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1", Tiling.vectors(4, 16),
                    DepthwiseVectorConv.class, "nhwc", new Vectors(DepthwiseVectorConv::nhwc)),
            new Kernel("groupedNhwcF32_v16p7", Variant.GROUPED, Order.NHWC_VECTORS, "any groups",
                    Tiling.vectors(7, 32), DenseVectorConv.class, "nhwc",
                    new Vectors(DenseVectorConv::nhwc)),
            new Kernel("pointwiseNhwcF32_v16p6k16", Variant.POINTWISE, Order.NHWC_VECTORS,
                    POINTWISE, Tiling.vectors(6, 16), PointwiseOneVectorConv.class, "p6",
                    new Vectors(PointwiseOneVectorConv::p6)),
            new Kernel("pointwiseNhwcF32_v16p12k16", Variant.POINTWISE, Order.NHWC_VECTORS,
                    POINTWISE, Tiling.vectors(12, 16), PointwiseOneVectorConv.class, "p12",
                    new Vectors(PointwiseOneVectorConv::p12)),
            new Kernel("groupedNhwcF32_v16p6k16", Variant.GROUPED, Order.NHWC_VECTORS, "any groups",
                    Tiling.vectors(6, 16), DenseOneVectorConv.class, "p6",
                    new Vectors(DenseOneVectorConv::p6)),
            new Kernel("groupedNhwcF32_v16p12k16", Variant.GROUPED, Order.NHWC_VECTORS,
                    "any groups", Tiling.vectors(12, 16), DenseOneVectorConv.class, "p12",
                    new Vectors(DenseOneVectorConv::p12)),
            new Kernel("separableNhwcF32_s3u1v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                    "3 wide, horizontal stride 1" + SEPARABLE, Tiling.vectors(7, 32),
                    SeparableVectorConv.class, "width3Stride1",
                    new Separable(SeparableVectorConv::width3Stride1, 3, 1)),
            new Kernel("separableNhwcF32_s3u2v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                    "3 wide, horizontal stride 2" + SEPARABLE, Tiling.vectors(7, 32),
                    SeparableVectorConv.class, "width3Stride2",
                    new Separable(SeparableVectorConv::width3Stride2, 3, 2)),
            new Kernel("separableNhwcF32_s5u1v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                    "5 wide, horizontal stride 1" + SEPARABLE, Tiling.vectors(7, 32),
                    SeparableVectorConv.class, "width5Stride1",
                    new Separable(SeparableVectorConv::width5Stride1, 5, 1)),
            new Kernel("separableNhwcF32_s5u2v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                    "5 wide, horizontal stride 2" + SEPARABLE, Tiling.vectors(7, 32),
                    SeparableVectorConv.class, "width5Stride2",
                    new Separable(SeparableVectorConv::width5Stride2, 5, 2)),
            new Kernel("pointwiseNchwF32_k8", Variant.POINTWISE, Order.NCHW, POINTWISE,
                    Tiling.of(1, 8), PointwiseBlockConv.class, "nchw",
                    new Blocks(PointwiseBlockConv::nchw)),
            new Kernel("pointwiseNhwcF32_p7", Variant.POINTWISE, Order.NHWC, POINTWISE,
                    Tiling.of(7, 1), PointwiseBlockConv.class, "nhwc",
                    new Blocks(PointwiseBlockConv::nhwc)),
            new Kernel("depthwiseNchwF32_p4", Variant.DEPTHWISE, Order.NCHW, DEPTHWISE,
                    Tiling.of(4, 1), DepthwiseBlockConv.class, "nchw",
                    new Blocks(DepthwiseBlockConv::nchw)),
            new Kernel("depthwiseNhwcF32_p4", Variant.DEPTHWISE, Order.NHWC, DEPTHWISE,
                    Tiling.of(4, 1), DepthwiseBlockConv.class, "nhwc",
                    new Blocks(DepthwiseBlockConv::nhwc)),
            new Kernel("groupedNchwF32_k8", Variant.GROUPED, Order.NCHW, "any groups",
                    Tiling.of(1, 8), GroupedBlockConv.class, "nchw",
                    new Blocks(GroupedBlockConv::nchw)),
            new Kernel("groupedNhwcF32_p4", Variant.GROUPED, Order.NHWC, "any groups",
                    Tiling.of(4, 1), GroupedBlockConv.class, "nhwc",
                    new Blocks(GroupedBlockConv::nhwc)),
            new Kernel("pointwiseNchwF32_local", Variant.POINTWISE, Order.NCHW, POINTWISE,
                    Tiling.local(64, 64, 16), PointwiseLocalConv.class, "nchw",
                    new Local(PointwiseLocalConv::nchw)),
            new Kernel("pointwiseNhwcF32_local", Variant.POINTWISE, Order.NHWC, POINTWISE,
                    Tiling.local(64, 64, 16), PointwiseLocalConv.class, "nhwc",
                    new Local(PointwiseLocalConv::nhwc)),
            new Kernel("groupedNchwF32_local", Variant.GROUPED, Order.NCHW, "any groups",
                    Tiling.local(64, 64, 16), GroupedLocalConv.class, "nchw",
                    new Local(GroupedLocalConv::nchw)),
            new Kernel("groupedNhwcF32_local", Variant.GROUPED, Order.NHWC, "any groups",
                    Tiling.local(64, 64, 16), GroupedLocalConv.class, "nhwc",
                    new Local(GroupedLocalConv::nhwc)));

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
     * it was measured to be faster: on CPUs, as {@link SeparableGrid#isFasterThanTwo} says.
     */
    public static Optional<Kernel> fusedByDefault(Geometry depthwise, Geometry pointwise,
            DeviceClass device) {
        return candidates(List.of(depthwise, pointwise)).stream()
                .filter(kernel -> device == DeviceClass.CPU && SeparableGrid
                        .of(pointwise, VectorPacking.wholeVectors(pointwise.inChannels()),
                                kernel.tiling().filters())
                        .isFasterThanTwo())
                .findFirst();
    }

    /**
     * The kernel for a class of devices where nothing was measured: vectors for CPUs, blocks for
     * GPUs, else the plain one. Each of the three kinds has one for every geometry.
     */
    public static Kernel byDefault(Geometry geometry, DeviceClass device) {
        return switch (device) {
            case CPU -> first(geometry, kernel -> kernel.body() instanceof Vectors);
            case GPU -> first(geometry, kernel -> kernel.body() instanceof Blocks);
            case OTHER -> select(geometry);
        };
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
