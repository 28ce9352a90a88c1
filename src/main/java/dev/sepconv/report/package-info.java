/**
 * Shows a {@link dev.sepconv.compare.Comparison}: JSON, pictures and one self-contained web page,
 * in a folder.
 */
package dev.sepconv.report;
