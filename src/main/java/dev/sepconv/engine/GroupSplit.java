package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A grouped convolution split over several devices, each computing its groups, as AlexNet's was over two GPUs (Krizhevsky,
 * Sutskever and Hinton 2012, ImageNet Classification with Deep Convolutional Neural Networks, section 3.2). Groups share neither
 * input channels nor weights, so the devices exchange nothing: each gets the input channels of its groups, and the outputs are
 * put one after the other along the channels.
 *
 * <pre>
 *   input channels  [ groups of device 0 | groups of device 1 ]
 *                            |                    |
 *                          plan 0               plan 1          at once, a thread each
 *                            |                    |
 *   output channels [ groups of device 0 | groups of device 1 ]
 * </pre>
 */
public final class GroupSplit implements Plan {

    private final List<Part> parts;
    private final ExecutorService threads;
    private final Device device;
    private final Layout layout;
    private final Shape inputShape;
    private final Shape outputShape;
    private boolean closed;

    private GroupSplit(List<Part> parts, Layout layout, Shape inputShape, Shape outputShape) {
        this.parts = parts;
        this.threads = Executors.newFixedThreadPool(parts.size(), Thread.ofPlatform().daemon().name("group-split-", 0).factory());
        this.device = combined(parts.stream().map(part -> part.plan.device()).toList());
        this.layout = layout;
        this.inputShape = inputShape;
        this.outputShape = outputShape;
    }

    /** The groups of one device: its plan, its tensors, and where its channels begin in the whole. */
    private record Part(Plan plan, Tensor input, Tensor output, int firstInput, int firstOutput) {

        void run(Tensor wholeInput, Tensor wholeOutput) {
            copyChannels(wholeInput, firstInput, input, 0, input.shape().c());
            plan.run(input, output);
            copyChannels(output, 0, wholeOutput, firstOutput, output.shape().c());
        }
    }

    /**
     * Compiles each device's share. The first devices get one group more where the groups don't divide evenly.
     *
     * @param conv with at least as many groups as there are devices
     * @param input {@code [N, C, H, W]}
     * @param devices of that engine; one may be there twice
     * @throws IllegalArgumentException if there are fewer groups than devices, or as in {@link Engine#compile}
     * @throws dev.sepconv.EngineException as in {@link Engine#compile}
     */
    public static GroupSplit compile(Engine engine, Conv2d conv, ConvWeights weights, Shape input, Layout layout,
            List<Device> devices) {
        if (devices.isEmpty() || devices.size() > conv.groups()) {
            throw new IllegalArgumentException("devices are %d; a convolution of %d groups can be split over 1 to %d"
                    .formatted(devices.size(), conv.groups(), conv.groups()));
        }
        conv.check(List.of(weights));
        Shape output = conv.outputShape(input);
        List<Part> parts = new ArrayList<>();
        try {
            int first = 0;
            for (int i = 0; i < devices.size(); i++) {
                int end = first + (conv.groups() - first + devices.size() - i - 1) / (devices.size() - i);
                parts.add(part(engine, conv, weights, input, layout, devices.get(i), first, end));
                first = end;
            }
        } catch (RuntimeException e) {
            parts.forEach(part -> part.plan.close());
            throw e;
        }
        return new GroupSplit(parts, layout, input, output);
    }

    private static Part part(Engine engine, Conv2d conv, ConvWeights weights, Shape input, Layout layout, Device device,
            int firstGroup, int endGroup) {
        int groups = endGroup - firstGroup;
        int groupIn = conv.inChannels() / conv.groups();
        int groupOut = conv.outChannels() / conv.groups();
        Conv2d share = new Conv2d(groups * groupIn, groups * groupOut, conv.kernelHeight(), conv.kernelWidth(),
                conv.strideHeight(), conv.strideWidth(), conv.dilationHeight(), conv.dilationWidth(), conv.padding(), groups,
                conv.bias(), conv.activation());
        int groupWeights = conv.weightCount() / conv.groups();
        ConvWeights shareWeights = new ConvWeights(
                Arrays.copyOfRange(weights.weight(), firstGroup * groupWeights, endGroup * groupWeights),
                weights.bias() == null ? null : Arrays.copyOfRange(weights.bias(), firstGroup * groupOut, endGroup * groupOut));
        Shape shareInput = new Shape(input.n(), groups * groupIn, input.h(), input.w());
        Plan plan = engine.compile(share, List.of(shareWeights), shareInput, layout, device);
        return new Part(plan, Tensor.zeros(shareInput, layout), Tensor.zeros(plan.outputShape(), layout), firstGroup * groupIn,
                firstGroup * groupOut);
    }

    /** Copies {@code channels} channels of all images and pixels; both tensors have the same layout, batch and size. */
    private static void copyChannels(Tensor from, int fromFirst, Tensor to, int toFirst, int channels) {
        Shape shape = from.shape();
        int pixels = shape.h() * shape.w();
        // In NCHW an image's channels lie together, in NHWC a pixel's.
        int block = from.layout() == Layout.NCHW ? pixels : 1;
        int rows = from.layout() == Layout.NCHW ? shape.n() : shape.n() * pixels;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(from.data(), (row * shape.c() + fromFirst) * block, to.data(),
                    (row * to.shape().c() + toFirst) * block, channels * block);
        }
    }

    private static Device combined(List<Device> devices) {
        Device first = devices.getFirst();
        return new Device(first.engine(), String.join("+", devices.stream().map(Device::id).toList()),
                String.join(" + ", devices.stream().map(Device::name).toList()), first.backend(), first.kind(),
                devices.stream().distinct().mapToLong(Device::memoryBytes).sum());
    }

    /** All devices as one: ids and names joined, memory summed. */
    @Override
    public Device device() {
        return device;
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
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        check(input, output);
        CompletableFuture<?>[] runs = parts.stream()
                .map(part -> CompletableFuture.runAsync(() -> part.run(input, output), threads))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(runs).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw (Error) e.getCause();
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            threads.shutdown();
            parts.forEach(part -> part.plan.close());
        }
    }
}
