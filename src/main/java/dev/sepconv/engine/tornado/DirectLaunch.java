package dev.sepconv.engine.tornado;

import static dev.sepconv.engine.tornado.Internals.call;
import static dev.sepconv.engine.tornado.Internals.field;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * Runs what TornadoVM has compiled without TornadoVM's interpreter, on a CPU whose OpenCL driver
 * keeps buffers in this process: the kernels are enqueued one after the other and waited for once,
 * and input and output are written and read where the driver has them, so that nothing is copied
 * between host and device.
 *
 * <p>
 * TornadoVM itself writes 24 bytes to the device before each kernel and waits for them, which wakes
 * a thread of the driver and the caller in turn, and copies input and output. Its objects tell the
 * handles that are needed ({@link Internals}). They are good as long as the plan's buffers are,
 * from its first run to the freeing of its memory.
 */
final class DirectLaunch implements AutoCloseable {

    /**
     * TornadoVM's first argument of each kernel: three longs, of which kernels take the sizes of
     * the grid.
     */
    private static final int GRID_ARGUMENT = 0;
    private static final int GRID_SLOTS = 3;

    private final Arena arena = Arena.ofShared();
    private final long queue;
    private final List<Launch> launches = new ArrayList<>();
    private final List<Mapped> arrays = new ArrayList<>();

    /**
     * A kernel with the grid it is enqueued with; {@code sizes} is the buffer with the sizes for
     * {@link #GRID_ARGUMENT}.
     */
    private record Launch(long kernel, long sizes, MemorySegment global, MemorySegment local) {
    }

    /**
     * A buffer that the host sees.
     *
     * @param all what the driver mapped: what TornadoVM puts before an array of vectors, and the
     * numbers
     */
    private record Mapped(long buffer, MemorySegment all, MemorySegment numbers) {
    }

    /**
     * An array that the host writes or reads.
     *
     * @param object what TornadoVM knows it by
     * @param numbers its numbers in the host's memory
     */
    record HostArray(Object object, MemorySegment numbers) {
    }

    /** By then another processor has begun, on a driver whose threads look for work. */
    private static final long BEGINS_NANOS = 8_192;

    /**
     * A kernel's launch.
     *
     * @param nanos how long one processor takes
     */
    record Task(WorkerGrid grid, long nanos) {

        /**
         * Whether one processor has done it before another would begin: one work-item then runs
         * through all of the kernel's loops, which take the grid's sizes from a buffer.
         */
        private boolean isLittle() {
            return nanos < BEGINS_NANOS
                    && Arrays.stream(grid.getLocalWork()).allMatch(size -> size == 1);
        }
    }

    /**
     * @param plan all of whose graphs are selected and have been run
     * @param tasks its tasks, in their order
     * @param hostArrays those to be mapped
     * @throws ReflectiveOperationException if TornadoVM's objects are not what they are in version
     * 5.2
     */
    DirectLaunch(TornadoExecutionPlan plan, TornadoDevice device, List<Task> tasks,
            List<HostArray> hostArrays) throws ReflectiveOperationException {
        List<Object> interpreters = new ArrayList<>();
        for (Object graph : Internals.graphs(plan)) {
            interpreters.add(Internals.interpreter(graph));
        }
        Object deviceContext = call(device, "getDeviceContext");
        long context = (long) call(call(deviceContext, "getPlatformContext"), "getContextId");
        queue = OpenCl.createQueue(context, id(device));
        for (Object interpreter : interpreters) {
            Object codes = field(interpreter, "installedCodes");
            for (int i = 0; i < Array.getLength(codes) && Array.get(codes, i) != null; i++) {
                long kernel = (long) call(call(Array.get(codes, i), "getKernel"), "getOclKernelID");
                WorkerGrid grid = tasks.get(launches.size()).grid();
                MemorySegment global = arena.allocate(JAVA_LONG, GRID_SLOTS);
                MemorySegment local = arena.allocate(JAVA_LONG, GRID_SLOTS);
                for (int d = 0; d < GRID_SLOTS; d++) {
                    global.setAtIndex(JAVA_LONG, d,
                            d < grid.dimension() ? grid.getGlobalWork()[d] : 1);
                    local.setAtIndex(JAVA_LONG, d,
                            d < grid.dimension() ? grid.getLocalWork()[d] : 1);
                }
                long sizes = OpenCl.createBuffer(context, global);
                if (tasks.get(launches.size()).isLittle()) {
                    global.copyFrom(local);
                }
                launches.add(new Launch(kernel, sizes, global, local));
            }
        }
        if (launches.size() != tasks.size()) {
            throw new IllegalStateException("TornadoVM has %d kernels for %d tasks"
                    .formatted(launches.size(), tasks.size()));
        }
        for (HostArray array : hostArrays) {
            arrays.add(map(interpreters, device, array.object(), array.numbers()));
        }
        prepare();
    }

    /**
     * The numbers of an array, in the order in which they were given, where the device has them.
     */
    MemorySegment numbers(int array) {
        return arrays.get(array).numbers;
    }

    /**
     * To be called after TornadoVM has run the plan: it has one buffer for the grids of all tasks,
     * and gives it to the kernels.
     */
    void prepare() {
        for (Launch launch : launches) {
            OpenCl.setArgument(launch.kernel, GRID_ARGUMENT, launch.sizes);
        }
    }

    /** Runs all kernels and returns when they are done. */
    void run() {
        for (int i = 0; i < launches.size(); i++) {
            Launch launch = launches.get(i);
            OpenCl.enqueue(queue, launch.kernel, launch.global, launch.local);
        }
        OpenCl.finish(queue);
    }

    /**
     * Where the host sees an array that TornadoVM knows by its object; its numbers are the last
     * that its buffer holds.
     */
    private Mapped map(List<Object> interpreters, TornadoDevice device, Object array,
            MemorySegment numbers) throws ReflectiveOperationException {
        Object interpreter = null;
        int index = -1;
        for (int g = 0; g < interpreters.size() && index < 0; g++) {
            interpreter = interpreters.get(g);
            List<?> objects = (List<?>) field(interpreter, "objects");
            index = IntStream.range(0, objects.size()).filter(i -> objects.get(i) == array)
                    .findFirst().orElse(-1);
        }
        Object state = Array.get(field(interpreter, "dataObjectStates"), index);
        Object wrapper = call(state.getClass()
                .getMethod("getDeviceBufferState", TornadoDevice.class).invoke(state, device),
                "getXPUBuffer");
        long bytes = (long) call(wrapper, "size");
        long buffer = (long) call(wrapper, "toBuffer");
        MemorySegment all = OpenCl.map(queue, buffer, bytes);
        return new Mapped(buffer, all, all.asSlice(bytes - numbers.byteSize()));
    }

    /** OpenCL's number of a device. */
    static long id(TornadoDevice device) throws ReflectiveOperationException {
        return (long) call(call(device, "getDeviceContext"), "getDeviceId");
    }

    @Override
    public void close() {
        arrays.forEach(array -> OpenCl.unmap(queue, array.buffer, array.all));
        OpenCl.finish(queue);
        launches.forEach(launch -> OpenCl.releaseBuffer(launch.sizes));
        OpenCl.releaseQueue(queue);
        arena.close();
    }
}
