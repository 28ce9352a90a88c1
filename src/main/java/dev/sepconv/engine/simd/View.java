package dev.sepconv.engine.simd;

import dev.sepconv.Dims;
import dev.sepconv.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the numbers of an array of any rank lie: number (i, j, …) at
 * {@code base + i * strides[0] + j * strides[1] + …}. Slices and transpositions are other views of
 * the same numbers.
 *
 * @param dims the sizes
 * @param base where number (0, 0, …) lies
 * @param strides from one to the next along each dimension; 0 where one number stands for all
 */
record View(Dims dims, int base, List<Integer> strides) {

    /** A picture's dimensions N, C, H, W as NHWC has them. */
    private static final int[] FROM_THE_INNERMOST = {1, 3, 2, 0};

    /** The last dimension's numbers side by side, as callers have them. */
    static View rowMajor(Dims dims) {
        List<Integer> strides = new ArrayList<>(dims.rank());
        for (int stride : dims.strides()) {
            strides.add(stride);
        }
        return new View(dims, 0, strides);
    }

    /** A picture's pixels as N, C, H, W. */
    static View of(Grid grid, Shape shape) {
        return new View(Dims.of(shape), grid.base(),
                List.of(grid.image(), 1, grid.row(), grid.pixel()));
    }

    /** The same numbers in an array that begins so much earlier. */
    View from(int first) {
        return new View(dims, base + first, strides);
    }

    /** Whether it is as {@link #rowMajor} has it; where a size is 1 the stride doesn't matter. */
    boolean isRowMajor() {
        int wanted = 1;
        for (int i = dims.rank() - 1; i >= 0; i--) {
            if (!isStride(i, wanted)) {
                return false;
            }
            wanted *= dims.get(i);
        }
        return base == 0;
    }

    /** Whether it is a picture whose pixels lie side by side, in NHWC. */
    boolean isPixels() {
        if (dims.rank() != 4) {
            return false;
        }
        int wanted = 1;
        for (int i : FROM_THE_INNERMOST) {
            if (!isStride(i, wanted)) {
                return false;
            }
            wanted *= dims.get(i);
        }
        return base == 0;
    }

    private boolean isStride(int dimension, int wanted) {
        return dims.get(dimension) == 1 || strides.get(dimension) == wanted;
    }

    /** Some of the numbers; see {@link dev.sepconv.Op.Slice}. */
    View slice(List<Integer> starts, List<Integer> sizes, List<Integer> steps) {
        int from = base
                + IntStream.range(0, dims.rank()).map(i -> starts.get(i) * strides.get(i)).sum();
        return new View(new Dims(sizes), from, IntStream.range(0, dims.rank())
                .mapToObj(i -> strides.get(i) * steps.get(i)).toList());
    }

    /** The dimensions in another order; see {@link dev.sepconv.Op.Transpose}. */
    View transpose(List<Integer> order) {
        return new View(new Dims(order.stream().map(dims::get).toList()), base,
                order.stream().map(strides::get).toList());
    }

    /** Part of it along one dimension. */
    View part(int dimension, int from, int size) {
        return new View(dims.with(dimension, size), base + from * strides.get(dimension), strides);
    }

    /** Its first numbers along some dimensions, which are left out. */
    View without(List<Integer> dimensions) {
        List<Integer> kept = IntStream.range(0, dims.rank()).filter(i -> !dimensions.contains(i))
                .boxed().toList();
        return new View(new Dims(kept.stream().map(dims::get).toList()), base,
                kept.stream().map(strides::get).toList());
    }

    /** Repeated to larger sizes: missing dimensions in front and those of size 1. */
    View broadcast(Dims to) {
        if (to.equals(dims)) {
            return this;
        }
        int missing = to.rank() - dims.rank();
        return new View(to, base, IntStream.range(0, to.rank()).mapToObj(
                i -> i < missing || dims.get(i - missing) == 1 ? 0 : strides.get(i - missing))
                .toList());
    }
}
