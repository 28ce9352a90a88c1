package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.engine.simd.gen.PixelTile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where a plan's numbers lie. */
class PlanMemoryTest {

    private static final int MIB = 1 << 20;
    /** Enough on any heap. */
    private static final int MANY = 8 * MIB;

    @Test
    void regionsAreAsLargeAsG1HasThem() {
        assertEquals(MIB, PlanMemory.regionBytes(0));
        assertEquals(MIB, PlanMemory.regionBytes(1L << 30));
        assertEquals(4 * MIB, PlanMemory.regionBytes(6_320_816_128L));
        assertEquals(8 * MIB, PlanMemory.regionBytes(16L << 30));
        assertEquals(32 * MIB, PlanMemory.regionBytes(Long.MAX_VALUE));
    }

    @Test
    void aPlanOfFewWeightsHasAnArrayForEachPart() {
        PlanMemory memory = new PlanMemory(1, 1000);
        Room a = memory.room(5);
        Room b = memory.room(0);
        assertEquals(5, a.array().length);
        assertEquals(0, a.first());
        assertEquals(0, b.array().length);
    }

    @Test
    void partsOfManyBeginWithALineAndDoNotOverlap() {
        PlanMemory memory = new PlanMemory(1, MANY);
        Random random = new Random(3);
        Room before = new Room(new float[0], 0);
        int end = 0;
        int shared = 0;
        for (int i = 0; i < 200; i++) {
            int count = i == 100 ? MANY : random.nextInt(100_000);
            Room part = memory.room(count);
            assertEquals(12, part.first() % 16, "an array's header has the line's other 16 bytes");
            assertTrue(part.first() + count <= part.array().length);
            if (part.array() == before.array()) {
                shared++;
                assertTrue(part.first() >= end, "part " + i);
            }
            if (i != 100) {
                before = part;
                end = part.first() + count;
            }
        }
        assertTrue(shared > 100, shared + " parts of arrays that others have too");
    }

    @Test
    void workersShareNothing() {
        DenseBlock.Scratch[] blocks = new PlanMemory(2, MANY).blocks(14);
        assertSame(blocks[0].staged().array(), blocks[1].staged().array());
        assertTrue(blocks[1].staged().first() >= blocks[0].staged().first() + 14 * PixelTile.WIDTH);
        assertNotSame(blocks[0].inOffsets(), blocks[1].inOffsets());
    }

    /** The same networks alone, and beside so many weights that all lies in shared arrays. */
    @Test
    void resultsAreTheSameBitsWhereverNumbersLie() throws InterruptedException {
        long seed = Long.getLong("sepconv.seed", 20261201);
        System.out.printf("PlanMemoryTest: -Dsepconv.seed=%d%n", seed);
        Primer.want(Primer.Hot.EVEN_PIXELS);
        for (int i = 0; i < 600 && !Primer.Hot.EVEN_PIXELS.isDone(); i++) {
            Thread.sleep(100);
        }
        NetworkCases cases = new NetworkCases(seed);
        List<NetworkCases.Case> all = new ArrayList<>(cases.operations(3));
        all.addAll(cases.graphs(4));
        all.add(blocks(new Random(seed)));
        Op.FullyConnected heavy = new Op.FullyConnected(1, new float[MANY], null, Activation.NONE);
        Map<String, NdArray> more = Map.of("heavy", NdArray.of(Dims.of(1, MANY), new float[MANY]));
        try (SimdEngine engine = SimdEngine.open(2)) {
            for (NetworkCases.Case each : all) {
                Map<String, NdArray> alone = run(engine, each.network(), each.inputs());
                Map<String, NdArray> inputs = new LinkedHashMap<>(each.inputs());
                inputs.putAll(more);
                Map<String, NdArray> beside = run(engine, beside(each.network(), heavy), inputs);
                alone.forEach((name, array) -> assertArrayEquals(array.data(),
                        beside.get(name).data(), () -> each.network().nodes().toString()));
            }
        }
    }

    private static Map<String, NdArray> run(SimdEngine engine, Network network,
            Map<String, NdArray> inputs) {
        try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
            plan.run(inputs);
            return plan.run(inputs); // what a first run leaves must not matter
        }
    }

    private static Network beside(Network network, Op heavy) {
        Map<String, Dims> inputs = new LinkedHashMap<>(network.inputs());
        inputs.put("heavy", Dims.of(1, MANY));
        List<Node> nodes = new ArrayList<>(network.nodes());
        nodes.add(new Node("heavy product", heavy, List.of("heavy"), "heavy product"));
        List<String> outputs = new ArrayList<>(network.outputs());
        outputs.add("heavy product");
        return new Network(network.name(), inputs, nodes, outputs);
    }

    /** A first layer, two inverted residuals, a wide layer and a standard one: the tiles' steps. */
    private static NetworkCases.Case blocks(Random random) {
        Network.Builder net = Network.builder("blocks");
        Dims dims = Dims.of(1, 3, 112, 112);
        String x = net.input("x", dims);
        x = conv(net, Conv2d.of(3, 16, 3).withStride(2), x, random);
        x = conv(net, Conv2d.pointwise(16, 96), x, random);
        x = conv(net, Conv2d.depthwise(96, 1, 3).withStride(2), x, random);
        x = conv(net, Conv2d.pointwise(96, 24).withActivation(Activation.NONE), x, random);
        String before = x;
        x = conv(net, Conv2d.pointwise(24, 144), x, random);
        x = conv(net, Conv2d.depthwise(144, 1, 5), x, random);
        x = conv(net, Conv2d.pointwise(144, 24).withActivation(Activation.NONE), x, random);
        x = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), before, x);
        x = conv(net, Conv2d.pointwise(24, 608), x, random);
        x = conv(net, Conv2d.depthwise(608, 1, 3).withStride(2), x, random);
        x = conv(net, Conv2d.pointwise(608, 64), x, random);
        x = conv(net, Conv2d.of(64, 64, 3), x, random);
        float[] numbers = new float[dims.elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        return new NetworkCases.Case(net.output(x).build(), Map.of("x", NdArray.of(dims, numbers)));
    }

    private static String conv(Network.Builder net, Conv2d conv, String x, Random random) {
        Conv2d padded = conv.withPadding(Padding.SAME_UPPER).withBias(true);
        if (padded.activation() != Activation.NONE || conv.outChannels() != 24) {
            padded = padded.withActivation(Activation.RELU6);
        }
        return net.add(x + "c",
                new Op.Convolve(padded, List.of(ConvWeights.random(padded, random))), x);
    }
}
