package dev.sepconv.engine.tornado;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * The first half of TornadoVM's translations, which it does for each method that becomes a task and
 * keeps. Where a task's code is known already only the accesses are asked for: then it is given
 * them, and spared the work.
 */
final class Sketches {

    private static final String PACKAGE = "uk.ac.manchester.tornado.runtime.sketcher.";

    /** Methods of which TornadoVM has the accesses alone, as it knows them. */
    private static final Set<Object> GIVEN = new HashSet<>();

    private Sketches() {
    }

    /** Gives TornadoVM a method's accesses, unless it has a sketch of it. */
    static void give(Method method, Access[] accesses) throws ReflectiveOperationException {
        Object resolved = resolved(method);
        if (all().containsKey(resolved)) {
            return;
        }
        Object sketch = create(type("Sketch"), null, accesses, false);
        TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < runtime.getNumBackends(); i++) {
            for (int j = 0; j < runtime.getBackend(i).getNumDevices(); j++) {
                entries.add(create(type("TornadoSketcher$TornadoSketcherCacheEntry"), i, j,
                        CompletableFuture.completedFuture(sketch)));
            }
        }
        GIVEN.add(resolved);
        all().put(resolved, entries);
    }

    /** So that TornadoVM translates a method. */
    static void takeBack(Method method) throws ReflectiveOperationException {
        if (GIVEN.isEmpty()) {
            return;
        }
        Object resolved = resolved(method);
        if (GIVEN.remove(resolved)) {
            all().remove(resolved);
        }
    }

    /** TornadoVM's sketch of a task's method; waits for it. */
    static Object of(Object task) throws ReflectiveOperationException {
        Object meta = Internals.call(task, "meta");
        return Internals.callStatic(type("TornadoSketcher"), "lookup",
                resolved((Method) Internals.call(task, "getMethod")),
                Internals.call(meta, "getBackendIndex"), Internals.call(meta, "getDeviceIndex"));
    }

    /** A method as TornadoVM's compiler knows it. */
    static Object resolved(Method method) throws ReflectiveOperationException {
        return Internals.call(TornadoRuntimeProvider.getTornadoRuntime(), "resolveMethod", method);
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, List<Object>> all() throws ReflectiveOperationException {
        return (Map<Object, List<Object>>) Internals.field(type("TornadoSketcher"), "cache");
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Internals.type(TornadoRuntimeProvider.getTornadoRuntime(), PACKAGE + name);
    }

    private static Object create(Class<?> type, Object... arguments)
            throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
    }
}
