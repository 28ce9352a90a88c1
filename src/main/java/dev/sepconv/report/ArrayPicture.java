package dev.sepconv.report;

import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.Rasters;
import dev.sepconv.io.Resampling;
import java.awt.Color;
import java.awt.image.BufferedImage;

/**
 * A network's map, such as a segmentation or a heat map, drawn over the picture that it was made
 * from.
 */
public final class ArrayPicture {

    /** What {@link #over} can draw, in words. */
    public static final String MAPS = "[1, C, H, W] or [1, H, W, C] with C up to 64, H and W above 1";

    private static final int MOST_CHANNELS = 64;
    /** How much of the picture shows through where the map is full. */
    private static final float THROUGH = 0.35f;
    private static final float[] HEAT = {0.95f, 0.35f, 0.0f};
    /**
     * Angle between neighbouring classes' hues: the golden section, so that a few lie far apart.
     */
    private static final float HUE_STEP = 0.618034f;

    private ArrayPicture() {
    }

    /** Whether an array of these sizes can be drawn. */
    public static boolean isMap(Dims dims) {
        if (dims.rank() != 4 || dims.get(0) != 1 || channels(dims) > MOST_CHANNELS) {
            return false;
        }
        int row = channelsLast(dims) ? 1 : 2;
        return dims.get(row) > 1 && dims.get(row + 1) > 1;
    }

    private static boolean channelsLast(Dims dims) {
        return dims.get(1) > MOST_CHANNELS && dims.get(3) <= MOST_CHANNELS
                || dims.get(3) < dims.get(1) && dims.get(3) < dims.get(2);
    }

    private static int channels(Dims dims) {
        return dims.get(channelsLast(dims) ? 3 : 1);
    }

    /**
     * The map over the picture, at the picture's size. With one channel the more orange, the
     * greater: from 0 to 1, or from the least to the greatest number where they leave that range.
     * With several, the colour of the greatest; the first is none, as segmentations have their
     * background first.
     *
     * @param rgb {@code [1, 3, h, w]}, from 0 to 1
     * @param map of sizes that {@link #isMap} takes
     */
    public static BufferedImage over(Tensor rgb, Tensor map) {
        Shape size = rgb.shape();
        Tensor scores = Resampling.resize(channelsFirst(map), size.h(), size.w());
        Tensor result = Tensor.zeros(size, Layout.NCHW);
        boolean heat = scores.shape().c() == 1;
        float[] range = range(scores.data());
        for (int y = 0; y < size.h(); y++) {
            for (int x = 0; x < size.w(); x++) {
                float strength;
                float[] colour;
                if (heat) {
                    strength = (scores.get(0, 0, y, x) - range[0]) / (range[1] - range[0]);
                    colour = HEAT;
                } else {
                    int greatest = greatest(scores, y, x);
                    strength = greatest == 0 ? 0 : 1;
                    colour = colour(greatest);
                }
                float cover = Math.clamp(strength, 0f, 1f) * (1 - THROUGH);
                for (int c = 0; c < 3; c++) {
                    result.set(0, c, y, x, rgb.get(0, c, y, x) * (1 - cover) + colour[c] * cover);
                }
            }
        }
        return Rasters.toImage(result);
    }

    private static Tensor channelsFirst(Tensor map) {
        Shape shape = map.shape();
        return channelsLast(Dims.of(shape))
                ? Tensor.of(Shape.of(shape.w(), shape.c(), shape.h()), Layout.NHWC,
                        map.to(Layout.NCHW).data()).to(Layout.NCHW)
                : map.to(Layout.NCHW);
    }

    private static float[] range(float[] values) {
        float least = 0;
        float greatest = 1;
        for (float value : values) {
            if (Float.isFinite(value)) {
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
            }
        }
        return new float[]{least, greatest};
    }

    private static int greatest(Tensor scores, int y, int x) {
        int greatest = 0;
        for (int c = 1; c < scores.shape().c(); c++) {
            greatest = scores.get(0, c, y, x) > scores.get(0, greatest, y, x) ? c : greatest;
        }
        return greatest;
    }

    private static float[] colour(int index) {
        return new Color(Color.HSBtoRGB(index * HUE_STEP, 0.9f, 0.95f)).getRGBColorComponents(null);
    }
}
