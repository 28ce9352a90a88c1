package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of numbers: an infinity is no large number, and a least above the most is the most. */
class LimitsTest {

    private static final float BIG = Float.POSITIVE_INFINITY;
    private static final float[] NUMBERS = {-BIG, -7, -0.25f, 0, 0.75f, 3, Float.MAX_VALUE, BIG,
            Float.NaN};

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java"})
    void ofEachEngine(String name) {
        try (Engine engine = Engines.open(name)) {
            check(engine, new Elementwise(Function.CLIP, 0.5f, BIG), 0.5f, 0.5f, 0.5f, 0.5f, 0.75f,
                    3, Float.MAX_VALUE, BIG);
            check(engine, new Elementwise(Function.CLIP, -BIG, 0.5f), -BIG, -7, -0.25f, 0, 0.5f,
                    0.5f, 0.5f, 0.5f);
            check(engine, new Elementwise(Function.CLIP, 2, -1), -1, -1, -1, -1, -1, -1, -1, -1);
        }
    }

    private static void check(Engine engine, Elementwise op, float... expected) {
        Network.Builder builder = Network.builder("limits");
        String x = builder.input("x", Dims.of(NUMBERS.length));
        Network network = builder.output(builder.add("y", op, x)).build();
        try (var plan = engine.compile(network, engine.devices().getFirst())) {
            float[] made = plan.run(Map.of("x", NdArray.of(Dims.of(NUMBERS.length), NUMBERS)))
                    .get("y").data();
            float[] all = java.util.Arrays.copyOf(expected, NUMBERS.length);
            all[expected.length] = Float.NaN;
            assertArrayEquals(all, made, "%s on %s".formatted(op, engine.name()));
        }
    }
}
