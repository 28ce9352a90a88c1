/**
 * The same convolutions on every device, measured and checked, so that people can choose one:
 * {@code sepconv compare-devices}.
 */
package dev.sepconv.survey;
