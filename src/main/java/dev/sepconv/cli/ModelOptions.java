package dev.sepconv.cli;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.Model;
import dev.sepconv.Network;
import dev.sepconv.bulk.ModelSource;
import dev.sepconv.picture.ModelCard;
import java.io.IOException;
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

    /** The model with what is said of its size. */
    ModelSource source() {
        return size == null
                ? new ModelSource(model, null, null)
                : new ModelSource(model, size.height(), size.width());
    }

    /** Whether it is a file, and not a network by name. */
    boolean isFile() {
        return source().isFile();
    }

    /** What is known of the model beside its file. */
    Optional<ModelCard> card() throws IOException {
        return source().card();
    }

    /** Whether the model is an ONNX file. */
    boolean isOnnx() {
        return source().isOnnx();
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
        return source().open();
    }

    /** {@link ModelSource#sizes}. */
    InputSizes sizes(Model opened, Map<String, Dims> inputs, Dims picture) {
        return source().sizes(opened, inputs, picture);
    }
}
