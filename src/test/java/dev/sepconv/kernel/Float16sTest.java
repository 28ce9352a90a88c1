package dev.sepconv.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Float16s;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

class Float16sTest {

    @Test
    void sigmoidIsRightToTheLastDigits() {
        for (float x = -36; x <= 110; x += 0.0078125f) {
            double expected = 1 / (1 + Math.exp(-(double) x));
            assertEquals(expected, sigmoid(x), 4e-7 * expected + 6e-19, "of " + x);
            assertEquals(x * expected, silu(x), 5e-7 * Math.abs(x * expected) + 3e-17, "of " + x);
        }
        for (float x = -1000; x < -36; x += 0.25f) {
            assertEquals(0, sigmoid(x), 3e-16, "of " + x);
            assertTrue(sigmoid(x) >= 0, "of " + x);
            assertEquals(0, silu(x), 1e-14, "of " + x);
        }
    }

    @Test
    void infinitiesAndNansComeOutAsTheFormulasSay() {
        assertEquals(0, sigmoid(Float.NEGATIVE_INFINITY));
        assertEquals(1, sigmoid(Float.POSITIVE_INFINITY));
        assertEquals(Float.NaN, sigmoid(Float.NaN));
        assertEquals(0, sigmoid(-Float.MAX_VALUE));
        assertEquals(1, sigmoid(Float.MAX_VALUE));
        assertEquals(0.5f, sigmoid(-0f));
        assertEquals(Float.NaN, silu(Float.NEGATIVE_INFINITY));
        assertEquals(Float.POSITIVE_INFINITY, silu(Float.POSITIVE_INFINITY));
        assertEquals(Float.NaN, silu(Float.NaN));
        assertEquals(0, silu(0));
    }

    @Test
    void eachLaneHasItsOwn() {
        Float16 x = new Float16();
        for (int lane = 0; lane < 16; lane++) {
            x.set(lane, lane - 7);
        }
        Float16 gates = Float16s.gated(x, Activations.SIGMOID);
        Float16 products = Float16s.gated(x, Activations.SILU);
        for (int lane = 0; lane < 16; lane++) {
            float gate = Activations.sigmoid(lane - 7);
            assertEquals(gate, gates.get(lane), 4e-7f * gate);
            assertEquals((lane - 7) * gate, products.get(lane), 2e-6f * gate);
        }
    }

    private static float sigmoid(float x) {
        return everywhere(x, Activations.SIGMOID);
    }

    private static float silu(float x) {
        return everywhere(x, Activations.SILU);
    }

    private static float everywhere(float x, int activation) {
        return Float16s.gated(Float16s.of(x), activation).get(9);
    }
}
