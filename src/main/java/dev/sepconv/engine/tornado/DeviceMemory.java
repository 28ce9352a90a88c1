package dev.sepconv.engine.tornado;

import dev.sepconv.Device;
import dev.sepconv.OutOfMemoryException;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of a device's memory the open plans of this process take. TornadoVM itself would only
 * notice at the first run, and then doesn't say how much is missing.
 */
final class DeviceMemory {

    private static final ConcurrentHashMap<String, DeviceMemory> BY_DEVICE = new ConcurrentHashMap<>();

    private final Device device;
    private final long largestBuffer;
    private long taken;

    private DeviceMemory(Device device, long largestBuffer) {
        this.device = device;
        this.largestBuffer = largestBuffer;
    }

    /** The one account of a device, whichever engine asks. */
    static DeviceMemory of(Device device, long largestBuffer) {
        return BY_DEVICE.computeIfAbsent(device.id(),
                id -> new DeviceMemory(device, largestBuffer));
    }

    /**
     * Takes memory for a plan.
     *
     * @param bytes of all its buffers together
     * @param largest bytes of its largest buffer
     * @throws OutOfMemoryException if the device hasn't that much left, or can't have so large a
     * buffer
     */
    synchronized void take(long bytes, long largest) {
        if (largest >= largestBuffer) {
            throw new OutOfMemoryException(
                    "layer needs a buffer of %s; device %s allows less than %s in one: use a smaller input, or split it"
                            .formatted(mebibytes(largest), device, mebibytes(largestBuffer)));
        }
        if (bytes > device.memoryBytes() - taken) {
            throw new OutOfMemoryException(
                    "layer needs %s; device %s has %s for tensors, of which open plans take %s: close plans, or start Java with a larger -Dtornado.device.memory"
                            .formatted(mebibytes(bytes), device, mebibytes(device.memoryBytes()),
                                    mebibytes(taken)));
        }
        taken += bytes;
    }

    synchronized void giveBack(long bytes) {
        taken -= bytes;
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
