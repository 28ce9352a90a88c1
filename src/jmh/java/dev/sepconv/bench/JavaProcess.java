package dev.sepconv.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Java of its own, started as this one was: for what is read or warmed up once a process. */
final class JavaProcess {

    private JavaProcess() {
    }

    /**
     * Runs a main class and waits for it.
     *
     * @param environment added to this process's
     * @return what it printed
     * @throws IOException if it ends with another exit code than 0; the message holds what it
     * printed
     */
    static String run(Class<?> main, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        return run(main, System.getProperty("java.class.path"), environment, args);
    }

    /** The same on other classes than this process's. */
    static String run(Class<?> main, String classPath, Map<String, String> environment,
            String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-classpath", classPath, main.getName()));
        command.addAll(List.of(args));
        return run(command, environment);
    }

    /** Runs any command and waits for it. */
    static String run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed;
        try (var in = process.getInputStream()) {
            printed = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("%s ended with exit code %d: %s".formatted(command.getLast(),
                    code, printed.strip()));
        }
        return printed;
    }
}
