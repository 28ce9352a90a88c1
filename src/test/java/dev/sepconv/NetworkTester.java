package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
            assertEquals(wanted.length, got.length);
            double largest = Math.max(Arrays.stream(wanted).map(Math::abs).max().orElse(0), 1e-30);
            double worst = 0;
            int at = 0;
            for (int i = 0; i < got.length; i++) {
                double error = Math.abs(got[i] - wanted[i]) / largest;
                if (!(error <= worst)) { // NaN too
                    worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                    at = i;
                }
            }
            // Behind several steps errors add up: a sigmoid of sums of up to 60 was 1.04e-5 off
            // where no step was off by more than 4e-7 of its largest number.
            double allowed = given.network().nodes().size() == 1 ? TOLERANCE : 2 * TOLERANCE;
            assertTrue(worst <= allowed,
                    "%s: %s of %s at %d is %s, not %s (error %.2g of the largest, %s; %.2g is allowed); %s"
                            .formatted(who, name, given.network(), at, got[at], wanted[at], worst,
                                    largest, allowed, text(given)));
        }
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
