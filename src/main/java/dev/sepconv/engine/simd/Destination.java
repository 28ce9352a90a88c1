package dev.sepconv.engine.simd;

import dev.sepconv.Shape;

/** Where a step's result goes: pixels of an NHWC picture, or the planes of an NCHW one. */
sealed interface Destination permits Grid, Destination.Planes {

    /** An NCHW picture: each channel's plane has its pixels side by side, row after row. */
    record Planes(Shape shape) implements Destination {

        /** From one channel to the next, in floats. */
        int plane() {
            return shape.h() * shape.w();
        }

        /** Index of a pixel in the plane of channel 0. */
        int at(int n, int h, int w) {
            return (n * shape.c() * shape.h() + h) * shape.w() + w;
        }
    }
}
