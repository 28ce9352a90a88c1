package dev.sepconv.engine.simd;

import dev.sepconv.Dims;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Loops over several views of the same sizes at once, in the order in which the first one's numbers
 * lie. Dimensions that lie together in all views are one loop, so that most end as a few long runs.
 *
 * <p>
 * A row is a turn of the innermost loop.
 */
final class Nest {

    private final int[] sizes;
    /** For each view its base, and its strides in the order of the loops. */
    private final int[] bases;
    private final int[][] strides;
    private final int rows;

    /**
     * @param views at least one; the order is the first one's, which is the one that is written
     */
    Nest(View... views) {
        Dims dims = views[0].dims();
        List<Integer> loops = new ArrayList<>();
        for (int i = 0; i < dims.rank(); i++) {
            if (dims.get(i) > 1) {
                loops.add(i);
            }
        }
        loops.sort(Comparator.comparingInt((Integer i) -> -Math.abs(views[0].strides().get(i))));
        List<List<Integer>> merged = new ArrayList<>(); // sizes, then the strides of each view
        for (int loop : loops) {
            List<Integer> next = new ArrayList<>();
            next.add(dims.get(loop));
            for (View view : views) {
                next.add(view.strides().get(loop));
            }
            List<Integer> outer = merged.isEmpty() ? null : merged.getLast();
            if (outer != null && isOneRun(outer, next)) {
                next.set(0, outer.getFirst() * next.getFirst());
                merged.removeLast();
            }
            merged.add(next);
        }
        int depth = Math.max(1, merged.size());
        sizes = new int[depth];
        strides = new int[views.length][depth];
        sizes[0] = 1;
        for (int i = 0; i < merged.size(); i++) {
            sizes[i] = merged.get(i).getFirst();
            for (int v = 0; v < views.length; v++) {
                strides[v][i] = merged.get(i).get(v + 1);
            }
        }
        bases = new int[views.length];
        for (int v = 0; v < views.length; v++) {
            bases[v] = views[v].base();
        }
        int count = 1;
        for (int i = 0; i < depth - 1; i++) {
            count *= sizes[i];
        }
        rows = count;
    }

    private static boolean isOneRun(List<Integer> outer, List<Integer> inner) {
        for (int v = 1; v < outer.size(); v++) {
            if (outer.get(v) != inner.get(v) * inner.getFirst()) {
                return false;
            }
        }
        return true;
    }

    int rows() {
        return rows;
    }

    /** How many numbers a row has. */
    int count() {
        return sizes[sizes.length - 1];
    }

    /** From one number of a row to the next in a view. */
    int step(int view) {
        return strides[view][sizes.length - 1];
    }

    /** Where a row begins in a view. */
    int at(int view, int row) {
        int at = bases[view];
        int left = row;
        for (int i = sizes.length - 2; i >= 0; i--) {
            at += left % sizes[i] * strides[view][i];
            left /= sizes[i];
        }
        return at;
    }
}
