package dev.sepconv.engine.tornado;

import dev.sepconv.Device;
import dev.sepconv.kernel.Pixels;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/** How fast a device copies a large array in its own memory, in kernels that TornadoVM compiled. */
public final class DeviceCopy {

    /** 64 MiB an array: above what most devices' last caches hold of both together. */
    private static final int FLOATS = 16 << 20;
    private static final int ATTEMPTS = 8;

    private DeviceCopy() {
    }

    /** Neighbouring work-items copy neighbouring numbers, as GPUs like it. */
    static void copyNumbers(FloatArray from, FloatArray to) {
        for (@Parallel int i = 0; i < to.getSize(); i++) {
            to.set(i, from.get(i));
        }
    }

    /** A work-item copies a vector, as CPUs like it. */
    static void copyVectors(VectorFloat16 from, VectorFloat16 to) {
        for (@Parallel int i = 0; i < to.getLength(); i++) {
            to.set(i, from.get(i));
        }
    }

    /**
     * GB/s, bytes read and bytes written, of the best of several tries by the device's clock, in
     * numbers or in vectors.
     *
     * @param device one of engine tornado's
     * @throws RuntimeException what TornadoVM throws if the device can't
     */
    public static double gigabytesPerSecond(Device device) {
        Target target = Target.all().stream().filter(each -> each.device().equals(device))
                .findFirst().orElseThrow();
        int floats = (int) Math.min(FLOATS, device.memoryBytes() / Float.BYTES / 8) / Pixels.LANES
                * Pixels.LANES;
        FloatArray numbers = new FloatArray(floats);
        FloatArray copied = new FloatArray(floats);
        numbers.init(1);
        copied.init(0);
        double best = best(target, 2.0 * Float.BYTES * floats,
                new TaskGraph("copy").transferToDevice(DataTransferMode.FIRST_EXECUTION, numbers)
                        .task("numbers", DeviceCopy::copyNumbers, numbers, copied)
                        .transferToHost(DataTransferMode.UNDER_DEMAND, copied).snapshot());
        VectorFloat16 vectors = new VectorFloat16(floats / Pixels.LANES);
        VectorFloat16 copiedVectors = new VectorFloat16(floats / Pixels.LANES);
        return Math.max(best, best(target, 2.0 * Float.BYTES * floats,
                new TaskGraph("copy").transferToDevice(DataTransferMode.FIRST_EXECUTION, vectors)
                        .task("vectors", DeviceCopy::copyVectors, vectors, copiedVectors)
                        .transferToHost(DataTransferMode.UNDER_DEMAND, copiedVectors).snapshot()));
    }

    private static double best(Target target, double bytes, ImmutableTaskGraph graph) {
        return Compiler.compile(target, () -> measure(target, bytes, graph));
    }

    private static double measure(Target target, double bytes, ImmutableTaskGraph graph) {
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph)) {
            plan.withDevice(target.handle());
            if (!target.compilerFlags().isEmpty()) {
                plan.withCompilerFlags(target.handle().getTornadoVMBackend(),
                        target.compilerFlags());
            }
            double best = 0;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                long nanos = plan.withProfiler(ProfilerMode.SILENT).execute().getProfilerResult()
                        .getDeviceKernelTime();
                best = Math.max(best, bytes / nanos);
            }
            plan.freeDeviceMemory();
            return best;
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException(
                    "TornadoVM failed to close the copy kernel's plan: " + e.getMessage(), e);
        }
    }
}
