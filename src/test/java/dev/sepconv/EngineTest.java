package dev.sepconv;

import dev.sepconv.engine.java.JavaEngine;
import org.junit.jupiter.api.Test;

class EngineTest {

    @Test
    void randomConfigurationsAgreeWithTheReference() {
        try (Engine engine = JavaEngine.open()) {
            for (long seed = 0; seed < 500; seed++) {
                ConvTester.check(ConvTester.random(seed), engine, engine.devices().getFirst());
            }
        }
    }
}
