package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.cost.Cost;
import dev.sepconv.decouple.Decoupling;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.Npy;
import dev.sepconv.io.NpyHeader;
import dev.sepconv.io.Printable;
import dev.sepconv.io.TfjsWeights;
import dev.sepconv.reference.Reference;
import dev.sepconv.report.DecouplingChart;
import dev.sepconv.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sepconv decouple}: a standard convolution taken apart into a depthwise and a pointwise
 * one.
 */
@Command(name = "decouple", description = {
        "Take a standard convolution apart into a depthwise and a pointwise one, with a known error.",
        "T depthwise filters a channel, then one pointwise convolution: the best approximation of the weights by so many terms, by the "
                + "singular values of each channel; with R*S terms (or as many as there are filters, if fewer) it is exact. Prints error and "
                + "cost for every T. Errors are of the weights, relative, in the Frobenius norm."},
        footerHeading = "%nExamples:%n",
        footer = {"  sepconv decouple --weights w.npy --size 56x56",
                "  sepconv decouple --weights w.npy --terms 3 --out decoupled",
                "  sepconv conv --input x.npy --weights decoupled/depthwise.npy "
                        + "--pointwise decoupled/pointwise.npy --output y.npy",
                "  sepconv decouple model.onnx --error 0.2 --output apart.onnx",
                "  sepconv run apart.onnx --image photo.jpg"})
final class DecoupleCommand implements Callable<Integer> {

    private static final String DEPTHWISE = "depthwise.npy";
    private static final String POINTWISE = "pointwise.npy";
    private static final String CHART = "decouple.png";
    /** What random weights and inputs are drawn with: the same in every run. */
    private static final long SEED = 1;
    /**
     * Height and width of the random picture that both forms are run on, if the kernel is not
     * larger.
     */
    private static final int TRIAL_SIDE = 16;

