package dev.sepconv.kernel;

import dev.sepconv.kernel.Kernel.Order;
import dev.sepconv.kernel.Kernel.Plain;
import dev.sepconv.kernel.Kernel.Variant;
import dev.sepconv.kernel.Kernel.Vectors;
import java.util.List;
import java.util.function.Predicate;

/** Every kernel there is. Selection, tests, benchmarks and the command {@code kernels} all read this list. */
public final class Catalogue {

    /** In order of preference among those of one layout: the first that supports a geometry is the one that is used. */
    private static final List<Kernel> KERNELS = List.of(
            new Kernel("pointwiseNchwF32", Variant.POINTWISE, Order.NCHW, "1x1, stride 1, no padding", PointwiseConv.class,
                    "nchw", new Plain(PointwiseConv::nchw)),
            new Kernel("pointwiseNhwcF32", Variant.POINTWISE, Order.NHWC, "1x1, stride 1, no padding", PointwiseConv.class,
                    "nhwc", new Plain(PointwiseConv::nhwc)),
            new Kernel("depthwiseNchwF32", Variant.DEPTHWISE, Order.NCHW, "groups = channels, any multiplier",
                    DepthwiseConv.class, "nchw", new Plain(DepthwiseConv::nchw)),
            new Kernel("depthwiseNhwcF32", Variant.DEPTHWISE, Order.NHWC, "groups = channels, any multiplier",
                    DepthwiseConv.class, "nhwc", new Plain(DepthwiseConv::nhwc)),
            new Kernel("standardNchwF32", Variant.STANDARD, Order.NCHW, "groups = 1", StandardConv.class, "nchw",
                    new Plain(StandardConv::nchw)),
            new Kernel("standardNhwcF32", Variant.STANDARD, Order.NHWC, "groups = 1", StandardConv.class, "nhwc",
                    new Plain(StandardConv::nhwc)),
            new Kernel("groupedNchwF32", Variant.GROUPED, Order.NCHW, "any groups", GroupedConv.class, "nchw",
                    new Plain(GroupedConv::nchw)),
            new Kernel("groupedNhwcF32", Variant.GROUPED, Order.NHWC, "any groups", GroupedConv.class, "nhwc",
                    new Plain(GroupedConv::nhwc)),
            new Kernel("pointwiseNhwcF32_v16p7", Variant.POINTWISE, Order.NHWC_VECTORS, "1x1, stride 1, no padding",
                    PointwiseVectorConv.class, "nhwc", new Vectors(PointwiseVectorConv::nhwc)),
            new Kernel("depthwiseNhwcF32_s3u1v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 3 wide, horizontal stride 1", DepthwiseRowConv.class, "width3Stride1",
                    new Vectors(DepthwiseRowConv::width3Stride1, 3, 1)),
            new Kernel("depthwiseNhwcF32_s3u2v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 3 wide, horizontal stride 2", DepthwiseRowConv.class, "width3Stride2",
                    new Vectors(DepthwiseRowConv::width3Stride2, 3, 2)),
            new Kernel("depthwiseNhwcF32_s5u1v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 5 wide, horizontal stride 1", DepthwiseRowConv.class, "width5Stride1",
                    new Vectors(DepthwiseRowConv::width5Stride1, 5, 1)),
            new Kernel("depthwiseNhwcF32_s5u2v16p7", Variant.DEPTHWISE, Order.NHWC_VECTORS,
                    "groups = channels, multiplier 1, 5 wide, horizontal stride 2", DepthwiseRowConv.class, "width5Stride2",
                    new Vectors(DepthwiseRowConv::width5Stride2, 5, 2)),
            new Kernel("depthwiseNhwcF32_v16p4", Variant.DEPTHWISE, Order.NHWC_VECTORS, "groups = channels, multiplier 1",
                    DepthwiseVectorConv.class, "nhwc", new Vectors(DepthwiseVectorConv::nhwc)),
            new Kernel("groupedNhwcF32_v16p7", Variant.GROUPED, Order.NHWC_VECTORS, "any groups", DenseVectorConv.class, "nhwc",
                    new Vectors(DenseVectorConv::nhwc)));

    private Catalogue() {
    }

    public static List<Kernel> all() {
        return KERNELS;
    }

    /** The plain kernel for this geometry: one work-item an output element. There is one for every geometry. */
    public static Kernel select(Geometry geometry) {
        return first(geometry, kernel -> kernel.layout() != Order.NHWC_VECTORS);
    }

    /** The vector kernel for this geometry, for devices whose work-items have vector units: CPUs. There is one for every geometry. */
    public static Kernel selectVector(Geometry geometry) {
        return first(geometry, kernel -> kernel.layout() == Order.NHWC_VECTORS);
    }

    private static Kernel first(Geometry geometry, Predicate<Kernel> wanted) {
        return KERNELS.stream().filter(wanted).filter(kernel -> kernel.supports(geometry)).findFirst().orElseThrow();
    }
}
