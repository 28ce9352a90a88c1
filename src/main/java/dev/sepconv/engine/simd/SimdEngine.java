package dev.sepconv.engine.simd;

import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import java.util.List;

/** Not written yet. */
public final class SimdEngine implements Engine {

    private SimdEngine() {
    }

    public static SimdEngine open() {
        throw new EngineException("engine simd is not written yet");
    }

    @Override
    public String name() {
        return "simd";
    }

    @Override
    public List<Device> devices() {
        return List.of();
    }

    @Override
    public Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device) {
        throw new EngineException("engine simd is not written yet");
    }
}
