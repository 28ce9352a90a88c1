package dev.sepconv.engine.tornado;

import dev.sepconv.ConvTester;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("device")
class TornadoEngineTest {

    @Test
    void randomConfigurationsAgreeWithTheReference() {
        try (TornadoEngine engine = TornadoEngine.open()) {
            System.out.println(engine.devices());
            long t = System.nanoTime();
            for (long seed = 0; seed < 20; seed++) {
                ConvTester.check(ConvTester.random(seed), engine, engine.devices().getFirst());
                System.out.println(seed + " " + (System.nanoTime() - t) / 1000000);
            }
        }
    }
}
