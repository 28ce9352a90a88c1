package dev.sepconv.cli;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.TfjsWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A standard convolution and numbers for it, from files. */
final class LayerOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--weights", paramLabel = "W.npy",
            description = "[K, C, R, S], as conv takes them; or a TensorFlow.js weight manifest (.json), with --array.")
    Path weights;

    @Option(names = "--array", paramLabel = "NAME",
            description = "Which array of the manifest: filters [R, S, C, K].")
    String array;

    @Option(names = "--bias", paramLabel = "B.npy",
            description = "[K]; it stays as it is, on the pointwise step.")
    Path bias;

    @Option(names = "--stride", paramLabel = "N|H,W", defaultValue = "1",
            converter = Converters.PairConverter.class,
            description = "1 by default; the depthwise step takes it over, as it does --pad and --dilation.")
    private Converters.Pair stride;

    @Option(names = "--pad", paramLabel = "PAD", defaultValue = "valid",
            converter = Converters.PaddingConverter.class,
            description = "As for conv; valid (none) by default.")
    private Padding padding;

    @Option(names = "--dilation", paramLabel = "N|H,W", defaultValue = "1",
            converter = Converters.PairConverter.class, description = "1 by default.")
    private Converters.Pair dilation;

    @Option(names = "--input", paramLabel = "X.npy",
            description = "[N, C, H, W] or [C, H, W]: also measure the output's error on these numbers.")
    Path input;

    /** A standard convolution and where it comes from. */
    record Bank(String source, Conv2d conv, ConvWeights weights) {
        List<Integer> shape() {
            return List.of(conv.outChannels(), conv.inChannels(), conv.kernelHeight(),
                    conv.kernelWidth());
        }
    }

    /** Reads weights and bias. */
    Bank bank() throws IOException {
        boolean manifest = weights.toString().endsWith(".json");
        if (!manifest && array != null) {
            throw new ParameterException(spec.commandLine(),
                    "--array is for a TensorFlow.js weight manifest (.json); --weights is "
                            + weights);
        }
        String source = manifest ? "%s of %s".formatted(array, weights) : weights.toString();
        List<Integer> shape;
        float[] numbers;
        if (manifest) {
            NdArray filters = TfjsWeights.oihw(fromManifest(), false);
            shape = filters.dims().sizes();
            numbers = filters.data();
        } else {
            shape = ArrayFile.shape("--weights", weights);
            if (shape.size() != 4) {
                throw new IllegalArgumentException(
                        "--weights %s has shape %s; it must be [K, C, R, S]".formatted(weights,
                                shape));
            }
            numbers = read(weights);
        }
        if (bias != null && !ArrayFile.shape("--bias", bias).equals(shape.subList(0, 1))) {
            throw new IllegalArgumentException(
                    "--bias %s has shape %s; it must be [%d], one number a filter".formatted(bias,
                            ArrayFile.shape("--bias", bias), shape.getFirst()));
        }
        Conv2d conv = new Conv2d(shape.get(1), shape.get(0), shape.get(2), shape.get(3),
                stride.height(), stride.width(), dilation.height(), dilation.width(), padding, 1,
                bias != null, Activation.NONE);
        return new Bank(source, conv, new ConvWeights(numbers, bias == null ? null : read(bias)));
    }

    private NdArray fromManifest() throws IOException {
        Map<String, NdArray> arrays = TfjsWeights.read(weights);
        NdArray filters = array == null ? null : arrays.get(array);
        if (filters == null) {
            List<String> candidates = arrays.entrySet().stream()
                    .filter(entry -> entry.getValue().dims().rank() == 4
                            && entry.getValue().dims().get(0) * entry.getValue().dims().get(1) > 1
                            && entry.getValue().dims().get(3) > 1)
                    .map(Map.Entry::getKey).toList();
            throw new ParameterException(spec.commandLine(),
                    "%s; those of %s with filters larger than 1x1 are %s"
                            .formatted(
                                    array == null
                                            ? "name an array with --array"
                                            : "--array is '%s', which is not there"
                                                    .formatted(array),
                                    weights,
                                    candidates.isEmpty() ? "none" : String.join(", ", candidates)));
        }
        return filters;
    }

    private float[] read(Path file) throws IOException {
        return ArrayFile.read(file, spec.commandLine().getErr());
    }

    /** The numbers of {@code --input}; null without it. */
    Tensor given(Conv2d conv) throws IOException {
        if (input == null) {
            return null;
        }
        List<Integer> shape = ArrayFile.shape("--input", input);
        if (shape.size() != 3 && shape.size() != 4) {
            throw new IllegalArgumentException(
                    "--input %s has shape %s; it must be [N, C, H, W] or [C, H, W]; a signal is a picture of height 1, [C, 1, W]"
                            .formatted(input, shape));
        }
        int first = shape.size() - 3;
        Shape full = new Shape(first == 0 ? 1 : shape.getFirst(), shape.get(first),
                shape.get(first + 1), shape.get(first + 2));
        conv.outputShape(full); // refuses one that doesn't fit
        return Tensor.of(full, Layout.NCHW, read(input));
    }
}
