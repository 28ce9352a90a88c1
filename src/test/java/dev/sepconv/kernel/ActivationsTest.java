package dev.sepconv.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Activation;
import org.junit.jupiter.api.Test;

class ActivationsTest {

    @Test
    void theirNamesAreReadable() {
        assertEquals("hard-swish", Activation.HARD_SWISH.toString());
        assertEquals("leaky-relu(0.1)", Activation.leakyRelu(0.1f).toString());
    }
}
