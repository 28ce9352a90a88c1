package dev.sepconv.bulk;

import dev.sepconv.Dims;
import dev.sepconv.NetworkPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Plans by the sizes of what goes in, no more than a bound: where a new one is needed, the one that
 * was not used for the longest is closed when nobody runs it any more.
 */
public final class PlanCache implements AutoCloseable {

    private final int bound;
    private final Function<Dims, NetworkPlan> compile;
    /** In the order in which they were last used. */
    private final Map<Dims, Entry> plans = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Entry {
        private final NetworkPlan plan;
        private int users;
        private boolean dropped;

        Entry(NetworkPlan plan) {
            this.plan = plan;
        }
    }

    /**
     * @param bound how many plans there may be, at least 1
     * @param compile a plan for inputs of those sizes; it runs while others wait
     */
    public PlanCache(int bound, Function<Dims, NetworkPlan> compile) {
        this.bound = bound;
        this.compile = compile;
    }

    /**
     * Compiles the plan for those sizes now, if it isn't there.
     *
     * @throws RuntimeException if it can't be compiled, as that threw it
     */
    public void prepare(Dims sizes) {
        release(take(sizes));
    }

    /**
     * Does something with the plan for those sizes, which stays open meanwhile.
     *
     * @throws UnfitException if there is none and it can't be compiled
     */
    <T> T with(Dims sizes, Function<NetworkPlan, T> use) {
        Entry entry;
        try {
            entry = take(sizes);
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new UnfitException("of the size %s it can't be run: %s".formatted(sizes,
                    e.getMessage() == null ? e.toString() : e.getMessage()), e);
        }
        try {
            return use.apply(entry.plan);
        } finally {
            release(entry);
        }
    }

    private synchronized Entry take(Dims sizes) {
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
        List.copyOf(plans.values()).forEach(PlanCache::drop);
        plans.clear();
    }
}
