package dev.sepconv.engine;

import dev.sepconv.Device;
import dev.sepconv.EngineException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/** A thread for each of several devices that work on one thing. */
final class DeviceThreads implements AutoCloseable {

    private final ExecutorService threads;

    DeviceThreads(int devices) {
        threads = Executors.newFixedThreadPool(devices,
                Thread.ofPlatform().daemon().name("device-split-", 0).factory());
    }

    /**
     * Does it for every part on a thread of its own; all have ended when this returns or throws.
     */
    <P, T> List<T> atOnce(List<P> parts, Function<P, T> task) {
        List<CompletableFuture<T>> runs = parts.stream()
                .map(part -> CompletableFuture.supplyAsync(() -> task.apply(part), threads))
                .toList();
        try {
            CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).join();
            return runs.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw (Error) e.getCause();
        }
    }

    /** What a device does of its part; if it fails, the sentence says which device that was. */
    static <T> T run(Device device, Supplier<T> part) {
        try {
            return part.get();
        } catch (IllegalStateException e) {
            throw e; // the engine or a plan of it is closed
        } catch (RuntimeException e) {
            throw new EngineException(
                    "device %s failed while several devices shared the work: %s; leave that device out"
                            .formatted(device.id(),
                                    e.getMessage() == null ? e.toString() : e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
