/** Measuring: times over and over, their medians, and how far a result may be off. */
package dev.sepconv.measure;
