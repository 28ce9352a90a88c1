package dev.sepconv.engine.tornado;

import dev.sepconv.Device;
import dev.sepconv.kernel.Pixels;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * What a device can do at most: multiply-adds on registers alone, in a kernel that TornadoVM
 * compiled as it does the engine's.
 */
public final class DevicePeak {

    private static final int CHAINS = 12;
    private static final int ATTEMPTS = 12;
    /** A trial has this part of the steps: a simulator would need hours for all of them. */
    private static final int TRIAL = 100;
    /** What takes a trial longer, compiled, is spared the rest. */
    private static final long SLOW_NANOS = 200_000_000;

    /**
     * How the work is shared out.
     *
     * @param itemsAUnit work-items for each of the device's processors
     * @param group work-items in a work-group
     * @param steps of each work-item
     */
    private record Sharing(int itemsAUnit, int group, int steps) {
        /**
         * A CPU's core is busy with one work-item that has vectors; a GPU's processor wants many.
         */
        static Sharing on(Device device) {
            return device.kind().equals("cpu")
                    ? new Sharing(16, 1, 20_000)
                    : new Sharing(1024, 128, 2_000);
        }
    }

    /**
     * What was measured.
     *
     * @param steps that a work-item took in the best run
     */
    record Peak(double gflops, int steps) {
    }

    private DevicePeak() {
    }

    /**
     * Twelve chains hide the latency of one multiply-add behind those of the others; the sums are
     * stored so that none is left out.
     */
    static void multiplyAdds(VectorFloat16 factors, VectorFloat16 sums, IntArray steps) {
        for (@Parallel int i = 0; i < sums.getLength(); i++) {
            Float16 factor = factors.get(0);
            Float16 term = factors.get(1);
            Float16 a = term;
            Float16 b = term;
            Float16 c = term;
            Float16 d = term;
            Float16 e = term;
            Float16 f = term;
            Float16 g = term;
            Float16 h = term;
            Float16 j = term;
            Float16 k = term;
            Float16 l = term;
            Float16 m = term;
            int count = steps.get(0);
            for (int step = 0; step < count; step++) {
                a = Float16.add(Float16.mult(a, factor), term);
                b = Float16.add(Float16.mult(b, factor), term);
                c = Float16.add(Float16.mult(c, factor), term);
                d = Float16.add(Float16.mult(d, factor), term);
                e = Float16.add(Float16.mult(e, factor), term);
                f = Float16.add(Float16.mult(f, factor), term);
                g = Float16.add(Float16.mult(g, factor), term);
                h = Float16.add(Float16.mult(h, factor), term);
                j = Float16.add(Float16.mult(j, factor), term);
                k = Float16.add(Float16.mult(k, factor), term);
                l = Float16.add(Float16.mult(l, factor), term);
                m = Float16.add(Float16.mult(m, factor), term);
            }
            Float16 first = Float16.add(Float16.add(a, b), Float16.add(c, d));
            Float16 second = Float16.add(Float16.add(e, f), Float16.add(g, h));
            Float16 third = Float16.add(Float16.add(j, k), Float16.add(l, m));
            sums.set(i, Float16.add(Float16.add(first, second), third));
        }
    }

    /**
     * GFLOP/s of the best of several tries, by the device's clock; of one short try on a device
     * that is slow.
     *
     * @param device one of engine tornado's
     * @throws RuntimeException what TornadoVM throws if the device can't
     */
    public static double gflops(Device device) {
        return peak(device, SLOW_NANOS).gflops;
    }

    /**
     * @param slowNanos by the host's clock, after which a trial is the last run
     */
    static Peak peak(Device device, long slowNanos) {
        Target target = Target.all().stream().filter(each -> each.device().equals(device))
                .findFirst().orElseThrow();
        return Compiler.compile(target, () -> measure(target, Sharing.on(device), slowNanos));
    }

    private static Peak measure(Target target, Sharing sharing, long slowNanos) {
        int items = sharing.itemsAUnit * target.units();
        VectorFloat16 factors = new VectorFloat16(2);
        factors.set(0, splat(0.999f));
        factors.set(1, splat(0.001f));
        VectorFloat16 sums = new VectorFloat16(items);
        IntArray steps = IntArray.fromElements(sharing.steps / TRIAL);
        ImmutableTaskGraph graph = new TaskGraph("peak")
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, factors)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, steps)
                .task("fma", DevicePeak::multiplyAdds, factors, sums, steps)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, sums).snapshot();
        WorkerGrid1D grid = new WorkerGrid1D(items);
        grid.setLocalWork(sharing.group, 1, 1);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph)) {
            plan.withDevice(target.handle()).withGridScheduler(new GridScheduler("peak.fma", grid));
            if (!target.compilerFlags().isEmpty()) {
                plan.withCompilerFlags(target.handle().getTornadoVMBackend(),
                        target.compilerFlags());
            }
            plan.withProfiler(ProfilerMode.SILENT).execute(); // compiles
            long start = System.nanoTime();
            double best = gflops(plan.withProfiler(ProfilerMode.SILENT).execute(), items,
                    steps.get(0));
            if (System.nanoTime() - start < slowNanos) {
                steps.set(0, sharing.steps);
                best = 0;
                for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                    best = Math.max(best, gflops(plan.withProfiler(ProfilerMode.SILENT).execute(),
                            items, steps.get(0)));
                }
            }
            plan.freeDeviceMemory();
            check(target, sums.get(0).get(0), steps.get(0));
            return new Peak(best, steps.get(0));
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException(
                    "TornadoVM failed to close the peak kernel's plan: " + e.getMessage(), e);
        }
    }

    private static double gflops(TornadoExecutionResult result, int items, int steps) {
        return 2.0 * items * steps * CHAINS * Pixels.LANES
                / result.getProfilerResult().getDeviceKernelTime();
    }

    /**
     * From 0.001 on 0.999 x + 0.001 goes towards 1, and how near it came tells the steps: so many
     * were taken, not those of another run.
     */
    private static void check(Target target, float sum, int steps) {
        double exact = CHAINS * (1 - Math.pow(0.999, steps + 1.0));
        if (!(Math.abs(sum - exact) <= 0.01 * exact)) {
            throw new IllegalStateException("the peak kernel on %s gave %s in %d steps, not %s"
                    .formatted(target.device(), sum, steps, exact));
        }
    }

    private static Float16 splat(float value) {
        Float16 vector = new Float16();
        for (int i = 0; i < Pixels.LANES; i++) {
            vector.set(i, value);
        }
        return vector;
    }
}
