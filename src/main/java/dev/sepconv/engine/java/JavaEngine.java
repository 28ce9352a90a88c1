package dev.sepconv.engine.java;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.KernelChoice;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.kernel.DeviceClass;
import java.util.List;

/**
 * The {@code @Parallel} kernels called as the plain methods that they are, on one thread: slow, and
 * exactly what they say.
 */
public final class JavaEngine implements Engine {

    private static final Device DEVICE = new Device("java", "java",
            "Java " + Runtime.version().feature() + ", 1 thread", "jvm", "cpu",
            Runtime.getRuntime().maxMemory());

    private volatile boolean closed;

    private JavaEngine() {
    }

    /**
     * @throws EngineException if the array types of TornadoVM's API, which the kernels use, are not
     * there
     */
    public static JavaEngine open() {
        try {
            Class.forName("uk.ac.manchester.tornado.api.types.arrays.FloatArray", false,
                    JavaEngine.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new EngineException(
                    "engine java needs TornadoVM's API for its array types: add tornado-api to the module path "
                            + "(scripts/sepconv does), or use the simd engine",
                    e);
        }
        return new JavaEngine();
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public String toString() {
        return "engine " + name();
    }

    @Override
    public List<Device> devices() {
        return List.of(DEVICE);
    }

    @Override
    public NetworkPlan compile(Network network, Device device, Fusion fusion) {
        checkDevice(device);
        if (fusion == Fusion.FUSED) {
            Fusion.requireFused(network,
                    (depthwise, pointwise, input) -> fuses(depthwise, pointwise, input, device),
                    "there is no kernel for that depthwise convolution and the pointwise one at once");
        }
        return new JavaNetworkPlan(DEVICE,
                NetworkCalls.of(network, KernelChoice.of(DeviceClass.OTHER, fusion)), () -> closed);
    }

    @Override
    public boolean fuses(Conv2d depthwise, Conv2d pointwise, Shape input, Device device) {
        checkDevice(device);
        return KernelChoice.both(depthwise, pointwise, input, kernel -> true).isPresent();
    }

    /** Its plans hold nothing that they would have to give back. */
    @Override
    public void close() {
        closed = true;
    }

    private void checkDevice(Device device) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        if (!DEVICE.equals(device)) {
            throw new IllegalArgumentException(
                    "device is %s; engine java has only %s".formatted(device, DEVICE));
        }
    }
}
