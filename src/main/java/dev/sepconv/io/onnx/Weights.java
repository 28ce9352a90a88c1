package dev.sepconv.io.onnx;

import dev.sepconv.Shape;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.DataType;
import dev.sepconv.io.onnx.OnnxProto.Entry;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.TensorProto;
import dev.sepconv.io.onnx.ProtobufReader.Numbers;
import dev.sepconv.io.onnx.ProtobufReader.Part;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.UnaryOperator;

/** A model's initializers, decoded when they are asked for. */
final class Weights {

    /** More dimensions than any network has; a bound on what a hostile file can ask for. */
    static final int MAX_RANK = 8;

    private final ModelBytes model;
    private final Map<String, TensorProto> protos = new HashMap<>();
    private final Map<TensorProto, WeakReference<float[]>> decoded;
    private long bytes;
    private long flushed;

    /**
     * @param model which stays open while weights are asked for, and beside which some may lie
     * @param decoded floats of initializers that other networks have already; new ones are added
     */
    Weights(ModelBytes model, GraphProto graph, Map<TensorProto, WeakReference<float[]>> decoded) {
        this.model = model;
        this.decoded = decoded;
        add(graph, UnaryOperator.identity());
    }

    /** @param named the name under which each is asked for */
    void add(GraphProto graph, UnaryOperator<String> named) {
        for (TensorProto tensor : graph.initializers) {
            if (protos.put(named.apply(tensor.name), tensor) != null) {
                throw new ModelException("initializer '%s' is given twice".formatted(tensor.name));
            }
        }
        if (!graph.sparseInitializers.isEmpty()) {
            throw new ModelException(
                    "initializer '%s' is sparse; only dense ones can be read, so export it dense"
                            .formatted(graph.sparseInitializers.getFirst().values.name));
        }
    }

    boolean contains(String name) {
        return protos.containsKey(name);
    }

    /** An initializer's numbers, decoded unless somebody still has them as floats. */
    OnnxTensor get(String name) {
        TensorProto tensor = protos.get(name);
        String what = "initializer '%s'".formatted(name);
        WeakReference<float[]> known = decoded.get(tensor);
        float[] floats = known == null ? null : known.get();
        if (floats != null) {
            bytes += (long) floats.length * width(tensor.dataType);
            return new OnnxTensor.Floats(sizes(tensor.dims, what), floats);
        }
        OnnxTensor read = decode(tensor, what);
        if (read instanceof OnnxTensor.Floats found) {
            decoded.put(tensor, new WeakReference<>(found.data()));
        }
        return read;
    }

    /** What an array takes where it is stored; its numbers are not read. */
    static OnnxReader.StoredWeights stored(TensorProto tensor) {
        String what = "'%s'".formatted(tensor.name);
        long count = count(sizes(tensor.dims, what), what);
        String type = OnnxTensor.typeName(tensor.dataType);
        int width = width(tensor.dataType);
        long bytes = width == 0 && tensor.rawData != null
                ? tensor.rawData.bytes().limit()
                : count * width;
        return new OnnxReader.StoredWeights(type, 1, count, bytes);
    }

    /** How many bytes of numbers were decoded so far. */
    long bytes() {
        return bytes;
    }

    /**
     * The numbers of a tensor.
     *
     * @param what it is, for the sentence that refuses it
     */
    OnnxTensor decode(TensorProto tensor, String what) {
        List<Integer> sizes = sizes(tensor.dims, what);
        int count = count(sizes, what);
        if (tensor.hasSegment) {
            throw new ModelException(
                    "%s is stored in segments; no known tool writes that, and it can't be read"
                            .formatted(what));
        }
        int type = tensor.dataType;
        int width = width(type);
        if (width == 0) {
            throw new ModelException(
                    "%s is of %s; only float and integer types and booleans can be read"
                            .formatted(what, OnnxTensor.typeName(type)));
        }
        OnnxTensor read;
        if (tensor.isExternal) {
            read = external(tensor, type, sizes, (long) count * width, what);
        } else if (tensor.rawData != null) {
            int length = tensor.rawData.bytes().limit();
            if (length != (long) count * width) {
                throw new ModelException("%s has %s; %s numbers of %s need %d".formatted(what,
                        Printable.count(length, "byte"), sizes, OnnxTensor.typeName(type),
                        (long) count * width));
            }
            read = fromBytes(type, sizes, tensor.rawData, what);
        } else {
            read = fromFields(tensor, type, sizes, count, what);
        }
        bytes += (long) count * width;
        if (read instanceof OnnxTensor.Floats floats) {
            flush(floats.data());
        }
        return read;
    }

    /** Numbers below the least that has all digits become 0: arithmetic with them is slow. */
    private void flush(float[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (Math.abs(numbers[i]) < Float.MIN_NORMAL && numbers[i] != 0) {
                numbers[i] = 0;
                flushed++;
            }
        }
    }

    /** How many numbers were so small that they became 0. */
    long flushed() {
        return flushed;
    }

