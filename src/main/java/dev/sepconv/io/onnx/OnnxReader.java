package dev.sepconv.io.onnx;

import dev.sepconv.InputSizes;
import dev.sepconv.Network;
import dev.sepconv.OpenSizeException;
import dev.sepconv.io.FileKind;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.ModelProto;
import dev.sepconv.io.onnx.OnnxProto.OperatorSetId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads ONNX models of operator sets 7 to 25 as {@link Network}s with fixed sizes. What the
 * network's outputs don't need is left out; what depends on constants and sizes alone is computed
 * here. A model is read whole or refused: no attribute is skipped in silence. Numbers are float32
 * afterwards, whatever float type the model has.
 */
public final class OnnxReader {

    static final int OLDEST = 7;
    private static final System.Logger LOG = System.getLogger(OnnxReader.class.getName());

    static final int NEWEST = 25;

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
        try (ModelBytes bytes = ModelBytes.open(file)) {
            return read(bytes, file.toString(), sizes);
        }
    }

    /**
     * {@link #read(Path, InputSizes)} of a model in memory, all of whose weights it holds itself.
     *
     * @param model an ONNX file's bytes
     */
    public static Network read(byte[] model, InputSizes sizes) throws IOException {
        try (ModelBytes bytes = ModelBytes.of(model)) {
            return read(bytes, "the model in memory", sizes);
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

    /** @param source for messages */
    private static ModelProto model(ModelBytes bytes, String source) throws IOException {
        ModelProto model;
        try {
            model = ModelProto.of(bytes.bytes());
        } catch (ProtobufReader.DamagedException e) {
            throw notOnnx(bytes, source, e);
        } catch (InternalError e) { // what Java makes of a page of a mapped file that went away
            throw new IOException(source + " became shorter while it was read", e);
        }
        if (model.graph.outputs.isEmpty()) {
            throw notOnnx(bytes, source, null);
        }
        return model;
    }

    /** @param source for messages */
    private static Network read(ModelBytes bytes, String source, InputSizes sizes)
            throws IOException {
        ModelProto model = model(bytes, source);
        GraphProto graph = model.graph;
        try {
            int opset = opset(model);
            Weights weights = new Weights(bytes, graph);
            String name = bytes.file() == null ? "model" : bytes.file().getFileName().toString();
            Network network = new GraphReader(graph, opset, weights, sizes, name).read();
            Set<String> wide = narrowed(graph);
            if (!wide.isEmpty()) {
                LOG.log(System.Logger.Level.INFO, "{0}: {1} is computed with in float32",
                        Printable.text(name), String.join(", ", wide));
            }
            if (weights.flushed() > 0) {
                LOG.log(System.Logger.Level.INFO,
                        "{0}: {1} smaller than {2} taken as 0, as arithmetic with them is slow",
                        Printable.text(name), Printable.count(weights.flushed(), "number"),
                        String.valueOf(Float.MIN_NORMAL));
            }
            return network;
        } catch (ModelException | ArithmeticException e) {
            throw new IOException(Printable.sentence(source + ": " + e.getMessage()), e);
        } catch (OpenSizeException e) {
            throw e.saying(Printable.sentence(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(Printable.sentence(e.getMessage()), e);
        }
    }

    /** The float types of weights and inputs that are not float32. */
    private static Set<String> narrowed(GraphProto graph) {
        return Stream
                .concat(graph.initializers.stream().map(tensor -> tensor.dataType),
                        graph.inputs.stream().filter(input -> input.type.tensor != null)
                                .map(input -> input.type.tensor.elemType))
                .filter(type -> type != OnnxProto.DataType.FLOAT && OnnxTensor.isFloat(type))
                .map(OnnxTensor::typeName).collect(Collectors.toCollection(TreeSet::new));
    }

    static IOException notOnnx(ModelBytes bytes, String source, Exception cause) {
        return new IOException(
                FileKind.of(bytes.first(512))
                        .map(kind -> "%s is not an ONNX model: it is %s".formatted(source, kind))
                        .orElse(source + " is not an ONNX model, or it is damaged or cut off"),
                cause);
    }

    private static int opset(ModelProto model) {
        for (OperatorSetId set : model.opsets) {
            if (set.domain.isEmpty() || set.domain.equals("ai.onnx")) {
                if (set.version < OLDEST || set.version > NEWEST) {
                    throw new ModelException(
                            "operator set is %d; %d to %d can be read, so export the model with one of these, such as 17"
                                    .formatted(set.version, OLDEST, NEWEST));
                }
                return (int) set.version;
            }
        }
        throw new ModelException("it names no operator set of ONNX");
    }
}
