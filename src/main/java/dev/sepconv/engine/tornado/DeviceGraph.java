package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import dev.sepconv.NdArray;
import dev.sepconv.NetworkPlan.NodeTime;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.Profile;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.engine.lower.NetworkCalls.Step;
import dev.sepconv.engine.tornado.DirectLaunch.HostArray;
import dev.sepconv.kernel.Call;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/**
 * A network, which may be one layer, compiled for one device: one task a step, all in one task
 * graph or as few as TornadoVM allows, its arrays on the device until it is closed, also from graph
 * to graph.
 */
final class DeviceGraph {

    /**
     * TornadoVM keeps its profiler's switches and parts of its compiler in static fields, and when
     * it makes the buffer of an array of vectors it sorts a list that all such buffers read: two at
     * once, or one while another is filled, ended in wrong sizes and a crash of the JVM. Runs share
     * this lock; compiling, profiling, freeing and a plan's first run, which makes its buffers,
     * have it alone.
     */
    static final ReadWriteLock TORNADO = new ReentrantReadWriteLock();

    private static final String NAME = "network";

    /**
     * TornadoVM holds 1024 nodes in a graph: tasks, their arrays, copies. 80 tasks were too many
     * where every array is an output.
     */
    private static final int MOST_TASKS = 48;

    private static final System.Logger LOG = System.getLogger(DeviceGraph.class.getName());

    private final Target target;
    private final NetworkCalls calls;
    /** Null where there is nothing to compute. */
    private final TornadoExecutionPlan plan;
    /** Null where all runs are TornadoVM's. */
    private final DirectLaunch direct;
    private final long bytes;
    private boolean buffersMade;
    private boolean failed;
    private boolean closed;

    private DeviceGraph(Target target, NetworkCalls calls, TornadoExecutionPlan plan,
            DirectLaunch direct, long bytes) {
        this.target = target;
        this.calls = calls;
        this.plan = plan;
        this.direct = direct;
        this.bytes = bytes;
    }

    /**
     * Compiles the steps ahead.
     *
     * @param bytes taken of the device's memory for it; given back on {@link #close}
     * @throws EngineException if TornadoVM or the driver can't compile a kernel
     */
    static DeviceGraph compile(Target target, NetworkCalls calls, long bytes) {
        TORNADO.writeLock().lock();
        try {
            if (calls.steps().isEmpty()) {
                return new DeviceGraph(target, calls, null, null, bytes);
            }
            if (target.hostMemory()) {
                TornadoExecutionPlan plan = plan(target, calls, true);
                DirectLaunch direct = direct(target, calls, plan);
                if (direct != null) {
                    return new DeviceGraph(target, calls, plan, direct, bytes);
                }
                plan.freeDeviceMemory();
            }
            return new DeviceGraph(target, calls, plan(target, calls, false), null, bytes);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) { // TornadoVM and Graal report with both
            throw failure(
                    "can't compile %s for device %s (%s): check its driver, or use another device or engine"
                            .formatted(named(calls), target.device(), reason(e)),
                    e);
        } finally {
            TORNADO.writeLock().unlock();
        }
    }

    private static TornadoExecutionPlan plan(Target target, NetworkCalls calls, boolean direct) {
        TornadoExecutionPlan plan = new TornadoExecutionPlan(graphs(calls, direct).stream()
                .map(TaskGraph::snapshot).toArray(ImmutableTaskGraph[]::new));
        plan.withDevice(target.handle());
        if (!target.compilerFlags().isEmpty()) {
            plan.withCompilerFlags(target.handle().getTornadoVMBackend(), target.compilerFlags());
        }
        GridScheduler scheduler = new GridScheduler();
        boolean grouped = false;
        for (Part part : parts(calls)) {
            for (int i = part.first(); i < part.end(); i++) {
                Optional<WorkerGrid> grid = grid(calls.steps().get(i).call(), target);
                String task = part.name() + "." + task(i);
                grid.ifPresent(groups -> scheduler.addWorkerGrid(task, groups));
                grouped |= grid.isPresent();
            }
        }
        if (grouped) {
            plan.withGridScheduler(scheduler);
        }
        plan.withPreCompilation();
        return plan;
    }

