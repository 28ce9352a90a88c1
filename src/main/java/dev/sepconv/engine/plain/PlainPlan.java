package dev.sepconv.engine.plain;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A layer's convolutions one after the other, in NCHW; an NHWC input is turned first and the output in the end. */
final class PlainPlan implements Plan {

    private final List<Stage> stages = new ArrayList<>();
    private final Layout layout;
    private final Shape inputShape;
    private final Shape outputShape;
    private final BooleanSupplier engineClosed;
    private boolean closed;

    /**
     * @param shuffle of the channels that it reads
     * @param output in NCHW
     */
    private record Stage(Optional<ChannelShuffle> shuffle, PlainConvolution convolution, Shape input, Tensor output) {

        float[] run(float[] x) {
            float[] given = shuffle.map(order -> shuffled(x, order)).orElse(x);
            convolution.run(given, output.data());
            return output.data();
        }

        private float[] shuffled(float[] x, ChannelShuffle order) {
            float[] moved = new float[x.length];
            int plane = input.h() * input.w();
            for (int n = 0; n < input.n(); n++) {
                for (int c = 0; c < input.c(); c++) {
                    System.arraycopy(x, (n * input.c() + order.source(c)) * plane, moved, (n * input.c() + c) * plane, plane);
                }
            }
            return moved;
        }
    }

    PlainPlan(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, BooleanSupplier engineClosed) {
        this.layout = layout;
        this.engineClosed = engineClosed;
        inputShape = input;
        outputShape = layer.outputShape(input); // before anything is allocated
        List<ConvWeights> folded = ChannelShuffle.folded(layer, weights);
        Shape shape = input;
        for (int i = 0; i < layer.stages().size(); i++) {
            Shape next = layer.stages().get(i).outputShape(shape);
            stages.add(new Stage(ChannelShuffle.before(layer, i),
                    new PlainConvolution(layer.stages().get(i), folded.get(i), shape), shape, Tensor.zeros(next, Layout.NCHW)));
            shape = next;
        }
    }

    @Override
    public Device device() {
        return PlainEngine.DEVICE;
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
    public synchronized void run(Tensor input, Tensor output) {
        if (closed || engineClosed.getAsBoolean()) {
            throw new IllegalStateException(closed ? "the plan is closed" : "the engine of this plan is closed");
        }
        check(input, output);
        float[] values = input.to(Layout.NCHW).data();
        for (Stage stage : stages) {
            values = stage.run(values);
        }
        float[] result = stages.getLast().output.to(layout).data();
        System.arraycopy(result, 0, output.data(), 0, result.length);
    }

    @Override
    public synchronized void close() {
        closed = true;
        stages.clear();
    }
}
