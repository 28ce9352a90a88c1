package example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Sepconv;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A network behind HTTP, by the Open Inference Protocol, version 2
 * (https://github.com/kserve/open-inference-protocol), with its extension for binary tensors:
 * {@code POST /v2/models/NAME/infer}, metadata under {@code /v2} and {@code /v2/models/NAME},
 * health under {@code /v2/health/live} and {@code /v2/health/ready}, Prometheus' metrics under
 * {@code /metrics}.
 */
public final class InferenceService implements AutoCloseable {

    /** What a client that sends or reads slowly, or sends much, is held to. */
    private static final Map<String, String> LIMITS = Map.of("sun.net.httpserver.maxReqTime", "30",
            "sun.net.httpserver.maxRspTime", "60", "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", "16384", "jdk.httpserver.maxConnections",
            "4096");

    /** How long a stop waits for answers that are under way, in seconds. */
    private static final int GRACE = 30;

    private final Settings settings;
    private final Sepconv sepconv;
    private final Network network;
    private final Batcher batcher;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore room;
    private final Counter answers;
    private final Histogram seconds;
    private volatile boolean ready;
    private volatile boolean closed;

    /**
     * Reads the model, compiles it, and answers from then on.
     *
     * @throws IOException if the model can't be read or the port is taken
     */
    public InferenceService(Settings settings) throws IOException {
        // read once, by the first server of this Java
        LIMITS.forEach(InferenceService::unlessSet);
        // what is refused is read to its end and forgotten: a client that is still sending when
        // the connection closes may never see why
        unlessSet("sun.net.httpserver.drainAmount", String.valueOf(settings.body()));
        this.settings = settings;
        this.room = new Semaphore(settings.requests());
        Path file = Path.of(settings.model());
        this.network = Files.exists(file) || settings.model().endsWith(".onnx")
                ? Sepconv.load(file)
                : Sepconv.untrained(settings.model());
        PrometheusRegistry registry = new PrometheusRegistry();
        this.answers = Counter.builder().name("inference_requests_total")
                .help("Answers by their HTTP status.").labelNames("status").register(registry);
        this.seconds = Histogram.builder().name("inference_request_seconds")
                .help("From a request's head to its answer.").classicOnly()
                .classicUpperBounds(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5,
                        10)
                .register(registry);
        Histogram batches = Histogram.builder().name("inference_batch_pictures")
                .help("Pictures that went through the network at once.").classicOnly()
                .classicUpperBounds(1, 2, 4, 8, 16, 32, 64, 128).register(registry);
        GaugeWithCallback.builder().name("inference_requests_inside")
                .help("Requests that wait or run.")
                .callback(gauge -> gauge.call(settings.requests() - room.availablePermits()))
                .register(registry);
        this.sepconv = Sepconv.open();
        try {
            this.batcher = new Batcher(sepconv, network, settings, batches::observe);
        } catch (RuntimeException | Error e) {
            sepconv.close();
            throw e;
        }
        try {
            this.server = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()),
                    0);
        } catch (IOException e) {
            batcher.close();
            sepconv.close();
            throw e;
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.createContext("/metrics", new MetricsHandler(registry));
        server.start();
        ready = true;
    }

    private static void unlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** The one that was asked for, or the free one that was found. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        long start = System.nanoTime();
        boolean infers = false;
        int status;
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            infers = path.endsWith("/infer");
            try {
                status = infers ? infer(exchange, path) : tell(exchange, path);
            } catch (Refusal e) {
                status = refuse(exchange, e.status(), e.getMessage());
            } catch (RuntimeException e) {
                e.printStackTrace();
                status = refuse(exchange, 500, "the request failed: " + e.getMessage());
            }
        }
        if (infers) {
            answers.labelValues(String.valueOf(status)).inc();
            seconds.observe((System.nanoTime() - start) / 1e9);
        }
    }

    private int infer(HttpExchange exchange, String path) throws IOException, Refusal {
        if (!exchange.getRequestMethod().equals("POST")) {
            throw new Refusal(405, "%s takes POST alone".formatted(path));
        }
        if (!isModel(path.substring(0, path.length() - "/infer".length()))) {
            throw unknown(path);
        }
        // before the body is read: this bounds memory as well as waiting
        if (!room.tryAcquire()) {
            exchange.getResponseHeaders().set("Retry-After", "1");
            throw new Refusal(429, "%d requests are in the service already; try again later"
                    .formatted(settings.requests()));
        }
        try {
            byte[] body = body(exchange);
            String json = exchange.getRequestHeaders().getFirst("Inference-Header-Content-Length");
            InferRequest request = InferRequest.read(body,
                    json == null ? body.length : length("Inference-Header-Content-Length", json),
                    network);
            InferResponse response = InferResponse.of(settings.name(), request, run(request));
            boolean binary = response.json() < response.bytes().length;
            if (binary) {
                exchange.getResponseHeaders().set("Inference-Header-Content-Length",
                        String.valueOf(response.json()));
            }
            return send(exchange, 200, binary ? "application/octet-stream" : "application/json",
                    response.bytes());
        } finally {
            room.release();
        }
    }

    private byte[] body(HttpExchange exchange) throws IOException, Refusal {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        byte[] body = length != null && length("Content-Length", length) > settings.body()
                ? null
                : exchange.getRequestBody().readNBytes(settings.body() + 1);
        if (body == null || body.length > settings.body()) {
            throw new Refusal(413, "the body has more than %d bytes".formatted(settings.body()));
        }
        return body;
    }

    private static int length(String header, String value) throws Refusal {
        try {
            long length = Long.parseLong(value.strip());
            if (length >= 0) {
                return (int) Math.min(length, Integer.MAX_VALUE);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Refusal(400, "%s is '%s'; it must be a number from 0".formatted(header, value));
    }

    private Map<String, NdArray> run(InferRequest request) throws Refusal {
        try {
            CompletableFuture<Map<String, NdArray>> answer = batcher.submit(request.inputs(),
                    request.rows(), settings.limit());
            return answer.get(settings.limit().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            throw new Refusal(503, e.getMessage());
        } catch (TimeoutException e) {
            throw late();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw late();
            }
            e.getCause().printStackTrace();
            throw new Refusal(500, "the network failed: " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(503, "the service is stopping");
        }
    }

    private Refusal late() {
        return new Refusal(503, "no answer within %d ms".formatted(settings.limit().toMillis()));
    }

    private int tell(HttpExchange exchange, String path) throws IOException, Refusal {
        if (!exchange.getRequestMethod().equals("GET")) {
            throw new Refusal(405, "%s takes GET alone".formatted(path));
        }
        boolean model = path.endsWith("/ready")
                && isModel(path.substring(0, path.length() - "/ready".length()));
        if (path.equals("/v2/health/ready") || model) {
            return send(exchange, ready ? 200 : 503, "application/json",
                    InferResponse.object(json -> json.writeBooleanField("ready", ready)));
        }
        if (path.equals("/v2/health/live")) {
            return send(exchange, 200, "application/json",
                    InferResponse.object(json -> json.writeBooleanField("live", true)));
        }
        if (path.equals("/v2") || path.equals("/v2/")) {
            return send(exchange, 200, "application/json", InferResponse.object(json -> {
                json.writeStringField("name", "sepconv");
                json.writeStringField("version", "1");
                json.writeArrayFieldStart("extensions");
                json.writeString("binary_tensor_data");
                json.writeEndArray();
            }));
        }
        if (isModel(path)) {
            return send(exchange, 200, "application/json", metadata());
        }
        throw unknown(path);
    }

    private boolean isModel(String path) {
        String model = "/v2/models/" + settings.name();
        return path.equals(model) || path.equals(model + "/versions/1");
    }

    private Refusal unknown(String path) {
        return new Refusal(404,
                "there is no %s; the model is '%s', version 1".formatted(path, settings.name()));
    }

    private byte[] metadata() {
        return InferResponse.object(json -> {
            json.writeStringField("name", settings.name());
            json.writeArrayFieldStart("versions");
            json.writeString("1");
            json.writeEndArray();
            json.writeStringField("platform", "sepconv");
            for (boolean in : new boolean[]{true, false}) {
                json.writeArrayFieldStart(in ? "inputs" : "outputs");
                for (String name : in
                        ? List.copyOf(network.inputs().keySet())
                        : network.outputs()) {
                    Dims dims = network.dims(name);
                    json.writeStartObject();
                    json.writeStringField("name", name);
                    json.writeStringField("datatype", "FP32");
                    json.writeFieldName("shape");
                    json.writeArray(shape(dims), 0, dims.rank());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
        });
    }

    /** -1 is the number of pictures, which a request says. */
    private static int[] shape(Dims dims) {
        int[] shape = dims.toArray();
        shape[0] = -1;
        return shape;
    }

    private static int refuse(HttpExchange exchange, int status, String sentence)
            throws IOException {
        String text = sentence.length() > 500 ? sentence.substring(0, 500) + "…" : sentence;
        return send(exchange, status, "application/json",
                InferResponse.object(json -> json.writeStringField("error", text)));
    }

    private static int send(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        return status;
    }

    /** Says that it isn't ready, answers what is inside, and gives everything back. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        ready = false;
        server.stop(GRACE);
        threads.close();
        batcher.close();
        sepconv.close();
    }

    @Override
    public String toString() {
        return "%s on %s: POST http://%s:%d/v2/models/%s/infer".formatted(network.name(), sepconv,
                settings.host(), port(), settings.name());
    }

    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.println(Settings.USAGE);
            return;
        }
        try {
            InferenceService service = new InferenceService(Settings.of(args));
            Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop"));
            System.out.println(service);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
