package dev.sepconv.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/**
 * An array between kernels and how its numbers lie. TornadoVM knows an array by its object: plain kernels take the array of floats,
 * vector kernels the array of vectors over it.
 */
final class FeatureMap {

    private final FloatArray floats;
    private final VectorFloat16 vectors;
    private final int batch;
    private final int pixels;
    private final boolean channelsLast;
    /** Where public channel c lies within a pixel; null for channel by channel, as plain NCHW kernels have it. */
    private final int[] places;
    private final int pixelFloats;
    /** Where the host reads and writes the numbers: this array's own memory, or the device's. */
    private MemorySegment memory;
    /** Made by the first conversion, so that later ones allocate nothing: one thread at a time reads and writes. */
    private float[] scratch;

    private FeatureMap(int batch, int pixels, boolean channelsLast, int[] places, int pixelFloats, FloatArray floats,
            VectorFloat16 vectors) {
        this.batch = batch;
        this.pixels = pixels;
        this.channelsLast = channelsLast;
        this.places = places;
        this.pixelFloats = pixelFloats;
        this.floats = floats;
        this.vectors = vectors;
        this.memory = floats.getSegment();
    }

    /** As the public tensor. */
    static FeatureMap plain(int batch, int channels, int pixels, boolean channelsLast) {
        return new FeatureMap(batch, pixels, channelsLast, null, channels, new FloatArray(batch * channels * pixels), null);
    }

    /**
     * Pixel by pixel, and after the last pixel one more of zeros.
     *
     * @param channelsLast whether the public tensor is NHWC rather than NCHW
     * @param places where each public channel lies within a pixel; what no channel takes stays zero
     * @param pixelFloats numbers from one pixel to the next, a multiple of 16
     */
    static FeatureMap pixels(int batch, int pixels, boolean channelsLast, int[] places, int pixelFloats) {
        FloatArray floats = new FloatArray(Math.multiplyExact(Math.addExact(Math.multiplyExact(batch, pixels), 1), pixelFloats));
        floats.init(0f);
        return new FeatureMap(batch, pixels, channelsLast, places, pixelFloats, floats, new VectorFloat16(floats));
    }

    /** Over memory that is there; for kernels alone, since it can't be told how a public tensor lies in it. */
    static FeatureMap over(Storage storage, int pixelFloats) {
        return new FeatureMap(0, 0, false, null, pixelFloats, storage.floats(), storage.vectors());
    }

    FloatArray floats() {
        return floats;
    }

    VectorFloat16 vectors() {
        return vectors;
    }

    MemorySegment memory() {
        return memory;
    }

    /** From now on the host reads and writes the numbers there, where the device has them. */
    void moveTo(MemorySegment deviceMemory) {
        memory = deviceMemory;
    }

    int pixelFloats() {
        return pixelFloats;
    }

    /** What TornadoVM knows it by. */
    Object array() {
        return vectors == null ? floats : vectors;
    }

    /** Whether the numbers lie as in the public tensor. */
    private boolean sameAsPublic() {
        return places == null || channelsLast && places.length == pixelFloats;
    }

    /** Takes over a public tensor's numbers. */
    void read(float[] from) {
        if (sameAsPublic()) {
            MemorySegment.copy(from, 0, memory, ValueLayout.JAVA_FLOAT, 0, from.length);
            return;
        }
        int channels = places.length;
        forTiles((n, first, count, tile) -> {
            for (int c = 0; c < channels; c++) {
                int at = channelsLast ? (n * pixels + first) * channels + c : (n * channels + c) * pixels + first;
                int step = channelsLast ? channels : 1;
                for (int p = 0, to = places[c]; p < count; p++, to += pixelFloats) {
                    tile[to] = from[at + p * step];
                }
            }
            MemorySegment.copy(tile, 0, memory, ValueLayout.JAVA_FLOAT, offset(n, first), count * pixelFloats);
        });
    }

    /** Gives the numbers to a public tensor. */
    void write(float[] to) {
        if (sameAsPublic()) {
            MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, 0, to, 0, to.length);
            return;
        }
        int channels = places.length;
        forTiles((n, first, count, tile) -> {
            MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, offset(n, first), tile, 0, count * pixelFloats);
            for (int c = 0; c < channels; c++) {
                int at = channelsLast ? (n * pixels + first) * channels + c : (n * channels + c) * pixels + first;
                int step = channelsLast ? channels : 1;
                for (int p = 0, in = places[c]; p < count; p++, in += pixelFloats) {
                    to[at + p * step] = tile[in];
                }
            }
        });
    }

    private long offset(int n, int pixel) {
        return (long) Float.BYTES * pixelFloats * ((long) n * pixels + pixel);
    }

    private interface TileAction {
        void on(int n, int firstPixel, int count, float[] tile);
    }

    /** Goes over the pixels in runs that fit a near cache. */
    private void forTiles(TileAction action) {
        int run = Math.clamp(4096 / pixelFloats, 1, 64);
        if (scratch == null) {
            scratch = new float[run * pixelFloats];
        }
        for (int n = 0; n < batch; n++) {
            for (int first = 0; first < pixels; first += run) {
                action.on(n, first, Math.min(run, pixels - first), scratch);
            }
        }
    }

    /** Channel c at place c. */
    static int[] inOrder(int channels) {
        int[] places = new int[channels];
        Arrays.setAll(places, c -> c);
        return places;
    }
}
