package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Op.Binary;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code docs/numerics.md}, table by table, as an engine has to keep it. */
final class Numerics {

    private static final Path DOCUMENT = Path.of("docs/numerics.md");
    private static final float INFINITY = Float.POSITIVE_INFINITY;
    /** Whole vectors of any engine, and some channels more. */
    private static final Dims PICTURE = Dims.of(1, 41, 4, 6);
    private static final double TOLERANCE = 2e-6;

    private final Engine engine;
    private final List<String> wrong = new ArrayList<>();

    /** @param engine what is judged */
    Numerics(Engine engine) {
        this.engine = engine;
    }

    /** All that the tables of {@code docs/numerics.md} say. */
    void tables() {
        functions();
        twoArrays();
        manyNumbers();
        runs();
        weights();
    }

    /** All that wasn't as it must be; empty if nothing. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** The cells of a section's table, without its head. */
    private static List<List<String>> table(String section) {
        List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : Markdown.read(DOCUMENT).prose()) {
            if (line.startsWith("#")) {
                inside = line.equals("## " + section);
            } else if (inside && line.startsWith("| `")) {
                rows.add(Arrays.stream(line.split("\\|")).skip(1).map(String::strip).toList());
            }
        }
        assertEquals(false, rows.isEmpty(), section + " has no table");
        return rows;
    }

    private static String name(String cell) {
        return cell.substring(1, cell.indexOf('`', 1));
    }

    private static float number(String cell) {
        return switch (cell) {
            case "NaN" -> Float.NaN;
            case "∞" -> INFINITY;
            case "-∞" -> -INFINITY;
            default -> Float.parseFloat(cell);
        };
    }

    private static Elementwise function(String name) {
        Function function = Function.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        return switch (function) {
            case CLIP -> new Elementwise(function, 0, 6);
            case LEAKY_RELU -> new Elementwise(function, 0.1f, 0);
            case HARD_SIGMOID -> new Elementwise(function, 1 / 6f, 0.5f);
            case ELU, CELU, THRESHOLDED_RELU -> new Elementwise(function, 1, 0);
            case POWER -> new Elementwise(function, 2.5f, 0);
            default -> Elementwise.of(function);
        };
    }

    private float[] run(Op op, NdArray... inputs) {
        Network.Builder builder = Network.builder(op.label());
        Map<String, NdArray> arrays = new java.util.LinkedHashMap<>();
        String[] names = new String[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            names[i] = builder.input("x" + i, inputs[i].dims());
            arrays.put(names[i], inputs[i]);
        }
        Network network = builder.output(builder.add("y", op, names)).build();
        try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
            return plan.run(arrays).get("y").data();
        }
    }

    private static NdArray filled(Dims dims, float value) {
        float[] numbers = new float[dims.elements()];
        Arrays.fill(numbers, value);
        return NdArray.of(dims, numbers);
    }

    private static boolean isAs(float got, float wanted) {
        return Float.isNaN(wanted)
                ? Float.isNaN(got)
                : got == wanted || Math.abs(got - wanted) <= TOLERANCE;
    }

    private void all(String what, float wanted, float[] got) {
        for (int i = 0; i < got.length; i++) {
            if (!isAs(got[i], wanted)) {
                wrong.add("%s: %s is %s at %d, not %s".formatted(engine.name(), what, got[i], i,
                        wanted));
                return;
            }
        }
    }

    /** Each function by itself, and at the end of a convolution. */
    private void functions() {
        // integers have tests of their own
        Set<Function> missing = EnumSet
                .complementOf(EnumSet.of(Function.QUANTIZE, Function.DEQUANTIZE));
        for (List<String> row : table("Functions and activations")) {
            Elementwise op = function(name(row.getFirst()));
            missing.remove(op.function());
            float[] given = {Float.NaN, INFINITY, -INFINITY, -0f};
            for (int i = 0; i < given.length; i++) {
                float wanted = number(row.get(i + 1));
                for (Dims dims : List.of(PICTURE, Dims.of(37))) {
                    all("%s of %s %s".formatted(op.label(), given[i], dims), wanted,
                            run(op, filled(dims, given[i])));
                }
                if (op.activation().isPresent()) {
                    Conv2d conv = Conv2d.grouped(41, 41, 1, 41)
                            .withActivation(op.activation().get());
                    float[] ones = new float[41];
                    Arrays.fill(ones, 1);
                    all("%s of %s after a convolution".formatted(op.label(), given[i]), wanted,
                            run(conv.withWeights(new ConvWeights(ones, null)),
                                    filled(PICTURE, given[i])));
                }
            }
            denormal(op, number(row.get(4)));
        }
        assertEquals(Set.of(), missing, "functions that docs/numerics.md lacks");
    }

    private void denormal(Elementwise op, float ofZero) {
        switch (op.function()) {
            case LOG, RECIPROCAL, POWER, SQRT, SIGN, CEIL, FLOOR -> {
            }
            default -> {
                for (float tiny : new float[]{1e-40f, -1e-40f}) {
                    for (float got : run(op, filled(PICTURE, tiny))) {
                        if (!(Math.abs(got - ofZero) <= 1e-37 + TOLERANCE * Math.abs(ofZero))) {
                            wrong.add("%s: %s of %s is %s".formatted(engine.name(), op.label(),
                                    tiny, got));
                            return;
                        }
                    }
                }
            }
        }
    }

    private void twoArrays() {
        for (List<String> row : table("Two arrays")) {
            Binary.Kind kind = Binary.Kind.valueOf(name(row.getFirst()).toUpperCase(Locale.ROOT));
            for (Dims dims : List.of(PICTURE, Dims.of(37))) {
                all(String.join(" ", row), number(row.get(3)), run(new Binary(kind),
                        filled(dims, number(row.get(1))), filled(dims, number(row.get(2)))));
            }
        }
    }

    private void manyNumbers() {
        for (List<String> row : table("Many numbers")) {
            Op op = switch (name(row.getFirst())) {
                case "max-pool" -> Op.Pool.of(Op.Pool.Kind.MAX, 2, 2, NONE);
                case "average-pool" -> Op.Pool.of(Op.Pool.Kind.AVERAGE, 2, 2, NONE);
                case "reduce-max" -> new Op.Reduce(Op.Reduce.Kind.MAX, List.of(2, 3), true);
                case "reduce-mean" -> new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 3), true);
                case "reduce-sum" -> new Op.Reduce(Op.Reduce.Kind.SUM, List.of(2, 3), true);
                default -> throw new IllegalArgumentException(row.getFirst());
            };
            // as the first number that is read, in the middle, and as the last
            for (int[] place : new int[][]{{0, 0}, {1, 0}, {1, 1}}) {
                NdArray x = filled(PICTURE, 1);
                for (int c = 0; c < 41; c++) {
                    x.data()[(c * 4 + place[0]) * 6 + place[1]] = number(row.get(1));
                }
                float[] got = run(op, x);
                float wanted = row.get(2).startsWith("the greatest") ? 1 : number(row.get(2));
                int each = got.length / 41;
                for (int c = 0; c < 41; c++) {
                    all("%s, channel %d".formatted(String.join(" ", row), c), wanted,
                            new float[]{got[c * each]});
                    for (int i = 1; i < each; i++) { // windows that don't read it
                        all("%s beside it".formatted(String.join(" ", row)), 1,
                                new float[]{got[c * each + i]});
                    }
                }
            }
        }
    }

    private static final Padding.Explicit NONE = (Padding.Explicit) Padding.VALID;

    /** Softmax and normalisation: the run that holds it, and no other. */
    private void runs() {
        Dims dims = Dims.of(3, 37);
        for (float value : new float[]{Float.NaN, INFINITY, -INFINITY}) {
            for (Op op : List.of(new Op.Softmax(1), new Op.Normalize(1, 1e-5f, true))) {
                NdArray x = NdArray.zeros(dims);
                for (int i = 0; i < x.data().length; i++) {
                    x.data()[i] = i % 5;
                }
                x.data()[37 + 20] = value;
                float[] got = run(op, x);
                boolean isLeftOut = op instanceof Op.Softmax && value == -INFINITY;
                for (int i = 0; i < got.length; i++) {
                    boolean finite = i / 37 != 1 || isLeftOut;
                    if (Float.isFinite(got[i]) != finite
                            || i == 37 + 20 && isLeftOut && got[i] != 0) {
                        wrong.add("%s: %s with %s is %s at %d".formatted(engine.name(), op.label(),
                                value, got[i], i));
                        break;
                    }
                }
            }
        }
    }

    /**
     * Sums of 9,216 products, as AlexNet's first fully connected layer has them: of learned
     * numbers, of two arrays and of a pointwise convolution.
     */
    void longSums() {
        int inputs = 9216;
        int outputs = 40; // whole vectors, and some columns more
        java.util.Random random = new java.util.Random(3);
        float[] weight = new float[outputs * inputs];
        float[] across = new float[outputs * inputs];
        float[] x = new float[inputs];
        for (int i = 0; i < inputs; i++) {
            x[i] = random.nextFloat();
        }
        double[] wanted = new double[outputs];
        for (int k = 0; k < outputs; k++) {
            for (int i = 0; i < inputs; i++) {
                weight[k * inputs + i] = random.nextFloat();
                across[i * outputs + k] = weight[k * inputs + i];
                wanted[k] += (double) weight[k * inputs + i] * x[i];
            }
        }
        sums("fully connected", wanted,
                run(new Op.FullyConnected(outputs, weight, null, Activation.NONE),
                        NdArray.of(Dims.of(1, inputs), x)));
        sums("matrix by column", wanted, run(new Op.MatrixProduct(),
                NdArray.of(Dims.of(outputs, inputs), weight), NdArray.of(Dims.of(inputs, 1), x)));
        sums("row by matrix", wanted, run(new Op.MatrixProduct(), NdArray.of(Dims.of(1, inputs), x),
                NdArray.of(Dims.of(inputs, outputs), across)));
        if (!engine.name().equals("java")) { // its kernel is the simplest loop there is
            sums("pointwise convolution", wanted,
                    run(Conv2d.pointwise(inputs, outputs)
                            .withWeights(new ConvWeights(weight, null)),
                            NdArray.of(Dims.of(1, inputs, 1, 1), x)));
        }
    }

    private void sums(String what, double[] wanted, float[] got) {
        double most = 0;
        for (int k = 0; k < wanted.length; k++) {
            most = Math.max(most, Math.abs(got[k] - wanted[k]) / wanted[k]);
        }
        if (!(most <= 1e-6)) {
            wrong.add("%s: %s: a sum of 9216 products is off by %.1e of itself"
                    .formatted(engine.name(), what, most));
        }
    }

    /** A weight reaches its filter's outputs and no other's. */
    private void weights() {
        Conv2d dense = Conv2d.of(24, 40, 3).withPadding(Padding.of(1));
        for (Conv2d conv : List.of(dense, Conv2d.pointwise(24, 40), dense.withStride(2),
                Conv2d.depthwise(40, 1, 3).withPadding(Padding.of(1)), dense.withGroups(4))) {
            for (float value : new float[]{Float.NaN, INFINITY}) {
                ConvWeights weights = ConvWeights.random(conv, new java.util.Random(1));
                int each = weights.weight().length / 40;
                int taps = conv.kernelHeight() * conv.kernelWidth();
                // a middle channel's tap in the middle, which every output reads
                weights.weight()[17 * each + each / taps / 2 * taps + taps / 2] = value;
                float[] got = run(conv.withWeights(weights),
                        filled(Dims.of(1, conv.inChannels(), 12, 12), 0.5f));
                int plane = got.length / 40;
                for (int i = 0; i < got.length; i++) {
                    if (Float.isFinite(got[i]) == (i / plane == 17)) {
                        wrong.add("%s: %s with a weight %s is %s in filter %d".formatted(
                                engine.name(), conv.inWords(), value, got[i], i / plane));
                        break;
                    }
                }
            }
        }
    }
}
