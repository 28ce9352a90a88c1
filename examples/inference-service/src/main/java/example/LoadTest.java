package example;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Sepconv;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Loads the service over loopback, from the same Java: as fast as it answers with some clients that
 * each wait for their answer, with half of that rate at random times, then with twice as many
 * clients as there is room for, of which some are refused; says latencies and memory. Every answer
 * is compared with the first: pictures in batches of other sizes may differ in the last bits.
 *
 * <pre>
 * LoadTest [load=REQUESTS] [clients=N] [the service's options]
 * </pre>
 */
public final class LoadTest {

    private final HttpClient client;
    private final HttpRequest request;
    private final float[] wanted;

    private LoadTest(int port, Settings settings, Network network) throws Exception {
        this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        String input = network.inputs().keySet().iterator().next();
        Dims dims = network.dims(input);
        byte[] head = """
                {"inputs":[{"name":"%s","shape":%s,"datatype":"FP32","parameters":{"binary_data_size":%d}}],"parameters":{"binary_data_output":true}}"""
                .formatted(input, Arrays.toString(dims.toArray()), 4 * dims.elements())
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(head.length + 4 * dims.elements())
                .order(ByteOrder.LITTLE_ENDIAN).put(head);
        Random random = new Random(1);
        for (int i = 0; i < dims.elements(); i++) {
            body.putFloat(random.nextFloat());
        }
        this.request = HttpRequest
                .newBuilder(URI.create(
                        "http://localhost:%d/v2/models/%s/infer".formatted(port, settings.name())))
                .header("Inference-Header-Content-Length", String.valueOf(head.length))
                .POST(BodyPublishers.ofByteArray(body.array())).build();
        HttpResponse<byte[]> first = client.send(request, BodyHandlers.ofByteArray());
        if (first.statusCode() != 200) {
            throw new IllegalStateException(
                    "the service says " + new String(first.body(), StandardCharsets.UTF_8));
        }
        this.wanted = numbers(first);
    }

    /** Nanoseconds until the answer, or -1 where the service was full. */
    private long send() {
        long start = System.nanoTime();
        try {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            if (answer.statusCode() == 429) {
                return -1;
            }
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("status " + answer.statusCode());
            }
            check(numbers(answer));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return System.nanoTime() - start;
    }

    private static float[] numbers(HttpResponse<byte[]> answer) {
        int json = Integer.parseInt(
                answer.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
        float[] numbers = new float[(answer.body().length - json) / Float.BYTES];
        ByteBuffer.wrap(answer.body(), json, answer.body().length - json)
                .order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
        return numbers;
    }

    private void check(float[] numbers) {
        float most = 0;
        float difference = 0;
        for (int i = 0; i < wanted.length; i++) {
            most = Math.max(most, Math.abs(wanted[i]));
            difference = Math.max(difference, Math.abs(numbers[i] - wanted[i]));
        }
        if (numbers.length != wanted.length || !(difference <= 1e-5f * most)) {
            throw new IllegalStateException("an answer is %g off the first".formatted(difference));
        }
    }

    /** Clients that each wait for their answer; returns requests a second. */
    private double closed(String name, int requests, int clients) throws Exception {
        long[] times = new long[requests];
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        run(clients, () -> {
            for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
                times[i] = send();
            }
        });
        return print(name, times, System.nanoTime() - start);
    }

    /** Requests at random times, whether the one before was answered or not. */
    private void open(String name, int requests, double rate) throws Exception {
        long[] times = new long[requests];
        Random random = new Random(2);
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            double at = 0;
            for (int i = 0; i < requests; i++) {
                at += -Math.log(1 - random.nextDouble()) / rate;
                long due = start + (long) (1e9 * at);
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                int index = i;
                running.add(threads.submit(() -> {
                    long late = System.nanoTime() - due; // counted: the client would wait it too
                    long took = send();
                    times[index] = took < 0 ? took : late + took;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        print(name, times, System.nanoTime() - start);
    }

    private static void run(int clients, Runnable work) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                running.add(threads.submit(work));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    private static double print(String name, long[] times, long nanos) {
        long[] sorted = Arrays.stream(times).filter(time -> time > 0).sorted().toArray();
        double rate = 1e9 * sorted.length / nanos;
        System.out.printf(
                "%-22s %7.1f a second; ms: median %.2f, 90 %% %.2f, 99 %% %.2f, 99.9 %% %.2f, most %.2f; %d of %d refused%n",
                name, rate, ms(sorted, 0.5), ms(sorted, 0.9), ms(sorted, 0.99), ms(sorted, 0.999),
                ms(sorted, 1), times.length - sorted.length, times.length);
        return rate;
    }

    private static double ms(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))] / 1e6;
    }

    private static void memory(String when) throws Exception {
        System.gc();
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        String resident = Files.exists(Path.of("/proc/self/status"))
                ? Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmRSS")).findFirst().orElseThrow()
                        .replaceAll("\\s+", " ")
                : "";
        System.out.printf("%s: heap %.1f MB after collecting, %s, %d threads%n", when, heap / 1e6,
                resident, ManagementFactory.getThreadMXBean().getThreadCount());
    }

    public static void main(String[] args) throws Exception {
        int load = option(args, "load", 100_000);
        int clients = option(args, "clients", 16);
        Settings settings = Settings.of(Arrays.stream(args)
                .filter(arg -> !arg.matches("(load|clients)=.*")).toArray(String[]::new));
        try (InferenceService service = new InferenceService(settings)) {
            System.out.println(service);
            Path model = Path.of(settings.model());
            LoadTest test = new LoadTest(service.port(), settings,
                    Files.exists(model)
                            ? Sepconv.load(model)
                            : Sepconv.untrained(settings.model()));
            test.closed("warm-up", Math.max(clients, load / 20), clients);
            memory("before");
            double rate = test.closed("full, %d clients".formatted(clients), load / 2, clients);
            test.open("half of that rate", load / 4, rate / 2);
            int many = 2 * settings.requests();
            test.closed("overload, %d clients".formatted(many), Math.max(many, load / 4), many);
            memory("after");
        }
    }

    private static int option(String[] args, String name, int otherwise) {
        return Arrays.stream(args).filter(arg -> arg.startsWith(name + "=")).findFirst()
                .map(arg -> Integer.parseInt(arg.substring(name.length() + 1))).orElse(otherwise);
    }
}