    /**
     * How a call wants its work-items grouped; on a CPU every call has groups, elsewhere
     * TornadoVM's own choice does for most.
     */
    private static Optional<WorkerGrid> grid(Call call, Target target) {
        Optional<WorkerGrid> own = call.grid(target.units());
        return target.deviceClass() == DeviceClass.CPU
                ? own.or(() -> Optional.of(call.cpuGrid(target.units())))
                : own;
    }

    /**
     * Runs the plan once by TornadoVM and once directly, and sees to it that both find the same
     * numbers in the same place.
     *
     * @return null if TornadoVM or the driver is not as expected
     */
    private static DirectLaunch direct(Target target, NetworkCalls calls,
            TornadoExecutionPlan plan) {
        List<Storage> inputs = uploaded(calls);
        List<Storage> outputs = downloaded(calls);
        for (Storage input : inputs) {
            for (long i = 0; i < input.size(); i++) {
                input.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, (i % 31 - 15) / 16f);
            }
        }
        target.handle().getDeviceContext().setResetToFalse();
        runOnce(plan, parts(calls).size());
        List<Storage> both = Stream.concat(inputs.stream(), outputs.stream()).toList();
        DirectLaunch direct;
        try {
            direct = new DirectLaunch(plan, target.handle(),
                    calls.steps().stream().map(step -> grid(step.call(), target).orElseThrow())
                            .toList(),
                    both.stream().map(storage -> new HostArray(storage.object(), storage.memory()))
                            .toList());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.WARNING,
                    "device {0} is driven by TornadoVM alone, which is slower: {1}",
                    target.device(), e);
            return null;
        }
        boolean inputsFound = IntStream.range(0, inputs.size())
                .allMatch(i -> direct.numbers(i).mismatch(inputs.get(i).memory()) < 0);
        List<byte[]> computed = new ArrayList<>();
        for (int i = inputs.size(); i < both.size(); i++) {
            computed.add(direct.numbers(i).toArray(ValueLayout.JAVA_BYTE));
            direct.numbers(i).fill((byte) 0);
        }
        direct.run();
        boolean outputsFound = IntStream.range(0, outputs.size()).allMatch(i -> direct
                .numbers(inputs.size() + i).mismatch(MemorySegment.ofArray(computed.get(i))) < 0);
        if (!inputsFound || !outputsFound) {
            LOG.log(System.Logger.Level.WARNING,
                    "device {0} is driven by TornadoVM alone, which is slower: its {1} is elsewhere",
                    target.device(), inputsFound ? "output" : "input");
            direct.close();
            return null;
        }
        for (int i = 0; i < both.size(); i++) {
            direct.numbers(i).fill((byte) 0); // pixels of zeros lie in them, too
            both.get(i).memory().fill((byte) 0);
            both.get(i).moveTo(direct.numbers(i));
        }
        return direct;
    }

    /** Inputs that a step reads. */
    private static List<Storage> uploaded(NetworkCalls calls) {
        return among(calls.inputs().values(),
                calls.steps().stream().flatMap(step -> step.reads().stream()));
    }

    /** Outputs that a step writes. */
    private static List<Storage> downloaded(NetworkCalls calls) {
        return among(calls.outputs().values(), calls.steps().stream().map(Step::writes));
    }

    private static List<Storage> among(Collection<Storage> storages, Stream<Storage> touched) {
        Set<Storage> all = touched.collect(Collectors.toSet());
        return storages.stream().distinct().filter(all::contains).toList();
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
     *
     * @param direct whether inputs and outputs are written and read where the device has them,
     * rather than copied every run
     */
    private static List<TaskGraph> graphs(NetworkCalls calls, boolean direct) {
        List<Part> parts = parts(calls);
        Map<Storage, Integer> firstPart = new HashMap<>();
        Map<Storage, Integer> lastPart = new HashMap<>();
        for (Part part : parts) {
            part.steps(calls)
                    .flatMap(step -> Stream.concat(step.reads().stream(), Stream.of(step.writes())))
                    .forEach(storage -> {
                        firstPart.putIfAbsent(storage, part.number());
                        lastPart.put(storage, part.number());
                    });
        }
        List<Storage> inputs = uploaded(calls);
        List<Storage> outputs = downloaded(calls);
        // Pixels of zeros are behind what steps write, in outputs too: what a device has there
        // before is anything.
        List<Storage> zeros = Stream.concat(calls.intermediates().stream(), outputs.stream())
                .filter(storage -> storage.isVectors() && !inputs.contains(storage)).distinct()
                .toList();
        int sent = direct ? DataTransferMode.FIRST_EXECUTION : DataTransferMode.EVERY_EXECUTION;
        int fetched = direct ? DataTransferMode.UNDER_DEMAND : DataTransferMode.EVERY_EXECUTION;
        List<TaskGraph> graphs = new ArrayList<>();
        for (Part part : parts) {
            Predicate<Storage> beginsHere = storage -> firstPart.getOrDefault(storage, -1) == part
                    .number();
            Set<Object> once = Collections.newSetFromMap(new IdentityHashMap<>());
            part.steps(calls).forEach(step -> once.addAll(step.call().constants()));
            Stream.concat(calls.constants().stream(), zeros.stream()).filter(beginsHere)
                    .forEach(storage -> once.add(storage.object()));
            List<Storage> earlier = firstPart.keySet().stream()
                    .filter(storage -> firstPart.get(storage) < part.number()
                            && lastPart.get(storage) >= part.number())
                    .toList();
            earlier.forEach(storage -> once.remove(storage.object()));
            TaskGraph graph = new TaskGraph(part.name());
            if (!earlier.isEmpty()) {
                graph.consumeFromDevice(parts.get(part.number() - 1).name(), objects(earlier));
            }
            Object[] arriving = objects(inputs.stream().filter(beginsHere).toList());
            if (arriving.length > 0) {
                graph.transferToDevice(sent, arriving);
            }
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, once.toArray());
            for (int i = part.first(); i < part.end(); i++) {
                calls.steps().get(i).call().addTo(graph, task(i));
            }
            Object[] leaving = objects(outputs.stream().filter(beginsHere).toList());
            if (leaving.length > 0) {
                graph.transferToHost(fetched, leaving);
            }
            // Never asked back. But TornadoVM frees only what a graph transfers: unnamed, it would
            // stay on the device for good.
            Object[] staying = objects(calls.intermediates().stream().filter(beginsHere).toList());
            if (staying.length > 0) {
                graph.persistOnDevice(staying);
            }
            graphs.add(graph);
        }
        return graphs;
    }

    /** Steps that are one task graph: those from one number to before another. */
    private record Part(int number, int first, int end) {

        String name() {
            return NAME + number;
        }

        Stream<Step> steps(NetworkCalls calls) {
            return calls.steps().subList(first, end).stream();
        }
    }

    /**
     * As few parts as TornadoVM allows; the steps of a node, which may write one array in turn,
     * stay together.
     */
    private static List<Part> parts(NetworkCalls calls) {
        List<Step> steps = calls.steps();
        List<Part> parts = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= steps.size(); i++) {
            boolean full = i - first >= MOST_TASKS && i < steps.size()
                    && !steps.get(i).node().equals(steps.get(i - 1).node());
            if (full || i == steps.size()) {
                parts.add(new Part(parts.size(), first, i));
                first = i;
            }
        }
        return List.copyOf(parts);
    }

    private static void runOnce(TornadoExecutionPlan plan, int parts) {
        if (parts == 1) {
            plan.withWarmUpIterations(1); // as execute() does, but that keeps a record of every run
            return;
        }
        for (int part = 0; part < parts; part++) {
            plan.withGraph(part).execute();
        }
        plan.withAllGraphs();
    }

    private static Object[] objects(List<Storage> storages) {
        return storages.stream().map(Storage::object).toArray();
    }

    private static String task(int step) {
        return "step" + step;
    }

    NetworkCalls calls() {
        return calls;
    }

    /** Whether inputs and outputs are written and read where the device has them. */
    boolean isDirect() {
        return direct != null;
    }

    synchronized void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        if (plan == null || direct != null) {
            execute(inputs, outputs, () -> {
                if (direct != null) {
                    direct.run();
                }
                return null;
            });
            return;
        }
        Lock lock = buffersMade ? TORNADO.readLock() : TORNADO.writeLock();
        lock.lock();
        try {
            // Closing any plan on a device makes TornadoVM refuse to run all others that were
            // compiled ahead, until this is called.
            target.handle().getDeviceContext().setResetToFalse();
            execute(inputs, outputs, () -> {
                runOnce(plan, parts(calls).size());
                return null;
            });
        } finally {
            lock.unlock();
        }
    }

    private static final Profile NOTHING = new Profile(0, 0, 0, 0, 0, 0, 0.0);

    /** What a run cost: as a whole, and by steps. */
    record NetworkProfile(Profile whole, List<NodeTime> times) {
    }

    synchronized NetworkProfile profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        if (plan == null) {
            run(inputs, outputs);
            return new NetworkProfile(NOTHING, List.of());
        }
        TORNADO.writeLock().lock();
        try {
            target.handle().getDeviceContext().setResetToFalse();
            return execute(inputs, outputs, this::profileParts);
        } finally {
            plan.withoutProfiler();
            if (direct != null && !closed) {
                direct.prepare();
            }
            TORNADO.writeLock().unlock();
        }
    }

    private NetworkProfile profileParts() {
        List<Part> parts = parts(calls);
        Profile whole = NOTHING;
        List<NodeTime> times = new ArrayList<>();
        plan.withProfiler(ProfilerMode.SILENT);
        for (Part part : parts) {
            TornadoExecutionPlan selected = parts.size() == 1
                    ? plan
                    : plan.withGraph(part.number());
            TornadoProfilerResult result = selected.execute().getProfilerResult();
            whole = whole.plus(profile(result, part.name()));
            for (int i = part.first(); i < part.end(); i++) {
                Step step = calls.steps().get(i);
                times.add(new NodeTime(step.node(), step.label(),
                        TaskTimes.kernelNanos(result.getProfileLog(), part.name(), task(i))));
            }
        }
        plan.withAllGraphs();
        return new NetworkProfile(whole, List.copyOf(times));
    }

    private <T> T execute(Map<String, NdArray> inputs, Map<String, NdArray> outputs,
            Supplier<T> execution) {
        if (closed) {
            // the plan itself would have said so
            throw new IllegalStateException("the engine of this plan is closed");
        }
        if (failed) {
            throw new EngineException(
                    "device %s failed in an earlier run of this plan; close it and compile it again"
                            .formatted(target.device()));
        }
        calls.read(inputs);
        T result;
        try {
            result = execution.get();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // TornadoVM stopped in the middle of the graph and would go on from there
            failed = true;
            throw failure(
                    "device %s failed while running %s (%s): close plans if its memory is full, else check its driver"
                            .formatted(target.device(), named(calls), reason(e)),
                    e);
        }
        buffersMade = true;
        calls.write(outputs);
        return result;
    }

    /**
     * A network for messages, with the kernels of its convolutions, of which the first few say
     * enough.
     */
    private static String named(NetworkCalls calls) {
        List<String> kernels = calls.kernels().stream().distinct().toList();
        String first = String.join(", ", kernels.subList(0, Math.min(kernels.size(), 3)));
        return "network '%s'%s".formatted(calls.network().name(),
                kernels.isEmpty()
                        ? ""
                        : " (%s%s)".formatted(first, kernels.size() > 3 ? ", …" : ""));
    }

    /** What TornadoVM tells of a run of the graph with that name. */
    static Profile profile(TornadoProfilerResult result, String graph) {
        return new Profile(result.getTotalTime(), result.getDeviceKernelTime(),
                result.getDeviceWriteTime(), result.getDeviceReadTime(),
                result.getTotalBytesCopyIn(), result.getTotalBytesCopyOut(),
                TaskTimes.energyJoules(result.getProfileLog(), graph));
    }

    /** What is thrown for what TornadoVM threw: it may be that memory ran out. */
    static EngineException failure(String sentence, Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof TornadoOutOfMemoryException || each instanceof OutOfMemoryException
                    || String.valueOf(each.getMessage()).matches(
                            "(?s).*(CL_OUT_OF_|CL_MEM_OBJECT_ALLOCATION_FAILURE|_OUT_OF_MEMORY).*")) {
                return new OutOfMemoryException(sentence, cause);
            }
        }
        return new EngineException(sentence, cause);
    }

    /**
     * What TornadoVM says, without its stack traces and colours: the innermost message's first line
     * that says something.
     */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage()).replaceAll("\u001B\\[\\d*m", "");
        return root.getClass().getSimpleName() + ": " + message.lines().map(String::strip)
                .filter(line -> !line.isEmpty()).findFirst().orElse("");
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
            if (plan != null) {
                plan.freeDeviceMemory();
            }
        } finally {
            TORNADO.writeLock().unlock();
            target.memory().giveBack(bytes);
        }
    }
}
