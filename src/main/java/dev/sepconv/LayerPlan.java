package dev.sepconv;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A layer's plan: that of a network of one node, which takes and gives tensors. */
final class LayerPlan implements Plan {

    private final NetworkPlan plan;
    private final Layout layout;
    private final Shape inputShape;
    private final Shape outputShape;
    private final String input;
    private final String output;
    private final Dims inputDims;
    private final Dims outputDims;

    /**
     * What the last run took and gave: most runs take and give the same, and then make no object.
     */
    private volatile Bound bound;

    private record Bound(float[] from, float[] to, Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
    }

    private LayerPlan(NetworkPlan plan, Layout layout, Shape inputShape, Shape outputShape) {
        this.plan = plan;
        this.layout = layout;
        this.inputShape = inputShape;
        this.outputShape = outputShape;
        Network network = plan.network();
        input = network.inputs().keySet().iterator().next();
        output = network.outputs().getFirst();
        inputDims = network.dims(input);
        outputDims = network.dims(output);
    }

    static LayerPlan of(NetworkPlan plan, Layout layout) {
        Network network = plan.network();
        return new LayerPlan(plan, layout,
                shape(network.inputs().values().iterator().next(), layout),
                shape(network.dims(network.outputs().getFirst()), layout));
    }

    private static Shape shape(Dims dims, Layout layout) {
        return layout == Layout.NCHW
                ? dims.toShape()
                : new Shape(dims.get(0), dims.get(3), dims.get(1), dims.get(2));
    }

    @Override
    public String toString() {
        return "plan from %s to %s, %s, by engine %s on %s".formatted(inputShape, outputShape,
                layout, device().engine(), device());
    }

    @Override
    public Optional<NetworkPlan> asNetwork() {
        return Optional.of(plan);
    }

    @Override
    public Device device() {
        return plan.device();
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public Shape outputShape() {
        return outputShape;
    }

    @Override
    public List<String> kernels() {
        return plan.kernels();
    }

    @Override
    public Fusion fusion() {
        return plan.fusion();
    }

    @Override
    public boolean tuned() {
        return plan.tuned();
    }

    @Override
    public List<Integer> winogradStages() {
        return plan.winogradStages().values().stream().flatMap(List::stream).toList();
    }

    @Override
    public void run(Tensor from, Tensor to) {
        require("input", from, inputShape);
        require("output", to, outputShape);
        Bound arrays = bound(from, to);
        plan.run(arrays.inputs, arrays.outputs);
    }

    private void require(String name, Tensor tensor, Shape shape) {
        if (!Objects.requireNonNull(tensor, name).shape().equals(shape)
                || tensor.layout() != layout) {
            throw new IllegalArgumentException("%s is %s %s; this plan takes %s %s".formatted(name,
                    tensor.shape(), tensor.layout(), shape, layout));
        }
    }

    private Bound bound(Tensor from, Tensor to) {
        Bound arrays = bound;
        if (arrays == null || arrays.from != from.data() || arrays.to != to.data()) {
            arrays = new Bound(from.data(), to.data(),
                    Map.of(input, NdArray.of(inputDims, from.data())),
                    Map.of(output, NdArray.of(outputDims, to.data())));
            bound = arrays;
        }
        return arrays;
    }

    @Override
    public boolean profiles() {
        return plan.profiles();
    }

    @Override
    public Profile profile(Tensor from, Tensor to) {
        require("input", from, inputShape);
        require("output", to, outputShape);
        Bound arrays = bound(from, to);
        return plan.profileWhole(arrays.inputs, arrays.outputs);
    }

    @Override
    public void close() {
        bound = null;
        plan.close();
    }
}
