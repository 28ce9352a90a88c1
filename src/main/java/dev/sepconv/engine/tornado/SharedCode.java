package dev.sepconv.engine.tornado;

import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.kernel.Call;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;

/**
 * The code of a plan's tasks, compiled once in this process for all tasks that differ only in what
 * their code reads from arrays or from the grid that they are launched with: the sizes.
 *
 * <p>
 * TornadoVM 5.2 itself translates each task, and has the driver compile each, though most of a
 * network's layers have the same kernels. And it keeps the graph of each translation for ever (a
 * table of probabilities that all copies of a method's graph share has their nodes for keys), so
 * that closed plans took memory; what it keeps is now bounded by the number of different kernels.
 *
 * <pre>
 *   task: kernel, constants
 *     known: a kernel of the task's own (clCreateKernel) of the program in CODES
 *     not:   TornadoVM compiles the first of them, CODES keeps its program
 * </pre>
 *
 * <p>
 * Tasks of one program have kernels of their own, since a kernel holds its arguments. Programs stay
 * until the process ends. All of it is by reflection and for OpenCL alone; where that fails,
 * TornadoVM compiles every task. Calls come while {@link DeviceGraph#TORNADO} is held alone.
 */
final class SharedCode implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SharedCode.class.getName());

    private static final Map<Key, Code> CODES = new HashMap<>();

    /**
     * What the translation of a task depends on.
     *
     * @param constants see {@link Call#constantsInCode}
     */
    private record Key(String device, String compilerFlags, Method method, List<Object> constants) {
    }

    /**
     * @param type of TornadoVM's compiled code
     * @param program OpenCL's, which is never released
     * @param tornadoProgram TornadoVM's object for it
     * @param context TornadoVM's, of the device
     * @param accesses what it does with its arguments
     * @param method as TornadoVM's compiler knows it
     */
    private record Code(Class<?> type, long program, Object tornadoProgram, Object context,
            String entryPoint, byte[] source, Object[] accesses, Object method) {
    }

    /**
     * A task and where its code goes.
     *
     * @param codes the interpreter's array of all tasks' code
     */
    private record Slot(Key key, Object task, Object codes, int index) {

        Object code() {
            return Array.get(codes, index);
        }

        void put(Object code) {
            Array.set(codes, index, code);
        }
    }

    private final List<Long> kernels = new ArrayList<>();
    private int compiledTasks;

    private SharedCode() {
    }

    /**
     * Compiles all of a plan that isn't compiled yet.
     *
     * @param plan of the calls, with its device and grids
     */
    static SharedCode compile(Target target, NetworkCalls calls, TornadoExecutionPlan plan) {
        SharedCode shared = new SharedCode();
        List<Slot> slots = target.sharesCode() ? slots(target, calls, plan) : List.of();
        int tasks = calls.steps().size();
        Set<Key> missing = new HashSet<>();
        List<Slot> waiting = slots.stream()
                .filter(slot -> CODES.containsKey(slot.key) || !missing.add(slot.key)).toList();
        waiting.forEach(slot -> slot.put(placeholder(slot.codes)));
        plan.withPreCompilation();
        shared.compiledTasks = tasks - waiting.size();
        try {
            for (Slot slot : slots) {
                if (missing.contains(slot.key) && !CODES.containsKey(slot.key)) {
                    CODES.put(slot.key, taken(slot, target));
                }
            }
            for (Slot slot : slots) {
                shared.install(CODES.get(slot.key), slot);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "equal tasks are compiled one by one", e);
            waiting.stream().filter(slot -> Proxy.isProxyClass(slot.code().getClass()))
                    .forEach(slot -> slot.put(null));
            plan.withPreCompilation();
            shared.compiledTasks = tasks;
        }
        return shared;
    }

    /** How many tasks of the plan TornadoVM has compiled; the others had code already. */
    int compiledTasks() {
        return compiledTasks;
    }

    /**
     * The tasks that have grids, in which TornadoVM makes no constants of the loops' bounds; empty
     * if TornadoVM's objects aren't those of 5.2.
     */
    private static List<Slot> slots(Target target, NetworkCalls calls, TornadoExecutionPlan plan) {
        try {
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
                    Call call = calls.steps().get(step++).call();
                    if (TaskGraphs.grid(call, target).isPresent()) {
                        Method method = (Method) Internals.call(tasks.get(i), "getMethod");
                        slots.add(new Slot(new Key(target.device().id(), target.compilerFlags(),
                                method, call.constantsInCode()), tasks.get(i), codes, i));
                    }
                }
            }
            if (step != calls.steps().size()) {
                throw new IllegalStateException(
                        "TornadoVM has %d tasks for %d".formatted(step, calls.steps().size()));
            }
            return List.copyOf(slots);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "equal tasks are compiled one by one", e);
            return List.of();
        }
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

    /** The code that TornadoVM has compiled, of which the end of the plan releases the kernel. */
    private static Code taken(Slot slot, Target target) throws ReflectiveOperationException {
        Object code = slot.code();
        Object kernel = Internals.call(code, "getKernel");
        Object meta = Internals.call(slot.task, "meta");
        Object[] accesses = (Object[]) Internals.call(meta, "getArgumentsAccess");
        long program = OpenCl.program((long) Internals.call(kernel, "getOclKernelID"));
        Code taken = new Code(code.getClass(), program, Internals.call(code, "getProgram"),
                Internals.call(target.handle(), "getDeviceContext"),
                ((String) Internals.call(kernel, "getName")).replace("\0", ""),
                (byte[]) Internals.call(code, "getCode"), accesses.clone(),
                Internals.call(meta, "getCompiledResolvedJavaMethod"));
        OpenCl.retainProgram(program); // TornadoVM releases it with the plan
        return taken;
    }

    /** Gives a task a kernel of its own, and what TornadoVM notes of a task when it compiles it. */
    private void install(Code code, Slot slot) throws ReflectiveOperationException {
        long kernel = OpenCl.createKernel(code.program, code.entryPoint);
        kernels.add(kernel);
        Object meta = Internals.call(slot.task, "meta");
        Object[] accesses = (Object[]) Internals.call(meta, "getArgumentsAccess");
        System.arraycopy(code.accesses, 0, accesses, 0, accesses.length);
        meta.getClass().getMethod("setCompiledGraph", Object.class).invoke(meta, code.method);
        Constructor<?> constructor = code.type.getConstructors()[0];
        Class<?> kernelType = constructor.getParameterTypes()[4];
        Object own = kernelType.getConstructors()[0].newInstance(kernel, code.context);
        slot.put(constructor.newInstance(code.entryPoint, code.source, code.context,
                code.tornadoProgram, own, false));
    }

    /** After the plan's memory has been freed. */
    @Override
    public void close() {
        kernels.forEach(OpenCl::releaseKernel);
        kernels.clear();
    }
}
