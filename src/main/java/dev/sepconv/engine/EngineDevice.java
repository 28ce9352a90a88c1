package dev.sepconv.engine;

import dev.sepconv.Device;
import dev.sepconv.Engine;

/** A device and the engine that has it. */
public record EngineDevice(Engine engine, Device device) {
}
