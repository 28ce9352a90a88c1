package dev.sepconv.engine.tornado;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkPlan;
import dev.sepconv.NetworkTester;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.EngineDevice;
import dev.sepconv.engine.SplitAxis;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.conv.Kernel;
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

    private static final long SEED = 20261129;
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
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);

    /** What earlier processes tried; the last of it ended its process. */
    private final int done = Integer.getInteger("gpu-lab.done", 0);
    private int tried;

    private GpuLab(String backend) {
        device = device(backend);
    }

    private Device device(String name) {
        return engine.devices().stream()
                .filter(each -> each.backend().equals(name) || each.id().equals(name)).findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("device or backend is '%s'; there are %s"
                                .formatted(name, engine.devices())));
    }

    /**
     * @param args what to do, {@code check}, {@code networks}, {@code races}, {@code race},
     * {@code access}, {@code compile}, {@code split} or {@code cycles}; the backend or device; for
     * {@code split} another device; for {@code cycles} the kernels with a plus between them,
     * layout, channels, filters, height and width, kernel size, stride and groups, 0 for a
     * separable convolution; or {@code fully-connected}, {@code mean} or {@code softmax} as
     * networks have it, layout, numbers of a row or channels, outputs or rows, height and width
     */
    public static void main(String[] args) {
        GpuLab lab = new GpuLab(args[1]);
        System.out.println("device      " + lab.device);
        switch (args[0]) {
            case "check" -> lab.check();
            case "networks" -> lab.networks();
            case "split" -> lab.split(lab.device(args[2]));
            case "races" -> lab.races();
            case "compile" -> lab.compile();
            case "race" -> lab.planted(kernel("race", Kernel.Tiling.local(64, 64, 16, 4, 4, 1),
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
                () -> ConvTester.conv().batch(1).channels(16).filters(3).size(3, 5).kernel(1, 1)
                        .activation(Activation.SIGMOID),
                () -> ConvTester.conv().channels(79).filters(70).size(11, 13).kernel(1, 1),
                () -> ConvTester.conv().channels(7).filters(131).padding(Padding.of(1))
                        .activation(Activation.HARD_SWISH),
                () -> ConvTester.conv().channels(26).filters(134).groups(2).kernel(5, 3)
                        .stride(2, 3).padding(Padding.SAME_UPPER),
                () -> ConvTester.conv().channels(64).filters(70).groups(2).size(7, 9).kernel(3, 3)
                        .stride(1, 2).padding(Padding.SAME_UPPER),
                () -> ConvTester.conv().channels(16).filters(33).size(6, 11).kernel(3, 3)
                        .dilation(1, 2).padding(Padding.of(1, 2, 0, 1)).activation(Activation.RELU),
                () -> ConvTester.conv().channels(7).filters(5).dilation(3, 2)
                        .padding(Padding.of(4, 0, 1, 3)),
                () -> ConvTester.conv().channels(5).depthwise(3).kernel(5, 5).stride(2, 1)
                        .padding(Padding.SAME_LOWER),
                () -> ConvTester.conv().channels(3).depthwise(1).size(33, 61).kernel(5, 5)
                        .padding(Padding.of(2)).activation(Activation.RELU6),
                () -> ConvTester.conv().channels(2).depthwise(1).size(60, 58).kernel(5, 5)
                        .padding(Padding.of(1, 0, 4, 1)),
                () -> ConvTester.conv().channels(21).depthwise(1).size(9, 30).kernel(5, 5)
                        .padding(Padding.of(2)).activation(Activation.HARD_SWISH),
                () -> ConvTester.conv().channels(128).filters(70).size(5, 17).kernel(3, 3)
                        .padding(Padding.of(1)).activation(Activation.RELU6),
                () -> ConvTester.conv().batch(3).channels(128).filters(68).groups(2).size(1, 29)
                        .kernel(3, 3).padding(Padding.of(1)));
        Layout layout = kernel.order() == Kernel.Order.NHWC ? Layout.NHWC : Layout.NCHW;
        Stream<Case> chains = Stream.of(
                new Case(SeparableConv2d.mobilenet(64, 70, 3, 1), new Shape(2, 64, 5, 17), layout,
                        1),
                new Case(SeparableConv2d.xception(128, 131, 3, 1), new Shape(1, 128, 3, 14), layout,
                        2),
                new Case(SeparableConv2d.keras(192, 5, 3, 1), new Shape(3, 192, 1, 29), layout, 3),
                new Case(
                        new SeparableConv2d(SeparableConv2d.Order.MOBILENET,
                                Conv2d.depthwise(64, 1, 3).withPadding(Padding.of(1))
                                        .withActivation(Activation.leakyRelu(0.1f)),
                                Conv2d.pointwise(64, 129).withBias(true)
                                        .withActivation(Activation.HARD_SWISH)),
                        new Shape(1, 64, 9, 1), layout, 4));
        return Stream
                .concat(testers.stream().map(tester -> tester.get().layout(layout).build()), chains)
                .filter(given -> ConvTester.can(kernel, given));
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
    }

    /** Every operator and function, graphs as networks have them, and whole small networks. */
    private void networks() {
        NetworkCases cases = new NetworkCases(SEED);
        Stream.of(cases.functions(), cases.operations(1), cases.graphs(1)).flatMap(List::stream)
                .forEach(given -> network(given.network().name(), given));
        network("MobileNetV1", picture(MobileNets.v1(0.25, 33, 32, Parameters.random(1))));
        network("MobileNetV2", picture(MobileNets.v2(0.25, 32, 33, Parameters.random(1))));
        network("AlexNet", picture(alexNet(1)));
    }

    /** Layers and networks over this device and another one. */
    private void split(Device other) {
        List<EngineDevice> places = List.of(new EngineDevice(engine, device),
                new EngineDevice(engine, other));
        System.out.println("with        " + other);
        ConvTester layer = ConvTester.conv().batch(3).channels(6).filters(10).groups(2);
        for (SplitAxis along : SplitAxis.values()) {
            Case given = layer.build();
            split(along, "grouped layer", picture(Network
                    .of(given.layer().withWeights(given.weights()), given.input(), given.layout())),
                    places);
            split(along, "AlexNet", picture(alexNet(2)), places);
        }
        split(SplitAxis.SPACE, "MobileNetV2",
                picture(MobileNets.v2(0.25, 64, 65, Parameters.random(1))), places);
    }

    private void split(SplitAxis along, String name, NetworkCases.Case given,
            List<EngineDevice> places) {
        attempt(name + " by " + along.word(), given.network().nodes().size() + " nodes", () -> {
            try (DeviceSplit plan = DeviceSplit.evenly(along, given.network(), places)) {
                return NetworkTester.error(given, plan.run(given.inputs()));
            }
        }, NetworkTester.allowed(given));
    }

    /** AlexNet's layers, its groups among them, at an eighth of their width, up to its scores. */
    private static Network alexNet(int batch) {
        Random random = new Random(SEED);
        Network.Builder net = Network.builder("alexnet/8");
        String x = net.input("picture", Dims.of(batch, 3, 67, 67));
        List<Conv2d> layers = List.of(Conv2d.of(3, 12, 11).withStride(4),
                Conv2d.grouped(12, 32, 5, 2).withPadding(Padding.of(2)),
                Conv2d.of(32, 48, 3).withPadding(Padding.of(1)),
                Conv2d.grouped(48, 48, 3, 2).withPadding(Padding.of(1)),
                Conv2d.grouped(48, 32, 3, 2).withPadding(Padding.of(1)));
        for (int i = 0; i < layers.size(); i++) {
            Conv2d layer = layers.get(i).withBias(true).withActivation(Activation.RELU);
            x = net.add("conv" + (i + 1), layer.withWeights(ConvWeights.random(layer, random)), x);
            if (i != 2 && i != 3) {
                x = net.add("pool" + (i + 1),
                        Op.Pool.of(Op.Pool.Kind.MAX, 3, 2, new Padding.Explicit(0, 0, 0, 0)), x);
            }
        }
        x = net.add("flatten", new Op.Reshape(Dims.of(batch, 32)), x);
        int in = 32;
        for (int out : new int[]{64, 64, 10}) {
            x = net.add("fc" + out + "of" + in + "/" + x, new Op.FullyConnected(out,
                    numbers(random, in * out), numbers(random, out), Activation.NONE), x);
            in = out;
        }
        return net.output(x).build(); // no softmax: of scores far apart it leaves no error to see
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(-1, 1) / 4;
        }
        return numbers;
    }

    private static NetworkCases.Case picture(Network network) {
        Random random = new Random(SEED);
        Map<String, NdArray> inputs = network.inputs().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, input -> NdArray.of(input.getValue(),
                        numbers(random, input.getValue().elements()))));
        return new NetworkCases.Case(network, inputs);
    }

    private void network(String name, NetworkCases.Case given) {
        attempt(name, given.network().nodes().size() + " nodes", () -> {
            try (NetworkPlan plan = engine.compile(given.network(), device)) {
                return NetworkTester.error(given, plan.run(given.inputs()));
            }
        }, NetworkTester.allowed(given));
    }

    /**
     * All kernels for GPUs, of operators those that share memory; those that do over several tiles.
     */
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
        // of several work-groups, the last not whole
        network("fully-connected", operator("fully-connected", 300, 21, 1));
        network("mean", operator("mean", 37, 37, 9));
        network("softmax", operator("softmax", 300, 3, 1));
        network("softmax across", across(new Op.Softmax(1)));
        network("maximum across", across(new Op.Reduce(Op.Reduce.Kind.MAX, List.of(1), false)));
    }

    /** An operation along channels, whose numbers lie a picture apart. */
    private static NetworkCases.Case across(Op op) {
        Network.Builder net = Network.builder("across");
        String x = net.input("x", Dims.of(2, 19, 5, 7));
        return picture(net.output(net.add("y", op, x)).build());
    }

    /** Compiles every kernel once; what the device's compiler says of it is in its own log. */
    private void compile() {
        for (Kernel kernel : Catalogue.all()) {
            Stream<Case> cases = kernel.runsAsPlainJava()
                    ? LongStream.iterate(1, seed -> seed + 1).mapToObj(
                            kernel.stages() == 1 ? ConvTester::random : ConvTester::randomChain)
                            .filter(given -> ConvTester.can(kernel, given))
                    : severalTiles(kernel); // some want more channels than are ever drawn
            run(kernel, cases.limit(1));
        }
    }

    private void run(Kernel kernel, Stream<Case> cases) {
        if (!Target.compiles(kernel, device.backend())) {
            pass(Outcome.REFUSED, kernel.name(), "TornadoVM can't compile it for this backend");
        } else if (!engine.compiles(kernel, device)) {
            pass(Outcome.NOT_RUN, kernel.name(),
                    "this device is taken for one without local memory");
        } else {
            cases.forEach(
                    given -> attempt(kernel.name(), given, () -> error(given, List.of(kernel))));
        }
    }

    private void cycles(String[] args) {
        if (!args[2].contains("F32")) {
            int[] sizes = Arrays.stream(args, 4, 7).mapToInt(Integer::parseInt).toArray();
            network(args[2], operator(args[2], sizes[0], sizes[1], sizes[2]));
            return;
        }
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

    private static NetworkCases.Case operator(String name, int numbers, int others, int side) {
        Random random = new Random(SEED);
        Network.Builder net = Network.builder(name);
        Dims dims = switch (name) {
            case "fully-connected" -> Dims.of(1, numbers);
            case "mean" -> Dims.of(1, numbers, side, side);
            case "softmax" -> Dims.of(others, numbers);
            default -> throw new IllegalArgumentException(name);
        };
        String x = net.input("x", dims);
        Op op = switch (name) {
            case "fully-connected" -> new Op.FullyConnected(others,
                    numbers(random, numbers * others), numbers(random, others), Activation.NONE);
            case "mean" -> new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 3), true);
            default -> new Op.Softmax(1);
        };
        return picture(net.output(net.add(name, op, x)).build());
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

    private interface Measured {
        double error();
    }

    private void attempt(String name, Object given, Measured run) {
        attempt(name, given, run, ConvTester.TOLERANCE);
    }

    private void attempt(String name, Object given, Measured run, double allowed) {
        if (isDone(name)) {
            return;
        }
        try {
            double error = run.error();
            say(error <= allowed ? Outcome.RIGHT : Outcome.WRONG, name,
                    "relative error %.1e, %s".formatted(error, given));
        } catch (RuntimeException e) {
            say(Outcome.FAILED, name, "%s, %s".formatted(e.getMessage(), given));
        }
    }

    /**
     * Whether an earlier process tried it. Of what ended that process gpu-lab knows whether it was
     * in the simulator's own code.
     */
    private boolean isDone(String name) {
        tried++;
        if (tried == done) {
            boolean simulators = Boolean.getBoolean("gpu-lab.simulatorEnded");
            say(simulators ? Outcome.NOT_RUN : Outcome.FAILED, name,
                    simulators
                            ? "the simulator ended the process in its own code"
                            : "ended the process");
        }
        return tried <= done;
    }

    /** Says what isn't tried. */
    private void pass(Outcome outcome, String name, String why) {
        if (!isDone(name)) {
            say(outcome, name, why);
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
