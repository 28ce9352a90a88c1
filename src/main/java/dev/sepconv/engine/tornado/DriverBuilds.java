package dev.sepconv.engine.tornado;

import dev.sepconv.engine.tornado.Translation.Built;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * Has the driver compile translations, one after the other on a thread of its own, while TornadoVM
 * makes the next ones.
 *
 * <p>
 * PoCL compiles a kernel for a size of work-groups when it is first launched with that. On a CPU
 * each is launched here at once, with the grid that it will have: the bounds of its loops, which
 * then come from a buffer, are 0, and so it does nothing.
 */
final class DriverBuilds implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(DriverBuilds.class.getName());

    /** More than what a kernel reads before its loops. */
    private static final long SCRATCH_LONGS = 8192;

    private final Target target;
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("sepconv-driver").factory());
    private final List<Future<Built>> builds = new ArrayList<>();

    DriverBuilds(Target target) {
        this.target = target;
    }

    /**
     * @param build has the driver compile a program
     * @param grids with which the kernel will be launched
     */
    void add(Callable<Built> build, List<WorkerGrid> grids) {
        builds.add(thread.submit(() -> {
            Built built = build.call();
            if (target.hostMemory() && built.translation().isBoundByBuffer()) {
                launch(built, grids);
            }
            return built;
        }));
    }

    /**
     * Waits for all, in the order in which they were added.
     *
     * @throws IllegalStateException if the driver can't compile one
     */
    List<Built> all() throws ReflectiveOperationException {
        List<Built> all = new ArrayList<>();
        for (Future<Built> build : builds) {
            try {
                all.add(build.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the driver compiles", e);
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case Error error -> throw error;
                    case RuntimeException unchecked -> throw unchecked;
                    case ReflectiveOperationException unknown -> throw unknown;
                    default -> throw new IllegalStateException(e.getCause());
                }
            }
        }
        return List.copyOf(all);
    }

    private void launch(Built built, List<WorkerGrid> grids) throws ReflectiveOperationException {
        Object context = Internals.call(target.handle(), "getDeviceContext");
        long clContext = (long) Internals.call(Internals.call(context, "getPlatformContext"),
                "getContextId");
        long queue = OpenCl.createQueue(clContext, DirectLaunch.id(target.handle()));
        long kernel = OpenCl.createKernel(built.handle(), built.translation().entryPoint());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeros = arena.allocate(ValueLayout.JAVA_LONG, 8);
            MemorySegment ones = arena.allocate(ValueLayout.JAVA_LONG, SCRATCH_LONGS);
            for (long i = 0; i < 2 * SCRATCH_LONGS; i++) {
                ones.setAtIndex(ValueLayout.JAVA_INT, i, 1);
            }
            long bounds = OpenCl.createBuffer(clContext, zeros);
            long scratch = OpenCl.createBuffer(clContext, ones);
            OpenCl.setAllArguments(kernel, scratch, Long.BYTES);
            OpenCl.setArgument(kernel, 0, bounds);
            for (WorkerGrid grid : grids) {
                OpenCl.enqueue(queue, kernel, sizes(arena, grid.dimension(), grid.getGlobalWork()),
                        sizes(arena, grid.dimension(), grid.getLocalWork()));
            }
            OpenCl.finish(queue);
            OpenCl.releaseBuffer(bounds);
            OpenCl.releaseBuffer(scratch);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the kernel is compiled at its first launch", e);
        } finally {
            OpenCl.releaseKernel(kernel);
            OpenCl.releaseQueue(queue);
        }
    }

    private static MemorySegment sizes(Arena arena, int dimensions, long[] of) {
        MemorySegment sizes = arena.allocate(ValueLayout.JAVA_LONG, 3);
        for (int d = 0; d < 3; d++) {
            sizes.setAtIndex(ValueLayout.JAVA_LONG, d, d < dimensions ? of[d] : 1);
        }
        return sizes;
    }

    /** Waits until the driver compiles nothing more. */
    @Override
    public void close() {
        thread.close();
    }
}
