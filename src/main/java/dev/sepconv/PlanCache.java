package dev.sepconv;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Plans by the sizes of what goes in, no more than a bound: where a new one is needed, the one that
 * was not used for the longest is closed, which frees its memory, as soon as nobody runs it any
 * more. {@link Sepconv#plans} makes one. It is safe for use by several threads; one plan runs one
 * input at a time.
 */
public final class PlanCache implements AutoCloseable {

    private final int bound;
    private final Function<InputSizes, NetworkPlan> compile;
    /** In the order in which they were last used. */
    private final Map<InputSizes, Entry> plans = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    private static final class Entry {
        private final NetworkPlan plan;
        private int users;
        private boolean dropped;

        Entry(NetworkPlan plan) {
            this.plan = plan;
        }
    }

    private PlanCache(int bound, Function<InputSizes, NetworkPlan> compile) {
        this.bound = bound;
        this.compile = compile;
    }

    /**
     * An empty cache.
     *
     * @param bound how many plans are kept, at least 1; while plans run that were put out, there
     * are so many more
     * @param compile a plan for those sizes, which the cache closes; others wait while it runs
     * @throws IllegalArgumentException if {@code bound} is below 1
     */
    public static PlanCache of(int bound, Function<InputSizes, NetworkPlan> compile) {
        Checks.atLeast("bound", bound, 1);
        return new PlanCache(bound, compile);
    }

    /**
     * Runs the plan for an input of these sizes, of a network of one input and one output.
     *
     * @throws RuntimeException as {@link #with} and {@link NetworkPlan#run(NdArray)}
     */
    public NdArray run(NdArray input) {
        return with(InputSizes.of(input.dims()), plan -> plan.run(input));
    }

    /**
     * Runs the plan for inputs of these sizes.
     *
     * @return the outputs by name, in new arrays
     * @throws RuntimeException as {@link #with} and {@link NetworkPlan#run(Map)}
     */
    public Map<String, NdArray> run(Map<String, NdArray> inputs) {
        Map<String, Dims> sizes = new LinkedHashMap<>();
        inputs.forEach((name, array) -> sizes.put(name, array.dims()));
        return with(new InputSizes(sizes, Map.of(), null), plan -> plan.run(inputs));
    }

    /**
     * Does something with the plan for those sizes, which stays open meanwhile.
     *
     * @throws RuntimeException if there is none and it can't be compiled, as that threw it
     * @throws IllegalStateException if the cache is closed
     */
    public <T> T with(InputSizes sizes, Function<NetworkPlan, T> use) {
        Entry entry = take(sizes);
        try {
            return use.apply(entry.plan);
        } finally {
            release(entry);
        }
    }

    /** How many plans are kept now. */
    public synchronized int size() {
        return plans.size();
    }

    private synchronized Entry take(InputSizes sizes) {
        if (closed) {
            throw new IllegalStateException("the cache of plans is closed");
        }
        Entry entry = plans.get(sizes);
        if (entry == null) {
            if (plans.size() >= bound) {
                // first, so that there is room
                drop(plans.remove(plans.keySet().iterator().next()));
            }
            entry = new Entry(compile.apply(sizes));
            plans.put(sizes, entry);
        }
        entry.users++;
        return entry;
    }

    private synchronized void release(Entry entry) {
        entry.users--;
        closeUnused(entry);
    }

    private static void drop(Entry entry) {
        entry.dropped = true;
        closeUnused(entry);
    }

    private static void closeUnused(Entry entry) {
        if (entry.dropped && entry.users == 0) {
            entry.plan.close();
        }
    }

    /** Closes all plans, those that run when their runs end. */
    @Override
    public synchronized void close() {
        closed = true;
        List.copyOf(plans.values()).forEach(PlanCache::drop);
        plans.clear();
    }

    @Override
    public synchronized String toString() {
        return "%s of at most %d".formatted(Checks.count(plans.size(), "plan"), bound);
    }
}
