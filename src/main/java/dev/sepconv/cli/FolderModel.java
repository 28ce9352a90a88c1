package dev.sepconv.cli;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.OpenSizeException;
import dev.sepconv.Tensor;
import dev.sepconv.bulk.Answer;
import dev.sepconv.bulk.Pipeline;
import dev.sepconv.bulk.RowFiles;
import dev.sepconv.bulk.SizedNetworks;
import dev.sepconv.cli.PictureOptions.Chosen;
import dev.sepconv.picture.ClassScore;
import dev.sepconv.picture.InputSize;
import dev.sepconv.picture.Preparation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as pictures of a folder go through it: one for all, or where the model leaves the
 * picture's size open, one for each size.
 */
final class FolderModel implements Pipeline.Work {

    /** A picture's size, where any will do to see what the network is like. */
    private static final int USUAL = 224;

    private final Preparation preparation;
    private final Answers answers;
    private final Network example;
    /** Null where one network is for all. */
    private final SizedNetworks open;

    private FolderModel(Preparation preparation, Answers answers, Network example,
            SizedNetworks open) {
        this.preparation = preparation;
        this.answers = answers;
        this.example = example;
        this.open = open;
    }

    /**
     * Reads the model.
     *
     * @throws IllegalArgumentException if it takes something else than one picture
     */
    static FolderModel read(ModelOptions model, Chosen chosen, Answers answers) throws IOException {
        InputSize size = chosen.preparation().size();
        Network example;
        SizedNetworks open = null;
        try {
            example = model.read(Map.of(),
                    size.isOpen() ? null : Dims.of(size.height(), size.width()));
        } catch (IllegalArgumentException e) {
            if (!(e.getCause() instanceof OpenSizeException)) {
                throw e;
            }
            open = new SizedNetworks(picture -> model.read(Map.of(), picture));
            example = open.network(open.input(size(size, USUAL, USUAL)));
        }
        if (example.inputs().size() != 1 || !Preparation.isPicture(input(example))) {
            throw new IllegalArgumentException(
                    "--images can't go in: the network takes %s, not one picture of 1 or 3 channels"
                            .formatted(example.inputs()));
        }
        answers.check(example);
        return new FolderModel(chosen.preparation(), answers, example, open);
    }

    private static Dims size(InputSize size, int height, int width) {
        InputSize resolved = size.resolve(height, width);
        return Dims.of(resolved.height(), resolved.width());
    }

    private static Dims input(Network network) {
        return network.inputs().values().iterator().next();
    }

    /** What is done to pictures; where sizes are open, to one of a usual size. */
    Preparation applied() {
        return preparation.forInput(input(example));
    }

    /** The network; where sizes are open, for a picture of a usual size. */
    Network example() {
        return example;
    }

    /** Whether each size of picture has a network of its own. */
    boolean isOpen() {
        return open != null;
    }

    /** The network for such an input. */
    Network network(Dims input) {
        try {
            return open == null ? example : open.network(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public NdArray prepare(Tensor rgb) throws IOException {
        Dims input = open == null
                ? input(example)
                : open.input(size(preparation.size(), rgb.shape().h(), rgb.shape().w()));
        return preparation.forInput(input).toArray(rgb);
    }

    @Override
    public List<Answer> answers(Map<String, NdArray> outputs) {
        return answers.of(example, outputs, Map.of()).stream().map(FolderModel::answer).toList();
    }

    private static Answer answer(Answers.Output output) {
        List<ClassScore> top = output.top() == null
                ? null
                : output.top().getFirst().stream()
                        .map(each -> new ClassScore(each.index(), each.label(), each.value()))
                        .toList();
        return new Answer(output.name(), output.min(), output.max(), output.mean(), top,
                output.text());
    }

    /** What rows are like. */
    RowFiles.Example rows() {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        example.outputs().forEach(name -> outputs.put(name, NdArray.zeros(example.dims(name))));
        return new RowFiles.Example(answers(outputs), outputs);
    }
}
