package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * A number for each channel of an image that all its pixels are multiplied by, as
 * squeeze-and-excite makes them.
 *
 * @param values {@code [N or 1][channels]}
 * @param imageStep from one image's numbers to the next one's; 0 where one serves all
 */
record ChannelGate(Buffer values, int channels, int imageStep) {

    /** Multiplies one pixel of an image. */
    void apply(int image, float[] in, int from, float[] out, int to) {
        float[] gate = values.floats();
        int first = image * imageStep;
        int whole = channels - channels % LANES;
        for (int c = 0; c < whole; c += LANES) {
            FloatVector.fromArray(SPECIES, in, from + c)
                    .mul(FloatVector.fromArray(SPECIES, gate, first + c)).intoArray(out, to + c);
        }
        for (int c = whole; c < channels; c++) {
            out[to + c] = in[from + c] * gate[first + c];
        }
    }
}
