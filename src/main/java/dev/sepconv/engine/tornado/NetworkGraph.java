package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import dev.sepconv.NdArray;
import dev.sepconv.NetworkPlan.NodeTime;
import dev.sepconv.engine.NetworkCalls;
import dev.sepconv.engine.NetworkCalls.Step;
import dev.sepconv.kernel.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;

/** A network compiled for one device: one task graph, one task a step, its arrays on the device until it is closed. */
final class NetworkGraph {

    private static final String NAME = "network";

    private final Target target;
    private final NetworkCalls calls;
    private final TornadoExecutionPlan plan;
    private final long bytes;
    private boolean buffersMade;
    private boolean failed;
    private boolean closed;

    private NetworkGraph(Target target, NetworkCalls calls, TornadoExecutionPlan plan, long bytes) {
        this.target = target;
        this.calls = calls;
        this.plan = plan;
        this.bytes = bytes;
    }

    /**
     * Compiles the steps ahead.
     *
     * @param bytes taken of the device's memory for it; given back on {@link #close}
     * @throws EngineException if TornadoVM or the driver can't compile a kernel
     */
    static NetworkGraph compile(Target target, NetworkCalls calls, long bytes) {
        LayerGraph.TORNADO.writeLock().lock();
        try {
            TornadoExecutionPlan plan = null;
            if (!calls.steps().isEmpty()) {
                plan = new TornadoExecutionPlan(graph(calls).snapshot());
                plan.withDevice(target.handle());
                if (!target.compilerFlags().isEmpty()) {
                    plan.withCompilerFlags(target.handle().getTornadoVMBackend(), target.compilerFlags());
                }
                if (target.device().kind().equals("cpu")) {
                    plan.withGridScheduler(grids(calls, target.units()));
                }
                plan.withPreCompilation();
            }
            return new NetworkGraph(target, calls, plan, bytes);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) { // TornadoVM and Graal report with both
            throw new EngineException(
                    "can't compile network '%s' for device %s (%s): check its driver, or use another device or engine"
                            .formatted(calls.network().name(), target.device(), LayerGraph.reason(e)),
                    e);
        } finally {
            LayerGraph.TORNADO.writeLock().unlock();
        }
    }

    /**
     * The flow of a network:
     *
     * <pre>
     *   host                                              device
     *   ----                                              ------
     *   weights, sizes, zeros round pictures --first run--> stay there
     *                                                         |
     *   inputs  ------------every run---------------------> step0 -> step1 -> ... -> stepN
     *                                                         arrays between share memory
     *   outputs <-----------every run-----------------------------------------------+
     * </pre>
     */
    private static TaskGraph graph(NetworkCalls calls) {
        Set<Object> read = identities();
        Set<Object> written = identities();
        Set<Object> once = identities();
        for (Step step : calls.steps()) {
            step.reads().forEach(storage -> read.add(storage.object()));
            written.add(step.writes().object());
            once.addAll(step.call().constants());
        }
        add(once, calls.constants(), read);
        calls.intermediates().stream().filter(Storage::isVectors).forEach(storage -> once.add(storage.object()));
        Set<Object> every = identities();
        add(every, calls.inputs().values(), read);
        Set<Object> results = identities();
        add(results, calls.outputs().values(), written);
        TaskGraph graph = new TaskGraph(NAME);
        if (!every.isEmpty()) {
            graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, every.toArray());
        }
        graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, once.toArray());
        for (int i = 0; i < calls.steps().size(); i++) {
            calls.steps().get(i).call().addTo(graph, task(i));
        }
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, results.toArray());
        // Never asked back. But TornadoVM frees only what a graph transfers: unnamed, it would stay on the device for good.
        Object[] between = calls.intermediates().stream().map(Storage::object).toArray();
        if (between.length > 0) {
            graph.transferToHost(DataTransferMode.UNDER_DEMAND, between);
        }
        return graph;
    }

    private static void add(Set<Object> to, Collection<Storage> storages, Set<Object> among) {
        storages.stream().map(Storage::object).filter(among::contains).forEach(to::add);
    }

    private static Set<Object> identities() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static String task(int step) {
        return "step" + step;
    }

    private static GridScheduler grids(NetworkCalls calls, int units) {
        GridScheduler scheduler = new GridScheduler();
        for (int i = 0; i < calls.steps().size(); i++) {
            var call = calls.steps().get(i).call();
            scheduler.addWorkerGrid(NAME + "." + task(i), call.grid(units).orElseGet(() -> call.cpuGrid(units)));
        }
        return scheduler;
    }

    synchronized void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        Lock lock = buffersMade ? LayerGraph.TORNADO.readLock() : LayerGraph.TORNADO.writeLock();
        lock.lock();
        try {
            // As execute() does, but that keeps a record of every run.
            execute(inputs, outputs, () -> plan.withWarmUpIterations(1));
        } finally {
            lock.unlock();
        }
    }

    /** What a run cost: as a whole, and by steps. */
    record NetworkProfile(Profile whole, List<NodeTime> times) {
    }

    synchronized NetworkProfile profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        if (plan == null) {
            run(inputs, outputs);
            return new NetworkProfile(new Profile(0, 0, 0, 0, 0, 0), List.of());
        }
        LayerGraph.TORNADO.writeLock().lock();
        try {
            TornadoProfilerResult result = execute(inputs, outputs,
                    () -> plan.withProfiler(ProfilerMode.SILENT).execute().getProfilerResult());
            Profile whole = new Profile(result.getTotalTime(), result.getDeviceKernelTime(), result.getDeviceWriteTime(),
                    result.getDeviceReadTime(), result.getTotalBytesCopyIn(), result.getTotalBytesCopyOut());
            List<Long> nanos = TaskTimes.kernelNanos(result.getProfileLog(), NAME, calls.steps().size());
            List<NodeTime> times = new ArrayList<>();
            for (int i = 0; i < nanos.size(); i++) {
                Step step = calls.steps().get(i);
                times.add(new NodeTime(step.node(), step.label(), nanos.get(i)));
            }
            return new NetworkProfile(whole, List.copyOf(times));
        } finally {
            plan.withoutProfiler();
            LayerGraph.TORNADO.writeLock().unlock();
        }
    }

    private <T> T execute(Map<String, NdArray> inputs, Map<String, NdArray> outputs, Supplier<T> execution) {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        if (failed) {
            throw new EngineException(
                    "device %s failed in an earlier run of this plan; close it and compile it again".formatted(target.device()));
        }
        calls.read(inputs);
        T result = null;
        if (plan != null) {
            // Closing any plan on a device makes TornadoVM refuse to run all others that were compiled ahead, until this is called.
            target.handle().getDeviceContext().setResetToFalse();
            try {
                result = execution.get();
            } catch (OutOfMemoryError e) {
                throw e;
            } catch (RuntimeException | Error e) {
                failed = true; // TornadoVM stopped in the middle of the graph and would go on from there
                throw new EngineException(
                        "device %s failed while running network '%s' (%s): close plans if its memory is full, else check its driver"
                                .formatted(target.device(), calls.network().name(), LayerGraph.reason(e)),
                        e);
            }
            buffersMade = true;
        }
        calls.write(outputs);
        return result;
    }

    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        LayerGraph.TORNADO.writeLock().lock();
        try {
            if (plan != null) {
                plan.freeDeviceMemory();
            }
        } finally {
            LayerGraph.TORNADO.writeLock().unlock();
            target.memory().giveBack(bytes);
        }
    }
}
