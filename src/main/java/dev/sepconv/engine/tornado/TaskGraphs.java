package dev.sepconv.engine.tornado;

import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.engine.lower.NetworkCalls.CallStep;
import dev.sepconv.kernel.Call;
import dev.sepconv.kernel.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;

/** A network's calls as TornadoVM's task graphs: one task a step, as few graphs as it allows. */
final class TaskGraphs {

    private static final System.Logger LOG = System.getLogger(TaskGraphs.class.getName());

    private static final String NAME = "network";

    /**
     * TornadoVM holds 1024 nodes in a graph: tasks, their arrays, copies. 80 tasks were too many
     * where every array is an output.
     */
    private static final int MOST_TASKS = 48;

    private TaskGraphs() {
    }

    /**
     * All of a network's graphs, not yet compiled.
     *
     * @param direct whether inputs and outputs are written and read where the device has them
     */
    static TornadoExecutionPlan plan(Target target, NetworkCalls calls, boolean direct) {
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
        noReductions(plan);
        return plan;
    }

    /**
     * Before its first run TornadoVM has each task's method translated by a second compiler to look
     * for {@code @Reduce}, which no kernel has.
     */
    private static void noReductions(TornadoExecutionPlan plan) {
        try {
            for (Object graph : Internals.graphs(plan)) {
                Internals.set(graph, "reduceAnalysis", true);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "TornadoVM looks for reductions", e);
        }
    }

    /**
     * How a call wants its work-items grouped; on a CPU every call has groups, elsewhere
     * TornadoVM's own choice does for most.
     */
    static Optional<WorkerGrid> grid(Call call, Target target) {
        Optional<WorkerGrid> own = call.grid(target.units());
        return target.deviceClass().isCpu()
                ? own.or(() -> Optional.of(call.cpuGrid(target.units())))
                : own;
    }

    /** Inputs that a step reads. */
    static List<Storage> uploaded(NetworkCalls calls) {
        return among(calls.inputs().values(),
                calls.steps().stream().flatMap(step -> step.reads().stream()));
    }

    /** Outputs that a step writes. */
    static List<Storage> downloaded(NetworkCalls calls) {
        return among(calls.outputs().values(), calls.steps().stream().map(CallStep::writes));
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
        // before is anything. And each output's mark goes there once, so that it comes back where
        // a kernel never runs; TornadoVM leaves that out where it sees that kernels only write.
        List<Storage> zeros = Stream
                .concat(calls.intermediates().stream().filter(Storage::isVectors),
                        outputs.stream().filter(storage -> !direct || storage.isVectors()))
                .filter(storage -> !inputs.contains(storage)).distinct().toList();
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
    record Part(int number, int first, int end) {

        String name() {
            return NAME + number;
        }

        Stream<CallStep> steps(NetworkCalls calls) {
            return calls.steps().subList(first, end).stream();
        }
    }

    /**
     * As few parts as TornadoVM allows; the steps of a node, which may write one array in turn,
     * stay together.
     */
    static List<Part> parts(NetworkCalls calls) {
        List<CallStep> steps = calls.steps();
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

    private static Object[] objects(List<Storage> storages) {
        return storages.stream().map(Storage::object).toArray();
    }

    static String task(int step) {
        return "step" + step;
    }
}
