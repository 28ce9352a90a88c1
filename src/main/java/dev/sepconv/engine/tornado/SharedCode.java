package dev.sepconv.engine.tornado;

import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.engine.lower.NetworkCalls.CallStep;
import dev.sepconv.engine.tornado.Translation.Built;
import dev.sepconv.kernel.Call;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.Access;

/**
 * The code of a plan's tasks, compiled once in this process for all tasks that differ only in what
 * their code reads from arrays or from the grid that they are launched with: the sizes. The
 * translations are kept for the next process ({@link TranslationFile}).
 *
 * <p>
 * TornadoVM 5.2 itself translates each task, and has the driver compile each, though most of a
 * network's layers have the same kernels. And it keeps the graph of each translation for ever (a
 * table of probabilities that all copies of a method's graph share has their nodes for keys), so
 * that closed plans took memory; what it keeps is now bounded by the number of different kernels.
 *
 * <pre>
 *   task: kernel, constants
 *     in CODES:              a kernel of the task's own (clCreateKernel) of the program there
 *     in a TranslationFile:  the driver compiles it, CODES keeps the program
 *     else:                  TornadoVM translates the first of them, then the same
 * </pre>
 *
 * <p>
 * The driver compiles on a thread of its own ({@link DriverBuilds}), so that TornadoVM translates
 * the next kernel meanwhile.
 *
 * <p>
 * Tasks of one program have kernels of their own, since a kernel holds its arguments. Programs stay
 * until the process ends. All of it is by reflection and for OpenCL alone; where that fails,
 * TornadoVM compiles every task. Calls come while {@link DeviceGraph#TORNADO} is held alone.
 */
