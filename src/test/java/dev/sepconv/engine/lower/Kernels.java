package dev.sepconv.engine.lower;

import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.conv.Kernel;
import java.util.List;

/** Kernels that a layer alone has by default. */
public final class Kernels {

    private Kernels() {
    }

    /** One plain one a stage. */
    public static List<Kernel> plain(Layer layer, Shape input, Layout layout) {
        return byDefault(layer, input, layout, DeviceClass.OTHER);
    }

    /** Those for CPUs. */
    public static List<Kernel> vector(Layer layer, Shape input, Layout layout) {
        return byDefault(layer, input, layout, DeviceClass.CPU);
    }

    /** Those of a class of devices. */
    public static List<Kernel> byDefault(Layer layer, Shape input, Layout layout,
            DeviceClass device) {
        return KernelChoice.of(device, Fusion.AUTO).choose(layer, input, layout).kernels();
    }
}
