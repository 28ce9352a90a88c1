package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.cli.LayerOptions.Bank;
import dev.sepconv.cost.Cost;
import dev.sepconv.decouple.Decoupling;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.Printable;
import dev.sepconv.reference.Reference;
import dev.sepconv.report.DecouplingChart;
import dev.sepconv.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/** {@code sepconv decouple --weights}: one standard convolution taken apart. */
final class LayerDecoupling {

    static final String DEPTHWISE = "depthwise.npy";
    static final String POINTWISE = "pointwise.npy";
    /**
     * Height and width of the random picture that both forms are run on, if the kernel is not
     * larger.
     */
    private static final int TRIAL_SIDE = 16;

    /**
     * Rounding depthwise and pointwise weights to float32 moves outputs by some 1e-7 of their size.
     */
    private static final double ROUNDING = 1e-6;

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

    private final LayerOptions options;
    private final Integer wantedTerms;
    private final Double wantedError;
    private final Converters.Pair size;
    private final Path out;
    private final PrintWriter stdout;

    private LayerDecoupling(LayerOptions options, Integer wantedTerms, Double wantedError,
            Converters.Pair size, Path out, PrintWriter stdout) {
        this.options = options;
        this.wantedTerms = wantedTerms;
        this.wantedError = wantedError;
        this.size = size;
        this.out = out;
        this.stdout = stdout;
    }

    /**
     * @param terms a channel, or null
     * @param error that the weights may have, or null
     * @param size the input's height and width, or null
     * @param out a folder for chart and weights, or null
     */
    static void run(LayerOptions options, Integer terms, Double error, Converters.Pair size,
            Path out, boolean json, PrintWriter stdout) throws IOException {
        new LayerDecoupling(options, terms, error, size, out, stdout).run(json);
    }

    private void run(boolean json) throws IOException {
        List<Path> files = files();
        Bank bank = options.bank();
        Tensor given = options.given(bank.conv());
        Decoupling decoupling = Decoupling.of(bank.conv(), bank.weights());
        Integer taken = terms(decoupling);
        Shape shape = size == null
                ? null
                : Shape.of(bank.conv().inChannels(), size.height(), size.width());
        Cost standard = shape == null ? null : Cost.of(bank.conv(), shape);
        List<Row> rows = rows(decoupling, DecouplingFigures.random(bank.conv()), shape);
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
                options.bias == null ? null : options.bias.toString(), size,
                parameters(bank.conv()),
                standard == null ? null : Long.valueOf(standard.multiplyAdds()), rows,
                breakEven.isEmpty() ? null : Integer.valueOf(breakEven.getAsInt()), exact, chosen,
                options.input == null ? null : options.input.toString(),
                files.stream().map(Path::toString).toList());
        if (json) {
            JsonOption.print(stdout, document);
        } else {
            print(document);
        }
    }

    /** Null where none was asked for. */
    private Integer terms(Decoupling decoupling) {
        Integer chosen = wantedError == null
                ? wantedTerms
                : Integer.valueOf(decoupling.termsFor(wantedError));
        if (chosen != null) {
            decoupling.layer(chosen); // refuses what can't be, before the work
        }
        return chosen;
    }

    private static Tensor noise(Conv2d conv) {
        Random random = new Random(DecouplingFigures.SEED);
        int height = Math.max(TRIAL_SIDE, (conv.kernelHeight() - 1) * conv.dilationHeight() + 1);
        int width = Math.max(TRIAL_SIDE, (conv.kernelWidth() - 1) * conv.dilationWidth() + 1);
        Tensor noise = Tensor.zeros(Shape.of(conv.inChannels(), height, width), Layout.NCHW);
        DecouplingFigures.fill(noise.data(), random);
        return noise;
    }

    private static long parameters(Conv2d conv) {
        return (long) conv.weightCount() + (conv.bias() ? conv.outChannels() : 0);
    }

    private static List<Row> rows(Decoupling decoupling, Decoupling random, Shape shape) {
        return IntStream.rangeClosed(1, decoupling.maxTerms()).mapToObj(terms -> {
            SeparableConv2d layer = decoupling.layer(terms);
            long parameters = layer.stages().stream().mapToLong(LayerDecoupling::parameters).sum();
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
        double largest = 0;
        double largestDifference = 0;
        for (int i = 0; i < standard.length; i++) {
            largest = Math.max(largest, Math.abs(standard[i]));
            largestDifference = Math.max(largestDifference, Math.abs(standard[i] - separable[i]));
        }
        return new OutputError(DecouplingFigures.relativeError(standard, separable),
                largestDifference == 0 ? 0 : largestDifference / largest);
    }

    /** What will be written; refuses it now if it can't be. */
    private List<Path> files() throws IOException {
        if (out == null) {
            return List.of();
        }
        List<String> names = wantedTerms == null && wantedError == null
                ? List.of(DecouplingFigures.CHART)
                : List.of(DecouplingFigures.CHART, DEPTHWISE, POINTWISE);
        OutputFile.checkFolder("--out", out, names.toArray(String[]::new));
        return names.stream().map(out::resolve).toList();
    }

    private static void write(List<Path> files, Decoupling decoupling, Integer taken, byte[] chart)
            throws IOException {
        for (Path file : files) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            switch (file.getFileName().toString()) {
                case DecouplingFigures.CHART ->
                    AtomicFile.write(file, stream -> stream.write(chart));
                case DEPTHWISE -> DecouplingFigures.write(file, decoupling.layer(taken).depthwise(),
                        decoupling.weights(taken).get(0));
                default -> DecouplingFigures.write(file, decoupling.layer(taken).pointwise(),
                        decoupling.weights(taken).get(1));
            }
        }
    }

    private byte[] chart(Bank bank, List<Row> rows, Cost standard, Integer taken)
            throws IOException {
        if (out == null) {
            return null;
        }
        Conv2d conv = bank.conv();
        String heading = "%s: %dx%d, %d to %s".formatted(
                options.array != null ? options.array : options.weights.getFileName(),
                conv.kernelHeight(), conv.kernelWidth(), conv.inChannels(),
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
            List<Object> cells = new ArrayList<>(List.of(row.terms(),
                    DecouplingFigures.decimals(row.error()),
                    DecouplingFigures.decimals(row.randomError()), Numbers.count(row.parameters()),
                    DecouplingFigures.decimals(row.ratioToStandard())));
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
        print(document.exact(), "that is rounding of the weights to float32");
        if (document.chosen() != null && document.chosen().terms() != document.exact().terms()) {
            print(document.chosen(), null);
        }
        for (String file : document.files()) {
            stdout.println("wrote " + file);
        }
    }

    private void print(Measured measured, String remark) {
        List<String> parts = new ArrayList<>(
                List.of("on random input " + difference(measured.onNoise())));
        if (measured.onInput() != null) {
            parts.add("on %s %s".formatted(options.input, difference(measured.onInput())));
        }
        stdout.println("Output error with %d term%s: %s%s.".formatted(measured.terms(),
                measured.terms() == 1 ? "" : "s", String.join(", ", parts),
                remark == null ? "" : "; " + remark));
    }

    private static String difference(OutputError error) {
        return "%s (at worst %s of the largest output)".formatted(
                DecouplingFigures.outputError(error.relative()),
                DecouplingFigures.outputError(error.worst()));
    }
}
