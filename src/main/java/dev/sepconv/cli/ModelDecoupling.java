package dev.sepconv.cli;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.cost.Cost;
import dev.sepconv.decouple.Decoupling;
import dev.sepconv.decouple.NetworkDecoupling;
import dev.sepconv.decouple.NetworkDecoupling.Layer;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxEditor;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.report.DecouplingChart;
import dev.sepconv.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** {@code sepconv decouple MODEL}: the standard convolutions of a whole network taken apart. */
final class ModelDecoupling {

    /**
     * A layer as it was and as it is.
     *
     * @param takenApart false where it stays standard, because so many terms would be no cheaper
     * @param terms that were chosen, even where they are not taken
     * @param error of its weights: in the model that was written if one was, else by their singular
     * values; 0 where it stays
     * @param ifTakenApart what so many terms would be where it stays; else null
     */
    private record Row(String node, List<Integer> shape, boolean takenApart, int terms,
            int exactTerms, double error, long parameters, long parametersBefore, long multiplyAdds,
            long multiplyAddsBefore, IfTakenApart ifTakenApart) {

        static Row of(Layer layer, Network written) {
            Conv2d conv = layer.conv();
            Cost cost = layer.isCheaper() ? layer.separable() : layer.standard();
            double error = !layer.isCheaper()
                    ? 0
                    : written == null ? layer.error() : NetworkDecoupling.error(layer, written);
            return new Row(layer.node(),
                    List.of(conv.outChannels(), conv.inChannels(), conv.kernelHeight(),
                            conv.kernelWidth()),
                    layer.isCheaper(), layer.terms(), layer.decoupling().maxTerms(), error,
                    cost.parameters(), layer.standard().parameters(), cost.multiplyAdds(),
                    layer.standard().multiplyAdds(),
                    layer.isCheaper()
                            ? null
                            : new IfTakenApart(layer.error(), layer.separable().parameters(),
                                    layer.separable().multiplyAdds()));
        }

        private String remark() {
            return takenApart
                    ? ""
                    : "stays standard: %s have error %s and cost %s".formatted(
                            Printable.count(terms, "term"),
                            DecouplingFigures.decimals(ifTakenApart.error),
                            DecouplingFigures.decimals(
                                    (double) ifTakenApart.multiplyAdds / multiplyAddsBefore));
        }
    }

    private record IfTakenApart(double error, long parameters, long multiplyAdds) {
    }

    /** All layers as they were chosen: some taken apart, the others as they were. */
    private record Chosen(int takenApart, int of, double error, long parameters,
            long multiplyAdds) {

        static Chosen of(List<Layer> layers) {
            long parameters = 0;
            long multiplyAdds = 0;
            for (Layer layer : layers) {
                Cost cost = layer.isCheaper() ? layer.separable() : layer.standard();
                parameters += cost.parameters();
                multiplyAdds += cost.multiplyAdds();
            }
            // all terms are no error: so a layer counts that stays
            List<Layer> asTheyAre = layers.stream()
                    .map(layer -> layer.isCheaper()
                            ? layer
                            : new Layer(layer.node(), layer.output(), layer.conv(), layer.input(),
                                    layer.decoupling(), layer.decoupling().maxTerms()))
                    .toList();
            return new Chosen((int) layers.stream().filter(Layer::isCheaper).count(), layers.size(),
                    NetworkDecoupling.error(asTheyAre), parameters, multiplyAdds);
        }
    }

    /** All layers with one number of terms. */
    private record Total(int terms, double error, double randomError, long parameters,
            long multiplyAdds) {
    }

    /**
     * What is printed.
     *
     * @param outputErrors root of the sum of squared differences over that of the squared outputs,
     * on random input, by output; of the model that was written, if one was
     */
    private record Document(String model, long parametersBefore, long multiplyAddsBefore,
            List<Total> options, Chosen chosen, List<Row> layers, Map<String, Double> outputErrors,
            String output, List<String> files) {
    }

    private ModelDecoupling() {
    }

