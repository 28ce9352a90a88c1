package dev.sepconv.kernel.op;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Where the elements of an index space lie in two arrays. Neighbouring dimensions that both arrays
 * step through alike are joined, so that most spaces have no more than the three dimensions that
 * kernels have loops for; of what is left the innermost two have one each and the outer ones share
 * the first.
 */
public final class Strides {

    private static final int OUTER = 0;
    private static final int FIRST_BASE = 1;
    private static final int FIRST_MID = 2;
    /** From one column to the next in the first array. */
    public static final int FIRST_COLUMN = 3;
    private static final int SECOND_BASE = 4;
    private static final int SECOND_MID = 5;
    public static final int SECOND_COLUMN = 6;
    /** Bound of the innermost loop, for kernels where it is not parallel. */
    public static final int COLUMNS = 7;
    /**
     * From here on, for each outer dimension from the innermost: its size, the first array's
     * stride, the second's.
     */
    private static final int OUTER_DIMENSIONS = 8;

    private Strides() {
    }

    /** A joined index space: {@code sizes} for the kernel, and the bounds of its three loops. */
    public record Space(IntArray sizes, int[] bounds) {
    }

    /**
     * @param dims sizes of the index space
     * @param first the first array's stride along each dimension; 0 to repeat
     * @param second the second array's
     */
    public static Space space(int[] dims, int firstBase, int[] first, int secondBase,
            int[] second) {
        // innermost first: size, first stride, second stride
        List<int[]> joined = new ArrayList<>();
        for (int d = dims.length - 1; d >= 0; d--) {
            if (dims[d] == 1) {
                continue;
            }
            int[] inner = joined.isEmpty() ? null : joined.getLast();
            if (inner != null && first[d] == inner[0] * inner[1]
                    && second[d] == inner[0] * inner[2]) {
                inner[0] *= dims[d];
            } else {
                joined.add(new int[]{dims[d], first[d], second[d]});
            }
        }
        while (joined.size() < 2) {
            joined.add(new int[]{1, 0, 0});
        }
        int[] column = joined.get(0);
        int[] mid = joined.get(1);
        List<int[]> outer = joined.subList(2, joined.size());
        int[] numbers = new int[OUTER_DIMENSIONS + 3 * outer.size()];
        numbers[OUTER] = outer.size();
        numbers[FIRST_BASE] = firstBase;
        numbers[FIRST_MID] = mid[1];
        numbers[FIRST_COLUMN] = column[1];
        numbers[SECOND_BASE] = secondBase;
        numbers[SECOND_MID] = mid[2];
        numbers[SECOND_COLUMN] = column[2];
        numbers[COLUMNS] = column[0];
        int rows = 1;
        for (int i = 0; i < outer.size(); i++) {
            System.arraycopy(outer.get(i), 0, numbers, OUTER_DIMENSIONS + 3 * i, 3);
            rows = Math.multiplyExact(rows, outer.get(i)[0]);
        }
        return new Space(IntArray.fromArray(numbers), new int[]{rows, mid[0], column[0]});
    }

    /** Place of an element in the first array. */
    public static int first(IntArray sizes, int row, int mid, int column) {
        int at = sizes.get(FIRST_BASE) + mid * sizes.get(FIRST_MID)
                + column * sizes.get(FIRST_COLUMN);
        return at + outer(sizes, row, 1);
    }

    /** Place of an element in the second array. */
    public static int second(IntArray sizes, int row, int mid, int column) {
        int at = sizes.get(SECOND_BASE) + mid * sizes.get(SECOND_MID)
                + column * sizes.get(SECOND_COLUMN);
        return at + outer(sizes, row, 2);
    }

    private static int outer(IntArray sizes, int row, int which) {
        int at = 0;
        int rest = row;
        for (int d = 0; d < sizes.get(OUTER); d++) {
            int size = sizes.get(OUTER_DIMENSIONS + 3 * d);
            at += rest % size * sizes.get(OUTER_DIMENSIONS + 3 * d + which);
            rest = rest / size;
        }
        return at;
    }
}
