package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CoresTest {

    /** Where Linux may run the thread that asks: "0-3,8". */
    private static IntStream allowed() throws IOException {
        String list = Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow()
                .split(":")[1].strip();
        return Arrays.stream(list.split(",")).flatMapToInt(range -> {
            String[] ends = range.split("-");
            return IntStream.rangeClosed(Integer.parseInt(ends[0]),
                    Integer.parseInt(ends[ends.length - 1]));
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aThreadAvoidsTheCoreOfWhoWakesIt() throws Exception {
        long cores = allowed().count();
        CompletableFuture<Optional<Cores>> given = new CompletableFuture<>();
        CompletableFuture<Void> avoided = new CompletableFuture<>();
        CompletableFuture<int[]> after = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                given.complete(Cores.ofThisThread());
                avoided.join();
                after.complete(allowed().toArray());
            } catch (IOException | RuntimeException e) {
                given.completeExceptionally(e);
                after.completeExceptionally(e);
            }
        });
        Optional<Cores> of = given.get();
        assertEquals(cores > 1, of.isPresent());
        Assumptions.assumeTrue(cores > 1, "one core");
        of.get().avoidCallers();
        of.get().avoidCallers();
        avoided.complete(null);
        assertEquals(cores - 1, after.get().length);
        assertEquals(cores, allowed().count());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whoMayRunOnOneCoreHasNoChoice() throws Exception {
        Assumptions.assumeTrue(allowed().count() == 2, "as many cores as leave one");
        CompletableFuture<Cores> first = new CompletableFuture<>();
        CompletableFuture<Void> avoided = new CompletableFuture<>();
        CompletableFuture<Optional<Cores>> second = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            first.complete(Cores.ofThisThread().orElseThrow());
            avoided.join();
            second.complete(Cores.ofThisThread());
        });
        first.get().avoidCallers();
        avoided.complete(null);
        assertFalse(second.get().isPresent());
    }
}
