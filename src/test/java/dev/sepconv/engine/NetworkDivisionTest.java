package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkCases.Case;
import dev.sepconv.NetworkPlan;
import dev.sepconv.NetworkTester;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.engine.NetworkDivision.Part;
import dev.sepconv.engine.java.JavaEngine;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.zoo.AlexNet;
import dev.sepconv.zoo.MobileNets;
import dev.sepconv.zoo.Parameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkDivisionTest {

    private static List<EngineDevice> members(Engine engine, int devices) {
        return Collections.nCopies(devices, new EngineDevice(engine, engine.devices().getFirst()));
    }

    private static Case with(Network network, long seed) {
        Random random = new Random(seed);
        Map<String, NdArray> inputs = new HashMap<>();
        network.inputs().forEach((name, dims) -> {
            NdArray array = NdArray.zeros(dims);
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = random.nextFloat(-1, 1);
            }
            inputs.put(name, array);
        });
        return new Case(network, inputs);
    }

    /** Against the float64 reference, two runs; returns how many steps there were. */
    private static int check(Case given, SplitAxis along, List<EngineDevice> members) {
        try (DeviceSplit plan = DeviceSplit.evenly(along, given.network(), members)) {
            NetworkTester.assertClose(given, along + " over " + members.size(),
                    plan.run(given.inputs()));
            NetworkTester.assertClose(given, along + " over " + members.size() + ", second run",
                    plan.run(given.inputs()));
            return plan.steps();
        }
    }

    /**
     * Every operation and the graphs of {@link NetworkCases}, wherever a network can be split so;
     * many must.
     */
    @ParameterizedTest
    @EnumSource(SplitAxis.class)
    void whateverCanBeSplitAgreesWithTheReference(SplitAxis along) {
        int ran = 0;
        try (Engine java = JavaEngine.open(); Engine simd = SimdEngine.open(2)) {
            for (long seed = 7300; seed < 7304; seed++) {
                NetworkCases cases = new NetworkCases(seed);
                List<Case> all = new ArrayList<>(cases.operations(2));
                all.addAll(cases.graphs(3));
                for (Case given : all) {
                    for (int devices = 2; devices <= 3; devices++) {
                        try {
                            check(given, along, members(java, devices));
                        } catch (IllegalArgumentException e) {
                            assertTrue(
                                    e.getMessage().contains("can't be split by its")
                                            || e.getMessage().contains("can be split over as many"),
                                    given.network() + ", seed " + seed + ": " + e.getMessage());
                            continue;
                        }
                        check(given, along, members(simd, devices));
                        ran++;
                    }
                }
            }
        }
        assertTrue(ran >= 60, along + ": only " + ran + " ran");
    }

    private static Network alexNet(Parameters parameters) {
        // the least that it takes: 22 million parameters instead of 61
        return AlexNet.of(67, 67, parameters);
    }

    private static Map<String, Integer> labels(Part part) {
        Map<String, Integer> labels = new TreeMap<>();
        for (Node node : part.network().nodes()) {
            labels.merge(node.op().label(), 1, Integer::sum);
        }
        return labels;
    }

    /**
     * As the paper's figure 2 has it: the GPUs talk before the third convolution and the fully
     * connected layers.
     */
    @Test
    void alexNetsGroupsRunOnADeviceEach() {
        Network network = alexNet((name, sizes) -> new float[Dims.of(sizes).elements()]);
        assertEquals(SplitAxis.GROUPS, SplitAxis.of(network, 2));
        assertEquals(new NetworkDivision.Units(2, "groups"),
                NetworkDivision.units(SplitAxis.GROUPS, network));
        NetworkDivision division = NetworkDivision.of(SplitAxis.GROUPS, network, new int[]{1, 1});
        // of so small a picture the last pooling is a maximum of all
        List<Map<String, Integer>> wanted = List.of(Map.of("conv", 2, "max-pool", 2),
                Map.of("conv", 3, "reduce-max", 1, "reshape", 1), Map.of("fully-connected", 1),
                Map.of("fully-connected", 1), Map.of("fully-connected", 1), Map.of("softmax", 1));
        assertEquals(wanted.size(), division.steps().size());
        for (int i = 0; i < wanted.size(); i++) {
            List<Part> parts = division.steps().get(i);
            assertEquals(i == 5 ? 1 : 2, parts.size(), "step " + i);
            for (Part part : parts) {
                assertEquals(wanted.get(i), labels(part), "step " + i);
            }
        }
        Part second = division.steps().getFirst().get(1);
        assertEquals(Dims.of(1, 3, 67, 67), second.network().dims("input"),
                "every device sees the whole picture");
        assertEquals(Dims.of(1, 48, 15, 15), second.network().dims("conv1/activation"),
                "and makes half of the 96 maps");
        assertEquals(Dims.of(1, 128, 7, 7), second.network().dims("conv2/activation"));
        Part third = division.steps().get(1).get(1);
        assertEquals(Dims.of(1, 256, 3, 3), third.network().inputs().values().iterator().next(),
                "conv3 reads both halves");
        long parameters = division.steps().stream().flatMap(List::stream)
                .mapToLong(part -> part.network().parameters()).sum();
        assertEquals(network.parameters(), parameters, "each weight is on one device");
    }

    @ParameterizedTest
    @EnumSource(value = SplitAxis.class, names = {"GROUPS", "SPACE"})
    void alexNetAgreesWithTheReferenceAndSaysWhatItExchanged(SplitAxis along) {
        Network network = alexNet(Parameters.random(4));
        Case given = with(network, 5);
        try (Engine engine = SimdEngine.open(2);
                DeviceSplit plan = DeviceSplit.evenly(along, network, members(engine, 2));
                NetworkPlan alone = engine.compile(network, engine.devices().getFirst())) {
            Map<String, NdArray> outputs = plan.run(given.inputs());
            NetworkTester.assertClose(given, along.toString(), outputs);
            assertArrayEquals(alone.run(given.inputs()).get("probabilities").data(),
                    outputs.get("probabilities").data(), 1e-6f);
            List<DeviceShare> shares = plan.shares();
            if (along == SplitAxis.GROUPS) {
                // half of the maps for conv3 and of the numbers for fc6, fc7 and fc8; of the scores
                // for the softmax on the first device
                long maps = 4 * (128 * 3 * 3 + 128 + 2048 + 2048);
                assertEquals(maps + 4 * 500, shares.getFirst().bytesOfOthers());
                assertEquals(maps, shares.getLast().bytesOfOthers());
                assertEquals(6, plan.steps());
            } else {
                assertTrue(plan.steps() > 2 && shares.getLast().bytesOfOthers() > 0,
                        plan.toString());
            }
            for (DeviceShare share : shares) {
                assertTrue(share.millis() > 0 && share.copyMillis() > 0
                        && share.bytesIn() > share.bytesOfOthers(), share.toString());
            }
            assertTrue(
                    plan.toString()
                            .startsWith(along == SplitAxis.GROUPS
                                    ? "groups, 6 steps: 1 of 2 groups on simd ("
                                    : "space, " + plan.steps() + " steps: 8 of 15 rows on simd ("),
                    plan.toString());
            assertEquals("simd+simd", plan.device().id());
            List<NetworkPlan.NodeTime> times = plan.profile(given.inputs(), outputs);
            assertTrue(times.stream().allMatch(time -> time.node().endsWith(" on simd")),
                    times.toString());
        }
    }

    /**
     * 60 of 128 rows and the halos: as much as may be made twice, and the rest after an exchange.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void mobileNetInSpaceAndByChannels(int devices) {
        for (Network network : List.of(MobileNets.v1(0.25, 96, 65, Parameters.random(1)),
                MobileNets.v2(0.25, 65, 48, Parameters.random(2)))) {
            Case given = with(network, devices);
            try (Engine engine = SimdEngine.open(2)) {
                int steps = check(given, SplitAxis.SPACE, members(engine, devices));
                assertTrue(steps > 1 && steps < 20, network + " has " + steps);
                check(given, SplitAxis.GROUPS, members(engine, devices));
            }
        }
    }

    /**
     * As a pass would never make it: arrays that are read twice, given back, and not the same for
     * all images.
     */
    private static Network branches(int batch) {
        Random random = new Random(8);
        Network.Builder net = Network.builder("branches");
        String x = net.input("x", Dims.of(batch, 4, 13, 9));
        Conv2d grouped = Conv2d.grouped(4, 8, 3, 2).withPadding(Padding.of(1)).withBias(true);
        String a = net.add("a", grouped.withWeights(ConvWeights.random(grouped, random)), x);
        Conv2d dense = Conv2d.of(8, 8, 3).withPadding(Padding.SAME_UPPER);
        String b = net.add("b", dense.withWeights(ConvWeights.random(dense, random)), a);
        String sum = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), a, b);
        String shift = net.add("shift",
                new Op.Constant(NdArray.of(Dims.of(8, 1, 1), 1, 2, 3, 4, 5, 6, 7, 8)));
        String moved = net.add("moved", new Op.Binary(Op.Binary.Kind.MUL), sum, shift);
        String both = net.add("both", new Op.Concat(1), moved, x);
        String pooled = net.add("pooled",
                Op.Pool.of(Op.Pool.Kind.MAX, 3, 2, new Padding.Explicit(1, 1, 1, 1)), both);
        String rows = net.add("rows", new Op.Softmax(2), moved);
        return net.output(x).output(moved).output(shift).output(rows)
                .output(net.add("flat", new Op.Reshape(Dims.of(batch, 12 * 7 * 5)), pooled))
                .build();
    }

    @ParameterizedTest
    @EnumSource(SplitAxis.class)
    void outputsInTheMiddleInputsAndConstantsComeBackWhole(SplitAxis along) {
        Case given = with(branches(5), 3);
        try (Engine engine = JavaEngine.open()) {
            for (int devices = 1; devices <= 2; devices++) {
                check(given, along, members(engine, devices));
            }
        }
    }

    /** Each of the images is computed as if it were alone. */
    @Test
    void aBatchIsOneDevicesBitForBit() {
        Case given = with(branches(5), 3);
        try (Engine engine = JavaEngine.open();
                NetworkPlan alone = engine.compile(given.network(), engine.devices().getFirst());
                DeviceSplit plan = DeviceSplit.evenly(SplitAxis.BATCH, given.network(),
                        members(engine, 3))) {
            Map<String, NdArray> wanted = alone.run(given.inputs());
            plan.run(given.inputs()).forEach((name,
                    array) -> assertArrayEquals(wanted.get(name).data(), array.data(), name));
            assertEquals(1, plan.steps());
            assertEquals(List.of(2, 2, 1), plan.shares().stream().map(DeviceShare::count).toList());
        }
    }

    @Test
    void whatCanNotBeSplitSaysWhy() {
        try (Engine engine = JavaEngine.open()) {
            Network mixed = mixing(Dims.of(6), new Op.Reshape(Dims.of(6)));
            assertEquals(
                    "network 'mixing' can't be split by its batch: node 'out' (reshape) makes [6] of all 2 images together",
                    refusal(SplitAxis.BATCH, mixed, engine, 2));
            assertEquals("devices are 3; images: 2 can be split over as many devices at most",
                    refusal(SplitAxis.BATCH, mixed, engine, 3));
            assertEquals(
                    "network 'mixing' can't be split by its groups: it has no fully connected layer, and no convolution but those "
                            + "between which channels are shuffled",
                    refusal(SplitAxis.GROUPS, mixed, engine, 2));
            Network resized = mixing(Dims.of(1, 3, 4, 4), new Op.Softmax(2));
            assertEquals(
                    "network 'mixing' can't be split by its rows: no operation of it makes rows of a picture by themselves "
                            + "(a convolution that is padded by its kernel's height or more doesn't)",
                    refusal(SplitAxis.SPACE, resized, engine, 2));
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> SplitAxis.of(mixed, 3));
            assertEquals(
                    "devices are 3; network 'mixing' has images: 2, no groups and no rows to share: use a larger batch or fewer devices",
                    e.getMessage());
        }
    }

    private static Network mixing(Dims dims, Op op) {
        Network.Builder net = Network.builder("mixing");
        return net
                .output(net.add("out", op, net.input("x", dims.rank() == 1 ? Dims.of(2, 3) : dims)))
                .build();
    }

    private static String refusal(SplitAxis along, Network network, Engine engine, int devices) {
        return assertThrows(IllegalArgumentException.class,
                () -> DeviceSplit.evenly(along, network, members(engine, devices))).getMessage();
    }

    @Test
    void sharesFollowTheSpeed() {
        try (Slow slow = new Slow()) {
            Network network = branches(8);
            try (DeviceSplit plan = DeviceSplit.bySpeed(SplitAxis.BATCH, network,
                    slow.members(60, 2))) {
                List<Integer> counts = plan.shares().stream().map(DeviceShare::count).toList();
                assertTrue(counts.getFirst() < counts.getLast()
                        && counts.getFirst() + counts.getLast() == 8, plan.toString());
                NetworkTester.assertClose(with(network, 1), "by speed",
                        plan.run(with(network, 1).inputs()));
            }
        }
    }

    @Test
    void aDeviceThatIsLostInTheMiddleIsNamed() {
        try (Slow slow = new Slow()) {
            Case given = with(branches(2), 1);
            try (DeviceSplit plan = DeviceSplit.evenly(SplitAxis.GROUPS, given.network(),
                    slow.members(0, 0))) {
                plan.run(given.inputs());
                slow.lost = "slow:1";
                EngineException e = assertThrows(EngineException.class,
                        () -> plan.run(given.inputs()));
                assertEquals(
                        "device slow:1 failed while several devices shared the work: CL_DEVICE_NOT_AVAILABLE; leave that device out",
                        e.getMessage());
                slow.lost = null;
                NetworkTester.assertClose(given, "afterwards", plan.run(given.inputs()));
            }
            DeviceSplit plan = DeviceSplit.evenly(SplitAxis.GROUPS, given.network(),
                    slow.members(0, 0));
            plan.close();
            plan.close();
            assertThrows(IllegalStateException.class, () -> plan.run(given.inputs()));
        }
    }

    @Test
    void enginesShareANetworkWhenSeveralDevicesAreNamed() {
        Case given = with(branches(1), 2);
        try (Engines.Choice choice = Engines.choose(null, "simd,java")) {
            SplitEngine split = (SplitEngine) choice.engine();
            for (SplitAxis along : new SplitAxis[]{null, SplitAxis.SPACE, SplitAxis.GROUPS}) {
                try (NetworkPlan plan = split.along(along).compile(given.network(),
                        choice.device())) {
                    NetworkTester.assertClose(given, "simd and java", plan.run(given.inputs()));
                    assertEquals(along == null ? SplitAxis.GROUPS : along,
                            ((DeviceSplit) plan).along());
                }
            }
        }
    }

    /** Two devices of the java engine, each as slow as it is told to be, for each image. */
    private static final class Slow implements Engine {

        private final Engine java = JavaEngine.open();
        private volatile String lost;

        List<EngineDevice> members(int... millis) {
            List<EngineDevice> members = new ArrayList<>();
            for (int i = 0; i < millis.length; i++) {
                members.add(new EngineDevice(this, new Device("slow", "slow:" + i,
                        Integer.toString(millis[i]), "slow", "cpu", 1)));
            }
            return members;
        }

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public List<Device> devices() {
            return members(0, 0).stream().map(EngineDevice::device).toList();
        }

        @Override
        public NetworkPlan compile(Network network, Device device, Fusion fusion) {
            NetworkPlan plan = java.compile(network, java.devices().getFirst());
            return new NetworkPlan() {
                @Override
                public Device device() {
                    return device;
                }

                @Override
                public Network network() {
                    return plan.network();
                }

                @Override
                public long intermediateBytes() {
                    return plan.intermediateBytes();
                }

                @Override
                public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
                    if (device.id().equals(lost)) {
                        throw new EngineException("CL_DEVICE_NOT_AVAILABLE");
                    }
                    int images = inputs.values().iterator().next().dims().get(0);
                    try {
                        Thread.sleep((long) images * Integer.parseInt(device.name()));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    plan.run(inputs, outputs);
                }

                @Override
                public List<NodeTime> profile(Map<String, NdArray> inputs,
                        Map<String, NdArray> outputs) {
                    return plan.profile(inputs, outputs);
                }

                @Override
                public void close() {
                    plan.close();
                }
            };
        }

        @Override
        public void close() {
            java.close();
        }
    }
}
