package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.Model;
import dev.sepconv.Network;
import dev.sepconv.OpenSizeException;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.ModelProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An ONNX model whose file is mapped and parsed, but for the numbers of its weights. */
final class OnnxModel implements Model {

    private static final System.Logger LOG = System.getLogger(OnnxModel.class.getName());

    private final ModelBytes bytes;
    /** For messages. */
    private final String source;
    private final String name;
    private final ModelProto proto;
    private final int opset;
    /** Of networks that were made and are still in use. */
    private final Map<OnnxProto.TensorProto, WeakReference<float[]>> decoded = new IdentityHashMap<>();
    private boolean said;
    private boolean closed;

    /**
     * @param bytes which it closes
     * @param source for messages
     */
    OnnxModel(ModelBytes bytes, String source, ModelProto proto) throws IOException {
        this.bytes = bytes;
        this.source = source;
        this.name = bytes.file() == null ? "model" : bytes.file().getFileName().toString();
        this.proto = proto;
        this.opset = refusing(() -> OnnxReader.opset(proto));
    }

    @Override
    public Map<String, Dims> inputs(InputSizes sizes) {
        return unchecked(() -> refusing(
                () -> new GraphReader(proto.graph, opset, weights(), sizes, name).inputs()));
    }

    @Override
    public Network at(InputSizes sizes) {
        return unchecked(() -> read(sizes));
    }

    /** {@link #at(InputSizes)} that says with an IOException what is wrong with the model. */
    Network read(InputSizes sizes) throws IOException {
        return refusing(() -> {
            Weights weights = weights();
            Network network = new GraphReader(proto.graph, opset, weights, sizes, name).read();
            if (!said) {
                say(weights);
                said = true;
            }
            return network;
        });
    }

    private Weights weights() {
        return new Weights(bytes, proto.graph, decoded);
    }

    private void say(Weights weights) {
        Set<String> wide = narrowed(proto.graph);
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

    private interface Reading<T> {
        T read() throws IOException;
    }

    private synchronized <T> T refusing(Reading<T> reading) throws IOException {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        try {
            return reading.read();
        } catch (ModelException | ArithmeticException e) {
            throw new IOException(Printable.sentence(source + ": " + e.getMessage()), e);
        } catch (OpenSizeException e) {
            throw e.saying(Printable.sentence(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(Printable.sentence(e.getMessage()), e);
        } catch (InternalError e) { // what Java makes of a page of a mapped file that went away
            throw OnnxReader.shorter(source, e);
        }
    }

    private static <T> T unchecked(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            bytes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return source;
    }
}
