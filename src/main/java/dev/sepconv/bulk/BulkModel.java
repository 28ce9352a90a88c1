package dev.sepconv.bulk;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.Model;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.OpenSizeException;
import dev.sepconv.Tensor;
import dev.sepconv.io.Printable;
import dev.sepconv.picture.InputSize;
import dev.sepconv.picture.Preparation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A network as many inputs go through it, each of them a row: one network for all, or where the
 * model leaves the size of its picture open, one for each size.
 */
public final class BulkModel implements Pipeline.Work, AutoCloseable {

    /** A picture's size, where any will do to see what the network is like. */
    private static final int USUAL = 224;

    private final ModelSource source;
    private final Model model;
    private final Preparation preparation;
    private final AnswerReader answers;
    private final Network example;
    private final boolean open;

    private BulkModel(ModelSource source, Model model, Preparation preparation,
            AnswerReader answers) {
        this.source = source;
        this.model = model;
        this.preparation = preparation;
        this.answers = answers;
        InputSize size = preparation.size();
        InputSizes sizes;
        boolean isOpen = false;
        try {
            sizes = source.sizes(model, Map.of(),
                    size.isOpen() ? null : Dims.of(size.height(), size.width()));
        } catch (IllegalArgumentException e) {
            if (!(e.getCause() instanceof OpenSizeException)) {
                throw e;
            }
            isOpen = true;
            sizes = source.sizes(model, Map.of(), size(size, USUAL, USUAL));
        }
        this.open = isOpen;
        this.example = model.at(sizes);
    }

    /**
     * A model into which pictures go.
     *
     * @param model of {@code source}, which is closed with this, or where this throws
     * @throws IllegalArgumentException if it takes something else than one picture
     */
    public static BulkModel ofPictures(ModelSource source, Model model, Preparation preparation,
            AnswerReader answers) {
        return checked(model, () -> {
            BulkModel read = new BulkModel(source, model, preparation, answers);
            Network network = read.example;
            if (network.inputs().size() != 1 || !Preparation.isPicture(input(network))) {
                throw new IllegalArgumentException(
                        "--images can't go in: the network takes %s, not one picture of 1 or 3 channels; without --images arrays go in with --input NAME=X.npy"
                                .formatted(network.inputs()));
            }
            return read;
        });
    }

    /**
     * A model into which arrays go, all of the same sizes.
     *
     * @param model of {@code source}, which is closed with this, or where this throws
     * @throws IllegalArgumentException if it takes several, or leaves their sizes open
     */
    public static BulkModel ofArrays(ModelSource source, Model model, AnswerReader answers) {
        return checked(model, () -> {
            BulkModel read = new BulkModel(source, model, Preparation.PLAIN, answers);
            if (read.example.inputs().size() != 1) {
                throw new IllegalArgumentException("the network takes %s; a row is one input"
                        .formatted(read.example.inputs()));
            }
            if (read.open) {
                throw new IllegalArgumentException(
                        "%s leaves the size of its input open; arrays need one that is given"
                                .formatted(source.name()));
            }
            return read;
        });
    }

    private static BulkModel checked(Model model, Supplier<BulkModel> read) {
        try {
            BulkModel made = read.get();
            made.answers.check(made.example);
            return made;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Numbers as the network takes them.
     *
     * @throws IOException if they are too many or too few
     */
    public NdArray array(float... numbers) throws IOException {
        Dims dims = input(example);
        if (numbers.length != dims.elements()) {
            throw new IOException("it has %s; the network takes %d, %s"
                    .formatted(Printable.count(numbers.length, "number"), dims.elements(), dims));
        }
        return NdArray.of(dims, numbers);
    }

    private static Dims size(InputSize size, int height, int width) {
        InputSize resolved = size.resolve(height, width);
        return Dims.of(resolved.height(), resolved.width());
    }

    private static Dims input(Network network) {
        return network.inputs().values().iterator().next();
    }

    /** What is done to pictures; where sizes are open, to one of a usual size. */
    public Preparation applied() {
        return preparation.forInput(input(example));
    }

    /** The network; where sizes are open, for a picture of a usual size. */
    public Network example() {
        return example;
    }

    /** Whether each size of picture has a network of its own. */
    public boolean isOpen() {
        return open;
    }

    /** The network for inputs of those sizes. */
    public Network network(InputSizes sizes) {
        return open ? model.at(sizes) : example;
    }

    @Override
    public NdArray prepare(Tensor rgb) {
        return preparation.forInput(open ? input(rgb) : input(example)).toArray(rgb);
    }

    private Dims input(Tensor rgb) {
        Dims picture = size(preparation.size(), rgb.shape().h(), rgb.shape().w());
        return model.inputs(source.sizes(model, Map.of(), picture)).values().iterator().next();
    }

    @Override
    public void close() {
        model.close();
    }

    @Override
    public List<Answer> answers(Map<String, NdArray> outputs) {
        return example.outputs().stream().map(name -> answers.answer(name, outputs.get(name)))
                .toList();
    }

    /** What rows are like. */
    public RowFiles.Example rows() {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        example.outputs().forEach(name -> outputs.put(name, NdArray.zeros(example.dims(name))));
        return new RowFiles.Example(answers(outputs), outputs);
    }
}
