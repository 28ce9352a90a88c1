package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.NetworkCases.Case;
import dev.sepconv.reference.NetworkReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Judges networks' outputs by the float64 reference. */
public final class NetworkTester {

    /** Of the largest number of an output. */
    private static final double TOLERANCE = 1e-5;

    private NetworkTester() {
    }

    /** Compiles and runs twice; both must agree with the reference. */
    public static void check(Case given, Engine engine, Device device) {
        try (NetworkPlan plan = engine.compile(given.network(), device)) {
            assertClose(given, engine.name(), plan.run(given.inputs()));
            assertClose(given, engine.name() + ", second run", plan.run(given.inputs()));
        }
    }

    public static void assertClose(Case given, String who, Map<String, NdArray> outputs) {
        Map<String, double[]> exact = NetworkReference.run(given.network(), given.inputs());
        for (String name : given.network().outputs()) {
            double[] wanted = exact.get(name);
            float[] got = outputs.get(name).data();
            int at = worst(wanted, got);
            double largest = largest(wanted);
            double worst = apart(wanted[at], got[at]) / largest;
            double allowed = allowed(given);
            assertTrue(worst <= allowed,
                    "%s: %s of %s at %d is %s, not %s (error %.2g of the largest, %s; %.2g is allowed); %s"
                            .formatted(who, name, given.network(), at, got[at], wanted[at], worst,
                                    largest, allowed, text(given)));
        }
    }

    /** How far outputs are from the reference, at most, over each one's largest number. */
    public static double error(Case given, Map<String, NdArray> outputs) {
        Map<String, double[]> exact = NetworkReference.run(given.network(), given.inputs());
        return given.network().outputs().stream().mapToDouble(name -> {
            double[] wanted = exact.get(name);
            float[] got = outputs.get(name).data();
            int at = worst(wanted, got);
            return apart(wanted[at], got[at]) / largest(wanted);
        }).max().orElseThrow();
    }

    /** Where a result is the farthest off. */
    private static int worst(double[] wanted, float[] got) {
        if (wanted.length != got.length) {
            throw new AssertionError("%d numbers, not %d".formatted(got.length, wanted.length));
        }
        int at = 0;
        for (int i = 1; i < got.length; i++) {
            if (apart(wanted[i], got[i]) > apart(wanted[at], got[at])) {
                at = i;
            }
        }
        return at;
    }

    private static double apart(double wanted, float got) {
        double apart = Math.abs(got - wanted);
        return Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart;
    }

    private static double largest(double[] wanted) {
        return Math.max(Arrays.stream(wanted).map(Math::abs).max().orElse(0), 1e-30);
    }

    /**
     * What the outputs may be off, over the largest number. Behind several steps errors add up: a
     * sigmoid of sums of up to 60 was 1.04e-5 off where no step was off by more than 4e-7 of its
     * largest number.
     */
    public static double allowed(Case given) {
        return given.network().nodes().size() == 1 ? TOLERANCE : 2 * TOLERANCE;
    }

    static String text(Case given) {
        List<String> nodes = new ArrayList<>();
        for (Node node : given.network().nodes()) {
            String op = node.op().toString();
            nodes.add(node.output() + " = " + op.substring(0, Math.min(300, op.length()))
                    + node.inputs() + " " + given.network().dims(node.output()));
        }
        return given.network().inputs() + " " + nodes;
    }

    /**
     * The same computation after an identity, a depthwise convolution by 1, of each picture of two
     * channels or more: engines that keep pictures in an order of their own after a convolution
     * then have to compute in it.
     */
    public static Case afterConvolutions(Case given) {
        Network network = given.network();
        Map<String, String> names = new LinkedHashMap<>();
        List<Node> nodes = new ArrayList<>();
        network.inputs().forEach((name, dims) -> {
            if (dims.rank() == 4 && dims.get(1) > 1) {
                float[] ones = new float[dims.get(1)];
                Arrays.fill(ones, 1);
                String copy = "convolved " + name;
                names.put(name, copy);
                nodes.add(new Node(copy,
                        Conv2d.depthwise(dims.get(1), 1, 1).withWeights(ConvWeights.of(ones)),
                        List.of(name), copy));
            }
        });
        for (Node node : network.nodes()) {
            nodes.add(new Node(node.name(), node.op(),
                    node.inputs().stream().map(name -> names.getOrDefault(name, name)).toList(),
                    node.output()));
        }
        return new Case(network.withNodes(nodes), given.inputs());
    }
}
