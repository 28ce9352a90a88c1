package dev.sepconv.io.onnx;

import dev.sepconv.io.onnx.ProtobufReader.Numbers;
import dev.sepconv.io.onnx.ProtobufReader.Part;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The messages of {@code onnx-ml.proto} as far as models are read here, each by the numbers of its
 * fields. Names are those of the format; other fields, such as documentation and subgraphs, are
 * passed over.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx-ml.proto">onnx-ml.proto</a>
 */
final class OnnxProto {

    private OnnxProto() {
    }

    static final class ModelProto {
        final GraphProto graph = new GraphProto();
        final List<OperatorSetId> opsets = new ArrayList<>();

        /**
         * Reads a model's bytes; raw numbers stay in them.
         *
         * @throws ProtobufReader.DamagedException if they are no protobuf message
         */
        static ModelProto of(ByteBuffer bytes) {
            ModelProto model = new ModelProto();
            model.merge(ProtobufReader.of(bytes));
            return model;
        }

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 7 -> in.message(graph, GraphProto::merge);
                    case 8 -> in.addMessage(opsets, new OperatorSetId(), OperatorSetId::merge);
                    default -> {
                    }
                }
            }
        }
    }

    static final class OperatorSetId {
        String domain = "";
        long version;

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> domain = in.text(domain);
                    case 2 -> version = in.integer(version);
                    default -> {
                    }
                }
            }
        }
    }

    static final class GraphProto {
        final List<NodeProto> nodes = new ArrayList<>();
        final List<TensorProto> initializers = new ArrayList<>();
        final List<SparseTensor> sparseInitializers = new ArrayList<>();
        final List<ValueInfo> inputs = new ArrayList<>();
        final List<ValueInfo> outputs = new ArrayList<>();
        /** How many bytes it has in the file. */
        long length;

        private void merge(ProtobufReader in) {
            length += in.length();
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> in.addMessage(nodes, new NodeProto(), NodeProto::merge);
                    case 5 -> in.addMessage(initializers, new TensorProto(), TensorProto::merge);
                    case 11 -> in.addMessage(inputs, new ValueInfo(), ValueInfo::merge);
                    case 12 -> in.addMessage(outputs, new ValueInfo(), ValueInfo::merge);
                    case 15 ->
                        in.addMessage(sparseInitializers, new SparseTensor(), SparseTensor::merge);
                    default -> {
                    }
                }
            }
        }
    }

    static final class NodeProto {
        final List<String> inputs = new ArrayList<>();
        final List<String> outputs = new ArrayList<>();
        final List<AttributeProto> attributes = new ArrayList<>();
        String name = "";
        String opType = "";
        String domain = "";

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> in.addText(inputs);
                    case 2 -> in.addText(outputs);
                    case 3 -> name = in.text(name);
                    case 4 -> opType = in.text(opType);
                    case 5 ->
                        in.addMessage(attributes, new AttributeProto(), AttributeProto::merge);
                    case 7 -> domain = in.text(domain);
                    default -> {
                    }
                }
            }
        }
    }

    /** What an attribute holds; each stands at the number that the format has for it. */
    enum AttributeType {
        UNDEFINED,
        FLOAT,
        INT,
        STRING,
        TENSOR,
        GRAPH,
        FLOATS,
        INTS,
        STRINGS,
        TENSORS,
        GRAPHS,
        SPARSE_TENSOR,
        SPARSE_TENSORS,
        TYPE_PROTO,
        TYPE_PROTOS;

        private static final List<AttributeType> BY_NUMBER = List.of(values());
    }

    static final class AttributeProto {
        final Numbers ints = new Numbers();
        final Numbers floats = new Numbers();
        /** Null where there is none. */
        TensorProto tensor;
        /** Null where there is none. */
        GraphProto graph;
        AttributeType type = AttributeType.UNDEFINED;
        String name = "";
        String refAttrName = "";
        String string = "";
        float f;
        long i;

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> name = in.text(name);
                    case 2 -> f = in.real(f);
                    case 3 -> i = in.integer(i);
                    case 4 -> string = in.text(string);
                    case 5 -> tensor = in.message(tensor == null ? new TensorProto() : tensor,
                            TensorProto::merge);
                    case 6 -> graph = in.message(graph == null ? new GraphProto() : graph,
                            GraphProto::merge);
                    case 7 -> in.addFloats(floats);
                    case 8 -> in.addIntegers(ints);
                    case 20 -> {
                        // an int32, of which a number that isn't known counts as a field that isn't
                        int number = (int) in.integer(-1);
                        type = number >= 0 && number < AttributeType.BY_NUMBER.size()
                                ? AttributeType.BY_NUMBER.get(number)
                                : type;
                    }
                    case 21 -> refAttrName = in.text(refAttrName);
                    default -> {
                    }
                }
            }
        }
    }

    static final class ValueInfo {
        final TypeProto type = new TypeProto();
        String name = "";

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> name = in.text(name);
                    case 2 -> in.message(type, TypeProto::merge);
                    default -> {
                    }
                }
            }
        }
    }

    static final class TypeProto {
        /** Null where it is no tensor's type. */
        TensorType tensor;

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> {
                        if (in.hasLength()) {
                            tensor = in.message(tensor == null ? new TensorType() : tensor,
                                    TensorType::merge);
                        }
                    }
                    // sequences, maps, …: of these fields the last counts
                    case 4, 5, 7, 8, 9 -> tensor = in.hasLength() ? null : tensor;
                    default -> {
                    }
                }
            }
        }
    }

    static final class TensorType {
        final List<Dimension> dims = new ArrayList<>();
        boolean hasShape;
        int elemType;

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> elemType = (int) in.integer(elemType);
                    case 2 -> {
                        hasShape |= in.hasLength();
                        in.message(this, TensorType::mergeShape);
                    }
                    default -> {
                    }
                }
            }
        }

        private void mergeShape(ProtobufReader in) {
            while (in.next()) {
                if (in.field() == 1) {
                    in.addMessage(dims, new Dimension(), Dimension::merge);
                }
            }
        }
    }

    /** A size, a name for one, or neither. */
    static final class Dimension {
        /** Empty where there is none. */
        String param = "";
        /** 0 where there is none. */
        long value;
        boolean hasValue;

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> {
                        long number = in.integer(Long.MIN_VALUE);
                        if (in.isTaken()) {
                            value = number;
                            hasValue = true;
                            param = "";
                        }
                    }
                    case 2 -> {
                        param = in.text(param);
                        if (in.isTaken()) {
                            value = 0;
                            hasValue = false;
                        }
                    }
                    default -> {
                    }
                }
            }
        }
    }

    static final class SparseTensor {
        final TensorProto values = new TensorProto();

        private void merge(ProtobufReader in) {
            while (in.next()) {
                if (in.field() == 1) {
                    in.message(values, TensorProto::merge);
                }
            }
        }
    }

    static final class TensorProto {
        final Numbers dims = new Numbers();
        final Numbers floatData = new Numbers();
        final Numbers int32Data = new Numbers();
        final Numbers int64Data = new Numbers();
        final Numbers doubleData = new Numbers();
        final Numbers uint64Data = new Numbers();
        final List<Entry> externalData = new ArrayList<>();
        String name = "";
        int dataType;
        boolean hasSegment;
        boolean isExternal;
        /** Null where there is none. */
        Part rawData;

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> in.addIntegers(dims);
                    case 2 -> dataType = (int) in.integer(dataType);
                    case 3 -> hasSegment |= in.hasLength();
                    case 4 -> in.addFloats(floatData);
                    case 5 -> in.addIntegers(int32Data);
                    case 7 -> in.addIntegers(int64Data);
                    case 8 -> name = in.text(name);
                    case 9 -> rawData = in.bytes(rawData);
                    case 10 -> in.addDoubles(doubleData);
                    case 11 -> in.addIntegers(uint64Data);
                    case 13 -> in.addMessage(externalData, new Entry(), Entry::merge);
                    case 14 -> {
                        int location = (int) in.integer(-1);
                        isExternal = location == 1 || location != 0 && isExternal;
                    }
                    default -> {
                    }
                }
            }
        }
    }

    /** A key and its value. */
    static final class Entry {
        String key = "";
        String value = "";

        private void merge(ProtobufReader in) {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> key = in.text(key);
                    case 2 -> value = in.text(value);
                    default -> {
                    }
                }
            }
        }
    }

    /** Numbers of the types of tensors. */
    static final class DataType {
        static final int FLOAT = 1;
        static final int UINT8 = 2;
        static final int INT8 = 3;
        static final int UINT16 = 4;
        static final int INT16 = 5;
        static final int INT32 = 6;
        static final int INT64 = 7;
        static final int BOOL = 9;
        static final int FLOAT16 = 10;
        static final int DOUBLE = 11;
        static final int UINT32 = 12;
        static final int UINT64 = 13;
        static final int BFLOAT16 = 16;

        private static final List<String> NAMES = List.of("UNDEFINED", "FLOAT", "UINT8", "INT8",
                "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16", "DOUBLE",
                "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN",
                "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "UINT4", "INT4", "FLOAT4E2M1");

        private DataType() {
        }

        /** What a type is called in ONNX, in small letters. */
        static String name(int type) {
            return type < 0 || type >= NAMES.size()
                    ? "type " + type
                    : NAMES.get(type).toLowerCase(Locale.ROOT);
        }
    }
}