    /**
     * @param terms of every layer, or null
     * @param error that every layer's weights may have, or null
     * @param out a folder for chart and weights, or null
     * @param output where the model is written again, or null
     */
    static void run(ModelOptions model, Integer terms, Double error, Path out, Path output,
            boolean json, PrintWriter stdout) throws IOException {
        String name = model.model;
        Network network = model.read(Map.of(), null);
        NetworkDecoupling decoupling = NetworkDecoupling.of(network);
        List<Layer> chosen = error != null
                ? decoupling.withError(error)
                : terms != null ? decoupling.withTerms(terms) : null;
        List<Layer> any = decoupling.withTerms(1);
        Map<String, Decoupling> random = random(any);
        List<Total> options = IntStream.rangeClosed(1, decoupling.maxTerms())
                .mapToObj(each -> total(each, decoupling.withTerms(each), random)).toList();
        long parametersBefore = any.stream().mapToLong(layer -> layer.standard().parameters())
                .sum();
        long multiplyAddsBefore = any.stream().mapToLong(layer -> layer.standard().multiplyAdds())
                .sum();
        List<Layer> cheaper = chosen == null
                ? List.of()
                : chosen.stream().filter(Layer::isCheaper).toList();
        Network written = output == null ? null : write(model, cheaper, output);
        Network apart = written != null ? written : decoupling.network(cheaper);
        Map<String, Double> outputErrors = chosen == null ? null : outputErrors(network, apart);
        List<String> files = out == null
                ? List.of()
                : write(out, cheaper, chart(name, options, parametersBefore, multiplyAddsBefore,
                        error == null ? terms : null));
        Document document = new Document(name, parametersBefore, multiplyAddsBefore, options,
                chosen == null ? null : Chosen.of(chosen),
                chosen == null
                        ? null
                        : chosen.stream().map(layer -> Row.of(layer, written)).toList(),
                outputErrors, output == null ? null : output.toString(), files);
        if (json) {
            JsonOption.print(stdout, document);
        } else {
            print(document, stdout);
        }
    }

    /** Writes the model with these layers taken apart, and reads it again. */
    private static Network write(ModelOptions model, List<Layer> cheaper, Path output)
            throws IOException {
        if (cheaper.isEmpty()) {
            throw new IllegalArgumentException("no layer of %s gets cheaper so; %s is not written"
                    .formatted(model.model, output));
        }
        Map<String, Op.Convolve> separable = new LinkedHashMap<>();
        cheaper.forEach(layer -> separable.put(layer.output(), layer.takenApart()));
        byte[] bytes = OnnxEditor.separate(Path.of(model.model), separable, output);
        AtomicFile.write(output, stream -> stream.write(bytes));
        copyCard(model, output);
        return model.of(output).read(Map.of(), null);
    }

    /**
     * What is known of the model, its picture's preparation and its labels, holds for the new one
     * too.
     */
    private static void copyCard(ModelOptions model, Path output) throws IOException {
        Optional<ModelCard> card = model.card();
        Path to = ModelCard.pathBeside(output);
        if (card.isPresent() && !card.get().file().toAbsolutePath().equals(to.toAbsolutePath())) {
            byte[] json = card.get().forAnotherModel();
            AtomicFile.write(to, stream -> stream.write(json));
        }
    }

    private static Map<String, Decoupling> random(List<Layer> layers) {
        Map<String, Decoupling> random = new LinkedHashMap<>();
        for (Layer layer : layers) {
            random.put(layer.node(), DecouplingFigures.random(layer.conv()));
        }
        return random;
    }

    private static Total total(int terms, List<Layer> layers, Map<String, Decoupling> random) {
        List<Layer> alike = layers.stream().map(layer -> new Layer(layer.node(), layer.output(),
                layer.conv(), layer.input(), random.get(layer.node()), layer.terms())).toList();
        return new Total(terms, NetworkDecoupling.error(layers), NetworkDecoupling.error(alike),
                layers.stream().mapToLong(layer -> layer.separable().parameters()).sum(),
                layers.stream().mapToLong(layer -> layer.separable().multiplyAdds()).sum());
    }

    /** What the network gives before and after, in float64, on random input. */
    private static Map<String, Double> outputErrors(Network before, Network after) {
        Random random = new Random(DecouplingFigures.SEED);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        before.inputs().forEach((name, dims) -> {
            NdArray array = NdArray.zeros(dims);
            DecouplingFigures.fill(array.data(), random);
            inputs.put(name, array);
        });
        Map<String, double[]> right = NetworkReference.run(before, inputs);
        Map<String, double[]> got = NetworkReference.run(after, inputs);
        Map<String, Double> errors = new LinkedHashMap<>();
        for (String output : before.outputs()) {
            errors.put(output, DecouplingFigures.relativeError(right.get(output), got.get(output)));
        }
        return errors;
    }

