package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.VectorGeometry;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** Channels of two arrays in turns: what a concatenation and a shuffle of two groups make. */
public final class Interleave {

    private static final int WIDTH = 0;
    private static final int FIRST_PIXEL_FLOATS = 1;
    private static final int SECOND_PIXEL_FLOATS = 2;
    private static final int OUT_PIXEL_VECTORS = 3;
    private static final int FIRST_BASE = 4;
    private static final int SECOND_BASE = 5;
    private static final int OUT_FIRST = 6;
    private static final int BLOCKS = 7;
    private static final int SHIFT = 8;

    private Interleave() {
    }

    /**
     * Each output vector has 8 channels of each input. A last one reads past an input's channels,
     * into what follows them, and is written whole, for nobody reads those.
     *
     * @param sizes as {@code OperationCall.interleave} makes them
     * @param rows N*H
     * @param blocks vectors of an output pixel
     */
    public static void vectors(VectorFloat16 first, VectorFloat16 second, VectorFloat16 unused,
            VectorFloat16 output, IntArray sizes, int rows, int blocks, int mode, float number) {
        int width = sizes.get(WIDTH);
        int firstStep = sizes.get(FIRST_PIXEL_FLOATS);
        int secondStep = sizes.get(SECOND_PIXEL_FLOATS);
        int outStep = sizes.get(OUT_PIXEL_VECTORS);
        int each = sizes.get(BLOCKS);
        FloatArray a = first.getArray();
        FloatArray b = second.getArray();
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int channel = block / each * sizes.get(SHIFT)
                        + block % each * (VectorGeometry.LANES / 2);
                int x = row * width * firstStep + sizes.get(FIRST_BASE) + channel;
                int y = row * width * secondStep + sizes.get(SECOND_BASE) + channel;
                int out = row * width * outStep + sizes.get(OUT_FIRST) + block;
                for (int column = 0; column < width; column++) {
                    output.set(out,
                            new Float16(a.get(x), b.get(y), a.get(x + 1), b.get(y + 1),
                                    a.get(x + 2), b.get(y + 2), a.get(x + 3), b.get(y + 3),
                                    a.get(x + 4), b.get(y + 4), a.get(x + 5), b.get(y + 5),
                                    a.get(x + 6), b.get(y + 6), a.get(x + 7), b.get(y + 7)));
                    x += firstStep;
                    y += secondStep;
                    out += outStep;
                }
            }
        }
    }
}
