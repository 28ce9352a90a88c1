package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.engine.Engines;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link NumericsTest} on the first device of the SDK. */
@Tag("device")
class TornadoNumericsTest {

    @Test
    void ofTheFirstDevice() {
        try (Engine engine = Engines.open("tornado")) {
            Numerics numerics = new Numerics(engine);
            numerics.tables();
            numerics.longSums();
            assertEquals(List.of(), numerics.wrong());
        }
    }
}
