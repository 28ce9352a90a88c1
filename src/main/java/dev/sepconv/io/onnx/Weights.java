package dev.sepconv.io.onnx;

import dev.sepconv.Shape;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.DataType;
import dev.sepconv.io.onnx.OnnxProto.Entry;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.TensorProto;
import dev.sepconv.io.onnx.ProtobufReader.Numbers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

/** A model's initializers, decoded when they are asked for, and only once. */
final class Weights {

    /** More dimensions than any network has; a bound on what a hostile file can ask for. */
    static final int MAX_RANK = 8;

    private final Path file;
    private final Map<String, TensorProto> protos = new HashMap<>();
    private final Map<String, OnnxTensor> decoded = new HashMap<>();
    private long bytes;
    private long flushed;

    /** @param file the model's, beside which weights may lie; null if it is in memory */
    Weights(Path file, GraphProto graph) {
        this.file = file;
        for (TensorProto tensor : graph.initializers) {
            if (protos.put(tensor.name, tensor) != null) {
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

    OnnxTensor get(String name) {
        OnnxTensor known = decoded.get(name);
        if (known == null) {
            known = decode(protos.get(name), "initializer '%s'".formatted(name));
            decoded.put(name, known);
        }
        return known;
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
        int width = switch (type) {
            case DataType.DOUBLE, DataType.INT64, DataType.UINT64 -> 8;
            case DataType.FLOAT, DataType.INT32, DataType.UINT32 -> 4;
            case DataType.FLOAT16, DataType.BFLOAT16, DataType.INT16, DataType.UINT16 -> 2;
            case DataType.INT8, DataType.UINT8, DataType.BOOL -> 1;
            default -> throw new ModelException(
                    "%s is of %s; only float and integer types and booleans can be read"
                            .formatted(what, OnnxTensor.typeName(type)));
        };
        OnnxTensor read;
        if (tensor.isExternal) {
            read = fromBytes(type, sizes, external(tensor, (long) count * width, what));
        } else if (tensor.rawData != null) {
            if (tensor.rawData.remaining() != (long) count * width) {
                throw new ModelException("%s has %s; %s numbers of %s need %d".formatted(what,
                        Printable.count(tensor.rawData.remaining(), "byte"), sizes,
                        OnnxTensor.typeName(type), (long) count * width));
            }
            read = fromBytes(type, sizes, tensor.rawData.slice());
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

    private static OnnxTensor fromBytes(int type, List<Integer> sizes, ByteBuffer data) {
        data.order(ByteOrder.LITTLE_ENDIAN);
        return switch (type) {
            case DataType.FLOAT -> {
                float[] floats = new float[data.remaining() / Float.BYTES];
                data.asFloatBuffer().get(floats);
                yield new OnnxTensor.Floats(sizes, floats);
            }
            case DataType.DOUBLE ->
                floats(sizes, data.remaining() / 8, i -> (float) data.getDouble(8 * i));
            case DataType.FLOAT16 -> floats(sizes, data.remaining() / 2,
                    i -> Float.float16ToFloat(data.getShort(2 * i)));
            case DataType.BFLOAT16 -> floats(sizes, data.remaining() / 2,
                    i -> Float.intBitsToFloat(data.getShort(2 * i) << 16));
            case DataType.INT64, DataType.UINT64 ->
                integers(sizes, data.remaining() / 8, i -> data.getLong(8 * i));
            case DataType.INT32 ->
                integers(sizes, data.remaining() / 4, i -> (long) data.getInt(4 * i));
            case DataType.UINT32 -> integers(sizes, data.remaining() / 4,
                    i -> Integer.toUnsignedLong(data.getInt(4 * i)));
            case DataType.INT16 ->
                integers(sizes, data.remaining() / 2, i -> (long) data.getShort(2 * i));
            case DataType.UINT16 -> integers(sizes, data.remaining() / 2,
                    i -> (long) Short.toUnsignedInt(data.getShort(2 * i)));
            case DataType.INT8 -> integers(sizes, data.remaining(), i -> (long) data.get(i));
            default ->
                integers(sizes, data.remaining(), i -> (long) Byte.toUnsignedInt(data.get(i)));
        };
    }

    private static OnnxTensor fromFields(TensorProto tensor, int type, List<Integer> sizes,
            int count, String what) {
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
        return switch (type) {
            case DataType.FLOAT -> floats(sizes, count, tensor.floatData::real);
            case DataType.DOUBLE -> floats(sizes, count, i -> (float) tensor.doubleData.wide(i));
            case DataType.FLOAT16 -> floats(sizes, count,
                    i -> Float.float16ToFloat((short) tensor.int32Data.integer(i)));
            case DataType.BFLOAT16 -> floats(sizes, count,
                    i -> Float.intBitsToFloat((int) tensor.int32Data.integer(i) << 16));
            case DataType.INT64 -> integers(sizes, count, tensor.int64Data::integer);
            case DataType.UINT64, DataType.UINT32 ->
                integers(sizes, count, tensor.uint64Data::integer);
            default -> integers(sizes, count, i -> (long) (int) tensor.int32Data.integer(i));
        };
    }

    private static OnnxTensor floats(List<Integer> sizes, int count, IntFunction<Float> number) {
        float[] data = new float[count];
        for (int i = 0; i < count; i++) {
            data[i] = number.apply(i);
        }
        return new OnnxTensor.Floats(sizes, data);
    }

    private static OnnxTensor integers(List<Integer> sizes, int count, IntFunction<Long> number) {
        long[] data = new long[count];
        for (int i = 0; i < count; i++) {
            data[i] = number.apply(i);
        }
        return new OnnxTensor.Integers(sizes, data);
    }

    /** The bytes of a tensor that lie in a file beside the model (ONNX, "External Data"). */
    private ByteBuffer external(TensorProto tensor, long length, String what) {
        Map<String, String> entries = new HashMap<>();
        for (Entry entry : tensor.externalData) {
            entries.put(entry.key, entry.value);
        }
        String location = entries.getOrDefault("location", "");
        long offset = number(entries, "offset", 0, what);
        long stored = number(entries, "length", length, what);
        if (stored != length || length > Integer.MAX_VALUE - 64) {
            throw new ModelException("%s has %s in '%s'; %d are needed, and at most %d can be read"
                    .formatted(what, Printable.count(stored, "byte"), location, length,
                            Integer.MAX_VALUE - 64));
        }
        Path found = beside(location, what);
        try (FileChannel channel = FileChannel.open(found, StandardOpenOption.READ)) {
            if (offset > channel.size() - length) {
                throw new ModelException(
                        "%s needs %s from byte %d of '%s', which has only %d".formatted(what,
                                Printable.count(length, "byte"), offset, location, channel.size()));
            }
            ByteBuffer data = ByteBuffer.allocate((int) length);
            while (data.hasRemaining()) {
                if (channel.read(data, offset + data.position()) < 0) {
                    throw new ModelException(
                            "%s: '%s' became shorter while it was read".formatted(what, location));
                }
            }
            return data.flip();
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
            if (file == null) {
                throw new ModelException(
                        "%s lies in '%s'; a model in memory must hold all its weights itself"
                                .formatted(what, location));
            }
            Path folder = file.toAbsolutePath().getParent().toRealPath();
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
