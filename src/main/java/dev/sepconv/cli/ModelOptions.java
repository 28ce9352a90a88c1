package dev.sepconv.cli;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which network, for commands that take one. */
final class ModelOptions {

    @Parameters(index = "0", paramLabel = "MODEL",
            description = "An ONNX file; the TensorFlow.js weight manifest (.json) of face-api's TinyXception or MobileNetV1-SSD; "
                    + "or mobilenet-v1, mobilenet-v2 (either with a width multiplier: "
                    + "mobilenet-v1:0.5), xception or alexnet, with random weights.")
    String model;

    @Option(names = "--size", paramLabel = "HxW", converter = Converters.SizeConverter.class,
            description = "Height and width of the picture that goes in, where the model leaves them open.")
    Converters.Pair size;

    /** Whether it is a file, and not a network by name. */
    boolean isFile() {
        return Files.exists(Path.of(model)) || model.endsWith(".onnx");
    }

    /** What is known of the model beside its file. */
    Optional<ModelCard> card() throws IOException {
        return isFile() ? ModelCard.beside(Path.of(model)) : Optional.empty();
    }

    /**
     * Whether the model is an ONNX file, not one of the networks that are known by name or built
     * from TensorFlow.js weights.
     */
    boolean isOnnx() {
        return isFile() && !model.endsWith(".json");
    }

    /** Another ONNX file with the same size given. */
    ModelOptions of(Path other) {
        ModelOptions options = new ModelOptions();
        options.model = other.toString();
        options.size = size;
        return options;
    }

    /**
     * Reads the network.
     *
     * @param inputs sizes of inputs by name, where the caller knows them
     * @param picture height and width where neither the model nor {@code --size} says them; or null
     */
    Network read(Map<String, Dims> inputs, Dims picture) throws IOException {
        try (Model opened = open()) {
            return opened.at(sizes(opened, inputs, picture));
        }
    }

    /** Reads the model for networks of any sizes that {@link #sizes} gives. */
    Model open() throws IOException {
        Path file = Path.of(model);
        Integer height = size == null ? null : Integer.valueOf(size.height());
        Integer width = size == null ? null : Integer.valueOf(size.width());
        if (!isFile()) {
            if (!KnownNetworks.isKnown(model)) {
                throw new IllegalArgumentException(
                        "model is '%s'; it must be an ONNX file or one of %s".formatted(model,
                                String.join(", ", KnownNetworks.NAMES)));
            }
            return new Fixed(KnownNetworks.of(model, height, width));
        }
        return model.endsWith(".json")
                ? new Fixed(TfjsNetworks.of(TfjsWeights.read(file), height, width))
                : OnnxReader.open(file);
    }

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

    /**
     * What to read a model for.
     *
     * @param opened as {@link #open} gave it
     * @param inputs sizes of inputs by name, where the caller knows them
     * @param picture height and width where neither the model nor {@code --size} says them; or null
     * @throws IllegalArgumentException if these don't fit, or a size is missing
     */
    InputSizes sizes(Model opened, Map<String, Dims> inputs, Dims picture) {
        InputSizes sizes = new InputSizes(inputs, Map.of(),
                size == null ? null : Dims.of(size.height(), size.width()));
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
                                .formatted(model),
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
