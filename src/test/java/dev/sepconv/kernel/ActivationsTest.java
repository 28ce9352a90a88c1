package dev.sepconv.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Activation;
import dev.sepconv.kernel.conv.Activations;
import org.junit.jupiter.api.Test;

class ActivationsTest {

    @Test
    void kernelsKnowActivationsByTheirOrdinals() {
        assertEquals(0, Activation.Kind.NONE.ordinal());
        assertEquals(Activations.RELU, Activation.Kind.RELU.ordinal());
        assertEquals(Activations.RELU6, Activation.Kind.RELU6.ordinal());
        assertEquals(Activations.LEAKY_RELU, Activation.Kind.LEAKY_RELU.ordinal());
        assertEquals(Activations.HARD_SWISH, Activation.Kind.HARD_SWISH.ordinal());
        assertEquals(Activations.SIGMOID, Activation.Kind.SIGMOID.ordinal());
        assertEquals(6, Activation.Kind.values().length);
    }

    @Test
    void theirNamesAreReadable() {
        assertEquals("hard-swish", Activation.HARD_SWISH.toString());
        assertEquals("leaky-relu(0.1)", Activation.leakyRelu(0.1f).toString());
    }
}
