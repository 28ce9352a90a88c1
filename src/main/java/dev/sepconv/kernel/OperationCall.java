package dev.sepconv.kernel;

import dev.sepconv.kernel.OperationKernel.FromVectors;
import dev.sepconv.kernel.OperationKernel.Groups;
import dev.sepconv.kernel.OperationKernel.Pictures;
import dev.sepconv.kernel.OperationKernel.Plain;
import dev.sepconv.kernel.OperationKernel.ToVectors;
import dev.sepconv.kernel.OperationKernel.Vectors;
import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.BlockPacking;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.PictureConv;
import dev.sepconv.kernel.conv.VectorGeometry;
import dev.sepconv.kernel.op.ElementFunctions;
import dev.sepconv.kernel.op.ElementwiseVectors;
import dev.sepconv.kernel.op.MatrixProducts;
import dev.sepconv.kernel.op.Pad;
import dev.sepconv.kernel.op.StridedCopy;
import dev.sepconv.kernel.op.Strides;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

// Over 400 lines, since it has a factory for each of the operations' kernels, which know one
// another's arrays.
/**
 * A call of an {@link OperationKernel}. The factories take arrays of {@code [N, C, H, W]} or other
 * row-major order as {@link Storage}, arrays of whole vectors as {@link Pixels}; where both are
 * possible the name says it only by the types.
 */
public final class OperationCall implements Call {

    private final OperationKernel kernel;
    private final Storage input;
    private final Storage second;
    private final Storage third;
    private final Storage output;
    private final IntArray sizes;
    private final int[] bounds;
    private final int mode;
    private final float number;
    private final List<Storage> constants;

    /**
     * Numbers that one work-item of a {@link Groups} kernel should take at least, as its loads are
     * on their way at once.
     */
    private static final int OF_A_PART = 4;
    /** So that the results side by side that are read at once fill lines of a cache. */
    private static final int MOST_PARTS_ACROSS = 4;
    /** Outputs of a work-group's part of {@link MatrixProducts#fullyConnectedGroups}. */
    private static final int OUTPUTS_AT_ONCE = 4;

    private OperationCall(OperationKernel kernel, Storage input, Storage second, Storage third,
            Storage output, IntArray sizes, int[] bounds, int mode, float number,
            Storage... constants) {
        this.kernel = kernel;
        this.input = input;
        // A parameter that a kernel doesn't use gets an array that is there anyway.
        this.second = second == null ? input : second;
        this.third = third == null ? input : third;
        this.output = output;
        this.sizes = sizes;
        this.bounds = bounds;
        this.mode = mode;
        this.number = number;
        this.constants = List.of(constants);
    }

    /**
     * Whether transposed convolutions and fully connected layers have this activation.
     *
     * @param activation ordinal of {@code dev.sepconv.Activation.Kind}
     */
    public static boolean activates(int activation) {
        return Activations.has(activation);
    }

    // Arrays in row-major order

    /** @param dims sizes of input and output */
    public static OperationCall function(Storage input, Storage output, int[] dims, int function,
            float a, float b) {
        Storage parameters = Storage.plainOf(a, b);
        int[] rows = dims.length > 2
                ? dims
                : new int[]{1, dims.length > 1 ? dims[0] : 1,
                        dims.length > 0 ? dims[dims.length - 1] : 1};
        return new OperationCall(OperationKernel.FUNCTION, input, parameters, null, output, none(),
                perChannel(rows), function, 0, parameters);
    }

    /**
     * @param dims sizes of input and output; dimension 1 has as many channels as there are scales
     * and shifts
     */
    public static OperationCall scaleShift(Storage input, Storage output, int[] dims, float[] scale,
            float[] shift) {
        Storage factors = Storage.plainOf(scale);
        Storage summands = Storage.plainOf(shift);
        return new OperationCall(OperationKernel.SCALE_SHIFT, input, factors, summands, output,
                none(), perChannel(dims), 0, 0, factors, summands);
    }

    /**
     * @param dims sizes of input and output; dimension 1 has as many channels as there are slopes
     */
    public static OperationCall prelu(Storage input, Storage output, int[] dims, float[] slopes) {
        Storage factors = Storage.plainOf(slopes);
        return new OperationCall(OperationKernel.PRELU, input, factors, null, output, none(),
                perChannel(dims), 0, 0, factors);
    }

