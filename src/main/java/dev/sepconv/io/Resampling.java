package dev.sepconv.io;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.util.Arrays;

/**
 * Tensors of pictures in other sizes: where they shrink each element is a mean of what it covers.
 */
public final class Resampling {

    private Resampling() {
    }

    /**
     * A tensor with no side over {@code maxSide}, each element the mean of the area that it covers;
     * the same one if it is small enough already.
     *
     * @param picture {@code [1, c, h, w]}, NCHW
     */
    public static Tensor shrink(Tensor picture, int maxSide) {
        Shape shape = picture.shape();
        return Math.max(shape.h(), shape.w()) <= maxSide
                ? picture
                : shrink(shape.c(), shape.h(), shape.w(), (c, y, x) -> picture.get(0, c, y, x),
                        maxSide);
    }

    /** Samples of a picture from 0 to 1 by channel, row and column. */
    private interface Samples {
        float at(int c, int y, int x);
    }

    /** @param pixels row-major, {@code 0xRRGGBB} */
    static Tensor shrink(int[] pixels, int height, int width, int maxSide) {
        if (Math.max(width, height) <= maxSide) {
            return Rasters.samples(pixels, height, width);
        }
        return shrink(3, height, width,
                (c, y, x) -> Rasters.SAMPLES[pixels[y * width + x] >> 16 - 8 * c & 255], maxSide);
    }

    private static Tensor shrink(int channels, int height, int width, Samples samples,
            int maxSide) {
        double scale = Math.min(1, (double) maxSide / Math.max(width, height));
        int smallWidth = Math.max(1, (int) Math.round(width * scale));
        int smallHeight = Math.max(1, (int) Math.round(height * scale));
        Tensor small = Tensor.zeros(Shape.of(channels, smallHeight, smallWidth), Layout.NCHW);
        double stepX = (double) width / smallWidth;
        double stepY = (double) height / smallHeight;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < smallHeight; y++) {
                for (int x = 0; x < smallWidth; x++) {
                    double sum = 0;
                    double area = 0;
                    for (int sy = (int) (y * stepY); sy < Math.min(height, (y + 1) * stepY); sy++) {
                        double high = Math.min(sy + 1, (y + 1) * stepY) - Math.max(sy, y * stepY);
                        for (int sx = (int) (x * stepX); sx < Math.min(width,
                                (x + 1) * stepX); sx++) {
                            double part = high
                                    * (Math.min(sx + 1, (x + 1) * stepX) - Math.max(sx, x * stepX));
                            sum += part * samples.at(c, sy, sx);
                            area += part;
                        }
                    }
                    small.set(0, c, y, x, (float) (sum / area));
                }
            }
        }
        return small;
    }

    /**
     * A tensor of another size, stretched if need be. Along each side linear between elements where
     * it grows; where it shrinks the same triangle, so many times wider, takes the mean of what it
     * covers (as Pillow's BILINEAR does).
     *
     * @param picture {@code [1, c, h, w]}, NCHW
     */
    public static Tensor resize(Tensor picture, int height, int width) {
        return resize(picture, height, width, 0, 0, height, width);
    }

    /**
     * A part of {@link #resize(Tensor, int, int)}; only that is computed.
     *
     * @param top its first row, at least 0
     * @param left its first column, at least 0
     * @param rows how many rows it has, within {@code height}
     * @param columns how many columns, within {@code width}
     */
    public static Tensor resize(Tensor picture, int height, int width, int top, int left, int rows,
            int columns) {
        Shape shape = picture.shape();
        Triangles down = Triangles.of(shape.h(), height, top, rows);
        Triangles across = Triangles.of(shape.w(), width, left, columns);
        int from = down.first[0];
        int count = down.first[rows - 1] + down.weights[rows - 1].length - from;
        Tensor result = Tensor.zeros(Shape.of(shape.c(), rows, columns), Layout.NCHW);
        float[] data = result.data();
        for (int c = 0; c < shape.c(); c++) {
            float[] lines = across(picture.data(), (c * shape.h() + from) * shape.w(), shape.w(),
                    count, across);
            for (int y = 0; y < rows; y++) {
                float[] weights = down.weights[y];
                int target = (c * rows + y) * columns;
                for (int s = 0; s < weights.length; s++) {
                    float weight = weights[s];
                    int source = (down.first[y] - from + s) * columns;
                    for (int x = 0; x < columns; x++) {
                        data[target + x] += weight * lines[source + x];
                    }
                }
            }
        }
        return result;
    }

    /** Rows, each of another length; four at once share the loop over weights, which is short. */
    private static float[] across(float[] data, int start, int width, int rows,
            Triangles triangles) {
        int columns = triangles.first.length;
        float[] result = new float[Math.multiplyExact(rows, columns)];
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            for (int x = 0; x < columns; x++) {
                float[] weights = triangles.weights[x];
                int source = start + row * width + triangles.first[x];
                float sum0 = 0;
                float sum1 = 0;
                float sum2 = 0;
                float sum3 = 0;
                for (int s = 0; s < weights.length; s++) {
                    float weight = weights[s];
                    sum0 += weight * data[source + s];
                    sum1 += weight * data[source + width + s];
                    sum2 += weight * data[source + 2 * width + s];
                    sum3 += weight * data[source + 3 * width + s];
                }
                int target = row * columns + x;
                result[target] = sum0;
                result[target + columns] = sum1;
                result[target + 2 * columns] = sum2;
                result[target + 3 * columns] = sum3;
            }
        }
        for (; row < rows; row++) {
            for (int x = 0; x < columns; x++) {
                float[] weights = triangles.weights[x];
                int source = start + row * width + triangles.first[x];
                float sum = 0;
                for (int s = 0; s < weights.length; s++) {
                    sum += weights[s] * data[source + s];
                }
                result[row * columns + x] = sum;
            }
        }
        return result;
    }

    /**
     * Of which elements each element of another length is made.
     *
     * @param first the first of them
     * @param weights what each weighs, from the first on
     */
    private record Triangles(int[] first, float[][] weights) {

        /**
         * @param from the length
         * @param to the other one
         * @param start the first of its elements that is wanted
         * @param wanted how many are
         */
        static Triangles of(int from, int to, int start, int wanted) {
            Triangles all = new Triangles(new int[wanted], new float[wanted][]);
            double scale = (double) from / to;
            double reach = Math.max(scale, 1);
            float[] weights = new float[(int) (2 * reach) + 3];
            for (int i = 0; i < wanted; i++) {
                double centre = (start + i + 0.5) * scale - 0.5;
                double sum = 0;
                int count = 0;
                for (int s = Math.max(0, (int) Math.floor(centre - reach)); s < from
                        && s <= centre + reach; s++) {
                    double weight = 1 - Math.abs(s - centre) / reach;
                    if (weight > 0) {
                        all.first[i] = count == 0 ? s : all.first[i];
                        weights[count++] = (float) weight;
                        sum += weight;
                    }
                }
                all.weights[i] = Arrays.copyOf(weights, count);
                for (int s = 0; s < count; s++) {
                    all.weights[i][s] /= (float) sum;
                }
            }
            return all;
        }
    }
}
