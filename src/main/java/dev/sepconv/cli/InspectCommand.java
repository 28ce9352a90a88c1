package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.cost.NetworkCost;
import dev.sepconv.cost.NetworkCost.LayerCost;
import dev.sepconv.cost.NetworkCost.Sum;
import dev.sepconv.engine.Batches;
import dev.sepconv.graph.MemoryPlan;
import dev.sepconv.graph.Simplify;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.report.NetworkChart;
import dev.sepconv.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sepconv inspect}: a network's layers and what they cost. */
@Command(name = "inspect", description = {
        "Show a network's layers, what they cost, and what standard convolutions would cost.",
        "Multiply-adds are those of convolutions and matrix products; taps on padding count, activations and pooling don't."},
        footerHeading = "%nExamples:%n", footer = {"  sepconv inspect mobilenet-v2",
                "  sepconv inspect detector.onnx --size 640x640 --chart detector.png"})
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Option(names = "--simplified",
            description = "The network as engines run it: normalisation folded, activations fused, "
                    + "depthwise and pointwise convolutions joined, identities dropped.")
    private boolean simplified;

    @Option(names = "--batch", paramLabel = "N",
            description = "Costs and memory of N pictures at once, of a network for one (default: as the model has it).")
    private Integer batch;

    @Option(names = "--chart", paramLabel = "FILE.png", description = "Draw the costs.")
    private Path chart;

    @Mixin
    private JsonOption json;

    /** An array that goes in or comes out. */
    private record Named(String name, List<Integer> shape) {
    }

    private record Layer(String name, String kind, List<Integer> output, long parameters,
            long multiplyAdds) {
    }

    private record Share(long parameters, double parameterShare, long multiplyAdds,
            double multiplyAddShare) {
    }

    /**
     * The network with other convolutions.
     *
     * @param ratios to the network as it is
     */
    private record Instead(int replaced, long parameters, double parameterRatio, long multiplyAdds,
            double multiplyAddRatio) {
    }

    /** Bytes of all intermediate arrays as float32 of the simplified network. */
    private record Memory(long apart, long shared, long peak) {
    }

    /** @param stored weights by their number types; null of what is no ONNX model */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Document(String model, List<Named> inputs, List<Named> outputs,
            List<OnnxReader.StoredWeights> stored, List<Layer> layers, long parameters,
            long multiplyAdds, Map<String, Share> kinds, Instead standard,
            Instead standardWithoutExpansion, Memory memory, String chart) {
    }

    @Override
    public Integer call() throws IOException {
        if (batch != null && batch < 1) {
            throw new ParameterException(spec.commandLine(),
                    "--batch is %d; it must be at least 1".formatted(batch));
        }
        if (chart != null) {
            OutputFile.check("--chart", chart, OutputFile.Kind.PICTURE);
        }
        // a card's size, where the model leaves it open and the card does not
        Dims size = model.card().map(card -> card.preparation().size())
                .filter(each -> !each.isOpen()).map(each -> Dims.of(each.height(), each.width()))
                .orElse(null);
        Network one = model.read(Map.of(), size);
        Network read = batch == null ? one : Batches.of(one, batch);
        Network small = Simplify.run(read);
        Network network = simplified ? small : read;
        NetworkCost cost = NetworkCost.of(network);
        if (chart != null) {
            byte[] png = Images.png(NetworkChart.draw(network.name(), cost));
            AtomicFile.write(chart, out -> out.write(png));
        }
        Document document = document(network, cost, memory(small),
                model.isOnnx() ? OnnxReader.stored(Path.of(model.model)) : null);
        if (json.json) {
            JsonOption.print(spec.commandLine().getOut(), document);
        } else {
            print(document);
        }
        return Failure.NONE;
    }

    private Document document(Network network, NetworkCost cost, Memory memory,
            List<OnnxReader.StoredWeights> stored) {
        Map<String, Share> kinds = new LinkedHashMap<>();
        cost.kinds()
                .forEach((kind, sum) -> kinds.put(Converters.name(kind), new Share(sum.parameters(),
                        share(sum.parameters(), cost.total().parameters()), sum.multiplyAdds(),
                        share(sum.multiplyAdds(), cost.total().multiplyAdds()))));
        List<Layer> layers = cost.layers().stream()
                .filter(layer -> !(layer.node().op() instanceof Op.Constant))
                .map(InspectCommand::layer).toList();
        return new Document(model.model, named(network, List.copyOf(network.inputs().keySet())),
                named(network, network.outputs()), stored, layers, cost.total().parameters(),
                cost.total().multiplyAdds(), kinds,
                instead(cost.pairs(), cost.standard(), cost.total()),
                cost.invertedResiduals() == 0
                        ? null
                        : instead(cost.invertedResiduals(), cost.narrow(), cost.total()),
                memory, chart == null ? null : chart.toString());
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static List<Named> named(Network network, List<String> names) {
        return names.stream().map(name -> new Named(name, network.dims(name).sizes())).toList();
    }

    private static Layer layer(LayerCost cost) {
        return new Layer(cost.node().name(), cost.node().op().label(), cost.output().sizes(),
                cost.sum().parameters(), cost.sum().multiplyAdds());
    }

    private static Instead instead(int replaced, Sum sum, Sum total) {
        return new Instead(replaced, sum.parameters(), share(sum.parameters(), total.parameters()),
                sum.multiplyAdds(), share(sum.multiplyAdds(), total.multiplyAdds()));
    }

    private static Memory memory(Network network) {
        List<MemoryPlan.Array> arrays = MemoryPlan.arrays(network, UnaryOperator.identity(),
                name -> network.isOutput(name)
                        ? 0
                        : (long) Float.BYTES * network.dims(name).elements(),
                name -> "float32");
        MemoryPlan plan = MemoryPlan.of(arrays);
        return new Memory(arrays.stream().mapToLong(MemoryPlan.Array::size).sum(), plan.total(),
                plan.peak());
    }

    private void print(Document document) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("%s: %s to %s".formatted(document.model(), text(document.inputs()),
                text(document.outputs())));
        out.println();
        Table layers = new Table("LAYER", "KIND", "OUTPUT", ">PARAMETERS", ">MULT-ADDS", ">SHARE");
        document.layers()
                .forEach(layer -> layers.row(layer.name(), layer.kind(), layer.output(),
                        blank(layer.parameters()), blank(layer.multiplyAdds()),
                        layer.multiplyAdds() == 0
                                ? ""
                                : percent(share(layer.multiplyAdds(), document.multiplyAdds()))));
        layers.print(out);
        out.println();
        Table kinds = new Table("WORK", ">PARAMETERS", ">SHARE", ">MULT-ADDS", ">SHARE");
        document.kinds()
                .forEach((kind, share) -> kinds.row(kind, Numbers.count(share.parameters()),
                        percent(share.parameterShare()), Numbers.count(share.multiplyAdds()),
                        percent(share.multiplyAddShare())));
        kinds.row("all", Numbers.count(document.parameters()), "",
                Numbers.count(document.multiplyAdds()), "");
        kinds.print(out);
        out.println();
        Table instead = new Table("NETWORK", ">PARAMETERS", ">RATIO", ">MULT-ADDS", ">RATIO");
        instead.row("as it is", Numbers.count(document.parameters()), "1",
                Numbers.count(document.multiplyAdds()), "1");
        row(instead, "with standard convolutions", document.standard());
        if (document.standardWithoutExpansion() != null) {
            row(instead, "with one for each residual block", document.standardWithoutExpansion());
        }
        instead.print(out);
        out.println();
        if (document.stored() != null) {
            Table stored = new Table("STORED AS", ">ARRAYS", ">NUMBERS", ">BYTES");
            document.stored().forEach(each -> stored.row(each.type(), each.arrays(),
                    Numbers.count(each.numbers()), bytes(each.bytes())));
            stored.print(out);
            out.println();
        }
        notes(document).forEach(out::println);
    }

    private static List<String> notes(Document document) {
        List<String> notes = new ArrayList<>();
        int pairs = document.standard().replaced();
        notes.add(pairs == 0
                ? "It has no depthwise convolution with a pointwise one after it."
                : "Standard: each of the %d pairs of a depthwise and a pointwise convolution as the one standard convolution that contains it; a depthwise or grouped one alone without groups."
                        .formatted(pairs));
        if (document.standardWithoutExpansion() != null) {
            notes.add(
                    "Each of the %d inverted residuals, expansion and all, as one standard convolution between its narrow ends; that has no wide layer between, in which such a block does its work."
                            .formatted(document.standardWithoutExpansion().replaced()));
        }
        Memory memory = document.memory();
        notes.add(
                "Intermediate arrays, once simplified: %s apart, %s in shared buffers; %s are alive at once."
                        .formatted(bytes(memory.apart()), bytes(memory.shared()),
                                bytes(memory.peak())));
        if (document.chart() != null) {
            notes.add("wrote " + document.chart());
        }
        return notes;
    }

    private static void row(Table table, String name, Instead instead) {
        table.row(name, Numbers.count(instead.parameters()),
                Numbers.digits(instead.parameterRatio()), Numbers.count(instead.multiplyAdds()),
                Numbers.digits(instead.multiplyAddRatio()));
    }

    private static String text(List<Named> arrays) {
        return arrays.stream().map(array -> array.name() + " " + array.shape())
                .collect(Collectors.joining(", "));
    }

    private static String blank(long count) {
        return count == 0 ? "" : Numbers.count(count);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static String bytes(long bytes) {
        return bytes < 1 << 20
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                : String.format(Locale.ROOT, "%.2f MiB", bytes / 1048576.0);
    }
}
