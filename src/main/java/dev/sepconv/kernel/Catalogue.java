package dev.sepconv.kernel;

import dev.sepconv.kernel.Kernel.Variant;
import java.util.List;

/** Every kernel there is. Selection, tests, benchmarks and the command {@code kernels} all read this list. */
public final class Catalogue {

    /** In order of preference: the first that supports a geometry is the one that is used. */
    private static final List<Kernel> KERNELS = List.of(
            new Kernel("pointwiseNchwF32", Variant.POINTWISE, false, "1x1, stride 1, no padding", PointwiseConv.class, "nchw",
                    PointwiseConv::nchw),
            new Kernel("pointwiseNhwcF32", Variant.POINTWISE, true, "1x1, stride 1, no padding", PointwiseConv.class, "nhwc",
                    PointwiseConv::nhwc),
            new Kernel("depthwiseNchwF32", Variant.DEPTHWISE, false, "groups = channels, any multiplier", DepthwiseConv.class,
                    "nchw", DepthwiseConv::nchw),
            new Kernel("depthwiseNhwcF32", Variant.DEPTHWISE, true, "groups = channels, any multiplier", DepthwiseConv.class,
                    "nhwc", DepthwiseConv::nhwc),
            new Kernel("standardNchwF32", Variant.STANDARD, false, "groups = 1", StandardConv.class, "nchw", StandardConv::nchw),
            new Kernel("standardNhwcF32", Variant.STANDARD, true, "groups = 1", StandardConv.class, "nhwc", StandardConv::nhwc),
            new Kernel("groupedNchwF32", Variant.GROUPED, false, "any groups", GroupedConv.class, "nchw", GroupedConv::nchw),
            new Kernel("groupedNhwcF32", Variant.GROUPED, true, "any groups", GroupedConv.class, "nhwc", GroupedConv::nhwc));

    private Catalogue() {
    }

    public static List<Kernel> all() {
        return KERNELS;
    }

    /** The kernel that is used for this geometry; there is one for every geometry. */
    public static Kernel select(Geometry geometry) {
        return KERNELS.stream().filter(kernel -> kernel.supports(geometry)).findFirst().orElseThrow();
    }
}
