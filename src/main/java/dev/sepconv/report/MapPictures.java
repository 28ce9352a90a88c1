package dev.sepconv.report;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.Images;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;

/** Numbers drawn as pictures: feature maps in grey, filters in blue and orange. */
final class MapPictures {

    /** How feature maps are drawn; shown on the page. */
    static final String RULE = "Each feature map is drawn by itself. One with negative values has 0 at mid grey, positive lighter, "
            + "negative darker; one without has 0 at black. Full white or black is the magnitude that 99.5 % of the map stay below.";

    /** How filters are drawn; shown on the page. */
    static final String FILTER_RULE = "Filters are drawn one square a weight, positive orange, negative blue, 0 white, "
            + "its own largest magnitude in full colour; a filter over several channels shows one block a channel.";

    private static final double SHARE = 0.995;
    private static final int[] POSITIVE = {200, 82, 0};
    private static final int[] NEGATIVE = {20, 84, 168};

    private MapPictures() {
    }

    /**
     * Channel {@code k} of the first image as grey from 0 to 1, {@code [1, 1, h, w]}, by
     * {@link #RULE}.
     */
    static Tensor grey(Tensor maps, int k) {
        Shape shape = maps.shape();
        Tensor grey = Tensor.zeros(Shape.of(1, shape.h(), shape.w()), Layout.NCHW);
        float[] values = grey.data();
        boolean negative = false;
        for (int i = 0; i < values.length; i++) {
            values[i] = maps.get(0, k, i / shape.w(), i % shape.w());
            negative |= values[i] < 0;
        }
        float[] magnitudes = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            magnitudes[i] = Math.abs(values[i]);
        }
        Arrays.sort(magnitudes);
        float full = magnitudes[(int) (SHARE * (magnitudes.length - 1))];
        // a map that is 0 nearly everywhere still shows what it has
        float scale = full > 0
                ? full
                : Math.max(magnitudes[magnitudes.length - 1], Float.MIN_NORMAL);
        for (int i = 0; i < values.length; i++) {
            float level = Math.clamp(values[i] / scale, -1f, 1f);
            values[i] = negative ? 0.5f + level / 2 : level;
        }
        return grey;
    }

    /**
     * The weights of output channel {@code k}, one pixel a weight: its C/G blocks side by side with
     * a clear column between them.
     */
    static BufferedImage filter(Conv2d conv, ConvWeights weights, int k) {
        int blocks = conv.inChannels() / conv.groups();
        int high = conv.kernelHeight();
        int wide = conv.kernelWidth();
        float largest = Float.MIN_NORMAL;
        for (int i = k * blocks * high * wide; i < (k + 1) * blocks * high * wide; i++) {
            largest = Math.max(largest, Math.abs(weights.weight()[i]));
        }
        BufferedImage image = new BufferedImage(filterWidth(conv), high,
                BufferedImage.TYPE_INT_ARGB);
        for (int c = 0; c < blocks; c++) {
            for (int r = 0; r < high; r++) {
                for (int s = 0; s < wide; s++) {
                    float weight = weights.weight()[((k * blocks + c) * high + r) * wide + s]
                            / largest;
                    image.setRGB(c * (wide + gap(conv)) + s, r, colour(weight));
                }
            }
        }
        return image;
    }

    /** How many pixels wide {@link #filter} is. */
    static int filterWidth(Conv2d conv) {
        int blocks = conv.inChannels() / conv.groups();
        return blocks * conv.kernelWidth() + (blocks - 1) * gap(conv);
    }

    /** A 1x1 filter's weights are one row; larger ones stand apart. */
    private static int gap(Conv2d conv) {
        return conv.kernelWidth() == 1 && conv.kernelHeight() == 1 ? 0 : 1;
    }

    private static int colour(float weight) {
        int[] full = weight < 0 ? NEGATIVE : POSITIVE;
        int pixel = 0xff;
        for (int channel : full) {
            pixel = pixel << 8 | Math.round(255 + Math.abs(weight) * (channel - 255));
        }
        return pixel;
    }

    /** A picture inside a page. */
    static String dataUri(BufferedImage image) throws IOException {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(Images.png(image));
    }
}
