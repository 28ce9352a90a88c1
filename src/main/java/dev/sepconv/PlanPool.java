package dev.sepconv;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntFunction;

/**
 * Several plans of one network for several threads: each run takes a plan that is free, and waits
 * only where none is. {@link Sepconv#pool} makes one. It is safe for use by all threads.
 */
public final class PlanPool implements NetworkPlan {

    private final List<NetworkPlan> plans;
    private final BlockingQueue<NetworkPlan> free;
    private volatile boolean closed;

    private PlanPool(List<NetworkPlan> plans) {
        this.plans = List.copyOf(plans);
        this.free = new ArrayBlockingQueue<>(plans.size(), true, plans);
    }

    /**
     * A pool of plans that are there already.
     *
     * @param plans of the same network, at least one; the pool closes them
     * @throws IllegalArgumentException if there is none, or their inputs or outputs differ
     */
    public static PlanPool of(List<NetworkPlan> plans) {
        if (plans.isEmpty()) {
            throw new IllegalArgumentException("plans is empty; a pool needs at least one");
        }
        Network first = plans.getFirst().network();
        for (NetworkPlan plan : plans) {
            Network network = plan.network();
            if (!network.inputs().equals(first.inputs()) || !ends(network).equals(ends(first))) {
                throw new IllegalArgumentException(
                        "plans take %s and give %s, or take %s and give %s; a pool's are all of one network"
                                .formatted(first.inputs(), ends(first), network.inputs(),
                                        ends(network)));
            }
        }
        return new PlanPool(plans);
    }

    /**
     * A pool of plans that are compiled now; if one can't be, those before it are closed.
     *
     * @param plans how many, at least 1
     * @param compile the plan of that index, counted from 0
     */
    public static PlanPool compile(int plans, IntFunction<NetworkPlan> compile) {
        Checks.atLeast("plans", plans, 1);
        List<NetworkPlan> compiled = new ArrayList<>();
        try {
            for (int i = 0; i < plans; i++) {
                compiled.add(compile.apply(i));
            }
            return of(compiled);
        } catch (RuntimeException | Error e) {
            compiled.forEach(NetworkPlan::close);
            throw e;
        }
    }

    private static Map<String, Dims> ends(Network network) {
        Map<String, Dims> ends = new LinkedHashMap<>();
        network.outputs().forEach(name -> ends.put(name, network.dims(name)));
        return ends;
    }

    /** How many runs go on at once. */
    public int size() {
        return plans.size();
    }

    @Override
    public Device device() {
        return plans.getFirst().device();
    }

    @Override
    public Network network() {
        return plans.getFirst().network();
    }

    /** Of all plans together. */
    @Override
    public long intermediateBytes() {
        return plans.stream().mapToLong(NetworkPlan::intermediateBytes).sum();
    }

    @Override
    public List<String> kernels() {
        return plans.getFirst().kernels();
    }

    @Override
    public Fusion fusion() {
        return plans.getFirst().fusion();
    }

    @Override
    public boolean tuned() {
        return plans.getFirst().tuned();
    }

    @Override
    public Map<String, List<Integer>> winogradStages() {
        return plans.getFirst().winogradStages();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException also if the thread is interrupted while no plan is free
     */
    @Override
    public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        NetworkPlan plan = take();
        try {
            plan.run(inputs, outputs);
        } finally {
            free.add(plan);
        }
    }

    @Override
    public List<NodeTime> profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        NetworkPlan plan = take();
        try {
            return plan.profile(inputs, outputs);
        } finally {
            free.add(plan);
        }
    }

    private NetworkPlan take() {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        try {
            return free.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while all %s of the pool ran"
                    .formatted(Checks.count(plans.size(), "plan")), e);
        }
    }

    /** Waits for the runs that go on. */
    @Override
    public void close() {
        closed = true;
        List<RuntimeException> failures = new ArrayList<>();
        for (NetworkPlan plan : plans) {
            try {
                plan.close();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    @Override
    public String toString() {
        return "%s of %s".formatted(Checks.count(plans.size(), "plan"), plans.getFirst());
    }
}
