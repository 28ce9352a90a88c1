package dev.sepconv.engine.lower;

import dev.sepconv.Conv2d;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.Pixels;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which kernels compute a network's convolutions: the fastest ones by what was measured on the
 * device, else its class's default ones. The only place that decides it.
 */
public final class KernelChoice {

    /**
     * Above this padding overhead a vector kernel was slower than a plain one on PoCL.
     */
    private static final double MOST_PADDING_OVERHEAD = 10;

    private final DeviceClass device;
    private final Measurements measured;
    private final Predicate<Kernel> compiles;
    private final Fusion fusion;
    /** What is left of kernels that were asked for; null where they are chosen. */
    private final List<Kernel> fixed;

    private KernelChoice(DeviceClass device, Measurements measured, Predicate<Kernel> compiles,
            Fusion fusion, List<Kernel> fixed) {
        this.device = Objects.requireNonNull(device, "device");
        this.measured = measured;
        this.compiles = compiles;
        this.fusion = Objects.requireNonNull(fusion, "fusion");
        this.fixed = fixed;
    }

    /**
     * By a class of devices' defaults: vector kernels for CPUs, block kernels for GPUs. For
     * {@link DeviceClass#OTHER} all kernels are plain: the meaning.
     */
    public static KernelChoice of(DeviceClass device, Fusion fusion) {
        return of(device, Measurements.NONE, kernel -> true, fusion);
    }

    /**
     * By measurements, and by defaults where not every stage of a layer was measured.
     *
     * @param compiles whether the device can have a kernel; others are never chosen
     */
    public static KernelChoice of(DeviceClass device, Measurements measured,
            Predicate<Kernel> compiles, Fusion fusion) {
        return new KernelChoice(device, measured, compiles, fusion, null);
    }

    /**
     * These kernels.
     *
     * @param kernels in the order in which a network's convolutions run; each for one, or for two
     * at once
     */
    public static KernelChoice of(List<Kernel> kernels) {
        return new KernelChoice(DeviceClass.OTHER, Measurements.NONE, kernel -> true, Fusion.AUTO,
                new ArrayList<>(kernels));
    }

    /**
     * Kernels for a layer.
     *
     * @param kernels in order; some compute two stages at once
     * @param tuned whether they were chosen by measurements
     */
    public record Choice(List<Kernel> kernels, boolean tuned) {
    }

    /**
     * Where a layer stands in its network.
     *
     * @param orders in which its input is there
     * @param first whether that comes from outside
     * @param last whether its output goes there
     * @param vectors whether all pictures may be kept as pixels of whole vectors
     */
    public record Site(Set<Order> orders, boolean first, boolean last, boolean vectors) {

        /** The row-major order that costs least. */
        Order plain() {
            return orders.contains(Order.NHWC) && !orders.contains(Order.NCHW)
                    ? Order.NHWC
                    : Order.NCHW;
        }
    }

    /** For a layer alone. */
    public Choice choose(Layer layer, Shape input, Layout layout) {
        boolean vectors = fitsAsPixels(input);
        Shape shape = input;
        for (Conv2d stage : layer.stages()) {
            shape = stage.outputShape(shape);
            vectors &= fitsAsPixels(shape);
        }
        Order order = layout == Layout.NHWC ? Order.NHWC : Order.NCHW;
        return choose(layer.stages(), input, new Site(Set.of(order), true, true, vectors));
    }

    /**
     * Whether a picture isn't too large to be kept as pixels of whole vectors, however its channels
     * are padded.
     */
    static boolean fitsAsPixels(Shape shape) {
        long pixel = Math.ceilDiv((long) shape.c(), Pixels.LANES) * Pixels.LANES + Pixels.LANES;
        return shape.n() * (long) shape.h() * shape.w() * pixel <= Shape.MAX_ELEMENTS;
    }

    /**
     * For the stages of one layer.
     *
     * @throws IllegalArgumentException if all is to be {@link Fusion#FUSED} and there is no kernel
     * for it, or kernels that were asked for aren't as many as the stages
     */
    public Choice choose(List<Conv2d> stages, Shape input, Site site) {
        if (fixed != null) {
            return new Choice(next(stages.size()), false);
        }
        Sizes sizes = Sizes.of(stages, input, site.plain());
        Choice best = new Choice(byDefault(sizes, site), false);
        if (fusion == Fusion.FUSED) {
            return best; // of the kernels for a pair the first: what was measured doesn't matter
        }
        double bestMillis = Double.POSITIVE_INFINITY;
        for (Order order : site.vectors()
                ? List.of(site.plain(), Order.NHWC_VECTORS)
                : List.of(site.plain())) {
            Optional<Measured> fastest = fastest(sizes, order, site);
            if (fastest.isPresent() && fastest.get().millis() < bestMillis) {
                bestMillis = fastest.get().millis();
                best = new Choice(fastest.get().kernels(), true);
            }
        }
        return best;
    }

