package dev.sepconv.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.graph.MemoryPlan.Array;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {

    private static List<Array> arrays(Network network) {
        return MemoryPlan.arrays(network, UnaryOperator.identity(),
                name -> network.dims(name).elements(), name -> "floats");
    }

    private static Map<String, Integer> buffers(List<Array> arrays, MemoryPlan plan) {
        Map<String, Integer> buffers = new HashMap<>();
        for (int i = 0; i < arrays.size(); i++) {
            buffers.put(arrays.get(i).name(), plan.bufferOf()[i]);
        }
        return buffers;
    }

    @Test
    void aChainNeedsTwoBuffers() {
        Network.Builder builder = Network.builder("chain");
        String last = builder.input("x", Dims.of(10));
        for (int i = 0; i < 9; i++) {
            last = builder.add("n" + i, Elementwise.of(Function.RELU), last);
        }
        MemoryPlan plan = MemoryPlan.of(arrays(builder.output(last).build()));
        assertEquals(List.of(10L, 10L), plan.sizes());
        assertEquals(20, plan.total());
        assertEquals(20, plan.peak());
        assertEquals(9, plan.bufferOf().length);
    }

    @Test
    void anArrayThatIsReadLaterKeepsItsBuffer() {
        Network.Builder builder = Network.builder("residual");
        String x = builder.input("x", Dims.of(10));
        String kept = builder.add("kept", Elementwise.of(Function.RELU), x);
        String one = builder.add("one", Elementwise.of(Function.RELU), kept);
        String two = builder.add("two", Elementwise.of(Function.RELU), one);
        builder.add("sum", new Binary(Binary.Kind.ADD), two, kept);
        List<Array> arrays = arrays(builder.output("sum").build());
        MemoryPlan plan = MemoryPlan.of(arrays);
        Map<String, Integer> buffers = buffers(arrays, plan);
        assertEquals(30, plan.total());
        assertNotEquals(buffers.get("kept"), buffers.get("one"));
        assertNotEquals(buffers.get("kept"), buffers.get("two"));
        assertEquals(buffers.get("one"), buffers.get("sum"));
    }

    @Test
    void onlyArraysOfOneKindShare() {
        List<Array> arrays = List.of(new Array("a", 0, 1, 8, "nchw"),
                new Array("b", 2, 3, 8, "nhwc"), new Array("c", 4, 5, 4, "nchw"));
        MemoryPlan plan = MemoryPlan.of(arrays);
        Map<String, Integer> buffers = buffers(arrays, plan);
        assertEquals(16, plan.total());
        assertEquals(8, plan.peak());
        assertEquals(buffers.get("a"), buffers.get("c"));
    }

    @Test
    void aReshapeLivesWithWhatItReads() {
        Network.Builder builder = Network.builder("views");
        String x = builder.input("x", Dims.of(2, 6));
        String a = builder.add("a", Elementwise.of(Function.RELU), x);
        String view = builder.add("view", new Op.Reshape(Dims.of(12)), a);
        String b = builder.add("b", Elementwise.of(Function.RELU), view);
        builder.add("c", Elementwise.of(Function.RELU), b);
        Network network = builder.output("c").build();
        List<Array> arrays = MemoryPlan.arrays(network, name -> name.equals("view") ? "a" : name,
                name -> name.equals("c") ? 0 : 12, name -> "floats");
        assertEquals(
                List.of(new Array("a", 0, 2, 12, "floats"), new Array("b", 2, 3, 12, "floats")),
                arrays);
    }

    @Test
    void whatCanNotBeIsRefused() {
        assertEquals(
                "array 'a' of size 0 lives from step 1 to 2; it must have a size and not end before it begins",
                assertThrows(IllegalArgumentException.class, () -> new Array("a", 1, 2, 0, ""))
                        .getMessage());
        assertEquals(
                "array 'a' of size 1 lives from step 3 to 2; it must have a size and not end before it begins",
                assertThrows(IllegalArgumentException.class, () -> new Array("a", 3, 2, 1, ""))
                        .getMessage());
    }

    /**
     * Random graphs: wherever two arrays are alive at one step, counted step by step, they have
     * buffers of their own.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void noTwoLiveArraysShareABuffer(long seed) {
        Random random = new Random(seed);
        Network network = graph(random, 5 + random.nextInt(120));
        Map<String, String> kinds = new HashMap<>();
        network.dims().keySet()
                .forEach(name -> kinds.put(name, random.nextInt(4) == 0 ? "nhwc" : "nchw"));
        List<Array> arrays = MemoryPlan.arrays(network, UnaryOperator.identity(),
                name -> network.dims(name).elements(), kinds::get);
        MemoryPlan plan = MemoryPlan.of(arrays);
        Map<String, Integer> bufferOf = buffers(arrays, plan);

        long most = 0;
        int steps = network.nodes().size();
        for (int step = 0; step < steps; step++) {
            Set<String> alive = new HashSet<>();
            for (int i = 0; i < steps; i++) {
                String name = network.nodes().get(i).output();
                int last = network.outputs().contains(name) ? steps : i;
                for (int j = i; j < steps; j++) {
                    last = network.nodes().get(j).inputs().contains(name)
                            ? Math.max(last, j)
                            : last;
                }
                if (i <= step && step <= last) {
                    alive.add(name);
                }
            }
            Set<Integer> buffers = new HashSet<>();
            for (String name : alive) {
                assertTrue(buffers.add(bufferOf.get(name)),
                        "buffer of " + name + " is taken at step " + step);
            }
            most = Math.max(most,
                    alive.stream().mapToLong(name -> network.dims(name).elements()).sum());
        }
        assertEquals(most, plan.peak());
        assertTrue(plan.total() >= plan.peak());
        assertTrue(plan.total() <= arrays.stream().mapToLong(Array::size).sum());
        for (Array array : arrays) {
            int buffer = bufferOf.get(array.name());
            assertTrue(plan.sizes().get(buffer) >= array.size());
            for (Array other : arrays) {
                assertFalse(
                        bufferOf.get(other.name()) == buffer && !other.kind().equals(array.kind()));
            }
        }
    }

    /** All pairs of them took minutes; this takes a second or two. */
    @Test
    void manyArraysAliveAtOnceArePlannedInTime() {
        int count = 100_000;
        List<Array> arrays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrays.add(new Array("a" + i, i, 2 * count, 4, "floats"));
        }
        MemoryPlan plan = assertTimeoutPreemptively(Duration.ofMinutes(1),
                () -> MemoryPlan.of(arrays));
        assertEquals(count, plan.sizes().size());
        assertEquals(4L * count, plan.peak());
    }

    /** Those of a size need no more room than are alive at once, in whatever order they end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void arraysOfOneSizeNeedNoMoreThanIsAliveAtOnce(long seed) {
        Random random = new Random(seed);
        List<Array> arrays = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int from = random.nextInt(1_000);
            arrays.add(new Array("a" + i, from, from + random.nextInt(200), 4, "floats"));
        }
        MemoryPlan plan = MemoryPlan.of(arrays);
        assertEquals(plan.peak(), plan.total());
    }

    private static Network graph(Random random, int size) {
        Network.Builder builder = Network.builder("random");
        List<String> names = new ArrayList<>(
                List.of(builder.input("x", Dims.of(1 + random.nextInt(50)))));
        for (int i = 0; i < size; i++) {
            String recent = names.get(Math.max(0, names.size() - 1 - random.nextInt(6)));
            // from the last 20 only, so that sizes don't grow without end
            String older = names.get(Math.max(0, names.size() - 1 - random.nextInt(20)));
            names.add(switch (random.nextInt(4)) {
                case 0 -> builder.add("n" + i, new Op.Pad(List.of(random.nextInt(40)), List.of(1),
                        Op.Pad.Mode.CONSTANT, 0), recent);
                case 1 -> builder.add("n" + i, new Op.Reduce(Op.Reduce.Kind.SUM, List.of(0), true),
                        recent);
                case 2 -> builder.add("n" + i, new Op.Concat(0), older, recent);
                default -> builder.add("n" + i, Elementwise.of(Function.RELU), older);
            });
        }
        builder.output(names.getLast());
        if (names.size() > 3) {
            builder.output(names.get(1));
        }
        return builder.build();
    }
}