    /**
     * @param dims sizes of the output
     * @param aStrides a's stride along each dimension of the output, 0 to repeat
     * @param bStrides b's
     * @param kind one of {@code ElementFunctions}, from ADD to MASK
     */
    public static OperationCall binary(Storage a, int[] aStrides, Storage b, int[] bStrides,
            Storage output, int[] dims, int kind) {
        Strides.Space space = Strides.space(dims, 0, aStrides, 0, bStrides);
        return new OperationCall(OperationKernel.BINARY, a, b, null, output, space.sizes(),
                space.bounds(), kind, 0);
    }

    /**
     * Copies a space of {@code dims}: element i is read at {@code inputBase + i * inputStrides} and
     * written likewise.
     */
    public static OperationCall copy(Storage input, int inputBase, int[] inputStrides,
            Storage output, int outputBase, int[] outputStrides, int[] dims) {
        Strides.Space space = Strides.space(dims, inputBase, inputStrides, outputBase,
                outputStrides);
        return new OperationCall(OperationKernel.COPY, input, null, null, output, space.sizes(),
                space.bounds(), 0, 0);
    }

    /** {@link #copy} for CPUs, many numbers a work-item. */
    public static OperationCall copyRuns(Storage input, int inputBase, int[] inputStrides,
            Storage output, int outputBase, int[] outputStrides, int[] dims) {
        Strides.Space space = Strides.space(dims, inputBase, inputStrides, outputBase,
                outputStrides);
        int[] bounds = space.bounds();
        return new OperationCall(OperationKernel.COPY_RUNS, input, null, null, output,
                space.sizes(),
                new int[]{bounds[0], bounds[1], Math.ceilDiv(bounds[2], StridedCopy.RUN)}, 0, 0);
    }

    /**
     * @param inDims sizes of the input
     * @param before cells before the first along each dimension
     * @param outDims sizes of the output
     * @param mode one of {@code Pad}
     * @param value of constant cells
     */
    public static OperationCall pad(Storage input, int[] inDims, int[] before, Storage output,
            int[] outDims, int mode, float value) {
        int rank = Math.max(inDims.length, 2);
        int[] numbers = new int[1 + Pad.PER_DIMENSION * rank];
        numbers[0] = rank;
        int stride = 1;
        int rows = 1;
        // from the innermost; a dimension that is missing has size 1
        for (int i = 0; i < rank; i++) {
            int d = inDims.length - 1 - i;
            int at = 1 + Pad.PER_DIMENSION * i;
            numbers[at] = d < 0 ? 1 : outDims[d];
            numbers[at + 1] = d < 0 ? 1 : inDims[d];
            numbers[at + 2] = d < 0 ? 0 : before[d];
            numbers[at + 3] = stride;
            stride *= numbers[at + 1];
            rows *= i < 2 ? 1 : numbers[at];
        }
        int[] bounds = {rows, numbers[1 + Pad.PER_DIMENSION], numbers[1]};
        return new OperationCall(OperationKernel.PAD, input, null, null, output,
                IntArray.fromArray(numbers), bounds, mode, value);
    }

    /**
     * A pooling's sizes; {@code counted} are the rows and columns, the first and one past the last,
     * that a mean counts.
     */
    public record Window(int inHeight, int inWidth, int outHeight, int outWidth, int kernelHeight,
            int kernelWidth, int strideHeight, int strideWidth, int dilationHeight,
            int dilationWidth, int padTop, int padLeft, int countedTop, int countedBottom,
            int countedLeft, int countedRight) {

        private IntArray sizes(int... pixels) {
            return IntArray.fromArray(IntStream.concat(
                    IntStream.of(inHeight, inWidth, kernelHeight, kernelWidth, strideHeight,
                            strideWidth, dilationHeight, dilationWidth, padTop, padLeft, countedTop,
                            countedBottom, countedLeft, countedRight, outHeight, outWidth),
                    Arrays.stream(pixels)).toArray());
        }
    }

    /**
     * @param planes N*C
     * @param kind one of {@code Pool}
     */
    public static OperationCall pool(Storage input, Storage output, int planes, Window window,
            int kind) {
        return new OperationCall(OperationKernel.POOL, input, null, null, output,
                window.sizes(0, 0, 0, 0), new int[]{planes, window.outHeight(), window.outWidth()},
                kind, 0);
    }

