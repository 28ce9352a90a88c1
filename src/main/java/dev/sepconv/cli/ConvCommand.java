package dev.sepconv.cli;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.Npy;
import dev.sepconv.io.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sepconv conv}: one convolution or separable chain, NumPy in, NumPy out. */
@Command(name = "conv", description = {"Run a convolution on a NumPy array.",
        "Arrays are float32 .npy files; other numbers, byte orders and Fortran order are converted, which is said on stderr. "
                + "Weights are [K, C/G, R, S] whatever the layout; the groups G follow from them and the input's channels."},
        footerHeading = "%nExamples:%n",
        footer = {"  sepconv conv --input x.npy --weights w.npy --pad same --output y.npy", "",
                "  # MobileNet's block",
                "  sepconv conv --input x.npy --weights dw.npy --pointwise pw.npy --pad 1 --stride 2 "
                        + "--inner-activation relu6 --activation relu6 --output y.npy",
                "",
                "  # as two kernels, what lies between stays on the device; --fusion fused: as one",
                "  sepconv conv --input x.npy --weights dw.npy --pointwise pw.npy --fusion separate --output y.npy",
                "", "  # a batch, groups or a picture's rows, shared by two devices",
                "  sepconv conv --input batch.npy --weights w.npy --device opencl:0:0,opencl:0:1 --output y.npy"})
final class ConvCommand implements Callable<Integer> {

    /** Which step of a separable convolution comes first. */
    enum Order {
        DEPTHWISE_FIRST,
        POINTWISE_FIRST;

        static final class Converter implements ITypeConverter<Order> {
            @Override
            public Order convert(String value) {
                return Converters.constant(values(), value);
            }
        }
    }

