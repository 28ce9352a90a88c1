package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which kernels are defaults, found by asking the {@link Catalogue} for examples of every kind of
 * convolution.
 */
public final class DefaultClasses {

    /**
     * Of each kind of convolution that kernels tell apart one, large enough for all processors; the
     * most common ones small too, and with few channels.
     */
    private static final List<Geometry> EXAMPLES = Stream.of(false, true)
            .flatMap(channelsLast -> Stream
                    .of(new int[]{1024, 64, 1, 1, 1}, new int[]{64, 64, 1, 1, 1},
                            new int[]{48, 64, 1, 1, 1}, new int[]{16, 64, 1, 1, 1},
                            new int[]{7, 64, 1, 1, 1}, new int[]{1024, 4, 1, 1, 1},
                            new int[]{1024, 64, 1, 3, 1}, new int[]{1024, 4, 1, 3, 1},
                            new int[]{1024, 64, 2, 3, 1}, new int[]{1024, 48, 1, 3, 1},
                            new int[]{16, 64, 64, 3, 1}, new int[]{1024, 64, 64, 3, 1},
                            new int[]{1024, 64, 64, 3, 2}, new int[]{1024, 64, 64, 5, 1},
                            new int[]{1024, 64, 64, 5, 2}, new int[]{1024, 64, 64, 7, 1})
                    .map(sizes -> example(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4],
                            channelsLast)))
            .toList();

    private DefaultClasses() {
    }

    private static Geometry example(int side, int channels, int groups, int kernel, int stride,
            boolean channelsLast) {
        return new Geometry(1, channels, side, side, 64, kernel, kernel, side / stride,
                side / stride, stride, stride, 1, 1, kernel / 2, kernel / 2, groups, channelsLast);
    }

    /**
     * The classes of devices that take this kernel for some convolution, or for two, where nothing
     * was measured.
     */
    public static Set<DeviceClass> of(Kernel kernel) {
        Set<DeviceClass> classes = EnumSet.noneOf(DeviceClass.class);
        for (Geometry geometry : EXAMPLES) {
            for (DeviceClass device : DeviceClass.values()) {
                Geometry pointwise = new Geometry(geometry.batch(), geometry.outChannels(),
                        geometry.outHeight(), geometry.outWidth(), 64, 1, 1, geometry.outHeight(),
                        geometry.outWidth(), 1, 1, 1, 1, 0, 0, 1, geometry.channelsLast());
                if (Catalogue.byDefault(geometry, device) == kernel
                        || Catalogue.fusedByDefault(geometry, pointwise, device)
                                .filter(both -> both == kernel).isPresent()) {
                    classes.add(device);
                }
            }
        }
        return classes;
    }
}
