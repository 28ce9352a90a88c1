package dev.sepconv.engine;

import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Several devices as one: layers ({@link DeviceSplit}) and networks ({@link NetworkSplit}) are split over them in proportion to how
 * fast each is. {@link Engines#choose} gives one where several devices are named.
 */
public final class SplitEngine implements Engine {

    private final List<DeviceSplit.Place> places;
    private final DeviceSplit.Along along;
    private final Device device;

    /** Closes the engines of those places when it is closed. */
    SplitEngine(List<DeviceSplit.Place> places) {
        this(List.copyOf(places), null);
    }

    private SplitEngine(List<DeviceSplit.Place> places, DeviceSplit.Along along) {
        this.places = places;
        this.along = along;
        this.device = DeviceSplit.combined(places.stream().map(DeviceSplit.Place::device).toList());
    }

    /**
     * The same devices, sharing what is asked for; closing one closes both.
     *
     * @param what null for what suits a layer or network: {@link DeviceSplit.Along#of} for a layer; for a network the batch, else the
     *        groups, else the rows
     */
    public SplitEngine along(DeviceSplit.Along what) {
        return new SplitEngine(places, what);
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
        Objects.requireNonNull(layout, "layout");
        checkDevice(on);
        return DeviceSplit.bySpeed(along == null ? DeviceSplit.Along.of(layer, input, places.size()) : along, layer, weights,
                input, layout, places, fusion);
    }

    @Override
    public NetworkPlan compile(Network network, Device on, Fusion fusion) {
        checkDevice(on);
        return NetworkSplit.bySpeed(along == null ? NetworkDivision.along(network, places.size()) : along, network, places);
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