final class SharedCode implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SharedCode.class.getName());

    private static final Map<Key, Built> CODES = new HashMap<>();

    /** Whether TornadoVM's objects were not those of 5.2. */
    private static boolean unknown;

    /**
     * What the translation of a task depends on.
     *
     * @param constants see {@link Call#constantsInCode}
     */
    private record Key(String device, String compilerFlags, Method method, List<Object> constants) {

        static Key of(Target target, Call call) {
            return new Key(target.device().id(), target.compilerFlags(), methodOf(call),
                    call.constantsInCode());
        }

        /** For another process. */
        String text() {
            return method + " " + constants;
        }
    }

    /** TornadoVM or the driver can't compile the plan, and couldn't without this class either. */
    private static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(Throwable failure) {
            super(failure);
        }
    }

    /**
     * A task and where its code goes.
     *
     * @param codes the interpreter's array of all tasks' code
     */
    private record Slot(Key key, Object task, Object codes, int index) {

        void put(Object code) {
            Array.set(codes, index, code);
        }
    }

    private final TornadoExecutionPlan plan;
    private final List<Long> kernels = new ArrayList<>();
    private final int compiledTasks;

    private SharedCode(TornadoExecutionPlan plan, int compiledTasks) {
        this.plan = plan;
        this.compiledTasks = compiledTasks;
    }

    /**
     * Compiles a plan.
     *
     * @param plans makes the plan of the calls, with its device and grids
     */
    static SharedCode compile(Target target, NetworkCalls calls,
            Supplier<TornadoExecutionPlan> plans) {
        if (target.sharesCode() && !unknown) {
            try {
                return compileShared(target, calls, plans);
            } catch (FailedException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e.getCause();
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                LOG.log(System.Logger.Level.DEBUG, "equal tasks are compiled one by one", e);
                unknown |= !(e instanceof RuntimeException);
            }
        }
        for (CallStep step : calls.steps()) {
            takeBack(step.call());
        }
        TornadoExecutionPlan plan = plans.get();
        plan.withPreCompilation();
        return new SharedCode(plan, calls.steps().size());
    }

    private static SharedCode compileShared(Target target, NetworkCalls calls,
            Supplier<TornadoExecutionPlan> plans)
            throws ReflectiveOperationException, FailedException {
        List<Optional<Key>> keys = calls.steps().stream().map(CallStep::call)
                .map(call -> TaskGraphs.grid(call, target).map(grid -> Key.of(target, call)))
                .toList();
        Map<Key, Call> missing = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            Call call = calls.steps().get(i).call();
            if (keys.get(i).isEmpty()) {
                takeBack(call);
            } else if (!CODES.containsKey(keys.get(i).get())) {
                missing.putIfAbsent(keys.get(i).get(), call);
            }
        }
        Optional<TranslationFile> file = missing.isEmpty()
                ? Optional.empty()
                : TranslationFile.of(target, missing.keySet().stream().map(Key::text).toList(),
                        missing.keySet().stream()
                                .<Class<?>>map(key -> key.method.getDeclaringClass())
                                .collect(Collectors.toUnmodifiableSet()));
        List<List<Translation>> known = file.map(TranslationFile::read).orElse(List.of());
        boolean kept = known.stream().mapToInt(List::size).sum() == missing.size();
        try (DriverBuilds builds = new DriverBuilds(target)) {
            if (kept) {
                Iterator<Key> next = missing.keySet().iterator();
                for (List<Translation> program : known) {
                    List<List<WorkerGrid>> grids = new ArrayList<>();
                    for (Translation translation : program) {
                        Key key = next.next();
                        Sketches.give(key.method, translation.argumentAccesses());
                        grids.add(grids(target, calls, keys, key));
                    }
                    builds.add(program, grids);
                }
            } else {
                for (Map.Entry<Key, Call> each : missing.entrySet()) {
                    builds.add(translate(target, each.getValue()),
                            grids(target, calls, keys, each.getKey()));
                }
            }
            for (Optional<Key> key : keys) {
                if (key.isPresent() && CODES.containsKey(key.get())) {
                    Sketches.give(key.get().method,
                            CODES.get(key.get()).translation().argumentAccesses());
                }
            }
            SharedCode shared = new SharedCode(plans.get(),
                    (int) keys.stream().filter(Optional::isEmpty).count()
                            + (kept ? 0 : missing.size()));
            List<Slot> slots = slots(keys, shared.plan);
            slots.forEach(slot -> slot.put(placeholder(slot.codes)));
            try {
                shared.plan.withPreCompilation();
            } catch (RuntimeException | LinkageError e) {
                throw new FailedException(e);
            }
            List<Built> built = builds.all();
            int next = 0;
            for (Key key : missing.keySet()) {
                CODES.put(key, built.get(next++));
            }
            if (!kept) {
                file.ifPresent(to -> to.write(programs(built)));
            }
            Object context = Internals.call(target.handle(), "getDeviceContext");
            for (Slot slot : slots) {
                shared.install(CODES.get(slot.key), slot, context);
            }
            return shared;
        }
    }

    /** Neighbours that the driver has in one program. */
    private static List<List<Translation>> programs(List<Built> built) {
        Map<Long, List<Translation>> programs = new LinkedHashMap<>();
        built.forEach(each -> programs.computeIfAbsent(each.handle(), key -> new ArrayList<>())
                .add(each.translation()));
        return List.copyOf(programs.values());
    }

    /** With which the tasks of one code are launched, one of each size of groups. */
    private static List<WorkerGrid> grids(Target target, NetworkCalls calls,
            List<Optional<Key>> keys, Key key) {
        Map<List<Long>, WorkerGrid> grids = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).filter(key::equals).isPresent()) {
                WorkerGrid grid = TaskGraphs.grid(calls.steps().get(i).call(), target)
                        .orElseThrow();
                grids.putIfAbsent(Arrays.stream(grid.getLocalWork()).boxed().toList(), grid);
            }
        }
        return List.copyOf(grids.values());
    }

    private static Translator translate(Target target, Call call)
            throws ReflectiveOperationException, FailedException {
        takeBack(call);
        try {
            return Translator.translate(target, call);
        } catch (RuntimeException | Error e) {
            throw new FailedException(e);
        }
    }

    /** So that TornadoVM can compile a call. */
    private static void takeBack(Call call) {
        try {
            Sketches.takeBack(methodOf(call));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing was given", e);
        }
    }

    private static Method methodOf(Call call) {
        List<Method> methods = Arrays.stream(call.owner().getDeclaredMethods())
                .filter(method -> method.getName().equals(call.method())).toList();
        if (methods.size() != 1) {
            throw new IllegalStateException(
                    "%s has %d methods %s".formatted(call.owner(), methods.size(), call.method()));
        }
        return methods.getFirst();
    }

    /** What runs the code. */
    TornadoExecutionPlan plan() {
        return plan;
    }

    /** How many tasks of the plan TornadoVM has translated; the others had code already. */
    int compiledTasks() {
        return compiledTasks;
    }

    /**
     * The tasks that have grids, in which TornadoVM makes no constants of the loops' bounds.
     *
     * @param keys of all tasks
     */
    private static List<Slot> slots(List<Optional<Key>> keys, TornadoExecutionPlan plan)
            throws ReflectiveOperationException {
        List<Slot> slots = new ArrayList<>();
        int step = 0;
        for (Object graph : Internals.graphs(plan)) {
            // the beginning of what withPreCompilation() does, which makes no interpreter again
            Internals.callPrivate(graph, "setupProfiler");
            Internals.callPrivate(graph, "compileComputeGraphToTornadoVMBytecode");
            Object interpreter = Internals.interpreter(graph);
            List<?> tasks = (List<?>) Internals.field(interpreter, "localTaskList");
            Object codes = Internals.field(interpreter, "installedCodes");
            for (int i = 0; i < tasks.size(); i++) {
                Optional<Key> key = keys.get(step++);
                if (key.isPresent()) {
                    slots.add(new Slot(key.get(), tasks.get(i), codes, i));
                }
            }
        }
        if (step != keys.size()) {
            throw new IllegalStateException(
                    "TornadoVM has %d tasks for %d".formatted(step, keys.size()));
        }
        return List.copyOf(slots);
    }

    /** Keeps TornadoVM from compiling a task, which gets its code afterwards. */
    private static Object placeholder(Object codes) {
        Class<?> type = codes.getClass().getComponentType();
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isValid" -> true;
                    default -> throw new IllegalStateException(
                            "a task without code was asked to " + method.getName());
                });
    }

    /** Gives a task a kernel of its own, and what TornadoVM notes of a task when it compiles it. */
    private void install(Built code, Slot slot, Object context)
            throws ReflectiveOperationException {
        Object program = code.program();
        long kernel = OpenCl.createKernel(code.handle(), code.kernel());
        kernels.add(kernel);
        Object meta = Internals.call(slot.task, "meta");
        Access[] accesses = (Access[]) Internals.call(meta, "getArgumentsAccess");
        Access[] own = code.translation().argumentAccesses();
        System.arraycopy(own, 0, accesses, 0, own.length);
        meta.getClass().getMethod("setCompiledGraph", Object.class).invoke(meta,
                Sketches.resolved(slot.key.method));
        Constructor<?> constructor = Internals
                .type(program, "uk.ac.manchester.tornado.drivers.opencl.graal.OCLInstalledCode")
                .getConstructors()[0];
        Class<?> kernelType = constructor.getParameterTypes()[4];
        slot.put(constructor.newInstance(code.kernel(), code.translation().source(), context,
                program, kernelType.getConstructors()[0].newInstance(kernel, context), false));
    }

    /** After the plan's memory has been freed. */
    @Override
    public void close() {
        kernels.forEach(OpenCl::releaseKernel);
        kernels.clear();
    }
}
