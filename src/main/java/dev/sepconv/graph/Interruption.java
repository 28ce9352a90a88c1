package dev.sepconv.graph;

import dev.sepconv.EngineException;

/** Lets a thread that compiles a large network be stopped by an interrupt. */
public final class Interruption {

    private Interruption() {
    }

    /**
     * Goes on, unless somebody wants this thread to stop.
     *
     * @throws EngineException if the thread is interrupted, which it stays
     */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new EngineException("compiling was interrupted");
        }
    }
}
