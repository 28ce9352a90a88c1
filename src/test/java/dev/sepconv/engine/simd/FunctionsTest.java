package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.reference.Reference;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions of vectors against float64. */
class FunctionsTest {

    private static float[] exp(float... x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i += LANES) {
            Functions.exp(FloatVector.fromArray(SPECIES, x, i)).intoArray(y, i);
        }
        return y;
    }

    /** As its comment says: in all of its range within 1.2e-7 of the number, 1 ulp at most. */
    @Test
    void exponentialsAreOffByLessThanTheyMayBe() {
        int count = 64 * 4096;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (-87.3 + 175.6 * i / (count - 1)); // to 88.3
        }
        float[] y = exp(x);
        double worst = 0;
        for (int i = 0; i < count; i++) {
            double exact = Math.exp(x[i]);
            worst = Math.max(worst, Math.abs(y[i] - exact) / exact);
        }
        System.out.printf("FunctionsTest: exp is off by %.3g of itself%n", worst);
        assertTrue(worst <= 1.2e-7, "off by " + worst);
    }

    @Test
    void exponentialsOutOfRange() {
        float[] x = new float[16];
        float[] given = {Float.NEGATIVE_INFINITY, -1e30f, -88, -87.8f, 89, 1e30f,
                Float.POSITIVE_INFINITY, Float.NaN, 0, -0f};
        System.arraycopy(given, 0, x, 0, given.length);
        float[] y = exp(x);
        for (int i = 0; i < 4; i++) {
            assertEquals(0, y[i], "of " + x[i]);
        }
        for (int i = 4; i < 7; i++) {
            assertEquals(Float.POSITIVE_INFINITY, y[i], "of " + x[i]);
        }
        assertTrue(Float.isNaN(y[7]));
        assertEquals(1, y[8]);
        assertEquals(1, y[9]);
    }

    /** In vectors and number by number, as the last channels of a pixel are. */
    @ParameterizedTest
    @EnumSource
    void activationsOfManyNumbers(Activation.Kind kind) {
        Activation activation = new Activation(kind, kind == Activation.Kind.LEAKY_RELU ? 0.1f : 0);
        int count = 64 * 1024 + 5;
        Random random = new Random(7);
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = i % 3 == 0 ? random.nextFloat(-90, 90) : random.nextFloat(-4, 4);
        }
        float[] y = x.clone();
        new Epilogue(activation).apply(y, 0, 1, count);
        double worst = 0;
        for (int i = 0; i < count; i++) {
            double exact = Reference.activate(activation, x[i]);
            worst = Math.max(worst, Math.abs(y[i] - exact) / Math.max(1, Math.abs(exact)));
        }
        System.out.printf("FunctionsTest: %s is off by %.3g%n", activation, worst);
        assertTrue(worst <= 3e-7, activation + " is off by " + worst);
    }
}
