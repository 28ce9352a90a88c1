package dev.sepconv.engine.tornado;

import dev.sepconv.engine.tornado.Translation.Built;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * Has the driver compile translations on a thread of its own while TornadoVM makes the next ones.
 *
 * <p>
 * PoCL takes 85 ms for each program, whatever is in it, so what has come to wait for it while it
 * compiled becomes one.
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
    private final Queue<Wanted> waiting = new ArrayDeque<>();
    private final List<Future<Built>> builds = new ArrayList<>();

    /** @param grids with which the kernel will be launched */
    private record Wanted(Translation translation, List<WorkerGrid> grids,
            CompletableFuture<Built> built) {
    }

    DriverBuilds(Target target) {
        this.target = target;
    }

    /**
     * Has a translation compiled, on a CPU as one program with all that wait by then.
     *
     * @param grids with which the kernel will be launched
     */
    void add(Translator translator, List<WorkerGrid> grids) throws ReflectiveOperationException {
        if (!target.hostMemory()) {
            builds.add(thread.submit(translator::build));
            return;
        }
        Wanted wanted = new Wanted(translator.translation(), grids, new CompletableFuture<>());
        builds.add(wanted.built);
        synchronized (waiting) {
            waiting.add(wanted);
        }
        thread.execute(() -> {
            List<Wanted> together;
            synchronized (waiting) {
                together = List.copyOf(waiting);
                waiting.clear();
            }
            build(together);
        });
    }

    /**
     * Has translations compiled as one program.
     *
     * @param grids of each
     */
    void add(List<Translation> program, List<List<WorkerGrid>> grids) {
        List<Wanted> together = new ArrayList<>();
        for (int i = 0; i < program.size(); i++) {
            together.add(new Wanted(program.get(i), grids.get(i), new CompletableFuture<>()));
        }
        together.forEach(each -> builds.add(each.built));
        thread.execute(() -> build(together));
    }

    private void build(List<Wanted> together) {
        if (together.isEmpty()) {
            return;
        }
        try {
            List<Built> built = Translation.build(target,
                    together.stream().map(Wanted::translation).toList());
            for (int i = 0; i < built.size(); i++) {
                if (target.hostMemory() && built.get(i).translation().isBoundByBuffer()) {
                    launch(built.get(i), together.get(i).grids);
                }
                together.get(i).built.complete(built.get(i));
            }
        } catch (ReflectiveOperationException | RuntimeException | Error e) {
            together.forEach(each -> each.built.completeExceptionally(e));
        }
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
        long kernel = OpenCl.createKernel(built.handle(), built.kernel());
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
