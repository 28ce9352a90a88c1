package example;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sepconv.NdArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * An answer's body.
 *
 * @param bytes JSON, and binary tensors behind it
 * @param json how many bytes of it are JSON
 */
record InferResponse(byte[] bytes, int json) {

    private static final JsonFactory JSON = new JsonFactory();

    /** A document of JSON. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    static byte[] object(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("an array in memory can't fail", e);
        }
        return bytes.toByteArray();
    }

    /** NaN and infinities, which JSON has no numbers for, are the strings "NaN", "Infinity". */
    static InferResponse of(String model, InferRequest request, Map<String, NdArray> results) {
        byte[] head = object(json -> {
            json.writeStringField("model_name", model);
            json.writeStringField("model_version", "1");
            if (request.id() != null) {
                json.writeStringField("id", request.id());
            }
            json.writeArrayFieldStart("outputs");
            for (Map.Entry<String, Boolean> output : request.outputs().entrySet()) {
                NdArray result = results.get(output.getKey());
                json.writeStartObject();
                json.writeStringField("name", output.getKey());
                json.writeStringField("datatype", "FP32");
                json.writeFieldName("shape");
                json.writeArray(result.dims().toArray(), 0, result.dims().rank());
                if (output.getValue()) {
                    json.writeObjectFieldStart("parameters");
                    json.writeNumberField("binary_data_size", Float.BYTES * result.data().length);
                    json.writeEndObject();
                } else {
                    json.writeArrayFieldStart("data");
                    for (float number : result.data()) {
                        json.writeNumber(number);
                    }
                    json.writeEndArray();
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
        int binary = request.outputs().entrySet().stream().filter(Map.Entry::getValue)
                .mapToInt(output -> results.get(output.getKey()).data().length).sum();
        ByteBuffer all = ByteBuffer.allocate(head.length + Float.BYTES * binary)
                .order(ByteOrder.LITTLE_ENDIAN).put(head);
        request.outputs().forEach((name, asBinary) -> {
            if (asBinary) {
                for (float number : results.get(name).data()) {
                    all.putFloat(number);
                }
            }
        });
        return new InferResponse(all.array(), head.length);
    }
}