    /**
     * Input {@code [outer, length, inner]} to {@code [outer, inner]}.
     *
     * @param kind one of {@code Reduce}
     * @param groups whether work-groups share local memory
     */
    public static OperationCall reduce(Storage input, Storage output, int outer, int length,
            int inner, int kind, boolean groups) {
        return new OperationCall(groups ? OperationKernel.REDUCE_GROUPS : OperationKernel.REDUCE,
                input, null, null, output, IntArray.fromElements(length),
                new int[]{outer, 1, inner}, kind, 0);
    }

    /**
     * @param weight {@code [K, C]}, copied
     * @param bias {@code [K]}, copied; null for none
     * @param activation one of {@code Activations}, or 0 for none
     * @param groups whether work-groups share local memory
     */
    public static OperationCall fullyConnected(Storage input, Storage output, int rows, int outputs,
            float[] weight, float[] bias, int activation, float slope, boolean groups) {
        Storage matrix = Storage.plainOf(weight);
        Storage summands = Storage.plainOf(bias == null ? new float[outputs] : bias);
        return new OperationCall(
                groups ? OperationKernel.FULLY_CONNECTED_GROUPS : OperationKernel.FULLY_CONNECTED,
                input, matrix, summands, output, IntArray.fromElements(weight.length / outputs),
                new int[]{rows, 1, outputs}, activation, slope, matrix, summands);
    }

    /**
     * Matrices {@code [rows, length]} times {@code [length, columns]}.
     *
     * @param aStarts where each product's first matrix begins
     * @param bStarts where its second one begins
     */
    public static OperationCall matrixProduct(Storage a, int[] aStarts, Storage b, int[] bStarts,
            Storage output, int rows, int length, int columns) {
        int[] numbers = new int[1 + 2 * aStarts.length];
        numbers[0] = length;
        for (int i = 0; i < aStarts.length; i++) {
            numbers[1 + 2 * i] = aStarts[i];
            numbers[2 + 2 * i] = bStarts[i];
        }
        return new OperationCall(OperationKernel.MATRIX_PRODUCT, a, b, null, output,
                IntArray.fromArray(numbers), new int[]{aStarts.length, rows, columns}, 0, 0);
    }

    /**
     * Arrays {@code [outer, length, inner]}, along the middle dimension.
     *
     * @param groups whether work-groups share local memory
     */
    public static OperationCall softmax(Storage input, Storage output, int outer, int length,
            int inner, boolean groups) {
        return new OperationCall(groups ? OperationKernel.SOFTMAX_GROUPS : OperationKernel.SOFTMAX,
                input, null, null, output, IntArray.fromElements(length),
                new int[]{outer, 1, inner}, 0, 0);
    }

    /**
     * Arrays {@code [outer, length, inner]} and {@code [outer, count, inner]}, along the middle
     * dimension.
     */
    public static OperationCall topK(Storage input, Storage output, int outer, int length,
            int inner, int count, boolean largest, boolean indices) {
        return new OperationCall(OperationKernel.TOP_K, input, null, null, output,
                IntArray.fromElements(length, count), new int[]{outer, 1, inner}, indices ? 1 : 0,
                largest ? 1 : -1);
    }

    /** Arrays {@code [runs, length]}, each run by itself. */
    public static OperationCall normalize(Storage input, Storage output, int runs, int length,
            boolean centered, float epsilon) {
        return new OperationCall(OperationKernel.NORMALIZE, input, null, null, output,
                IntArray.fromElements(length), new int[]{runs, 1, 1}, centered ? 1 : 0, epsilon);
    }

    /**
     * @param planes N*C
     * @param rows for each output row the input row
     * @param columns for each output column the input column
     */
    public static OperationCall resizeNearest(Storage input, Storage output, int planes,
            int inHeight, int inWidth, int[] rows, int[] columns) {
        return new OperationCall(OperationKernel.RESIZE_NEAREST, input, null, null, output,
                resizeSizes(inHeight, inWidth, rows, columns, new int[4]),
                new int[]{planes, rows.length, columns.length}, 0, 0);
    }

    /** Places between two input rows or columns: the first, the second and the second's weight. */
    public record Between(int[] first, int[] second, float[] weight) {
    }

