package dev.sepconv.engine.tornado;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.EngineDevice;
import dev.sepconv.engine.SplitAxis;
import dev.sepconv.engine.lower.Kernels;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.measure.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Prints the figures of docs/devices.md: speed of three layers with each kind of kernel, and what
 * two devices at once bring. Not a test.
 */
public final class DeviceTiming {

    private static final int RUNS = 15;

    private DeviceTiming() {
    }

    public static void main(String[] args) {
        try (TornadoEngine engine = TornadoEngine.open()) {
            for (Layout layout : Layout.values()) {
                layer(engine, "pointwise 128->128, 56x56", Conv2d.pointwise(128, 128),
                        Shape.of(128, 56, 56), layout);
                layer(engine, "depthwise 3x3 128, 56x56",
                        Conv2d.depthwise(128, 1, 3).withPadding(Padding.of(1)),
                        Shape.of(128, 56, 56), layout);
                layer(engine, "standard 3x3 64->64, 56x56",
                        Conv2d.of(64, 64, 3).withPadding(Padding.of(1)), Shape.of(64, 56, 56),
                        layout);
            }
            if (engine.devices().size() > 1) {
                Conv2d oneGroup = Conv2d.grouped(8192, 64, 7, 2);
                split(engine,
                        "8192->64 7x7 on 7x7, 2 groups, plain kernel: one work-group, so one core, a device",
                        oneGroup, Shape.of(8192, 7, 7), Kernels::plain);
                Conv2d alexNet = Conv2d.grouped(96, 256, 5, 2).withPadding(Padding.of(2));
                split(engine,
                        "AlexNet's second layer, 96->256 5x5 on 27x27, 2 groups, plain kernel: fills every core",
                        alexNet, Shape.of(96, 27, 27), Kernels::plain);
                split(engine, "the same, vector kernel", alexNet, Shape.of(96, 27, 27),
                        Kernels::vector);
            }
        }
    }

    private static void layer(TornadoEngine engine, String name, Conv2d conv, Shape shape,
            Layout layout) {
        kernel(engine, name, conv, shape, layout, Kernels.plain(conv, shape, layout));
        kernel(engine, name, conv, shape, layout, Kernels.vector(conv, shape, layout));
    }

    private static void kernel(TornadoEngine engine, String name, Conv2d conv, Shape shape,
            Layout layout, List<Kernel> kernels) {
        Network network = Network.of(
                conv.withWeights(List.of(ConvWeights.random(conv, new Random(1)))), shape, layout);
        try (Plan plan = Plan.of(engine.compile(network, engine.devices().getFirst(), kernels),
                layout)) {
            Tensor input = random(shape, layout);
            Tensor output = Tensor.zeros(plan.outputShape(), layout);
            double[] kernelMillis = new double[RUNS];
            double[] wallMillis = new double[RUNS];
            for (int i = -3; i < RUNS; i++) {
                double kernel = plan.profile(input, output).kernelNanos() / 1e6;
                double wall = millis(() -> plan.run(input, output));
                if (i >= 0) {
                    kernelMillis[i] = kernel;
                    wallMillis[i] = wall;
                }
            }
            double flops = 2.0 * conv.weightCount() * plan.outputShape().h()
                    * plan.outputShape().w();
            System.out.printf("%-28s %s  %-25s kernel %s ms  %.1f GFLOP/s  run %s ms%n", name,
                    layout, kernels.getFirst().name(), spread(kernelMillis),
                    flops / Timing.median(kernelMillis) / 1e6, spread(wallMillis));
        }
    }

    private interface Choice {
        List<Kernel> of(Layer layer, Shape shape, Layout layout);
    }

    private static void split(TornadoEngine engine, String name, Conv2d conv, Shape shape,
            Choice kernels) {
        List<Device> two = engine.devices().subList(0, 2);
        ConvWeights weights = ConvWeights.random(conv, new Random(1));
        Conv2d half = Conv2d.of(conv.inChannels() / 2, conv.outChannels() / 2, conv.kernelHeight())
                .withPadding(conv.padding());
        Shape halfShape = Shape.of(half.inChannels(), shape.h(), shape.w());
        Tensor input = random(shape, Layout.NCHW);
        Tensor halfInput = random(halfShape, Layout.NCHW);
        try (Plan first = compile(engine, half, halfShape, two.getFirst(), kernels, 2);
                Plan second = compile(engine, half, halfShape, two.getLast(), kernels, 3);
                Plan whole = compile(engine, conv, shape, two.getFirst(), kernels, 1);
                DeviceSplit split = DeviceSplit.evenly(SplitAxis.GROUPS,
                        Network.of(conv.withWeights(List.of(weights)), shape, Layout.NCHW),
                        two.stream().map(device -> new EngineDevice(engine, device)).toList())) {
            Map<String, Runnable> ways = new LinkedHashMap<>();
            ways.put("half on the first device", () -> first.run(halfInput));
            ways.put("half on the second device", () -> second.run(halfInput));
            ways.put("both halves, one after the other", () -> {
                first.run(halfInput);
                second.run(halfInput);
            });
            ways.put("both halves, a thread each", () -> {
                CompletableFuture<Void> other = CompletableFuture
                        .runAsync(() -> second.run(halfInput));
                first.run(halfInput);
                other.join();
            });
            ways.put("DeviceSplit, with the kernels that the engine chooses",
                    () -> split.run(NdArray.of(Dims.of(shape), input.data())));
            ways.put("whole on the first device", () -> whole.run(input));
            System.out.println(name);
            List<double[]> all = new ArrayList<>();
            ways.forEach((way, run) -> all.add(new double[RUNS]));
            for (int i = -3; i < RUNS; i++) {
                int way = 0;
                for (Runnable run : ways.values()) {
                    double millis = millis(run);
                    if (i >= 0) {
                        all.get(way)[i] = millis;
                    }
                    way++;
                }
            }
            int way = 0;
            for (String label : ways.keySet()) {
                System.out.printf("    %-52s %s ms%n", label, spread(all.get(way++)));
            }
        }
    }

    private static Plan compile(TornadoEngine engine, Conv2d conv, Shape shape, Device device,
            Choice kernels, long seed) {
        Network network = Network.of(
                conv.withWeights(List.of(ConvWeights.random(conv, new Random(seed)))), shape,
                Layout.NCHW);
        return Plan.of(engine.compile(network, device, kernels.of(conv, shape, Layout.NCHW)),
                Layout.NCHW);
    }

    private static Tensor random(Shape shape, Layout layout) {
        Random random = new Random(7);
        Tensor tensor = Tensor.zeros(shape, layout);
        for (int i = 0; i < tensor.data().length; i++) {
            tensor.data()[i] = random.nextFloat(-1, 1);
        }
        return tensor;
    }

    private static double millis(Runnable run) {
        long start = System.nanoTime();
        run.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static String spread(double[] values) {
        return "%.2f (%.2f to %.2f)".formatted(Timing.median(values),
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }
}
