package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.graph.MemoryPlan;
import dev.sepconv.kernel.Pixels;
import dev.sepconv.kernel.Storage;
import dev.sepconv.kernel.conv.Kernel.Order;

/**
 * An array of a network in one of its orders: row-major, or of a picture pixel by pixel, or as
 * pixels of whole vectors. It gets its memory when it is known which steps touch it.
 */
final class NetworkArray {

    private final Dims dims;
    private final Order order;
    /** Numbers from one pixel of vectors to the next; else 0. */
    private final int pixelFloats;
    /** The first number, where pixels are parts of larger ones. */
    private final int first;
    /** Whose memory this one has, under other sizes; itself if it has its own. */
    private final NetworkArray owner;
    private int firstStep = Integer.MAX_VALUE;
    private int lastStep = -1;
    /** The numbers of a pixel, where its memory is of vectors; else 0. */
    private int seenAsPixelsOf;
    private Storage storage;

    private NetworkArray(Dims dims, Order order, int pixelFloats, int first, NetworkArray owner) {
        this.dims = dims;
        this.first = first;
        this.order = order;
        this.pixelFloats = pixelFloats;
        this.owner = owner == null ? this : owner.owner;
        this.seenAsPixelsOf = owner == null ? pixelFloats : 0;
    }

    /** In row-major order: of a picture NCHW. */
    static NetworkArray plain(Dims dims) {
        return new NetworkArray(dims, Order.NCHW, 0, 0, null);
    }

    /** @param dims {@code [N, C, H, W]}, whatever the order */
    static NetworkArray channelsLast(Dims dims) {
        return new NetworkArray(dims, Order.NHWC, 0, 0, null);
    }

    /** @param dims {@code [N, C, H, W]} or {@code [N, C]} */
    static NetworkArray vectors(Dims dims, int pixelFloats) {
        return new NetworkArray(dims, Order.NHWC_VECTORS, pixelFloats, 0, null);
    }

    /** The same numbers under other sizes. */
    NetworkArray as(Dims other) {
        return new NetworkArray(other, order, pixelFloats, first, this);
    }

    /** The same numbers under other sizes in another order. */
    NetworkArray as(Dims other, Order otherOrder) {
        return new NetworkArray(other, otherOrder, 0, 0, this);
    }

    /**
     * A picture pixel by pixel, whose channels are whole vectors, as pixels of these: its memory is
     * of vectors from now on.
     */
    NetworkArray asVectors() {
        owner.seenAsPixelsOf = dims.get(1);
        return new NetworkArray(dims, Order.NHWC_VECTORS, dims.get(1), 0, this);
    }

    /** Some channels of each pixel of vectors, from a whole vector on. */
    NetworkArray part(Dims partDims, int channel) {
        return new NetworkArray(partDims, order, pixelFloats, first + channel, this);
    }

    /** Whether its pixels are parts of larger ones, so that there are others' channels between. */
    boolean isPart() {
        return isVectors() && owner != this
                && (first > 0 || pixelFloats > owner.pixelFloatsOf(dims.get(1)));
    }

    /** Of its pixels, or as many as whole vectors have. */
    private int pixelFloatsOf(int channels) {
        return isVectors() && channels == dims.get(1) ? pixelFloats : Pixels.wholeVectors(channels);
    }

    int first() {
        return first;
    }

    Dims dims() {
        return dims;
    }

    Order order() {
        return order;
    }

    boolean isVectors() {
        return order == Order.NHWC_VECTORS;
    }

    int pixelFloats() {
        return pixelFloats;
    }

    int height() {
        return dims.rank() == 4 ? dims.get(2) : 1;
    }

    int width() {
        return dims.rank() == 4 ? dims.get(3) : 1;
    }

    /** How many numbers it takes. */
    int floats() {
        return isVectors()
                ? Math.multiplyExact(Math.multiplyExact(dims.get(0), height() * width()),
                        pixelFloats)
                : dims.elements();
    }

    /** Memory of its own: zeros, and after the last pixel of vectors two more that stay zero. */
    Storage newStorage() {
        int pixel = owner.seenAsPixelsOf;
        return pixel > 0
                ? Storage.vectors(Math.addExact(owner.floats(), 2 * pixel))
                : Storage.plain(owner.floats());
    }

    /** How many numbers {@link #newStorage} has. */
    long storageElements() {
        return owner.floats() + 2L * owner.seenAsPixelsOf;
    }

    NetworkArray owner() {
        return owner;
    }

    boolean isTouched() {
        return owner.lastStep >= 0;
    }

    void touch(int step) {
        owner.firstStep = Math.min(owner.firstStep, step);
        owner.lastStep = Math.max(owner.lastStep, step);
    }

    /** From which step to which it needs memory. */
    MemoryPlan.Array alive(String name) {
        return new MemoryPlan.Array(name, firstStep, lastStep, floats(), isVectors());
    }

    void bind(Storage made) {
        owner.storage = made;
    }

    Storage storage() {
        return owner.storage;
    }

    boolean isPlaced() {
        return owner.storage != null;
    }

    Pixels pixels() {
        return new Pixels(storage(), dims.get(0), dims.get(1), height(), width(), pixelFloats,
                first);
    }

    /** Strides of a picture along N, C, H, W in single numbers. */
    int[] pictureStrides() {
        if (order == Order.NCHW) {
            return dims.strides();
        }
        int pixel = isVectors() ? pixelFloats : dims.get(1);
        int row = width() * pixel;
        return new int[]{height() * row, 1, row, pixel};
    }
}
