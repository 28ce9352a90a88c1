package dev.sepconv.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * This Java once more, with other arguments for {@link Main}: for what may crash or hang, or is
 * read once a process. It has this process's options, module path, class path, environment and
 * folder, and ends when this process ends, however that happens.
 */
final class ChildProcess {

    /**
     * Set in a child's environment: its standard input is a pipe that closes when the parent is
     * gone.
     */
    private static final String VARIABLE = "SEPCONV_CHILD";
    /** What a child must not have of this process's options: it has another stderr. */
    private static final String NOT_FOR_CHILDREN = "-D" + StandardError.PROPERTY + "=";
    /**
     * The options in these are among those that the running Java names, and Java would say on
     * stderr that it has read them.
     */
    private static final List<String> OPTION_VARIABLES = List.of("JDK_JAVA_OPTIONS",
            "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");
    /** Java says this at every start, and has no switch for it. */
    private static final String INCUBATOR = "WARNING: Using incubator modules: jdk.incubator.vector";
    /** Java says this to all but root where the launcher gives its compilers a lower priority. */
    private static final String PRIORITY = " warning: -XX:ThreadPriorityPolicy=1 may require ";
    /** Where Java leaves a report when it crashes: not in the user's folder. */
    static final String CRASH_REPORT = "-XX:ErrorFile="
            + Path.of(System.getProperty("java.io.tmpdir"), "sepconv-crash-%p.log");
    private static final int KILLED = 137;
    /**
     * For what is left in the pipes; a program that the child started and that outlived it may keep
     * them open for ever.
     */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private ChildProcess() {
    }

    /**
     * How a child ended.
     *
     * @param exitCode as shells have it: 128 and the signal's number for one that a signal ended,
     * so 134 or 139 for a crash
     * @param timedOut whether it was killed because its time was up
     * @param out what it wrote on stdout
     * @param err what it wrote on stderr, without Java's lines about its own options
     */
    record Result(int exitCode, boolean timedOut, String out, String err) {
    }

    /**
     * Runs {@code sepconv} with these arguments and waits for it.
     *
     * @param limit after which it is killed, with what it has started
     * @param onErr is given each line of stderr as it comes, on another thread
     * @throws IOException if no process can be started
     * @throws InterruptedException if this thread is interrupted; the child is killed then
     */
    static Result run(List<String> arguments, Duration limit, Consumer<String> onErr)
            throws IOException, InterruptedException {
        return run(Main.class, arguments, limit, onErr);
    }

    /**
     * {@link #run(List, Duration, Consumer)} with another main class, which is to call
     * {@link #endWithParent}.
     */
    static Result run(Class<?> main, List<String> arguments, Duration limit, Consumer<String> onErr)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(main, arguments));
        builder.environment().keySet().removeAll(OPTION_VARIABLES);
        return run(builder, limit, onErr);
    }

    /** Runs any command that ends up in a {@link Main}, such as the launcher. */
    static Result run(ProcessBuilder builder, Duration limit, Consumer<String> onErr)
            throws IOException, InterruptedException {
        builder.environment().put(VARIABLE, "true");
        // its standard input stays open as long as this process lives
        Process process = builder.start();
        Lines out = new Lines(process.getInputStream(), line -> {
        });
        Lines err = new Lines(process.getErrorStream(), onErr);
        boolean inTime = false;
        try {
            inTime = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!inTime) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        int exitCode = inTime ? process.exitValue() : KILLED;
        Result result = new Result(exitCode, !inTime, out.read(), err.read());
        process.getOutputStream().close();
        return result;
    }

    /** The command line that starts this Java again; argument files are expanded in it. */
    private static List<String> command(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith(NOT_FOR_CHILDREN)).forEach(command::add);
        command.add(CRASH_REPORT);
        command.addAll(
                List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** In a child, ends this process as soon as the parent is gone; elsewhere does nothing. */
    static void endWithParent() {
        if (System.getenv(VARIABLE) == null) {
            return;
        }
        Thread.ofPlatform().daemon().name("ends with the parent").start(() -> {
            try {
                System.in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // the same as its end
            }
            Runtime.getRuntime().halt(KILLED);
        });
    }

    /** Reads a pipe to its end on a thread of its own. */
    private static final class Lines {

        private final StringBuilder text = new StringBuilder();
        private final Thread reader;

        Lines(InputStream in, Consumer<String> onLine) {
            // no virtual thread: while one waits for a pipe it keeps a carrier, of which there are
            // as many as cores
            reader = Thread.ofPlatform().daemon().start(() -> {
                try (BufferedReader lines = new BufferedReader(
                        new InputStreamReader(in, StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        if (!line.equals(INCUBATOR) && !line.contains(PRIORITY)) {
                            add(line);
                            onLine.accept(line);
                        }
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        private synchronized void add(String line) {
            text.append(line).append('\n');
        }

        String read() throws InterruptedException {
            reader.join(DRAIN);
            synchronized (this) {
                return text.toString();
            }
        }
    }
}
