/**
 * Many pictures through a network: a folder, a list. Decoding, preparing, running and writing go on
 * at once, in bounded memory; rows are in the order of the pictures.
 */
package dev.sepconv.bulk;
