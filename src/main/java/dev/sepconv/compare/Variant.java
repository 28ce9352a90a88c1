package dev.sepconv.compare;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import dev.sepconv.io.Printable;
import java.util.List;

/**
 * One of the article's convolutions with its weights.
 *
 * @param name stable, for programs: {@code separable-mobilenet}
 * @param title for people
 * @param summary one sentence: what it does
 * @param layer the convolution or chain
 * @param weights one a stage
 * @param standard the standard convolution that it stands in for: as many channels in and out, the
 * same kernel, without bias
 * @param channels what each output channel of each stage shows; empty where nobody looks at them
 */
public record Variant(String name, String title, String summary, Layer layer,
        List<ConvWeights> weights, Conv2d standard, List<List<String>> channels) {

    public Variant {
        weights = layer.withWeights(weights).weights(); // refuses those of another layer
        channels = List.copyOf(channels);
        if (!channels.isEmpty() && channels.size() != layer.stages().size()) {
            throw new IllegalArgumentException("%s has %s; channels are named for %d".formatted(
                    name, Printable.count(layer.stages().size(), "stage"), channels.size()));
        }
        for (int i = 0; i < channels.size(); i++) {
            if (channels.get(i).size() != layer.stages().get(i).outChannels()) {
                throw new IllegalArgumentException("stage %d of %s has %s; %d are named".formatted(
                        i, name, Printable.count(layer.stages().get(i).outChannels(), "channel"),
                        channels.get(i).size()));
            }
        }
    }

    /** What each channel of the result shows. */
    public List<String> outputChannels() {
        return channels.getLast();
    }

    /** Whether it is a standard convolution, which others replace. */
    public boolean isStandard() {
        return layer.equals(standard);
    }

    /** Its parameters over those of {@link #standard}. */
    public double parameterRatio(Shape input) {
        return (double) Cost.of(layer, input).parameters() / Cost.of(standard, input).parameters();
    }

    /** Its multiply-adds over those of {@link #standard}. */
    public double multiplyAddRatio(Shape input) {
        return (double) Cost.of(layer, input).multiplyAdds()
                / Cost.of(standard, input).multiplyAdds();
    }
}
