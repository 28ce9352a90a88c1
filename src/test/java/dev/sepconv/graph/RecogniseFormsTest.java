package dev.sepconv.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.reference.NetworkReference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Functions and normalisations as PyTorch, timm, Hugging Face and TensorFlow write them in code,
 * and so in exported models: which operation is left, and that it gives the same. The operands of
 * sums and products stand in an order by chance.
 */
class RecogniseFormsTest {

    private static final List<Dims> SIZES = List.of(Dims.of(2, 3, 4, 5), Dims.of(2, 7, 6),
            Dims.of(3, 5), Dims.of(11), Dims.of(1, 4, 2, 3, 2));
    private static final float ROOT = (float) Math.sqrt(2 / Math.PI);

    /** What a form is of x. */
    interface Form {
        String write(Writer writer, String x);
    }

    record Named(String name, Form form) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Writes nodes; the order of a sum's and a product's operands is by chance. */
    static final class Writer {

        private final Network.Builder builder = Network.builder("form");
        private final Random random;
        private int count;

        Writer(long seed) {
            random = new Random(seed);
        }

        String op(Op op, String... from) {
            return builder.add("n" + count++, op, from);
        }

        String f(Function function, String x) {
            return op(Elementwise.of(function), x);
        }

        String number(double value) {
            Dims dims = random.nextBoolean() ? Dims.of() : Dims.of(1);
            return op(new Op.Constant(NdArray.of(dims, new float[]{(float) value})));
        }

        String numbers(Dims dims) {
            float[] values = new float[dims.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat(-1, 1);
            }
            return op(new Op.Constant(NdArray.of(dims, values)));
        }

        private String either(Kind kind, String a, String b) {
            return random.nextBoolean()
                    ? op(new Op.Binary(kind), a, b)
                    : op(new Op.Binary(kind), b, a);
        }

        String add(String a, String b) {
            return either(Kind.ADD, a, b);
        }

        String add(String a, double b) {
            return add(a, number(b));
        }

        String mul(String a, String b) {
            return either(Kind.MUL, a, b);
        }

        String mul(String a, double b) {
            return mul(a, number(b));
        }

        String sub(String a, String b) {
            return op(new Op.Binary(Kind.SUB), a, b);
        }

        String div(String a, String b) {
            return op(new Op.Binary(Kind.DIV), a, b);
        }

        String div(String a, double b) {
            return div(a, number(b));
        }

        String clip(String x, float low, float high) {
            return op(new Elementwise(Function.CLIP, low, high), x);
        }

        String square(String x) {
            return op(new Op.Binary(Kind.MUL), x, x);
        }

        String cube(String x) {
            return mul(square(x), x);
        }

        String mean(String x, Integer... dimensions) {
            return op(new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(dimensions), true), x);
        }

