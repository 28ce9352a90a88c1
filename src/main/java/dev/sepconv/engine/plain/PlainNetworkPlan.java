package dev.sepconv.engine.plain;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import dev.sepconv.graph.Bindings;
import dev.sepconv.graph.Interruption;
import dev.sepconv.reference.NetworkReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network node by node: convolutions as {@link PlainConvolution} has them, every other operation
 * by the float64 reference, rounded to float32. What no later node reads is dropped at once.
 */
final class PlainNetworkPlan implements NetworkPlan {

    private final Network network;
    private final List<PlainStep> steps = new ArrayList<>();
    private final long intermediateBytes;
    private final BooleanSupplier engineClosed;
    private boolean closed;

    /**
     * @param shuffles of the channels that each convolution reads
     * @param convolutions those of a node that convolves; else none
     * @param dead the arrays that nobody reads after it
     */
    private record PlainStep(Node node, List<Optional<ChannelShuffle>> shuffles,
            List<PlainConvolution> convolutions, List<Dims> sizes, List<String> dead) {
    }

    PlainNetworkPlan(Network network, BooleanSupplier engineClosed) {
        this.network = network;
        this.engineClosed = engineClosed;
        Map<String, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < network.nodes().size(); i++) {
            lastUse.put(network.nodes().get(i).output(), i);
            for (String name : network.nodes().get(i).inputs()) {
                lastUse.put(name, i);
            }
        }
        network.outputs().forEach(name -> lastUse.put(name, Integer.MAX_VALUE));
        Map<Integer, List<String>> lastUsed = lastUse.keySet().stream()
                .collect(Collectors.groupingBy(lastUse::get));
        long alive = 0;
        long most = 0;
        for (int i = 0; i < network.nodes().size(); i++) {
            Interruption.check();
            Node node = network.nodes().get(i);
            List<String> dead = lastUsed.getOrDefault(i, List.of());
            List<PlainConvolution> convolutions = new ArrayList<>();
            List<Dims> sizes = new ArrayList<>();
            List<Optional<ChannelShuffle>> shuffles = new ArrayList<>();
            if (node.op() instanceof Op.Convolve op) {
                List<ConvWeights> weights = ChannelShuffle.folded(op.layer(), op.weights());
                Shape shape = network.dims(node.inputs().getFirst()).toShape();
                for (int stage = 0; stage < op.weights().size(); stage++) {
                    Conv2d conv = op.layer().stages().get(stage);
                    shuffles.add(ChannelShuffle.before(op.layer(), stage));
                    convolutions.add(new PlainConvolution(conv, weights.get(stage), shape));
                    shape = conv.outputShape(shape);
                    sizes.add(Dims.of(shape));
                }
            }
            steps.add(new PlainStep(node, shuffles, convolutions, sizes, dead));
            alive += isIntermediate(node.output()) ? network.dims(node.output()).elements() : 0;
            most = Math.max(most, alive);
            alive -= dead.stream().filter(this::isIntermediate)
                    .mapToLong(name -> network.dims(name).elements()).sum();
        }
        intermediateBytes = Float.BYTES * most;
    }

    private boolean isIntermediate(String name) {
        return !network.inputs().containsKey(name) && !network.isOutput(name);
    }

    @Override
    public Device device() {
        return PlainEngine.DEVICE;
    }

    @Override
    public Network network() {
        return network;
    }

    @Override
    public long intermediateBytes() {
        return intermediateBytes;
    }

    @Override
    public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        profile(inputs, outputs);
    }

    @Override
    public synchronized List<NodeTime> profile(Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
        if (closed || engineClosed.getAsBoolean()) {
            throw new IllegalStateException(
                    closed ? "the plan is closed" : "the engine of this plan is closed");
        }
        Bindings.require(network, inputs, outputs);
        Map<String, float[]> values = new HashMap<>();
        network.inputs().keySet().forEach(name -> values.put(name, inputs.get(name).data()));
        List<NodeTime> times = new ArrayList<>();
        for (PlainStep step : steps) {
            long start = System.nanoTime();
            values.put(step.node.output(), run(step, values));
            times.add(new NodeTime(step.node.name(), step.node.op().label(),
                    System.nanoTime() - start));
            step.dead.forEach(values::remove);
        }
        for (String name : network.outputs()) {
            System.arraycopy(values.get(name), 0, outputs.get(name).data(), 0,
                    values.get(name).length);
        }
        return times;
    }

    private float[] run(PlainStep step, Map<String, float[]> values) {
        if (!step.convolutions.isEmpty()) {
            return convolve(step, values);
        }
        Dims out = network.dims(step.node.output());
        if (step.node.op() instanceof Op.Transpose op && out.rank() == 4) {
            String input = step.node.inputs().getFirst();
            return transposed(op, network.dims(input), out, values.get(input));
        }
        return byReference(step.node, values);
    }

    private static float[] convolve(PlainStep step, Map<String, float[]> values) {
        float[] x = values.get(step.node.inputs().getFirst());
        for (int i = 0; i < step.convolutions.size(); i++) {
            if (step.shuffles.get(i).isPresent()) {
                x = shuffled(x, step.sizes.get(i - 1), step.shuffles.get(i).get());
            }
            float[] y = new float[step.sizes.get(i).elements()];
            step.convolutions.get(i).run(x, y);
            x = y;
        }
        return x;
    }

    private static float[] shuffled(float[] x, Dims dims, ChannelShuffle order) {
        float[] moved = new float[x.length];
        int plane = dims.get(2) * dims.get(3);
        for (int n = 0; n < dims.get(0); n++) {
            for (int c = 0; c < dims.get(1); c++) {
                System.arraycopy(x, (n * dims.get(1) + order.source(c)) * plane, moved,
                        (n * dims.get(1) + c) * plane, plane);
            }
        }
        return moved;
    }

    /** Of pictures, which every NHWC layer turns twice. */
    private static float[] transposed(Op.Transpose op, Dims in, Dims out, float[] x) {
        int[] strides = in.strides();
        int[] step = op.order().stream().mapToInt(d -> strides[d]).toArray();
        float[] y = new float[x.length];
        int plane = out.product(1, 4);
        IntStream.range(0, out.get(0) * out.get(1)).parallel().forEach(row -> {
            int from = row / out.get(1) * step[0] + row % out.get(1) * step[1];
            int to = row / out.get(1) * plane + row % out.get(1) * out.product(2, 4);
            for (int i = 0; i < out.get(2); i++) {
                for (int j = 0; j < out.get(3); j++) {
                    y[to++] = x[from + i * step[2] + j * step[3]];
                }
            }
        });
        return y;
    }

    private float[] byReference(Node node, Map<String, float[]> values) {
        List<double[]> inputs = node.inputs().stream().map(name -> wide(values.get(name))).toList();
        double[] exact = NetworkReference.run(node.op(),
                node.inputs().stream().map(network::dims).toList(), inputs);
        float[] rounded = new float[exact.length];
        IntStream.range(0, exact.length).parallel().forEach(i -> rounded[i] = (float) exact[i]);
        return rounded;
    }

    private static double[] wide(float[] numbers) {
        return IntStream.range(0, numbers.length).parallel().mapToDouble(i -> numbers[i]).toArray();
    }

    @Override
    public String toString() {
        return Bindings.inWords(this);
    }

    @Override
    public synchronized void close() {
        closed = true;
        steps.clear();
    }
}
