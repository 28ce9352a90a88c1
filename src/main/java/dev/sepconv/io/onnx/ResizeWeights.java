package dev.sepconv.io.onnx;

import dev.sepconv.Op.Resize.Coordinates;
import dev.sepconv.Op.Resize.Rounding;

/**
 * Of which numbers each number of a dimension of another size is made, and by how much of each
 * (ONNX, Resize): for the ways that {@link dev.sepconv.Op.Resize} doesn't have.
 *
 * @param mode nearest, linear or cubic
 * @param cubic the coefficient of cubic interpolation
 * @param excludeOutside whether what lies outside counts nothing; else it is the nearest inside
 * @param antialias whether shrinking takes a mean of what is covered
 * @param start where a crop starts, from 0 to 1; only for tf_crop_and_resize
 */
record ResizeWeights(String mode, String coordinates, Rounding rounding, float cubic,
        boolean excludeOutside, boolean antialias, int in, int out, float scale, float start,
        float end) {

    /** {@code [out, in]}. */
    float[] matrix() {
        float[] matrix = new float[out * in];
        for (int i = 0; i < out; i++) {
            row(i, matrix);
        }
        return matrix;
    }

    /** For each number of the result 1 where it lies inside, else 0. */
    long[] inside() {
        long[] inside = new long[out];
        for (int i = 0; i < out; i++) {
            double x = inInput(i);
            inside[i] = x >= 0 && x <= in - 1 ? 1 : 0;
        }
        return inside;
    }

    /** Where number i of the result lies in the input. */
    private double inInput(int i) {
        return switch (coordinates) {
            case "half_pixel_symmetric" -> {
                double exact = scale == (float) out / in ? (double) out / in : scale;
                double adjusted = out / (exact * in);
                yield in / 2.0 * (1 - adjusted) + Coordinates.HALF_PIXEL.inInput(i, in, out, scale);
            }
            case "tf_crop_and_resize" -> out == 1
                    ? 0.5 * ((double) start + end) * (in - 1)
                    : (double) start * (in - 1) + i * ((double) end - start) * (in - 1) / (out - 1);
            default -> Resizing.simple(coordinates).inInput(i, in, out, scale);
        };
    }

    private void row(int i, float[] matrix) {
        double x = inInput(i);
        if (mode.equals("nearest")) {
            matrix[i * in + (int) Math.clamp(rounding.nearest(x), 0.0, in - 1.0)] = 1;
            return;
        }
        // a window as wide as what one number of a smaller result covers
        double zoom = antialias ? Math.min(scale, 1) : 1;
        double reach = (mode.equals("cubic") ? 2 : 1) / zoom;
        int first = (int) Math.clamp(Math.floor(x - reach), -1e9, 1e9);
        int last = (int) Math.clamp(Math.ceil(x + reach), -1e9, 1e9);
        double[] row = new double[in];
        double sum = 0;
        if (last - (long) first > 4L * in + 16) {
            // far more than there is: only what is inside and beside it
            first = Math.max(first, -2 * in - 8);
            last = Math.min(last, 2 * in + 8);
        }
        for (int at = first; at <= last; at++) {
            boolean inside = at >= 0 && at < in;
            if (!inside && excludeOutside) {
                continue;
            }
            double weight = weight((at - x) * zoom);
            row[Math.clamp(at, 0, in - 1)] += weight;
            sum += weight;
        }
        for (int at = 0; at < in; at++) {
            matrix[i * in + at] = sum == 0 ? 0 : (float) (row[at] / sum);
        }
    }

    private double weight(double distance) {
        double x = Math.abs(distance);
        return switch (mode) {
            case "linear" -> Math.max(1 - x, 0);
            case "cubic" -> x <= 1
                    ? ((cubic + 2.0) * x - (cubic + 3.0)) * x * x + 1
                    : x < 2 ? (((x - 5) * x + 8) * x - 4) * cubic : 0;
            default -> throw new ModelException(
                    "attribute mode is '%s'; it must be nearest, linear or cubic".formatted(mode));
        };
    }
}
