package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sepconv.Op.Binary;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NetworkTest {

    private static final Op RELU = Elementwise.of(Function.RELU);
    private static final Map<String, Dims> INPUT = Map.of("x", Dims.of(1, 2, 3, 4));

    private static void refused(String sentence, Executable action) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class, action).getMessage());
    }

    private static Network network(List<String> outputs, Node... nodes) {
        return new Network("net", INPUT, List.of(nodes), outputs);
    }

    private static Node node(String name, Op op, String output, String... inputs) {
        return new Node(name, op, List.of(inputs), output);
    }

    @Test
    void sizesAreKnownForEveryArray() {
        Network.Builder builder = Network.builder("net");
        String x = builder.input("x", Dims.of(1, 2, 3, 4));
        String y = builder.input("y", Dims.of(2, 1, 1));
        String sum = builder.add("sum", new Binary(Binary.Kind.ADD), x, y);
        Network network = builder.output(builder.add("flat", new Op.Reshape(Dims.of(24)), sum))
                .build();
        assertEquals("net", network.name());
        assertEquals(List.of("x", "y", "sum", "flat"), List.copyOf(network.dims().keySet()));
        assertEquals(Dims.of(1, 2, 3, 4), network.dims("sum"));
        assertEquals(Dims.of(24), network.dims("flat"));
        assertEquals("Network net (2 nodes)", network.toString());
        refused("array 'z' is not one of network 'net'", () -> network.dims("z"));
    }

    @Test
    void whatCanNotBeIsRefused() {
        refused("node 'a' reads 'q'; no input and no node before it has that name",
                () -> network(List.of("y"), node("a", RELU, "y", "q")));
        refused("node 'a' reads 'y'; no input and no node before it has that name",
                () -> network(List.of("y"), node("a", RELU, "y", "y")));
        refused("node 'a' reads 'z'; no input and no node before it has that name",
                () -> network(List.of("y"), node("a", RELU, "y", "z"), node("b", RELU, "z", "x")));
        refused("node 'a' makes 'x'; that name is taken",
                () -> network(List.of("x"), node("a", RELU, "x", "x")));
        refused("node 'b' makes 'y'; that name is taken",
                () -> network(List.of("y"), node("a", RELU, "y", "x"), node("b", RELU, "y", "x")));
        refused("node 'a' (softmax): dimension is 4; array [1, 2, 3, 4] has only 4",
                () -> network(List.of("y"), node("a", new Op.Softmax(4), "y", "x")));
        refused("outputs is empty; a network must give something back",
                () -> network(List.of(), node("a", RELU, "y", "x")));
        refused("output 'q' is made by no node",
                () -> network(List.of("q"), node("a", RELU, "y", "x")));
        refused("outputs is [y, y]; each must be named once",
                () -> network(List.of("y", "y"), node("a", RELU, "y", "x")));
        refused("node 'a' (relu) has 2 inputs; it must have 1",
                () -> node("a", RELU, "y", "x", "x"));
        refused("node 'a' (add) has 1 input; it must have 2",
                () -> node("a", new Binary(Binary.Kind.ADD), "y", "x"));
        refused("node 'a' (concat) has 0 inputs; it must have at least 1",
                () -> node("a", new Op.Concat(0), "y"));
        refused("node 'a' (constant) has 1 input; it must have 0",
                () -> node("a", new Op.Constant(NdArray.zeros(Dims.of(1))), "y", "x"));
    }

    @Test
    void aSizeThatOverflowsIsRefusedWithTheNode() {
        Op pad = new Op.Pad(List.of(0, 0, 0, Integer.MAX_VALUE), List.of(0, 0, 0, 0),
                Op.Pad.Mode.EDGE, 0);
        refused("node 'a' (pad): integer overflow",
                () -> network(List.of("y"), node("a", pad, "y", "x")));
    }

    @Test
    void anInputCanBeAnOutput() {
        assertEquals(Dims.of(1, 2, 3, 4),
                network(List.of("x", "y"), node("a", RELU, "y", "x")).dims("x"));
    }

    @Test
    void otherNodesAndOutputs() {
        Network network = network(List.of("z"), node("a", RELU, "y", "x"),
                node("b", RELU, "z", "y"));
        assertEquals(List.of("y", "z"), network.withOutputs(List.of("y", "z")).outputs());
        assertEquals(1, network.withNodes(List.of(node("c", RELU, "z", "x"))).nodes().size());
        refused("output 'z' is made by no node", () -> network.withNodes(List.of()));
        refused("output 'q' is made by no node", () -> network.withOutputs(List.of("q")));
    }

    @Test
    void itKeepsWhatItWasGiven() {
        Map<String, Dims> inputs = new LinkedHashMap<>(INPUT);
        List<Node> nodes = new ArrayList<>(List.of(node("a", RELU, "y", "x")));
        Network network = new Network("net", inputs, nodes, List.of("y"));
        inputs.clear();
        nodes.clear();
        assertEquals(1, network.nodes().size());
        assertEquals(INPUT, network.inputs());
        assertThrows(UnsupportedOperationException.class, () -> network.inputs().clear());
        assertThrows(UnsupportedOperationException.class, () -> network.dims().clear());
        assertThrows(UnsupportedOperationException.class, () -> network.nodes().clear());
    }

    @Test
    void parametersAreSummed() {
        Conv2d conv = Conv2d.of(2, 3, 1).withBias(true);
        assertEquals(9 + 6,
                network(List.of("z"),
                        node("a", conv.withWeights(new ConvWeights(new float[6], new float[3])),
                                "y", "x"),
                        node("b", new Op.ScaleShift(new float[3], new float[3]), "z", "y"))
                        .parameters());
    }

    /** A plan that only looks at what it is given. */
    private record Checking(Network network) implements NetworkPlan {
        @Override
        public Device device() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long intermediateBytes() {
            return 0;
        }

        @Override
        public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
            dev.sepconv.graph.Bindings.require(network, inputs, outputs);
            outputs.values().forEach(array -> array.data()[0] = 7);
        }

        @Override
        public List<NodeTime> profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
            return List.of();
        }

        @Override
        public void close() {
        }
    }

    @Test
    void aPlanTakesItsNetworksArraysAlone() {
        Network network = network(List.of("y"), node("a", RELU, "y", "x"));
        Checking plan = new Checking(network);
        NdArray array = NdArray.zeros(Dims.of(1, 2, 3, 4));
        assertEquals(7, plan.run(array).data()[0]);
        assertEquals(7, plan.run(Map.of("x", array)).get("y").data()[0]);
        refused("input 'x' is missing; network 'net' has [x]", () -> plan.run(Map.of()));
        refused("input 'x' is [1, 2, 12]; this plan takes [1, 2, 3, 4]",
                () -> plan.run(Map.of("x", NdArray.zeros(Dims.of(1, 2, 12)))));
        refused("input 'w' is not known; network 'net' has [x]",
                () -> plan.run(Map.of("x", array, "w", array)));
        refused("output 'y' is missing; network 'net' has [y]",
                () -> plan.run(Map.of("x", array), Map.of()));
        refused("output 'q' is not known; network 'net' has [y]",
                () -> plan.run(Map.of("x", array), Map.of("y", array, "q", array)));
        Checking two = new Checking(network.withOutputs(List.of("x", "y")));
        refused("network 'net' has inputs [x] and outputs [x, y]; name them, as in run(Map.of(name, array))",
                () -> two.run(array));
    }

    @Test
    void anEngineThatRunsNoNetworksSaysSo() {
        Engine engine = new Engine() {
            @Override
            public String name() {
                return "none";
            }

            @Override
            public List<Device> devices() {
                return List.of();
            }

            @Override
            public Plan compile(Op.Convolve layer, Shape input, Layout layout, Device device,
                    Fusion fusion) {
                throw new UnsupportedOperationException();
            }
        };
        assertEquals("engine none doesn't run networks; use another one",
                assertThrows(EngineException.class, () -> engine
                        .compile(network(List.of("y"), node("a", RELU, "y", "x")), null))
                        .getMessage());
    }
}
