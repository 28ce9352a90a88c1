package dev.sepconv;

/** How many rows and columns of zeros are put round the input before the convolution. */
public sealed interface Padding {

    /** No padding: the kernel never leaves the input. */
    Padding VALID = new Explicit(0, 0, 0, 0);

    /**
     * {@link Same} with an odd row or column at the bottom or right: TensorFlow's "same", ONNX's
     * SAME_UPPER.
     */
    Padding SAME_UPPER = new Same(false);

    /** {@link Same} with an odd row or column at the top or left: ONNX's SAME_LOWER. */
    Padding SAME_LOWER = new Same(true);

    /** The same number on all four sides. */
    static Padding of(int all) {
        return new Explicit(all, all, all, all);
    }

    /** {@code vertical} at top and bottom, {@code horizontal} at left and right. */
    static Padding of(int vertical, int horizontal) {
        return new Explicit(vertical, horizontal, vertical, horizontal);
    }

    /** Each side by itself, in ONNX's order: begins (top, left), then ends (bottom, right). */
    static Padding of(int top, int left, int bottom, int right) {
        return new Explicit(top, left, bottom, right);
    }

    /**
     * The four sides for this convolution on an input of {@code height} by {@code width} pixels.
     */
    Explicit resolve(Conv2d conv, int height, int width);

    /** Four sides given as numbers, each at least 0. */
    record Explicit(int top, int left, int bottom, int right) implements Padding {
        public Explicit {
            Checks.atLeast("top padding", top, 0);
            Checks.atLeast("left padding", left, 0);
            Checks.atLeast("bottom padding", bottom, 0);
            Checks.atLeast("right padding", right, 0);
        }

        @Override
        public Explicit resolve(Conv2d conv, int height, int width) {
            return this;
        }
    }

    /**
     * As much as makes the output {@code ceil(input / stride)} in each direction:
     * {@code total = max((ceil(in / stride) - 1) * stride + (kernel - 1) * dilation + 1 - in, 0)},
     * halved between the two sides (TensorFlow, "tf.nn" padding notes; ONNX, auto_pad of Conv).
     * Where a stride jumps past the last pixels the total is 0, as in TensorFlow; ONNX Runtime
     * crops the input there, which gives other numbers.
     *
     * @param oddAtStart whether an odd row or column goes to the top or left rather than to the
     * bottom or right
     */
    record Same(boolean oddAtStart) implements Padding {
        @Override
        public Explicit resolve(Conv2d conv, int height, int width) {
            int vertical = total(height, conv.kernelHeight(), conv.strideHeight(),
                    conv.dilationHeight());
            int horizontal = total(width, conv.kernelWidth(), conv.strideWidth(),
                    conv.dilationWidth());
            int top = (vertical + (oddAtStart ? 1 : 0)) / 2;
            int left = (horizontal + (oddAtStart ? 1 : 0)) / 2;
            return new Explicit(top, left, vertical - top, horizontal - left);
        }

        private static int total(int size, int kernel, int stride, int dilation) {
            long outputs = (size + (long) stride - 1) / stride;
            return Math.toIntExact(
                    Math.max((outputs - 1) * stride + (kernel - 1L) * dilation + 1 - size, 0));
        }
    }
}
