package dev.sepconv.bulk;

import dev.sepconv.NdArray;
import java.util.List;
import java.util.Map;

/**
 * Where pictures run, one batch at a time: one thread uses it. A device may have several, whose
 * batches run beside one another.
 */
public interface Lane {

    /** The device's id. */
    String device();

    /** How many pictures it runs at once, at least 1. */
    int batch();

    /**
     * Runs pictures.
     *
     * @param inputs 1 to {@link #batch()} of them, all of the same sizes, each with a first
     * dimension of 1
     * @return of each the outputs by name, likewise
     * @throws UnfitException if these can't be run, but others can
     * @throws RuntimeException if the device is lost: its work goes to other lanes
     */
    List<Map<String, NdArray>> run(List<NdArray> inputs);
}
