/** Networks: passes that make one smaller without changing its results, the memory planner, and builders of known networks. */
package dev.sepconv.net;