    /** @param planes N*C */
    public static OperationCall resizeLinear(Storage input, Storage output, int planes,
            int inHeight, int inWidth, Between rows, Between columns) {
        Storage weights = Storage.plainOf(joined(rows.weight, columns.weight));
        return new OperationCall(OperationKernel.RESIZE_LINEAR, input, weights, null, output,
                resizeSizes(inHeight, inWidth, rows.first, columns.first, new int[4], rows.second,
                        columns.second),
                new int[]{planes, rows.first.length, columns.first.length}, 0, 0, weights);
    }

    /**
     * @param geometry of the transposed convolution, its padding being what is cut off
     * @param weight {@code [C, K/G, R, S]}, copied
     * @param bias {@code [K]}, copied; null for none
     * @param activation one of {@code Activations}, or 0 for none
     */
    public static OperationCall transposedConv(Storage input, Storage output, Geometry geometry,
            float[] weight, float[] bias, int activation, float slope) {
        Storage taps = Storage.plainOf(weight);
        Storage summands = Storage.plainOf(bias == null ? new float[geometry.outChannels()] : bias);
        return new OperationCall(OperationKernel.TRANSPOSED_CONV, input, taps, summands, output,
                geometry.toIntArray(), new int[]{geometry.batch() * geometry.outChannels(),
                        geometry.outHeight(), geometry.outWidth()},
                activation, slope, taps, summands);
    }

    // Pixels of whole vectors

    public static OperationCall function(Pixels input, Pixels output, int function, float a,
            float b) {
        float[] lanes = new float[2 * VectorGeometry.LANES];
        Arrays.fill(lanes, 0, VectorGeometry.LANES, a);
        Arrays.fill(lanes, VectorGeometry.LANES, lanes.length, b);
        Storage parameters = Storage.vectorsOf(lanes);
        return new OperationCall(
                ElementFunctions.hasLanes(function)
                        ? OperationKernel.FUNCTION_VECTORS
                        : OperationKernel.FUNCTION_NUMBERS,
                input.storage(), parameters, null, output.storage(), rowSizes(input, output),
                rowBounds(output), function, 0, parameters);
    }

    /**
     * @param activation of the result: 0, or a code of {@code Activations} that vectors have
     */
    public static OperationCall scaleShift(Pixels input, Pixels output, float[] scale,
            float[] shift, int activation, float slope) {
        Storage factors = Storage.vectorsOf(scale);
        Storage summands = Storage.vectorsOf(shift);
        return new OperationCall(OperationKernel.SCALE_SHIFT_VECTORS, input.storage(), factors,
                summands, output.storage(), rowSizes(input, output), rowBounds(output), activation,
                slope, factors, summands);
    }

    public static OperationCall prelu(Pixels input, Pixels output, float[] slopes) {
        Storage factors = Storage.vectorsOf(slopes);
        return new OperationCall(OperationKernel.PRELU_VECTORS, input.storage(), factors, null,
                output.storage(), rowSizes(input, output), rowBounds(output), 0, 0, factors);
    }

    /**
     * Inputs have the output's channels, and its batch, height and width or 1.
     *
     * @param activation of the result: 0, or a code of {@code Activations} that vectors have
     */
    public static OperationCall binary(Pixels a, Pixels b, Pixels output, int kind, int activation,
            float slope) {
        IntArray sizes = IntArray.fromElements(output.width(), 0, output.pixelVectors(),
                output.height(), pictureStride(a), rowStride(a), pixelStride(a), pictureStride(b),
                rowStride(b), pixelStride(b), a.firstVector(), b.firstVector(),
                output.firstVector());
        return new OperationCall(OperationKernel.BINARY_VECTORS, a.storage(), b.storage(), null,
                output.storage(), sizes, rowBounds(output),
                kind + ElementwiseVectors.ACTIVATION * activation, slope);
    }

    private static int pictureStride(Pixels p) {
        return p.batch() == 1 ? 0 : p.height() * p.width() * p.pixelVectors();
    }

    private static int rowStride(Pixels p) {
        return p.height() == 1 ? 0 : p.width() * p.pixelVectors();
    }

    private static int pixelStride(Pixels p) {
        return p.width() == 1 ? 0 : p.pixelVectors();
    }