        Network network(Form form, Dims dims) {
            String x = builder.input("x", dims);
            return builder.output(form.write(this, x)).build();
        }
    }

    private static Named form(String name, Form form) {
        return new Named(name, form);
    }

    static Stream<Named> sigmoids() {
        return Stream.of(
                form("1 / (1 + exp(-x))",
                        (w, x) -> w.div(w.number(1),
                                w.add(w.f(Function.EXP, w.f(Function.NEGATE, x)), 1))),
                form("reciprocal of 1 + exp(-1 * x)", (w, x) -> w.f(Function.RECIPROCAL,
                        w.add(w.f(Function.EXP, w.mul(x, -1)), 1))));
    }

    static Stream<Named> silus() {
        return Stream.of(form("x * sigmoid(x)", (w, x) -> w.mul(x, w.f(Function.SIGMOID, x))),
                form("x / (1 + exp(-x))",
                        (w, x) -> w.div(x, w.add(w.f(Function.EXP, w.f(Function.NEGATE, x)), 1))),
                form("x * (1 / (1 + exp(-x)))", (w, x) -> w.mul(x,
                        w.div(w.number(1), w.add(w.f(Function.EXP, w.f(Function.NEGATE, x)), 1)))));
    }

    static Stream<Named> gelus() {
        return Stream.of(
                form("PyTorch's exporter: x * (erf(x / 1.4142) + 1) * 0.5",
                        (w, x) -> w.mul(
                                w.mul(x, w.add(w.f(Function.ERF, w.div(x, 1.4142135381698608)), 1)),
                                0.5)),
                form("x * 0.5 * (1 + erf(x * 0.7071))",
                        (w, x) -> w
                                .mul(w.mul(x, 0.5), w.add(
                                        w.f(Function.ERF, w.mul(x, 0.7071067811865476)), 1))),
                form("x * (0.5 * (1 + erf(x / 1.4142)))", (w, x) -> w.mul(x,
                        w.mul(w.add(w.f(Function.ERF, w.div(x, Math.sqrt(2))), 1), 0.5))),
                form("x * (0.5 * erf(x / 1.4142) + 0.5)",
                        (w, x) -> w
                                .mul(x, w
                                        .add(w.mul(w.f(Function.ERF, w.div(x, Math.sqrt(2))), 0.5),
                                                0.5))),
                form("x * (1 + erf(x / 1.4142)) / 2", (w, x) -> w
                        .div(w.mul(x, w.add(w.f(Function.ERF, w.div(x, Math.sqrt(2))), 1)), 2)));
    }

    static Stream<Named> tanhGelus() {
        return Stream.of(
                form("0.5 * x * (1 + tanh(0.7979 * (x + 0.0447 * x^3)))",
                        (w, x) -> w.mul(w.mul(x, 0.5),
                                w.add(w.f(Function.TANH,
                                        w.mul(w.add(x, w.mul(w.cube(x), 0.044715)), ROOT)), 1))),
                form("0.5 * x * (1 + tanh(x * 0.7979 * (1 + 0.0447 * x * x)))",
                        (w, x) -> w
                                .mul(w.mul(x, 0.5), w.add(
                                        w.f(Function.TANH,
                                                w.mul(w.mul(x, 0.7978845608),
                                                        w.add(w.mul(w.mul(x, 0.044715), x), 1))),
                                        1))),
                form("x * (0.5 + 0.5 * tanh(0.7979 * x + 0.0357 * x^3))",
                        (w, x) -> w
                                .mul(x, w.add(
                                        w.mul(w.f(Function.TANH,
                                                w.add(w.mul(x, ROOT),
                                                        w.mul(w.cube(x), ROOT * 0.044715))),
                                                0.5),
                                        0.5))),
                form("x * sigmoid(1.5958 * (x + 0.0447 * x^3))",
                        (w, x) -> w.mul(x, w.f(Function.SIGMOID,
                                w.mul(w.add(x, w.mul(w.cube(x), 0.044715)), 2 * ROOT)))));
    }

    static Stream<Named> mishes() {
        return Stream.of(
                form("x * tanh(softplus(x))",
                        (w, x) -> w.mul(x, w.f(Function.TANH, w.f(Function.SOFTPLUS, x)))),
                form("x * tanh(log(1 + exp(x)))", (w, x) -> w.mul(x,
                        w.f(Function.TANH, w.f(Function.LOG, w.add(w.f(Function.EXP, x), 1))))));
    }

    static Stream<Named> softpluses() {
        return Stream.of(form("log(1 + exp(x))",
                (w, x) -> w.f(Function.LOG, w.add(w.f(Function.EXP, x), 1))));
    }

    static Stream<Named> hardSwishes() {
        return Stream.of(
                form("x * clip(x + 3, 0, 6) / 6",
                        (w, x) -> w.div(w.mul(x, w.clip(w.add(x, 3), 0, 6)), 6)),
                form("x * (clip(x + 3, 0, 6) / 6)",
                        (w, x) -> w.mul(x, w.div(w.clip(w.add(x, 3), 0, 6), 6))),
                form("x / 6 * clip(x + 3, 0, 6)",
                        (w, x) -> w.mul(w.div(x, 6), w.clip(w.add(x, 3), 0, 6))),
                form("x * hardSigmoid(x)", (w, x) -> w.mul(x,
                        w.op(new Elementwise(Function.HARD_SIGMOID, 1 / 6f, 0.5f), x))));
    }

    private static void isRecognised(Named named, Function function) {
        for (long seed = 0; seed < 20; seed++) {
            Dims dims = SIZES.get((int) (seed % SIZES.size()));
            Network network = new Writer(seed).network(named.form(), dims);
            Network after = Simplify.run(network);
            assertEquals(List.of(Elementwise.of(function)),
                    after.nodes().stream().map(node -> node.op()).toList(),
                    named + " of " + dims + ", seed " + seed);
            isSame(network, after, seed);
        }
    }

    private static void isSame(Network network, Network after, long seed) {
        Random random = new Random(seed);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> {
            float[] numbers = new float[dims.elements()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = random.nextFloat(-6, 6);
            }
            inputs.put(name, NdArray.of(dims, numbers));
        });
        Map<String, double[]> wanted = NetworkReference.run(network, inputs);
        Map<String, double[]> got = NetworkReference.run(after, inputs);
        for (String output : network.outputs()) {
            double largest = Arrays.stream(wanted.get(output)).map(Math::abs).max().orElseThrow();
            for (int i = 0; i < wanted.get(output).length; i++) {
                assertEquals(wanted.get(output)[i], got.get(output)[i], 2e-6 * largest + 1e-9,
                        "seed " + seed + ", number " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sigmoids")
    void sigmoid(Named form) {
        isRecognised(form, Function.SIGMOID);
    }

    @ParameterizedTest
    @MethodSource("silus")
    void silu(Named form) {
        isRecognised(form, Function.SILU);
    }

    @ParameterizedTest
    @MethodSource("gelus")
    void gelu(Named form) {
        isRecognised(form, Function.GELU);
    }

    @ParameterizedTest
    @MethodSource("tanhGelus")
    void geluByTheHyperbolicTangent(Named form) {
        isRecognised(form, Function.GELU_TANH);
    }

    @ParameterizedTest
    @MethodSource("mishes")
    void mish(Named form) {
        isRecognised(form, Function.MISH);
    }

    @ParameterizedTest
    @MethodSource("softpluses")
    void softplus(Named form) {
        isRecognised(form, Function.SOFTPLUS);
    }

    @ParameterizedTest
    @MethodSource("hardSwishes")
    void hardSwish(Named form) {
        isRecognised(form, Function.HARD_SWISH);
    }

    /** Not one of the functions: another constant, sign, operand or gate. */
    static Stream<Named> otherFunctions() {
        return Stream.of(
                form("quick GELU: x * sigmoid(1.702 * x)",
                        (w, x) -> w.mul(x, w.f(Function.SIGMOID, w.mul(x, 1.702)))),
                form("x * sigmoid(-x)",
                        (w, x) -> w.mul(x, w.f(Function.SIGMOID, w.f(Function.NEGATE, x)))),
                form("2 * x * sigmoid(x)", (w, x) -> w.mul(w.mul(x, 2), w.f(Function.SIGMOID, x))),
                form("x * sigmoid(|x|)",
                        (w, x) -> w.mul(x, w.f(Function.SIGMOID, w.f(Function.ABS, x)))),
                form("x * x * sigmoid(x)", (w, x) -> w.mul(w.square(x), w.f(Function.SIGMOID, x))),
                form("sigmoid(x) / x", (w, x) -> w.div(w.f(Function.SIGMOID, x),
                        x)),
                form("x * (erf(x / 1.41) + 1) * 0.5",
                        (w, x) -> w.mul(w.mul(x, w.add(w.f(Function.ERF, w.div(x, 1.41)), 1)),
                                0.5)),
                form("x * (erf(x / 1.4142) + 1)",
                        (w, x) -> w.mul(x, w.add(w.f(Function.ERF, w.div(x, Math.sqrt(2))), 1))),
                form("x * (erf(x / 1.4142) - 1) * 0.5",
                        (w, x) -> w
                                .mul(w.mul(x, w.add(w.f(Function.ERF, w.div(x, Math.sqrt(2))), -1)),
                                        0.5)),
                form("a tanh with x^2 for x^3",
                        (w, x) -> w.mul(w.mul(x, 0.5),
                                w.add(w.f(Function.TANH,
                                        w.mul(w.add(x, w.mul(w.square(x), 0.044715)), ROOT)), 1))),
                form("a tanh with 0.045",
                        (w, x) -> w.mul(w.mul(x, 0.5),
                                w.add(w.f(Function.TANH,
                                        w.mul(w.add(x, w.mul(w.cube(x), 0.045)), ROOT)), 1))),
                form("x * tanh(exp(x))",
                        (w, x) -> w.mul(x, w.f(Function.TANH, w.f(Function.EXP, x)))),
                form("log(2 + exp(x))",
                        (w, x) -> w.f(Function.LOG, w.add(w.f(Function.EXP, x), 2))),
                form("log(1 - exp(x))",
                        (w, x) -> w.f(Function.LOG, w.sub(w.number(1), w.f(Function.EXP, x)))),
                form("1 / (1 + exp(x))",
                        (w, x) -> w.f(Function.RECIPROCAL, w.add(w.f(Function.EXP, x), 1))),
                form("2 / (1 + exp(-x))",
                        (w, x) -> w.div(w.number(2),
                                w.add(w.f(Function.EXP, w.f(Function.NEGATE, x)), 1))),
                form("x * clip(x + 3, 0, 5) / 6",
                        (w, x) -> w.div(w.mul(x, w.clip(w.add(x, 3), 0, 5)), 6)),
                form("x * clip(x + 2, 0, 6) / 6",
                        (w, x) -> w.div(w.mul(x, w.clip(w.add(x, 2), 0, 6)), 6)),
                form("x * clip(x + 3, 0, 6) / 3",
                        (w, x) -> w.div(w.mul(x, w.clip(w.add(x, 3), 0, 6)), 3)));
    }

    @ParameterizedTest
    @MethodSource("otherFunctions")
    void whatOnlyLooksLikeOneStays(Named named) {
        for (long seed = 0; seed < 20; seed++) {
            Network network = new Writer(seed).network(named.form(),
                    SIZES.get((int) (seed % SIZES.size())));
            Network after = Simplify.run(network);
            assertTrue(after.nodes().size() > 1, named + ", seed " + seed + ": " + after.nodes());
            if (!named.name().startsWith("log(1 -")) { // nothing but NaN
                isSame(network, after, seed);
            }
        }
    }

    @Test
    void aGateThatIsReadElsewhereOrOfAnotherArrayStays() {
        Writer writer = new Writer(1);
        String x = writer.builder.input("x", SIZES.getFirst());
        String gate = writer.f(Function.SIGMOID, x);
        writer.builder.output(writer.mul(x, gate)).output(gate);
        Network network = writer.builder.build();
        assertEquals(List.of("sigmoid", "mul"), labels(Simplify.run(network)));

        Writer squeeze = new Writer(1);
        String y = squeeze.builder.input("x", SIZES.getFirst());
        squeeze.builder.output(squeeze.mul(y, squeeze.f(Function.SIGMOID, squeeze.mean(y, 2, 3))));
        assertEquals(List.of("reduce-mean", "sigmoid", "mul"),
                labels(Simplify.run(squeeze.builder.build())));
    }

    /** A form that is repeated to another array's sizes is not the function of x. */
    @Test
    void aFormThatChangesTheSizesStays() {
        for (long seed = 0; seed < 8; seed++) {
            Network network = new Writer(seed).network(
                    (w, x) -> w.mul(w.mul(x, w.f(Function.SIGMOID, x)), w.numbers(Dims.of(1, 1))),
                    Dims.of(5));
            isSame(network, Simplify.run(network), seed);
            assertEquals(Dims.of(1, 5), Simplify.run(network).dims(network.outputs().getFirst()));
        }
    }

    /** Each square reads the one before twice: written out it would be 2^60 terms. */
    @Test
    void aTowerOfSquaresTakesNoTime() {
        Network network = new Writer(1).network((w, x) -> {
            String square = x;
            for (int i = 0; i < 60; i++) {
                square = w.op(new Op.Binary(Kind.ADD), square, square);
            }
            return w.mul(x, w.f(Function.SIGMOID, square));
        }, Dims.of(4));
        assertEquals(62, Simplify.run(network).nodes().size());
    }

    private static List<String> labels(Network network) {
        return network.nodes().stream().map(node -> node.op().label())
                .filter(label -> !label.equals("constant")).toList();
    }

    private static String deviation(Writer w, String x, Integer... over) {
        return w.sub(x, w.mean(x, over));
    }

    private static String root(Writer w, String d, double epsilon, Integer... over) {
        return w.f(Function.SQRT, w.add(w.mean(w.square(d), over), epsilon));
    }

    /** Of any dimensions. */
    private static Stream<Form> normalizations(double epsilon, Integer... over) {
        return Stream.of((w, x) -> {
            String d = deviation(w, x, over);
            return w.div(d, root(w, d, epsilon, over));
        }, (w, x) -> { // x - mean written twice, as timm's LayerNorm2d
            String d = deviation(w, x, over);
            return w.div(deviation(w, x, over), root(w, d, epsilon, over));
        }, (w, x) -> { // the mean once
            String mean = w.mean(x, over);
            return w.div(w.sub(x, mean), root(w, w.sub(x, mean), epsilon, over));
        }, (w, x) -> {
            String d = deviation(w, x, over);
            return w.mul(d, w.f(Function.RECIPROCAL, root(w, d, epsilon, over)));
        }, (w, x) -> {
            String d = deviation(w, x, over);
            return w.mul(d, w.div(w.number(1), root(w, d, epsilon, over)));
        }, (w, x) -> {
            String d = deviation(w, x, over);
            return w.mul(d, w.op(new Elementwise(Function.POWER, -0.5f, 0),
                    w.add(w.mean(w.square(d), over), epsilon)));
        });
    }

    private static final float EPSILON = 1e-5f;

    @Test
    void layerNormalizationOverTheLastDimensions() {
        for (Dims dims : SIZES) {
            for (int first = 0; first < dims.rank(); first++) {
                Integer[] over = IntStream.range(first, dims.rank()).boxed()
                        .toArray(Integer[]::new);
                if (dims.product(first, dims.rank()) == 1) {
                    continue;
                }
                Op wanted = new Op.Normalize(first, EPSILON, true);
                normalizations(EPSILON, over).forEach(form -> {
                    for (long seed = 0; seed < 4; seed++) {
                        Network network = new Writer(seed).network(form, dims);
                        Network after = Simplify.run(network);
                        assertEquals(List.of(wanted),
                                after.nodes().stream().map(node -> node.op()).toList(),
                                dims + ", seed " + seed);
                        isSame(network, after, seed);
                    }
                });
            }
        }
    }

    @Test
    void layerNormalizationOverChannelsStandsBetweenTranspositions() {
        Dims dims = Dims.of(2, 6, 3, 5);
        normalizations(1e-6, 1).forEach(form -> {
            for (long seed = 0; seed < 4; seed++) {
                Network network = new Writer(seed).network(
                        (w, x) -> w.add(w.mul(form.write(w, x), w.numbers(Dims.of(6, 1, 1))),
                                w.numbers(Dims.of(6, 1, 1))),
                        dims);
                Network after = Simplify.run(network);
                assertEquals(List.of("transpose", "normalize", "transpose", "scale-shift"),
                        labels(after));
                assertEquals(new Op.Normalize(3, 1e-6f, true), after.nodes().get(1).op());
                isSame(network, after, seed);
            }
        });
    }

    /** ConvNeXt: transposed, normalised over the last dimension, scaled, transposed back. */
    @Test
    void withTranspositionsRoundIt() {
        Network network = new Writer(3).network((w, x) -> {
            String last = w.op(new Op.Transpose(List.of(0, 2, 3, 1)), x);
            String d = deviation(w, last, 3);
            String normal = w.div(d, root(w, d, 1e-6, 3));
            String scaled = w.add(w.mul(normal, w.numbers(Dims.of(6))), w.numbers(Dims.of(6)));
            return w.op(new Op.Transpose(List.of(0, 3, 1, 2)), scaled);
        }, Dims.of(2, 6, 3, 5));
        Network after = Simplify.run(network);
        assertEquals(List.of("transpose", "normalize", "mul", "add", "transpose"), labels(after));
        isSame(network, after, 3);
    }

    @Test
    void rootMeanSquareNormalization() {
        for (Form form : List.<Form>of((w, x) -> w.div(x, root(w, x, EPSILON, 2)),
                (w, x) -> w.mul(x, w.f(Function.RECIPROCAL, root(w, x, EPSILON, 2))))) {
            Network network = new Writer(3).network(form, Dims.of(2, 3, 8));
            Network after = Simplify.run(network);
            assertEquals(List.of(new Op.Normalize(2, EPSILON, false)),
                    after.nodes().stream().map(node -> node.op()).toList());
            isSame(network, after, 3);
        }
    }

    /** Not a normalisation: each differs in one place. */
    static Stream<Named> otherNormalizations() {
        return Stream.of(form("epsilon outside of the root", (w, x) -> {
            String d = deviation(w, x, 2);
            return w.div(d, w.add(w.f(Function.SQRT, w.mean(w.square(d), 2)), 1e-6));
        }), form("a variance of n - 1", (w, x) -> {
            String d = deviation(w, x, 2);
            String variance = w.mul(w.mean(w.square(d), 2), 8 / 7.0);
            return w.div(d, w.f(Function.SQRT, w.add(variance, 1e-6)));
        }), form("means over different dimensions", (w, x) -> {
            String d = deviation(w, x, 2);
            return w.div(d, root(w, d, 1e-6, 1, 2));
        }), form("an epsilon below 0", (w, x) -> {
            String d = deviation(w, x, 2);
            return w.div(d, root(w, d, -1e-6, 2));
        }), form("no root", (w, x) -> {
            String d = deviation(w, x, 2);
            return w.div(d, w.add(w.mean(w.square(d), 2), 1e-6));
        }), form("a sum of squares", (w, x) -> {
            String d = deviation(w, x, 2);
            return w.div(d,
                    w.f(Function.SQRT, w.add(
                            w.op(new Op.Reduce(Op.Reduce.Kind.SUM, List.of(2), true), w.square(d)),
                            1e-6)));
        }), form("of another array", (w, x) -> {
            String d = deviation(w, x, 2);
            return w.div(w.sub(x, w.mean(w.f(Function.ABS, x), 2)), root(w, d, 1e-6, 2));
        }), form("mean - x", (w, x) -> {
            String d = w.sub(w.mean(x, 2), x);
            return w.div(deviation(w, x, 2), root(w, d, 1e-6, 2));
        }), form("the root over the deviation", (w, x) -> {
            String d = deviation(w, x, 2);
            return w.div(root(w, d, 1e-6, 2), d);
        }));
    }

    @ParameterizedTest
    @MethodSource("otherNormalizations")
    void whatOnlyLooksLikeANormalizationStays(Named named) {
        for (long seed = 0; seed < 4; seed++) {
            Network network = new Writer(seed).network(named.form(), Dims.of(2, 3, 8));
            Network after = Simplify.run(network);
            assertTrue(after.nodes().stream().noneMatch(
                    node -> node.op() instanceof Op.Normalize normalize && normalize.centered()),
                    named + ": " + labels(after));
            isSame(network, after, seed);
        }
    }

    @Test
    void aDeviationThatIsGivenBackStays() {
        Writer writer = new Writer(5);
        String x = writer.builder.input("x", Dims.of(2, 3, 8));
        String d = deviation(writer, x, 2);
        String root = root(writer, d, 1e-6, 2);
        writer.builder.output(writer.div(d, root)).output(root);
        Network network = writer.builder.build();
        assertNotEquals(1, Simplify.run(network).nodes().size());
        assertTrue(labels(Simplify.run(network)).stream().noneMatch("normalize"::equals));
    }
}
