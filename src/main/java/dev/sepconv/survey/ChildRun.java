package dev.sepconv.survey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One child process, from its start to its end, as its parent sees it. */
final class ChildRun implements AutoCloseable {

    /** Of what it printed last, that the reason of its death may be among. */
    private static final int LINES_KEPT = 60;
    private static final int LONGEST_QUOTE = 200;
    private static final int SIGNALS = 128;
    private static final int INTERRUPT = 2;
    private static final Duration KILLING = Duration.ofSeconds(10);
    private static final Duration CTRL_C = Duration.ofSeconds(1);

    /** What comes of waiting. */
    sealed interface Event {
    }

    record Told(Message message) implements Event {
    }

    /**
     * The process is gone.
     *
     * @param sentence how it ended
     * @param outOfMemory whether it says itself that memory ran out
     */
    record Ended(String sentence, boolean outOfMemory) implements Event {
    }

    /** Nothing came in time. */
    record Silent() implements Event {
    }

    /** The survey is to stop. */
    record Interrupted() implements Event {
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Path file;
    private final Thread thread;

    ChildRun(Starter starter, Task task) throws IOException {
        file = Files.createTempFile("sepconv-task", ".json");
        task.write(file);
        thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                int code = starter.run(file, this::line);
                if (code == SIGNALS + INTERRUPT) {
                    // it goes to all processes at once; the parent's own should be first here
                    Thread.sleep(CTRL_C);
                }
                events.add(ended(code));
            } catch (IOException e) {
                events.add(
                        new Ended("no process could be started for it: " + e.getMessage(), false));
            } catch (InterruptedException e) {
                // by close(): nobody waits for an event any more
            }
        });
    }

    private void line(String line) {
        Optional<Message> message = Message.read(line);
        if (message.isPresent()) {
            events.add(new Told(message.get()));
        } else if (!line.isBlank()) {
            synchronized (lastLines) {
                lastLines.add(line.strip());
                if (lastLines.size() > LINES_KEPT) {
                    lastLines.remove();
                }
            }
        }
    }

    /** The next thing that happens, or {@link Silent} if that takes longer than {@code limit}. */
    Event next(Duration limit) {
        try {
            Event event = events.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
            return event == null ? new Silent() : event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Interrupted();
        }
    }

    /** Ends the waiting, from another thread. */
    void interrupt() {
        events.add(new Interrupted());
    }

    private Ended ended(int code) {
        List<String> lines;
        synchronized (lastLines) {
            lines = List.copyOf(lastLines);
        }
        String how = code > SIGNALS
                ? "its process was ended by " + signal(code - SIGNALS)
                : "its process ended with exit code " + code;
        boolean outOfMemory = lines.stream().anyMatch(line -> line.matches(
                ".*(OutOfMemoryError|insufficient memory|Cannot allocate memory|std::bad_alloc).*"));
        return new Ended(reason(lines).map(words -> how + ": " + words).orElse(how), outOfMemory);
    }

    private static String signal(int number) {
        return switch (number) {
            case 4 -> "signal 4 (illegal instruction)";
            case 6 -> "signal 6 (abort)";
            case 7 -> "signal 7 (bus error)";
            case 8 -> "signal 8 (arithmetic)";
            case 9 -> "signal 9 (killed from outside, as Linux does when memory runs out)";
            case 11 -> "signal 11 (a crash)";
            default -> "signal " + number;
        };
    }

    /** Java's own line about a crash, else what was said last. */
    private static Optional<String> reason(List<String> lines) {
        return lines.stream()
                .filter(line -> line.matches("#\\s+(SIG[A-Z]+|Internal Error|fatal error).*"))
                .findFirst()
                .or(() -> lines.reversed().stream()
                        .filter(line -> line.matches(".*\\w.*") && !line.startsWith("#"))
                        .findFirst())
                .map(line -> line.replaceFirst("^#\\s+", "").replaceFirst("^sepconv: ", ""))
                .map(line -> line.length() > LONGEST_QUOTE
                        ? line.substring(0, LONGEST_QUOTE) + "…"
                        : line)
                .map(line -> line.toLowerCase(Locale.ROOT).startsWith("exception in thread")
                        ? line.replaceFirst("(?i)^exception in thread \"[^\"]*\" ", "")
                        : line);
    }

    /**
     * Kills the process if it is still there, and waits for its end; not for one that a driver
     * keeps from ending.
     */
    @Override
    public void close() throws IOException {
        thread.interrupt();
        try {
            thread.join(KILLING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(file);
    }
}
