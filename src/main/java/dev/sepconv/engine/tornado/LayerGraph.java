package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.Profile;
import dev.sepconv.engine.tornado.DirectLaunch.HostArray;
import dev.sepconv.kernel.KernelCall;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** A layer compiled for one device: one task graph, one task a kernel, its buffers on the device until it is closed. */
final class LayerGraph {

    /**
     * TornadoVM keeps its profiler's switches and parts of its compiler in static fields, and when it makes the buffer of an array
     * of vectors it sorts a list that all such buffers read: two at once, or one while another is filled, ended in wrong sizes and
     * a crash of the JVM. Runs share this lock; compiling, profiling, freeing and a plan's first run, which makes its buffers, have
     * it alone.
     */
    static final ReadWriteLock TORNADO = new ReentrantReadWriteLock();

    private static final String NAME = "layer";

    private static final System.Logger LOG = System.getLogger(LayerGraph.class.getName());

    private final Target target;
    private final List<KernelCall> calls;
    private final TornadoExecutionPlan plan;
    /** Null where all runs are TornadoVM's. */
    private final DirectLaunch direct;
    private final long bytes;
    private boolean buffersMade;
    private boolean failed;
    private boolean closed;

    private LayerGraph(Target target, List<KernelCall> calls, TornadoExecutionPlan plan, DirectLaunch direct, long bytes) {
        this.target = target;
        this.calls = calls;
        this.plan = plan;
        this.direct = direct;
        this.bytes = bytes;
    }

    /**
     * Compiles a chain of calls ahead.
     *
     * @param bytes taken of the device's memory for it; given back on {@link #close}
     * @throws EngineException if TornadoVM or the driver can't compile a kernel
     */
    static LayerGraph compile(Target target, List<KernelCall> calls, long bytes) {
        TORNADO.writeLock().lock();
        try {
            if (target.hostMemory() && calls.stream().allMatch(call -> call.grid(target.units()).isPresent())) {
                TornadoExecutionPlan plan = plan(target, calls, true);
                DirectLaunch direct = direct(target, calls, plan);
                if (direct != null) {
                    return new LayerGraph(target, calls, plan, direct, bytes);
                }
                plan.freeDeviceMemory();
            }
            return new LayerGraph(target, calls, plan(target, calls, false), null, bytes);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) { // TornadoVM and Graal report with both
            throw failure("can't compile %s for device %s (%s): check its driver, or use another device or engine"
                    .formatted(names(calls), target.device(), reason(e)), e);
        } finally {
            TORNADO.writeLock().unlock();
        }
    }

    private static TornadoExecutionPlan plan(Target target, List<KernelCall> calls, boolean direct) {
        TornadoExecutionPlan plan = new TornadoExecutionPlan(graph(calls, direct).snapshot());
        plan.withDevice(target.handle());
        if (!target.compilerFlags().isEmpty()) {
            plan.withCompilerFlags(target.handle().getTornadoVMBackend(), target.compilerFlags());
        }
        grids(calls, target.units()).ifPresent(plan::withGridScheduler);
        plan.withPreCompilation();
        return plan;
    }

