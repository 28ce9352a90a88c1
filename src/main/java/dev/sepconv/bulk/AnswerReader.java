package dev.sepconv.bulk;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.io.Printable;
import dev.sepconv.picture.ClassScore;
import dev.sepconv.picture.Ctc;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.picture.ModelCard.Kind;
import dev.sepconv.picture.TopK;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the numbers of a network's outputs mean: classes with their names, text, or just numbers.
 *
 * @param names of the classes, for every output that has as many; empty to go by {@code known}
 * @param labels where the names come from, for messages
 * @param top how many classes count, at least 1
 * @param softmax whether probabilities are made of what a classifier gives
 * @param known what is known of outputs, by their names
 */
public record AnswerReader(List<String> names, String labels, int top, boolean softmax,
        Map<String, ModelCard.Output> known) implements Serializable {

    public AnswerReader {
        names = List.copyOf(names);
        known = Map.copyOf(known);
    }

    /**
     * Whether the labels fit the network, before it runs.
     *
     * @throws IllegalArgumentException if {@code --labels} has not as many names as any output has
     * classes
     */
    public void check(Network network) {
        if (!names.isEmpty()
                && network.outputs().stream().noneMatch(name -> fits(name, network.dims(name)))) {
            throw new IllegalArgumentException("--labels %s has %s; the outputs are %s".formatted(
                    labels, Printable.count(names.size(), "name"),
                    String.join(", ", network.outputs().stream()
                            .map(name -> name + " " + network.dims(name)).toList())));
        }
    }

    private boolean fits(String name, Dims dims) {
        if (known(name).kind() == Kind.TEXT) {
            int classes = dims.get(dims.rank() - 1);
            return names.size() == classes - 1 || names.size() == classes - 2;
        }
        return isClasses(dims) && dims.get(1) == names.size();
    }

    /** What is known of an output. */
    public ModelCard.Output known(String name) {
        return known.getOrDefault(name, ModelCard.Output.UNKNOWN);
    }

    /** [N, K], or [N, K, 1, 1], with K from 2. */
    private static boolean isClasses(Dims dims) {
        return (dims.rank() == 2 || dims.rank() == 4) && dims.get(1) > 1
                && dims.product(2, dims.rank()) == 1;
    }

    private List<String> labelled(String name, Dims dims) {
        return !names.isEmpty() && fits(name, dims) ? names : known(name).labels();
    }

    /** What was read, where the output is text; else null. */
    public Ctc.Text text(String name, NdArray array) {
        return known(name).kind() == Kind.TEXT
                ? Ctc.read(array, labelled(name, array.dims()))
                : null;
    }

    /**
     * Of each image of a batch the likeliest classes, first the likeliest; null where the output
     * has other dimensions.
     */
    public List<List<ClassScore>> top(String name, NdArray array) {
        Dims dims = array.dims();
        if (!isClasses(dims)) {
            return null;
        }
        int classes = dims.get(1);
        return IntStream.range(0, dims.get(0)).mapToObj(n -> {
            float[] scores = Arrays.copyOfRange(array.data(), n * classes, (n + 1) * classes);
            return TopK.of(
                    softmax || known(name).kind() == Kind.LOGITS ? TopK.softmax(scores) : scores,
                    top, labelled(name, dims));
        }).toList();
    }

    /** What an output says of one image. */
    public Answer answer(String name, NdArray array) {
        return answer(name, array, top(name, array));
    }

    /** @param classes what {@link #top} gives of it */
    public Answer answer(String name, NdArray array, List<List<ClassScore>> classes) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        double sum = 0;
        for (float value : array.data()) {
            min = Math.min(min, value);
            max = Math.max(max, value);
            sum += value;
        }
        return new Answer(name, min, max, sum / array.data().length,
                classes == null ? null : classes.getFirst(), text(name, array));
    }
}
