package dev.sepconv.engine.tornado;

import dev.sepconv.engine.tornado.Translation.Built;
import dev.sepconv.kernel.Call;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;

/**
 * A call as TornadoVM translates it for an OpenCL device, which the driver then compiles: the two
 * halves of what TornadoVM does at once.
 */
final class Translator {

    private static final String GRAPH = "translation";
    private static final String TASK = "task";

    /** Of no plan. */
    private static final long PLAN = -1;

    private final Target target;
    /** TornadoVM's objects. */
    private final Object result;
    private final Access[] accesses;

    private Translator(Target target, Object result, Access[] accesses) {
        this.target = target;
        this.result = result;
        this.accesses = accesses;
    }

    /**
     * Translates a call that has a grid, as the only one of a graph.
     *
     * @throws ReflectiveOperationException if TornadoVM's objects are not those of version 5.2
     * @throws RuntimeException or an error of TornadoVM's, if it can't translate the call
     */
    static Translator translate(Target target, Call call) throws ReflectiveOperationException {
        TaskGraph graph = new TaskGraph(GRAPH);
        call.addTo(graph, TASK);
        String name = GRAPH + "." + TASK;
        Object own = Internals.field(graph, "taskGraphImpl");
        Internals.call(own, "setDevice", name, target.handle());
        Internals.callPrivate(own, "setupProfiler");
        Object task = ((List<?>) Internals.call(Internals.field(own, "executionContext"),
                "getTasks")).getFirst();
        Object profiler = Internals.field(own, "timeProfiler");
        Internals.call(task, "attachProfiler", profiler);
        Internals.call(task, "setUseGridScheduler", true);
        Internals.call(task, "setGridScheduler",
                new GridScheduler(name, TaskGraphs.grid(call, target).orElseThrow()));
        Internals.call(Internals.call(task, "meta"), "setCompilerFlags",
                target.handle().getTornadoVMBackend(), target.compilerFlags());
        Object sketch = Sketches.of(task);
        Object backend = Internals.call(target.handle(), "getBackend");
        Class<?> compiler = Internals.type(backend,
                "uk.ac.manchester.tornado.drivers.opencl.graal.compiler.OCLCompiler");
        return new Translator(target,
                Internals.callStatic(compiler, "compileSketchForDevice", sketch, task,
                        Internals.call(backend, "getProviders"), backend, profiler),
                (Access[]) Internals.call(sketch, "getArgumentsAccess"));
    }

    /** Has the driver compile it. */
    Built build() throws ReflectiveOperationException {
        Object code = Internals.call(Internals.call(target.handle(), "getDeviceContext"),
                "installCode", PLAN, result);
        Object kernel = Internals.call(code, "getKernel");
        return new Built(
                Translation.of(((String) Internals.call(kernel, "getName")).replace("\0", ""),
                        (byte[]) Internals.call(code, "getCode"), accesses),
                Internals.call(code, "getProgram"),
                OpenCl.program((long) Internals.call(kernel, "getOclKernelID")));
    }
}
