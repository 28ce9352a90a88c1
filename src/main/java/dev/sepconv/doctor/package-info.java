/**
 * What sepconv needs of a machine, and what is wrong with it: the checks behind
 * {@code sepconv doctor}.
 */
package dev.sepconv.doctor;
