package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Shape;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Copies an NHWC picture to where it has a border, and its groups apart if need be; a task is one
 * row of one image.
 */
final class CopyStep implements Step {

    private final Shape shape;
    private final int groups;
    private final Grid in;
    private final Grid out;
    private final int groupChannels;
    private final VectorMask<Float> tail;

    /**
     * @param shape of the picture that is read
     * @param groups how many parts of its channels go apart
     * @param out where the pixels go: {@link Grid#grouped}
     */
    CopyStep(Shape shape, int groups, Grid in, Grid out) {
        this.shape = shape;
        this.groups = groups;
        this.in = in;
        this.out = out;
        groupChannels = shape.c() / groups;
        tail = SPECIES.indexInRange(groupChannels - groupChannels % LANES, groupChannels);
    }

    @Override
    public int tasks() {
        return shape.n() * shape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / shape.h();
        int h = task % shape.h();
        int from = in.at(n, h, 0);
        int to = out.at(n, h, 0);
        if (groups == 1) {
            System.arraycopy(input, from, output, to, shape.w() * shape.c());
            return;
        }
        for (int g = 0; g < groups; g++) {
            copyGroup(input, from + g * groupChannels, output, to + g * (out.image() / groups));
        }
    }

    private void copyGroup(float[] input, int from, float[] output, int to) {
        for (int w = 0; w < shape.w(); w++) {
            int c = 0;
            for (; c + LANES <= groupChannels; c += LANES) {
                FloatVector.fromArray(SPECIES, input, from + c).intoArray(output, to + c);
            }
            if (c < groupChannels) {
                FloatVector.fromArray(SPECIES, input, from + c, tail).intoArray(output, to + c,
                        tail);
            }
            from += in.pixel();
            to += groupChannels;
        }
    }
}
