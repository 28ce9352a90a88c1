package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.engine.Engines;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NaN, infinities, zeros and denormal numbers are what {@code docs/numerics.md} says they are. */
class NumericsTest {

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java", "plain"})
    void ofEachEngine(String name) {
        try (Engine engine = Engines.open(name)) {
            Numerics numerics = new Numerics(engine);
            numerics.tables();
            numerics.longSums();
            assertEquals(List.of(), numerics.wrong());
        }
    }
}
