package dev.sepconv;

import java.util.Objects;

/**
 * A place where an {@link Engine} can run.
 *
 * @param engine the engine's name: {@code tornado}, {@code simd}, {@code plain} or {@code java}
 * @param id short and unique among the devices of all engines, for example {@code simd} or
 * {@code opencl:0:0}
 * @param name what the driver calls it
 * @param backend how the engine reaches it: {@code vector-api}, {@code jvm}, {@code opencl},
 * {@code ptx}, {@code cuda} or {@code spirv}
 * @param kind {@code cpu}, {@code gpu} or {@code accelerator}
 * @param memoryBytes how much memory it has for tensors, in bytes
 */
public record Device(String engine, String id, String name, String backend, String kind,
        long memoryBytes) {

    public Device {
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(kind, "kind");
    }

    @Override
    public String toString() {
        return id.equals(name) ? id : id + " (" + name + ")";
    }
}