    private static List<Integer> sizes(Numbers dims, String what) {
        if (dims.size() > MAX_RANK) {
            throw new ModelException("%s has %s; at most %d can be read".formatted(what,
                    Printable.count(dims.size(), "dimension"), MAX_RANK));
        }
        List<Integer> sizes = new ArrayList<>();
        for (long dim : dims.integers()) {
            if (dim < 0 || dim > Shape.MAX_ELEMENTS) {
                throw new ModelException("%s has a dimension of %d; it must be from 0 to %d"
                        .formatted(what, dim, Shape.MAX_ELEMENTS));
            }
            sizes.add((int) dim);
        }
        return List.copyOf(sizes);
    }

    /** The product of sizes, each from 0 to {@link Shape#MAX_ELEMENTS}. */
    static int count(List<Integer> sizes, String what) {
        if (sizes.contains(0)) {
            return 0;
        }
        long count = 1;
        for (int size : sizes) {
            count *= size;
            if (count > Shape.MAX_ELEMENTS) {
                throw new ModelException(
                        "%s of sizes %s is too large; one array may have at most %s".formatted(what,
                                sizes, Printable.count(Shape.MAX_ELEMENTS, "number")));
            }
        }
        return (int) count;
    }

    private OnnxTensor fromBytes(int type, List<Integer> sizes, Part part, String what) {
        try {
            return fromBytes(type, sizes, model.stored(part));
        } catch (IOException e) {
            throw new ModelException("%s can't be read: %s".formatted(what, e.getMessage()), e);
        }
    }

    private static OnnxTensor fromBytes(int type, List<Integer> sizes, Stored stored)
            throws IOException {
        int width = width(type);
        int count = (int) (stored.length() / width);
        float[] floats = OnnxTensor.isFloat(type) ? new float[count] : null;
        long[] integers = floats == null ? new long[count] : null;
        for (long from = 0; from < stored.length(); from += Stored.PIECE) {
            ByteBuffer piece = stored.piece(from,
                    (int) Math.min(Stored.PIECE, stored.length() - from));
            int at = (int) (from / width);
            int to = at + piece.limit() / width;
            if (type == DataType.FLOAT) {
                piece.asFloatBuffer().get(floats, at, to - at);
                continue;
            }
            for (int i = 0; at < to; at++, i += width) {
                if (floats != null) {
                    floats[at] = real(type, piece, i);
                } else {
                    integers[at] = integer(type, piece, i);
                }
            }
        }
        return floats != null
                ? new OnnxTensor.Floats(sizes, floats)
                : new OnnxTensor.Integers(sizes, integers, type);
    }