    private List<Kernel> next(int stages) {
        List<Kernel> taken = new ArrayList<>();
        for (int left = stages; left > 0; left -= taken.getLast().stages()) {
            if (fixed.isEmpty() || fixed.getFirst().stages() > left) {
                throw new IllegalArgumentException(
                        "kernels %s are for other stages than the layer's %d"
                                .formatted(taken.isEmpty() ? names(fixed) : names(taken), stages));
            }
            taken.add(fixed.removeFirst());
        }
        return taken;
    }

    private static List<String> names(List<Kernel> kernels) {
        return kernels.stream().map(Kernel::name).toList();
    }

    /**
     * Convolutions with what kernels must know of them.
     *
     * @param plain their sizes in the row-major order that costs least
     * @param other in the other one: what vector kernels took was measured for either
     */
    private record Sizes(List<Conv2d> stages, List<Geometry> plain, List<Geometry> other) {

        static Sizes of(List<Conv2d> stages, Shape input, Order order) {
            List<Geometry> plain = new ArrayList<>();
            List<Geometry> other = new ArrayList<>();
            Shape shape = input;
            for (Conv2d stage : stages) {
                plain.add(Geometries.of(stage, shape,
                        order == Order.NHWC ? Layout.NHWC : Layout.NCHW));
                other.add(Geometries.of(stage, shape,
                        order == Order.NHWC ? Layout.NCHW : Layout.NHWC));
                shape = stage.outputShape(shape);
            }
            return new Sizes(stages, plain, other);
        }

        int count() {
            return stages.size();
        }

        /** Whether a depthwise convolution stands there and a pointwise one after it. */
        boolean isPair(int i) {
            return i + 1 < count() && plain.get(i).isDepthwise() && plain.get(i + 1).isPointwise();
        }
    }

    // Defaults

    private List<Kernel> byDefault(Sizes sizes, Site site) {
        List<Kernel> kernels = new ArrayList<>();
        boolean pixels = site.orders().contains(Order.NHWC_VECTORS);
        for (int i = 0; i < sizes.count(); i++) {
            Geometry g = sizes.plain().get(i);
            boolean asPixels = site.vectors() && asPixels(g, pixels);
            Optional<Kernel> both = switch (fusion) {
                case SEPARATE -> Optional.empty();
                case FUSED -> sizes.isPair(i) ? Optional.of(atOnce(sizes, i)) : Optional.empty();
                case AUTO -> asPixels || device == DeviceClass.GPU
                        ? fasterAtOnce(sizes, i)
                        : Optional.empty();
            };
            Kernel kernel = both.orElseGet(() -> one(g, asPixels));
            kernels.add(kernel);
            pixels = kernel.order() == Order.NHWC_VECTORS;
            i += kernel.stages() - 1;
        }
        return kernels;
    }

    /** The default kernel for pixels of vectors, on whatever device. */
    Kernel onPixels(Geometry g) {
        return Catalogue.byDefault(g, device.isCpu() ? device : DeviceClass.CPU);
    }

    private Kernel one(Geometry g, boolean asPixels) {
        return asPixels
                ? onPixels(g)
                : device.isCpu() ? Catalogue.select(g) : Catalogue.byDefault(g, device);
    }

    private Optional<Kernel> fasterAtOnce(Sizes sizes, int i) {
        return sizes.isPair(i)
                ? Catalogue.fusedByDefault(sizes.plain().get(i), sizes.plain().get(i + 1), device)
                        .filter(kernel -> can(kernel, sizes, i, i + 2))
                : Optional.empty();
    }

    private Kernel atOnce(Sizes sizes, int i) {
        List<Conv2d> pair = sizes.stages().subList(i, i + 2);
        Geometry depthwise = sizes.plain().get(i);
        Geometry pointwise = sizes.plain().get(i + 1);
        return both(pair.get(0), depthwise, pair.get(1), pointwise,
                compiles.and(kernel -> kernel.sharesMemory() == sharesMemory()))
                .or(() -> both(pair.get(0), depthwise, pair.get(1), pointwise, compiles))
                .orElseThrow(() -> new IllegalArgumentException(
                        "fusion is FUSED; there is no kernel for that depthwise convolution and the pointwise one at once: ask for AUTO or SEPARATE"));
    }

