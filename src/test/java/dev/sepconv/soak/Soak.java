package dev.sepconv.soak;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The same work for a long time, in rounds: runs of a small plan and of a network, plans opened and
 * closed, threads whose plans are closed and who are interrupted while they run. Every result must
 * be the first one's bits, and what the process holds must stay as much. {@code scripts/soak}
 * starts it.
 */
public final class Soak {

    /** What the whole is meant to reach; a slower machine needs more minutes. */
    private static final long GOAL_RUNS = 1_000_000;
    private static final long GOAL_NETWORK_RUNS = 100_000;
    private static final long GOAL_OPENED = 10_000;

    private static final int THREADS = 8;
    private static final int RUNS_A_THREAD = 100;
    /** Plans that the threads share; fewer than these, so that they meet. */
    private static final int SHARED = 4;

    /** From then on the JVM has compiled what it will, and nothing should grow any more. */
    private static final double WARM = 1.0 / 3;
    private static final long MEGABYTE = 1 << 20;

    private static final Path SELF = Path.of("/proc/self");
    private static final Path ATTENTION = Path
            .of("src/test/resources/dev/sepconv/io/onnx/exported/attention-dynamo-18.onnx");

    /** How much of each kind of work a round has, so that kinds take about as long. */
    private record Round(int runs, int networkRuns, int opened) {
    }

    /** What the process holds; -1 where the system doesn't say. */
    private record Held(long resident, long heap, long threads, long files) {

        static Held now() throws IOException {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long resident = -1;
            long threads = ManagementFactory.getThreadMXBean().getThreadCount();
            long files = -1;
            if (Files.exists(SELF)) {
                for (String line : Files.readAllLines(SELF.resolve("status"))) {
                    if (line.startsWith("VmRSS:")) {
                        resident = 1024 * Long.parseLong(line.replaceAll("\\D", ""));
                    }
                }
                try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
                    files = open.count();
                }
            }
            return new Held(resident, heap, threads, files);
        }

