package dev.sepconv.engine;

import dev.sepconv.Device;
import dev.sepconv.EngineException;
import dev.sepconv.engine.simd.VectorPeak;
import dev.sepconv.engine.tornado.DeviceCopy;
import dev.sepconv.engine.tornado.DevicePeak;
import java.util.function.DoubleSupplier;

/**
 * The most that a device does, measured: the two lines of a roofline (Williams et al. 2009).
 *
 * @param gflops multiply-adds on registers alone, a multiply-add counted as two operations, in 10^9
 * a second
 * @param gigabytesPerSecond a copy of large arrays, bytes read and bytes written, in 10^9 a second
 */
public record Peaks(double gflops, double gigabytesPerSecond) {

    /**
     * Measures them, for some seconds. TornadoVM's devices run kernels that it compiled; for the
     * other engines it is what the CPU does with all threads, by the Vector API, whatever the
     * engine makes of it.
     *
     * @param device of any engine, which is open
     * @throws EngineException if the device can't, or its clock tells no time
     */
    public static Peaks measure(Device device) {
        double gflops = measureGflops(device);
        return new Peaks(gflops,
                device.engine().equals("tornado")
                        ? measured(device, "copy", () -> DeviceCopy.gigabytesPerSecond(device))
                        : MemoryCopy.ofMemory(Runtime.getRuntime().availableProcessors()));
    }

    /** The multiply-adds alone, for about a second; as {@link #measure}. */
    public static double measureGflops(Device device) {
        if (device.engine().equals("tornado")) {
            return measured(device, "peak", () -> DevicePeak.gflops(device));
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new EngineException(
                    "the peak of device %s is measured by the Vector API: start Java with --add-modules "
                            .formatted(device) + "jdk.incubator.vector");
        }
        return VectorPeak.gflops(Runtime.getRuntime().availableProcessors());
    }

    private static double measured(Device device, String what, DoubleSupplier kernel) {
        double rate;
        try {
            rate = kernel.getAsDouble();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) { // TornadoVM and Graal report with both
            throw new EngineException(
                    "device %s can't run the %s kernel: %s".formatted(device, what, e), e);
        }
        if (!Double.isFinite(rate)) {
            throw new EngineException(
                    "device %s tells no time of the %s kernel".formatted(device, what));
        }
        return rate;
    }
}