    private static byte[] chart(String name, List<Total> options, long parameters,
            long multiplyAdds, Integer terms) throws IOException {
        return Images.png(DecouplingChart.draw(
                "the standard convolutions of " + Path.of(name).getFileName(),
                options.stream()
                        .map(total -> new DecouplingChart.Option(total.terms(), total.error(),
                                total.randomError(), total.parameters(), total.multiplyAdds()))
                        .toList(),
                parameters, multiplyAdds, terms));
    }

    private static List<String> write(Path out, List<Layer> cheaper, byte[] chart)
            throws IOException {
        Files.createDirectories(out);
        List<String> files = new ArrayList<>();
        Path picture = out.resolve(DecouplingFigures.CHART);
        AtomicFile.write(picture, stream -> stream.write(chart));
        files.add(picture.toString());
        int number = 0;
        for (Layer layer : cheaper) {
            SeparableConv2d separable = layer.decoupling().layer(layer.terms());
            List<ConvWeights> weights = layer.decoupling().weights(layer.terms());
            // A node's name may hold anything; its number comes first, so that no two files are the
            // same.
            String stem = "%03d-%s".formatted(number++,
                    layer.node().replaceAll("[^A-Za-z0-9_.-]+", "_"));
            for (int i = 0; i < 2; i++) {
                Conv2d conv = separable.stages().get(i);
                Path file = out.resolve(stem + (i == 0 ? ".depthwise.npy" : ".pointwise.npy"));
                DecouplingFigures.write(file, conv, weights.get(i));
                files.add(file.toString());
            }
        }
        return files;
    }

    private static void print(Document document, PrintWriter stdout) {
        stdout.println(
                "%s: standard convolutions larger than 1x1 with %s parameters and %s multiply-adds"
                        .formatted(document.model(), Numbers.count(document.parametersBefore()),
                                Numbers.count(document.multiplyAddsBefore())));
        stdout.println();
        Table totals = new Table(">TERMS", ">ERROR", ">RANDOM", ">PARAMETERS", ">RATIO",
                ">MULTIPLY-ADDS", ">RATIO");
        for (Total total : document.options()) {
            totals.row(total.terms(), DecouplingFigures.decimals(total.error()),
                    DecouplingFigures.decimals(total.randomError()),
                    Numbers.count(total.parameters()),
                    DecouplingFigures
                            .decimals((double) total.parameters() / document.parametersBefore()),
                    Numbers.count(total.multiplyAdds()), DecouplingFigures.decimals(
                            (double) total.multiplyAdds() / document.multiplyAddsBefore()));
        }
        totals.print(stdout);
        stdout.println();
        stdout.println(
                "ERROR is of all their weights, RANDOM that of normally distributed ones of the same shapes.");
        if (document.layers() != null) {
            stdout.println();
            Table layers = new Table("LAYER", "SHAPE", ">TERMS", ">EXACT WITH", ">ERROR",
                    ">PARAMETERS", ">RATIO", ">MULTIPLY-ADDS", ">RATIO", "");
            for (Row row : document.layers()) {
                layers.row(row.node(), row.shape(), row.takenApart() ? row.terms() : "-",
                        row.exactTerms(), DecouplingFigures.decimals(row.error()),
                        Numbers.count(row.parameters()),
                        DecouplingFigures
                                .decimals((double) row.parameters() / row.parametersBefore()),
                        Numbers.count(row.multiplyAdds()),
                        DecouplingFigures
                                .decimals((double) row.multiplyAdds() / row.multiplyAddsBefore()),
                        row.remark());
            }
            layers.print(stdout);
            stdout.println();
            Chosen chosen = document.chosen();
            stdout.println(
                    "%d of %s %s taken apart; all together: error %s, parameters %s (ratio %s), multiply-adds %s (ratio %s)."
                            .formatted(chosen.takenApart(), Printable.count(chosen.of(), "layer"),
                                    chosen.of() == 1 ? "is" : "are",
                                    DecouplingFigures.decimals(chosen.error()),
                                    Numbers.count(chosen.parameters()),
                                    DecouplingFigures.decimals((double) chosen.parameters()
                                            / document.parametersBefore()),
                                    Numbers.count(chosen.multiplyAdds()),
                                    DecouplingFigures.decimals((double) chosen.multiplyAdds()
                                            / document.multiplyAddsBefore())));
            if (document.output() != null) {
                stdout.println("wrote %s; its errors are measured on the file as it was read again."
                        .formatted(document.output()));
            }
            document.outputErrors()
                    .forEach((output, error) -> stdout
                            .println("Output '%s' on random input: error %s of its size."
                                    .formatted(output, DecouplingFigures.outputError(error))));
        }
        document.files().forEach(file -> stdout.println("wrote " + file));
    }
}
