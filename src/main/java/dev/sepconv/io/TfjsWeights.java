package dev.sepconv.io;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * TensorFlow.js weights: a manifest ({@code …-weights_manifest.json}, or a {@code model.json} that
 * holds one) that names arrays and the files beside it ("shards") in which their numbers lie one
 * after the other, little-endian (TensorFlow.js, tfjs-core, {@code io/types.ts}:
 * WeightsManifestConfig). All numbers are read as float32.
 *
 * <p>
 * Arrays keep their shapes, which are TensorFlow's: filters of a convolution are
 * {@code [R, S, C, K]}, of a depthwise one {@code [R, S, C, M]}; {@link #oihw} brings both into our
 * order.
 */
public final class TfjsWeights {

    /** Manifests are some 100 bytes an array. */
    private static final long LONGEST_MANIFEST = 64L << 20;

    private static final int CHUNK_BYTES = 1 << 16;

    /** How numbers are stored: as they are, or as {@code stored * scale + min}. */
    private enum Storage {
        FLOAT32(4),
        INT32(4),
        FLOAT16(2),
        UINT16(2),
        UINT8(1);

        private final int size;

        Storage(int size) {
            this.size = size;
        }

        static Optional<Storage> named(String name) {
            return Arrays.stream(values())
                    .filter(storage -> storage.name().toLowerCase(Locale.ROOT).equals(name))
                    .findFirst();
        }
    }

    /** An array of the manifest; {@code whole} says that its numbers are integers once scaled. */
    private record Entry(String name, Dims dims, Storage storage, double scale, double min,
            boolean whole) {
        long bytes() {
            return (long) dims.elements() * storage.size;
        }
    }

    private TfjsWeights() {
    }

    /**
     * Reads all arrays of a manifest.
     *
     * @return by name, in the manifest's order
     * @throws IOException if the manifest or a shard can't be read, is damaged, lies outside the
     * manifest's folder, or has not as many bytes as its arrays need; one sentence
     * @throws IllegalArgumentException if an array is of a type that can't be read, or is too large
     */
    public static Map<String, NdArray> read(Path manifest) throws IOException {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        for (Object group : groups(manifest)) {
            List<Entry> entries = new ArrayList<>();
            for (Object weight : list(manifest, group, "weights")) {
                entries.add(entry(manifest, weight));
            }
            List<Path> shards = new ArrayList<>();
            for (Object path : list(manifest, group, "paths")) {
                shards.add(shard(manifest, path));
            }
            checkBytes(manifest, entries, shards);
            try (Shards bytes = new Shards(shards)) {
                for (Entry entry : entries) {
                    if (arrays.put(entry.name(), numbers(entry, bytes)) != null) {
                        throw damaged(manifest,
                                "two arrays are named '%s'".formatted(entry.name()));
                    }
                }
            }
        }
        if (arrays.isEmpty()) {
            throw damaged(manifest, "it names no arrays");
        }
        return Collections.unmodifiableMap(arrays);
    }

    /**
     * Filters in our order, {@code [K, C/G, R, S]}, as {@link dev.sepconv.ConvWeights} have them.
     *
     * @param filters {@code [R, S, C, K]}; with {@code depthwise} {@code [R, S, C, M]}, whose
     * result is {@code [C*M, 1, R, S]}
     * @throws IllegalArgumentException if it has not four dimensions
     */
    public static NdArray oihw(NdArray filters, boolean depthwise) {
        Dims dims = filters.dims();
        if (dims.rank() != 4) {
            throw new IllegalArgumentException(
                    "filters have the shape %s; they must have four dimensions: kernel height and width, channels, filters"
                            .formatted(dims));
        }
        int taps = dims.get(0) * dims.get(1);
        int channels = dims.get(2);
        int last = dims.get(3);
        NdArray result = NdArray.zeros(depthwise
                ? Dims.of(channels * last, 1, dims.get(0), dims.get(1))
                : Dims.of(last, channels, dims.get(0), dims.get(1)));
        for (int tap = 0, i = 0; tap < taps; tap++) {
            for (int c = 0; c < channels; c++) {
                for (int k = 0; k < last; k++) {
                    int filter = depthwise ? c * last + k : k * channels + c;
                    result.data()[filter * taps + tap] = filters.data()[i++];
                }
            }
        }
        return result;
    }

    private static JSONArray groups(Path manifest) throws IOException {
        InputFile.check(manifest);
        if (Files.isDirectory(manifest)) {
            throw new IOException(manifest + " is a folder; name a TensorFlow.js weight manifest");
        }
        if (Files.size(manifest) > LONGEST_MANIFEST) {
            throw new IOException(
                    "%s has %s; a TensorFlow.js weight manifest has at most %d".formatted(manifest,
                            Printable.count(Files.size(manifest), "byte"), LONGEST_MANIFEST));
        }
        Object document;
        try {
            document = Json.parse(Files.readAllBytes(manifest));
        } catch (JSONException e) {
            throw damaged(manifest,
                    "it is no JSON (%s)".formatted(e.getMessage().lines().findFirst().orElse("")));
        }
        if (document instanceof JSONObject object) {
            document = object.opt("weightsManifest");
        }
        if (!(document instanceof JSONArray groups)) {
            throw damaged(manifest, "it must be a list of groups, each with weights and paths");
        }
        return groups;
    }

    private static JSONArray list(Path manifest, Object group, String field) throws IOException {
        if (!(group instanceof JSONObject object)
                || !(object.opt(field) instanceof JSONArray list)) {
            throw damaged(manifest, "a group has no list '%s'".formatted(field));
        }
        return list;
    }

    private static Entry entry(Path manifest, Object described) throws IOException {
        if (!(described instanceof JSONObject weight)
                || !(weight.opt("name") instanceof String name)) {
            throw damaged(manifest, "an array has no name");
        }
        String where = "array '%s' of %s".formatted(name, manifest);
        Dims dims = dims(where, weight.opt("shape"));
        String type = weight.optString("dtype");
        if (!type.equals("float32") && !type.equals("int32")) {
            throw new IllegalArgumentException(
                    "%s is of type '%s'; it must be float32 or int32".formatted(where, type));
        }
        if (weight.isNull("quantization")) {
            return new Entry(name, dims, Storage.named(type).orElseThrow(), 1, 0, false);
        }
        JSONObject quantization = weight.optJSONObject("quantization", new JSONObject());
        String stored = quantization.optString("dtype");
        Storage storage = Storage.named(stored).filter(s -> s.size < 4)
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s is quantised as '%s'; it must be uint8, uint16 or float16"
                                .formatted(where, stored)));
        if (storage == Storage.FLOAT16) {
            return new Entry(name, dims, storage, 1, 0, false);
        }
        return new Entry(name, dims, storage, number(where, quantization, "scale"),
                number(where, quantization, "min"), type.equals("int32"));
    }

    private static Dims dims(String where, Object shape) throws IOException {
        if (!(shape instanceof JSONArray array)) {
            throw new IOException(where + " has no shape");
        }
        List<Integer> sizes = new ArrayList<>();
        for (Object size : array) {
            if (!(size instanceof Integer number) || number < 1) {
                throw new IOException(
                        "%s has the shape %s; each size must be a whole number from 1 to %d"
                                .formatted(where, shape, Shape.MAX_ELEMENTS));
            }
            sizes.add(number);
        }
        try {
            return new Dims(sizes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(where, e.getMessage()), e);
        }
    }

    private static double number(String where, JSONObject quantization, String field)
            throws IOException {
        Object value = quantization.opt(field);
        if (!(value instanceof Number number) || !Double.isFinite(number.doubleValue())) {
            throw new IOException(
                    "%s is quantised with %s %s; it must be a finite number".formatted(where, field,
                            value == null ? "missing" : JSONObject.valueToString(value)));
        }
        return number.doubleValue();
    }

    /** A file below the manifest's folder, whatever links lead there. */
    private static Path shard(Path manifest, Object path) throws IOException {
        Path folder = manifest.toAbsolutePath().getParent().toRealPath();
        try {
            Path file = folder.resolve(path.toString()).normalize();
            if (!(path instanceof String) || !file.startsWith(folder) || file.equals(folder)) {
                throw outside(manifest, path);
            }
            if (!file.toRealPath().startsWith(folder)) {
                throw outside(manifest, path);
            }
            if (!Files.isRegularFile(file)) {
                throw new IOException(
                        "%s, a file of %s, is no regular file".formatted(file, manifest));
            }
            return file;
        } catch (InvalidPathException e) {
            throw outside(manifest, path);
        } catch (NoSuchFileException e) {
            throw new IOException("%s names the file %s; it is not there".formatted(manifest,
                    JSONObject.valueToString(path)), e);
        }
    }

    private static IOException outside(Path manifest, Object path) {
        return new IOException("%s names the file %s; it must lie in the manifest's own folder"
                .formatted(manifest, JSONObject.valueToString(path)));
    }

    /** Before anything of that size is allocated. */
    private static void checkBytes(Path manifest, List<Entry> entries, List<Path> shards)
            throws IOException {
        long needed = entries.stream().mapToLong(Entry::bytes).sum();
        long there = 0;
        for (Path shard : shards) {
            there += Files.size(shard);
        }
        if (needed != there) {
            throw new IOException(
                    "%s needs %s for %s; %s %d".formatted(manifest, Printable.count(needed, "byte"),
                            Printable.count(entries.size(), "array"),
                            shards.size() == 1
                                    ? "%s has".formatted(shards.getFirst().getFileName())
                                    : "its %s together have"
                                            .formatted(Printable.count(shards.size(), "file")),
                            there));
        }
    }

    private static IOException damaged(Path manifest, String why) {
        return new IOException("%s is no TensorFlow.js weight manifest or is damaged: %s"
                .formatted(manifest, why));
    }

    private static NdArray numbers(Entry entry, Shards bytes) throws IOException {
        NdArray array = NdArray.zeros(entry.dims());
        float[] data = array.data();
        int step = CHUNK_BYTES / entry.storage().size;
        for (int done = 0; done < data.length; done += step) {
            int count = Math.min(step, data.length - done);
            ByteBuffer stored = bytes.next(count * entry.storage().size);
            for (int i = done; i < done + count; i++) {
                data[i] = switch (entry.storage()) {
                    case FLOAT32 -> stored.getFloat();
                    case INT32 -> stored.getInt();
                    case FLOAT16 -> Float.float16ToFloat(stored.getShort());
                    case UINT16 -> scaled(entry, stored.getShort() & 0xFFFF);
                    case UINT8 -> scaled(entry, stored.get() & 0xFF);
                };
            }
        }
        return array;
    }

    /** In float64 and then rounded, as TensorFlow.js does it. */
    private static float scaled(Entry entry, int stored) {
        double value = stored * entry.scale() + entry.min();
        return (float) (entry.whole() ? Math.rint(value) : value);
    }

    /** The bytes of several files as if they were one. */
    private static final class Shards implements AutoCloseable {

        private final List<Path> files;
        private int opened;
        private InputStream current = InputStream.nullInputStream();

        Shards(List<Path> files) {
            this.files = files;
        }

        ByteBuffer next(int count) throws IOException {
            byte[] bytes = new byte[count];
            int done = current.readNBytes(bytes, 0, count);
            while (done < count) {
                if (opened == files.size()) {
                    throw new EOFException(files.getLast() + " became shorter while it was read");
                }
                current.close();
                InputFile.check(files.get(opened));
                current = Files.newInputStream(files.get(opened++));
                done += current.readNBytes(bytes, done, count - done);
            }
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void close() throws IOException {
            current.close();
        }
    }
}
