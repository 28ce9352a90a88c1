package dev.sepconv.engine.tornado;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;

/**
 * What TornadoVM's objects hold, read by reflection, since its API has no word for it. Whoever
 * reads it must have another way for versions whose objects are others than those of 5.2.
 */
final class Internals {

    private Internals() {
    }

    /** A plan's graphs, in their order. */
    static List<Object> graphs(TornadoExecutionPlan plan) throws ReflectiveOperationException {
        List<Object> graphs = new ArrayList<>();
        for (Object each : (List<?>) field(field(plan, "tornadoExecutor"),
                "immutableTaskGraphList")) {
            graphs.add(field(field(each, "taskGraph"), "taskGraphImpl"));
        }
        return graphs;
    }

    /** What runs a graph on its one device. */
    static Object interpreter(Object graph) throws ReflectiveOperationException {
        return Array.get(field(field(graph, "vm"), "tornadoVMInterpreters"), 0);
    }

    static Object field(Object owner, String name) throws ReflectiveOperationException {
        return accessible(owner.getClass(), name).get(owner);
    }

    /** A static field's value. */
    static Object field(Class<?> owner, String name) throws ReflectiveOperationException {
        return accessible(owner, name).get(null);
    }

    static void set(Object owner, String name, Object value) throws ReflectiveOperationException {
        accessible(owner.getClass(), name).set(owner, value);
    }

    private static Field accessible(Class<?> owner, String name) throws NoSuchFieldException {
        for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(owner.getName() + "." + name);
    }

    /** A class of TornadoVM's that its API doesn't have. */
    static Class<?> type(Object neighbour, String name) throws ClassNotFoundException {
        return Class.forName(name, true, neighbour.getClass().getClassLoader());
    }

    /** Calls a public method that takes nothing. */
    static Object call(Object owner, String name) throws ReflectiveOperationException {
        return owner.getClass().getMethod(name).invoke(owner);
    }

    /** Calls a method that is its class's own and takes nothing, and throws what it throws. */
    static void callPrivate(Object owner, String name) throws ReflectiveOperationException {
        Method method = owner.getClass().getDeclaredMethod(name);
        method.setAccessible(true);
        invoke(method, owner);
    }

    /** Calls the only public method of that name, and throws what it throws. */
    static Object call(Object owner, String name, Object... arguments)
            throws ReflectiveOperationException {
        for (Method method : owner.getClass().getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
                return invoke(method, owner, arguments);
            }
        }
        throw new NoSuchMethodException(owner.getClass().getName() + "." + name);
    }

    /** Calls the only public static method of that name, and throws what it throws. */
    static Object callStatic(Class<?> owner, String name, Object... arguments)
            throws ReflectiveOperationException {
        for (Method method : owner.getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
                return invoke(method, null, arguments);
            }
        }
        throw new NoSuchMethodException(owner.getName() + "." + name);
    }

    private static Object invoke(Method method, Object owner, Object... arguments)
            throws ReflectiveOperationException {
        try {
            return method.invoke(owner, arguments);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                default -> throw e;
            }
        }
    }
}
