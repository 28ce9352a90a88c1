package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import dev.sepconv.NdArray;
import dev.sepconv.NetworkPlan.NodeTime;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.Profile;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.engine.lower.NetworkCalls.CallStep;
import dev.sepconv.engine.tornado.DirectLaunch.HostArray;
import dev.sepconv.kernel.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
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

    private static final System.Logger LOG = System.getLogger(DeviceGraph.class.getName());

    private final Target target;
    private final NetworkCalls calls;
    /** Null where there is nothing to compute. */
    private final TornadoExecutionPlan plan;
    /** The plan's code; null where there is nothing to compute. */
    private final SharedCode code;
    /** Null where all runs are TornadoVM's. */
    private final DirectLaunch direct;
    private final OutputMark mark;
    private final long bytes;
    private boolean buffersMade;
    private boolean failed;
    /** Whether the device gave no result back. */
    private boolean lost;
    private boolean closed;

    private DeviceGraph(Target target, NetworkCalls calls, SharedCode code, DirectLaunch direct,
            long bytes) {
        this.target = target;
        this.calls = calls;
        this.plan = code == null ? null : code.plan();
        this.code = code;
        this.direct = direct;
        this.bytes = bytes;
        List<Storage> inputs = TaskGraphs.uploaded(calls);
        this.mark = new OutputMark(TaskGraphs.downloaded(calls).stream()
                .filter(output -> !inputs.contains(output)).toList());
    }

    /**
     * Compiles the steps ahead.
     *
     * @param bytes taken of the device's memory for it; given back on {@link #close}
     * @throws EngineException if TornadoVM or the driver can't compile a kernel
     */
    static DeviceGraph compile(Target target, NetworkCalls calls, long bytes) {
        if (calls.steps().isEmpty()) {
            return new DeviceGraph(target, calls, null, null, bytes);
        }
        try {
            return Compiler.compile(target, () -> compiled(target, calls, bytes));
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) { // TornadoVM and Graal report with both
            throw failure(
                    "can't compile %s for device %s (%s): check its driver, or use another device or engine"
                            .formatted(named(calls), target.device(), reason(e)),
                    e);
        }
    }

    private static DeviceGraph compiled(Target target, NetworkCalls calls, long bytes) {
        if (target.hostMemory()) {
            SharedCode code = SharedCode.compile(target, calls,
                    () -> TaskGraphs.plan(target, calls, true));
            DirectLaunch direct = direct(target, calls, code.plan());
            if (direct != null) {
                return new DeviceGraph(target, calls, code, direct, bytes);
            }
            code.plan().freeDeviceMemory();
            code.close();
        }
        return new DeviceGraph(target, calls,
                SharedCode.compile(target, calls, () -> TaskGraphs.plan(target, calls, false)),
                null, bytes);
    }

    /**
     * Runs the plan once by TornadoVM and once directly, and sees to it that both find the same
     * numbers in the same place.
     *
     * @return null if TornadoVM or the driver is not as expected
     */
    private static DirectLaunch direct(Target target, NetworkCalls calls,
            TornadoExecutionPlan plan) {
        List<Storage> inputs = TaskGraphs.uploaded(calls);
        List<Storage> outputs = TaskGraphs.downloaded(calls);
        for (Storage input : inputs) {
            for (long i = 0; i < input.size(); i++) {
                input.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, (i % 31 - 15) / 16f);
            }
        }
        target.handle().getDeviceContext().setResetToFalse();
        runOnce(plan, TaskGraphs.parts(calls).size());
        List<Storage> both = Stream.concat(inputs.stream(), outputs.stream()).toList();
        DirectLaunch direct;
        try {
            direct = new DirectLaunch(plan, target.handle(),
                    calls.steps().stream()
                            .map(step -> new DirectLaunch.Task(
                                    TaskGraphs.grid(step.call(), target).orElseThrow(),
                                    step.call().nanos()))
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

    NetworkCalls calls() {
        return calls;
    }

    /** How many of its tasks TornadoVM has compiled for it. */
    int compiledTasks() {
        return code == null ? 0 : code.compiledTasks();
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
                mark.set();
                runOnce(plan, TaskGraphs.parts(calls).size());
                lost = !mark.isGone();
                if (lost) {
                    throw new EngineException(
                            "it gave no result back, and TornadoVM didn't notice; its driver's error is on stdout");
                }
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
        List<TaskGraphs.Part> parts = TaskGraphs.parts(calls);
        Profile whole = NOTHING;
        List<NodeTime> times = new ArrayList<>();
        plan.withProfiler(ProfilerMode.SILENT);
        for (TaskGraphs.Part part : parts) {
            TornadoExecutionPlan selected = parts.size() == 1
                    ? plan
                    : plan.withGraph(part.number());
            TornadoProfilerResult result = selected.execute().getProfilerResult();
            whole = whole.plus(profile(result, part.name()));
            for (int i = part.first(); i < part.end(); i++) {
                CallStep step = calls.steps().get(i);
                times.add(new NodeTime(step.node(), step.label(), TaskTimes
                        .kernelNanos(result.getProfileLog(), part.name(), TaskGraphs.task(i))));
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
        calls.copyIn(inputs);
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
        calls.copyOut(outputs);
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
            // What TornadoVM would free are events that the driver never made, which ends the
            // process; the device's memory is taken then until it does end.
            if (plan != null && !lost) {
                plan.freeDeviceMemory();
                code.close();
            }
        } finally {
            TORNADO.writeLock().unlock();
            if (!lost) {
                target.memory().giveBack(bytes);
            }
        }
    }
}