    /** While a layer runs, every tensor is there twice: here, and as the engine wants it. */
    private static final int COPIES = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--input", required = true, paramLabel = "X.npy",
            description = "[N, C, H, W], or [C, H, W] for one picture, whose output then has three dimensions too.")
    private Path input;

    @Option(names = "--weights", required = true, paramLabel = "W.npy",
            description = "[K, C/G, R, S]. With --pointwise, the depthwise step's: [C*M, 1, R, S].")
    private Path weights;

    @Option(names = "--bias", paramLabel = "B.npy",
            description = "[K], added to each output channel of --weights.")
    private Path bias;

    @Option(names = "--pointwise", paramLabel = "P.npy",
            description = "[K, C, 1, 1]: makes it a separable convolution, of which this is the pointwise step.")
    private Path pointwise;

    @Option(names = "--pointwise-bias", paramLabel = "Q.npy",
            description = "[K], added to each output channel of --pointwise.")
    private Path pointwiseBias;

    @Option(names = "--order", paramLabel = "ORDER", converter = Order.Converter.class,
            description = "depthwise-first (the default: MobileNet, Keras) or pointwise-first (Xception's paper).")
    private Order order;

    @Option(names = "--fusion", paramLabel = "HOW", converter = Converters.FusionConverter.class,
            description = "How a depthwise-first chain runs: separate (a kernel for each step; what lies between stays in the device's "
                    + "memory), fused (one kernel for both), or auto (the default: what is faster by rule, or by the command tune).")
    private Fusion fusion;

    @Option(names = "--stride", paramLabel = "N|H,W", defaultValue = "1",
            converter = Converters.PairConverter.class,
            description = "1 by default; --stride, --pad and --dilation are of --weights, never of --pointwise.")
    private Converters.Pair stride;

    @Option(names = "--pad", paramLabel = "PAD", defaultValue = "valid",
            converter = Converters.PaddingConverter.class,
            description = "Zeros round the input: 1 (all sides), 1,2 (vertical, horizontal), top,left,bottom,right, "
                    + "same (as TensorFlow, ONNX's SAME_UPPER), same-lower (ONNX's SAME_LOWER), or valid (none, the default).")
    private Padding padding;

    @Option(names = "--dilation", paramLabel = "N|H,W", defaultValue = "1",
            converter = Converters.PairConverter.class, description = "1 by default.")
    private Converters.Pair dilation;

    @Option(names = "--groups", paramLabel = "G",
            description = "Not needed: it follows from the weights. If given, it must be what they imply.")
    private Integer groups;

    @Option(names = "--activation", paramLabel = "NAME", defaultValue = "none",
            converter = Converters.ActivationConverter.class,
            description = "After the last step: none (the default), relu, relu6, leaky-relu[:SLOPE] (0.01 by default), "
                    + "hard-swish, sigmoid, silu, gelu, gelu-tanh, tanh, hard-sigmoid or mish.")
    private Activation activation;

    @Option(names = "--inner-activation", paramLabel = "NAME",
            converter = Converters.ActivationConverter.class,
            description = "Between the steps of a depthwise-first chain, as MobileNet has it; none by default, as Keras has it.")
    private Activation innerActivation;

    @Option(names = "--layout", paramLabel = "LAYOUT", defaultValue = "nchw",
            converter = Converters.LayoutConverter.class,
            description = "nchw (the default) or nhwc: how input and output are laid out.")
    private Layout layout;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private SplitOption split;

    @Mixin
    private JsonOption json;

    @Option(names = "--output", required = true, paramLabel = "Y.npy",
            description = "Where the result goes.")
    private Path output;

    /** A file and the shape of its array. */
    private record Named(String path, List<Integer> shape) {
    }

    private record Document(Named input, Named weights, Named bias, Named pointwise,
            Named pointwiseBias, Named output, String layout, int groups, String engine,
            Device device, SplitOption.Report split, String reason, String fusion, long parameters,
            long multiplyAdds, double compileMillis, double runMillis) {
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        OutputFile.check("--output", output, OutputFile.Kind.ARRAY);
        Named x = named("--input", input);
        Named w = named("--weights", weights);
        Named b = named("--bias", bias);
        Named p = named("--pointwise", pointwise);
        Named q = named("--pointwise-bias", pointwiseBias);
        Shape inputShape = shape(x);
        Layer layer = layer(inputShape, w, b, p, q);
        Shape outputShape = layer.outputShape(inputShape);
        refuseTooLarge(layer, inputShape);
        try (Engines.Choice choice = engine.choose()) {
            Tensor tensor = Tensor.of(inputShape, layout, read(x));
            ConvWeights spatial = new ConvWeights(read(w), b == null ? null : read(b));
            ConvWeights mixing = p == null
                    ? null
                    : new ConvWeights(read(p), q == null ? null : read(q));
            List<ConvWeights> parameters = mixing == null
                    ? List.of(spatial)
                    : order == Order.POINTWISE_FIRST
                            ? List.of(mixing, spatial)
                            : List.of(spatial, mixing);
            long start = System.nanoTime();
            try (Plan plan = split.engine(choice).compile(layer.withWeights(parameters), inputShape,
                    layout, choice.device(), fusion == null ? Fusion.AUTO : fusion)) {
                long compiled = System.nanoTime();
                if (plan.tuned()) {
                    spec.commandLine().getErr()
                            .println("sepconv: tuned: " + String.join(", ", plan.kernels()));
                }
                Tensor result = plan.run(tensor);
                long ran = System.nanoTime();
                Named y = new Named(output.toString(), dimensions(outputShape, x.shape().size()));
                Npy.write(output, y.shape(), result.data());
                Cost cost = Cost.of(layer, inputShape);
                print(new Document(x, w, b, p, q, y, Converters.name(layout),
                        spatialStep(layer).groups(), choice.engine().name(), choice.device(),
                        split.report(plan, engine), choice.reason(),
                        p == null ? null : Converters.name(plan.fusion()), cost.parameters(),
                        cost.multiplyAdds(), (compiled - start) / 1e6, (ran - compiled) / 1e6));
            }
        }
        return Failure.NONE;
    }

    private void print(Document done) {
        if (json.json) {
            JsonOption.print(spec.commandLine().getOut(), done);
        } else {
            String how = done.fusion() == null
                    ? ""
                    : done.fusion().equals("fused") ? ", both steps fused" : ", each step alone";
            spec.commandLine().getOut()
                    .println("%s: %s in %.2f ms, after %.2f ms of compiling%s".formatted(output,
                            done.output().shape(), done.runMillis(), done.compileMillis(), how));
        }
    }

    private void checkOptions() {
        if (pointwise == null) {
            needsPointwise("--pointwise-bias", pointwiseBias);
            needsPointwise("--order", order);
            needsPointwise("--fusion", fusion);
            needsPointwise("--inner-activation", innerActivation);
        }
        if (order == Order.POINTWISE_FIRST && innerActivation != null
                && !innerActivation.equals(Activation.NONE)) {
            throw new ParameterException(spec.commandLine(),
                    "--inner-activation is %s; --order pointwise-first has none between the steps"
                            .formatted(innerActivation));
        }
    }

    private void needsPointwise(String option, Object value) {
        if (value != null) {
            throw new ParameterException(spec.commandLine(), option + " needs --pointwise");
        }
    }

    private static Named named(String option, Path file) throws IOException {
        if (file == null) {
            return null;
        }
        return new Named(file.toString(), ArrayFile.shape(option, file));
    }

    private static IllegalArgumentException shapeMustBe(String option, Named array,
            String allowed) {
        return new IllegalArgumentException("%s %s has shape %s; it must be %s".formatted(option,
                array.path(), array.shape(), allowed));
    }

    private Shape shape(Named x) {
        int rank = x.shape().size();
        if (rank != 3 && rank != 4) {
            throw shapeMustBe("--input", x, layout == Layout.NCHW
                    ? "[N, C, H, W] or [C, H, W]; a signal is a picture of height 1, [C, 1, W]"
                    : "[N, H, W, C] or [H, W, C]; a signal is a picture of height 1, [1, W, C]");
        }
        int n = rank == 4 ? x.shape().getFirst() : 1;
        List<Integer> one = x.shape().subList(rank - 3, rank);
        return layout == Layout.NCHW
                ? new Shape(n, one.get(0), one.get(1), one.get(2))
                : new Shape(n, one.get(2), one.get(0), one.get(1));
    }

    private List<Integer> dimensions(Shape shape, int rank) {
        List<Integer> four = layout == Layout.NCHW
                ? List.of(shape.n(), shape.c(), shape.h(), shape.w())
                : List.of(shape.n(), shape.h(), shape.w(), shape.c());
        return four.subList(4 - rank, 4);
    }

    private Layer layer(Shape x, Named w, Named b, Named p, Named q) {
        if (w.shape().size() != 4) {
            throw shapeMustBe("--weights", w,
                    "[K, C/G, R, S]; in one dimension R is 1, [K, C/G, 1, S]");
        }
        checkBias("--bias", b, w);
        if (p == null) {
            return spatialStep(x.c(), w, b).withActivation(activation);
        }
        if (p.shape().size() != 4 || p.shape().get(2) != 1 || p.shape().get(3) != 1) {
            throw shapeMustBe("--pointwise", p, "[K, C, 1, 1]");
        }
        if (w.shape().get(1) != 1) {
            throw shapeMustBe("--weights", w,
                    "[C*M, 1, R, S], depthwise, where --pointwise is given");
        }
        checkBias("--pointwise-bias", q, p);
        Conv2d mixing = Conv2d.pointwise(p.shape().get(1), p.shape().getFirst())
                .withBias(q != null);
        if (order == Order.POINTWISE_FIRST) {
            Conv2d spatial = spatialStep(mixing.outChannels(), w, b);
            return new SeparableConv2d(SeparableConv2d.Order.XCEPTION,
                    spatial.withActivation(activation), mixing);
        }
        boolean linear = innerActivation == null || innerActivation.equals(Activation.NONE);
        Conv2d spatial = spatialStep(x.c(), w, b);
        return new SeparableConv2d(
                linear ? SeparableConv2d.Order.KERAS : SeparableConv2d.Order.MOBILENET,
                linear ? spatial : spatial.withActivation(innerActivation),
                mixing.withActivation(activation));
    }

    private Conv2d spatialStep(int channels, Named w, Named b) {
        int perGroup = w.shape().get(1);
        if (channels % perGroup != 0) {
            throw new IllegalArgumentException(
                    "--weights %s has shape %s, %s a group; %s can't be parted so".formatted(
                            w.path(), w.shape(), Printable.count(perGroup, "channel"),
                            Printable.count(channels, "channel")));
        }
        int implied = channels / perGroup;
        if (groups != null && groups != implied) {
            throw new IllegalArgumentException("--groups is %d; weights of shape %s on %s imply %d"
                    .formatted(groups, w.shape(), Printable.count(channels, "channel"), implied));
        }
        return new Conv2d(channels, w.shape().get(0), w.shape().get(2), w.shape().get(3),
                stride.height(), stride.width(), dilation.height(), dilation.width(), padding,
                implied, b != null, Activation.NONE);
    }

    private static Conv2d spatialStep(Layer layer) {
        return layer instanceof SeparableConv2d separable
                ? separable.depthwise()
                : layer.stages().getFirst();
    }

    private static void checkBias(String option, Named b, Named w) {
        int filters = w.shape().getFirst();
        if (b != null && !b.shape().equals(List.of(filters))) {
            throw shapeMustBe(option, b, "[%d], one number a filter".formatted(filters));
        }
    }

    /** Before anything of that size is allocated. */
    private static void refuseTooLarge(Layer layer, Shape input) {
        List<Shape> shapes = new ArrayList<>(List.of(input));
        layer.stages().forEach(stage -> shapes.add(stage.outputShape(shapes.getLast())));
        long numbers = shapes.stream().mapToLong(Shape::elements).sum()
                + layer.stages().stream().mapToLong(Conv2d::weightCount).sum();
        long needed = numbers * Float.BYTES * COPIES;
        long most = Runtime.getRuntime().maxMemory();
        if (needed > most) {
            throw new EngineException(
                    "input %s and output %s need some %d MiB with working copies, Java has %d MiB; use smaller shapes or a larger heap: JDK_JAVA_OPTIONS=-Xmx%dm"
                            .formatted(input, shapes.getLast(), needed >> 20, most >> 20,
                                    (needed >> 20) + 256));
        }
    }

    private float[] read(Named array) throws IOException {
        Path file = Path.of(array.path());
        if (!Npy.readHeader(file).shape().equals(array.shape())) {
            throw new IOException(array.path() + " changed while it was read");
        }
        return ArrayFile.read(file, spec.commandLine().getErr());
    }
}