        @Override
        public String toString() {
            return "%,d MiB resident, %.1f MiB heap, %d threads, %d files"
                    .formatted(resident / MEGABYTE, (double) heap / MEGABYTE, threads, files);
        }
    }

    /** How much more than when it was warm the process may hold at the end. */
    private record Allowed(long resident, long heap, long threads, long files) {
    }

    private static final Op.Convolve LAYER = SeparableConv2d.mobilenet(8, 16, 3, 1)
            .withRandomWeights(new Random(1));
    private static final Shape SHAPE = Shape.of(8, 7, 5);

    private final Engine engine;
    private final Device device;
    private final Tensor input = Tensor.zeros(SHAPE, Layout.NCHW);
    private final float[] right;
    private final List<Work> networks = new ArrayList<>();
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong networkRuns = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong closedUnder = new AtomicLong();
    private final AtomicLong interrupts = new AtomicLong();
    /** Compiling that an interrupt ended. */
    private final AtomicLong stopped = new AtomicLong();

    /** A network with what it gave when it first ran. */
    private record Work(Network network, Map<String, NdArray> inputs, Map<String, NdArray> right) {
    }

    private Soak(Engine engine, Device device) throws IOException {
        this.engine = engine;
        this.device = device;
        fill(input.data());
        try (Plan plan = open()) {
            right = plan.run(input).data();
        }
        // convolutions and a softmax; normalisation, matrix products and GELU
        for (Network network : List.of(KnownNetworks.of("mobilenet-v1:0.25", 32, 32),
                OnnxReader.read(ATTENTION))) {
            Map<String, NdArray> inputs = new LinkedHashMap<>();
            network.inputs().forEach((name, dims) -> {
                inputs.put(name, NdArray.zeros(dims));
                fill(inputs.get(name).data());
            });
            try (NetworkPlan plan = engine.compile(network, device)) {
                networks.add(new Work(network, inputs, plan.run(inputs)));
            }
        }
    }

    private static void fill(float[] numbers) {
        Random random = new Random(2);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
    }

    /**
     * @param args engine; seconds; plans opened a round, 100 where nothing else is known
     */
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        long seconds = Long.parseLong(args[1]);
        try (Engines.Choice choice = Engines.choose(args[0], null)) {
            Soak soak = new Soak(choice.engine(), choice.device());
            System.out.println("soak: " + choice + ", " + seconds + " s");
            List<String> faults = soak.run(seconds, Integer.parseInt(args[2]));
            faults.forEach(fault -> System.out.println("soak: FAULT: " + fault));
            System.exit(faults.isEmpty() ? 0 : 1);
        }
    }

    private Plan open() {
        return engine.compile(LAYER, SHAPE, Layout.NCHW, device);
    }

    private List<String> run(long seconds, int plans) throws Exception {
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000;
        Round round = new Round(10_000, 1_000, plans);
        List<Held> held = new ArrayList<>(List.of(Held.now()));
        Held warm = null;
        try (Plan plan = open();
                NetworkPlan first = engine.compile(networks.getFirst().network(), device);
                NetworkPlan second = engine.compile(networks.getLast().network(), device)) {
            do {
                runs(plan, List.of(first, second), round);
                openAndClose(round);
                threads();
                held.add(Held.now());
                double part = (double) (System.nanoTime() - start) / (end - start);
                if (warm == null && part >= WARM) {
                    warm = held.getLast();
                }
                System.out.printf("%4.0f s: %s; %s%n", part * seconds, held.getLast(), counts());
            } while (System.nanoTime() < end);
        }
        System.out.println("first: " + held.getFirst());
        System.out.println("warm:  " + warm);
        System.out.println("last:  " + held.getLast());
        System.out.println("done:  " + counts());
        if (runs.get() < GOAL_RUNS || networkRuns.get() < GOAL_NETWORK_RUNS
                || opened.get() < GOAL_OPENED) {
            System.out.printf(
                    "       (less than %,d, %,d and %,d: give it more minutes for these)%n",
                    GOAL_RUNS, GOAL_NETWORK_RUNS, GOAL_OPENED);
        }
        boolean all = runs.get() >= GOAL_RUNS;
        return grown(warm, held.getLast(),
                new Allowed((all ? 32 : 128) * MEGABYTE, 4 * MEGABYTE, 2, 2));
    }

    private String counts() {
        return "%,d runs of a layer, %,d of a network, %,d plans opened, %,d closed while they ran, %,d interrupts, of which %,d stopped compiling"
                .formatted(runs.get(), networkRuns.get(), opened.get(), closedUnder.get(),
                        interrupts.get(), stopped.get());
    }

    private static List<String> grown(Held warm, Held last, Allowed allowed) {
        List<String> faults = new ArrayList<>();
        String text = "%s grew from %,d to %,d";
        if (last.resident - warm.resident > allowed.resident) {
            faults.add(text.formatted("resident memory", warm.resident, last.resident));
        }
        if (last.heap - warm.heap > allowed.heap) {
            faults.add(text.formatted("the heap", warm.heap, last.heap));
        }
        if (last.threads - warm.threads > allowed.threads) {
            faults.add(text.formatted("the number of threads", warm.threads, last.threads));
        }
        if (last.files - warm.files > allowed.files) {
            faults.add(text.formatted("the number of open files", warm.files, last.files));
        }
        return faults;
    }

    private void check(float[] wanted, float[] got, String what) {
        if (!Arrays.equals(wanted, got)) {
            throw new AssertionError("%s gives other numbers after %s: %s, first %s".formatted(what,
                    counts(), Arrays.toString(got), Arrays.toString(wanted)));
        }
    }

    private void runs(Plan plan, List<NetworkPlan> plans, Round round) {
        Tensor output = Tensor.zeros(plan.outputShape(), Layout.NCHW);
        for (int i = 0; i < round.runs; i++) {
            Arrays.fill(output.data(), Float.NaN);
            plan.run(input, output);
            check(right, output.data(), "the layer");
            runs.incrementAndGet();
        }
        for (int i = 0; i < round.networkRuns; i++) {
            Work work = networks.get(i % 2);
            plans.get(i % 2).run(work.inputs())
                    .forEach((name, array) -> check(work.right().get(name).data(), array.data(),
                            work.network().toString()));
            networkRuns.incrementAndGet();
        }
    }

    private void openAndClose(Round round) {
        for (int i = 0; i < round.opened; i++) {
            try (Plan plan = open()) {
                opened.incrementAndGet();
                check(right, plan.run(input).data(), "a new plan");
            }
        }
    }

    /**
     * Each thread runs any of some plans; some of these are closed meanwhile, some threads
     * interrupted.
     */
    private void threads() throws Exception {
        List<AtomicReference<Plan>> shared = new ArrayList<>();
        for (int i = 0; i < SHARED; i++) {
            shared.add(new AtomicReference<>(open()));
        }
        List<Throwable> thrown = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(i);
            threads.add(Thread.ofPlatform().name("soak-" + i).start(() -> {
                try {
                    for (int run = 0; run < RUNS_A_THREAD; run++) {
                        oneOf(shared.get(random.nextInt(SHARED)));
                    }
                } catch (Throwable e) {
                    synchronized (thrown) {
                        thrown.add(e);
                    }
                }
            }));
        }
        Random random = new Random(runs.get());
        while (threads.stream().anyMatch(Thread::isAlive)) {
            shared.get(random.nextInt(SHARED)).get().close();
            threads.get(random.nextInt(THREADS)).interrupt();
            interrupts.incrementAndGet();
            Thread.sleep(random.nextInt(1, 5));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        shared.forEach(plan -> plan.get().close());
        if (!thrown.isEmpty()) {
            throw new AssertionError("a thread ended with " + thrown.getFirst(), thrown.getFirst());
        }
    }

    /** Right numbers, or that the plan is closed; then there is a new one for all. */
    private void oneOf(AtomicReference<Plan> shared) {
        Plan plan = shared.get();
        try {
            check(right, plan.run(input).data(), "a plan of several threads");
            runs.incrementAndGet();
        } catch (IllegalStateException e) {
            if (!String.valueOf(e.getMessage()).contains("closed")) {
                throw e;
            }
            closedUnder.incrementAndGet();
            Plan fresh = openThoughInterrupted();
            opened.incrementAndGet();
            if (!shared.compareAndSet(plan, fresh)) {
                fresh.close();
            }
        }
    }

    /** An interrupt ends compiling, and may come at any time: then once more. */
    private Plan openThoughInterrupted() {
        while (true) {
            try {
                return open();
            } catch (EngineException e) {
                if (!Thread.interrupted()) {
                    throw e;
                }
                stopped.incrementAndGet();
            }
        }
    }
}
