/**
 * Attacks on everything that reads files of others: {@code scripts/fuzz} looks for inputs that
 * break it, {@code CorpusTest} repeats what was found.
 */
package dev.sepconv.fuzz;
