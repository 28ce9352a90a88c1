package dev.sepconv.kernel;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** What TornadoVM's vector of 16 floats lacks. */
final class Lanes {

    private Lanes() {
    }

    /** The same number in every lane. Multiplying by a scalar instead is compiled to 16 single multiplications. */
    static Float16 of(float value) {
        return new Float16(value, value, value, value, value, value, value, value, value, value, value, value, value, value,
                value, value);
    }

    /** Writes the lanes side by side; the driver's compiler makes one store of them. */
    static void store(FloatArray array, int index, Float16 value) {
        array.set(index + 0, value.getS0());
        array.set(index + 1, value.getS1());
        array.set(index + 2, value.getS2());
        array.set(index + 3, value.getS3());
        array.set(index + 4, value.getS4());
        array.set(index + 5, value.getS5());
        array.set(index + 6, value.getS6());
        array.set(index + 7, value.getS7());
        array.set(index + 8, value.getS8());
        array.set(index + 9, value.getS9());
        array.set(index + 10, value.getS10());
        array.set(index + 11, value.getS11());
        array.set(index + 12, value.getS12());
        array.set(index + 13, value.getS13());
        array.set(index + 14, value.getS14());
        array.set(index + 15, value.getS15());
    }

    /** The activation of each lane, see {@link Activations#apply}; not the sigmoid, which would have to be taken lane by lane. */
    static Float16 activate(Float16 value, int activation, float slope) {
        Float16 result = value;
        if (activation == Activations.RELU) {
            result = Float16.max(value, of(0f));
        } else if (activation == Activations.RELU6) {
            result = Float16.min(Float16.max(value, of(0f)), of(6f));
        } else if (activation == Activations.LEAKY_RELU) {
            result = Float16.add(Float16.max(value, of(0f)), Float16.mult(Float16.min(value, of(0f)), of(slope)));
        } else if (activation == Activations.HARD_SWISH) {
            Float16 gate = Float16.min(Float16.max(Float16.add(value, of(3f)), of(0f)), of(6f));
            result = Float16.mult(Float16.mult(value, gate), of(1f / 6f));
        }
        return result;
    }
}
