package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Op.Elementwise.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ways in which models spell functions of one number become one operation each, whatever the
 * order of the operands and wherever the constants stand:
 *
 * <ul>
 * <li>the hard sigmoid, {@code min(max(a * x + b, 0), 1)}; the sigmoid, {@code 1 / (1 + exp(-x))};
 * softplus, {@code log(1 + exp(x))}, which has no overflow as one step;
 * <li>x times what a gate makes of x: the hard swish (Howard et al. 2019, MobileNetV3), SiLU
 * (Elfwing et al. 2017; "swish"), Mish (Misra 2019), GELU by the error function and by the
 * hyperbolic tangent (Hendrycks and Gimpel 2016).
 * </ul>
 *
 * <p>
 * A gate that is read elsewhere too stays as it is: it has to be computed anyway.
 */
final class RecogniseFunctions {

    private static final double SIXTH = 1 / 6.0;
    private static final double HALF_ROOT = Math.sqrt(0.5);
    private static final double ROOT = Math.sqrt(2 / Math.PI);
    /** The factor of x^3 in the hyperbolic tangent's GELU. */
    private static final double CUBE = 0.044715;

    private final Network network;
    private final Wiring wiring;

    private RecogniseFunctions(Wiring wiring) {
        this.network = wiring.network();
        this.wiring = wiring;
    }

    static Network run(Wiring wiring) {
        Wiring sigmoids = wiring.after(wiring.joinPairs(RecogniseFunctions::hardSigmoid));
        Wiring inverses = sigmoids.after(replaced(sigmoids, RecogniseFunctions::ofExponential));
        return replaced(inverses, RecogniseFunctions::gated);
    }

    /** What a node is instead. */
    private interface Form {
        Optional<Node> of(RecogniseFunctions functions, Node node);
    }

    private static Network replaced(Wiring wiring, Form form) {
        RecogniseFunctions functions = new RecogniseFunctions(wiring);
        Network after = Wiring.replaceEach(wiring.network(), node -> form.of(functions, node));
        return after == wiring.network() ? after : DropDead.run(after);
    }

    private static boolean near(double value, double wanted) {
        return Polynomial.near(value, wanted);
    }

    /** Whether {@code node} applies one function that has no parameters. */
    private static boolean is(Node node, Function function) {
        return node.op() instanceof Op.Elementwise op && op.function() == function;
    }

    private static boolean isClip(Op op, float low, float high) {
        return op instanceof Op.Elementwise clip && clip.function() == Function.CLIP
                && clip.a() == low && clip.b() == high;
    }

    /**
     * {@code clip(a * x + b, 0, 1)}, and {@code clip(x, 0, 6) / 6}, which is that with 1/6 and 0.
     */
    private static Optional<Node> hardSigmoid(Node first, Node second) {
        Optional<Uniform> before = uniform(first.op());
        Optional<Uniform> after = uniform(second.op());
        float a;
        float b;
        if (before.isPresent() && isClip(second.op(), 0, 1)) {
            a = (float) before.get().scale();
            b = (float) before.get().shift();
        } else if (isClip(first.op(), 0, 6) && after.isPresent() && near(after.get().scale(), SIXTH)
                && after.get().shift() == 0) {
            a = (float) SIXTH;
            b = 0;
        } else if (before.isPresent() && second.op() instanceof Op.Elementwise sigmoid
                && sigmoid.function() == Function.HARD_SIGMOID) {
            a = (float) (sigmoid.a() * before.get().scale());
            b = (float) (sigmoid.a() * before.get().shift() + sigmoid.b());
        } else {
            return Optional.empty();
        }
        return Optional.of(new Node(second.name(), new Op.Elementwise(Function.HARD_SIGMOID, a, b),
                first.inputs(), second.output()));
    }

    private static Optional<Uniform> uniform(Op op) {
        return op instanceof Op.ScaleShift scaleShift
                ? Uniform.of(scaleShift, "")
                : Optional.empty();
    }

    /** {@code log(1 + exp(x))} and {@code 1 / (1 + exp(-x))}. */
    private Optional<Node> ofExponential(Node node) {
        if (is(node, Function.LOG)) {
            return onePlusExponential(node.inputs().getFirst())
                    .map(exponent -> function(Function.SOFTPLUS, exponent, node));
        }
        String denominator = null;
        if (is(node, Function.RECIPROCAL)) {
            denominator = node.inputs().getFirst();
        } else if (node.op() instanceof Op.Binary binary && binary.kind() == Op.Binary.Kind.DIV
                && Uniform.number(wiring, node.inputs().get(0)).orElse(0) == 1) {
            denominator = node.inputs().get(1);
        }
        return Optional.ofNullable(denominator).flatMap(this::onePlusExponential)
                .flatMap(this::negated).map(x -> function(Function.SIGMOID, x, node));
    }

    /** The array x of {@code 1 + exp(x)}. */
    private Optional<String> onePlusExponential(String array) {
        return wiring.onlyFor(array).flatMap(sum -> Uniform.of(wiring, sum))
                .filter(sum -> sum.scale() == 1 && sum.shift() == 1)
                .flatMap(sum -> wiring.onlyFor(sum.input()))
                .filter(exponential -> is(exponential, Function.EXP))
                .map(exponential -> exponential.inputs().getFirst());
    }

