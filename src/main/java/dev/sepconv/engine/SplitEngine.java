package dev.sepconv.engine;

import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import java.util.List;
import java.util.Set;

/** Several devices as one: each layer is split over them in proportion to how fast each is at it ({@link DeviceSplit}). */
final class SplitEngine implements Engine {

    private final List<DeviceSplit.Place> places;
    private final Device device;

    /** Closes the engines of those places when it is closed. */
    SplitEngine(List<DeviceSplit.Place> places) {
        this.places = List.copyOf(places);
        this.device = DeviceSplit.combined(places.stream().map(DeviceSplit.Place::device).toList());
    }

    @Override
    public String name() {
        return device.engine();
    }

    @Override
    public List<Device> devices() {
        return List.of(device);
    }

    @Override
    public Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device on, Fusion fusion) {
        checkDevice(on);
        return DeviceSplit.bySpeed(DeviceSplit.Along.of(layer, input, places.size()), layer, weights, input, layout, places,
                fusion);
    }

    /** What all its devices can be asked for. */
    @Override
    public Set<Fusion> fusions(Layer layer, Shape input, Layout layout, Device on) {
        checkDevice(on);
        return Fusion.available(places.stream()
                .allMatch(place -> place.engine().fusions(layer, input, layout, place.device()).contains(Fusion.FUSED)));
    }

    private void checkDevice(Device on) {
        if (!on.equals(device)) {
            throw new IllegalArgumentException("device is %s; this engine has %s".formatted(on, device));
        }
    }

    @Override
    public void close() {
        places.stream().map(DeviceSplit.Place::engine).distinct().forEach(Engine::close);
    }
}
