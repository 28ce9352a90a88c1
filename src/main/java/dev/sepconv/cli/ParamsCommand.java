package dev.sepconv.cli;

import dev.sepconv.Conv2d;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.cost.ArticleFormulas;
import dev.sepconv.cost.Cost;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sepconv params}: what each kind of convolution costs. */
@Command(name = "params", description = {
        "Count what each kind of convolution costs, beside the article's formulas.",
        "Without biases. With --size also multiply-adds, bytes moved (float32; input, weights and output of each step once) "
                + "and floating-point operations a byte, at stride 1 with padding same."},
        footerHeading = "%nExample:%n",
        footer = "  sepconv params --in 32 --out 64 --kernel 3 --groups 4 --size 112x112")
final class ParamsCommand implements Callable<Integer> {

    private static final String WHY = "The article counts N depthwise filters, (K² + C)·N with ratio 1/C + 1/K²; depthwise first has C, "
            + "K²·C + C·N with ratio 1/N + 1/K². Its formula is exact for pointwise first.";

    private static final String WHY_GROUPED = "The article writes g·h₁·w₁·c₂/g for a grouped convolution, K²·N here, and leaves out that each filter "
            + "reads c₁/g channels; meant is g·h₁·w₁·(c₁/g)·(c₂/g) = K²·C·N/g, 1/g of the standard. The two agree where g = C.";

    @Spec
    private CommandSpec spec;

    @Option(names = "--in", required = true, paramLabel = "C", description = "Input channels.")
    private int channels;

    @Option(names = "--out", required = true, paramLabel = "N",
            description = "Output channels: filters.")
    private int filters;

    @Option(names = "--kernel", required = true, paramLabel = "K",
            description = "Kernel height and width.")
    private int kernel;

    @Option(names = "--groups", paramLabel = "G",
            description = "Also a grouped convolution with so many groups.")
    private Integer groups;

    @Option(names = "--size", paramLabel = "HxW", converter = Converters.SizeConverter.class,
            description = "The picture's height and width.")
    private Converters.Pair size;

    @Mixin
    private JsonOption json;

    /**
     * What the article says of a variant.
     *
     * @param ratio to the standard convolution
     */
    private record Article(String formula, long parameters, double ratio) {
    }

    /**
     * A variant; the last three are null without a size, and {@code article} is where the article
     * has no formula.
     */
    private record Row(String variant, List<List<Integer>> weights, long parameters,
            double ratioToStandard, Article article, Long multiplyAdds, Long bytes,
            Double arithmeticIntensity) {
    }

    private record Document(int in, int out, int kernel, Integer groups, Converters.Pair size,
            List<Row> variants, String note) {
    }

    @Override
    public Integer call() {
        Conv2d standard = same(Conv2d.of(channels, filters, kernel));
        Conv2d depthwise = same(Conv2d.depthwise(channels, 1, kernel));
        Conv2d pointwise = Conv2d.pointwise(channels, filters);
        long all = standard.weightCount();
        List<Row> rows = new ArrayList<>();
        rows.add(row("standard", standard, all,
                new Article("K²·C·N", ArticleFormulas.standard(kernel, channels, filters), 1)));
        if (groups != null) {
            rows.add(row("grouped, g = " + groups, standard.withGroups(groups), all, new Article(
                    "g·h₁·w₁·c₂/g", ArticleFormulas.groupedAsWritten(kernel, filters, groups),
                    (double) ArticleFormulas.groupedAsWritten(kernel, filters, groups) / all)));
        }
        rows.add(row("depthwise step", depthwise, all, null));
        rows.add(row("pointwise step", pointwise, all, null));
        Article separable = new Article("(K² + C)·N",
                ArticleFormulas.separableAsWritten(kernel, channels, filters),
                ArticleFormulas.separableRatioAsWritten(kernel, channels));
        rows.add(row("separable, depthwise first",
                SeparableConv2d.keras(channels, filters, kernel, 1), all, separable));
        rows.add(row("separable, pointwise first",
                SeparableConv2d.xception(channels, filters, kernel, 1), all, separable));
        List<String> notes = new ArrayList<>();
        if (channels != filters) {
            notes.add(WHY);
        }
        if (groups != null && groups != channels) {
            notes.add(WHY_GROUPED);
        }
        String note = notes.isEmpty() ? null : String.join(" ", notes);
        if (json.json) {
            JsonOption.print(spec.commandLine().getOut(),
                    new Document(channels, filters, kernel, groups, size, rows, note));
        } else {
            print(rows, notes);
        }
        return Failure.NONE;
    }

    private static Conv2d same(Conv2d conv) {
        return conv.withPadding(Padding.SAME_UPPER);
    }

    private Row row(String variant, Layer layer, long standard, Article article) {
        List<List<Integer>> weights = layer.stages().stream()
                .map(stage -> List.of(stage.outChannels(), stage.inChannels() / stage.groups(),
                        stage.kernelHeight(), stage.kernelWidth()))
                .toList();
        long parameters = layer.stages().stream().mapToLong(Conv2d::weightCount).sum();
        Cost cost = size == null
                ? null
                : Cost.of(layer, Shape.of(layer.stages().getFirst().inChannels(), size.height(),
                        size.width()));
        return new Row(variant, weights, parameters, (double) parameters / standard, article,
                cost == null ? null : Long.valueOf(cost.multiplyAdds()),
                cost == null ? null : Long.valueOf(cost.bytesRead() + cost.bytesWritten()),
                cost == null ? null : Double.valueOf(cost.arithmeticIntensity()));
    }

    private void print(List<Row> rows, List<String> notes) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> headings = new ArrayList<>(
                List.of("VARIANT", "WEIGHTS", ">PARAMETERS", ">RATIO"));
        if (size != null) {
            headings.addAll(List.of(">MULTIPLY-ADDS", ">BYTES", ">FLOP/BYTE"));
        }
        headings.addAll(List.of("ARTICLE", ">PARAMETERS", ">RATIO"));
        Table table = new Table(headings.toArray(String[]::new));
        for (Row row : rows) {
            List<Object> cells = new ArrayList<>(List.of(row.variant(),
                    row.weights().size() == 1 ? row.weights().getFirst().toString() : "both steps",
                    number(row.parameters()), ratio(row.ratioToStandard())));
            if (size != null) {
                cells.addAll(List.of(number(row.multiplyAdds()), number(row.bytes()),
                        String.format(Locale.ROOT, "%.2f", row.arithmeticIntensity())));
            }
            Article article = row.article();
            cells.addAll(article == null
                    ? List.of("", "", "")
                    : List.of(article.formula(), number(article.parameters()),
                            ratio(article.ratio())));
            table.row(cells.toArray());
        }
        table.print(out);
        for (String note : notes) {
            out.println();
            out.println(note);
        }
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
