package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Op;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.java.JavaEngine;
import java.util.List;

/**
 * An engine that refuses depthwise convolutions, breaks on chains of two, and is wrong in one
 * element for 5x5.
 */
public final class FaultyEngine implements Engine {

    public static final Device DEVICE = new Device("faulty", "faulty:0", "Faulty <b>device</b>",
            "none", "cpu", 1);

    private final Engine right = JavaEngine.open();

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public List<Device> devices() {
        return List.of(DEVICE);
    }

    @Override
    public Plan compile(Op.Convolve layer, Shape input, Layout layout, Device device,
            Fusion fusion) {
        if (layer.layer().stages().size() > 1) {
            throw new IllegalStateException("chains break it");
        }
        if (layer.layer().stages().getFirst().isDepthwise()) {
            throw new EngineException("device <faulty> is out of memory");
        }
        boolean wrong = layer.layer().stages().getFirst().kernelHeight() == 5;
        Plan plan = right.compile(layer, input);
        return new Plan() {
            @Override
            public Device device() {
                return DEVICE;
            }

            @Override
            public Layout layout() {
                return layout;
            }

            @Override
            public Shape inputShape() {
                return plan.inputShape();
            }

            @Override
            public Shape outputShape() {
                return plan.outputShape();
            }

            @Override
            public void run(Tensor in, Tensor out) {
                plan.run(in, out);
                if (wrong) {
                    out.data()[0] += 1;
                }
            }

            @Override
            public void close() {
                plan.close();
            }
        };
    }
}
