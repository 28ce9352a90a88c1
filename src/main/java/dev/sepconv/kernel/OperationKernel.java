package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.Kernel.Order;
import dev.sepconv.kernel.conv.PictureConv;
import dev.sepconv.kernel.conv.TransposedConv;
import dev.sepconv.kernel.op.Broadcast;
import dev.sepconv.kernel.op.Conversion;
import dev.sepconv.kernel.op.Elementwise;
import dev.sepconv.kernel.op.ElementwiseVectors;
import dev.sepconv.kernel.op.Interleave;
import dev.sepconv.kernel.op.MatrixProducts;
import dev.sepconv.kernel.op.Normalization;
import dev.sepconv.kernel.op.Ordering;
import dev.sepconv.kernel.op.Pad;
import dev.sepconv.kernel.op.Pool;
import dev.sepconv.kernel.op.Reduce;
import dev.sepconv.kernel.op.Resize;
import dev.sepconv.kernel.op.Softmax;
import dev.sepconv.kernel.op.StridedCopy;
import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task11;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/**
 * A kernel of a network's operations other than convolutions, which the {@link Catalogue} has but
 * for transposed ones and those of a picture's few channels.
 *
 * @param name operation, layout and element type
 * @param order how its output lies
 * @param owner the class that has the method
 * @param method the method's name
 * @param body the method itself
 */
public record OperationKernel(String name, Order order, Class<?> owner, String method, Body body) {

    /** The method, by what its parameters are. */
    public sealed interface Body {
    }

