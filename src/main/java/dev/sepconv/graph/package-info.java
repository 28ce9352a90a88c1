/** Passes that make a network smaller without changing its results, and the memory planner. */
package dev.sepconv.graph;
