package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Sepconv;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service over loopback, beside what the library gives for each picture alone. */
class ServiceTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Random RANDOM = new Random(11);

    private static InferenceService service;
    private static Sepconv sepconv;
    private static NetworkPlan plan;
    private static String input;
    private static Dims dims;

    @BeforeAll
    static void start() throws IOException {
        service = new InferenceService(Settings.of("port=0", "batch=4", "lanes=2", "body=4000000"));
        sepconv = Sepconv.open();
        Network network = Sepconv.load(Path.of("model/stripes.onnx"));
        plan = sepconv.compile(network);
        input = network.inputs().keySet().iterator().next();
        dims = network.dims(input);
    }

    @AfterAll
    static void stop() {
        service.close();
        plan.close();
        sepconv.close();
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(request(service.port(), path).build(), BodyHandlers.ofString());
    }

    private static HttpRequest infer(int port, String body) {
        return request(port, "/v2/models/stripes/infer").POST(BodyPublishers.ofString(body))
                .build();
    }

    private static void refused(int status, String sentence, String body) throws Exception {
        HttpResponse<String> response = CLIENT.send(infer(service.port(), body),
                BodyHandlers.ofString());
        assertEquals(status, response.statusCode(), response.body());
        String error = JSON.readTree(response.body()).get("error").asText();
        assertTrue(error.contains(sentence), error);
    }

    private static float[] noise(int pictures) {
        float[] noise = new float[pictures * dims.elements()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = RANDOM.nextFloat();
        }
        return noise;
    }

    private static String body(int pictures, float[] data) {
        int[] shape = dims.toArray();
        shape[0] = pictures;
        return "{\"id\":\"a\",\"inputs\":[{\"name\":\"%s\",\"shape\":%s,\"datatype\":\"FP32\",\"data\":%s}]}"
                .formatted(input, Arrays.toString(shape), Arrays.toString(data));
    }

    /** What each picture gives alone, one after the other. */
    private static float[] expected(int pictures, float[] data) {
        List<NdArray> rows = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            rows.add(plan.run(NdArray.of(dims, Arrays.copyOfRange(data, i * dims.elements(),
                    (i + 1) * dims.elements()))));
        }
        return NdArray.concat(rows).data();
    }

    private static float[] data(JsonNode output) {
        float[] data = new float[output.get("data").size()];
        for (int i = 0; i < data.length; i++) {
            data[i] = output.get("data").get(i).floatValue();
        }
        return data;
    }

    @Test
    void answersAreThoseOfTheLibrary() throws Exception {
        for (int pictures : new int[]{1, 2, 3, 7, 13}) {
            float[] data = noise(pictures);
            HttpResponse<String> response = CLIENT.send(
                    infer(service.port(), body(pictures, data)), BodyHandlers.ofString());
            assertEquals(200, response.statusCode(), response.body());
            JsonNode answer = JSON.readTree(response.body());
            assertEquals("stripes", answer.get("model_name").asText());
            assertEquals("a", answer.get("id").asText());
            JsonNode output = answer.get("outputs").get(0);
            assertEquals(pictures, output.get("shape").get(0).asInt());
            assertArrayEquals(expected(pictures, data), data(output), 1e-6f);
        }
    }

    @Test
    void tensorsMayBeBinary() throws Exception {
        float[] data = noise(2);
        int[] shape = dims.toArray();
        shape[0] = 2;
        byte[] head = "{\"inputs\":[{\"name\":\"%s\",\"shape\":%s,\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":%d}}],\"parameters\":{\"binary_data_output\":true}}"
                .formatted(input, Arrays.toString(shape), 4 * data.length)
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(head.length + 4 * data.length)
                .order(ByteOrder.LITTLE_ENDIAN).put(head);
        body.asFloatBuffer().put(data);
        HttpResponse<byte[]> response = CLIENT.send(
                request(service.port(), "/v2/models/stripes/versions/1/infer")
                        .header("Inference-Header-Content-Length", String.valueOf(head.length))
                        .POST(BodyPublishers.ofByteArray(body.array())).build(),
                BodyHandlers.ofByteArray());
        assertEquals(200, response.statusCode());
        int json = Integer.parseInt(response.headers()
                .firstValue("Inference-Header-Content-Length").orElseThrow());
        JsonNode output = JSON.readTree(Arrays.copyOf(response.body(), json)).get("outputs").get(0);
        float[] answer = new float[output.get("parameters").get("binary_data_size").asInt() / 4];
        ByteBuffer.wrap(response.body(), json, 4 * answer.length).order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer().get(answer);
        assertArrayEquals(expected(2, data), answer, 1e-6f);
    }

    @Test
    void requestsOfManyClientsAreNotMixedUp() throws Exception {
        List<float[]> inputs = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int pictures = 1 + i % 3;
            inputs.add(noise(pictures));
            answers.add(CLIENT.sendAsync(infer(service.port(), body(pictures, inputs.get(i))),
                    BodyHandlers.ofString()));
        }
        for (int i = 0; i < 60; i++) {
            HttpResponse<String> response = answers.get(i).get(1, TimeUnit.MINUTES);
            assertEquals(200, response.statusCode(), response.body());
            assertArrayEquals(expected(1 + i % 3, inputs.get(i)),
                    data(JSON.readTree(response.body()).get("outputs").get(0)), 1e-6f);
        }
    }

    @Test
    void healthMetadataAndMetrics() throws Exception {
        assertEquals(200, get("/v2/health/live").statusCode());
        assertEquals(200, get("/v2/health/ready").statusCode());
        assertEquals(200, get("/v2/models/stripes/ready").statusCode());
        assertEquals(404, get("/v2/models/none/ready").statusCode());
        assertEquals(404, get("/").statusCode());
        assertEquals(405, get("/v2/models/stripes/infer").statusCode());
        assertEquals("binary_tensor_data",
                JSON.readTree(get("/v2").body()).get("extensions").get(0).asText());
        JsonNode model = JSON.readTree(get("/v2/models/stripes").body());
        assertEquals(input, model.get("inputs").get(0).get("name").asText());
        assertEquals(-1, model.get("inputs").get(0).get("shape").get(0).asInt());
        CLIENT.send(infer(service.port(), body(1, noise(1))), BodyHandlers.ofString());
        String metrics = get("/metrics").body();
        assertTrue(metrics.contains("inference_requests_total{status=\"200\"}"), metrics);
        assertTrue(metrics.contains("inference_batch_pictures_bucket{le=\"4.0\"}"), metrics);
        assertTrue(metrics.contains("inference_requests_inside 0"), metrics);
    }

    @Test
    void whatCanNotBeIsRefusedWithASentence() throws Exception {
        String good = body(1, noise(1));
        refused(400, "the body is no JSON", "{");
        refused(400, "the body is no JSON", good.substring(0, good.length() - 3));
        refused(400, "the request must be an object", "[]");
        refused(400, "the request goes on", good + "1");
        refused(400, "input '" + input + "' is missing", "{\"inputs\":[]}");
        refused(400, "datatype of '%s' is INT8".formatted(input), good.replace("FP32", "INT8"));
        refused(400, "inputs names 'other'", good.replace("\"" + input + "\"", "\"other\""));
        refused(400, "the model takes [N, ", good.replace("\"shape\":[1", "\"shape\":[0"));
        refused(400, "the model takes [N, ", good.replace("\"shape\":[1", "\"shape\":[1, 1"));
        refused(400, "numbers; its shape", good.replace("\"shape\":[1", "\"shape\":[2"));
        refused(400, "data has", good.replace("\"data\":[", "\"data\":[null,"));
        refused(400, "each of shape must be a whole number",
                good.replace("\"shape\":[1", "\"shape\":[1.5"));
        refused(400, "the body is no JSON", good.replace("\"shape\":[1", "\"shape\":[99999999999"));
        refused(400, "outputs names 'none'",
                good.replace("{\"id\"", "{\"outputs\":[{\"name\":\"none\"}],\"id\""));
        refused(400, "bytes are left of the body", "{\"inputs\":[{\"name\":\"%s\",\"shape\":%s,\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":2000000000}}]}"
                .formatted(input, Arrays.toString(dims.toArray())));
        refused(400, "the body is no JSON", "{\"a\":" + "[".repeat(100_000));
        refused(413, "more than 4000000 bytes", " ".repeat(4_000_001));
    }

    /** A client that stops in the middle of its request holds no lane; others are answered. */
    @Test
    void aClientThatGoesAwayHarmsNobody() throws Exception {
        try (Socket socket = new Socket("localhost", service.port())) {
            socket.getOutputStream().write(
                    "POST /v2/models/stripes/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));
            answersAreThoseOfTheLibrary();
        }
        answersAreThoseOfTheLibrary();
    }

    @Test
    void aFullServiceSaysSo() throws Exception {
        try (InferenceService small = new InferenceService(
                Settings.of("port=0", "batch=1", "requests=1"))) {
            try (Socket socket = new Socket("localhost", small.port())) {
                // inside until its body comes
                socket.getOutputStream().write(
                        "POST /v2/models/stripes/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n{"
                                .getBytes(StandardCharsets.US_ASCII));
                HttpResponse<String> response;
                do { // until the first one is inside
                    response = CLIENT.send(infer(small.port(), body(1, noise(1))),
                            BodyHandlers.ofString());
                } while (response.statusCode() == 200);
                assertEquals(429, response.statusCode());
                assertEquals("1", response.headers().firstValue("Retry-After").orElseThrow());
                socket.setSoLinger(true, 0);
            }
        }
    }

    @Test
    void aStopAnswersWhatIsInside() throws Exception {
        InferenceService stopping = new InferenceService(
                Settings.of("port=0", "delay=500", "batch=8"));
        int port = stopping.port();
        float[] data = noise(1);
        CompletableFuture<HttpResponse<String>> answer = CLIENT
                .sendAsync(infer(port, body(1, data)), BodyHandlers.ofString());
        while (!CLIENT.send(request(port, "/metrics").build(), BodyHandlers.ofString()).body()
                .contains("inference_requests_inside 1") && !answer.isDone()) {
            Thread.onSpinWait();
        }
        stopping.close();
        HttpResponse<String> response = answer.get(1, TimeUnit.MINUTES);
        assertEquals(200, response.statusCode());
        assertArrayEquals(expected(1, data),
                data(JSON.readTree(response.body()).get("outputs").get(0)), 1e-6f);
        assertThrows(ConnectException.class, () -> HttpClient.newHttpClient()
                .send(infer(port, body(1, data)), BodyHandlers.ofString()));
    }

    /** Its answers are compared with each other there. */
    @Test
    void theLoadTestRuns() throws Exception {
        LoadTest.main(new String[]{"port=0", "load=200", "clients=4"});
    }

    @Test
    void settingsAreChecked() {
        for (String wrong : new String[]{"port=x", "port=70000", "batch=0", "nothing", "name=a/b",
                "body=1"}) {
            assertThrows(IllegalArgumentException.class, () -> Settings.of(wrong), wrong);
        }
        assertEquals("net", Settings.of("model=some/net.onnx").name());
    }
}
