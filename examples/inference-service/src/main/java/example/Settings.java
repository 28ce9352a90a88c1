package example;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the service is started with.
 *
 * @param model an ONNX file, or a network that sepconv has by name, with random weights
 * @param name in the service's addresses
 * @param host the address that it listens on
 * @param port 0 for any free one
 * @param batch the most pictures that go through the network at once
 * @param lanes batches that run side by side, each on its share of the cores
 * @param requests the most that are in the service at once; those beyond get 429
 * @param delay how long a batch that isn't full waits for more requests
 * @param limit the longest that a request may take, else 503
 * @param body the most bytes of a request's body, else 413
 */
record Settings(String model, String name, String host, int port, int batch, int lanes,
        int requests, Duration delay, Duration limit, int body) {

    static final String USAGE = """
            Usage: inference-service [OPTION=VALUE]...
              model=FILE.onnx  or mobilenet-v1, mobilenet-v2, xception, alexnet (random weights);
                               default model/stripes.onnx
              name=NAME        in /v2/models/NAME/infer; default the file's name
              host=ADDRESS     default localhost; 0.0.0.0 is every one of this computer
              port=N           default 8080; 0 is any free one
              batch=N          the most pictures at once; default 8
              lanes=N          batches that run side by side; default 1
              requests=N       the most in the service at once, 429 beyond; default 64
              delay=MS         how long a batch that isn't full waits for more; default 0
              limit=MS         the longest that a request may take, else 503; default 10000
              body=BYTES       of a request at most, else 413; default 16777216""";

    private static final List<String> NAMES = List.of("model", "name", "host", "port", "batch",
            "lanes", "requests", "delay", "limit", "body");

    /** @throws IllegalArgumentException with a sentence on what can't be */
    static Settings of(String... args) {
        Map<String, String> given = new HashMap<>();
        for (String arg : args) {
            int split = arg.indexOf('=');
            String name = split < 0 ? arg : arg.substring(0, split);
            if (split < 0 || !NAMES.contains(name)) {
                throw new IllegalArgumentException(
                        "'%s' is no option; they are %s, each as NAME=VALUE".formatted(arg,
                                String.join(", ", NAMES)));
            }
            given.put(name, arg.substring(split + 1));
        }
        String model = given.getOrDefault("model", "model/stripes.onnx");
        String file = String.valueOf(Path.of(model).getFileName());
        String name = given.getOrDefault("name", file.replaceFirst("\\.onnx$", ""));
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException(
                    "name is '%s'; it must be of letters, digits, '.', '_' and '-'"
                            .formatted(name));
        }
        return new Settings(model, name, given.getOrDefault("host", "localhost"),
                number(given, "port", 8080, 0, 65535), number(given, "batch", 8, 1, 1024),
                number(given, "lanes", 1, 1, 256), number(given, "requests", 64, 1, 100_000),
                Duration.ofMillis(number(given, "delay", 0, 0, 60_000)),
                Duration.ofMillis(number(given, "limit", 10_000, 1, 3_600_000)),
                number(given, "body", 1 << 24, 64, 1 << 30));
    }

    private static int number(Map<String, String> given, String name, int otherwise, int least,
            int most) {
        String value = given.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("%s is '%s'; it must be a number from %d to %d"
                .formatted(name, value, least, most));
    }
}