    /**
     * {@link #copy(Storage, int, int[], Storage, int, int[], int[])} of single numbers between
     * arrays of vectors.
     */
    public static OperationCall copyNumbers(Storage input, int inputBase, int[] inputStrides,
            Storage output, int outputBase, int[] outputStrides, int[] dims) {
        Strides.Space space = Strides.space(dims, inputBase, inputStrides, outputBase,
                outputStrides);
        return new OperationCall(OperationKernel.COPY_NUMBERS, input, null, null, output,
                space.sizes(), two(space), 0, 0);
    }

    /** {@link #copyNumbers} of whole vectors, which everything is counted in. */
    public static OperationCall copyVectors(Storage input, int inputBase, int[] inputStrides,
            Storage output, int outputBase, int[] outputStrides, int[] dims) {
        Strides.Space space = Strides.space(dims, inputBase, inputStrides, outputBase,
                outputStrides);
        return new OperationCall(OperationKernel.COPY_VECTORS, input, null, null, output,
                space.sizes(), two(space), 0, 0);
    }

    /**
     * Channels of two arrays in turns: the first, the second one's first, the first one's second.
     *
     * @param each blocks after which the next ones go on from other channels
     * @param shift from which, of both inputs
     */
    public static OperationCall interleave(Pixels a, Pixels b, Pixels output, int each, int shift) {
        IntArray sizes = IntArray.fromElements(output.width(), a.pixelFloats(), b.pixelFloats(),
                output.pixelVectors(), a.first(), b.first(), output.firstVector(), each, shift);
        return new OperationCall(OperationKernel.INTERLEAVE_VECTORS, a.storage(), b.storage(), null,
                output.storage(), sizes, rowBounds(output), 0, 0);
    }

    private static int[] two(Strides.Space space) {
        return new int[]{space.bounds()[0], space.bounds()[1]};
    }

    public static OperationCall pool(Pixels input, Pixels output, Window window, int kind) {
        return new OperationCall(OperationKernel.POOL_VECTORS, input.storage(), null, null,
                output.storage(), window.sizes(pixels(input, output)), rowBounds(output), kind, 0);
    }

    /** Over all pixels of a picture. */
    public static OperationCall reduce(Pixels input, Pixels output, int kind) {
        return new OperationCall(OperationKernel.REDUCE_VECTORS, input.storage(), null, null,
                output.storage(),
                IntArray.fromElements(input.height() * input.width(), input.pixelVectors(),
                        output.pixelVectors(), input.firstVector()),
                new int[]{input.batch(), input.blocks()}, kind, 0);
    }

    /**
     * @param rows for each output row the input row, or -1 for one of {@code value}
     * @param columns for each output column likewise
     */
    public static OperationCall resizeNearest(Pixels input, Pixels output, int[] rows,
            int[] columns, float value) {
        return new OperationCall(OperationKernel.RESIZE_NEAREST_VECTORS, input.storage(), null,
                null, output.storage(),
                resizeSizes(input.height(), input.width(), rows, columns, pixels(input, output)),
                rowBounds(output), 0, value);
    }

    public static OperationCall resizeLinear(Pixels input, Pixels output, Between rows,
            Between columns) {
        Storage weights = Storage.vectorsOf(joined(rows.weight, columns.weight));
        return new OperationCall(OperationKernel.RESIZE_LINEAR_VECTORS, input.storage(), weights,
                null, output.storage(),
                resizeSizes(input.height(), input.width(), rows.first, columns.first,
                        pixels(input, output), rows.second, columns.second),
                rowBounds(output), 0, 0, weights);
    }

    /** Whether {@link #pictureConv} is for this convolution: of few channels, of rows not short. */
    public static boolean readsPicture(Geometry g) {
        return PictureConv.supports(g);
    }

    /**
     * A convolution of few channels.
     *
     * @param channelsLast whether the input is {@code [N, H, W, C]} rather than
     * {@code [N, C, H, W]}
     * @param stage its numbers are copied
     */
    public static OperationCall pictureConv(Storage input, boolean channelsLast, Stage stage,
            Pixels output) {
        Geometry g = stage.geometry();
        Storage weight = Storage
                .vectorsOf(BlockPacking.weight(g, stage.weight(), VectorGeometry.LANES));
        Storage bias = Storage.vectorsOf(BlockPacking.bias(g, stage.bias(), VectorGeometry.LANES));
        return new OperationCall(OperationKernel.PICTURE_CONV, input, weight, bias,
                output.storage(),
                PictureConv.sizes(g, channelsLast, output.pixelFloats(), output.first()),
                rowBounds(output), PictureConv.mode(g, channelsLast, stage.activation()),
                stage.slope(), weight, bias);
    }

