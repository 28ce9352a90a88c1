package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.bulk.Answer;
import dev.sepconv.bulk.AnswerReader;
import dev.sepconv.picture.ClassScore;
import dev.sepconv.picture.Ctc;
import dev.sepconv.picture.Labels;
import dev.sepconv.picture.ModelCard;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a network's outputs say: numbers, classes with their names, text. */
final class Answers {

    private static final int DEFAULT_TOP = 5;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--labels", paramLabel = "FILE",
            description = "Names of the classes, one a line, the first that of class 0. "
                    + "Default: those that lie beside the model (docs/networks.md).")
    private Path labels;

    @Option(names = "--top", paramLabel = "K",
            description = "How many classes are shown (default: ${DEFAULT-VALUE}).",
            defaultValue = "" + DEFAULT_TOP)
    private int top;

    @Option(names = "--softmax",
            description = "Make probabilities of what a classifier gives, if it ends before its softmax.")
    private boolean softmax;

    private Optional<ModelCard> card = Optional.empty();
    private List<String> names = List.of();

    /** One class. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Entry(int index, String label, float value) {
    }

    /**
     * What came out.
     *
     * @param top of each image of the batch the largest numbers, first the largest; null where the
     * output has other dimensions
     * @param text what was read, where the output is text; else null
     * @param meaning what is known of the output; else null
     * @param file null where it was not written
     */
    record Output(String name, List<Integer> shape, float min, float max, double mean,
            List<List<Entry>> top, Ctc.Text text, String meaning, String file) {
    }

    void check() throws IOException {
        if (top < 1) {
            throw new ParameterException(spec.commandLine(),
                    "--top is %d; it must be at least 1".formatted(top));
        }
        names = labels == null ? List.of() : Labels.read(labels);
    }

    /** What lies beside the model. */
    void know(Optional<ModelCard> known) {
        card = known;
    }

    /** What the outputs' numbers mean. */
    AnswerReader reader() {
        return new AnswerReader(names, String.valueOf(labels), top, softmax,
                card.map(ModelCard::outputs).orElse(Map.of()));
    }

    Output of(String name, NdArray array, Path file) {
        AnswerReader reader = reader();
        List<List<ClassScore>> classes = reader.top(name, array);
        Answer answer = reader.answer(name, array, classes);
        String meaning = reader.known(name).meaning();
        return new Output(name, array.dims().sizes(), answer.min(), answer.max(), answer.mean(),
                classes == null
                        ? null
                        : classes.stream()
                                .map(each -> each.stream()
                                        .map(score -> new Entry(score.index(), score.label(),
                                                score.score()))
                                        .toList())
                                .toList(),
                answer.text(), meaning.isEmpty() ? null : meaning,
                file == null ? null : file.toString());
    }

    List<Output> of(Network network, Map<String, NdArray> results, Map<String, Path> files) {
        return network.outputs().stream().map(name -> of(name, results.get(name), files.get(name)))
                .toList();
    }

    static void print(PrintWriter out, List<Output> outputs) {
        Table table = new Table("OUTPUT", "SHAPE", ">LEAST", ">GREATEST", ">MEAN");
        for (Output output : outputs) {
            table.row(output.name(), output.shape(), number(output.min()), number(output.max()),
                    number(output.mean()));
        }
        table.print(out);
        List<Output> meant = outputs.stream().filter(output -> output.meaning() != null).toList();
        if (!meant.isEmpty()) {
            out.println();
            meant.forEach(
                    output -> out.println("%s: %s".formatted(output.name(), output.meaning())));
        }
        for (Output output : outputs) {
            if (output.text() != null) {
                out.println();
                out.println(text(output.text()));
            }
            if (output.top() != null) {
                printTop(out, output);
            }
        }
        out.println();
    }

    private static void printTop(PrintWriter out, Output output) {
        for (int n = 0; n < output.top().size(); n++) {
            out.println();
            String head = ">"
                    + (output.top().size() == 1 ? output.name() : output.name() + ", image " + n);
            boolean labelled = output.top().get(n).getFirst().label() != null;
            Table table = labelled ? new Table(">CLASS", "LABEL", head) : new Table(">CLASS", head);
            for (Entry entry : output.top().get(n)) {
                if (labelled) {
                    table.row(entry.index(), entry.label(), number(entry.value()));
                } else {
                    table.row(entry.index(), number(entry.value()));
                }
            }
            table.print(out);
        }
    }

    /**
     * A table with a row for each picture: of each output its best class, its text, its number, or
     * its greatest number.
     */
    static void print(PrintWriter out, List<Path> pictures, List<List<Output>> answers) {
        List<String> head = new ArrayList<>(List.of("PICTURE"));
        answers.getFirst()
                .forEach(output -> head
                        .add(output.top() == null && output.text() == null && elements(output) > 1
                                ? output.name() + ", GREATEST"
                                : output.name()));
        Table table = new Table(head.toArray(String[]::new));
        for (int i = 0; i < pictures.size(); i++) {
            List<Object> row = new ArrayList<>(List.of(pictures.get(i)));
            answers.get(i).forEach(output -> row.add(summary(output)));
            table.row(row.toArray());
        }
        table.print(out);
        out.println();
    }

    private static long elements(Output output) {
        return output.shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }

    private static String summary(Output output) {
        if (output.text() != null) {
            return text(output.text());
        }
        if (output.top() != null) {
            Entry best = output.top().getFirst().getFirst();
            return "%s (%s)".formatted(
                    best.label() == null ? "class " + best.index() : best.label(),
                    number(best.value()));
        }
        return number(output.max());
    }

    private static String text(Ctc.Text text) {
        return text.text().isEmpty()
                ? "reads nothing"
                : "reads \"%s\" (%s)".formatted(text.text(), number(text.score()));
    }

    /** Six digits. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }
}
