package dev.sepconv;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The sizes of an array of any rank, outermost first. Four of them are read as N, C, H, W.
 *
 * @param sizes each at least 1; none for a scalar
 */
public record Dims(List<Integer> sizes) {

    /**
     * @throws IllegalArgumentException if a size is below 1, or the array would have more than
     * {@link Shape#MAX_ELEMENTS}
     */
    public Dims {
        sizes = List.copyOf(sizes);
        for (int i = 0; i < sizes.size(); i++) {
            if (sizes.get(i) < 1) {
                throw new IllegalArgumentException("dimension %d of %s is %d; it must be at least 1"
                        .formatted(i, text(sizes), sizes.get(i)));
            }
        }
        if (!Checks.fit(toArray(sizes))) {
            throw Checks.tooLarge("array " + text(sizes));
        }
    }

    public static Dims of(int... sizes) {
        Integer[] boxed = new Integer[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            boxed[i] = sizes[i];
        }
        return new Dims(List.of(boxed));
    }

    public static Dims of(Shape shape) {
        return of(shape.n(), shape.c(), shape.h(), shape.w());
    }

    public int rank() {
        return sizes.size();
    }

    /**
     * Size of one dimension, counted from 0.
     *
     * @throws IndexOutOfBoundsException if there is none of that number
     */
    public int get(int dimension) {
        Checks.index("dimension", dimension, rank(), this);
        return sizes.get(dimension);
    }

    /** How many floats an array of these sizes has; 1 for a scalar. */
    public int elements() {
        return product(0, rank());
    }

    /**
     * The product of the sizes from one dimension (inclusive) to another (exclusive).
     *
     * @throws IndexOutOfBoundsException if these are not from 0 to {@link #rank()}, the first no
     * more than the second
     */
    public int product(int from, int to) {
        if (from < 0 || from > to || to > rank()) {
            throw new IndexOutOfBoundsException(
                    "dimensions are %d to %d; of %s they must be from 0 to %d, the first no more than the second"
                            .formatted(from, to, this, rank()));
        }
        int product = 1;
        for (int i = from; i < to; i++) {
            product *= sizes.get(i);
        }
        return product;
    }

    /** How far apart neighbours along each dimension lie in row-major order. */
    public int[] strides() {
        int[] strides = new int[rank()];
        for (int i = rank() - 1, stride = 1; i >= 0; stride *= sizes.get(i), i--) {
            strides[i] = stride;
        }
        return strides;
    }

    /**
     * These sizes with another one in a place.
     *
     * @throws IndexOutOfBoundsException if there is no dimension of that number
     */
    public Dims with(int dimension, int size) {
        Checks.index("dimension", dimension, rank(), this);
        int[] copy = toArray();
        copy[dimension] = size;
        return of(copy);
    }

    public int[] toArray() {
        return toArray(sizes);
    }

    private static int[] toArray(List<Integer> sizes) {
        int[] array = new int[sizes.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = sizes.get(i);
        }
        return array;
    }

    /**
     * As a picture's shape.
     *
     * @throws IllegalArgumentException if there are not four
     */
    public Shape toShape() {
        if (rank() != 4) {
            throw new IllegalArgumentException("array %s has %s; a picture has 4: N, C, H, W"
                    .formatted(this, Checks.count(rank(), "dimension")));
        }
        return new Shape(get(0), get(1), get(2), get(3));
    }

    @Override
    public String toString() {
        return text(sizes);
    }

    private static String text(List<Integer> sizes) {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