    /**
     * @param input of the output's sizes
     * @param channelsLast whether it is {@code [N, H, W, C]} rather than {@code [N, C, H, W]}
     */
    public static OperationCall toVectors(Storage input, Pixels output, boolean channelsLast) {
        return new OperationCall(OperationKernel.TO_VECTORS, input, null, null, output.storage(),
                conversionSizes(output, channelsLast), rowBounds(output), 0, 0);
    }

    /**
     * @param output of the input's sizes
     * @param channelsLast whether it is {@code [N, H, W, C]} rather than {@code [N, C, H, W]}
     */
    public static OperationCall fromVectors(Pixels input, Storage output, boolean channelsLast) {
        if (input.height() * input.width() == 1) {
            return new OperationCall(OperationKernel.FROM_PIXELS, input.storage(), null, null,
                    output, conversionSizes(input, channelsLast),
                    new int[]{input.batch(), input.blocks()}, 0, 0);
        }
        return new OperationCall(OperationKernel.FROM_VECTORS, input.storage(), null, null, output,
                conversionSizes(input, channelsLast),
                new int[]{input.batch() * Math.ceilDiv(input.channels(), VectorGeometry.LANES),
                        input.height()},
                0, 0);
    }

    private static IntArray conversionSizes(Pixels p, boolean channelsLast) {
        return channelsLast
                ? IntArray.fromElements(p.channels(), p.height(), p.width(), p.pixelFloats(), 1,
                        p.channels(), p.width() * p.channels())
                : IntArray.fromElements(p.channels(), p.height(), p.width(), p.pixelFloats(),
                        p.height() * p.width(), 1, p.width());
    }

    private static IntArray rowSizes(Pixels input, Pixels output) {
        return IntArray.fromElements(output.width(), input.pixelVectors(), output.pixelVectors(),
                output.channels(), input.firstVector(), output.firstVector());
    }

    /** Vectors from one pixel to the next, and the first one, of both. */
    private static int[] pixels(Pixels input, Pixels output) {
        return new int[]{input.pixelVectors(), output.pixelVectors(), input.firstVector(),
                output.firstVector()};
    }

    private static int[] rowBounds(Pixels output) {
        return new int[]{output.rows(), output.blocks()};
    }

    private static IntArray resizeSizes(int inHeight, int inWidth, int[] rows, int[] columns,
            int[] pixels, int[]... seconds) {
        IntStream head = IntStream.concat(
                IntStream.of(inHeight, inWidth, rows.length, columns.length),
                Arrays.stream(pixels));
        IntStream tables = IntStream.concat(Arrays.stream(rows), Arrays.stream(columns));
        return IntArray.fromArray(IntStream.concat(IntStream.concat(head, tables),
                Arrays.stream(seconds).flatMapToInt(Arrays::stream)).toArray());
    }

