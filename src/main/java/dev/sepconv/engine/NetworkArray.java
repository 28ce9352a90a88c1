package dev.sepconv.engine;

import dev.sepconv.Dims;
import dev.sepconv.kernel.Pixels;
import dev.sepconv.kernel.Storage;
import dev.sepconv.net.MemoryPlan;

/**
 * An array of a network in one of its two orders: row-major, or pixels of whole vectors. It gets its memory when it is known which
 * steps touch it.
 */
final class NetworkArray {

    private final Dims dims;
    /** Numbers from one pixel to the next; 0 in row-major order. */
    private final int pixelFloats;
    /** Whose memory this one has, under other sizes; itself if it has its own. */
    private final NetworkArray owner;
    private int firstStep = Integer.MAX_VALUE;
    private int lastStep = -1;
    private Storage storage;

    private NetworkArray(Dims dims, int pixelFloats, NetworkArray owner) {
        this.dims = dims;
        this.pixelFloats = pixelFloats;
        this.owner = owner == null ? this : owner.owner;
    }

    static NetworkArray plain(Dims dims) {
        return new NetworkArray(dims, 0, null);
    }

    /** @param dims {@code [N, C, H, W]} or {@code [N, C]} */
    static NetworkArray vectors(Dims dims, int pixelFloats) {
        return new NetworkArray(dims, pixelFloats, null);
    }

    /** The same numbers under other sizes. */
    NetworkArray as(Dims other) {
        return new NetworkArray(other, pixelFloats, this);
    }

    Dims dims() {
        return dims;
    }

    boolean isVectors() {
        return pixelFloats > 0;
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
                ? Math.multiplyExact(Math.multiplyExact(dims.get(0), height() * width()), pixelFloats)
                : dims.elements();
    }

    NetworkArray owner() {
        return owner;
    }

    void touch(int step) {
        owner.firstStep = Math.min(owner.firstStep, step);
        owner.lastStep = Math.max(owner.lastStep, step);
    }

    /** From which step to which it needs memory. */
    MemoryPlan.Array alive(String name) {
        return new MemoryPlan.Array(name, firstStep, lastStep, floats(), isVectors());
    }

    void place(Storage made) {
        owner.storage = made;
    }

    Storage storage() {
        return owner.storage;
    }

    boolean isPlaced() {
        return owner.storage != null;
    }

    Pixels pixels() {
        return new Pixels(storage(), dims.get(0), dims.get(1), height(), width(), pixelFloats);
    }
}
