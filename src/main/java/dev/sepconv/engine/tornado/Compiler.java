package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * TornadoVM's compilers, one a backend. One of them compiles at a time, and while it does nothing
 * else runs on TornadoVM in this process.
 *
 * <p>
 * TornadoVM 5.2 counts a kernel's parallel loops in a field of a compiler phase that all kernels of
 * a backend share ({@code TornadoTaskSpecialisation.index}), and sets it back only where the phase
 * ends well. After a kernel that can't be compiled the next one would read its grid's sizes from
 * behind the grid: its numbers would be wrong, or written anywhere in memory. So after a failure a
 * small kernel is compiled first and never run; its compilation sets the field back.
 */
final class Compiler {

    private static final Set<TornadoVMBackendType> FAILED = new HashSet<>();

    private Compiler() {
    }

    /** Does what compiles something for a device while nothing else is compiled or run. */
    static <T> T compile(Target target, Supplier<T> work) {
        TornadoVMBackendType backend = target.handle().getTornadoVMBackend();
        DeviceGraph.TORNADO.writeLock().lock();
        try {
            if (!FAILED.add(backend)) { // it stays in until this has gone well, whatever is thrown
                reset(target);
            }
            T result = work.get();
            FAILED.remove(backend);
            return result;
        } finally {
            DeviceGraph.TORNADO.writeLock().unlock();
        }
    }

    static void clear(FloatArray numbers) {
        for (@Parallel int i = 0; i < numbers.getSize(); i++) {
            numbers.set(i, 0);
        }
    }

    private static void reset(Target target) {
        FloatArray numbers = new FloatArray(1);
        try {
            TornadoExecutionPlan plan = new TornadoExecutionPlan(
                    new TaskGraph("reset").task("clear", Compiler::clear, numbers)
                            .transferToHost(DataTransferMode.UNDER_DEMAND, numbers).snapshot());
            plan.withDevice(target.handle()).withPreCompilation();
        } catch (RuntimeException | LinkageError e) {
            EngineException failure = new EngineException(
                    "TornadoVM's compiler for %s can't go on after a kernel that failed (%s): start the program again, or use another engine"
                            .formatted(target.device(), DeviceGraph.reason(e)));
            failure.addSuppressed(e); // its cause would be taken for the reason
            throw failure;
        }
    }
}