    /**
     * The catalogue's kernel for a depthwise convolution and the pointwise one after it at once;
     * empty where there is none.
     */
    public static Optional<Kernel> both(Conv2d depthwise, Conv2d pointwise, Shape input,
            Predicate<Kernel> compiles) {
        return both(depthwise, Geometries.of(depthwise, input, Layout.NCHW), pointwise,
                Geometries.of(pointwise, depthwise.outputShape(input), Layout.NCHW), compiles);
    }

    private static Optional<Kernel> both(Conv2d first, Geometry depthwise, Conv2d second,
            Geometry pointwise, Predicate<Kernel> compiles) {
        return Catalogue.candidates(List.of(depthwise, pointwise)).stream()
                .filter(kernel -> compiles.test(kernel)
                        && Geometries.activates(kernel, List.of(first, second)))
                .findFirst();
    }

    /**
     * Whether a convolution runs on pixels of vectors by default: on CPUs, unless most of what it
     * computed would be padding.
     *
     * @param arePixels whether its input lies so anyway: then a conversion costs more
     */
    boolean asPixels(Geometry g, boolean arePixels) {
        return device.isCpu()
                && (KernelCall.paddingOverhead(onPixels(g), g) <= MOST_PADDING_OVERHEAD
                        || arePixels && g.groups() == 1);
    }

    /** Whether operations take kernels whose work-groups share local memory. */
    boolean sharesMemory() {
        return device == DeviceClass.GPU;
    }

    /**
     * Whether few channels needn't become pixels of vectors for a kernel of these: not where
     * kernels were asked for, nor where registers are too few for its tile.
     */
    boolean readsPictures() {
        return fixed == null && device == DeviceClass.CPU;
    }

    /** Whether pictures are kept as pixels of whole vectors by default. */
    boolean keepsPixels() {
        return device.isCpu();
    }

    private boolean can(Kernel kernel, Sizes sizes, int begin, int end) {
        return compiles.test(kernel)
                && Geometries.activates(kernel, sizes.stages().subList(begin, end));
    }

    // Measurements

    private record Measured(List<Kernel> kernels, double millis) {
    }

    private record Timed(Kernel kernel, Measurements.Time time) {

        double millis() {
            return time.kernelMillis();
        }
    }

    /**
     * The fastest kernels of all stages in one order, and what they should take: the kernels'
     * times, and of what a run takes beside its kernel, copies and conversions, half at an end
     * where the layer has to do with the outside or with another order. A kernel for two counts if
     * it beats theirs.
     *
     * @return empty where one was not measured
     */
    private Optional<Measured> fastest(Sizes sizes, Order order, Site site) {
        List<Timed> times = new ArrayList<>();
        for (int i = 0; i < sizes.count(); i++) {
            Optional<Timed> one = fastest(sizes, i, i + 1, order);
            Optional<Timed> next = fastest(sizes, i + 1, i + 2, order);
            Optional<Timed> both = fastest(sizes, i, i + 2, order);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            boolean fused = fusion == Fusion.AUTO && both.isPresent() && next.isPresent()
                    && both.get().millis() < one.get().millis() + next.get().millis();
            times.add((fused ? both : one).get());
            i += fused ? 1 : 0;
        }
        double entry = site.first() || !site.orders().contains(order)
                ? times.getFirst().time().edgeMillis() / 2
                : 0;
        double exit = site.last() ? times.getLast().time().edgeMillis() / 2 : 0;
        return Optional.of(new Measured(times.stream().map(Timed::kernel).toList(),
                entry + exit + times.stream().mapToDouble(Timed::millis).sum()));
    }

    /** The fastest kernel for some stages of a layer at once; empty where none was measured. */
    private Optional<Timed> fastest(Sizes sizes, int begin, int end, Order order) {
        if (end > sizes.count()) {
            return Optional.empty();
        }
        List<Geometry> stages = sizes.plain().subList(begin, end);
        List<Geometry> other = sizes.other().subList(begin, end);
        return Catalogue.candidates(stages).stream()
                .filter(kernel -> kernel.order() == order && can(kernel, sizes, begin, end))
                .flatMap(kernel -> measured.of(stages, kernel)
                        .or(() -> order == Order.NHWC_VECTORS
                                ? measured.of(other, kernel)
                                : Optional.empty())
                        .map(time -> new Timed(kernel, time)).stream())
                .min(Comparator.comparingDouble(Timed::millis));
    }
}
