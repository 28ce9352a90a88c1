package dev.sepconv.zoo;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import java.util.Map;

/**
 * Which network TensorFlow.js weights belong to: a manifest has names and numbers, but no graph.
 */
public final class TfjsNetworks {

    private TfjsNetworks() {
    }

    /**
     * The network that has arrays of these names. Its input is a picture of pixels from 0 to 255.
     *
     * @param arrays by name, as {@link dev.sepconv.io.TfjsWeights#read} gives them
     * @param height of the picture; null for the size it was trained at
     * @param width likewise
     * @throws IllegalArgumentException if it is none that is known, takes no such size, or an array
     * doesn't fit
     */
    public static Network of(Map<String, NdArray> arrays, Integer height, Integer width) {
        if (arrays.keySet().stream().anyMatch(name -> name.startsWith("entry_flow/"))) {
            if (height != null && (height != TinyXception.SIDE || width != TinyXception.SIDE)) {
                throw new IllegalArgumentException("size is %dx%d; TinyXception takes only %dx%d"
                        .formatted(height, width, TinyXception.SIDE, TinyXception.SIDE));
            }
            return TinyXception.of(arrays);
        }
        if (arrays.keySet().stream().anyMatch(name -> name.startsWith("MobilenetV1/"))) {
            return MobileNetSsd.of(arrays, height == null ? MobileNetSsd.SIDE : height,
                    width == null ? MobileNetSsd.SIDE : width);
        }
        throw new IllegalArgumentException(
                "weights are of no network that is known: they have neither entry_flow/… (TinyXception) nor MobilenetV1/… (MobileNetV1-SSD)");
    }
}
