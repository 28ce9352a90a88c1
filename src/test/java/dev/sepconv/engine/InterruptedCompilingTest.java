package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.EngineException;
import dev.sepconv.InputSizes;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever waits for a large network can be stopped. */
class InterruptedCompilingTest {

    private static final Network NETWORK = KnownNetworks.of("mobilenet-v1:0.25", 32, 32);

    @AfterEach
    void noInterruptIsLeftToOtherTests() {
        Thread.interrupted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "plain", "java"})
    void anInterruptStopsCompilingAndStays(String engine) {
        try (Engines.Choice choice = Engines.choose(engine, null)) {
            Thread.currentThread().interrupt();
            EngineException e = assertThrows(EngineException.class,
                    () -> choice.engine().compile(NETWORK, choice.device()));
            assertEquals("compiling was interrupted", e.getMessage());
            assertTrue(Thread.interrupted(), "the interrupt stays for the caller");
            try (NetworkPlan plan = choice.engine().compile(NETWORK, choice.device())) {
                assertEquals(choice.device(), plan.device());
            }
        }
    }

    @Test
    void anInterruptStopsReadingAndStays() throws IOException {
        byte[] model = new OnnxGraph(13).input("x", 1).output("y").node("Relu", List.of("x"), "y")
                .bytes();
        Thread.currentThread().interrupt();
        IOException e = assertThrows(IOException.class,
                () -> OnnxReader.read(model, InputSizes.AS_IN_MODEL));
        assertTrue(e.getMessage().contains("was interrupted"), e.getMessage());
        assertTrue(Thread.interrupted(), "the interrupt stays for the caller");
        assertEquals(1, OnnxReader.read(model, InputSizes.AS_IN_MODEL).nodes().size());
    }
}
