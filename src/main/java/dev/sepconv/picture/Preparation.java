package dev.sepconv.picture;

import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.Images;
import dev.sepconv.io.Printable;
import dev.sepconv.io.Rasters;
import dev.sepconv.io.Resampling;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

// Over 400 lines, since it is a record of the API, with a way to change each component and to take
// each form of a picture.
/**
 * What is done to a picture before a network sees it. A sample s from 0 to 1 becomes
 * {@code (s * full - mean) / std}.
 *
 * @param size how large it is made
 * @param fit how it is brought to that size
 * @param crop for {@link Fit#CROP} how much of what covers the size is taken, above 0 to 1: 0.875
 * takes 224 of 256
 * @param padding brightness of padding, from 0 to 1, before mean and std
 * @param channels which numbers a pixel has
 * @param full what a sample of full brightness is before mean and std: 1, or 255 for networks that
 * want raw samples
 * @param mean taken off: one number for all channels, or one for each, <em>in the order of
 * {@code channels}</em>, in the unit that {@code full} says
 * @param std what is left is divided by it; likewise
 * @param layout the order of the tensor's numbers
 */
public record Preparation(InputSize size, Fit fit, float crop, float padding, Channels channels,
        float full, List<Float> mean, List<Float> std, Layout layout) implements Serializable {

    /**
     * The longest side of a picture that is read from a file; a larger one is scaled down to it
     * first.
     */
    public static final int MAX_SIDE = 4096;

    /** As it is: red, green, blue from 0 to 1, NCHW, stretched where a size is asked for. */
    public static final Preparation PLAIN = new Preparation(InputSize.OPEN, Fit.STRETCH, 1, 0,
            Channels.RGB, 1, List.of(0f), List.of(1f), Layout.NCHW);

    /**
     * The usual one of networks trained on ImageNet (torchvision's presets): the shorter side to
     * 256, of that the middle 224x224, mean (0.485, 0.456, 0.406) and std (0.229, 0.224, 0.225) of
     * red, green, blue from 0 to 1.
     */
    public static final Preparation IMAGENET = PLAIN.withSize(224, 224).withFit(Fit.CROP)
            .withCrop(224 / 256f).withMean(0.485f, 0.456f, 0.406f).withStd(0.229f, 0.224f, 0.225f);

    /**
     * @throws IllegalArgumentException if a number is outside its range, or mean or std have
     * neither one number nor one a channel
     */
    public Preparation {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (!(crop > 0 && crop <= 1)) {
            throw new IllegalArgumentException(
                    "crop is %s; it must be above 0 and at most 1".formatted(crop));
        }
        if (!(padding >= 0 && padding <= 1)) {
            throw new IllegalArgumentException(
                    "padding is %s; it must be from 0 to 1".formatted(padding));
        }
        if (!(full > 0) || !Float.isFinite(full)) {
            throw new IllegalArgumentException(
                    "full is %s; it must be a finite number above 0, such as 1 or 255"
                            .formatted(full));
        }
        check("mean", mean, channels);
        check("std", std, channels);
        for (float value : std) {
            if (!(value > 0)) {
                throw new IllegalArgumentException("std is %s; it must be above 0".formatted(std));
            }
        }
    }

    private static void check(String name, List<Float> numbers, Channels channels) {
        if (numbers.size() != 1 && numbers.size() != channels.count()) {
            throw new IllegalArgumentException("%s is %s; it must have one number%s".formatted(name,
                    numbers, channels.count() == 1 ? "" : ", or one for each of " + channels));
        }
        if (!numbers.stream().allMatch(Float::isFinite)) {
            throw new IllegalArgumentException(
                    "%s is %s; its numbers must be finite".formatted(name, numbers));
        }
    }

    public Preparation withSize(int height, int width) {
        return withSize(InputSize.of(height, width));
    }

    public Preparation withSize(InputSize other) {
        return new Preparation(other, fit, crop, padding, channels, full, mean, std, layout);
    }

    public Preparation withFit(Fit other) {
        return new Preparation(size, other, crop, padding, channels, full, mean, std, layout);
    }

    public Preparation withCrop(float other) {
        return new Preparation(size, fit, other, padding, channels, full, mean, std, layout);
    }

    public Preparation withPadding(float other) {
        return new Preparation(size, fit, crop, other, channels, full, mean, std, layout);
    }

    public Preparation withChannels(Channels other) {
        return new Preparation(size, fit, crop, padding, other, full, mean, std, layout);
    }

    public Preparation withFull(float other) {
        return new Preparation(size, fit, crop, padding, channels, other, mean, std, layout);
    }

    /** One number, or one for each channel in the tensor's order. */
    public Preparation withMean(float... other) {
        return new Preparation(size, fit, crop, padding, channels, full, list(other), std, layout);
    }

    /** One number, or one for each channel in the tensor's order. */
    public Preparation withStd(float... other) {
        return new Preparation(size, fit, crop, padding, channels, full, mean, list(other), layout);
    }

    public Preparation withLayout(Layout other) {
        return new Preparation(size, fit, crop, padding, channels, full, mean, std, other);
    }

    private static List<Float> list(float... numbers) {
        Float[] boxed = new Float[numbers.length];
        Arrays.setAll(boxed, i -> numbers[i]);
        return List.of(boxed);
    }

    /**
     * Whether an input of these sizes is one picture of 1 or 3 channels, which come second or last.
     */
    public static boolean isPicture(Dims input) {
        return input.rank() == 4 && input.get(0) == 1
                && (isChannels(input.get(1)) || isChannels(input.get(3)));
    }

    private static boolean isChannels(int size) {
        return size == 1 || size == 3;
    }

    /**
     * The same for a network's input: size, layout and the number of channels are the input's.
     *
     * @param input {@code [1, C, H, W]} or {@code [1, H, W, C]} with C 1 or 3, as
     * {@code network.dims(name)} says it
     * @throws IllegalArgumentException if it is no picture, or mean or std have three numbers and
     * the input one channel
     */
    public Preparation forInput(Dims input) {
        if (!isPicture(input)) {
            throw new IllegalArgumentException(
                    "input is %s; a picture is [1, C, H, W] or [1, H, W, C] with C 1 or 3"
                            .formatted(input));
        }
        boolean first = isChannels(input.get(1));
        int count = input.get(first ? 1 : 3);
        return withSize(input.get(first ? 2 : 1), input.get(first ? 3 : 2))
                .withLayout(first ? Layout.NCHW : Layout.NHWC)
                .withChannels(count == channels.count()
                        ? channels
                        : count == 1 ? Channels.GREY : Channels.RGB);
    }

    /**
     * A picture's file as a tensor: decoded, upright, prepared.
     *
     * @return {@code [1, C, H, W]} in {@link #layout}
     * @throws IOException as {@link Images#read(Path, int)}
     */
    public Tensor toTensor(Path file) throws IOException {
        return toTensor(Images.read(file, MAX_SIDE).rgb());
    }

    /** {@link #toTensor(Path)} of an encoded picture in memory, such as what a browser sent. */
    public Tensor toTensor(byte[] encoded) throws IOException {
        return toTensor(Images.read(encoded, MAX_SIDE).rgb());
    }

    /**
     * A picture as a tensor {@code [1, C, H, W]} in {@link #layout}; transparency is laid on white.
     */
    public Tensor toTensor(BufferedImage image) {
        return toTensor(Rasters.toTensor(image));
    }

    /**
     * Raw pixels as a tensor {@code [1, C, H, W]} in {@link #layout}, such as a camera gives them.
     *
     * @param pixels row by row without gaps, of each pixel a byte from 0 to 255 for each channel;
     * from its position to its limit, which stay as they are
     * @param height rows, at least 1
     * @param width pixels of a row, at least 1
     * @param order which channels a pixel has there; those of the tensor are this preparation's
     * @throws IllegalArgumentException if there are more or fewer bytes
     */
    public Tensor toTensor(ByteBuffer pixels, int height, int width, Channels order) {
        Tensor rgb = Tensor.zeros(Shape.of(3, height, width), Layout.NCHW);
        int each = order.count();
        long needed = (long) height * width * each;
        if (pixels.remaining() != needed) {
            throw new IllegalArgumentException("pixels has %s; %dx%d of %s needs %d".formatted(
                    Printable.count(pixels.remaining(), "byte"), height, width, order, needed));
        }
        int count = height * width;
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < 3; c++) {
                int at = switch (order) {
                    case RGB -> c;
                    case BGR -> 2 - c;
                    case GREY -> 0;
                };
                rgb.data()[c * count + i] = (pixels.get(pixels.position() + i * each + at) & 255)
                        / 255f;
            }
        }
        return toTensor(rgb);
    }

    /**
     * A picture as a tensor in {@link #layout}.
     *
     * @param rgb {@code [1, 3, h, w]}, red, green, blue, from 0 to 1, as {@link Images#read} gives
     * it
     * @return {@code [1, C, H, W]}
     */
    public Tensor toTensor(Tensor rgb) {
        Shape shape = rgb.shape();
        if (shape.n() != 1 || shape.c() != 3) {
            throw new IllegalArgumentException(
                    "picture is %s; it must be [1, 3, h, w]".formatted(shape));
        }
        InputSize resolved = size.resolve(shape.h(), shape.w());
        Tensor fitted = fit(rgb.to(Layout.NCHW), resolved.height(), resolved.width());
        Tensor result = Tensor
                .zeros(Shape.of(channels.count(), resolved.height(), resolved.width()), layout);
        int count = resolved.height() * resolved.width();
        boolean apart = layout == Layout.NCHW;
        float[] from = fitted.data();
        float[] to = result.data();
        for (int c = 0; c < channels.count(); c++) {
            float less = of(mean, c);
            float by = of(std, c);
            if (apart && channels != Channels.GREY) { // planes, which the compiler vectorises
                int plane = (channels == Channels.RGB ? c : 2 - c) * count;
                int target = c * count;
                for (int i = 0; i < count; i++) {
                    to[target + i] = (from[plane + i] * full - less) / by;
                }
                continue;
            }
            int first = apart ? c * count : c;
            int step = apart ? 1 : channels.count();
            for (int i = 0; i < count; i++) {
                to[first + i * step] = (sample(from, count, c, i) * full - less) / by;
            }
        }
        return result;
    }

    /**
     * {@link #toTensor(Path)} as a network takes it: {@code [1, C, H, W]}, or {@code [1, H, W, C]}
     * if the layout is NHWC.
     */
    public NdArray toArray(Path file) throws IOException {
        return array(toTensor(file));
    }

    /** {@link #toArray(Path)} of an encoded picture in memory. */
    public NdArray toArray(byte[] encoded) throws IOException {
        return array(toTensor(encoded));
    }

    /** {@link #toArray(Path)} of a picture. */
    public NdArray toArray(BufferedImage image) {
        return array(toTensor(image));
    }

    /** {@link #toArray(Path)} of a tensor {@code [1, 3, h, w]} of red, green, blue from 0 to 1. */
    public NdArray toArray(Tensor rgb) {
        return array(toTensor(rgb));
    }

    /** {@link #toTensor(ByteBuffer, int, int, Channels)} as a network takes it. */
    public NdArray toArray(ByteBuffer pixels, int height, int width, Channels order) {
        return array(toTensor(pixels, height, width, order));
    }

    private static NdArray array(Tensor tensor) {
        Shape shape = tensor.shape();
        return tensor.layout() == Layout.NCHW
                ? NdArray.of(tensor)
                : NdArray.of(Dims.of(shape.n(), shape.h(), shape.w(), shape.c()), tensor.data());
    }

    private static float of(List<Float> numbers, int channel) {
        return numbers.get(numbers.size() == 1 ? 0 : channel);
    }

    /** A channel of a pixel, out of the planes of red, green and blue. */
    private float sample(float[] rgb, int count, int channel, int pixel) {
        return switch (channels) {
            case RGB -> rgb[channel * count + pixel];
            case BGR -> rgb[(2 - channel) * count + pixel];
            case GREY ->
                0.299f * rgb[pixel] + 0.587f * rgb[count + pixel] + 0.114f * rgb[2 * count + pixel];
        };
    }

    private Tensor fit(Tensor rgb, int height, int width) {
        int h = rgb.shape().h();
        int w = rgb.shape().w();
        double tall = (double) height / h;
        double wide = (double) width / w;
        return switch (fit) {
            case STRETCH -> Resampling.resize(rgb, height, width);
            case CROP -> {
                double scale = Math.max(tall, wide) / crop;
                // down, as torchvision has it; what floating point takes off a whole number does
                // not count
                int rows = Math.max(height, (int) (h * scale + 1e-6));
                int columns = Math.max(width, (int) (w * scale + 1e-6));
                yield Resampling.resize(rgb, rows, columns, half(rows - height),
                        half(columns - width), height, width);
            }
            case PAD, PAD_END -> {
                double scale = Math.min(tall, wide);
                int rows = Math.clamp(Math.round(h * scale), 1, height);
                int columns = Math.clamp(Math.round(w * scale), 1, width);
                boolean centred = fit == Fit.PAD;
                yield placed(Resampling.resize(rgb, rows, columns),
                        centred ? (height - rows) / 2 : 0, centred ? (width - columns) / 2 : 0,
                        height, width);
            }
            case LINE -> placed(
                    Resampling.resize(rgb, height,
                            Math.clamp((long) Math.ceil(w * tall - 1e-9), 1, width)),
                    0, 0, height, width);
        };
    }

    /** Half of it, to the even one of two whole numbers, as Python rounds. */
    private static int half(int difference) {
        return (int) Math.rint(difference / 2.0);
    }

    private Tensor placed(Tensor picture, int top, int left, int height, int width) {
        int h = picture.shape().h();
        int w = picture.shape().w();
        if (h == height && w == width) {
            return picture;
        }
        Tensor result = Tensor.zeros(Shape.of(3, height, width), Layout.NCHW);
        Arrays.fill(result.data(), padding);
        for (int c = 0; c < 3; c++) {
            for (int y = Math.max(0, top); y < Math.min(height, top + h); y++) {
                int x = Math.max(0, left);
                System.arraycopy(picture.data(), (c * h + y - top) * w + x - left, result.data(),
                        (c * height + y) * width + x, Math.min(width, left + w) - x);
            }
        }
        return result;
    }

    /**
     * The picture that a tensor of this preparation shows: mean and std are put back, what leaves
     * the range is cut, the size stays.
     *
     * @param tensor {@code [1, C, h, w]} with the channels of this preparation, in any layout
     */
    public BufferedImage toImage(Tensor tensor) {
        Shape shape = tensor.shape();
        if (shape.n() != 1 || shape.c() != channels.count()) {
            throw new IllegalArgumentException("tensor is %s; it must be [1, %d, h, w], %s"
                    .formatted(shape, channels.count(), channels));
        }
        Tensor picture = Tensor.zeros(shape, Layout.NCHW);
        for (int c = 0; c < shape.c(); c++) {
            int to = channels == Channels.BGR ? 2 - c : c;
            for (int y = 0; y < shape.h(); y++) {
                for (int x = 0; x < shape.w(); x++) {
                    picture.set(0, to, y, x,
                            (tensor.get(0, c, y, x) * of(std, c) + of(mean, c)) / full);
                }
            }
        }
        return Rasters.toImage(picture);
    }

    /**
     * {@link #toImage(Tensor)} of a network's array.
     *
     * @param array {@code [1, C, h, w]}, or {@code [1, h, w, C]} if the layout is NHWC
     */
    public BufferedImage toImage(NdArray array) {
        if (layout == Layout.NCHW || array.dims().rank() != 4) {
            return toImage(array.toTensor()); // refuses other ranks
        }
        Dims dims = array.dims();
        return toImage(Tensor.of(new Shape(dims.get(0), dims.get(3), dims.get(1), dims.get(2)),
                layout, array.data()));
    }

    /** In words: {@code 48x192 as a line of text, BGR, mean 0.5, std 0.5}. */
    @Override
    public String toString() {
        String fitted = switch (fit) {
            case STRETCH -> "stretched";
            case CROP -> "cropped";
            case PAD -> "padded on both sides";
            case PAD_END -> "padded at the end";
            case LINE -> "as a line of text";
        };
        return "%s, %s, %s from 0 to %s, mean %s, std %s".formatted(size, fitted, channels,
                number(full), numbers(mean), numbers(std));
    }

    private static String numbers(List<Float> numbers) {
        return numbers.stream().map(Preparation::number).collect(Collectors.joining(","));
    }

    private static String number(float number) {
        return number == Math.rint(number)
                ? String.format(Locale.ROOT, "%.0f", number)
                : Float.toString(number);
    }
}
