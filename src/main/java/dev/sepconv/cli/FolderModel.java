package dev.sepconv.cli;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.Model;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.OpenSizeException;
import dev.sepconv.Tensor;
import dev.sepconv.bulk.Answer;
import dev.sepconv.bulk.Pipeline;
import dev.sepconv.bulk.RowFiles;
import dev.sepconv.cli.PictureOptions.Chosen;
import dev.sepconv.picture.ClassScore;
import dev.sepconv.picture.InputSize;
import dev.sepconv.picture.Preparation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as pictures of a folder go through it: one for all, or where the model leaves the
 * picture's size open, one for each size.
 */
final class FolderModel implements Pipeline.Work, AutoCloseable {

    /** A picture's size, where any will do to see what the network is like. */
    private static final int USUAL = 224;

    private final ModelOptions options;
    private final Model model;
    private final Preparation preparation;
    private final Answers answers;
    private final Network example;
    private final boolean open;

    private FolderModel(ModelOptions options, Model model, Preparation preparation,
            Answers answers) {
        this.options = options;
        this.model = model;
        this.preparation = preparation;
        this.answers = answers;
        InputSize size = preparation.size();
        InputSizes sizes;
        boolean isOpen = false;
        try {
            sizes = options.sizes(model, Map.of(),
                    size.isOpen() ? null : Dims.of(size.height(), size.width()));
        } catch (IllegalArgumentException e) {
            if (!(e.getCause() instanceof OpenSizeException)) {
                throw e;
            }
            isOpen = true;
            sizes = options.sizes(model, Map.of(), size(size, USUAL, USUAL));
        }
        this.open = isOpen;
        this.example = model.at(sizes);
    }

    /**
     * Reads the model.
     *
     * @throws IllegalArgumentException if it takes something else than one picture
     */
    static FolderModel read(ModelOptions options, Chosen chosen, Answers answers)
            throws IOException {
        Model model = options.open();
        try {
            FolderModel read = new FolderModel(options, model, chosen.preparation(), answers);
            read.check();
            return read;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private void check() {
        if (example.inputs().size() != 1 || !Preparation.isPicture(input(example))) {
            throw new IllegalArgumentException(
                    "--images can't go in: the network takes %s, not one picture of 1 or 3 channels; without --images arrays go in with --input NAME=X.npy"
                            .formatted(example.inputs()));
        }
        answers.check(example);
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
        return open;
    }

    /** The network for inputs of those sizes. */
    Network network(InputSizes sizes) {
        return open ? model.at(sizes) : example;
    }

    @Override
    public NdArray prepare(Tensor rgb) {
        return preparation.forInput(open ? input(rgb) : input(example)).toArray(rgb);
    }

    private Dims input(Tensor rgb) {
        Dims picture = size(preparation.size(), rgb.shape().h(), rgb.shape().w());
        return model.inputs(options.sizes(model, Map.of(), picture)).values().iterator().next();
    }

    @Override
    public void close() {
        model.close();
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
