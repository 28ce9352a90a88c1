package dev.sepconv.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    Path folder;

    /** A process in the middle of a file: it says {@code w} when it has begun. */
    private Process stuck() throws IOException {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Stuck.class.getName(),
                folder.resolve("y.npy").toString()).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void whatKilledProcessesLeftGoesWithTheNextFile() throws Exception {
        Process killed = stuck();
        try {
            assertEquals('w', killed.getInputStream().read());
        } finally {
            killed.destroyForcibly().waitFor();
        }
        Path left = only(".part");
        write("other.npy");
        assertTrue(Files.exists(left), "one that was written to a moment ago may have a writer");

        age(left);
        write("other.npy");
        assertFalse(Files.exists(left));
        assertEquals(List.of("other.npy"), names());
    }

    /** A process that is stopped, or takes its time, keeps its file. */
    @Test
    void whatIsBeingWrittenStaysHoweverOldItIs() throws Exception {
        Process writes = stuck();
        try {
            assertEquals('w', writes.getInputStream().read());
            Path others = only(".part");
            age(others);
            write("z.npy");
            assertTrue(Files.exists(others));
        } finally {
            writes.destroyForcibly().waitFor();
        }
    }

    @Test
    void anotherThreadsFileStaysToo() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            try {
                AtomicFile.write(folder.resolve("slow"), out -> {
                    open.countDown();
                    try {
                        assertTrue(done.await(1, TimeUnit.MINUTES));
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    out.write(7);
                });
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        other.start();
        assertTrue(open.await(1, TimeUnit.MINUTES));
        age(only(".part"));
        write("fast");
        done.countDown();
        other.join();
        assertEquals(List.of("fast", "slow"), names());
    }

    @Test
    void filesOfOthersThatLookAlikeStay() throws IOException {
        List<String> others = List.of(".y.npy.part", ".y.npy.0000000g.part", "y.npy.00000000.part",
                ".video.mp4.12345.part");
        for (String name : others) {
            age(Files.createFile(folder.resolve(name)));
        }
        age(Files.createDirectory(folder.resolve(".folder.00000000.part")));
        Path target = Files.createFile(folder.resolve("target"));
        age(Files.createSymbolicLink(folder.resolve(".link.00000000.part"), target));
        write("new");
        assertEquals(others.size() + 4, names().size(), names().toString());
    }

    private void write(String name) throws IOException {
        AtomicFile.write(folder.resolve(name),
                out -> out.write(name.getBytes(StandardCharsets.UTF_8)));
    }

    private Path only(String ending) throws IOException {
        List<String> found = names().stream().filter(name -> name.endsWith(ending)).toList();
        assertEquals(1, found.size(), found.toString());
        return folder.resolve(found.getFirst());
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));
    }

    /** A process that writes a file and never ends. */
    static final class Stuck {

        private Stuck() {
        }

        public static void main(String[] args) throws IOException {
            AtomicFile.write(Path.of(args[0]), out -> {
                out.write(new byte[1 << 20]);
                System.out.print('w');
                System.out.flush();
                System.in.read();
            });
        }
    }
}
