/** What {@code sepconv tune} measured, and the file that remembers it. */
package dev.sepconv.engine.tuning;