    /** The array x of {@code -x}. */
    private Optional<String> negated(String array) {
        return wiring.onlyFor(array).flatMap(minus -> Uniform.of(wiring, minus))
                .filter(minus -> minus.scale() == -1 && minus.shift() == 0).map(Uniform::input);
    }

    private static Node function(Function function, String x, Node node) {
        return new Node(node.name(), Op.Elementwise.of(function), List.of(x), node.output());
    }

    /** {@code x * gate(x)} times a number, or {@code x / (1 + exp(-x))}. */
    private Optional<Node> gated(Node node) {
        if (node.op() instanceof Op.Binary binary && binary.kind() == Op.Binary.Kind.DIV
                && Uniform.of(wiring, node).isEmpty()) {
            return onePlusExponential(node.inputs().get(1)).flatMap(this::negated)
                    .filter(x -> x.equals(node.inputs().get(0)))
                    .map(x -> function(Function.SILU, x, node));
        }
        Product product = new Product();
        product.multiply(node);
        if (product.factors.size() != 2) {
            return Optional.empty();
        }
        for (int side = 0; side < 2; side++) {
            String x = product.factors.get(side);
            Optional<Function> function = wiring.onlyFor(product.factors.get(1 - side))
                    .flatMap(gate -> function(x, gate, product.number))
                    .filter(f -> network.dims(x).equals(network.dims(node.output())));
            if (function.isPresent()) {
                return function.map(f -> function(f, x, node));
            }
        }
        return Optional.empty();
    }

    /** What a node multiplies: a number, and arrays. */
    private final class Product {

        private static final int MOST_FACTORS = 3;

        private int nodes;
        private double number = 1;
        private final List<String> factors = new ArrayList<>();

        void multiply(Node node) {
            Optional<Uniform> scaled = Uniform.of(wiring, node).filter(s -> s.shift() == 0);
            if (scaled.isPresent()) {
                number *= scaled.get().scale();
                multiply(scaled.get().input());
            } else if (node.op() instanceof Op.Binary binary
                    && binary.kind() == Op.Binary.Kind.MUL) {
                node.inputs().forEach(this::multiply);
            } else {
                factors.add(node.output());
            }
        }

        private void multiply(String array) {
            Optional<Node> maker = wiring.onlyFor(array);
            if (maker.isPresent() && factors.size() < MOST_FACTORS
                    && nodes++ < Polynomial.MOST_NODES) {
                multiply(maker.get());
            } else {
                factors.add(array);
            }
        }
    }

    /** Which function {@code number * x * gate} is. */
    private Optional<Function> function(String x, Node gate, double number) {
        Optional<Uniform> sum = Uniform.chain(wiring, gate);
        if (sum.isPresent()) {
            boolean half = near(number * sum.get().scale(), 0.5)
                    && near(number * sum.get().shift(), 0.5);
            return half
                    ? wiring.onlyFor(sum.get().input()).flatMap(inner -> gelu(x, inner))
                    : Optional.empty();
        }
        if (!(gate.op() instanceof Op.Elementwise op)) {
            return Optional.empty();
        }
        String inner = gate.inputs().getFirst();
        Function found = switch (op.function()) {
            case SIGMOID -> !near(number, 1)
                    ? null
                    : isPolynomial(inner, x, 0, 1)
                            ? Function.SILU
                            : isPolynomial(inner, x, 0, 2 * ROOT, 0, 2 * ROOT * CUBE)
                                    ? Function.GELU_TANH
                                    : null;
            case TANH -> near(number, 1) && wiring.onlyFor(inner)
                    .filter(softplus -> is(softplus, Function.SOFTPLUS)
                            && softplus.inputs().getFirst().equals(x))
                    .isPresent() ? Function.MISH : null;
            case HARD_SIGMOID ->
                near(number, 1) && near(op.a(), SIXTH) && near(op.b(), 0.5) && inner.equals(x)
                        ? Function.HARD_SWISH
                        : null;
            case CLIP -> near(number, SIXTH) && isClip(op, 0, 6) && isPolynomial(inner, x, 3, 1)
                    ? Function.HARD_SWISH
                    : null;
            default -> null;
        };
        return Optional.ofNullable(found);
    }

    private Optional<Function> gelu(String x, Node inner) {
        if (is(inner, Function.ERF)) {
            return isPolynomial(inner.inputs().getFirst(), x, 0, HALF_ROOT)
                    ? Optional.of(Function.GELU)
                    : Optional.empty();
        }
        return is(inner, Function.TANH)
                && isPolynomial(inner.inputs().getFirst(), x, 0, ROOT, 0, ROOT * CUBE)
                        ? Optional.of(Function.GELU_TANH)
                        : Optional.empty();
    }

    private boolean isPolynomial(String array, String x, double... factors) {
        return Polynomial.is(wiring, array, x, factors);
    }
}
