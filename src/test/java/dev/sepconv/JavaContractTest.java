package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.Engines;
import dev.sepconv.reference.Reference;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaContractTest extends EngineContract {

    @Override
    Engine open() {
        return Engines.open("java");
    }

    /**
     * 4608 equal products, added one after the other, would be off by 4e-5: each addition rounds to
     * the same side.
     */
    @ParameterizedTest
    @CsvSource({"NCHW,1", "NHWC,1", "NCHW,2", "NHWC,2"})
    void longSumsStayExact(Layout layout, int groups) {
        Conv2d conv = Conv2d.grouped(512 * groups, 2, 3, groups);
        float[] weight = new float[conv.weightCount()];
        Arrays.fill(weight, 0.1f);
        Shape shape = Shape.of(512 * groups, 3, 3);
        float[] ones = new float[(int) shape.elements()];
        Arrays.fill(ones, 1);
        Tensor input = Tensor.of(shape, layout, ones);
        List<ConvWeights> weights = List.of(new ConvWeights(weight, null));
        try (Engine engine = open();
                Plan plan = engine.compile(conv.withWeights(weights), shape, layout,
                        engine.devices().getFirst())) {
            Reference.Difference difference = Reference
                    .difference(Reference.run(conv, weights, input), plan.run(input));
            assertTrue(difference.relative() < ConvTester.TOLERANCE, difference.toString());
        }
    }
}
