/**
 * Where layers run: {@code tornado} on any device TornadoVM sees, {@code simd} on the CPU's vector
 * units, {@code plain} in loops that need neither, {@code java} for the kernels' plain meaning; and
 * the choice among them.
 */
package dev.sepconv.engine;
