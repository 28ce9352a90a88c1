package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** Does what its arguments say. */
    static final class Printer {
        public static void main(String[] args) throws Exception {
            ChildProcess.endWithParent();
            for (String argument : args) {
                switch (argument) {
                    case "hang" -> Thread.sleep(Duration.ofHours(1));
                    case "abort" -> new ProcessBuilder("kill", "-ABRT",
                            String.valueOf(ProcessHandle.current().pid())).start().waitFor();
                    // one that keeps this process's stdout and stderr open
                    case "start" -> new ProcessBuilder("sleep", "20").inheritIO().start();
                    case "parent" -> ChildProcess.run(Printer.class, List.of("pid", "hang"), LONG,
                            System.err::println);
                    case "pid" -> System.err.println(ProcessHandle.current().pid());
                    case "exit" -> System.exit(7);
                    default -> System.out.println(argument);
                }
            }
        }
    }

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    private ChildProcess.Result run(Duration limit, String... arguments)
            throws IOException, InterruptedException {
        return ChildProcess.run(Printer.class, List.of(arguments), limit, lines::add);
    }

    @Test
    void startsThisJavaAgain() throws IOException, InterruptedException {
        ChildProcess.Result version = ChildProcess.run(List.of("--version"), LONG, lines::add);
        assertEquals(Invocation.inProcess("--version").out(), version.out());
        assertEquals("", version.err());
        assertEquals(0, version.exitCode());
        // it has the Vector API, which Java gives only to those who ask for it
        ChildProcess.Result devices = ChildProcess.run(List.of("devices", "--json"), LONG,
                lines::add);
        assertTrue(devices.out().contains("\"engine\" : \"simd\""), devices.out());
    }

    @Test
    void saysWhatItPrintedAndHowItEnded() throws IOException, InterruptedException {
        assertEquals(new ChildProcess.Result(7, false, "a b\n\n'\"*\n", ""),
                run(LONG, "a b", "", "'\"*", "exit"));
        ChildProcess.Result said = run(LONG, "pid");
        assertEquals(0, said.exitCode());
        assertEquals(said.err(), lines.getFirst() + "\n");
    }

    @Test
    void survivesACrash() throws IOException, InterruptedException {
        ChildProcess.Result crashed = run(LONG, "before", "abort", "hang");
        assertEquals(134, crashed.exitCode());
        assertEquals("before\n", crashed.out());
    }

    @Test
    void killsWhatHangsAndWhatItStarted() throws IOException, InterruptedException {
        long start = System.nanoTime();
        ChildProcess.Result hung = run(Duration.ofSeconds(3), "before", "start", "hang");
        assertEquals(new ChildProcess.Result(137, true, "before\n", ""), hung);
        assertTrue(System.nanoTime() - start < 20e9);
    }

    @Test
    void goesOnWhenAProgramOutlivesTheChild() throws IOException, InterruptedException {
        ChildProcess.Result ended = run(LONG, "before", "start", "exit");
        assertEquals(new ChildProcess.Result(7, false, "before\n", ""), ended);
    }

    @Test
    void endsWithItsParent() throws IOException, InterruptedException {
        assertTrue(run(Duration.ofSeconds(5), "parent").timedOut());
        // that killed both; now the parent alone
        lines.clear();
        Thread parent = Thread.ofPlatform().start(() -> {
            try {
                run(LONG, "pid", "parent");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        for (int i = 0; i < 300 && lines.size() < 2; i++) {
            Thread.sleep(100);
        }
        ProcessHandle child = ProcessHandle.of(Long.parseLong(lines.get(1))).orElseThrow();
        ProcessHandle.of(Long.parseLong(lines.get(0))).orElseThrow().destroyForcibly();
        parent.join();
        for (int i = 0; i < 100 && child.isAlive(); i++) {
            Thread.sleep(100);
        }
        assertFalse(child.isAlive());
    }

    @Test
    void killsTheChildWhenInterrupted() throws InterruptedException {
        boolean[] interrupted = {false};
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                run(LONG, "pid", "hang");
            } catch (InterruptedException e) {
                interrupted[0] = true;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        for (int i = 0; i < 300 && lines.isEmpty(); i++) {
            Thread.sleep(100);
        }
        ProcessHandle child = ProcessHandle.of(Long.parseLong(lines.getFirst())).orElseThrow();
        waiting.interrupt();
        waiting.join();
        assertTrue(interrupted[0]);
        child.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
