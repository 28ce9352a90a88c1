package dev.sepconv.cli;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.io.TfjsWeights;
import dev.sepconv.io.onnx.InputSizes;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.net.KnownNetworks;
import dev.sepconv.net.TfjsNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which network, for commands that take one. */
final class ModelOptions {

    @Parameters(paramLabel = "MODEL",
            description = "An ONNX file; the TensorFlow.js weight manifest (.json) of face-api's TinyXception or MobileNetV1-SSD; "
                    + "or mobilenet-v1, mobilenet-v2 (either with a width multiplier: "
                    + "mobilenet-v1:0.5), xception or alexnet, with random weights.")
    String model;

    @Option(names = "--size", paramLabel = "HxW", converter = Converters.SizeConverter.class,
            description = "Height and width of the picture that goes in, where the model leaves them open.")
    Converters.Pair size;

    /**
     * Reads the network.
     *
     * @param inputs sizes of inputs by name, where the caller knows them
     * @param picture height and width where neither the model nor {@code --size} says them; or null
     */
    Network read(Map<String, Dims> inputs, Dims picture) throws IOException {
        Path file = Path.of(model);
        if (!Files.exists(file) && !model.endsWith(".onnx")) {
            if (!KnownNetworks.isKnown(model)) {
                throw new IllegalArgumentException("model is '%s'; it must be an ONNX file or one of %s".formatted(model,
                        String.join(", ", KnownNetworks.NAMES)));
            }
            return KnownNetworks.of(model, size == null ? null : size.height(), size == null ? null : size.width());
        }
        if (model.endsWith(".json")) {
            return TfjsNetworks.of(TfjsWeights.read(file), size == null ? null : size.height(),
                    size == null ? null : size.width());
        }
        InputSizes sizes = new InputSizes(inputs, Map.of(), size == null ? null : Dims.of(size.height(), size.width()));
        if (size != null || picture == null) {
            return OnnxReader.read(file, sizes);
        }
        try {
            return OnnxReader.read(file, sizes);
        } catch (IllegalArgumentException open) {
            return OnnxReader.read(file, sizes.withPicture(picture.get(0), picture.get(1)));
        }
    }
}
