package dev.sepconv.report;

import dev.sepconv.io.Images.Picture;
import java.time.Instant;

/**
 * What a report is about, beyond the comparison's own numbers.
 *
 * @param image the picture's name as it was given
 * @param picture as it was read
 * @param maxSide the longest side that was allowed, in pixels
 * @param command the command line that makes this report again
 * @param date when it was made
 */
public record Provenance(String image, Picture picture, int maxSide, String command, Instant date,
        Environment environment) {
}
