package dev.sepconv.engine.java;

import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.KernelChain;
import dev.sepconv.engine.Measurements;
import dev.sepconv.engine.NetworkCalls;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.KernelCall;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The {@code @Parallel} kernels called as the plain methods that they are, on one thread: slow, and exactly what they say. */
public final class JavaEngine implements Engine {

    private static final Device DEVICE = new Device("java", "java", "Java " + Runtime.version().feature() + ", 1 thread", "jvm",
            "cpu", Runtime.getRuntime().maxMemory());

    private volatile boolean closed;

    private JavaEngine() {
    }

    /**
     * @throws EngineException if the array types of TornadoVM's API, which the kernels use, are not there
     */
    public static JavaEngine open() {
        try {
            Class.forName("uk.ac.manchester.tornado.api.types.arrays.FloatArray", false, JavaEngine.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new EngineException("engine java needs TornadoVM's API for its array types: add tornado-api to the module path "
                    + "(scripts/sepconv does), or use the simd engine", e);
        }
        return new JavaEngine();
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public List<Device> devices() {
        return List.of(DEVICE);
    }

    @Override
    public Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device, Fusion fusion) {
        Objects.requireNonNull(layout, "layout");
        checkDevice(device);
        KernelChain.Choice choice = KernelChain.choose(layer, input, layout, DeviceClass.OTHER, Measurements.NONE, fusion);
        return new JavaPlan(KernelChain.of(layer, weights, input, layout, choice.kernels()), layout, input,
                layer.outputShape(input));
    }

    @Override
    public Set<Fusion> fusions(Layer layer, Shape input, Layout layout, Device device) {
        checkDevice(device);
        return Fusion.available(KernelChain.fused(layer, input, layout).isPresent());
    }

    @Override
    public NetworkPlan compile(Network network, Device device, Fusion fusion) {
        checkDevice(device);
        return new JavaNetworkPlan(DEVICE, NetworkCalls.of(network, DeviceClass.OTHER), () -> closed);
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
        if (!device.equals(DEVICE)) {
            throw new IllegalArgumentException("device is %s; engine java has only %s".formatted(device, DEVICE));
        }
    }

    private final class JavaPlan implements Plan {

        private final List<KernelCall> calls;
        private final Layout layout;
        private final Shape inputShape;
        private final Shape outputShape;
        private boolean planClosed;

        JavaPlan(List<KernelCall> calls, Layout layout, Shape inputShape, Shape outputShape) {
            this.calls = calls;
            this.layout = layout;
            this.inputShape = inputShape;
            this.outputShape = outputShape;
        }

        @Override
        public Device device() {
            return DEVICE;
        }

        @Override
        public List<String> kernels() {
            return calls.stream().map(KernelCall::name).toList();
        }

        @Override
        public Fusion fusion() {
            return KernelChain.fusion(calls.stream().map(KernelCall::kernel).toList());
        }

        @Override
        public Layout layout() {
            return layout;
        }

        @Override
        public Shape inputShape() {
            return inputShape;
        }

        @Override
        public Shape outputShape() {
            return outputShape;
        }

        @Override
        public synchronized void run(Tensor input, Tensor output) {
            if (planClosed || closed) {
                throw new IllegalStateException(planClosed ? "the plan is closed" : "the engine of this plan is closed");
            }
            check(input, output);
            calls.getFirst().read(input.data());
            calls.forEach(KernelCall::run);
            calls.getLast().write(output.data());
        }

        @Override
        public synchronized void close() {
            planClosed = true;
        }
    }
}