    private static float real(int type, ByteBuffer bytes, int at) {
        return switch (type) {
            case DataType.FLOAT16 -> Float.float16ToFloat(bytes.getShort(at));
            case DataType.BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(at) << 16);
            default -> (float) bytes.getDouble(at);
        };
    }

    private static long integer(int type, ByteBuffer bytes, int at) {
        return switch (type) {
            case DataType.INT64, DataType.UINT64 -> bytes.getLong(at);
            case DataType.INT32 -> bytes.getInt(at);
            case DataType.UINT32 -> Integer.toUnsignedLong(bytes.getInt(at));
            case DataType.INT16 -> bytes.getShort(at);
            case DataType.UINT16 -> Short.toUnsignedInt(bytes.getShort(at));
            case DataType.INT8 -> bytes.get(at);
            default -> Byte.toUnsignedInt(bytes.get(at));
        };
    }

    /** How many bytes a number has; 0 of types that can't be read. */
    private static int width(int type) {
        return switch (type) {
            case DataType.DOUBLE, DataType.INT64, DataType.UINT64 -> 8;
            case DataType.FLOAT, DataType.INT32, DataType.UINT32 -> 4;
            case DataType.FLOAT16, DataType.BFLOAT16, DataType.INT16, DataType.UINT16 -> 2;
            case DataType.INT8, DataType.UINT8, DataType.BOOL -> 1;
            default -> 0;
        };
    }

    private OnnxTensor fromFields(TensorProto tensor, int type, List<Integer> sizes, int count,
            String what) {
        int given = switch (type) {
            case DataType.FLOAT -> tensor.floatData.size();
            case DataType.DOUBLE -> tensor.doubleData.size();
            case DataType.INT64 -> tensor.int64Data.size();
            case DataType.UINT64, DataType.UINT32 -> tensor.uint64Data.size();
            default -> tensor.int32Data.size();
        };
        if (given != count) {
            throw new ModelException("%s has %s; sizes %s need %d".formatted(what,
                    Printable.count(given, "number"), sizes, count));
        }
        Numbers wide = type == DataType.FLOAT ? tensor.floatData : tensor.doubleData;
        if (OnnxTensor.isFloat(type) && width(type) >= 4 && wide.packed() != null) {
            return fromBytes(type, sizes, wide.packed(), what);
        }
        return switch (type) {
            case DataType.FLOAT -> floats(sizes, count, tensor.floatData::real);
            case DataType.DOUBLE -> floats(sizes, count, i -> (float) tensor.doubleData.wide(i));
            case DataType.FLOAT16 -> floats(sizes, count,
                    i -> Float.float16ToFloat((short) tensor.int32Data.integer(i)));
            case DataType.BFLOAT16 -> floats(sizes, count,
                    i -> Float.intBitsToFloat((int) tensor.int32Data.integer(i) << 16));
            case DataType.INT64 -> integers(type, sizes, count, tensor.int64Data::integer);
            case DataType.UINT64, DataType.UINT32 ->
                integers(type, sizes, count, tensor.uint64Data::integer);
            default -> integers(type, sizes, count,
                    i -> within(type, (int) tensor.int32Data.integer(i), what));
        };
    }

    /** Fields hold 32 bits, of which a smaller type has not all. */
    private static int within(int type, int number, String what) {
        int bits = Byte.SIZE * width(type);
        boolean signed = type == DataType.INT8 || type == DataType.INT16 || type == DataType.INT32;
        long least = signed ? -1L << bits - 1 : 0;
        if ((number - least) >> bits != 0) {
            throw new ModelException("%s has %d; %s is from %d to %d".formatted(what, number,
                    DataType.name(type), least, least + (1L << bits) - 1));
        }
        return number;
    }

    private static OnnxTensor floats(List<Integer> sizes, int count, IntFunction<Float> number) {
        float[] data = new float[count];
        for (int i = 0; i < count; i++) {
            data[i] = number.apply(i);
        }
        return new OnnxTensor.Floats(sizes, data);
    }

    private static OnnxTensor integers(int type, List<Integer> sizes, int count,
            IntToLongFunction number) {
        long[] data = new long[count];
        for (int i = 0; i < count; i++) {
            data[i] = number.applyAsLong(i);
        }
        return new OnnxTensor.Integers(sizes, data, type);
    }

    /** A tensor whose numbers lie in a file beside the model (ONNX, "External Data"). */
    private OnnxTensor external(TensorProto tensor, int type, List<Integer> sizes, long length,
            String what) {
        Map<String, String> entries = new HashMap<>();
        for (Entry entry : tensor.externalData) {
            entries.put(entry.key, entry.value);
        }
        String location = entries.getOrDefault("location", "");
        long offset = number(entries, "offset", 0, what);
        long stored = number(entries, "length", length, what);
        if (stored != length) {
            throw new ModelException("%s has %s in '%s'; %d are needed".formatted(what,
                    Printable.count(stored, "byte"), location, length));
        }
        Path found = beside(location, what);
        try (FileChannel channel = FileChannel.open(found, StandardOpenOption.READ)) {
            if (offset > channel.size() - length) {
                throw new ModelException(
                        "%s needs %s from byte %d of '%s', which has only %d".formatted(what,
                                Printable.count(length, "byte"), offset, location, channel.size()));
            }
            return fromBytes(type, sizes, Stored.of(channel, offset, length));
        } catch (IOException e) {
            throw new ModelException("%s: '%s' can't be read: %s".formatted(what, location, e), e);
        }
    }

    private static long number(Map<String, String> entries, String key, long otherwise,
            String what) {
        String text = entries.get(key);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new ModelException("%s has external data of %s '%s'; it must be a number from 0"
                    .formatted(what, key, text));
        }
        return Long.parseLong(text);
    }

    /**
     * The file of that name in the model's folder or below; never one outside, whatever links lead
     * there.
     */
    private Path beside(String location, String what) {
        try {
            Path relative = Path.of(location);
            if (model.file() == null) {
                throw new ModelException(
                        "%s lies in '%s'; a model in memory must hold all its weights itself"
                                .formatted(what, location));
            }
            Path folder = model.file().toAbsolutePath().getParent().toRealPath();
            boolean climbs = relative.isAbsolute();
            for (Path part : relative) {
                climbs |= part.toString().equals("..");
            }
            if (location.isEmpty() || climbs) {
                throw new ModelException(
                        "%s lies in '%s'; only files in the model's own folder are read"
                                .formatted(what, location));
            }
            Path found = folder.resolve(relative);
            if (!Files.exists(found)) {
                throw new ModelException(
                        "%s lies in '%s', which is not beside the model".formatted(what, location));
            }
            if (!found.toRealPath().startsWith(folder)) {
                throw new ModelException(
                        "%s lies in '%s', a link that leaves the model's own folder; only files in it are read"
                                .formatted(what, location));
            }
            if (!Files.isRegularFile(found)) {
                throw new ModelException(
                        "%s lies in '%s', which is no file".formatted(what, location));
            }
            return found;
        } catch (InvalidPathException | IOException e) {
            throw new ModelException("%s lies in '%s', which can't be looked up: %s".formatted(what,
                    location, e.getMessage()), e);
        }
    }
}
