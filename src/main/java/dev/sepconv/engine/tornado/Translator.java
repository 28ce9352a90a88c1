package dev.sepconv.engine.tornado;

import dev.sepconv.engine.tornado.Translation.Built;
import dev.sepconv.kernel.Call;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final Pattern KERNEL = Pattern.compile("__kernel void (\\w+)\\(");

    private static Method reader;

    /** Of no plan. */
    private static final long PLAN = -1;

    private final Target target;
    /** TornadoVM's objects. */
    private final Object task;
    private final Object result;
    private final Access[] accesses;

    private Translator(Target target, Object task, Object result, Access[] accesses) {
        this.target = target;
        this.task = task;
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
        return new Translator(target, task,
                Internals.callStatic(compiler, "compileSketchForDevice", sketch, task,
                        Internals.call(backend, "getProviders"), backend, profiler),
                (Access[]) Internals.call(sketch, "getArgumentsAccess"));
    }

    /** What TornadoVM made of it, for {@link Translation#build}. */
    Translation translation() throws ReflectiveOperationException {
        byte[] source = (byte[]) reader(task.getClass()).invoke(null, result);
        Matcher kernel = KERNEL.matcher(new String(source, StandardCharsets.ISO_8859_1));
        if (!kernel.find()) {
            throw new IllegalStateException("TornadoVM has made no kernel");
        }
        return Translation.of(kernel.group(1), source, accesses);
    }

    /**
     * What reads the code of a result: Graal shows it to TornadoVM's modules alone, so it is a
     * method of a class that is made in one of them.
     *
     * @param neighbour of a module that may see it and is open to all
     */
    private static synchronized Method reader(Class<?> neighbour)
            throws ReflectiveOperationException {
        if (reader == null) {
            String name = neighbour.getPackageName() + ".SepconvReader";
            Class<?> type;
            try { // made by another loader's copy of this class
                type = Class.forName(name, true, neighbour.getClassLoader());
            } catch (ClassNotFoundException none) {
                type = MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup())
                        .defineClass(readerClass(name));
            }
            reader = type.getMethod("read", Object.class);
        }
        return reader;
    }

    private static byte[] readerClass(String name) {
        ClassDesc result = ClassDesc.of("jdk.graal.compiler.code.CompilationResult");
        ClassDesc bytes = ConstantDescs.CD_byte.arrayType();
        return ClassFile.of().build(ClassDesc.of(name),
                type -> type.withFlags(ClassFile.ACC_PUBLIC).withMethodBody("read",
                        MethodTypeDesc.of(bytes, ConstantDescs.CD_Object),
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                        code -> code.aload(0).checkcast(result)
                                .invokevirtual(result, "getTargetCode", MethodTypeDesc.of(bytes))
                                .areturn()));
    }

    /** Has the driver compile it, as TornadoVM does. */
    Built build() throws ReflectiveOperationException {
        Object code = Internals.call(Internals.call(target.handle(), "getDeviceContext"),
                "installCode", PLAN, result);
        Object kernel = Internals.call(code, "getKernel");
        String name = ((String) Internals.call(kernel, "getName")).replace("\0", "");
        return new Built(Translation.of(name, (byte[]) Internals.call(code, "getCode"), accesses),
                Internals.call(code, "getProgram"),
                OpenCl.program((long) Internals.call(kernel, "getOclKernelID")), name);
    }
}
