/**
 * ONNX Runtime as an independent judge and as the peer in benchmarks: models written by hand,
 * sessions that run them.
 */
package dev.sepconv.onnx;
