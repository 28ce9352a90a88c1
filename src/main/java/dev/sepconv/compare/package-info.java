/**
 * The main job: one picture through every convolution of the article, on every device, timed and
 * judged against the float64 reference. It computes; {@link dev.sepconv.report} shows.
 */
package dev.sepconv.compare;
