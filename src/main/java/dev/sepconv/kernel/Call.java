package dev.sepconv.kernel;

import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;

/**
 * A kernel with its arguments, ready to be run as plain Java or to be made a task of a task graph.
 */
public sealed interface Call permits KernelCall, OperationCall {

    /** The kernel's name. */
    String name();

    /** The class that has the kernel's method. */
    Class<?> owner();

    /** The name of the kernel's method, which no other method of the class has. */
    String method();

    /** Calls the kernel as the plain method that it is. */
    void run();

    /** Makes the call a task of a graph. */
    void addTo(TaskGraph graph, String id);

    /** What goes to the device once: what is known beforehand and never written. */
    List<Object> constants();

    /**
     * The numbers that become constants of its compiled code where it is launched with a grid,
     * whose sizes the loops' {@link #bounds} then are: calls of one kernel that have the same run
     * the same code.
     */
    List<Object> constantsInCode();

    /** How many numbers each of the arrays has that are this call's alone. */
    List<Long> constantElements();

    /** Bounds of the parallel loops, outermost first. */
    int[] bounds();

    /**
     * How the work-items are grouped, where TornadoVM's own choice would not do: it makes groups as
     * large as they can be, which leaves CPU cores without work.
     *
     * @param units processors that take a group each
     */
    Optional<WorkerGrid> grid(int units);

    /** How long it takes one processor of a CPU, very roughly. */
    long nanos();

    /**
     * Groups for a CPU: as many of the innermost loops' work-items as leave 8 groups for each unit.
     *
     * @param units processors that take a group each
     */
    default WorkerGrid cpuGrid(int units) {
        int[] bounds = bounds();
        int[] global = {bounds[0], bounds[1], bounds.length > 2 ? bounds[2] : 1};
        int[] local = {1, 1, 1};
        long groups = (long) global[0] * global[1] * global[2];
        int most = 1024;
        for (int d = 2; d >= 0 && most > 1; d--) {
            long room = Math.min(most, groups / (8L * units));
            local[d] = largestDivisor(global[d], (int) Math.min(room, global[d]));
            groups /= local[d];
            most /= local[d];
            if (local[d] < global[d]) {
                break; // a group that is whole in no outer dimension would jump
            }
        }
        WorkerGrid grid = new WorkerGrid3D(global[0], global[1], global[2]);
        grid.setLocalWork(local[0], local[1], local[2]);
        return grid;
    }

    private static int largestDivisor(int number, int limit) {
        int divisor = Math.max(limit, 1);
        while (number % divisor != 0) {
            divisor--;
        }
        return divisor;
    }
}
