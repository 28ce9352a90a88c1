package dev.sepconv.bulk;

import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.InputSizes;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.PlanCache;
import dev.sepconv.engine.Batches;
import dev.sepconv.engine.EngineDevice;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.SplitEngine;
import dev.sepconv.engine.simd.CpuThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** On which devices the pictures of a folder run, and how many at once on each. */
public final class DeviceLanes implements AutoCloseable {

    /** Where sizes are open, for so many of them plans are kept. */
    private static final int SIZES = 4;
    private static final int ACCELERATORS_BATCH = 8;

    private final List<Lane> lanes = new ArrayList<>();
    private final List<PlanCache> plans = new ArrayList<>();
    private int batch;
    private long compileNanos;

    private DeviceLanes() {
    }

    /**
     * Compiles the network for each device of the choice.
     *
     * @param batch how many pictures at once; null for what suits the device
     * @throws IllegalArgumentException if the network can't take so many at once
     */
    public static DeviceLanes open(Engines.Choice choice, BulkModel model, Integer batch) {
        DeviceLanes lanes = new DeviceLanes();
        try {
            if (choice.engine() instanceof SplitEngine several) {
                for (EngineDevice member : several.members()) {
                    lanes.add(member.engine(), member.device(), model, batch);
                }
            } else {
                lanes.add(choice.engine(), choice.device(), model, batch);
            }
            return lanes;
        } catch (RuntimeException | Error e) {
            lanes.close();
            throw e;
        }
    }

    private void add(Engine engine, Device device, BulkModel model, Integer wanted) {
        int each = batch(device, model, wanted);
        int beside = beside(device, model);
        Function<InputSizes, NetworkPlan> compile = sizes -> {
            Network network = Batches.of(model.network(sizes), each);
            return beside == 1
                    ? engine.compile(network, device)
                    : engine.pool(network, device, beside);
        };
        PlanCache cache = model.isOpen()
                ? PlanCache.of(SIZES, PlanLane.unfit(compile))
                : PlanCache.of(1, compile);
        plans.add(cache);
        batch = Math.max(batch, each);
        if (!model.isOpen()) {
            long start = System.nanoTime();
            Dims input = model.example().inputs().values().iterator().next();
            cache.with(InputSizes.of(input), NetworkPlan::device);
            compileNanos += System.nanoTime() - start;
        }
        for (int i = 0; i < beside; i++) {
            lanes.add(new PlanLane(device.id(), each, cache));
        }
    }

    private static int batch(Device device, BulkModel model, Integer wanted) {
        if (wanted != null) {
            return wanted;
        }
        if (device.kind().equals("cpu")) {
            return 1;
        }
        try {
            Batches.of(model.example(), ACCELERATORS_BATCH);
            return ACCELERATORS_BATCH;
        } catch (IllegalArgumentException e) {
            // it reads across images; nobody asked for a batch
            return 1;
        }
    }

    /**
     * How many runs go on at once: one for each core of a CPU whose engine can share them out, if
     * there is memory for so many times the weights.
     */
    private static int beside(Device device, BulkModel model) {
        if (!device.engine().equals("simd") && !device.engine().equals("java")) {
            return 1;
        }
        long weights = 2 * Float.BYTES * Math.max(1, model.example().parameters());
        long most = Runtime.getRuntime().maxMemory() / 4 / weights;
        return (int) Math.clamp(most, 1, CpuThreads.count());
    }

    public List<Lane> all() {
        return lanes;
    }

    /** How many pictures go through the network at once. */
    public int batch() {
        return batch;
    }

    public double compileMillis() {
        return compileNanos / 1e6;
    }

    @Override
    public void close() {
        plans.forEach(PlanCache::close);
    }
}
