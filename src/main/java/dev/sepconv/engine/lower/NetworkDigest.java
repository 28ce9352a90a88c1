package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What tells networks apart: everything that they compute with, the weights' numbers too. */
public final class NetworkDigest {

    private static final int CHUNK = 1 << 14;

    private final MessageDigest digest;
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES);
    private final FloatBuffer floats = bytes.asFloatBuffer();

    private NetworkDigest() throws NoSuchAlgorithmException {
        digest = MessageDigest.getInstance("SHA-256");
    }

    /** The same for two networks only if they are the same. */
    public static String of(Network network) {
        try {
            NetworkDigest all = new NetworkDigest();
            all.add(network.name());
            network.inputs().forEach((name, dims) -> {
                all.add(name);
                all.add(dims);
            });
            network.nodes().forEach(all::add);
            all.add(network.outputs());
            return HexFormat.of().formatHex(all.digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void add(Object value) {
        switch (value) {
            case null -> word("null");
            case float[] numbers -> add(numbers);
            case NdArray array -> {
                add(array.dims());
                add(array.data());
            }
            case Dims dims -> word(dims.toString());
            case List<?> list -> {
                word("list of " + list.size());
                list.forEach(this::add);
            }
            case Record record -> components(record);
            case Enum<?> constant -> word(constant.name());
            case Number number -> word(number.toString());
            case Boolean bool -> word(bool.toString());
            case String text -> word(text);
            default -> throw new IllegalStateException("networks have no " + value.getClass());
        }
    }

    private void components(Record record) {
        word(record.getClass().getName());
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                add(component.getAccessor().invoke(record));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("what networks are made of is public", e);
            }
        }
    }

    /** With its length before it, so that two words are never one. */
    private void word(String word) {
        byte[] encoded = word.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(encoded.length).flip());
        digest.update(encoded);
    }

    private void add(float[] numbers) {
        word("floats " + numbers.length);
        for (int from = 0; from < numbers.length; from += CHUNK) {
            int count = Math.min(CHUNK, numbers.length - from);
            floats.clear().put(numbers, from, count);
            digest.update(bytes.clear().limit(count * Float.BYTES));
        }
    }
}