    private static float[] joined(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static IntArray none() {
        return new IntArray(1);
    }

    /** Bounds of loops over dimension 0, dimension 1 and the others. */
    private static int[] perChannel(int[] dims) {
        int rest = Arrays.stream(dims).skip(2).reduce(1, (a, b) -> a * b);
        return new int[]{dims.length > 0 ? dims[0] : 1, dims.length > 1 ? dims[1] : 1, rest};
    }

    @Override
    public String name() {
        return kernel.name();
    }

    // Of a kernel for work-groups, whose bounds are outer, 1, inner

    private int length() {
        return sizes.get(0);
    }

    /** Work-items that sum what one result is made of. */
    private int parts() {
        boolean across = kernel != OperationKernel.FULLY_CONNECTED_GROUPS && bounds[2] > 1;
        int most = across ? MOST_PARTS_ACROSS : Groups.GROUP;
        int parts = 1;
        while (parts < most && parts * OF_A_PART < length()) {
            parts *= 2;
        }
        return parts;
    }

    /** Results that a work-group's work-items, as many as there are parts, compute each. */
    private int results() {
        return bounds[0] * (kernel == OperationKernel.FULLY_CONNECTED_GROUPS
                ? Math.ceilDiv(bounds[2], OUTPUTS_AT_ONCE)
                : bounds[2]);
    }

    /** Of a kernel for work-groups by its meaning: their ids are 0 outside of a device. */
    @Override
    public void run() {
        run(kernel.body());
    }

    private void run(OperationKernel.Body body) {
        switch (body) {
            case Groups groups -> run(groups.meaning().body());
            case Plain plain -> plain.task().apply(input.floats(), second.floats(), third.floats(),
                    output.floats(), sizes, bounds[0], bounds[1], bounds[2], mode, number);
            case Vectors vectors -> vectors.task().apply(input.vectors(), second.vectors(),
                    third.vectors(), output.vectors(), sizes, bounds[0], bounds[1], mode, number);
            case Pictures pictures -> pictures.task().apply(input.floats(), second.vectors(),
                    third.vectors(), output.vectors(), sizes, bounds[0], bounds[1], mode, number);
            case ToVectors conversion -> conversion.task().apply(input.floats(), output.vectors(),
                    sizes, bounds[0], bounds[1]);
            case FromVectors conversion -> conversion.task().apply(input.vectors(), output.floats(),
                    sizes, bounds[0], bounds[1]);
        }
    }

    @Override
    public Class<?> owner() {
        return kernel.owner();
    }

    @Override
    public String method() {
        return kernel.method();
    }

    @Override
    public void addTo(TaskGraph graph, String id) {
        switch (kernel.body()) {
            case Plain plain ->
                graph.task(id, plain.task(), input.floats(), second.floats(), third.floats(),
                        output.floats(), sizes, bounds[0], bounds[1], bounds[2], mode, number);
            case Groups groups -> graph.task(id, groups.task(), new KernelContext(), input.floats(),
                    second.floats(), third.floats(), output.floats(), bounds[0], length(),
                    bounds[2], parts(), mode, number);
            case Vectors vectors ->
                graph.task(id, vectors.task(), input.vectors(), second.vectors(), third.vectors(),
                        output.vectors(), sizes, bounds[0], bounds[1], mode, number);
            case Pictures pictures ->
                graph.task(id, pictures.task(), input.floats(), second.vectors(), third.vectors(),
                        output.vectors(), sizes, bounds[0], bounds[1], mode, number);
            case ToVectors conversion -> graph.task(id, conversion.task(), input.floats(),
                    output.vectors(), sizes, bounds[0], bounds[1]);
            case FromVectors conversion -> graph.task(id, conversion.task(), input.vectors(),
                    output.floats(), sizes, bounds[0], bounds[1]);
        }
    }

    @Override
    public List<Object> constants() {
        return Stream
                .concat(constants.stream().map(Storage::object),
                        kernel.body() instanceof Groups ? Stream.empty() : Stream.of(sizes))
                .toList();
    }

    @Override
    public List<Object> constantsInCode() {
        return switch (kernel.body()) {
            case Plain plain -> List.of(mode, number);
            case Groups groups -> List.of(bounds[0], length(), bounds[2], parts(), mode, number);
            case Vectors vectors -> List.of(mode, number);
            case Pictures pictures -> List.of(mode, number);
            case ToVectors conversion -> List.of();
            case FromVectors conversion -> List.of();
        };
    }

    @Override
    public List<Long> constantElements() {
        return Stream.concat(constants.stream().map(storage -> (long) storage.size()),
                Stream.of((long) sizes.getSize())).toList();
    }

    /** At 4 numbers a nanosecond. */
    @Override
    public long nanos() {
        long numbers = constants.stream().mapToLong(Storage::size).sum();
        return (numbers + input.size() + output.size()) / 4;
    }

    @Override
    public int[] bounds() {
        return bounds.clone();
    }

    @Override
    public Optional<WorkerGrid> grid(int units) {
        if (kernel.body() instanceof Plain && kernel != OperationKernel.COPY_RUNS) {
            return Optional.empty();
        }
        return switch (kernel.body()) {
            case Groups groups -> {
                WorkerGrid grid = new WorkerGrid1D(
                        Math.ceilDiv(results(), Groups.GROUP / parts()) * Groups.GROUP);
                grid.setLocalWork(Groups.GROUP, 1, 1);
                yield Optional.of(grid);
            }
            default -> Optional.of(cpuGrid(units));
        };
    }
}
