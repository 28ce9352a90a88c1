package dev.sepconv.engine.tornado;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * TornadoVM's cache of what it makes of a method before it compiles it for a device
 * ({@code TornadoSketcher.cache}), which it never empties.
 *
 * <p>
 * Each compilation works on a copy of the cached graph, and a copied {@code switch} shares its
 * table of probabilities with the original: a map from nodes, in which each copy's nodes end up,
 * and with them the whole copy. Each plan that was ever compiled kept 600 kB for a fused kernel. So
 * here each compilation makes these graphs anew, and what it leaves takes the place of what the one
 * before left. It can't be taken out: TornadoVM's interpreter looks it up at each run.
 */
final class Sketches {

    private static final System.Logger LOG = System.getLogger(Sketches.class.getName());
    private static final String CLASS = "uk.ac.manchester.tornado.runtime.sketcher.TornadoSketcher";

    /** By method a list of entries, one for each device. Empty where TornadoVM is another one. */
    private static final Map<Object, List<Object>> CACHE = find();

    /** The methods that compilations of ours put there; others' stay as they are. */
    private static final Set<Object> OURS = new HashSet<>();

    private Sketches() {
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, List<Object>> find() {
        try {
            Field cache = Class.forName(CLASS).getDeclaredField("cache");
            cache.setAccessible(true);
            return (Map<Object, List<Object>>) cache.get(null);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "TornadoVM keeps memory of each compilation", e);
            return Map.of();
        }
    }

    /** Runs a compilation; nothing else is compiled or run by the engine meanwhile. */
    static <T> T renewed(Supplier<T> compilation) {
        Map<Object, List<Object>> earlier = new HashMap<>();
        for (Object method : OURS) {
            List<Object> entries = CACHE.remove(method);
            if (entries != null) {
                earlier.put(method, entries);
            }
        }
        Set<Object> others = new HashSet<>(CACHE.keySet());
        try {
            return compilation.get();
        } finally {
            CACHE.keySet().stream().filter(method -> !others.contains(method)).forEach(OURS::add);
            earlier.forEach(Sketches::putBack);
        }
    }

    /** What open plans for other devices look up. */
    private static void putBack(Object method, List<Object> earlier) {
        List<Object> entries = CACHE.putIfAbsent(method, earlier);
        if (entries == null) {
            return;
        }
        List<Object> devices = new ArrayList<>(entries.stream().map(Sketches::device).toList());
        for (Object entry : earlier) {
            if (!devices.contains(device(entry))) {
                entries.add(entry);
                devices.add(device(entry));
            }
        }
    }

    /** The device that an entry is for. */
    private static Object device(Object entry) {
        try {
            return List.of(value(entry, "driverIndex"), value(entry, "deviceIndex"));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("TornadoVM's cache is another one than in 5.2", e);
        }
    }

    private static Object value(Object entry, String name) throws ReflectiveOperationException {
        Field field = entry.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(entry);
    }
}
