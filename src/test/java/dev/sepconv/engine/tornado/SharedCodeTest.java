package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkCases.Case;
import dev.sepconv.NetworkTester;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.conv.Kernel;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;

/** That equal tasks run one code, and that nobody sees it. */
@Tag("device")
class SharedCodeTest {

    private static TornadoEngine engine;
    private static TornadoEngine unshared;
    private static Device device;

    @BeforeAll
    static void open() {
        engine = TornadoEngine.open();
        unshared = TornadoEngine.openUnshared();
        device = engine.devices().getFirst();
        assumeTrue(device.backend().equals("opencl"), "only OpenCL's code is shared");
    }

    @AfterAll
    static void close() {
        engine.close();
        unshared.close();
    }

    /** Equal layers but for their weights, at three sizes: 32 channels and a stage's side. */
    private static Case stages(int layers, int side, long seed) {
        Random random = new Random(seed);
        Network.Builder builder = Network.builder("stages");
        String x = builder.input("x", Dims.of(1, 32, side, side));
        for (int i = 0; i < layers; i++) {
            Conv2d conv = Conv2d.of(32, 32, 3).withStride(i % 4 == 3 ? 2 : 1)
                    .withPadding(Padding.of(1)).withActivation(Activation.RELU);
            x = builder.add("conv" + i, conv.withWeights(ConvWeights.random(conv, random)), x);
        }
        NdArray input = NdArray.zeros(Dims.of(1, 32, side, side));
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat() - 0.5f;
        }
        return new Case(builder.output(x).build(), Map.of("x", input));
    }

    @Test
    void equalTasksAreCompiledOnceInAProcess() {
        Case first = stages(10, 23, 1);
        Case second = stages(12, 17, 2);
        try (TornadoNetworkPlan plan = engine.compile(first.network(), device)) {
            // the two conversions, and the convolution with and without stride: their kernels
            // differ
            assertTrue(plan.tasks() >= 10 && plan.compiledTasks() <= 4,
                    "%d of %d".formatted(plan.compiledTasks(), plan.tasks()));
            NetworkTester.assertClose(first, "first", plan.run(first.inputs()));
            try (TornadoNetworkPlan other = engine.compile(second.network(), device)) {
                assertEquals(0, other.compiledTasks());
                NetworkTester.assertClose(second, "second", other.run(second.inputs()));
            }
            NetworkTester.assertClose(first, "first, again", plan.run(first.inputs()));
        }
        try (TornadoNetworkPlan plan = engine.compile(first.network(), device)) {
            assertEquals(0, plan.compiledTasks());
            NetworkTester.assertClose(first, "compiled again", plan.run(first.inputs()));
        }
    }

    /**
     * What a task runs is what TornadoVM would have made for it, letter by letter, and so are the
     * results, bit by bit, though other sizes were compiled before.
     */
    @Test
    void sharedCodeIsWhatTornadoWouldHaveMade() {
        long seed = 400;
        NetworkCases cases = new NetworkCases(seed);
        List<Case> all = new ArrayList<>(cases.operations(1));
        all.replaceAll(given -> given.network().nodes().size() % 2 == 0
                ? given
                : NetworkTester.afterConvolutions(given));
        all.addAll(cases.graphs(1));
        all.add(stages(5, 11, seed));
        assertAll(all.stream().map(given -> (Executable) () -> {
            try (TornadoNetworkPlan shared = engine.compile(given.network(), device);
                    TornadoNetworkPlan own = unshared.compile(given.network(), device)) {
                assertEquals(own.tasks(), own.compiledTasks());
                assertEquals(sources(own), sources(shared), () -> given.network().toString());
                Map<String, NdArray> expected = own.run(given.inputs());
                shared.run(given.inputs())
                        .forEach((name, result) -> assertArrayEquals(expected.get(name).data(),
                                result.data(), name));
            }
        }));
    }

    /** Each kernel of the catalogue, of another size than it was compiled for. */
    @Test
    void everyKernelReadsItsSizesFromElsewhere() {
        List<Executable> checks = new ArrayList<>();
        for (Kernel kernel : Catalogue.all()) {
            List<Network> two = LongStream.range(0, 4000)
                    .mapToObj(seed -> Stream.of(ConvTester.random(seed),
                            ConvTester.randomSeparable(seed)))
                    .flatMap(Function.identity()).filter(given -> ConvTester.can(kernel, given))
                    .limit(2).map(given -> Network.of(given.layer().withWeights(given.weights()),
                            given.input(), given.layout()))
                    .toList();
            if (two.size() < 2 || !engine.compiles(kernel, device)) {
                continue;
            }
            checks.add(() -> {
                engine.compile(two.getFirst(), device, List.of(kernel)).close();
                try (TornadoNetworkPlan shared = engine.compile(two.getLast(), device,
                        List.of(kernel));
                        TornadoNetworkPlan own = unshared.compile(two.getLast(), device,
                                List.of(kernel))) {
                    assertEquals(sources(own), sources(shared), kernel.name());
                }
            });
        }
        assertTrue(checks.size() > Catalogue.all().size() / 2, "only %d".formatted(checks.size()));
        assertAll(checks);
    }

    /** The OpenCL of a plan's tasks. */
    private static List<String> sources(TornadoNetworkPlan plan)
            throws ReflectiveOperationException {
        TornadoExecutionPlan tornado = (TornadoExecutionPlan) Internals
                .field(Internals.field(plan, "graph"), "plan");
        List<String> sources = new ArrayList<>();
        if (tornado != null) {
            for (Object graph : Internals.graphs(tornado)) {
                Object codes = Internals.field(Internals.interpreter(graph), "installedCodes");
                for (int i = 0; i < Array.getLength(codes); i++) {
                    sources.add(new String((byte[]) Internals.call(Array.get(codes, i), "getCode"),
                            StandardCharsets.UTF_8));
                }
            }
        }
        assertEquals(plan.tasks(), sources.size());
        return sources;
    }

    /** Plans of one code, compiled, run and closed by several threads at once. */
    /** Two convolutions at once have one code too, and are most of what a network compiles. */
    @Test
    void separableLayersOfAnyChannelsShareTheirCode() {
        for (int channels : new int[]{32, 64}) {
            Network network = Network.of(
                    SeparableConv2d.mobilenet(channels, 64, 3, 1).withRandomWeights(new Random(1)),
                    Shape.of(channels, 28, 28), Layout.NHWC);
            try (TornadoNetworkPlan plan = engine.compile(network, device, Fusion.FUSED)) {
                if (channels > 32) {
                    assertEquals(0, plan.compiledTasks());
                }
            }
        }
    }

    @Test
    void threadsCompileRunAndCloseWhatSharesCode() throws Exception {
        int threads = 4;
        CyclicBarrier together = new CyclicBarrier(threads);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                List<Case> cases = List.of(stages(3, 9 + t, t), stages(5, 14 - t, 10 + t));
                all.add(pool.submit(() -> {
                    together.await();
                    for (int round = 0; round < 6; round++) {
                        Case given = cases.get(round % 2);
                        try (TornadoNetworkPlan plan = engine.compile(given.network(), device)) {
                            for (int run = 0; run < 3; run++) {
                                NetworkTester.assertClose(given, "run " + run,
                                        plan.run(given.inputs()));
                            }
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    /** Plans that are opened, run and closed, of which TornadoVM would keep 0.2 to 2 MB each. */
    @Test
    void closedPlansLeaveNothing() throws Exception {
        int plans = 1_000;
        ChildJava.Result result = ChildJava.of(ClosedPlans.class).withTornado()
                .run(Integer.toString(plans));
        assertEquals(0, result.exit(), result.err());
        List<Long> heap = result.out().lines().filter(line -> line.startsWith("heap "))
                .map(line -> Long.parseLong(line.substring(5))).toList();
        assertEquals(2, heap.size(), result.out());
        assertTrue(heap.getLast() - heap.getFirst() < 50 << 20, result.out());
    }

    /** Says how much heap is in use after 10 plans, and after as many more as it is told. */
    static final class ClosedPlans {
        public static void main(String[] args) {
            int more = Integer.parseInt(args[0]);
            List<Case> cases = List.of(stages(1, 5, 1), stages(2, 4, 2));
            try (TornadoEngine engine = TornadoEngine.open()) {
                Device device = engine.devices().getFirst();
                for (int i = 0; i <= 10 + more; i++) {
                    if (i == 10 || i == 10 + more) {
                        System.gc();
                        Runtime java = Runtime.getRuntime();
                        System.out.println("heap " + (java.totalMemory() - java.freeMemory()));
                    }
                    Case given = cases.get(i % 2);
                    try (TornadoNetworkPlan plan = engine.compile(given.network(), device)) {
                        plan.run(given.inputs());
                    }
                }
            }
        }
    }
}
