/** The float64 answer that every engine is judged by. */
package dev.sepconv.reference;
