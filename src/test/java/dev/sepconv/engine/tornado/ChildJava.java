package dev.sepconv.engine.tornado;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a main class of the tests in a Java of its own: TornadoVM reads its surroundings once a
 * process.
 */
final class ChildJava {

    private final Class<?> main;
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    private ChildJava(Class<?> main) {
        this.main = main;
    }

    record Result(int exit, String out, String err) {
    }

    static ChildJava of(Class<?> main) {
        return new ChildJava(main);
    }

    /**
     * With what the tests themselves were started with: TornadoVM's API, or the whole SDK where
     * there is one.
     */
    ChildJava withTornado() {
        return with(System.getProperty("sepconv.tornado.launch").split(" "));
    }

    ChildJava with(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    ChildJava environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("sepconv-child", ".out");
        Path err = Files.createTempFile("sepconv-child", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException("%s took more than two minutes".formatted(main.getName()));
            }
            return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
