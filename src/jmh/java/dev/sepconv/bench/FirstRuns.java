package dev.sepconv.bench;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Sepconv;
import dev.sepconv.measure.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A process that {@link Cold} starts: a network's first runs. It knows the public API alone, so
 * that it runs on the classes of another commit too, and prints its figures, a line each.
 */
final class FirstRuns {

    /** What comes before a figure. */
    static final String MARK = "cold: ";

    /** The largest difference from the plain engine, as a share of the largest value. */
    private static final double TOLERANCE = 1e-4;

    /** Runs whose median counts as one speed. */
    private static final int TOGETHER = 5;

    private FirstRuns() {
    }

    /** @param args engine, network (a name or an ONNX file), seconds of runs */
    public static void main(String[] args) throws IOException {
        Network network = Files.exists(Path.of(args[1]))
                ? Sepconv.load(Path.of(args[1]))
                : Sepconv.untrained(args[1]);
        Random random = new Random(1);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> inputs.put(name, random(dims, random)));
        long start = System.nanoTime();
        try (Sepconv sepconv = Sepconv.open(args[0])) {
            long opened = System.nanoTime();
            say("engine opened", opened - start);
            try (NetworkPlan plan = sepconv.compile(network)) {
                long compiled = System.nanoTime();
                say("compiled", compiled - opened);
                Map<String, NdArray> results = plan.run(inputs);
                long first = System.nanoTime();
                say("first run", first - compiled);
                say("opened to first result", first - start);
                Map<String, NdArray> later = plan.run(inputs);
                steady(plan, inputs, later, first - compiled, Double.parseDouble(args[2]));
                check(network, inputs, results);
                check(network, inputs, later);
            }
        }
    }

    private static NdArray random(Dims dims, Random random) {
        float[] numbers = new float[dims.elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat();
        }
        return NdArray.of(dims, numbers);
    }

    /**
     * Says how fast runs get, and how much time runs had taken, the first one included, until
     * {@link #TOGETHER} of them were within 1.5 times of that.
     */
    private static void steady(NetworkPlan plan, Map<String, NdArray> inputs,
            Map<String, NdArray> outputs, long firstNanos, double seconds) {
        if (seconds <= 0) {
            return;
        }
        List<Long> runs = new ArrayList<>(List.of(firstNanos));
        long sum = firstNanos;
        int fewest = 4 * TOGETHER; // to tell anything
        while (sum < seconds * 1e9 || runs.size() < fewest) {
            long before = System.nanoTime();
            plan.run(inputs, outputs);
            runs.add(System.nanoTime() - before);
            sum += runs.getLast();
        }
        double steady = median(runs.subList(runs.size() * 3 / 4, runs.size()));
        say("steady run", Math.round(steady));
        long until = 0;
        for (int i = 0; i + TOGETHER <= runs.size(); i++) {
            if (median(runs.subList(i, i + TOGETHER)) <= 1.5 * steady) {
                break;
            }
            until += runs.get(i);
        }
        say("runs until within 1.5 of steady", until);
    }

    private static double median(List<Long> nanos) {
        return Timing.median(nanos.stream().mapToDouble(Long::doubleValue).toArray());
    }

    private static void check(Network network, Map<String, NdArray> inputs,
            Map<String, NdArray> results) {
        Map<String, NdArray> expected;
        try (Sepconv plain = Sepconv.open("plain"); NetworkPlan plan = plain.compile(network)) {
            expected = plan.run(inputs);
        }
        results.forEach((name, result) -> {
            float[] exact = expected.get(name).data();
            double largest = 0;
            double off = 0;
            for (int i = 0; i < exact.length; i++) {
                largest = Math.max(largest, Math.abs(exact[i]));
                off = Math.max(off, Math.abs(exact[i] - (double) result.data()[i]));
            }
            if (!(off <= TOLERANCE * largest)) {
                throw new IllegalStateException(
                        "output '%s' differs from the plain engine's by %s of its largest value"
                                .formatted(name, off / largest));
            }
        });
    }

    private static void say(String what, long nanos) {
        System.out.println(MARK + what + "=" + nanos / 1e6);
    }
}