    /**
     * Input, two more inputs or constants, output, sizes, bounds of three parallel loops, a mode
     * and a number.
     */
    public record Plain(
            Task10<FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    /**
     * Input, two more inputs or constants, output, sizes, bounds of two parallel loops, a mode and
     * a number.
     */
    public record Vectors(
            Task9<VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, IntArray, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    /**
     * For GPUs: context, input, two more inputs or constants, output, outer, length, inner, parts,
     * a mode and a number. Work-groups of {@link Groups#GROUP} work-items share local memory; that
     * many parts sum what one result is made of.
     *
     * @param meaning what computes the same as plain Java
     */
    public record Groups(
            Task11<KernelContext, FloatArray, FloatArray, FloatArray, FloatArray, Integer, Integer, Integer, Integer, Integer, Float> task,
            OperationKernel meaning) implements Body {

        /** Work-items of a group. */
        public static final int GROUP = 128;
    }

    /**
     * Input in row-major order, weight, bias, output, sizes, bounds of two parallel loops,
     * activation and slope.
     */
    public record Pictures(
            Task9<FloatArray, VectorFloat16, VectorFloat16, VectorFloat16, IntArray, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    /** Input, output, sizes and the bounds of two parallel loops. */
    public record ToVectors(
            Task5<FloatArray, VectorFloat16, IntArray, Integer, Integer> task) implements Body {
    }

    /** Input, output, sizes and the bounds of two parallel loops. */
    public record FromVectors(
            Task5<VectorFloat16, FloatArray, IntArray, Integer, Integer> task) implements Body {
    }

    static final OperationKernel FUNCTION = plain("functionNchwF32", Elementwise.class, "function",
            Elementwise::function);
    static final OperationKernel SCALE_SHIFT = plain("scaleshiftNchwF32", Elementwise.class,
            "scaleShift", Elementwise::scaleShift);
    static final OperationKernel PRELU = plain("preluNchwF32", Elementwise.class, "prelu",
            Elementwise::prelu);
    static final OperationKernel BINARY = plain("binaryNchwF32", Broadcast.class, "binary",
            Broadcast::binary);
    static final OperationKernel COPY = plain("copyNchwF32", StridedCopy.class, "floats",
            StridedCopy::floats);
    static final OperationKernel COPY_RUNS = plain("copyNchwF32_runs", StridedCopy.class, "runs",
            StridedCopy::runs);
    static final OperationKernel PAD = plain("padNchwF32", Pad.class, "floats", Pad::floats);
    static final OperationKernel POOL = plain("poolNchwF32", Pool.class, "nchw", Pool::nchw);
    static final OperationKernel REDUCE = plain("reduceNchwF32", Reduce.class, "floats",
            Reduce::floats);
    static final OperationKernel FULLY_CONNECTED = plain("fullyconnectedNchwF32",
            MatrixProducts.class, "fullyConnected", MatrixProducts::fullyConnected);
    static final OperationKernel MATRIX_PRODUCT = plain("matrixproductNchwF32",
            MatrixProducts.class, "product", MatrixProducts::product);
    static final OperationKernel SOFTMAX = plain("softmaxNchwF32", Softmax.class, "floats",
            Softmax::floats);
    static final OperationKernel TOP_K = plain("topkNchwF32", Ordering.class, "topK",
            Ordering::topK);
    static final OperationKernel NORMALIZE = plain("normalizeNchwF32", Normalization.class,
            "floats", Normalization::floats);
    static final OperationKernel RESIZE_NEAREST = plain("resizenearestNchwF32", Resize.class,
            "nearestNchw", Resize::nearestNchw);
    static final OperationKernel RESIZE_LINEAR = plain("resizelinearNchwF32", Resize.class,
            "linearNchw", Resize::linearNchw);
    static final OperationKernel TRANSPOSED_CONV = plain("transposedNchwF32", TransposedConv.class,
            "nchw", TransposedConv::nchw);

    static final OperationKernel REDUCE_GROUPS = groups("reduceNchwF32_local", Reduce.class,
            "groups", Reduce::groups, REDUCE);
    static final OperationKernel FULLY_CONNECTED_GROUPS = groups("fullyconnectedNchwF32_local",
            MatrixProducts.class, "fullyConnectedGroups", MatrixProducts::fullyConnectedGroups,
            FULLY_CONNECTED);
    static final OperationKernel SOFTMAX_GROUPS = groups("softmaxNchwF32_local", Softmax.class,
            "groups", Softmax::groups, SOFTMAX);

    static final OperationKernel FUNCTION_VECTORS = vectors("functionNhwcF32_v16",
            ElementwiseVectors.class, "function", ElementwiseVectors::function);
    static final OperationKernel FUNCTION_NUMBERS = vectors("functionNhwcF32_v16s",
            ElementwiseVectors.class, "functionOfNumbers", ElementwiseVectors::functionOfNumbers);
    static final OperationKernel SCALE_SHIFT_VECTORS = vectors("scaleshiftNhwcF32_v16",
            ElementwiseVectors.class, "scaleShift", ElementwiseVectors::scaleShift);
    static final OperationKernel PRELU_VECTORS = vectors("preluNhwcF32_v16",
            ElementwiseVectors.class, "prelu", ElementwiseVectors::prelu);
    static final OperationKernel BINARY_VECTORS = vectors("binaryNhwcF32_v16",
            ElementwiseVectors.class, "binary", ElementwiseVectors::binary);
    static final OperationKernel COPY_VECTORS = vectors("copyNhwcF32_v16", StridedCopy.class,
            "vectors", StridedCopy::vectors);
    static final OperationKernel COPY_NUMBERS = vectors("copyNhwcF32_v16s", StridedCopy.class,
            "numbers", StridedCopy::numbers);
    static final OperationKernel INTERLEAVE_VECTORS = vectors("interleaveNhwcF32_v16",
            Interleave.class, "vectors", Interleave::vectors);
    static final OperationKernel POOL_VECTORS = vectors("poolNhwcF32_v16", Pool.class, "vectors",
            Pool::vectors);
    static final OperationKernel REDUCE_VECTORS = vectors("reduceNhwcF32_v16", Reduce.class,
            "vectors", Reduce::vectors);
    static final OperationKernel RESIZE_NEAREST_VECTORS = vectors("resizenearestNhwcF32_v16",
            Resize.class, "nearestVectors", Resize::nearestVectors);
    static final OperationKernel RESIZE_LINEAR_VECTORS = vectors("resizelinearNhwcF32_v16",
            Resize.class, "linearVectors", Resize::linearVectors);
    static final OperationKernel TO_VECTORS = new OperationKernel("tovectorsNhwcF32_v16",
            Order.NHWC_VECTORS, Conversion.class, "toVectors",
            new ToVectors(Conversion::toVectors));
    static final OperationKernel FROM_VECTORS = new OperationKernel("fromvectorsNchwF32",
            Order.NCHW, Conversion.class, "fromVectors", new FromVectors(Conversion::fromVectors));

    static final OperationKernel FROM_PIXELS = new OperationKernel("frompixelsNchwF32", Order.NCHW,
            Conversion.class, "fromPixels", new FromVectors(Conversion::fromPixels));
    static final OperationKernel PICTURE_CONV = new OperationKernel("pictureconvNhwcF32_v16",
            Order.NHWC_VECTORS, PictureConv.class, "vectors", new Pictures(PictureConv::vectors));

    private static final List<OperationKernel> ALL = List.of(FUNCTION, SCALE_SHIFT, PRELU, BINARY,
            COPY, COPY_RUNS, PAD, POOL, REDUCE, FULLY_CONNECTED, MATRIX_PRODUCT, SOFTMAX, TOP_K,
            NORMALIZE, RESIZE_NEAREST, RESIZE_LINEAR, TRANSPOSED_CONV, REDUCE_GROUPS,
            FULLY_CONNECTED_GROUPS, SOFTMAX_GROUPS, FUNCTION_VECTORS, FUNCTION_NUMBERS,
            SCALE_SHIFT_VECTORS, PRELU_VECTORS, BINARY_VECTORS, COPY_VECTORS, COPY_NUMBERS,
            INTERLEAVE_VECTORS, POOL_VECTORS, REDUCE_VECTORS, RESIZE_NEAREST_VECTORS,
            RESIZE_LINEAR_VECTORS, TO_VECTORS, FROM_VECTORS, FROM_PIXELS, PICTURE_CONV);

    /** Every one there is. */
    public static List<OperationKernel> all() {
        return ALL;
    }

    private static OperationKernel plain(String name, Class<?> owner, String method,
            Task10<FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Integer, Integer, Integer, Float> task) {
        return new OperationKernel(name, Order.NCHW, owner, method, new Plain(task));
    }

    private static OperationKernel groups(String name, Class<?> owner, String method,
            Task11<KernelContext, FloatArray, FloatArray, FloatArray, FloatArray, Integer, Integer, Integer, Integer, Integer, Float> task,
            OperationKernel meaning) {
        return new OperationKernel(name, Order.NCHW, owner, method, new Groups(task, meaning));
    }

    private static OperationKernel vectors(String name, Class<?> owner, String method,
            Task9<VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, IntArray, Integer, Integer, Integer, Float> task) {
        return new OperationKernel(name, Order.NHWC_VECTORS, owner, method, new Vectors(task));
    }
}
