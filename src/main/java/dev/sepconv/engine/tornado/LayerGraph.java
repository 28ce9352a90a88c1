package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import dev.sepconv.kernel.KernelCall;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;

/** A layer compiled for one device: one task graph, one task a stage, its buffers on the device until it is closed. */
final class LayerGraph {

    /**
     * TornadoVM keeps its profiler's switches and parts of its compiler in static fields. Runs share this lock; compiling,
     * profiling and freeing have it alone.
     */
    private static final ReadWriteLock TORNADO = new ReentrantReadWriteLock();

    private final Target target;
    private final List<KernelCall> calls;
    private final TornadoExecutionPlan plan;
    private final long bytes;
    private boolean failed;
    private boolean closed;

    private LayerGraph(Target target, List<KernelCall> calls, TornadoExecutionPlan plan, long bytes) {
        this.target = target;
        this.calls = calls;
        this.plan = plan;
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
        TornadoExecutionPlan plan = null;
        try {
            plan = new TornadoExecutionPlan(graph(calls).snapshot());
            plan.withDevice(target.handle()).withPreCompilation();
            return new LayerGraph(target, calls, plan, bytes);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (RuntimeException | Error e) { // TornadoVM's compiler reports with both
            throw failure("can't compile %s for device %s".formatted(names(calls), target.device()), e);
        } finally {
            TORNADO.writeLock().unlock();
        }
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
     */
    private static TaskGraph graph(List<KernelCall> calls) {
        TaskGraph graph = new TaskGraph("layer");
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, calls.getFirst().input());
        for (int i = 0; i < calls.size(); i++) {
            KernelCall call = calls.get(i);
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, call.weight(), call.bias(), call.geometry());
            graph.task("stage" + i, call.kernel().body(), call.input(), call.weight(), call.bias(), call.output(),
                    call.geometry(), call.outer(), call.middle(), call.inner(), call.activation(), call.slope());
        }
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, calls.getLast().output());
        return graph;
    }

    private static String names(List<KernelCall> calls) {
        return String.join(", ", calls.stream().map(call -> call.kernel().name()).toList());
    }

    synchronized void run(float[] input, float[] output) {
        TORNADO.readLock().lock();
        try {
            execute(input, output, () -> plan.withWarmUpIterations(1));
        } finally {
            TORNADO.readLock().unlock();
        }
    }

    synchronized Profile profile(float[] input, float[] output) {
        TORNADO.writeLock().lock();
        try {
            TornadoProfilerResult result = execute(input, output,
                    () -> plan.withProfiler(ProfilerMode.SILENT).execute().getProfilerResult());
            return new Profile(result.getTotalTime(), result.getDeviceKernelTime(), result.getDeviceWriteTime(),
                    result.getDeviceReadTime(), result.getTotalBytesCopyIn(), result.getTotalBytesCopyOut());
        } finally {
            plan.withoutProfiler();
            TORNADO.writeLock().unlock();
        }
    }

    private <T> T execute(float[] input, float[] output, Supplier<T> execution) {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        if (failed) {
            throw new EngineException(
                    "device %s failed in an earlier run of this plan; close it and compile it again".formatted(target.device()));
        }
        calls.getFirst().read(input);
        T result;
        try {
            result = execution.get();
        } catch (VirtualMachineError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            failed = true; // TornadoVM stopped in the middle of the graph and would go on from there
            throw failure("device %s failed while running %s".formatted(target.device(), names(calls)), e);
        }
        calls.getLast().write(output);
        return result;
    }

    private static EngineException failure(String what, Throwable e) {
        return new EngineException("%s: %s".formatted(what, e), e);
    }

    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        TORNADO.writeLock().lock();
        try {
            plan.freeDeviceMemory();
        } finally {
            TORNADO.writeLock().unlock();
            target.memory().giveBack(bytes);
        }
    }
}
