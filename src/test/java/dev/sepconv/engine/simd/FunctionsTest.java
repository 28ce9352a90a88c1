package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.reference.Reference;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of vectors against float64, and against themselves before Java compiles them. */
class FunctionsTest {

    /** What {@link #functionsOfManyNumbers} and {@link #functionsOfNoOrdinaryNumbers} look at. */
    record Exact(Elementwise op, double mostUlps, DoubleUnaryOperator function) {

        @Override
        public String toString() {
            return op.label() + (op.a() == 0 ? "" : " by " + op.a());
        }
    }

    private static Exact exact(Function function, float a, double mostUlps,
            DoubleUnaryOperator exact) {
        return new Exact(new Elementwise(function, a, 0), mostUlps, exact);
    }

    static Stream<Exact> exactFunctions() {
        return Stream.concat(Stream.of(exact(Function.EXP, 0, 1.1, Math::exp),
                exact(Function.LOG, 0, 1, Math::log), exact(Function.SIN, 0, 1.6, Math::sin),
                exact(Function.COS, 0, 1.6, Math::cos), exact(Function.ATAN, 0, 1.4, Math::atan),
                exact(Function.TANH, 0, 1.1, Math::tanh),
                exact(Function.ELU, 1, 1.1, x -> x < 0 ? Math.expm1(x) : x),
                exact(Function.ELU, 0.7f, 1.6, x -> x < 0 ? 0.7f * Math.expm1(x) : x),
                exact(Function.CELU, 3, 2, x -> x < 0 ? 3 * Math.expm1((float) x / 3) : x),
                exact(Function.CELU, -3, 2, x -> x < 0 ? -3 * Math.expm1((float) x / -3) : x),
                exact(Function.SOFTPLUS, 0, 1.7,
                        x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))))),
                DoubleStream
                        .of(0, 1e-40, 3e-5, 0.1, 1 / 3f, 0.5, 1, 1.7, 2, 2.5, 3, 7, 20, 50, -0.5,
                                -1, -2, -3, -19.5, 200, -1000, 1e30, Float.POSITIVE_INFINITY,
                                Float.NaN)
                        .mapToObj(a -> exact(Function.POWER, (float) a,
                                Math.abs(a) <= 50 ? 1.7 : 5.4, x -> Math.pow(x, (float) a))));
    }

    private static float[] results(Elementwise op, float[] x) {
        float[] y = new float[x.length];
        Rows.elementwise(op).run(x, 0, 1, 0, 0, y, 0, 1, x.length);
        return y;
    }

    /** All sizes, both signs, and around the zeros of waves. */
    private static float[] manyNumbers() {
        int count = 64 * 4096;
        float[] x = new float[count];
        Random random = new Random(5);
        for (int i = 0; i < count; i++) {
            x[i] = switch (i % 6) {
                case 0 -> Float.intBitsToFloat((int) (0x7f7fffffL * i / count));
                case 1 -> -Float.intBitsToFloat((int) (0x7f7fffffL * i / count));
                case 2 -> random.nextFloat(-110, 90);
                case 3 -> Math.nextAfter((float) (random.nextInt(90_000) * Math.PI / 2),
                        random.nextInt(-1, 2) * 1e30);
                case 4 -> random.nextFloat(0.5f, 2);
                default -> random.nextFloat(-4, 4);
            };
        }
        return x;
    }

    /** A result that is denormal may be 0. */
    @ParameterizedTest
    @MethodSource("exactFunctions")
    void functionsOfManyNumbers(Exact given) {
        float[] x = manyNumbers();
        float[] y = results(given.op, x);
        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            double exact = given.function.applyAsDouble(x[i]);
            float nearest = (float) exact;
            String what = given + " of " + x[i];
            if (Float.isInfinite(nearest) || Float.isNaN(nearest)) {
                assertEquals(nearest, y[i], what);
            } else if (Math.abs(exact) < Float.MIN_NORMAL) {
                assertEquals(exact, y[i], Float.MIN_NORMAL, what);
            } else {
                double ulps = Math.abs(y[i] - exact) / Math.ulp(nearest);
                assertTrue(ulps <= given.mostUlps, what + " is off by " + ulps + " ulp");
                worst = Math.max(worst, ulps);
            }
        }
        System.out.printf("FunctionsTest: %s is off by %.2f ulp%n", given, worst);
    }

    /** With the sign of a zero, at each place of a vector and behind the last one. */
    @ParameterizedTest
    @MethodSource("exactFunctions")
    void functionsOfNoOrdinaryNumbers(Exact given) {
        float[] special = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0f,
                0x1p30f, -0x1p30f, Float.intBitsToFloat(0xffc00001)};
        float[] x = new float[2 * LANES + 1];
        Arrays.fill(x, 1.5f);
        float[] ordinary = results(given.op, x);
        for (float each : special) {
            float expected = (float) given.function.applyAsDouble(each);
            for (int i = 0; i < x.length; i++) {
                x[i] = each;
                float[] y = results(given.op, x);
                assertEquals(expected, y[i], given + " of " + each + " at " + i);
                y[i] = ordinary[i];
                assertArrayEquals(ordinary, y, "beside " + each);
                x[i] = 1.5f;
            }
        }
    }

    /**
     * A first result and a late one: without any compiler, and of loops that are compiled while
     * their callers wait. Row by row as whole vectors, and number by number.
     */
    @Test
    void bitsAreTheSameWhenCompiled(@TempDir Path folder) throws Exception {
        Path interpreted = folder.resolve("interpreted");
        Path compiled = folder.resolve("compiled");
        Process first = bits(interpreted, 1, "-Xint");
        Process second = bits(compiled, 600, "-Xbatch");
        assertEquals(0, second.waitFor());
        assertEquals(0, first.waitFor());
        Map<String, int[]> expected = Bits.read(interpreted);
        Map<String, int[]> actual = Bits.read(compiled);
        assertEquals(expected.keySet(), actual.keySet());
        assertEquals(Bits.rows().keySet(), actual.keySet());
        Map<String, Integer> differ = new LinkedHashMap<>();
        expected.forEach((name, bits) -> {
            int[] others = actual.get(name);
            int count = 0;
            for (int i = 0; i < bits.length; i++) {
                count += bits[i] == others[i] ? 0 : 1;
            }
            if (count > 0) {
                differ.put(name, count);
            }
        });
        assertEquals(Map.of(), differ, "so many of " + Bits.COUNT + " numbers are others");
    }

    private static Process bits(Path file, int runs, String option) throws IOException {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), option,
                "--add-modules", "jdk.incubator.vector", "-cp",
                System.getProperty("java.class.path"), Bits.class.getName(), file.toString(),
                Integer.toString(runs)).inheritIO().start();
    }

    /** Writes what all functions and activations make of the same numbers the last time. */
    static final class Bits {

        static final int COUNT = 4096 + 5;

        private Bits() {
        }

        static Map<String, MapStep.Row> rows() {
            Map<String, MapStep.Row> rows = new LinkedHashMap<>();
            for (Function function : Function.values()) {
                for (float a : function == Function.POWER
                        ? new float[]{2.5f, 3, 2, 0.5f, -1}
                        : new float[]{0.75f}) {
                    rows.put(function + " " + a, Rows.elementwise(new Elementwise(function, a, 2)));
                }
            }
            for (Activation.Kind kind : Activation.Kind.values()) {
                rows.put("activation " + kind, Rows.activated(Rows.copy(),
                        new Activation(kind, kind == Activation.Kind.LEAKY_RELU ? 0.1f : 0)));
            }
            return rows;
        }

        private static float[] numbers() {
            float[] x = new float[COUNT];
            Random random = new Random(11);
            for (int i = 0; i < COUNT; i++) {
                x[i] = i % 2 == 0 ? random.nextFloat(4) : random.nextFloat(-20, 20);
            }
            float[] special = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0f,
                    1e-40f, -1e-40f, 1e30f, -1e30f, 88.5f, -88.5f, -103};
            System.arraycopy(special, 0, x, 640, special.length);
            return x;
        }

        public static void main(String[] args) throws IOException {
            int runs = Integer.parseInt(args[1]);
            float[] x = numbers();
            try (DataOutputStream out = new DataOutputStream(
                    new BufferedOutputStream(Files.newOutputStream(Path.of(args[0]))))) {
                for (Map.Entry<String, MapStep.Row> each : rows().entrySet()) {
                    float[] y = new float[3 * COUNT];
                    for (int i = 0; i < runs; i++) {
                        each.getValue().run(x, 0, 1, 0, 0, y, 0, 1, COUNT);
                        each.getValue().run(x, 0, 1, 0, 0, y, COUNT, 2, COUNT);
                    }
                    out.writeUTF(each.getKey());
                    for (float number : y) {
                        out.writeInt(Float.floatToIntBits(number));
                    }
                }
            }
        }

        static Map<String, int[]> read(Path file) throws IOException {
            Map<String, int[]> all = new LinkedHashMap<>();
            try (DataInputStream in = new DataInputStream(
                    new BufferedInputStream(Files.newInputStream(file)))) {
                while (in.available() > 0) {
                    String name = in.readUTF();
                    int[] bits = new int[3 * COUNT];
                    for (int i = 0; i < bits.length; i++) {
                        bits[i] = in.readInt();
                    }
                    all.put(name, bits);
                }
            }
            return all;
        }
    }

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
