package dev.sepconv.engine.tornado;

import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Profile;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.KernelChain;
import java.util.List;

/** A layer on a device that TornadoVM drives. */
public final class TornadoPlan implements Plan {

    private final LayerGraph graph;
    private final Runnable release;
    private final Device device;
    private final KernelChain.Choice choice;
    private final Layout layout;
    private final Shape inputShape;
    private final Shape outputShape;
    private boolean closed;

    TornadoPlan(LayerGraph graph, Runnable release, Device device, KernelChain.Choice choice, Layout layout, Shape inputShape,
            Shape outputShape) {
        this.graph = graph;
        this.release = release;
        this.device = device;
        this.choice = choice;
        this.layout = layout;
        this.inputShape = inputShape;
        this.outputShape = outputShape;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public List<String> kernels() {
        return graph.kernels();
    }

    @Override
    public Fusion fusion() {
        return KernelChain.fusion(choice.kernels());
    }

    @Override
    public boolean tuned() {
        return choice.tuned();
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
        checkOpen();
        check(input, output);
        graph.run(input.data(), output.data());
    }

    @Override
    public boolean profiles() {
        return true;
    }

    /**
     * {@link #run(Tensor, Tensor)} with TornadoVM's profiler on. It runs while nothing else runs on TornadoVM in this process, and
     * TornadoVM keeps about a kilobyte of each profile until the plan is closed: for measuring, not for production.
     */
    @Override
    public synchronized Profile profile(Tensor input, Tensor output) {
        checkOpen();
        check(input, output);
        return graph.profile(input.data(), output.data());
    }

    /** Whether both run the same compiled code on the same buffers. */
    boolean sharesCodeWith(TornadoPlan other) {
        return graph == other.graph;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
