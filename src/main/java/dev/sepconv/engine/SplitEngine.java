package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Shape;
import java.util.List;

/**
 * Several devices as one: networks, and layers as networks of one node, are split over them
 * ({@link DeviceSplit}) in proportion to how fast each is. {@link Engines#choose} gives one where
 * several devices are named.
 */
public final class SplitEngine implements Engine {

    private final List<EngineDevice> members;
    private final SplitAxis along;
    private final Device device;

    /** Closes the engines of those members when it is closed. */
    SplitEngine(List<EngineDevice> members) {
        this(List.copyOf(members), null);
    }

    private SplitEngine(List<EngineDevice> members, SplitAxis along) {
        this.members = members;
        this.along = along;
        this.device = DeviceSplit.combined(members.stream().map(EngineDevice::device).toList());
    }

    /**
     * The same devices, sharing what is asked for; closing one closes both.
     *
     * @param what null for what suits a network: {@link SplitAxis#of}
     */
    public SplitEngine along(SplitAxis what) {
        return new SplitEngine(members, what);
    }

    /** The devices with their engines. */
    public List<EngineDevice> members() {
        return members;
    }

    @Override
    public String name() {
        return device.engine();
    }

    @Override
    public String toString() {
        return "engine " + name();
    }

    @Override
    public List<Device> devices() {
        return List.of(device);
    }

    @Override
    public DeviceSplit compile(Network network, Device on, Fusion fusion) {
        checkDevice(on);
        return DeviceSplit.bySpeed(along == null ? SplitAxis.of(network, members.size()) : along,
                network, members, fusion);
    }

    /** Whether all its devices can. */
    @Override
    public boolean fuses(Conv2d depthwise, Conv2d pointwise, Shape input, Device on) {
        checkDevice(on);
        Layer both = ConvStack.of(depthwise, pointwise);
        return members.stream().allMatch(member -> member.engine()
                .fusions(both, input, Layout.NCHW, member.device()).contains(Fusion.FUSED));
    }

    private void checkDevice(Device on) {
        if (!device.equals(on)) {
            throw new IllegalArgumentException(
                    "device is %s; engine %s has only %s".formatted(on, name(), device));
        }
    }

    @Override
    public void close() {
        members.stream().map(EngineDevice::engine).distinct().forEach(Engine::close);
    }
}
