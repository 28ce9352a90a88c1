package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which kernels are defaults, found by asking the {@link Catalogue} for examples of every kind of
 * convolution.
 */
public final class DefaultClasses {

    /**
     * Of each kind of convolution that kernels tell apart one, large enough for all processors; the
     * most common ones small too, and with few channels. Side, channels, groups, kernel, stride,
     * and output channels and padding where they aren't 64 and half the kernel.
     */
    private static final List<Geometry> EXAMPLES = Stream.of(false, true)
            .flatMap(channelsLast -> Stream
                    .of(new int[]{1024, 64, 1, 1, 1}, new int[]{64, 64, 1, 1, 1},
                            new int[]{48, 64, 1, 1, 1}, new int[]{16, 64, 1, 1, 1},
                            new int[]{7, 64, 1, 1, 1}, new int[]{1024, 4, 1, 1, 1},
                            new int[]{1024, 64, 1, 3, 1}, new int[]{1024, 4, 1, 3, 1},
                            new int[]{1024, 64, 2, 3, 1}, new int[]{16, 64, 1, 3, 1},
                            new int[]{1024, 48, 1, 3, 1}, new int[]{16, 64, 64, 3, 1},
                            new int[]{28, 64, 64, 3, 1}, new int[]{1024, 64, 64, 3, 1},
                            new int[]{1024, 64, 64, 3, 2}, new int[]{1024, 64, 64, 3, 1, 64, 2},
                            new int[]{1024, 64, 64, 3, 2, 64, 2}, new int[]{1024, 64, 64, 5, 1},
                            new int[]{1024, 64, 64, 5, 2}, new int[]{1024, 64, 64, 7, 1},
                            new int[]{1022, 64, 1, 3, 1}, new int[]{1024, 64, 1, 3, 1, 16})
                    .map(sizes -> example(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4],
                            sizes.length > 5 ? sizes[5] : 64,
                            sizes.length > 6 ? sizes[6] : sizes[3] / 2, channelsLast)))
            .toList();

    private DefaultClasses() {
    }

    private static Geometry example(int side, int channels, int groups, int kernel, int stride,
            int outChannels, int padding, boolean channelsLast) {
        return new Geometry(1, channels, side, side, outChannels, kernel, kernel, side / stride,
                side / stride, stride, stride, 1, 1, padding, padding, groups, channelsLast);
    }

    /**
     * The classes of devices that take this kernel for some convolution, or for two, where nothing
     * was measured.
     */
    public static Set<DeviceClass> of(Kernel kernel) {
        Set<DeviceClass> classes = EnumSet.noneOf(DeviceClass.class);
        for (Geometry geometry : EXAMPLES) {
            for (DeviceClass device : DeviceClass.values()) {
                if (Catalogue.byDefault(geometry, device) == kernel
                        || isForBoth(kernel, geometry, device)) {
                    classes.add(device);
                }
            }
        }
        return classes;
    }

    /** Whether it is taken for a convolution and a pointwise one of few or many filters. */
    private static boolean isForBoth(Kernel kernel, Geometry first, DeviceClass device) {
        return IntStream.of(64, 128)
                .mapToObj(filters -> new Geometry(first.batch(), first.outChannels(),
                        first.outHeight(), first.outWidth(), filters, 1, 1, first.outHeight(),
                        first.outWidth(), 1, 1, 1, 1, 0, 0, 1, first.channelsLast()))
                .anyMatch(second -> Catalogue.fusedByDefault(first, second, device)
                        .filter(both -> both == kernel).isPresent());
    }
}
