package dev.sepconv.engine.tornado;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.Device;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.Geometries;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.reference.Reference;
import dev.sepconv.zoo.MobileNets;
import dev.sepconv.zoo.Parameters;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What {@code scripts/gpu-lab} runs in one process on the first device of a backend, a line for
 * each result. A program and no test: its device is a simulator, which needs minutes.
 */
public final class GpuLab {

    private static final int CONFIGURATIONS = 12;
    private static final int CASES_PER_KERNEL = 2;

    /** What became of one thing that was to be tried. */
    private enum Outcome {
        RIGHT,
        WRONG,
        FAILED,
        REFUSED,
        NOT_RUN
    }

    private final TornadoEngine engine = TornadoEngine.open();
    private final Device device;
    private final boolean readsLocalMemory;
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);

    private GpuLab(String backend) {
        String[] words = backend.split("-", 2);
        device = engine.devices().stream().filter(each -> each.backend().equals(words[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "backend '%s' has no device; there are %s".formatted(words[0],
                                engine.devices())));
        readsLocalMemory = words.length == 1;
    }

    /**
     * @param args what to do, {@code check}, {@code races}, {@code race}, {@code access},
     * {@code compile} or {@code cycles}; the backend, with {@code -without-local} behind it where
     * the device can't read kernels with local memory; for {@code cycles} the kernels with a plus
     * between them, layout, channels, filters, height and width, kernel size, stride and groups, 0
     * for a separable convolution
     */
    public static void main(String[] args) {
        GpuLab lab = new GpuLab(args[1]);
        System.out.println("device      " + lab.device);
        switch (args[0]) {
            case "check" -> lab.check();
            case "races" -> lab.races();
            case "compile" -> lab.compile();
            case "race" -> lab.planted(kernel("race", Kernel.Tiling.local(64, 64, 16, 4, 4),
                    new Kernel.Local(GpuLab::race)));
            case "access" ->
                lab.planted(kernel("access", Kernel.Tiling.NONE, new Kernel.Plain(GpuLab::access)));
            case "cycles" -> lab.cycles(args);
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.println("in all      " + lab.counts.toString().toLowerCase(Locale.ROOT)
                .replace('_', ' ').replace("{", "").replace("}", "").replace('=', ' '));
        boolean good = !lab.counts.containsKey(Outcome.WRONG)
                && !lab.counts.containsKey(Outcome.FAILED);
        Runtime.getRuntime().halt(good ? 0 : 1); // a simulator's threads don't end by themselves
    }

    /** Cases of more than one tile in every direction, and never a whole number of them. */
    static Stream<Case> severalTiles(Kernel kernel) {
        List<Supplier<ConvTester>> testers = List.of(
                () -> ConvTester.conv().channels(37).filters(131).kernel(1, 1)
                        .activation(Activation.RELU6),
                () -> ConvTester.conv().batch(1).channels(5).filters(3).size(3, 5).kernel(1, 1)
                        .activation(Activation.SIGMOID),
                () -> ConvTester.conv().channels(7).filters(131).padding(Padding.of(1))
                        .activation(Activation.HARD_SWISH),
                () -> ConvTester.conv().channels(26).filters(134).groups(2).kernel(5, 3)
                        .stride(2, 3).padding(Padding.SAME_UPPER),
                () -> ConvTester.conv().channels(7).filters(5).dilation(3, 2)
                        .padding(Padding.of(4, 0, 1, 3)),
                () -> ConvTester.conv().channels(5).depthwise(3).stride(2, 1)
                        .padding(Padding.SAME_LOWER));
        return testers.stream().map(tester -> tester.get()
                .layout(kernel.order() == Kernel.Order.NHWC ? Layout.NHWC : Layout.NCHW).build())
                .filter(given -> kernel.supports(
                        Geometries.of((Conv2d) given.layer(), given.input(), given.layout())));
    }

    private void check() {
        for (long seed = 1; seed <= CONFIGURATIONS; seed++) {
            Case given = ConvTester.random(seed);
            attempt("configuration", given, () -> error(given, List.of()));
        }
        for (long seed = 1; seed <= CONFIGURATIONS / 2; seed++) {
            Case given = ConvTester.randomChain(seed);
            attempt("chain", given, () -> error(given, List.of()));
        }
        for (Kernel kernel : Catalogue.all()) {
            Stream<Case> cases = kernel.runsAsPlainJava()
                    ? LongStream.iterate(1, seed -> seed + 1).mapToObj(
                            kernel.stages() == 1 ? ConvTester::random : ConvTester::randomChain)
                            .filter(given -> ConvTester.can(kernel, given)).limit(CASES_PER_KERNEL)
                    : severalTiles(kernel);
            run(kernel, cases);
        }
        attempt("network", "MobileNetV2 0.25 at 32x32", this::network);
    }

    /** All kernels for GPUs; those that share memory over several tiles. */
    private void races() {
        for (Kernel kernel : Catalogue.all()) {
            if (!kernel.runsAsPlainJava()) {
                run(kernel, severalTiles(kernel));
            } else if (kernel.body() instanceof Kernel.Lines
                    || kernel.body() instanceof Kernel.Blocks) {
                run(kernel, LongStream.iterate(1, seed -> seed + 1).mapToObj(ConvTester::random)
                        .filter(given -> ConvTester.can(kernel, given)).limit(CASES_PER_KERNEL));
            }
        }
    }

    /** Compiles every kernel once; what the device's compiler says of it is in its own log. */
    private void compile() {
        for (Kernel kernel : Catalogue.all()) {
            run(kernel, LongStream.iterate(1, seed -> seed + 1)
                    .mapToObj(kernel.stages() == 1 ? ConvTester::random : ConvTester::randomChain)
                    .filter(given -> ConvTester.can(kernel, given)).limit(1));
        }
    }

    private void run(Kernel kernel, Stream<Case> cases) {
        if (!engine.compiles(kernel, device)) {
            say(Outcome.REFUSED, kernel.name(), "TornadoVM can't compile it for this backend");
        } else if (!kernel.runsAsPlainJava() && !readsLocalMemory) {
            say(Outcome.NOT_RUN, kernel.name(), "this device can't read kernels with local memory");
        } else {
            cases.forEach(
                    given -> attempt(kernel.name(), given, () -> error(given, List.of(kernel))));
        }
    }

    private void cycles(String[] args) {
        List<Kernel> kernels = Arrays
                .stream(args[2].split("\\+")).map(
                        name -> Catalogue.all().stream().filter(each -> each.name().equals(name))
                                .findFirst()
                                .orElseThrow(() -> new IllegalArgumentException(
                                        "kernel '%s' isn't in the catalogue".formatted(name))))
                .toList();
        int[] sizes = Arrays.stream(args, 4, 10).mapToInt(Integer::parseInt).toArray();
        Layer layer = sizes[5] == 0
                ? SeparableConv2d.mobilenet(sizes[0], sizes[1], sizes[3], sizes[4])
                : new Conv2d(sizes[0], sizes[1], sizes[3], sizes[3], sizes[4], sizes[4], 1, 1,
                        Padding.SAME_UPPER, sizes[5], true, Activation.RELU6);
        Case given = new Case(layer, Shape.of(sizes[0], sizes[2], sizes[2]),
                Layout.valueOf(args[3]), 1);
        attempt(args[2], given, () -> error(given, kernels));
    }

    /** How far a run is from the reference. */
    private double error(Case given, List<Kernel> kernels) {
        double[] exact = Reference.run(given.layer(), given.weights(), given.tensor());
        Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
        try (Plan plan = Plan.of(kernels.isEmpty()
                ? engine.compile(network, device)
                : engine.compile(network, device, kernels), given.layout())) {
            return Reference.difference(exact, plan.run(given.tensor())).relative();
        }
    }

    private double network() {
        Network network = MobileNets.v2(0.25, 32, 32, Parameters.random(1));
        Random random = new Random(1);
        Map<String, NdArray> inputs = network.inputs().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, input -> {
                    NdArray picture = NdArray.zeros(input.getValue());
                    for (int i = 0; i < picture.data().length; i++) {
                        picture.data()[i] = random.nextFloat(-1, 1);
                    }
                    return picture;
                }));
        double[] exact = NetworkReference.run(network, inputs).values().iterator().next();
        try (NetworkPlan plan = engine.compile(network, device)) {
            float[] output = plan.run(inputs).values().iterator().next().data();
            double largest = 0;
            double worst = 0;
            for (int i = 0; i < exact.length; i++) {
                largest = Math.max(largest, Math.abs(exact[i]));
                worst = Math.max(worst, Math.abs(exact[i] - output[i]));
            }
            return worst / largest;
        }
    }

    private interface Measured {
        double error();
    }

    private void attempt(String name, Object given, Measured run) {
        try {
            double error = run.error();
            say(error <= ConvTester.TOLERANCE ? Outcome.RIGHT : Outcome.WRONG, name,
                    "relative error %.1e, %s".formatted(error, given));
        } catch (RuntimeException e) {
            say(Outcome.FAILED, name, "%s, %s".formatted(e.getMessage(), given));
        }
    }

    private void say(Outcome outcome, String name, String what) {
        counts.merge(outcome, 1, Integer::sum);
        System.out.printf("%-11s %s: %s%n",
                outcome.toString().toLowerCase(Locale.ROOT).replace('_', ' '), name, what);
        System.out.flush();
    }

    // Mistakes that a checker of kernels has to find

    private static Kernel kernel(String method, Kernel.Tiling tiling, Kernel.Body body) {
        return new Kernel(method, Kernel.Variant.POINTWISE, Kernel.Order.NCHW, "", tiling, true,
                GpuLab.class, method, body);
    }

    private void planted(Kernel kernel) {
        Case given = ConvTester.conv().batch(1).channels(64).filters(64).size(8, 8).kernel(1, 1)
                .build();
        error(given, List.of(kernel));
        System.out.println("ran         planted " + kernel.name());
    }

    /** Each work-item reads what its neighbour writes, with no barrier between. */
    static void race(KernelContext context, FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int activation, float slope) {
        float[] shared = context.allocateFloatLocalArray(256);
        int item = context.localIdy * 16 + context.localIdx;
        shared[item] = input.get(item);
        output.set(item, shared[255 - item]);
    }

    /** The last of the work-items writes far behind the output's end. */
    static void access(FloatArray input, FloatArray weight, FloatArray bias, FloatArray output,
            IntArray geometry, int planes, int outHeight, int outWidth, int activation,
            float slope) {
        for (@Parallel int plane = 0; plane < planes; plane++) {
            output.set(plane * 1000, input.get(plane));
        }
    }
}
