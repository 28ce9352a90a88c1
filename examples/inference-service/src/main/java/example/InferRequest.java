package example;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request of the Open Inference Protocol, version 2: JSON, and with the extension for binary
 * tensors numbers behind it, little-endian, in the order of the inputs.
 *
 * @param id what the client calls it, or null
 * @param inputs by name
 * @param rows the first dimension of each
 * @param outputs those that are asked for, and whether as binary
 */
record InferRequest(String id, Map<String, NdArray> inputs, int rows,
        Map<String, Boolean> outputs) {

    private static final JsonFactory JSON = new JsonFactory();

    /** An input as it was read; {@code data} or {@code binary} is there. */
    private static final class Tensor {
        private String name;
        private String datatype;
        private int[] shape;
        private float[] data;
        private int binary = -1;
    }

    /** An output that is asked for; {@code binary} is null where the request as a whole says it. */
    private record Wanted(String name, Boolean binary) {
    }

    /**
     * Reads a request.
     *
     * @param body all of it
     * @param json how many bytes of it are JSON
     * @param network for one picture
     * @throws Refusal with status 400 and a sentence on what can't be
     */
    static InferRequest read(byte[] body, int json, Network network) throws Refusal {
        if (json < 0 || json > body.length) {
            throw refusal("Inference-Header-Content-Length is %d; the body has %d bytes", json,
                    body.length);
        }
        String id = null;
        boolean binary = false;
        List<Tensor> tensors = new ArrayList<>();
        List<Wanted> wanted = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(body, 0, json)) {
            expect(parser, parser.nextToken(), JsonToken.START_OBJECT, "the request");
            for (String field = next(parser); field != null; field = next(parser)) {
                switch (field) {
                    case "id" -> id = text(parser, "id");
                    case "inputs" -> each(parser, "inputs", () -> tensors.add(tensor(parser)));
                    case "outputs" -> each(parser, "outputs", () -> wanted.add(wanted(parser)));
                    case "parameters" -> binary = parameter(parser, "binary_data_output") == 1;
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw refusal("the request goes on after its JSON ends");
            }
        } catch (JsonProcessingException e) {
            throw refusal("the body is no JSON: %s", e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalStateException("an array in memory can't fail", e);
        }
        Map<String, NdArray> inputs = inputs(tensors, body, json, network);
        return new InferRequest(id, inputs, inputs.values().iterator().next().dims().get(0),
                outputs(wanted, binary, network));
    }

    private static Map<String, NdArray> inputs(List<Tensor> tensors, byte[] body, int json,
            Network network) throws Refusal {
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        int at = json;
        for (Tensor tensor : tensors) {
            Dims dims = network.inputs().get(tensor.name);
            if (dims == null) {
                throw refusal("inputs names '%s'; the model's inputs are %s", tensor.name,
                        String.join(", ", network.inputs().keySet()));
            }
            if (!"FP32".equals(tensor.datatype)) {
                throw refusal("datatype of '%s' is %s; it must be FP32", tensor.name,
                        tensor.datatype);
            }
            Dims given = dims(tensor, dims);
            if (tensor.binary >= 0) {
                if (tensor.binary > body.length - at) {
                    throw refusal("binary_data_size of '%s' is %d; %d bytes are left of the body",
                            tensor.name, tensor.binary, body.length - at);
                }
                ByteBuffer bytes = ByteBuffer.wrap(body, at, tensor.binary)
                        .order(ByteOrder.LITTLE_ENDIAN);
                tensor.data = new float[tensor.binary / Float.BYTES];
                bytes.asFloatBuffer().get(tensor.data);
                at += tensor.binary;
            }
            if (tensor.data == null) {
                throw refusal("'%s' has no data", tensor.name);
            }
            if (tensor.data.length != given.elements()) {
                throw refusal("'%s' has %d numbers; its shape %s has %d", tensor.name,
                        tensor.data.length, given, given.elements());
            }
            if (inputs.put(tensor.name, NdArray.of(given, tensor.data)) != null) {
                throw refusal("inputs has '%s' twice", tensor.name);
            }
        }
        if (at != body.length) {
            throw refusal("%d bytes of the body belong to no input", body.length - at);
        }
        for (String name : network.inputs().keySet()) {
            if (!inputs.containsKey(name)) {
                throw refusal("input '%s' is missing", name);
            }
        }
        if (inputs.values().stream().mapToInt(input -> input.dims().get(0)).distinct()
                .count() > 1) {
            throw refusal("inputs have different first dimensions; all are the number of pictures");
        }
        return inputs;
    }

    /** The shape, which differs from the model's in its first dimension alone. */
    private static Dims dims(Tensor tensor, Dims model) throws Refusal {
        int[] shape = tensor.shape;
        boolean fits = shape != null && shape.length == model.rank() && shape[0] >= 1;
        for (int i = 1; fits && i < shape.length; i++) {
            fits = shape[i] == model.get(i);
        }
        if (fits) {
            try {
                return Dims.of(shape);
            } catch (IllegalArgumentException e) {
                fits = false; // more numbers than an array can have
            }
        }
        String wanted = model.toString().replaceFirst("1", "N");
        throw refusal("shape of '%s' is %s; the model takes %s", tensor.name,
                Arrays.toString(shape), wanted);
    }

    private static Map<String, Boolean> outputs(List<Wanted> wanted, boolean binary,
            Network network) throws Refusal {
        Map<String, Boolean> outputs = new LinkedHashMap<>();
        for (Wanted each : wanted) {
            if (!network.outputs().contains(each.name())) {
                throw refusal("outputs names '%s'; the model's outputs are %s", each.name(),
                        String.join(", ", network.outputs()));
            }
            outputs.put(each.name(), each.binary() == null ? binary : each.binary());
        }
        if (wanted.isEmpty()) {
            for (String name : network.outputs()) {
                outputs.put(name, binary);
            }
        }
        return outputs;
    }

    private static Tensor tensor(JsonParser parser) throws IOException, Refusal {
        Tensor tensor = new Tensor();
        for (String field = next(parser); field != null; field = next(parser)) {
            switch (field) {
                case "name" -> tensor.name = text(parser, "name");
                case "datatype" -> tensor.datatype = text(parser, "datatype");
                case "shape" -> tensor.shape = shape(parser);
                case "data" -> tensor.data = numbers(parser);
                case "parameters" -> tensor.binary = parameter(parser, "binary_data_size");
                default -> parser.skipChildren();
            }
        }
        return tensor;
    }

    private static Wanted wanted(JsonParser parser) throws IOException, Refusal {
        String name = null;
        int binary = -1;
        for (String field = next(parser); field != null; field = next(parser)) {
            switch (field) {
                case "name" -> name = text(parser, "name");
                case "parameters" -> binary = parameter(parser, "binary_data");
                default -> parser.skipChildren();
            }
        }
        return new Wanted(name, binary < 0 ? null : binary == 1);
    }

    /** That parameter: a number, 1 for true, 0 for false, or -1 if it isn't there. */
    private static int parameter(JsonParser parser, String name) throws IOException, Refusal {
        expect(parser, parser.currentToken(), JsonToken.START_OBJECT, "parameters");
        int value = -1;
        for (String field = next(parser); field != null; field = next(parser)) {
            if (!field.equals(name)) {
                parser.skipChildren();
                continue;
            }
            value = switch (parser.currentToken()) {
                case VALUE_TRUE -> 1;
                case VALUE_FALSE -> 0;
                case VALUE_NUMBER_INT -> parser.getIntValue();
                default -> -1;
            };
            if (value < 0) {
                throw refusal("%s is %s; it must be true, false or a number from 0", name,
                        parser.getText());
            }
        }
        return value;
    }

    private static int[] shape(JsonParser parser) throws IOException, Refusal {
        expect(parser, parser.currentToken(), JsonToken.START_ARRAY, "shape");
        List<Integer> shape = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser, parser.currentToken(), JsonToken.VALUE_NUMBER_INT, "each of shape");
            shape.add(parser.getIntValue());
        }
        return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Row by row; brackets within say the shape once more and are passed over. */
    private static float[] numbers(JsonParser parser) throws IOException, Refusal {
        expect(parser, parser.currentToken(), JsonToken.START_ARRAY, "data");
        float[] numbers = new float[64];
        int count = 0;
        for (int depth = 1; depth > 0;) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
            } else if (token != null && token.isNumeric()) {
                if (count == numbers.length) {
                    numbers = Arrays.copyOf(numbers, 2 * count);
                }
                numbers[count++] = parser.getFloatValue();
            } else {
                throw refusal("data has %s; it must have numbers alone", parser.getText());
            }
        }
        return Arrays.copyOf(numbers, count);
    }

    private interface Reading {
        void run() throws IOException, Refusal;
    }

    private static void each(JsonParser parser, String name, Reading reading)
            throws IOException, Refusal {
        expect(parser, parser.currentToken(), JsonToken.START_ARRAY, name);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser, parser.currentToken(), JsonToken.START_OBJECT, "each of " + name);
            reading.run();
        }
    }

    /** The next field's name, its value's first token being read; null at the object's end. */
    private static String next(JsonParser parser) throws IOException {
        String name = parser.nextFieldName();
        if (name != null) {
            parser.nextToken();
        }
        return name;
    }

    private static String text(JsonParser parser, String what) throws IOException, Refusal {
        expect(parser, parser.currentToken(), JsonToken.VALUE_STRING, what);
        return parser.getText();
    }

    private static void expect(JsonParser parser, JsonToken token, JsonToken wanted, String what)
            throws IOException, Refusal {
        if (token != wanted) {
            throw refusal("%s must be %s", what, switch (wanted) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> "a string";
                default -> "a whole number";
            });
        }
    }

    private static Refusal refusal(String sentence, Object... about) {
        return new Refusal(400, sentence.formatted(about));
    }
}
