/**
 * What convolutions cost: parameters, multiply-adds, bytes, arithmetic intensity; and the article's
 * formulas beside the exact ones.
 */
package dev.sepconv.cost;