    /**
     * Runs the plan once by TornadoVM and once directly, and sees to it that both find the same numbers in the same place.
     *
     * @return null if TornadoVM or the driver is not as expected
     */
    private static DirectLaunch direct(Target target, List<KernelCall> calls, TornadoExecutionPlan plan) {
        KernelCall first = calls.getFirst();
        KernelCall last = calls.getLast();
        MemorySegment sent = first.inputNumbers();
        for (long i = 0; i < sent.byteSize() / Float.BYTES; i++) {
            sent.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 31 - 15);
        }
        target.handle().getDeviceContext().setResetToFalse();
        plan.withWarmUpIterations(1);
        DirectLaunch direct;
        try {
            direct = new DirectLaunch(plan, target.handle(),
                    calls.stream().map(call -> call.grid(target.units()).orElseThrow()).toList(),
                    List.of(new HostArray(first.input(), sent), new HostArray(last.output(), last.outputNumbers())));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.WARNING, "device {0} is driven by TornadoVM alone, which is slower: {1}", target.device(),
                    e);
            return null;
        }
        boolean inputFound = direct.numbers(0).mismatch(sent) < 0;
        byte[] computed = direct.numbers(1).toArray(ValueLayout.JAVA_BYTE);
        direct.numbers(1).fill((byte) 0);
        direct.run();
        if (!inputFound || direct.numbers(1).mismatch(MemorySegment.ofArray(computed)) >= 0) {
            LOG.log(System.Logger.Level.WARNING, "device {0} is driven by TornadoVM alone, which is slower: its {1} is elsewhere",
                    target.device(), inputFound ? "output" : "input");
            direct.close();
            return null;
        }
        sent.fill((byte) 0);
        direct.numbers(0).fill((byte) 0);
        first.moveInputTo(direct.numbers(0));
        last.moveOutputTo(direct.numbers(1));
        return direct;
    }

    /**
     * The flow of a chain, here with two stages:
     *
     * <pre>
     *   host                                    device
     *   ----                                    ------
     *   weight, bias, geometry  --first run-->  stay there
     *                                             |              |
     *   input  ---------every run---------->   stage0 -between-> stage1
     *                                                               |
     *   output  <--------every run---------------------------------+
     * </pre>
     *
     * @param direct whether input and output are written and read where the device has them, rather than copied every run
     */
    private static TaskGraph graph(List<KernelCall> calls, boolean direct) {
        TaskGraph graph = new TaskGraph(NAME);
        graph.transferToDevice(direct ? DataTransferMode.FIRST_EXECUTION : DataTransferMode.EVERY_EXECUTION,
                calls.getFirst().input());
        for (int i = 0; i < calls.size(); i++) {
            KernelCall call = calls.get(i);
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, call.constants().toArray());
            call.addTo(graph, "stage" + i);
            // Never asked back. But TornadoVM frees only what a graph transfers: unnamed, "between" would stay on the device for good.
            int mode = i == calls.size() - 1 && !direct ? DataTransferMode.EVERY_EXECUTION : DataTransferMode.UNDER_DEMAND;
            graph.transferToHost(mode, call.output());
        }
        return graph;
    }

    /** The work-groups of the stages that say how they want to be grouped. */
    private static Optional<GridScheduler> grids(List<KernelCall> calls, int units) {
        GridScheduler scheduler = new GridScheduler();
        boolean any = false;
        for (int i = 0; i < calls.size(); i++) {
            Optional<WorkerGrid> grid = calls.get(i).grid(units);
            String task = NAME + ".stage" + i;
            grid.ifPresent(workers -> scheduler.addWorkerGrid(task, workers));
            any |= grid.isPresent();
        }
        return any ? Optional.of(scheduler) : Optional.empty();
    }

    private static String names(List<KernelCall> calls) {
        return String.join(", ", calls.stream().map(call -> call.kernel().name()).toList());
    }

    /** The kernels' names, in order. */
    List<String> kernels() {
        return calls.stream().map(KernelCall::name).toList();
    }

    synchronized void run(float[] input, float[] output) {
        if (direct != null) {
            execute(input, output, () -> {
                direct.run();
                return null;
            });
            return;
        }
        Lock lock = buffersMade ? TORNADO.readLock() : TORNADO.writeLock();
        lock.lock();
        try {
            // Closing any plan on a device makes TornadoVM refuse to run all others that were compiled ahead, until this is called.
            target.handle().getDeviceContext().setResetToFalse();
            // As execute() does, but that keeps a record of every run.
            execute(input, output, () -> plan.withWarmUpIterations(1));
        } finally {
            lock.unlock();
        }
    }

    synchronized Profile profile(float[] input, float[] output) {
        TORNADO.writeLock().lock();
        try {
            target.handle().getDeviceContext().setResetToFalse();
            TornadoProfilerResult result = execute(input, output,
                    () -> plan.withProfiler(ProfilerMode.SILENT).execute().getProfilerResult());
            return profile(result, NAME);
        } finally {
            plan.withoutProfiler();
            if (direct != null && !closed) {
                direct.prepare();
            }
            TORNADO.writeLock().unlock();
        }
    }

    /** What TornadoVM tells of a run of the graph with that name. */
    static Profile profile(TornadoProfilerResult result, String graph) {
        return new Profile(result.getTotalTime(), result.getDeviceKernelTime(), result.getDeviceWriteTime(),
                result.getDeviceReadTime(), result.getTotalBytesCopyIn(), result.getTotalBytesCopyOut(),
                TaskTimes.energyJoules(result.getProfileLog(), graph));
    }

    private <T> T execute(float[] input, float[] output, Supplier<T> execution) {
        if (closed) {
            throw new IllegalStateException("the engine of this plan is closed"); // the plan itself would have said so
        }
        if (failed) {
            throw new EngineException(
                    "device %s failed in an earlier run of this plan; close it and compile it again".formatted(target.device()));
        }
        calls.getFirst().read(input);
        T result;
        try {
            result = execution.get();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            failed = true; // TornadoVM stopped in the middle of the graph and would go on from there
            throw failure("device %s failed while running %s (%s): close plans if its memory is full, else check its driver"
                    .formatted(target.device(), names(calls), reason(e)), e);
        }
        buffersMade = true;
        calls.getLast().write(output);
        return result;
    }

    /** What is thrown for what TornadoVM threw: it may be that memory ran out. */
    static EngineException failure(String sentence, Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof TornadoOutOfMemoryException || each instanceof OutOfMemoryException || String
                    .valueOf(each.getMessage()).matches("(?s).*(CL_OUT_OF_|CL_MEM_OBJECT_ALLOCATION_FAILURE|_OUT_OF_MEMORY).*")) {
                return new OutOfMemoryException(sentence, cause);
            }
        }
        return new EngineException(sentence, cause);
    }

    /** What TornadoVM says, without its stack traces and colours: the innermost message's first line that says something. */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage()).replaceAll("\u001B\\[\\d*m", "");
        return root.getClass().getSimpleName() + ": "
                + message.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
    }

    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        TORNADO.writeLock().lock();
        try {
            if (direct != null) {
                direct.close();
            }
            plan.freeDeviceMemory();
        } finally {
            TORNADO.writeLock().unlock();
            target.memory().giveBack(bytes);
        }
    }
}
