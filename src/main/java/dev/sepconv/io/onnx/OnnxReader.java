package dev.sepconv.io.onnx;

import dev.sepconv.InputSizes;
import dev.sepconv.Model;
import dev.sepconv.Network;
import dev.sepconv.OpenSizeException;
import dev.sepconv.io.FileKind;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.ModelProto;
import dev.sepconv.io.onnx.OnnxProto.OperatorSetId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads ONNX models of operator sets 7 to 28 as {@link Network}s with fixed sizes. What the
 * network's outputs don't need is left out; what depends on constants and sizes alone is computed
 * here. A model is read whole or refused: no attribute is skipped in silence. Numbers are float32
 * afterwards, whatever float type the model has.
 */
public final class OnnxReader {

    static final int OLDEST = 7;

    /** The newest set that can be read whole, and is tested so. */
    static final int NEWEST = 25;
    /** The newest set of which {@link Operators} knows what it changed; the rest of it is read. */
    private static final int NEWEST_KNOWN = 28;

    private static final String IN_MEMORY = "the model in memory";

    private OnnxReader() {
    }

    /** {@link #read(Path, InputSizes)} for a model that leaves nothing open but its batch. */
    public static Network read(Path file) throws IOException {
        return read(file, InputSizes.AS_IN_MODEL);
    }

    /**
     * Reads a model and the files with its weights beside it, if it has such.
     *
     * @param sizes for what the model leaves open
     * @return inputs, outputs and arrays named as in the model
     * @throws IOException if it can't be read, is no ONNX model, is damaged, or does what we can't;
     * one sentence says what
     * @throws OpenSizeException if {@code sizes} lacks one that the model leaves open
     * @throws IllegalArgumentException if {@code sizes} has one that it doesn't know, or another
     * than it says
     */
    public static Network read(Path file, InputSizes sizes) throws IOException {
        try (OnnxModel model = open(ModelBytes.open(file), file.toString())) {
            return model.read(sizes);
        }
    }

    /**
     * {@link #read(Path, InputSizes)} of a model in memory, all of whose weights it holds itself.
     *
     * @param model an ONNX file's bytes
     */
    public static Network read(byte[] model, InputSizes sizes) throws IOException {
        try (OnnxModel opened = open(ModelBytes.of(model), IN_MEMORY)) {
            return opened.read(sizes);
        }
    }

    /**
     * Reads a model once, for networks of any sizes.
     *
     * @throws IOException if it can't be read, is no ONNX model, or is damaged
     */
    public static Model open(Path file) throws IOException {
        return open(ModelBytes.open(file), file.toString());
    }

    /**
     * {@link #open(Path)} of a model in memory, all of whose weights it holds itself.
     *
     * @param model an ONNX file's bytes, which must stay as they are
     */
    public static Model open(byte[] model) throws IOException {
        return open(ModelBytes.of(model), IN_MEMORY);
    }

    private static OnnxModel open(ModelBytes bytes, String source) throws IOException {
        try {
            return new OnnxModel(bytes, source, model(bytes, source));
        } catch (IOException | RuntimeException | Error e) {
            bytes.close();
            throw e;
        }
    }

    /**
     * Names of a model's ends.
     *
     * @param inputs those that need an array; not weights with a default
     */
    public record Ends(List<String> inputs, List<String> outputs) {
    }

    /**
     * What goes in and comes out by name: the numbers of the weights stay on the disk.
     *
     * @throws IOException if it can't be read or is no ONNX model
     */
    public static Ends ends(Path file) throws IOException {
        try (ModelBytes bytes = ModelBytes.open(file)) {
            GraphProto graph = model(bytes, file.toString()).graph;
            Set<String> weights = graph.initializers.stream().map(tensor -> tensor.name)
                    .collect(Collectors.toSet());
            return new Ends(
                    graph.inputs.stream().map(input -> input.name)
                            .filter(input -> !weights.contains(input)).toList(),
                    graph.outputs.stream().map(output -> output.name).toList());
        }
    }

