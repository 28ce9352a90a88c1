package dev.sepconv.bulk;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.Model;
import dev.sepconv.Network;
import dev.sepconv.OpenSizeException;
import dev.sepconv.io.TfjsWeights;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.zoo.KnownNetworks;
import dev.sepconv.zoo.TfjsNetworks;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A model as a user names it.
 *
 * @param name an ONNX file, a TensorFlow.js manifest, or a network that is known by name
 * @param height of the picture that goes in, where the model leaves it open; null if nobody said it
 * @param width likewise
 */
public record ModelSource(String name, Integer height, Integer width) implements Serializable {

    /** A network that leaves nothing open. */
    private record Fixed(Network network) implements Model {
        @Override
        public Map<String, Dims> inputs(InputSizes sizes) {
            return network.inputs();
        }

        @Override
        public Network at(InputSizes sizes) {
            return network;
        }

        @Override
        public void close() {
            // holds no more than memory
        }
    }

    /** Whether it is a file, and not a network by name. */
    public boolean isFile() {
        return Files.exists(Path.of(name)) || name.endsWith(".onnx");
    }

    /** Whether it is an ONNX file, not a network by name or one of TensorFlow.js weights. */
    public boolean isOnnx() {
        return isFile() && !name.endsWith(".json");
    }

    /** What is known of the model beside its file. */
    public Optional<ModelCard> card() throws IOException {
        return isFile() ? ModelCard.beside(Path.of(name)) : Optional.empty();
    }

    /** Reads the model for networks of any sizes that {@link #sizes} gives. */
    public Model open() throws IOException {
        Path file = Path.of(name);
        if (!isFile()) {
            if (!KnownNetworks.isKnown(name)) {
                throw new IllegalArgumentException(
                        "model is '%s'; it must be an ONNX file or one of %s".formatted(name,
                                String.join(", ", KnownNetworks.NAMES)));
            }
            return new Fixed(KnownNetworks.of(name, height, width));
        }
        return name.endsWith(".json")
                ? new Fixed(TfjsNetworks.of(TfjsWeights.read(file), height, width))
                : OnnxReader.open(file);
    }

    /**
     * What to read a model for.
     *
     * @param opened as {@link #open} gave it
     * @param inputs sizes of inputs by name, where the caller knows them
     * @param picture height and width where neither the model nor this says them; or null
     * @throws IllegalArgumentException if these don't fit, or a size is missing
     */
    public InputSizes sizes(Model opened, Map<String, Dims> inputs, Dims picture) {
        InputSizes sizes = new InputSizes(inputs, Map.of(),
                height == null ? null : Dims.of(height, width));
        try {
            opened.inputs(sizes);
            return sizes;
        } catch (OpenSizeException e) {
            if (!e.isPicture()) {
                throw e;
            }
            if (picture == null) {
                throw new IllegalArgumentException(
                        "%s leaves the size of its picture open; give it, for example with --size 224x224"
                                .formatted(name),
                        e);
            }
            // a size that the model fixes stays, and the other one keeps the proportion
            double scale = e.height() > 0
                    ? (double) e.height() / picture.get(0)
                    : e.width() > 0 ? (double) e.width() / picture.get(1) : 1;
            return sizes.withPicture(e.height() > 0 ? e.height() : scaled(picture.get(0), scale),
                    e.width() > 0 ? e.width() : scaled(picture.get(1), scale));
        }
    }

    private static int scaled(int size, double scale) {
        return Math.max(1, (int) Math.round(size * scale));
    }
}
