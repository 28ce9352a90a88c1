package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Fusion;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.Padding;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.onnx.OnnxGraph;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compiling takes n log n of a network's nodes, whatever shape it has: what was quadratic took more
 * than a minute here, and what called itself from node to node had no stack for them.
 */
class LargeNetworkTest {

    private static final int NODES = 100_000;
    /** Of the thread that compiles, whatever else the machine does: it takes a second or two. */
    private static final Duration CPU_TIME = Duration.ofSeconds(30);

    /** Of the clock, so that what takes hours ends. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final Dims PICTURE = Dims.of(1, 4, 2, 2);

    /** One node, or a few, of a long chain. */
    private enum Link {
        SUM {
            @Override
            String add(Network.Builder to, int i, String last) {
                return to.add("n" + i, new Op.Binary(Kind.ADD), last, i % 2 == 0 ? "x" : last);
            }
        },
        /** {@code 2 - (1 - x)}, and so on: all of them one scale and shift. */
        CONSTANT {
            @Override
            String add(Network.Builder to, int i, String last) {
                String number = to.add("c" + i, new Op.Constant(NdArray.of(Dims.of(1), i % 2 + 1)));
                return to.add("n" + i, new Op.Binary(Kind.SUB), number, last);
            }
        },
        NEGATION(Op.Elementwise.of(Function.NEGATE)),
        FUNCTION(Op.Elementwise.of(Function.TANH)),
        NOTHING(new Op.Reshape(PICTURE)),
        VIEW(new Op.Transpose(List.of(0, 1, 3, 2))),
        VIEW_AND_FUNCTION {
            @Override
            String add(Network.Builder to, int i, String last) {
                return FUNCTION.add(to, i,
                        to.add("t" + i, new Op.Transpose(List.of(0, 1, 3, 2)), last));
            }
        },
        /** On planes as long as all of them are, and here the last one isn't. */
        CONVOLUTION(convolution(Conv2d.of(4, 4, 3).withPadding(Padding.of(1)))),
        GATE {
            @Override
            String add(Network.Builder to, int i, String last) {
                String gate = to.add("g" + i,
                        new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 3), true), last);
                return to.add("n" + i, convolution(Conv2d.pointwise(4, 4)),
                        to.add("p" + i, new Op.Binary(Kind.MUL), last, gate));
            }
        },
        PART {
            @Override
            String add(Network.Builder to, int i, String last) {
                String part = to.add("s" + i,
                        new Op.Slice(List.of(0, 1, 0, 0), List.of(1, 3, 2, 2), List.of(1, 1, 1, 1)),
                        last);
                return to.add("n" + i,
                        new Op.Pad(List.of(0, 1, 0, 0), List.of(0, 0, 0, 0), Op.Pad.Mode.EDGE, 0),
                        part);
            }
        };

        private final Op op;

        Link(Op op) {
            this.op = op;
        }

        Link() {
            this(null);
        }

        String add(Network.Builder to, int i, String last) {
            return to.add("n" + i, op, last);
        }

        private static Op convolution(Conv2d conv) {
            return conv.withWeights(ConvWeights.random(conv, new Random(1)));
        }
    }

    /** Every engine simplifies networks as {@code simd} does, which does most besides. */
    @ParameterizedTest
    @EnumSource(Link.class)
    void chainsOfAllKindsCompileInTime(Link link) {
        Network.Builder builder = Network.builder("chain");
        String last = builder.input("x", PICTURE);
        for (int i = 0; i < NODES / 4; i++) {
            last = link.add(builder, i, last);
        }
        compilesInTime("simd", builder.output(builder.add("end", new Op.Softmax(1), last)).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "plain"})
    void aHundredThousandNodesCompileInTime(String engine) {
        Network.Builder builder = Network.builder("chain");
        String last = builder.input("x", PICTURE);
        for (int i = 0; i < NODES; i++) {
            last = Link.SUM.add(builder, i, last);
        }
        compilesInTime(engine, builder.output(last).build());
    }

    /** All arrays are alive at once, and each is given back. */
    @ParameterizedTest
    @ValueSource(strings = {"simd", "plain", "java"})
    void soDoesANetworkOfAsManyOutputs(String engine) {
        Network.Builder builder = Network.builder("wide");
        String x = builder.input("x", PICTURE);
        for (int i = 0; i < NODES; i++) {
            builder.output(builder.add("n" + i, Op.Elementwise.of(Function.NEGATE), x));
        }
        compilesInTime(engine, builder.build());
    }

    /** Each is read twice: by the one after it, and by one of as many at the end. */
    @Test
    void soDoesOneOfWhichAllIsAliveInTheMiddle() {
        Network.Builder builder = Network.builder("alive");
        String last = builder.input("x", PICTURE);
        for (int i = 0; i < NODES / 2; i++) {
            last = builder.add("n" + i, Op.Elementwise.of(Function.TANH), last);
        }
        for (int i = NODES / 2 - 2; i >= 0; i--) {
            last = builder.add("u" + i, new Op.Binary(Kind.ADD), last, "n" + i);
        }
        compilesInTime("simd", builder.output(last).build());
    }

    /** From the file to the result. */
    @Test
    void aSumOfAHundredThousandIsReadInTime() {
        byte[] model = new OnnxGraph(13).input("x", 1, 4, 2, 2).output("y")
                .node("Sum", Collections.nCopies(NODES, "x"), "y").bytes();
        AtomicReference<Network> network = new AtomicReference<>();
        inTime(() -> network.set(OnnxReader.read(model, InputSizes.AS_IN_MODEL)));
        assertEquals(NODES - 1, network.get().nodes().size());
        compilesInTime("simd", network.get());
    }

    private static void compilesInTime(String engine, Network network) {
        inTime(() -> {
            try (Engines.Choice choice = Engines.choose(engine, null);
                    NetworkPlan plan = choice.engine().compile(network, choice.device(),
                            Fusion.AUTO)) {
                plan.run(Map.of("x", NdArray.zeros(PICTURE)));
            }
        });
    }

    private static void inTime(Executable work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        assertTimeoutPreemptively(LIMIT, () -> {
            long start = threads.getCurrentThreadCpuTime();
            work.execute();
            Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);
            assertTrue(took.compareTo(CPU_TIME) < 0, took.toString());
        });
    }
}