    /**
     * Rounding depthwise and pointwise weights to float32 moves outputs by some 1e-7 of their size.
     */
    private static final double ROUNDING = 1e-6;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", arity = "0..1",
            description = "Instead of --weights: an ONNX file, whose standard convolutions are all taken apart, each by itself, where "
                    + "that makes them cheaper; the others stay. With --terms or --error also the outputs' error, with --out each "
                    + "layer's weights, with --output the whole model.")
    private String model;

    @Option(names = "--weights", paramLabel = "W.npy",
            description = "[K, C, R, S], as conv takes them; or a TensorFlow.js weight manifest (.json), with --array.")
    private Path weights;

    @Option(names = "--array", paramLabel = "NAME",
            description = "Which array of the manifest: filters [R, S, C, K].")
    private String array;

    @Option(names = "--bias", paramLabel = "B.npy",
            description = "[K]; it stays as it is, on the pointwise step.")
    private Path bias;

    @Option(names = "--terms", paramLabel = "T",
            description = "Take so many depthwise filters a channel, from 1 to R*S.")
    private Integer terms;

    @Option(names = "--error", paramLabel = "E",
            description = "Or as many as keep the weights' error at or below this, from 0 to 1.")
    private Double error;

    @Option(names = "--size", paramLabel = "HxW", converter = Converters.SizeConverter.class,
            description = "The input's height and width, for multiply-adds.")
    private Converters.Pair size;

    @Option(names = "--stride", paramLabel = "N|H,W", defaultValue = "1",
            converter = Converters.PairConverter.class,
            description = "1 by default; the depthwise step takes it over, as it does --pad and --dilation.")
    private Converters.Pair stride;

    @Option(names = "--pad", paramLabel = "PAD", defaultValue = "valid",
            converter = Converters.PaddingConverter.class,
            description = "As for conv; valid (none) by default.")
    private Padding padding;

    @Option(names = "--dilation", paramLabel = "N|H,W", defaultValue = "1",
            converter = Converters.PairConverter.class, description = "1 by default.")
    private Converters.Pair dilation;

    @Option(names = "--input", paramLabel = "X.npy",
            description = "[N, C, H, W] or [C, H, W]: also measure the output's error on these numbers.")
    private Path input;

    @Option(names = "--out", paramLabel = "DIR",
            description = "Write a chart there, and with --terms or --error the weights, "
                    + DEPTHWISE + " and " + POINTWISE + ".")
    private Path out;

    @Option(names = "--output", paramLabel = "NET.onnx",
            description = "With a MODEL that is an ONNX file, and --terms or --error: "
                    + "write it there with the convolutions replaced and all else as it is, read it again, and give its errors.")
    private Path output;

    @Mixin
    private JsonOption json;

    /** A standard convolution and where it comes from. A network's layers will be such too. */
    private record Bank(String source, Conv2d conv, ConvWeights weights) {
        List<Integer> shape() {
            return List.of(conv.outChannels(), conv.inChannels(), conv.kernelHeight(),
                    conv.kernelWidth());
        }
    }

    /**
     * One number of terms.
     *
     * @param multiplyAdds null without a size
     * @param ratioToStandard of the parameters; that of the multiply-adds is the same but for
     * biases
     */
    private record Row(int terms, double error, double randomError, long parameters,
            Long multiplyAdds, double ratioToStandard) {
    }

    /**
     * How far outputs are from the standard convolution's, both computed in float64 and without
     * bias.
     *
     * @param relative root of the sum of squared differences over that of the squared outputs
     * @param worst the largest difference over the largest output
     */
    private record OutputError(double relative, double worst) {
    }

    /** What was measured with so many terms; {@code onInput} is null without --input. */
    private record Measured(int terms, OutputError onNoise, OutputError onInput) {
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Document(String weights, List<Integer> shape, String bias, Converters.Pair size,
            long parameters, Long multiplyAdds, List<Row> options, Integer breakEven,
            Measured exact, Measured chosen, String input, List<String> files) {
    }

    @Override
    public Integer call() throws IOException {
        if (terms != null && error != null) {
            throw new ParameterException(spec.commandLine(),
                    "--terms and --error can't both be given");
        }
        if ((model == null) == (weights == null)) {
            throw new ParameterException(spec.commandLine(),
                    model == null
                            ? "neither a model nor --weights is given; one must be"
                            : "both model %s and --weights %s are given; only one can be"
                                    .formatted(model, weights));
        }
        if (model != null) {
            return ofModel();
        }
        if (output != null) {
            throw new ParameterException(spec.commandLine(),
                    "--output goes with a model; --out writes what becomes of --weights");
        }
        List<Path> files = files();
        Bank bank = bank();
        Tensor given = input == null ? null : given(bank.conv());
        Decoupling decoupling = Decoupling.of(bank.conv(), bank.weights());
        Integer taken = terms(decoupling);
        Shape shape = size == null
                ? null
                : Shape.of(bank.conv().inChannels(), size.height(), size.width());
        Cost standard = shape == null ? null : Cost.of(bank.conv(), shape);
        List<Row> rows = rows(decoupling, random(bank.conv()), shape);
        OptionalInt breakEven = decoupling.breakEven();
        Tensor noise = noise(bank.conv());
        Measured exact = measure(decoupling, decoupling.maxTerms(), noise, given);
        if (!(exact.onNoise().relative() <= ROUNDING)) {
            throw new EngineException(
                    "with all %s the outputs are off by %s of the standard convolution's, which float32 rounding doesn't explain; are the weights very large or very small?"
                            .formatted(Printable.count(exact.terms(), "term"),
                                    Numbers.difference(exact.onNoise().relative())));
        }
        Measured chosen = taken == null ? null : measure(decoupling, taken, noise, given);
        write(files, decoupling, taken, chart(bank, rows, standard, taken));
        Document document = new Document(bank.source(), bank.shape(),
                bias == null ? null : bias.toString(), size, parameters(bank.conv()),
                standard == null ? null : Long.valueOf(standard.multiplyAdds()), rows,
                breakEven.isEmpty() ? null : Integer.valueOf(breakEven.getAsInt()), exact, chosen,
                input == null ? null : input.toString(),
                files.stream().map(Path::toString).toList());
        if (json.json) {
            JsonOption.print(spec.commandLine().getOut(), document);
        } else {
            print(document);
        }
        return Failure.NONE;
    }

    private int ofModel() throws IOException {
        for (String option : new String[]{"--array", "--bias", "--stride", "--pad", "--dilation",
                "--input"}) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(),
                        "%s goes with --weights; model %s says it for each layer".formatted(option,
                                model));
            }
        }
        if (out != null) {
            OutputFile.checkFolder("--out", out, CHART);
        }
        ModelOptions options = new ModelOptions();
        options.model = model;
        options.size = size;
        if (output != null) {
            if (terms == null && error == null) {
                throw new ParameterException(spec.commandLine(),
                        "--output needs --terms or --error");
            }
            if (!options.isOnnx()) {
                throw new ParameterException(spec.commandLine(),
                        "--output writes an ONNX file again; model '%s' is none".formatted(model));
            }
            AtomicFile.check(output);
        }
        ModelDecoupling.run(options, terms, error, out, output, json.json,
                spec.commandLine().getOut());
        return Failure.NONE;
    }

    /** Null where none was asked for. */
    private Integer terms(Decoupling decoupling) {
        Integer chosen = error == null ? terms : Integer.valueOf(decoupling.termsFor(error));
        if (chosen != null) {
            decoupling.layer(chosen); // refuses what can't be, before the work
        }
        return chosen;
    }

    private Bank bank() throws IOException {
        boolean manifest = weights.toString().endsWith(".json");
        if (!manifest && array != null) {
            throw new ParameterException(spec.commandLine(),
                    "--array is for a TensorFlow.js weight manifest (.json); --weights is "
                            + weights);
        }
        String source = manifest ? "%s of %s".formatted(array, weights) : weights.toString();
        List<Integer> shape;
        float[] numbers;
        if (manifest) {
            NdArray filters = TfjsWeights.oihw(fromManifest(), false);
            shape = filters.dims().sizes();
            numbers = filters.data();
        } else {
            shape = shape("--weights", weights);
            if (shape.size() != 4) {
                throw new IllegalArgumentException(
                        "--weights %s has shape %s; it must be [K, C, R, S]".formatted(weights,
                                shape));
            }
            numbers = read(weights);
        }
        if (bias != null && !shape("--bias", bias).equals(shape.subList(0, 1))) {
            throw new IllegalArgumentException(
                    "--bias %s has shape %s; it must be [%d], one number a filter".formatted(bias,
                            shape("--bias", bias), shape.getFirst()));
        }
        Conv2d conv = new Conv2d(shape.get(1), shape.get(0), shape.get(2), shape.get(3),
                stride.height(), stride.width(), dilation.height(), dilation.width(), padding, 1,
                bias != null, Activation.NONE);
        return new Bank(source, conv, new ConvWeights(numbers, bias == null ? null : read(bias)));
    }

    private NdArray fromManifest() throws IOException {
        Map<String, NdArray> arrays = TfjsWeights.read(weights);
        NdArray filters = array == null ? null : arrays.get(array);
        if (filters == null) {
            List<String> candidates = arrays.entrySet().stream()
                    .filter(entry -> entry.getValue().dims().rank() == 4
                            && entry.getValue().dims().get(0) * entry.getValue().dims().get(1) > 1
                            && entry.getValue().dims().get(3) > 1)
                    .map(Map.Entry::getKey).toList();
            throw new ParameterException(spec.commandLine(),
                    "%s; those of %s with filters larger than 1x1 are %s"
                            .formatted(
                                    array == null
                                            ? "name an array with --array"
                                            : "--array is '%s', which is not there"
                                                    .formatted(array),
                                    weights,
                                    candidates.isEmpty() ? "none" : String.join(", ", candidates)));
        }
        return filters;
    }

    private static List<Integer> shape(String option, Path file) throws IOException {
        List<Integer> shape = Npy.readHeader(file).shape();
        if (shape.contains(0)) {
            throw new IllegalArgumentException(
                    "%s %s has shape %s; every dimension must be at least 1".formatted(option, file,
                            shape));
        }
        return shape;
    }

    /** Reads an array and says what had to be converted. */
    private float[] read(Path file) throws IOException {
        NpyHeader header = Npy.readHeader(file);
        header.conversion().ifPresent(conversion -> spec.commandLine().getErr()
                .println("sepconv: %s: %s".formatted(file, conversion)));
        return Npy.read(file);
    }

    private Tensor given(Conv2d conv) throws IOException {
        List<Integer> shape = shape("--input", input);
        if (shape.size() != 3 && shape.size() != 4) {
            throw new IllegalArgumentException(
                    "--input %s has shape %s; it must be [N, C, H, W] or [C, H, W]; a signal is a picture of height 1, [C, 1, W]"
                            .formatted(input, shape));
        }
        int first = shape.size() - 3;
        Shape full = new Shape(first == 0 ? 1 : shape.getFirst(), shape.get(first),
                shape.get(first + 1), shape.get(first + 2));
        conv.outputShape(full); // refuses one that doesn't fit
        return Tensor.of(full, Layout.NCHW, read(input));
    }

    private static Tensor noise(Conv2d conv) {
        Random random = new Random(SEED);
        int height = Math.max(TRIAL_SIDE, (conv.kernelHeight() - 1) * conv.dilationHeight() + 1);
        int width = Math.max(TRIAL_SIDE, (conv.kernelWidth() - 1) * conv.dilationWidth() + 1);
        Tensor noise = Tensor.zeros(Shape.of(conv.inChannels(), height, width), Layout.NCHW);
        fill(noise.data(), random);
        return noise;
    }

    /**
     * Normally distributed weights of the same shape: what a layer without any structure would be.
     */
    private static Decoupling random(Conv2d conv) {
        float[] numbers = new float[conv.weightCount()];
        fill(numbers, new Random(SEED));
        return Decoupling.of(conv.withBias(false), ConvWeights.of(numbers));
    }

    private static void fill(float[] numbers, Random random) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
    }

    private static long parameters(Conv2d conv) {
        return (long) conv.weightCount() + (conv.bias() ? conv.outChannels() : 0);
    }

    private static List<Row> rows(Decoupling decoupling, Decoupling random, Shape shape) {
        return IntStream.rangeClosed(1, decoupling.maxTerms()).mapToObj(terms -> {
            SeparableConv2d layer = decoupling.layer(terms);
            long parameters = layer.stages().stream().mapToLong(DecoupleCommand::parameters).sum();
            return new Row(terms, decoupling.error(terms), random.error(terms), parameters,
                    shape == null ? null : Long.valueOf(Cost.of(layer, shape).multiplyAdds()),
                    (double) parameters / parameters(decoupling.conv()));
        }).toList();
    }

    private static Measured measure(Decoupling decoupling, int terms, Tensor noise, Tensor given) {
        return new Measured(terms, outputError(decoupling, terms, noise),
                given == null ? null : outputError(decoupling, terms, given));
    }

    private static OutputError outputError(Decoupling decoupling, int terms, Tensor input) {
        SeparableConv2d layer = decoupling.layer(terms);
        // a bias is the same in both and would only make the error look smaller
        double[] standard = Reference.run(decoupling.conv().withBias(false),
                List.of(ConvWeights.of(decoupling.weights().weight())), input);
        double[] separable = Reference.run(
                new SeparableConv2d(layer.order(), layer.depthwise(),
                        layer.pointwise().withBias(false)),
                decoupling.weights(terms).stream().map(step -> ConvWeights.of(step.weight()))
                        .toList(),
                input);
        double squares = 0;
        double squaredDifferences = 0;
        double largest = 0;
        double largestDifference = 0;
        for (int i = 0; i < standard.length; i++) {
            double difference = Math.abs(standard[i] - separable[i]);
            squares += standard[i] * standard[i];
            squaredDifferences += difference * difference;
            largest = Math.max(largest, Math.abs(standard[i]));
            largestDifference = Math.max(largestDifference, difference);
        }
        return new OutputError(
                squaredDifferences == 0 ? 0 : Math.sqrt(squaredDifferences / squares),
                largestDifference == 0 ? 0 : largestDifference / largest);
    }

    /** What will be written; refuses it now if it can't be. */
    private List<Path> files() throws IOException {
        if (out == null) {
            return List.of();
        }
        List<String> names = terms == null && error == null
                ? List.of(CHART)
                : List.of(CHART, DEPTHWISE, POINTWISE);
        OutputFile.checkFolder("--out", out, names.toArray(String[]::new));
        return names.stream().map(out::resolve).toList();
    }

    private static void write(List<Path> files, Decoupling decoupling, Integer taken, byte[] chart)
            throws IOException {
        for (Path file : files) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            switch (file.getFileName().toString()) {
                case CHART -> AtomicFile.write(file, stream -> stream.write(chart));
                case DEPTHWISE -> write(file, decoupling.layer(taken).depthwise(),
                        decoupling.weights(taken).get(0));
                default -> write(file, decoupling.layer(taken).pointwise(),
                        decoupling.weights(taken).get(1));
            }
        }
    }

    private static void write(Path file, Conv2d conv, ConvWeights step) throws IOException {
        Npy.write(file, List.of(conv.outChannels(), conv.inChannels() / conv.groups(),
                conv.kernelHeight(), conv.kernelWidth()), step.weight());
    }

    private byte[] chart(Bank bank, List<Row> rows, Cost standard, Integer taken)
            throws IOException {
        if (out == null) {
            return null;
        }
        Conv2d conv = bank.conv();
        String heading = "%s: %dx%d, %d to %s".formatted(
                array != null ? array : weights.getFileName(), conv.kernelHeight(),
                conv.kernelWidth(), conv.inChannels(),
                Printable.count(conv.outChannels(), "channel"));
        return Images.png(DecouplingChart.draw(heading,
                rows.stream()
                        .map(row -> new DecouplingChart.Option(row.terms(), row.error(),
                                row.randomError(), row.parameters(), row.multiplyAdds()))
                        .toList(),
                parameters(conv), standard == null ? null : Long.valueOf(standard.multiplyAdds()),
                taken));
    }

    private void print(Document document) {
        PrintWriter stdout = spec.commandLine().getOut();
        List<Integer> shape = document.shape();
        stdout.println("%s: %dx%d, %d to %s, %s parameters%s".formatted(document.weights(),
                shape.get(2), shape.get(3), shape.get(1), Printable.count(shape.get(0), "channel"),
                Numbers.count(document.parameters()),
                size == null
                        ? ""
                        : ", %s multiply-adds".formatted(Numbers.count(document.multiplyAdds()))));
        stdout.println();
        List<String> headings = new ArrayList<>(
                List.of(">TERMS", ">ERROR", ">RANDOM", ">PARAMETERS", ">RATIO"));
        if (size != null) {
            headings.add(">MULTIPLY-ADDS");
        }
        headings.add("");
        Table table = new Table(headings.toArray(String[]::new));
        for (Row row : document.options()) {
            List<Object> cells = new ArrayList<>(
                    List.of(row.terms(), error(row.error()), error(row.randomError()),
                            Numbers.count(row.parameters()), decimals(row.ratioToStandard())));
            if (size != null) {
                cells.add(Numbers.count(row.multiplyAdds()));
            }
            cells.add(document.chosen() != null && row.terms() == document.chosen().terms()
                    ? "<- chosen"
                    : "");
            table.row(cells.toArray());
        }
        table.print(stdout);
        stdout.println();
        stdout.println(
                "RANDOM is the error of normally distributed weights of this shape; what is below it, this layer's structure gains.");
        stdout.println(document.breakEven() == null
                ? "Every number of terms needs fewer parameters than the standard convolution."
                : "From %d on it needs no fewer parameters than the standard convolution."
                        .formatted(document.breakEven()));
        print(stdout, document.exact(), "that is rounding of the weights to float32");
        if (document.chosen() != null && document.chosen().terms() != document.exact().terms()) {
            print(stdout, document.chosen(), null);
        }
        for (String file : document.files()) {
            stdout.println("wrote " + file);
        }
    }

    private void print(PrintWriter stdout, Measured measured, String remark) {
        List<String> parts = new ArrayList<>(
                List.of("on random input " + difference(measured.onNoise())));
        if (measured.onInput() != null) {
            parts.add("on %s %s".formatted(input, difference(measured.onInput())));
        }
        stdout.println("Output error with %d term%s: %s%s.".formatted(measured.terms(),
                measured.terms() == 1 ? "" : "s", String.join(", ", parts),
                remark == null ? "" : "; " + remark));
    }

    private static String difference(OutputError error) {
        return "%s (at worst %s of the largest output)".formatted(fraction(error.relative()),
                fraction(error.worst()));
    }

    /** A small one is not shown as none. */
    private static String error(double value) {
        return value > 0 && value < 5e-5 ? Numbers.difference(value) : decimals(value);
    }

    private static String fraction(double value) {
        return value < 1e-3 ? Numbers.difference(value) : decimals(value);
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