    /**
     * Weights of one number type as a model's file has them.
     *
     * @param type as ONNX calls it, such as {@code int8}
     * @param arrays how many arrays are of it
     * @param numbers how many numbers these have together
     * @param bytes what they take in the file, or in those beside it
     */
    public record StoredWeights(String type, int arrays, long numbers, long bytes) {
        private StoredWeights plus(StoredWeights other) {
            return new StoredWeights(type, arrays + other.arrays, numbers + other.numbers,
                    bytes + other.bytes);
        }
    }

    /**
     * The number types of a model's weights as they are stored, that of most bytes first: of
     * initializers, and of constants that are nodes.
     *
     * @throws IOException if it can't be read or is no ONNX model
     */
    public static List<StoredWeights> stored(Path file) throws IOException {
        try (ModelBytes bytes = ModelBytes.open(file)) {
            GraphProto graph = model(bytes, file.toString()).graph;
            Map<String, StoredWeights> types = new TreeMap<>();
            Stream.concat(graph.initializers.stream(),
                    graph.nodes.stream().filter(node -> node.opType.equals("Constant"))
                            .flatMap(node -> node.attributes.stream())
                            .map(attribute -> attribute.tensor).filter(Objects::nonNull))
                    .map(Weights::stored)
                    .forEach(each -> types.merge(each.type(), each, StoredWeights::plus));
            return types.values().stream()
                    .sorted(Comparator.comparingLong(StoredWeights::bytes).reversed()).toList();
        } catch (ModelException e) {
            throw new IOException(Printable.sentence(file + ": " + e.getMessage()), e);
        }
    }

    /**
     * Whether a model's file holds all of its weights, so that its bytes are the whole model.
     *
     * @throws IOException if it can't be read or is no ONNX model
     */
    public static boolean isWhole(Path file) throws IOException {
        try (ModelBytes bytes = ModelBytes.open(file)) {
            GraphProto graph = model(bytes, file.toString()).graph;
            return Stream
                    .concat(graph.initializers.stream(),
                            graph.nodes.stream().flatMap(node -> node.attributes.stream())
                                    .map(attribute -> attribute.tensor).filter(Objects::nonNull))
                    .noneMatch(tensor -> tensor.isExternal);
        }
    }

    /** @param source for messages */
    private static ModelProto model(ModelBytes bytes, String source) throws IOException {
        ModelProto model;
        try {
            model = ModelProto.of(bytes.bytes());
        } catch (ProtobufReader.DamagedException e) {
            throw notOnnx(bytes, source, e);
        } catch (InternalError e) { // what Java makes of a page of a mapped file that went away
            throw shorter(source, e);
        }
        if (model.graph.outputs.isEmpty()) {
            throw notOnnx(bytes, source, null);
        }
        return model;
    }

    static IOException shorter(String source, InternalError cause) {
        return new IOException(source + " became shorter while it was read", cause);
    }

    static IOException notOnnx(ModelBytes bytes, String source, Exception cause) {
        return new IOException(
                FileKind.of(bytes.first(512))
                        .map(kind -> "%s is not an ONNX model: it is %s".formatted(source, kind))
                        .orElse(source + " is not an ONNX model, or it is damaged or cut off"),
                cause);
    }

    static int opset(ModelProto model) {
        for (OperatorSetId set : model.opsets) {
            if (set.domain.isEmpty() || set.domain.equals("ai.onnx")) {
                if (set.version < OLDEST || set.version > NEWEST_KNOWN) {
                    throw new ModelException(
                            "operator set is %d; %d to %d can be read, so export the model with one of these, such as 17"
                                    .formatted(set.version, OLDEST, NEWEST_KNOWN));
                }
                return (int) set.version;
            }
        }
        throw new ModelException("it names no operator set of ONNX");
    }
}
