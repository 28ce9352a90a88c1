package dev.sepconv.kernel.gen;

// Written by KernelTiles: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Blocks;
import dev.sepconv.kernel.conv.Kernel.Lines;
import dev.sepconv.kernel.conv.Kernel.Local;
import dev.sepconv.kernel.conv.Kernel.Order;
import dev.sepconv.kernel.conv.Kernel.Separable;
import dev.sepconv.kernel.conv.Kernel.Tiling;
import dev.sepconv.kernel.conv.Kernel.Variant;
import dev.sepconv.kernel.conv.Kernel.Vectors;
import java.util.List;
import java.util.Set;

/** The catalogue's entries of the generated kernels. */
public final class GeneratedKernels {

    private GeneratedKernels() {
    }

    /** In order of preference. */
    public static List<Kernel> all() {
        return List.of(
                new Kernel("pointwiseNhwcF32_v16p7", Variant.POINTWISE, Order.NHWC_VECTORS,
                        "1x1, stride 1, no padding, up to 1024 channels", Tiling.vectors(7, 32),
                        false, PointwiseVectorConv.class, "p7k32",
                        new Vectors(PointwiseVectorConv::p7k32)),
                new Kernel("depthwiseNhwcF32_s3u1v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                        "groups = channels, multiplier 1, 3 wide, horizontal stride 1",
                        Tiling.vectors(7, 16), false, DepthwiseRowConv.class, "s3u1p7",
                        new Vectors(DepthwiseRowConv::s3u1p7, 3, 1)),
                new Kernel("depthwiseNhwcF32_s3u2v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                        "groups = channels, multiplier 1, 3 wide, horizontal stride 2",
                        Tiling.vectors(7, 16), false, DepthwiseRowConv.class, "s3u2p7",
                        new Vectors(DepthwiseRowConv::s3u2p7, 3, 2)),
                new Kernel("depthwiseNhwcF32_s5u1v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                        "groups = channels, multiplier 1, 5 wide, horizontal stride 1",
                        Tiling.vectors(7, 16), false, DepthwiseRowConv.class, "s5u1p7",
                        new Vectors(DepthwiseRowConv::s5u1p7, 5, 1)),
                new Kernel("depthwiseNhwcF32_s5u2v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                        "groups = channels, multiplier 1, 5 wide, horizontal stride 2",
                        Tiling.vectors(7, 16), false, DepthwiseRowConv.class, "s5u2p7",
                        new Vectors(DepthwiseRowConv::s5u2p7, 5, 2)),
                new Kernel("depthwiseNhwcF32_v16p4", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                        "groups = channels, multiplier 1", Tiling.vectors(4, 16), false,
                        DepthwiseVectorConv.class, "p4", new Vectors(DepthwiseVectorConv::p4)),
                new Kernel("groupedNhwcF32_v16p7", Variant.GROUPED, Order.NHWC_VECTORS,
                        "any groups", Tiling.vectors(7, 32), false, GroupedVectorConv.class,
                        "p7k32", new Vectors(GroupedVectorConv::p7k32)),
                new Kernel("pointwiseNhwcF32_v16p6k16", Variant.POINTWISE, Order.NHWC_VECTORS,
                        "1x1, stride 1, no padding, up to 1024 channels", Tiling.vectors(6, 16),
                        false, PointwiseVectorConv.class, "p6k16",
                        new Vectors(PointwiseVectorConv::p6k16)),
                new Kernel("pointwiseNhwcF32_v16p12k16", Variant.POINTWISE, Order.NHWC_VECTORS,
                        "1x1, stride 1, no padding, up to 1024 channels", Tiling.vectors(12, 16),
                        false, PointwiseVectorConv.class, "p12k16",
                        new Vectors(PointwiseVectorConv::p12k16)),
                new Kernel("depthwiseNhwcF32_s3u1v16p3", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                        "groups = channels, multiplier 1, 3 wide, horizontal stride 1",
                        Tiling.vectors(3, 16), false, DepthwiseRowConv.class, "s3u1p3",
                        new Vectors(DepthwiseRowConv::s3u1p3, 3, 1)),
                new Kernel("groupedNhwcF32_v16p6k16", Variant.GROUPED, Order.NHWC_VECTORS,
                        "any groups", Tiling.vectors(6, 16), false, GroupedVectorConv.class,
                        "p6k16", new Vectors(GroupedVectorConv::p6k16)),
                new Kernel("groupedNhwcF32_v16p12k16", Variant.GROUPED, Order.NHWC_VECTORS,
                        "any groups", Tiling.vectors(12, 16), false, GroupedVectorConv.class,
                        "p12k16", new Vectors(GroupedVectorConv::p12k16)),
                new Kernel("separableNhwcF32_s3u1v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                        "3 wide, horizontal stride 1, multiplier 1, then pointwise",
                        Tiling.vectors(7, 32), false, SeparableVectorConv.class, "s3u1p7k32",
                        new Separable(SeparableVectorConv::s3u1p7k32, 3, 1)),
                new Kernel("separableNhwcF32_s3u2v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                        "3 wide, horizontal stride 2, multiplier 1, then pointwise",
                        Tiling.vectors(7, 32), false, SeparableVectorConv.class, "s3u2p7k32",
                        new Separable(SeparableVectorConv::s3u2p7k32, 3, 2)),
                new Kernel("separableNhwcF32_s5u1v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                        "5 wide, horizontal stride 1, multiplier 1, then pointwise",
                        Tiling.vectors(7, 32), false, SeparableVectorConv.class, "s5u1p7k32",
                        new Separable(SeparableVectorConv::s5u1p7k32, 5, 1)),
                new Kernel("separableNhwcF32_s5u2v16p7", Variant.SEPARABLE, Order.NHWC_VECTORS,
                        "5 wide, horizontal stride 2, multiplier 1, then pointwise",
                        Tiling.vectors(7, 32), false, SeparableVectorConv.class, "s5u2p7k32",
                        new Separable(SeparableVectorConv::s5u2p7k32, 5, 2)),
                new Kernel("pointwiseNchwF32_k8", Variant.POINTWISE, Order.NCHW,
                        "1x1, stride 1, no padding", Tiling.of(1, 8), true,
                        PointwiseBlockConv.class, "nchwK8", new Blocks(PointwiseBlockConv::nchwK8)),
                new Kernel("pointwiseNhwcF32_p7", Variant.POINTWISE, Order.NHWC,
                        "1x1, stride 1, no padding", Tiling.of(7, 1), true,
                        PointwiseBlockConv.class, "nhwcP7", new Blocks(PointwiseBlockConv::nhwcP7)),
                new Kernel("depthwiseNchwF32_s3u1p14", Variant.DEPTHWISE, Order.NCHW,
                        "groups = channels, multiplier 1, 3 by 3, stride 1, no dilation",
                        Tiling.of(14, 1), false, DepthwiseLineConv.class, "nchwS3U1P14",
                        new Lines(DepthwiseLineConv::nchwS3U1P14, 3, 1)),
                new Kernel("depthwiseNchwF32_s3u1p7", Variant.DEPTHWISE, Order.NCHW,
                        "groups = channels, multiplier 1, 3 by 3, stride 1, no dilation",
                        Tiling.of(7, 1), false, DepthwiseLineConv.class, "nchwS3U1P7",
                        new Lines(DepthwiseLineConv::nchwS3U1P7, 3, 1)),
                new Kernel("depthwiseNchwF32_s3u2p4", Variant.DEPTHWISE, Order.NCHW,
                        "groups = channels, multiplier 1, 3 by 3, stride 2, no dilation",
                        Tiling.of(4, 1), false, DepthwiseLineConv.class, "nchwS3U2P4",
                        new Lines(DepthwiseLineConv::nchwS3U2P4, 3, 2)),
                new Kernel("depthwiseNhwcF32_s3u1p7", Variant.DEPTHWISE, Order.NHWC,
                        "groups = channels, multiplier 1, 3 by 3, stride 1, no dilation",
                        Tiling.of(7, 1), false, DepthwiseLineConv.class, "nhwcS3U1P7",
                        new Lines(DepthwiseLineConv::nhwcS3U1P7, 3, 1)),
                new Kernel("depthwiseNhwcF32_s3u2p4", Variant.DEPTHWISE, Order.NHWC,
                        "groups = channels, multiplier 1, 3 by 3, stride 2, no dilation",
                        Tiling.of(4, 1), false, DepthwiseLineConv.class, "nhwcS3U2P4",
                        new Lines(DepthwiseLineConv::nhwcS3U2P4, 3, 2)),
                new Kernel("depthwiseNchwF32_p4", Variant.DEPTHWISE, Order.NCHW,
                        "groups = channels, any multiplier", Tiling.of(4, 1), false,
                        DepthwiseBlockConv.class, "nchwP4", new Blocks(DepthwiseBlockConv::nchwP4)),
                new Kernel("depthwiseNhwcF32_p4", Variant.DEPTHWISE, Order.NHWC,
                        "groups = channels, any multiplier", Tiling.of(4, 1), false,
                        DepthwiseBlockConv.class, "nhwcP4", new Blocks(DepthwiseBlockConv::nhwcP4)),
                new Kernel("depthwiseNchwF32_s5u1p4", Variant.DEPTHWISE, Order.NCHW,
                        "groups = channels, multiplier 1, 5 by 5, stride 1, no dilation",
                        Tiling.of(4, 1), false, DepthwiseLineConv.class, "nchwS5U1P4",
                        new Lines(DepthwiseLineConv::nchwS5U1P4, 5, 1)),
                new Kernel("depthwiseNchwF32_s5u2p4", Variant.DEPTHWISE, Order.NCHW,
                        "groups = channels, multiplier 1, 5 by 5, stride 2, no dilation",
                        Tiling.of(4, 1), false, DepthwiseLineConv.class, "nchwS5U2P4",
                        new Lines(DepthwiseLineConv::nchwS5U2P4, 5, 2)),
                new Kernel("depthwiseNhwcF32_s5u1p4", Variant.DEPTHWISE, Order.NHWC,
                        "groups = channels, multiplier 1, 5 by 5, stride 1, no dilation",
                        Tiling.of(4, 1), false, DepthwiseLineConv.class, "nhwcS5U1P4",
                        new Lines(DepthwiseLineConv::nhwcS5U1P4, 5, 1)),
                new Kernel("depthwiseNhwcF32_s5u2p4", Variant.DEPTHWISE, Order.NHWC,
                        "groups = channels, multiplier 1, 5 by 5, stride 2, no dilation",
                        Tiling.of(4, 1), false, DepthwiseLineConv.class, "nhwcS5U2P4",
                        new Lines(DepthwiseLineConv::nhwcS5U2P4, 5, 2)),
                new Kernel("groupedNchwF32_k8", Variant.GROUPED, Order.NCHW, "any groups",
                        Tiling.of(1, 8), true, GroupedBlockConv.class, "nchwK8",
                        new Blocks(GroupedBlockConv::nchwK8)),
                new Kernel("groupedNhwcF32_p4", Variant.GROUPED, Order.NHWC, "any groups",
                        Tiling.of(4, 1), false, GroupedBlockConv.class, "nhwcP4",
                        new Blocks(GroupedBlockConv::nhwcP4)),
                new Kernel("pointwiseNchwF32_local", Variant.POINTWISE, Order.NCHW,
                        "1x1, stride 1, no padding", Tiling.local(64, 64, 16, 4, 4), false,
                        PointwiseLocalConv.class, "nchw64x64x16i4x4",
                        new Local(PointwiseLocalConv::nchw64x64x16i4x4)),
                new Kernel("pointwiseNhwcF32_local", Variant.POINTWISE, Order.NHWC,
                        "1x1, stride 1, no padding", Tiling.local(64, 64, 16, 4, 4), true,
                        PointwiseLocalConv.class, "nhwc64x64x16i4x4",
                        new Local(PointwiseLocalConv::nhwc64x64x16i4x4)),
                new Kernel("pointwiseNchwF32_local64x64x16i8x4", Variant.POINTWISE, Order.NCHW,
                        "1x1, stride 1, no padding", Tiling.local(64, 64, 16, 8, 4), false,
                        PointwiseLocalConv.class, "nchw64x64x16i8x4",
                        new Local(PointwiseLocalConv::nchw64x64x16i8x4)),
                new Kernel("groupedNchwF32_local", Variant.GROUPED, Order.NCHW, "any groups",
                        Tiling.local(64, 64, 16, 4, 4), false, GroupedLocalConv.class,
                        "nchw64x64x16i4x4", new Local(GroupedLocalConv::nchw64x64x16i4x4)),
                new Kernel("groupedNhwcF32_local", Variant.GROUPED, Order.NHWC, "any groups",
                        Tiling.local(64, 64, 16, 4, 4), false, GroupedLocalConv.class,
                        "nhwc64x64x16i4x4", new Local(GroupedLocalConv::nhwc64x64x16i4x4)));
    }

    /** Names of those that CPUs with few registers take first. */
    public static Set<String> narrow() {
        return Set.of("pointwiseNhwcF32_v16p6k16", "depthwiseNhwcF32_s3u1v16p3",
                "groupedNhwcF32_v16p6k16");
    }
}
