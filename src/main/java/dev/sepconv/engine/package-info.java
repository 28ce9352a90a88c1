/**
 * Where layers run: {@code tornado} on any device TornadoVM sees, {@code simd} on the CPU's vector units, {@code java} for the
 * kernels' plain meaning; and the choice among them.
 */
package dev.sepconv.engine;
