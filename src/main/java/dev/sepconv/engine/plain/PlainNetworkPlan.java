package dev.sepconv.engine.plain;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import dev.sepconv.reference.NetworkReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A network node by node: convolutions as {@link PlainConvolution} has them, every other operation by the float64 reference, rounded
 * to float32. What no later node reads is dropped at once.
 */
final class PlainNetworkPlan implements NetworkPlan {

    private final Network network;
    private final List<Step> steps = new ArrayList<>();
    private final long intermediateBytes;
    private final BooleanSupplier engineClosed;
    private boolean closed;

    /**
     * @param convolutions those of a node that convolves; else none
     * @param dead the arrays that nobody reads after it
     */
    private record Step(Node node, List<PlainConvolution> convolutions, List<Dims> sizes, List<String> dead) {
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
        long alive = 0;
        long most = 0;
        for (int i = 0; i < network.nodes().size(); i++) {
            Node node = network.nodes().get(i);
            int now = i;
            List<String> dead = lastUse.entrySet().stream().filter(use -> use.getValue() == now).map(Map.Entry::getKey).toList();
            List<PlainConvolution> convolutions = new ArrayList<>();
            List<Dims> sizes = new ArrayList<>();
            if (node.op() instanceof Op.Convolve op) {
                Shape shape = network.dims(node.inputs().getFirst()).toShape();
                for (int stage = 0; stage < op.weights().size(); stage++) {
                    Conv2d conv = op.layer().stages().get(stage);
                    convolutions.add(new PlainConvolution(conv, op.weights().get(stage), shape));
                    shape = conv.outputShape(shape);
                    sizes.add(Dims.of(shape));
                }
            }
            steps.add(new Step(node, convolutions, sizes, dead));
            alive += isIntermediate(node.output()) ? network.dims(node.output()).elements() : 0;
            most = Math.max(most, alive);
            alive -= dead.stream().filter(this::isIntermediate).mapToLong(name -> network.dims(name).elements()).sum();
        }
        intermediateBytes = Float.BYTES * most;
    }

    private boolean isIntermediate(String name) {
        return !network.inputs().containsKey(name) && !network.outputs().contains(name);
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
    public synchronized List<NodeTime> profile(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        if (closed || engineClosed.getAsBoolean()) {
            throw new IllegalStateException(closed ? "the plan is closed" : "the engine of this plan is closed");
        }
        check(inputs, outputs);
        Map<String, float[]> values = new HashMap<>();
        network.inputs().keySet().forEach(name -> values.put(name, inputs.get(name).data()));
        List<NodeTime> times = new ArrayList<>();
        for (Step step : steps) {
            long start = System.nanoTime();
            values.put(step.node.output(), step.convolutions.isEmpty() ? byReference(step.node, values) : convolve(step, values));
            times.add(new NodeTime(step.node.name(), step.node.op().label(), System.nanoTime() - start));
            step.dead.forEach(values::remove);
        }
        for (String name : network.outputs()) {
            System.arraycopy(values.get(name), 0, outputs.get(name).data(), 0, values.get(name).length);
        }
        return times;
    }

    private static float[] convolve(Step step, Map<String, float[]> values) {
        float[] x = values.get(step.node.inputs().getFirst());
        for (int i = 0; i < step.convolutions.size(); i++) {
            float[] y = new float[step.sizes.get(i).elements()];
            step.convolutions.get(i).run(x, y);
            x = y;
        }
        return x;
    }

    private float[] byReference(Node node, Map<String, float[]> values) {
        List<double[]> inputs = node.inputs().stream().map(name -> wide(values.get(name))).toList();
        double[] exact = NetworkReference.run(node.op(), node.inputs().stream().map(network::dims).toList(), inputs);
        float[] rounded = new float[exact.length];
        IntStream.range(0, exact.length).parallel().forEach(i -> rounded[i] = (float) exact[i]);
        return rounded;
    }

    private static double[] wide(float[] numbers) {
        return IntStream.range(0, numbers.length).parallel().mapToDouble(i -> numbers[i]).toArray();
    }

    @Override
    public synchronized void close() {
        closed = true;
        steps.clear();
    }
}
